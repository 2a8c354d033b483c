package io.rekindle.models.table;

import io.rekindle.models.table.Column.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Leaves out the columns nothing can be learnt from: empty ones, constant ones, and those that name the row (a customer's
 * number, an address), which a model would otherwise learn by heart.
 *
 * <p>A column names the row when it holds categories of which more than half the rows have one of their own, or whole
 * numbers, all different, that fill more than half of their range.
 *
 * <p>Assumption: what is nearly all different in a column of names tells the row and not the customer's kind. Source: none;
 * the shares are ours. Numerics: exact counts. Complexity: one pass a column, a set of its values where they are whole
 * numbers.
 *
 * @param kept the table without them
 * @param remarks which were left out, and why
 */
public record Screening(Table kept, List<Remark> remarks) {
    private static final int FEW_ROWS = 50;

    public Screening {
        remarks = List.copyOf(remarks);
    }

    /**
     * Looks at every column.
     *
     * @throws IllegalArgumentException when no column is left
     */
    public static Screening of(Table table) {
        var remarks = new ArrayList<Remark>();
        var out = new HashSet<String>();
        for (var column : table.columns()) {
            int valued = table.size() - column.missing();
            if (valued == 0) {
                out.add(column.name());
                remarks.add(new Remark("column_empty", "column %s has no values; left out".formatted(column.name())));
            } else if (isConstant(column)) {
                out.add(column.name());
                remarks.add(new Remark(
                        "column_constant", "column %s has one value only; left out".formatted(column.name())));
            } else if (table.size() >= FEW_ROWS && namesTheRow(column, valued)) {
                out.add(column.name());
                remarks.add(new Remark(
                        "column_identifier",
                        "column %s tells the rows apart (%s); nothing can be learnt from it and it is left out"
                                .formatted(
                                        column.name(),
                                        column.kind() == Kind.CATEGORY
                                                ? "most have a value of their own"
                                                : "consecutive numbers")));
            }
        }
        if (out.size() == table.columns().size())
            throw new IllegalArgumentException(
                    "no column is left to learn from: all are empty, constant or name the row");
        return new Screening(out.isEmpty() ? table : table.without(out), remarks);
    }

    /** A column with gaps and one value still says something: whether there is one. */
    private static boolean isConstant(Column column) {
        if (column.missing() > 0) return false;
        return switch (column) {
            case Column.Numbers numbers -> {
                double first = numbers.values()[0];
                for (double value : numbers.values()) if (value != first) yield false;
                yield true;
            }
            case Column.Categories categories -> {
                int first = categories.codes()[0];
                for (int code : categories.codes()) if (code != first) yield false;
                yield true;
            }
            case Column.Dates dates -> {
                long first = dates.seconds()[0];
                for (long second : dates.seconds()) if (second != first) yield false;
                yield true;
            }
        };
    }

    private static boolean namesTheRow(Column column, int valued) {
        return switch (column) {
            case Column.Categories categories -> {
                int[] count = new int[categories.values().size()];
                for (int code : categories.codes()) if (code >= 0) count[code]++;
                int alone = 0;
                for (int rows : count) if (rows == 1) alone++;
                yield alone > valued / 2;
            }
            case Column.Numbers numbers -> {
                double low = Double.POSITIVE_INFINITY;
                double high = Double.NEGATIVE_INFINITY;
                for (double value : numbers.values()) {
                    if (Double.isNaN(value)) continue;
                    if (value != Math.rint(value)) yield false;
                    low = Math.min(low, value);
                    high = Math.max(high, value);
                }
                if (high - low + 1 > 2.0 * valued) yield false;
                var seen = new HashSet<Double>();
                for (double value : numbers.values()) if (!Double.isNaN(value) && !seen.add(value)) yield false;
                yield true;
            }
            case Column.Dates dates -> false;
        };
    }
}
