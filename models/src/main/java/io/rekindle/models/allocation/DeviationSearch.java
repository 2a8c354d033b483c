package io.rekindle.models.allocation;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;

/**
 * Looks among few customers for a better allocation than the one known, or proves that there is none.
 *
 * <p>Any allocation is each customer's best choice at the prices, with deviations; it falls short of the bound by what the
 * deviations lose plus what it leaves of the limits at their prices. So one that is better deviates by less than the gap. The
 * sets of deviations that lose less are tried depth first, the least losing first, with the allowed loss doubled from an eighth
 * of the gap; a branch ends when no deviations left could free what is overused, or use what is left, for the loss still
 * allowed. Source of the idea: Pisinger, "A minimal algorithm for the multiple-choice knapsack problem" (EJOR 1995).
 */
final class DeviationSearch {
    private static final int MOST_DEVIATIONS = 4_000;
    private static final long MOST_NODES = 1_500_000;
    private static final double ROUNDING = 1e-10;

    private final Problem problem;
    private final double[] prices;
    private final double bound;
    private final int n;

    private int count;
    private int[] customer = new int[64];
    private double[] loss = new double[64];
    private int[][] set = new int[64][];
    private double[][] more = new double[64][];
    private double[][] frees = new double[0][];
    private double[][] takes = new double[0][];
    private boolean tooMany;

    private final int[][] base;
    private final boolean[] deviates;
    private final int[] path;
    private double[] left;
    private double profit;
    private double allowed;
    private long nodes;
    private int[] bestPath = new int[0];
    private boolean better;

    DeviationSearch(Problem problem, double[] prices, double bound) {
        this.problem = problem;
        this.prices = prices;
        this.bound = bound;
        n = prices.length;
        base = new int[problem.customers()][];
        deviates = new boolean[problem.customers()];
        path = new int[problem.customers() + 1];
        left = new double[n];
    }

    /**
     * Searches.
     *
     * @param known profit of the allocation known
     * @return whether there is none better than the best known then
     */
    boolean run(double known) {
        profit = known;
        double gap = bound - known;
        list(gap);
        if (tooMany) return false;
        int[] order = Indices.sorted(count, (a, b) -> Double.compare(loss[a], loss[b]));
        sort(order);
        potentials();
        for (int part = 8; part >= 1; part /= 2) {
            allowed = Math.min((bound - profit), gap / part);
            search(0, 0, 0);
            if (nodes > MOST_NODES) return false;
            if (bound - profit <= gap / part) return true;
        }
        return true;
    }

    /** Whether something better was found. */
    boolean better() {
        return better;
    }

    double profit() {
        return profit;
    }

    /** The actions of the better allocation. */
    int[] actions() {
        int[][] sets = base.clone();
        for (int deviation : bestPath) sets[customer[deviation]] = set[deviation];
        return Arrays.stream(sets).flatMapToInt(Arrays::stream).toArray();
    }

    private void list(double gap) {
        Picker picker = new Picker(problem, prices);
        for (int j = 0; j < n; j++) left[j] = problem.capacity[j] - problem.decided[j];
        for (int c = 0; c < base.length && !tooMany; c++) {
            int picked = picker.pick(c);
            base[c] = Arrays.copyOf(picker.picked, picked);
            Arrays.sort(base[c]);
            double best = picker.surplus;
            for (int a : base[c]) for (int j = 0; j < n; j++) left[j] -= problem.use(j, a);
            int from = problem.first[c];
            int to = problem.first[c + 1];
            double[] surplus = new double[to - from];
            for (int a = from; a < to; a++) surplus[a - from] = picker.surplus(a);
            // From the best: what is left of the allowed loss ends the enumeration early.
            int[] order = Indices.sorted(surplus.length, (a, b) -> Double.compare(surplus[b], surplus[a]));
            enumerate(c, surplus, order, 0, new int[problem.most(c)], 0, 0, 0, best, gap);
        }
    }

