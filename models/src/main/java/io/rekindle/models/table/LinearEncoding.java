package io.rekindle.models.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Features for a linear model with a ridge penalty.
 *
 * <p>Numbers: held within the 0.5 % and 99.5 % quantiles of the fitted rows (one absurd amount would otherwise rule the
 * scale), gaps at the median with a feature that tells of the gap, divided by the standard deviation; with bends, where a
 * column has more than ten different values, also how far a value lies above each fifth of the fitted rows, so that a
 * linear model follows effects that level off. Categories: one feature each, rare ones together, gaps apart. Dates: the
 * day as a number, and where the fitted rows span it, the season and the day of the week. What says nothing, such as a
 * category never seen, lies at the fitted rows' {@link #mean}. Features are left uncentred, so that most are nought.
 *
 * <p>Changing the unit of a column changes nothing. Complexity: O(n log n) a column to fit, O(width) a row to encode.
 *
 * <p>Assumption: effects add up on the margin, and bend at most at the fifths. Source: winsorising (Tukey 1962), linear
 * splines with knots at quantiles (Harrell, Regression Modeling Strategies, 2015), indicator variables for gaps (Jones 1996,
 * whose bias for coefficients does not matter where only predictions count).
 */
public final class LinearEncoding implements Encoding {
    private static final double TAIL = .005;
    private static final int BENDING = 10;
    private static final int CHUNK = 20_000;
    private static final double[] KNOTS = {.2, .4, .6, .8};

    private final List<String> columns;
    private final List<Part> parts;
    private final int[] column;
    private final double[] mean;

    private LinearEncoding(List<String> columns, List<Part> parts) {
        this.columns = List.copyOf(columns);
        this.parts = parts;
        this.column = IntStream.range(0, parts.size())
                .flatMap(part -> IntStream.range(0, parts.get(part).width()).map(feature -> part))
                .toArray();
        this.mean = new double[column.length];
    }

