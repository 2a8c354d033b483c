package io.rekindle.models.rhythm;

import io.rekindle.models.numeric.Purchases;
import java.util.Arrays;

/**
 * What a purchase rhythm needs to know of each customer, all of it sums that a database can give.
 *
 * <p>A customer with m purchases (on different days) has n = m − 1 intervals between them. Rows are in the order given,
 * times in any one unit. For the trend the latest few intervals stand apart: {@code recentCount} of them, lasting
 * {@code recentSum}; the others are the earlier ones. Immutable.
 *
 * <p>Assumptions: purchases of one day are one; the sums are sufficient for gamma distributed intervals (n, their sum, the
 * sum of their logarithms), so nothing a rhythm asks for is lost by them. Source: the sufficient statistics of the gamma
 * distribution (Fisher and Neyman's factorisation); purchase rhythms by gamma intervals, Herniter (1971) and Platzer and
 * Reutterer (Marketing Science 35, 2016). Numerics: a sum of logarithms that no intervals of that sum can have is refused.
 * Complexity: linear in rows; of a log, a counting sort by customer and a sort of each one's purchases; 44 bytes a customer.
 */
public final class PurchaseIntervals {
    private final int[] purchases;
    private final double[] sum;
    private final double[] sumOfLogs;
    private final double[] elapsed;
    private final int[] recentCount;
    private final double[] recentSum;
    private final int[] customer;

    private PurchaseIntervals(
            int[] purchases,
            double[] sum,
            double[] sumOfLogs,
            double[] elapsed,
            int[] recentCount,
            double[] recentSum,
            int[] customer) {
        this.purchases = purchases;
        this.sum = sum;
        this.sumOfLogs = sumOfLogs;
        this.elapsed = elapsed;
        this.recentCount = recentCount;
        this.recentSum = recentSum;
        this.customer = customer;
    }

    /**
     * Rows from sums.
     *
     * @param purchases number of purchases; 0 for a prospect, all of whose other fields are 0
     * @param sum sum of the intervals: time from the first purchase to the last
     * @param sumOfLogs sum of the natural logarithms of the intervals
     * @param elapsed time since the last purchase
     * @param recentCount how many of the intervals count as recent; 0 when there is nothing to compare
     * @param recentSum their sum
     * @throws IllegalArgumentException naming the first row that cannot be
     */
    public static PurchaseIntervals of(
            int[] purchases,
            double[] sum,
            double[] sumOfLogs,
            double[] elapsed,
            int[] recentCount,
            double[] recentSum) {
        int n = purchases.length;
        if (sum.length != n
                || sumOfLogs.length != n
                || elapsed.length != n
                || recentCount.length != n
                || recentSum.length != n)
            throw new IllegalArgumentException(
                    "purchases has %d rows, sum %d, sum of logs %d, elapsed %d, recent count %d, recent sum %d; they must be equally long"
                            .formatted(
                                    n,
                                    sum.length,
                                    sumOfLogs.length,
                                    elapsed.length,
                                    recentCount.length,
                                    recentSum.length));
        for (int i = 0; i < n; i++) {
            int intervals = Math.max(0, purchases[i] - 1);
            if (purchases[i] < 0)
                throw new IllegalArgumentException(
                        "row %d: %d purchases; the count is at least 0".formatted(i, purchases[i]));
            if (!Double.isFinite(sum[i]) || (intervals > 0 ? !(sum[i] > 0) : sum[i] != 0))
                throw new IllegalArgumentException(
                        "row %d: %d intervals sum to %s; the sum is positive with intervals and 0 without"
                                .formatted(i, intervals, sum[i]));
            if (!(elapsed[i] >= 0) || !Double.isFinite(elapsed[i]))
                throw new IllegalArgumentException(
                        "row %d: time since the last purchase %s must be at least 0".formatted(i, elapsed[i]));
            double most = intervals == 0 ? 0 : intervals * Math.log(sum[i] / intervals);
            if (!Double.isFinite(sumOfLogs[i])
                    || sumOfLogs[i] > most + 1e-6 * (1 + Math.abs(most))
                    || (intervals == 0 && sumOfLogs[i] != 0))
                throw new IllegalArgumentException(
                        "row %d: the logarithms of %d intervals that sum to %s cannot sum to %s; at most to %s"
                                .formatted(i, intervals, sum[i], sumOfLogs[i], most));
            if (recentCount[i] < 0
                    || recentCount[i] > intervals
                    || !(recentSum[i] >= 0)
                    || !(recentSum[i] <= sum[i] * (1 + 1e-9))
                    || (recentCount[i] == 0 && recentSum[i] != 0))
                throw new IllegalArgumentException(
                        "row %d: %d recent intervals lasting %s are not part of %d lasting %s"
                                .formatted(i, recentCount[i], recentSum[i], intervals, sum[i]));
        }
        int[] customer = new int[n];
        Arrays.setAll(customer, i -> i);
        return new PurchaseIntervals(
                purchases.clone(),
                sum.clone(),
                sumOfLogs.clone(),
                elapsed.clone(),
                recentCount.clone(),
                recentSum.clone(),
                customer);
    }

