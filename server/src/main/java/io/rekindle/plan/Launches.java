package io.rekindle.plan;

import java.time.Instant;

/** What planning needs of the part that decides: it forecasts a campaign and starts it. */
public interface Launches {
    /** What the campaign would do if it ran now. */
    Forecast forecast(Campaign campaign);

    /** Puts the launch on the calendar, in the caller's transaction; not before {@code earliest}. */
    void schedule(Campaign campaign, Instant earliest);

    /** Takes the launch off the calendar and stops what is not yet sent, in the caller's transaction. */
    void cancel(Campaign campaign);
}
