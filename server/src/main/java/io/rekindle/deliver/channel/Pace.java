package io.rekindle.deliver.channel;

import java.time.Duration;

/**
 * How a provider is to be treated.
 *
 * @param connections how many at once
 * @param retries how often a message that is refused for now is tried again before it has failed
 * @param firstRetry business time to the first retry; doubled for each further one, at most a day
 */
public record Pace(int connections, int retries, Duration firstRetry) {
    private static final Duration LONGEST_RETRY = Duration.ofDays(1);

    /** How long to wait after so many attempts that count. */
    public Duration wait(int attempts) {
        var wait = firstRetry;
        for (int n = 0; n < attempts && wait.compareTo(LONGEST_RETRY) < 0; n++) wait = wait.multipliedBy(2);
        return wait.compareTo(LONGEST_RETRY) < 0 ? wait : LONGEST_RETRY;
    }
}