    private void enumerate(
            int c,
            double[] surplus,
            int[] order,
            int next,
            int[] trial,
            int depth,
            double sum,
            double costs,
            double best,
            double gap) {
        if (tooMany) return;
        if (best - sum < gap) {
            int[] sorted = Arrays.copyOf(trial, depth);
            Arrays.sort(sorted);
            if (!Arrays.equals(sorted, base[c])) add(c, Math.max(0, best - sum), sorted);
        }
        if (depth == trial.length) return;
        for (int i = next; i < order.length; i++) {
            double reachable = sum;
            for (int k = i; k < order.length && k - i < trial.length - depth; k++)
                reachable += k == i ? surplus[order[k]] : Math.max(0, surplus[order[k]]);
            if (best - reachable >= gap) return;
            int action = problem.first[c] + order[i];
            if (costs + problem.cost[action] > problem.limits.mostCost() || problem.clash(action, trial, depth))
                continue;
            trial[depth] = action;
            enumerate(
                    c,
                    surplus,
                    order,
                    i + 1,
                    trial,
                    depth + 1,
                    sum + surplus[order[i]],
                    costs + problem.cost[action],
                    best,
                    gap);
        }
    }

    private void add(int c, double loses, int[] actions) {
        if (count == MOST_DEVIATIONS) {
            tooMany = true;
            return;
        }
        if (count == loss.length) {
            customer = Arrays.copyOf(customer, 2 * count);
            loss = Arrays.copyOf(loss, 2 * count);
            set = Arrays.copyOf(set, 2 * count);
            more = Arrays.copyOf(more, 2 * count);
        }
        double[] change = new double[n];
        for (int j = 0; j < n; j++) {
            for (int a : actions) change[j] += problem.use(j, a);
            for (int a : base[c]) change[j] -= problem.use(j, a);
        }
        customer[count] = c;
        loss[count] = loses;
        set[count] = actions;
        more[count++] = change;
    }

    private void sort(int[] order) {
        int[] customers = new int[count];
        double[] losses = new double[count];
        int[][] sets = new int[count][];
        double[][] changes = new double[count][];
        for (int i = 0; i < count; i++) {
            customers[i] = customer[order[i]];
            losses[i] = loss[order[i]];
            sets[i] = set[order[i]];
            changes[i] = more[order[i]];
        }
        customer = customers;
        loss = losses;
        set = sets;
        more = changes;
    }

    /** By limit and deviation, the most that this or a later one frees, and takes, for a unit of loss. */
    private void potentials() {
        frees = new double[n][count + 1];
        takes = new double[n][count + 1];
        for (int j = 0; j < n; j++)
            for (int i = count - 1; i >= 0; i--) {
                frees[j][i] = Math.max(frees[j][i + 1], Math.max(0, -more[i][j]) / Math.max(loss[i], 1e-300));
                takes[j][i] = Math.max(takes[j][i + 1], Math.max(0, more[i][j]) / Math.max(loss[i], 1e-300));
            }
    }

    private void search(int next, int depth, double lost) {
        if (++nodes > MOST_NODES) return;
        double idle = 0;
        boolean kept = true;
        for (int j = 0; j < n; j++) {
            kept &= problem.resources.get(j).holds(problem.capacity[j] - left[j], problem.capacity[j]);
            idle += prices[j] * left[j];
        }
        if (kept) {
            double earned = bound - lost - idle;
            if (earned > profit + ROUNDING * Math.abs(bound)) {
                profit = earned;
                better = true;
                bestPath = Arrays.copyOf(path, depth);
                allowed = Math.min(allowed, bound - profit);
            }
        }
        for (int i = next; i < count; i++) {
            double still = allowed - lost - ROUNDING * Math.abs(bound);
            if (loss[i] >= still || nodes > MOST_NODES || hopeless(i, still)) return;
            if (deviates[customer[i]]) continue;
            deviates[customer[i]] = true;
            path[depth] = i;
            for (int j = 0; j < n; j++) left[j] -= more[i][j];
            search(i + 1, depth + 1, lost + loss[i]);
            for (int j = 0; j < n; j++) left[j] += more[i][j];
            deviates[customer[i]] = false;
        }
    }

    /** Whether the deviations from i on cannot lead to something better for the loss still allowed. */
    private boolean hopeless(int i, double still) {
        double idle = 0;
        for (int j = 0; j < n; j++) {
            if (left[j] < 0
                    && left[j] + frees[j][i] * still < 0
                    && !problem.resources
                            .get(j)
                            .holds(problem.capacity[j] - left[j] - frees[j][i] * still, problem.capacity[j]))
                return true;
            idle += prices[j] * Math.max(0, left[j] - takes[j][i] * still);
        }
        return idle >= still;
    }
}
