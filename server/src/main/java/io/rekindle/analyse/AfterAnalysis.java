package io.rekindle.analyse;

import io.rekindle.models.rhythm.PurchaseRhythm;
import java.time.Instant;
import java.util.Optional;

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
}
