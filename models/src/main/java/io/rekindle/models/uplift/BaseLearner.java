package io.rekindle.models.uplift;

/** What the meta-learners are built of. */
public enum BaseLearner {
    /** Linear or logistic regression with a ridge penalty. */
    LINEAR,
    /** The same, effects of numbers bent. */
    BENT,
    /** Boosted trees. */
    TREES
}
