package io.rekindle.evaluate;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tails;
import io.rekindle.decide.Run;
import io.rekindle.decide.RunPlanned;
import io.rekindle.decide.Runs;
import io.rekindle.evaluate.CampaignResult.Cost;
import io.rekindle.evaluate.CampaignResult.Measure;
import io.rekindle.evaluate.CampaignResult.State;
import io.rekindle.evaluate.CampaignResult.Verdict;
import io.rekindle.evaluate.Outcomes.Figures;
import io.rekindle.models.experiment.Lift;
import io.rekindle.models.experiment.Look;
import io.rekindle.models.experiment.SampleRatio;
import io.rekindle.models.experiment.TwoSample;
import io.rekindle.plan.Campaign;
import io.rekindle.plan.Campaigns;
import io.rekindle.plan.Coupons;
import io.rekindle.plan.Objectives;
import io.rekindle.plan.Offers;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import io.rekindle.platform.Jobs;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.WriteGate;
import io.rekindle.segment.Words;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Measures what campaigns changed: a job when a run's window closes, and figures so far on demand before that. The job
 * bears repetition: outcomes are one batch under the run's id.
 */
@Component
public class Evaluations implements Job, RunPlanned {
    private static final double ALPHA = 0.05;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Warehouse warehouse;
    private final WriteGate gate;
    private final BusinessClock clock;
    private final Jobs jobs;
    private final Runs runs;
    private final long ownSource;
    private final Campaigns campaigns;
    private final Objectives objectives;
    private final Offers offers;
    private final Coupons coupons;
    private final EventLog log;
    private final Tails tails;
    private final EvaluateSettings measuring;
    private final PlatformSettings settings;

