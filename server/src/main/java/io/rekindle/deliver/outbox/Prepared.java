package io.rekindle.deliver.outbox;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A message that is marked as being sent, with all that was taken for it, on its way to a connection.
 *
 * @param coupon the code it carries, if it has an offer
 * @param since {@link System#nanoTime} when permission was taken
 */
record Prepared(
        DueMessage message,
        Courier.Recipient recipient,
        Courier.Address address,
        @Nullable String coupon,
        long since) {
    /** For so long what was judged holds; then it is judged anew before the message goes out. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    boolean isStale() {
        return System.nanoTime() - since > FRESH.toNanos();
    }

    Ending.Attempt attempt() {
        return Ending.Attempt.next(message);
    }
}
