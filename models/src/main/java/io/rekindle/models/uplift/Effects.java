package io.rekindle.models.uplift;

import io.rekindle.models.learn.Loss;
import io.rekindle.models.table.Table;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/** All meta-learners over one base learner, learnt on one set of rows, the encoding included. */
final class Effects {
    private static final int CHUNK = 50_000;
    /** Within the rows learnt on, the corrected outcomes of a part come of models of the others. */
    private static final int PARTS = 3;

    /** Of more customers a model learns from as many: what more of them would teach costs more than it tells. */
    static final int MOST_LEARNT = 250_000;

    private final Features.Encoder encoder;
    private final double low;
    private final double unit;
    private final Features.Fitted treatedModel;
    private final Features.Fitted controlModel;
    private final Map<MetaLearner, Function<Features, double[]>> effects = new EnumMap<>(MetaLearner.class);

    /**
     * Learns.
     *
     * @param whole rows of the trial to learn from, in an order that says nothing
     * @param probability of treatment, by row of the trial
     */
    Effects(Trial trial, int[] whole, double[] probability, BaseLearner base, Set<MetaLearner> learners, long seed) {
        int[] rows = spread(whole, MOST_LEARNT);
        encoder = Features.Encoder.fit(base, trial.table(), rows);
        low = trial.low();
        unit = trial.unit();
        var all = encoder.encode(trial.table(), rows);
        double[] y = Arrays.stream(rows)
                .mapToDouble(row -> (trial.outcome()[row] - low) / unit)
                .toArray();
        double[] t = Arrays.stream(rows)
                .mapToDouble(row -> trial.treated()[row] ? 1 : 0)
                .toArray();
        double[] e = Arrays.stream(rows).mapToDouble(row -> probability[row]).toArray();
        var loss = trial.loss();
        int[] ofTreated = places(t, 1);
        int[] ofControl = places(t, 0);
        treatedModel = all.rows(ofTreated).fit(some(y, ofTreated), loss, seed);
        controlModel = all.rows(ofControl).fit(some(y, ofControl), loss, seed);
        for (var learner : learners)
            effects.put(
                    learner,
                    switch (learner) {
                        case S -> {
                            var both = all.with(t).fit(y, loss, seed);
                            yield features -> difference(
                                    both.means(features.with(filled(features.size(), 1))),
                                    both.means(features.with(filled(features.size(), 0))));
                        }
                        case T -> features -> difference(treatedModel.means(features), controlModel.means(features));
                        case X -> {
                            var gained = all.rows(ofTreated)
                                    .fitNoisy(
                                            difference(some(y, ofTreated), controlModel.means(all.rows(ofTreated))),
                                            seed);
                            var missed = all.rows(ofControl)
                                    .fitNoisy(
                                            difference(treatedModel.means(all.rows(ofControl)), some(y, ofControl)),
                                            seed);
                            // The rarer arm's models are the rougher: its share weighs the effects learnt on the
                            // other's.
                            double share = Arrays.stream(e).sum() / e.length;
                            yield features -> {
                                double[] mixed = gained.means(features);
                                double[] other = missed.means(features);
                                for (int i = 0; i < mixed.length; i++)
                                    mixed[i] = share * other[i] + (1 - share) * mixed[i];
                                return mixed;
                            };
                        }
                        case DR -> all.fitNoisy(corrected(all, y, t, e, loss, seed), seed)::means;
                    });
    }

    /**
     * Each row's effect, right on average when either the outcomes' models or the probabilities are. The models of parts are
     * as strict as those of all the rows: to choose it anew for each would take most of the time and gain nothing.
     */
    private double[] corrected(Features all, double[] y, double[] t, double[] e, Loss loss, long seed) {
        double[] corrected = new double[y.length];
        for (int part = 0; part < PARTS; part++) {
            int p = part;
            int[] inside =
                    IntStream.range(0, y.length).filter(i -> i % PARTS == p).toArray();
            int[] treated = IntStream.range(0, y.length)
                    .filter(i -> i % PARTS != p && t[i] == 1)
                    .toArray();
            int[] control = IntStream.range(0, y.length)
                    .filter(i -> i % PARTS != p && t[i] == 0)
                    .toArray();
            var hidden = all.rows(inside);
            double[] withIt = treated.length == 0
                    ? filled(inside.length, mean(y))
                    : all.rows(treated)
                            .fit(some(y, treated), loss, false, treatedModel.strictness(), seed)
                            .means(hidden);
            double[] without = control.length == 0
                    ? filled(inside.length, mean(y))
                    : all.rows(control)
                            .fit(some(y, control), loss, false, controlModel.strictness(), seed)
                            .means(hidden);
            for (int i = 0; i < inside.length; i++)
                corrected[inside[i]] = corrected(y[inside[i]], t[inside[i]], e[inside[i]], withIt[i], without[i]);
        }
        return corrected;
    }

    /** The doubly robust effect of one row. */
    static double corrected(double y, double t, double e, double withIt, double without) {
        return withIt - without + (t == 1 ? (y - withIt) / e : -(y - without) / (1 - e));
    }

    /** Predicted effects of rows of a table. */
    double[] effects(MetaLearner learner, Table table, int[] rows) {
        var effect = effects.get(learner);
        if (effect == null) throw new IllegalStateException("learner " + learner + " was not asked for");
        return chunked(table, rows, effect, 0);
    }

    /** Predicted outcomes when treated. */
    double[] outcomesTreated(Table table, int[] rows) {
        return chunked(table, rows, treatedModel::means, low);
    }

    /** Predicted outcomes when left alone. */
    double[] outcomesAlone(Table table, int[] rows) {
        return chunked(table, rows, controlModel::means, low);
    }

    private double[] chunked(Table table, int[] rows, Function<Features, double[]> means, double from) {
        double[] all = new double[rows.length];
        for (int at = 0; at < rows.length; at += CHUNK) {
            int[] some = Arrays.copyOfRange(rows, at, Math.min(rows.length, at + CHUNK));
            double[] own = means.apply(encoder.encode(table, some));
            for (int i = 0; i < own.length; i++) all[at + i] = from + unit * own[i];
        }
        return all;
    }

    /** So many of the rows, evenly spread: customers alike in all lie together, and each kind is to keep its share. */
    static int[] spread(int[] rows, int most) {
        if (rows.length <= most) return rows;
        return IntStream.range(0, most)
                .map(i -> rows[(int) ((long) rows.length * i / most)])
                .toArray();
    }

    private static int[] places(double[] t, double arm) {
        return IntStream.range(0, t.length).filter(i -> t[i] == arm).toArray();
    }

    private static double[] some(double[] values, int[] places) {
        return Arrays.stream(places).mapToDouble(i -> values[i]).toArray();
    }

    private static double[] difference(double[] one, double[] other) {
        double[] difference = new double[one.length];
        for (int i = 0; i < one.length; i++) difference[i] = one[i] - other[i];
        return difference;
    }

    private static double[] filled(int size, double value) {
        double[] filled = new double[size];
        Arrays.fill(filled, value);
        return filled;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).sum() / Math.max(1, values.length);
    }
}
