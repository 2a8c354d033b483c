package io.rekindle.models.recommend;

import io.rekindle.models.numeric.Indices;
import io.rekindle.models.table.Column;
import io.rekindle.models.table.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What is known of customers or items beside purchases, as marks each of them bears: a category, a word of a name, a
 * class of a number.
 *
 * <p>Rows are weighted so that rare marks say more, by ln(1 + n / bearers), and scaled to length 1: the product of two
 * rows is their cosine, between 0 (nothing shared) and 1. Unchangeable; sparse: 12 bytes a mark of a row.
 *
 * <p>Assumption: sharing a rare mark says more than sharing a common one. Source: inverse document frequency (Spärck Jones,
 * Journal of Documentation 28, 1972) and the cosine of Salton's vector space model (1975). Complexity: one pass over the
 * cells to learn the marks, a product in the marks two rows share.
 */
public final class Features {
    private static final int NUMBER_CLASSES = 10;
    /** With more different names than this share of the rows a column describes, and does not classify. */
    private static final double DESCRIBING = .3;

    private final int rows;
    private final int marks;
    private final int[] start;
    private final int[] mark;
    private final double[] weight;

    private Features(int rows, int marks, int[] start, int[] mark, double[] weight) {
        this.rows = rows;
        this.marks = marks;
        this.start = start;
        this.mark = mark;
        this.weight = weight;
    }

    /** Gathers marks, column by column. */
    public static final class Builder {
        private final int rows;
        private int marks;
        private int[] row = new int[1024];
        private int[] mark = new int[1024];
        private int size;

        private Builder(int rows) {
            this.rows = rows;
        }

        /**
         * A column of categories.
         *
         * @param code by row; below 0 where a row has none
         * @param codes number of different ones
         */
        public Builder categories(int[] code, int codes) {
            check(code.length);
            for (int i = 0; i < rows; i++) {
                if (code[i] >= codes)
                    throw new IllegalArgumentException("row %d: category %d of %d".formatted(i, code[i], codes));
                if (code[i] >= 0) add(i, marks + code[i]);
            }
            marks += codes;
            return this;
        }

        /** A column of numbers, by tenths of its rows: each bears its own and the next tenth. NaN where a row has none. */
        public Builder numbers(double[] value) {
            check(value.length);
            double[] sorted =
                    Arrays.stream(value).filter(v -> !Double.isNaN(v)).sorted().toArray();
            for (int i = 0; i < rows; i++) {
                if (Double.isNaN(value[i])) continue;
                int tenth = (int) ((long) NUMBER_CLASSES * below(sorted, value[i]) / sorted.length);
                // Neighbouring tenths share a mark, so that likeness falls off and does not break off.
                add(i, marks + tenth);
                add(i, marks + tenth + 1);
            }
            marks += NUMBER_CLASSES + 1;
            return this;
        }

        private static int below(double[] sorted, double value) {
            int low = 0;
            int high = sorted.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (sorted[middle] < value) low = middle + 1;
                else high = middle;
            }
            return low;
        }

        /** A column of short texts: each word is a mark, and of Chinese each character and pair of characters. */
        public Builder texts(List<String> text) {
            check(text.size());
            Map<String, Integer> words = new TreeMap<>();
            List<List<String>> all =
                    text.stream().map(t -> Words.of(t.toLowerCase(Locale.ROOT))).toList();
            for (List<String> one : all) for (String word : one) words.put(word, 0);
            for (var entry : words.entrySet()) entry.setValue(marks++);
            for (int i = 0; i < rows; i++) for (String word : all.get(i)) add(i, words.getOrDefault(word, 0));
            return this;
        }

