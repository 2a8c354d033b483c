package io.rekindle.models.recommend;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Factors of customers and items from purchases alone, where not having bought is weak evidence of not wanting.
 *
 * <p>What: customer u and item i get vectors x_u, y_i whose product is to be 1 where u has i and 0 elsewhere; a pair that
 * was seen weighs 1 + confidence · strength, one that was not weighs 1. Minimised is Σ weight (seen − x_u·y_i)² + λ
 * (Σ‖x_u‖² + Σ‖y_i‖²), alternately over customers and items. A score is x_u·y_i, near 0 to 1.
 *
 * <p>Source: Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback datasets" (ICDM 2008); the few steps
 * of conjugate gradients in place of each exact solution, begun at the last one, Takács, Pilászy and Tikk (RecSys 2011).
 *
 * <p>Numerics: every conjugate-gradient step lowers the objective, so it never rises; random beginnings are small and set
 * by the seed and the row's number. Complexity: iterations × (pairs + (customers + items) · factors) × factors × steps,
 * in parallel. Unchangeable; the number of threads does not change the result.
 */
public final class ImplicitAls implements Recommender {
    private static final int STEPS = 3;
    private static final int BLOCK = 64;

    private final Interactions data;
    private final double[][] customers;
    private final double[][] items;
    private final double objective;

    /**
     * How to learn.
     *
     * @param factors length of the vectors
     * @param iterations over customers and items
     * @param ridge λ, above 0
     * @param confidence of a seen pair of strength 1, beyond that of an unseen one
     * @param history strengths
     */
    public record Options(int factors, int iterations, double ridge, double confidence, Strength history) {
        public static final Options DEFAULT = new Options(48, 12, 30, 3, Strength.ROOT);

        public Options {
            if (factors < 1) throw new IllegalArgumentException("%d factors; at least 1".formatted(factors));
            if (iterations < 1) throw new IllegalArgumentException("%d iterations; at least 1".formatted(iterations));
            if (!(ridge > 0 && ridge < Double.POSITIVE_INFINITY))
                throw new IllegalArgumentException("a ridge of %s; it is above 0".formatted(ridge));
            if (!(confidence > 0 && confidence < Double.POSITIVE_INFINITY))
                throw new IllegalArgumentException("a confidence of %s; it is above 0".formatted(confidence));
        }
    }

    private ImplicitAls(Interactions data, double[][] customers, double[][] items, double objective) {
        this.data = data;
        this.customers = customers;
        this.items = items;
        this.objective = objective;
    }

    /** Learns. */
    public static ImplicitAls fit(Interactions data, Options options, long seed) {
        return fit(data, options, seed, null);
    }

    /** @param told of what is minimised after each half-step */
    static ImplicitAls fit(Interactions data, Options options, long seed, @Nullable DoubleConsumer told) {
        int f = options.factors;
        RandomGenerator random = new SplittableRandom(seed);
        double[][] x = new double[data.customers()][f];
        double[][] y = new double[data.items()][f];
        for (double[] row : y) for (int k = 0; k < f; k++) row[k] = .1 * (random.nextDouble() - .5);
        double[] strength = options.history.of(data);
        Interactions.Buyers buyers = data.byItem();
        double[] turned = new double[strength.length];
        for (int at = 0; at < turned.length; at++) turned[at] = strength[buyers.pair()[at]];
        int[] pairStart = new int[data.customers() + 1];
        int[] pairItem = new int[data.pairs()];
        for (int c = 0; c < data.customers(); c++) pairStart[c + 1] = data.to(c);
        for (int p = 0; p < pairItem.length; p++) pairItem[p] = data.item(p);
        for (int iteration = 0; iteration < options.iterations; iteration++) {
            solve(x, y, pairStart, pairItem, strength, options);
            if (told != null) told.accept(objective(x, y, pairStart, pairItem, strength, options));
            solve(y, x, buyers.start(), buyers.customer(), turned, options);
            if (told != null) told.accept(objective(x, y, pairStart, pairItem, strength, options));
        }
        return new ImplicitAls(data, x, y, objective(x, y, pairStart, pairItem, strength, options));
    }

