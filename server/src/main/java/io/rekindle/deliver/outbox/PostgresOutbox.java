package io.rekindle.deliver.outbox;

import io.rekindle.decide.Outbox;
import io.rekindle.decide.OutgoingMessage;
import io.rekindle.decide.OutgoingRun;
import io.rekindle.platform.BusinessClock;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The outbox in the planner's own transaction. */
@Component
class PostgresOutbox implements Outbox {
    private final MessageStore store;
    private final Dispatch dispatch;
    private final BusinessClock clock;

    PostgresOutbox(MessageStore store, Dispatch dispatch, BusinessClock clock) {
        this.store = store;
        this.dispatch = dispatch;
        this.clock = clock;
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public void enqueue(OutgoingRun run, Stream<OutgoingMessage> messages) {
        store.enqueue(run, messages, clock.instant());
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                dispatch.wake();
            }
        });
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public void withdraw(long runId) {
        dispatch.withdraw(runId);
    }
}
