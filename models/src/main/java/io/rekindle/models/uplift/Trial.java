package io.rekindle.models.uplift;

import io.rekindle.models.learn.Folds;
import io.rekindle.models.learn.Loss;
import io.rekindle.models.table.Remark;
import io.rekindle.models.table.Screening;
import io.rekindle.models.table.Table;
import java.util.Arrays;
import java.util.List;

/** Customers some of whom were treated, looked through: there is something to learn from. */
final class Trial {
    private static final int FEWEST = 10;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final Table table;
    private final boolean[] treated;
    private final double[] y;
    private final double share;
    private final List<Remark> remarks;
    private final double[] values;
    private final boolean twofold;

    /** An order of the customers that says nothing, and folds. */
    record Draw(@SuppressWarnings("ArrayRecordComponent") int[] order, Folds folds) {}

    Trial(Table whole, boolean[] treated, double[] outcome) {
        this.treated = treated;
        this.y = outcome;
        int n = y.length;
        if (whole.size() != n || treated.length != n)
            throw new IllegalArgumentException("%d outcomes and %d treatments for %d rows; one for each is needed"
                    .formatted(n, treated.length, whole.size()));
        if (n == 0) throw new IllegalArgumentException("there are no customers to learn from");
        share = UpliftRanking.share(treated);
        for (double value : y)
            if (!Double.isFinite(value))
                throw new IllegalArgumentException("an outcome of %s; it must be a number".formatted(value));
        // −0 is 0.
        values = Arrays.stream(y).map(value -> value + 0.0).sorted().distinct().toArray();
        twofold = values.length == 2;
        if (values.length == 1)
            throw new IllegalArgumentException("every outcome is %s; nothing can be learnt from it".formatted(y[0]));
        double fewest = Math.min(share, 1 - share) * n;
        if (fewest < FEWEST)
            throw new IllegalArgumentException(
                    "only %.0f customers are %s; at least %d of each kind are needed to learn and to test"
                            .formatted(fewest, share < .5 ? "treated" : "untreated", FEWEST));
        var screening = Screening.of(whole);
        remarks = screening.remarks();
        table = screening.kept();
    }

    Table table() {
        return table;
    }

    boolean[] treated() {
        return treated;
    }

    double[] outcome() {
        return y;
    }

    /** How outcomes are learnt: where there are but two different ones, as chances of the higher. */
    Loss loss() {
        return twofold ? Loss.LOGISTIC : Loss.SQUARED;
    }

    /** The outcome that is learnt as 0. */
    double low() {
        return twofold ? values[0] : 0;
    }

    /** How far above it the outcome lies that is learnt as 1. */
    double unit() {
        return twofold ? values[1] - values[0] : 1;
    }

    int size() {
        return y.length;
    }

    /** The share treated. */
    double share() {
        return share;
    }

    /** What the columns looked at give reason to say. */
    List<Remark> remarks() {
        return remarks;
    }

    /**
     * Divides the customers by lot, or as given.
     *
     * @param number of the draw, from 0: each divides otherwise
     */
    Draw draw(long seed, int number, int count, int[] given) {
        int n = size();
        long[] prints = table.fingerprints(seed + number * GOLDEN);
        int[] strata = new int[n];
        double mean = Arrays.stream(y).sorted().sum() / n;
        // Not by the last digit, which is another in another unit.
        double above = mean + 1e-9 * Math.max(values[values.length - 1] - mean, mean - values[0]);
        for (int i = 0; i < n; i++) {
            strata[i] = (treated[i] ? 2 : 0) + (y[i] > above ? 1 : 0);
            // Customers alike in all but this are told apart by it, wherever they stand in the file and in whatever
            // unit.
            int rank = Arrays.binarySearch(values, y[i] + 0.0);
            prints[i] += GOLDEN * (rank * 2L + (treated[i] ? 1 : 0));
        }
        int[] order = Folds.shuffled(prints);
        var folds = given.length == 0 ? Folds.draw(prints, strata, count) : Folds.given(given);
        if (folds.of().length != n)
            throw new IllegalArgumentException("%d folds are given for %d rows".formatted(folds.of().length, n));
        for (int fold = 0; fold < folds.count(); fold++) {
            long some = Arrays.stream(folds.outside(fold, order))
                    .filter(row -> treated[row])
                    .count();
            if (some == 0 || some == folds.outside(fold, order).length)
                throw new IllegalArgumentException(
                        "without one of the given folds, all customers left are in one arm; give folds that mix both");
        }
        return new Draw(order, folds);
    }
}
