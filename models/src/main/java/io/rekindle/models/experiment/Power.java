package io.rekindle.models.experiment;

import java.util.OptionalDouble;
import org.hipparchus.analysis.solvers.BracketingNthOrderBrentSolver;

/**
 * How many customers an experiment needs, and the smallest difference it can see: asked before anything is sent.
 *
 * <p>What: two arms, of any two sizes; a two-sided test at level α finds a true difference with a probability: its power.
 *
 * <p>Assumptions: normal approximation with the standard deviation known. Proportions are compared on Cohen's scale,
 * h = 2 asin √p₂ − 2 asin √p₁, on which their variance does not depend on p. Ratios of sums are means of
 * their customers' contributions ({@link JointSample#ratioDeviation}).
 *
 * <p>Source: Cohen, "Statistical power analysis for the behavioral sciences" (1988), chapters 2 and 6. With
 * δ = effect / √(1/n₀ + 1/n₁) the power is Φ(δ − z) + Φ(−δ − z), z the 1 − α/2 quantile; both tails are counted, which is
 * where printed numbers of other programs differ in the last digits.
 *
 * <p>Numerics: δ is found by a bracketing solver to 1e-14. Complexity: constant. No state.
 */
public final class Power {
    private Power() {}

    /**
     * Customers needed in the control arm to see the difference of two conversion rates; round up.
     *
     * @param baseline conversion rate without treatment
     * @param treated conversion rate with treatment
     * @param alpha level of the two-sided test
     * @param power probability to find the difference
     * @param ratio customers in the treatment arm for each in the control arm
     */
    public static double customersForProportions(
            double baseline, double treated, double alpha, double power, double ratio) {
        return customers(Math.abs(cohen(baseline, treated)), alpha, power, ratio);
    }

    /**
     * Customers needed in the control arm to see a difference of means; round up.
     *
     * @param difference the difference to see
     * @param standardDeviation of the outcome between customers
     * @param alpha level of the two-sided test
     * @param power probability to find the difference
     * @param ratio customers in the treatment arm for each in the control arm
     */
    public static double customersForMeans(
            double difference, double standardDeviation, double alpha, double power, double ratio) {
        return customers(Math.abs(difference) / deviation(standardDeviation), alpha, power, ratio);
    }

    /**
     * Customers needed in the control arm to see a difference of ratios of sums, such as revenue per order; round up.
     *
     * @param difference the difference of ratios to see
     * @param pilot customers like those to come, upper number first, lower second
     */
    public static double customersForRatios(
            double difference, JointSample pilot, double alpha, double power, double ratio) {
        return customersForMeans(difference, pilot.ratioDeviation(), alpha, power, ratio);
    }

    /**
     * The standard deviation that remains to a comparison adjusted by a covariate known beforehand ({@link Cuped}): to be
     * given instead of the outcome's own.
     *
     * @param correlation of outcome and covariate between customers of an arm
     */
    public static double deviationWithCovariate(double standardDeviation, double correlation) {
        if (!(Math.abs(correlation) < 1))
            throw new IllegalArgumentException("a correlation of %s; it lies between -1 and 1".formatted(correlation));
        return deviation(standardDeviation) * Math.sqrt(1 - correlation * correlation);
    }

    private static double customers(double effect, double alpha, double power, double ratio) {
        if (!(ratio > 0) || !Double.isFinite(ratio))
            throw new IllegalArgumentException("a ratio of %s between the arms; it must be positive".formatted(ratio));
        if (!(effect > 0) || !Double.isFinite(effect))
            throw new IllegalArgumentException("no number of customers shows a difference of 0");
        double delta = delta(alpha, power);
        return delta * delta / (effect * effect) * (1 + 1 / ratio);
    }

    /** Probability to find a difference of two conversion rates. */
    public static double ofProportions(
            long controlCustomers, long customers, double baseline, double treated, double alpha) {
        return power(cohen(baseline, treated) / error(controlCustomers, customers), alpha);
    }

