package io.rekindle.models.attribution;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * The absorbing chain of customers going from contact to contact until they convert or are lost.
 *
 * <p>What: a state is the last one to three channels; each path is followed through the states, weighted by the customers
 * who took it, and ends in conversion or loss. With a channel removed every step into it ends in loss.
 *
 * <p>Source: Anderl, Becker, von Wangenheim and Schumann, "Mapping the customer journey" (Int. J. of Research in Marketing,
 * 2016). Assumption: what comes next depends on the last contacts only, and customers who would have met the removed channel
 * would not have come another way.
 *
 * <p>Numerics: the probability x of conversion from each state solves x = Q x + r over the sparse transitions among transient
 * states. Gauss-Seidel from x = 0 rises to the solution, from x = 1 (or the highest value) falls to it, since Q has no
 * negative entry and rows sum to at most 1: both are run until they agree to 1e-13 of the base, so the solution is bracketed,
 * not hoped for. A state's repetition of itself is divided out. Sweeps are some thirty for each contact of a path; where they
 * come to cost more than eliminating state after state (Grassmann, Taksar and Heyman, Operations Research 33, 1985: nothing is
 * ever subtracted, so that the longest paths keep their digits), that is done instead, for up to {@value #MOST_ELIMINATED}
 * states. Complexity: the lesser of transitions × sweeps and a third of states³; states at most channels + channels² + channels³ and never more than contacts.
 */
final class MarkovChain {
    private static final double AGREED = 1e-13;
    private static final int SWEEPS = 1_000_000;
    private static final int MOST_ELIMINATED = 1_500;

    private final int channels;
    private final int[] newest;
    private final int[] from;
    private final int[] to;
    private final double[] probability;
    private final double[] staying;
    /** Converting or lost. */
    private final double[] ending;

    private final double[] converting;
    private final double[] earning;

    MarkovChain(Paths paths, int order) {
        if (order < 1 || order > 3)
            throw new IllegalArgumentException("a chain of order %d; it is 1, 2 or 3".formatted(order));
        channels = paths.channels().size();
        // The last `order` channels as digits to the base channels + 1; 0 stands for "nothing yet".
        long base = channels + 1L;
        long span = 1;
        for (int k = 1; k < order; k++) span *= base;
        Map<Long, Integer> index = new HashMap<>();
        index.put(0L, 0);
        TreeMap<Long, Double> transitions = new TreeMap<>();
        int capacity = 16;
        double[] converted = new double[capacity];
        double[] earned = new double[capacity];
        double[] lost = new double[capacity];
        int[] last = new int[capacity];
        last[0] = -1;
        for (int i = 0; i < paths.count(); i++) {
            double weight = paths.conversions(i) + paths.nulls(i);
            if (weight == 0) continue;
            long code = 0;
            int state = 0;
            for (int channel : paths.steps(i)) {
                code = code % span * base + channel + 1;
                int next = index.computeIfAbsent(code, key -> index.size());
                if (next >= capacity) {
                    capacity *= 2;
                    converted = Arrays.copyOf(converted, capacity);
                    earned = Arrays.copyOf(earned, capacity);
                    lost = Arrays.copyOf(lost, capacity);
                    last = Arrays.copyOf(last, capacity);
                }
                last[next] = channel;
                transitions.merge(((long) state << 32) | next, weight, Double::sum);
                state = next;
            }
            converted[state] += paths.conversions(i);
            earned[state] += paths.value(i);
            lost[state] += paths.nulls(i);
        }
        int states = index.size();
        newest = Arrays.copyOf(last, states);
        double[] total = new double[states];
        for (int s = 0; s < states; s++) total[s] = converted[s] + lost[s];
        transitions.forEach((key, weight) -> total[(int) (key >> 32)] += weight);
        ending = new double[states];
        converting = new double[states];
        earning = new double[states];
        staying = new double[states];
        for (int s = 0; s < states; s++)
            if (total[s] > 0) {
                ending[s] = (converted[s] + lost[s]) / total[s];
                converting[s] = converted[s] / total[s];
                earning[s] = earned[s] / total[s];
            }
        from = new int[states + 1];
        to = new int[transitions.size()];
        probability = new double[transitions.size()];
        int next = 0;
        for (var entry : transitions.entrySet()) {
            int state = (int) (entry.getKey() >> 32);
            int target = (int) (long) entry.getKey();
            double share = entry.getValue() / total[state];
            if (state == target) {
                staying[state] = share;
                continue;
            }
            to[next] = target;
            probability[next++] = share;
            from[state + 1] = next;
        }
        for (int s = 1; s <= states; s++) from[s] = Math.max(from[s], from[s - 1]);
    }

    int states() {
        return newest.length;
    }

    /** Probability that a customer converts when only the kept channels are there. */
    double conversion(IntPredicate kept) {
        return solve(converting, kept);
    }

    /** Expected worth of a customer when only the kept channels are there. */
    double value(IntPredicate kept) {
        return solve(earning, kept);
    }

    private double solve(double[] reward, IntPredicate kept) {
        int states = newest.length;
        boolean[] open = new boolean[states];
        open[0] = true;
        boolean[] keep = new boolean[channels];
        for (int c = 0; c < channels; c++) keep[c] = kept.test(c);
        double most = 0;
        for (int s = 0; s < states; s++) {
            if (s > 0) open[s] = keep[newest[s]];
            // What a state can earn in all is at most the largest reward per departure from the transient states.
            if (open[s]) most = Math.max(most, bound(s, reward[s]));
        }
        if (most == 0) return 0;
        double[] low = new double[states];
        double[] high = new double[states];
        for (int s = 0; s < states; s++) if (open[s]) high[s] = most;
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (int s = states - 1; s >= 0; s--) {
                if (!open[s]) continue;
                double below = reward[s];
                double above = reward[s];
                for (int k = from[s]; k < from[s + 1]; k++) {
                    below += probability[k] * low[to[k]];
                    above += probability[k] * high[to[k]];
                }
                low[s] = below / (1 - staying[s]);
                high[s] = Math.min(high[s], above / (1 - staying[s]));
            }
            if (high[0] - low[0] <= AGREED * most) return (low[0] + high[0]) / 2;
            if (states <= MOST_ELIMINATED && 3.0 * sweep * to.length > (double) states * states * states)
                return eliminated(reward, open);
        }
        throw new IllegalArgumentException(
                "paths too long for a chain of %,d states; leave out customers with very many contacts (machines, an id many share), or ask for a lower order"
                        .formatted(states));
    }

    /** What state 0 earns, the others being eliminated one after the other. */
    private double eliminated(double[] reward, boolean[] open) {
        int states = newest.length;
        double[][] going = new double[states][states];
        double[] leaving = ending.clone();
        double[] earned = reward.clone();
        for (int s = 0; s < states; s++)
            for (int k = from[s]; k < from[s + 1]; k++) {
                if (open[to[k]]) going[s][to[k]] = probability[k];
                else leaving[s] += probability[k];
            }
        for (int gone = states - 1; gone > 0; gone--) {
            if (!open[gone]) continue;
            double out = leaving[gone];
            for (int s = 0; s < gone; s++) out += going[gone][s];
            if (out == 0) continue;
            for (int s = 0; s < gone; s++) {
                double share = going[s][gone] / out;
                if (share == 0) continue;
                for (int t = 0; t < gone; t++) if (t != s) going[s][t] += share * going[gone][t];
                leaving[s] += share * leaving[gone];
                earned[s] += share * earned[gone];
            }
        }
        return leaving[0] == 0 ? 0 : earned[0] / leaving[0];
    }

    private double bound(int state, double reward) {
        double leaving = 1 - staying[state];
        for (int k = from[state]; k < from[state + 1]; k++) leaving -= probability[k];
        return leaving > 1e-15 ? reward / leaving : 0;
    }
}
