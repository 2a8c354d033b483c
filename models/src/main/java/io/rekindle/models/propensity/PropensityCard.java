package io.rekindle.models.propensity;

import io.rekindle.models.learn.Accuracy;
import io.rekindle.models.table.Remark;
import java.time.LocalDate;
import java.util.List;

/**
 * What stands beside a propensity model. All accuracy is that of rows the model had not seen.
 *
 * <p>What a reader needs to judge it by, after Mitchell et al., "Model cards for model reporting" (FAT* 2019). Assumption:
 * new customers are like those of the file. Complexity: none of its own.
 *
 * @param rows learnt from
 * @param positives of them
 * @param periods what time each column of dates spans
 * @param folds of the cross-validation
 * @param chosen the model, in words
 * @param candidates what was chosen between
 * @param baseline the accuracy of giving everybody the same probability
 * @param outOfFold the accuracy of the whole procedure, choice and calibration included
 * @param meanFoldAuc mean over the folds, as papers often give it
 * @param meanFoldLogLoss the same
 * @param importance each column's share of all contributions, greatest first
 * @param remarks what to be careful about
 */
public record PropensityCard(
        int rows,
        int positives,
        List<Period> periods,
        int folds,
        String chosen,
        List<Candidate> candidates,
        Baseline baseline,
        Accuracy outOfFold,
        double meanFoldAuc,
        double meanFoldLogLoss,
        List<Importance> importance,
        List<Remark> remarks) {
    public PropensityCard {
        periods = List.copyOf(periods);
        candidates = List.copyOf(candidates);
        importance = List.copyOf(importance);
        remarks = List.copyOf(remarks);
    }

    /** First and last day of a column of dates. */
    public record Period(String column, LocalDate from, LocalDate to) {}

    /** A model that could have been chosen, before calibration, on rows it had not seen. */
    public record Candidate(Learner learner, String words, double auc, double logLoss) {}

    /** Giving everybody the rate of positives. */
    public record Baseline(double rate, double auc, double prAuc, double logLoss, double brier) {}

    /** A column and its share of all contributions. */
    public record Importance(String column, double share) {}
}
