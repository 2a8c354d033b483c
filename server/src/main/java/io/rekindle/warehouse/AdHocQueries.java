package io.rekindle.warehouse;

import io.rekindle.platform.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Questions somebody waits for, of any shape or size: previews and forecasts, results, decisions, customers. They share
 * the machine with intake and sending, so only so many are answered at once, a few more wait, and each statement has its
 * time.
 */
@Component
public class AdHocQueries {
    private static final int WAITING_PER_RUNNING = 4;
    private static final ScopedValue<Long> DEADLINE = ScopedValue.newInstance();

    private final Duration patience;
    private final Semaphore running;
    private final Semaphore here;

    AdHocQueries(AdHocSettings settings) {
        this.patience = settings.patience();
        this.running = new Semaphore(settings.atOnce(), true);
        this.here = new Semaphore(settings.atOnce() * (1 + WAITING_PER_RUNNING));
    }

    /**
     * Answers a question; every statement the caller's thread runs in it ends with its time.
     *
     * @throws Problem {@code too_many_queries} when too many others are asked; {@code query_timed_out} when it took too
     *     long
     */
    public <T> T answer(Supplier<T> question) {
        if (!here.tryAcquire()) throw tooMany();
        try {
            if (!running.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) throw tooMany();
            try {
                return ScopedValue.where(DEADLINE, System.nanoTime() + patience.toNanos())
                        .call(question::get);
            } finally {
                running.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw tooMany();
        } finally {
            here.release();
        }
    }

    /** How long the question this thread answers may still take; empty when it answers none, zero when it is over. */
    public static Optional<Duration> timeLeft() {
        if (!DEADLINE.isBound()) return Optional.empty();
        return Optional.of(Duration.ofNanos(Math.max(0, DEADLINE.get() - System.nanoTime())));
    }

    /** What is said of a statement that took too long. */
    public static Problem timedOut() {
        return new Problem(
                Problem.Kind.UNAVAILABLE,
                "query_timed_out",
                "the question took too long and was stopped (rekindle.ad-hoc.patience); ask for less, such as fewer"
                        + " conditions or a shorter window",
                java.util.List.of());
    }

    private static Problem tooMany() {
        return new Problem(
                Problem.Kind.TOO_MANY,
                "too_many_queries",
                "too many questions are asked at once (rekindle.ad-hoc.at-once); try again in a moment",
                java.util.List.of());
    }
}
