package io.rekindle.platform;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Lets a backup see both stores at one instant. Whoever writes to PostgreSQL and the warehouse as one unit of work
 * does it inside {@link #write}; a backup closes the gate for the milliseconds in which it opens its two snapshots.
 */
public final class WriteGate {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);

    /** Runs one unit of work that may touch both stores. Units run side by side; keep each short. */
    public <T> T write(Supplier<T> unit) {
        // A unit inside a unit must not queue behind a waiting backup: that would never end.
        if (lock.getReadHoldCount() > 0) return unit.get();
        lock.readLock().lock();
        try {
            return unit.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Runs one unit of work without a result. */
    public void write(Runnable unit) {
        write(() -> {
            unit.run();
            return true;
        });
    }

    /** Runs {@code opening} while no unit of work is under way. */
    public <T> T closed(Supplier<T> opening) {
        lock.writeLock().lock();
        try {
            return opening.get();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
