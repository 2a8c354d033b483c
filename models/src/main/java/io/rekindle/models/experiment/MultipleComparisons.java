package io.rekindle.models.experiment;

import io.rekindle.models.numeric.Indices;

/**
 * P-values of several questions asked of the same experiment, made honest: with twenty metrics one "wins" by chance.
 *
 * <p>Source: {@link #holm}: Holm, "A simple sequentially rejective multiple test procedure" (1979): below α is reported with
 * probability at most α that anything reported is nothing, whatever the metrics' dependence; uniformly sharper than
 * Bonferroni. {@link #benjaminiHochberg}: Benjamini and Hochberg (JRSS B, 1995): of what is reported below α at most a share
 * α is nothing in expectation, for independent or positively dependent metrics.
 *
 * <p>Both return adjusted p-values in the order given, to be held against α as they are. Complexity: that of sorting. No
 * state.
 */
public final class MultipleComparisons {
    private MultipleComparisons() {}

    /** Controls the chance of any false report. */
    public static double[] holm(double[] p) {
        int[] order = ascending(p);
        double[] adjusted = new double[p.length];
        double highest = 0;
        for (int i = 0; i < p.length; i++) {
            highest = Math.max(highest, Math.min(1, (p.length - i) * p[order[i]]));
            adjusted[order[i]] = highest;
        }
        return adjusted;
    }

    /** Controls the share of false reports among all reports. */
    public static double[] benjaminiHochberg(double[] p) {
        int[] order = ascending(p);
        double[] adjusted = new double[p.length];
        double lowest = 1;
        for (int i = p.length - 1; i >= 0; i--) {
            lowest = Math.min(lowest, p.length * p[order[i]] / (i + 1));
            adjusted[order[i]] = lowest;
        }
        return adjusted;
    }

    private static int[] ascending(double[] p) {
        for (int i = 0; i < p.length; i++)
            if (!(p[i] >= 0 && p[i] <= 1))
                throw new IllegalArgumentException("p-value %d is %s; it lies between 0 and 1".formatted(i, p[i]));
        return Indices.sorted(p.length, (a, b) -> Double.compare(p[a], p[b]));
    }
}
