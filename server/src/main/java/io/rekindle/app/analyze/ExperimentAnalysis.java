package io.rekindle.app.analyze;

import io.rekindle.models.experiment.Lift.Measured;
import io.rekindle.models.experiment.Lift.NotMeasurable;
import io.rekindle.models.experiment.Look;
import io.rekindle.models.experiment.MultipleComparisons;
import io.rekindle.models.experiment.SampleRatio;
import io.rekindle.models.experiment.TwoSample;
import io.rekindle.models.experiment.Winsor;
import io.rekindle.platform.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze experiment}: what a treatment changed, one row of the file for each customer. */
@Command(
        name = "experiment",
        description = {
            "What a treatment changed: every other arm against control, by intention to treat; one row for each customer.",
            "A metric of 0 and 1 (or true and false) is a rate, any other a mean; with --per a ratio of sums.",
            "Rows: metric, arm, kind, controlCustomers, customers, controlValue, value, difference, low, high, p, pHolm, pBenjaminiHochberg, relative, relativeLow, relativeHigh, chanceToBeat, notMeasurable."
        },
        mixinStandardHelpOptions = true)
final class ExperimentAnalysis extends Analysis {
    private static final Field ARM = Field.key("arm");
    private static final Field COVARIATE = Field.key("covariate").optional();
    private static final Field PER = Field.key("per").optional();
    private static final Field RECEIVED = Field.key("received").optional();

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(names = "--arm", required = true, paramLabel = "COLUMN", description = "Which column tells the arm.")
    @SuppressWarnings("NullAway.Init")
    private String arm;

    @Option(names = "--control", required = true, paramLabel = "VALUE", description = "The control arm's value.")
    @SuppressWarnings("NullAway.Init")
    private String control;

    @Option(
            names = "--metric",
            required = true,
            split = ",",
            paramLabel = "COLUMN",
            description = "The outcome, several with commas; then p-values are adjusted for their number.")
    private List<String> metrics = new ArrayList<>();

    @Option(
            names = "--covariate",
            paramLabel = "COLUMN",
            description = "A number known of each customer before the experiment, to take noise out (CUPED).")
    private @Nullable String covariate;

    @Option(
            names = "--per",
            paramLabel = "COLUMN",
            description = "Compare the ratio of the metric's sum to this column's, such as revenue per order.")
    private @Nullable String per;

    @Option(
            names = "--received",
            paramLabel = "COLUMN",
            description = "Whether the customer received the treatment (1 or 0): states the effect on compliers apart.")
    private @Nullable String received;

    @Option(
            names = "--sequential",
            description = "Intervals and p-values that may be looked at any time, as often as one likes.")
    private boolean sequential;

    @Option(
            names = "--narrowest-at",
            paramLabel = "N",
            description =
                    "Customers at which the sequential interval is narrowest; chosen before the data (default: ${DEFAULT-VALUE}).")
    private double narrowestAt = 5000;

    @Option(names = "--alpha", description = "1 − confidence (default: ${DEFAULT-VALUE}).")
    private double alpha = .05;

    @Option(
            names = "--winsorise",
            paramLabel = "QUANTILE",
            description = "Cap outcomes above this quantile of all arms' outcomes, e.g. 0.99.")
    private @Nullable Double winsorise;

    @Option(
            names = "--shares",
            split = ",",
            paramLabel = "ARM=SHARE",
            description = "The shares the arms were meant to have (default: all the same).")
    private Map<String, Double> shares = new LinkedHashMap<>();

    record ArmSize(String arm, long customers) {}

    record Ratio(double chiSquare, double p, boolean mismatch) {}

    record Results(
            List<ArmSize> arms,
            @Nullable Ratio sampleRatio,
            double alpha,
            String look,
            @Nullable Double cappedAt,
            List<ExperimentComparison> comparisons,
            List<Double> pHolm,
            List<Double> pBenjaminiHochberg) {}

