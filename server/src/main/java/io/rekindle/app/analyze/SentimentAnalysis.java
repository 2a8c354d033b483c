package io.rekindle.app.analyze;

import io.rekindle.models.table.NumberForm;
import io.rekindle.models.text.BuiltInSentiment;
import io.rekindle.models.text.SentimentEvaluation;
import io.rekindle.models.text.SentimentModel.Opinion;
import io.rekindle.models.text.SentimentModel.Reason;
import io.rekindle.models.text.TrainedSentiment;
import io.rekindle.platform.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rekindle analyze sentiment}: praise or complaint, learnt from one's own ratings or from the built-in word list. */
@Command(
        name = "sentiment",
        description = {
            "Whether short Chinese or English texts are praise or complaint, and which of their words say so.",
            "With --train it learns from rated texts and tells on the card how well; without, a built-in word list judges --score.",
            "Rows, in the order of --score (without it the training file, each text judged by a model that has not seen it): row, probability, sentiment, reason1, reason2, reason3."
        },
        mixinStandardHelpOptions = true)
final class SentimentAnalysis extends Analysis {
    private static final Field TEXT = Field.text("text");
    private static final Field LABEL = Field.text("label");
    private static final Field FOLD = Field.key("fold");
    private static final int REASONS = 3;
    private static final int FEW = 100;
    private static final double UNEQUAL = .1;

    @Option(names = "--train", paramLabel = "FILE", description = "Rated texts to learn from: CSV, CSV.gz or Parquet.")
    private @Nullable Path train;

    @Option(names = "--score", paramLabel = "FILE", description = "Texts to judge: CSV, CSV.gz or Parquet.")
    private @Nullable Path score;

    @Option(names = "--text", required = true, paramLabel = "COLUMN", description = "The column with the text.")
    @SuppressWarnings("NullAway.Init")
    private String text;

    @Option(
            names = "--label",
            paramLabel = "COLUMN",
            description =
                    "The column with the rating: two words or numbers, or more numbers, of which those above the middle are praise. Where --score has it, the judgement is compared.")
    private @Nullable String label;

    @Option(
            names = "--positive",
            split = ",",
            paramLabel = "VALUE",
            description = "The ratings that are praise, several with commas (default: told from the values).")
    private List<String> positive = List.of();

    @Option(
            names = "--negative",
            split = ",",
            paramLabel = "VALUE",
            description = "The ratings that are complaints (default: all others); what is neither is left out.")
    private List<String> negative = List.of();

    @Option(
            names = "--folds",
            description =
                    "Parts held out in turn for the accuracy on the card: row 1 to part 1, row 2 to part 2 … (default: ${DEFAULT-VALUE}).")
    private int folds = 5;

    @Option(
            names = "--fold-column",
            paramLabel = "COLUMN",
            description = "A column that names each row's part instead.")
    private @Nullable String foldColumn;

    @Option(names = "--encoding", description = "Encoding of CSV files, e.g. GB18030 (default: UTF-8).")
    private @Nullable String encoding;

    @Option(
            names = "--decimal-comma",
            description = "Numbers of CSV files have a decimal comma: 1.234,50 (default: a point, 1234.50).")
    private boolean decimalComma;

    private NumberForm written() {
        return decimalComma ? NumberForm.COMMA : NumberForm.POINT;
    }

    /**
     * The model and how well it does.
     *
     * @param ratings how the values of the label were understood
     * @param evaluation on training texts held out in turn; null without training
     * @param builtIn the word list's on the same texts; null without ratings
     * @param scored on the ratings of the texts judged, where they have any
     */
    record Results(
            String model,
            @Nullable Integer texts,
            @Nullable Integer features,
            @Nullable Ratings ratings,
            @Nullable SentimentEvaluation evaluation,
            @Nullable SentimentEvaluation builtIn,
            @Nullable SentimentEvaluation scored,
            int judged,
            int praise,
            int unknown) {}

    private record Learnt(
            TrainedSentiment model,
            Ratings ratings,
            SentimentEvaluation evaluation,
            SentimentEvaluation builtIn,
            List<Opinion> opinions) {}

