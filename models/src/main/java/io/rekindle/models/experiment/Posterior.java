package io.rekindle.models.experiment;

import io.rekindle.models.numeric.IncompleteBeta;
import java.util.function.DoubleUnaryOperator;
import org.hipparchus.analysis.integration.gauss.GaussIntegratorFactory;
import org.hipparchus.special.Beta;

/**
 * What is believed of a difference after the data: the sentence a marketer would like to say, with its prior stated.
 *
 * <p>What: from a prior belief and the data, the probability that the treatment is better, and what is lost on average by
 * choosing the wrong arm. A posterior does not guard against looking often; {@link Look.Anytime} does.
 *
 * <p>Assumptions and source: {@link #ofEffect}: the estimate is normal with a known standard error and the prior on the
 * effect is normal, so the posterior is the precision-weighted mean of both (Gelman et al., "Bayesian data analysis", 3rd
 * ed., section 2.5); without a prior it is flat. {@link #ofRates}: conversions are binomial, both rates have the same beta
 * prior; nothing is approximated, so it also speaks where a normal interval would not. The expected loss of rates uses
 * E[p; p > q] by raising the first shape by one (Stucchio, "Bayesian A/B testing at VWO", 2015).
 *
 * <p>Numerics: the rates' difference by Gauss-Legendre quadrature over the range of the narrower posterior, in panels, error
 * below 1e-9; its quantiles by bisection on that, to 1e-6. Complexity: constant for effects, some ten thousand incomplete beta
 * functions for rates. No state.
 *
 * @param mean of the difference, treatment − control
 * @param standardDeviation of the difference
 * @param low lower end of the central credible interval
 * @param high upper end
 * @param credibility probability inside the interval
 * @param chanceToBeat probability that the treatment is better than control
 * @param lossIfChosen expected loss of choosing the treatment: E[max(control − treatment, 0)]
 * @param lossIfRefused expected loss of staying with control: E[max(treatment − control, 0)]
 */
