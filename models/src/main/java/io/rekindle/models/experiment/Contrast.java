package io.rekindle.models.experiment;

import io.rekindle.models.experiment.Lift.Measured;
import io.rekindle.models.experiment.Lift.Relative;
import io.rekindle.models.numeric.IncompleteBeta;
import java.util.Optional;
import org.hipparchus.distribution.continuous.TDistribution;

/**
 * An estimated difference before it is known how often it will be looked at.
 *
 * @param control estimate of the control arm
 * @param treatment estimate of the treatment arm
 * @param controlVariance variance of the control arm's estimate
 * @param variance of the difference
 * @param testVariance of the difference if there is none, behind p
 * @param relativeVariance of treatment / control
 * @param freedom degrees of freedom; positive infinity for the normal distribution
 * @param customers in both arms
 */
record Contrast(
        double control,
        double treatment,
        double controlVariance,
        double variance,
        double testVariance,
        double relativeVariance,
        double freedom,
        long customers) {
    /** A mean this many standard errors from 0 may stand below a fraction bar. */
    static final double CLEAR_OF_ZERO = 3;

    static Contrast of(Arm control, Arm treatment, double freedom, double testVariance) {
        double ratio = treatment.mean() / control.mean();
        return new Contrast(
                control.mean(),
                treatment.mean(),
                control.variance(),
                control.variance() + treatment.variance(),
                testVariance,
                (treatment.variance() + control.variance() * ratio * ratio) / (control.mean() * control.mean()),
                freedom,
                control.n() + treatment.n());
    }

    static Contrast welch(Arm control, Arm treatment) {
        return of(control, treatment, Arm.freedom(control, treatment), control.variance() + treatment.variance());
    }

    Measured seen(Look look) {
        double estimate = treatment - control;
        double error = Math.sqrt(variance);
        double testError = Math.sqrt(testVariance);
        double reach = reach(look) * error;
        double statistic = estimate / testError;
        return new Measured(
                control,
                treatment,
                estimate,
                estimate - reach,
                estimate + reach,
                1 - look.alpha(),
                p(statistic, look),
                statistic,
                freedom,
                error,
                relative(look));
    }

    private Optional<Relative> relative(Look look) {
        if (!(Math.abs(control) > CLEAR_OF_ZERO * Math.sqrt(controlVariance))) return Optional.empty();
        double estimate = (treatment - control) / control;
        double error = Math.sqrt(relativeVariance);
        double reach = reach(look) * error;
        double p = error == 0 ? (estimate == 0 ? 1 : 0) : p(estimate / error, look);
        return Optional.of(new Relative(estimate, estimate - reach, estimate + reach, p, error));
    }

    private double reach(Look look) {
        return switch (look) {
            case Look.Once(double alpha) -> studentQuantile(1 - alpha / 2, freedom);
            case Look.Anytime anytime -> anytime.reach(customers);
        };
    }

    private double p(double statistic, Look look) {
        return switch (look) {
            case Look.Once once -> twoSided(statistic, freedom);
            case Look.Anytime anytime -> anytime.p(statistic, customers);
        };
    }

    static double studentQuantile(double probability, double freedom) {
        return Double.isInfinite(freedom)
                ? Normal.quantile(probability)
                : new TDistribution(freedom, 1e-12).inverseCumulativeProbability(probability);
    }

    static double twoSided(double statistic, double freedom) {
        if (Double.isInfinite(freedom)) return Normal.twoSided(statistic);
        double square = statistic * statistic;
        return IncompleteBeta.regularized(freedom / (freedom + square), square / (freedom + square), freedom / 2, .5);
    }
}
