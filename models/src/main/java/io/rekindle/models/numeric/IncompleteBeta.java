package io.rekindle.models.numeric;

import org.hipparchus.special.Beta;

/**
 * The regularised incomplete beta function I_x(a, b) by its continued fraction (modified Lentz), several times faster
 * than the general-purpose one because ln B(a, b) can be handed in and reused.
 *
 * <p>Source: NIST Handbook of Mathematical Functions 8.17.22. The fraction converges quickly for x below (a + 1) / (a + b +
 * 2); beyond, I_x(a, b) = 1 − I_(1−x)(b, a). Relative accuracy about 1e-13 for shapes up to some ten thousands.
 */
public final class IncompleteBeta {
    private static final double TINY = 1e-300;

    private IncompleteBeta() {}

    /** I_x(a, b), or its complement 1 − I_x(a, b) = I_y(b, a), without cancellation; x and y = 1 − x are both given. */
    public static double regularized(double x, double y, double a, double b) {
        return regularized(x, y, a, b, Beta.logBeta(a, b));
    }

    /** The same with ln B(a, b) known. */
    public static double regularized(double x, double y, double a, double b, double logBeta) {
        if (x <= 0) return 0;
        if (y <= 0) return 1;
        double front = Math.exp(a * Math.log(x) + b * Math.log(y) - logBeta);
        if (x < (a + 1) / (a + b + 2)) return Math.min(1, front * fraction(x, a, b) / a);
        return Math.max(0, 1 - front * fraction(y, b, a) / b);
    }

    private static double fraction(double x, double a, double b) {
        double c = 1;
        double d = 1 - (a + b) * x / (a + 1);
        d = 1 / (Math.abs(d) < TINY ? TINY : d);
        double result = d;
        for (int m = 1; m <= 100_000; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 + even * d;
            c = 1 + even / c;
            d = 1 / (Math.abs(d) < TINY ? TINY : d);
            c = Math.abs(c) < TINY ? TINY : c;
            result *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 + odd * d;
            c = 1 + odd / c;
            d = 1 / (Math.abs(d) < TINY ? TINY : d);
            c = Math.abs(c) < TINY ? TINY : c;
            double factor = d * c;
            result *= factor;
            if (Math.abs(factor - 1) < 3e-16) return result;
        }
        throw new IllegalStateException(
                "the incomplete beta function did not converge for x %s, a %s, b %s".formatted(x, a, b));
    }
}
