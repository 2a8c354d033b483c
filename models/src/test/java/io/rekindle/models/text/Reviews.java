package io.rekindle.models.text;

import io.rekindle.models.SharedData;
import java.util.ArrayList;
import java.util.List;

/** Rated texts of the public data sets. */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Reviews(List<String> texts, boolean[] positive) {
    /** Hotel guests in Chinese: a label and a review, quoted where it holds a comma. */
    static Reviews hotels() {
        var texts = new ArrayList<String>();
        var labels = new ArrayList<Boolean>();
        var row = new StringBuilder();
        for (String line : SharedData.rows("zh_hotel_reviews/ChnSentiCorp_htl_all.csv")) {
            row.append(row.isEmpty() ? "" : "\n").append(line);
            if (row.chars().filter(c -> c == '"').count() % 2 != 0) continue;
            String review = row.substring(2);
            if (review.startsWith("\""))
                review = review.substring(1, review.length() - 1).replace("\"\"", "\"");
            texts.add(review);
            labels.add(row.charAt(0) == '1');
            row.setLength(0);
        }
        return of(texts, labels);
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
        return of(texts, labels);
    }

    private static Reviews of(List<String> texts, List<Boolean> labels) {
        boolean[] positive = new boolean[labels.size()];
        for (int i = 0; i < positive.length; i++) positive[i] = labels.get(i);
        return new Reviews(List.copyOf(texts), positive);
    }

    /** Row i belongs to fold i mod 5. */
    int[] folds() {
        int[] folds = new int[positive.length];
        for (int i = 0; i < folds.length; i++) folds[i] = i % 5;
        return folds;
    }

    SentimentEvaluation outOfFold() {
        return SentimentEvaluation.of(TrainedSentiment.outOfFold(texts, positive, folds()), positive);
    }

    SentimentEvaluation builtIn() {
        var model = new BuiltInSentiment();
        return SentimentEvaluation.of(
                texts.stream().mapToDouble(text -> model.of(text).probability()).toArray(), positive);
    }
}
