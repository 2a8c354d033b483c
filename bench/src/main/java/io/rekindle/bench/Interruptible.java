package io.rekindle.bench;

/**
 * Closes something, once: when it is closed, or when the process is told to end before. A benchmark that is interrupted
 * leaves no server behind.
 */
public final class Interruptible {
    private final AutoCloseable inner;
    private final Thread hook = new Thread(this::closeOnce);
    private boolean closed;

    public Interruptible(AutoCloseable inner) {
        this.inner = inner;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    public void close() {
        closeOnce();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The hook runs already and finds nothing left to close.
        }
    }

    private synchronized void closeOnce() {
        if (closed) return;
        closed = true;
        try {
            inner.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
