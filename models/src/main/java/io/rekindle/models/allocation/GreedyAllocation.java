package io.rekindle.models.allocation;

import java.util.Arrays;
import java.util.List;

/**
 * What one would do without prices: take the actions in the order of a ratio, each that still fits. A baseline.
 *
 * <p>Two orders are usual: profit for each unit of cost, and profit for the share of all limits an action takes (Toyoda 1975).
 * Complexity: a sort of all actions with positive value.
 *
 * <p>Assumption: a ratio says all there is to say of an action; where several limits bind it does not, which is what the
 * comparison shows. Numerics: ties go by the candidates' places; limits are kept to a relative 1e-9.
 */
public final class GreedyAllocation {
    /** What actions are ordered by. */
    public enum Order {
        /** Profit for each unit of cost. */
        COST,
        /** Profit for the share of the limits taken, summed over the limits. */
        SHARE_OF_LIMITS
    }

    private final int[] actions;
    private final double profit;

    private GreedyAllocation(int[] actions, double profit) {
        this.actions = actions;
        this.profit = profit;
    }

    /** Allocates. */
    public static GreedyAllocation of(Candidates candidates, List<Limit> all, CustomerLimits customers, Order order) {
        customers.check(candidates);
        List<Limit> limits = all.stream()
                .filter(limit -> limit.capacity() < Double.POSITIVE_INFINITY)
                .toList();
        int size = candidates.size();
        double[] left = limits.stream().mapToDouble(Limit::capacity).toArray();
        double tiny = 1e-9 * (Arrays.stream(candidates.cost).parallel().max().orElse(0) + 1e-300);
        long[] keys = new long[size];
        int count = 0;
        for (int a = 0; a < size; a++) {
            if (!(candidates.value[a] > 0)) continue;
            double takes = 0;
            if (order == Order.COST) takes = candidates.cost[a] + tiny;
            else
                for (int j = 0; j < left.length; j++)
                    takes += limits.get(j).use(candidates.kind[a], candidates.cost[a]) / left[j];
            float ratio = takes > 0 ? (float) Math.min(Float.MAX_VALUE, candidates.value[a] / takes) : Float.MAX_VALUE;
            keys[count++] = (long) (Integer.MAX_VALUE - Float.floatToIntBits(ratio)) << 32 | a;
        }
        keys = Arrays.copyOf(keys, count);
        Arrays.parallelSort(keys);
        int[] customerOf = new int[size];
        for (int c = 0; c < candidates.customers(); c++)
            Arrays.fill(customerOf, candidates.first[c], candidates.first[c + 1], c);
        int[] taken = new int[candidates.customers()];
        double[] spent = new double[candidates.customers()];
        int most = customers.most();
        int[] held = new int[Math.multiplyExact(candidates.customers(), Math.max(1, most))];
        int[] chosen = new int[Math.min(count, held.length)];
        int fitting = 0;
        double profit = 0;
        for (long key : keys) {
            int a = (int) key;
            int c = customerOf[a];
            if (taken[c] == customers.most(c) || spent[c] + candidates.cost[a] > customers.mostCost()) continue;
            if (!apart(candidates, customers, a, held, c * most, taken[c])) continue;
            boolean fits = true;
            for (int j = 0; j < left.length; j++) {
                Limit limit = limits.get(j);
                double use = limit.use(candidates.kind[a], candidates.cost[a]);
                fits &= use == 0 || limit.holds(limit.capacity() - left[j] + use);
            }
            if (!fits) continue;
            for (int j = 0; j < left.length; j++) left[j] -= limits.get(j).use(candidates.kind[a], candidates.cost[a]);
            held[c * most + taken[c]++] = a;
            spent[c] += candidates.cost[a];
            profit += candidates.value[a];
            chosen[fitting++] = a;
        }
        int[] actions = Arrays.copyOf(chosen, fitting);
        Arrays.sort(actions);
        return new GreedyAllocation(actions, profit);
    }

    private static boolean apart(
            Candidates candidates, CustomerLimits rules, int action, int[] held, int from, int count) {
        for (int[] classes : rules.apart())
            for (int i = from; i < from + count; i++)
                if (classes[candidates.kind[held[i]]] == classes[candidates.kind[action]]) return false;
        return true;
    }

    /** Places of the chosen actions among the candidates, ascending. */
    public int[] actions() {
        return actions.clone();
    }

    /** Expected incremental profit of all chosen actions. */
    public double profit() {
        return profit;
    }
}
