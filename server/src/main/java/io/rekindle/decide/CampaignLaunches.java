package io.rekindle.decide;

import io.rekindle.models.experiment.Power;
import io.rekindle.plan.Audiences;
import io.rekindle.plan.Campaign;
import io.rekindle.plan.Forecast;
import io.rekindle.plan.Launches;
import io.rekindle.plan.Offers;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Jobs;
import io.rekindle.segment.Words;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.TreeMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Forecasts campaigns and puts their launches on the calendar. */
@Component
class CampaignLaunches implements Launches {
    static final double ALPHA = 0.05;
    static final double POWER = 0.8;

    private final Warehouse warehouse;
    private final Audiences segments;
    private final Judge judge;
    private final Offers offers;
    private final BusinessClock clock;
    private final Jobs jobs;
    private final Runs runs;
    private final ObjectProvider<Outbox> outbox;

    CampaignLaunches(
            Warehouse warehouse,
            Audiences segments,
            Judge judge,
            Offers offers,
            BusinessClock clock,
            Jobs jobs,
            Runs runs,
            ObjectProvider<Outbox> outbox) {
        this.warehouse = warehouse;
        this.segments = segments;
        this.judge = judge;
        this.offers = offers;
        this.clock = clock;
        this.jobs = jobs;
        this.runs = runs;
        this.outbox = outbox;
    }

    @Override
    public Forecast forecast(Campaign campaign) {
        var now = clock.instant();
        var audience = Audience.read(
                warehouse,
                segments,
                judge,
                campaign.segmentId(),
                campaign.segmentVersion(),
                Broadcasts.PURPOSE,
                Broadcasts.CHANNEL,
                now);
        var counts = new TreeMap<String, Long>();
        for (int place = 0; place < audience.size(); place++) {
            var reason = audience.reason(place);
            if (reason != null) counts.merge(reason, 1L, Long::sum);
        }
        long eligible = audience.eligible();
        long heldOut = Math.round(eligible * campaign.holdoutShare());
        long toSend = eligible - heldOut;
        var power = power(campaign, toSend, heldOut, now);
        return new Forecast(
                audience.size(),
                counts.entrySet().stream()
                        .map(entry -> new Forecast.ReasonCount(entry.getKey(), entry.getValue()))
                        .sorted(Comparator.comparingLong(Forecast.ReasonCount::count)
                                .reversed())
                        .toList(),
                heldOut,
                toSend,
                power,
                cost(campaign, toSend, power.baselineRate()));
    }

    private BigDecimal cost(Campaign campaign, long toSend, double baselineRate) {
        var messages = campaign.messageCost().multiply(BigDecimal.valueOf(toSend));
        if (campaign.offerId() == null) return messages;
        var uses = BigDecimal.valueOf(toSend * baselineRate);
        var perUse = offers.get(campaign.offerId()).costPerUse();
        return messages.add(uses.multiply(perUse)).setScale(2, RoundingMode.HALF_UP);
    }

    private Forecast.Power power(Campaign campaign, long toSend, long heldOut, Instant now) {
        record Base(double rate, long customers) {}
        var from = now.minus(Duration.ofDays(campaign.attributionDays()));
        var base = warehouse
                .first(
                        Sql.of("with members as")
                                .then(segments.members(campaign.segmentId(), campaign.segmentVersion(), from)
                                        .inParentheses())
                                .then("""
                                , bought as (
                                    select distinct customer_id from orders_now where ordered_at >= ? and ordered_at < ?)
                                select count(*) as customers, count(b.customer_id) as buyers
                                from members m left join bought b on b.customer_id = m.customer_id
                                """, from, now),
                        row -> {
                            long customers = row.longValue("customers");
                            return new Base(
                                    customers == 0 ? 0 : (double) row.longValue("buyers") / customers, customers);
                        })
                .orElse(new Base(0, 0));
        Double detectable = null;
        if (base.customers() > 0 && toSend > 0 && heldOut > 0) {
            var rise = Power.minimumDetectableRise(heldOut, toSend, base.rate(), ALPHA, POWER);
            if (rise.isPresent()) detectable = rise.getAsDouble();
        }
        return new Forecast.Power(
                base.rate(),
                base.customers(),
                detectable,
                ALPHA,
                POWER,
                toSend,
                heldOut,
                detectable == null
                        ? noPower(base.customers(), toSend, heldOut)
                        : words(campaign, base.rate(), detectable, toSend, heldOut));
    }

    private static Words words(Campaign campaign, double rate, double detectable, long toSend, long heldOut) {
        return new Words(
                String.format(
                        Locale.ROOT,
                        "With %,d written to and %,d held out, a rise of %.2f points or more in the share that buys "
                                + "within %d days is found in four of five such campaigns; without a message that share "
                                + "was %.2f %% in the last %d days.",
                        toSend,
                        heldOut,
                        detectable * 100,
                        campaign.attributionDays(),
                        rate * 100,
                        campaign.attributionDays()),
                String.format(
                        Locale.ROOT,
                        "触达 %,d 人、对照 %,d 人时，若 %d 天内的购买率提升不少于 %.2f 个百分点，有八成把握能够测出；过去 %d 天未触达时的购买率为 %.2f%%。",
                        toSend,
                        heldOut,
                        campaign.attributionDays(),
                        detectable * 100,
                        campaign.attributionDays(),
                        rate * 100));
    }

    private static Words noPower(long customers, long toSend, long heldOut) {
        if (toSend == 0 || heldOut == 0)
            return new Words(
                    "No difference can be measured: it takes customers who are written to (%d) and customers who are held out (%d)."
                            .formatted(toSend, heldOut),
                    "无法测量差异：既要有被触达的客户（%d 人），也要有对照组客户（%d 人）。".formatted(toSend, heldOut));
        if (customers == 0)
            return new Words(
                    "The segment had no members one window ago, so what they would have bought is not known; the smallest visible difference cannot be told.",
                    "一个窗口期之前该人群没有成员，无法得知其自然购买率，因此无法给出可测出的最小差异。");
        return new Words(
                "This audience is too small to show any difference; it takes more customers or a larger hold-out.",
                "人群太小，任何差异都无法测出；需要更多客户或更大的对照组。");
    }

    @Override
    public void schedule(Campaign campaign, Instant earliest) {
        jobs.schedule(DecideConfiguration.LAUNCH, Long.toString(campaign.id()), earliest);
    }

    @Override
    public void cancel(Campaign campaign) {
        jobs.cancel(DecideConfiguration.LAUNCH, Long.toString(campaign.id()));
        runs.cancel(campaign.id())
                .filter(Run::planned)
                .ifPresent(run -> outbox.getObject().withdraw(run.id()));
    }
}
