package io.rekindle.models.experiment;

/**
 * The differences of two rates that a score test would not reject.
 *
 * <p>What: all δ for which |estimate − δ| is at most z standard errors, the standard error taken under the hypothesis that the
 * true difference is δ. At δ = 0 that is the usual pooled z-test, so the interval leaves 0 out exactly when that test
 * rejects; and unlike the unpooled (Wald) interval it keeps its coverage with a handful of conversions in an arm.
 *
 * <p>Source: Mee, "Confidence bounds for the difference between two probabilities", Biometrics 40 (1984); the rates of greatest
 * likelihood under a given difference in closed form: Miettinen and Nurminen, "Comparative analysis of two rates", Statistics
 * in Medicine 4 (1985), appendix.
 *
 * <p>Numerics: the ends by bisection to the last bit of δ, some 60 evaluations of a cubic's root each.
 */
final class ScoreInterval {
    private final double n0;
    private final double x0;
    private final double n1;
    private final double x1;
    private final double estimate;

    ScoreInterval(long controlCustomers, long controlConversions, long customers, long conversions) {
        n0 = controlCustomers;
        x0 = controlConversions;
        n1 = customers;
        x1 = conversions;
        estimate = x1 / n1 - x0 / n0;
    }

    /** The lower end. */
    double low(double z) {
        return end(-1, z);
    }

    /** The upper end. */
    double high(double z) {
        return end(1, z);
    }

    private double end(double outermost, double z) {
        double inside = estimate;
        double outside = outermost;
        while (true) {
            double middle = .5 * (inside + outside);
            if (middle == inside || middle == outside || Math.abs(outside - inside) < 1e-16) return inside;
            if (Math.abs(estimate - middle) <= z * Math.sqrt(variance(middle))) inside = middle;
            else outside = middle;
        }
    }

    /** Of the estimated difference, if the true one is {@code difference}. */
    private double variance(double difference) {
        double control = controlRate(difference);
        double treatment = control + difference;
        return control * (1 - control) / n0 + treatment * (1 - treatment) / n1;
    }

    /** The control arm's rate of greatest likelihood, if the treatment arm's is higher by {@code difference}. */
    double controlRate(double difference) {
        double n = n0 + n1;
        double x = x0 + x1;
        double l2 = ((n1 + 2 * n0) * difference - n - x) / (3 * n);
        double l1 = ((n0 * difference - n - 2 * x0) * difference + x) / n;
        double l0 = x0 * difference * (1 - difference) / n;
        double q = l2 * l2 * l2 - l1 * l2 / 2 + l0 / 2;
        double p = Math.copySign(Math.sqrt(Math.max(0, l2 * l2 - l1 / 3)), q);
        double angle = p == 0 ? 0 : Math.acos(Math.clamp(q / (p * p * p), -1, 1));
        double rate = 2 * p * Math.cos((Math.PI + angle) / 3) - l2;
        return Math.clamp(rate, Math.max(0, -difference), Math.min(1, 1 - difference));
    }
}
