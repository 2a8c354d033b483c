package io.rekindle.deliver.outbox;

import io.rekindle.platform.BusinessClock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs that end: called off, too late, or with nothing left to send. */
final class Withdrawals {
    private final MessageStore store;
    private final Courier courier;
    private final BusinessClock clock;
    private final TransactionTemplate transaction;
    /** Called off since the server's start and not finished yet. */
    private final Set<Long> withdrawn = ConcurrentHashMap.newKeySet();

    Withdrawals(MessageStore store, Courier courier, BusinessClock clock, TransactionTemplate transaction) {
        this.store = store;
        this.courier = courier;
        this.clock = clock;
        this.transaction = transaction;
    }

    boolean contains(long runId) {
        return withdrawn.contains(runId);
    }

    void skipRun(long runId, String reason, Instant now) {
        transaction.executeWithoutResult(status -> {
            var tried = store.skipRun(runId, reason, now);
            if (!tried.isEmpty()) courier.giveBack(tried);
            courier.giveBackReserved(runId);
        });
    }

    /** In the caller's transaction: nothing of a run will be begun to be sent, or tried again. */
    void withdraw(long runId) {
        store.withdraw(runId);
        skipRun(runId, "cancelled", clock.instant());
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                // What is prepared already learns it here.
                withdrawn.add(runId);
            }
        });
    }

    /** Tells of each run that has nothing left to send, once. */
    void finishRuns() {
        transaction.executeWithoutResult(status -> {
            for (var run : store.finishRuns()) {
                courier.finished(run.runId(), run.campaignId());
                withdrawn.remove(run.runId());
            }
        });
    }
}
