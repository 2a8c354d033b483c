package io.rekindle.models.value;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * RFM-L: who is worth how much, by amount, frequency, recency and loyalty, without a model.
 *
 * <p>What: each customer gets a score from 1 to 5 in each of four dimensions by rank among all customers, a composite (the
 * weighted mean of the scores, 1 to 5), a {@link ValueTier} by rank of the composite, and a {@link ValueGroup} by the
 * scores.
 *
 * <p>Assumptions: money counts most, having bought lately and often about equally, being a customer for long a little:
 * {@link Settings#DEFAULT} says how much. Ranks, not amounts, are compared: a single huge order changes one customer's
 * rank, not everybody's scale.
 *
 * <p>Source: recency-frequency-monetary scoring by quintiles, as in direct mail since the 1960s (Hughes, "Strategic Database
 * Marketing"), with length of relationship added.
 *
 * <p>Numerics: a customer's rank is the share of customers below plus half the share of those with exactly the same value
 * (the mid-rank), so equal values always get equal scores, whatever the order of the rows, and if all are equal
 * everybody scores 3. Score = 1 + ⌊5 · mid-rank⌋. Where many customers share a value (one purchase) some scores stay
 * empty; that is meant. Tiers are cut by mid-rank of the composite; equal composites are put in order by amount, then
 * frequency, recency, loyalty, and customers equal in all of these share a tier. Complexity: O(n log n). Deterministic,
 * no state.
 */
public final class ValueTiers {
    private final int[] recency;
    private final int[] frequency;
    private final int[] amount;
    private final int[] loyalty;
    private final double[] composite;
    private final ValueTier[] tier;

    /**
     * Weights of the composite and sizes of the tiers.
     *
     * @param amountWeight weight of the amount's score; weights are relative to their sum
     * @param frequencyWeight weight of the frequency's score
     * @param recencyWeight weight of the recency's score
     * @param loyaltyWeight weight of the loyalty's score
     * @param highShare share of customers in the high tier
     * @param middleShare share of customers in the middle tier
     */
    public record Settings(
            double amountWeight,
            double frequencyWeight,
            double recencyWeight,
            double loyaltyWeight,
            double highShare,
            double middleShare) {
        /** Amount .4, frequency .25, recency .25, loyalty .1; a fifth of the customers high, three tenths middle. */
        public static final Settings DEFAULT = new Settings(.4, .25, .25, .1, .2, .3);

        public Settings {
            for (double weight : new double[] {amountWeight, frequencyWeight, recencyWeight, loyaltyWeight})
                if (!(weight >= 0) || !Double.isFinite(weight))
                    throw new IllegalArgumentException("a weight of %s; it must be at least 0".formatted(weight));
            if (!(amountWeight + frequencyWeight + recencyWeight + loyaltyWeight > 0))
                throw new IllegalArgumentException("all weights are 0; at least one must be positive");
            if (!(highShare >= 0 && middleShare >= 0 && highShare + middleShare <= 1))
                throw new IllegalArgumentException("shares of %s high and %s middle: at least 0, together at most 1"
                        .formatted(highShare, middleShare));
        }
    }

    private ValueTiers(
            int[] recency, int[] frequency, int[] amount, int[] loyalty, double[] composite, ValueTier[] tier) {
        this.recency = recency;
        this.frequency = frequency;
        this.amount = amount;
        this.loyalty = loyalty;
        this.composite = composite;
        this.tier = tier;
    }

    /**
     * Scores all customers against one another.
     *
     * @param amount what each spent (net; may be negative after refunds)
     * @param frequency number of purchases of each
     * @param recency time since the last purchase of each, any unit; less is better
     * @param loyalty time since the first purchase of each, any unit
     * @throws IllegalArgumentException naming the first row with a value that is not a number
     */
    public static ValueTiers of(
            double[] amount, int[] frequency, double[] recency, double[] loyalty, Settings settings) {
        int n = amount.length;
        if (frequency.length != n || recency.length != n || loyalty.length != n)
            throw new IllegalArgumentException(
                    "amount has %d rows, frequency %d, recency %d, loyalty %d; they must be equally long"
                            .formatted(n, frequency.length, recency.length, loyalty.length));
        for (int i = 0; i < n; i++)
            if (!Double.isFinite(amount[i])
                    || frequency[i] < 0
                    || !(recency[i] >= 0 && recency[i] < Double.POSITIVE_INFINITY)
                    || !(loyalty[i] >= 0 && loyalty[i] < Double.POSITIVE_INFINITY))
                throw new IllegalArgumentException(
                        "row %d: amount %s, frequency %d, recency %s, loyalty %s: the amount must be a number, the others at least 0"
                                .formatted(i, amount[i], frequency[i], recency[i], loyalty[i]));
        int[] amountScore = scores(n, i -> amount[i]);
        int[] frequencyScore = scores(n, i -> frequency[i]);
        int[] recencyScore = scores(n, i -> -recency[i]);
        int[] loyaltyScore = scores(n, i -> loyalty[i]);
        double weights = settings.amountWeight()
                + settings.frequencyWeight()
                + settings.recencyWeight()
                + settings.loyaltyWeight();
        double[] composite = new double[n];
        for (int i = 0; i < n; i++)
            composite[i] = (settings.amountWeight() * amountScore[i]
                            + settings.frequencyWeight() * frequencyScore[i]
                            + settings.recencyWeight() * recencyScore[i]
                            + settings.loyaltyWeight() * loyaltyScore[i])
                    / weights;
        double[] rank =
                midRanks(n, i -> composite[i], i -> amount[i], i -> frequency[i], i -> -recency[i], i -> loyalty[i]);
        ValueTier[] tier = new ValueTier[n];
        for (int i = 0; i < n; i++)
            tier[i] = rank[i] > 1 - settings.highShare()
                    ? ValueTier.HIGH
                    : rank[i] > 1 - settings.highShare() - settings.middleShare() ? ValueTier.MIDDLE : ValueTier.LOW;
        return new ValueTiers(recencyScore, frequencyScore, amountScore, loyaltyScore, composite, tier);
    }

    private static int[] scores(int n, IntToDoubleFunction value) {
        double[] rank = midRanks(n, value);
        int[] score = new int[n];
        for (int i = 0; i < n; i++) score[i] = 1 + (int) Math.min(4, Math.floor(5 * rank[i]));
        return score;
    }

    /** Share of rows below plus half the share of rows equal, by the first value, ties by the next. */
    private static double[] midRanks(int n, IntToDoubleFunction... values) {
        double[][] column = new double[values.length][n];
        for (int k = 0; k < values.length; k++) {
            IntToDoubleFunction value = values[k];
            // Adding 0 makes a negative zero a positive one, which would otherwise rank below it.
            Arrays.setAll(column[k], i -> value.applyAsDouble(i) + 0.0);
        }
        int[] order = Indices.sorted(n, (i, j) -> compare(column, i, j));
        double[] rank = new double[n];
        for (int from = 0, to; from < n; from = to) {
            for (to = from + 1; to < n && compare(column, order[from], order[to]) == 0; to++) {
                // all the equal ones
            }
            for (int i = from; i < to; i++) rank[order[i]] = (from + to) / (2.0 * n);
        }
        return rank;
    }

    private static int compare(double[][] column, int i, int j) {
        for (double[] values : column) {
            int order = Double.compare(values[i], values[j]);
            if (order != 0) return order;
        }
        return 0;
    }

    /** Number of customers. */
    public int size() {
        return tier.length;
    }

    /** Score of a row's recency, 1 to 5; 5 bought last. */
    public int recency(int row) {
        return recency[row];
    }

    /** Score of a row's frequency, 1 to 5. */
    public int frequency(int row) {
        return frequency[row];
    }

    /** Score of a row's amount, 1 to 5. */
    public int amount(int row) {
        return amount[row];
    }

    /** Score of a row's loyalty, 1 to 5. */
    public int loyalty(int row) {
        return loyalty[row];
    }

    /** Weighted mean of a row's scores, 1 to 5. */
    public double composite(int row) {
        return composite[row];
    }

    /** The tier of a row. */
    public ValueTier tier(int row) {
        return tier[row];
    }

    /** The group of a row. */
    public ValueGroup group(int row) {
        return ValueGroup.of(recency[row], frequency[row], amount[row], loyalty[row]);
    }
}
