package io.rekindle.platform;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The clock of days, windows and quiet hours. In production it is the system clock. In a demonstration or a test it is
 * held at an instant and moved forward by {@link TimeTravel}, only when all is quiet.
 */
public final class BusinessClock implements InstantSource {
    private final SystemClock system;
    private final ZoneId zone;
    private final AtomicReference<@Nullable Instant> held = new AtomicReference<>();

    public BusinessClock(SystemClock system, ZoneId zone) {
        this.system = system;
        this.zone = zone;
    }

    @Override
    public Instant instant() {
        var at = held.get();
        return at == null ? system.instant() : at;
    }

    /** The business day in the company's zone. */
    public LocalDate today() {
        return LocalDate.ofInstant(instant(), zone);
    }

    /** The company's zone: days begin and end in it. */
    public ZoneId zone() {
        return zone;
    }

    public boolean isHeld() {
        return held.get() != null;
    }

    /** Holds the clock at an instant; not before the instant it is held at now. */
    void holdAt(Instant at) {
        var before = held.get();
        if (before != null && at.isBefore(before))
            throw Problem.conflict(
                            "clock_backwards", "the business clock stands at {now} and cannot go back to {asked}")
                    .with("now", before)
                    .with("asked", at);
        held.set(at);
    }

    /** Lets the clock run with the system clock again. */
    void release() {
        held.set(null);
    }
}
