package io.rekindle.models.recommend;

import java.util.Optional;

/**
 * Scores items for customers. What the unit of a score is, each implementation says; higher is better, and a score of 0
 * means that nothing is known. Safe for concurrent use.
 *
 * <p>Complexity and source are told by each implementation; asking one customer costs at most a pass over all items.
 */
public interface Recommender {
    /** What it learnt from; its customers and items are those that can be scored. */
    Interactions data();

    /**
     * Scores all items for a customer, bought before or not.
     *
     * @param scores by item; overwritten, all of it
     */
    void score(int customer, double[] scores);

    /**
     * Scores the few items that are not 0 for a customer, for those who know which: with very many items the others are not
     * looked at.
     *
     * @param scores by item, all 0 at first; those of the items returned are set, all above 0
     * @param items at least as long as there are items; takes the numbers of those that are set, in any order, once each
     * @return how many they are, or {@link #ALL}: call {@link #score} instead
     */
    default int scoreFew(int customer, double[] scores, int[] items) {
        return ALL;
    }

    /** The items by falling score, where that is the same for every customer; empty where it is not. */
    default Optional<int[]> sameForAll() {
        return Optional.empty();
    }

    /** No few items are known to be the only ones that are not 0. */
    int ALL = -1;
}
