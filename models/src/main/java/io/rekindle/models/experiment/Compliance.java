package io.rekindle.models.experiment;

import io.rekindle.models.experiment.Lift.Measured;
import io.rekindle.models.experiment.Lift.NotMeasurable;
import java.util.Optional;

/**
 * What the treatment did to those who received it because they were assigned to it, kept apart from what assigning it did to
 * all (intention to treat).
 *
 * <p>What: messages bounce and customers do not open them; some of the control arm receive the offer elsewhere. The intention
 * to treat is the headline: it is what the campaign changed, and randomisation alone vouches for it. Divided by the share
 * whom the assignment moved to receive the treatment it becomes the effect on these compliers (CACE, also called LATE).
 *
 * <p>Assumptions, beyond {@link TwoSample}'s: assignment works only through receipt (a message nobody saw does nothing), and
 * nobody receives the treatment only when not assigned to it. They cannot be tested here.
 *
 * <p>Source: Imbens and Angrist, "Identification and estimation of local average treatment effects" (Econometrica 1994);
 * Angrist, Imbens and Rubin (JASA 1996). Interval: delta method on the Wald ratio, that is the variance of y − CACE · d over
 * the squared share, normal; looked at any time, the
 * same errors with the reach of {@link Look.Anytime}. p is of the residual without effect, and so equals that of the intention to treat but for the
 * degrees of freedom. Where fewer than (about) ten customers' worth of first stage is there, F below 10, the ratio has no
 * usable distribution and no effect is stated (Staiger and Stock, Econometrica 1997).
 *
 * <p>Numerics: from sums. Complexity: constant. No state.
 *
 * @param intentionToTreat the difference between the arms as assigned
 * @param complierShare share of customers whom the assignment made receive the treatment: received in the treatment arm
 *     less received in the control arm
 * @param firstStage F statistic of the assignment on receipt
 * @param onCompliers the effect on compliers; empty where the first stage is too weak or the arms cannot be compared
 */
public record Compliance(
        Lift intentionToTreat, double complierShare, double firstStage, Optional<OnCompliers> onCompliers) {
    private static final double WEAK = 10;

    /**
     * Effect per complier.
     *
     * @param estimate the effect
     * @param low lower end of the interval
     * @param high upper end of the interval
     * @param p two-sided p-value of no effect
     * @param standardError of the estimate
     */
    public record OnCompliers(double estimate, double low, double high, double p, double standardError) {}

    /**
     * Compares two arms.
     *
     * @param control outcome first; second 1 for a customer who received the treatment, else 0
     * @param treatment likewise
     * @param alpha 1 − confidence of the intervals, for one look
     */
    public static Compliance of(JointSample control, JointSample treatment, double alpha) {
        return of(control, treatment, new Look.Once(alpha));
    }

    /** The same, with intervals and p-values for looks of the kind given. */
    public static Compliance of(JointSample control, JointSample treatment, Look look) {
        Lift plain = TwoSample.means(control.first(), treatment.first(), look);
        return switch (plain) {
            case NotMeasurable none -> new Compliance(plain, share(control, treatment), 0, Optional.empty());
            case Measured measured -> {
                double share = share(control, treatment);
                double error = control.second().variance() / control.n()
                        + treatment.second().variance() / treatment.n();
                double firstStage = error > 0 ? share * share / error : share == 0 ? 0 : Double.POSITIVE_INFINITY;
                yield new Compliance(
                        plain,
                        share,
                        firstStage,
                        firstStage < WEAK
                                ? Optional.empty()
                                : Optional.of(onCompliers(control, treatment, measured, share, look)));
            }
        };
    }

    private static OnCompliers onCompliers(
            JointSample control, JointSample treatment, Measured plain, double share, Look look) {
        double estimate = plain.estimate() / share;
        double error = Math.sqrt(control.residualVariance(estimate) / control.n()
                        + treatment.residualVariance(estimate) / treatment.n())
                / Math.abs(share);
        double statistic = plain.estimate() / plain.standardError();
        long customers = control.n() + treatment.n();
        double reach = error
                * switch (look) {
                    case Look.Once(double alpha) -> Normal.quantile(1 - alpha / 2);
                    case Look.Anytime anytime -> anytime.reach(customers);
                };
        return new OnCompliers(
                estimate,
                estimate - reach,
                estimate + reach,
                switch (look) {
                    case Look.Once once -> Normal.twoSided(statistic);
                    case Look.Anytime anytime -> anytime.p(statistic, customers);
                },
                error);
    }

    private static double share(JointSample control, JointSample treatment) {
        return control.n() == 0 || treatment.n() == 0
                ? 0
                : treatment.second().mean() - control.second().mean();
    }
}
