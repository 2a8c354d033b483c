package io.rekindle.models.text;

import java.util.Arrays;

/** A matrix of mostly nothing: for each row its columns, ascending, and what stands there. Grows row by row. */
final class SparseRows {
    private int[] start = new int[64];
    private int[] column = new int[1024];
    private double[] value = new double[1024];
    private int rows;
    private int columns;

    /** A number at a place of a row yet to be added. */
    interface Cells {
        void take(int column, double value);
    }

    /** Adds a row; columns ascend. */
    void add(int[] columnsOfRow, double[] valuesOfRow, int length) {
        int from = start[rows];
        if (rows + 2 > start.length) start = Arrays.copyOf(start, start.length * 2);
        if (from + length > column.length) {
            int room = Math.max(from + length, column.length + (column.length >> 1));
            column = Arrays.copyOf(column, room);
            value = Arrays.copyOf(value, room);
        }
        System.arraycopy(columnsOfRow, 0, column, from, length);
        System.arraycopy(valuesOfRow, 0, value, from, length);
        if (length > 0) columns = Math.max(columns, columnsOfRow[length - 1] + 1);
        start[++rows] = from + length;
    }

    int rows() {
        return rows;
    }

    /** One more than the highest column of any row. */
    int columns() {
        return columns;
    }

    double dot(int row, double[] weights) {
        double sum = 0;
        for (int k = start[row]; k < start[row + 1]; k++) sum += value[k] * weights[column[k]];
        return sum;
    }

    void addTo(int row, double factor, double[] sums) {
        for (int k = start[row]; k < start[row + 1]; k++) sums[column[k]] += factor * value[k];
    }

    void each(int row, Cells taker) {
        for (int k = start[row]; k < start[row + 1]; k++) taker.take(column[k], value[k]);
    }
}
