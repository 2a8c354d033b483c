package io.rekindle.models.value;

import io.rekindle.models.numeric.Purchases;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What buy-till-you-die models need to know of each customer: frequency x, recency t_x, age T, and the mean spend.
 *
 * <p>Rows are in the order given. Times are in any one unit (weeks, say), counted from the customer's own first
 * purchase: {@code recency} is the time of the last purchase, {@code age} the end of observation. {@code frequency}
 * counts repeat purchases only, the first purchase is what makes a customer. {@code meanSpend} is the mean amount of the
 * repeat purchases, 0 for customers without one.
 *
 * <p>Source of the convention: Fader, Hardie and Lee, "Counting your customers the easy way", Marketing Science 24
 * (2005). Immutable.
 *
 * <p>Assumption: purchases of one day are one occasion. Numerics: sums in the order of the log. Complexity: a counting sort
 * by customer and a sort of each one's purchases; equal rows are grouped for the fit; 32 bytes a customer.
 */
public final class RecencyFrequency {
    private final int[] frequency;
    private final double[] recency;
    private final double[] age;
    private final double[] meanSpend;
    private final int[] customer;
    private @Nullable Triples triples;

    private RecencyFrequency(int[] frequency, double[] recency, double[] age, double[] meanSpend, int[] customer) {
        this.frequency = frequency;
        this.recency = recency;
        this.age = age;
        this.meanSpend = meanSpend;
        this.customer = customer;
    }

    /**
     * Rows without spend.
     *
     * @throws IllegalArgumentException naming the first row that cannot be
     */
    public static RecencyFrequency of(int[] frequency, double[] recency, double[] age) {
        return of(frequency, recency, age, new double[frequency.length]);
    }

    /**
     * Rows with the mean spend of the repeat purchases.
     *
     * @throws IllegalArgumentException naming the first row that cannot be
     */
    public static RecencyFrequency of(int[] frequency, double[] recency, double[] age, double[] meanSpend) {
        int[] customer = new int[frequency.length];
        Arrays.setAll(customer, i -> i);
        if (recency.length != frequency.length
                || age.length != frequency.length
                || meanSpend.length != frequency.length)
            throw new IllegalArgumentException(
                    "frequency has %d rows, recency %d, age %d, mean spend %d; they must be equally long"
                            .formatted(frequency.length, recency.length, age.length, meanSpend.length));
        for (int i = 0; i < frequency.length; i++) {
            check(i, frequency[i], recency[i], age[i]);
            if (!Double.isFinite(meanSpend[i]))
                throw new IllegalArgumentException("row %d: mean spend %s is not a number".formatted(i, meanSpend[i]));
        }
        return new RecencyFrequency(frequency.clone(), recency.clone(), age.clone(), meanSpend.clone(), customer);
    }

    private static void check(int row, int frequency, double recency, double age) {
        if (frequency < 0)
            throw new IllegalArgumentException(
                    "row %d: frequency %d is negative; count the repeat purchases".formatted(row, frequency));
        if (!(recency >= 0) || !Double.isFinite(recency))
            throw new IllegalArgumentException(
                    "row %d: recency %s must be a time of at least 0".formatted(row, recency));
        if (!(age >= 0) || !Double.isFinite(age))
            throw new IllegalArgumentException("row %d: age %s must be a time of at least 0".formatted(row, age));
        if (recency > age)
            throw new IllegalArgumentException(
                    "row %d: recency %s is later than age %s; both count from the first purchase in the same unit"
                            .formatted(row, recency, age));
        if (frequency > 0 && age == 0)
            throw new IllegalArgumentException(
                    "row %d: %d repeat purchases within age 0; merge purchases of the same time unit"
                            .formatted(row, frequency));
        if (frequency == 0 && recency != 0)
            throw new IllegalArgumentException(
                    "row %d: recency %s without a repeat purchase; it must be 0".formatted(row, recency));
    }

    /**
     * Summarises a transaction log. Purchases of one customer on the same tick (day) are one purchase with the sum of
     * their amounts, as in the papers. Purchases after {@code until} are not looked at; a customer whose first purchase
     * comes later has no row. Rows are in the order of the customers' indices.
     *
     * @param customer index of the customer of each purchase, at least 0, in any order
     * @param tick day of each purchase, e.g. the epoch day
     * @param amount amount of each purchase
     * @param ticksPerUnit length of the time unit in ticks: 7 for weeks when ticks are days
     * @param until last day observed
     */
    public static RecencyFrequency fromTransactions(
            int[] customer, long[] tick, double[] amount, double ticksPerUnit, long until) {
        if (!(ticksPerUnit > 0) || !Double.isFinite(ticksPerUnit))
            throw new IllegalArgumentException("a unit of %s ticks is not a unit of time".formatted(ticksPerUnit));
        Purchases purchases = Purchases.of(customer, tick, amount, until);
        int rows = purchases.customers();
        int[] frequency = new int[rows];
        double[] recency = new double[rows];
        double[] age = new double[rows];
        double[] meanSpend = new double[rows];
        int[] index = new int[rows];
        for (int row = 0; row < rows; row++) {
            int from = purchases.from(row);
            int to = purchases.to(row);
            frequency[row] = to - from - 1;
            recency[row] = (purchases.tick(to - 1) - purchases.tick(from)) / ticksPerUnit;
            age[row] = (until - purchases.tick(from)) / ticksPerUnit;
            double spent = 0;
            for (int i = from + 1; i < to; i++) spent += purchases.amount(i);
            meanSpend[row] = frequency[row] == 0 ? 0 : spent / frequency[row];
            index[row] = purchases.customer(row);
        }
        return new RecencyFrequency(frequency, recency, age, meanSpend, index);
    }

    /** Number of rows. */
    public int size() {
        return frequency.length;
    }

    /** Repeat purchases of a row. */
    public int frequency(int row) {
        return frequency[row];
    }

    /** Time of the last purchase of a row, since its first; 0 without a repeat purchase. */
    public double recency(int row) {
        return recency[row];
    }

    /** Time observed since the first purchase of a row. */
    public double age(int row) {
        return age[row];
    }

    /** Mean amount of the repeat purchases of a row; 0 without one. */
    public double meanSpend(int row) {
        return meanSpend[row];
    }

    /** The customer a row belongs to: the index given in the transaction log, else the row itself. */
    public int customer(int row) {
        return customer[row];
    }

    /**
     * The different triples. Found once; two threads that ask at the same time may both find them, which only costs time.
     */
    Triples triples() {
        Triples found = triples;
        if (found == null) {
            found = Triples.of(this);
            triples = found;
        }
        return found;
    }

    int[] frequencies() {
        return frequency;
    }

    double[] meanSpends() {
        return meanSpend;
    }
}
