package io.rekindle.models.uplift;

import io.rekindle.models.learn.Folds;
import io.rekindle.models.learn.Loss;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Each customer's effect by models that had not seen the customer, for one draw of folds. The effects of a fold, the choice
 * of learner and scale included, come of the other folds.
 */
final class CrossFit {
    private final Trial trial;
    private final double[] probability;
    private final int[] order;

    /** Each customer's raw effect. */
    private final Map<Way, double[]> raw = new LinkedHashMap<>();

    private final Map<BaseLearner, double[]> outcomesTreated = new EnumMap<>(BaseLearner.class);
    private final Map<BaseLearner, double[]> outcomesAlone = new EnumMap<>(BaseLearner.class);
    private final double[] corrected;
    private final double[] effect;
    private final double[] alone;
    private final double[] withIt;

    CrossFit(
            Trial trial,
            Assigned assigned,
            Trial.Draw draw,
            Set<MetaLearner> learners,
            Set<BaseLearner> bases,
            long seed,
            Consumer<String> told) {
        this.trial = trial;
        this.probability = assigned.probability();
        this.order = draw.order();
        int n = trial.size();
        learn(draw.folds(), learners, bases, seed, told);
        corrected = doublyRobust();
        effect = new double[n];
        alone = new double[n];
        withIt = new double[n];
        for (int fold = 0; fold < draw.folds().count(); fold++) {
            int[] rest = draw.folds().outside(fold, order);
            var way = best(rest);
            var scale = Scale.of(raw(way), corrected, rest);
            for (int row : draw.folds().inside(fold, order)) {
                effect[row] = scale.of(raw(way)[row]);
                alone[row] = values(outcomesAlone, way.base())[row];
                withIt[row] = values(outcomesTreated, way.base())[row];
            }
        }
    }

    /** Effects on the scale the data bear out, by row. */
    double[] effect() {
        return effect;
    }

    /** Expected outcomes of customers left alone, by row. */
    double[] alone() {
        return alone;
    }

    /** Expected outcomes of customers treated, by row. */
    double[] withIt() {
        return withIt;
    }

    /** Each customer's doubly robust effect, by the base learner that predicts outcomes best. */
    double[] corrected() {
        return corrected;
    }

    /** What was chosen between. */
    Set<Way> ways() {
        return raw.keySet();
    }

    /** The raw effects of a learner. */
    double[] raw(Way way) {
        return values(raw, way);
    }

    /** The learner that ranks some customers best. */
    Way best(int[] rows) {
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

    private void learn(
            Folds folds, Set<MetaLearner> learners, Set<BaseLearner> bases, long seed, Consumer<String> told) {
        int n = trial.size();
        for (var base : BaseLearner.values()) {
            if (!bases.contains(base)) continue;
            outcomesTreated.put(base, new double[n]);
            outcomesAlone.put(base, new double[n]);
            for (var learner : MetaLearner.values())
                if (learners.contains(learner)) raw.put(new Way(learner, base), new double[n]);
            for (int fold = 0; fold < folds.count(); fold++) {
                told.accept("learning %s without fold %d of %d"
                        .formatted(base.name().toLowerCase(Locale.ROOT), fold + 1, folds.count()));
                var effects = new Effects(
                        trial.table(),
                        folds.outside(fold, order),
                        trial.treated(),
                        trial.outcome(),
                        probability,
                        base,
                        learners,
                        seed);
                int[] held = folds.inside(fold, order);
                put(effects.outcomesTreated(trial.table(), held), held, values(outcomesTreated, base));
                put(effects.outcomesAlone(trial.table(), held), held, values(outcomesAlone, base));
                for (var learner : learners)
                    put(effects.effects(learner, trial.table(), held), held, raw(new Way(learner, base)));
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

    private double[] doublyRobust() {
        double[] y = trial.outcome();
        boolean[] treated = trial.treated();
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
        double[] corrected = new double[y.length];
        for (int i = 0; i < y.length; i++)
            corrected[i] = Effects.corrected(
                    y[i],
                    treated[i] ? 1 : 0,
                    probability[i],
                    values(outcomesTreated, best)[i],
                    values(outcomesAlone, best)[i]);
        return corrected;
    }

    private double area(Way way, int[] rows) {
        double[] own = raw(way);
        double[] score = new double[rows.length];
        boolean[] t = new boolean[rows.length];
        double[] outcome = new double[rows.length];
        double[] p = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            score[i] = own[rows[i]];
            t[i] = trial.treated()[rows[i]];
            outcome[i] = trial.outcome()[rows[i]];
            p[i] = probability[rows[i]];
        }
        return UpliftRanking.weighted(score, t, outcome, p).area();
    }
}
