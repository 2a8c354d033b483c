package io.rekindle.app.analyze;

import io.rekindle.models.table.Remark;
import io.rekindle.models.uplift.BaseLearner;
import io.rekindle.models.uplift.MetaLearner;
import io.rekindle.models.uplift.PolicyValue;
import io.rekindle.models.uplift.ResponseGroup;
import io.rekindle.models.uplift.Uplift;
import io.rekindle.models.uplift.UpliftCard;
import io.rekindle.models.uplift.UpliftRanking;
import io.rekindle.platform.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze uplift}: whom a message changes. */
@Command(
        name = "uplift",
        description = {
            "Whom a message changes, and how much, learnt from customers who got it and others who did not.",
            "One row of the file for each customer; what each column holds is found out.",
            "Rows: row, uplift, group, in the order of the file: of the file to score, or without one of rows of the training file by models that had not seen them. Where a ranking is no better than chance nobody is ranked."
        },
        mixinStandardHelpOptions = true)
final class UpliftAnalysis extends Analysis {
    private static final Field TREATMENT = Field.key("treatment");
    private static final Field PROBABILITY = Field.number("probability");
    private static final double LARGEST_OUTCOME = 1e15;

    @Mixin
    private TableOptions columns = new TableOptions();

    @Option(
            names = "--train",
            required = true,
            paramLabel = "FILE",
            description = "Customers of both groups: CSV, the same gzipped, or Parquet.")
    @SuppressWarnings("NullAway.Init")
    private Path train;

    @Option(
            names = "--treatment",
            required = true,
            paramLabel = "COLUMN",
            description = "The column that says who was treated.")
    @SuppressWarnings("NullAway.Init")
    private String treatment;

    @Option(names = "--treated", required = true, paramLabel = "VALUE", description = "What it says of the treated.")
    @SuppressWarnings("NullAway.Init")
    private String treatedValue;

    @Option(
            names = "--control",
            required = true,
            paramLabel = "VALUE",
            description = "What it says of those left alone; others are not learnt from.")
    @SuppressWarnings("NullAway.Init")
    private String controlValue;

    @Option(
            names = "--outcome",
            required = true,
            paramLabel = "COLUMN",
            description = "The column of what counts: 0 and 1, or any number such as money spent.")
    @SuppressWarnings("NullAway.Init")
    private String outcome;

    @Option(
            names = "--positive",
            paramLabel = "VALUE",
            description = "For an outcome that is a word: the one that counts as 1; every other is 0.")
    private @Nullable String positive;

    @Option(names = "--score", paramLabel = "FILE", description = "Customers to rank; they need no outcome.")
    private @Nullable Path score;

    @Mixin
    private FoldOptions folds = new FoldOptions();

    @Option(
            names = "--draws",
            paramLabel = "N",
            description =
                    "Most draws of folds; a customer's uplift is the mean over them, and whether there is anything to rank is told from all of them (default: ${DEFAULT-VALUE}).")
    private int draws = 5;

    @Option(names = "--learners", split = ",", description = "To choose from, of s, t, x, dr (default: all).")
    private Set<MetaLearner> learners = EnumSet.allOf(MetaLearner.class);

    @Option(
            names = "--bases",
            split = ",",
            description = "Base learners they are to be over, of linear, bent, trees (default: all).")
    private Set<BaseLearner> bases = EnumSet.allOf(BaseLearner.class);

    @Option(
            names = "--probability-column",
            paramLabel = "COLUMN",
            description = "Each customer's probability of treatment, where it was not the same for all.")
    private @Nullable String probabilityColumn;

    @Option(
            names = "--estimate-probability",
            description = "The treatment was not given by lot: estimate its probability from the columns.")
    private boolean estimate;

    /** Whether the ranking is better than chance. */
    record Trial(
            double p,
            double area,
            double chance,
            List<Double> draws,
            boolean rankable,
            double customersNeeded,
            @Nullable Double neededForThis) {}

    /** A learner that stood for choice. */
    record CandidateLearner(String learner, String base, double qini, double area) {}

    /** The Qini coefficient with its interval. */
    record QiniValue(double value, double low, double high, double standardError) {}

    record GroupResult(String group, int customers, double predicted, double uplift, double standardError) {}

