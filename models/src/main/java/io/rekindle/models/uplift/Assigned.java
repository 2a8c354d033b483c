package io.rekindle.models.uplift;

import io.rekindle.models.learn.Accuracy;
import io.rekindle.models.learn.Loss;
import io.rekindle.models.table.Remark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * With which probability each customer of a trial was treated.
 *
 * @param probability by row
 * @param even whether it is the same for all
 * @param words how the treatment was given
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Assigned(double[] probability, boolean even, String words, List<Remark> remarks) {
    private static final double EDGE = .01;

    Assigned {
        remarks = List.copyOf(remarks);
    }

    static Assigned of(Trial trial, Uplift.Assignment assignment, Trial.Draw draw, long seed, Consumer<String> told) {
        int n = trial.size();
        return switch (assignment) {
            case Uplift.Assignment.Known known -> {
                if (known.probability().length != n)
                    throw new IllegalArgumentException(
                            "%d probabilities of treatment for %d rows".formatted(known.probability().length, n));
                yield new Assigned(known.probability(), false, "with the probabilities given", List.of());
            }
            case Uplift.Assignment.Estimated estimated ->
                estimated(
                        trial,
                        foretold(trial, BaseLearner.BENT, draw, seed, told),
                        draw,
                        seed,
                        told,
                        "with probabilities estimated from the columns",
                        List.of());
            case Uplift.Assignment.ByLot byLot -> {
                double share = trial.share();
                double[] foretold = foretold(trial, BaseLearner.BENT, draw, seed, told);
                double auc = Accuracy.auc(foretold, trial.treated());
                double error = Math.sqrt((1 / share + 1 / (1 - share)) / 12 / n);
                if (auc > .5 + Math.max(.02, 4 * error))
                    yield estimated(
                            trial,
                            foretold,
                            draw,
                            seed,
                            told,
                            "not by lot; probabilities estimated from the columns",
                            List.of(new Remark(
                                    "not_by_lot",
                                    String.format(
                                            Locale.ROOT,
                                            "the columns foretell who was treated (AUC %.3f), so it was not by lot: probabilities are estimated, and effects are right only if the columns hold all that decided it",
                                            auc))));
                double[] same = new double[n];
                Arrays.fill(same, share);
                yield new Assigned(
                        same, true, String.format(Locale.ROOT, "by lot, %.1f %% treated", 100 * share), List.of());
            }
        };
    }

    /** Rows of the trial by score. */
    UpliftRanking ranking(Trial trial, double[] score, int[] rows) {
        boolean[] treated = new boolean[rows.length];
        double[] y = new double[rows.length];
        double[] own = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            treated[i] = trial.treated()[rows[i]];
            y[i] = trial.outcome()[rows[i]];
            own[i] = probability[rows[i]];
        }
        return even ? UpliftRanking.of(score, treated, y) : UpliftRanking.weighted(score, treated, y, own);
    }

    /** The probability of treatment by models of the other folds. */
    private static double[] foretold(Trial trial, BaseLearner base, Trial.Draw draw, long seed, Consumer<String> told) {
        told.accept("looking at who was treated");
        double[] foretold = new double[trial.size()];
        // Chosen once: how strictly is a property of the columns and not of a fold.
        var strictness = OptionalDouble.empty();
        for (int fold = 0; fold < draw.folds().count(); fold++) {
            int[] rest = draw.folds().outside(fold, draw.order());
            int[] held = draw.folds().inside(fold, draw.order());
            var encoder = Features.Encoder.fit(base, trial.table(), rest);
            double[] t = Arrays.stream(rest)
                    .mapToDouble(row -> trial.treated()[row] ? 1 : 0)
                    .toArray();
            var fitted = encoder.encode(trial.table(), rest).fit(t, Loss.LOGISTIC, false, strictness, seed);
            strictness = fitted.strictness();
            double[] means = fitted.means(encoder.encode(trial.table(), held));
            for (int i = 0; i < held.length; i++) foretold[held[i]] = means[i];
        }
        return foretold;
    }

    /** By regression or by trees, whichever foretells better, held away from 0 and 1. */
    private static Assigned estimated(
            Trial trial,
            double[] byRegression,
            Trial.Draw draw,
            long seed,
            Consumer<String> told,
            String words,
            List<Remark> before) {
        double[] byTrees = foretold(trial, BaseLearner.TREES, draw, seed, told);
        double[] foretold = Accuracy.of(byTrees, trial.treated()).logLoss()
                        < Accuracy.of(byRegression, trial.treated()).logLoss()
                ? byTrees
                : byRegression;
        int outside = 0;
        double[] clipped = foretold.clone();
        for (int i = 0; i < clipped.length; i++) {
            clipped[i] = Math.clamp(foretold[i], EDGE, 1 - EDGE);
            if (clipped[i] != foretold[i]) outside++;
        }
        var remarks = new ArrayList<>(before);
        if (outside > clipped.length / 100)
            remarks.add(new Remark(
                    "no_overlap",
                    "%,d customers were all but sure to be treated, or not to be; what it does to them cannot be told"
                            .formatted(outside)));
        return new Assigned(clipped, false, words, remarks);
    }
}
