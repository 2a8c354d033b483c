package io.rekindle.models.learn;

/**
 * What a learner minimises.
 *
 * <p>Squared: half the squared error on the scale of the outcome, the likelihood of normal noise. Logistic: the negative
 * log-likelihood of a coin with the margin as its log-odds; written so that large margins of either sign do not overflow.
 * Complexity: O(1) a row.
 */
public enum Loss {
    /** Outcomes 0 and 1, predicted by log-odds. */
    LOGISTIC,
    /** Any number, predicted by its mean. */
    SQUARED;

    /** The mean outcome a margin stands for. */
    public double mean(double margin) {
        return switch (this) {
            case LOGISTIC -> 1 / (1 + Math.exp(-margin));
            case SQUARED -> margin;
        };
    }

    /** The loss of a margin where the outcome was {@code y}. */
    public double of(double margin, double y) {
        return switch (this) {
            // log(1 + e^m) − y·m, without overflow.
            case LOGISTIC -> Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))) - y * margin;
            case SQUARED -> (margin - y) * (margin - y);
        };
    }

    /** {@link #LOGISTIC} when every outcome is 0 or 1. */
    public static Loss fitting(double[] outcomes) {
        for (double y : outcomes) if (y != 0 && y != 1) return SQUARED;
        return LOGISTIC;
    }
}
