package io.rekindle.models.experiment;

import io.rekindle.models.experiment.Lift.NotMeasurable;
import io.rekindle.models.experiment.Lift.Reason;
import java.util.OptionalLong;

/**
 * The difference of means with the noise taken out that was there before the experiment began (CUPED).
 *
 * <p>What: what a customer spent before explains much of what they spend during the experiment, and has nothing to do with
 * the arm. Taking θ times the covariate's deviation off every outcome leaves the expected difference as it is and multiplies
 * its variance by 1 − ρ², ρ the correlation within the arms: with ρ = 0.7 half the customers do.
 *
 * <p>Assumptions: the covariate was known before the assignment. One that the treatment may have changed takes the effect
 * out with the noise; nothing in the numbers can tell, so it is the caller's to see to. Else as {@link TwoSample}.
 *
 * <p>Source: Deng, Xu, Kohavi and Walker, "Improving the sensitivity of online controlled experiments by utilizing
 * pre-experiment data" (WSDM 2013). θ is the covariance over the covariate's variance, pooled within the arms, so that a
 * chance difference of the covariate between the arms does not enter it. Each arm's mean is shown as it would be at the
 * covariate's overall mean. The relative difference's variance is the delta method's over both arms, in which the overall mean
 * of the covariate moves as well; at no effect it is the familiar one.
 *
 * <p>Numerics: from sums, as {@link Sample}; the estimated θ costs an error of order 1/n, which is neglected. Complexity:
 * constant. No state.
 *
 * @param theta what one unit of the covariate takes off the outcome; 0 where the covariate does not vary
 * @param varianceKept the adjusted difference's variance as a share of the plain one's; 1 where nothing is gained
 * @param adjusted the difference with less noise
 * @param plain the same difference without the covariate
 */
public record Cuped(double theta, double varianceKept, Lift adjusted, Lift plain) {
    /**
     * Compares two arms.
     *
     * @param control outcome first, covariate second
     * @param treatment likewise
     */
    public static Cuped means(JointSample control, JointSample treatment, Look look) {
        Lift plain = TwoSample.means(control.first(), treatment.first(), look);
        if (plain instanceof NotMeasurable) return new Cuped(0, 1, plain, plain);
        double variation = within(control.second(), treatment.second());
        double theta = variation > 0
                ? (control.covariance() * (control.n() - 1) + treatment.covariance() * (treatment.n() - 1)) / variation
                : 0;
        if (theta == 0) return new Cuped(0, 1, plain, plain);

        long customers = control.n() + treatment.n();
        double controlShare = (double) control.n() / customers;
        double imbalance = treatment.second().mean() - control.second().mean();
        double controlMean = control.first().mean() + theta * (1 - controlShare) * imbalance;
        double treatmentMean = treatment.first().mean() - theta * controlShare * imbalance;
        Arm adjustedControl = new Arm(controlMean, control.residualVariance(theta) / control.n(), control.n());
        Arm adjustedTreatment =
                new Arm(treatmentMean, treatment.residualVariance(theta) / treatment.n(), treatment.n());
        double variance = adjustedControl.variance() + adjustedTreatment.variance();
        if (explained(adjustedControl, control) || explained(adjustedTreatment, treatment))
            return new Cuped(
                    theta,
                    0,
                    new NotMeasurable(
                            Reason.NO_VARIATION,
                            "the covariate explains every difference between the customers",
                            "a covariate known before the experiment; this one looks like the outcome itself",
                            OptionalLong.empty()),
                    plain);

        double ratio = treatmentMean / controlMean;
        double slope = theta * (controlShare + ratio * (1 - controlShare));
        double relativeVariance = (treatment.residualVariance(slope) / treatment.n()
                        + ratioTimesControl(control, ratio, slope) / control.n())
                / (controlMean * controlMean);
        double plainVariance =
                control.first().variance() / control.n() + treatment.first().variance() / treatment.n();
        return new Cuped(
                theta,
                variance / plainVariance,
                new Contrast(
                                controlMean,
                                treatmentMean,
                                adjustedControl.variance(),
                                variance,
                                variance,
                                relativeVariance,
                                Arm.freedom(adjustedControl, adjustedTreatment),
                                customers)
                        .seen(look),
                plain);
    }

    /** The correlation within the arms that this reduction stands for. */
    public double correlation() {
        return Math.sqrt(Math.max(0, 1 - varianceKept));
    }

    private static boolean explained(Arm adjusted, JointSample arm) {
        return adjusted.variance() * adjusted.n() <= 1e-12 * arm.first().variance();
    }

    /** Variance of ratio · outcome − slope · covariate. */
    private static double ratioTimesControl(JointSample control, double ratio, double slope) {
        return Math.max(
                0,
                ratio * ratio * control.first().variance()
                        + slope * slope * control.second().variance()
                        - 2 * ratio * slope * control.covariance());
    }

    private static double within(Sample one, Sample other) {
        return one.variance() * (one.n() - 1) + other.variance() * (other.n() - 1);
    }
}
