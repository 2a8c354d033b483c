package io.rekindle.deliver.outbox;

import io.rekindle.deliver.MessageState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of an attempt to send a message, not yet written down.
 *
 * @param dueAt when it is tried again, for {@link MessageState#DEFERRED}
 * @param excused whether the attempt does not count as a retry: it failed by our own set-up, or was never begun
 * @param deadAddress the address, when it must not be written to again
 */
record Ending(
        long messageId,
        int attempt,
        MessageState state,
        @Nullable String reason,
        @Nullable String detail,
        Instant at,
        @Nullable Instant dueAt,
        boolean excused,
        Courier.@Nullable Address deadAddress) {
    Ending {
        // PostgreSQL keeps any character but this one, and one ending that cannot be kept would hold up the others.
        if (detail != null) detail = detail.replace('\0', ' ');
    }

    static Ending sent(Attempt of, String reply, Instant at) {
        return new Ending(of.messageId(), of.number(), MessageState.SENT, null, reply, at, null, false, null);
    }

    static Ending failed(Attempt of, String reason, String detail, Instant at, Courier.@Nullable Address deadAddress) {
        return new Ending(
                of.messageId(), of.number(), MessageState.FAILED, reason, detail, at, null, false, deadAddress);
    }

    static Ending skipped(Attempt of, String reason, @Nullable String detail, Instant at) {
        return new Ending(of.messageId(), of.number(), MessageState.SKIPPED, reason, detail, at, null, false, null);
    }

    static Ending deferred(Attempt of, String reason, String detail, Instant at, Instant dueAt) {
        return new Ending(of.messageId(), of.number(), MessageState.DEFERRED, reason, detail, at, dueAt, false, null);
    }

    /** Marked as being sent, and never begun: it is due as before. */
    static Ending notBegun(Attempt of, Instant at) {
        return new Ending(of.messageId(), of.number(), MessageState.READY, null, null, at, null, true, null);
    }

    static Ending inDoubt(Attempt of, String reason, String detail, Instant at) {
        return new Ending(of.messageId(), of.number(), MessageState.IN_DOUBT, reason, detail, at, null, false, null);
    }

    /** Tried again when our set-up is right, however often that takes. */
    static Ending excused(Attempt of, String reason, String detail, Instant at, Instant dueAt) {
        return new Ending(of.messageId(), of.number(), MessageState.DEFERRED, reason, detail, at, dueAt, true, null);
    }

    /** One attempt to send a message; the first has the number 1. */
    record Attempt(long messageId, int number) {
        /** The one that begins when a message that is due is sent. */
        static Attempt next(DueMessage message) {
            return new Attempt(message.messageId(), message.attempts() + 1);
        }
    }
}
