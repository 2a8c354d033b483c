package io.rekindle.models.value;

/**
 * A group of customers by name, from their scores of recency R, frequency F, amount M and loyalty L, each 1 to 5.
 *
 * <p>Source: Hughes, Strategic Database Marketing (1994) for scoring by fifths; the names of the groups are ours. Assumption:
 * fifths of one business's own customers mean something to it. O(1).
 */
public enum ValueGroup {
    /** Bought lately, buy often and spend much: R ≥ 4, F ≥ 4, M ≥ 4. */
    CHAMPIONS,
    /** Spent much and have been away for long: R ≤ 2, M ≥ 4. */
    BIG_SPENDERS_AT_RISK,
    /** Bought often and have been away for long: R ≤ 2, F ≥ 4. */
    LOYAL_AT_RISK,
    /** Came a short while ago and already buy well: L ≤ 2, R ≥ 4, and F ≥ 3 or M ≥ 3. */
    PROMISING_NEWCOMERS,
    /** Came a short while ago: L ≤ 2, R ≥ 4. */
    NEWCOMERS,
    /** Buy often and not long ago: R ≥ 3, F ≥ 4. */
    LOYAL,
    /** Spend much, not often, not long ago: R ≥ 3, M ≥ 4. */
    BIG_SPENDERS,
    /** Bought lately, at a middling or low value: R ≥ 4. */
    ACTIVE,
    /** Between all: R = 3. */
    NEEDS_ATTENTION,
    /** Away for long, once of middling value: R ≤ 2, and F = 3 or M = 3. */
    SLEEPING,
    /** Away for long and never of much value: the rest. */
    HIBERNATING;

    /**
     * The first group, in the order above, whose condition holds.
     *
     * @param recency 5 bought last, 1 longest ago
     * @param frequency 5 most often
     * @param amount 5 spent most
     * @param loyalty 5 customer for longest
     */
    public static ValueGroup of(int recency, int frequency, int amount, int loyalty) {
        if (recency >= 4 && frequency >= 4 && amount >= 4) return CHAMPIONS;
        if (recency <= 2 && amount >= 4) return BIG_SPENDERS_AT_RISK;
        if (recency <= 2 && frequency >= 4) return LOYAL_AT_RISK;
        if (loyalty <= 2 && recency >= 4) return frequency >= 3 || amount >= 3 ? PROMISING_NEWCOMERS : NEWCOMERS;
        if (recency >= 3 && frequency >= 4) return LOYAL;
        if (recency >= 3 && amount >= 4) return BIG_SPENDERS;
        if (recency >= 4) return ACTIVE;
        if (recency == 3) return NEEDS_ATTENTION;
        return frequency == 3 || amount == 3 ? SLEEPING : HIBERNATING;
    }
}
