package io.rekindle.models.text;

import java.util.Arrays;
import java.util.List;

/**
 * Sentiment learnt from the business's own rated texts, English, Chinese or mixed.
 *
 * <p>What: a logistic regression on words, rows of up to three words or characters, groups of letters within words, and what
 * {@link BuiltInSentiment}'s word list says; so some hundred ratings are enough to start with, and some thousand correct
 * the list where a trade speaks differently. A text's features share a length of 1, so that long texts count no more than
 * short ones. A feature is the freer, the more unequally praise and complaint use it: its penalty is divided by the square
 * of its log-count ratio plus a constant. Scores become probabilities by {@link Calibration} on texts held out in turn.
 *
 * <p>Assumptions: the texts to come are like those learnt from. Ratings may be unequal in number: the share of praise among
 * the texts learnt from is taken to be that of the texts to come.
 *
 * <p>Source: Wang and Manning, "Baselines and Bigrams" (ACL 2012), for the log-count ratios, here as penalties; Platt (1999).
 *
 * <p>Numerics: rows are sorted first and equal ones counted together, so neither their order nor writing every row twice
 * changes anything. The texts held out for the calibration are chosen by what they say, so the same text is never on both
 * sides. No randomness. Complexity: about six fits of some tens of passes over the features of all texts; 8,000 hotel
 * reviews of 130 characters take some seconds. Memory: about 12 bytes a feature of a text, and 40 a different feature. A
 * fitted model is unchangeable.
 */
public final class TrainedSentiment implements SentimentModel {
    private static final int FOLDS = 5;
    private static final int FEWEST_TO_CALIBRATE = 10;
    /** Inverse of the penalty over the number of texts; the usual C of a linear classifier. */
    private static final double FREEDOM = 10;

    private static final double SMOOTHING = 1;
    private static final double LEAST_FREEDOM = 1;
    private static final double OWN_PENALTY = 1e-3;

    private final FeatureIndex index;
    private final double[] weights;
    private final double intercept;
    private final Calibration calibration;
    private final int texts;

    private TrainedSentiment(
            FeatureIndex index, double[] weights, double intercept, Calibration calibration, int texts) {
        this.index = index;
        this.weights = weights;
        this.intercept = intercept;
        this.calibration = calibration;
        this.texts = texts;
    }

    /**
     * Learns.
     *
     * @param texts what customers wrote
     * @param positive for each whether it is praise
     * @throws IllegalArgumentException when there is only praise or only complaint
     */
    public static TrainedSentiment fit(List<String> texts, boolean[] positive) {
        Corpus corpus = new Corpus(texts, positive);
        refuseOneClass(corpus.positive, corpus.weight);
        SparseLogistic.Fit all = fit(corpus, corpus.weight);
        double[] score = new double[corpus.positive.length];
        Arrays.fill(score, Double.NaN);
        if (fewer(corpus.positive) >= FEWEST_TO_CALIBRATE)
            for (int fold = 0; fold < FOLDS; fold++) {
                double[] weight = corpus.weight.clone();
                boolean[] held = new boolean[weight.length];
                for (int r = 0; r < weight.length; r++)
                    if (Math.floorMod(corpus.textHash[r], FOLDS) == fold) {
                        held[r] = true;
                        weight[r] = 0;
                    }
                scoreHeldOut(corpus, weight, held, score);
            }
        return new TrainedSentiment(
                corpus.index,
                all.weights(),
                all.intercept(),
                Calibration.fit(score, corpus.positive, corpus.weight),
                texts.size());
    }

    /**
     * The probability of praise each text gets from a model that has not seen its fold, calibrated on the other folds: what
     * to hold against the truth.
     *
     * @param fold for each text, from 0
     * @return NaN for the texts of a fold without which only praise or only complaint would be left
     */
    public static double[] outOfFold(List<String> texts, boolean[] positive, int[] fold) {
        if (fold.length != texts.size())
            throw new IllegalArgumentException(
                    "%d texts and %d folds; there must be one for each".formatted(texts.size(), fold.length));
        Corpus corpus = new Corpus(texts, positive);
        int n = fold.length;
        int folds = Arrays.stream(fold).max().orElse(-1) + 1;
        double[] score = new double[n];
        Arrays.fill(score, Double.NaN);
        for (int f = 0; f < folds; f++) {
            double[] weight = new double[corpus.positive.length];
            int left = 0;
            for (int i = 0; i < n; i++)
                if (fold[i] != f) {
                    weight[corpus.rowOf[i]]++;
                    left++;
                }
            if (left == n || !hasBoth(corpus.positive, weight)) continue;
            SparseLogistic.Fit fit = fit(corpus, weight);
            for (int i = 0; i < n; i++)
                if (fold[i] == f) score[i] = corpus.rows.dot(corpus.rowOf[i], fit.weights()) + fit.intercept();
        }
        double[] probability = new double[n];
        for (int f = 0; f < folds; f++) {
            double[] others = new double[n];
            for (int i = 0; i < n; i++) others[i] = fold[i] == f ? 0 : 1;
            Calibration calibration = Calibration.fit(score, positive, others);
            for (int i = 0; i < n; i++)
                if (fold[i] == f) probability[i] = 1 / (1 + Math.exp(-calibration.logOdds(score[i])));
        }
        return probability;
    }

