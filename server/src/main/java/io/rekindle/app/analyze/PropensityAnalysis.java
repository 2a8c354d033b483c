package io.rekindle.app.analyze;

import io.rekindle.models.learn.Accuracy;
import io.rekindle.models.propensity.Propensity;
import io.rekindle.models.propensity.PropensityCard;
import io.rekindle.models.propensity.Reasons;
import io.rekindle.models.table.Remark;
import io.rekindle.models.table.Table;
import io.rekindle.platform.Problem;
import java.nio.file.Path;
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

/** {@code rekindle analyze propensity}: who will leave, answer or buy, and why. */
@Command(
        name = "propensity",
        description = {
            "The probability that a customer leaves, answers or buys, learnt from whatever columns the file has.",
            "One row of the file for each customer; what each column holds is found out.",
            "Rows: row, probability, reason1, reason2, reason3, in the order of the file: of the file to score, or without one of rows of the training file by models that had not seen them."
        },
        mixinStandardHelpOptions = true)
final class PropensityAnalysis extends Analysis {
    private static final Field LABEL = Field.key("label");

    @Mixin
    private TableOptions columns = new TableOptions();

    @Option(
            names = "--train",
            required = true,
            paramLabel = "FILE",
            description = "Customers whose outcome is known: CSV, the same gzipped, or Parquet.")
    @SuppressWarnings("NullAway.Init")
    private Path train;

    @Option(
            names = "--label",
            required = true,
            paramLabel = "COLUMN",
            description = "The column that holds the outcome.")
    @SuppressWarnings("NullAway.Init")
    private String label;

    @Option(
            names = "--positive",
            required = true,
            paramLabel = "VALUE",
            description = "The outcome whose probability is wanted; every other counts against it.")
    @SuppressWarnings("NullAway.Init")
    private String positive;

    @Option(
            names = "--score",
            paramLabel = "FILE",
            description = "Customers to give a probability; they need no outcome.")
    private @Nullable Path score;

    @Mixin
    private FoldOptions folds = new FoldOptions();

    /** How well the model did on rows it had not seen. */
    record OutOfFold(
            double auc,
            double meanFoldAuc,
            double prAuc,
            double logLoss,
            double meanFoldLogLoss,
            double brier,
            double calibrationSlope,
            double calibrationIntercept,
            double calibrationError,
            List<Accuracy.Decile> deciles) {}

    /** A model that stood for choice. */
    record CandidateModel(String learner, String words, double auc, double logLoss) {}

    /** The first and last day of a column. */
    record Span(String column, String from, String to) {}

    record Results(
            int trainingRows,
            int positives,
            List<Span> periods,
            int folds,
            String model,
            List<CandidateModel> candidates,
            PropensityCard.Baseline baseline,
            OutOfFold outOfFold,
            List<PropensityCard.Importance> importance) {}

    @Override
    Outcome analyse(Progress progress) {
        var fields = new LinkedHashMap<Field, String>();
        fields.put(LABEL, label);
        folds.addTo(fields);
        var read = columns.read(train, fields, progress);
        var labels = read.fields().keys(LABEL);
        int wanted = labels.names().indexOf(positive);
        if (wanted < 0)
            throw Problem.invalid(
                    "value_unknown",
                    "column %s of %s never is '%s'; it is %s"
                            .formatted(label, read.file(), positive, some(labels.names())));
        int[] known =
                IntStream.range(0, read.fields().size()).filter(labels::has).toArray();
        var card = new Card();
        card.read(
                read.file(),
                read.fields().size(),
                known.length,
                List.of(new Card.LeftOut(
                        "rows without an outcome", read.fields().size() - known.length)));
        read.warn(card);
        boolean[] did = new boolean[known.length];
        for (int i = 0; i < known.length; i++) did[i] = labels.codes()[known[i]] == wanted;
        if (labels.names().size() > 2)
            card.warn(
                    "several_outcomes",
                    "column %s has %,d different values; all but '%s' count as the other"
                            .formatted(label, labels.names().size(), positive));
        int[] given = folds.given(read.fields(), known);
        var table = known.length == read.table().size()
                ? read.table()
                : read.table().rows(known);
        progress.begin("learning");
        var model = Propensity.fit(table, did, new Propensity.Settings(seed(), folds.count(), given), progress::tell);
        progress.end(model.card().chosen());
        for (Remark remark : model.card().remarks()) card.warn(remark.code(), remark.message());
        return outcome(
                model, card, score == null ? ownRows(model, known, read) : scoredRows(model, card, score, progress));
    }