    record Results(
            int trainingRows,
            int treatedRows,
            int controlRows,
            double controlOutcome,
            double averageEffect,
            double averageEffectError,
            String assignment,
            String model,
            List<CandidateLearner> candidates,
            String normalisation,
            double qini,
            QiniValue qiniInterval,
            double auuc,
            double area,
            Trial permutation,
            List<UpliftCard.Top> upliftAt,
            List<UpliftRanking.Decile> deciles,
            List<PolicyValue> policies,
            List<GroupResult> groups) {}

    @Override
    Outcome analyse(Progress progress) {
        if (treatedValue.equals(controlValue))
            throw Problem.invalid("arms_equal", "--treated and --control are both '%s'".formatted(treatedValue));
        if (estimate && probabilityColumn != null)
            throw Problem.invalid(
                    "options_exclusive", "--probability-column and --estimate-probability exclude each other");
        var outcomeField = positive == null ? Field.number("outcome") : Field.key("outcome");
        var fields = new LinkedHashMap<Field, String>();
        fields.put(TREATMENT, treatment);
        fields.put(outcomeField, outcome);
        folds.addTo(fields);
        if (probabilityColumn != null) fields.put(PROBABILITY, probabilityColumn);
        var read = columns.read(train, fields, progress);
        var arms = read.fields().keys(TREATMENT);
        int treatedCode = arm(read.file(), arms, treatedValue);
        int controlCode = arm(read.file(), arms, controlValue);
        double[] y = outcomes(read, outcomeField);
        int size = read.fields().size();
        int[] inArm = IntStream.range(0, size)
                .filter(row -> arms.codes()[row] == treatedCode || arms.codes()[row] == controlCode)
                .toArray();
        int[] used = Arrays.stream(inArm).filter(row -> !Double.isNaN(y[row])).toArray();
        var card = new Card();
        card.read(
                read.file(),
                size,
                used.length,
                List.of(
                        new Card.LeftOut("rows of neither arm", size - inArm.length),
                        new Card.LeftOut("rows without an outcome", inArm.length - used.length)));
        read.warn(card);
        var settings = Uplift.Settings.of(seed())
                .among(learners, bases)
                .over(draws)
                .in(folds.count(), folds.given(read.fields(), used));
        if (estimate) settings = settings.assigned(new Uplift.Assignment.Estimated());
        if (probabilityColumn != null) {
            double[] given = read.fields().numbers(PROBABILITY);
            settings = settings.assigned(new Uplift.Assignment.Known(
                    Arrays.stream(used).mapToDouble(row -> given[row]).toArray()));
        }
        boolean[] treated = new boolean[used.length];
        for (int i = 0; i < used.length; i++) treated[i] = arms.codes()[used[i]] == treatedCode;
        progress.begin("learning");
        var model = Uplift.fit(
                read.table().rows(used),
                treated,
                Arrays.stream(used).mapToDouble(row -> y[row]).toArray(),
                settings,
                progress::tell);
        progress.end(model.card().chosen());
        for (Remark remark : model.card().remarks()) card.warn(remark.code(), remark.message());
        return outcome(
                model, card, score == null ? ownRows(model, used, read) : scoredRows(model, card, score, progress));
    }

    private int arm(String file, Keys arms, String value) {
        int code = arms.names().indexOf(value);
        if (code < 0)
            throw Problem.invalid(
                    "value_unknown",
                    "column %s of %s never is '%s'; it is %s"
                            .formatted(treatment, file, value, PropensityAnalysis.some(arms.names())));
        return code;
    }

    /** NaN where a row has none. */
    private double[] outcomes(TableOptions.TableRows read, Field field) {
        if (positive == null) return measurable(read.file(), read.fields().numbers(field));
        var keys = read.fields().keys(field);
        int wanted = keys.names().indexOf(positive);
        if (wanted < 0)
            throw Problem.invalid(
                    "value_unknown",
                    "column %s of %s never is '%s'; it is %s"
                            .formatted(outcome, read.file(), positive, PropensityAnalysis.some(keys.names())));
        return IntStream.range(0, read.fields().size())
                .mapToDouble(row -> !keys.has(row) ? Double.NaN : keys.codes()[row] == wanted ? 1 : 0)
                .toArray();
    }

    /** Squares of the largest numbers are none any more: they are told before anything is learnt. */
    private double[] measurable(String file, double[] outcomes) {
        for (int row = 0; row < outcomes.length; row++)
            if (Math.abs(outcomes[row]) > LARGEST_OUTCOME)
                throw Problem.invalid(
                        "outcome_too_large",
                        "%s, row %d, column %s: %s is too large to be learnt from; the largest is %s"
                                .formatted(file, row + 2, outcome, outcomes[row], LARGEST_OUTCOME));
        return outcomes;
    }

