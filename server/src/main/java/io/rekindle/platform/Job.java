package io.rekindle.platform;

import java.time.LocalTime;
import java.util.Optional;

/**
 * A kind of work that becomes due by the business clock. It runs at least once per due time: after a crash it runs
 * again, so it must bear repetition.
 */
public interface Job {
    /** Stable: it is the key under which due work is stored. */
    String name();

    /** Does the work of one instance; an exception is logged and the job is tried again after five minutes. */
    void run(String instance);

    /** The time of day at which it is due by itself every business day. */
    default Optional<LocalTime> daily() {
        return Optional.empty();
    }
}
