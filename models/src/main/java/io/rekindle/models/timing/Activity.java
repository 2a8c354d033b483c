package io.rekindle.models.timing;

import java.util.Arrays;

/**
 * In which hours customers were active, from opens, clicks and visits without machines'. An hour counts once however much a
 * customer did in it: an open, its click and the visit that follows are one occasion.
 *
 * <p>Hours of the week run from 0, Monday midnight, to 167. The clock is each customer's own. Unchangeable, safe to share.
 *
 * <p>Assumption: a customer's clock is known, or all share one. Source: none; counts by hour of the week are how send times
 * are told. Numerics: whole numbers. Complexity: a counting sort by customer and a sort of each one's hours; 2 bytes an hour
 * kept.
 */
public final class Activity {
    /** Hours of a week. */
    public static final int HOURS = 168;

    private static final long MONDAY = 4 * 24;

    private final int[] first;
    private final short[] hour;

    private Activity(int[] first, short[] hour) {
        this.first = first;
        this.hour = hour;
    }

    /** The hour of the week of an hour since 1970 on the customer's clock. */
    public static int hourOfWeek(long hour) {
        return (int) Math.floorMod(hour - MONDAY, (long) HOURS);
    }

    /**
     * Of events in any order.
     *
     * @param customers their number
     * @param customer of each event, from 0 to customers − 1
     * @param hour of each event: whole hours since 1970 on the customer's clock
     */
    public static Activity of(int customers, int[] customer, long[] hour) {
        if (customer.length != hour.length)
            throw new IllegalArgumentException(
                    "%d customers and %d hours; one of each an event".formatted(customer.length, hour.length));
        int[] starts = new int[customers + 1];
        for (int i = 0; i < customer.length; i++) {
            if (customer[i] < 0 || customer[i] >= customers)
                throw new IllegalArgumentException(
                        "event %d is of customer %d; there are %d".formatted(i, customer[i], customers));
            starts[customer[i] + 1]++;
        }
        for (int c = 0; c < customers; c++) starts[c + 1] += starts[c];
        long[] sorted = new long[hour.length];
        int[] next = Arrays.copyOf(starts, customers);
        for (int i = 0; i < customer.length; i++) sorted[next[customer[i]]++] = hour[i];
        int[] first = new int[customers + 1];
        short[] hours = new short[hour.length];
        int count = 0;
        for (int c = 0; c < customers; c++) {
            Arrays.sort(sorted, starts[c], starts[c + 1]);
            for (int i = starts[c]; i < starts[c + 1]; i++)
                if (i == starts[c] || sorted[i] != sorted[i - 1]) hours[count++] = (short) hourOfWeek(sorted[i]);
            first[c + 1] = count;
        }
        return new Activity(first, Arrays.copyOf(hours, count));
    }

    /** Number of customers. */
    public int customers() {
        return first.length - 1;
    }

    /** Number of hours a customer was active in. */
    public int hours(int customer) {
        return first[customer + 1] - first[customer];
    }

    /** Number of hours in which anybody was active. */
    public int size() {
        return hour.length;
    }

    /** The hour of the week of a customer's i-th active hour. */
    public int hour(int customer, int i) {
        return hour[first[customer] + i];
    }
}
