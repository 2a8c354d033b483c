package io.rekindle.platform;

import java.util.Optional;

/**
 * Work that is due and not yet done: a tail behind the log, an outbox with messages to send, a job that should have
 * run. A module that has such work says how much; the business clock moves only when every backlog is empty.
 */
public interface Backlog {
    /** Shown with the number, e.g. {@code tail identity}. */
    String name();

    /** How many items are due now; 0 when quiet. */
    long pending();

    /** Somebody waits for this: look for work now, not at the next glance. */
    default void wake() {}

    /** Why its last attempt at the work failed; empty while it goes well. */
    default Optional<String> failure() {
        return Optional.empty();
    }
}
