package io.rekindle.models.allocation;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * An allocation to be solved, or a part of one: customers' actions, limits, and what is decided already.
 *
 * <p>The dual function at prices p is what all limits together are worth at them, plus what is decided, plus each customer's
 * best surplus; it lies above every allocation's profit, is convex, and falls where a limit is overused. Customers are taken in
 * fixed pieces whose sums are added in their order, so that any number of threads gives the same numbers.
 */
final class Problem {
    private static final int MOST_PIECES = 64;
    private static final int ACTIONS_OF_A_PIECE = 50_000;

    final int[] first;
    final double[] value;
    final double[] cost;
    final int[] kind;
    final int kinds;
    final CustomerLimits limits;
    final List<Limit> resources;
    /** What there is of each limit, and how much of it is decided. */
    final double[] capacity;

    final double[] decided;
    final double decidedValue;
    /** The customer and action of the whole problem; empty when this is it. */
    private final int[] customerOf;

    private final int[] actionOf;
    /** Kinds of which one message alone is more than there is. */
    private final boolean[] closed;

    private Problem(
            int[] first,
            double[] value,
            double[] cost,
            int[] kind,
            int kinds,
            CustomerLimits limits,
            List<Limit> resources,
            double[] capacity,
            double[] decided,
            double decidedValue,
            int[] customerOf,
            int[] actionOf,
            boolean[] closed) {
        this.first = first;
        this.value = value;
        this.cost = cost;
        this.kind = kind;
        this.kinds = kinds;
        this.limits = limits;
        this.resources = resources;
        this.capacity = capacity;
        this.decided = decided;
        this.decidedValue = decidedValue;
        this.customerOf = customerOf;
        this.actionOf = actionOf;
        this.closed = closed;
    }

    /**
     * The whole.
     *
     * @param resources those with an end
     * @param capacity what there is of each
     */
    static Problem of(Candidates candidates, List<Limit> resources, double[] capacity, CustomerLimits limits) {
        int kinds = candidates.kinds();
        boolean[] closed = new boolean[kinds];
        for (int j = 0; j < capacity.length; j++)
            for (int kind = 0; kind < kinds; kind++) {
                Limit limit = resources.get(j);
                closed[kind] |= !limit.holds(limit.perMessage()[kind], capacity[j]);
            }
        return new Problem(
                candidates.first,
                candidates.value,
                candidates.cost,
                candidates.kind,
                kinds,
                limits,
                resources,
                capacity,
                new double[capacity.length],
                0,
                new int[0],
                new int[0],
                closed);
    }

    int customers() {
        return first.length - 1;
    }

    int actions() {
        return value.length;
    }

    int customer(int place) {
        return customerOf.length == 0 ? place : customerOf[place];
    }

    int action(int place) {
        return actionOf.length == 0 ? place : actionOf[place];
    }

    int most(int place) {
        return limits.most(customer(place));
    }

    double use(int j, int action) {
        return resources.get(j).use(kind[action], cost[action]);
    }

    /** Whether an action may not stand beside those already picked. */
    boolean clash(int action, int[] picked, int count) {
        for (int[] classes : limits.apart())
            for (int i = 0; i < count; i++) if (classes[kind[picked[i]]] == classes[kind[action]]) return true;
        return false;
    }

    /** By kind, the price of a message apart from its cost; infinite where it can never be. */
    double[] perMessage(double[] prices) {
        double[] sum = new double[kinds];
        for (int j = 0; j < prices.length; j++) {
            double[] of = resources.get(j).perMessage();
            for (int kind = 0; kind < kinds; kind++) sum[kind] += prices[j] * of[kind];
        }
        for (int kind = 0; kind < kinds; kind++) if (closed[kind]) sum[kind] = Double.POSITIVE_INFINITY;
        return sum;
    }

    /** By kind, the price of a unit of a message's cost. */
    double[] perCost(double[] prices) {
        double[] sum = new double[kinds];
        for (int j = 0; j < prices.length; j++) {
            double[] of = resources.get(j).perCost();
            for (int kind = 0; kind < kinds; kind++) sum[kind] += prices[j] * of[kind];
        }
        return sum;
    }

