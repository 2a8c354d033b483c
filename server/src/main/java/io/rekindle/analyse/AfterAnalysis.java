package io.rekindle.analyse;

import io.rekindle.models.rhythm.PurchaseRhythm;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongPredicate;

/** Work that follows each analysis on the same reading of the history. */
public interface AfterAnalysis {
    /**
     * @param batch the same when the same analysis is repeated after a crash
     * @param asOf the business time the history was read for
     * @param rhythm the purchase rhythm, when there was enough to learn one from
     * @param learning whether models are learnt anew: if not, the rhythm is an earlier day's, and so may be other models
     */
    void analysed(
            String batch, Instant asOf, PurchaseHistory history, Optional<PurchaseRhythm> rhythm, boolean learning);

    /**
     * Work on the past of customers nothing was written down of yet, after {@link #analysed} and the earliest time first.
     *
     * @param batch the same when the same look back is repeated after a crash
     * @param asOf the business time in the past the history was read for
     * @param history everybody's history up to then
     * @param missing of whom nothing was written down by then
     */
    void lookedBack(String batch, Instant asOf, PurchaseHistory history, LongPredicate missing);
}