    static String some(List<String> names) {
        return names.isEmpty()
                ? "always empty"
                : String.join(", ", names.subList(0, Math.min(8, names.size()))) + (names.size() > 8 ? ", …" : "");
    }

    /** The training file's rows by models that had not seen them; those without an outcome by the model of all. */
    private static ResultRows ownRows(Propensity model, int[] known, TableOptions.TableRows read) {
        int size = read.fields().size();
        double[] probability = new double[size];
        var place = new int[size];
        Arrays.fill(place, -1);
        double[] own = model.outOfFold();
        for (int i = 0; i < known.length; i++) {
            place[known[i]] = i;
            probability[known[i]] = own[i];
        }
        int[] others = IntStream.range(0, size).filter(row -> place[row] < 0).toArray();
        Reasons othersReasons = model.outOfFoldReasons();
        int[] otherPlace = new int[size];
        if (others.length > 0) {
            var rest = read.table().rows(others);
            double[] scored = model.probabilities(rest);
            othersReasons = model.reasons(rest);
            for (int i = 0; i < others.length; i++) {
                probability[others[i]] = scored[i];
                otherPlace[others[i]] = i;
            }
        }
        var rest = othersReasons;
        return rows(
                size,
                probability,
                (row, k) -> place[row] < 0
                        ? reason(rest, otherPlace[row], k, read.table(), row)
                        : reason(model.outOfFoldReasons(), place[row], k, read.table(), row));
    }

    private ResultRows scoredRows(Propensity model, Card card, Path file, Progress progress) {
        var read = columns.read(file, Map.of(), model.trained(), progress);
        read.warn(card);
        card.read(read.file(), read.table().size(), read.table().size(), List.of());
        progress.begin("scoring " + read.file());
        double[] probability = model.probabilities(read.table());
        var reasons = model.reasons(read.table());
        progress.end("%,d rows".formatted(probability.length));
        return rows(probability.length, probability, (row, k) -> reason(reasons, row, k, read.table(), row));
    }

    private interface Reasoning {
        @Nullable
        String of(int row, int k);
    }

    private static ResultRows rows(int size, double[] probability, Reasoning reasoning) {
        return ResultRows.of(size)
                .count("row", row -> row + 1L)
                .decimal("probability", probability)
                .text("reason1", row -> reasoning.of(row, 0))
                .text("reason2", row -> reasoning.of(row, 1))
                .text("reason3", row -> reasoning.of(row, 2));
    }

    /** Such as "Contract = Month-to-month (+0.84)". */
    private static @Nullable String reason(Reasons reasons, int place, int k, Table table, int row) {
        var strongest = reasons.strongest(place);
        if (k >= strongest.size()) return null;
        var reason = strongest.get(k);
        var value = table.column(reason.column()).orElseThrow().text(row);
        return String.format(
                Locale.ROOT,
                "%s = %s (%+.2f)",
                reason.column(),
                value.isEmpty() ? "missing" : value,
                reason.contribution());
    }