    /**
     * Rows from a transaction log. Purchases of one customer on the same tick (day) are one. Purchases after
     * {@code until} are not looked at; a customer without one before has no row. The latest half of a customer's
     * intervals, at most {@code mostRecent}, count as recent.
     */
    public static PurchaseIntervals fromTransactions(
            int[] customer, long[] tick, double ticksPerUnit, long until, int mostRecent) {
        if (!(ticksPerUnit > 0) || !Double.isFinite(ticksPerUnit))
            throw new IllegalArgumentException("a unit of %s ticks is not a unit of time".formatted(ticksPerUnit));
        if (mostRecent < 1)
            throw new IllegalArgumentException("%d recent intervals; a trend needs at least 1".formatted(mostRecent));
        Purchases log = Purchases.of(customer, tick, new double[customer.length], until);
        int rows = log.customers();
        int[] purchases = new int[rows];
        double[] sum = new double[rows];
        double[] sumOfLogs = new double[rows];
        double[] elapsed = new double[rows];
        int[] recentCount = new int[rows];
        double[] recentSum = new double[rows];
        int[] index = new int[rows];
        for (int row = 0; row < rows; row++) {
            int from = log.from(row);
            int last = log.to(row) - 1;
            purchases[row] = last - from + 1;
            sum[row] = (log.tick(last) - log.tick(from)) / ticksPerUnit;
            for (int i = from; i < last; i++)
                sumOfLogs[row] += Math.log((log.tick(i + 1) - log.tick(i)) / ticksPerUnit);
            elapsed[row] = (until - log.tick(last)) / ticksPerUnit;
            recentCount[row] = Math.min(mostRecent, (last - from) / 2);
            recentSum[row] = (log.tick(last) - log.tick(last - recentCount[row])) / ticksPerUnit;
            index[row] = log.customer(row);
        }
        return new PurchaseIntervals(purchases, sum, sumOfLogs, elapsed, recentCount, recentSum, index);
    }

    /** Number of rows. */
    public int size() {
        return purchases.length;
    }

    /** Number of purchases of a row. */
    public int purchases(int row) {
        return purchases[row];
    }

    /** Number of intervals between purchases of a row. */
    public int intervals(int row) {
        return Math.max(0, purchases[row] - 1);
    }

    /** Sum of the intervals of a row. */
    public double sum(int row) {
        return sum[row];
    }

    /** Sum of the logarithms of the intervals of a row. */
    public double sumOfLogs(int row) {
        return sumOfLogs[row];
    }

    /** Time since the last purchase of a row. */
    public double elapsed(int row) {
        return elapsed[row];
    }

    /** How many of a row's intervals count as recent. */
    public int recentCount(int row) {
        return recentCount[row];
    }

    /** Sum of a row's recent intervals. */
    public double recentSum(int row) {
        return recentSum[row];
    }

    /** The customer a row belongs to: the index given in the transaction log, else the row itself. */
    public int customer(int row) {
        return customer[row];
    }
}
