package io.rekindle.models.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Features for trees, which ask only whether a value lies above another.
 *
 * <p>Numbers become the place of the bin they fall in, of at most 256 bins of about equally many of the fitted rows' values;
 * so trees are exactly the same whatever the unit, or any other rising function of it. Gaps stay gaps (NaN): trees learn
 * where they belong. Categories: one feature each, rare ones together, gaps apart; a category never seen is none of them.
 * Dates: the day's bin, the month and the day of the week.
 *
 * <p>Assumption: 256 bins lose nothing a tree could use. Source: histograms in gradient boosting (Ke et al., "LightGBM",
 * NeurIPS 2017). Numerics: places are small whole numbers and exact in single precision. Complexity: a sort of each column to
 * fit, a binary search a value to encode, 4 bytes a row and feature.
 */
public final class TreeEncoding implements Encoding {
    private static final int BINS = 256;

    private final List<String> columns;
    private final List<Part> parts;
    private final int[] column;

    private TreeEncoding(List<String> columns, List<Part> parts) {
        this.columns = List.copyOf(columns);
        this.parts = parts;
        this.column = IntStream.range(0, parts.size())
                .flatMap(part -> IntStream.range(0, parts.get(part).width()).map(feature -> part))
                .toArray();
    }

    /** Learns from some rows of a table. */
    public static TreeEncoding fit(Table table, int[] rows) {
        if (rows.length == 0) throw new IllegalArgumentException("there are no rows to learn an encoding from");
        var parts = new ArrayList<Part>();
        for (var column : table.columns())
            parts.add(
                    switch (column) {
                        case Column.Numbers numbers -> new Binned(cuts(numbers.values(), rows));
                        case Column.Categories categories -> new Named(Levels.of(categories, rows));
                        case Column.Dates dates -> new Dated(cuts(Days.of(dates), rows));
                    });
        return new TreeEncoding(table.columns().stream().map(Column::name).toList(), parts);
    }

    @Override
    public int width() {
        return column.length;
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public int column(int feature) {
        return column[feature];
    }

    /** The given rows' features, row by row; the table has the columns of the one fitted on, in any order. */
    public float[] encode(Table table, int[] rows) {
        int width = width();
        float[] out = new float[Math.multiplyExact(rows.length, width)];
        int at = 0;
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).encode(table.existing(columns.get(i)), rows, out, at, width);
            at += parts.get(i).width();
        }
        return out;
    }

    /** Where bins begin, all but the first: each at a value of the fitted rows. */
    private static double[] cuts(double[] values, int[] rows) {
        double[] sorted = Arrays.stream(rows)
                .mapToDouble(row -> values[row])
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        double[] distinct = Arrays.stream(sorted).distinct().toArray();
        if (distinct.length <= 1) return new double[0];
        if (distinct.length <= BINS) return Arrays.copyOfRange(distinct, 1, distinct.length);
        double[] cuts = new double[BINS - 1];
        for (int i = 0; i < cuts.length; i++) cuts[i] = sorted[(int) ((i + 1L) * sorted.length / BINS)];
        return Arrays.stream(cuts).filter(cut -> cut > sorted[0]).distinct().toArray();
    }

    private static float bin(double[] cuts, double value) {
        if (Double.isNaN(value)) return Float.NaN;
        int place = Arrays.binarySearch(cuts, value);
        return place >= 0 ? place + 1 : -place - 1;
    }

    private sealed interface Part {
        int width();

        /** Writes the features of a column, the first of row i at {@code at + i · stride}. */
        void encode(Column column, int[] rows, float[] out, int at, int stride);
    }

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Binned(double[] cuts) implements Part {
        @Override
        public int width() {
            return 1;
        }

        @Override
        public void encode(Column column, int[] rows, float[] out, int at, int stride) {
            double[] values = ((Column.Numbers) column).values();
            for (int i = 0; i < rows.length; i++) out[at + i * stride] = bin(cuts, values[rows[i]]);
        }
    }

    private record Named(Levels levels) implements Part {
        @Override
        public int width() {
            return levels.size() <= 2 ? Math.max(0, levels.size() - 1) : levels.size();
        }

        @Override
        public void encode(Column column, int[] rows, float[] out, int at, int stride) {
            var categories = (Column.Categories) column;
            int[] places = levels.places(categories);
            int width = width();
            int first = levels.size() - width;
            for (int i = 0; i < rows.length; i++) {
                int code = categories.codes()[rows[i]];
                int place = code < 0 ? levels.gap() : places[code];
                for (int k = 0; k < width; k++) out[at + i * stride + k] = place == k + first ? 1 : 0;
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Dated(double[] cuts) implements Part {
        @Override
        public int width() {
            return 3;
        }

        @Override
        public void encode(Column column, int[] rows, float[] out, int at, int stride) {
            double[] days = Days.of((Column.Dates) column);
            for (int i = 0; i < rows.length; i++) {
                double value = days[rows[i]];
                int to = at + i * stride;
                boolean missing = Double.isNaN(value);
                out[to] = bin(cuts, value);
                out[to + 1] = missing ? Float.NaN : (float) Math.floor(12 * Days.ofYear(value));
                out[to + 2] = missing ? Float.NaN : Days.weekday(value);
            }
        }
    }
}
