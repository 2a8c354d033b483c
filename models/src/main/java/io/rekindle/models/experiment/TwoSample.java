package io.rekindle.models.experiment;

import io.rekindle.models.experiment.Lift.Measured;
import io.rekindle.models.experiment.Lift.NotMeasurable;
import io.rekindle.models.experiment.Lift.Reason;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Treatment against control: the difference of two means, two proportions or two ratios of sums, with its
 * interval and p-value.
 *
 * <p>What: intention to treat. Put every customer into the arm they were assigned to, whether the message reached them or
 * not, those who bought nothing with an outcome of 0.
 *
 * <p>Assumptions: customers are assigned at random, one by one, and do not influence one another. The mean of each arm is
 * near enough normal: with skewed spend that is a matter of buyers, not of customers; {@link #means} needs some hundred
 * buyers in the smaller arm for a 95 % interval worth its name, {@link #amounts} about ten.
 *
 * <p>Source: means: Welch (1947), unequal variances, Student's t with Satterthwaite's degrees of freedom, for interval and p
 * alike. Proportions looked at once: p from the pooled z-test, the interval from the score test that it is a case of (Mee 1984),
 * so that the interval leaves 0 out exactly when p is below α; looked at at any time: the same two, with the confidence
 * sequence's reach in place of the normal quantile. Amounts most customers have none of: {@link AmountInterval}. Welch's
 * takes the variance of an arm with few buyers from those few, finds it small just when the mean is, and calls a difference
 * of nothing real (9 to 11 % of A/A comparisons with 3 to 7 buyers in the smaller arm, at α = 5 %; watched at any time, with
 * a tenth held out, 8 to 23 % even of large ones). Ratios
 * of sums: delta method, the customer's contribution (y − r x) / mean x is treated as an outcome (Deng, Knoblich and Lu, "Applying the delta
 * method in metric analytics", KDD 2018). Relative difference: delta method,
 * var(m₁/m₀) = v₁/m₀² + v₀ m₁²/m₀⁴, on the same distribution; its p is that of its own statistic. It is left out when m₀ is
 * within three of its standard errors from 0, where the delta method's interval means nothing.
 *
 * <p>Numerics: from sums and sums of squares; a mean that is very large beside its standard deviation (more than about 1e6
 * times) loses digits: take a constant off first. p keeps its relative accuracy down to 1e-300. Complexity: constant.
 * No state.
 */
public final class TwoSample {
    private static final double FEWEST_EXPECTED = 5;
    private static final double FEWEST_FOR_RATIO = 50;

    private TwoSample() {}

    /**
     * Difference of means.
     *
     * @param alpha 1 − confidence of the interval, e.g. 0.05
     */
    public static Lift means(Sample control, Sample treatment, double alpha) {
        return means(control, treatment, new Look.Once(alpha));
    }

    /** Difference of means, looked at once or at any time. */
    public static Lift means(Sample control, Sample treatment, Look look) {
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
        return Contrast.welch(Arm.of(control), Arm.of(treatment)).seen(look);
    }

    /**
     * Difference of mean amounts most customers have none of, such as orders or revenue, looked at once or at any time. Not
     * measurable when, at the common mean, an arm is expected to have less than 5 times c = Σy² / Σy, the size an amount has
     * where amounts are counted by their size. Where amounts are common (a mean above c / 2 in an arm), or add up to nothing
     * or less, this is {@link #means}.
     *
     * <p>The relative difference is told from {@value #FEWEST_FOR_RATIO} such amounts in the smaller arm on: the delta method
     * has the faults of Welch's interval.
     *
     * @param control no outcome is much below 0: amounts taken back may make some a little negative
     */
    public static Lift amounts(Sample control, Sample treatment, Look look) {
        if (control.n() < 2 || treatment.n() < 2) return means(control, treatment, look);
        Sample both = control.plus(treatment);
        if (!areRare(control, treatment)) return means(control, treatment, look);
        double size = both.sumOfSquares() / both.sum();
        long smaller = Math.min(control.n(), treatment.n());
        double expected = expectedAmounts(control, treatment);
        if (expected < FEWEST_EXPECTED) {
            long needed = (long) Math.ceil(FEWEST_EXPECTED * size / both.mean());
            return new NotMeasurable(
                    Reason.TOO_FEW_AMOUNTS,
                    "the %d customers of the smaller arm are expected to come to %s amounts of the usual size of %s"
                            .formatted(smaller, number(expected), number(size)),
                    String.format(Locale.ROOT, "at least 5: %,d customers in the smaller arm", needed),
                    OptionalLong.of(needed));
        }
        var interval = new AmountInterval(control, treatment);
        double reach = look.reachOf(both.n());
        double statistic = interval.statistic();
        return Contrast.of(
                        Arm.of(control),
                        Arm.of(treatment),
                        Double.POSITIVE_INFINITY,
                        Arm.of(control).variance() + Arm.of(treatment).variance())
                .seen(look)
                .instead(
                        interval.low(reach),
                        interval.high(reach),
                        statistic,
                        look.pOf(statistic, both.n()),
                        expected >= FEWEST_FOR_RATIO);
    }

    /** Whether the outcomes are amounts most customers have none of: in neither arm a mean above half of c = Σy² / Σy. */
    public static boolean areRare(Sample control, Sample treatment) {
        Sample both = control.plus(treatment);
        return control.n() > 0
                && treatment.n() > 0
                && both.sum() > 0
                && control.sum() >= 0
                && treatment.sum() >= 0
                && Math.max(control.mean(), treatment.mean()) <= both.sumOfSquares() / both.sum() / 2;
    }

    /**
     * How many amounts of the size c = Σy² / Σy the smaller arm is expected to have at the common mean: what decides whether
     * the mean of skewed amounts is near enough normal, as conversions do for a rate; 0 when they add up to nothing or less.
     */
    public static double expectedAmounts(Sample control, Sample treatment) {
        Sample both = control.plus(treatment);
        return both.sum() <= 0
                ? 0
                : Math.min(control.n(), treatment.n()) * both.mean() * both.sum() / both.sumOfSquares();
    }

    /**
     * Difference of conversion rates. Not measurable when, at the common rate, fewer than 5 conversions or
     * non-conversions are expected in an arm.
     *
     * @param alpha 1 − confidence of the interval, e.g. 0.05
     */
    public static Lift proportions(
            long controlCustomers, long controlConversions, long customers, long conversions, double alpha) {
        return proportions(controlCustomers, controlConversions, customers, conversions, new Look.Once(alpha));
    }

    /** Difference of conversion rates, looked at once or at any time. */
    public static Lift proportions(
            long controlCustomers, long controlConversions, long customers, long conversions, Look look) {
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
        double pooled = rate * (1 - rate) * (1.0 / control.n() + 1.0 / treatment.n());
        var score = new ScoreInterval(controlCustomers, controlConversions, customers, conversions);
        double reach = look.reachOf(control.n() + treatment.n());
        Measured seen = Contrast.of(Arm.ofRate(control), Arm.ofRate(treatment), Double.POSITIVE_INFINITY, pooled)
                .seen(look);
        return seen.between(score.low(reach), score.high(reach));
    }

    /**
     * Difference of ratios of sums, such as revenue per order: the customers were drawn, not the orders, so the denominator
     * is random too. Not measurable when a denominator is within three of its standard errors from 0.
     *
     * @param control per customer the upper number first, the lower second
     */
    public static Lift ratios(JointSample control, JointSample treatment, Look look) {
        if (control.n() < 2 || treatment.n() < 2) return tooFewCustomers(control.n(), treatment.n());
        return obstacle(control, "control")
                .or(() -> obstacle(treatment, "treatment"))
                .<Lift>map(obstacle -> obstacle)
                .orElseGet(() -> Contrast.welch(Arm.ofRatio(control), Arm.ofRatio(treatment))
                        .seen(look));
    }

    private static Optional<NotMeasurable> obstacle(JointSample arm, String name) {
        Sample below = arm.second();
        double error = Math.sqrt(below.variance() / arm.n());
        if (!(Math.abs(below.mean()) > Contrast.CLEAR_OF_ZERO * error))
            return Optional.of(new NotMeasurable(
                    Reason.DENOMINATOR_NEAR_ZERO,
                    "the lower number of the ratio is %s ± %s on average in the %s arm; it may be 0"
                            .formatted(number(below.mean()), number(error), name),
                    "more customers, or a ratio whose lower number is not so close to 0",
                    OptionalLong.empty()));
        if (arm.ratioDeviation() == 0)
            return Optional.of(new NotMeasurable(
                    Reason.NO_VARIATION,
                    "the ratio is %s for every customer of the %s arm".formatted(number(arm.ratio()), name),
                    "customers with different ratios in both arms: wait longer",
                    OptionalLong.empty()));
        return Optional.empty();
    }

    static NotMeasurable tooFewCustomers(long control, long treatment) {
        return new NotMeasurable(
                Reason.TOO_FEW_CUSTOMERS,
                "%d customers in the control arm, %d in the treatment arm".formatted(control, treatment),
                "at least 2 in each; Power tells how many for a difference worth knowing",
                OptionalLong.of(2));
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
