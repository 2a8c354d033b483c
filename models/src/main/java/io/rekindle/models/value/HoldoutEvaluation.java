package io.rekindle.models.value;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.List;

/**
 * How predictions of a count (purchases, say) came true in a period the model has not seen.
 *
 * <p>The area under the ROC curve asks whether those who bought at all had the higher predictions; equal predictions count
 * half. Deciles are of the customers in order of prediction, lowest first; customers of equal prediction share their mean
 * result, so the order of rows does not matter. Complexity: O(n log n).
 *
 * <p>Assumption: the period held out is like those to come. Source: the hold-out of Fader, Hardie and Lee (2005); Hanley and
 * McNeil (1982) for the area as a probability of ranks. Numerics: sums in the order of prediction.
 *
 * @param customers how many
 * @param actual sum of what happened
 * @param predicted sum of the predictions
 * @param mae mean absolute error per customer
 * @param rmse root of the mean squared error per customer
 * @param auc of predicting who buys at all; NaN when all or none did
 * @param deciles calibration: at most ten groups, fewer when there are fewer customers
 */
public record HoldoutEvaluation(
        int customers, double actual, double predicted, double mae, double rmse, double auc, List<Decile> deciles) {
    /**
     * A tenth of the customers.
     *
     * @param customers how many
     * @param predicted mean prediction
     * @param actual mean of what happened
     */
    public record Decile(int customers, double predicted, double actual) {}

    public HoldoutEvaluation {
        deciles = List.copyOf(deciles);
    }

    /**
     * Compares predictions with what happened.
     *
     * @throws IllegalArgumentException when there are no customers, or a prediction is not a number
     */
    public static HoldoutEvaluation of(double[] predicted, double[] actual) {
        int n = predicted.length;
        if (actual.length != n)
            throw new IllegalArgumentException(
                    "%d predictions, %d results; they must be equally many".formatted(n, actual.length));
        if (n == 0) throw new IllegalArgumentException("no customers to evaluate predictions on");
        double sumPredicted = 0;
        double sumActual = 0;
        double absolute = 0;
        double squared = 0;
        for (int i = 0; i < n; i++) {
            if (!Double.isFinite(predicted[i]) || !Double.isFinite(actual[i]))
                throw new IllegalArgumentException(
                        "row %d: predicted %s, actual %s; both must be numbers".formatted(i, predicted[i], actual[i]));
            double error = predicted[i] - actual[i];
            sumPredicted += predicted[i];
            sumActual += actual[i];
            absolute += Math.abs(error);
            squared += error * error;
        }
        int[] order = Indices.sorted(n, (i, j) -> Double.compare(predicted[i], predicted[j]));
        double[] shared = new double[n];
        double bought = 0;
        double ranks = 0;
        for (int from = 0, to; from < n; from = to) {
            double sum = 0;
            double buyers = 0;
            for (to = from; to < n && predicted[order[to]] == predicted[order[from]]; to++) {
                sum += actual[order[to]];
                if (actual[order[to]] > 0) buyers++;
            }
            for (int k = from; k < to; k++) shared[k] = sum / (to - from);
            bought += buyers;
            ranks += buyers * (from + to + 1) / 2.0;
        }
        double others = n - bought;
        double auc = bought == 0 || others == 0 ? Double.NaN : (ranks - bought * (bought + 1) / 2) / (bought * others);
        var deciles = new ArrayList<Decile>();
        int groups = Math.min(10, n);
        for (int g = 0; g < groups; g++) {
            int from = (int) ((long) g * n / groups);
            int to = (int) ((long) (g + 1) * n / groups);
            double predictedSum = 0;
            double actualSum = 0;
            for (int k = from; k < to; k++) {
                predictedSum += predicted[order[k]];
                actualSum += shared[k];
            }
            deciles.add(new Decile(to - from, predictedSum / (to - from), actualSum / (to - from)));
        }
        return new HoldoutEvaluation(n, sumActual, sumPredicted, absolute / n, Math.sqrt(squared / n), auc, deciles);
    }
}
