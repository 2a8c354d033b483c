package io.rekindle.platform;

import java.time.Instant;

/** Puts work on the calendar, inside the caller's PostgreSQL transaction. */
public interface Jobs {
    /**
     * Makes {@code job} due for {@code instance} at a business time; the same instance again moves it there. One that is
     * being worked on comes again then, also when it asks for that itself.
     */
    void schedule(String job, String instance, Instant due);

    /** Takes an instance off the calendar; nothing happens when it is not there. One that is being worked on ends, and does not come again. */
    void cancel(String job, String instance);
}
