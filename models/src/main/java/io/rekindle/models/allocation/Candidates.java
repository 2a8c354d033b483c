package io.rekindle.models.allocation;

import java.util.Arrays;

/**
 * What could be done for each customer: one candidate action for each offer, channel and time slot that is open to them,
 * with the incremental profit expected of it and what it takes from the budget.
 *
 * <p>Candidates of a customer stand together. Which offer, channel and slot an action is, its <em>kind</em> says: a number
 * below {@link #kinds()} that limits refer to. Memory: 20 bytes a candidate. Safe to share while nobody writes to the arrays
 * handed to {@link #grouped}.
 *
 * <p>Assumption: the values are incremental and one customer's action does not change another's. Source: the multiple-choice
 * knapsack problem's items in classes (Sinha and Zoltners, Operations Research 27, 1979). Numerics: values and costs are kept
 * as they come. Complexity: a counting sort by customer, stable, linear in the candidates.
 */
public final class Candidates {
    private static final int[] SAME = {};

    final int[] first;
    final double[] value;
    final double[] cost;
    final int[] kind;
    private final int kinds;
    private final int[] row;

    private Candidates(int[] first, double[] value, double[] cost, int[] kind, int kinds, int[] row) {
        this.first = first;
        this.value = value;
        this.cost = cost;
        this.kind = kind;
        this.kinds = kinds;
        this.row = row;
    }

    /**
     * Of rows in any order.
     *
     * @param customers their number
     * @param customer of each row, from 0 to customers − 1
     * @param value expected incremental profit of each row; negative where it harms
     * @param cost what each row takes from the budget, at least 0
     * @param kind of each row, from 0 to kinds − 1
     * @param kinds number of combinations of offer, channel and slot
     */
    public static Candidates of(int customers, int[] customer, double[] value, double[] cost, int[] kind, int kinds) {
        int rows = customer.length;
        checkLengths(rows, value, cost, kind);
        int[] first = new int[customers + 1];
        for (int i = 0; i < rows; i++) {
            if (customer[i] < 0 || customer[i] >= customers)
                throw new IllegalArgumentException(
                        "candidate %d is of customer %d; there are %d".formatted(i, customer[i], customers));
            first[customer[i] + 1]++;
        }
        for (int c = 0; c < customers; c++) first[c + 1] += first[c];
        int[] next = Arrays.copyOf(first, customers);
        int[] row = new int[rows];
        for (int i = 0; i < rows; i++) row[next[customer[i]]++] = i;
        double[] values = new double[rows];
        double[] costs = new double[rows];
        int[] kindsOf = new int[rows];
        for (int a = 0; a < rows; a++) {
            values[a] = value[row[a]];
            costs[a] = cost[row[a]];
            kindsOf[a] = kind[row[a]];
        }
        return new Candidates(first, values, costs, kindsOf, kinds, row);
    }

    /**
     * Of arrays that are grouped by customer already; they are not copied and must not change while in use.
     *
     * @param first place of each customer's first candidate, and after the last customer the number of candidates
     */
    public static Candidates grouped(int[] first, double[] value, double[] cost, int[] kind, int kinds) {
        checkLengths(value.length, value, cost, kind);
        if (first.length == 0 || first[0] != 0 || first[first.length - 1] != value.length)
            throw new IllegalArgumentException(
                    "the customers' places must run from 0 to the number of candidates, %d".formatted(value.length));
        for (int c = 1; c < first.length; c++)
            if (first[c] < first[c - 1])
                throw new IllegalArgumentException("the places of customer %d's candidates run backwards".formatted(c));
        return new Candidates(first, value, cost, kind, kinds, SAME);
    }

    private static void checkLengths(int rows, double[] value, double[] cost, int[] kind) {
        if (value.length != rows || cost.length != rows || kind.length != rows)
            throw new IllegalArgumentException("%d candidates, %d values, %d costs, %d kinds; one of each is needed"
                    .formatted(rows, value.length, cost.length, kind.length));
    }

    /** Number of customers. */
    public int customers() {
        return first.length - 1;
    }

    /** Number of candidates of all customers. */
    public int size() {
        return value.length;
    }

    /** Number of combinations of offer, channel and slot. */
    public int kinds() {
        return kinds;
    }

    /** Expected incremental profit of the candidate at a place. */
    public double value(int place) {
        return value[place];
    }

    /** What the candidate at a place takes from the budget. */
    public double cost(int place) {
        return cost[place];
    }

    /** Which offer, channel and slot the candidate at a place is. */
    public int kind(int place) {
        return kind[place];
    }

    /** The row, as handed in, of the candidate at a place. */
    public int row(int place) {
        return row.length == 0 ? place : row[place];
    }
}
