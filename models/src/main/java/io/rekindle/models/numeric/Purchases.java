package io.rekindle.models.numeric;

import java.util.Arrays;

/**
 * A transaction log put in order: by customer, then by tick, purchases of a customer on one tick made one. Counting sort
 * by customer, then a sort of each customer's few purchases: O(n log(purchases per customer)).
 *
 * <p>Assumption: ticks are days or finer, and what happens on one tick is one occasion. Source: the convention of Fader,
 * Hardie and Lee (2005). Numerics: amounts of one tick are added in the order of the log. Memory: 16 bytes a row and 8 a
 * customer.
 */
public final class Purchases {
    private final int[] customer;
    private final int[] start;
    private final long[] tick;
    private final double[] amount;

    private Purchases(int[] customer, int[] start, long[] tick, double[] amount) {
        this.customer = customer;
        this.start = start;
        this.tick = tick;
        this.amount = amount;
    }

    /** Orders a log, leaving out what comes after {@code until}. */
    public static Purchases of(int[] customer, long[] tick, double[] amount, long until) {
        int n = customer.length;
        if (tick.length != n || amount.length != n)
            throw new IllegalArgumentException("customer has %d rows, tick %d, amount %d; they must be equally long"
                    .formatted(n, tick.length, amount.length));
        int customers = 0;
        for (int i = 0; i < n; i++) {
            if (customer[i] < 0 || customer[i] == Integer.MAX_VALUE)
                throw new IllegalArgumentException(
                        "transaction %d: customer index %d must be at least 0".formatted(i, customer[i]));
            if (!Double.isFinite(amount[i]))
                throw new IllegalArgumentException("transaction %d: amount %s is not a number".formatted(i, amount[i]));
            customers = Math.max(customers, customer[i] + 1);
        }
        int[] bucket = new int[customers + 1];
        for (int i = 0; i < n; i++) if (tick[i] <= until) bucket[customer[i] + 1]++;
        for (int c = 0; c < customers; c++) bucket[c + 1] += bucket[c];
        int kept = bucket[customers];
        int[] order = new int[kept];
        int[] next = Arrays.copyOf(bucket, customers);
        for (int i = 0; i < n; i++) if (tick[i] <= until) order[next[customer[i]]++] = i;

        int[] rowCustomer = new int[customers];
        int[] rowStart = new int[customers + 1];
        long[] mergedTick = new long[kept];
        double[] mergedAmount = new double[kept];
        int rows = 0;
        int at = 0;
        for (int c = 0; c < customers; c++) {
            int from = bucket[c];
            int to = bucket[c + 1];
            if (from == to) continue;
            // Ties are put in order of amount, so that the sum does not depend on the order of the log.
            Indices.sort(order, from, to, (i, j) -> {
                int byTick = Long.compare(tick[i], tick[j]);
                return byTick != 0 ? byTick : Double.compare(amount[i], amount[j]);
            });
            rowCustomer[rows] = c;
            rowStart[rows++] = at;
            for (int k = from; k < to; k++) {
                int i = order[k];
                if (k > from && mergedTick[at - 1] == tick[i]) mergedAmount[at - 1] += amount[i];
                else {
                    mergedTick[at] = tick[i];
                    mergedAmount[at++] = amount[i];
                }
            }
        }
        rowStart[rows] = at;
        return new Purchases(
                Arrays.copyOf(rowCustomer, rows),
                Arrays.copyOf(rowStart, rows + 1),
                Arrays.copyOf(mergedTick, at),
                Arrays.copyOf(mergedAmount, at));
    }

    /** Number of customers with a purchase: the rows. */
    public int customers() {
        return customer.length;
    }

    /** The index, in the log, of the customer of a row. */
    public int customer(int row) {
        return customer[row];
    }

    /** The first purchase of a row. */
    public int from(int row) {
        return start[row];
    }

    /** One past the last purchase of a row. */
    public int to(int row) {
        return start[row + 1];
    }

    /** When a purchase was made. */
    public long tick(int purchase) {
        return tick[purchase];
    }

    /** The amount of a purchase. */
    public double amount(int purchase) {
        return amount[purchase];
    }
}
