package io.rekindle.models.cluster;

import io.rekindle.models.table.Column;
import io.rekindle.models.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes points of a table's mixed columns, so that distances mean something.
 *
 * <p>What: a number x becomes asinh((x − median) / spread), half the distance of its quartiles being the spread: straight
 * in the middle, logarithmic further out and level beyond 50 spreads, so that one very rich customer is no cluster of
 * their own. A date is its day. A gap lies at the mean, and where more than one in a hundred is missing, missing is a
 * further number. A category is one number for each name that at least one row in a hundred has, at most {@value
 * #MOST_LEVELS}; the others are one. Numbers are scaled to a variance of 1. Two rows with different names are √1.5 apart,
 * rare or not: scaled to their variance, rare names would be far from everything, and names, being all or nothing, would
 * rule the distances (Huang, Data Mining and Knowledge Discovery 2, 1998, weighs them so). Columns that are the same for
 * all are left out.
 *
 * <p>Neither the unit of a number nor where it begins matters. Complexity: a sort of each column.
 */
public final class Scaling {
    /** What bearing a name counts: two rows of different names are √1.5 standard deviations of a number apart. */
    private static final double NAME = Math.sqrt(.75);

    static final int MOST_LEVELS = 20;
    private static final double RARE = .01;
    /** Spreads from the median beyond which it does not matter how far. */
    private static final double FAR = 50;

    private final int size;
    private final List<double[]> numbers = new ArrayList<>();
    private final List<String> used = new ArrayList<>();
    private final List<LeftOut> leftOut = new ArrayList<>();

    /** Why a column does not count. */
    public enum Reason {
        /** All rows have the same value. */
        CONSTANT,
        /** Nearly every row has a value of its own: an identifier. */
        ALL_DIFFERENT
    }

    /** A column that does not count. */
    public record LeftOut(String column, Reason reason) {}

    private Scaling(int size) {
        this.size = size;
    }

    /** Scales the rows of a table. */
    public static Scaling of(Table table) {
        Scaling scaling = new Scaling(table.size());
        for (Column column : table.columns()) {
            int before = scaling.numbers.size();
            switch (column) {
                case Column.Numbers it -> scaling.number(it.values());
                case Column.Dates it -> scaling.number(days(it));
                case Column.Categories it -> scaling.categories(it);
            }
            if (scaling.numbers.size() > before) scaling.used.add(column.name());
            else
                scaling.leftOut.add(
                        new LeftOut(column.name(), differs(column) ? Reason.ALL_DIFFERENT : Reason.CONSTANT));
        }
        return scaling;
    }

    static double[] days(Column.Dates column) {
        double[] days = new double[column.size()];
        for (int row = 0; row < days.length; row++)
            days[row] = column.isMissing(row) ? Double.NaN : column.seconds()[row] / 86_400.0;
        return days;
    }

    private static boolean differs(Column column) {
        return column instanceof Column.Categories it
                && Arrays.stream(it.codes()).distinct().count() > 1;
    }

    private void number(double[] values) {
        double[] sorted =
                Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
        if (sorted.length > 0 && sorted[0] < sorted[sorted.length - 1]) {
            double median = quantile(sorted, .5);
            double spread = (quantile(sorted, .75) - quantile(sorted, .25)) / 2;
            // More than half are the same: the mean distance from them.
            if (!(spread > 0))
                spread = Arrays.stream(sorted).map(v -> Math.abs(v - median)).sum() / sorted.length;
            double[] bent = new double[size];
            double mean = 0;
            for (int row = 0; row < size; row++) {
                if (Double.isNaN(values[row])) continue;
                bent[row] = asinh((values[row] - median) / spread);
                mean += bent[row] / sorted.length;
            }
            for (int row = 0; row < size; row++) bent[row] = Double.isNaN(values[row]) ? 0 : bent[row] - mean;
            addScaled(bent);
        }
        int missing = size - sorted.length;
        if (missing > RARE * size && missing < size) {
            double[] gap = new double[size];
            for (int row = 0; row < size; row++) gap[row] = Double.isNaN(values[row]) ? 1 : 0;
            addCentred(gap, NAME);
        }
    }

    private static double asinh(double x) {
        double size = Math.min(Math.abs(x), FAR);
        return Math.copySign(Math.log(size + Math.sqrt(size * size + 1)), x);
    }

    static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        return below + 1 < sorted.length
                ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below])
                : sorted[below];
    }

    private void categories(Column.Categories column) {
        int[] count = new int[column.values().size() + 1];
        for (int code : column.codes()) count[code + 1]++;
        int[] frequent = IntStream.range(0, count.length)
                .filter(code -> count[code] > 0 && count[code] >= RARE * size)
                .boxed()
                .sorted((a, b) -> count[a] != count[b]
                        ? Integer.compare(count[b], count[a])
                        : name(column, a).compareTo(name(column, b)))
                .limit(MOST_LEVELS)
                .mapToInt(Integer::intValue)
                .toArray();
        int[] place = new int[count.length];
        Arrays.fill(place, frequent.length);
        for (int i = 0; i < frequent.length; i++) place[frequent[i]] = i;
        List<double[]> parts = new ArrayList<>();
        for (int i = 0; i <= frequent.length; i++) parts.add(new double[size]);
        for (int row = 0; row < size; row++) parts.get(place[column.codes()[row] + 1])[row] = 1;
        // All names rare: rows differ in nothing that two of them share.
        if (frequent.length == 0) return;
        for (double[] part : parts) addCentred(part, NAME);
    }

    private static String name(Column.Categories column, int code) {
        return code == 0 ? "" : column.values().get(code - 1);
    }

    /** Scales to a variance of 1. */
    private void addScaled(double[] part) {
        double squares = 0;
        for (double value : part) squares += value * value / size;
        if (!(squares > 1e-18)) return;
        for (int row = 0; row < size; row++) part[row] /= Math.sqrt(squares);
        addCentred(part, 1);
    }

    private void addCentred(double[] part, double factor) {
        double mean = 0;
        boolean varies = false;
        for (double value : part) {
            mean += value / size;
            varies |= value != part[0];
        }
        if (!varies) return;
        for (int row = 0; row < size; row++) part[row] = factor * (part[row] - mean);
        numbers.add(part);
    }

    /** Numbers of a point. */
    public int width() {
        return numbers.size();
    }

    /** The columns that count. */
    public List<String> used() {
        return List.copyOf(used);
    }

    /** The columns that do not, and why. */
    public List<LeftOut> leftOut() {
        return List.copyOf(leftOut);
    }

    /** The points of some rows, in the given order, row by row. */
    double[] points(int[] rows) {
        int width = width();
        double[] points = new double[Math.multiplyExact(rows.length, width)];
        for (int i = 0; i < rows.length; i++)
            for (int d = 0; d < width; d++) points[i * width + d] = numbers.get(d)[rows[i]];
        return points;
    }
}
