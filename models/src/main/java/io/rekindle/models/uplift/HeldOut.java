package io.rekindle.models.uplift;

import io.rekindle.models.learn.Loss;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Customers' effects and outcomes as each learner foretells them, by models that had not seen the customer; by row. */
final class HeldOut {
    private final Trial trial;
    private final double[] probability;
    private final Map<Way, double[]> effects = new LinkedHashMap<>();
    private final Map<BaseLearner, double[]> treated = new EnumMap<>(BaseLearner.class);
    private final Map<BaseLearner, double[]> alone = new EnumMap<>(BaseLearner.class);

    HeldOut(Trial trial, double[] probability, Set<MetaLearner> learners, Set<BaseLearner> bases) {
        this.trial = trial;
        this.probability = probability;
        int n = trial.size();
        for (var base : BaseLearner.values()) {
            if (!bases.contains(base)) continue;
            treated.put(base, new double[n]);
            alone.put(base, new double[n]);
            for (var learner : MetaLearner.values())
                if (learners.contains(learner)) effects.put(new Way(learner, base), new double[n]);
        }
    }

    /** The means of several, of the same learners. */
    static HeldOut mean(List<HeldOut> several) {
        if (several.size() == 1) return several.getFirst();
        var first = several.getFirst();
        var mean = new HeldOut(first.trial, first.probability, Set.of(), Set.of());
        for (var way : first.effects.keySet())
            mean.effects.put(
                    way, mean(several.stream().map(one -> one.effects(way)).toList(), first.trial.size()));
        for (var base : first.alone.keySet()) {
            mean.treated.put(
                    base, mean(several.stream().map(one -> one.treated(base)).toList(), first.trial.size()));
            mean.alone.put(
                    base, mean(several.stream().map(one -> one.alone(base)).toList(), first.trial.size()));
        }
        return mean;
    }

    private static double[] mean(List<double[]> several, int n) {
        double[] mean = new double[n];
        for (double[] one : several) for (int i = 0; i < n; i++) mean[i] += one[i] / several.size();
        return mean;
    }

    /** Takes down what models say of rows they have not seen. */
    void take(BaseLearner base, Effects learnt, int[] rows) {
        put(learnt.outcomesTreated(trial.table(), rows), rows, treated(base));
        put(learnt.outcomesAlone(trial.table(), rows), rows, alone(base));
        effects.forEach((way, all) -> {
            if (way.base() == base) put(learnt.effects(way.learner(), trial.table(), rows), rows, all);
        });
    }

    private static void put(double[] values, int[] rows, double[] into) {
        for (int i = 0; i < rows.length; i++) into[rows[i]] = values[i];
    }

    Set<Way> ways() {
        return effects.keySet();
    }

    /** A learner's effects. */
    double[] effects(Way way) {
        return of(effects, way);
    }

    /** Outcomes when treated. */
    double[] treated(BaseLearner base) {
        return of(treated, base);
    }

    /** Outcomes when left alone. */
    double[] alone(BaseLearner base) {
        return of(alone, base);
    }

    /** The learners that come nearest to the doubly robust effects of these rows. */
    Blend blend(int[] rows) {
        return Blend.of(effects, corrected(rows), rows);
    }

    /** All learners, none preferred, for want of anything to prefer them by. */
    Blend even(int[] rows) {
        return Blend.even(effects, rows);
    }

    /** The doubly robust effects of these rows, over the base learner that foretells their outcomes best; by row. */
    double[] corrected(int[] rows) {
        double[] y = trial.outcome();
        var best = best(rows);
        double[] corrected = new double[y.length];
        for (int row : rows)
            corrected[row] = Effects.corrected(
                    y[row], trial.treated()[row] ? 1 : 0, probability[row], treated(best)[row], alone(best)[row]);
        return corrected;
    }

    private BaseLearner best(int[] rows) {
        BaseLearner best = null;
        double least = Double.POSITIVE_INFINITY;
        for (var base : alone.keySet()) {
            double sum = Arrays.stream(rows).mapToDouble(row -> loss(base, row)).sum();
            if (best == null || sum < least) {
                least = sum;
                best = base;
            }
        }
        if (best == null) throw new IllegalStateException("no base learner");
        return best;
    }

    private double loss(BaseLearner base, int row) {
        double y = trial.outcome()[row];
        double mean = trial.treated()[row] ? treated(base)[row] : alone(base)[row];
        return switch (trial.loss()) {
            case SQUARED -> Loss.SQUARED.of(mean, y);
            case LOGISTIC -> {
                double chance = (mean - trial.low()) / trial.unit();
                yield -Math.log(y == trial.low() ? 1 - chance : chance);
            }
        };
    }

    private static <K> double[] of(Map<K, double[]> map, K key) {
        var values = map.get(key);
        if (values == null) throw new IllegalStateException("nothing was learnt for " + key);
        return values;
    }
}
