package io.rekindle.models.text;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How well probabilities of praise fit the ratings of texts they were not learnt from.
 *
 * <p>What: whether probabilities rank (AUC), decide (accuracy), and mean what they say (log-loss, Brier score, calibration).
 * Assumption: the texts were not learnt from, and those that stand there twice are not in both parts. Sources: Hanley and
 * McNeil (1982), Brier (1950), Cox (1958). Numerics: probabilities are held 1e-12 off 0 and 1 before a logarithm is taken;
 * texts of equal probability share ranks and bins, so that their order does not matter. Complexity: a sort.
 *
 * @param texts compared
 * @param praise how many of them are
 * @param accuracy share of texts on the right side of one half
 * @param baseline accuracy of always saying what is more frequent
 * @param auc probability that praise is ranked above a complaint; NaN with one of them missing
 * @param logLoss mean negative log-likelihood
 * @param brier mean squared error
 * @param calibrationSlope of the logistic regression of the truth on the log odds: 1 is right, below 1 too sure
 * @param calibrationIntercept of the same: 0 is right
 * @param bins tenths of the texts by probability, or fewer when there are few texts
 */
public record SentimentEvaluation(
        int texts,
        int praise,
        double accuracy,
        double baseline,
        double auc,
        double logLoss,
        double brier,
        double calibrationSlope,
        double calibrationIntercept,
        List<Bin> bins) {
    private static final int BINS = 10;
    private static final int FEWEST_IN_BIN = 20;
    private static final double CERTAIN = 1e-12;

    public SentimentEvaluation {
        bins = List.copyOf(bins);
    }

    /**
     * A group of texts of similar probability.
     *
     * @param predicted mean probability
     * @param actual share of praise
     */
    public record Bin(int texts, double predicted, double actual) {}

    /** Compares; probabilities that are NaN do not count. */
    public static SentimentEvaluation of(double[] probability, boolean[] positive) {
        if (probability.length != positive.length)
            throw new IllegalArgumentException("%d probabilities and %d ratings; there must be one for each"
                    .formatted(probability.length, positive.length));
        int[] counted = Arrays.stream(
                        Indices.sorted(probability.length, (a, b) -> Double.compare(probability[a], probability[b])))
                .filter(i -> !Double.isNaN(probability[i]))
                .toArray();
        int n = counted.length;
        if (n == 0) throw new IllegalArgumentException("no text has a probability");
        int praise = 0;
        int right = 0;
        double logLoss = 0;
        double brier = 0;
        double[] score = new double[n];
        boolean[] truth = new boolean[n];
        double[] weight = new double[n];
        for (int k = 0; k < n; k++) {
            double p = probability[counted[k]];
            if (!(p >= 0 && p <= 1)) throw new IllegalArgumentException("probability %s is outside 0..1".formatted(p));
            boolean yes = positive[counted[k]];
            if (yes) praise++;
            if (p >= .5 == yes) right++;
            double inside = Math.clamp(p, CERTAIN, 1 - CERTAIN);
            logLoss -= Math.log(yes ? inside : 1 - inside);
            brier += (p - (yes ? 1 : 0)) * (p - (yes ? 1 : 0));
            score[k] = Math.log(inside / (1 - inside));
            truth[k] = yes;
            weight[k] = 1;
        }
        Calibration calibration = Calibration.fit(score, truth, weight);
        return new SentimentEvaluation(
                n,
                praise,
                (double) right / n,
                (double) Math.max(praise, n - praise) / n,
                auc(score, truth, praise),
                logLoss / n,
                brier / n,
                calibration.slope(),
                calibration.intercept(),
                bins(probability, positive, counted));
    }

    /** From the ranks of ascending scores, equal ones sharing theirs. */
    private static double auc(double[] ascending, boolean[] truth, int praise) {
        double ranks = 0;
        for (int from = 0, to; from < ascending.length; from = to) {
            int yes = 0;
            for (to = from; to < ascending.length && ascending[to] == ascending[from]; to++) if (truth[to]) yes++;
            ranks += yes * ((from + 1 + to) / 2.0);
        }
        double complaints = ascending.length - praise;
        return praise == 0 || complaints == 0
                ? Double.NaN
                : (ranks - praise * (praise + 1.0) / 2) / (praise * complaints);
    }

    private static List<Bin> bins(double[] probability, boolean[] positive, int[] ascending) {
        int count = Math.clamp(ascending.length / FEWEST_IN_BIN, 1, BINS);
        double[] shared = shared(probability, positive, ascending);
        List<Bin> bins = new ArrayList<>();
        for (int b = 0; b < count; b++) {
            int from = (int) ((long) ascending.length * b / count);
            int to = (int) ((long) ascending.length * (b + 1) / count);
            double predicted = 0;
            double actual = 0;
            for (int k = from; k < to; k++) {
                predicted += probability[ascending[k]];
                actual += shared[k];
            }
            bins.add(new Bin(to - from, predicted / (to - from), actual / (to - from)));
        }
        return bins;
    }

    /** Whether each is praise; texts of equal probability, which nothing puts in an order, all have their common share. */
    private static double[] shared(double[] probability, boolean[] positive, int[] ascending) {
        double[] shared = new double[ascending.length];
        for (int from = 0, to; from < shared.length; from = to) {
            double praise = 0;
            for (to = from; to < shared.length && probability[ascending[to]] == probability[ascending[from]]; to++)
                if (positive[ascending[to]]) praise++;
            Arrays.fill(shared, from, to, praise / (to - from));
        }
        return shared;
    }
}
