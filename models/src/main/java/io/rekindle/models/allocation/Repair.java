package io.rekindle.models.allocation;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;

/**
 * Makes of every customer's best choice at the prices an allocation that keeps to all limits, and fills what is left.
 *
 * <p>At the lowest prices the limits are nearly kept already: only customers indifferent between two choices overuse or leave
 * something. A move takes one action from a customer, gives one, or both; what it loses is the difference of surplus. First
 * the moves that lose least for what they free, until no limit is overused; then those that gain profit and fit, the most
 * profit for the price of what they take first. Profit lacks of the bound exactly what moves lost plus what is left of the
 * limits at their prices.
 */
final class Repair {
    private static final int ROUNDS = 60;

    private final Problem problem;
    private final double[] prices;
    private final int n;
    private final double[] surplus;
    private final boolean[] chosen;
    private final double[] left;
    private final int[] held;
    private final int[] beside;
    private final boolean[] violated;

    private int count;
    private int[] customer = new int[1024];
    private int[] out = new int[1024];
    private int[] in = new int[1024];
    private double[] score = new double[1024];

    Repair(Problem problem, double[] prices) {
        this.problem = problem;
        this.prices = prices;
        n = prices.length;
        int actions = problem.actions();
        surplus = new double[actions];
        chosen = new boolean[actions];
        left = new double[n];
        violated = new boolean[n];
        int most = 0;
        for (int c = 0; c < problem.customers(); c++) most = Math.max(most, problem.most(c));
        held = new int[most];
        beside = new int[most];
        for (int j = 0; j < n; j++) left[j] = problem.capacity[j] - problem.decided[j];
        Picker picker = new Picker(problem, prices);
        for (int c = 0; c < problem.customers(); c++) {
            for (int a = problem.first[c]; a < problem.first[c + 1]; a++) surplus[a] = picker.surplus(a);
            int picked = picker.pick(c);
            for (int i = 0; i < picked; i++) {
                chosen[picker.picked[i]] = true;
                for (int j = 0; j < n; j++) left[j] -= problem.use(j, picker.picked[i]);
            }
        }
    }

    /** Gives whether all limits are kept. */
    boolean run() {
        boolean kept = keepLimits();
        if (kept) fill();
        return kept;
    }

    boolean chosen(int action) {
        return chosen[action];
    }

    /** Takes another choice. */
    void choose(int[] actions) {
        Arrays.fill(chosen, false);
        for (int j = 0; j < n; j++) left[j] = problem.capacity[j] - problem.decided[j];
        for (int a : actions) {
            chosen[a] = true;
            for (int j = 0; j < n; j++) left[j] -= problem.use(j, a);
        }
    }

    double profit() {
        double sum = problem.decidedValue;
        for (int a = 0; a < chosen.length; a++) if (chosen[a]) sum += problem.value[a];
        return sum;
    }

    private boolean kept(int j) {
        return problem.resources.get(j).holds(problem.capacity[j] - left[j], problem.capacity[j]);
    }

    private boolean keepLimits() {
        for (int round = 0; round < ROUNDS; round++) {
            boolean over = false;
            for (int j = 0; j < n; j++) {
                violated[j] = !kept(j);
                over |= violated[j];
            }
            if (!over) return true;
            collect(true);
            if (!apply(true)) return false;
        }
        return false;
    }

    private void fill() {
        for (int round = 0; round < ROUNDS; round++) {
            collect(false);
            if (!apply(false)) return;
        }
    }

    /** All moves that free what is overused, or that gain profit and fit. */
    private void collect(boolean freeing) {
        count = 0;
        for (int c = 0; c < problem.customers(); c++) {
            int from = problem.first[c];
            int to = problem.first[c + 1];
            int most = problem.most(c);
            if (most == 0) continue;
            int holding = hold(c);
            for (int i = -1; i < holding; i++) {
                int taken = i < 0 ? -1 : held[i];
                if (taken < 0 && (holding == most || freeing)) continue;
                if (taken >= 0) consider(c, taken, -1, freeing);
                for (int given = from; given < to; given++)
                    if (!chosen[given] && surplus[given] > Double.NEGATIVE_INFINITY) consider(c, taken, given, freeing);
            }
        }
    }

    private int hold(int c) {
        int holding = 0;
        for (int a = problem.first[c]; a < problem.first[c + 1]; a++) if (chosen[a]) held[holding++] = a;
        return holding;
    }

    private void consider(int c, int taken, int given, boolean freeing) {
        double merit = merit(taken, given, freeing);
        if (Double.isNaN(merit) || !allowed(c, taken, given)) return;
        if (count == customer.length) {
            int larger = 2 * count;
            customer = Arrays.copyOf(customer, larger);
            out = Arrays.copyOf(out, larger);
            in = Arrays.copyOf(in, larger);
            score = Arrays.copyOf(score, larger);
        }
        customer[count] = c;
        out[count] = taken;
        in[count] = given;
        score[count++] = merit;
    }

    /** The lower, the sooner; NaN for a move that does not serve. */
    private double merit(int taken, int given, boolean freeing) {
        double gained = (given < 0 ? 0 : problem.value[given]) - (taken < 0 ? 0 : problem.value[taken]);
        if (!freeing && !(gained > 0)) return Double.NaN;
        double freed = 0;
        double paid = 0;
        for (int j = 0; j < n; j++) {
            double more = (given < 0 ? 0 : problem.use(j, given)) - (taken < 0 ? 0 : problem.use(j, taken));
            paid += prices[j] * more;
            if (violated[j] && left[j] < 0) {
                if (more > 0) return Double.NaN;
                freed += Math.min(-more, -left[j]) / problem.capacity[j];
            } else if (more > 0
                    && !problem.resources.get(j).holds(problem.capacity[j] - left[j] + more, problem.capacity[j]))
                return Double.NaN;
        }
        if (freeing) return freed > 0 ? (paid - gained) / freed : Double.NaN;
        return paid / gained;
    }

    private boolean allowed(int c, int taken, int given) {
        if (given < 0) return true;
        double costs = problem.cost[given];
        int holding = 0;
        for (int a = problem.first[c]; a < problem.first[c + 1]; a++)
            if (chosen[a] && a != taken) {
                beside[holding++] = a;
                costs += problem.cost[a];
            }
        return holding < problem.most(c)
                && costs <= problem.limits.mostCost()
                && !problem.clash(given, beside, holding);
    }

    /** Makes the moves in their order as far as they still serve; gives whether any was made. */
    private boolean apply(boolean freeing) {
        int[] order = Indices.sorted(count, (a, b) -> Double.compare(score[a], score[b]));
        boolean moved = false;
        for (int move : order) {
            int taken = out[move];
            int given = in[move];
            if ((taken >= 0 && !chosen[taken]) || (given >= 0 && chosen[given])) continue;
            if (Double.isNaN(merit(taken, given, freeing)) || !allowed(customer[move], taken, given)) continue;
            if (taken >= 0) chosen[taken] = false;
            if (given >= 0) chosen[given] = true;
            for (int j = 0; j < n; j++)
                left[j] += (taken < 0 ? 0 : problem.use(j, taken)) - (given < 0 ? 0 : problem.use(j, given));
            moved = true;
            if (!freeing) continue;
            boolean over = false;
            for (int j = 0; j < n; j++) {
                violated[j] &= !kept(j);
                over |= violated[j];
            }
            if (!over) return true;
        }
        return moved;
    }
}
