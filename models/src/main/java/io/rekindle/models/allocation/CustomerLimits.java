package io.rekindle.models.allocation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one customer may be given: so many actions, of so much cost in all, and none twice of the same offer, channel or slot
 * where that is asked.
 *
 * <p>Unchangeable: each method gives another one.
 *
 * <p>Assumption: only a number of actions can be decided by sorting a customer's surpluses; with costs of their own or
 * classes apart, a customer's choice is a small knapsack, which is searched through. Source: none; these are the rules
 * contact policies are made of. Complexity: 4 bytes a customer where limits differ, and a number for each kind and class.
 */
public final class CustomerLimits {
    private static final int[] ALL_THE_SAME = {};

    private final int most;
    private final int[] mostOf;
    private final double mostCost;
    private final List<int[]> apart;

    private CustomerLimits(int most, int[] mostOf, double mostCost, List<int[]> apart) {
        this.most = most;
        this.mostOf = mostOf;
        this.mostCost = mostCost;
        this.apart = apart;
    }

    /** At most so many actions for every customer. */
    public static CustomerLimits atMost(int most) {
        if (most < 1) throw new IllegalArgumentException("at most %d actions a customer; at least 1".formatted(most));
        return new CustomerLimits(most, ALL_THE_SAME, Double.POSITIVE_INFINITY, List.of());
    }

    /** At most so many actions for each customer, such as what is left of their contact budget; 0 is none. */
    public static CustomerLimits atMost(int[] most) {
        for (int c = 0; c < most.length; c++)
            if (most[c] < 0)
                throw new IllegalArgumentException(
                        "at most %d actions for customer %d; none is negative".formatted(most[c], c));
        return new CustomerLimits(
                Arrays.stream(most).max().orElse(0), most.clone(), Double.POSITIVE_INFINITY, List.of());
    }

    /** A customer's actions cost at most this together. */
    public CustomerLimits costingAtMost(double cost) {
        if (!(cost >= 0))
            throw new IllegalArgumentException("at most a cost of %s a customer; at least 0".formatted(cost));
        return new CustomerLimits(most, mostOf, cost, apart);
    }

    /**
     * No two of a customer's actions are of kinds of the same class, such as the same channel.
     *
     * @param classOfKind by kind
     */
    public CustomerLimits apart(int[] classOfKind) {
        List<int[]> all = new ArrayList<>(apart);
        all.add(classOfKind.clone());
        return new CustomerLimits(most, mostOf, mostCost, List.copyOf(all));
    }

    int most(int customer) {
        return mostOf.length == 0 ? most : mostOf[customer];
    }

    /** The most actions of any customer. */
    int most() {
        return most;
    }

    boolean uniform() {
        return mostOf.length == 0;
    }

    double mostCost() {
        return mostCost;
    }

    List<int[]> apart() {
        return apart;
    }

    /** Whether the best actions by themselves are the best together, up to their number. */
    boolean plain() {
        return mostCost == Double.POSITIVE_INFINITY && (most <= 1 || apart.isEmpty());
    }

    /** The same, but nothing for some customers. */
    CustomerLimits without(boolean[] customers) {
        int[] left = new int[customers.length];
        Arrays.setAll(left, c -> customers[c] ? 0 : most(c));
        return new CustomerLimits(most, left, mostCost, apart);
    }

    void check(Candidates candidates) {
        if (!uniform() && mostOf.length != candidates.customers())
            throw new IllegalArgumentException(
                    "%d customers, but limits of actions for %d".formatted(candidates.customers(), mostOf.length));
        for (int[] classes : apart)
            if (classes.length != candidates.kinds())
                throw new IllegalArgumentException(
                        "%d kinds, but %d classes to be kept apart".formatted(candidates.kinds(), classes.length));
    }
}