public record Posterior(
        double mean,
        double standardDeviation,
        double low,
        double high,
        double credibility,
        double chanceToBeat,
        double lossIfChosen,
        double lossIfRefused) {
    private static final GaussIntegratorFactory RULES = new GaussIntegratorFactory(64);

    /** A normal belief about an effect before the data; an infinite standard deviation is none. */
    public record Prior(double mean, double standardDeviation) {
        /** No belief. */
        public static final Prior FLAT = new Prior(0, Double.POSITIVE_INFINITY);

        public Prior {
            if (!Double.isFinite(mean) || !(standardDeviation > 0))
                throw new IllegalArgumentException(
                        "a prior of mean %s and standard deviation %s; the latter is positive"
                                .formatted(mean, standardDeviation));
        }
    }

    /** Of an estimated effect with its standard error, absolute or relative as the prior is. */
    public static Posterior ofEffect(double estimate, double standardError, Prior prior, double credibility) {
        checkCredibility(credibility);
        if (!Double.isFinite(estimate) || !(standardError > 0) || !Double.isFinite(standardError))
            throw new IllegalArgumentException(
                    "an effect of %s with standard error %s; both must be numbers, the latter positive"
                            .formatted(estimate, standardError));
        double ofData = 1 / (standardError * standardError);
        double ofPrior = 1 / (prior.standardDeviation * prior.standardDeviation);
        double deviation = 1 / Math.sqrt(ofData + ofPrior);
        double mean = (estimate * ofData + prior.mean * ofPrior) / (ofData + ofPrior);
        double reach = Normal.quantile((1 + credibility) / 2) * deviation;
        double z = mean / deviation;
        double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
        return new Posterior(
                mean,
                deviation,
                mean - reach,
                mean + reach,
                credibility,
                Normal.cumulative(z),
                deviation * density - mean * Normal.cumulative(-z),
                deviation * density + mean * Normal.cumulative(z));
    }

    /** Of two conversion rates, under a beta prior with the given shapes on each; 1 and 1 is uniform. */
    public static Posterior ofRates(
            long controlCustomers,
            long controlConversions,
            long customers,
            long conversions,
            double priorConversions,
            double priorOthers,
            double credibility) {
        checkCredibility(credibility);
        if (!(priorConversions > 0) || !(priorOthers > 0))
            throw new IllegalArgumentException(
                    "prior shapes %s and %s; both must be positive".formatted(priorConversions, priorOthers));
        Sample.ofConversions(controlCustomers, controlConversions);
        Sample.ofConversions(customers, conversions);
        Rate control =
                new Rate(controlConversions + priorConversions, controlCustomers - controlConversions + priorOthers);
        Rate treatment = new Rate(conversions + priorConversions, customers - conversions + priorOthers);
        double mean = treatment.mean() - control.mean();
        double deviation = Math.sqrt(control.variance() + treatment.variance());
        double lossIfChosen = control.mean() * control.raised().exceeds(treatment, 0)
                - treatment.mean() * (1 - treatment.raised().exceeds(control, 0));
        return new Posterior(
                mean,
                deviation,
                quantile(control, treatment, (1 - credibility) / 2),
                quantile(control, treatment, (1 + credibility) / 2),
                credibility,
                treatment.exceeds(control, 0),
                Math.max(0, lossIfChosen),
                Math.max(0, mean + lossIfChosen));
    }

    private static double quantile(Rate control, Rate treatment, double probability) {
        double low = -1;
        double high = 1;
        while (high - low > 1e-10) {
            double middle = (low + high) / 2;
            if (1 - treatment.exceeds(control, middle) < probability) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    /** A conversion rate with a beta distribution. */
    private record Rate(double a, double b, double logBeta) {
        private static final int PANELS = 16;
        private static final int POINTS = 16;
        private static final double DEVIATIONS = 9;

        Rate(double a, double b) {
            this(a, b, Beta.logBeta(a, b));
        }

        double mean() {
            return a / (a + b);
        }

        double variance() {
            return a * b / ((a + b) * (a + b) * (a + b + 1));
        }

        Rate raised() {
            return new Rate(a + 1, b);
        }

        /** P(this > other + difference). */
        double exceeds(Rate other, double difference) {
            return variance() <= other.variance()
                    ? mean(p -> other.below(p - difference))
                    : 1 - other.mean(q -> below(q + difference));
        }

        private double below(double p) {
            return p <= 0 ? 0 : p >= 1 ? 1 : IncompleteBeta.regularized(p, 1 - p, a, b, logBeta);
        }

        /**
         * Expectation of a function of the rate. The substitution by the distribution's own angle, p = sin² t, takes the
         * poles away that shapes below 1 have at 0 and 1.
         */
        private double mean(DoubleUnaryOperator function) {
            double deviation = Math.sqrt(variance());
            double from = Math.asin(Math.sqrt(Math.max(0, mean() - 2 * DEVIATIONS * deviation)));
            double to = Math.asin(Math.sqrt(Math.min(1, mean() + 2 * DEVIATIONS * deviation)));
            double sum = 0;
            double mass = 0;
            for (int panel = 0; panel < PANELS; panel++) {
                var rule = RULES.legendre(
                        POINTS, from + (to - from) * panel / PANELS, from + (to - from) * (panel + 1) / PANELS);
                for (int i = 0; i < POINTS; i++) {
                    double sine = Math.sin(rule.getPoint(i));
                    double cosine = Math.cos(rule.getPoint(i));
                    double weight = rule.getWeight(i)
                            * Math.exp((2 * a - 1) * Math.log(sine) + (2 * b - 1) * Math.log(cosine) - logBeta);
                    mass += weight;
                    sum += weight * function.applyAsDouble(sine * sine);
                }
            }
            return sum / mass;
        }
    }

    private static void checkCredibility(double credibility) {
        if (!(credibility > 0 && credibility < 1))
            throw new IllegalArgumentException("credibility %s must lie between 0 and 1".formatted(credibility));
    }
}
