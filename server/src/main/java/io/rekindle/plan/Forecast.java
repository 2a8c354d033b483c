package io.rekindle.plan;

import io.rekindle.segment.Words;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a campaign would do if it ran now: found by the code that will run, without writing anything.
 *
 * @param audience members of the segment
 * @param reasons why members are left out, each with its count, most frequent first
 * @param heldOut eligible members who would be held out
 * @param toSend eligible members who would be written to: audience = sum of reasons + heldOut + toSend
 * @param expectedCost messages, plus the offer's cost for the share of customers who would buy anyway
 * @param promised what the codes of its offer may cost; null without an offer, or with a percentage off that costs nothing
 *     besides
 */
public record Forecast(
        long audience,
        List<ReasonCount> reasons,
        long heldOut,
        long toSend,
        Power power,
        BigDecimal expectedCost,
        @Nullable Promise promised) {
    public Forecast {
        reasons = List.copyOf(reasons);
    }

    /** How many members are left out for one reason. */
    public record ReasonCount(String reason, long count) {}

    /**
     * What its codes cost if every one is used.
     *
     * @param cost an amount off and the cost per use, for each message; what a percentage takes off is not among it
     * @param budgetLeft what the offer's budget has left for it, besides codes given out and promised to other campaigns
     *     (below 0 when more was given out than it pays for); null without a budget, and once the campaign is approved and
     *     its own codes are promised
     */
    public record Promise(BigDecimal cost, @Nullable BigDecimal budgetLeft) {}

    /**
     * How small a difference the campaign can see: in what its objective is measured by, and in conversion.
     *
     * @param baselineRate conversion in the last window of the length of the campaign's own, measured over those members
     *     the segment had when that window began who may be written to (over all of them where nobody may)
     * @param baselineCustomers how many that were
     * @param minimumDetectableEffect the smallest difference in conversion, as a share (0.02 = two points), that is
     *     found with probability {@code power} by a two-sided test at {@code alpha}; null when no audience could show
     *     any
     * @param revenue the same for net revenue per customer, when that is what the objective is measured by, so that the
     *     campaign's verdict rests on it; else null: its verdict rests on conversion
     * @param words of the one its verdict rests on
     */
    public record Power(
            double baselineRate,
            long baselineCustomers,
            @Nullable Double minimumDetectableEffect,
            double alpha,
            double power,
            long sampleTreatment,
            long sampleHoldout,
            @Nullable RevenuePower revenue,
            Words words) {}

    /**
     * How small a difference in net revenue per customer the campaign can see.
     *
     * @param baseline net revenue per member in the last window of the length of the campaign's own, members who bought
     *     nothing among them
     * @param standardDeviation between those members; null when there were fewer than two
     * @param minimumDetectableDifference the smallest difference that is found with the same probability by the same test;
     *     null when it cannot be told
     */
    public record RevenuePower(
            double baseline,
            @Nullable Double standardDeviation,
            @Nullable Double minimumDetectableDifference) {}
}
