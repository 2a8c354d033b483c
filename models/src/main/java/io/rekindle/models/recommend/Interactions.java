package io.rekindle.models.recommend;

import io.rekindle.models.numeric.Indices;
import io.rekindle.models.value.NetPurchases;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Which customer bought which item, and when: what recommenders learn from.
 *
 * <p>Customers and items are numbered by the caller. A customer and an item that met at least once are a pair; the moments
 * at which they met are the pair's times, each moment once. Within a customer all that happened at one moment is one visit.
 * Pairs lie by customer and item and times ascending, so that the order of rows changes nothing, nor does a row that
 * is there twice. Without times every row is a time of its own.
 *
 * <p>Complexity: two counting sorts; 8 bytes a row and 8 a pair. Unchangeable, safe to share.
 *
 * <p>Assumption: to have bought is to have liked; nothing is known of what was not bought. Source: implicit feedback as in
 * Hu, Koren and Volinsky (ICDM 2008). Numerics: whole numbers throughout.
 */
public final class Interactions {
    private final int items;
    private final boolean timed;
    /** For each customer the first of their pairs; one more at the end. */
    private final int[] start;

    private final int[] item;
    /** For each pair the first of its times; one more at the end. */
    private final int[] first;

    private final long[] tick;
    private final int[] buyers;
    private final int[] ranking;

    private Interactions(int items, boolean timed, int[] start, int[] item, int[] first, long[] tick) {
        this.items = items;
        this.timed = timed;
        this.start = start;
        this.item = item;
        this.first = first;
        this.tick = tick;
        buyers = new int[items];
        for (int i : item) buyers[i]++;
        ranking = Indices.sorted(items, (a, b) -> Integer.compare(buyers[b], buyers[a]));
    }

    /**
     * Of a log with times.
     *
     * @param customers number of customers; those without a row are customers too
     * @param items number of items, in the same way
     * @param customer by row
     * @param item by row
     * @param tick when, by row, in any unit
     */
    public static Interactions of(int customers, int items, int[] customer, int[] item, long[] tick) {
        return of(customers, items, customer, item, tick, true);
    }

    /** Of a log without times: every row is a purchase of its own. */
    public static Interactions untimed(int customers, int items, int[] customer, int[] item) {
        return of(customers, items, customer, item, new long[customer.length], false);
    }

    /**
     * Of a log with refunds: a negative amount is taken off the customer's latest purchases of the same item up to its own
     * time, and what was refunded whole was never bought.
     *
     * @param amount by row
     * @param timed whether the ticks mean something; otherwise every row is a purchase of its own
     */
    public static Interactions net(
            int customers, int items, int[] customer, int[] item, long[] tick, double[] amount, boolean timed) {
        check(customers, items, customer, item, tick);
        if (amount.length != customer.length)
            throw new IllegalArgumentException(
                    "%d rows and %d amounts; there must be one for each".formatted(customer.length, amount.length));
        if (Arrays.stream(amount).noneMatch(value -> value < 0 || !Double.isFinite(value)))
            return of(customers, items, customer, item, tick, timed);
        int[] order = Indices.sorted(customer.length, (a, b) -> {
            int byCustomer = Integer.compare(customer[a], customer[b]);
            return byCustomer != 0 ? byCustomer : Integer.compare(item[a], item[b]);
        });
        int[] pair = new int[order.length];
        int[] example = new int[order.length];
        int pairs = 0;
        for (int k = 0; k < order.length; k++) {
            int row = order[k];
            if (k == 0 || customer[row] != customer[order[k - 1]] || item[row] != item[order[k - 1]])
                example[pairs++] = row;
            pair[row] = pairs - 1;
        }
        NetPurchases net = NetPurchases.of(pair, tick, amount);
        return of(
                customers,
                items,
                Arrays.stream(net.customer()).map(p -> customer[example[p]]).toArray(),
                Arrays.stream(net.customer()).map(p -> item[example[p]]).toArray(),
                net.tick(),
                timed);
    }

    private static void check(int customers, int items, int[] customer, int[] item, long[] tick) {
        if (customers < 0 || items < 0)
            throw new IllegalArgumentException("%d customers and %d items; at least 0".formatted(customers, items));
        if (item.length != customer.length || tick.length != customer.length)
            throw new IllegalArgumentException("customer has %d rows, item %d, tick %d; they must be equally long"
                    .formatted(customer.length, item.length, tick.length));
        for (int row = 0; row < customer.length; row++)
            if (customer[row] < 0 || customer[row] >= customers || item[row] < 0 || item[row] >= items)
                throw new IllegalArgumentException("row %d: customer %d and item %d; there are %d and %d"
                        .formatted(row, customer[row], item[row], customers, items));
    }

    private static Interactions of(int customers, int items, int[] customer, int[] item, long[] tick, boolean timed) {
        check(customers, items, customer, item, tick);
        int rows = customer.length;
        int[] byItem = countingSort(identity(rows), item, items);
        int[] order = countingSort(byItem, customer, customers);
        int[] start = new int[customers + 1];
        int[] pairItem = new int[rows];
        int[] first = new int[rows + 1];
        long[] times = new long[rows];
        int pairs = 0;
        int size = 0;
        int k = 0;
        for (int c = 0; c < customers; c++) {
            start[c] = pairs;
            while (k < rows && customer[order[k]] == c) {
                int of = item[order[k]];
                first[pairs] = size;
                pairItem[pairs++] = of;
                int from = size;
                for (; k < rows && customer[order[k]] == c && item[order[k]] == of; k++) times[size++] = tick[order[k]];
                if (!timed || size == from + 1) continue;
                Arrays.sort(times, from, size);
                int kept = from + 1;
                for (int t = from + 1; t < size; t++) if (times[t] != times[kept - 1]) times[kept++] = times[t];
                size = kept;
            }
        }
        start[customers] = pairs;
        first[pairs] = size;
        return new Interactions(
                items,
                timed,
                start,
                Arrays.copyOf(pairItem, pairs),
                Arrays.copyOf(first, pairs + 1),
                Arrays.copyOf(times, size));
    }

