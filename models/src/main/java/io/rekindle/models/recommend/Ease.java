package io.rekindle.models.recommend;

import io.rekindle.models.numeric.SymmetricInverse;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * EASE: the linear item-to-item weights that best give each customer's items back from their other items.
 *
 * <p>What: B minimises ‖X − XB‖² + λ‖B‖² with a zero diagonal, X the customers' strengths; a candidate's score is the sum
 * over the items a customer has of strength times B. In closed form, with P = (XᵀX + λI)⁻¹, B_ij = −P_ij / P_jj. Unlike
 * item-item likeness it knows what the other items already explain; weights may be negative.
 *
 * <p>Source: Steck, "Embarrassingly shallow autoencoders for sparse data" (WWW 2019). Numerics: the inverse of a positive
 * definite matrix with a ridge. Complexity: n³/2 for n items whatever the number of customers, and 8n² bytes: so only the
 * most bought items take part, the others score 0. No randomness; unchangeable; the number of threads does not change the
 * result.
 */
public final class Ease implements Recommender {
    private final Interactions data;
    private final double[] history;
    private final int[] place;
    private final int[] learnt;
    private final double[][] weights;

    /**
     * How to learn.
     *
     * @param ridge λ, above 0
     * @param mostItems that take part
     * @param history how much having an item says about the customer
     */
    public record Options(double ridge, int mostItems, Strength history) {
        public static final Options DEFAULT = new Options(200, 2000, Strength.ONCE);
        private static final int MOST = 20_000;

        public Options {
            if (!(ridge > 0 && ridge < Double.POSITIVE_INFINITY))
                throw new IllegalArgumentException("a ridge of %s; it is above 0".formatted(ridge));
            if (mostItems < 1 || mostItems > MOST)
                throw new IllegalArgumentException(
                        "%d items to learn; between 1 and %d, for memory goes with their square"
                                .formatted(mostItems, MOST));
        }
    }

    private Ease(Interactions data, double[] history, int[] place, int[] learnt, double[][] weights) {
        this.data = data;
        this.history = history;
        this.place = place;
        this.learnt = learnt;
        this.weights = weights;
    }

    /** Learns. */
    public static Ease fit(Interactions data, Options options) {
        int n = 0;
        while (n < Math.min(options.mostItems, data.items()) && data.buyers(data.ranked(n)) > 0) n++;
        int count = n;
        int[] place = new int[data.items()];
        Arrays.fill(place, -1);
        int[] learnt = new int[n];
        for (int i = 0; i < n; i++) {
            learnt[i] = data.ranked(i);
            place[learnt[i]] = i;
        }
        double[] strength = options.history.of(data);
        Interactions.Buyers buyers = data.byItem();
        double[][] b = new double[n][n];
        IntStream.range(0, n).parallel().forEach(i -> {
            for (int at = buyers.start()[learnt[i]]; at < buyers.start()[learnt[i] + 1]; at++) {
                int customer = buyers.customer()[at];
                double own = strength[buyers.pair()[at]];
                for (int p = data.from(customer); p < data.to(customer); p++) {
                    int j = place[data.item(p)];
                    if (j >= 0) b[i][j] += own * strength[p];
                }
            }
            b[i][i] += options.ridge;
        });
        SymmetricInverse.invert(b);
        double[] diagonal = new double[n];
        for (int i = 0; i < n; i++) diagonal[i] = b[i][i];
        IntStream.range(0, n).parallel().forEach(i -> {
            for (int j = 0; j < count; j++) b[i][j] = i == j ? 0 : -b[i][j] / diagonal[j];
        });
        return new Ease(data, strength, place, learnt, b);
    }

    @Override
    public Interactions data() {
        return data;
    }

    @Override
    public void score(int customer, double[] scores) {
        double[] sum = new double[learnt.length];
        for (int p = data.from(customer); p < data.to(customer); p++) {
            int i = place[data.item(p)];
            if (i < 0) continue;
            double own = history[p];
            double[] row = weights[i];
            for (int j = 0; j < sum.length; j++) sum[j] += own * row[j];
        }
        Arrays.fill(scores, 0);
        for (int j = 0; j < sum.length; j++) scores[learnt[j]] = sum[j];
    }

    /** The weight of having one item for another; 0 where one of them did not take part. */
    public double weight(int from, int to) {
        return place[from] < 0 || place[to] < 0 ? 0 : weights[place[from]][place[to]];
    }
}
