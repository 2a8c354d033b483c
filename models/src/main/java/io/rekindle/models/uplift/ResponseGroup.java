package io.rekindle.models.uplift;

/** What becomes of a customer with and without the treatment. */
public enum ResponseGroup {
    /** Does it because of the treatment: treat. */
    PERSUADABLE,
    /** Does it anyway. */
    SURE_THING,
    /** Does not do it either way. */
    LOST_CAUSE,
    /** Does it unless treated: leave in peace. */
    SLEEPING_DOG
}
