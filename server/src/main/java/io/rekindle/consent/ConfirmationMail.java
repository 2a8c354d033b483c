package io.rekindle.consent;

import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;

/** Brings the question whether a customer meant it to the customer's mailbox; the part that delivers implements it. */
public interface ConfirmationMail {
    /**
     * Takes over a mail, in the caller's transaction; what it says is asked of {@link Confirmations#mail} when it goes out.
     *
     * @param expiresAt from then on it is too late to send it
     */
    void enqueue(long confirmationId, CustomerId customer, Instant expiresAt);

    /** Those of these mails that are known to have reached nobody: they failed, were sent back or were left out. */
    Set<Long> lost(Collection<Long> confirmationIds);
}
