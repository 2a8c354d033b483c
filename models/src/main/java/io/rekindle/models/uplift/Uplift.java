package io.rekindle.models.uplift;

import io.rekindle.models.learn.Accuracy;
import io.rekindle.models.learn.Folds;
import io.rekindle.models.learn.Loss;
import io.rekindle.models.table.Remark;
import io.rekindle.models.table.Screening;
import io.rekindle.models.table.Table;
import io.rekindle.models.uplift.UpliftCard.Candidate;
import io.rekindle.models.uplift.UpliftCard.Group;
import io.rekindle.models.uplift.UpliftCard.Top;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What a treatment changes for each customer, learnt from a group that was treated and one that was not.
 *
 * <p>What: S-, T-, X- and DR-learners over the same base learners (linear, bent, trees) predict the effect on customers
 * they have not seen (folds); the one that ranks best is taken, its effects are brought to the scale the data bear out
 * (the slope of doubly robust effects on predicted ones: what exaggerates is shrunk to the average), and the ranking is
 * tried against chance. Where chance does as well, nobody is ranked: everybody's effect is the average, and the card says
 * how many customers it would take.
 *
 * <p>Without leaks: the effects of a fold, the encoding and the choice of learner and scale included, come of the other
 * folds. Probability of treatment: the share treated, one given for each customer, or estimated; a split that the columns
 * foretell is noticed, told, and estimated.
 *
 * <p>Assumptions: customers do not influence each other; given the columns, who was treated does not hang on what it would
 * do to them. Sources: Künzel et al. (2019) for S, T and X; Kennedy, "Towards optimal doubly robust estimation of
 * heterogeneous causal effects" (2023); Chernozhukov et al. (2018) for the scale. Complexity: (folds + 1) · (2 to 12) base
 * fits. Deterministic, and the order of rows does not matter.
 */
public final class Uplift {
    private static final double SIGNIFICANT = .05;
    private static final double EDGE = .01;
    /** One-sided 5 % and a power of 80 %. */
    private static final double POWER = 1.6449 + .8416;

    private final Table trained;
    private final Effects effects;
    private final Way way;
    private final Scale scale;
    private final double[] outOfFold;
    private final ResponseGroup[] groups;
    private final double band;
    private final UpliftCard card;

    private record Way(MetaLearner learner, BaseLearner base) {
        String words() {
            return "%s-learner over %s"
                    .formatted(
                            learner,
                            switch (base) {
                                case LINEAR -> "regression (ridge)";
                                case BENT -> "regression with bends (ridge)";
                                case TREES -> "boosted trees";
                            });
        }
    }

    /** Effects as the data bear them out: average + slope · (predicted − mean predicted). */
    private record Scale(double average, double mean, double slope) {
        double of(double predicted) {
            return average + slope * (predicted - mean);
        }
    }

    /** How the treatment was given. */
    public sealed interface Assignment {
        /** By lot, with one probability for all; told from the split, and estimated if the columns foretell it. */
        record ByLot() implements Assignment {}

        /** With a probability known for each customer. */
        @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
        record Known(double[] probability) implements Assignment {
            public Known {
                for (double p : probability)
                    if (!(p > 0 && p < 1))
                        throw new IllegalArgumentException(
                                "a probability of treatment of %s; it lies between 0 and 1".formatted(p));
            }
        }

        /** With a probability that hangs on the columns, and is estimated. */
        record Estimated() implements Assignment {}
    }

