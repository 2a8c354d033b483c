package io.rekindle.models.allocation;

import java.util.Arrays;

/**
 * The best set of actions of one customer at given prices: that of the largest surplus (value less the price of all it
 * takes), within the customer's own limits. One for each thread.
 *
 * <p>Without rules beyond a number the best set is the best actions. With actions to be kept apart or a cost not to be
 * exceeded, sets are tried depth first in the order of their surplus; what cannot beat the best set any more is left. Ties go
 * to the earlier candidate.
 */
final class Picker {
    private final Problem problem;
    private final double[] perMessage;
    private final double[] perCost;
    private final boolean plain;
    /** The actions picked last. */
    int[] picked = new int[2];
    /** Their surplus together. */
    double surplus;

    private int[] order = new int[16];
    private double[] worth = new double[16];
    private int found;
    private int[] trial = new int[2];
    private int best;

    Picker(Problem problem, double[] prices) {
        this.problem = problem;
        perMessage = problem.perMessage(prices);
        perCost = problem.perCost(prices);
        plain = problem.limits.plain();
        picked = new int[Math.max(2, problem.limits.most())];
        trial = new int[picked.length];
    }

    /** What the action leaves after paying for all it takes. */
    double surplus(int action) {
        int kind = problem.kind[action];
        return problem.value[action] - perMessage[kind] - perCost[kind] * problem.cost[action];
    }

    /** Picks for a customer; gives the number of actions. */
    int pick(int customer) {
        return pick(customer, problem.most(customer));
    }

    int pick(int customer, int most) {
        int from = problem.first[customer];
        int to = problem.first[customer + 1];
        if (most == 0 || from == to) {
            surplus = 0;
            return 0;
        }
        if (!plain) return pickUnderRules(from, to, most);
        if (most == 1) return pickOne(from, to);
        if (most == 2) return pickTwo(from, to);
        return pickMany(from, to, most);
    }

    private int pickOne(int from, int to) {
        double[] value = problem.value;
        double[] cost = problem.cost;
        int[] kind = problem.kind;
        double most = 0;
        int at = -1;
        for (int a = from; a < to; a++) {
            int k = kind[a];
            double left = value[a] - perMessage[k] - perCost[k] * cost[a];
            if (left > most) {
                most = left;
                at = a;
            }
        }
        surplus = most;
        picked[0] = at;
        return at < 0 ? 0 : 1;
    }

    private int pickTwo(int from, int to) {
        double[] value = problem.value;
        double[] cost = problem.cost;
        int[] kind = problem.kind;
        double most = 0;
        double second = 0;
        int at = -1;
        int next = -1;
        for (int a = from; a < to; a++) {
            int k = kind[a];
            double left = value[a] - perMessage[k] - perCost[k] * cost[a];
            if (left > second) {
                if (left > most) {
                    second = most;
                    next = at;
                    most = left;
                    at = a;
                } else {
                    second = left;
                    next = a;
                }
            }
        }
        surplus = most + second;
        picked[0] = at;
        picked[1] = next;
        return at < 0 ? 0 : next < 0 ? 1 : 2;
    }

    private int pickMany(int from, int to, int most) {
        sort(from, to);
        int count = Math.min(most, found);
        surplus = 0;
        for (int i = 0; i < count; i++) {
            picked[i] = order[i];
            surplus += worth[i];
        }
        return count;
    }

    private int pickUnderRules(int from, int to, int most) {
        sort(from, to);
        surplus = 0;
        best = 0;
        search(0, 0, most, 0, problem.limits.mostCost());
        return best;
    }

    private void search(int next, int depth, int most, double sum, double costLeft) {
        if (sum > surplus) {
            surplus = sum;
            best = depth;
            System.arraycopy(trial, 0, picked, 0, depth);
        }
        if (depth == most) return;
        for (int i = next; i < found; i++) {
            if (sum + (most - depth) * worth[i] <= surplus) return;
            int action = order[i];
            if (problem.cost[action] > costLeft || problem.clash(action, trial, depth)) continue;
            trial[depth] = action;
            search(i + 1, depth + 1, most, sum + worth[i], costLeft - problem.cost[action]);
        }
    }

    /** Actions with a surplus, best first. */
    private void sort(int from, int to) {
        found = 0;
        for (int a = from; a < to; a++) {
            double left = surplus(a);
            if (!(left > 0)) continue;
            if (found == order.length) {
                order = Arrays.copyOf(order, 2 * found);
                worth = Arrays.copyOf(worth, 2 * found);
            }
            int i = found++;
            for (; i > 0 && worth[i - 1] < left; i--) {
                worth[i] = worth[i - 1];
                order[i] = order[i - 1];
            }
            worth[i] = left;
            order[i] = a;
        }
    }
}
