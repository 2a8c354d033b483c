package io.rekindle.collect.log;

import io.rekindle.platform.LastingThreads;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that does one piece of work at a time beside whoever gave it, who comes back for how it ended. */
final class Beside implements Runnable {
    private static final long GLANCE_NANOS = 200_000;

    private @Nullable Thread thread;
    private @Nullable Thread giver;
    private volatile @Nullable Runnable given;
    private volatile boolean done;
    private volatile boolean closed;
    private @Nullable Throwable failed;

    static Beside start(String name) {
        var beside = new Beside();
        beside.thread = LastingThreads.start(name, beside);
        return beside;
    }

    /** Begins work; what was begun before has been awaited. */
    void begin(Runnable work) {
        failed = null;
        done = false;
        giver = Thread.currentThread();
        given = work;
        LockSupport.unpark(thread);
    }

    boolean isDone() {
        return done;
    }

    /** Waits until what was begun is done; throws what it threw. */
    void await() {
        rest();
        var why = failed;
        if (why instanceof Error error) throw error;
        if (why instanceof RuntimeException exception) throw exception;
    }

    /** Waits until what was begun is done, however it ended. */
    void rest() {
        while (!done) LockSupport.parkNanos(GLANCE_NANOS);
    }

    /** Ends the thread when what was begun is done. */
    void close() throws InterruptedException {
        closed = true;
        var running = thread;
        if (running == null) return;
        LockSupport.unpark(running);
        running.join();
    }

    @Override
    public void run() {
        while (true) {
            var work = given;
            if (work == null) {
                if (closed) return;
                LockSupport.park(this);
                continue;
            }
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                failed = e;
            }
            var waits = giver;
            given = null;
            done = true;
            LockSupport.unpark(waits);
        }
    }
}
