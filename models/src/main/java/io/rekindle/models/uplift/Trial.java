package io.rekindle.models.uplift;

import io.rekindle.models.learn.Folds;
import io.rekindle.models.table.Remark;
import io.rekindle.models.table.Screening;
import io.rekindle.models.table.Table;
import java.util.Arrays;
import java.util.List;

/** Customers some of whom were treated, looked through: there is something to learn from. */
final class Trial {
    private static final int FEWEST = 10;

    private final Table table;
    private final boolean[] treated;
    private final double[] y;
    private final double share;
    private final List<Remark> remarks;

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
        if (Arrays.stream(y).allMatch(value -> value == y[0]))
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

    /** Divides the customers by lot, or as given. */
    Draw draw(long seed, int count, int[] given) {
        int n = size();
        long[] prints = table.fingerprints(seed);
        int[] strata = new int[n];
        double mean = Arrays.stream(y).sorted().sum() / n;
        for (int i = 0; i < n; i++) {
            strata[i] = (treated[i] ? 2 : 0) + (y[i] > mean ? 1 : 0);
            // Customers alike in all but this are told apart by it, wherever they stand in the file.
            prints[i] += 0x9e3779b97f4a7c15L * (Double.hashCode(y[i] + 0.0) * 2L + (treated[i] ? 1 : 0));
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
