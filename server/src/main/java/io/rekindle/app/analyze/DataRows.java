package io.rekindle.app.analyze;

import io.rekindle.models.table.NumberForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The wanted columns of a file in memory, as arrays; all are equally long. */
final class DataRows {
    /** Stands where a row has no time. */
    static final long NO_TIME = Long.MIN_VALUE;

    /** What can be squared, multiplied and added up for any number of rows. */
    static final double LARGEST = 1e60;

    private final Map<String, Column> columns;
    private final int size;
    private final NumberForm written;

    DataRows(Map<String, Column> columns, int size, NumberForm written) {
        this.columns = Map.copyOf(columns);
        this.size = size;
        this.written = written;
    }

    /** What is wrong with a text that is no number, or none that can be reckoned with. */
    static String fault(String text, NumberForm written) {
        if (written.matches(text)) return "is too large a number; %s is the largest".formatted(LARGEST);
        if (!written.isOtherwise(text)) return "is not a number";
        return written == NumberForm.POINT
                ? "is not a number; where the comma is the decimal sign, say --decimal-comma"
                : "is not a number; where the point is the decimal sign, leave --decimal-comma out";
    }

    /** How the file writes its numbers. */
    NumberForm written() {
        return written;
    }

    int size() {
        return size;
    }

    /** Whether the file has the field: always, when it is required. */
    boolean has(Field field) {
        return columns.containsKey(field.name());
    }

    /** NaN where a row has no number. */
    double[] numbers(Field field) {
        return column(field, Column.Numbers.class).finished();
    }

    /** Seconds since 1970 on the clock as written; {@link #NO_TIME} where a row has none. */
    long[] seconds(Field field) {
        return column(field, Column.Times.class).finished();
    }

    /**
     * Microseconds since 1970, in UTC where the file tells offsets from it and else on the clock as written;
     * {@link #NO_TIME} where a row has none.
     */
    long[] moments(Field field) {
        return column(field, Column.Moments.class).finished();
    }

    /** Tells on the card where only some of a column's times tell their offset, so that their order is in doubt. */
    void warnOfMixedOffsets(Field field, Card card) {
        var column = column(field, Column.Moments.class);
        if (column.withOffset > 0 && column.withoutOffset > 0)
            card.warn(
                    "offsets_mixed",
                    "%,d times tell their offset from UTC and %,d such as '%s' do not: these are taken to be in UTC, and what came before what may be wrong; write all of them in one form"
                            .formatted(column.withOffset, column.withoutOffset, column.exampleWithout));
    }

    /** Days since 1970; {@link #NO_TIME} where a row has no time. */
    long[] days(Field field) {
        long[] days = seconds(field).clone();
        for (int i = 0; i < days.length; i++) if (days[i] != NO_TIME) days[i] = Math.floorDiv(days[i], 86_400L);
        return days;
    }

    Keys keys(Field field) {
        return column(field, Column.Names.class).finished();
    }

    /** Empty where a row has no text. */
    List<String> texts(Field field) {
        return column(field, Column.Texts.class).finished();
    }

    private <T extends Column> T column(Field field, Class<T> kind) {
        var column = columns.get(field.name());
        if (column == null) throw new IllegalStateException("the file was read without the field " + field.name());
        return kind.cast(column);
    }

    /** A column that grows row by row. */
    sealed interface Column {
        /** Takes the next row's text, null or blank when there is none; says what is wrong with it, or null. */
        @Nullable
        String add(@Nullable String text);

        static Column of(Field field, TimeText times, NumberForm written) {
            return switch (field.kind()) {
                case KEY -> new Names();
                case TEXT -> new Texts();
                case NUMBER -> new Numbers(written);
                case TIME -> new Times(times);
                case MOMENT -> new Moments(times);
            };
        }

        final class Numbers implements Column {
            private final NumberForm written;
            private double[] values = new double[1024];
            private int size;

            Numbers(NumberForm written) {
                this.written = written;
            }

            @Override
            public @Nullable String add(@Nullable String text) {
                if (size == values.length) values = Arrays.copyOf(values, size + (size >> 1));
                values[size++] = Double.NaN;
                if (text == null || text.isBlank()) return null;
                double value = written.read(text);
                if (!(Math.abs(value) <= LARGEST)) return fault(text, written);
                values[size - 1] = value;
                return null;
            }

            double[] finished() {
                return Arrays.copyOf(values, size);
            }
        }

        final class Times implements Column {
            private final TimeText times;
            private final Longs values = new Longs();

            Times(TimeText times) {
                this.times = times;
            }

            @Override
            public @Nullable String add(@Nullable String text) {
                if (text == null || text.isBlank()) {
                    values.add(NO_TIME);
                    return null;
                }
                var read = times.seconds(text.strip());
                values.add(read.orElse(NO_TIME));
                return read.isEmpty() ? times.expected() : null;
            }

            long[] finished() {
                return values.finished();
            }
        }

        final class Moments implements Column {
            private final TimeText times;
            private final Longs values = new Longs();
            private long withOffset;
            private long withoutOffset;
            private String exampleWithout = "";

            Moments(TimeText times) {
                this.times = times;
            }

            @Override
            public @Nullable String add(@Nullable String text) {
                if (text == null || text.isBlank()) {
                    values.add(NO_TIME);
                    return null;
                }
                var read = times.moment(text.strip());
                values.add(read.map(TimeText.Moment::micros).orElse(NO_TIME));
                if (read.isEmpty()) return times.expected();
                if (read.get().offsetTold()) withOffset++;
                else if (withoutOffset++ == 0) exampleWithout = text.strip();
                return null;
            }

            long[] finished() {
                return values.finished();
            }
        }

        final class Names implements Column {
            private final Map<String, Integer> places = new HashMap<>();
            private final List<String> names = new ArrayList<>();
            private int[] codes = new int[1024];
            private int size;

            @Override
            public @Nullable String add(@Nullable String text) {
                if (size == codes.length) codes = Arrays.copyOf(codes, size + (size >> 1));
                var name = text == null ? "" : text.strip();
                codes[size++] = name.isEmpty() ? -1 : place(name);
                return null;
            }

            private int place(String name) {
                var known = places.get(name);
                if (known != null) return known;
                int place = names.size();
                names.add(name);
                places.put(name, place);
                return place;
            }

            Keys finished() {
                return new Keys(List.copyOf(names), Arrays.copyOf(codes, size));
            }
        }

        final class Texts implements Column {
            private final List<String> values = new ArrayList<>();

            @Override
            public @Nullable String add(@Nullable String text) {
                values.add(text == null ? "" : text);
                return null;
            }

            List<String> finished() {
                return values;
            }
        }
    }

    /** Numbers that come one by one. */
    private static final class Longs {
        private long[] values = new long[1024];
        private int size;

        void add(long value) {
            if (size == values.length) values = Arrays.copyOf(values, size + (size >> 1));
            values[size++] = value;
        }

        long[] finished() {
            return Arrays.copyOf(values, size);
        }
    }

    /** Collects columns in the order of the fields. */
    static Map<String, Column> columnsOf(Iterable<Field> fields, TimeText times, NumberForm written) {
        var columns = new LinkedHashMap<String, Column>();
        for (var field : fields) columns.put(field.name(), Column.of(field, times, written));
        return columns;
    }
}
