package io.rekindle.app.analyze;

import io.rekindle.models.basket.Baskets;
import io.rekindle.models.basket.ItemSets;
import io.rekindle.models.basket.ItemSets.Rule;
import io.rekindle.models.basket.NextBasketPairs;
import io.rekindle.platform.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze basket}: what is bought together, and with {@code --next} what is bought next. */
@Command(
        name = "basket",
        description = {
            "What is bought together: rules \"who has these also has that\", one row for each item of a basket.",
            "Fields: basket, item; for --next also customer, time.",
            "Rows: antecedent (several items joined by \" + \"; an item with a + or a quotation mark in its name stands in quotation marks), consequent, support, confidence, lift, conviction, count."
        },
        mixinStandardHelpOptions = true)
final class BasketAnalysis extends Analysis {
    private static final Field BASKET = Field.key("basket");
    private static final Field ITEM = Field.key("item");
    private static final Field CUSTOMER = Field.key("customer").optional();
    private static final Field TIME = Field.moment("time").optional();
    private static final int DRAWN = 30;

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(
            names = "--min-support",
            paramLabel = "SHARE",
            description = "Least share of baskets with all items of a rule (default: ${DEFAULT-VALUE}).")
    private double minSupport = .01;

    @Option(
            names = "--min-confidence",
            paramLabel = "SHARE",
            description =
                    "Least share of the antecedent's baskets that hold the consequent (default: ${DEFAULT-VALUE}).")
    private double minConfidence = .5;

    @Option(names = "--longest", description = "Most items in a rule, both sides together (default: ${DEFAULT-VALUE}).")
    private int longest = 10;

    @Option(names = "--next", description = "Instead, pairs of an item and an item in the same customer's next basket.")
    private boolean next;

    record Results(long baskets, int items, int itemSets, int rules, double minSupport, double minConfidence) {}

    record NextResults(long baskets, int items, long transitions, int pairs, double minSupport, double minConfidence) {}

    @Override
    Outcome analyse(Progress progress) {
        var rows = input.read(List.of(BASKET, ITEM, CUSTOMER, TIME), progress);
        var basketKeys = rows.keys(BASKET);
        var itemKeys = rows.keys(ITEM);
        int[] kept = IntStream.range(0, rows.size())
                .filter(row -> basketKeys.has(row) && itemKeys.has(row))
                .toArray();
        var card = new Card();
        card.read(
                input.fileName(),
                rows.size(),
                kept.length,
                List.of(new Card.LeftOut("rows without basket or item", rows.size() - kept.length)));
        if (kept.length == 0)
            throw Problem.invalid("no_baskets", "no row of %s has a basket and an item".formatted(input.fileName()));
        var baskets = Baskets.of(
                Arrays.stream(kept).map(row -> basketKeys.codes()[row]).toArray(),
                basketKeys.names().size(),
                Arrays.stream(kept).mapToObj(itemKeys::name).toList());
        if (baskets.count() == baskets.contents())
            card.warn("single_items", "every basket holds one item; there is nothing bought together");
        return next ? nextBaskets(rows, kept, basketKeys, baskets, card, progress) : together(baskets, card, progress);
    }

    private Outcome together(Baskets baskets, Card card, Progress progress) {
        progress.begin("searching");
        var sets = ItemSets.of(baskets, minSupport, longest);
        var rules = sets.rules(minConfidence);
        progress.end("%,d sets of items, %,d rules".formatted(sets.size(), rules.size()));
        if (rules.isEmpty())
            card.warn(
                    "no_rules",
                    "no rule reaches support %s and confidence %s; ask for less".formatted(minSupport, minConfidence));
        var few = rules.stream().filter(rule -> rule.count() < 10).count();
        if (few > 0)
            card.warn(
                    "few_baskets",
                    "%,d of the %,d rules rest on fewer than 10 baskets; with so many tried, some are chance"
                            .formatted(few, rules.size()));
        var words = new ArrayList<String>();
        words.add(String.format(
                Locale.ROOT,
                "%,d baskets, %,d items: %,d sets of items at support %s, %,d rules at confidence %s",
                baskets.count(),
                baskets.items().size(),
                sets.size(),
                minSupport,
                rules.size(),
                minConfidence));
        var table = ResultRows.of(rules.size())
                .text("antecedent", i -> joined(rules.get(i).antecedent()))
                .text("consequent", i -> rules.get(i).consequent())
                .decimal("support", i -> rules.get(i).support())
                .decimal("confidence", i -> rules.get(i).confidence())
                .decimal("lift", i -> rules.get(i).lift())
                .decimal("conviction", i -> rules.get(i).conviction())
                .count("count", i -> rules.get(i).count());
        return new Outcome(
                new Results(
                        baskets.count(), baskets.items().size(), sets.size(), rules.size(), minSupport, minConfidence),
                words,
                table,
                List.of(network(rules)),
                card);
    }

    /** Items as one text that can be taken apart again. */
    static String joined(List<String> items) {
        return items.stream().map(BasketAnalysis::quoted).collect(Collectors.joining(" + "));
    }

