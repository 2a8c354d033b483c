package io.rekindle.models.value;

import io.rekindle.models.Convergence;
import io.rekindle.models.Fit;
import io.rekindle.models.Parameter;
import io.rekindle.models.numeric.Minimizer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hipparchus.special.Beta;
import org.hipparchus.special.Gamma;

/**
 * The BG/NBD model: how many purchases to expect from each customer, and whether the customer is still there.
 *
 * <p>What: from the number x of repeat purchases, the time t_x of the last and the time T observed (all since the first
 * purchase), for customers who leave without saying so.
 *
 * <p>Assumptions: while active, a customer buys at random at a rate λ of their own; after each purchase they leave for
 * good with a probability p of their own; λ ~ Gamma(r, rate α) and p ~ Beta(a, b) over customers, independently. Nobody
 * leaves before a first repeat purchase: {@link #pAlive} is therefore 1 for customers with x = 0, however long they have
 * been silent. Rank customers by {@link #expectedPurchases(int, double, double, double)}, not by it.
 *
 * <p>Source: Fader, Hardie and Lee, "Counting your customers the easy way: an alternative to the Pareto/NBD model",
 * Marketing Science 24 (2005) 275–284. Log-likelihood of a customer
 *
 * <pre>  ln Γ(r+x) − ln Γ(r) + r ln α + ln B(a, b+x) − ln B(a, b)
 *    + ln[ (α+T)^−(r+x) + 1{x>0} · a / (b+x−1) · (α+t_x)^−(r+x) ]</pre>
 *
 * <p>Numerics: the bracket is a log-sum-exp; Γ and ψ are computed once per different x; equal triples are one term; time
 * is measured in mean ages while fitting, so the unit does not matter; the gradient in the logarithms of the parameters
 * is analytic. Predictions use a series of positive terms in place of ₂F₁: see {@link PurchaseCount}. Standard errors
 * come from the observed information of the log parameters by the delta method. Where the data show no maximum inside
 * (for example nobody ever seems to leave), the fit stops at the edge of a generous box and says
 * {@link Convergence#AT_BOUNDARY}.
 *
 * <p>Complexity: O(rows) to group, then about fifty evaluations of O(different triples), two logarithms and an
 * exponential each. Immutable, deterministic, safe for concurrent use.
 *
 * @param r shape of the purchase rates over customers
 * @param alpha rate of the purchase rates over customers, in the data's unit of time
 * @param a first parameter of the drop-out probabilities over customers
 * @param b second parameter of the drop-out probabilities over customers
 * @param fit how the parameters were found; empty for parameters that were given
 */
public record BgNbd(double r, double alpha, double a, double b, Optional<Fit> fit) {
    private static final double[] LOW = {-9, -14, -9, -9};
    private static final double[] HIGH = {9, 14, 9, 9};

    public BgNbd {
        check("r", r);
        check("alpha", alpha);
        check("a", a);
        check("b", b);
    }

    private static void check(String name, double value) {
        if (!(value > 0) || !Double.isFinite(value))
            throw new IllegalArgumentException("%s is %s; it must be a positive number".formatted(name, value));
    }

    /** The model with given parameters. */
    public static BgNbd of(double r, double alpha, double a, double b) {
        return new BgNbd(r, alpha, a, b, Optional.empty());
    }

    /**
     * The maximum-likelihood fit.
     *
     * @throws IllegalArgumentException when there are no rows, or nobody bought again: then the rate of purchase and the
     *     drop-out cannot be told
     */
    public static BgNbd fit(RecencyFrequency data) {
        Triples triples = Triples.of(data);
        if (triples.rows == 0) throw new IllegalArgumentException("no customers to fit a BG/NBD model on");
        if (triples.repeatPurchases == 0)
            throw new IllegalArgumentException(
                    "none of the %d customers bought again; a BG/NBD model needs repeat purchases: observe longer"
                            .formatted(triples.rows));
        double unit = triples.meanAge;
        var likelihood = new BgNbdLikelihood(triples, unit);
        double meanFrequency = (double) triples.repeatPurchases / triples.rows;
        Minimizer.Minimum best =
                Minimizer.minimize(likelihood, new double[] {0, -Math.log(meanFrequency), -0.5, 0.5}, LOW, HIGH);
        double[] value = new double[4];
        for (int i = 0; i < 4; i++) value[i] = Math.exp(best.point()[i]);
        value[1] *= unit;
        List<String> names = List.of("r", "alpha", "a", "b");
        List<Parameter> parameters = IntStream.range(0, 4)
                .mapToObj(i -> new Parameter(
                        names.get(i), value[i], value[i] * Math.sqrt(best.covariance()[i][i] / triples.rows)))
                .toList();
        double logLikelihood = -best.value() * triples.rows - (double) triples.repeatPurchases * Math.log(unit);
        var fit = new Fit(
                logLikelihood,
                triples.rows,
                triples.size(),
                best.evaluations(),
                best.anyAtBound() ? Convergence.AT_BOUNDARY : Convergence.INTERIOR,
                parameters);
        return new BgNbd(value[0], value[1], value[2], value[3], Optional.of(fit));
    }

