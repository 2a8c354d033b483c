package io.rekindle.app.analyze;

import io.rekindle.models.recommend.Candidates;
import io.rekindle.models.recommend.ColdStart;
import io.rekindle.models.recommend.Features;
import io.rekindle.models.recommend.Goal;
import io.rekindle.models.recommend.Interactions;
import io.rekindle.models.recommend.Recommender;
import io.rekindle.platform.Problem;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The purchases, with customers and items numbered by name so that the order of the rows changes nothing. */
record RecommendLog(
        Interactions purchases,
        List<String> customers,
        List<String> items,
        Optional<Features> content,
        Optional<Features> attributes,
        Optional<boolean[]> available) {
    private static final Field CUSTOMER = Field.key("customer");
    private static final Field ITEM = Field.key("item");
    private static final Field TIME = Field.time("time").optional();
    private static final Field AMOUNT = Field.number("amount").optional();
    private static final Field AVAILABLE = Field.key("available");
    private static final Keys NOBODY = new Keys(List.of(), new int[0]);

    /**
     * Reads the purchases and what is known of items and customers.
     *
     * @param itemsFile what is known of the items, if anything
     * @param availableColumn of the items' file
     * @param customersFile what is known of the customers, if anything
     */
    static RecommendLog read(
            InputOptions input,
            @Nullable Path itemsFile,
            @Nullable String availableColumn,
            @Nullable Path customersFile,
            Card card,
            Progress progress) {
        var rows = input.read(List.of(CUSTOMER, ITEM, TIME, AMOUNT), progress);
        var itemRows = itemsFile == null
                ? null
                : input.describing(
                        itemsFile,
                        ITEM,
                        availableColumn == null ? Map.of() : Map.of(AVAILABLE, availableColumn),
                        progress);
        var customerRows = customersFile == null ? null : input.describing(customersFile, CUSTOMER, Map.of(), progress);
        var customers = Numbers.of(
                rows.keys(CUSTOMER),
                customerRows == null ? NOBODY : customerRows.fields().keys(CUSTOMER));
        var items = Numbers.of(
                rows.keys(ITEM), itemRows == null ? NOBODY : itemRows.fields().keys(ITEM));
        var purchases = purchases(input.fileName(), rows, customers, items, card);
        return new RecommendLog(
                purchases,
                customers.names,
                items.names,
                Optional.ofNullable(itemRows).map(read -> features(read, items, card)),
                Optional.ofNullable(customerRows).map(read -> features(read, customers, card)),
                itemRows == null || availableColumn == null
                        ? Optional.empty()
                        : Optional.of(available(itemRows, availableColumn, items, card)));
    }

    private static Interactions purchases(String file, DataRows rows, Numbers customers, Numbers items, Card card) {
        boolean timed = rows.has(TIME);
        long[] days = timed ? rows.days(TIME) : new long[rows.size()];
        double[] amounts = rows.has(AMOUNT) ? rows.numbers(AMOUNT) : new double[rows.size()];
        long[] without = new long[4];
        int[] kept = new int[rows.size()];
        int size = 0;
        for (int i = 0; i < rows.size(); i++) {
            if (customers.codes[i] < 0) without[0]++;
            else if (items.codes[i] < 0) without[1]++;
            else if (days[i] == DataRows.NO_TIME) without[2]++;
            else if (Double.isNaN(amounts[i])) without[3]++;
            else kept[size++] = i;
        }
        card.read(
                file,
                rows.size(),
                size,
                List.of(
                        new Card.LeftOut("rows without a customer", without[0]),
                        new Card.LeftOut("rows without an item", without[1]),
                        new Card.LeftOut("rows without a time", without[2]),
                        new Card.LeftOut("rows without an amount", without[3])));
        if (size < rows.size())
            card.warn(
                    "rows_left_out",
                    "%,d of %,d rows lack a customer, an item, a time or an amount and do not count"
                            .formatted(rows.size() - size, rows.size()));
        if (size == 0) throw Problem.invalid("no_purchases", "no row of %s has a customer and an item".formatted(file));
        int[] used = Arrays.copyOf(kept, size);
        long refunds = Arrays.stream(used).filter(i -> amounts[i] < 0).count();
        var purchases = Interactions.net(
                customers.names.size(),
                items.names.size(),
                Arrays.stream(used).map(i -> customers.codes[i]).toArray(),
                Arrays.stream(used).map(i -> items.codes[i]).toArray(),
                Arrays.stream(used).mapToLong(i -> days[i]).toArray(),
                Arrays.stream(used).mapToDouble(i -> amounts[i]).toArray(),
                timed);
        if (refunds > 0)
            card.warn(
                    "refunds",
                    "%,d refunds were taken off earlier purchases of the same item; what was refunded whole does not count"
                            .formatted(refunds));
        if (purchases.pairs() == 0)
            throw Problem.invalid("no_purchases", "every purchase was refunded; there is nothing to learn from");
        return purchases;
    }

    private static Features features(TableOptions.TableRows read, Numbers numbers, Card card) {
        read.warn(card);
        int[] place = firstOf(read, numbers, card);
        card.read(
                read.file(),
                place.length,
                Arrays.stream(place).filter(number -> number >= 0).count(),
                List.of());
        return Features.of(numbers.names.size()).table(read.table(), place).build();
    }

    /** For each row of a describing file whose it is; −1 for rows of nobody and for second ones. */
    private static int[] firstOf(TableOptions.TableRows read, Numbers numbers, Card card) {
        int[] place = numbers.describedCodes.clone();
        boolean[] had = new boolean[numbers.names.size()];
        long again = 0;
        for (int row = 0; row < place.length; row++) {
            if (place[row] < 0) continue;
            if (had[place[row]]) {
                again++;
                place[row] = -1;
            } else had[place[row]] = true;
        }
        if (again > 0)
            card.warn(
                    "described_twice",
                    "%,d rows of %s describe what an earlier row describes; the first counts"
                            .formatted(again, read.file()));
        return place;
    }

    private static boolean[] available(TableOptions.TableRows read, String column, Numbers items, Card card) {
        var said = read.fields().keys(AVAILABLE);
        boolean[] available = new boolean[items.names.size()];
        boolean[] known = new boolean[available.length];
        for (int row = 0; row < items.describedCodes.length; row++) {
            int item = items.describedCodes[row];
            if (item < 0 || known[item]) continue;
            known[item] = true;
            available[item] = switch (said.name(row).toLowerCase(Locale.ROOT)) {
                case "true", "yes", "1", "y" -> true;
                case "false", "no", "0", "n", "" -> false;
                default ->
                    throw Problem.invalid(
                            "available_unreadable",
                            "%s, column %s: '%s' is neither true nor false"
                                    .formatted(read.file(), column, said.name(row)));
            };
        }
        int sold = 0;
        for (boolean one : available) if (one) sold++;
        if (sold == 0) throw Problem.invalid("nothing_available", "%s has no available item".formatted(read.file()));
        int unknown = 0;
        for (boolean one : known) if (!one) unknown++;
        if (unknown > 0)
            card.warn(
                    "availability_unknown",
                    "%,d items stand in no row of %s and are taken to be unavailable".formatted(unknown, read.file()));
        return available;
    }

    boolean isDescribed() {
        return content.isPresent() || attributes.isPresent();
    }

    /** The recommender with what is known of customers and items. */
    Recommender cold(Recommender plain) {
        return isDescribed() ? ColdStart.of(plain, content, attributes) : plain;
    }

    Candidates candidates(Goal goal) {
        var all = goal.candidates(purchases);
        return available.map(all::onlyAvailable).orElse(all);
    }

    /**
     * Names in their order, and the place of each row's.
     *
     * @param codes of the purchases' rows; −1 where a row has none
     * @param describedCodes of the describing file's rows
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Numbers(List<String> names, int[] codes, int[] describedCodes) {
        static Numbers of(Keys bought, Keys described) {
            var names = Stream.concat(bought.names().stream(), described.names().stream())
                    .distinct()
                    .sorted()
                    .toList();
            var place = new HashMap<String, Integer>();
            for (var name : names) place.put(name, place.size());
            return new Numbers(names, renumbered(bought, place), renumbered(described, place));
        }

        private static int[] renumbered(Keys keys, Map<String, Integer> place) {
            int[] places = keys.names().stream()
                    .mapToInt(name -> place.getOrDefault(name, -1))
                    .toArray();
            return Arrays.stream(keys.codes())
                    .map(code -> code < 0 ? -1 : places[code])
                    .toArray();
        }
    }
}
