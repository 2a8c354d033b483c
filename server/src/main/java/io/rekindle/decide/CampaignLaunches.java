package io.rekindle.decide;

import io.rekindle.models.experiment.Power;
import io.rekindle.plan.Audiences;
import io.rekindle.plan.Campaign;
import io.rekindle.plan.CampaignState;
import io.rekindle.plan.Forecast;
import io.rekindle.plan.Launches;
import io.rekindle.plan.Objectives;
import io.rekindle.plan.Offers;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Jobs;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.segment.Words;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Forecasts campaigns and puts their launches on the calendar. */
@Component
class CampaignLaunches implements Launches {
    static final double ALPHA = 0.05;
    static final double POWER = 0.8;
    /** Below so many buyers in an arm a mean of mostly zeros is not yet normal. */
    private static final int FEWEST_BUYERS = 30;

    private final Warehouse warehouse;
    private final Audiences segments;
    private final Judge judge;
    private final Offers offers;
    private final Objectives objectives;
    private final PlatformSettings settings;
    private final BusinessClock clock;
    private final Jobs jobs;
    private final Runs runs;
    private final ObjectProvider<Outbox> outbox;

    CampaignLaunches(
            Warehouse warehouse,
            Audiences segments,
            Judge judge,
            Offers offers,
            Objectives objectives,
            PlatformSettings settings,
            BusinessClock clock,
            Jobs jobs,
            Runs runs,
            ObjectProvider<Outbox> outbox) {
        this.warehouse = warehouse;
        this.segments = segments;
        this.judge = judge;
        this.offers = offers;
        this.objectives = objectives;
        this.settings = settings;
        this.clock = clock;
        this.jobs = jobs;
        this.runs = runs;
        this.outbox = outbox;
    }