    @Override
    Outcome analyse(Progress progress) {
        var look = sequential ? new Look.Anytime(alpha, narrowestAt) : new Look.Once(alpha);
        var fields = new ArrayList<>(List.of(ARM, COVARIATE, PER, RECEIVED));
        var named = new LinkedHashMap<String, String>();
        named.put(ARM.name(), arm);
        if (covariate != null) named.put(COVARIATE.name(), covariate);
        if (per != null) named.put(PER.name(), per);
        if (received != null) named.put(RECEIVED.name(), received);
        for (int i = 0; i < metrics.size(); i++) {
            var field = metric(i);
            fields.add(field);
            named.put(field.name(), metrics.get(i));
        }
        var rows = input.read(fields, named, progress);
        var card = new Card();
        var arms = rows.keys(ARM);
        int controlArm = arms.names().indexOf(control);
        if (controlArm < 0)
            throw Problem.invalid(
                    "control_unknown",
                    "%s: no row has '%s' in column %s; there are %s"
                            .formatted(
                                    input.fileName(),
                                    control,
                                    arm,
                                    arms.names().isEmpty() ? "only empty cells" : some(arms.names())));
        if (arms.names().size() < 2)
            throw Problem.invalid(
                    "one_arm_only",
                    "%s: every row has '%s' in column %s; a comparison needs a second arm"
                            .formatted(input.fileName(), control, arm));
        if (arms.names().size() > 50)
            throw Problem.invalid(
                    "too_many_arms",
                    "column %s has %,d values; at most 50 arms are compared. Is it the right column?"
                            .formatted(arm, arms.names().size()));
        long[] sizes = new long[arms.names().size()];
        for (int code : arms.codes()) if (code >= 0) sizes[code]++;
        card.read(
                input.fileName(),
                rows.size(),
                Arrays.stream(sizes).sum(),
                List.of(new Card.LeftOut(
                        "rows without an arm",
                        rows.size() - Arrays.stream(sizes).sum())));
        var ratio = sampleRatio(arms.names(), sizes, card);

        double[] before = rows.has(COVARIATE) ? numbers(rows, named, COVARIATE) : new double[0];
        double[] below = rows.has(PER) ? numbers(rows, named, PER) : new double[0];
        double[] got = rows.has(RECEIVED) ? numbers(rows, named, RECEIVED) : new double[0];
        long untold = Arrays.stream(got).filter(Double::isNaN).count();
        if (untold > 0)
            card.warn(
                    "receipt_missing",
                    "of %,d customers it is not told whether they received it; they count as if they had not"
                            .formatted(untold));
        for (double value : got)
            if (value != 0 && value != 1 && !Double.isNaN(value))
                throw Problem.invalid(
                        "not_yes_or_no", "column %s holds %s; it must be 1 or 0".formatted(received, value));
        if (rows.has(COVARIATE)) checkCovariate(before, arms, controlArm, card);

        var comparisons = new ArrayList<ExperimentComparison>();
        var charts = new ArrayList<Chart>();
        Double cappedAt = null;
        for (int m = 0; m < metrics.size(); m++) {
            double[] outcome = numbers(rows, named, metric(m));
            int[] kept = IntStream.range(0, rows.size())
                    .filter(row -> arms.has(row) && !Double.isNaN(outcome[row]))
                    .filter(row -> below.length == 0 || !Double.isNaN(below[row]))
                    .toArray();
            long without = Arrays.stream(sizes).sum() - kept.length;
            if (without > 0)
                card.warn(
                        "outcomes_missing",
                        "%,d customers have no %s and are left out; where that depends on the arm the comparison is not fair"
                                .formatted(without, metrics.get(m)));
            boolean binary =
                    below.length == 0 && Arrays.stream(kept).allMatch(row -> outcome[row] == 0 || outcome[row] == 1);
            if (winsorise != null && !binary && kept.length > 0) {
                var limits = Winsor.above(
                        Arrays.stream(kept).mapToDouble(row -> outcome[row]).toArray(), winsorise, false);
                if (limits.high()
                        <= Arrays.stream(kept)
                                .mapToDouble(row -> outcome[row])
                                .min()
                                .orElse(0))
                    throw Problem.invalid(
                            "cap_levels_all",
                            "--winsorise %s caps every outcome of %s at %s: more than that share of customers have it; choose a higher quantile"
                                    .formatted(winsorise, metrics.get(m), ExperimentComparison.number(limits.high())));
                long capped = Arrays.stream(kept)
                        .filter(row -> outcome[row] > limits.high())
                        .count();
                for (int row : kept) outcome[row] = limits.cap(outcome[row]);
                cappedAt = limits.high();
                card.warn(
                        "outcomes_capped",
                        "%,d outcomes of %s were capped at %s"
                                .formatted(capped, metrics.get(m), ExperimentComparison.number(limits.high())));
            }
            long negative = Arrays.stream(kept).filter(row -> outcome[row] < 0).count();
            if (negative > 0)
                card.warn(
                        "negative_outcomes",
                        "%,d outcomes of %s are negative; they count as they are".formatted(negative, metrics.get(m)));
            for (int other = 0; other < arms.names().size(); other++) {
                if (other == controlArm) continue;
                var data =
                        new ExperimentArms(kept, arms.codes(), outcome, below, before, got, controlArm, other, binary);
                if (data.hasFewAmounts())
                    card.warn(
                            "few_amounts",
                            "%s, %s: the smaller arm is expected to have fewer than 50 amounts of the usual size; the interval is a score interval, and nothing is told by covariate, by receipt or as a belief"
                                    .formatted(metrics.get(m), arms.names().get(other)));
                if (data.isFarFromZero())
                    card.warn(
                            "far_from_zero",
                            "the outcomes of %s differ by less than a ten-thousandth of their size: digits are lost; take a constant off them first"
                                    .formatted(metrics.get(m)));
                var comparison = data.compare(metrics.get(m), arms.names().get(other), control, look, alpha);
                comparisons.add(comparison);
                if (comparison.notMeasurable() != null)
                    card.warn(
                            "not_measurable",
                            "%s, %s: %s"
                                    .formatted(
                                            metrics.get(m),
                                            comparison.arm(),
                                            comparison.notMeasurable().because()));
                if (charts.size() < 8)
                    charts.add(data.overTime(metrics.get(m), arms.names().get(other), control, alpha, narrowestAt));
            }
        }

        int[] testable = IntStream.range(0, comparisons.size())
                .filter(i -> comparisons.get(i).p().isPresent())
                .toArray();
        double[] p = Arrays.stream(testable)
                .mapToDouble(i -> comparisons.get(i).p().orElseThrow())
                .toArray();
        double[] holm = spread(MultipleComparisons.holm(p), testable, comparisons.size());
        double[] hochberg = spread(MultipleComparisons.benjaminiHochberg(p), testable, comparisons.size());
        var words = new ArrayList<String>();
        if (ratio != null)
            words.add(String.format(
                    Locale.ROOT,
                    "arm sizes: %s (p %s)",
                    ratio.mismatch
                            ? "NOT as they were drawn; no difference below can be trusted"
                            : "as they were drawn",
                    ExperimentComparison.number(ratio.p)));
        for (int i = 0; i < comparisons.size(); i++)
            words.add(comparisons.get(i).words(alpha, holm[i], comparisons.size()));
        return new Outcome(
                new Results(
                        IntStream.range(0, sizes.length)
                                .mapToObj(i -> new ArmSize(arms.names().get(i), sizes[i]))
                                .toList(),
                        ratio,
                        alpha,
                        sequential ? "anytime" : "once",
                        cappedAt,
                        comparisons,
                        Arrays.stream(holm).boxed().toList(),
                        Arrays.stream(hochberg).boxed().toList()),
                words,
                ExperimentComparison.table(comparisons, holm, hochberg),
                charts,
                card);
    }

