package io.rekindle.models.experiment;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The difference a treatment made, or why it cannot be told.
 *
 * <p>What: {@link Measured} has the difference with its interval and p-value, {@link NotMeasurable} says what is lacking and
 * what it would take. Assumption and source: as of the comparison it comes from, {@link TwoSample} among them. Complexity:
 * none of its own.
 */
public sealed interface Lift {
    /**
     * A difference, treatment minus control.
     *
     * @param control mean of the control arm
     * @param treatment mean of the treatment arm
     * @param estimate treatment − control
     * @param low lower end of the interval
     * @param high upper end of the interval
     * @param confidence of the interval, e.g. 0.95
     * @param p two-sided p-value of no difference
     * @param statistic the test statistic behind p
     * @param degreesOfFreedom of Student's t; positive infinity for the normal distribution
     * @param standardError of the estimate
     * @param relative the difference as a share of the control arm's mean; empty when that mean is not clearly different
     *     from 0
     */
    record Measured(
            double control,
            double treatment,
            double estimate,
            double low,
            double high,
            double confidence,
            double p,
            double statistic,
            double degreesOfFreedom,
            double standardError,
            Optional<Relative> relative)
            implements Lift {
        public Measured {
            if (!(low <= estimate && estimate <= high))
                throw new IllegalArgumentException(
                        "estimate %s lies outside its interval %s to %s".formatted(estimate, low, high));
            if (!(p >= 0 && p <= 1)) throw new IllegalArgumentException("p-value %s is outside 0..1".formatted(p));
        }

        /** The same with another interval. */
        Measured between(double low, double high) {
            return new Measured(
                    control,
                    treatment,
                    estimate,
                    low,
                    high,
                    confidence,
                    p,
                    statistic,
                    degreesOfFreedom,
                    standardError,
                    relative);
        }

        /** The same with another interval and test. */
        Measured instead(double low, double high, double statistic, double p, boolean relatively) {
            return new Measured(
                    control,
                    treatment,
                    estimate,
                    Math.min(low, estimate),
                    Math.max(high, estimate),
                    confidence,
                    p,
                    statistic,
                    degreesOfFreedom,
                    standardError,
                    relatively ? relative : Optional.empty());
        }

        /** Whether the whole interval lies on one side of 0. */
        public boolean excludesZero() {
            return low > 0 || high < 0;
        }
    }

    /**
     * (treatment − control) / control.
     *
     * @param estimate the relative difference, 0.1 for ten percent more
     * @param low lower end of the interval
     * @param high upper end of the interval
     * @param p two-sided p-value of no relative difference
     * @param standardError of the estimate
     */
    record Relative(double estimate, double low, double high, double p, double standardError) {}

    /**
     * No statement.
     *
     * @param reason why, for programs
     * @param because why, in words and numbers
     * @param whatItWouldTake what would make it measurable
     * @param neededInSmallerArm how many customers the smaller arm would need, where a number makes it measurable
     */
    record NotMeasurable(Reason reason, String because, String whatItWouldTake, OptionalLong neededInSmallerArm)
            implements Lift {}

    /** Why a lift cannot be measured. */
    enum Reason {
        /** An arm has fewer than two customers. */
        TOO_FEW_CUSTOMERS,
        /** Too few converted, or too few did not, for the normal approximation. */
        TOO_FEW_CONVERSIONS,
        /** Too few amounts, counted by their size, are expected in an arm. */
        TOO_FEW_AMOUNTS,
        /** All outcomes of an arm are the same. */
        NO_VARIATION,
        /** The lower number of a ratio may be 0. */
        DENOMINATOR_NEAR_ZERO
    }
}
