package io.rekindle.deliver.outbox;

import io.rekindle.deliver.MessageState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a message that was begun to be sent, not yet written down.
 *
 * @param dueAt when it is tried again, for {@link MessageState#DEFERRED} and {@link MessageState#READY}
 * @param deadAddress the address, when it must not be written to again
 */
record Ending(
        DueMessage message,
        MessageState state,
        @Nullable String reason,
        @Nullable String detail,
        Instant at,
        @Nullable Instant dueAt,
        Courier.@Nullable Address deadAddress) {

    static Ending sent(DueMessage message, String reply, Instant at) {
        return new Ending(message, MessageState.SENT, null, reply, at, null, null);
    }

    static Ending failed(
            DueMessage message, String reason, String detail, Instant at, Courier.@Nullable Address deadAddress) {
        return new Ending(message, MessageState.FAILED, reason, detail, at, null, deadAddress);
    }

    static Ending deferred(DueMessage message, String reason, String detail, Instant at, Instant dueAt) {
        return new Ending(message, MessageState.DEFERRED, reason, detail, at, dueAt, null);
    }

    static Ending inDoubt(DueMessage message, String reason, String detail, Instant at) {
        return new Ending(message, MessageState.IN_DOUBT, reason, detail, at, null, null);
    }
}
