package io.rekindle.models.recommend;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The best items for every customer.
 *
 * <p>Equal scores go to the item with more buyers, then to the lower number. So a customer about whom little is known is
 * offered the best sellers, with a score of 0. Customers are scored in parallel and independently of one another: the
 * result does not depend on the number of threads. Complexity: a scan of all items for each customer, without sorting them.
 */
public final class Recommendations {
    private static final int BLOCK = 64;

    private final int k;
    private final int[] count;
    private final int[] item;
    private final double[] score;

    private Recommendations(int k, int[] count, int[] item, double[] score) {
        this.k = k;
        this.count = count;
        this.item = item;
        this.score = score;
    }

    /**
     * Recommends.
     *
     * @param k items for a customer; fewer where fewer may be recommended
     */
    public static Recommendations of(Recommender recommender, int k, Candidates candidates) {
        int[] all = new int[recommender.data().customers()];
        Arrays.setAll(all, c -> c);
        return of(recommender, k, candidates, all);
    }

    /** Recommends to some customers; the i-th result is that of the i-th of them. */
    public static Recommendations of(Recommender recommender, int k, Candidates candidates, int[] customers) {
        if (k < 1) throw new IllegalArgumentException("%d recommendations a customer; at least 1".formatted(k));
        Interactions data = recommender.data();
        candidates.check(data);
        int most = Math.min(k, data.items());
        if ((long) most * customers.length > Integer.MAX_VALUE - 8)
            throw new IllegalArgumentException("%d items for each of %d customers are too many at once; ask in parts"
                    .formatted(most, customers.length));
        int[] count = new int[customers.length];
        int[] item = new int[customers.length * most];
        double[] score = new double[customers.length * most];
        int blocks = (customers.length + BLOCK - 1) / BLOCK;
        if (most > 0)
            IntStream.range(0, blocks).parallel().forEach(block -> {
                double[] scores = new double[data.items()];
                boolean[] allowed = new boolean[data.items()];
                Best best = new Best(most);
                for (int i = block * BLOCK; i < Math.min(customers.length, (block + 1) * BLOCK); i++) {
                    recommender.score(customers[i], scores);
                    candidates.mark(customers[i], allowed);
                    choose(data, scores, allowed, best);
                    count[i] = best.drain(item, score, i * most);
                }
            });
        return new Recommendations(most, count, item, score);
    }

    /** Keeps the best of what is allowed. */
    static void choose(Interactions data, double[] scores, boolean[] allowed, Best best) {
        best.clear();
        for (int place = 0; place < scores.length; place++) {
            int i = data.ranked(place);
            if (!allowed[i]) continue;
            if (Double.isNaN(scores[i])) throw new IllegalStateException("item %d has no score".formatted(i));
            best.offer(i, scores[i]);
        }
    }

    /** Number of customers recommended to. */
    public int customers() {
        return count.length;
    }

    /** How many items the i-th customer got. */
    public int count(int i) {
        return count[i];
    }

    /** The item at a rank, from 0. */
    public int item(int i, int rank) {
        return item[at(i, rank)];
    }

    /** Its score. */
    public double score(int i, int rank) {
        return score[at(i, rank)];
    }

    private int at(int i, int rank) {
        if (rank < 0 || rank >= count[i]) throw new IllegalArgumentException("rank %d of %d".formatted(rank, count[i]));
        return i * k + rank;
    }
}
