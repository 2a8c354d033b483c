package io.rekindle.app.analyze;

import io.rekindle.models.allocation.Allocation;
import io.rekindle.models.allocation.Candidates;
import io.rekindle.models.allocation.CustomerLimits;
import io.rekindle.models.allocation.Exploration;
import io.rekindle.models.allocation.GreedyAllocation;
import io.rekindle.models.allocation.Limit;
import io.rekindle.models.allocation.LimitUse;
import io.rekindle.models.numeric.Indices;
import io.rekindle.platform.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze allocate}: whom to give which offer over which channel, under a budget and other limits. */
@Command(
        name = "allocate",
        description = {
            "Whom to give which offer, over which channel and when, so that the expected incremental profit is the highest the limits allow; and what one more of each limit would earn.",
            "Fields: customer, value (expected incremental profit of the action), cost (what it takes from the budget), offer, channel, slot; most (the customer's own limit of actions). One row for each action that could be taken.",
            "Rows: customer, offer, channel, slot, value, cost, surplus, probability, explored."
        },
        mixinStandardHelpOptions = true)
final class AllocateAnalysis extends Analysis {
    private static final Field CUSTOMER = Field.key("customer");
    private static final Field VALUE = Field.number("value");
    private static final Field COST = Field.number("cost").optional();
    private static final Field MOST = Field.number("most").optional();
    private static final int MOST_KINDS = 1_000_000;
    private static final int CURVE = 12;

    /** What an action is made of. */
    enum Part {
        OFFER,
        CHANNEL,
        SLOT;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        Field field() {
            return Field.key(word()).optional();
        }
    }

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(names = "--budget", paramLabel = "AMOUNT", description = "What all actions may cost together.")
    private @Nullable Double budget;

    @Option(
            names = "--channel-capacity",
            split = ",",
            paramLabel = "CHANNEL=NUMBER",
            description = "Most actions of a channel, several with commas.")
    private Map<String, Double> channelCapacity = new LinkedHashMap<>();

    @Option(
            names = "--offer-capacity",
            split = ",",
            paramLabel = "OFFER=NUMBER",
            description = "Most actions with an offer, such as its coupons in stock.")
    private Map<String, Double> offerCapacity = new LinkedHashMap<>();

    @Option(
            names = "--slot-capacity",
            split = ",",
            paramLabel = "SLOT=NUMBER",
            description = "Most actions in a time slot.")
    private Map<String, Double> slotCapacity = new LinkedHashMap<>();

    @Option(
            names = "--channel-budget",
            split = ",",
            paramLabel = "CHANNEL=AMOUNT",
            description = "What a channel's actions may cost together.")
    private Map<String, Double> channelBudget = new LinkedHashMap<>();

    @Option(
            names = "--offer-budget",
            split = ",",
            paramLabel = "OFFER=AMOUNT",
            description = "What an offer's actions may cost together.")
    private Map<String, Double> offerBudget = new LinkedHashMap<>();

    @Option(
            names = "--per-customer",
            paramLabel = "NUMBER",
            description =
                    "Most actions of a customer (default: ${DEFAULT-VALUE}); the field most says less for some of them.")
    private int perCustomer = 1;

    @Option(
            names = "--customer-budget",
            paramLabel = "AMOUNT",
            description = "What the actions of one customer may cost together.")
    private @Nullable Double customerBudget;

    @Option(
            names = "--apart",
            split = ",",
            paramLabel = "PART",
            description = "offer, channel, slot: no customer gets two actions with the same one.")
    private List<Part> apart = new ArrayList<>();

    @Option(
            names = "--explore",
            paramLabel = "SHARE",
            description =
                    "Share of customers and of every limit kept for actions drawn by lot, to learn from (default: ${DEFAULT-VALUE}).")
    private double explore;

    @Option(names = "--deduct-cost", description = "The values are before cost: take the cost off them.")
    private boolean deductCost;

    @Option(names = "--currency", description = "What a unit of money is called (default: ${DEFAULT-VALUE}).")
    private String currency = "euro";

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

    /**
     * The results.
     *
     * @param bound no allocation can be expected to earn more
     * @param gap share of the bound that is lacking at most
     * @param optimal whether it is proven that none is better
     */
    record Results(
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
            List<Mix> mix) {}

    /** A combination; empty where the file has no such part. */
    private record Kind(String offer, String channel, String slot) {
        String of(Part part) {
            return switch (part) {
                case OFFER -> offer;
                case CHANNEL -> channel;
                case SLOT -> slot;
            };
        }
    }

