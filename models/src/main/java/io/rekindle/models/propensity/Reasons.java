package io.rekindle.models.propensity;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Why each row has its probability: what each of the caller's columns adds to the log-odds. The contributions of a row
 * and {@link #base} sum to the log-odds of its probability. Kept are the strongest of each row and the mean strength of
 * every column.
 *
 * <p>What: for the linear model, coefficient × (value − mean); for trees, exact Shapley values of the margin; for a mean of
 * both, their mean; features of a column are summed. Assumption: a contribution says how the model came to its number, not
 * what would happen if the column changed. Source: Lundberg et al., Nature Machine Intelligence 2 (2020). Numerics:
 * contributions below 1e-9 are none. Complexity: 44 bytes a row.
 */
public final class Reasons {
    /** Reasons kept of each row. */
    public static final int KEPT = 3;

    private final List<String> columns;
    private final int[] column;
    private final double[] contribution;
    private final double[] base;
    private final double[] importance;
    private int counted;

    Reasons(List<String> columns, int rows) {
        this.columns = columns;
        this.column = new int[rows * KEPT];
        this.contribution = new double[rows * KEPT];
        this.base = new double[rows];
        this.importance = new double[columns.size()];
    }

    /** A column, by name, and what it adds to the log-odds of a row: above nought it speaks for, below against. */
    public record Reason(String column, double contribution) {}

    /**
     * Takes a row's contributions, one a column.
     *
     * @param base the log-odds without any
     */
    void put(int row, double[] contributions, double base) {
        this.base[row] = base;
        boolean[] taken = new boolean[contributions.length];
        for (int k = 0; k < KEPT; k++) {
            int best = -1;
            for (int c = 0; c < contributions.length; c++)
                if (!taken[c] && (best < 0 || Math.abs(contributions[c]) > Math.abs(contributions[best]))) best = c;
            column[row * KEPT + k] = best;
            if (best < 0) continue;
            taken[best] = true;
            contribution[row * KEPT + k] = contributions[best];
        }
        for (int c = 0; c < contributions.length; c++) importance[c] += Math.abs(contributions[c]);
        counted++;
    }

    /** The strongest reasons of a row, strongest first; columns that change nothing are none. */
    public List<Reason> strongest(int row) {
        return IntStream.range(row * KEPT, (row + 1) * KEPT)
                .filter(k -> column[k] >= 0 && Math.abs(contribution[k]) > 1e-9)
                .mapToObj(k -> new Reason(columns.get(column[k]), contribution[k]))
                .toList();
    }

    /** The log-odds of a row before any column is looked at. */
    public double base(int row) {
        return base[row];
    }

    /** For each column the mean size of its contributions. */
    double[] importance() {
        double[] mean = importance.clone();
        for (int c = 0; c < mean.length; c++) mean[c] /= Math.max(1, counted);
        return mean;
    }
}
