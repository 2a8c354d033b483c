package io.rekindle.models.text;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;
import java.util.List;

/**
 * Rated texts ready to learn from. Sorted, so that the order of the rows never matters; the same text with the same rating is
 * one row of more weight, and the weights are 1 on average, so that all rows twice are the same as all rows once. A feature
 * of a single text is left out: it could only tell that text again.
 *
 * <p>Columns: one for each feature, then {@link #OWN} more for what the built-in word list says.
 */
final class Corpus {
    /** Columns of the word list: praise found, complaint found, and the balance. */
    static final int OWN = 3;

    private static final int FEWEST_TEXTS = 2;

    final FeatureIndex index = new FeatureIndex();
    final SparseRows rows = new SparseRows();
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
        String[] plain = texts.stream().map(text -> Words.normal(text).strip()).toArray(String[]::new);
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
        Words[] words = new Words[size];
        FeatureIndex all = new FeatureIndex();
        Numbers inTexts = new Numbers();
        Numbers lastText = new Numbers();
        for (int r = 0; r < size; r++) {
            int row = r;
            words[r] = Words.of(plain[first[r]]);
            Features.each(words[r], (feature, from, to) -> {
                int number = all.add(feature);
                if (number == inTexts.size) {
                    inTexts.add(0);
                    lastText.add(-1);
                }
                if (lastText.values[number] == row) return;
                lastText.values[number] = row;
                // In as many texts as it takes: now it gets its column.
                if (++inTexts.values[number] == FEWEST_TEXTS) index.add(feature);
            });
        }
        int columns = index.size();
        for (int r = 0; r < size; r++) {
            Row row = Row.of(words[r], index);
            double[] values = row.values();
            int[] places = row.columns();
            int n = places.length;
            places = Arrays.copyOf(places, n + OWN);
            values = Arrays.copyOf(values, n + OWN);
            double[] own = own(words[r]);
            for (int k = 0; k < OWN; k++) {
                places[n + k] = columns + k;
                values[n + k] = own[k];
            }
            rows.add(places, values, n + OWN);
        }
    }

    /**
     * A text's known features, each once, as a row of length 1.
     *
     * @param columns ascending
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Row(int[] columns, double[] values) {
        static Row of(Words words, FeatureIndex index) {
            Numbers all = new Numbers();
            Features.each(words, (feature, from, to) -> all.add(index.find(feature)));
            int[] found = all.values;
            Arrays.sort(found, 0, all.size);
            int size = 0;
            for (int k = 0; k < all.size; k++)
                if (found[k] >= 0 && (size == 0 || found[k] != found[size - 1])) found[size++] = found[k];
            double[] values = new double[size];
            Arrays.fill(values, value(size));
            return new Row(Arrays.copyOf(found, size), values);
        }

        static double value(int features) {
            return features == 0 ? 0 : 1 / Math.sqrt(features);
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
