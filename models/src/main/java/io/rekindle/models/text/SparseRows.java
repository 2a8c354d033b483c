package io.rekindle.models.text;

import java.util.Arrays;

/**
 * A matrix of mostly nothing. The columns a row has share one number, so only their places are kept; the last few columns
 * are dense. Grows row by row.
 */
final class SparseRows {
    private final int sparse;
    private final int dense;
    private int[] start = new int[64];
    private double[] shared = new double[64];
    private double[] own = new double[64];
    private int[] column = new int[1024];
    private int rows;

    /**
     * @param sparse columns of which a row has few
     * @param dense columns behind them of which each row has all
     */
    SparseRows(int sparse, int dense) {
        this.sparse = sparse;
        this.dense = dense;
    }

    /** A number at a place of a row. */
    interface Cells {
        void take(int column, double value);
    }

    /**
     * Adds a row.
     *
     * @param columnsOfRow ascending
     * @param value at each of them
     * @param denseValues of the columns every row has
     */
    void add(int[] columnsOfRow, double value, double[] denseValues) {
        int from = start[rows];
        int length = columnsOfRow.length;
        if (rows + 2 > start.length) {
            start = Arrays.copyOf(start, start.length * 2);
            shared = Arrays.copyOf(shared, shared.length * 2);
        }
        if ((rows + 1) * dense > own.length) own = Arrays.copyOf(own, Math.max((rows + 1) * dense, own.length * 2));
        if (from + length > column.length)
            column = Arrays.copyOf(column, Math.max(from + length, column.length + (column.length >> 1)));
        System.arraycopy(columnsOfRow, 0, column, from, length);
        System.arraycopy(denseValues, 0, own, rows * dense, dense);
        shared[rows] = value;
        start[++rows] = from + length;
    }

    int rows() {
        return rows;
    }

    int columns() {
        return sparse + dense;
    }

    double dot(int row, double[] weights) {
        double sum = 0;
        for (int k = start[row], end = start[row + 1]; k < end; k++) sum += weights[column[k]];
        sum *= shared[row];
        for (int k = 0; k < dense; k++) sum += own[row * dense + k] * weights[sparse + k];
        return sum;
    }

    void addTo(int row, double factor, double[] sums) {
        double each = factor * shared[row];
        for (int k = start[row], end = start[row + 1]; k < end; k++) sums[column[k]] += each;
        for (int k = 0; k < dense; k++) sums[sparse + k] += factor * own[row * dense + k];
    }

    void each(int row, Cells taker) {
        for (int k = start[row]; k < start[row + 1]; k++) taker.take(column[k], shared[row]);
        for (int k = 0; k < dense; k++) taker.take(sparse + k, own[row * dense + k]);
    }
}
