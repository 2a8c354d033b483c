package io.rekindle.models.table;

import io.rekindle.models.table.Column.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a table of plain text, row by row, and finds out what each column holds.
 *
 * <p>What: a column whose values are all dates holds dates; all numbers, numbers; anything else holds categories. A blank
 * is a gap, and in a column of numbers or dates so are {@code NA}, {@code N/A}, {@code NaN}, {@code null} and {@code \N}.
 * Up to one value in a hundred of a column with at least twenty different numbers (or dates) may be unreadable, such as
 * "unknown": it becomes a gap and is reported; up to one in ten where more than half the values stand there once only, which
 * as categories would say nothing. {@code Infinity} and {@code inf} are numbers that cannot be read. A column of categories
 * nine of ten of whose values are numbers or dates is reported, and so is one
 * of numbers written with the other decimal sign. Digits after a leading zero, as in a post code, make a name, not a number.
 *
 * <p>Numerics and complexity: each different text is looked at once; memory goes by rows, plus the different texts of
 * columns of categories. A column of numbers or dates gives up its texts once there are more than 100,000 different ones:
 * what is unreadable after that becomes a gap. Not for use by several threads at once.
 *
 * <p>Assumption: a file writes the values of a column in one way. Source: none; the rules are ours, and are told here in
 * full.
 */
public final class TableBuilder {
    private static final int MOST_TEXTS = 100_000;
    private static final int LEAST_DISTINCT = 20;
    private static final double TOLERATED = .01;
    private static final double TOLERATED_AMONG_MANY = .1;
    private static final Set<String> NO_VALUE = Set.of("na", "n/a", "nan", "null", "\\n");
    private static final Pattern INFINITE = Pattern.compile("[+-]?inf(inity)?", Pattern.CASE_INSENSITIVE);

    private final List<Builder> builders = new ArrayList<>();
    private final Function<String, OptionalLong> times;
    private final NumberForm written;

    /**
     * Values of a column that could not be read as what the column holds, and became gaps.
     *
     * @param example one of them
     */
    public record Unreadable(String column, Kind kind, int count, String example) {}

    /**
     * A column taken for categories though all but a few of its values are numbers or dates.
     *
     * @param kind of most of its values
     * @param most how many they are
     * @param count of all its values
     * @param example of the others; of numbers written otherwise, one of them
     * @param otherwiseWritten whether the values are numbers but for their decimal sign
     */
    public record Doubtful(String column, Kind kind, int most, int count, String example, boolean otherwiseWritten) {}

    /**
     * Columns of these names.
     *
     * @param times reads a day or moment as seconds since 1970, empty when the text is none
     */
    public TableBuilder(List<String> names, Function<String, OptionalLong> times) {
        this(names, times, NumberForm.POINT);
    }

    /**
     * The same.
     *
     * @param written how numbers are written
     */
    public TableBuilder(List<String> names, Function<String, OptionalLong> times, NumberForm written) {
        this.times = times;
        this.written = written;
        for (var name : names) builders.add(new Builder(name, null));
    }

    /** Columns like a table's, of the same kinds: for the rows a model fitted on that table is to score. */
    public static TableBuilder like(Table table, Function<String, OptionalLong> times) {
        return like(table, times, NumberForm.POINT);
    }

    /** The same, with numbers written in a form. */
    public static TableBuilder like(Table table, Function<String, OptionalLong> times, NumberForm written) {
        var builder = new TableBuilder(List.of(), times, written);
        for (var column : table.columns()) builder.builders.add(builder.new Builder(column.name(), column.kind()));
        return builder;
    }

    /** Says what a column holds, before the first row. */
    public TableBuilder as(String name, Kind kind) {
        for (int i = 0; i < builders.size(); i++)
            if (builders.get(i).name.equals(name)) {
                builders.set(i, new Builder(name, kind));
                return this;
            }
        throw new IllegalArgumentException("there is no column " + name);
    }

    /** The next row's value of a column, by its place; null when there is none. */
    public void add(int column, @Nullable String text) {
        builders.get(column).add(text == null ? "" : text.strip());
    }

    /** The table of all rows added. */
    public Table build() {
        return Table.of(builders.stream().map(Builder::build).toList());
    }

