package io.rekindle.models.text;

import io.rekindle.models.SharedData;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Rated texts, of the public data sets for instance.
 *
 * @param folds by text, its part of five
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Reviews(List<String> texts, boolean[] positive, int[] folds) {
    /** Row i belongs to fold i mod 5. */
    Reviews(List<String> texts, boolean[] positive) {
        this(
                List.copyOf(texts),
                positive,
                IntStream.range(0, positive.length).map(i -> i % 5).toArray());
    }

    /** Hotel guests in Chinese: a label and a review, quoted where it holds a comma. */
    static Reviews hotels() {
        var texts = new ArrayList<String>();
        var labels = new ArrayList<Boolean>();
        var folds = new ArrayList<Integer>();
        int row = 0;
        for (String line : SharedData.rows("zh_hotel_reviews/ChnSentiCorp_htl_all.csv")) {
            String review = line.substring(2);
            if (review.startsWith("\""))
                review = review.substring(1, review.length() - 1).replace("\"\"", "\"");
            // One row has a rating and no words; the others keep their folds.
            if (!review.isBlank()) {
                texts.add(review);
                labels.add(line.charAt(0) == '1');
                folds.add(row % 5);
            }
            row++;
        }
        return new Reviews(
                List.copyOf(texts),
                array(labels),
                folds.stream().mapToInt(Integer::intValue).toArray());
    }

    static Reviews amazon() {
        return sentences("amazon_cells");
    }

    static Reviews imdb() {
        return sentences("imdb");
    }

    /** A sentence, a tab and 1 or 0; no heading. */
    private static Reviews sentences(String name) {
        var texts = new ArrayList<String>();
        var labels = new ArrayList<Boolean>();
        for (String line : SharedData.lines("en_reviews/" + name + "_labelled.txt")) {
            int tab = line.lastIndexOf('\t');
            texts.add(line.substring(0, tab));
            labels.add(line.substring(tab + 1).strip().equals("1"));
        }
        return new Reviews(texts, array(labels));
    }

    private static boolean[] array(List<Boolean> labels) {
        boolean[] positive = new boolean[labels.size()];
        for (int i = 0; i < positive.length; i++) positive[i] = labels.get(i);
        return positive;
    }

    /** The first letters of each text, and a share of the ratings turned round. */
    Reviews careless(int letters, double share, long seed) {
        var random = new SplittableRandom(seed);
        boolean[] turned = positive.clone();
        for (int i = 0; i < turned.length; i++) turned[i] ^= random.nextDouble() < share;
        return new Reviews(
                texts.stream()
                        .map(text -> text.substring(0, Math.min(letters, text.length())))
                        .toList(),
                turned,
                folds);
    }

    SentimentEvaluation outOfFold() {
        return SentimentEvaluation.of(TrainedSentiment.outOfFold(texts, positive, folds), positive);
    }

    SentimentEvaluation builtIn() {
        var model = new BuiltInSentiment();
        return SentimentEvaluation.of(
                texts.stream().mapToDouble(text -> model.of(text).probability()).toArray(), positive);
    }
}
