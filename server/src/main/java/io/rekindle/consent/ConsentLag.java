package io.rekindle.consent;

import io.rekindle.collect.EventLog;
import io.rekindle.platform.LastingThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Whether what customers said counts by now. Intake acknowledges a withdrawal when it is in the log; the consent tail reads it a
 * little later. As long as that is a moment nobody can tell, messages go out meanwhile; when the tail has not come to what
 * was acknowledged {@link #PATIENCE} ago, or before this server started, whoever wants to send has to wait.
 */
@Component
class ConsentLag implements SmartLifecycle {
    /** The name of {@link ConsentTail}. */
    static final String TAIL = "consent";

    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final LongSupplier lastEvent;
    private final LongSupplier nanos;
    private final JdbcClient jdbc;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private @Nullable Thread thread;
    private volatile CountDownLatch stopped = new CountDownLatch(1);

    @Autowired
    ConsentLag(EventLog log, JdbcClient jdbc) {
        this(log::lastSeq, System::nanoTime, jdbc);
    }

    /**
     * @param lastEvent the place of the log's last event
     * @param nanos as {@link System#nanoTime}
     */
    ConsentLag(LongSupplier lastEvent, LongSupplier nanos, JdbcClient jdbc) {
        this.lastEvent = lastEvent;
        this.nanos = nanos;
        this.jdbc = jdbc;
    }

    /** @param seq the log's last event at that time */
    private record Sample(long nanos, long seq) {}

    /** Whether something that was acknowledged {@link #PATIENCE} ago does not count yet. */
    boolean isTooLong() {
        return position() < heardUntil();
    }

    /** How far the tail must have come. */
    private long heardUntil() {
        synchronized (samples) {
            var oldest = samples.peekFirst();
            // Before the first look nobody knows.
            return oldest == null ? Long.MAX_VALUE : oldest.seq();
        }
    }

    private long position() {
        return jdbc.sql("select seq from tail_offsets where tail = :tail")
                .param("tail", TAIL)
                .query(Long.class)
                .optional()
                .orElse(0L);
    }

    /** Notes how far the log is; the first sample that is left is the youngest of those that are old enough, if any is. */
    void look() {
        long now = nanos.getAsLong();
        synchronized (samples) {
            samples.add(new Sample(now, lastEvent.getAsLong()));
            while (samples.size() > 1 && isOld(second(), now)) samples.removeFirst();
        }
    }

    private Sample second() {
        var all = samples.iterator();
        all.next();
        return all.next();
    }

    private static boolean isOld(Sample sample, long now) {
        return now - sample.nanos() >= PATIENCE.toNanos();
    }

    @Override
    public void start() {
        stopped = new CountDownLatch(1);
        synchronized (samples) {
            samples.clear();
        }
        look();
        thread = LastingThreads.start("consent-lag", () -> {
            try {
                while (!stopped.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) look();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void stop() {
        stopped.countDown();
        thread = null;
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }
}