    @Override
    Outcome analyse(Progress progress) {
        if (train == null && score == null)
            throw Problem.invalid(
                    "nothing_to_do", "give rated texts with --train, texts to judge with --score, or both");
        if (train != null && label == null)
            throw Problem.invalid(
                    "field_not_mapped", "which column of the training file holds the rating? --label COLUMN");
        if (folds < 2 || folds > 1000)
            throw Problem.invalid("folds_invalid", "--folds %d must lie between 2 and 1000".formatted(folds));
        var card = new Card();
        var learnt = train == null ? null : learn(train, card, progress);
        var model = learnt == null ? new BuiltInSentiment() : learnt.model();
        if (learnt == null)
            card.warn(
                    "built_in",
                    "judged by the built-in word list, which knows nothing of your trade: some hundred rated texts with --train do better");
        SentimentEvaluation scored = null;
        List<Opinion> opinions;
        var judged = score;
        if (judged == null) opinions = learnt == null ? List.of() : learnt.opinions();
        else {
            var rows = read(judged, false, progress);
            var texts = rows.texts(TEXT);
            progress.begin("judging");
            opinions = texts.parallelStream().map(model::of).toList();
            progress.end("%,d texts".formatted(opinions.size()));
            long blank = texts.stream().filter(String::isBlank).count();
            card.read(
                    String.valueOf(judged.getFileName()),
                    rows.size(),
                    rows.size() - blank,
                    List.of(new Card.LeftOut("rows without a text", blank)));
            scored = rows.has(LABEL) ? compare(labels(rows), texts, opinions, learnt, card) : null;
        }
        int unknown =
                (int) opinions.stream().filter(opinion -> !opinion.known()).count();
        if (unknown > 0)
            card.warn(
                    "texts_unknown",
                    "%,d of %,d texts hold no word the model knows; they are given no sentiment"
                            .formatted(unknown, opinions.size()));
        int praise = (int) opinions.stream()
                .filter(opinion -> opinion.known() && opinion.positive())
                .count();
        var results = new Results(
                learnt == null ? "built-in" : "trained",
                learnt == null ? null : learnt.model().texts(),
                learnt == null ? null : learnt.model().features(),
                learnt == null ? null : learnt.ratings(),
                learnt == null ? null : learnt.evaluation(),
                learnt == null ? null : learnt.builtIn(),
                scored,
                opinions.size(),
                praise,
                unknown);
        return new Outcome(results, words(results), rows(opinions), charts(results, opinions), card);
    }

    private DataRows read(Path path, boolean training, Progress progress) {
        try (var file = DataFile.open(path, encoding, written())) {
            var fields = new ArrayList<>(List.of(TEXT));
            var columns = new ArrayList<>(List.of(text));
            if (label != null && (training || file.columns().contains(label))) {
                fields.add(LABEL);
                columns.add(label);
            }
            if (training && foldColumn != null) {
                fields.add(FOLD);
                columns.add(foldColumn);
            }
            progress.begin("reading " + file.name());
            var rows = file.read(fields, columns, TimeText.of(null), read -> progress.tell("%,d rows".formatted(read)));
            progress.end("%,d rows".formatted(rows.size()));
            return rows;
        }
    }

