package io.rekindle.models.uplift;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The learners kept, and how much each one's effects are stretched before their mean is taken.
 *
 * <p>What: each learner's effects are brought to the scale the data bear out, the slope of doubly robust effects ψ on them
 * (a learner that exaggerates must not outshout the others). Then the learner with the least mean squared distance to ψ is
 * sought, and with it every other whose distance is larger by no more than one standard deviation of the difference: the
 * customers cannot tell these apart. They are averaged, equally, since weights would be fitted to noise: the effects
 * told differ by little, ψ has the noise of whole outcomes. All customers have the same mixture, so that they can be
 * compared; chosen fold by fold it would change between them.
 *
 * <p>Source: the rule of one standard error (Breiman, Friedman, Olshen and Stone 1984); stacking by squared distance to
 * doubly robust effects as in Han and Wu, "Ensemble method for estimating individualized treatment effects" (2022).
 * Complexity: O(customers · learners).
 */
record Blend(Map<Way, Double> slopes) {
    private static final double LEAST = .01;
    private static final double MOST = 2;

    Blend {
        if (slopes.isEmpty()) throw new IllegalArgumentException("there is no learner");
        slopes = new LinkedHashMap<>(slopes);
    }

    /**
     * Chooses learners.
     *
     * @param predicted effects by row of the table, by models that had not seen the row
     * @param corrected doubly robust effects, likewise
     * @param rows to go by
     */
    static Blend of(Map<Way, double[]> predicted, double[] corrected, int[] rows) {
        double[] target = centred(corrected, rows);
        var slopes = new LinkedHashMap<Way, Double>();
        var distances = new LinkedHashMap<Way, double[]>();
        double[] best = {};
        double least = Double.POSITIVE_INFINITY;
        for (var one : predicted.entrySet()) {
            double[] effects = centred(one.getValue(), rows);
            double squares = product(effects, effects);
            double slope = squares > 0 ? Math.clamp(product(effects, target) / squares, LEAST, MOST) : 1;
            double[] distance = new double[rows.length];
            double mean = 0;
            for (int i = 0; i < rows.length; i++) {
                double off = target[i] - slope * effects[i];
                distance[i] = off * off;
                mean += distance[i] / rows.length;
            }
            slopes.put(one.getKey(), slope);
            distances.put(one.getKey(), distance);
            if (mean < least) {
                least = mean;
                best = distance;
            }
        }
        double[] nearest = best;
        distances.forEach((way, distance) -> {
            if (distance != nearest && isFarther(distance, nearest)) slopes.remove(way);
        });
        return new Blend(slopes);
    }

    /** All learners, each one's effects with the same spread. */
    static Blend even(Map<Way, double[]> predicted, int[] rows) {
        var slopes = new LinkedHashMap<Way, Double>();
        predicted.forEach((way, effects) -> {
            double[] own = centred(effects, rows);
            double squares = product(own, own);
            slopes.put(way, squares > 0 ? 1 / Math.sqrt(squares) : 1);
        });
        return new Blend(slopes);
    }

    private static boolean isFarther(double[] one, double[] other) {
        int n = one.length;
        double mean = 0;
        for (int i = 0; i < n; i++) mean += (one[i] - other[i]) / n;
        double squares = 0;
        for (int i = 0; i < n; i++) squares += Math.pow(one[i] - other[i] - mean, 2);
        return mean > Math.sqrt(squares / Math.max(1, n - 1) / n);
    }

    /** The mean of what the learners say, each on its scale. */
    double[] effects(Function<Way, double[]> of) {
        var parts = new ArrayList<double[]>();
        slopes.forEach((way, slope) -> parts.add(times(slope, Objects.requireNonNull(of.apply(way)))));
        return mean(parts);
    }

    /** The mean of what the base learners say, each as often as learners over it are kept. */
    double[] outcomes(Function<BaseLearner, double[]> of) {
        var bases = new LinkedHashMap<BaseLearner, double[]>();
        var parts = new ArrayList<double[]>();
        for (var way : slopes.keySet())
            parts.add(bases.computeIfAbsent(way.base(), base -> Objects.requireNonNull(of.apply(base))));
        return mean(parts);
    }

    String words() {
        if (slopes.size() == 1) return slopes.keySet().iterator().next().words();
        var over = new LinkedHashMap<BaseLearner, LinkedHashSet<String>>();
        for (var way : slopes.keySet())
            over.computeIfAbsent(way.base(), base -> new LinkedHashSet<>())
                    .add(way.learner().name());
        return over.entrySet().stream()
                .map(one -> new Way(MetaLearner.S, one.getKey())
                        .words()
                        .replaceFirst("^S-", String.join("-, ", one.getValue()) + "-"))
                .collect(Collectors.joining(" and ", "mean of ", ""));
    }

    private static double[] times(double by, double[] values) {
        double[] times = new double[values.length];
        for (int i = 0; i < times.length; i++) times[i] = by * values[i];
        return times;
    }

    private static double[] mean(List<double[]> parts) {
        if (parts.size() == 1) return parts.getFirst();
        double[] mean = new double[parts.getFirst().length];
        for (double[] part : parts) for (int i = 0; i < mean.length; i++) mean[i] += part[i] / parts.size();
        return mean;
    }

    private static double[] centred(double[] values, int[] rows) {
        double mean = 0;
        for (int row : rows) mean += values[row] / rows.length;
        double[] centred = new double[rows.length];
        for (int i = 0; i < rows.length; i++) centred[i] = values[rows[i]] - mean;
        return centred;
    }

    private static double product(double[] one, double[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) sum += one[i] * other[i];
        return sum / one.length;
    }
}
