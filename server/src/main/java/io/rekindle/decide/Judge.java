package io.rekindle.decide;

import io.rekindle.consent.Ask;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says for a whole audience who may be written to, and reserves their contact budget. */
interface Judge {
    /** For each id the first reason not to write to it; null where there is none. Nothing is taken. */
    @Nullable
    String[] reasons(long[] customerIds, Ask ask, Instant at);

    /**
     * Judges the customers of a run's messages and reserves contact budget for those who may be written to, for sending at
     * {@code at}; for each the first reason not to write, null where budget is reserved. A crash may leave some of it: {@link #releaseReserved} before a repetition.
     */
    @Nullable
    String[] reserve(long runId, List<OutgoingMessage> messages, Ask ask, Instant at);

    /** Gives back what the run reserved but for these messages, in the caller's transaction. */
    void keepReserved(long runId, List<OutgoingMessage> messages);

    /** Gives back all that the run has reserved. */
    void releaseReserved(long runId);
}
