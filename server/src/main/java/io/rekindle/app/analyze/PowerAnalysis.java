package io.rekindle.app.analyze;

import io.rekindle.models.experiment.Power;
import io.rekindle.platform.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rekindle analyze power}: how many customers an experiment needs, or what it can see with those there are. */
@Command(
        name = "power",
        description = {
            "How many customers an experiment needs, how surely it finds a difference, and the smallest it can find.",
            "A conversion rate: --baseline RATE. A mean or a ratio: --baseline MEAN --deviation D (standard deviation between customers).",
            "With a difference (--lift or --relative) it tells the customers; with --customers what they can see.",
            "Rows, a curve over customers: customers, controlCustomers, treatmentCustomers, power, minimumDetectable."
        },
        mixinStandardHelpOptions = true)
final class PowerAnalysis extends Analysis {
    private static final int POINTS = 60;

    @Option(names = "--baseline", required = true, description = "Conversion rate, or mean, without treatment.")
    private double baseline;

    @Option(
            names = "--deviation",
            paramLabel = "D",
            description = "Standard deviation of the outcome between customers; without it the outcome is a rate.")
    private @Nullable Double deviation;

    @Option(
            names = "--correlation",
            paramLabel = "R",
            description = "Of the outcome with a covariate known before (CUPED); needs --deviation.")
    private @Nullable Double correlation;

    @Option(names = "--lift", paramLabel = "D", description = "The difference to see: 0.01 for one point.")
    private @Nullable Double lift;

    @Option(names = "--relative", paramLabel = "R", description = "The same as a share of the baseline: 0.1 for 10 %%.")
    private @Nullable Double relative;

    @Option(names = "--customers", paramLabel = "N", description = "Customers in both arms together.")
    private @Nullable Long customers;

    @Option(
            names = "--ratio",
            description = "Customers in the treatment arm for each in the control arm (default: ${DEFAULT-VALUE}).")
    private double ratio = 1;

    @Option(names = "--alpha", description = "Level of the two-sided test (default: ${DEFAULT-VALUE}).")
    private double alpha = .05;

    @Option(names = "--power", description = "Probability to find the difference (default: ${DEFAULT-VALUE}).")
    private double power = .8;

    /**
     * What was asked and the answer.
     *
     * @param controlCustomersExact as the formula gives it, before rounding up
     */
    record Results(
            String kind,
            double baseline,
            @Nullable Double difference,
            double alpha,
            double power,
            double ratio,
            @Nullable Double controlCustomersExact,
            @Nullable Long controlCustomers,
            @Nullable Long treatmentCustomers,
            @Nullable Double powerWithCustomers,
            @Nullable Double minimumDetectable) {}

    @Override
    Outcome analyse(Progress progress) {
        if (deviation == null && !(baseline >= 0 && baseline <= 1))
            throw Problem.invalid(
                    "rate_invalid",
                    "--baseline %s is no conversion rate, which lies between 0 and 1; for a mean say --deviation too"
                            .formatted(baseline));
        if (lift != null && relative != null)
            throw Problem.invalid("difference_twice", "--lift and --relative say the same; give one of them");
        Double difference = lift != null ? lift : relative != null ? Double.valueOf(relative * baseline) : null;
        if (difference == null && customers == null)
            throw Problem.invalid(
                    "nothing_asked",
                    "say what is to be seen (--lift or --relative), or how many --customers there are");
        if (customers != null && customers < 2)
            throw Problem.invalid("too_few_customers", "%d customers cannot make two arms".formatted(customers));
        var card = new Card();
        double spread = spread();
        Double exact = null;
        Long needed = null;
        Long neededTreated = null;
        if (difference != null) {
            exact = deviation == null
                    ? Power.customersForProportions(baseline, baseline + difference, alpha, power, ratio)
                    : Power.customersForMeans(difference, spread, alpha, power, ratio);
            needed = (long) Math.ceil(exact);
            neededTreated = (long) Math.ceil(exact * ratio);
            if (deviation == null && Math.min(needed, neededTreated) * Math.min(baseline, 1 - baseline) < 5)
                card.warn(
                        "few_conversions",
                        "with so few customers fewer than 5 conversions are expected in an arm; the normal approximation does not hold");
        }
        Double found = null;
        OptionalDouble least = OptionalDouble.empty();
        if (customers != null) {
            long control = controlOf(customers);
            if (difference != null) found = powerWith(control, customers - control, difference, spread);
            least = least(control, customers - control, spread);
            if (least.isEmpty())
                card.warn("too_few_customers", "no rise up to 100 % would be found with so few customers");
        }
        long middle =
                needed != null && neededTreated != null ? needed + neededTreated : customers == null ? 1000 : customers;
        var curve = curve(middle, difference, spread);
        var words = new ArrayList<String>();
        if (difference != null && needed != null && neededTreated != null)
            words.add(String.format(
                    Locale.ROOT,
                    "to find a change from %s to %s with power %s at level %s: %,d customers in control and %,d treated",
                    number(baseline),
                    number(baseline + difference),
                    number(power),
                    number(alpha),
                    needed,
                    neededTreated));
        if (customers != null) {
            if (found != null)
                words.add(String.format(
                        Locale.ROOT, "%,d customers find it with a probability of %s", customers, number(found)));
            words.add(
                    least.isPresent()
                            ? String.format(
                                    Locale.ROOT,
                                    "the smallest rise %,d customers find with power %s is %s",
                                    customers,
                                    number(power),
                                    number(least.getAsDouble()))
                            : String.format(
                                    Locale.ROOT,
                                    "%,d customers find no rise with power %s, not even one to all: more are needed",
                                    customers,
                                    number(power)));
        }
        return new Outcome(
                new Results(
                        deviation == null ? "proportion" : "mean",
                        baseline,
                        difference,
                        alpha,
                        power,
                        ratio,
                        exact,
                        needed,
                        neededTreated,
                        found,
                        least.isPresent() ? Double.valueOf(least.getAsDouble()) : null),
                words,
                curve,
                charts(curve, difference),
                card);
    }