    private static void refuseOneClass(boolean[] positive, double[] weight) {
        if (positive.length == 0) throw new IllegalArgumentException("there is no text to learn from");
        if (!hasBoth(positive, weight))
            throw new IllegalArgumentException(
                    "all texts are %s; both are needed to learn from".formatted(positive[0] ? "praise" : "complaints"));
    }

    private static boolean hasBoth(boolean[] positive, double[] weight) {
        boolean praise = false;
        boolean complaint = false;
        for (int r = 0; r < positive.length; r++)
            if (weight[r] > 0) {
                praise |= positive[r];
                complaint |= !positive[r];
            }
        return praise && complaint;
    }

    private static int fewer(boolean[] positive) {
        int praise = 0;
        for (boolean yes : positive) if (yes) praise++;
        return Math.min(praise, positive.length - praise);
    }

    private static void scoreHeldOut(Corpus corpus, double[] weight, boolean[] held, double[] score) {
        if (!hasBoth(corpus.positive, weight)) return;
        SparseLogistic.Fit fit = fit(corpus, weight);
        for (int r = 0; r < held.length; r++)
            if (held[r]) score[r] = corpus.rows.dot(r, fit.weights()) + fit.intercept();
    }

    private static SparseLogistic.Fit fit(Corpus corpus, double[] weight) {
        return SparseLogistic.fit(corpus.rows, corpus.positive, weight, penalty(corpus, weight));
    }

    /** Of each column, from how unequally praise and complaint use it. */
    private static double[] penalty(Corpus corpus, double[] weight) {
        int features = corpus.index.size();
        double[] praise = new double[features + Corpus.OWN];
        double[] complaint = new double[features + Corpus.OWN];
        double praiseTexts = 0;
        double complaintTexts = 0;
        for (int r = 0; r < weight.length; r++) {
            double w = weight[r];
            if (w == 0) continue;
            if (corpus.positive[r]) praiseTexts += w;
            else complaintTexts += w;
            double[] side = corpus.positive[r] ? praise : complaint;
            corpus.rows.each(r, (column, value) -> side[column] += w);
        }
        double rarity = 1 / (FREEDOM * (praiseTexts + complaintTexts));
        double[] penalty = new double[features + Corpus.OWN];
        for (int j = 0; j < features; j++) {
            if (praise[j] + complaint[j] == 0) {
                penalty[j] = Double.POSITIVE_INFINITY;
                continue;
            }
            double ratio = Math.log((praise[j] + SMOOTHING)
                    / (praiseTexts + 2 * SMOOTHING)
                    * (complaintTexts + 2 * SMOOTHING)
                    / (complaint[j] + SMOOTHING));
            penalty[j] = rarity / (ratio * ratio + LEAST_FREEDOM);
        }
        Arrays.fill(penalty, features, penalty.length, OWN_PENALTY);
        return penalty;
    }

    /** Texts learnt from. */
    public int texts() {
        return texts;
    }

    /** Different features of them. */
    public int features() {
        return index.size();
    }

    @Override
    public Opinion of(String text) {
        Words words = Words.of(text);
        Corpus.Row row = Corpus.Row.of(words, index);
        double[] own = Corpus.own(words);
        int features = index.size();
        double score = intercept;
        for (int k = 0; k < row.columns().length; k++) score += row.values()[k] * weights[row.columns()[k]];
        for (int k = 0; k < own.length; k++) score += own[k] * weights[features + k];
        boolean known = row.columns().length > 0 || Arrays.stream(own).anyMatch(value -> value != 0);
        return new Opinion(
                1 / (1 + Math.exp(-calibration.logOdds(score))),
                known,
                Reasons.of(words, contributions(words, row, own)));
    }

    /** What each unit of the text adds to the log odds; with the intercept they sum to it. */
    private double[] contributions(Words words, Corpus.Row row, double[] own) {
        double[] contribution = new double[words.size()];
        int[] times = new int[row.columns().length];
        Features.each(words, (feature, from, to) -> {
            int at = Arrays.binarySearch(row.columns(), index.find(feature));
            if (at >= 0) times[at]++;
        });
        Features.each(words, (feature, from, to) -> {
            int column = index.find(feature);
            int at = Arrays.binarySearch(row.columns(), column);
            if (at < 0) return;
            double each = calibration.slope() * row.values()[at] * weights[column] / times[at] / (to - from);
            for (int i = from; i < to; i++) contribution[i] += each;
        });
        // What the list says goes to its words: each of its three columns is a sum over them, or a function of one.
        List<WordList.Hit> hits = WordList.builtIn().find(words);
        int features = index.size();
        double praise = Math.expm1(own[0]);
        double complaint = Math.expm1(own[1]);
        for (WordList.Hit hit : hits) {
            double s = hit.strength();
            double said =
                    s > 0 ? weights[features] * own[0] * s / praise : weights[features + 1] * own[1] * -s / complaint;
            said += weights[features + 2] * s / Math.sqrt(hits.size());
            double each = calibration.slope() * said / (hit.to() - hit.from());
            for (int i = hit.from(); i < hit.to(); i++) contribution[i] += each;
        }
        return contribution;
    }
}
