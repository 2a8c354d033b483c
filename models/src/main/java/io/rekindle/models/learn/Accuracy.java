package io.rekindle.models.learn;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.List;

/**
 * How good probabilities were, held against what happened.
 *
 * <p>What is asked of probabilities: do they rank (AUC, average precision), and do they mean what they say (log-loss, Brier
 * score, calibration)? Assumption: rows are independent and were not learnt from. Sources: Hanley and McNeil (1982) for the
 * AUC as a probability of ranks; Brier (1950); Cox (1958) for slope and intercept. Numerics: probabilities are held off 0 and
 * 1 before a logarithm is taken; rows of equal probability share their ranks. Complexity: a sort.
 *
 * @param auc chance that a positive row's probability lies above another's (ties count half); NaN with one class only
 * @param prAuc area under precision over recall as average precision: its baseline is the rate of positives
 * @param logLoss mean negative log-likelihood, in nats
 * @param brier mean squared difference
 * @param calibration the curve through the log-odds: slope 1 and intercept 0 when probabilities are what they say
 * @param calibrationError mean distance between probability and rate over tenths of the rows by probability
 * @param deciles from the least probable tenth up; rows of equal probability that a tenth cuts count in it with the share
 *     of them that fall into it, so that the order of the rows does not matter
 */
public record Accuracy(
        int rows,
        int positives,
        double auc,
        double prAuc,
        double logLoss,
        double brier,
        LogisticLine calibration,
        double calibrationError,
        List<Decile> deciles) {
    private static final double EDGE = 1e-15;

    /** A tenth of the rows: what was predicted, what happened. */
    public record Decile(int rows, double predicted, double actual) {}

    public Accuracy {
        deciles = List.copyOf(deciles);
    }

    /** Holds probabilities, each between 0 and 1, against what happened. */
    public static Accuracy of(double[] probability, boolean[] positive) {
        int n = probability.length;
        if (n == 0 || positive.length != n)
            throw new IllegalArgumentException(
                    "%d probabilities for %d rows; one for each is needed".formatted(n, positive.length));
        double logLoss = 0;
        double brier = 0;
        int positives = 0;
        double[] margins = new double[n];
        for (int i = 0; i < n; i++) {
            double p = probability[i];
            if (!(p >= 0 && p <= 1)) throw new IllegalArgumentException("row %d: %s is no probability".formatted(i, p));
            double inside = Math.clamp(p, EDGE, 1 - EDGE);
            margins[i] = Math.log(inside / (1 - inside));
            logLoss -= positive[i] ? Math.log(inside) : Math.log1p(-inside);
            brier += Math.pow(p - (positive[i] ? 1 : 0), 2);
            if (positive[i]) positives++;
        }
        int[] order = Indices.sorted(n, (i, j) -> Double.compare(probability[j], probability[i]));
        double above = 0;
        double precision = 0;
        double found = 0;
        // Positives before each place, spread evenly over the rows of equal probability.
        double[] before = new double[n + 1];
        for (int from = 0, to; from < n; from = to) {
            double tied = 0;
            for (to = from; to < n && probability[order[to]] == probability[order[from]]; to++)
                if (positive[order[to]]) tied++;
            for (int k = from; k < to; k++) before[k + 1] = found + tied * (k + 1 - from) / (to - from);
            double others = to - from - tied;
            above += others * (found + tied / 2);
            found += tied;
            precision += tied * found / to;
        }
        double negatives = n - positives;
        double error = 0;
        var deciles = new ArrayList<Decile>();
        int groups = Math.min(10, n);
        for (int g = groups - 1; g >= 0; g--) {
            int from = (int) ((long) g * n / groups);
            int to = (int) ((long) (g + 1) * n / groups);
            double predicted = 0;
            for (int k = from; k < to; k++) predicted += probability[order[k]];
            double actual = before[to] - before[from];
            error += Math.abs(predicted - actual) / n;
            deciles.add(new Decile(to - from, predicted / (to - from), actual / (to - from)));
        }
        return new Accuracy(
                n,
                positives,
                positives == 0 || negatives == 0 ? Double.NaN : above / (positives * negatives),
                positives == 0 ? Double.NaN : precision / positives,
                logLoss / n,
                brier / n,
                LogisticLine.fit(margins, positive),
                error,
                deciles);
    }

    /** The area under the ROC curve of any scores. */
    public static double auc(double[] score, boolean[] positive) {
        int n = score.length;
        int[] order = Indices.sorted(n, (i, j) -> Double.compare(score[j], score[i]));
        double above = 0;
        double found = 0;
        for (int from = 0, to; from < n; from = to) {
            double tied = 0;
            for (to = from; to < n && score[order[to]] == score[order[from]]; to++) if (positive[order[to]]) tied++;
            above += (to - from - tied) * (found + tied / 2);
            found += tied;
        }
        return found == 0 || found == n ? Double.NaN : above / (found * (n - found));
    }
}