    /** The dual function at some prices, and the falling of it by each price: what is left of the limits. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Dual(double value, double[] left) {}

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Sums(double surplus, long[] messages, double[] spent) {}

    Dual dual(double[] prices) {
        List<Sums> sums = pieces(piece -> {
            Picker picker = new Picker(this, prices);
            double surplus = 0;
            long[] messages = new long[kinds];
            double[] spent = new double[kinds];
            for (int c = begin(piece); c < begin(piece + 1); c++) {
                int count = picker.pick(c);
                surplus += picker.surplus;
                for (int i = 0; i < count; i++) {
                    int a = picker.picked[i];
                    messages[kind[a]]++;
                    spent[kind[a]] += cost[a];
                }
            }
            return new Sums(surplus, messages, spent);
        });
        double total = decidedValue;
        double[] left = new double[capacity.length];
        long[] messages = new long[kinds];
        double[] spent = new double[kinds];
        for (Sums sum : sums) {
            total += sum.surplus;
            for (int kind = 0; kind < kinds; kind++) {
                messages[kind] += sum.messages[kind];
                spent[kind] += sum.spent[kind];
            }
        }
        for (int j = 0; j < left.length; j++) {
            Limit limit = resources.get(j);
            left[j] = capacity[j] - decided[j];
            for (int kind = 0; kind < kinds; kind++)
                left[j] -= limit.perMessage()[kind] * messages[kind] + limit.perCost()[kind] * spent[kind];
            total += prices[j] * (capacity[j] - decided[j]);
        }
        return new Dual(total, left);
    }

    <T> List<T> pieces(IntFunction<T> work) {
        return IntStream.range(0, pieces()).parallel().mapToObj(work).toList();
    }

    int pieces() {
        return Math.clamp(actions() / Math.max(ACTIONS_OF_A_PIECE, 4 * kinds), 1, MOST_PIECES);
    }

    int begin(int piece) {
        return (int) ((long) customers() * piece / pieces());
    }

    /** Every so many-th customer, with as much less of each limit. */
    Problem sample(int count) {
        int n = customers();
        Builder builder = new Builder(count, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * actions() * count / n + 64));
        for (int i = 0; i < count; i++) {
            int c = (int) ((long) n * i / count);
            builder.begin(customer(c));
            for (int a = first[c]; a < first[c + 1]; a++) builder.add(action(a), value[a], cost[a], kind[a]);
        }
        double share = (double) count / n;
        double[] smaller = Arrays.stream(capacity).map(of -> of * share).toArray();
        return builder.problem(
                this, smaller, Arrays.stream(decided).map(of -> of * share).toArray(), decidedValue * share);
    }

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Part(Builder builder, double value, double[] use) {}

    /**
     * What remains to be decided when the prices are known to lie in a box: customers whose best set is the same all over it
     * are decided, actions that are never in the best set are left. All over the box the dual function is the same.
     */
    Problem within(double[] low, double[] high) {
        double[] cheapMessage = perMessage(low);
        double[] cheapCost = perCost(low);
        double[] dearMessage = perMessage(high);
        double[] dearCost = perCost(high);
        boolean plain = limits.plain();
        List<Part> parts = pieces(piece -> {
            int from = begin(piece);
            int to = begin(piece + 1);
            Builder builder = new Builder((to - from) / 16 + 16, (first[to] - first[from]) / 16 + 64);
            double valueDecided = 0;
            double[] useDecided = new double[capacity.length];
            double[] surely = new double[limits.most() + 1];
            for (int c = from; c < to; c++) {
                int most = most(c);
                if (most == 0) continue;
                Arrays.fill(surely, 0, most, 0);
                if (plain)
                    for (int a = first[c]; a < first[c + 1]; a++) {
                        double least = value[a] - dearMessage[kind[a]] - dearCost[kind[a]] * cost[a];
                        if (!(least > surely[most - 1])) continue;
                        int i = most - 1;
                        for (; i > 0 && surely[i - 1] < least; i--) surely[i] = surely[i - 1];
                        surely[i] = least;
                    }
                double threshold = surely[most - 1];
                int possible = 0;
                int certain = 0;
                for (int a = first[c]; a < first[c + 1]; a++) {
                    double atMost = value[a] - cheapMessage[kind[a]] - cheapCost[kind[a]] * cost[a];
                    if (!(atMost > 0 && atMost >= threshold)) continue;
                    possible++;
                    if (value[a] - dearMessage[kind[a]] - dearCost[kind[a]] * cost[a] > 0) certain++;
                }
                if (possible == 0) continue;
                boolean settled = plain && possible <= most && certain == possible;
                if (!settled) builder.begin(customer(c));
                for (int a = first[c]; a < first[c + 1]; a++) {
                    double atMost = value[a] - cheapMessage[kind[a]] - cheapCost[kind[a]] * cost[a];
                    if (!(atMost > 0 && atMost >= threshold)) continue;
                    if (settled) {
                        valueDecided += value[a];
                        for (int j = 0; j < useDecided.length; j++) useDecided[j] += use(j, a);
                    } else builder.add(action(a), value[a], cost[a], kind[a]);
                }
            }
            return new Part(builder, valueDecided, useDecided);
        });
        double valueDecided = decidedValue;
        double[] useDecided = decided.clone();
        int customers = 0;
        int actions = 0;
        for (Part part : parts) {
            valueDecided += part.value;
            for (int j = 0; j < useDecided.length; j++) useDecided[j] += part.use[j];
            customers += part.builder.customers;
            actions += part.builder.actions;
        }
        Builder all = new Builder(customers, actions);
        for (Part part : parts) all.add(part.builder);
        return all.problem(this, capacity, useDecided, valueDecided);
    }

    private static final class Builder {
        private int[] first;
        private int[] customerOf;
        private int[] actionOf;
        private double[] value;
        private double[] cost;
        private int[] kind;
        private int customers;
        private int actions;

        Builder(int customers, int actions) {
            first = new int[customers + 1];
            customerOf = new int[customers];
            actionOf = new int[actions];
            value = new double[actions];
            cost = new double[actions];
            kind = new int[actions];
        }

        void begin(int customer) {
            if (customers == customerOf.length) {
                int larger = customers + customers / 2 + 16;
                first = Arrays.copyOf(first, larger + 1);
                customerOf = Arrays.copyOf(customerOf, larger);
            }
            customerOf[customers++] = customer;
            first[customers] = actions;
        }

        void add(int action, double worth, double costing, int ofKind) {
            if (actions == actionOf.length) {
                int larger = actions + actions / 2 + 16;
                actionOf = Arrays.copyOf(actionOf, larger);
                value = Arrays.copyOf(value, larger);
                cost = Arrays.copyOf(cost, larger);
                kind = Arrays.copyOf(kind, larger);
            }
            actionOf[actions] = action;
            value[actions] = worth;
            cost[actions] = costing;
            kind[actions++] = ofKind;
            first[customers] = actions;
        }

        void add(Builder other) {
            for (int c = 0; c < other.customers; c++) {
                begin(other.customerOf[c]);
                for (int a = other.first[c]; a < other.first[c + 1]; a++)
                    add(other.actionOf[a], other.value[a], other.cost[a], other.kind[a]);
            }
        }

        Problem problem(Problem of, double[] capacity, double[] decided, double decidedValue) {
            return new Problem(
                    Arrays.copyOf(first, customers + 1),
                    Arrays.copyOf(value, actions),
                    Arrays.copyOf(cost, actions),
                    Arrays.copyOf(kind, actions),
                    of.kinds,
                    of.limits,
                    of.resources,
                    capacity,
                    decided,
                    decidedValue,
                    Arrays.copyOf(customerOf, customers),
                    Arrays.copyOf(actionOf, actions),
                    of.closed);
        }
    }
}