    @Override
    public Forecast forecast(Campaign campaign) {
        var now = clock.instant();
        var audience = Audience.judged(
                warehouse,
                segments,
                judge,
                campaign.segmentId(),
                campaign.segmentVersion(),
                campaign.ask(),
                now,
                campaign.sendWindow().next(now, clock.zone()));
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
                cost(campaign, toSend, power.baselineRate()),
                promise(campaign, toSend));
    }

    private Forecast.@Nullable Promise promise(Campaign campaign, long toSend) {
        if (campaign.offerId() == null) return null;
        var offer = offers.get(campaign.offerId());
        var each = offer.mostPerUse();
        if (each.signum() == 0) return null;
        boolean isOwnPromised = campaign.state() != CampaignState.DRAFT && campaign.state() != CampaignState.IN_REVIEW;
        var others = BigDecimal.valueOf(offer.codes().assigned() + offer.codes().promised());
        return new Forecast.Promise(
                each.multiply(BigDecimal.valueOf(toSend)).setScale(2, RoundingMode.HALF_UP),
                offer.budget() == null || isOwnPromised
                        ? null
                        : offer.budget().subtract(others.multiply(each)).setScale(2, RoundingMode.HALF_UP));
    }

    private BigDecimal cost(Campaign campaign, long toSend, double baselineRate) {
        var messages = campaign.messageCost().multiply(BigDecimal.valueOf(toSend));
        if (campaign.offerId() == null) return messages;
        var uses = BigDecimal.valueOf(toSend * baselineRate);
        var perUse = offers.get(campaign.offerId()).costPerUse();
        return messages.add(uses.multiply(perUse)).setScale(2, RoundingMode.HALF_UP);
    }

    /** The audience in the last window of the campaign's length: what it does by itself. */
    private record Past(long customers, long buyers, double spent, double deviation) {
        double rate() {
            return customers == 0 ? 0 : (double) buyers / customers;
        }
    }

    /** Of those who may be written to, for they are the ones drawn into the arms; of all, where nobody may. */
    private Past past(Campaign campaign, Instant now) {
        var from = now.minus(Duration.ofDays(campaign.attributionDays()));
        var members = Audience.judged(
                warehouse, segments, judge, campaign.segmentId(), campaign.segmentVersion(), campaign.ask(), from, now);
        var spent = new HashMap<Long, Double>();
        warehouse.stream(
                Sql.of("""
                        select customer_id, cast(sum(net) as double) as spent from orders_now
                        where ordered_at >= ? and ordered_at < ? group by customer_id
                        """, from, now), row -> spent.put(row.longValue("customer_id"), row.doubleValue("spent")));
        boolean some = members.eligible() > 0;
        long customers = 0;
        long buyers = 0;
        double mean = 0;
        double squares = 0;
        for (int place = 0; place < members.size(); place++) {
            if (some && members.reason(place) != null) continue;
            var theirs = spent.get(members.customer(place));
            customers++;
            if (theirs != null) buyers++;
            // Welford (1962): one pass that loses no digits.
            double off = (theirs == null ? 0 : theirs) - mean;
            mean += off / customers;
            squares += off * ((theirs == null ? 0 : theirs) - mean);
        }
        return new Past(customers, buyers, mean, customers < 2 ? 0 : Math.sqrt(squares / (customers - 1)));
    }

    private Forecast.Power power(Campaign campaign, long toSend, long heldOut, Instant now) {
        var past = past(campaign, now);
        boolean comparable = past.customers() > 0 && toSend > 0 && heldOut > 0;
        Double detectable = null;
        if (comparable) {
            var rise = Power.minimumDetectableRise(heldOut, toSend, past.rate(), ALPHA, POWER);
            if (rise.isPresent()) detectable = rise.getAsDouble();
        }
        boolean inMoney = !objectives.of(campaign).metric().isRate();
        Double inRevenue = null;
        if (inMoney && comparable && past.deviation() > 0)
            inRevenue = Power.minimumDetectableDifference(heldOut, toSend, past.deviation(), ALPHA, POWER);
        Words words;
        if (!comparable) words = noPower(past.customers(), toSend, heldOut);
        else if (!inMoney)
            words = detectable == null
                    ? noPower(past.customers(), toSend, heldOut)
                    : words(campaign, past.rate(), detectable, toSend, heldOut);
        else words = inRevenue == null ? noSpread(campaign) : revenueWords(campaign, past, inRevenue, toSend, heldOut);
        return new Forecast.Power(
                past.rate(),
                past.customers(),
                detectable,
                ALPHA,
                POWER,
                toSend,
                heldOut,
                inMoney
                        ? new Forecast.RevenuePower(
                                past.spent(), past.customers() < 2 ? null : past.deviation(), inRevenue)
                        : null,
                words);
    }

    /**
     * The test is that of the result: Welch's on means over everybody drawn, those who buy nothing among them. Its normal
     * approximation (Cohen 1988, chapter 2) takes the spread of the past window for both arms.
     */
    private Words revenueWords(Campaign campaign, Past past, double detectable, long toSend, long heldOut) {
        double buyers = past.rate() * Math.min(toSend, heldOut);
        boolean rough = buyers < FEWEST_BUYERS;
        return new Words(
                String.format(
                        Locale.ROOT,
                        "With %,d written to and %,d held out, a difference of %.2f %s or more in net revenue per customer "
                                + "within %d days is found in four of five such campaigns; without a message it was %.2f in "
                                + "the last %d days, %.2f %% of the customers bought. This takes the spread between "
                                + "customers to be as it was then (standard deviation %.2f, those who bought nothing "
                                + "counted as 0) in both groups.%s",
                        toSend,
                        heldOut,
                        detectable,
                        settings.currency(),
                        campaign.attributionDays(),
                        past.spent(),
                        campaign.attributionDays(),
                        past.rate() * 100,
                        past.deviation(),
                        rough
                                ? " It is a rough figure: only about %.0f buyers are to be expected in the smaller group."
                                        .formatted(buyers)
                                : ""),
                String.format(
                        Locale.ROOT,
                        "触达 %,d 人、对照 %,d 人时，若 %d 天内人均净收入相差不少于 %.2f %s，有八成把握能够测出；过去 %d 天未触达时人均 %.2f，"
                                + "购买率 %.2f%%。此处假定两组客户间的离散程度与当时相同（标准差 %.2f，未购买者计为 0）。%s",
                        toSend,
                        heldOut,
                        campaign.attributionDays(),
                        detectable,
                        settings.currency(),
                        campaign.attributionDays(),
                        past.spent(),
                        past.rate() * 100,
                        past.deviation(),
                        rough ? "该数字较粗略：较小的一组预计只有约 %.0f 位买家。".formatted(buyers) : ""));
    }

    private static Words noSpread(Campaign campaign) {
        return new Words(
                "In the last %d days the segment's customers all brought the same, so how much they differ is not known; the smallest visible difference in net revenue cannot be told."
                        .formatted(campaign.attributionDays()),
                "过去 %d 天内该人群客户的净收入全都相同，无法得知其离散程度，因此无法给出可测出的最小净收入差异。".formatted(campaign.attributionDays()));
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