    private Learnt learn(Path path, Card card, Progress progress) {
        var rows = read(path, true, progress);
        var name = String.valueOf(path.getFileName());
        var texts = rows.texts(TEXT);
        var labels = labels(rows);
        var ratings = Ratings.of(labels, positive, negative, name);
        int[] polarity = ratings.polarity(labels);
        int[] fold = folds(rows);
        long blank = 0;
        long unrated = 0;
        long between = 0;
        int[] kept = new int[rows.size()];
        int size = 0;
        for (int i = 0; i < rows.size(); i++) {
            if (texts.get(i).isBlank()) blank++;
            else if (polarity[i] == Ratings.NONE) unrated++;
            else if (polarity[i] == Ratings.BETWEEN) between++;
            else if (fold[i] < 0) unrated++;
            else kept[size++] = i;
        }
        int[] used = Arrays.copyOf(kept, size);
        card.read(
                name,
                rows.size(),
                size,
                List.of(
                        new Card.LeftOut("rows without a text", blank),
                        new Card.LeftOut("rows without a rating or a part", unrated),
                        new Card.LeftOut("rows with a rating that is neither praise nor complaint", between)));
        if (size == 0) throw Problem.invalid("no_texts", "no row of %s has a text and a rating".formatted(name));
        var kinds = Arrays.stream(used).mapToObj(texts::get).toList();
        boolean[] praise = new boolean[size];
        int count = 0;
        for (int k = 0; k < size; k++) {
            praise[k] = polarity[used[k]] == Ratings.PRAISE;
            if (praise[k]) count++;
        }
        if (count == 0 || count == size)
            throw Problem.invalid(
                    "one_class_only",
                    "all %,d rated texts of %s are %s (%s); both kinds are needed, or say which with --positive"
                            .formatted(size, name, count == 0 ? "complaints" : "praise", ratings.words()));
        int fewer = Math.min(count, size - count);
        if (fewer < FEW)
            card.warn(
                    "few_texts",
                    "only %,d of %,d texts are %s: the accuracy is uncertain, a hundred and more of each kind make it firm"
                            .formatted(fewer, size, count < size - count ? "praise" : "complaints"));
        else if (fewer < UNEQUAL * size)
            card.warn(
                    "unequal_kinds",
                    "only %.1f %% of the texts are %s: hold the accuracy against %.4f, that of always saying the other"
                            .formatted(
                                    100.0 * fewer / size,
                                    count < size - count ? "praise" : "complaints",
                                    1 - (double) fewer / size));
        warnOfDuplicates(kinds, card);

        progress.begin("holding out " + (foldColumn == null ? folds + " parts in turn" : "parts in turn"));
        int[] parts = Arrays.stream(used).map(i -> fold[i]).toArray();
        // Only where the training file itself is told of are reasons asked for.
        var heldOut = score == null
                ? TrainedSentiment.opinionsOutOfFold(kinds, praise, parts, seed())
                : new TrainedSentiment.HeldOutOpinions(
                        TrainedSentiment.outOfFold(kinds, praise, parts, seed()), List.of());
        double[] probabilities = heldOut.probability();
        progress.end("%,d texts".formatted(size));
        if (Arrays.stream(probabilities).allMatch(Double::isNaN))
            throw Problem.invalid(
                    "folds_unusable",
                    "whichever part is held out, only one kind of text is left to learn from; give more texts or other parts");
        if (size > TrainedSentiment.MOST_HELD_OUT)
            card.warn(
                    "held_out_sample",
                    "the accuracy is that of models learnt from about %,d of the %,d texts; the model itself learns from all"
                            .formatted(TrainedSentiment.MOST_HELD_OUT, size));
        progress.begin("learning from all");
        var model = TrainedSentiment.fit(kinds, praise, seed());
        progress.end("%,d features".formatted(model.features()));
        var builtIn = new BuiltInSentiment();
        var start = SentimentEvaluation.of(
                kinds.parallelStream()
                        .mapToDouble(said -> builtIn.of(said).probability())
                        .toArray(),
                praise);
        var opinions = score != null ? List.<Opinion>of() : opinions(model, texts, used, heldOut.opinions());
        return new Learnt(model, ratings, SentimentEvaluation.of(probabilities, praise), start, opinions);
    }

    /** Of texts learnt from, as they were judged while held out; the others the model has not seen. */
    private static List<Opinion> opinions(
            TrainedSentiment model, List<String> texts, int[] learntFrom, List<Opinion> heldOut) {
        int[] place = new int[texts.size()];
        Arrays.fill(place, -1);
        for (int k = 0; k < learntFrom.length; k++) place[learntFrom[k]] = k;
        return IntStream.range(0, place.length)
                .parallel()
                .mapToObj(row -> {
                    if (place[row] >= 0) return heldOut.get(place[row]);
                    return texts.get(row).isBlank() ? new Opinion(.5, false, List.of()) : model.of(texts.get(row));
                })
                .toList();
    }

    private static List<String> labels(DataRows rows) {
        return rows.texts(LABEL).stream()
                .map(label -> rows.written().plain(label.strip()))
                .toList();
    }

    private int[] folds(DataRows rows) {
        if (foldColumn == null)
            return IntStream.range(0, rows.size()).map(i -> i % folds).toArray();
        var keys = rows.keys(FOLD);
        if (keys.names().size() < 2)
            throw Problem.invalid("folds_invalid", "column %s names fewer than two parts".formatted(foldColumn));
        if (keys.names().size() > 1000)
            throw Problem.invalid(
                    "folds_invalid",
                    "column %s names %,d parts; 1000 are the most"
                            .formatted(foldColumn, keys.names().size()));
        return keys.sorted().codes();
    }

    private static void warnOfDuplicates(List<String> texts, Card card) {
        var seen = new HashSet<String>();
        long again = texts.stream().filter(said -> !seen.add(said.strip())).count();
        if (again > texts.size() / 50)
            card.warn(
                    "texts_repeated",
                    "%,d of %,d texts stand there before, word for word: where one is held out the other may be learnt from, and the accuracy flatters"
                            .formatted(again, texts.size()));
    }

