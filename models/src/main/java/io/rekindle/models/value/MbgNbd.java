package io.rekindle.models.value;

import io.rekindle.models.Fit;
import java.util.List;
import java.util.Optional;
import org.hipparchus.special.Beta;
import org.hipparchus.special.Gamma;

/**
 * The MBG/NBD model: BG/NBD where a customer may leave after the first purchase already.
 *
 * <p>What: as {@link BgNbd}, from frequency, recency and age. Its P(alive) of one-time buyers falls with their silence,
 * where BG/NBD's is always 1; prefer it where many buy only once.
 *
 * <p>Assumptions: while active, a customer buys at a rate λ ~ Gamma(r, rate α) of their own; after each purchase, the first
 * included, they leave for good with a probability p ~ Beta(a, b) of their own.
 *
 * <p>Source: Batislam, Denizel and Filiztekin, "Empirical validation and comparison of models for customer base analysis",
 * International Journal of Research in Marketing 24 (2007) 201–209; Hoppe and Wagner, "Customer base analysis: the case for
 * a central variant of the Betageometric/NBD model", Marketing JRM 3 (2007) 75–90. Log-likelihood of a customer
 *
 * <pre>  ln Γ(r+x) − ln Γ(r) + r ln α + ln B(a, b+x+1) − ln B(a, b)
 *    + ln[ (α+T)^−(r+x) + a / (b+x) · (α+t_x)^−(r+x) ]</pre>
 *
 * <p>Numerics, complexity: those of {@link BgNbd}, whose likelihood and prediction series serve with b + 1 in place of b:
 * one who is still there after the first purchase is a BG/NBD customer with p ~ Beta(a, b + 1).
 *
 * @param r shape of the purchase rates over customers
 * @param alpha rate of the purchase rates over customers, in the data's unit of time
 * @param a first parameter of the drop-out probabilities over customers
 * @param b second parameter of the drop-out probabilities over customers
 * @param fit how the parameters were found; empty for parameters that were given
 */
public record MbgNbd(double r, double alpha, double a, double b, Optional<Fit> fit) implements PurchaseModel {
    private static final String NAME = "MBG/NBD";
    private static final double[] LOW = {-9, -14, -9, -9};
    private static final double[] HIGH = {9, 14, 9, 9};

    public MbgNbd {
        PurchaseModel.positive("r", r);
        PurchaseModel.positive("alpha", alpha);
        PurchaseModel.positive("a", a);
        PurchaseModel.positive("b", b);
    }

    /** The model with given parameters. */
    public static MbgNbd of(double r, double alpha, double a, double b) {
        return new MbgNbd(r, alpha, a, b, Optional.empty());
    }

    /**
     * The maximum-likelihood fit.
     *
     * @throws IllegalArgumentException when there are no rows, or nobody bought again
     */
    public static MbgNbd fit(RecencyFrequency data) {
        return fit(data, Estimation.MAXIMUM_LIKELIHOOD);
    }

    /** The fit, by maximum likelihood or held by the prior of {@link Estimation#REGULARISED} for few customers. */
    public static MbgNbd fit(RecencyFrequency data, Estimation estimation) {
        var found = PurchaseFit.of(
                NAME,
                data,
                estimation,
                List.of("r", "alpha", "a", "b"),
                new double[] {0, 0, -.5, .5},
                LOW,
                HIGH,
                (triples, unit) -> new BgNbdLikelihood(triples, unit, true));
        double[] value = found.value();
        return new MbgNbd(value[0], value[1], value[2], value[3], Optional.of(found.fit()));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public double logLikelihood(RecencyFrequency data) {
        if (data.size() == 0) return 0;
        return -data.size()
                * new BgNbdLikelihood(data.triples(), 1, true)
                        .value(new double[] {Math.log(r), Math.log(alpha), Math.log(a), Math.log(b)}, new double[4]);
    }

    @Override
    public double expectedPurchases(double t) {
        PurchaseModel.checkHorizon(t);
        return b / (a + b) * PurchaseCount.expected(r, alpha, a, b + 1, t);
    }

    @Override
    public double expectedPurchases(int x, double recency, double age, double t) {
        PurchaseModel.checkHorizon(t);
        return pAlive(x, recency, age) * PurchaseCount.expected(r + x, alpha + age, a, b + x + 1, t);
    }

    @Override
    public double pAlive(int x, double recency, double age) {
        PurchaseModel.check(x, recency, age);
        double odds = Math.log(a / (b + x)) + (r + x) * Math.log((alpha + age) / (alpha + recency));
        return 1 / (1 + Math.exp(odds));
    }

    @Override
    public double pmf(double t, int n) {
        PurchaseModel.checkHorizon(t);
        if (n < 0) throw new IllegalArgumentException("%d purchases; the count is at least 0".formatted(n));
        double z = t / alpha;
        if (z == 0) return n == 0 ? 1 : 0;
        // (1 − p)^(n+1) and (1 − p)^n p averaged over customers: stayed through all, left at the last of them.
        double logStayed = Beta.logBeta(a, b + n + 1) - Beta.logBeta(a, b);
        double stayed = Math.exp(logStayed
                + Gamma.logGamma(r + n)
                - Gamma.logGamma(r)
                - Gamma.logGamma(n + 1.0)
                - r * Math.log1p(z)
                + n * (Math.log(z) - Math.log1p(z)));
        double leftAtLast = Math.exp(logStayed + Math.log(a / (b + n)));
        return stayed + leftAtLast * (n == 0 ? 1 : Beta.regularizedBeta(z / (1 + z), n, r));
    }
}
