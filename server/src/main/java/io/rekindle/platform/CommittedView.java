package io.rekindle.platform;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What is kept in memory of rows of the database. It is read anew after each transaction that changed them, one reading at
 * a time: so the last reading has seen every change, and none that was not committed.
 */
public final class CommittedView<T> {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedView.class);

    private final Supplier<T> read;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile T value;
    private volatile boolean isStale;

    public CommittedView(Supplier<T> read) {
        this.read = read;
        this.value = read.get();
    }

    public T get() {
        if (isStale) refresh();
        return value;
    }

    /** The rows are changed in the transaction of now. */
    public void changed() {
        afterCommit(() -> {
            isStale = true;
            try {
                refresh();
            } catch (RuntimeException e) {
                LOG.error("what was changed cannot be read; it is read when it is next asked for", e);
            }
        });
    }

    /** Does something once the transaction of now is committed; at once where there is none. */
    public static void afterCommit(Runnable work) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            work.run();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                work.run();
            }
        });
    }

    private void refresh() {
        reading.lock();
        try {
            isStale = false;
            value = read.get();
        } catch (RuntimeException e) {
            isStale = true;
            throw e;
        } finally {
            reading.unlock();
        }
    }
}