    private static String quoted(String item) {
        return item.indexOf('+') < 0 && item.indexOf('"') < 0 ? item : '"' + item.replace("\"", "\"\"") + '"';
    }

    private Outcome nextBaskets(
            DataRows rows, int[] kept, Keys basketKeys, Baskets baskets, Card card, Progress progress) {
        if (!rows.has(CUSTOMER) || !rows.has(TIME))
            throw input.notMapped("--next needs customer and time; say so with --map customer=COLUMN,time=COLUMN");
        var customers = rows.keys(CUSTOMER);
        long[] moments = rows.moments(TIME);
        rows.warnOfMixedOffsets(TIME, card);
        int[] customer = new int[baskets.count()];
        long[] time = new long[baskets.count()];
        Arrays.fill(customer, -1);
        Arrays.fill(time, DataRows.NO_TIME);
        boolean[] ofSeveral = new boolean[baskets.count()];
        for (int row : kept) {
            int basket = basketKeys.codes()[row];
            int other = customers.codes()[row];
            if (other >= 0) {
                int one = customer[basket];
                ofSeveral[basket] |= one >= 0 && one != other;
                // By name, so that the order of the rows does not matter.
                if (one < 0
                        || customers
                                        .names()
                                        .get(other)
                                        .compareTo(customers.names().get(one))
                                < 0) customer[basket] = other;
            }
            if (moments[row] != DataRows.NO_TIME)
                time[basket] = time[basket] == DataRows.NO_TIME ? moments[row] : Math.min(time[basket], moments[row]);
        }
        long unclear = IntStream.range(0, baskets.count())
                .filter(basket -> ofSeveral[basket])
                .count();
        if (unclear > 0)
            card.warn(
                    "basket_of_several",
                    "%,d baskets name several customers; the first by name counts".formatted(unclear));
        Integer[] order = IntStream.range(0, baskets.count())
                .filter(basket -> customer[basket] >= 0 && time[basket] != DataRows.NO_TIME)
                .boxed()
                .sorted((a, b) -> customer[a] != customer[b]
                        ? Integer.compare(customer[a], customer[b])
                        : time[a] != time[b]
                                ? Long.compare(time[a], time[b])
                                : basketKeys
                                        .names()
                                        .get(a)
                                        .compareTo(basketKeys.names().get(b)))
                .toArray(Integer[]::new);
        if (order.length < baskets.count())
            card.warn(
                    "baskets_without_customer",
                    "%,d baskets have no customer or time; nothing follows them"
                            .formatted(baskets.count() - order.length));
        int[] followedBy = new int[baskets.count()];
        Arrays.fill(followedBy, -1);
        long transitions = 0;
        for (int i = 1; i < order.length; i++)
            if (customer[order[i - 1]] == customer[order[i]]) {
                followedBy[order[i - 1]] = order[i];
                transitions++;
            }
        progress.begin("searching");
        var pairs = NextBasketPairs.of(baskets, followedBy, minSupport, minConfidence);
        progress.end("%,d pairs".formatted(pairs.size()));
        if (transitions == 0) card.warn("no_second_basket", "no customer has a second basket");
        var table = ResultRows.of(pairs.size())
                .text("antecedent", i -> pairs.get(i).before())
                .text("consequent", i -> pairs.get(i).after())
                .decimal("support", i -> pairs.get(i).support())
                .decimal("confidence", i -> pairs.get(i).confidence())
                .decimal("lift", i -> pairs.get(i).lift())
                .count("count", i -> pairs.get(i).count());
        var drawn = pairs.stream()
                .filter(pair -> !pair.before().equals(pair.after()))
                .limit(DRAWN)
                .map(pair -> new Chart.Edge(pair.before(), pair.after(), pair.confidence(), pair.lift()))
                .toList();
        return new Outcome(
                new NextResults(
                        baskets.count(), baskets.items().size(), transitions, pairs.size(), minSupport, minConfidence),
                List.of(String.format(
                        Locale.ROOT,
                        "%,d baskets, %,d of them followed by another of the same customer: %,d pairs",
                        baskets.count(),
                        transitions,
                        pairs.size())),
                table,
                List.of(new Chart.Network(
                        "What is bought next",
                        "The %d pairs of the highest lift. An arrow leads from an item to one in the next basket; the thicker, the surer."
                                .formatted(drawn.size()),
                        drawn)),
                card);
    }

    private static Chart network(List<Rule> rules) {
        var shown = rules.stream().limit(DRAWN).toList();
        var edges = new ArrayList<Chart.Edge>();
        for (var rule : shown)
            for (var item : rule.antecedent())
                edges.add(new Chart.Edge(item, rule.consequent(), rule.confidence(), rule.lift()));
        return new Chart.Network(
                "What is bought together",
                "The %d rules of the highest lift. An arrow leads from each item of the left side to the item on the right; the thicker, the surer, the darker, the higher the lift."
                        .formatted(shown.size()),
                edges);
    }
}
