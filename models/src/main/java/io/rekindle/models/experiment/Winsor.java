package io.rekindle.models.experiment;

import java.util.Arrays;

/**
 * Limits that extreme outcomes are moved to, so that one wholesale order does not decide an experiment.
 *
 * <p>What: the limits are quantiles of the outcomes of all arms together, so that they are the same for each and say nothing
 * about the arm. The comparison is then one of capped outcomes: a little biased towards no difference where the treatment
 * works on the extreme, and far less noisy. Choose the quantiles before looking.
 *
 * <p>Quantiles are interpolated between order statistics (type 7 of Hyndman and Fan, "Sample quantiles in statistical
 * packages", 1996). With most outcomes 0 the quantile is better taken among the others. Complexity: that of sorting. No state.
 *
 * <p>Source of the practice: Tukey (Annals of Mathematical Statistics 33, 1962), who names it after Winsor.
 *
 * @param low outcomes below become this
 * @param high outcomes above become this
 */
public record Winsor(double low, double high) {
    public Winsor {
        if (!(low <= high))
            throw new IllegalArgumentException("limits %s and %s: the lower exceeds the upper".formatted(low, high));
    }

    /** Moves only what lies above the quantile: the usual choice for revenue. */
    public static Winsor above(double[] outcomesOfAllArms, double quantile, boolean ignoreZeros) {
        double[] sorted = sorted(outcomesOfAllArms, ignoreZeros);
        return new Winsor(Double.NEGATIVE_INFINITY, quantile(sorted, quantile));
    }

    /** Moves what lies below the one and above the other quantile. */
    public static Winsor between(double[] outcomesOfAllArms, double lower, double upper, boolean ignoreZeros) {
        double[] sorted = sorted(outcomesOfAllArms, ignoreZeros);
        return new Winsor(quantile(sorted, lower), quantile(sorted, upper));
    }

    /** An outcome within the limits. */
    public double cap(double outcome) {
        return Math.clamp(outcome, low, high);
    }

    /** Outcomes within the limits. */
    public double[] cap(double[] outcomes) {
        return Arrays.stream(outcomes).map(this::cap).toArray();
    }

    private static double[] sorted(double[] outcomes, boolean ignoreZeros) {
        double[] sorted = Arrays.stream(outcomes)
                .filter(outcome -> !ignoreZeros || outcome != 0)
                .sorted()
                .toArray();
        if (sorted.length == 0)
            throw new IllegalArgumentException(
                    ignoreZeros ? "no outcome differs from 0, no quantile" : "no outcomes, no quantile");
        if (!Double.isFinite(sorted[0]) || !Double.isFinite(sorted[sorted.length - 1]))
            throw new IllegalArgumentException("an outcome is %s, not a number"
                    .formatted(Double.isFinite(sorted[0]) ? sorted[sorted.length - 1] : sorted[0]));
        return sorted;
    }

    private static double quantile(double[] sorted, double probability) {
        if (!(probability >= 0 && probability <= 1))
            throw new IllegalArgumentException("quantile %s must lie between 0 and 1".formatted(probability));
        double position = probability * (sorted.length - 1);
        int below = (int) position;
        if (below == sorted.length - 1) return sorted[below];
        return sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]);
    }
}
