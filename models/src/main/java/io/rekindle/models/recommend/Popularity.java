package io.rekindle.models.recommend;

import java.util.Arrays;
import java.util.Optional;

/**
 * The same best sellers for everybody: what every other recommender is held against.
 *
 * <p>What: an item's score is the number of customers who bought it, each counting 2^(−age / halfLife), where age is how
 * long their last purchase of it lies before the latest purchase of all. With an infinite half-life it is the plain
 * number of buyers. A customer counts once however often they bought: a few who buy daily do not make a best seller.
 *
 * <p>Complexity: one pass over the pairs; no randomness; unchangeable.
 *
 * <p>Assumption: what many bought lately many will buy. Source: the decay is exponential smoothing (Brown 1956). Numerics:
 * sums of powers of two, in the order of the pairs.
 */
public final class Popularity implements Recommender {
    private final Interactions data;
    private final double[] score;

    private Popularity(Interactions data, double[] score) {
        this.data = data;
        this.score = score;
    }

    /** Plain popularity. */
    public static Popularity of(Interactions data) {
        return of(data, Double.POSITIVE_INFINITY);
    }

    /**
     * Popularity with decay.
     *
     * @param halfLife in the interactions' ticks
     */
    public static Popularity of(Interactions data, double halfLife) {
        if (!(halfLife > 0)) throw new IllegalArgumentException("a half-life of %s; it is above 0".formatted(halfLife));
        double[] score = new double[data.items()];
        long latest = data.latest();
        for (int p = 0; p < data.pairs(); p++) {
            double age = latest - data.tick(data.toTime(p) - 1);
            score[data.item(p)] += Double.isInfinite(halfLife) ? 1 : Math.pow(2, -age / halfLife);
        }
        return new Popularity(data, score);
    }

    @Override
    public Interactions data() {
        return data;
    }

    @Override
    public void score(int customer, double[] scores) {
        System.arraycopy(score, 0, scores, 0, score.length);
    }

    @Override
    public Optional<int[]> sameForAll() {
        int[] place = data.places();
        Integer[] order = new Integer[score.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> {
            int byScore = Double.compare(score[b], score[a]);
            return byScore != 0 ? byScore : Integer.compare(place[a], place[b]);
        });
        return Optional.of(Arrays.stream(order).mapToInt(Integer::intValue).toArray());
    }

    /** By item. */
    public double[] scores() {
        return Arrays.copyOf(score, score.length);
    }
}