    /**
     * Learns from some rows of a table.
     *
     * @param bends whether effects of numbers may bend
     */
    public static LinearEncoding fit(Table table, int[] rows, boolean bends) {
        if (rows.length == 0) throw new IllegalArgumentException("there are no rows to learn an encoding from");
        var parts = new ArrayList<Part>();
        for (var column : table.columns())
            parts.add(
                    switch (column) {
                        case Column.Numbers numbers -> Scaled.of(numbers.values(), rows, bends);
                        case Column.Categories categories -> new Named(Levels.of(categories, rows));
                        case Column.Dates dates -> Dated.of(Days.of(dates), rows, bends);
                    });
        var encoding =
                new LinearEncoding(table.columns().stream().map(Column::name).toList(), parts);
        int width = encoding.width();
        double[] mean = new double[width];
        for (int from = 0; from < rows.length; from += CHUNK) {
            double[] some = encoding.encode(table, Arrays.copyOfRange(rows, from, Math.min(rows.length, from + CHUNK)));
            for (int i = 0; i < some.length; i++) mean[i % width] += some[i] / rows.length;
        }
        System.arraycopy(mean, 0, encoding.mean, 0, width);
        return encoding;
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

    /** The mean of a feature over the rows fitted on. */
    public double mean(int feature) {
        return mean[feature];
    }

    /** The given rows' features, row by row; the table has the columns of the one fitted on, in any order. */
    public double[] encode(Table table, int[] rows) {
        int width = width();
        double[] out = new double[Math.multiplyExact(rows.length, width)];
        int at = 0;
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).encode(table.existing(columns.get(i)), rows, out, at, width);
            at += parts.get(i).width();
        }
        for (int i = 0; i < out.length; i++) if (Double.isNaN(out[i])) out[i] = mean[i % width];
        return out;
    }

    private sealed interface Part {
        int width();

        /** Writes the features of a column, the first of row i at {@code at + i · stride}; NaN for what says nothing. */
        void encode(Column column, int[] rows, double[] out, int at, int stride);
    }

    /** A number: itself, how far above each knot, whether there is a gap. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Scaled(double low, double high, double median, double scale, double[] knots, boolean gaps)
            implements Part {
        static Scaled of(double[] values, int[] rows, boolean bends) {
            double[] sorted = Arrays.stream(rows)
                    .mapToDouble(row -> values[row])
                    .filter(value -> !Double.isNaN(value))
                    .sorted()
                    .toArray();
            int n = sorted.length;
            boolean gaps = n < rows.length;
            if (n == 0) return new Scaled(0, 0, 0, 1, new double[0], gaps);
            double low = quantile(sorted, TAIL);
            double high = quantile(sorted, 1 - TAIL);
            double median = quantile(sorted, .5);
            double mean = 0;
            for (double value : sorted) mean += Math.clamp(value, low, high) / n;
            double squares = 0;
            for (double value : sorted) squares += Math.pow(Math.clamp(value, low, high) - mean, 2) / n;
            double scale = Math.sqrt(squares);
            if (!(scale > 1e-12 * Math.max(Math.abs(low), Math.abs(high)))) {
                // Nearly all rows have one value; then the few others make the scale.
                low = sorted[0];
                high = sorted[n - 1];
                scale = high > low ? (high - low) / 2 : 1;
            }
            double[] knots = new double[0];
            if (bends && Arrays.stream(sorted).distinct().limit(BENDING + 1).count() > BENDING) {
                double from = low;
                double to = high;
                knots = Arrays.stream(KNOTS)
                        .map(share -> quantile(sorted, share))
                        .filter(knot -> knot > from && knot < to)
                        .distinct()
                        .toArray();
            }
            return new Scaled(low, high, median, scale, knots, gaps);
        }

        private static double quantile(double[] sorted, double share) {
            return sorted[(int) Math.round(share * (sorted.length - 1))];
        }

        @Override
        public int width() {
            return 1 + knots.length + (gaps ? 1 : 0);
        }

        @Override
        public void encode(Column column, int[] rows, double[] out, int at, int stride) {
            encode(((Column.Numbers) column).values(), rows, out, at, stride);
        }

        void encode(double[] values, int[] rows, double[] out, int at, int stride) {
            for (int i = 0; i < rows.length; i++) {
                int to = at + i * stride;
                double raw = values[rows[i]];
                double value = Double.isNaN(raw) ? median : Math.clamp(raw, low, high);
                // From the median, so that large numbers close together keep their digits.
                out[to++] = (value - median) / scale;
                for (double knot : knots) out[to++] = Math.max(0, value - knot) / scale;
                if (gaps) out[to] = Double.isNaN(raw) ? 1 : 0;
            }
        }
    }

    /** A category: a feature for each; of two, one feature is enough. */
    private record Named(Levels levels) implements Part {
        @Override
        public int width() {
            return levels.size() <= 2 ? Math.max(0, levels.size() - 1) : levels.size();
        }

        @Override
        public void encode(Column column, int[] rows, double[] out, int at, int stride) {
            var categories = (Column.Categories) column;
            int[] places = levels.places(categories);
            int width = width();
            // Of two, the feature is whether it is the second.
            int first = levels.size() - width;
            for (int i = 0; i < rows.length; i++) {
                int code = categories.codes()[rows[i]];
                int place = code < 0 ? levels.gap() : places[code];
                int to = at + i * stride;
                for (int k = 0; k < width; k++) out[to + k] = place < 0 ? Double.NaN : place == k + first ? 1 : 0;
            }
        }
    }

    /** A date: the day, season and weekday. */
    private record Dated(Scaled day, boolean season, boolean week) implements Part {
        static Dated of(double[] days, int[] rows, boolean bends) {
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (int row : rows) {
                if (Double.isNaN(days[row])) continue;
                low = Math.min(low, days[row]);
                high = Math.max(high, days[row]);
            }
            return new Dated(Scaled.of(days, rows, bends), high - low > Days.YEAR, high - low >= 28);
        }

        @Override
        public int width() {
            return day.width() + (season ? 2 : 0) + (week ? 7 : 0);
        }

        @Override
        public void encode(Column column, int[] rows, double[] out, int at, int stride) {
            double[] days = Days.of((Column.Dates) column);
            day.encode(days, rows, out, at, stride);
            for (int i = 0; i < rows.length; i++) {
                int to = at + i * stride + day.width();
                double value = days[rows[i]];
                if (season) {
                    out[to++] = Math.sin(2 * Math.PI * Days.ofYear(value));
                    out[to++] = Math.cos(2 * Math.PI * Days.ofYear(value));
                }
                if (week)
                    for (int k = 0; k < 7; k++)
                        out[to++] = Double.isNaN(value) ? Double.NaN : Days.weekday(value) == k ? 1 : 0;
            }
        }
    }
}
