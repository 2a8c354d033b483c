package io.rekindle.deliver.outbox;

import io.rekindle.deliver.MessageState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a message that was begun to be sent, not yet written down.
 *
 * @param dueAt when it is tried again, for {@link MessageState#DEFERRED} and {@link MessageState#READY}
 * @param addressIsDead whether the address must not be written to again
 */
record Ending(
        DueMessage message,
        MessageState state,
        @Nullable String reason,
        @Nullable String detail,
        Instant at,
        @Nullable Instant dueAt,
        boolean addressIsDead) {

    static Ending sent(DueMessage message, String reply, Instant at) {
        return new Ending(message, MessageState.SENT, null, reply, at, null, false);
    }

    static Ending failed(DueMessage message, String reason, String detail, Instant at, boolean addressIsDead) {
        return new Ending(message, MessageState.FAILED, reason, detail, at, null, addressIsDead);
    }

    static Ending deferred(DueMessage message, String reason, String detail, Instant at, Instant dueAt) {
        return new Ending(message, MessageState.DEFERRED, reason, detail, at, dueAt, false);
    }

    static Ending inDoubt(DueMessage message, String reason, String detail, Instant at) {
        return new Ending(message, MessageState.IN_DOUBT, reason, detail, at, null, false);
    }
}
