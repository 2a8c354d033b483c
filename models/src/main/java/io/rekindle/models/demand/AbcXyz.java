package io.rekindle.models.demand;

import io.rekindle.models.numeric.Indices;

/**
 * How much each product matters and how steadily it is bought.
 *
 * <p>What: ABC by turnover: products in descending order; those that make up the first 80 % are A, up to 95 % B, the rest C. The
 * product that crosses a border belongs to the better class, and with it all of the same turnover. XYZ by the coefficient of
 * variation of a product's sales per period, from its first period to the last: X up to 0.5, Y up to 1, Z above. What sold
 * nothing net is C, and what is known over fewer than four periods has no XYZ.
 *
 * <p>Numerics: negative turnover (more taken back than sold) counts as nothing. Complexity: that of sorting. No state.
 *
 * <p>Assumption: turnover says what a product matters, and its sales per period how surely it can be planned. Source: Dickie
 * (Factory Management and Maintenance 109, 1951) for ABC; XYZ is its customary companion in materials planning.
 */
public final class AbcXyz {
    private static final int FEWEST_PERIODS = 4;

    private AbcXyz() {}

    /** A product's share in the turnover. */
    public enum Weight {
        A,
        B,
        C
    }

    /** How steadily a product is bought. */
    public enum Steadiness {
        X,
        Y,
        Z,
        /** Too few periods to say. */
        UNKNOWN
    }

    /**
     * Where the borders lie.
     *
     * @param a share of the turnover that A products make up
     * @param b share that A and B products make up
     * @param x highest coefficient of variation of X
     * @param y highest of Y
     */
    public record Borders(double a, double b, double x, double y) {
        /** 80 %, 95 %; 0.5, 1. */
        public static final Borders USUAL = new Borders(.8, .95, .5, 1);

        public Borders {
            if (!(a > 0 && a <= b && b <= 1))
                throw new IllegalArgumentException("shares of %s and %s; they ascend between 0 and 1".formatted(a, b));
            if (!(x >= 0 && x <= y))
                throw new IllegalArgumentException("variations of %s and %s; they ascend from 0".formatted(x, y));
        }
    }

    /**
     * The classes by turnover.
     *
     * @param turnover net, by product
     */
    public static Weight[] abc(double[] turnover, Borders borders) {
        double total = 0;
        for (int i = 0; i < turnover.length; i++) {
            if (!Double.isFinite(turnover[i]))
                throw new IllegalArgumentException("product %d: turnover %s is not a number".formatted(i, turnover[i]));
            total += Math.max(0, turnover[i]);
        }
        Weight[] classes = new Weight[turnover.length];
        double before = 0;
        double beforeEqual = 0;
        double last = Double.NaN;
        for (int i : Indices.sorted(turnover.length, (i, j) -> Double.compare(turnover[j], turnover[i]))) {
            // Sums of the same amounts in another order differ in their last digits.
            if (!(turnover[i] >= last * (1 - 1e-12))) beforeEqual = before;
            last = turnover[i];
            double share = total > 0 ? beforeEqual / total : 1;
            classes[i] = turnover[i] <= 0
                    ? Weight.C
                    : below(share, borders.a()) ? Weight.A : below(share, borders.b()) ? Weight.B : Weight.C;
            before += Math.max(0, turnover[i]);
        }
        return classes;
    }

    /** Sums of cents are not exact. */
    private static boolean below(double share, double border) {
        return share < border * (1 - 1e-12);
    }

    /** Standard deviation over mean; NaN when it cannot be told. */
    public static double variation(double[] perPeriod) {
        if (perPeriod.length < FEWEST_PERIODS) return Double.NaN;
        double sum = 0;
        for (double sold : perPeriod) sum += sold;
        double mean = sum / perPeriod.length;
        if (!(mean > 0)) return Double.NaN;
        double squares = 0;
        for (double sold : perPeriod) squares += (sold - mean) * (sold - mean);
        return Math.sqrt(squares / (perPeriod.length - 1)) / mean;
    }

    /** The class of a coefficient of variation. */
    public static Steadiness xyz(double variation, Borders borders) {
        if (Double.isNaN(variation)) return Steadiness.UNKNOWN;
        return variation <= borders.x() ? Steadiness.X : variation <= borders.y() ? Steadiness.Y : Steadiness.Z;
    }
}