    /** After {@link #build}: what became a gap without being one. */
    public List<Unreadable> unreadable() {
        return builders.stream()
                .filter(builder -> builder.unreadable > 0)
                .map(builder ->
                        new Unreadable(builder.name, builder.found, builder.unreadable, builder.unreadableExample))
                .toList();
    }

    /** After {@link #build}: what became categories and may have been meant otherwise. */
    public List<Doubtful> doubtful() {
        return builders.stream().flatMap(Builder::doubtful).toList();
    }

    /** The number a text stands for; NaN when it stands for none. */
    private double number(String text) {
        if (written == NumberForm.POINT) return pointed(text);
        return written.matches(text) ? pointed(written.plain(text)) : Double.NaN;
    }

    private static double pointed(String text) {
        int length = text.length();
        if (length == 0 || length > 40) return Double.NaN;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') return Double.NaN;
        }
        int first = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
        if (length > first + 1 && text.charAt(first) == '0' && Character.isDigit(text.charAt(first + 1)))
            return Double.NaN;
        try {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) ? value : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private final class Builder {
        private final String name;
        private final @Nullable Kind asked;
        private Kind found = Kind.CATEGORY;

        private Map<String, Integer> places = new HashMap<>();
        private List<String> texts = new ArrayList<>();
        /** By place: the number or date a text stands for. */
        private double[] numbers = new double[16];

        private long[] dates = new long[16];
        private int[] codes = new int[1024];
        private int size;
        private int valued;
        private int numbersSeen;
        private int datesSeen;

        /** Once the texts have been given up: numbers as they are, dates as seconds. */
        private double @Nullable [] values;

        private long @Nullable [] seconds;
        private int unreadable;
        private String unreadableExample = "";

        Builder(String name, @Nullable Kind asked) {
            this.name = name;
            this.asked = asked;
        }

        void add(String text) {
            if (values != null) {
                if (size == values.length) values = Arrays.copyOf(values, size + (size >> 1));
                values[size++] = readable(text, number(text), Double.NaN);
            } else if (seconds != null) {
                if (size == seconds.length) seconds = Arrays.copyOf(seconds, size + (size >> 1));
                long read = times.apply(text).orElse(Column.Dates.NONE);
                if (read == Column.Dates.NONE) isUnreadable(text);
                seconds[size++] = read;
            } else addText(text);
        }

        private void addText(String text) {
            if (size == codes.length) codes = Arrays.copyOf(codes, size + (size >> 1));
            if (text.isEmpty()) {
                codes[size++] = -1;
                return;
            }
            var known = places.get(text);
            int place = known == null ? remembered(text) : known;
            codes[size++] = place;
            if (Double.isNaN(numbers[place]) && dates[place] == Column.Dates.NONE && isNoValue(text)) return;
            valued++;
            if (!Double.isNaN(numbers[place])) numbersSeen++;
            if (dates[place] != Column.Dates.NONE) datesSeen++;
            if (places.size() > MOST_TEXTS) giveUpTexts();
        }

        private int remembered(String text) {
            int place = texts.size();
            texts.add(text);
            places.put(text, place);
            if (place == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * place);
                dates = Arrays.copyOf(dates, 2 * place);
            }
            boolean names = asked == Kind.CATEGORY;
            numbers[place] = names ? Double.NaN : number(text);
            dates[place] =
                    names || hopeless() ? Column.Dates.NONE : times.apply(text).orElse(Column.Dates.NONE);
            return place;
        }

        /** After a hundred texts none of which was a date, no more are tried: each try costs. */
        private boolean hopeless() {
            return asked == null && texts.size() > 100 && datesSeen == 0;
        }

        private void giveUpTexts() {
            switch (plainKind()) {
                case CATEGORY -> {
                    return;
                }
                case NUMBER -> values = numbersOfCodes();
                case DATE -> seconds = datesOfCodes();
            }
            places = Map.of();
            texts = List.of();
            codes = new int[0];
        }

        /** What the column holds, all rows being there. */
        private Kind kind() {
            var plain = plainKind();
            if (plain != Kind.CATEGORY || asked != null || valued == 0) return plain;
            int[] rows = rows();
            int numbersMeant = numbersSeen + rowsLike(INFINITE.asMatchPredicate(), rows);
            if (isMostly(numbersMeant)) return Kind.NUMBER;
            long alone = Arrays.stream(rows).filter(count -> count == 1).count();
            if (alone <= valued / 2) return Kind.CATEGORY;
            if (isMostly(datesSeen, TOLERATED_AMONG_MANY)) return Kind.DATE;
            return isMostly(numbersMeant, TOLERATED_AMONG_MANY) ? Kind.NUMBER : Kind.CATEGORY;
        }

