package io.rekindle.app.analyze;

import io.rekindle.app.analyze.AllocateTable.Part;
import io.rekindle.models.allocation.Allocation;
import io.rekindle.models.allocation.CustomerLimits;
import io.rekindle.models.allocation.Exploration;
import io.rekindle.models.allocation.Limit;
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

    @Override
    Outcome analyse(Progress progress) {
        if (perCustomer < 1)
            throw Problem.invalid(
                    "per_customer_invalid", "--per-customer %d must be at least 1".formatted(perCustomer));
        if (!(explore >= 0 && explore < 1))
            throw Problem.invalid("explore_invalid", "--explore %s must lie from 0 to below 1".formatted(explore));
        var rows = input.read(AllocateTable.fields(), progress);
        if (!AllocateTable.hasCost(rows)
                && (budget != null || customerBudget != null || deductCost || !channelBudget.isEmpty()))
            throw input.notMapped("budgets need the cost of each action; say so with --map cost=COLUMN");
        var card = new Card();
        var table = AllocateTable.of(input.fileName(), rows, perCustomer, deductCost, card);
        var limits = limits(table);
        if (limits.isEmpty())
            card.warn(
                    "no_limits", "without --budget or a capacity every customer simply gets the best of their actions");
        var rule = rule(table);
        progress.begin("allocating");
        var lots = explore == 0 ? Exploration.NONE : new Exploration(explore, seed());
        var found = Allocation.of(table.candidates(), limits, rule, lots);
        progress.end("%,d of %,d actions; prices tried %d times"
                .formatted(found.size(), table.candidates().size(), found.pricesTried()));
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
        var baselines = AllocateResults.baselines(table, limits, rule, found);
        var results = AllocateResults.of(table, found, baselines, perCustomer, explore, currency);
        return new Outcome(
                results,
                results.words(),
                rows(table, found, rows),
                wantsCharts() ? AllocateCharts.of(table, limits, rule, results, budget, currency, progress) : List.of(),
                card);
    }

    private List<Limit> limits(AllocateTable table) {
        var limits = new ArrayList<Limit>();
        int kinds = table.kinds().size();
        if (budget != null) limits.add(Limit.budget("budget", checked("--budget", budget), kinds));
        add(limits, table, Part.CHANNEL, "--channel-capacity", channelCapacity, false);
        add(limits, table, Part.OFFER, "--offer-capacity", offerCapacity, false);
        add(limits, table, Part.SLOT, "--slot-capacity", slotCapacity, false);
        add(limits, table, Part.CHANNEL, "--channel-budget", channelBudget, true);
        add(limits, table, Part.OFFER, "--offer-budget", offerBudget, true);
        return limits;
    }

    private static void add(
            List<Limit> limits,
            AllocateTable table,
            Part part,
            String option,
            Map<String, Double> given,
            boolean money) {
        int kinds = table.kinds().size();
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

    private static String known(AllocateTable table, Part part) {
        var names = IntStream.range(0, table.kinds().size())
                .mapToObj(kind -> table.kinds().get(kind).of(part))
                .filter(name -> !name.isEmpty())
                .distinct()
                .sorted()
                .toList();
        if (names.isEmpty()) return "none: say which column holds it with --map %s=COLUMN".formatted(part.word());
        return String.join(", ", names.subList(0, Math.min(20, names.size()))) + (names.size() > 20 ? ", …" : "");
    }

    private static double checked(String option, double value) {
        if (!(value >= 0) || value == Double.POSITIVE_INFINITY)
            throw Problem.invalid(
                    "limit_invalid", "%s %s must be at least 0".formatted(option, AllocateTable.number(value)));
        return value;
    }

    private CustomerLimits rule(AllocateTable table) {
        boolean all = Arrays.stream(table.most()).allMatch(most -> most == perCustomer);
        var rule = all ? CustomerLimits.atMost(perCustomer) : CustomerLimits.atMost(table.most());
        if (customerBudget != null) rule = rule.costingAtMost(checked("--customer-budget", customerBudget));
        for (var part : apart) {
            var classes = new LinkedHashMap<String, Integer>();
            int[] classOfKind = new int[table.kinds().size()];
            for (int kind = 0; kind < classOfKind.length; kind++)
                classOfKind[kind] =
                        classes.computeIfAbsent(table.kinds().get(kind).of(part), k -> classes.size());
            if (classes.size() == 1 && perCustomer > 1 && table.name(0, part) == null)
                throw input.notMapped("--apart %s needs the column that holds it; say so with --map %s=COLUMN"
                        .formatted(part.word(), part.word()));
            rule = rule.apart(classOfKind);
        }
        return rule;
    }

    private static ResultRows rows(AllocateTable table, Allocation found, DataRows rows) {
        var candidates = table.candidates();
        var result = ResultRows.of(found.size())
                .text("customer", i -> table.customers().get(table.customer()[candidates.row(found.action(i))]));
        for (var part : Part.values())
            if (rows.has(part.field()))
                result.text(part.word(), i -> table.name(candidates.kind(found.action(i)), part));
        return result.decimal("value", i -> candidates.value(found.action(i)))
                .decimal("cost", i -> candidates.cost(found.action(i)))
                .decimal("surplus", found::surplus)
                .decimal("probability", found::probability)
                .count("explored", i -> found.explored(i) ? 1 : 0);
    }
}