    /** The candidates in an order of their own, whatever that of the rows. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Table(List<String> customers, Candidates candidates, List<Kind> kinds, int[] customer, int[] most) {
        /** The name of a kind's part; null where the file has none. */
        @Nullable
        String name(int kind, Part part) {
            var name = kinds.get(kind).of(part);
            return name.isEmpty() ? null : name;
        }
    }

    @Override
    Outcome analyse(Progress progress) {
        if (perCustomer < 1)
            throw Problem.invalid(
                    "per_customer_invalid", "--per-customer %d must be at least 1".formatted(perCustomer));
        if (!(explore >= 0 && explore < 1))
            throw Problem.invalid("explore_invalid", "--explore %s must lie from 0 to below 1".formatted(explore));
        var fields = new ArrayList<>(List.of(CUSTOMER, VALUE, COST, MOST));
        for (var part : Part.values()) fields.add(part.field());
        var rows = input.read(fields, progress);
        if (!rows.has(COST) && (budget != null || customerBudget != null || deductCost || !channelBudget.isEmpty()))
            throw Problem.invalid(
                    "field_not_mapped", "budgets need the cost of each action; say so with --map cost=COLUMN");
        var card = new Card();
        var table = table(rows, card);
        var limits = limits(table);
        if (limits.isEmpty())
            card.warn(
                    "no_limits", "without --budget or a capacity every customer simply gets the best of their actions");
        var rule = rule(table);
        progress.begin("allocating");
        var lots = explore == 0 ? Exploration.NONE : new Exploration(explore, seed());
        var found = Allocation.of(table.candidates, limits, rule, lots);
        progress.end("%,d of %,d actions; prices tried %d times"
                .formatted(found.size(), table.candidates.size(), found.pricesTried()));
        if (found.gap() > .01)
            card.warn(
                    "gap_wide",
                    String.format(
                            Locale.ROOT,
                            "with so few customers the best allocation is only known to earn at most %.1f %% more",
                            100 * (found.bound() / found.profit() - 1)));
        if (found.size() == 0)
            card.warn(
                    "nothing_chosen", "no action is worth its place: values not positive, or limits too small for any");
        var baselines = baselines(table, limits, rule, found);
        var results = results(table, found, baselines);
        return new Outcome(
                results,
                words(results),
                rows(table, found, rows),
                wantsCharts() ? charts(table, limits, rule, results, progress) : List.of(),
                card);
    }

    private Table table(DataRows rows, Card card) {
        var customers = rows.keys(CUSTOMER);
        var values = rows.numbers(VALUE);
        double[] costs = rows.has(COST) ? rows.numbers(COST) : new double[rows.size()];
        var parts = Arrays.stream(Part.values())
                .map(part ->
                        rows.has(part.field()) ? rows.keys(part.field()) : new Keys(List.of(), filled(rows.size(), -1)))
                .toList();
        for (int row = 0; row < rows.size(); row++)
            if (costs[row] < 0)
                throw Problem.invalid(
                        "cost_negative",
                        "%s, row %d: a cost of %s; it must be at least 0"
                                .formatted(input.fileName(), row + 2, number(costs[row])));
        int[] whole = IntStream.range(0, rows.size())
                .filter(row -> customers.has(row) && !Double.isNaN(values[row]) && !Double.isNaN(costs[row]))
                .toArray();
        if (deductCost) for (int row : whole) values[row] -= costs[row];
        int[] customerRank = ranks(customers.names());
        var partRanks = parts.stream().map(keys -> ranks(keys.names())).toList();
        int[] order = Indices.sorted(whole.length, (a, b) -> {
            int result = Integer.compare(
                    customerRank[customers.codes()[whole[a]]],
                    customerRank[customers.codes()[whole[b]]]);
            for (int p = 0; result == 0 && p < parts.size(); p++)
                result = Integer.compare(rank(parts, partRanks, p, whole[a]), rank(parts, partRanks, p, whole[b]));
            if (result == 0) result = Double.compare(values[whole[b]], values[whole[a]]);
            return result == 0 ? Double.compare(costs[whole[a]], costs[whole[b]]) : result;
        });
        int[] kept = new int[order.length];
        int count = 0;
        for (int i : order) {
            int row = whole[i];
            if (count == 0 || !same(kept[count - 1], row, customers, parts)) kept[count++] = row;
        }
        card.read(
                input.fileName(),
                rows.size(),
                count,
                List.of(
                        new Card.LeftOut("rows without customer, value or cost", rows.size() - whole.length),
                        new Card.LeftOut(
                                "further rows of the same action for the same customer (the most valuable counts)",
                                whole.length - count)));
        if (count == 0) throw Problem.invalid("no_actions", "no row has a customer and a value");
        return table(Arrays.copyOf(kept, count), rows, customers, values, costs, parts, card);
    }

    private Table table(
            int[] kept, DataRows rows, Keys customers, double[] values, double[] costs, List<Keys> parts, Card card) {
        var names = new ArrayList<String>();
        var kinds = new ArrayList<Kind>();
        var kindOf = new LinkedHashMap<Kind, Integer>();
        int[] customer = new int[kept.length];
        int[] kind = new int[kept.length];
        double[] value = new double[kept.length];
        double[] cost = new double[kept.length];
        int[] most = new int[customers.names().size()];
        double[] own = rows.has(MOST) ? rows.numbers(MOST) : new double[0];
        for (int i = 0; i < kept.length; i++) {
            int row = kept[i];
            if (i == 0 || customers.codes()[row] != customers.codes()[kept[i - 1]]) {
                most[names.size()] = perCustomer;
                names.add(customers.name(row));
            }
            customer[i] = names.size() - 1;
            if (own.length > 0 && !Double.isNaN(own[row])) {
                if (own[row] < 0)
                    throw Problem.invalid(
                            "most_negative",
                            "%s, row %d: at most %s actions for a customer; it must be at least 0"
                                    .formatted(input.fileName(), row + 2, number(own[row])));
                most[customer[i]] = (int) Math.min(most[customer[i]], Math.floor(own[row]));
            }
            var key = new Kind(
                    parts.get(0).name(row), parts.get(1).name(row), parts.get(2).name(row));
            kind[i] = kindOf.computeIfAbsent(key, k -> kinds.size());
            if (kind[i] == kinds.size()) kinds.add(key);
            value[i] = values[row];
            cost[i] = costs[row];
        }
        if (kinds.size() > MOST_KINDS)
            throw Problem.invalid(
                    "too_many_kinds",
                    "%,d different combinations of offer, channel and slot; is one of these columns a name of something else?"
                            .formatted(kinds.size()));
        long worthless = Arrays.stream(value).filter(v -> v <= 0).count();
        if (worthless == kept.length) card.warn("no_value", "no action has a positive value");
        return new Table(
                names,
                Candidates.of(names.size(), customer, value, cost, kind, kinds.size()),
                kinds,
                customer,
                Arrays.copyOf(most, names.size()));
    }

    private static int[] filled(int size, int with) {
        int[] all = new int[size];
        Arrays.fill(all, with);
        return all;
    }

    private static int[] ranks(List<String> names) {
        int[] order = Indices.sorted(names.size(), (a, b) -> names.get(a).compareTo(names.get(b)));
        int[] rank = new int[order.length];
        for (int i = 0; i < order.length; i++) rank[order[i]] = i;
        return rank;
    }

    private static int rank(List<Keys> parts, List<int[]> ranks, int part, int row) {
        int code = parts.get(part).codes()[row];
        return code < 0 ? -1 : ranks.get(part)[code];
    }

    private static boolean same(int one, int other, Keys customers, List<Keys> parts) {
        boolean same = customers.codes()[one] == customers.codes()[other];
        for (var keys : parts) same &= keys.codes()[one] == keys.codes()[other];
        return same;
    }

    private List<Limit> limits(Table table) {
        var limits = new ArrayList<Limit>();
        int kinds = table.kinds.size();
        if (budget != null) limits.add(Limit.budget("budget", checked("--budget", budget), kinds));
        add(limits, table, Part.CHANNEL, "--channel-capacity", channelCapacity, false);
        add(limits, table, Part.OFFER, "--offer-capacity", offerCapacity, false);
        add(limits, table, Part.SLOT, "--slot-capacity", slotCapacity, false);
        add(limits, table, Part.CHANNEL, "--channel-budget", channelBudget, true);
        add(limits, table, Part.OFFER, "--offer-budget", offerBudget, true);
        return limits;
    }

    private static void add(
            List<Limit> limits, Table table, Part part, String option, Map<String, Double> given, boolean money) {
        int kinds = table.kinds.size();
        given.forEach((name, capacity) -> {
            IntPredicate of = kind -> name.equals(table.name(kind, part));
            if (IntStream.range(0, kinds).noneMatch(of))
                throw Problem.invalid(
                        "limit_unknown",
                        "%s: no action has the %s '%s'; there are %s"
                                .formatted(option, part.word(), name, known(table, part)));
            checked(option + " " + name, capacity);
            limits.add(
                    money
                            ? Limit.budget("budget of %s %s".formatted(part.word(), name), capacity, kinds, of)
                            : Limit.messages("%s %s".formatted(part.word(), name), capacity, kinds, of));
        });
    }

    private static String known(Table table, Part part) {
        var names = IntStream.range(0, table.kinds.size())
                .mapToObj(kind -> table.kinds.get(kind).of(part))
                .filter(name -> !name.isEmpty())
                .distinct()
                .sorted()
                .toList();
        if (names.isEmpty()) return "none: say which column holds it with --map %s=COLUMN".formatted(part.word());
        return String.join(", ", names.subList(0, Math.min(20, names.size()))) + (names.size() > 20 ? ", …" : "");
    }

    private static double checked(String option, double value) {
        if (!(value >= 0) || value == Double.POSITIVE_INFINITY)
            throw Problem.invalid("limit_invalid", "%s %s must be at least 0".formatted(option, number(value)));
        return value;
    }

    private CustomerLimits rule(Table table) {
        boolean all = Arrays.stream(table.most).allMatch(most -> most == perCustomer);
        var rule = all ? CustomerLimits.atMost(perCustomer) : CustomerLimits.atMost(table.most);
        if (customerBudget != null) rule = rule.costingAtMost(checked("--customer-budget", customerBudget));
        for (var part : apart) {
            var classes = new LinkedHashMap<String, Integer>();
            int[] classOfKind = new int[table.kinds.size()];
            for (int kind = 0; kind < classOfKind.length; kind++)
                classOfKind[kind] =
                        classes.computeIfAbsent(table.kinds.get(kind).of(part), k -> classes.size());
            if (classes.size() == 1 && perCustomer > 1 && table.name(0, part) == null)
                throw Problem.invalid(
                        "field_not_mapped",
                        "--apart %s needs the column that holds it; say so with --map %s=COLUMN"
                                .formatted(part.word(), part.word()));
            rule = rule.apart(classOfKind);
        }
        return rule;
    }

    private static List<Baseline> baselines(Table table, List<Limit> limits, CustomerLimits rule, Allocation found) {
        var baselines = new ArrayList<Baseline>();
        for (var order : GreedyAllocation.Order.values()) {
            double profit =
                    GreedyAllocation.of(table.candidates, limits, rule, order).profit();
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

    private Results results(Table table, Allocation found, List<Baseline> baselines) {
        var candidates = table.candidates;
        int[] count = new int[table.kinds.size()];
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
            if (table.customer[candidates.row(a)] != last) customers++;
            last = table.customer[candidates.row(a)];
        }
        var mix = new ArrayList<Mix>();
        for (int kind : Indices.sorted(count.length, (a, b) -> compare(table.kinds.get(a), table.kinds.get(b))))
            if (count[kind] > 0)
                mix.add(new Mix(
                        table.name(kind, Part.OFFER),
                        table.name(kind, Part.CHANNEL),
                        table.name(kind, Part.SLOT),
                        count[kind],
                        value[kind],
                        cost[kind]));
        return new Results(
                found.profit(),
                found.bound(),
                found.gap(),
                found.optimal(),
                table.customers.size(),
                customers,
                candidates.size(),
                found.size(),
                costs,
                perCustomer,
                found.limits().stream().map(this::limit).toList(),
                baselines,
                explore == 0 ? null : new Lots(explore, found.explorationRate(), drawn, drawnProfit),
                mix);
    }

    private static int compare(Kind one, Kind other) {
        int result = 0;
        for (var part : Part.values()) if (result == 0) result = one.of(part).compareTo(other.of(part));
        return result;
    }

    private LimitResult limit(LimitUse use) {
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

    private List<String> words(Results results) {
        var words = new ArrayList<String>();
        words.add(String.format(
                Locale.ROOT,
                "%,d actions for %,d of %,d customers, chosen of %,d: expected incremental profit %,.2f, cost %,.2f",
                results.actions(),
                results.customersChosen(),
                results.customers(),
                results.candidates(),
                results.profit(),
                results.cost()));
        words.add(
                results.optimal()
                        ? "no other choice can be expected to earn more"
                        : String.format(
                                Locale.ROOT,
                                "no other choice can be expected to earn more than %,.2f: at most %.2g %% is lacking",
                                results.bound(),
                                100 * results.gap()));
        for (var limit : results.limits())
            words.add(String.format(
                    Locale.ROOT,
                    "  %s: %s of %s used; %s",
                    limit.name(),
                    figure(limit.used()),
                    figure(limit.limit()),
                    limit.words()));
        if (results.exploration() != null)
            words.add(String.format(
                    Locale.ROOT,
                    "%,d actions drawn by lot (%.2f %% of customers) to learn from; their expected profit %,.2f",
                    results.exploration().actions(),
                    100 * results.exploration().rate(),
                    results.exploration().profit()));
        for (var baseline : results.baselines())
            words.add(String.format(
                    Locale.ROOT,
                    "taking actions %s, as far as they fit, would earn %,.2f (%+.1f %%)",
                    baseline.method(),
                    baseline.profit(),
                    -100 * baseline.lacks()));
        return words;
    }

    private static String figure(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) return String.format(Locale.ROOT, "%,d", (long) value);
        return Math.abs(value) >= 1000
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, Math.abs(value) >= .1 ? "%.2f" : "%.2g", value);
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : "" + value;
    }

    private static ResultRows rows(Table table, Allocation found, DataRows rows) {
        var candidates = table.candidates;
        var result = ResultRows.of(found.size())
                .text("customer", i -> table.customers.get(table.customer[candidates.row(found.action(i))]));
        for (var part : Part.values())
            if (rows.has(part.field()))
                result.text(part.word(), i -> table.name(candidates.kind(found.action(i)), part));
        return result.decimal("value", i -> candidates.value(found.action(i)))
                .decimal("cost", i -> candidates.cost(found.action(i)))
                .decimal("surplus", found::surplus)
                .decimal("probability", found::probability)
                .count("explored", i -> found.explored(i) ? 1 : 0);
    }

    private List<Chart> charts(
            Table table, List<Limit> limits, CustomerLimits rule, Results results, Progress progress) {
        var charts = new ArrayList<Chart>();
        if (budget != null && budget > 0) charts.add(curve(table, limits, rule, budget, progress));
        if (!results.limits().isEmpty())
            charts.add(new Chart.BarGroups(
                    "How much of each limit is used",
                    "What stands below 100 is not what holds the profit back.",
                    "",
                    "per cent used",
                    results.limits().stream().map(LimitResult::name).toList(),
                    List.of(new Chart.Bars(
                            "used",
                            results.limits().stream()
                                    .mapToDouble(limit -> limit.limit() > 0 ? 100 * limit.used() / limit.limit() : 0)
                                    .toArray()))));
        for (var part : Part.values()) {
            var names = new LinkedHashMap<String, double[]>();
            for (var mix : results.mix()) {
                var name = switch (part) {
                    case OFFER -> mix.offer();
                    case CHANNEL -> mix.channel();
                    case SLOT -> mix.slot();
                };
                if (name == null) continue;
                double[] sums = names.computeIfAbsent(name, key -> new double[2]);
                sums[0] += mix.value();
                sums[1] += mix.cost();
            }
            if (names.size() > 1)
                charts.add(new Chart.BarGroups(
                        "Chosen by " + part.word(),
                        "Expected incremental profit and cost of the chosen actions.",
                        part.word(),
                        currency,
                        List.copyOf(names.keySet()),
                        List.of(
                                new Chart.Bars(
                                        "profit",
                                        names.values().stream()
                                                .mapToDouble(sums -> sums[0])
                                                .toArray()),
                                new Chart.Bars(
                                        "cost",
                                        names.values().stream()
                                                .mapToDouble(sums -> sums[1])
                                                .toArray()))));
        }
        return charts;
    }

    /** The best profit for each budget: its slope is the price. */
    private Chart curve(Table table, List<Limit> limits, CustomerLimits rule, double budget, Progress progress) {
        progress.begin("allocating other budgets");
        double[] at = new double[CURVE + 1];
        double[] best = new double[CURVE + 1];
        double[] greedy = new double[CURVE + 1];
        for (int i = 1; i <= CURVE; i++) {
            at[i] = budget * 2 * i / CURVE;
            var other = new ArrayList<>(limits);
            other.set(0, Limit.budget("budget", at[i], table.kinds.size()));
            best[i] = Allocation.of(table.candidates, other, rule).profit();
            greedy[i] = GreedyAllocation.of(table.candidates, other, rule, GreedyAllocation.Order.COST)
                    .profit();
            progress.tell("%d of %d".formatted(i, CURVE));
        }
        progress.end("%d budgets".formatted(CURVE));
        return new Chart.Lines(
                "What each budget would earn",
                "The most that each budget can be expected to earn, other limits as they are. Where the line is steep, more budget pays; the upright line is the budget asked.",
                "budget, " + currency,
                "expected profit, " + currency,
                List.of(
                        Chart.Line.of("best", at, best),
                        Chart.Line.of("by profit per cost", at, greedy),
                        new Chart.Line(
                                "budget asked", new double[] {budget, budget}, new double[] {0, best[CURVE]}, true)));
    }
}
