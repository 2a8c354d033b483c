package io.rekindle.models.numeric;

import java.util.Arrays;
import org.hipparchus.special.Gamma;

/**
 * The probability of each of several independent uncertain numbers to be the largest.
 *
 * <p>P(i is largest) = ∫ fᵢ Π_(j≠i) Fⱼ. Panels lie at each belief's centre and at multiples of its spread on both sides,
 * so that the narrowest is resolved and the widest covered; in each panel Gauss-Legendre nodes, and the distribution
 * functions by integrating the densities' interpolant up to each node, so that no distribution function is ever evaluated.
 * Absolute error below 1e-7 (it is checked against closed forms); the chances sum to 1 as they are returned. Complexity:
 * about 200 density evaluations for each pair of beliefs.
 *
 * <p>Assumption: the beliefs are independent and have a density. Source: Gauss-Legendre quadrature (NIST Handbook 3.5); the
 * question is that of probability matching in Thompson (1933).
 */
public final class LargestOf {
    private static final int NODES = 8;
    private static final double[] NODE = new double[NODES];
    private static final double[] WEIGHT = new double[NODES];
    /** Row k: integral of each node's interpolation polynomial from −1 to node k. */
    private static final double[][] UP_TO = new double[NODES][NODES];

    private static final double[] NEAR = {.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32};
    private static final int DOUBLINGS = 20;

    static {
        // Newton's method on the Legendre polynomial; the nodes are symmetric.
        for (int k = 0; k < NODES; k++) {
            double x = Math.cos(Math.PI * (k + .75) / (NODES + .5));
            double slope = 1;
            for (int step = 0; step < 50; step++) {
                double one = 1;
                double before = 0;
                for (int n = 1; n <= NODES; n++) {
                    double next = ((2 * n - 1) * x * one - (n - 1) * before) / n;
                    before = one;
                    one = next;
                }
                slope = NODES * (x * one - before) / (x * x - 1);
                x -= one / slope;
            }
            NODE[NODES - 1 - k] = x;
            WEIGHT[NODES - 1 - k] = 2 / ((1 - x * x) * slope * slope);
        }
        for (int k = 0; k < NODES; k++)
            for (int m = 0; m < NODES; m++) {
                double half = (NODE[k] + 1) / 2;
                for (int q = 0; q < NODES; q++) {
                    double x = -1 + half * (NODE[q] + 1);
                    double polynomial = 1;
                    for (int l = 0; l < NODES; l++) if (l != m) polynomial *= (x - NODE[l]) / (NODE[m] - NODE[l]);
                    UP_TO[k][m] += half * WEIGHT[q] * polynomial;
                }
            }
    }

    private LargestOf() {}

    /** What is believed of a number: its density up to a factor, on an axis common to all that are compared. */
    public interface Belief {
        /** About where it lies. */
        double centre();

        /** About how far it may lie from there; positive. */
        double spread();

        /** Logarithm of the density, up to a constant; about 0 at the centre. */
        double logDensity(double at);

        /** Whether the tails fall off as slowly as a power. */
        boolean heavy();
    }

    /** A beta distribution, on the axis of log-odds, where also shapes below 1 have a smooth density. */
    public static Belief beta(double a, double b) {
        if (!(a > 0 && b > 0) || !Double.isFinite(a + b))
            throw new IllegalArgumentException(
                    "a beta distribution with shapes %s and %s; both positive".formatted(a, b));
        double centre = Math.log(a / b);
        double top = logDensityOfOdds(a, b, centre);
        return new Simple(centre, Math.sqrt(Gamma.trigamma(a) + Gamma.trigamma(b)), false) {
            @Override
            public double logDensity(double at) {
                return logDensityOfOdds(a, b, at) - top;
            }
        };
    }

    private static double logDensityOfOdds(double a, double b, double odds) {
        return odds < 0
                ? a * odds - (a + b) * Math.log1p(Math.exp(odds))
                : -b * odds - (a + b) * Math.log1p(Math.exp(-odds));
    }

    /** A normal distribution. */
    public static Belief normal(double mean, double deviation) {
        checkSpread(mean, deviation);
        return new Simple(mean, deviation, false) {
            @Override
            public double logDensity(double at) {
                double z = (at - mean) / deviation;
                return -z * z / 2;
            }
        };
    }

