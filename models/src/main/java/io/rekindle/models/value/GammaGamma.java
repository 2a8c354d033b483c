package io.rekindle.models.value;

import io.rekindle.models.Convergence;
import io.rekindle.models.Fit;
import io.rekindle.models.Parameter;
import io.rekindle.models.numeric.Minimizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hipparchus.special.Gamma;

/**
 * The Gamma-Gamma model: what a customer's next purchase will be worth, shrunk from the customer's own mean towards
 * everybody's, the more so the fewer purchases there are to go by.
 *
 * <p>What: from the number x of (repeat) purchases and their mean m, both of which stand in {@link RecencyFrequency}.
 *
 * <p>Assumptions: a customer's purchases vary at random about a mean of their own, which does not change with time and has
 * nothing to do with how often they buy; amounts ~ Gamma(p, rate ν), ν ~ Gamma(q, rate γ) over customers. The mean spend
 * of the population is finite, q &gt; 1: the fit looks no lower than q = 1.1 and says {@link Convergence#AT_BOUNDARY} when
 * the data would have it there (spend with extreme outliers: cap it first).
 *
 * <p>Source: Fader and Hardie, "The Gamma-Gamma model of monetary value" (2013). Log-likelihood of a customer
 *
 * <pre>  ln Γ(px+q) − ln Γ(px) − ln Γ(q) + q ln γ + (px−1) ln m + px ln x − (px+q) ln(γ + m x)</pre>
 *
 * <p>and the expectation of the customer's mean, given x and m, is p (γ + m x) / (p x + q − 1).
 *
 * <p>Numerics: Γ and ψ once per different x, one logarithm for some dozens of rows; amounts are measured in units of the overall mean while
 * fitting, so the currency does not matter; analytic gradient in ln p, ln(q − 1), ln γ; standard errors by the delta
 * method. Rows are summed in a fixed order, so their order in the data does not matter. Complexity: O(n log n) to sort,
 * then about forty passes. Immutable, deterministic, safe for concurrent use.
 *
 * @param p shape of a customer's amounts
 * @param q shape of the customers' rates, greater than 1
 * @param gamma rate of the customers' rates, in the currency of the data
 * @param fit how the parameters were found; empty for parameters that were given
 */
public record GammaGamma(double p, double q, double gamma, Optional<Fit> fit) {
    private static final double[] LOW = {-7, Math.log(0.1), -12};
    private static final double[] HIGH = {9, 9, 12};

    public GammaGamma {
        if (!(p > 0) || !Double.isFinite(p))
            throw new IllegalArgumentException("p is %s; it must be a positive number".formatted(p));
        if (!(q > 1) || !Double.isFinite(q))
            throw new IllegalArgumentException(
                    "q is %s; it must be greater than 1, or the mean spend is infinite".formatted(q));
        if (!(gamma > 0) || !Double.isFinite(gamma))
            throw new IllegalArgumentException("gamma is %s; it must be a positive number".formatted(gamma));
    }

    /** The model with given parameters. */
    public static GammaGamma of(double p, double q, double gamma) {
        return new GammaGamma(p, q, gamma, Optional.empty());
    }

    /** The maximum-likelihood fit on the rows with a repeat purchase. */
    public static GammaGamma fit(RecencyFrequency data) {
        return fit(data, Estimation.MAXIMUM_LIKELIHOOD);
    }

    /** The fit, by maximum likelihood or held by the prior of {@link Estimation#REGULARISED} for few customers. */
    public static GammaGamma fit(RecencyFrequency data, Estimation estimation) {
        return fit(data.frequencies(), data.meanSpends(), estimation);
    }

    /**
     * The maximum-likelihood fit.
     *
     * @param purchases number of purchases of each customer; customers with 0 are left out
     * @param meanSpend the mean amount of those purchases
     * @throws IllegalArgumentException when no customer has a purchase, or one has a mean spend that is not positive
     */
    public static GammaGamma fit(int[] purchases, double[] meanSpend) {
        return fit(purchases, meanSpend, Estimation.MAXIMUM_LIKELIHOOD);
    }

