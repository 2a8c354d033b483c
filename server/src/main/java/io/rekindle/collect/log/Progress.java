package io.rekindle.collect.log;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Wakes whoever waits for the log, or for one of its readers, to move. */
final class Progress {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();

    void tell() {
        lock.lock();
        try {
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the condition holds, at most so long; whether it holds. */
    boolean await(BooleanSupplier condition, Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) return false;
                left = moved.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits so long, whatever moves. */
    void pause(Duration length, BooleanSupplier unless) throws InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        while (!unless.getAsBoolean() && end - System.nanoTime() > 0)
            await(
                    unless,
                    Duration.of(
                            Math.min(end - System.nanoTime(), TimeUnit.SECONDS.toNanos(1)),
                            java.time.temporal.ChronoUnit.NANOS));
    }
}