    /** Student's t distribution, shifted and scaled. */
    public static Belief student(double mean, double scale, double freedom) {
        checkSpread(mean, scale);
        if (!(freedom > 0)) throw new IllegalArgumentException("%s degrees of freedom; positive".formatted(freedom));
        return new Simple(mean, scale, true) {
            @Override
            public double logDensity(double at) {
                double z = (at - mean) / scale;
                return -(freedom + 1) / 2 * Math.log1p(z * z / freedom);
            }
        };
    }

    private static void checkSpread(double mean, double spread) {
        if (!Double.isFinite(mean) || !(spread > 0) || !Double.isFinite(spread))
            throw new IllegalArgumentException(
                    "a belief around %s with spread %s; both numbers, the latter positive".formatted(mean, spread));
    }

    private abstract static class Simple implements Belief {
        private final double centre;
        private final double spread;
        private final boolean heavy;

        Simple(double centre, double spread, boolean heavy) {
            this.centre = centre;
            this.spread = spread;
            this.heavy = heavy;
        }

        @Override
        public double centre() {
            return centre;
        }

        @Override
        public double spread() {
            return spread;
        }

        @Override
        public boolean heavy() {
            return heavy;
        }
    }

    /** The chances, one for each belief, summing to 1. */
    public static double[] chances(Belief... beliefs) {
        int n = beliefs.length;
        if (n == 0) throw new IllegalArgumentException("nothing to compare");
        double[] chances = new double[n];
        if (n == 1) {
            chances[0] = 1;
            return chances;
        }
        double[] knots = knots(beliefs);
        double[] whole = new double[n];
        for (int p = 1; p < knots.length; p++) {
            double half = (knots[p] - knots[p - 1]) / 2;
            for (int i = 0; i < n; i++)
                for (int k = 0; k < NODES; k++)
                    whole[i] += half * WEIGHT[k] * Math.exp(beliefs[i].logDensity(knots[p - 1] + half * (NODE[k] + 1)));
        }
        double[] below = new double[n];
        double[][] density = new double[n][NODES];
        double[][] distribution = new double[n][NODES];
        double[] after = new double[n + 1];
        for (int p = 1; p < knots.length; p++) {
            double half = (knots[p] - knots[p - 1]) / 2;
            for (int i = 0; i < n; i++) {
                double mass = 0;
                for (int k = 0; k < NODES; k++) {
                    density[i][k] = Math.exp(beliefs[i].logDensity(knots[p - 1] + half * (NODE[k] + 1))) / whole[i];
                    mass += half * WEIGHT[k] * density[i][k];
                }
                for (int k = 0; k < NODES; k++) {
                    double sum = 0;
                    for (int m = 0; m < NODES; m++) sum += UP_TO[k][m] * density[i][m];
                    distribution[i][k] = Math.min(1, below[i] + half * Math.max(0, sum));
                }
                below[i] += mass;
            }
            for (int k = 0; k < NODES; k++) {
                after[n] = 1;
                for (int i = n - 1; i >= 0; i--) after[i] = after[i + 1] * distribution[i][k];
                double before = half * WEIGHT[k];
                for (int i = 0; i < n; i++) {
                    chances[i] += before * density[i][k] * after[i + 1];
                    before *= distribution[i][k];
                }
            }
        }
        double sum = Arrays.stream(chances).sum();
        for (int i = 0; i < n; i++) chances[i] /= sum;
        return chances;
    }

    private static double[] knots(Belief[] beliefs) {
        int each = 2 * (NEAR.length + DOUBLINGS) + 1;
        double[] all = new double[beliefs.length * each];
        int count = 0;
        for (Belief belief : beliefs) {
            all[count++] = belief.centre();
            for (double step : NEAR) {
                all[count++] = belief.centre() - step * belief.spread();
                all[count++] = belief.centre() + step * belief.spread();
            }
            if (!belief.heavy()) continue;
            double step = NEAR[NEAR.length - 1];
            for (int k = 0; k < DOUBLINGS; k++) {
                step *= 2;
                all[count++] = belief.centre() - step * belief.spread();
                all[count++] = belief.centre() + step * belief.spread();
            }
        }
        Arrays.sort(all, 0, count);
        double narrowest =
                Arrays.stream(beliefs).mapToDouble(Belief::spread).min().orElse(1);
        int kept = 1;
        for (int i = 1; i < count; i++) if (all[i] - all[kept - 1] > .05 * narrowest) all[kept++] = all[i];
        return Arrays.copyOf(all, kept);
    }
}