    private static int[] identity(int size) {
        int[] order = new int[size];
        Arrays.setAll(order, i -> i);
        return order;
    }

    private static int[] countingSort(int[] order, int[] key, int keys) {
        int[] next = new int[keys + 1];
        for (int k : key) next[k + 1]++;
        for (int k = 0; k < keys; k++) next[k + 1] += next[k];
        int[] sorted = new int[order.length];
        for (int row : order) sorted[next[key[row]]++] = row;
        return sorted;
    }

    /** The same customers and items with only some of the times. */
    Interactions keep(BitSet times) {
        int[] newStart = new int[start.length];
        int[] newItem = new int[item.length];
        int[] newFirst = new int[item.length + 1];
        long[] newTick = new long[times.cardinality()];
        int pairs = 0;
        int size = 0;
        for (int c = 0; c < customers(); c++) {
            newStart[c] = pairs;
            for (int p = start[c]; p < start[c + 1]; p++) {
                int from = size;
                for (int t = times.nextSetBit(first[p]); t >= 0 && t < first[p + 1]; t = times.nextSetBit(t + 1))
                    newTick[size++] = tick[t];
                if (size == from) continue;
                newFirst[pairs] = from;
                newItem[pairs++] = item[p];
            }
        }
        newStart[customers()] = pairs;
        newFirst[pairs] = size;
        return new Interactions(
                items, timed, newStart, Arrays.copyOf(newItem, pairs), Arrays.copyOf(newFirst, pairs + 1), newTick);
    }

    /** Number of customers, with or without a purchase. */
    public int customers() {
        return start.length - 1;
    }

    /** Number of items, bought or not. */
    public int items() {
        return items;
    }

    /** Whether the times mean something. */
    public boolean timed() {
        return timed;
    }

    /** Number of pairs of a customer and an item. */
    public int pairs() {
        return item.length;
    }

    /** Number of purchases: times of all pairs. */
    public int purchases() {
        return tick.length;
    }

    /** The first pair of a customer. */
    public int from(int customer) {
        return start[customer];
    }

    /** One past the last pair of a customer. */
    public int to(int customer) {
        return start[customer + 1];
    }

    /** The item of a pair; ascending within a customer. */
    public int item(int pair) {
        return item[pair];
    }

    /** How many times a pair met. */
    public int times(int pair) {
        return first[pair + 1] - first[pair];
    }

    /** The first time of a pair; those up to {@link #toTime} follow, ascending. */
    public int fromTime(int pair) {
        return first[pair];
    }

    /** One past the last time of a pair. */
    public int toTime(int pair) {
        return first[pair + 1];
    }

    /** When it was. */
    public long tick(int time) {
        return tick[time];
    }

    /** How many customers bought an item. */
    public int buyers(int item) {
        return buyers[item];
    }

    /** How many different items a customer bought. */
    public int owned(int customer) {
        return start[customer + 1] - start[customer];
    }

    /** Whether a customer bought an item. */
    public boolean has(int customer, int wanted) {
        return Arrays.binarySearch(item, start[customer], start[customer + 1], wanted) >= 0;
    }

    /** The moments at which a customer bought anything, ascending, each once; without times none can be told apart. */
    public long[] visits(int customer) {
        long[] all = Arrays.copyOfRange(tick, first[start[customer]], first[start[customer + 1]]);
        Arrays.sort(all);
        int kept = 0;
        for (int i = 0; i < all.length; i++) if (i == 0 || all[i] != all[i - 1]) all[kept++] = all[i];
        return Arrays.copyOf(all, kept);
    }

    /** The latest time of all; 0 when there is none. */
    public long latest() {
        return Arrays.stream(tick).max().orElse(0);
    }

    /** The item at a place of the ranking by number of buyers, the most bought at 0; ties by number. */
    int ranked(int place) {
        return ranking[place];
    }

    /** The place of each item in that ranking. */
    int[] places() {
        int[] places = new int[items];
        for (int place = 0; place < items; place++) places[ranking[place]] = place;
        return places;
    }

    /** The pairs turned round: for each item who bought it. */
    Buyers byItem() {
        int[] itemStart = new int[items + 1];
        for (int i : item) itemStart[i + 1]++;
        for (int i = 0; i < items; i++) itemStart[i + 1] += itemStart[i];
        int[] next = Arrays.copyOf(itemStart, items);
        int[] customer = new int[item.length];
        int[] pair = new int[item.length];
        for (int c = 0; c < customers(); c++)
            for (int p = start[c]; p < start[c + 1]; p++) {
                int at = next[item[p]]++;
                customer[at] = c;
                pair[at] = p;
            }
        return new Buyers(itemStart, customer, pair);
    }

    /**
     * The pairs by item.
     *
     * @param start for each item the first place; one more at the end
     * @param customer ascending within an item
     * @param pair the pair's number
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Buyers(int[] start, int[] customer, int[] pair) {}
}
