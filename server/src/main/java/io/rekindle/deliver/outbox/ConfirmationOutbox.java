package io.rekindle.deliver.outbox;

import io.rekindle.common.CustomerId;
import io.rekindle.consent.Ask;
import io.rekindle.consent.ConfirmationMail;
import io.rekindle.consent.Permissions;
import io.rekindle.decide.OutgoingMessage;
import io.rekindle.decide.OutgoingRun;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Vault;
import java.time.Instant;
import java.time.LocalTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The mails that ask for confirmation go the way of every message: permission at the moment of sending, at most once, in
 * doubt after a crash. Each is a run of its own, of no campaign, under the negative number of its confirmation.
 */
@Component
class ConfirmationOutbox implements ConfirmationMail {
    private final MessageStore store;
    private final Dispatch dispatch;
    private final Vault vault;
    private final BusinessClock clock;

    ConfirmationOutbox(MessageStore store, Dispatch dispatch, Vault vault, BusinessClock clock) {
        this.store = store;
        this.dispatch = dispatch;
        this.vault = vault;
        this.clock = clock;
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public void enqueue(long confirmationId, CustomerId customer, Instant expiresAt) {
        var now = clock.instant();
        var ask = Ask.transactional(Permissions.EMAIL);
        var name = Long.toString(confirmationId);
        store.enqueue(
                new OutgoingRun(
                        -confirmationId,
                        OutgoingRun.NO_CAMPAIGN,
                        ask.purpose(),
                        ask.channel(),
                        ask.topic(),
                        ask.category(),
                        0,
                        0,
                        null,
                        now,
                        LocalTime.MIN,
                        LocalTime.MAX,
                        expiresAt,
                        0),
                Stream.of(new OutgoingMessage(
                        messageId(confirmationId), vault.keyedHash("confirmation-decision", name), customer)),
                now);
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                dispatch.wake();
            }
        });
    }

    @Override
    public Set<Long> lost(Collection<Long> confirmationIds) {
        var byMessage = new HashMap<Long, Long>();
        for (var id : confirmationIds) byMessage.put(messageId(id), id);
        return store.lost(byMessage.keySet()).stream().map(byMessage::get).collect(Collectors.toSet());
    }

    private long messageId(long confirmationId) {
        return vault.keyedHash("confirmation-message", Long.toString(confirmationId));
    }
}
