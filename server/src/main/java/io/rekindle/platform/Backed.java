package io.rekindle.platform;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A store beside the PostgreSQL: it knows whose it is, and can fix an instant and copy itself as of then for a backup. */
public interface Backed {
    /** Where it is, for a message. */
    String place();

    /** Whose it is; empty until {@link #belongTo} said so. */
    Optional<Installation> installation();

    /** Whether nothing was ever written into it. */
    boolean isEmpty();

    /** Keeps, for good, whose it is. */
    void belongTo(Installation installation);

    /**
     * Fixes the instant; called while no unit of work is under way, so it must be quick.
     *
     * @param folder the backup's folder; the store writes files of its own names into it, later
     */
    Snapshot open(Path folder);

    /** The store as of the instant it was opened at. */
    interface Snapshot extends AutoCloseable {
        /** Copies the store into the backup's folder; may take long, writers go on. */
        void copy() throws IOException;

        @Override
        void close();
    }
}