    /** The training file's rows by models that had not seen them; those of neither arm by the model of all. */
    private static ResultRows ownRows(Uplift model, int[] used, TableOptions.TableRows read) {
        int size = read.fields().size();
        double[] effect = new double[size];
        var group = new @Nullable ResponseGroup[size];
        boolean[] own = new boolean[size];
        double[] outOfFold = model.outOfFold();
        var groups = model.outOfFoldGroups();
        for (int i = 0; i < used.length; i++) {
            own[used[i]] = true;
            effect[used[i]] = outOfFold[i];
            if (!groups.isEmpty()) group[used[i]] = groups.get(i);
        }
        int[] others = IntStream.range(0, size).filter(row -> !own[row]).toArray();
        if (others.length > 0) {
            var rest = read.table().rows(others);
            double[] effects = model.effects(rest);
            var othersGroups = model.groups(rest);
            for (int i = 0; i < others.length; i++) {
                effect[others[i]] = effects[i];
                if (!othersGroups.isEmpty()) group[others[i]] = othersGroups.get(i);
            }
        }
        return rows(effect, group);
    }

    private ResultRows scoredRows(Uplift model, Card card, Path file, Progress progress) {
        var read = columns.read(file, Map.of(), model.trained(), progress);
        read.warn(card);
        card.read(read.file(), read.table().size(), read.table().size(), List.of());
        progress.begin("scoring " + read.file());
        double[] effects = model.effects(read.table());
        var groups = model.groups(read.table());
        progress.end("%,d rows".formatted(effects.length));
        return rows(
                effects,
                groups.isEmpty() ? new @Nullable ResponseGroup[effects.length] : groups.toArray(ResponseGroup[]::new));
    }

    private static ResultRows rows(double[] effect, @Nullable ResponseGroup[] group) {
        return ResultRows.of(effect.length)
                .count("row", row -> row + 1L)
                .decimal("uplift", effect)
                .text("group", row -> name(group[row]));
    }

    private static String name(@Nullable ResponseGroup group) {
        return group == null
                ? "not ranked"
                : group.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static Outcome outcome(Uplift model, Card card, ResultRows rows) {
        var it = model.card();
        boolean binary = !Double.isNaN(it.auuc());
        var results = new Results(
                it.customers(),
                it.treated(),
                it.customers() - it.treated(),
                it.controlOutcome(),
                it.averageEffect(),
                it.averageEffectError(),
                it.assignment(),
                it.chosen(),
                it.candidates().stream()
                        .map(one -> new CandidateLearner(
                                one.learner().name().toLowerCase(Locale.ROOT),
                                one.base().name().toLowerCase(Locale.ROOT),
                                one.qini(),
                                one.area()))
                        .toList(),
                binary
                        ? "qini and auuc: area between the curve and chance, as a share of that of the perfect curve (scikit-uplift's qini_auc_score and uplift_auc_score); area: the Qini curve's in outcomes a customer"
                        : "qini and area: area between the Qini curve and chance divided by customers and treated, in outcomes a customer; the share of the perfect curve is defined for outcomes 0 and 1 only",
                it.qini().estimate(),
                new QiniValue(
                        it.qini().estimate(),
                        it.qini().low(),
                        it.qini().high(),
                        it.qini().standardError()),
                it.auuc(),
                it.area(),
                new Trial(
                        it.permutation().p(),
                        it.permutation().area(),
                        it.permutation().chance(),
                        it.draws(),
                        it.rankable(),
                        Math.ceil(it.needed()),
                        Double.isFinite(it.neededForThis()) ? Math.ceil(it.neededForThis()) : null),
                it.tops(),
                it.deciles(),
                it.policies(),
                it.groups().stream()
                        .map(one -> new GroupResult(
                                name(one.group()), one.customers(), one.predicted(), one.uplift(), one.standardError()))
                        .toList());
        return new Outcome(results, words(it, binary), rows, charts(it), card);
    }

    private static List<String> words(UpliftCard it, boolean binary) {
        var words = new ArrayList<String>();
        words.add(String.format(
                Locale.ROOT,
                "%,d customers treated %s, %,d left alone; average effect %.5g (± %.2g) on an outcome of %.5g",
                it.treated(),
                it.assignment(),
                it.customers() - it.treated(),
                it.averageEffect(),
                1.96 * it.averageEffectError(),
                it.controlOutcome()));
        words.add(String.format(
                Locale.ROOT,
                "%s, on customers not seen: %s %.4g (95 %%: %.4g to %.4g)%s; better than chance with p %.4f",
                it.chosen(),
                binary ? "Qini" : "Qini area",
                it.qini().estimate(),
                it.qini().low(),
                it.qini().high(),
                binary ? String.format(Locale.ROOT, ", AUUC %.4g", it.auuc()) : "",
                it.permutation().p()));
        if (!it.rankable()) {
            words.add(String.format(
                    Locale.ROOT,
                    "nothing to rank: everybody's effect is the average; about %,.0f customers would show a ranking whose better half has twice the effect of the other",
                    it.needed()));
            return words;
        }
        for (var top : it.tops())
            words.add(String.format(
                    Locale.ROOT,
                    "  among the top %.0f %%: effect %.4g (± %.2g)",
                    100 * top.share(),
                    top.uplift(),
                    1.96 * top.standardError()));
        it.policies().stream()
                .max((one, other) -> Double.compare(one.value(), other.value()))
                .ifPresent(best -> words.add(String.format(
                        Locale.ROOT,
                        "treating the top %.0f %% brings most a customer: %.5g; %.3g (± %.2g) more than nobody, %.3g (± %.2g) more than everybody",
                        100 * best.share(),
                        best.value(),
                        best.overNone(),
                        1.96 * best.overNoneError(),
                        best.overAll(),
                        1.96 * best.overAllError())));
        for (var group : it.groups())
            words.add(String.format(
                    Locale.ROOT,
                    "  %s: %,d customers%s",
                    name(group.group()),
                    group.customers(),
                    Double.isNaN(group.uplift())
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    ", predicted %.4g, measured %.4g (± %.2g)",
                                    group.predicted(),
                                    group.uplift(),
                                    1.96 * group.standardError())));
        return words;
    }

