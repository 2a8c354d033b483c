package io.rekindle.models.allocation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.ojalgo.optimisation.Expression;
import org.ojalgo.optimisation.ExpressionsBasedModel;
import org.ojalgo.optimisation.Optimisation;
import org.ojalgo.optimisation.Variable;

/** Simulated candidates under a budget and channels' capacities, and the exact answers of a solver and of counting. */
record Market(Candidates candidates, List<Limit> limits, CustomerLimits customers, int offers, int channels) {
    /** Every offer over every channel for every customer; dear actions are worth more, as they are. */
    static Market of(SplittableRandom random, int customers, int offers, int channels, double tightness) {
        int kinds = offers * channels;
        int size = customers * kinds;
        int[] first = new int[customers + 1];
        double[] value = new double[size];
        double[] cost = new double[size];
        int[] kind = new int[size];
        double[] channelCost = new double[channels];
        Arrays.setAll(channelCost, c -> .05 + 3 * random.nextDouble());
        for (int c = 0; c < customers; c++) {
            first[c + 1] = (c + 1) * kinds;
            double size1 = Math.exp(random.nextGaussian());
            for (int k = 0; k < kinds; k++) {
                int a = c * kinds + k;
                kind[a] = k;
                cost[a] = channelCost[k % channels] + (1 + k / channels) * random.nextDouble();
                value[a] = size1 * cost[a] * (random.nextDouble() * 3 - .5);
            }
        }
        List<Limit> limits = new ArrayList<>();
        double typical = Arrays.stream(cost).average().orElse(0);
        limits.add(Limit.budget("budget", tightness * customers * typical, kinds));
        for (int h = 0; h < channels; h++) {
            int channel = h;
            limits.add(Limit.messages(
                    "channel " + h,
                    Math.floor(tightness * customers * (.2 + .6 * random.nextDouble())),
                    kinds,
                    k -> k % channels == channel));
        }
        return new Market(
                Candidates.grouped(first, value, cost, kind, kinds),
                limits,
                CustomerLimits.atMost(1),
                offers,
                channels);
    }

    Market atMost(int most) {
        return with(CustomerLimits.atMost(most));
    }

    Market with(CustomerLimits rules) {
        return new Market(candidates, limits, rules, offers, channels);
    }

    /** By kind, its channel. */
    int[] channelOfKind() {
        int[] channel = new int[candidates.kinds()];
        Arrays.setAll(channel, kind -> kind % channels);
        return channel;
    }

    Allocation allocate() {
        return Allocation.of(candidates, limits, customers);
    }

    /** The solver's optimum, of whole actions or with parts of actions. */
    double exactly(boolean whole) {
        ExpressionsBasedModel model = new ExpressionsBasedModel();
        Variable[] take = new Variable[candidates.size()];
        for (int a = 0; a < take.length; a++) {
            take[a] = model.newVariable("x" + a).lower(0).upper(1).weight(candidates.value[a]);
            if (whole) take[a].binary();
        }
        for (Limit limit : limits) {
            Expression row = model.newExpression(limit.name()).upper(limit.capacity());
            for (int a = 0; a < take.length; a++) row.set(take[a], limit.use(candidates.kind[a], candidates.cost[a]));
        }
        for (int c = 0; c < candidates.customers(); c++) {
            Expression count = model.newExpression("customer " + c).upper(customers.most(c));
            for (int a = candidates.first[c]; a < candidates.first[c + 1]; a++) count.set(take[a], 1);
            if (customers.mostCost() < Double.POSITIVE_INFINITY) {
                Expression costs = model.newExpression("cost " + c).upper(customers.mostCost());
                for (int a = candidates.first[c]; a < candidates.first[c + 1]; a++)
                    costs.set(take[a], candidates.cost[a]);
            }
            for (int[] classes : customers.apart())
                for (int of = 0; of <= Arrays.stream(classes).max().orElse(-1); of++) {
                    Expression apart = model.newExpression("apart " + c + " " + of + " " + Arrays.hashCode(classes))
                            .upper(1);
                    for (int a = candidates.first[c]; a < candidates.first[c + 1]; a++)
                        if (classes[candidates.kind[a]] == of) apart.set(take[a], 1);
                }
        }
        Optimisation.Result result = model.maximise();
        if (!result.getState().isOptimal()) throw new AssertionError("the solver found " + result.getState());
        return result.getValue();
    }

    /** The best of all allocations, by trying each. */
    double byCounting() {
        return best(0, new boolean[candidates.size()], 0);
    }

    private double best(int action, boolean[] chosen, double profit) {
        if (action == chosen.length) return profit;
        double best = best(action + 1, chosen, profit);
        chosen[action] = true;
        if (keepsLimits(chosen)) best = Math.max(best, best(action + 1, chosen, profit + candidates.value[action]));
        chosen[action] = false;
        return best;
    }

    private boolean keepsLimits(boolean[] chosen) {
        int[] actions = IntStream.range(0, chosen.length).filter(a -> chosen[a]).toArray();
        return breaches(actions).isEmpty();
    }

    /** What an allocation breaks; independent of what it says itself. */
    List<String> breaches(int[] actions) {
        List<String> breaches = new ArrayList<>();
        for (Limit limit : limits) {
            double used = sum(actions, a -> limit.use(candidates.kind[a], candidates.cost[a]));
            if (used > limit.capacity() * (1 + 1e-8) + 1e-8)
                breaches.add("%s: %s of %s".formatted(limit.name(), used, limit.capacity()));
        }
        int[] sorted = Arrays.stream(actions).sorted().toArray();
        int next = 0;
        for (int c = 0; c < candidates.customers(); c++) {
            int from = next;
            while (next < sorted.length && sorted[next] < candidates.first[c + 1]) next++;
            if (from == next) continue;
            int[] own = Arrays.copyOfRange(sorted, from, next);
            if (own.length > customers.most(c)) breaches.add("customer %d has %d actions".formatted(c, own.length));
            if (sum(own, a -> candidates.cost[a]) > customers.mostCost())
                breaches.add("customer %d costs too much".formatted(c));
            for (int[] classes : customers.apart())
                if (Arrays.stream(own)
                                .map(a -> classes[candidates.kind[a]])
                                .distinct()
                                .count()
                        < own.length) breaches.add("customer %d has two of a class".formatted(c));
        }
        return breaches;
    }

    double profit(int[] actions) {
        return sum(actions, a -> candidates.value[a]);
    }

    private static double sum(int[] actions, IntToDoubleFunction of) {
        return Arrays.stream(actions).mapToDouble(of).sum();
    }
}
