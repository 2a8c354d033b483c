package io.rekindle.models.value;

import io.rekindle.models.Fit;
import io.rekindle.models.numeric.DoubleExponential;
import java.util.List;
import java.util.Optional;
import org.hipparchus.special.Gamma;

/**
 * The Pareto/NBD model: purchases at random by customers who leave at any moment.
 *
 * <p>What: as {@link BgNbd}, from frequency, recency and age. The first of its kind, and still what others are held
 * against; leaving is not tied to purchases, so a silent one-time buyer's P(alive) falls with time.
 *
 * <p>Assumptions: while active, a customer buys at a rate λ ~ Gamma(r, rate α) and leaves at a rate μ ~ Gamma(s, rate β), both
 * of their own and independent.
 *
 * <p>Source: Schmittlein, Morrison and Colombo, "Counting your customers: who are they and what will they do next?",
 * Management Science 33 (1987) 1–24; Fader and Hardie, "A note on deriving the Pareto/NBD model and related expressions"
 * (2005). The likelihood of a customer is usually written with two Gaussian hypergeometric functions whose difference cancels
 * for those who bought lately, and which is written differently for α above and below β. Before that algebra it is
 *
 * <pre>  Γ(r+x) α^r β^s / Γ(r) · [ (α+T)^−(r+x) (β+T)^−s + s ∫_{t_x}^{T} (α+τ)^−(r+x) (β+τ)^−(s+1) dτ ],</pre>
 *
 * <p>still there at the end, or left at τ: positive terms only, for all parameters. So that integral is taken, see
 * {@link ParetoNbdLikelihood}; it agrees with the hypergeometric form to 1e-12 where that has its digits.
 *
 * <p>Numerics: all in logarithms; the powers of a horizon are written with expm1, so s = 1 is no special point. Complexity:
 * per different triple and evaluation 8 to some tens of nodes of three logarithms, an exponential and two divisions.
 *
 * @param r shape of the purchase rates over customers
 * @param alpha rate of the purchase rates over customers, in the data's unit of time
 * @param s shape of the drop-out rates over customers
 * @param beta rate of the drop-out rates over customers, in the data's unit of time
 * @param fit how the parameters were found; empty for parameters that were given
 */
public record ParetoNbd(double r, double alpha, double s, double beta, Optional<Fit> fit) implements PurchaseModel {
    private static final String NAME = "Pareto/NBD";
    private static final double[] LOW = {-9, -14, -9, -14};
    private static final double[] HIGH = {9, 14, 9, 14};

    public ParetoNbd {
        PurchaseModel.positive("r", r);
        PurchaseModel.positive("alpha", alpha);
        PurchaseModel.positive("s", s);
        PurchaseModel.positive("beta", beta);
    }

    /** The model with given parameters. */
    public static ParetoNbd of(double r, double alpha, double s, double beta) {
        return new ParetoNbd(r, alpha, s, beta, Optional.empty());
    }

    /**
     * The maximum-likelihood fit.
     *
     * @throws IllegalArgumentException when there are no rows, or nobody bought again
     */
    public static ParetoNbd fit(RecencyFrequency data) {
        return fit(data, Estimation.MAXIMUM_LIKELIHOOD);
    }

    /** The fit, by maximum likelihood or held by the prior of {@link Estimation#REGULARISED} for few customers. */
    public static ParetoNbd fit(RecencyFrequency data, Estimation estimation) {
        var found = PurchaseFit.of(
                NAME,
                data,
                estimation,
                List.of("r", "alpha", "s", "beta"),
                new double[] {0, 0, -.5, -1},
                LOW,
                HIGH,
                ParetoNbdLikelihood::new);
        double[] value = found.value();
        return new ParetoNbd(value[0], value[1], value[2], value[3], Optional.of(found.fit()));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public double logLikelihood(RecencyFrequency data) {
        if (data.size() == 0) return 0;
        return -data.size()
                * new ParetoNbdLikelihood(data.triples(), 1)
                        .value(new double[] {Math.log(r), Math.log(alpha), Math.log(s), Math.log(beta)}, new double[4]);
    }

    @Override
    public double expectedPurchases(double t) {
        PurchaseModel.checkHorizon(t);
        return r / alpha * activeTime(beta, t);
    }

    @Override
    public double expectedPurchases(int x, double recency, double age, double t) {
        PurchaseModel.checkHorizon(t);
        return pAlive(x, recency, age) * (r + x) / (alpha + age) * activeTime(beta + age, t);
    }

    /** Expected time within t for which one whose drop-out rate is Gamma(s, scale) stays active: ∫₀ᵗ (1 + u/scale)^−s du. */
    private double activeTime(double scale, double t) {
        double length = Math.log1p(t / scale);
        double power = (1 - s) * length;
        return scale * length * (Math.abs(power) < 1e-300 ? 1 : Math.expm1(power) / power);
    }

    @Override
    public double discountedPurchases(int x, double recency, double age, double t, double rate) {
        if (!(rate >= 0) || !Double.isFinite(rate))
            throw new IllegalArgumentException("a discount rate of %s; it must be at least 0".formatted(rate));
        if (rate == 0) {
            if (t == Double.POSITIVE_INFINITY)
                throw new IllegalArgumentException("an infinite horizon needs a positive discount rate");
            return expectedPurchases(x, recency, age, t);
        }
        double scale = beta + age;
        double stays = t == Double.POSITIVE_INFINITY
                ? DoubleExponential.overPositive(y -> Math.exp(-y - s * Math.log1p(y / rate / scale))) / rate
                : DoubleExponential.between(0, t, u -> Math.exp(-rate * u - s * Math.log1p(u / scale)));
        return pAlive(x, recency, age) * (r + x) / (alpha + age) * stays;
    }

    @Override
    public double pAlive(int x, double recency, double age) {
        PurchaseModel.check(x, recency, age);
        return 1 - new DropOut().at(r, alpha, s, beta, x, recency, age).left;
    }

    @Override
    public double pmf(double t, int n) {
        PurchaseModel.checkHorizon(t);
        if (n < 0) throw new IllegalArgumentException("%d purchases; the count is at least 0".formatted(n));
        if (t == 0) return n == 0 ? 1 : 0;
        double ways = Gamma.logGamma(r + n) - Gamma.logGamma(r) - Gamma.logGamma(n + 1.0);
        double stayed = Math.exp(logBought(ways, t, n) - s * Math.log1p(t / beta));
        double left = DoubleExponential.between(
                0, t, u -> Math.exp(logBought(ways, u, n) - (s + 1) * Math.log1p(u / beta)) * s / beta);
        return stayed + left;
    }

    /** ln P(n purchases by t, of one who is active until then). */
    private double logBought(double ways, double t, int n) {
        double z = t / alpha;
        return ways - r * Math.log1p(z) + (n == 0 ? 0 : n * (Math.log(z) - Math.log1p(z)));
    }
}
