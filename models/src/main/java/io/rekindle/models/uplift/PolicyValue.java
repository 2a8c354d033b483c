package io.rekindle.models.uplift;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.List;

/**
 * What "treat the share of customers with the highest scores" would bring, told from customers treated by lot.
 *
 * <p>What: a customer whom the policy would have treated as it happened stands for those it would not have
 * ({@link #byWeights}, inverse probability weighting, weights normed to sum to the customers). Doubly robust
 * ({@link #value}) starts from what models of the outcome expect of everybody under the policy and corrects it by those
 * customers: right when either the models or the probabilities are, and less noisy. The models must not have seen the
 * customer. Where the share ends among customers of equal score, nothing says whom of them the policy treats: each of them
 * is treated with the same probability. Source: Dudík, Langford and Li (2011); Athey and Wager, "Policy learning with observational data" (2021).
 *
 * <p>Assumption: probabilities of treatment are known, or estimated well, and lie off 0 and 1. Numerics: weights are normed
 * to sum to the customers. Complexity: one sort and a pass for each share.
 *
 * @param share of customers treated
 * @param byWeights mean outcome a customer, by inverse probability
 * @param value mean outcome a customer, doubly robust
 * @param standardError of it
 * @param overNone how much more than treating nobody
 * @param overNoneError its standard error
 * @param overAll how much more than treating everybody
 * @param overAllError its standard error
 */
public record PolicyValue(
        double share,
        double byWeights,
        double value,
        double standardError,
        double overNone,
        double overNoneError,
        double overAll,
        double overAllError) {
    /**
     * Nobody, each tenth more, everybody.
     *
     * @param withIt each customer's expected outcome when treated, by a model that has not seen it
     * @param without the same when left alone
     */
    public static List<PolicyValue> ofTenths(
            double[] score, boolean[] treated, double[] y, double[] probability, double[] withIt, double[] without) {
        int n = score.length;
        // Equal scores in an order of their own, not that of the file: sums are the same to the last digit.
        int[] order = Indices.sorted(n, (i, j) -> {
            int by = Double.compare(score[j], score[i]);
            if (by == 0) by = Boolean.compare(treated[j], treated[i]);
            if (by == 0) by = Double.compare(y[j], y[i]);
            if (by == 0) by = Double.compare(probability[j], probability[i]);
            if (by == 0) by = Double.compare(withIt[j], withIt[i]);
            return by == 0 ? Double.compare(without[j], without[i]) : by;
        });
        double[] ifTreated = new double[n];
        double[] ifAlone = new double[n];
        for (int k = 0; k < n; k++) {
            int i = order[k];
            ifTreated[k] = withIt[i] + (treated[i] ? (y[i] - withIt[i]) / probability[i] : 0);
            ifAlone[k] = without[i] + (treated[i] ? 0 : (y[i] - without[i]) / (1 - probability[i]));
        }
        var values = new ArrayList<PolicyValue>();
        for (int tenth = 0; tenth <= 10; tenth++) {
            int until = (int) ((long) tenth * n / 10);
            double weights = 0;
            double outcomes = 0;
            var value = new Mean();
            var overNone = new Mean();
            var overAll = new Mean();
            for (int from = 0, to; from < n; from = to) {
                for (to = from + 1; to < n && score[order[to]] == score[order[from]]; ) to++;
                double treat = Math.clamp((until - from) / (double) (to - from), 0, 1);
                for (int k = from; k < to; k++) {
                    int i = order[k];
                    double w = treated[i] ? treat / probability[i] : (1 - treat) / (1 - probability[i]);
                    weights += w;
                    outcomes += w * y[i];
                    double own = treat * ifTreated[k] + (1 - treat) * ifAlone[k];
                    value.add(own);
                    overNone.add(own - ifAlone[k]);
                    overAll.add(own - ifTreated[k]);
                }
            }
            values.add(new PolicyValue(
                    tenth / 10.0,
                    weights == 0 ? Double.NaN : outcomes / weights,
                    value.mean(),
                    value.error(),
                    overNone.mean(),
                    overNone.error(),
                    overAll.mean(),
                    overAll.error()));
        }
        return values;
    }

    /** A mean and its standard error, as numbers come in (Welford). */
    private static final class Mean {
        private long n;
        private double mean;
        private double squares;

        void add(double value) {
            n++;
            double from = value - mean;
            mean += from / n;
            squares += from * (value - mean);
        }

        double mean() {
            return mean;
        }

        double error() {
            return n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1) / n);
        }
    }
}
