package io.rekindle.models.propensity;

/** The kinds of model that stand for choice. */
public enum Learner {
    /** Logistic regression with a ridge penalty, effects of numbers straight or bent. */
    LOGISTIC,
    /** Gradient boosted trees. */
    BOOSTING,
    /** The mean of both, on the scale of log-odds. */
    BLEND
}
