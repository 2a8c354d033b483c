package io.rekindle.models.value;

/**
 * Expected purchases, within a time, of a customer who is active now: the one integral BG/NBD's predictions rest on.
 *
 * <p>What: purchases come at a rate λ ~ Gamma(r, α); after each the customer leaves with probability p ~ Beta(a, b). Then
 * P(at least n purchases by t) = P(N ≥ n) · E[(1 − p)^(n−1)], where N is negative binomial (r, w = t / (α + t)) and
 * E[(1 − p)^(n−1)] = (b)_(n−1) / (a + b)_(n−1). The expectation is the sum over n ≥ 1. The papers write the same as
 * (a + b − 1) / (a − 1) · [1 − (α / (α + t))^r · ₂F₁(r, b; a + b − 1; w)], which has a removable pole at a = 1, a true one
 * of ₂F₁ at a + b = 1 and cancels for small t. Here, summed by parts,
 *
 * <pre>  M = Σ_{m ≥ 1} P(N = m) · C_m,   C_m = Σ_{n = 1..m} (b)_(n−1) / (a + b)_(n−1)</pre>
 *
 * every term is positive for all r, α, a, b, t > 0: nothing cancels, nothing has a pole.
 *
 * <p>Numerics: term ratios fall towards w, so the sum stops when a geometric bound of what is left is below 1e-16 of it.
 * When that takes thousands of terms (w near 1) or P(N = 0) underflows, the integral over p is taken instead,
 * E[(1 − (1 + p t / α)^−r) / p], by the trapezoid rule after a double exponential substitution of logit p, which copes
 * with the singular ends of any Beta density. Complexity: about 40 (1 + t / α) + mean terms of two divisions; the
 * quadrature about a thousand exponentials.
 */
final class PurchaseCount {
    private static final double MOST_TERMS = 4000;

    private PurchaseCount() {}

    static double expected(double r, double alpha, double a, double b, double t) {
        if (t == 0) return 0;
        double z = t / alpha;
        double logNone = -r * Math.log1p(z);
        double terms = r * z + 10 * Math.sqrt(r * z * (1 + z)) + 40 * (1 + z);
        return logNone > -650 && terms < MOST_TERMS ? series(r, z, a, b) : quadrature(r, z, a, b);
    }

    static double series(double r, double z, double a, double b) {
        double w = z / (1 + z);
        double probability = Math.exp(-r * Math.log1p(z));
        double stays = 1;
        double count = 0;
        double sum = 0;
        for (int m = 1; ; m++) {
            probability *= w * (m - 1 + r) / m;
            count += stays;
            double term = probability * count;
            sum += term;
            double ratio = w * (m + r) / m;
            if (ratio < 1 && term * ratio <= 1e-16 * sum * (1 - ratio)) return sum;
            stays *= (b + m - 1) / (a + b + m - 1);
        }
    }

    static double quadrature(double r, double z, double a, double b) {
        double centre = Math.log(a / b);
        double width = Math.sqrt(1 / a + 1 / b);
        double step = 1.0 / 64;
        double top = logWeight(a, b, centre);
        double weights = 0;
        double sum = 0;
        for (int side = -1; side <= 1; side += 2) {
            for (int k = side < 0 ? -1 : 0; ; k += side) {
                double s = k * step;
                double u = centre + width * Math.sinh(s);
                double weight = Math.exp(logWeight(a, b, u) - top) * Math.cosh(s);
                weights += weight;
                sum += weight * gain(r, z, u);
                if ((Math.abs(s) > 0.5 && weight < 1e-25 * weights) || Math.abs(s) > 40) break;
            }
        }
        return sum / weights;
    }

    /** log of p^a (1 − p)^b at logit p = u: the Beta density in u, up to its constant. */
    private static double logWeight(double a, double b, double u) {
        return -a * softplus(-u) - b * softplus(u);
    }

    /** (1 − (1 + p z)^−r) / p at logit p = u. */
    private static double gain(double r, double z, double u) {
        double logP = -softplus(-u);
        if (logP < -600 || Math.exp(logP) * z < 1e-12) return r * z;
        double p = Math.exp(logP);
        return -Math.expm1(-r * Math.log1p(p * z)) / p;
    }

    private static double softplus(double u) {
        return u > 0 ? u + Math.log1p(Math.exp(-u)) : Math.log1p(Math.exp(u));
    }
}
