package io.rekindle.models.recommend;

/**
 * Scores items for customers. What the unit of a score is, each implementation says; higher is better, and a score of 0
 * means that nothing is known. Safe for concurrent use.
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
}
