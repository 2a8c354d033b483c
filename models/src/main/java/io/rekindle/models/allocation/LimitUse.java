package io.rekindle.models.allocation;

/**
 * How much of a limit an allocation uses, and what one more of it would earn.
 *
 * @param used by the chosen actions
 * @param price expected profit of one more unit, at the margin; 0 where the limit does not bind
 */
public record LimitUse(Limit limit, double used, double price) {
    /** Whether more of it would earn more. */
    public boolean binds() {
        return price > 0;
    }

    /** What is left of it. */
    public double left() {
        return Math.max(0, limit.capacity() - used);
    }
}
