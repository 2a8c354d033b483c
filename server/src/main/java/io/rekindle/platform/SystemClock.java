package io.rekindle.platform;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;

/** The clock of leases, time-outs, sessions and heartbeats. Nobody moves it. */
public final class SystemClock implements InstantSource {
    private final Clock clock;

    public SystemClock(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Instant instant() {
        return clock.instant();
    }
}