    private static Field metric(int i) {
        return Field.key(i == 0 ? "metric" : "metric" + (i + 1));
    }

    private static String some(List<String> names) {
        return String.join(", ", names.stream().limit(10).toList()) + (names.size() > 10 ? ", …" : "");
    }

    private @Nullable Ratio sampleRatio(List<String> names, long[] sizes, Card card) {
        double[] share = new double[names.size()];
        Arrays.fill(share, 1);
        if (!shares.isEmpty())
            for (int i = 0; i < share.length; i++) {
                var meant = shares.get(names.get(i));
                if (meant == null)
                    throw Problem.invalid(
                            "share_missing", "--shares names no share for arm '%s'".formatted(names.get(i)));
                share[i] = meant;
            }
        var test = SampleRatio.test(sizes, share);
        if (test.mismatch())
            card.warn(
                    "sample_ratio_mismatch",
                    "the arms have not the sizes they were drawn for (p %s)%s; something loses or doubles customers by arm, and no difference can be trusted"
                            .formatted(
                                    ExperimentComparison.number(test.p()),
                                    shares.isEmpty() ? ", if all were to be the same size (else say --shares)" : ""));
        return new Ratio(test.chiSquare(), test.p(), test.mismatch());
    }

    /** A covariate that differs between the arms was no covariate known before, or the arms were not drawn at random. */
    private void checkCovariate(double[] before, Keys arms, int controlArm, Card card) {
        for (int other = 0; other < arms.names().size(); other++) {
            if (other == controlArm) continue;
            int arm = other;
            int[] both = IntStream.range(0, before.length)
                    .filter(row -> !Double.isNaN(before[row]))
                    .filter(row -> arms.codes()[row] == controlArm || arms.codes()[row] == arm)
                    .toArray();
            var data = new ExperimentArms(
                    both, arms.codes(), before, new double[0], new double[0], new double[0], controlArm, arm, false);
            switch (TwoSample.means(data.control().first(), data.treatment().first(), .05)) {
                case Measured measured
                when measured.p() < .001 ->
                    card.warn(
                            "covariate_differs",
                            "the covariate differs between control and %s (p %s): it may not have been known before, or the arms were not drawn at random"
                                    .formatted(arms.names().get(arm), ExperimentComparison.number(measured.p())));
                case Measured measured -> {}
                case NotMeasurable none ->
                    card.warn("covariate_useless", "the covariate tells nothing: " + none.because());
            }
        }
    }

