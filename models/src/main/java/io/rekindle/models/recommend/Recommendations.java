package io.rekindle.models.recommend;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The best items for every customer.
 *
 * <p>Equal scores go to the item with more buyers, then to the lower number. So a customer about whom little is known is
 * offered the best sellers, with a score of 0. Customers are scored in parallel and independently of one another: the
 * result does not depend on the number of threads. Complexity: a scan of all items for each
 * customer, without sorting them; of those alone that are not 0 where the recommender knows them, and of the first few where
 * all customers get the same.
 *
 * <p>Assumption: a customer's list is the best k one by one; no item on it changes what another is worth. Source: selection
 * of the k largest by a heap of size k (Knuth 3, 5.2.3).
 */
public final class Recommendations {
    private static final int SMALLEST_BLOCK = 64;
    /** Each needs room for all items, so there are not too many. */
    private static final int MOST_BLOCKS = 1024;

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
        int size = Math.max(SMALLEST_BLOCK, (customers.length + MOST_BLOCKS - 1) / MOST_BLOCKS);
        int blocks = (customers.length + size - 1) / size;
        int[] places = data.places();
        Optional<int[]> same = recommender.sameForAll();
        if (most > 0)
            IntStream.range(0, blocks).parallel().forEach(block -> {
                double[] scores = new double[data.items()];
                boolean[] allowed = new boolean[data.items()];
                int[] few = new int[data.items()];
                Best best = new Best(most);
                candidates.mark(allowed);
                if (same.isPresent()) recommender.score(0, scores);
                for (int i = block * size; i < Math.min(customers.length, (block + 1) * size); i++) {
                    int customer = customers[i];
                    candidates.leaveOut(customer, allowed);
                    if (same.isPresent()) {
                        chooseFirst(same.get(), scores, allowed, best, most);
                    } else {
                        int known = recommender.scoreFew(customer, scores, few);
                        if (known == Recommender.ALL) {
                            recommender.score(customer, scores);
                            choose(data, scores, allowed, best);
                        } else {
                            chooseOfFew(data, scores, few, known, places, allowed, best, most);
                            for (int f = 0; f < known; f++) scores[few[f]] = 0;
                        }
                    }
                    candidates.putBack(customer, allowed);
                    count[i] = best.drain(item, score, i * most);
                }
            });
        return new Recommendations(most, count, item, score);
    }

    private static void chooseFirst(int[] order, double[] scores, boolean[] allowed, Best best, int most) {
        best.clear();
        for (int at = 0; at < order.length && best.size() < most; at++)
            if (allowed[order[at]]) best.offer(order[at], scores[order[at]]);
    }

    /** Of the few that are above 0, and then of those at 0 the ones with the most buyers. */
    private static void chooseOfFew(
            Interactions data,
            double[] scores,
            int[] few,
            int known,
            int[] places,
            boolean[] allowed,
            Best best,
            int most) {
        best.clear();
        for (int f = 0; f < known; f++) few[f] = places[few[f]];
        Arrays.sort(few, 0, known);
        for (int f = 0; f < known; f++) {
            int i = data.ranked(few[f]);
            few[f] = i;
            if (allowed[i]) best.offer(i, scores[i]);
        }
        for (int place = 0; place < scores.length && best.size() < most; place++) {
            int i = data.ranked(place);
            if (allowed[i] && scores[i] == 0) best.offer(i, 0);
        }
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
