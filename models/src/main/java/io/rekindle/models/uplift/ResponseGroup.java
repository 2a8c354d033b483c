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
    SLEEPING_DOG;

    /**
     * By effect, and by what the customer does when left alone.
     *
     * @param band effects within it, to either side, change nothing
     * @param usual outcome of customers left alone
     */
    static ResponseGroup of(double effect, double alone, double band, double usual) {
        if (effect > band) return PERSUADABLE;
        if (effect < -band) return SLEEPING_DOG;
        return alone >= usual ? SURE_THING : LOST_CAUSE;
    }
}
