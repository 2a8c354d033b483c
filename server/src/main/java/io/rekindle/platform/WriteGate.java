package io.rekindle.platform;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
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
        if (isInside()) return unit.get();
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

    /** Whether this thread is inside a unit of work. */
    public boolean isInside() {
        return lock.getReadHoldCount() > 0;
    }

    /**
     * Runs a unit that another thread's unit may be waiting for. While {@code awaited} holds, that other unit keeps the
     * gate open until this one is done, so this one enters at once: queueing behind a backup, which itself waits for the
     * other unit, would never end.
     */
    public void writeFor(BooleanSupplier awaited, Runnable unit) {
        while (!awaited.getAsBoolean()) {
            try {
                if (!lock.readLock().tryLock(1, TimeUnit.MILLISECONDS)) continue;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted before a write", e);
            }
            try {
                unit.run();
                return;
            } finally {
                lock.readLock().unlock();
            }
        }
        unit.run();
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
