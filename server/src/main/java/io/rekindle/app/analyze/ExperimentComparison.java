package io.rekindle.app.analyze;

import io.rekindle.models.experiment.Lift.Measured;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A metric of an arm against control, as it goes to JSON.
 *
 * @param kind proportion, mean or ratio
 * @param notMeasurable why there is no difference to tell
 */
record ExperimentComparison(
        String metric,
        String kind,
        String arm,
        String control,
        long controlCustomers,
        long customers,
        @Nullable Double controlValue,
        @Nullable Double value,
        @Nullable Interval difference,
        @Nullable Interval relative,
        @Nullable Adjusted adjusted,
        @Nullable Belief posterior,
        @Nullable OnCompliers compliers,
        @Nullable Obstacle notMeasurable) {
    /** An estimate with its interval. */
    record Interval(double estimate, double low, double high, double p, double standardError) {
        static Interval of(Measured lift) {
            return new Interval(lift.estimate(), lift.low(), lift.high(), lift.p(), lift.standardError());
        }

        static @Nullable Interval relative(Measured lift) {
            return lift.relative()
                    .map(r -> new Interval(r.estimate(), r.low(), r.high(), r.p(), r.standardError()))
                    .orElse(null);
        }
    }

    record Adjusted(
            double theta,
            double varianceKept,
            @Nullable Interval difference,
            @Nullable Interval relative) {}

    record Belief(double chanceToBeat, double lossIfChosen, double lossIfRefused, double low, double high) {}

    record OnCompliers(
            double complierShare,
            double firstStage,
            @Nullable Interval effect) {}

    record Obstacle(String reason, String because, String whatItWouldTake) {}

    /** The p-value that counts: with the covariate where there is one. */
    OptionalDouble p() {
        if (adjusted != null && adjusted.difference != null) return OptionalDouble.of(adjusted.difference.p);
        return difference == null ? OptionalDouble.empty() : OptionalDouble.of(difference.p);
    }

    /**
     * The same for a person.
     *
     * @param holm the p-value adjusted for all questions asked
     */
    String words(double alpha, double holm, int questions) {
        var text = new StringBuilder("%s, %s against %s".formatted(metric, arm, control));
        if (difference == null || controlValue == null || value == null)
            return text.append(": not measurable; ")
                    .append(
                            notMeasurable == null
                                    ? ""
                                    : notMeasurable.because + "; it would take " + notMeasurable.whatItWouldTake)
                    .toString();
        text.append(": %s against %s, difference %s"
                .formatted(number(value), number(controlValue), interval(difference, alpha)));
        if (relative != null) text.append(", relative ").append(interval(relative, alpha));
        if (adjusted != null && adjusted.difference != null)
            text.append("; with the covariate %s, on %s %% of the variance"
                    .formatted(interval(adjusted.difference, alpha), number(100 * adjusted.varianceKept)));
        if (compliers != null)
            text.append(
                    compliers.effect == null
                            ? "; too few received it because of their arm to state the effect on them"
                            : "; on the %s %% who received it because of their arm %s"
                                    .formatted(
                                            number(100 * compliers.complierShare), interval(compliers.effect, alpha)));
        if (questions > 1) text.append("; adjusted for %d questions p %s".formatted(questions, number(holm)));
        return text.toString();
    }

    private static String interval(Interval it, double alpha) {
        return "%s (%s %%: %s to %s, p %s)"
                .formatted(
                        number(it.estimate),
                        Figures.of(100 * (1 - alpha)),
                        number(it.low),
                        number(it.high),
                        number(it.p));
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** One row for each comparison. */
    static ResultRows table(List<ExperimentComparison> all, double[] holm, double[] hochberg) {
        return ResultRows.of(all.size())
                .text("metric", i -> all.get(i).metric)
                .text("arm", i -> all.get(i).arm)
                .text("kind", i -> all.get(i).kind)
                .count("controlCustomers", i -> all.get(i).controlCustomers)
                .count("customers", i -> all.get(i).customers)
                .decimal("controlValue", i -> orNone(all.get(i).controlValue))
                .decimal("value", i -> orNone(all.get(i).value))
                .decimal("difference", i -> of(best(all.get(i)), Interval::estimate))
                .decimal("low", i -> of(best(all.get(i)), Interval::low))
                .decimal("high", i -> of(best(all.get(i)), Interval::high))
                .decimal("p", i -> of(best(all.get(i)), Interval::p))
                .decimal("pHolm", holm)
                .decimal("pBenjaminiHochberg", hochberg)
                .decimal("relative", i -> of(relative(all.get(i)), Interval::estimate))
                .decimal("relativeLow", i -> of(relative(all.get(i)), Interval::low))
                .decimal("relativeHigh", i -> of(relative(all.get(i)), Interval::high))
                .decimal("chanceToBeat", i -> chance(all.get(i).posterior))
                .text("notMeasurable", i -> reason(all.get(i).notMeasurable));
    }

    private static double of(@Nullable Interval interval, ToDoubleFunction<Interval> figure) {
        return interval == null ? Double.NaN : figure.applyAsDouble(interval);
    }

    private static double chance(@Nullable Belief belief) {
        return belief == null ? Double.NaN : belief.chanceToBeat;
    }

    private static @Nullable String reason(@Nullable Obstacle obstacle) {
        return obstacle == null ? null : obstacle.reason;
    }

    private static double orNone(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    private static @Nullable Interval best(ExperimentComparison it) {
        return it.adjusted != null && it.adjusted.difference != null ? it.adjusted.difference : it.difference;
    }

    private static @Nullable Interval relative(ExperimentComparison it) {
        return it.adjusted != null && it.adjusted.difference != null ? it.adjusted.relative : it.relative;
    }
}
