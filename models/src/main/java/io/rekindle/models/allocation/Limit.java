package io.rekindle.models.allocation;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Something there is only so much of: money, a channel's capacity, an offer's stock, a time slot's throughput.
 *
 * <p>What a message takes of it is a fixed amount of its kind plus a multiple of its cost, so that one form holds budgets
 * (of all, of a channel, of an offer) and counts of messages.
 *
 * <p>Assumption: use adds up, message by message. Source: the resource constraints of a linear programme (Dantzig 1951).
 * Numerics: a sum counts as kept when it exceeds the capacity by no more than a relative 1e-9, since money in floating point
 * does not add up exactly. Complexity: two numbers a kind.
 *
 * @param name as it is reported
 * @param capacity how much there is, at least 0; infinite is no limit
 * @param perMessage by kind: taken by each message, at least 0
 * @param perCost by kind: taken for each unit of a message's cost, at least 0
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record Limit(String name, double capacity, double[] perMessage, double[] perCost) {
    private static final double ROUNDING = 1e-9;

    public Limit {
        if (!(capacity >= 0))
            throw new IllegalArgumentException("limit '%s' is %s; it must be at least 0".formatted(name, capacity));
        if (perMessage.length != perCost.length)
            throw new IllegalArgumentException("limit '%s' names %d and %d kinds; the same number is needed"
                    .formatted(name, perMessage.length, perCost.length));
        perMessage = perMessage.clone();
        perCost = perCost.clone();
        for (int kind = 0; kind < perMessage.length; kind++)
            if (!(perMessage[kind] >= 0 && perCost[kind] >= 0)
                    || perMessage[kind] + perCost[kind] == Double.POSITIVE_INFINITY)
                throw new IllegalArgumentException("limit '%s': a message of kind %d takes %s and %s; both at least 0"
                        .formatted(name, kind, perMessage[kind], perCost[kind]));
    }

    /** A budget for everything. */
    public static Limit budget(String name, double capacity, int kinds) {
        return budget(name, capacity, kinds, kind -> true);
    }

    /** A budget for messages of some kinds. */
    public static Limit budget(String name, double capacity, int kinds, IntPredicate of) {
        return new Limit(name, capacity, new double[kinds], indicator(kinds, of));
    }

    /** A number of messages of some kinds. */
    public static Limit messages(String name, double capacity, int kinds, IntPredicate of) {
        return new Limit(name, capacity, indicator(kinds, of), new double[kinds]);
    }

    private static double[] indicator(int kinds, IntPredicate of) {
        double[] indicator = new double[kinds];
        Arrays.setAll(indicator, kind -> of.test(kind) ? 1 : 0);
        return indicator;
    }

    double use(int kind, double cost) {
        return perMessage[kind] + perCost[kind] * cost;
    }

    /** Rounding of sums is not a breach. */
    boolean holds(double used) {
        return holds(used, capacity);
    }

    /** The same when only so much is there. */
    boolean holds(double used, double there) {
        return used <= there + ROUNDING * capacity;
    }
}