    /**
     * How to fit.
     *
     * @param given for each row a fold of the caller's; empty to draw them
     * @param learners to choose between
     * @param bases to choose between
     * @param resamples for the interval
     * @param permutations for the trial against chance
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record Settings(
            long seed,
            int folds,
            int[] given,
            Set<MetaLearner> learners,
            Set<BaseLearner> bases,
            Assignment assignment,
            int resamples,
            int permutations) {
        public Settings {
            learners = Set.copyOf(learners);
            bases = Set.copyOf(bases);
            if (learners.isEmpty() || bases.isEmpty())
                throw new IllegalArgumentException("name at least one learner and one base learner");
            if (folds < 2 || folds > 50)
                throw new IllegalArgumentException("%d folds; they are 2 to 50".formatted(folds));
            if (resamples < 20 || permutations < 20)
                throw new IllegalArgumentException("at least 20 resamples and 20 permutations are needed");
        }

        /** Everything there is, five folds, treatment by lot. */
        public static Settings of(long seed) {
            return new Settings(
                    seed,
                    5,
                    new int[0],
                    EnumSet.allOf(MetaLearner.class),
                    EnumSet.allOf(BaseLearner.class),
                    new Assignment.ByLot(),
                    400,
                    1000);
        }

        public Settings among(Set<MetaLearner> learners, Set<BaseLearner> bases) {
            return new Settings(seed, folds, given, learners, bases, assignment, resamples, permutations);
        }

        public Settings in(int folds, int[] given) {
            return new Settings(seed, folds, given, learners, bases, assignment, resamples, permutations);
        }

