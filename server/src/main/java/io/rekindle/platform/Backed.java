package io.rekindle.platform;

import java.nio.file.Path;

/** A store that a backup copies beside the PostgreSQL: it can fix an instant and copy itself as of then. */
public interface Backed {
    /**
     * Fixes the instant; called while no unit of work is under way, so it must be quick.
     *
     * @param folder the backup's folder; the store writes files of its own names into it, later
     */
    Snapshot open(Path folder);

    /** The store as of the instant it was opened at. */
    interface Snapshot extends AutoCloseable {
        /** Copies the store into the backup's folder; may take long, writers go on. */
        void copy();

        @Override
        void close();
    }
}
