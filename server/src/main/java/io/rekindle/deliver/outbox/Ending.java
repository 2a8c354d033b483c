package io.rekindle.deliver.outbox;

import io.rekindle.deliver.MessageState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a message that was begun to be sent, not yet written down.
 *
 * @param dueAt when it is tried again, for {@link MessageState#DEFERRED} and {@link MessageState#READY}
 * @param excused whether the attempt failed by our own set-up and does not count as a retry
 * @param deadAddress the address, when it must not be written to again
 */
record Ending(
        DueMessage message,
        MessageState state,
        @Nullable String reason,
        @Nullable String detail,
        Instant at,
        @Nullable Instant dueAt,
        boolean excused,
        Courier.@Nullable Address deadAddress) {

    static Ending sent(DueMessage message, String reply, Instant at) {
        return new Ending(message, MessageState.SENT, null, reply, at, null, false, null);
    }

    static Ending failed(
            DueMessage message, String reason, String detail, Instant at, Courier.@Nullable Address deadAddress) {
        return new Ending(message, MessageState.FAILED, reason, detail, at, null, false, deadAddress);
    }

    static Ending deferred(DueMessage message, String reason, String detail, Instant at, Instant dueAt) {
        return new Ending(message, MessageState.DEFERRED, reason, detail, at, dueAt, false, null);
    }

    static Ending inDoubt(DueMessage message, String reason, String detail, Instant at) {
        return new Ending(message, MessageState.IN_DOUBT, reason, detail, at, null, false, null);
    }

    /** Tried again when our set-up is right, however often that takes. */
    static Ending excused(DueMessage message, String reason, String detail, Instant at, Instant dueAt) {
        return new Ending(message, MessageState.DEFERRED, reason, detail, at, dueAt, true, null);
    }
}
