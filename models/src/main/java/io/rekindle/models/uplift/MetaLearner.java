package io.rekindle.models.uplift;

/** How individual effects are made of predictions of outcomes. */
public enum MetaLearner {
    /** One model of the outcome that knows who was treated, asked both ways. */
    S,
    /** A model of the treated, one of the untreated, and their difference. */
    T,
    /** Each side's outcomes against what the other side's model expects of them, learnt, and weighed together. */
    X,
    /** Doubly robust: outcomes corrected by both models and the probability of treatment, learnt directly. */
    DR
}
