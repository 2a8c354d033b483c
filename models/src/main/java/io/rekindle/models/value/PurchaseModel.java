package io.rekindle.models.value;

import io.rekindle.models.Fit;
import io.rekindle.models.numeric.DoubleExponential;
import java.util.Optional;

/**
 * A model of customers who buy at random for a while and leave without saying so: how many purchases to expect of each,
 * and whether the customer is still there.
 *
 * <p>All of them know of a customer the number x of repeat purchases, the time of the last and the time observed, both
 * since the first purchase. They differ in when customers can leave: {@link BgNbd} after any repeat purchase,
 * {@link MbgNbd} after the first purchase already, {@link ParetoNbd} at any moment.
 *
 * <p>Immutable, deterministic, safe for concurrent use.
 *
 * <p>Assumptions: while active, each customer buys at a rate of their own by a Poisson process, rates differ as a gamma
 * distribution; rates and leaving are independent. Sources: Ehrenberg (1959) for the purchases; Schmittlein, Morrison and
 * Colombo (1987), Fader, Hardie and Lee (2005), Batislam, Denizel and Filiztekin (2007) for the leaving. Complexity: a row's
 * answers cost O(1) or one hypergeometric function; equal rows are calculated once.
 */
public sealed interface PurchaseModel permits BgNbd, MbgNbd, ParetoNbd {
    /** The model's usual name. */
    String name();

    /** How the parameters were found; empty for parameters that were given. */
    Optional<Fit> fit();

    /** The log-likelihood of these parameters on any data. */
    double logLikelihood(RecencyFrequency data);

    /** Expected number of repeat purchases of a customer, of whom nothing is known, by time t after the first. */
    double expectedPurchases(double t);

    /**
     * Expected number of purchases within t after the end of observation.
     *
     * @param x repeat purchases
     * @param recency time of the last of them since the first purchase
     * @param age time observed since the first purchase
     * @param t horizon from {@code age} on
     */
    double expectedPurchases(int x, double recency, double age, double t);

    /** Probability that the customer is still active at the end of observation. */
    double pAlive(int x, double recency, double age);

    /** Probability that a customer, of whom nothing is known, makes exactly n repeat purchases by t after the first. */
    double pmf(double t, int n);

    /**
     * The maximised log-likelihood.
     *
     * @throws IllegalStateException when the parameters were given, not fitted
     */
    default double logLikelihood() {
        return fit().orElseThrow(() ->
                        new IllegalStateException("the parameters were given; use logLikelihood(data) on some data"))
                .logLikelihood();
    }

    /** Expected number of purchases of each row within t after the end of its observation. */
    default double[] expectedPurchases(RecencyFrequency data, double t) {
        return data.triples().forEveryRow((x, recency, age) -> expectedPurchases(x, recency, age, t));
    }

    /** Probability of each row to be still active at the end of its observation. */
    default double[] pAlive(RecencyFrequency data) {
        return data.triples().forEveryRow(this::pAlive);
    }

    /**
     * Expected purchases after the end of observation, each counted at e^(−rate · time until then): multiplied by the
     * expected spend it is the customer's lifetime value. Over an infinite horizon these are the discounted expected
     * residual transactions (DERT) of Fader, Hardie and Lee, "RFM and CLV" (2005), which need a positive rate.
     *
     * <p>By parts, with E(u) the expected purchases within u, it is e^(−rate·t) E(t) + rate ∫₀ᵗ e^(−rate·u) E(u) du; the
     * integral is taken by double exponential quadrature, to about ten digits.
     *
     * @param t horizon; may be {@link Double#POSITIVE_INFINITY} when the rate is positive
     * @param rate continuous discount rate per unit of time: ln(1.1) / 52 for 10 % a year when weeks are the unit
     */
    default double discountedPurchases(int x, double recency, double age, double t, double rate) {
        if (!(rate >= 0) || !Double.isFinite(rate))
            throw new IllegalArgumentException("a discount rate of %s; it must be at least 0".formatted(rate));
        if (t == Double.POSITIVE_INFINITY) {
            if (rate == 0) throw new IllegalArgumentException("an infinite horizon needs a positive discount rate");
            return DoubleExponential.overPositive(
                    y -> y > 700 ? 0 : Math.exp(-y) * expectedPurchases(x, recency, age, y / rate));
        }
        double whole = expectedPurchases(x, recency, age, t);
        if (rate == 0 || t == 0) return whole;
        return Math.exp(-rate * t) * whole
                + rate
                        * DoubleExponential.between(
                                0, t, u -> Math.exp(-rate * u) * expectedPurchases(x, recency, age, u));
    }

    /** Expected discounted purchases of each row. */
    default double[] discountedPurchases(RecencyFrequency data, double t, double rate) {
        if (rate == 0) return expectedPurchases(data, t);
        return data.triples().forEveryRow((x, recency, age) -> discountedPurchases(x, recency, age, t, rate));
    }

    /** Refuses a parameter that is not a positive number. */
    static void positive(String name, double value) {
        if (!(value > 0) || !Double.isFinite(value))
            throw new IllegalArgumentException("%s is %s; it must be a positive number".formatted(name, value));
    }

    /** Refuses a horizon that is no time. */
    static void checkHorizon(double t) {
        if (!(t >= 0) || !Double.isFinite(t))
            throw new IllegalArgumentException("a horizon of %s; it must be a time of at least 0".formatted(t));
    }

    /** Refuses a customer who cannot be. */
    static void check(int x, double recency, double age) {
        if (x < 0 || !(recency >= 0) || !(recency <= age) || !Double.isFinite(age))
            throw new IllegalArgumentException(
                    "frequency %d, recency %s, age %s: frequency and recency are at least 0, recency at most age"
                            .formatted(x, recency, age));
    }
}
