package io.rekindle.models.table;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

/**
 * A column of a {@link Table}: its name and a value, or a gap, for each row. Columns are not to be written to.
 *
 * <p>What: numbers are doubles with NaN for a gap; categories are numbers of a list of names, −1 for a gap; dates are seconds
 * since 1970 with the least long for a gap. Assumption: a column is of one kind. Source: the scales of measurement (Stevens
 * 1946), ratio and nominal, dates apart. Complexity: 8 bytes a number or date, 4 a category beside its names.
 */
public sealed interface Column {
    /** What a column holds. */
    enum Kind {
        /** Amounts, counts, rates. */
        NUMBER,
        /** One of several names. */
        CATEGORY,
        /** Days or moments. */
        DATE
    }

    String name();

    Kind kind();

    /** Number of rows. */
    int size();

    /** Whether a row has no value. */
    boolean isMissing(int row);

    /** The given rows, in the given order. */
    Column rows(int[] rows);

    /** The value as a person would write it; empty where there is none. */
    String text(int row);

    /** Number of rows without a value. */
    default int missing() {
        int missing = 0;
        for (int row = 0; row < size(); row++) if (isMissing(row)) missing++;
        return missing;
    }

    /**
     * Numbers.
     *
     * @param values NaN where a row has none
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Numbers(String name, double[] values) implements Column {
        public Numbers {
            for (int row = 0; row < values.length; row++)
                if (Double.isInfinite(values[row]))
                    throw new IllegalArgumentException(
                            "column %s, row %d: %s is no number to reckon with".formatted(name, row, values[row]));
        }

        @Override
        public Kind kind() {
            return Kind.NUMBER;
        }

        @Override
        public int size() {
            return values.length;
        }

        @Override
        public boolean isMissing(int row) {
            return Double.isNaN(values[row]);
        }

        @Override
        public Column rows(int[] rows) {
            return new Numbers(
                    name, Arrays.stream(rows).mapToDouble(row -> values[row]).toArray());
        }

        @Override
        public String text(int row) {
            return text(values[row]);
        }

        /** A number as a person would write it. */
        static String text(double value) {
            if (Double.isNaN(value)) return "";
            return value == Math.rint(value) && Math.abs(value) < 1e15
                    ? Long.toString((long) value)
                    : Double.toString(value);
        }
    }

    /**
     * Names.
     *
     * @param values the different names
     * @param codes for each row the place of its name; −1 where it has none
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Categories(String name, List<String> values, int[] codes) implements Column {
        public Categories {
            values = List.copyOf(values);
            for (int row = 0; row < codes.length; row++)
                if (codes[row] < -1 || codes[row] >= values.size())
                    throw new IllegalArgumentException("column %s, row %d: there is no value %d of %d"
                            .formatted(name, row, codes[row], values.size()));
        }

        @Override
        public Kind kind() {
            return Kind.CATEGORY;
        }

        @Override
        public int size() {
            return codes.length;
        }

        @Override
        public boolean isMissing(int row) {
            return codes[row] < 0;
        }

        @Override
        public Column rows(int[] rows) {
            return new Categories(
                    name, values, Arrays.stream(rows).map(row -> codes[row]).toArray());
        }

        @Override
        public String text(int row) {
            return codes[row] < 0 ? "" : values.get(codes[row]);
        }
    }

    /**
     * Days or moments.
     *
     * @param seconds since 1970 on the clock as written; {@link #NONE} where a row has none
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Dates(String name, long[] seconds) implements Column {
        /** Stands where a row has no date. */
        public static final long NONE = Long.MIN_VALUE;

        @Override
        public Kind kind() {
            return Kind.DATE;
        }

        @Override
        public int size() {
            return seconds.length;
        }

        @Override
        public boolean isMissing(int row) {
            return seconds[row] == NONE;
        }

        @Override
        public Column rows(int[] rows) {
            return new Dates(
                    name, Arrays.stream(rows).mapToLong(row -> seconds[row]).toArray());
        }

        @Override
        public String text(int row) {
            if (seconds[row] == NONE) return "";
            var moment = LocalDateTime.ofEpochSecond(seconds[row], 0, ZoneOffset.UTC);
            return Math.floorMod(seconds[row], 86_400L) == 0
                    ? moment.toLocalDate().toString()
                    : moment.toString();
        }
    }
}
