package io.rekindle.models.propensity;

import io.rekindle.models.learn.Accuracy;
import io.rekindle.models.learn.BoostedTrees;
import io.rekindle.models.learn.Folds;
import io.rekindle.models.learn.LogisticLine;
import io.rekindle.models.learn.Loss;
import io.rekindle.models.propensity.PropensityCard.Baseline;
import io.rekindle.models.propensity.PropensityCard.Candidate;
import io.rekindle.models.propensity.PropensityCard.Importance;
import io.rekindle.models.propensity.PropensityCard.Period;
import io.rekindle.models.table.Column;
import io.rekindle.models.table.Remark;
import io.rekindle.models.table.Screening;
import io.rekindle.models.table.Table;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The probability that a customer does something (leaves, answers, buys), from a table of whatever is known.
 *
 * <p>What: the table is prepared without being told how (see {@link Screening} and the encodings of {@code table}); a
 * ridge logistic regression and boosted trees learn it; the one with the least loss on rows not learnt from is taken, or
 * the mean of both; probabilities are calibrated on rows not learnt from, with a belief that they need little of it, which outcomes that tell
 * otherwise soon overrule; each comes with its reasons.
 *
 * <p>Without leaks: everything, the encoding included, that predicts the rows of a fold was learnt on the other folds. The
 * choice (kind, settings, number of trees) and the calibration for a fold are those that suit the other folds' held-out
 * rows best. So {@link #outOfFold} is what the procedure does with rows it has never seen. The model for new rows is then
 * fitted on all rows, with the choice and calibration that suit all held-out rows.
 *
 * <p>Assumptions: rows are customers independent of each other, and new ones are like them; what is known later than the
 * moment of prediction must not be in the table (the card suspects columns that tell too much). Sources: Hoerl and Kennard
 * (1970) for the ridge, Chen and Guestrin (KDD 2016) for the trees, Platt (1999) for the calibration, Stone (1974) and Wolpert
 * (1992) for choosing and mixing by rows held out. Complexity: (folds + 1) times a logistic fit, O(rows · width²) each, and
 * some hundred trees; of more than 200,000 rows the folds' trees grow one fold after the other, which bounds the memory to
 * that of one, about 16 bytes a row and feature. Deterministic: the same rows in any order and the same seed give the same
 * result.
 */
public final class Propensity {
    private static final int GROWN_AT_ONCE = 25;
    private static final int PATIENCE = 2;
    /** From so many rows on folds come one after the other, and there is one setting of trees. */
    private static final int LARGE = 200_000;

    private static final int FEW_POSITIVES = 50;
    private static final double TELLING = .95;
    /** A falling line would turn a model that learnt nothing on its head. */
    private static final double FLATTEST = .05;

    private final Table trained;
    private final Experts experts;
    private final Choice choice;
    private final LogisticLine line;
    private final double[] outOfFold;
    private final Reasons outOfFoldReasons;
    private final PropensityCard card;

    /**
     * How to fit.
     *
     * @param folds of the cross-validation; fewer when there are not as many rows of each class
     * @param given for each row a fold of the caller's instead; empty to draw them
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record Settings(long seed, int folds, int[] given) {
        public Settings {
            if (folds < 2 || folds > 50)
                throw new IllegalArgumentException("%d folds; they are 2 to 50".formatted(folds));
        }

        /** Five folds. */
        public static Settings of(long seed) {
            return new Settings(seed, 5, new int[0]);
        }
    }

    private Propensity(
            Table trained,
            Experts experts,
            Choice choice,
            LogisticLine line,
            double[] outOfFold,
            Reasons outOfFoldReasons,
            PropensityCard card) {
        this.trained = trained;
        this.experts = experts;
        this.choice = choice;
        this.line = line;
        this.outOfFold = outOfFold;
        this.outOfFoldReasons = outOfFoldReasons;
        this.card = card;
    }

    /**
     * Learns.
     *
     * @param positive for each row whether it did what is to be predicted
     * @param told what is being done, now and then
     * @throws IllegalArgumentException when rows of one class only, or no column, are there to learn from
     */
    public static Propensity fit(Table table, boolean[] positive, Settings settings, Consumer<String> told) {
        return fit(table, positive, settings, LARGE, told);
    }

    /** @param large from more rows than that on, folds come one after the other */
    static Propensity fit(Table table, boolean[] positive, Settings settings, int large, Consumer<String> told) {
        return new Fit(table, positive, settings, positive.length > large, told).done();
    }

    /** For each row learnt from, its probability by a model that had not seen it. */
    public double[] outOfFold() {
        return outOfFold.clone();
    }

    /** The reasons of {@link #outOfFold}. */
    public Reasons outOfFoldReasons() {
        return outOfFoldReasons;
    }

    public PropensityCard card() {
        return card;
    }

    /** The columns the model looks at: a table to score has them. */
    public Table trained() {
        return trained;
    }

    /** The probabilities of rows, by the model fitted on everything. */
    public double[] probabilities(Table table) {
        return Arrays.stream(experts.margins(table, all(table), choice))
                .map(line::probability)
                .toArray();
    }

    /** Why: the reasons of {@link #probabilities}. */
    public Reasons reasons(Table table) {
        var reasons = new Reasons(names(trained), table.size());
        explain(experts, table, all(table), choice, line, reasons);
        return reasons;
    }

    private static int[] all(Table table) {
        return IntStream.range(0, table.size()).toArray();
    }

    private static List<String> names(Table table) {
        return table.columns().stream().map(Column::name).toList();
    }

    private static void explain(
            Experts experts, Table table, int[] rows, Choice choice, LogisticLine line, Reasons into) {
        experts.explain(table, rows, choice, (place, parts) -> {
            int columns = parts.length - 1;
            double[] contributions = new double[columns];
            for (int c = 0; c < columns; c++) contributions[c] = line.slope() * parts[c];
            into.put(rows[place], contributions, line.logOdds(parts[columns]));
        });
    }

    /** One fit, step by step. */
    private static final class Fit {
        private final Table table;
        private final boolean[] positive;
        private final double[] y;
        private final int n;
        private final boolean large;
        private final Consumer<String> told;
        private final List<Remark> remarks = new ArrayList<>();
        private final int[] order;
        private final Folds folds;
        private final List<BoostedTrees.Settings> growing;
        private final int mostRounds;
        private final Experts[] experts;
        private final Map<Choice, double[]> margins = new HashMap<>();
        /** By setting of the trees: how many there were at each look. */
        private final List<List<Integer>> looks = new ArrayList<>();

        /** By setting, look and fold: the sum of held-out losses. */
        private final List<List<double[]>> losses = new ArrayList<>();

        Fit(Table whole, boolean[] positive, Settings settings, boolean large, Consumer<String> told) {
            n = positive.length;
            this.large = large;
            this.positive = positive;
            this.told = told;
            if (whole.size() != n)
                throw new IllegalArgumentException(
                        "%d outcomes for %d rows; one for each is needed".formatted(n, whole.size()));
            int positives = 0;
            y = new double[n];
            for (int i = 0; i < n; i++)
                if (positive[i]) {
                    y[i] = 1;
                    positives++;
                }
            int fewer = Math.min(positives, n - positives);
            if (fewer == 0)
                throw new IllegalArgumentException(
                        "of %,d rows %s positive; rows of both kinds are needed to learn from"
                                .formatted(n, positives == 0 ? "none is" : "all are"));
            if (fewer < 4)
                throw new IllegalArgumentException(
                        "of %,d rows only %d %s positive; at least 4 of each kind are needed to learn and to test"
                                .formatted(n, fewer, positives == fewer ? "are" : "are not"));
            var screening = Screening.of(whole);
            remarks.addAll(screening.remarks());
            table = screening.kept();
            if (fewer < FEW_POSITIVES)
                remarks.add(new Remark(
                        "few_positives",
                        "only %d rows are %s; probabilities and reasons are rough, and the accuracy is known roughly only"
                                .formatted(fewer, positives == fewer ? "positive" : "not positive")));
            long[] prints = table.fingerprints(settings.seed());
            int[] classes = new int[n];
            for (int i = 0; i < n; i++)
                if (positive[i]) {
                    classes[i] = 1;
                    prints[i] = ~prints[i];
                }
            order = Folds.shuffled(prints);
            warnOfCopies(prints);
            int[] given = settings.given();
            if (given.length == 0) {
                int count = Math.min(settings.folds(), fewer / 2);
                folds = Folds.draw(prints, classes, count);
            } else {
                if (given.length != n)
                    throw new IllegalArgumentException("%d folds are given for %d rows".formatted(given.length, n));
                folds = Folds.given(given);
                for (int fold = 0; fold < folds.count(); fold++) {
                    int[] rest = folds.outside(fold, order);
                    long among =
                            Arrays.stream(rest).filter(row -> positive[row]).count();
                    if (among == 0 || among == rest.length)
                        throw new IllegalArgumentException(
                                "without one of the given folds, the rows left are of one kind only; give folds that mix both");
                }
            }
            growing = settingsFor(large, settings.seed());
            mostRounds = large ? 200 : 600;
            experts = new Experts[folds.count()];
        }

        private static List<BoostedTrees.Settings> settingsFor(boolean large, long seed) {
            if (large) return List.of(new BoostedTrees.Settings(6, .15, 5, 1, .8, .8, seed));
            var shallow = new BoostedTrees.Settings(2, .1, 2, 1, .8, .8, seed);
            var deeper = new BoostedTrees.Settings(4, .05, 4, 2, .8, .7, seed);
            return List.of(shallow, deeper);
        }

        /** Rows that occur again make it look as if the model knew what it only remembers. */
        private void warnOfCopies(long[] prints) {
            int copies = 0;
            for (int k = 1; k < n; k++) if (prints[order[k]] == prints[order[k - 1]]) copies++;
            if (copies > n / 10 && copies < n / 2 + 1 && n - copies > 1_000)
                remarks.add(new Remark(
                        "rows_repeated",
                        "%,d of %,d rows are copies of others; if they are not different customers, remove them: the accuracy flatters"
                                .formatted(copies, n)));
        }

        Propensity done() {
            learn();
            double[] outOfFold = new double[n];
            var reasons = new Reasons(names(table), n);
            for (int fold = 0; fold < folds.count(); fold++) {
                int[] held = folds.inside(fold, order);
                var chosen = choose(fold);
                var line = calibrate(chosen, folds.outside(fold, order));
                double[] own = margins(chosen);
                for (int row : held) outOfFold[row] = line.probability(own[row]);
                explain(experts[fold], table, held, chosen, line, reasons);
            }
            var choice = choose(-1);
            var line = calibrate(choice, order);
            told.accept("fitting on all rows");
            var all = new Experts(table, order, y);
            var last = choice;
            if (choice.linearShare() < 1) {
                all.begin(table, order, y, List.of(growing.get(choice.setting())));
                all.grow(0, choice.rounds());
                all.finish(0);
                last = new Choice(choice.linearShare(), choice.bends(), 0, choice.rounds());
            }
            return new Propensity(table, all, last, line, outOfFold, reasons, card(choice, outOfFold, reasons));
        }

        private void learn() {
            for (int fold = 0; fold < folds.count(); fold++) {
                told.accept("learning without fold %d of %d".formatted(fold + 1, folds.count()));
                int[] rest = folds.outside(fold, order);
                experts[fold] = new Experts(table, rest, y);
                if (!large) experts[fold].begin(table, rest, y, growing);
            }
            if (!large) for (int setting = 0; setting < growing.size(); setting++) growTogether(setting);
            else for (int setting = 0; setting < growing.size(); setting++) growInTurn(setting);
        }

        /** Grows all folds' trees side by side, until more of them help none of the held-out rows together. */
        private void growTogether(int setting) {
            var at = new ArrayList<Integer>();
            var sums = new ArrayList<double[]>();
            int[][] held = new int[folds.count()][];
            var watched = new ArrayList<BoostedTrees.Watched>();
            for (int fold = 0; fold < folds.count(); fold++) {
                held[fold] = folds.inside(fold, order);
                watched.add(experts[fold].watch(table, held[fold], setting));
            }
            double best = Double.POSITIVE_INFINITY;
            int since = 0;
            for (int rounds = GROWN_AT_ONCE; rounds <= mostRounds && since < PATIENCE; rounds += GROWN_AT_ONCE) {
                tellGrowing(setting, rounds, "");
                double[] sum = new double[folds.count()];
                for (int fold = 0; fold < folds.count(); fold++) {
                    experts[fold].grow(setting, GROWN_AT_ONCE);
                    sum[fold] = loss(watched.get(fold), held[fold]);
                }
                at.add(rounds);
                sums.add(sum);
                double all = Arrays.stream(sum).sum();
                since = all < best ? 0 : since + 1;
                best = Math.min(best, all);
            }
            watched.forEach(BoostedTrees.Watched::close);
            for (var expert : experts) expert.finish(setting);
            looks.add(at);
            losses.add(sums);
        }

        /**
         * Grows one fold's trees after the other's, until more of them help none of its held-out rows: with so many rows
         * the folds agree on when, and the memory is that of one.
         */
        private void growInTurn(int setting) {
            var byFold = new ArrayList<List<Double>>();
            for (int fold = 0; fold < folds.count(); fold++) {
                int[] held = folds.inside(fold, order);
                experts[fold].begin(table, folds.outside(fold, order), y, List.of(growing.get(setting)));
                var sums = new ArrayList<Double>();
                try (var watched = experts[fold].watch(table, held, setting)) {
                    double best = Double.POSITIVE_INFINITY;
                    int since = 0;
                    for (int rounds = GROWN_AT_ONCE;
                            rounds <= mostRounds && since < PATIENCE;
                            rounds += GROWN_AT_ONCE) {
                        tellGrowing(setting, rounds, ", without fold %d of %d".formatted(fold + 1, folds.count()));
                        experts[fold].grow(setting, GROWN_AT_ONCE);
                        double sum = loss(watched, held);
                        sums.add(sum);
                        since = sum < best ? 0 : since + 1;
                        best = Math.min(best, sum);
                    }
                }
                experts[fold].finish(setting);
                byFold.add(sums);
            }
            int common = byFold.stream().mapToInt(List::size).min().orElseThrow();
            looks.add(IntStream.rangeClosed(1, common)
                    .mapToObj(look -> look * GROWN_AT_ONCE)
                    .toList());
            losses.add(IntStream.range(0, common)
                    .mapToObj(look ->
                            byFold.stream().mapToDouble(sums -> sums.get(look)).toArray())
                    .toList());
        }

        private void tellGrowing(int setting, int rounds, String where) {
            told.accept("growing trees: %d, depth %d%s"
                    .formatted(rounds, growing.get(setting).depth(), where));
        }

        private double loss(BoostedTrees.Watched watched, int[] rows) {
            double[] predicted = watched.margins();
            double sum = 0;
            for (int i = 0; i < rows.length; i++) sum += Loss.LOGISTIC.of(predicted[i], y[rows[i]]);
            return sum;
        }

        /** Each row's margin by the experts that had not seen it. */
        private double[] margins(Choice choice) {
            var known = margins.get(choice);
            if (known != null) return known;
            double[] all = choice.learner() == Learner.BLEND ? blended(choice) : learnt(choice);
            margins.put(choice, all);
            return all;
        }

        /** As {@link Experts} mix them, of what they said before. */
        private double[] blended(Choice choice) {
            double[] linear = margins(Choice.linear(choice.bends()));
            double[] trees = margins(Choice.trees(choice.setting(), choice.rounds()));
            double share = choice.linearShare();
            double[] all = new double[n];
            for (int row = 0; row < n; row++) all[row] = share * linear[row] + (1 - share) * trees[row];
            return all;
        }

        private double[] learnt(Choice wanted) {
            double[] all = new double[n];
            for (int fold = 0; fold < folds.count(); fold++) {
                int[] held = folds.inside(fold, order);
                double[] some = experts[fold].margins(table, held, wanted);
                for (int i = 0; i < held.length; i++) all[held[i]] = some[i];
            }
            return all;
        }

        private double loss(Choice choice, int without) {
            double[] all = margins(choice);
            double sum = 0;
            for (int row : order) if (folds.of()[row] != without) sum += Loss.LOGISTIC.of(all[row], y[row]);
            return sum;
        }

        private Choice bestLinear(int without) {
            return loss(Choice.linear(1), without) < loss(Choice.linear(0), without)
                    ? Choice.linear(1)
                    : Choice.linear(0);
        }

        private Choice bestTrees(int without) {
            double best = Double.POSITIVE_INFINITY;
            var choice = Choice.trees(0, GROWN_AT_ONCE);
            for (int setting = 0; setting < growing.size(); setting++)
                for (int look = 0; look < looks.get(setting).size(); look++) {
                    double[] sums = losses.get(setting).get(look);
                    double sum = Arrays.stream(sums).sum() - (without < 0 ? 0 : sums[without]);
                    if (sum < best) {
                        best = sum;
                        choice = Choice.trees(setting, looks.get(setting).get(look));
                    }
                }
            return choice;
        }

        /** What suits the held-out rows of all folds but one best. */
        private Choice choose(int without) {
            var linear = bestLinear(without);
            var trees = bestTrees(without);
            return List.of(linear, trees, Choice.both(linear, trees)).stream()
                    .min(Comparator.comparingDouble(choice -> loss(choice, without)))
                    .orElseThrow();
        }

        private LogisticLine calibrate(Choice choice, int[] rows) {
            double[] all = margins(choice);
            double[] own = Arrays.stream(rows).mapToDouble(row -> all[row]).toArray();
            boolean[] did = new boolean[rows.length];
            for (int i = 0; i < rows.length; i++) did[i] = positive[rows[i]];
            return LogisticLine.fitCautiously(own, did, FLATTEST);
        }

        private String words(Choice choice) {
            var linear = choice.bends() == 1 ? "logistic regression with bends (ridge)" : "logistic regression (ridge)";
            var trees = choice.linearShare() == 1
                    ? ""
                    : "boosted trees (%d of depth %d)"
                            .formatted(
                                    choice.rounds(),
                                    growing.get(choice.setting()).depth());
            return switch (choice.learner()) {
                case LOGISTIC -> linear;
                case BOOSTING -> trees;
                case BLEND -> "the mean of " + linear + " and " + trees;
            };
        }

        private Candidate candidate(Choice choice) {
            double[] all = margins(choice);
            return new Candidate(choice.learner(), words(choice), Accuracy.auc(all, positive), loss(choice, -1) / n);
        }

        private PropensityCard card(Choice choice, double[] outOfFold, Reasons reasons) {
            var accuracy = Accuracy.of(outOfFold, positive);
            double foldAuc = 0;
            double foldLoss = 0;
            int counted = 0;
            for (int fold = 0; fold < folds.count(); fold++) {
                int[] held = folds.inside(fold, order);
                boolean[] did = new boolean[held.length];
                double[] p = new double[held.length];
                for (int i = 0; i < held.length; i++) {
                    did[i] = positive[held[i]];
                    p[i] = outOfFold[held[i]];
                }
                if (held.length == 0) continue;
                var own = Accuracy.of(p, did);
                if (Double.isNaN(own.auc())) continue;
                counted++;
                foldAuc += own.auc();
                foldLoss += own.logLoss();
            }
            double rate = (double) accuracy.positives() / n;
            var baseline = new Baseline(
                    rate, .5, rate, -rate * Math.log(rate) - (1 - rate) * Math.log1p(-rate), rate * (1 - rate));
            double[] strength = reasons.importance();
            double total = Arrays.stream(strength).sum();
            var names = names(table);
            var importance = IntStream.range(0, strength.length)
                    .mapToObj(c -> new Importance(names.get(c), total > 0 ? strength[c] / total : 0))
                    .sorted(Comparator.comparingDouble(Importance::share)
                            .reversed()
                            .thenComparing(Importance::column))
                    .toList();
            suspectLeaks(accuracy);
            if (accuracy.logLoss() >= baseline.logLoss())
                remarks.add(
                        new Remark(
                                "nothing_learnt",
                                "the model tells rows it has not seen no better than one probability for all; do not act on it"));
            if (accuracy.positives() >= FEW_POSITIVES
                    && (accuracy.calibration().slope() < .9
                            || accuracy.calibration().slope() > 1.1)
                    && accuracy.logLoss() < baseline.logLoss())
                remarks.add(new Remark(
                        "calibration",
                        String.format(
                                Locale.ROOT,
                                "probabilities of rows not seen have a calibration slope of %.2f (1 is right): they are %s",
                                accuracy.calibration().slope(),
                                accuracy.calibration().slope() < 1 ? "too extreme" : "too timid")));
            var linear = bestLinear(-1);
            var trees = bestTrees(-1);
            return new PropensityCard(
                    n,
                    accuracy.positives(),
                    periods(),
                    folds.count(),
                    words(choice),
                    List.of(candidate(linear), candidate(trees), candidate(Choice.both(linear, trees))),
                    baseline,
                    accuracy,
                    counted == 0 ? Double.NaN : foldAuc / counted,
                    counted == 0 ? Double.NaN : foldLoss / counted,
                    importance,
                    remarks);
        }

        private List<Period> periods() {
            var periods = new ArrayList<Period>();
            for (var column : table.columns())
                if (column instanceof Column.Dates dates) {
                    var range = Arrays.stream(dates.seconds())
                            .filter(second -> second != Column.Dates.NONE)
                            .summaryStatistics();
                    periods.add(new Period(
                            dates.name(),
                            LocalDate.ofEpochDay(Math.floorDiv(range.getMin(), 86_400L)),
                            LocalDate.ofEpochDay(Math.floorDiv(range.getMax(), 86_400L))));
                }
            return periods;
        }

        /** A column that all but tells the outcome was most likely written down after it. */
        private void suspectLeaks(Accuracy accuracy) {
            double[] gaps = new double[n];
            for (var column : table.columns()) {
                double[] score = new double[n];
                switch (column) {
                    case Column.Numbers numbers -> Arrays.setAll(score, row -> numbers.values()[row]);
                    case Column.Dates dates ->
                        Arrays.setAll(score, row -> dates.isMissing(row) ? Double.NaN : dates.seconds()[row]);
                    case Column.Categories categories -> rates(categories, score);
                }
                boolean some = column.missing() > 0;
                double telling = 0;
                if (some) {
                    for (int row = 0; row < n; row++) gaps[row] = column.isMissing(row) ? 1 : 0;
                    telling = folded(Accuracy.auc(gaps, positive));
                }
                int[] valued = IntStream.range(0, n)
                        .filter(row -> !Double.isNaN(score[row]))
                        .toArray();
                boolean[] did = new boolean[valued.length];
                for (int i = 0; i < valued.length; i++) did[i] = positive[valued[i]];
                if (valued.length > n / 2)
                    telling = Math.max(
                            telling,
                            folded(Accuracy.auc(
                                    Arrays.stream(valued)
                                            .mapToDouble(row -> score[row])
                                            .toArray(),
                                    did)));
                if (telling >= TELLING)
                    remarks.add(new Remark(
                            "leak_suspected",
                            String.format(
                                    Locale.ROOT,
                                    "column %s alone tells the outcome (AUC %.3f): was it written down only afterwards? If so, leave it out with --ignore",
                                    column.name(),
                                    telling)));
            }
            if (accuracy.auc() >= .99
                    && remarks.stream().noneMatch(remark -> remark.code().equals("leak_suspected")))
                remarks.add(new Remark(
                        "leak_suspected",
                        String.format(
                                Locale.ROOT,
                                "an AUC of %.4f is too good for customers: does some column say what was known only afterwards?",
                                accuracy.auc())));
        }

        private static double folded(double auc) {
            return Double.isNaN(auc) ? 0 : Math.max(auc, 1 - auc);
        }

        /** For each row how its category fared in the other folds. */
        private void rates(Column.Categories categories, double[] score) {
            int values = categories.values().size() + 1;
            double rate = Arrays.stream(y).sum() / n;
            double[] rows = new double[values];
            double[] did = new double[values];
            for (int row = 0; row < n; row++) {
                rows[categories.codes()[row] + 1]++;
                did[categories.codes()[row] + 1] += y[row];
            }
            for (int fold = 0; fold < folds.count(); fold++) {
                double[] foldRows = new double[values];
                double[] foldDid = new double[values];
                int[] held = folds.inside(fold, order);
                for (int row : held) {
                    foldRows[categories.codes()[row] + 1]++;
                    foldDid[categories.codes()[row] + 1] += y[row];
                }
                for (int row : held) {
                    int value = categories.codes()[row] + 1;
                    score[row] = (did[value] - foldDid[value] + 5 * rate) / (rows[value] - foldRows[value] + 5);
                }
            }
        }
    }
}