    private static List<Chart> charts(UpliftCard it) {
        double[] x =
                it.curve().stream().mapToDouble(UpliftRanking.Point::customers).toArray();
        double[] gained =
                it.curve().stream().mapToDouble(UpliftRanking.Point::gained).toArray();
        double[] shares = it.policies().stream().mapToDouble(PolicyValue::share).toArray();
        double[] low = it.policies().stream()
                .mapToDouble(policy -> policy.value() - 1.96 * policy.standardError())
                .toArray();
        double[] high = it.policies().stream()
                .mapToDouble(policy -> policy.value() + 1.96 * policy.standardError())
                .toArray();
        var names = IntStream.rangeClosed(1, it.deciles().size())
                .mapToObj(String::valueOf)
                .toList();
        return List.of(
                new Chart.Lines(
                        "Qini curve",
                        "Outcomes gained by treating the customers ranked highest, none of them seen by the model that ranked them. The dashed line is a ranking by lot.",
                        "customers treated",
                        "outcomes gained",
                        List.of(
                                Chart.Line.of("model", x, gained),
                                new Chart.Line(
                                        "by lot",
                                        new double[] {0, x[x.length - 1]},
                                        new double[] {0, gained[gained.length - 1]},
                                        true))),
                new Chart.BarGroups(
                        "Effect predicted and measured, by tenths",
                        "From the tenth of the customers ranked highest to the lowest. Where the measured bars fall as the predicted ones do, the ranking holds.",
                        "tenth of the customers, highest first",
                        "effect on the outcome",
                        names,
                        List.of(
                                new Chart.Bars(
                                        "predicted",
                                        it.deciles().stream()
                                                .mapToDouble(UpliftRanking.Decile::predicted)
                                                .toArray()),
                                new Chart.Bars(
                                        "measured",
                                        it.deciles().stream()
                                                .mapToDouble(UpliftRanking.Decile::uplift)
                                                .toArray()))),
                new Chart.Lines(
                        "What treating the top share brings",
                        "Mean outcome a customer if the share ranked highest were treated and the others left alone (doubly robust, with 95 % bounds).",
                        "share treated",
                        "outcome a customer",
                        List.of(
                                Chart.Line.of(
                                        "value",
                                        shares,
                                        it.policies().stream()
                                                .mapToDouble(PolicyValue::value)
                                                .toArray()),
                                Chart.Line.bounds("95 % bounds", shares, low, high, true))));
    }
}
