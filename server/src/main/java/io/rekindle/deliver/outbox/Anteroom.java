package io.rekindle.deliver.outbox;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where prepared messages wait for a connection, and connections for messages. It knows how many may be prepared ahead: one
 * for each connection that waits, and what was handed over lately in {@value #AHEAD_MILLIS} ms.
 */
final class Anteroom {
    private static final long AHEAD_MILLIS = 300;
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition come = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Condition wanted = lock.newCondition();
    private final Deque<Prepared> waiting = new ArrayDeque<>();
    /** How many messages are due that no connection waits for yet. */
    private int expected;
    /** Connections that are being made. */
    private int connecting;
    /** Whether the other side refuses us: then connections are made for what is expected only. */
    private boolean barred;
    /** Connections that stand and wait. */
    private int idle;

    private long windowBegan = System.nanoTime();
    private int inWindow;
    private double perSecond;

    void put(Prepared prepared) {
        lock.lock();
        try {
            waiting.add(prepared);
            come.signal();
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Prepared poll() {
        lock.lock();
        try {
            return taken();
        } finally {
            lock.unlock();
        }
    }

    /** The next one, for a connection that stands; null when none comes in time. */
    @Nullable
    Prepared next(Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            idle++;
            room.signal();
            try {
                long left = patience.toNanos();
                while (waiting.isEmpty() && left > 0) left = come.awaitNanos(left);
                return taken();
            } finally {
                idle--;
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Prepared taken() {
        var first = waiting.poll();
        if (first != null && isRoomy()) room.signal();
        return first;
    }

    /** So many messages are due; whether the other side refuses us. */
    void expect(int messages, boolean refused) {
        lock.lock();
        try {
            expected = messages;
            barred = refused;
            wanted.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes out what has waited for too long, or all of it. */
    List<Prepared> layDown(boolean all) {
        lock.lock();
        try {
            var down = new ArrayList<Prepared>();
            for (var each = waiting.iterator(); each.hasNext(); ) {
                var prepared = each.next();
                if (!all && !prepared.isStale()) continue;
                down.add(prepared);
                each.remove();
            }
            return down;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until more messages wait for a connection than there are or are being made; whether there are. */
    boolean join(Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patience.toNanos();
            while (connecting + idle >= expected + (barred ? 0 : waiting.size())) {
                if (left <= 0) return false;
                left = wanted.awaitNanos(left);
            }
            connecting++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The connection is made, or could not be. */
    void leave() {
        lock.lock();
        try {
            connecting--;
            wanted.signal();
        } finally {
            lock.unlock();
        }
    }

    void handedOver() {
        lock.lock();
        try {
            inWindow++;
            measure();
        } finally {
            lock.unlock();
        }
    }

    private void measure() {
        long now = System.nanoTime();
        long passed = now - windowBegan;
        if (passed < WINDOW_NANOS) return;
        // Half of the new, half of the old; after a silence only the new counts.
        double rate = inWindow * 1e9 / passed;
        perSecond = passed > 5 * WINDOW_NANOS ? rate : (perSecond + rate) / 2;
        windowBegan = now;
        inWindow = 0;
    }

    /** How many messages may be prepared now. */
    int room() {
        lock.lock();
        try {
            measure();
            return Math.max(0, idle + ahead() - waiting.size());
        } finally {
            lock.unlock();
        }
    }

    /** Waits until half of what may be prepared ahead is gone, or a connection waits. */
    void awaitRoom(Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patience.toNanos();
            while (!isRoomy() && left > 0) left = room.awaitNanos(left);
        } finally {
            lock.unlock();
        }
    }

    private boolean isRoomy() {
        return idle > waiting.size() || 2 * waiting.size() < ahead();
    }

    private int ahead() {
        return (int) (perSecond * AHEAD_MILLIS / 1000);
    }
}
