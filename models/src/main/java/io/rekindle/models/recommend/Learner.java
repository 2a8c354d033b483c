package io.rekindle.models.recommend;

import java.util.function.Function;

/**
 * A way to make a recommender.
 *
 * @param name for tables and cards
 * @param fit learns from purchases
 */
public record Learner(String name, Function<Interactions, Recommender> fit) {
    /** Learns. */
    public Recommender fit(Interactions data) {
        return fit.apply(data);
    }
}
