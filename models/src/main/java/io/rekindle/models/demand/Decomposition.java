package io.rekindle.models.demand;

import java.util.Arrays;

/**
 * A series taken apart into trend, season and remainder: STL, seasonal-trend decomposition by local regression.
 *
 * <p>What: the season of each phase (each Monday, each January) is smoothed on its own over the cycles, so it may change
 * slowly; what is left is smoothed to the trend; both in turn until they settle. With robustness, values far from both lose
 * their weight, and a single promotion day bends neither. The three parts sum to the series. A missing value (NaN) has
 * no remainder and is bridged.
 *
 * <p>Assumptions: season and noise add to the trend rather than multiply it (take logarithms of positive series first where
 * they multiply), and at least two whole cycles are there: with fewer, season and trend cannot be told apart, and it is
 * refused.
 *
 * <p>Source: Cleveland, Cleveland, McRae and Terpenning, "STL" (Journal of Official Statistics, 1990), with local lines
 * everywhere; trend window: the smallest odd number of at least 1.5 p / (1 − 1.5 / n_s). Strength of trend and season: Wang,
 * Smith and Hyndman (2006), 1 − var(remainder) / var(part + remainder), at least 0.
 *
 * <p>Numerics: a line with a periodic pattern of mean 0 comes apart exactly. Complexity: the length of the series times the
 * windows, a few dozen times. No randomness, no state.
 *
 * @param trend by place in the series
 * @param season its mean over a cycle is near 0
 * @param remainder NaN where the value was missing
 * @param period length of the cycle
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record Decomposition(double[] trend, double[] season, double[] remainder, int period) {
    private static final int INNER = 3;
    private static final int MOST_INNER = 100;
    private static final int OUTER = 8;
    private static final double SETTLED = 1e-10;
    private static final double SIX_MEDIANS = 6;

    /** How much the season may change from cycle to cycle. */
    public sealed interface Season {
        /** The same in every cycle. */
        record Periodic() implements Season {}

        /**
         * Smoothed over some cycles.
         *
         * @param window odd, at least 7
         */
        record Changing(int window) implements Season {
            public Changing {
                if (window < 7 || window % 2 == 0)
                    throw new IllegalArgumentException(
                            "a season smoothed over %d cycles; the number is odd and at least 7".formatted(window));
            }
        }
    }

    /**
     * Takes a series apart.
     *
     * @param series at equal distances; NaN where a value is missing
     * @param period length of the cycle, at least 2
     * @param robust whether values far from trend and season lose their weight
     * @throws IllegalArgumentException with less than two cycles, or a phase without a value
     */
    public static Decomposition of(double[] series, int period, Season season, boolean robust) {
        if (period < 2) throw new IllegalArgumentException("a cycle of %d; it is at least 2".formatted(period));
        if (series.length < 2 * period)
            throw new IllegalArgumentException(
                    "%d values are less than two cycles of %d: trend and season cannot be told apart"
                            .formatted(series.length, period));
        for (int i = 0; i < series.length; i++)
            if (Double.isInfinite(series[i]))
                throw new IllegalArgumentException("value %d of the series is %s".formatted(i, series[i]));
        for (int phase = 0; phase < period; phase++) {
            boolean any = false;
            for (int i = phase; i < series.length; i += period) any |= !Double.isNaN(series[i]);
            if (!any)
                throw new IllegalArgumentException(
                        "no value at place %d of any cycle of %d".formatted(phase + 1, period));
        }
        return new Fit(series, period, season).run(robust);
    }

    /** From 0, no trend, to 1, nothing but trend beside the season. */
    public double trendStrength() {
        return strength(trend);
    }

    /** From 0, no season, to 1, nothing but season beside the trend. */
    public double seasonStrength() {
        return strength(season);
    }

    private double strength(double[] part) {
        double[] both = new double[part.length];
        for (int i = 0; i < part.length; i++) both[i] = part[i] + remainder[i];
        double all = variance(both);
        return all > 0 ? Math.max(0, 1 - variance(remainder) / all) : 0;
    }

    private static double variance(double[] values) {
        double[] there =
                Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
        double mean = Arrays.stream(there).average().orElse(0);
        return Arrays.stream(there)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElse(0);
    }

    private static final class Fit {
        private final double[] series;
        private final int n;
        private final int period;
        private final Season how;
        private final int trendWindow;
        private final int lowPassWindow;
        private final double[] there;
        private double[] weight;
        private final double[] trend;
        private final double[] season;

        Fit(double[] series, int period, Season how) {
            this.series = series;
            this.n = series.length;
            this.period = period;
            this.how = how;
            double cycles = switch (how) {
                case Season.Periodic() -> 10.0 * n + 1;
                case Season.Changing(int window) -> window;
            };
            this.trendWindow = odd(1.5 * period / (1 - 1.5 / cycles));
            this.lowPassWindow = odd(period);
            this.there = new double[n];
            for (int i = 0; i < n; i++) there[i] = Double.isNaN(series[i]) ? 0 : 1;
            this.weight = there.clone();
            this.trend = new double[n];
            this.season = new double[n];
        }

        private static int odd(double least) {
            int whole = (int) Math.ceil(least - 1e-9);
            return whole % 2 == 0 ? whole + 1 : whole;
        }

        Decomposition run(boolean robust) {
            for (int outer = 0; outer <= (robust ? OUTER : 0); outer++) {
                if (outer > 0) reweigh();
                int most = robust && outer < OUTER ? INNER : MOST_INNER;
                for (int inner = 0; inner < most && !pass(); inner++) {}
            }
            double[] remainder = new double[n];
            for (int i = 0; i < n; i++) remainder[i] = series[i] - trend[i] - season[i];
            return new Decomposition(trend, season, remainder, period);
        }

        /** One round; whether the trend has settled. */
        private boolean pass() {
            // Phase by phase over the cycles, one cycle beyond each end.
            double[] cycle = new double[n + 2 * period];
            for (int phase = 0; phase < period; phase++) smoothPhase(phase, cycle);
            double[] low = average(average(average(cycle, period), period), 3);
            double[] even = new double[n];
            Arrays.fill(even, 1);
            double[] slow = Loess.smooth(low, even, lowPassWindow);
            double[] without = new double[n];
            for (int i = 0; i < n; i++) {
                season[i] = cycle[i + period] - slow[i];
                without[i] = there[i] == 0 ? 0 : series[i] - season[i];
            }
            double[] next = Loess.smooth(without, weight, trendWindow);
            double change = 0;
            double size = 0;
            for (int i = 0; i < n; i++) {
                change = Math.max(change, Math.abs(next[i] - trend[i]));
                size = Math.max(size, Math.abs(next[i]));
            }
            System.arraycopy(next, 0, trend, 0, n);
            return change <= SETTLED * size;
        }

        private void smoothPhase(int phase, double[] cycle) {
            int cycles = (n - phase + period - 1) / period;
            double[] values = new double[cycles];
            double[] weights = new double[cycles];
            for (int k = 0; k < cycles; k++) {
                int i = phase + k * period;
                values[k] = there[i] == 0 ? 0 : series[i] - trend[i];
                weights[k] = weight[i];
            }
            switch (how) {
                case Season.Periodic() -> {
                    double sum = 0;
                    double all = 0;
                    for (int k = 0; k < cycles; k++) {
                        sum += weights[k] * values[k];
                        all += weights[k];
                    }
                    double mean = all > 0 ? sum / all : 0;
                    for (int i = phase; i < cycle.length; i += period) cycle[i] = mean;
                }
                case Season.Changing(int window) -> {
                    for (int k = -1; k <= cycles; k++) {
                        int at = phase + (k + 1) * period;
                        if (at < cycle.length) cycle[at] = Loess.at(values, weights, window, k);
                    }
                }
            }
        }

        private void reweigh() {
            double[] off = new double[n];
            for (int i = 0; i < n; i++) off[i] = Math.abs(series[i] - trend[i] - season[i]);
            double[] sorted = Arrays.stream(off)
                    .filter(value -> !Double.isNaN(value))
                    .sorted()
                    .toArray();
            double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
            double far = SIX_MEDIANS * median;
            weight = new double[n];
            for (int i = 0; i < n; i++) {
                if (there[i] == 0) continue;
                if (far <= 0) weight[i] = off[i] == 0 ? 1 : 1e-6;
                else {
                    double share = off[i] / far;
                    // Never quite nothing: a phase all of whose values are far off still has a season.
                    weight[i] = share >= 1 ? 1e-6 : Math.max(1e-6, (1 - share * share) * (1 - share * share));
                }
            }
        }

        private static double[] average(double[] values, int window) {
            double[] means = new double[values.length - window + 1];
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[i];
                if (i >= window) sum -= values[i - window];
                if (i >= window - 1) means[i - window + 1] = sum / window;
            }
            return means;
        }
    }
}
