package io.rekindle.models.value;

import io.rekindle.models.Convergence;
import io.rekindle.models.Fit;
import java.util.List;
import java.util.Optional;
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
public record BgNbd(double r, double alpha, double a, double b, Optional<Fit> fit) implements PurchaseModel {
    private static final String NAME = "BG/NBD";
    private static final double[] LOW = {-9, -14, -9, -9};
    private static final double[] HIGH = {9, 14, 9, 9};

    public BgNbd {
        PurchaseModel.positive("r", r);
        PurchaseModel.positive("alpha", alpha);
        PurchaseModel.positive("a", a);
        PurchaseModel.positive("b", b);
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
        return fit(data, Estimation.MAXIMUM_LIKELIHOOD);
    }

    /** The fit, by maximum likelihood or held by the prior of {@link Estimation#REGULARISED} for few customers. */
    public static BgNbd fit(RecencyFrequency data, Estimation estimation) {
        var found = PurchaseFit.of(
                NAME,
                data,
                estimation,
                List.of("r", "alpha", "a", "b"),
                new double[] {0, 0, -.5, .5},
                LOW,
                HIGH,
                (triples, unit) -> new BgNbdLikelihood(triples, unit, false));
        double[] value = found.value();
        return new BgNbd(value[0], value[1], value[2], value[3], Optional.of(found.fit()));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public double logLikelihood(RecencyFrequency data) {
        if (data.size() == 0) return 0;
        var likelihood = new BgNbdLikelihood(data.triples(), 1, false);
        return -data.size()
                * likelihood.value(
                        new double[] {Math.log(r), Math.log(alpha), Math.log(a), Math.log(b)}, new double[4]);
    }

    @Override
    public double expectedPurchases(double t) {
        PurchaseModel.checkHorizon(t);
        return PurchaseCount.expected(r, alpha, a, b, t);
    }

    @Override
    public double expectedPurchases(int x, double recency, double age, double t) {
        PurchaseModel.checkHorizon(t);
        // Given that the customer is still active, λ ~ Gamma(r + x, α + T) and p ~ Beta(a, b + x).
        return pAlive(x, recency, age) * PurchaseCount.expected(r + x, alpha + age, a, b + x, t);
    }

    /** Probability that the customer is still active at the end of observation; 1 without a repeat purchase. */
    @Override
    public double pAlive(int x, double recency, double age) {
        PurchaseModel.check(x, recency, age);
        if (x == 0) return 1;
        double odds = Math.log(a / (b + x - 1)) + (r + x) * Math.log((alpha + age) / (alpha + recency));
        return 1 / (1 + Math.exp(odds));
    }

    @Override
    public double pmf(double t, int n) {
        PurchaseModel.checkHorizon(t);
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
}
