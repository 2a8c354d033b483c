package io.rekindle.app.analyze;

import io.rekindle.app.analyze.AllocateTable.Kind;
import io.rekindle.app.analyze.AllocateTable.Part;
import io.rekindle.models.allocation.Allocation;
import io.rekindle.models.allocation.CustomerLimits;
import io.rekindle.models.allocation.GreedyAllocation;
import io.rekindle.models.allocation.Limit;
import io.rekindle.models.allocation.LimitUse;
import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The results.
 *
 * @param bound no allocation can be expected to earn more
 * @param gap share of the bound that is lacking at most
 * @param optimal whether it is proven that none is better
 */
record AllocateResults(
        double profit,
        double bound,
        double gap,
        boolean optimal,
        int customers,
        int customersChosen,
        int candidates,
        int actions,
        double cost,
        int perCustomer,
        List<LimitResult> limits,
        List<Baseline> baselines,
        @Nullable Lots exploration,
        List<Mix> mix) {
    /**
     * A limit as it goes to JSON.
     *
     * @param price expected profit of one more unit
     * @param words the same for a person
     */
    record LimitResult(String name, double limit, double used, double left, double price, String words) {}

    /** What a simpler way would earn. */
    record Baseline(String method, double profit, double lacks) {}

    /** How many actions of a kind were chosen. */
    record Mix(
            @Nullable String offer,
            @Nullable String channel,
            @Nullable String slot,
            int actions,
            double value,
            double cost) {}

    record Lots(double share, double rate, int actions, double profit) {}

    /** What simpler ways would earn. */
    static List<Baseline> baselines(AllocateTable table, List<Limit> limits, CustomerLimits rule, Allocation found) {
        var baselines = new ArrayList<Baseline>();
        for (var order : GreedyAllocation.Order.values()) {
            double profit =
                    GreedyAllocation.of(table.candidates(), limits, rule, order).profit();
            baselines.add(new Baseline(
                    switch (order) {
                        case COST -> "by profit for each unit of cost";
                        case SHARE_OF_LIMITS -> "by profit for the share of the limits taken";
                    },
                    profit,
                    found.profit() > 0 ? 1 - profit / found.profit() : 0));
        }
        return baselines;
    }

    /**
     * Of what was found.
     *
     * @param explore share of customers and limits kept for actions drawn by lot
     * @param currency what a unit of money is called
     */
    static AllocateResults of(
            AllocateTable table,
            Allocation found,
            List<Baseline> baselines,
            int perCustomer,
            double explore,
            String currency) {
        var candidates = table.candidates();
        int[] count = new int[table.kinds().size()];
        double[] value = new double[count.length];
        double[] cost = new double[count.length];
        int drawn = 0;
        double drawnProfit = 0;
        double costs = 0;
        int customers = 0;
        int last = -1;
        for (int i = 0; i < found.size(); i++) {
            int a = found.action(i);
            int kind = candidates.kind(a);
            count[kind]++;
            value[kind] += candidates.value(a);
            cost[kind] += candidates.cost(a);
            costs += candidates.cost(a);
            if (found.explored(i)) {
                drawn++;
                drawnProfit += candidates.value(a);
            }
            if (table.customer()[candidates.row(a)] != last) customers++;
            last = table.customer()[candidates.row(a)];
        }
        var mix = new ArrayList<Mix>();
        for (int kind : Indices.sorted(
                count.length,
                (a, b) -> compare(table.kinds().get(a), table.kinds().get(b))))
            if (count[kind] > 0)
                mix.add(new Mix(
                        table.name(kind, Part.OFFER),
                        table.name(kind, Part.CHANNEL),
                        table.name(kind, Part.SLOT),
                        count[kind],
                        value[kind],
                        cost[kind]));
        return new AllocateResults(
                found.profit(),
                found.bound(),
                found.gap(),
                found.optimal(),
                table.customers().size(),
                customers,
                candidates.size(),
                found.size(),
                costs,
                perCustomer,
                found.limits().stream().map(use -> limit(use, currency)).toList(),
                baselines,
                explore == 0 ? null : new Lots(explore, found.explorationRate(), drawn, drawnProfit),
                mix);
    }

    private static int compare(Kind one, Kind other) {
        int result = 0;
        for (var part : Part.values()) if (result == 0) result = one.of(part).compareTo(other.of(part));
        return result;
    }

    private static LimitResult limit(LimitUse use, String currency) {
        var limit = use.limit();
        boolean money = Arrays.stream(limit.perCost()).anyMatch(of -> of > 0);
        var one = money ? "one more %s of %s".formatted(currency, limit.name()) : "one more action of " + limit.name();
        var words = limit.capacity() == 0
                ? "closed"
                : use.binds()
                        ? String.format(Locale.ROOT, "%s earns %s", one, figure(use.price()))
                        : "more of it would earn nothing";
        return new LimitResult(limit.name(), limit.capacity(), use.used(), use.left(), use.price(), words);
    }

    /** The same for a person. */
    List<String> words() {
        var words = new ArrayList<String>();
        words.add(String.format(
                Locale.ROOT,
                "%,d actions for %,d of %,d customers, chosen of %,d: expected incremental profit %s, cost %s",
                actions,
                customersChosen,
                customers,
                candidates,
                Figures.amount(profit, 2),
                Figures.amount(cost, 2)));
        words.add(
                optimal
                        ? "no other choice can be expected to earn more"
                        : String.format(
                                Locale.ROOT,
                                "no other choice can be expected to earn more than %s: at most %.2g %% is lacking",
                                Figures.amount(bound, 2),
                                100 * gap));
        for (var limit : limits)
            words.add(String.format(
                    Locale.ROOT,
                    "  %s: %s of %s used; %s",
                    limit.name(),
                    figure(limit.used()),
                    figure(limit.limit()),
                    limit.words()));
        if (exploration != null)
            words.add(String.format(
                    Locale.ROOT,
                    "%,d actions drawn by lot (%.2f %% of customers) to learn from; their expected profit %s",
                    exploration.actions(),
                    100 * exploration.rate(),
                    Figures.amount(exploration.profit(), 2)));
        for (var baseline : baselines)
            words.add(String.format(
                    Locale.ROOT,
                    "taking actions %s, as far as they fit, would earn %s (%+.1f %%)",
                    baseline.method(),
                    Figures.amount(baseline.profit(), 2),
                    baseline.lacks() == 0 ? 0 : -100 * baseline.lacks()));
        return words;
    }

    private static String figure(double value) {
        return value == Math.rint(value) || Math.abs(value) >= 999.995
                ? Figures.amount(value, 0)
                : String.format(Locale.ROOT, Math.abs(value) >= .1 ? "%.2f" : "%.2g", value);
    }
}
