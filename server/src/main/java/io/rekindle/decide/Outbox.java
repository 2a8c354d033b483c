package io.rekindle.decide;

import java.util.stream.Stream;

/**
 * Where messages wait to be sent; the part that delivers implements it.
 *
 * <p>When the last message of a run has left {@code ready}, {@code sending} and {@code deferred}, the outbox says so
 * through {@code plan.Campaigns#sendingFinished}.
 */
public interface Outbox {
    /**
     * Takes over the messages of one run, in the caller's PostgreSQL transaction, in one COPY. Called once per run that
     * commits; after a crash it may be called again for a run whose transaction did not.
     */
    void enqueue(OutgoingRun run, Stream<OutgoingMessage> messages);

    /**
     * Stops what is not yet sent of a run, in the caller's transaction: messages still {@code ready} or
     * {@code deferred} become {@code skipped} with reason {@code cancelled}.
     */
    void withdraw(long runId);
}
