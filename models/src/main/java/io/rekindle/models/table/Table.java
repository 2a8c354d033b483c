package io.rekindle.models.table;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of each customer: named columns of numbers, categories or dates, equally long, with gaps. Immutable by
 * agreement: neither the table nor its arrays are written to.
 *
 * <p>Assumption: a row is a customer, and row i of every column is the same one's. Source: none. Numerics: fingerprints of
 * rows are 64-bit hashes of the values by column name, so that neither the order of rows nor of columns changes what hangs on
 * them. Complexity: that of its columns; a fingerprint takes one pass.
 */
public final class Table {
    private final List<Column> columns;
    private final Map<String, Column> byName = new HashMap<>();
    private final int size;

    private Table(List<Column> columns, int size) {
        this.columns = List.copyOf(columns);
        this.size = size;
        for (var column : columns) {
            if (column.size() != size)
                throw new IllegalArgumentException(
                        "column %s has %d of %d rows".formatted(column.name(), column.size(), size));
            if (byName.put(column.name(), column) != null)
                throw new IllegalArgumentException("two columns are called %s".formatted(column.name()));
        }
    }

    /** A table of these columns, at least one. */
    public static Table of(Collection<? extends Column> columns) {
        if (columns.isEmpty()) throw new IllegalArgumentException("a table needs a column");
        return new Table(List.copyOf(columns), columns.iterator().next().size());
    }

    /** Number of rows. */
    public int size() {
        return size;
    }

    public List<Column> columns() {
        return columns;
    }

    /** The column of a name. */
    public Optional<Column> column(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The column of a name that a model was fitted on. */
    Column existing(String name) {
        return column(name).orElseThrow(() -> new IllegalArgumentException("the table lacks the column " + name));
    }

    /** The given rows, in the given order; a row may be given more than once. */
    public Table rows(int[] rows) {
        return new Table(columns.stream().map(column -> column.rows(rows)).toList(), rows.length);
    }

    /** The same rows without some columns; names the table does not have are passed over. */
    public Table without(Collection<String> names) {
        return new Table(
                columns.stream()
                        .filter(column -> !names.contains(column.name()))
                        .toList(),
                size);
    }

    /**
     * A number for each row that depends on the row's values and the seed alone: neither on its place, nor on the order
     * of the columns, nor on how categories are coded; and of numbers only on how they are ordered, so not on their unit.
     * Rows of equal values have equal numbers. What splits by it splits the same however the file is sorted.
     */
    public long[] fingerprints(long seed) {
        long[] sum = new long[size];
        for (var column : columns) {
            long salt = mixed(hash(column.name()) + seed);
            switch (column) {
                case Column.Numbers numbers -> {
                    double[] sorted = Arrays.stream(numbers.values())
                            .map(value -> value + 0.0)
                            .sorted()
                            .distinct()
                            .toArray();
                    for (int row = 0; row < size; row++)
                        // −0 and 0 are one number, and a gap is none.
                        sum[row] += mixed(
                                numbers.isMissing(row)
                                        ? salt
                                        : Arrays.binarySearch(sorted, numbers.values()[row] + 0.0) + 1 ^ salt);
                }
                case Column.Categories categories -> {
                    long[] names = new long[categories.values().size()];
                    for (int code = 0; code < names.length; code++)
                        names[code] = mixed(hash(categories.values().get(code)) ^ salt);
                    for (int row = 0; row < size; row++)
                        sum[row] += categories.codes()[row] < 0
                                ? mixed(salt)
                                : names[categories.codes()[row]];
                }
                case Column.Dates dates -> {
                    for (int row = 0; row < size; row++) sum[row] += mixed(dates.seconds()[row] ^ salt);
                }
            }
        }
        for (int row = 0; row < size; row++) sum[row] = mixed(sum[row] + seed);
        return sum;
    }

    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        return hash;
    }

    /** Stafford's finaliser, as in SplittableRandom. */
    private static long mixed(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
