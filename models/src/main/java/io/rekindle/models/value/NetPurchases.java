package io.rekindle.models.value;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A log of purchases and refunds made one of purchases only, each at what was kept of it.
 *
 * <p>What: a negative amount is a refund. It is taken off the same customer's latest purchases up to its own tick, the
 * latest first, until it is used up; what is left of a purchase counts, and a purchase that was refunded whole never was
 * one. A refund for which there is no earlier purchase (it was made before the log begins) is set aside. Purchases of
 * nothing (amount 0) stay: they were visits.
 *
 * <p>Assumption: which purchase a refund belongs to is not known; most refunds come soon. Within a tick the order of the log
 * does not matter. Complexity: O(n log(purchases per customer)).
 *
 * <p>Source: none; accounting's last in, first out. Numerics: what is left within a relative 1e-9 is nothing.
 *
 * @param customer index of the customer of each purchase that stands
 * @param tick its day
 * @param amount what was kept of it
 * @param refunds number of rows that were refunds
 * @param cancelled number of purchases refunded whole
 * @param unmatched number of refunds of which a part or all had no earlier purchase to be taken off
 * @param row place in the log of each purchase that stands
 * @param open by place in the log, what of a refund had no earlier purchase; 0 for all others
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record NetPurchases(
        int[] customer,
        long[] tick,
        double[] amount,
        long refunds,
        long cancelled,
        long unmatched,
        int[] row,
        double[] open) {
    /** Two amounts nearer than this part of the larger are the same: sums of cents are not exact. */
    private static final double ROUNDING = 1e-9;

    /** The purchases that stand, of a log in any order. Amounts must be numbers. */
    public static NetPurchases of(int[] customer, long[] tick, double[] amount) {
        int n = customer.length;
        if (tick.length != n || amount.length != n)
            throw new IllegalArgumentException("customer has %d rows, tick %d, amount %d; they must be equally long"
                    .formatted(n, tick.length, amount.length));
        boolean anyRefund = false;
        for (int i = 0; i < n; i++) {
            if (!Double.isFinite(amount[i]))
                throw new IllegalArgumentException("transaction %d: amount %s is not a number".formatted(i, amount[i]));
            anyRefund |= amount[i] < 0;
        }
        double[] setAside = new double[n];
        if (!anyRefund)
            return new NetPurchases(
                    customer.clone(),
                    tick.clone(),
                    amount.clone(),
                    0,
                    0,
                    0,
                    IntStream.range(0, n).toArray(),
                    setAside);
        // A day's purchases come before its refunds, whatever the order of the log.
        int[] order = Indices.sorted(n, (i, j) -> {
            int byCustomer = Integer.compare(customer[i], customer[j]);
            if (byCustomer != 0) return byCustomer;
            int byTick = Long.compare(tick[i], tick[j]);
            return byTick != 0 ? byTick : Double.compare(amount[j], amount[i]);
        });
        int[] stands = new int[n];
        double[] left = new double[n];
        int size = 0;
        int from = 0;
        long refunds = 0;
        long cancelled = 0;
        long unmatched = 0;
        for (int k = 0; k < n; k++) {
            int i = order[k];
            if (k > 0 && customer[i] != customer[order[k - 1]]) from = size;
            if (amount[i] >= 0) {
                stands[size] = i;
                left[size++] = amount[i];
                continue;
            }
            refunds++;
            double open = -amount[i];
            double smallest = ROUNDING * open;
            int at = size - 1;
            while (open > smallest && at >= from) {
                double taken = Math.min(open, left[at]);
                open -= taken;
                if (left[at] > 0 && left[at] - taken <= ROUNDING * left[at]) {
                    cancelled++;
                    System.arraycopy(stands, at + 1, stands, at, size - at - 1);
                    System.arraycopy(left, at + 1, left, at, size - at - 1);
                    size--;
                } else left[at] -= taken;
                at--;
            }
            if (open > smallest) {
                unmatched++;
                setAside[i] = open;
            }
        }
        int kept = size;
        return new NetPurchases(
                Arrays.stream(stands, 0, kept).map(i -> customer[i]).toArray(),
                Arrays.stream(stands, 0, kept).mapToLong(i -> tick[i]).toArray(),
                Arrays.copyOf(left, kept),
                refunds,
                cancelled,
                unmatched,
                Arrays.copyOf(stands, kept),
                setAside);
    }
}
