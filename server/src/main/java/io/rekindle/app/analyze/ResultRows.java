package io.rekindle.app.analyze;

import io.rekindle.platform.Problem;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A table of results: named columns, equally long. Built column by column, in the order they are written. */
final class ResultRows {
    /** Stands where a row has no day. */
    static final long NO_DAY = Long.MIN_VALUE;

    private static final int WIDEST_GLANCE = 60;

    private final int size;
    private final List<Column> columns = new ArrayList<>();

    /** A column: its name and, by row, its value. */
    sealed interface Column {
        String name();

        /**
         * Empty or null text is no value.
         *
         * @param brief the same for a person who sees a few rows; files hold the value
         */
        record Text(String name, IntFunction<@Nullable String> value, IntFunction<@Nullable String> brief)
                implements Column {}

        record Count(String name, IntToLongFunction value) implements Column {}

        /** What is not finite is no value. */
        record Decimal(String name, IntToDoubleFunction value) implements Column {}

        /**
         * Days since 1970.
         *
         * @param none what a person reads where there is no day; files leave it empty
         */
        record Day(String name, IntToLongFunction value, String none) implements Column {}
    }

    private ResultRows(int size) {
        this.size = size;
    }

    static ResultRows of(int size) {
        return new ResultRows(size);
    }

    ResultRows text(String name, IntFunction<@Nullable String> value) {
        return text(name, value, value);
    }

    ResultRows text(String name, IntFunction<@Nullable String> value, IntFunction<@Nullable String> brief) {
        columns.add(new Column.Text(name, value, brief));
        return this;
    }

    ResultRows count(String name, IntToLongFunction value) {
        columns.add(new Column.Count(name, value));
        return this;
    }

    ResultRows decimal(String name, IntToDoubleFunction value) {
        columns.add(new Column.Decimal(name, value));
        return this;
    }

    ResultRows decimal(String name, double[] values) {
        if (values.length != size)
            throw new IllegalStateException("column %s has %d of %d rows".formatted(name, values.length, size));
        return decimal(name, row -> values[row]);
    }

    ResultRows day(String name, IntToLongFunction value) {
        return day(name, value, "");
    }

    ResultRows day(String name, IntToLongFunction value, String none) {
        columns.add(new Column.Day(name, value, none));
        return this;
    }

    int size() {
        return size;
    }

    List<Column> columns() {
        return List.copyOf(columns);
    }

    /** The value as text, so that reading it back gives the same number; empty where there is none. */
    static String text(Column column, int row) {
        return switch (column) {
            case Column.Text text -> {
                var value = text.value().apply(row);
                yield value == null ? "" : value;
            }
            case Column.Count count -> Long.toString(count.value().applyAsLong(row));
            case Column.Decimal number -> decimal(number.value().applyAsDouble(row));
            case Column.Day day -> day(day.value().applyAsLong(row));
        };
    }

    private static String decimal(double value) {
        if (!Double.isFinite(value)) return "";
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static String day(long day) {
        return day == NO_DAY ? "" : LocalDate.ofEpochDay(day).toString();
    }

    /** The first rows, aligned, for a person. */
    List<String> glance(int most) {
        int rows = Math.min(most, size);
        var lines = new ArrayList<StringBuilder>();
        for (int i = 0; i <= rows; i++) lines.add(new StringBuilder(" "));
        for (var column : columns) {
            var cells = new ArrayList<String>();
            cells.add(column.name());
            cells.addAll(readable(column, rows, WIDEST_GLANCE));
            int width = cells.stream().mapToInt(String::length).max().orElse(0);
            for (int i = 0; i <= rows; i++) {
                var gap = " ".repeat(width - cells.get(i).length());
                lines.get(i)
                        .append(' ')
                        .append(column instanceof Column.Text ? cells.get(i) + gap : gap + cells.get(i));
            }
        }
        if (rows < size) lines.add(new StringBuilder("  … %,d rows in all; --output FILE writes them".formatted(size)));
        return lines.stream().map(line -> line.toString().stripTrailing()).toList();
    }

    /**
     * The first rows of a column for a person: numbers to a few digits, texts cut short.
     *
     * @param longest letters of a text
     */
    static List<String> readable(Column column, int rows, int longest) {
        return switch (column) {
            case Column.Text text ->
                IntStream.range(0, rows)
                        .mapToObj(row -> shortened(text.brief().apply(row), longest))
                        .toList();
            case Column.Count count ->
                IntStream.range(0, rows)
                        .mapToObj(row ->
                                String.format(Locale.ROOT, "%,d", count.value().applyAsLong(row)))
                        .toList();
            case Column.Decimal number ->
                Figures.column(
                        IntStream.range(0, rows).mapToDouble(number.value()).toArray());
            case Column.Day day ->
                IntStream.range(0, rows)
                        .mapToLong(day.value())
                        .mapToObj(value -> value == NO_DAY ? day.none() : day(value))
                        .toList();
        };
    }

    private static String shortened(@Nullable String text, int longest) {
        if (text == null) return "";
        return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    }

    /** Refuses two columns of one name: none of the kinds of file can hold them. */
    void check() {
        if (columns.stream().map(Column::name).distinct().count() != columns.size())
            throw Problem.invalid("columns_ambiguous", "two columns of the result have one name; leave one out");
    }
}