    /**
     * The maximised log-likelihood.
     *
     * @throws IllegalStateException when the parameters were given, not fitted
     */
    public double logLikelihood() {
        return fit.orElseThrow(() ->
                        new IllegalStateException("the parameters were given; use logLikelihood(data) on some data"))
                .logLikelihood();
    }

    /** The log-likelihood of these parameters on any data. */
    public double logLikelihood(RecencyFrequency data) {
        if (data.size() == 0) return 0;
        var likelihood = new BgNbdLikelihood(Triples.of(data), 1);
        return -data.size()
                * likelihood.value(
                        new double[] {Math.log(r), Math.log(alpha), Math.log(a), Math.log(b)}, new double[4]);
    }

    /** Expected number of repeat purchases of a customer, of whom nothing is known, by time t after the first. */
    public double expectedPurchases(double t) {
        checkHorizon(t);
        return PurchaseCount.expected(r, alpha, a, b, t);
    }

    /**
     * Expected number of purchases within t after the end of observation.
     *
     * @param x repeat purchases
     * @param recency time of the last of them since the first purchase
     * @param age time observed since the first purchase
     * @param t horizon from {@code age} on
     */
    public double expectedPurchases(int x, double recency, double age, double t) {
        checkHorizon(t);
        // Given that the customer is still active, λ ~ Gamma(r + x, α + T) and p ~ Beta(a, b + x).
        return pAlive(x, recency, age) * PurchaseCount.expected(r + x, alpha + age, a, b + x, t);
    }

    /** Expected number of purchases of each row within t after the end of its observation. */
    public double[] expectedPurchases(RecencyFrequency data, double t) {
        double[] expected = new double[data.size()];
        for (int i = 0; i < expected.length; i++)
            expected[i] = expectedPurchases(data.frequency(i), data.recency(i), data.age(i), t);
        return expected;
    }

    /** Probability that the customer is still active at the end of observation; 1 without a repeat purchase. */
    public double pAlive(int x, double recency, double age) {
        if (x < 0 || !(recency >= 0) || !(recency <= age) || !Double.isFinite(age))
            throw new IllegalArgumentException(
                    "frequency %d, recency %s, age %s: frequency and recency are at least 0, recency at most age"
                            .formatted(x, recency, age));
        if (x == 0) return 1;
        double odds = Math.log(a / (b + x - 1)) + (r + x) * Math.log((alpha + age) / (alpha + recency));
        return 1 / (1 + Math.exp(odds));
    }

    /** Probability of each row to be still active at the end of its observation. */
    public double[] pAlive(RecencyFrequency data) {
        double[] alive = new double[data.size()];
        for (int i = 0; i < alive.length; i++) alive[i] = pAlive(data.frequency(i), data.recency(i), data.age(i));
        return alive;
    }

    /** Probability that a customer, of whom nothing is known, makes exactly n repeat purchases by t after the first. */
    public double pmf(double t, int n) {
        checkHorizon(t);
        if (n < 0) throw new IllegalArgumentException("%d purchases; the count is at least 0".formatted(n));
        double z = t / alpha;
        if (n == 0) return Math.exp(-r * Math.log1p(z));
        if (z == 0) return 0;
        // (1 − p)^n and (1 − p)^(n−1) p averaged over customers: stayed through n purchases, left at the n-th.
        double logStayed = Beta.logBeta(a, b + n) - Beta.logBeta(a, b);
        double stayed = Math.exp(logStayed
                + Gamma.logGamma(r + n)
                - Gamma.logGamma(r)
                - Gamma.logGamma(n + 1.0)
                - r * Math.log1p(z)
                + n * (Math.log(z) - Math.log1p(z)));
        double leftAtLast = Math.exp(logStayed + Math.log(a / (b + n - 1)));
        return stayed + leftAtLast * Beta.regularizedBeta(z / (1 + z), n, r);
    }

    private static void checkHorizon(double t) {
        if (!(t >= 0) || !Double.isFinite(t))
            throw new IllegalArgumentException("a horizon of %s; it must be a time of at least 0".formatted(t));
    }
}
