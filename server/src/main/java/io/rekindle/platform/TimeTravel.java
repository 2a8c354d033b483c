package io.rekindle.platform;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Moves the business clock of a demonstration, only when all is quiet: every tail has read the log to its end, no job
 * is due, and the outbox is drained.
 */
public final class TimeTravel {
    private static final Duration FARTHEST = Duration.ofDays(3_653);

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long FIRST_GLANCE_NANOS = 1_000_000;
    private static final long LONGEST_GLANCE_NANOS = 20_000_000;

    private final BusinessClock clock;
    private final SystemClock system;
    private final PlatformSettings settings;
    private final List<Backlog> backlogs;

    TimeTravel(BusinessClock clock, SystemClock system, PlatformSettings settings, List<Backlog> backlogs) {
        this.clock = clock;
        this.system = system;
        this.settings = settings;
        this.backlogs = List.copyOf(backlogs);
    }

    public boolean isAllowed() {
        return settings.demo();
    }

    /** Waits for quiet, moves the clock, and waits for quiet again: what became due at {@code to} is done on return. */
    public void advanceTo(Instant to) {
        if (!isAllowed())
            throw Problem.conflict(
                    "clock_not_movable",
                    "the business clock moves only on a server that was started as a demonstration");
        if (to.isAfter(clock.instant().plus(FARTHEST)))
            throw Problem.invalid("clock_too_far", "the business clock moves at most ten years at once");
        awaitQuiet();
        clock.holdAt(to);
        awaitQuiet();
    }

    /** Waits for quiet, then lets the business clock run with the system clock. */
    public void release() {
        awaitQuiet();
        clock.release();
    }

    /** Returns when nothing is pending anywhere; a {@link Problem} {@code not_quiet} names what did not finish. */
    public void awaitQuiet() {
        var deadline = system.instant().plus(PATIENCE);
        long glance = FIRST_GLANCE_NANOS;
        boolean quietBefore = false;
        while (true) {
            // Looking costs a query or two: one that is busy is enough to know.
            var busy =
                    backlogs.stream().filter(backlog -> backlog.pending() > 0).findFirst();
            // Work can pass from one backlog to another that was asked already: only a second quiet look is proof.
            if (busy.isEmpty() && quietBefore) return;
            quietBefore = busy.isEmpty();
            if (busy.isEmpty()) continue;
            if (system.instant().isAfter(deadline)) throw notQuiet();
            busy.get().wake();
            LockSupport.parkNanos(glance);
            glance = Math.min(glance * 3 / 2, LONGEST_GLANCE_NANOS);
        }
    }

    private Problem notQuiet() {
        var busy = new ArrayList<String>();
        for (var backlog : backlogs) {
            long pending = backlog.pending();
            if (pending > 0) busy.add("%s (%d)".formatted(backlog.name(), pending));
        }
        return new Problem(Problem.Kind.UNAVAILABLE, "not_quiet", "after {time} still at work: {busy}", List.of())
                .with("time", PATIENCE)
                .with("busy", busy);
    }
}
