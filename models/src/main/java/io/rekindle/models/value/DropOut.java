package io.rekindle.models.value;

/**
 * The heart of Pareto/NBD: of a customer with (x, t_x, T), how likely it is that they left, and when.
 *
 * <p>The bracket of the likelihood (see {@link ParetoNbd}) is A + D with A = (α+T)^−(r+x) (β+T)^−s, still there, and
 * D = s ∫_{t_x}^{T} (α+τ)^−(r+x) (β+τ)^−(s+1) dτ, left in between. For the gradient the means of four functions of τ
 * under D's integrand are wanted too; they share its nodes.
 *
 * <p>Numerics: with m the smaller of α and β, the integral is over v = ln(m + τ). The integrand is then an exponential of
 * bounded slope, analytic to π on both sides of the real line, so Gauss–Legendre rules on panels on which it falls by no
 * more than e^12 (16 nodes) or e^2.5 (8 nodes) are right to about 1e-14. Panels that no longer matter are left out. All
 * relative to the integrand at t_x, so nothing overflows or cancels. One instance serves one thread.
 */
final class DropOut {
    private static final double[][] RULE_8 = half(8);
    private static final double[][] RULE_16 = half(16);
    private static final double WIDEST = 3;
    private static final double STEEPEST = 12;
    private static final double STEEPEST_OF_8 = 2.5;

    /** ln(A + D). */
    double logSum;
    /** D / (A + D): the probability that the customer has left. */
    double left;
    /** Means over the time of leaving τ: ln(α+τ), 1/(α+τ), ln(β+τ), 1/(β+τ). */
    double meanLogAlpha;

    double meanInverseAlpha;
    double meanLogBeta;
    double meanInverseBeta;

    DropOut at(double r, double alpha, double s, double beta, int x, double recency, double age) {
        double power = r + x;
        double logAlphaEnd = Math.log(alpha + age);
        double logBetaEnd = Math.log(beta + age);
        double logStayed = -power * logAlphaEnd - s * logBetaEnd;
        if (!(age > recency)) {
            logSum = logStayed;
            left = 0;
            meanLogAlpha = logAlphaEnd;
            meanInverseAlpha = 1 / (alpha + age);
            meanLogBeta = logBetaEnd;
            meanInverseBeta = 1 / (beta + age);
            return this;
        }
        double smaller = Math.min(alpha, beta);
        double from = Math.log(smaller + recency);
        double width = Math.log1p((age - recency) / (smaller + recency));
        double fall = (power + s) * width;
        int panels = Math.max(1, (int) Math.ceil(Math.max(width / WIDEST, fall / STEEPEST)));
        double[][] rule = panels == 1 && width < 1 && fall < STEEPEST_OF_8 ? RULE_8 : RULE_16;
        double alphaLast = alpha + recency;
        double betaLast = beta + recency;
        double scale = smaller + recency;
        double sum = 0;
        double sumLogAlpha = 0;
        double sumInverseAlpha = 0;
        double sumLogBeta = 0;
        double sumInverseBeta = 0;
        double step = width / panels;
        for (int panel = 0; panel < panels; panel++) {
            double before = sum;
            for (int k = 0; k < rule[0].length; k++) {
                double v = (panel + rule[0][k]) * step;
                double since = scale * Math.expm1(v);
                double logAlpha = Math.log1p(since / alphaLast);
                double logBeta = Math.log1p(since / betaLast);
                double density = rule[1][k] * step * Math.exp(v - power * logAlpha - (s + 1) * logBeta);
                sum += density;
                sumLogAlpha += density * logAlpha;
                sumInverseAlpha += density / (alphaLast + since);
                sumLogBeta += density * logBeta;
                sumInverseBeta += density / (betaLast + since);
            }
            // The slopes only get steeper once the integrand falls.
            if (sum - before < 1e-18 * sum) break;
        }
        double logAlphaLast = Math.log(alphaLast);
        double logBetaLast = Math.log(betaLast);
        double logLeft = Math.log(s * sum) + from - power * logAlphaLast - (s + 1) * logBetaLast;
        double odds = logLeft - logStayed;
        double tail = Math.exp(-Math.abs(odds));
        left = odds > 0 ? 1 / (1 + tail) : tail / (1 + tail);
        logSum = Math.max(logLeft, logStayed) + Math.log1p(tail);
        meanLogAlpha = logAlphaLast + sumLogAlpha / sum;
        meanInverseAlpha = sumInverseAlpha / sum;
        meanLogBeta = logBetaLast + sumLogBeta / sum;
        meanInverseBeta = sumInverseBeta / sum;
        return this;
    }

    /** Nodes and weights of the Gauss–Legendre rule on 0 to 1: the roots of the Legendre polynomial by Newton's method. */
    private static double[][] half(int n) {
        double[][] rule = new double[2][n];
        for (int i = 0; i < n; i++) {
            double root = Math.cos(Math.PI * (i + .75) / (n + .5));
            double slope = 0;
            for (int step = 0; step < 50; step++) {
                double before = 1;
                double value = root;
                for (int k = 2; k <= n; k++) {
                    double next = ((2 * k - 1) * root * value - (k - 1) * before) / k;
                    before = value;
                    value = next;
                }
                slope = n * (root * value - before) / (root * root - 1);
                double change = value / slope;
                root -= change;
                if (Math.abs(change) < 1e-16) break;
            }
            rule[0][i] = (1 - root) / 2;
            rule[1][i] = 1 / ((1 - root * root) * slope * slope);
        }
        return rule;
    }
}