    private @Nullable SentimentEvaluation compare(
            List<String> labels, List<String> texts, List<Opinion> opinions, @Nullable Learnt learnt, Card card) {
        var ratings = learnt == null ? Ratings.of(labels, positive, negative, String.valueOf(label)) : learnt.ratings();
        int[] polarity = ratings.polarity(labels);
        int[] rated = IntStream.range(0, polarity.length)
                .filter(i -> polarity[i] >= 0 && !texts.get(i).isBlank())
                .toArray();
        if (rated.length == 0) {
            card.warn(
                    "nothing_compared", "no text judged has a rating that is praise or complaint: nothing is compared");
            return null;
        }
        boolean[] praise = new boolean[rated.length];
        double[] probability = new double[rated.length];
        for (int k = 0; k < rated.length; k++) {
            praise[k] = polarity[rated[k]] == Ratings.PRAISE;
            probability[k] = opinions.get(rated[k]).probability();
        }
        return SentimentEvaluation.of(probability, praise);
    }

    private static List<String> words(Results results) {
        var words = new ArrayList<String>();
        if (results.evaluation() != null && results.ratings() != null && results.builtIn() != null) {
            words.add(String.format(
                    Locale.ROOT,
                    "learnt from %,d texts, %,d of them praise (%s); %,d features",
                    results.evaluation().texts(),
                    results.evaluation().praise(),
                    results.ratings().words(),
                    results.features()));
            words.add("on texts held out in turn: " + said(results.evaluation()));
            words.add(String.format(
                    Locale.ROOT,
                    "on the same texts the built-in word list: accuracy %.4f",
                    results.builtIn().accuracy()));
        }
        if (results.scored() != null) words.add("on the rated texts judged: " + said(results.scored()));
        words.add(String.format(
                Locale.ROOT,
                "%,d texts judged: %,d praise, %,d complaints, %,d not known",
                results.judged(),
                results.praise(),
                results.judged() - results.praise() - results.unknown(),
                results.unknown()));
        return words;
    }

    private static String said(SentimentEvaluation evaluation) {
        return String.format(
                Locale.ROOT,
                "accuracy %.4f (always the more frequent: %.4f), AUC %.4f, log-loss %.4f, Brier %.4f, calibration slope %.2f",
                evaluation.accuracy(),
                evaluation.baseline(),
                evaluation.auc(),
                evaluation.logLoss(),
                evaluation.brier(),
                evaluation.calibrationSlope());
    }

    private static ResultRows rows(List<Opinion> opinions) {
        var rows = ResultRows.of(opinions.size())
                .count("row", i -> i + 1)
                .decimal(
                        "probability",
                        i -> opinions.get(i).known() ? opinions.get(i).probability() : Double.NaN)
                .text("sentiment", i -> sentiment(opinions.get(i)));
        for (int k = 0; k < REASONS; k++) {
            int place = k;
            rows.text("reason" + (k + 1), i -> reason(opinions.get(i).reasons(), place));
        }
        return rows;
    }

    private static String sentiment(Opinion opinion) {
        if (!opinion.known()) return "";
        return opinion.positive() ? "positive" : "negative";
    }

    private static String reason(List<Reason> reasons, int place) {
        return place < reasons.size()
                ? String.format(
                        Locale.ROOT,
                        "%s %+.2f",
                        reasons.get(place).words(),
                        reasons.get(place).logOdds())
                : "";
    }

    private static List<Chart> charts(Results results, List<Opinion> opinions) {
        var charts = new ArrayList<Chart>();
        var evaluation = results.evaluation() == null ? results.scored() : results.evaluation();
        if (evaluation != null) charts.add(calibration(evaluation));
        double[] counts = new double[10];
        for (var opinion : opinions) if (opinion.known()) counts[Math.min(9, (int) (opinion.probability() * 10))]++;
        charts.add(new Chart.BarGroups(
                "How sure the judgements are",
                "Texts by their probability of praise. Those in the middle are mixed, or say little.",
                "probability of praise",
                "texts",
                IntStream.range(0, 10)
                        .mapToObj(i -> "%.1f–%.1f".formatted(i / 10.0, (i + 1) / 10.0))
                        .toList(),
                List.of(new Chart.Bars("texts", counts))));
        return charts;
    }

    private static Chart calibration(SentimentEvaluation evaluation) {
        var bins = evaluation.bins();
        return new Chart.Lines(
                "Calibration",
                "Groups of texts by the probability the model gave them, and how many were praise. Points on the dashed line are right.",
                "probability of praise",
                "share that was praise",
                List.of(
                        Chart.Line.of(
                                "texts not learnt from",
                                bins.stream()
                                        .mapToDouble(SentimentEvaluation.Bin::predicted)
                                        .toArray(),
                                bins.stream()
                                        .mapToDouble(SentimentEvaluation.Bin::actual)
                                        .toArray()),
                        new Chart.Line("right", new double[] {0, 1}, new double[] {0, 1}, true)));
    }
}