    /** The same by maximum likelihood or held by the prior of {@link Estimation#REGULARISED} for few customers. */
    public static GammaGamma fit(int[] purchases, double[] meanSpend, Estimation estimation) {
        var data = GammaGammaLikelihood.of(purchases, meanSpend);
        boolean regularised = estimation == Estimation.REGULARISED;
        double[] from = {1, 1, 0};
        Minimizer.Minimum best = Minimizer.minimize(
                regularised ? PurchaseFit.withPrior(data, from, data.customers()) : data, from, LOW, HIGH);
        double[] point = best.point();
        double[] value = {Math.exp(point[0]), 1 + Math.exp(point[1]), Math.exp(point[2]) * data.unit()};
        double[] slope = {value[0], value[1] - 1, value[2]};
        List<String> names = List.of("p", "q", "gamma");
        List<Parameter> parameters = IntStream.range(0, 3)
                .mapToObj(i -> new Parameter(
                        names.get(i), value[i], slope[i] * Math.sqrt(best.covariance()[i][i] / data.customers())))
                .toList();
        double negativeMean = regularised ? data.value(point, new double[3]) : best.value();
        var fit = new Fit(
                -negativeMean * data.customers() - data.customers() * Math.log(data.unit()),
                data.customers(),
                data.customers(),
                best.evaluations(),
                best.anyAtBound() ? Convergence.AT_BOUNDARY : Convergence.INTERIOR,
                parameters,
                regularised
                        ? Optional.of(
                                "ln p ~ Normal(ln %.3f, 1), ln (q − 1) ~ Normal(ln %.3f, 1), ln gamma ~ Normal(ln %.4g, 1)"
                                        .formatted(Math.E, Math.E, data.unit()))
                        : Optional.empty());
        return new GammaGamma(value[0], value[1], value[2], Optional.of(fit));
    }

    /**
     * The maximised log-likelihood.
     *
     * @throws IllegalStateException when the parameters were given, not fitted
     */
    public double logLikelihood() {
        return fit.orElseThrow(() -> new IllegalStateException("the parameters were given, so nothing was maximised"))
                .logLikelihood();
    }

    /** The mean spend per purchase over customers: what is expected of one without a purchase to go by. */
    public double populationMean() {
        return p * gamma / (q - 1);
    }

    /**
     * Expected amount of a future purchase.
     *
     * @param purchases number of purchases the mean is taken over; 0 gives the mean of the population
     * @param meanSpend their mean amount
     */
    public double expectedSpend(int purchases, double meanSpend) {
        if (purchases < 0)
            throw new IllegalArgumentException("%d purchases; the count is at least 0".formatted(purchases));
        if (purchases == 0) return populationMean();
        if (!(meanSpend >= 0) || !Double.isFinite(meanSpend))
            throw new IllegalArgumentException("mean spend %s must be a number of at least 0".formatted(meanSpend));
        return p * (gamma + meanSpend * purchases) / (p * purchases + q - 1);
    }

    /** Expected amount of a future purchase, for each row. */
    public double[] expectedSpend(int[] purchases, double[] meanSpend) {
        if (purchases.length != meanSpend.length)
            throw new IllegalArgumentException("%d rows of purchases, %d of mean spend; they must be equally long"
                    .formatted(purchases.length, meanSpend.length));
        double[] expected = new double[purchases.length];
        for (int i = 0; i < expected.length; i++) {
            try {
                expected[i] = expectedSpend(purchases[i], meanSpend[i]);
            } catch (IllegalArgumentException fault) {
                throw new IllegalArgumentException("row %d: %s".formatted(i, fault.getMessage()), fault);
            }
        }
        return expected;
    }

    /** Expected amount of a future purchase, for each row. */
    public double[] expectedSpend(RecencyFrequency data) {
        return expectedSpend(data.frequencies(), data.meanSpends());
    }

    /** The negative mean log-likelihood and its gradient in (ln p, ln(q − 1), ln γ). */
    static final class GammaGammaLikelihood implements Minimizer.Objective {
        private final int[] x;
        private final double[] m;
        private final double unit;
        /** At the first row of each frequency: the sum of ln m over its rows. */
        private final double[] logs;

