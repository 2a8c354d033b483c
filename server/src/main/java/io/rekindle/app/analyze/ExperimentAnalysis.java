package io.rekindle.app.analyze;

import io.rekindle.models.experiment.Compliance;
import io.rekindle.models.experiment.Cuped;
import io.rekindle.models.experiment.JointSample;
import io.rekindle.models.experiment.Lift;
import io.rekindle.models.experiment.Lift.Measured;
import io.rekindle.models.experiment.Lift.NotMeasurable;
import io.rekindle.models.experiment.Look;
import io.rekindle.models.experiment.MultipleComparisons;
import io.rekindle.models.experiment.Posterior;
import io.rekindle.models.experiment.Posterior.Prior;
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
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
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
    private static final int POINTS = 80;

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

    record Comparison(
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
        /** The p-value that counts: with the covariate where there is one. */
        OptionalDouble p() {
            if (adjusted != null && adjusted.difference != null) return OptionalDouble.of(adjusted.difference.p);
            return difference == null ? OptionalDouble.empty() : OptionalDouble.of(difference.p);
        }
    }

    record ArmSize(String arm, long customers) {}

    record Ratio(double chiSquare, double p, boolean mismatch) {}

    record Results(
            List<ArmSize> arms,
            @Nullable Ratio sampleRatio,
            double alpha,
            String look,
            @Nullable Double cappedAt,
            List<Comparison> comparisons,
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
                            .formatted(input.fileName(), control, arm, some(arms.names())));
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

        double[] before = rows.has(COVARIATE) ? numbers(rows.keys(COVARIATE), named, COVARIATE) : new double[0];
        double[] below = rows.has(PER) ? numbers(rows.keys(PER), named, PER) : new double[0];
        double[] got = rows.has(RECEIVED) ? numbers(rows.keys(RECEIVED), named, RECEIVED) : new double[0];
        for (double value : got)
            if (value != 0 && value != 1 && !Double.isNaN(value))
                throw Problem.invalid(
                        "not_yes_or_no", "column %s holds %s; it must be 1 or 0".formatted(received, value));
        if (rows.has(COVARIATE)) checkCovariate(before, arms, controlArm, card);

        var comparisons = new ArrayList<Comparison>();
        var charts = new ArrayList<Chart>();
        Double cappedAt = null;
        for (int m = 0; m < metrics.size(); m++) {
            double[] outcome = numbers(rows.keys(metric(m)), named, metric(m));
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
                long capped = Arrays.stream(kept)
                        .filter(row -> outcome[row] > limits.high())
                        .count();
                for (int row : kept) outcome[row] = limits.cap(outcome[row]);
                cappedAt = limits.high();
                card.warn(
                        "outcomes_capped",
                        "%,d outcomes of %s were capped at %s"
                                .formatted(capped, metrics.get(m), number(limits.high())));
            }
            long negative = Arrays.stream(kept).filter(row -> outcome[row] < 0).count();
            if (negative > 0)
                card.warn(
                        "negative_outcomes",
                        "%,d outcomes of %s are negative; they count as they are".formatted(negative, metrics.get(m)));
            for (int other = 0; other < arms.names().size(); other++) {
                if (other == controlArm) continue;
                var data = new Data(kept, arms.codes(), outcome, below, before, got, controlArm, other, binary);
                var comparison = compare(metrics.get(m), arms.names().get(other), data, look);
                comparisons.add(comparison);
                if (comparison.notMeasurable != null)
                    card.warn(
                            "not_measurable",
                            "%s, %s: %s".formatted(metrics.get(m), comparison.arm, comparison.notMeasurable.because));
                if (charts.size() < 8)
                    charts.add(data.overTime(metrics.get(m), arms.names().get(other)));
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
                    number(ratio.p)));
        for (int i = 0; i < comparisons.size(); i++) words.add(words(comparisons.get(i), holm[i], comparisons.size()));
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
                table(comparisons, holm, hochberg),
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
                                    number(test.p()),
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
            var data = new Data(
                    both, arms.codes(), before, new double[0], new double[0], new double[0], controlArm, arm, false);
            switch (TwoSample.means(data.control().first(), data.treatment().first(), .05)) {
                case Measured measured
                when measured.p() < .001 ->
                    card.warn(
                            "covariate_differs",
                            "the covariate differs between control and %s (p %s): it may not have been known before, or the arms were not drawn at random"
                                    .formatted(arms.names().get(arm), number(measured.p())));
                case Measured measured -> {}
                case NotMeasurable none ->
                    card.warn("covariate_useless", "the covariate tells nothing: " + none.because());
            }
        }
    }

    private double[] numbers(Keys keys, Map<String, String> named, Field field) {
        double[] values = new double[keys.names().size()];
        for (int i = 0; i < values.length; i++) {
            var text = keys.names().get(i);
            double value = switch (text.toLowerCase(Locale.ROOT)) {
                case "true", "yes" -> 1;
                case "false", "no" -> 0;
                default -> parsed(text);
            };
            if (!Double.isFinite(value)) {
                int wrong = i;
                int row = IntStream.range(0, keys.codes().length)
                        .filter(r -> keys.codes()[r] == wrong)
                        .findFirst()
                        .orElse(0);
                throw Problem.invalid(
                        "not_a_number",
                        "%s, row %d, column %s: '%s' is neither a number nor true or false"
                                .formatted(
                                        input.fileName(),
                                        row + 2,
                                        named.getOrDefault(field.name(), field.name()),
                                        text));
            }
            values[i] = value;
        }
        double[] numbers = new double[keys.codes().length];
        for (int row = 0; row < numbers.length; row++)
            numbers[row] = keys.codes()[row] < 0 ? Double.NaN : values[keys.codes()[row]];
        return numbers;
    }

    private static double parsed(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private Comparison compare(String metric, String arm, Data data, Look look) {
        JointSample ofControl = data.control();
        JointSample ofTreatment = data.treatment();
        var lift = data.lift(ofControl, ofTreatment, look);
        Adjusted adjusted = null;
        Lift best = lift;
        if (data.before.length > 0 && data.below.length == 0) {
            // Customers without the covariate stay in at its mean: they lose precision, not their place.
            var cuped = Cuped.means(data.withCovariate(data.controlArm), data.withCovariate(data.arm), look);
            best = cuped.adjusted();
            adjusted = switch (best) {
                case Measured measured ->
                    new Adjusted(
                            cuped.theta(), cuped.varianceKept(), Interval.of(measured), Interval.relative(measured));
                case NotMeasurable none -> new Adjusted(cuped.theta(), cuped.varianceKept(), null, null);
            };
        }
        OnCompliers compliers = null;
        if (data.received.length > 0 && data.below.length == 0) {
            var compliance = Compliance.of(data.withReceipt(data.controlArm), data.withReceipt(data.arm), alpha);
            compliers = new OnCompliers(
                    compliance.complierShare(),
                    compliance.firstStage(),
                    compliance
                            .onCompliers()
                            .map(e -> new Interval(e.estimate(), e.low(), e.high(), e.p(), e.standardError()))
                            .orElse(null));
        }
        return switch (lift) {
            case NotMeasurable none ->
                new Comparison(
                        metric,
                        data.kind(),
                        arm,
                        control,
                        ofControl.n(),
                        ofTreatment.n(),
                        data.value(ofControl),
                        data.value(ofTreatment),
                        null,
                        null,
                        null,
                        data.binary ? belief(data.rates(ofControl, ofTreatment, 1 - alpha)) : null,
                        null,
                        new Obstacle(
                                none.reason().name().toLowerCase(Locale.ROOT), none.because(), none.whatItWouldTake()));
            case Measured measured -> {
                var basis = best instanceof Measured sharper ? sharper : measured;
                yield new Comparison(
                        metric,
                        data.kind(),
                        arm,
                        control,
                        ofControl.n(),
                        ofTreatment.n(),
                        measured.control(),
                        measured.treatment(),
                        Interval.of(measured),
                        Interval.relative(measured),
                        adjusted,
                        belief(
                                data.binary && adjusted == null
                                        ? data.rates(ofControl, ofTreatment, 1 - alpha)
                                        : Posterior.ofEffect(
                                                basis.estimate(), basis.standardError(), Prior.FLAT, 1 - alpha)),
                        compliers,
                        null);
            }
        };
    }

    private static Belief belief(Posterior posterior) {
        return new Belief(
                posterior.chanceToBeat(),
                posterior.lossIfChosen(),
                posterior.lossIfRefused(),
                posterior.low(),
                posterior.high());
    }

    private static double[] spread(double[] values, int[] places, int size) {
        double[] all = new double[size];
        Arrays.fill(all, Double.NaN);
        for (int i = 0; i < places.length; i++) all[places[i]] = values[i];
        return all;
    }

    private String words(Comparison it, double holm, int questions) {
        var text = new StringBuilder("%s, %s against %s".formatted(it.metric, it.arm, it.control));
        if (it.difference == null || it.controlValue == null || it.value == null)
            return text.append(": not measurable; ")
                    .append(
                            it.notMeasurable == null
                                    ? ""
                                    : it.notMeasurable.because + "; it would take " + it.notMeasurable.whatItWouldTake)
                    .toString();
        text.append(": %s against %s, difference %s"
                .formatted(number(it.value), number(it.controlValue), interval(it.difference)));
        if (it.relative != null) text.append(", relative ").append(interval(it.relative));
        if (it.adjusted != null && it.adjusted.difference != null)
            text.append("; with the covariate %s, on %s %% of the variance"
                    .formatted(interval(it.adjusted.difference), number(100 * it.adjusted.varianceKept)));
        if (it.compliers != null)
            text.append(
                    it.compliers.effect == null
                            ? "; too few received it because of their arm to state the effect on them"
                            : "; on the %s %% who received it because of their arm %s"
                                    .formatted(
                                            number(100 * it.compliers.complierShare), interval(it.compliers.effect)));
        if (questions > 1) text.append("; adjusted for %d questions p %s".formatted(questions, number(holm)));
        return text.toString();
    }

    private String interval(Interval it) {
        return "%s (%s %%: %s to %s, p %s)"
                .formatted(
                        number(it.estimate),
                        Figures.of(100 * (1 - alpha)),
                        number(it.low),
                        number(it.high),
                        number(it.p));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private static ResultRows table(List<Comparison> all, double[] holm, double[] hochberg) {
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

    private static @Nullable Interval best(Comparison it) {
        return it.adjusted != null && it.adjusted.difference != null ? it.adjusted.difference : it.difference;
    }

    private static @Nullable Interval relative(Comparison it) {
        return it.adjusted != null && it.adjusted.difference != null ? it.adjusted.relative : it.relative;
    }

    /** The outcomes of two arms, in the file's order. */
    private final class Data {
        private final int[] rows;
        private final int[] arms;
        private final double[] outcome;
        private final double[] below;
        private final double[] before;
        private final double[] received;
        private final int controlArm;
        private final int arm;
        private final boolean binary;

        Data(
                int[] rows,
                int[] arms,
                double[] outcome,
                double[] below,
                double[] before,
                double[] received,
                int controlArm,
                int arm,
                boolean binary) {
            this.rows = rows;
            this.arms = arms;
            this.outcome = outcome;
            this.below = below;
            this.before = before;
            this.received = received;
            this.controlArm = controlArm;
            this.arm = arm;
            this.binary = binary;
        }

        String kind() {
            return below.length > 0 ? "ratio" : binary ? "proportion" : "mean";
        }

        JointSample control() {
            return joint(controlArm, below, 0);
        }

        JointSample treatment() {
            return joint(arm, below, 0);
        }

        JointSample withCovariate(int which) {
            double mean = Arrays.stream(rows)
                    .mapToDouble(row -> before[row])
                    .filter(value -> !Double.isNaN(value))
                    .average()
                    .orElse(0);
            return joint(which, before, mean);
        }

        JointSample withReceipt(int which) {
            return joint(which, received, 0);
        }

        /** Outcome first, the other number second, with a stand-in where it is missing. */
        private JointSample joint(int which, double[] second, double missing) {
            int[] own = Arrays.stream(rows).filter(row -> arms[row] == which).toArray();
            return JointSample.of(
                    Arrays.stream(own).mapToDouble(row -> outcome[row]).toArray(),
                    Arrays.stream(own)
                            .mapToDouble(
                                    row -> second.length == 0 ? 0 : Double.isNaN(second[row]) ? missing : second[row])
                            .toArray());
        }

        @Nullable
        Double value(JointSample sample) {
            if (sample.n() == 0) return null;
            if (below.length == 0) return sample.first().mean();
            return sample.otherSum() == 0 ? null : Double.valueOf(sample.ratio());
        }

        Posterior rates(JointSample control, JointSample treatment, double credibility) {
            return Posterior.ofRates(
                    control.n(),
                    Math.round(control.sum()),
                    treatment.n(),
                    Math.round(treatment.sum()),
                    1,
                    1,
                    credibility);
        }

        Lift lift(JointSample control, JointSample treatment, Look look) {
            if (below.length > 0) return TwoSample.ratios(control, treatment, look);
            return binary
                    ? TwoSample.proportions(
                            control.n(), Math.round(control.sum()), treatment.n(), Math.round(treatment.sum()), look)
                    : TwoSample.means(control.first(), treatment.first(), look);
        }

        /** Estimate and both kinds of interval as the rows come in. */
        Chart overTime(String metric, String name) {
            int[] own = Arrays.stream(rows)
                    .filter(row -> arms[row] == controlArm || arms[row] == arm)
                    .toArray();
            double[] x = new double[POINTS];
            double[][] y = new double[5][POINTS];
            for (double[] line : y) Arrays.fill(line, Double.NaN);
            var sums = new Sums[] {new Sums(), new Sums()};
            int seen = 0;
            for (int k = 0; k < POINTS; k++) {
                int until = (int) ((k + 1L) * own.length / POINTS);
                for (; seen < until; seen++) {
                    int row = own[seen];
                    sums[arms[row] == arm ? 1 : 0].add(outcome[row], below.length == 0 ? 0 : below[row]);
                }
                x[k] = until;
                if (lift(sums[0].sample(), sums[1].sample(), new Look.Once(alpha)) instanceof Measured once) {
                    y[0][k] = once.estimate();
                    y[1][k] = once.low();
                    y[2][k] = once.high();
                }
                if (lift(sums[0].sample(), sums[1].sample(), new Look.Anytime(alpha, narrowestAt))
                        instanceof Measured anytime) {
                    y[3][k] = anytime.low();
                    y[4][k] = anytime.high();
                }
            }
            // The first intervals of few customers are so wide that nothing else could be seen beside them.
            int from = POINTS / 10;
            for (double[] line : y) Arrays.fill(line, 0, from, Double.NaN);
            return new Chart.Lines(
                    "%s of %s against %s, as the rows came in".formatted(metric, name, control),
                    "Only the outer, always valid interval may be watched: it keeps its promise however often one looks; the inner one, for a single look at the end, does not.",
                    "customers of both arms",
                    "difference",
                    List.of(
                            new Chart.Line("difference", x, y[0], false),
                            Chart.Line.bounds("interval of one look", x, y[1], y[2], true),
                            Chart.Line.bounds("always valid interval", x, y[3], y[4], false)));
        }
    }

    private static final class Sums {
        private long n;
        private double sum;
        private double squares;
        private double other;
        private double otherSquares;
        private double products;

        void add(double first, double second) {
            n++;
            sum += first;
            squares += first * first;
            other += second;
            otherSquares += second * second;
            products += first * second;
        }

        JointSample sample() {
            return new JointSample(n, sum, squares, other, otherSquares, products);
        }
    }
}