    private static Outcome outcome(Propensity model, Card card, ResultRows rows) {
        var it = model.card();
        var accuracy = it.outOfFold();
        var results = new Results(
                it.rows(),
                it.positives(),
                it.periods().stream()
                        .map(period -> new Span(
                                period.column(),
                                period.from().toString(),
                                period.to().toString()))
                        .toList(),
                it.folds(),
                it.chosen(),
                it.candidates().stream()
                        .map(candidate -> new CandidateModel(
                                candidate.learner().name().toLowerCase(Locale.ROOT),
                                candidate.words(),
                                candidate.auc(),
                                candidate.logLoss()))
                        .toList(),
                it.baseline(),
                new OutOfFold(
                        accuracy.auc(),
                        it.meanFoldAuc(),
                        accuracy.prAuc(),
                        accuracy.logLoss(),
                        it.meanFoldLogLoss(),
                        accuracy.brier(),
                        accuracy.calibration().slope(),
                        accuracy.calibration().intercept(),
                        accuracy.calibrationError(),
                        accuracy.deciles()),
                it.importance());
        var words = new ArrayList<String>();
        words.add(String.format(
                Locale.ROOT,
                "%,d rows, %,d (%.1f %%) positive; %s",
                it.rows(),
                it.positives(),
                100 * it.baseline().rate(),
                it.chosen()));
        for (var period : it.periods())
            words.add("%s from %s to %s".formatted(period.column(), period.from(), period.to()));
        words.add(String.format(
                Locale.ROOT,
                "on rows not seen (%d folds): AUC %.4f, PR-AUC %.4f (baseline %.4f), log-loss %.4f (%.4f), Brier %.4f (%.4f)",
                it.folds(),
                accuracy.auc(),
                accuracy.prAuc(),
                it.baseline().prAuc(),
                accuracy.logLoss(),
                it.baseline().logLoss(),
                accuracy.brier(),
                it.baseline().brier()));
        words.add(String.format(
                Locale.ROOT,
                "calibration: slope %.3f, intercept %+.3f, mean distance %.4f",
                accuracy.calibration().slope(),
                accuracy.calibration().intercept(),
                accuracy.calibrationError()));
        for (var candidate : it.candidates())
            words.add(String.format(
                    Locale.ROOT,
                    "  %s: AUC %.4f, log-loss %.4f",
                    candidate.words(),
                    candidate.auc(),
                    candidate.logLoss()));
        words.add("what counts: "
                + String.join(
                        ", ",
                        it.importance().stream()
                                .limit(8)
                                .map(part ->
                                        String.format(Locale.ROOT, "%s %.0f %%", part.column(), 100 * part.share()))
                                .toList()));
        return new Outcome(results, words, rows, charts(it), card);
    }

    private static List<Chart> charts(PropensityCard it) {
        var deciles = it.outOfFold().deciles();
        double[] predicted =
                deciles.stream().mapToDouble(Accuracy.Decile::predicted).toArray();
        double[] actual = deciles.stream().mapToDouble(Accuracy.Decile::actual).toArray();
        var names = IntStream.rangeClosed(1, deciles.size())
                .mapToObj(String::valueOf)
                .toList();
        var top = it.importance().stream().limit(15).toList();
        return List.of(
                new Chart.Lines(
                        "Calibration",
                        "Tenths of the rows by probability, none of them seen by the model that gave it. On the dashed line, probabilities are what they say.",
                        "probability",
                        "share that did",
                        List.of(
                                Chart.Line.of("model", predicted, actual),
                                new Chart.Line("perfect", new double[] {0, 1}, new double[] {0, 1}, true))),
                new Chart.BarGroups(
                        "Predicted and actual, by tenths",
                        "What was predicted of rows not seen and what happened, from the least probable tenth to the most.",
                        "tenth of the rows, least probable first",
                        "share that did",
                        names,
                        List.of(new Chart.Bars("predicted", predicted), new Chart.Bars("actual", actual))),
                new Chart.BarGroups(
                        "What counts",
                        "Each column's share of all contributions to the probabilities.",
                        "",
                        "share of all contributions",
                        top.stream().map(PropensityCard.Importance::column).toList(),
                        List.of(new Chart.Bars(
                                "share",
                                top.stream()
                                        .mapToDouble(PropensityCard.Importance::share)
                                        .toArray()))));
    }
}