        private GammaGammaLikelihood(int[] x, double[] m, double unit) {
            this.x = x;
            this.m = m;
            this.unit = unit;
            this.logs = new double[x.length];
            for (int from = 0, i = 0; i < x.length; i++) {
                if (x[i] != x[from]) from = i;
                logs[from] += Math.log(m[i]);
            }
        }

        static GammaGammaLikelihood of(int[] purchases, double[] meanSpend) {
            if (purchases.length != meanSpend.length)
                throw new IllegalArgumentException("%d rows of purchases, %d of mean spend; they must be equally long"
                        .formatted(purchases.length, meanSpend.length));
            int[] order = new int[purchases.length];
            int count = 0;
            for (int i = 0; i < purchases.length; i++) {
                if (purchases[i] < 0)
                    throw new IllegalArgumentException(
                            "row %d: %d purchases; the count is at least 0".formatted(i, purchases[i]));
                if (purchases[i] == 0) continue;
                if (!(meanSpend[i] > 0) || !Double.isFinite(meanSpend[i]))
                    throw new IllegalArgumentException(
                            "row %d: mean spend %s must be positive; leave customers without net spend out"
                                    .formatted(i, meanSpend[i]));
                order[count++] = i;
            }
            if (count == 0)
                throw new IllegalArgumentException("no customer has a repeat purchase to learn the spend from");
            // By frequency, then by spend, sorted as plain numbers: a comparison of indices takes many times as long.
            int[] x = new int[count];
            for (int k = 0; k < count; k++) x[k] = purchases[order[k]];
            Arrays.sort(x);
            int[] different = Arrays.stream(x).distinct().toArray();
            int[] next = new int[different.length];
            for (int k = 0, at = 0; k < count; k++) {
                if (x[k] != different[at]) next[++at] = k;
            }
            int[] start = next.clone();
            double[] m = new double[count];
            for (int k = 0; k < count; k++)
                m[next[Arrays.binarySearch(different, purchases[order[k]])]++] = meanSpend[order[k]];
            for (int group = 0; group < start.length; group++) Arrays.sort(m, start[group], next[group]);
            double total = 0;
            for (double mean : m) total += mean;
            double unit = total / count;
            for (int k = 0; k < count; k++) m[k] /= unit;
            return new GammaGammaLikelihood(x, m, unit);
        }

        int customers() {
            return x.length;
        }

        double unit() {
            return unit;
        }

        @Override
        public double value(double[] point, double[] gradient) {
            double p = Math.exp(point[0]);
            double excess = Math.exp(point[1]);
            double q = 1 + excess;
            double gamma = Math.exp(point[2]);
            double gammaQ = Gamma.logGamma(q);
            double psiQ = Gamma.digamma(q);
            double sum = 0;
            double byP = 0;
            double byQ = 0;
            double byGamma = 0;
            for (int from = 0, to; from < x.length; from = to) {
                double n = x[from];
                double logTotals = 0;
                double inverses = 0;
                // One logarithm of a product serves several rows; it is taken long before the product could overflow.
                double product = 1;
                for (to = from; to < x.length && x[to] == x[from]; to++) {
                    double total = gamma + m[to] * n;
                    product *= total;
                    if (!(product > 1e-100 && product < 1e100)) {
                        logTotals += Math.log(product);
                        product = 1;
                    }
                    inverses += 1 / total;
                }
                logTotals += Math.log(product);
                double rows = to - from;
                double shape = p * n;
                double psiBoth = Gamma.digamma(shape + q);
                sum += rows
                                * (Gamma.logGamma(shape + q)
                                        - Gamma.logGamma(shape)
                                        - gammaQ
                                        + q * point[2]
                                        + shape * Math.log(n))
                        + (shape - 1) * logs[from]
                        - (shape + q) * logTotals;
                byP += n * (rows * (psiBoth - Gamma.digamma(shape) + Math.log(n)) + logs[from] - logTotals);
                byQ += rows * (psiBoth - psiQ + point[2]) - logTotals;
                byGamma += rows * q / gamma - (shape + q) * inverses;
            }
            gradient[0] = -byP * p / x.length;
            gradient[1] = -byQ * excess / x.length;
            gradient[2] = -byGamma * gamma / x.length;
            return -sum / x.length;
        }
    }
}