    private double[] numbers(DataRows rows, Map<String, String> named, Field field) {
        var keys = rows.keys(field);
        double[] values = new double[keys.names().size()];
        for (int i = 0; i < values.length; i++) {
            var text = keys.names().get(i);
            double value = switch (text.toLowerCase(Locale.ROOT)) {
                case "true", "yes" -> 1;
                case "false", "no" -> 0;
                default -> rows.written().read(text);
            };
            if (!(Math.abs(value) <= DataRows.LARGEST)) {
                int wrong = i;
                int row = IntStream.range(0, keys.codes().length)
                        .filter(r -> keys.codes()[r] == wrong)
                        .findFirst()
                        .orElse(0);
                throw Problem.invalid(
                        "not_a_number",
                        "%s, row %d, column %s: '%s' %s"
                                .formatted(
                                        input.fileName(),
                                        row + 2,
                                        named.getOrDefault(field.name(), field.name()),
                                        text,
                                        DataRows.fault(text, rows.written())
                                                .replace("is not a number", "is neither a number nor true or false")));
            }
            values[i] = value;
        }
        double[] numbers = new double[keys.codes().length];
        for (int row = 0; row < numbers.length; row++)
            numbers[row] = keys.codes()[row] < 0 ? Double.NaN : values[keys.codes()[row]];
        return numbers;
    }

    private static double[] spread(double[] values, int[] places, int size) {
        double[] all = new double[size];
        Arrays.fill(all, Double.NaN);
        for (int i = 0; i < places.length; i++) all[places[i]] = values[i];
        return all;
    }
}