    Evaluations(
            JdbcClient jdbc,
            TransactionTemplate transaction,
            Warehouse warehouse,
            WriteGate gate,
            BusinessClock clock,
            Jobs jobs,
            Runs runs,
            Campaigns campaigns,
            Objectives objectives,
            Offers offers,
            Coupons coupons,
            EventLog log,
            Sources sources,
            Tails tails,
            EvaluateSettings measuring,
            PlatformSettings settings) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.warehouse = warehouse;
        this.gate = gate;
        this.clock = clock;
        this.jobs = jobs;
        this.runs = runs;
        this.ownSource = sources.named(Sources.OWN).id();
        this.campaigns = campaigns;
        this.objectives = objectives;
        this.offers = offers;
        this.coupons = coupons;
        this.log = log;
        this.tails = tails;
        this.measuring = measuring;
        this.settings = settings;
    }

    @Override
    public String name() {
        return "campaign-outcomes";
    }

    @Override
    public void planned(Run run) {
        jobs.schedule(name(), Long.toString(run.id()), resultAt(run));
    }

    private Instant resultAt(Run run) {
        return run.windowTo().plus(measuring.grace());
    }

    /** Records the outcomes of a run whose window has closed. */
    @Override
    public void run(String instance) {
        var run = runs.find(Long.parseLong(instance))
                .orElseThrow(() -> new IllegalStateException("there is no run %s".formatted(instance)));
        var campaign = campaigns.get(run.campaignId());
        var now = clock.instant();
        // What was reported until now counts, whether or not it has become an order yet.
        long logged = log.lastSeq();
        tails.awaitAll(logged);
        var outcomes = outcomes(run, campaign);
        gate.write(() -> {
            outcomes.record(now);
            transaction.executeWithoutResult(status -> {
                jdbc.sql("""
                                insert into evaluations (run_id, campaign_id, measured_at, log_seq)
                                values (:run, :campaign, :now, :seq)
                                on conflict (run_id) do nothing
                                """)
                        .param("run", run.id())
                        .param("campaign", campaign.id())
                        .param("now", now.atOffset(ZoneOffset.UTC))
                        .param("seq", logged)
                        .update();
                campaigns.measured(campaign.id());
            });
        });
    }

    /** The result of a campaign, or how far it is; a {@link Problem} {@code campaign_not_launched} before its launch. */
    public CampaignResult of(long campaignId) {
        var campaign = campaigns.get(campaignId);
        var run = runs.ofCampaign(campaignId)
                .filter(Run::planned)
                .orElseThrow(() -> Problem.conflict(
                                "campaign_not_launched", "campaign {id} is {state} and has no result yet")
                        .with("id", campaignId)
                        .with("state", campaign.state().code()));
        var now = clock.instant();
        var outcomes = outcomes(run, campaign);
        var recording = recording(run);
        boolean recorded = recording.isPresent();
        var rows = recorded ? outcomes.recorded() : outcomes.soFar(now);
        var figures = outcomes.figures(rows);
        var funnel = outcomes.funnel();
        var objective = objectives.of(campaign);
        var review = CampaignResult.ObjectiveReview.of(objective, objectives.standing(objective));

        var conversion = TwoSample.proportions(
                figures.holdout().customers(),
                figures.holdout().converted(),
                figures.treatment().customers(),
                figures.treatment().converted(),
                ALPHA);
        var once = new Look.Once(ALPHA);
        var orders = TwoSample.amounts(
                figures.holdout().orders(), figures.treatment().orders(), once);
        var revenue = TwoSample.amounts(
                figures.holdout().netRevenue(), figures.treatment().netRevenue(), once);
        var gain = netGain(figures, once);
        var lifts = new CampaignResult.Lifts(measure(conversion), measure(orders), measure(revenue));
        var check = sampleCheck(run, figures);
        var headline = objective.metric().isRate() ? conversion : revenue;
        var against = Obstacles.of(headline, check, funnel.sent(), figures);
        var state = !recorded ? State.WAITING : against.isPresent() ? State.NOT_MEASURABLE : State.MEASURED;
        var verdict = recorded ? verdict(headline, against) : null;
        return new CampaignResult(
                campaignId,
                state,
                run.windowTo(),
                resultAt(run),
                funnel.audience(),
                funnel.eligible(),
                funnel.heldOut(),
                figures.contaminated(),
                funnel.sent(),
                funnel.delivered(),
                funnel.failed(),
                lifts,
                check,
                cost(figures),
                gain,
                new CampaignResult.Attributed(
                        figures.treatment().attributedOrders(),
                        figures.treatment().attributedRevenue()),
                recorded ? against.orElse(null) : null,
                verdict,
                withContaminated(
                        words(verdict, run, headline, objective.metric().isRate(), against, gain),
                        figures.contaminated()),
                campaign.forecast(),
                review,
                recording
                        .map(at -> at.logged() == null ? 0 : outcomes.ordersAfter(at.logged()))
                        .orElse(0L),
                outcomes.series(rows, now));
    }

    /** That outcomes were recorded, and where the log ended then, as far as it is known. */
    private record Recording(@Nullable Long logged) {}

    private Optional<Recording> recording(Run run) {
        return jdbc.sql("select log_seq from evaluations where run_id = :run")
                .param("run", run.id())
                .query((r, n) -> new Recording(r.getObject("log_seq", Long.class)))
                .optional();
    }

    private Outcomes outcomes(Run run, Campaign campaign) {
        var offer = run.offerId();
        if (offer == null)
            return new Outcomes(warehouse, run, used -> Map.of(), BigDecimal.ZERO, campaign.messageCost(), ownSource);
        return new Outcomes(
                warehouse,
                run,
                used -> coupons.messagesOf(offer, used),
                offers.get(offer).costPerUse(),
                campaign.messageCost(),
                ownSource);
    }

    private static @Nullable Measure measure(Lift lift) {
        return switch (lift) {
            case Lift.Measured m -> new Measure(m.treatment(), m.control(), m.estimate(), m.low(), m.high(), m.p());
            case Lift.NotMeasurable not -> null;
        };
    }

    private static CampaignResult.@Nullable SampleCheck sampleCheck(Run run, Figures figures) {
        long treated = figures.treatment().customers();
        long held = figures.holdout().customers();
        if (treated + held == 0) return null;
        var ratio =
                SampleRatio.test(new long[] {held, treated}, new double[] {run.holdoutShare(), 1 - run.holdoutShare()});
        return new CampaignResult.SampleCheck(
                ratio.p(), !ratio.mismatch(), (treated + held) * run.holdoutShare(), held);
    }

    private static Verdict verdict(Lift headline, Optional<CampaignResult.NotMeasurable> against) {
        if (against.isPresent()) return Verdict.NOT_MEASURABLE;
        return switch (headline) {
            case Lift.Measured lift when lift.low() > 0 -> Verdict.POSITIVE;
            case Lift.Measured lift when lift.high() < 0 -> Verdict.NEGATIVE;
            case Lift.Measured lift -> Verdict.NO_DIFFERENCE;
            case Lift.NotMeasurable not -> Verdict.NOT_MEASURABLE;
        };
    }

    private static Cost cost(Figures figures) {
        var messages = figures.treatment().messageCost().add(figures.holdout().messageCost());
        var offers = figures.treatment().offerCost().add(figures.holdout().offerCost());
        return new Cost(messages, offers, messages.add(offers));
    }

    /** What chance moves is what people buy; the messages cost what they cost. */
    private static CampaignResult.@Nullable NetGain netGain(Figures figures, Look look) {
        var treatment = figures.treatment();
        var holdout = figures.holdout();
        if (!(TwoSample.amounts(holdout.contribution(), treatment.contribution(), look) instanceof Lift.Measured lift))
            return null;
        long treated = treatment.customers();
        double messages = treatment.messageCost().doubleValue()
                - holdout.messageCost().doubleValue() * treated / holdout.customers();
        return new CampaignResult.NetGain(
                lift.estimate() * treated - messages,
                lift.low() * treated - messages,
                lift.high() * treated - messages);
    }

    private static Words withContaminated(Words words, long contaminated) {
        if (contaminated == 0) return words;
        return new Words(
                words.en()
                        + " %,d contaminated: merged from customers of both arms, counted once in the arm of the first assignment."
                                .formatted(contaminated),
                words.zh() + "另有 %,d 位客户由分属两组的身份合并而成（受污染），按首次分组各计一次。".formatted(contaminated));
    }

    private Words words(
            @Nullable Verdict verdict,
            Run run,
            Lift headline,
            boolean rate,
            Optional<CampaignResult.NotMeasurable> against,
            CampaignResult.@Nullable NetGain gain) {
        if (verdict == null)
            return new Words(
                    "The window closes at %s and the result is taken at %s; these are figures so far and no result yet."
                            .formatted(run.windowTo(), resultAt(run)),
                    "统计窗口将于 %s 结束，结论于 %s 得出；以下为截至目前的数字，尚非结论。".formatted(run.windowTo(), resultAt(run)));
        if (against.isPresent()) {
            var reason = against.get().reason();
            var take = against.get().whatItWouldTake();
            return new Words(
                    "Not measurable: %s. It would take %s.".formatted(reason.en(), take.en()),
                    "无法测量：%s。需要：%s。".formatted(reason.zh(), take.zh()));
        }
        if (!(headline instanceof Lift.Measured measured))
            throw new IllegalStateException("a verdict without a measured difference");
        var english = rate ? boughtInEnglish(measured) : spentInEnglish(measured);
        var chinese = rate ? boughtInChinese(measured) : spentInChinese(measured);
        var money = gain == null
                ? ""
                : " Net gain after costs: %s %s (%s to %s)."
                        .formatted(
                                Outcomes.amount(gain.estimate()),
                                settings.currency(),
                                Outcomes.amount(gain.low()),
                                Outcomes.amount(gain.high()));
        var moneyChinese = gain == null
                ? ""
                : "扣除成本后净增收益 %s %s（%s 至 %s）。"
                        .formatted(
                                Outcomes.amount(gain.estimate()),
                                settings.currency(),
                                Outcomes.amount(gain.low()),
                                Outcomes.amount(gain.high()));
        return switch (verdict) {
            case POSITIVE ->
                new Words(
                        english + "The campaign made a positive difference." + money,
                        chinese + "活动带来了正向增量。" + moneyChinese);
            case NEGATIVE ->
                new Words(
                        english + "The campaign made a negative difference." + money,
                        chinese + "活动产生了负面影响。" + moneyChinese);
            case NO_DIFFERENCE ->
                new Words(
                        english
                                + "No difference was found: the interval holds 0. A smaller one may exist; it would take more customers or a longer window to see."
                                + money,
                        chinese + "未发现差异：区间包含 0。更小的差异需要更多客户或更长的窗口才能测出。" + moneyChinese);
            case NOT_MEASURABLE -> throw new IllegalStateException("handled above");
        };
    }

    private static String boughtInEnglish(Lift.Measured lift) {
        return String.format(
                Locale.ROOT,
                "Of those written to %.2f %% bought, of those held out %.2f %%: a difference of %s points (95 %% interval %s to %s). ",
                lift.treatment() * 100,
                lift.control() * 100,
                Outcomes.points(lift.estimate()),
                Outcomes.points(lift.low()),
                Outcomes.points(lift.high()));
    }

    private static String boughtInChinese(Lift.Measured lift) {
        return String.format(
                Locale.ROOT,
                "触达组购买率 %.2f%%，对照组 %.2f%%，相差 %s 个百分点（95%% 区间 %s 至 %s）。",
                lift.treatment() * 100,
                lift.control() * 100,
                Outcomes.points(lift.estimate()),
                Outcomes.points(lift.low()),
                Outcomes.points(lift.high()));
    }

    private String spentInEnglish(Lift.Measured lift) {
        return String.format(
                Locale.ROOT,
                "Those written to brought %.2f %s net each, those held out %.2f: a difference of %s (95 %% interval %s to %s). ",
                lift.treatment(),
                settings.currency(),
                lift.control(),
                Outcomes.amount(lift.estimate()),
                Outcomes.amount(lift.low()),
                Outcomes.amount(lift.high()));
    }

    private String spentInChinese(Lift.Measured lift) {
        return String.format(
                Locale.ROOT,
                "触达组人均净收入 %.2f %s，对照组 %.2f，相差 %s（95%% 区间 %s 至 %s）。",
                lift.treatment(),
                settings.currency(),
                lift.control(),
                Outcomes.amount(lift.estimate()),
                Outcomes.amount(lift.low()),
                Outcomes.amount(lift.high()));
    }
}
