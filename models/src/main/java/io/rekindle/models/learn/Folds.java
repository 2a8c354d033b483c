package io.rekindle.models.learn;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;

/**
 * Divides rows into parts to learn on and parts to test on. The draw hangs on each row's fingerprint (see
 * {@link io.rekindle.models.table.Table#fingerprints}) and not on its place, so that sorting the file changes nothing.
 *
 * <p>Assumption: rows are independent of each other; where a customer has several rows, folds are to be given by customer.
 * Source: Stone, "Cross-validatory choice and assessment of statistical predictions" (1974). Complexity: a sort of the
 * fingerprints.
 *
 * @param of for each row its fold, from 0
 * @param count number of folds
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record Folds(int[] of, int count) {
    public Folds {
        if (count < 2) throw new IllegalArgumentException("%d folds; at least 2 are needed".formatted(count));
        for (int fold : of)
            if (fold < 0 || fold >= count)
                throw new IllegalArgumentException("there is no fold %d of %d".formatted(fold, count));
    }

    /** Folds of equal sizes, each with the same share of every stratum. */
    public static Folds draw(long[] fingerprints, int[] strata, int count) {
        int[] order = Indices.sorted(
                fingerprints.length,
                (i, j) -> strata[i] != strata[j]
                        ? Integer.compare(strata[i], strata[j])
                        : Long.compare(fingerprints[i], fingerprints[j]));
        int[] fold = new int[order.length];
        for (int k = 0; k < order.length; k++) fold[order[k]] = k % count;
        return new Folds(fold, count);
    }

    /** Folds given by names or numbers: those of one are a fold. */
    public static Folds given(int[] codes) {
        int[] distinct = Arrays.stream(codes).distinct().sorted().toArray();
        return new Folds(
                Arrays.stream(codes)
                        .map(code -> Arrays.binarySearch(distinct, code))
                        .toArray(),
                distinct.length);
    }

    /** Those of the rows that are not in a fold, in their order. */
    public int[] outside(int fold, int[] rows) {
        return Arrays.stream(rows).filter(row -> of[row] != fold).toArray();
    }

    /** Those of the rows that are in a fold, in their order. */
    public int[] inside(int fold, int[] rows) {
        return Arrays.stream(rows).filter(row -> of[row] == fold).toArray();
    }

    /** All rows in an order that says nothing and does not hang on the file's. */
    public static int[] shuffled(long[] fingerprints) {
        return Indices.sorted(fingerprints.length, (i, j) -> Long.compare(fingerprints[i], fingerprints[j]));
    }
}
