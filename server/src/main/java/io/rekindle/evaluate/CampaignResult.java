package io.rekindle.evaluate;

import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.plan.Forecast;
import io.rekindle.plan.Objective;
import io.rekindle.plan.Objectives;
import io.rekindle.segment.Words;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a campaign changed: everybody assigned to be written to, undelivered included, against everybody held out.
 *
 * @param state {@code waiting}: the window is open and all figures are figures so far
 * @param resultAt when the outcomes are recorded: some time after the window, so that orders reported late count too
 * @param eligible members that could be drawn: treated and held out
 * @param contaminated persons whose identities had been drawn for different arms before they were merged; each counts
 *     once, in the arm of the first assignment, which pulls the arms together and never apart. As who was one person when
 *     the outcomes were recorded, in all figures of a measured result; as today before that
 * @param sent messages the mail server took
 * @param delivered of these, those not refused since
 * @param netGain what the campaign earned in all: net revenue less message and offer cost, per customer, times the
 *     customers assigned to be written to
 * @param attributed orders after a click or with the campaign's coupon, of the treated: not what it changed
 * @param verdict null while waiting
 * @param forecast as it was at approval
 * @param lateOrders orders of the window that were reported after the outcomes had been recorded; they count nowhere
 * @param series cumulative share of each arm that bought, by whole days since the planned time
 */
public record CampaignResult(
        long campaignId,
        State state,
        Instant windowClosesAt,
        Instant resultAt,
        long audience,
        long eligible,
        long heldOut,
        long contaminated,
        long sent,
        long delivered,
        long failed,
        Lifts lift,
        @Nullable SampleCheck sampleRatio,
        Cost cost,
        @Nullable NetGain netGain,
        Attributed attributed,
        @Nullable NotMeasurable notMeasurable,
        @Nullable Verdict verdict,
        Words words,
        @Nullable Forecast forecast,
        ObjectiveReview objective,
        long lateOrders,
        List<Day> series) {
    public CampaignResult {
        series = List.copyOf(series);
    }

    /** How far the measuring is. */
    public enum State {
        WAITING,
        MEASURED,
        NOT_MEASURABLE;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What can be said. */
    public enum Verdict {
        POSITIVE,
        NEGATIVE,
        NO_DIFFERENCE,
        NOT_MEASURABLE;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The three comparisons; null where the arms cannot be compared. */
    public record Lifts(
            @Nullable Measure conversion,
            @Nullable Measure orders,
            @Nullable Measure netRevenuePerCustomer) {}

    /** Means of the arms, their difference with its 95 % interval, and the two-sided p-value of no difference. */
    public record Measure(double treatment, double holdout, double estimate, double low, double high, double p) {}

    /** Whether the arms have the sizes they were drawn for. */
    public record SampleCheck(double p, boolean ok, double expectedHoldout, long observedHoldout) {}

    public record Cost(BigDecimal messages, BigDecimal offers, BigDecimal total) {}

    public record NetGain(double estimate, double low, double high) {}

    public record Attributed(long orders, BigDecimal revenue) {}

    /** What can stand in the way of a result. */
    public enum Obstacle {
        NOTHING_SENT,
        /** An arm lost customers: it has not the size it was drawn for. */
        ARM_SIZES,
        TOO_FEW_CUSTOMERS,
        TOO_FEW_CONVERSIONS,
        TOO_FEW_AMOUNTS,
        /** All outcomes of an arm are the same. */
        NO_VARIATION;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Why nothing can be said.
     *
     * @param treated customers assigned to be written to
     * @param neededInSmallerArm customers the smaller arm would need; null where no number makes it measurable
     */
    public record NotMeasurable(
            Obstacle obstacle,
            long treated,
            long heldOut,
            @Nullable Long neededInSmallerArm,
            Words reason,
            Words whatItWouldTake) {}

    /** The objective the campaign serves, and where it stands now. */
    public record ObjectiveReview(
            long id,
            Objective.Kind kind,
            String name,
            io.rekindle.plan.ObjectiveMetric metric,
            Objective.Unit unit,
            @Nullable Long segmentId,
            int windowDays,
            double baseline,
            long baselineCustomers,
            double target,
            java.time.LocalDate deadline,
            String state,
            Objectives.Measuring measured,
            Instant measuredTo,
            @Nullable Double current,
            @Nullable Double progress) {
        static ObjectiveReview of(Objective o, Objectives.Standing standing) {
            return new ObjectiveReview(
                    o.id(),
                    o.kind(),
                    o.name(),
                    o.metric(),
                    o.unit(),
                    o.segmentId(),
                    o.windowDays(),
                    o.baseline(),
                    o.baselineCustomers(),
                    o.target(),
                    o.deadline(),
                    standing.state(),
                    standing.measured(),
                    standing.measuredTo(),
                    standing.current(),
                    standing.progress());
        }
    }

    /** One point of the curve. */
    public record Day(int day, double treatment, double holdout) {}
}
