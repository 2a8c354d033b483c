package io.rekindle.collect.imports;

/** How far an import is, and whether it may go on. */
interface Course {
    /** Tells that so many rows were read. */
    void read(long rows);

    /** Stops an import, by {@link Stopped}, when the server is stopping: it goes on at the next start. */
    void mayGoOn();

    /** The server is stopping. */
    final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stopped() {
            super("the server is stopping", null, false, false);
        }
    }
}
