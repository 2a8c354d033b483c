package io.rekindle.analyse;

import io.rekindle.models.rhythm.PurchaseIntervals;
import io.rekindle.models.value.RecencyFrequency;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;

/**
 * What each customer bought up to an instant, summed: one row per customer with a purchase. Orders of one business day are
 * one purchase, as in the models' papers; an order counts with what is left of it after refunds and cancellations, and
 * not at all when nothing is left.
 */
public final class PurchaseHistory {
    /** How many of the latest intervals show a trend. */
    private static final int MOST_RECENT = 3;

    private final LocalDate today;
    private int size;
    private long[] customer = new long[1024];
    private int[] purchases = new int[1024];
    private int[] age = new int[1024];
    private int[] elapsed = new int[1024];
    private double[] amount = new double[1024];
    private double[] repeatAmount = new double[1024];
    private double[] logGaps = new double[1024];
    private int[] recentCount = new int[1024];
    private double[] recentSum = new double[1024];

    private PurchaseHistory(LocalDate today) {
        this.today = today;
    }

    /**
     * Reads the history in one statement.
     *
     * @param only a query with a column {@code customer_id}: whom to read; {@link #EVERYBODY} for all
     */
    public static PurchaseHistory read(Warehouse warehouse, Instant asOf, ZoneId zone, Sql only) {
        var today = LocalDate.ofInstant(asOf, zone);
        var history = new PurchaseHistory(today);
        var sql = Sql.of("""
                        with purchases as (
                            select customer_id, local_day(ordered_at, ?) as day, cast(sum(net) as double) as amount
                            from orders_now where ordered_at <= ? and net > 0
                        """, zone.getId(), asOf)
                .then(
                        only.text().isEmpty()
                                ? only
                                : Sql.of("and customer_id in").then(only.inParentheses()))
                .then("""
                        group by 1, 2),
                        gaps as (
                            select customer_id, day, amount,
                                days_between(lag(day) over (partition by customer_id order by day), day) as gap,
                                row_number() over (partition by customer_id order by day desc) as nth_last,
                                (count(*) over (partition by customer_id) - 1) / 2 as half
                            from purchases)
                        select customer_id, count(*) as purchases,
                            days_between(min(day), cast(? as date)) as age, days_between(max(day), cast(? as date)) as elapsed,
                            sum(amount) as amount, coalesce(sum(amount) filter (where gap is not null), 0) as repeat_amount,
                            coalesce(sum(ln(gap)), 0) as log_gaps,
                            count(*) filter (where gap is not null and nth_last <= ? and nth_last <= half) as recent_count,
                            coalesce(sum(gap) filter (where nth_last <= ? and nth_last <= half), 0) as recent_sum
                        from gaps group by customer_id order by customer_id
                        """, today, today, MOST_RECENT, MOST_RECENT);
        warehouse.stream(sql, history::add);
        return history;
    }

    /** No restriction. */
    public static final Sql EVERYBODY = Sql.of("");

    private void add(Row row) {
        if (size == customer.length) grow();
        customer[size] = row.longValue("customer_id");
        purchases[size] = row.intValue("purchases");
        age[size] = row.intValue("age");
        elapsed[size] = row.intValue("elapsed");
        amount[size] = row.doubleValue("amount");
        repeatAmount[size] = row.doubleValue("repeat_amount");
        logGaps[size] = row.doubleValue("log_gaps");
        recentCount[size] = row.intValue("recent_count");
        recentSum[size] = row.doubleValue("recent_sum");
        size++;
    }

    private void grow() {
        int more = size * 2;
        customer = Arrays.copyOf(customer, more);
        purchases = Arrays.copyOf(purchases, more);
        age = Arrays.copyOf(age, more);
        elapsed = Arrays.copyOf(elapsed, more);
        amount = Arrays.copyOf(amount, more);
        repeatAmount = Arrays.copyOf(repeatAmount, more);
        logGaps = Arrays.copyOf(logGaps, more);
        recentCount = Arrays.copyOf(recentCount, more);
        recentSum = Arrays.copyOf(recentSum, more);
    }

    /** Number of customers with a purchase. */
    public int size() {
        return size;
    }

    /** The business day up to which was observed. */
    public LocalDate today() {
        return today;
    }

    /** The customer's id, ascending. */
    public long customer(int row) {
        return customer[row];
    }

    /** Purchases on different days. */
    public int purchases(int row) {
        return purchases[row];
    }

    /** Everything spent, net. */
    public double amount(int row) {
        return amount[row];
    }

    /** Days since the first purchase. */
    public int age(int row) {
        return age[row];
    }

    /** Days since the last purchase. */
    public int elapsed(int row) {
        return elapsed[row];
    }

    /** The first day anybody bought; today when nobody did. */
    public LocalDate firstDay() {
        int oldest = 0;
        for (int i = 0; i < size; i++) oldest = Math.max(oldest, age[i]);
        return today.minusDays(oldest);
    }

    /** How many customers bought on more than one day. */
    public int returned() {
        int returned = 0;
        for (int i = 0; i < size; i++) if (purchases[i] > 1) returned++;
        return returned;
    }

    /** As the models of value want it, times in days, rows in this order. */
    public RecencyFrequency recencyFrequency() {
        int[] frequency = new int[size];
        double[] recency = new double[size];
        double[] observed = new double[size];
        double[] meanSpend = new double[size];
        for (int i = 0; i < size; i++) {
            frequency[i] = purchases[i] - 1;
            recency[i] = age[i] - elapsed[i];
            observed[i] = age[i];
            meanSpend[i] = frequency[i] == 0 ? 0 : repeatAmount[i] / frequency[i];
        }
        return RecencyFrequency.of(frequency, recency, observed, meanSpend);
    }

    /** As the models of rhythm want it, times in days, rows in this order. */
    public PurchaseIntervals intervals() {
        double[] sum = new double[size];
        double[] silence = new double[size];
        for (int i = 0; i < size; i++) {
            sum[i] = age[i] - elapsed[i];
            silence[i] = elapsed[i];
        }
        return PurchaseIntervals.of(
                Arrays.copyOf(purchases, size),
                sum,
                Arrays.copyOf(logGaps, size),
                silence,
                Arrays.copyOf(recentCount, size),
                Arrays.copyOf(recentSum, size));
    }
}
