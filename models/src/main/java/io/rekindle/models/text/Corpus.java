package io.rekindle.models.text;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Rated texts ready to learn from. Sorted, so that the order of the rows never matters; the same text with the same rating is
 * one row of more weight, and the weights are 1 on average, so that all rows twice are the same as all rows once. A feature
 * of a single text is left out: it could only tell that text again. So is, of very many texts, one that hardly any has.
 *
 * <p>Columns: one for each feature, then {@link #OWN} more for what the built-in word list says.
 */
final class Corpus {
    /** Columns of the word list: praise found, complaint found, and the balance. */
    static final int OWN = 3;

    private static final int FEWEST_TEXTS = 2;
    private static final int TEXTS_FOR_EACH = 100_000;
    private static final int[] NONE = {};

    final FeatureIndex index = new FeatureIndex();
    final SparseRows rows;
    final boolean[] positive;
    final double[] weight;
    /** For each text given, its row. */
    final int[] rowOf;
    /** For each row, a number that depends on nothing but its text. */
    final long[] textHash;

    Corpus(List<String> texts, boolean[] labels) {
        if (texts.size() != labels.length)
            throw new IllegalArgumentException(
                    "%d texts and %d ratings; there must be one for each".formatted(texts.size(), labels.length));
        String[] plain = texts.stream().map(Corpus::plain).toArray(String[]::new);
        int[] order = Indices.sorted(plain.length, (a, b) -> {
            int byText = plain[a].compareTo(plain[b]);
            return byText != 0 ? byText : Boolean.compare(labels[a], labels[b]);
        });
        rowOf = new int[plain.length];
        boolean[] positives = new boolean[plain.length];
        double[] count = new double[plain.length];
        long[] hashes = new long[plain.length];
        int[] first = new int[plain.length];
        int size = 0;
        for (int k = 0; k < order.length; k++) {
            int i = order[k];
            boolean again = k > 0 && plain[order[k - 1]].equals(plain[i]) && labels[order[k - 1]] == labels[i];
            if (!again) {
                positives[size] = labels[i];
                hashes[size] = Features.hash(plain[i], 0, plain[i].length(), 0);
                first[size++] = i;
            }
            rowOf[i] = size - 1;
            count[size - 1]++;
        }
        positive = Arrays.copyOf(positives, size);
        textHash = Arrays.copyOf(hashes, size);
        weight = new double[size];
        for (int r = 0; r < size; r++) weight[r] = count[r] * size / plain.length;
        double[][] own = new double[size][];
        int[][] numbers = new int[size][];
        int fewest = Math.max(FEWEST_TEXTS, size / TEXTS_FOR_EACH);
        FeatureIndex all = new FeatureIndex();
        Numbers inTexts = new Numbers();
        Numbers lastText = new Numbers();
        // The feature's column, by its number; -1 until it is met in as many texts as it takes.
        Numbers columnOf = new Numbers();
        for (int r = 0; r < size; r++) {
            int row = r;
            Words words = Words.of(plain[first[r]]);
            Numbers found = new Numbers();
            Features.each(words, (feature, from, to) -> {
                int number = all.add(feature);
                if (number == inTexts.size) {
                    inTexts.add(0);
                    lastText.add(-1);
                    columnOf.add(-1);
                }
                if (lastText.values[number] == row) return;
                lastText.values[number] = row;
                found.add(number);
                if (++inTexts.values[number] == fewest) columnOf.values[number] = index.add(feature);
            });
            numbers[r] = Arrays.copyOf(found.values, found.size);
            own[r] = own(words);
        }
        rows = new SparseRows(index.size(), OWN);
        for (int r = 0; r < size; r++) {
            Row row = Row.of(numbers[r], number -> columnOf.values[number]);
            rows.add(row.columns(), row.value(), own[r]);
            numbers[r] = NONE;
        }
    }

    /** A text as it is compared with others. */
    static String plain(String text) {
        return Words.normal(text).strip();
    }

    /**
     * A text's known features, each once, as a row of length 1.
     *
     * @param columns ascending
     * @param value at each of them
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Row(int[] columns, double value) {
        static Row of(Words words, FeatureIndex index) {
            Numbers all = new Numbers();
            Features.each(words, (feature, from, to) -> all.add(index.find(feature)));
            return of(Arrays.copyOf(all.values, all.size), column -> column);
        }

        /**
         * @param numbers of features, in any order, some perhaps twice; overwritten
         * @param columnOf number the column; negative where it has none
         */
        private static Row of(int[] numbers, IntUnaryOperator columnOf) {
            int[] found = numbers;
            for (int k = 0; k < found.length; k++) found[k] = columnOf.applyAsInt(found[k]);
            Arrays.sort(found);
            int size = 0;
            for (int k = 0; k < found.length; k++)
                if (found[k] >= 0 && (size == 0 || found[k] != found[size - 1])) found[size++] = found[k];
            return new Row(Arrays.copyOf(found, size), size == 0 ? 0 : 1 / Math.sqrt(size));
        }
    }

    /** Numbers that come one by one. */
    private static final class Numbers {
        private int[] values = new int[256];
        private int size;

        void add(int number) {
            if (size == values.length) values = Arrays.copyOf(values, size * 2);
            values[size++] = number;
        }
    }

    /** What the word list says of a text. */
    static double[] own(Words words) {
        double praise = 0;
        double complaint = 0;
        List<WordList.Hit> hits = WordList.builtIn().find(words);
        for (WordList.Hit hit : hits) {
            praise += Math.max(0, hit.strength());
            complaint -= Math.min(0, hit.strength());
        }
        return new double[] {
            Math.log1p(praise),
            Math.log1p(complaint),
            hits.isEmpty() ? 0 : (praise - complaint) / Math.sqrt(hits.size())
        };
    }
}
