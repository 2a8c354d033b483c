package io.rekindle.models.experiment;

import io.rekindle.models.experiment.Lift.Measured;
import io.rekindle.models.experiment.Lift.NotMeasurable;
import io.rekindle.models.experiment.Lift.Reason;
import io.rekindle.models.experiment.Lift.Relative;
import io.rekindle.models.numeric.IncompleteBeta;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.hipparchus.distribution.continuous.TDistribution;

/**
 * Treatment against control: the difference of two means or two proportions, with its interval and p-value.
 *
 * <p>What: intention to treat. Put every customer into the arm they were assigned to, whether the message reached them or
 * not, those who bought nothing with an outcome of 0.
 *
 * <p>Assumptions: customers are assigned at random, one by one, and do not influence one another. The mean of each arm is
 * near enough normal: with skewed spend that is a matter of buyers, not of customers; some hundred buyers in the smaller
 * arm make a 95 % interval worth its name, a hundred times fewer do not.
 *
 * <p>Source: means: Welch (1947), unequal variances, Student's t with Satterthwaite's degrees of freedom, for interval and p
 * alike. Proportions: the interval from the unpooled variance, p from the pooled one (the usual z-test), both normal; so
 * close to the border the one may include 0 and the other be below α. Relative difference: delta method,
 * var(m₁/m₀) = v₁/m₀² + v₀ m₁²/m₀⁴, on the same distribution; its p is that of its own statistic. It is left out when m₀ is
 * within three of its standard errors from 0, where the delta method's interval means nothing.
 *
 * <p>Numerics: from sums and sums of squares; a mean that is very large beside its standard deviation (more than about 1e6
 * times) loses digits: take a constant off first. p keeps its relative accuracy down to 1e-300. Complexity: constant.
 * No state.
 */
public final class TwoSample {
    private static final double FEWEST_EXPECTED = 5;
    private static final double CLEAR_OF_ZERO = 3;

    private TwoSample() {}

    /**
     * Difference of means.
     *
     * @param alpha 1 − confidence of the interval, e.g. 0.05
     */
    public static Lift means(Sample control, Sample treatment, double alpha) {
        checkAlpha(alpha);
        if (control.n() < 2 || treatment.n() < 2) return tooFewCustomers(control.n(), treatment.n());
        if (control.variance() == 0 || treatment.variance() == 0) {
            boolean inControl = control.variance() == 0;
            return new NotMeasurable(
                    Reason.NO_VARIATION,
                    "all %d outcomes of the %s arm are %s"
                            .formatted(
                                    inControl ? control.n() : treatment.n(),
                                    inControl ? "control" : "treatment",
                                    number(inControl ? control.mean() : treatment.mean())),
                    "customers with different outcomes in both arms: wait longer or ask for a more frequent outcome",
                    OptionalLong.empty());
        }
        double ofControl = control.variance() / control.n();
        double ofTreatment = treatment.variance() / treatment.n();
        double variance = ofControl + ofTreatment;
        double freedom = variance
                * variance
                / (ofControl * ofControl / (control.n() - 1) + ofTreatment * ofTreatment / (treatment.n() - 1));
        double statistic = (treatment.mean() - control.mean()) / Math.sqrt(variance);
        return measured(control.mean(), treatment.mean(), ofControl, ofTreatment, statistic, freedom, alpha);
    }

    /**
     * Difference of conversion rates. Not measurable when, at the common rate, fewer than 5 conversions or
     * non-conversions are expected in an arm.
     *
     * @param alpha 1 − confidence of the interval, e.g. 0.05
     */
    public static Lift proportions(
            long controlCustomers, long controlConversions, long customers, long conversions, double alpha) {
        checkAlpha(alpha);
        Sample control = Sample.ofConversions(controlCustomers, controlConversions);
        Sample treatment = Sample.ofConversions(customers, conversions);
        if (control.n() < 2 || treatment.n() < 2) return tooFewCustomers(control.n(), treatment.n());
        double rate = control.plus(treatment).mean();
        long smaller = Math.min(control.n(), treatment.n());
        double rarer = Math.min(rate, 1 - rate);
        long needed = (long) Math.ceil(FEWEST_EXPECTED / rarer);
        if (smaller * rarer < FEWEST_EXPECTED)
            return new NotMeasurable(
                    Reason.TOO_FEW_CONVERSIONS,
                    "at a common conversion rate of %s %% the smaller arm's %d customers make %s expected %s"
                            .formatted(
                                    number(100 * rate),
                                    smaller,
                                    number(smaller * rarer),
                                    rate <= .5 ? "conversions" : "non-conversions"),
                    rarer == 0
                            ? "conversions and non-conversions to compare: wait longer or ask for a more frequent outcome"
                            : String.format(Locale.ROOT, "at least 5: %,d customers in the smaller arm", needed),
                    rarer == 0 ? OptionalLong.empty() : OptionalLong.of(needed));
        double ofControl = control.mean() * (1 - control.mean()) / control.n();
        double ofTreatment = treatment.mean() * (1 - treatment.mean()) / treatment.n();
        double pooled = rate * (1 - rate) * (1.0 / control.n() + 1.0 / treatment.n());
        double statistic = (treatment.mean() - control.mean()) / Math.sqrt(pooled);
        return measured(
                control.mean(), treatment.mean(), ofControl, ofTreatment, statistic, Double.POSITIVE_INFINITY, alpha);
    }

    private static Measured measured(
            double control,
            double treatment,
            double ofControl,
            double ofTreatment,
            double statistic,
            double freedom,
            double alpha) {
        double quantile = Double.isInfinite(freedom)
                ? Normal.quantile(1 - alpha / 2)
                : new TDistribution(freedom, 1e-12).inverseCumulativeProbability(1 - alpha / 2);
        double estimate = treatment - control;
        double reach = quantile * Math.sqrt(ofControl + ofTreatment);
        return new Measured(
                control,
                treatment,
                estimate,
                estimate - reach,
                estimate + reach,
                1 - alpha,
                twoSided(statistic, freedom),
                statistic,
                freedom,
                relative(control, treatment, ofControl, ofTreatment, quantile, freedom));
    }

    private static Optional<Relative> relative(
            double control, double treatment, double ofControl, double ofTreatment, double quantile, double freedom) {
        if (!(Math.abs(control) > CLEAR_OF_ZERO * Math.sqrt(ofControl))) return Optional.empty();
        double estimate = (treatment - control) / control;
        double ratio = treatment / control;
        double error = Math.sqrt(ofTreatment + ofControl * ratio * ratio) / Math.abs(control);
        double p = error == 0 ? (estimate == 0 ? 1 : 0) : twoSided(estimate / error, freedom);
        return Optional.of(new Relative(estimate, estimate - quantile * error, estimate + quantile * error, p));
    }

    private static double twoSided(double statistic, double freedom) {
        if (Double.isInfinite(freedom)) return Normal.twoSided(statistic);
        double square = statistic * statistic;
        return IncompleteBeta.regularized(freedom / (freedom + square), square / (freedom + square), freedom / 2, .5);
    }

    private static NotMeasurable tooFewCustomers(long control, long treatment) {
        return new NotMeasurable(
                Reason.TOO_FEW_CUSTOMERS,
                "%d customers in the control arm, %d in the treatment arm".formatted(control, treatment),
                "at least 2 in each; Power tells how many for a difference worth knowing",
                OptionalLong.of(2));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private static void checkAlpha(double alpha) {
        if (!(alpha > 0 && alpha < 1))
            throw new IllegalArgumentException("alpha %s must lie between 0 and 1".formatted(alpha));
    }
}
