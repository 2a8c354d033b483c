package io.rekindle.models.experiment;

import java.util.Arrays;

/**
 * What a comparison of means needs to know of one arm: three sums, as one statement over the outcomes gives them.
 *
 * <p>Assumption: customers are independent of each other. Source: the textbook's moments. Numerics: the variance from a sum
 * of squares loses digits where the mean is large beside the spread; below nothing by rounding it counts as nothing.
 * Complexity: three sums, which one statement over a database gives.
 *
 * @param n number of customers in the arm, those with an outcome of 0 included
 * @param sum sum of their outcomes
 * @param sumOfSquares sum of the squares of their outcomes
 */
public record Sample(long n, double sum, double sumOfSquares) {
    public Sample {
        if (n < 0) throw new IllegalArgumentException("%d customers; the count is at least 0".formatted(n));
        if (!Double.isFinite(sum) || !Double.isFinite(sumOfSquares))
            throw new IllegalArgumentException(
                    "sum %s and sum of squares %s must be numbers".formatted(sum, sumOfSquares));
        if (n == 0 ? sum != 0 || sumOfSquares != 0 : sumOfSquares < sum / n * sum * (1 - 1e-9))
            throw new IllegalArgumentException(
                    "%d outcomes that sum to %s cannot have squares that sum to %s".formatted(n, sum, sumOfSquares));
    }

    /** Of an arm in which some converted: outcomes 1 and 0. */
    public static Sample ofConversions(long n, long conversions) {
        if (conversions < 0 || conversions > n)
            throw new IllegalArgumentException(
                    "%d conversions of %d customers; they lie between 0 and the customers".formatted(conversions, n));
        return new Sample(n, conversions, conversions);
    }

    /** Of the outcomes themselves. */
    public static Sample of(double[] outcomes) {
        return new Sample(
                outcomes.length,
                Arrays.stream(outcomes).sum(),
                Arrays.stream(outcomes).map(value -> value * value).sum());
    }

    /** Both together. */
    public Sample plus(Sample other) {
        return new Sample(n + other.n, sum + other.sum, sumOfSquares + other.sumOfSquares);
    }

    /**
     * Mean outcome.
     *
     * @throws IllegalStateException without a customer
     */
    public double mean() {
        if (n == 0) throw new IllegalStateException("no customers, no mean");
        return sum / n;
    }

    /**
     * Unbiased variance of the outcomes.
     *
     * @throws IllegalStateException with fewer than two customers
     */
    public double variance() {
        if (n < 2) throw new IllegalStateException("%d customers; a variance needs 2".formatted(n));
        return Math.max(0, (sumOfSquares - sum / n * sum) / (n - 1));
    }
}