    /** Probability to find a difference of two means. */
    public static double ofMeans(
            long controlCustomers, long customers, double difference, double standardDeviation, double alpha) {
        return power(difference / deviation(standardDeviation) / error(controlCustomers, customers), alpha);
    }

    /** Probability to find a difference of two ratios of sums. */
    public static double ofRatios(
            long controlCustomers, long customers, double difference, JointSample pilot, double alpha) {
        return ofMeans(controlCustomers, customers, difference, pilot.ratioDeviation(), alpha);
    }

    /**
     * The smallest rise of a conversion rate that is found with the given power, as a difference of rates; empty when no
     * rate up to 1 would be high enough.
     */
    public static OptionalDouble minimumDetectableRise(
            long controlCustomers, long customers, double baseline, double alpha, double power) {
        double effect = delta(alpha, power) * error(controlCustomers, customers);
        double angle = Math.asin(Math.sqrt(rate(baseline))) + effect / 2;
        if (angle > Math.PI / 2) return OptionalDouble.empty();
        double root = Math.sin(angle);
        return OptionalDouble.of(root * root - baseline);
    }

    /** The smallest difference of ratios of sums that is found with the given power, in either direction. */
    public static double minimumDetectableRatioDifference(
            long controlCustomers, long customers, JointSample pilot, double alpha, double power) {
        return minimumDetectableDifference(controlCustomers, customers, pilot.ratioDeviation(), alpha, power);
    }

    /**
     * The smallest fall of a conversion rate that is found with the given power, as a positive difference of rates; empty when
     * not even a fall to 0 would be found.
     */
    public static OptionalDouble minimumDetectableFall(
            long controlCustomers, long customers, double baseline, double alpha, double power) {
        return minimumDetectableRise(controlCustomers, customers, 1 - rate(baseline), alpha, power);
    }

    /** The smallest difference of means that is found with the given power, in either direction. */
    public static double minimumDetectableDifference(
            long controlCustomers, long customers, double standardDeviation, double alpha, double power) {
        return delta(alpha, power) * error(controlCustomers, customers) * deviation(standardDeviation);
    }

    private static double cohen(double baseline, double treated) {
        return 2 * Math.asin(Math.sqrt(rate(treated))) - 2 * Math.asin(Math.sqrt(rate(baseline)));
    }

    private static double error(long controlCustomers, long customers) {
        if (controlCustomers < 1 || customers < 1)
            throw new IllegalArgumentException(
                    "%d customers in the control arm, %d in the treatment arm: at least 1 each"
                            .formatted(controlCustomers, customers));
        return Math.sqrt(1.0 / controlCustomers + 1.0 / customers);
    }

    private static double power(double delta, double alpha) {
        double z = Normal.quantile(1 - level(alpha) / 2);
        return Normal.cumulative(delta - z) + Normal.cumulative(-delta - z);
    }

    /** The standardised difference that is found with this power. */
    private static double delta(double alpha, double power) {
        if (!(power > level(alpha) && power < 1))
            throw new IllegalArgumentException("power %s must lie between alpha %s and 1".formatted(power, alpha));
        double z = Normal.quantile(1 - alpha / 2);
        double most = z + Math.max(0, Normal.quantile(power)) + 1;
        return new BracketingNthOrderBrentSolver(1e-14, 1e-14, 5)
                .solve(500, delta -> power(delta, alpha) - power, 0, most);
    }

    private static double level(double alpha) {
        if (!(alpha > 0 && alpha < 1))
            throw new IllegalArgumentException("alpha %s must lie between 0 and 1".formatted(alpha));
        return alpha;
    }

    private static double rate(double rate) {
        if (!(rate >= 0 && rate <= 1))
            throw new IllegalArgumentException("a conversion rate of %s; it lies between 0 and 1".formatted(rate));
        return rate;
    }

    private static double deviation(double standardDeviation) {
        if (!(standardDeviation > 0) || !Double.isFinite(standardDeviation))
            throw new IllegalArgumentException(
                    "a standard deviation of %s; it must be a positive number".formatted(standardDeviation));
        return standardDeviation;
    }
}
