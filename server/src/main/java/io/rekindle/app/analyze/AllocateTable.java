package io.rekindle.app.analyze;

import io.rekindle.models.allocation.Candidates;
import io.rekindle.models.numeric.Indices;
import io.rekindle.platform.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The candidates in an order of their own, whatever that of the rows. */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record AllocateTable(List<String> customers, Candidates candidates, List<Kind> kinds, int[] customer, int[] most) {
    private static final Field CUSTOMER = Field.key("customer");
    private static final Field VALUE = Field.number("value");
    private static final Field COST = Field.number("cost").optional();
    private static final Field MOST = Field.number("most").optional();
    private static final int MOST_KINDS = 1_000_000;

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

    /** A combination; empty where the file has no such part. */
    record Kind(String offer, String channel, String slot) {
        String of(Part part) {
            return switch (part) {
                case OFFER -> offer;
                case CHANNEL -> channel;
                case SLOT -> slot;
            };
        }
    }

    /** Every field the file may have. */
    static List<Field> fields() {
        var fields = new ArrayList<>(List.of(CUSTOMER, VALUE, COST, MOST));
        for (var part : Part.values()) fields.add(part.field());
        return fields;
    }

    /** Whether the file says what actions cost. */
    static boolean hasCost(DataRows rows) {
        return rows.has(COST);
    }

    /**
     * Of the rows of a file.
     *
     * @param file its name
     * @param perCustomer most actions of a customer
     * @param deductCost whether values are before cost
     */
    static AllocateTable of(String file, DataRows rows, int perCustomer, boolean deductCost, Card card) {
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
                        "%s, row %d: a cost of %s; it must be at least 0".formatted(file, row + 2, number(costs[row])));
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
                file,
                rows.size(),
                count,
                List.of(
                        new Card.LeftOut("rows without customer, value or cost", rows.size() - whole.length),
                        new Card.LeftOut(
                                "further rows of the same action for the same customer (the most valuable counts)",
                                whole.length - count)));
        if (count == 0) throw Problem.invalid("no_actions", "no row of %s has a customer and a value".formatted(file));
        return of(file, perCustomer, Arrays.copyOf(kept, count), rows, customers, values, costs, parts, card);
    }

    private static AllocateTable of(
            String file,
            int perCustomer,
            int[] kept,
            DataRows rows,
            Keys customers,
            double[] values,
            double[] costs,
            List<Keys> parts,
            Card card) {
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
                                    .formatted(file, row + 2, number(own[row])));
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
        return new AllocateTable(
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

    /** The name of a kind's part; null where the file has none. */
    @Nullable
    String name(int kind, Part part) {
        var name = kinds.get(kind).of(part);
        return name.isEmpty() ? null : name;
    }

    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : "" + value;
    }
}