        /** By place, in how many rows the text stands. */
        private int[] rows() {
            int[] rows = new int[texts.size()];
            for (int row = 0; row < size; row++) if (codes[row] >= 0) rows[codes[row]]++;
            return rows;
        }

        private int rowsLike(Predicate<String> like, int[] rows) {
            int sum = 0;
            for (int place = 0; place < rows.length; place++) if (like.test(texts.get(place))) sum += rows[place];
            return sum;
        }

        Stream<Doubtful> doubtful() {
            if (asked != null || found != Kind.CATEGORY || valued == 0) return Stream.empty();
            int[] rows = rows();
            int otherwise = rowsLike(written::isOtherwise, rows);
            if (otherwise > 0 && isMostly(numbersSeen + otherwise, TOLERATED_AMONG_MANY))
                return Stream.of(new Doubtful(
                        name, Kind.NUMBER, numbersSeen + otherwise, valued, example(written::isOtherwise), true));
            if (isMostly(datesSeen, TOLERATED_AMONG_MANY))
                return Stream.of(
                        new Doubtful(name, Kind.DATE, datesSeen, valued, example(text -> !isDate(text)), false));
            if (isMostly(numbersSeen, TOLERATED_AMONG_MANY))
                return Stream.of(new Doubtful(
                        name, Kind.NUMBER, numbersSeen, valued, example(text -> Double.isNaN(number(text))), false));
            return Stream.empty();
        }

        private boolean isDate(String text) {
            return dates[places.getOrDefault(text, 0)] != Column.Dates.NONE;
        }

        private String example(Predicate<String> like) {
            return texts.stream()
                    .filter(text -> like.test(text) && !isNoValue(text))
                    .findFirst()
                    .orElse("");
        }

        /** Told from counts alone. */
        private Kind plainKind() {
            if (asked != null) return asked;
            if (valued == 0) return places.isEmpty() ? Kind.NUMBER : Kind.CATEGORY;
            if (isMostly(datesSeen)) return Kind.DATE;
            return isMostly(numbersSeen) ? Kind.NUMBER : Kind.CATEGORY;
        }

        private boolean isMostly(int seen) {
            return isMostly(seen, TOLERATED);
        }

        private boolean isMostly(int seen, double tolerated) {
            return seen == valued
                    || (valued - seen <= tolerated * valued && places.size() - (valued - seen) >= LEAST_DISTINCT);
        }

        private double[] numbersOfCodes() {
            double[] read = new double[size];
            for (int row = 0; row < size; row++)
                read[row] =
                        codes[row] < 0 ? Double.NaN : readable(texts.get(codes[row]), numbers[codes[row]], Double.NaN);
            return read;
        }

        private long[] datesOfCodes() {
            long[] read = new long[size];
            for (int row = 0; row < size; row++) {
                read[row] = codes[row] < 0 ? Column.Dates.NONE : dates[codes[row]];
                if (codes[row] >= 0 && read[row] == Column.Dates.NONE) isUnreadable(texts.get(codes[row]));
            }
            return read;
        }

        private double readable(String text, double read, double gap) {
            if (!Double.isNaN(read)) return read;
            isUnreadable(text);
            return gap;
        }

        private void isUnreadable(String text) {
            if (text.isEmpty() || isNoValue(text)) return;
            if (unreadable++ == 0) unreadableExample = text;
        }

        private static boolean isNoValue(String text) {
            return text.length() <= 4 && NO_VALUE.contains(text.toLowerCase(Locale.ROOT));
        }

        Column build() {
            if (values != null) {
                found = Kind.NUMBER;
                return new Column.Numbers(name, Arrays.copyOf(values, size));
            }
            if (seconds != null) {
                found = Kind.DATE;
                return new Column.Dates(name, Arrays.copyOf(seconds, size));
            }
            found = kind();
            return switch (found) {
                case NUMBER -> new Column.Numbers(name, numbersOfCodes());
                case DATE -> new Column.Dates(name, datesOfCodes());
                case CATEGORY -> new Column.Categories(name, texts, Arrays.copyOf(codes, size));
            };
        }
    }
}