    private double spread() {
        if (deviation == null) {
            if (correlation != null)
                throw Problem.invalid(
                        "correlation_without_deviation", "--correlation needs --deviation: a rate is taken without");
            return Double.NaN;
        }
        return correlation == null ? deviation : Power.deviationWithCovariate(deviation, correlation);
    }

    private long controlOf(long all) {
        if (!(ratio > 0) || !Double.isFinite(ratio))
            throw Problem.invalid(
                    "ratio_invalid", "a ratio of %s between the arms; it must be positive".formatted(ratio));
        return Math.clamp(Math.round(all / (1 + ratio)), 1, all - 1);
    }

    private double powerWith(long control, long treated, double difference, double spread) {
        return deviation == null
                ? Power.ofProportions(control, treated, baseline, baseline + difference, alpha)
                : Power.ofMeans(control, treated, difference, spread, alpha);
    }

    private OptionalDouble least(long control, long treated, double spread) {
        return deviation == null
                ? Power.minimumDetectableRise(control, treated, baseline, alpha, power)
                : OptionalDouble.of(Power.minimumDetectableDifference(control, treated, spread, alpha, power));
    }

    private ResultRows curve(long middle, @Nullable Double difference, double spread) {
        long[] all = new long[POINTS];
        double[] found = new double[POINTS];
        double[] least = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            all[i] = Math.max(4, Math.round(middle * (i + 1) * 2.0 / POINTS));
            long control = controlOf(all[i]);
            found[i] = difference == null ? Double.NaN : powerWith(control, all[i] - control, difference, spread);
            least[i] = least(control, all[i] - control, spread).orElse(Double.NaN);
        }
        return ResultRows.of(POINTS)
                .count("customers", i -> all[i])
                .count("controlCustomers", i -> controlOf(all[i]))
                .count("treatmentCustomers", i -> all[i] - controlOf(all[i]))
                .decimal("power", found)
                .decimal("minimumDetectable", least);
    }

    private List<Chart> charts(ResultRows curve, @Nullable Double difference) {
        double[] x = column(curve, 0);
        var charts = new ArrayList<Chart>();
        if (difference != null)
            charts.add(new Chart.Lines(
                    "How surely the change is found",
                    "A change from %s to %s, over the customers of both arms."
                            .formatted(number(baseline), number(baseline + difference)),
                    "customers of both arms",
                    "power",
                    List.of(
                            Chart.Line.of("power", x, column(curve, 3)),
                            new Chart.Line(
                                    "asked for",
                                    new double[] {x[0], x[x.length - 1]},
                                    new double[] {power, power},
                                    true))));
        charts.add(new Chart.Lines(
                "The smallest rise that is found",
                "With power %s, over the customers of both arms.".formatted(number(power)),
                "customers of both arms",
                "rise",
                List.of(Chart.Line.of("smallest rise", x, column(curve, 4)))));
        return charts;
    }

    private static double[] column(ResultRows rows, int column) {
        double[] values = new double[rows.size()];
        for (int i = 0; i < values.length; i++)
            values[i] = switch (rows.columns().get(column)) {
                case ResultRows.Column.Count(var name, var value) -> value.applyAsLong(i);
                case ResultRows.Column.Decimal(var name, var value) -> value.applyAsDouble(i);
                case ResultRows.Column.Text text -> Double.NaN;
                case ResultRows.Column.Day day -> Double.NaN;
            };
        return values;
    }

    private static String number(double value) {
        var figure = String.format(Locale.ROOT, "%.4g", value);
        return figure.contains(".") && !figure.contains("e") ? figure.replaceAll("\\.?0+$", "") : figure;
    }
}
