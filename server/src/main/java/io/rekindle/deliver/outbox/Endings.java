package io.rekindle.deliver.outbox;

import io.rekindle.deliver.MessageState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes down what became of messages: what has come meanwhile in one transaction, one after the other. Until then the
 * journal knows it.
 */
final class Endings implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);
    private static final int MOST = 1_000;
    private static final Duration GLANCE = Duration.ofMillis(100);
    /** A transaction costs much the same for one ending as for twenty. */
    private static final long GATHERED_NANOS = Duration.ofMillis(25).toNanos();

    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(10);

    private final MessageStore store;
    private final Courier courier;
    private final TransactionTemplate transaction;
    private final HandoverJournal journal;
    private final Written written;
    private final BlockingQueue<Ended> queue = new LinkedBlockingQueue<>();
    private volatile boolean closing;

    Endings(
            MessageStore store,
            Courier courier,
            TransactionTemplate transaction,
            HandoverJournal journal,
            Written written) {
        this.store = store;
        this.courier = courier;
        this.transaction = transaction;
        this.journal = journal;
        this.written = written;
    }

    /** Is told of each message once its end is written down. */
    interface Written {
        void written(long messageId);
    }

    /** @param slot where the journal has it; null: it was not begun */
    private record Ended(Ending ending, @Nullable Integer slot) {}

    /** An attempt has ended that the journal has in a slot. */
    void add(Ending ending, int slot) {
        queue.add(new Ended(ending, slot));
    }

    /** An attempt has ended that was never begun. */
    void add(Ending ending) {
        queue.add(new Ended(ending, null));
    }

    /** Nothing more comes: ends when all is written down, or when that fails for too long. */
    void close() {
        closing = true;
    }

    @Override
    public void run() {
        var endings = new ArrayList<Ended>();
        try {
            while (!closing || !queue.isEmpty()) {
                var first = queue.poll(GLANCE.toMillis(), TimeUnit.MILLISECONDS);
                if (first == null) continue;
                endings.add(first);
                if (!closing && queue.size() < MOST) LockSupport.parkNanos(GATHERED_NANOS);
                queue.drainTo(endings, MOST - 1);
                writeDownPatiently(endings);
                endings.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tries until it is written down. What is not, the journal tells the next start. */
    private void writeDownPatiently(List<Ended> ended) {
        var waited = Duration.ZERO;
        while (true) {
            try {
                writeDown(ended);
                return;
            } catch (DataIntegrityViolationException e) {
                if (ended.size() == 1) {
                    LOG.error(
                            "what became of message {} cannot be kept; it is settled at the next start",
                            ended.getFirst().ending().messageId(),
                            e);
                    return;
                }
                for (var one : ended) writeDownPatiently(List.of(one));
                return;
            } catch (RuntimeException | Error e) {
                LOG.warn("what became of messages cannot be written down, trying again: {}", e.getMessage());
                if (closing && waited.compareTo(PATIENCE_AT_STOP) > 0) return;
                LockSupport.parkNanos(AFTER_TROUBLE.toNanos());
                waited = waited.plus(AFTER_TROUBLE);
            }
        }
    }

    private void writeDown(List<Ended> ended) {
        var endings = ended.stream().map(Ended::ending).toList();
        Long number = transaction.execute(status -> write(store, courier, endings));
        if (number != null) journal.committed(number);
        for (var one : ended) {
            var slot = one.slot();
            if (slot != null) journal.forget(slot);
            written.written(one.ending().messageId());
        }
    }

    /** In the caller's transaction; the number of the transaction among those that write down endings. */
    static long write(MessageStore store, Courier courier, List<Ending> endings) {
        var states = store.end(endings);
        var unsent = new ArrayList<Long>();
        for (var ending : endings) {
            var state = states.get(ending.messageId());
            if (state != MessageState.FAILED && state != MessageState.SKIPPED) continue;
            unsent.add(ending.messageId());
            var dead = ending.deadAddress();
            if (dead != null) courier.suppress(ending.messageId(), dead);
        }
        if (!unsent.isEmpty()) courier.giveBack(unsent);
        return store.countEndings();
    }
}