    /** Moves every row towards its best with the other side held. */
    private static void solve(
            double[][] rows, double[][] others, int[] start, int[] other, double[] strength, Options options) {
        int f = options.factors;
        double[][] gram = gram(others, f);
        for (int k = 0; k < f; k++) gram[k][k] += options.ridge;
        IntStream.range(0, (rows.length + BLOCK - 1) / BLOCK).parallel().forEach(block -> {
            double[] residual = new double[f];
            double[] direction = new double[f];
            double[] image = new double[f];
            for (int r = block * BLOCK; r < Math.min(rows.length, (block + 1) * BLOCK); r++) {
                double[] row = rows[r];
                if (start[r] == start[r + 1]) {
                    Arrays.fill(row, 0);
                    continue;
                }
                times(gram, row, image);
                for (int k = 0; k < f; k++) residual[k] = -image[k];
                for (int p = start[r]; p < start[r + 1]; p++) {
                    double[] y = others[other[p]];
                    double extra = options.confidence * strength[p];
                    add(y, 1 + extra - extra * dot(y, row), residual);
                }
                System.arraycopy(residual, 0, direction, 0, f);
                double left = dot(residual, residual);
                for (int step = 0; step < STEPS && left > 1e-20; step++) {
                    times(gram, direction, image);
                    for (int p = start[r]; p < start[r + 1]; p++) {
                        double[] y = others[other[p]];
                        add(y, options.confidence * strength[p] * dot(y, direction), image);
                    }
                    double length = left / dot(direction, image);
                    add(direction, length, row);
                    add(image, -length, residual);
                    double now = dot(residual, residual);
                    double turn = now / left;
                    for (int k = 0; k < f; k++) direction[k] = residual[k] + turn * direction[k];
                    left = now;
                }
            }
        });
    }

    private static double objective(
            double[][] x, double[][] y, int[] start, int[] item, double[] strength, Options options) {
        double[][] gram = gram(y, options.factors);
        double[] image = new double[options.factors];
        double sum = 0;
        for (int u = 0; u < x.length; u++) {
            times(gram, x[u], image);
            sum += dot(x[u], image) + options.ridge * dot(x[u], x[u]);
            for (int p = start[u]; p < start[u + 1]; p++) {
                double product = dot(x[u], y[item[p]]);
                double weight = 1 + options.confidence * strength[p];
                sum += weight * (1 - product) * (1 - product) - product * product;
            }
        }
        for (double[] row : y) sum += options.ridge * dot(row, row);
        return sum;
    }

    private static double[][] gram(double[][] rows, int f) {
        double[][] gram = new double[f][f];
        for (double[] row : rows) for (int k = 0; k < f; k++) if (row[k] != 0) add(row, row[k], gram[k]);
        return gram;
    }

    private static void times(double[][] matrix, double[] vector, double[] into) {
        Arrays.fill(into, 0);
        for (int k = 0; k < into.length; k++) add(matrix[k], vector[k], into);
    }

    private static void add(double[] what, double factor, double[] into) {
        for (int k = 0; k < into.length; k++) into[k] += factor * what[k];
    }

    private static double dot(double[] a, double[] b) {
        double one = 0;
        double two = 0;
        double three = 0;
        double four = 0;
        int k = 0;
        for (; k + 3 < a.length; k += 4) {
            one += a[k] * b[k];
            two += a[k + 1] * b[k + 1];
            three += a[k + 2] * b[k + 2];
            four += a[k + 3] * b[k + 3];
        }
        for (; k < a.length; k++) one += a[k] * b[k];
        return one + two + (three + four);
    }

    @Override
    public Interactions data() {
        return data;
    }

    @Override
    public void score(int customer, double[] scores) {
        if (data.owned(customer) == 0) {
            Arrays.fill(scores, 0);
            return;
        }
        double[] own = customers[customer];
        for (int i = 0; i < scores.length; i++) scores[i] = dot(own, items[i]);
    }

    /** What was minimised, at the end. */
    public double objective() {
        return objective;
    }
}