        public Settings assigned(Assignment assignment) {
            return new Settings(seed, folds, given, learners, bases, assignment, resamples, permutations);
        }
    }

    private Uplift(
            Table trained,
            Effects effects,
            Way way,
            Scale scale,
            double[] outOfFold,
            ResponseGroup[] groups,
            double band,
            UpliftCard card) {
        this.trained = trained;
        this.effects = effects;
        this.way = way;
        this.scale = scale;
        this.outOfFold = outOfFold;
        this.groups = groups;
        this.band = band;
        this.card = card;
    }

    /**
     * Learns.
     *
     * @param outcome what counts: 0 and 1, or any number
     * @param told what is being done, now and then
     * @throws IllegalArgumentException when one arm, or every column, is empty, or all outcomes are the same
     */
    public static Uplift fit(
            Table table, boolean[] treated, double[] outcome, Settings settings, Consumer<String> told) {
        return new Fit(table, treated, outcome, settings, told).done();
    }

    public UpliftCard card() {
        return card;
    }

    /** The columns the model looks at: a table to score has them. */
    public Table trained() {
        return trained;
    }

    /** For each customer learnt from the effect, by a model that had not seen it; the average where nothing ranks. */
    public double[] outOfFold() {
        return outOfFold.clone();
    }

    /** The groups of {@link #outOfFold}; empty where nothing ranks. */
    public List<ResponseGroup> outOfFoldGroups() {
        return List.of(groups);
    }

    /** The effects on customers, by the model fitted on all; the average where nothing ranks. */
    public double[] effects(Table table) {
        double[] raw = effects.effects(way.learner, table, all(table));
        return Arrays.stream(raw).map(scale::of).toArray();
    }

    /** The groups of {@link #effects}; empty where nothing ranks. */
    public List<ResponseGroup> groups(Table table) {
        if (!card.rankable()) return List.of();
        double[] own = effects(table);
        double[] alone = effects.outcomesAlone(table, all(table));
        return IntStream.range(0, own.length)
                .mapToObj(i -> group(own[i], alone[i], band, card.controlOutcome()))
                .toList();
    }

    private static int[] all(Table table) {
        return IntStream.range(0, table.size()).toArray();
    }

    private static ResponseGroup group(double effect, double alone, double band, double usual) {
        if (effect > band) return ResponseGroup.PERSUADABLE;
        if (effect < -band) return ResponseGroup.SLEEPING_DOG;
        return alone >= usual ? ResponseGroup.SURE_THING : ResponseGroup.LOST_CAUSE;
    }

    /** One fit, step by step. */
    private static final class Fit {
        private final Table table;
        private final boolean[] treated;
        private final double[] y;
        private final int n;
        private final Settings settings;
        private final Consumer<String> told;
        private final List<Remark> remarks = new ArrayList<>();
        private final int[] order;
        private final Folds folds;
        private final double[] probability;
        private String assignment = "";
        private boolean even = true;

        /** Each customer's raw effect by models that had not seen it. */
        private final Map<Way, double[]> raw = new LinkedHashMap<>();

        private final Map<BaseLearner, double[]> outcomesTreated = new EnumMap<>(BaseLearner.class);
        private final Map<BaseLearner, double[]> outcomesAlone = new EnumMap<>(BaseLearner.class);

        Fit(Table whole, boolean[] treated, double[] outcome, Settings settings, Consumer<String> told) {
            this.n = outcome.length;
            this.treated = treated;
            this.y = outcome;
            this.settings = settings;
            this.told = told;
            if (whole.size() != n || treated.length != n)
                throw new IllegalArgumentException("%d outcomes and %d treatments for %d rows; one for each is needed"
                        .formatted(n, treated.length, whole.size()));
            if (n == 0) throw new IllegalArgumentException("there are no customers to learn from");
            double share = UpliftRanking.share(treated);
            for (double value : y)
                if (!Double.isFinite(value))
                    throw new IllegalArgumentException("an outcome of %s; it must be a number".formatted(value));
            if (Arrays.stream(y).allMatch(value -> value == y[0]))
                throw new IllegalArgumentException(
                        "every outcome is %s; nothing can be learnt from it".formatted(y[0]));
            double fewest = Math.min(share, 1 - share) * n;
            if (fewest < 10)
                throw new IllegalArgumentException(
                        "only %.0f customers are %s; at least 10 of each kind are needed to learn and to test"
                                .formatted(fewest, share < .5 ? "treated" : "untreated"));
            var screening = Screening.of(whole);
            remarks.addAll(screening.remarks());
            table = screening.kept();
            long[] prints = table.fingerprints(settings.seed());
            int[] strata = new int[n];
            double mean = Arrays.stream(y).sorted().sum() / n;
            for (int i = 0; i < n; i++) {
                strata[i] = (treated[i] ? 2 : 0) + (y[i] > mean ? 1 : 0);
                // Customers alike in all but this are told apart by it, wherever they stand in the file.
                prints[i] += 0x9e3779b97f4a7c15L * (Double.hashCode(y[i] + 0.0) * 2L + (treated[i] ? 1 : 0));
            }
            order = Folds.shuffled(prints);
            folds = settings.given().length == 0
                    ? Folds.draw(prints, strata, settings.folds())
                    : Folds.given(settings.given());
            if (folds.of().length != n)
                throw new IllegalArgumentException("%d folds are given for %d rows".formatted(folds.of().length, n));
            for (int fold = 0; fold < folds.count(); fold++) {
                long some = Arrays.stream(folds.outside(fold, order))
                        .filter(row -> treated[row])
                        .count();
                if (some == 0 || some == folds.outside(fold, order).length)
                    throw new IllegalArgumentException(
                            "without one of the given folds, all customers left are in one arm; give folds that mix both");
            }
            probability = assigned(share);
        }

        private double[] assigned(double share) {
            switch (settings.assignment()) {
                case Assignment.Known known -> {
                    if (known.probability().length != n)
                        throw new IllegalArgumentException(
                                "%d probabilities of treatment for %d rows".formatted(known.probability().length, n));
                    assignment = "with the probabilities given";
                    even = false;
                    return known.probability();
                }
                case Assignment.Estimated estimated -> {
                    assignment = "with probabilities estimated from the columns";
                    even = false;
                    return clipped(estimated(foretold(BaseLearner.BENT)));
                }
                case Assignment.ByLot byLot -> {
                    double[] foretold = foretold(BaseLearner.BENT);
                    double auc = Accuracy.auc(foretold, treated);
                    double error = Math.sqrt((1 / share + 1 / (1 - share)) / 12 / n);
                    if (auc > .5 + Math.max(.02, 4 * error)) {
                        remarks.add(new Remark(
                                "not_by_lot",
                                String.format(
                                        Locale.ROOT,
                                        "the columns foretell who was treated (AUC %.3f), so it was not by lot: probabilities are estimated, and effects are right only if the columns hold all that decided it",
                                        auc)));
                        assignment = "not by lot; probabilities estimated from the columns";
                        even = false;
                        return clipped(estimated(foretold));
                    }
                    assignment = String.format(Locale.ROOT, "by lot, %.1f %% treated", 100 * share);
                    double[] same = new double[n];
                    Arrays.fill(same, share);
                    return same;
                }
            }
        }

        /** The probability of treatment by models of the other folds. */
        private double[] foretold(BaseLearner base) {
            told.accept("looking at who was treated");
            double[] foretold = new double[n];
            for (int fold = 0; fold < folds.count(); fold++) {
                int[] rest = folds.outside(fold, order);
                int[] held = folds.inside(fold, order);
                var encoder = Features.Encoder.fit(base, table, rest);
                double[] t = Arrays.stream(rest)
                        .mapToDouble(row -> treated[row] ? 1 : 0)
                        .toArray();
                put(
                        encoder.encode(table, rest)
                                .fit(t, Loss.LOGISTIC, false, settings.seed())
                                .means(encoder.encode(table, held)),
                        held,
                        foretold);
            }
            return foretold;
        }

        /** By regression or by trees, whichever foretells better. */
        private double[] estimated(double[] byRegression) {
            double[] byTrees = foretold(BaseLearner.TREES);
            return Accuracy.of(byTrees, treated).logLoss()
                            < Accuracy.of(byRegression, treated).logLoss()
                    ? byTrees
                    : byRegression;
        }

        private double[] clipped(double[] foretold) {
            int outside = 0;
            double[] clipped = foretold.clone();
            for (int i = 0; i < n; i++) {
                clipped[i] = Math.clamp(foretold[i], EDGE, 1 - EDGE);
                if (clipped[i] != foretold[i]) outside++;
            }
            if (outside > n / 100)
                remarks.add(new Remark(
                        "no_overlap",
                        "%,d customers were all but sure to be treated, or not to be; what it does to them cannot be told"
                                .formatted(outside)));
            return clipped;
        }

        Uplift done() {
            learn();
            double[] corrected = corrected();
            double[] effect = new double[n];
            double[] alone = new double[n];
            double[] withIt = new double[n];
            for (int fold = 0; fold < folds.count(); fold++) {
                int[] rest = folds.outside(fold, order);
                var way = best(rest);
                var scale = scale(way, rest, corrected);
                for (int row : folds.inside(fold, order)) {
                    effect[row] = scale.of(values(raw, way)[row]);
                    alone[row] = values(outcomesAlone, way.base)[row];
                    withIt[row] = values(outcomesTreated, way.base)[row];
                }
            }
            told.accept("trying the ranking against chance");
            var ranking = ranking(effect);
            var random = new SplittableRandom(settings.seed());
            int times = n > 100_000 ? Math.max(200, settings.permutations() / 4) : settings.permutations();
            var permutation = ranking.permutation(times, random.split());
            boolean rankable = permutation.p() <= SIGNIFICANT;
            var interval = ranking.interval(
                    n > 100_000 ? Math.max(100, settings.resamples() / 4) : settings.resamples(), random.split());
            var way = best(order);
            told.accept("fitting on all customers");
            var all = new Effects(
                    table, order, treated, y, probability, way.base, EnumSet.of(way.learner), settings.seed());
            var whole = scale(way, order, corrected);
            // The model of all is centred where it predicts, which is not where those of the folds did.
            double mean = Arrays.stream(all.effects(way.learner, table, order)).sum() / n;
            var scale = new Scale(whole.average, mean, rankable ? whole.slope : 0);
            double error = error(corrected, whole.average);
            double usual = controlOutcome();
            double band = Math.max(Math.abs(whole.average), error) / 2;
            var groups = IntStream.range(0, rankable ? n : 0)
                    .mapToObj(i -> group(effect[i], alone[i], band, usual))
                    .toArray(ResponseGroup[]::new);
            // A linear effect from 4/3 of the average at the top to 2/3 at the end has an area of a ninth of it.
            double worthwhile = Math.max(Math.abs(whole.average), 2 * error) / 9;
            double needed = n * Math.pow(POWER * permutation.chance() / worthwhile, 2);
            double forThis = permutation.area() > 0
                    ? n * Math.pow(POWER * permutation.chance() / permutation.area(), 2)
                    : Double.POSITIVE_INFINITY;
            if (!rankable)
                remarks.add(new Remark(
                        "nothing_to_rank",
                        String.format(
                                Locale.ROOT,
                                "the ranking is no better than chance (p %.3f): nobody is ranked, and everybody's effect is the average. To see a ranking whose better half has twice the effect of the other takes about %,.0f customers, there are %,d",
                                permutation.p(),
                                needed,
                                n)));
            int count = 0;
            for (boolean t : treated) if (t) count++;
            var card = new UpliftCard(
                    n,
                    count,
                    usual,
                    whole.average,
                    error,
                    assignment,
                    way.words(),
                    candidates(),
                    interval,
                    ranking.auuc(),
                    ranking.area(),
                    permutation,
                    rankable,
                    needed,
                    forThis,
                    tops(ranking),
                    ranking.deciles(),
                    PolicyValue.ofTenths(effect, treated, y, probability, withIt, alone),
                    groups(groups, effect),
                    ranking.curve(200),
                    remarks);
            double[] told = effect;
            if (!rankable) {
                told = new double[n];
                Arrays.fill(told, whole.average);
            }
            return new Uplift(table, all, way, scale, told, groups, band, card);
        }

        private UpliftRanking ranking(double[] score) {
            return even ? UpliftRanking.of(score, treated, y) : UpliftRanking.weighted(score, treated, y, probability);
        }

        private void learn() {
            for (var base : BaseLearner.values()) {
                if (!settings.bases().contains(base)) continue;
                outcomesTreated.put(base, new double[n]);
                outcomesAlone.put(base, new double[n]);
                for (var learner : MetaLearner.values())
                    if (settings.learners().contains(learner)) raw.put(new Way(learner, base), new double[n]);
                for (int fold = 0; fold < folds.count(); fold++) {
                    told.accept("learning %s without fold %d of %d"
                            .formatted(base.name().toLowerCase(Locale.ROOT), fold + 1, folds.count()));
                    var effects = new Effects(
                            table,
                            folds.outside(fold, order),
                            treated,
                            y,
                            probability,
                            base,
                            settings.learners(),
                            settings.seed());
                    int[] held = folds.inside(fold, order);
                    put(effects.outcomesTreated(table, held), held, values(outcomesTreated, base));
                    put(effects.outcomesAlone(table, held), held, values(outcomesAlone, base));
                    for (var learner : settings.learners())
                        put(effects.effects(learner, table, held), held, values(raw, new Way(learner, base)));
                }
            }
        }

        private static void put(double[] values, int[] rows, double[] into) {
            for (int i = 0; i < rows.length; i++) into[rows[i]] = values[i];
        }

        private static <K> double[] values(Map<K, double[]> map, K key) {
            var values = map.get(key);
            if (values == null) throw new IllegalStateException("nothing was learnt for " + key);
            return values;
        }

        /** Doubly robust effects, by the base learner that predicts outcomes best. */
        private double[] corrected() {
            var loss = Loss.fitting(y);
            BaseLearner best = null;
            double least = Double.POSITIVE_INFINITY;
            for (var base : outcomesAlone.keySet()) {
                double sum = 0;
                for (int row : order) {
                    double mean = treated[row] ? values(outcomesTreated, base)[row] : values(outcomesAlone, base)[row];
                    sum += loss == Loss.SQUARED ? loss.of(mean, y[row]) : -Math.log(y[row] == 1 ? mean : 1 - mean);
                }
                if (best == null || sum < least) {
                    least = sum;
                    best = base;
                }
            }
            if (best == null) throw new IllegalStateException("no base learner");
            double[] corrected = new double[n];
            for (int i = 0; i < n; i++)
                corrected[i] = Effects.corrected(
                        y[i],
                        treated[i] ? 1 : 0,
                        probability[i],
                        values(outcomesTreated, best)[i],
                        values(outcomesAlone, best)[i]);
            return corrected;
        }

        /** The learner that ranks some customers best. */
        private Way best(int[] rows) {
            Way best = null;
            double most = Double.NEGATIVE_INFINITY;
            for (var way : raw.keySet()) {
                double area = area(way, rows);
                if (best == null || area > most) {
                    best = way;
                    most = area;
                }
            }
            if (best == null) throw new IllegalStateException("no learner");
            return best;
        }

        private double area(Way way, int[] rows) {
            double[] own = values(raw, way);
            double[] score = new double[rows.length];
            boolean[] t = new boolean[rows.length];
            double[] outcome = new double[rows.length];
            double[] p = new double[rows.length];
            for (int i = 0; i < rows.length; i++) {
                score[i] = own[rows[i]];
                t[i] = treated[rows[i]];
                outcome[i] = y[rows[i]];
                p[i] = probability[rows[i]];
            }
            return UpliftRanking.weighted(score, t, outcome, p).area();
        }

        private Scale scale(Way way, int[] rows, double[] corrected) {
            double[] own = values(raw, way);
            double mean = 0;
            double average = 0;
            for (int row : rows) {
                mean += own[row] / rows.length;
                average += corrected[row] / rows.length;
            }
            double together = 0;
            double squares = 0;
            for (int row : rows) {
                together += (own[row] - mean) * (corrected[row] - average);
                squares += (own[row] - mean) * (own[row] - mean);
            }
            // Where the slope is naught or less nothing ranks anyway; the order the learner found is kept for the
            // trial.
            double slope = squares > 0 ? Math.clamp(together / squares, .01, 2) : 1;
            return new Scale(average, mean, slope);
        }

        private double error(double[] corrected, double average) {
            double squares = 0;
            for (int row : order) squares += (corrected[row] - average) * (corrected[row] - average);
            return Math.sqrt(squares / (n - 1) / n);
        }

        private double controlOutcome() {
            double weight = 0;
            double sum = 0;
            for (int row : order)
                if (!treated[row]) {
                    weight += 1 / (1 - probability[row]);
                    sum += y[row] / (1 - probability[row]);
                }
            return sum / weight;
        }

        private List<Candidate> candidates() {
            var candidates = new ArrayList<Candidate>();
            raw.forEach((way, effects) -> {
                var ranking = ranking(effects);
                candidates.add(new Candidate(way.learner, way.base, ranking.qini(), ranking.area()));
            });
            return candidates;
        }

        private static List<Top> tops(UpliftRanking ranking) {
            return DoubleStream.of(.1, .2, .3, .5)
                    .mapToObj(share -> {
                        var top = ranking.top(share);
                        return new Top(share, top.uplift(), top.standardError());
                    })
                    .toList();
        }

        private List<Group> groups(ResponseGroup[] groups, double[] effect) {
            var all = new ArrayList<Group>();
            if (groups.length == 0) return all;
            for (var group : ResponseGroup.values()) {
                int[] own =
                        IntStream.range(0, n).filter(i -> groups[i] == group).toArray();
                if (own.length == 0) {
                    all.add(new Group(group, 0, Double.NaN, Double.NaN, Double.NaN));
                    continue;
                }
                boolean[] t = new boolean[own.length];
                int some = 0;
                for (int i = 0; i < own.length; i++) {
                    t[i] = treated[own[i]];
                    if (t[i]) some++;
                }
                double predicted =
                        Arrays.stream(own).mapToDouble(i -> effect[i]).sum() / own.length;
                if (some == 0 || some == own.length) {
                    all.add(new Group(group, own.length, predicted, Double.NaN, Double.NaN));
                    continue;
                }
                var measured = UpliftRanking.weighted(
                                new double[own.length],
                                t,
                                Arrays.stream(own).mapToDouble(i -> y[i]).toArray(),
                                Arrays.stream(own)
                                        .mapToDouble(i -> probability[i])
                                        .toArray())
                        .top(1);
                all.add(new Group(group, own.length, predicted, measured.uplift(), measured.standardError()));
            }
            return all;
        }
    }
}
