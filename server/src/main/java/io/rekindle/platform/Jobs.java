package io.rekindle.platform;

import java.time.Instant;

/** Puts work on the calendar, inside the caller's PostgreSQL transaction. */
public interface Jobs {
    /** Makes {@code job} due for {@code instance} at a business time; the same instance again moves it there. */
    void schedule(String job, String instance, Instant due);

    /** Takes an instance off the calendar; nothing happens when it is not there. */
    void cancel(String job, String instance);
}