        /**
         * All columns of a table: numbers and dates by tenths, names as they are, and names of which nearly every row has
         * its own by their words.
         *
         * @param place for each row of the table whose it is; below 0 for nobody's
         */
        public Builder table(Table table, int[] place) {
            if (place.length != table.size())
                throw new IllegalArgumentException(
                        "places of %d rows; the table has %d".formatted(place.length, table.size()));
            for (Column column : table.columns()) {
                switch (column) {
                    case Column.Numbers it -> numbers(spread(it.values(), place));
                    case Column.Dates it ->
                        numbers(spread(
                                IntStream.range(0, place.length)
                                        .mapToDouble(row -> it.isMissing(row) ? Double.NaN : it.seconds()[row])
                                        .toArray(),
                                place));
                    case Column.Categories it -> {
                        if (it.values().size() > DESCRIBING * place.length) {
                            String[] text = new String[rows];
                            Arrays.fill(text, "");
                            for (int row = 0; row < place.length; row++)
                                if (place[row] >= 0) text[place[row]] = it.text(row);
                            texts(List.of(text));
                        } else {
                            int[] code = new int[rows];
                            Arrays.fill(code, -1);
                            for (int row = 0; row < place.length; row++)
                                if (place[row] >= 0) code[place[row]] = it.codes()[row];
                            categories(code, it.values().size());
                        }
                    }
                }
            }
            return this;
        }

        private double[] spread(double[] values, int[] place) {
            double[] spread = new double[rows];
            Arrays.fill(spread, Double.NaN);
            for (int row = 0; row < place.length; row++) if (place[row] >= 0) spread[place[row]] = values[row];
            return spread;
        }

        private void check(int length) {
            if (length != rows)
                throw new IllegalArgumentException("a column of %d rows beside %d".formatted(length, rows));
        }

        private void add(int of, int which) {
            if (size == row.length) {
                row = Arrays.copyOf(row, 2 * size);
                mark = Arrays.copyOf(mark, 2 * size);
            }
            row[size] = of;
            mark[size++] = which;
        }

        /** Weighs and scales. */
        public Features build() {
            int[] order = Indices.sorted(size, (a, b) -> {
                int byRow = Integer.compare(row[a], row[b]);
                return byRow != 0 ? byRow : Integer.compare(mark[a], mark[b]);
            });
            int[] start = new int[rows + 1];
            int[] kept = new int[size];
            int count = 0;
            int[] bearers = new int[marks];
            for (int k = 0; k < size; k++) {
                int at = order[k];
                if (k > 0 && row[order[k - 1]] == row[at] && mark[order[k - 1]] == mark[at]) continue;
                start[row[at] + 1]++;
                bearers[mark[at]]++;
                kept[count++] = mark[at];
            }
            for (int i = 0; i < rows; i++) start[i + 1] += start[i];
            double[] weight = new double[count];
            for (int i = 0; i < rows; i++) {
                double squares = 0;
                for (int k = start[i]; k < start[i + 1]; k++) {
                    weight[k] = Math.log1p(rows / (double) bearers[kept[k]]);
                    squares += weight[k] * weight[k];
                }
                for (int k = start[i]; k < start[i + 1]; k++) weight[k] /= Math.sqrt(squares);
            }
            return new Features(rows, marks, start, Arrays.copyOf(kept, count), weight);
        }
    }

    /** For a number of customers or items. */
    public static Builder of(int rows) {
        return new Builder(rows);
    }

    /** Number of customers or items. */
    public int rows() {
        return rows;
    }

    /** Number of different marks. */
    public int marks() {
        return marks;
    }

    /** Whether a row bears any mark. */
    public boolean known(int row) {
        return start[row + 1] > start[row];
    }

    /** The cosine of two rows. */
    public double cosine(int one, int other) {
        double sum = 0;
        int a = start[one];
        int b = start[other];
        while (a < start[one + 1] && b < start[other + 1]) {
            if (mark[a] == mark[b]) sum += weight[a++] * weight[b++];
            else if (mark[a] < mark[b]) a++;
            else b++;
        }
        return sum;
    }

    /** Adds factor × a row to a vector over marks. */
    void add(int row, double factor, double[] into) {
        for (int k = start[row]; k < start[row + 1]; k++) into[mark[k]] += factor * weight[k];
    }

    /** The product of a row with a vector over marks. */
    double product(int row, double[] vector) {
        double sum = 0;
        for (int k = start[row]; k < start[row + 1]; k++) sum += weight[k] * vector[mark[k]];
        return sum;
    }

    /** Calls for each mark of a row. */
    void each(int row, Mark taker) {
        for (int k = start[row]; k < start[row + 1]; k++) taker.take(mark[k], weight[k]);
    }

    /** Takes a mark and its weight. */
    interface Mark {
        void take(int mark, double weight);
    }
}
