package io.rekindle.collect.log;

import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.collect.Tails;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.LastingThreads;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Vault;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Warehouse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Drives every {@link Tail}: one thread each, woken by the log's writer. The end of a batch is written down ("claimed")
 * before the tail sees it, so that after a crash the very same batch comes again; the transaction that takes a batch up
 * claims the next one too, so that a tail that is behind needs one commit a batch.
 */
@Component
final class TailRunner implements Tails, Backlog, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(TailRunner.class);
    private static final int LARGEST_BATCH = 5_000;
    private static final Duration SIP = Duration.ofMillis(30);
    private static final Duration LONGEST_SIP = Duration.ofMillis(200);
    /** How many times as long as it worked a tail gathers before it works again. */
    private static final int GATHERS_PER_WORK = 10;

    private static final int LARGEST_BATCH_UNREAD = 100_000;
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long LONGEST_REST_NANOS = 2_000_000_000;
    /** How many times as long as they worked the tails rest while a burst is taken in. */
    private static final int RESTS_PER_WORK = 4;
    /** Whoever asks how much is left waits for the end of it, and asks again within so long. */
    private static final long ASKED_LATELY_NANOS = 100_000_000;

    private static final long FIRST_BACK_OFF_MILLIS = 100;
    private static final long LONGEST_BACK_OFF_MILLIS = 30_000;

    private final CommitLog log;
    private final ObjectProvider<Backlog> backlogs;
    private final JdbcClient jdbc;
    private final WriteGate gate;
    private final TransactionTemplate transactions;
    private final EventReader reader;
    private final Map<String, Runner> runners = new TreeMap<>();
    private final String[] takersOfPersonalFields;
    private final Semaphore turns = new Semaphore(1, true);
    private final AtomicInteger awaited = new AtomicInteger();
    private volatile long lastAsked = System.nanoTime() - ASKED_LATELY_NANOS;
    private volatile boolean running;

    TailRunner(
            CommitLog log,
            ObjectProvider<Tail> tails,
            ObjectProvider<Backlog> backlogs,
            JdbcClient jdbc,
            Warehouse warehouse,
            Vault vault,
            WriteGate gate,
            PlatformTransactionManager transactionManager,
            JsonMapper json) {
        this.log = log;
        this.backlogs = backlogs;
        this.jdbc = jdbc;
        this.gate = gate;
        this.transactions = new TransactionTemplate(transactionManager);
        this.reader = new EventReader(warehouse, jdbc, vault, json);
        for (var tail : tails.orderedStream().toList())
            if (runners.put(tail.name(), new Runner(tail)) != null)
                throw new IllegalStateException("two tails are named '%s'".formatted(tail.name()));
        for (var runner : runners.values())
            for (var earlier : runner.tail.after())
                if (!runners.containsKey(earlier))
                    throw new IllegalStateException(
                            "tail '%s' comes after '%s', which is not there".formatted(runner.tail.name(), earlier));
        takersOfPersonalFields = runners.values().stream()
                .filter(r -> r.tail.wantsPersonalFields())
                .map(r -> r.tail.name())
                .toArray(String[]::new);
    }

    @Override
    public List<Lag> lags() {
        var lags = new ArrayList<Lag>();
        for (var runner : runners.values()) lags.add(new Lag(runner.tail.name(), runner.lag(), runner.failure));
        log.failure().ifPresent(why -> lags.add(new Lag("event-log", log.waiting(), why)));
        for (var other : backlogs)
            other.failure().ifPresent(why -> lags.add(new Lag(other.name(), other.pending(), why)));
        return List.copyOf(lags);
    }

    @Override
    public long worstLag() {
        return runners.values().stream().mapToLong(Runner::lag).max().orElse(0);
    }

    @Override
    public void awaitAll(long seq) {
        try {
            var here = new ArrayList<>(runners.values());
            awaited.incrementAndGet();
            try {
                log.progress().tell();
                if (log.progress().await(() -> here.stream().allMatch(r -> r.taken >= seq), PATIENCE)) return;
            } finally {
                awaited.decrementAndGet();
            }
            var behind = here.stream()
                    .filter(r -> r.taken < seq)
                    .map(r -> r.tail.name())
                    .toList();
            throw new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "tails_behind",
                            "after {time} these tails have not taken up the log to event {event}: {tails}",
                            List.of())
                    .with("time", PATIENCE)
                    .with("event", seq)
                    .with("tails", behind);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the tails", e);
        }
    }

    @Override
    public String name() {
        return "event tails "
                + runners.values().stream()
                        .filter(r -> r.lag() > 0)
                        .map(r -> r.tail.name())
                        .toList();
    }

    /** Events on their way into the log come first: by the time they are counted out, the log has grown by them. */
    @Override
    public long pending() {
        lastAsked = System.nanoTime();
        long waiting = log.waiting();
        long left = waiting + runners.values().stream().mapToLong(Runner::lag).sum();
        if (left > 0) log.progress().tell();
        return left;
    }

    @Override
    public void start() {
        running = true;
        for (var runner : runners.values())
            runner.thread = LastingThreads.start("tail-" + runner.tail.name(), runner::run);
    }

    @Override
    public void stop() {
        running = false;
        log.progress().tell();
        for (var runner : runners.values()) {
            var thread = runner.thread;
            if (thread == null) continue;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** One tail and its place. */
    private final class Runner {
        private final Tail tail;
        private final List<String> after;
        private volatile long taken;
        private long lastTakenUp = System.nanoTime() - SIP.toNanos();
        private long lastWorkNanos;
        private long claimed;
        private volatile @Nullable String failure;
        private volatile @Nullable Thread thread;

        Runner(Tail tail) {
            this.tail = tail;
            this.after = List.copyOf(tail.after());
            jdbc.sql("insert into tail_offsets values (:tail, 0, 0) on conflict (tail) do nothing")
                    .param("tail", tail.name())
                    .update();
            jdbc.sql("select seq, claimed_seq from tail_offsets where tail = :tail")
                    .param("tail", tail.name())
                    .query(row -> {
                        taken = row.getLong("seq");
                        claimed = row.getLong("claimed_seq");
                    });
        }

        long lag() {
            return log.lastSeq() - taken;
        }

        void run() {
            long backOff = FIRST_BACK_OFF_MILLIS;
            while (running) {
                try {
                    if (!log.progress().await(() -> !running || end() > taken, LONG) || !running) continue;
                    gather();
                    takeUpInTurn();
                    lastTakenUp = System.nanoTime();
                    failure = null;
                    backOff = FIRST_BACK_OFF_MILLIS;
                } catch (InterruptedException stopped) {
                    return;
                } catch (RuntimeException | Error e) {
                    failure = e instanceof Error ? String.valueOf(e) : String.valueOf(e.getMessage());
                    LOG.error(
                            "tail {} failed at event {}; it tries again in {} ms", tail.name(), taken + 1, backOff, e);
                    try {
                        log.progress().pause(Duration.ofMillis(backOff), () -> !running);
                    } catch (InterruptedException stopped) {
                        return;
                    }
                    backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_MILLIS);
                }
            }
        }

        /**
         * A trickle is taken up in sips, not drop by drop: each batch costs two commits and a query whatever its size, so
         * the dearer the last one was the longer the next one gathers. The first event after a pause is taken up at once,
         * and nobody gathers while somebody waits for the end of the log.
         */
        private void gather() throws InterruptedException {
            long sip = Math.clamp(GATHERS_PER_WORK * lastWorkNanos, SIP.toNanos(), LONGEST_SIP.toNanos());
            long left = sip - (System.nanoTime() - lastTakenUp);
            if (left > 0)
                log.progress()
                        .pause(
                                Duration.ofNanos(left),
                                () -> !running || end() - taken >= largest() || isSomebodyWaiting());
        }

        private boolean isSomebodyWaiting() {
            return awaited.get() > 0 || System.nanoTime() - lastAsked < ASKED_LATELY_NANOS;
        }

        /** Where the next batch may end: not beyond a tail this one must not overtake. */
        private long end() {
            long end = log.lastSeq();
            for (var earlier : after) {
                var other = runners.get(earlier);
                if (other != null) end = Math.min(end, other.taken);
            }
            return end;
        }

        /**
         * While a burst waits for the disk, the tails take turns, and rest between them several times as long as they
         * worked: it is first taken in and then worked through. How far they may fall behind is bounded by the setting at
         * which intake answers 429; then no call waits, and they have the machine to themselves.
         */
        private void takeUpInTurn() throws InterruptedException {
            if (!log.isSurging()) {
                lastWorkNanos = timed();
                return;
            }
            turns.acquire();
            try {
                long worked = timed();
                log.progress()
                        .pause(
                                Duration.ofNanos(Math.min(RESTS_PER_WORK * worked, LONGEST_REST_NANOS)),
                                () -> !log.isSurging() || !running);
            } finally {
                turns.release();
            }
        }

        private long timed() {
            long start = System.nanoTime();
            takeUp();
            return System.nanoTime() - start;
        }

        private void takeUp() {
            long from = taken + 1;
            if (claimed < from) claim(Math.min(end(), taken + largest()));
            long to = claimed;
            var batch = new Tail.Batch(tail.name(), from, to, events(from, to));
            long next = gate.write(() -> {
                var claimedNext = transactions.execute(status -> {
                    tail.process(batch);
                    return moveTo(to);
                });
                return claimedNext == null ? to : claimedNext;
            });
            claimed = next;
            taken = to;
            log.progress().tell();
        }

        private List<LoggedEvent> events(long from, long to) {
            return tail.wantsEvents()
                    ? reader.read(
                            from,
                            to,
                            log.lastSeq(),
                            tail.interest(),
                            tail.wantsPersonalFields() ? tail::wantsPersonalFieldsOf : null)
                    : List.of();
        }

        private int largest() {
            return tail.wantsEvents() ? LARGEST_BATCH : LARGEST_BATCH_UNREAD;
        }

        private void claim(long to) {
            jdbc.sql("update tail_offsets set claimed_seq = :to where tail = :tail")
                    .param("to", to)
                    .param("tail", tail.name())
                    .update();
            claimed = to;
        }

        private long moveTo(long to) {
            // Only a full batch is claimed ahead: a short one would fix its end before more has come.
            long next = end() - to >= largest() ? to + largest() : to;
            jdbc.sql("update tail_offsets set seq = :to, claimed_seq = :next where tail = :tail")
                    .param("to", to)
                    .param("next", next)
                    .param("tail", tail.name())
                    .update();
            if (tail.wantsPersonalFields())
                jdbc.sql("""
                                delete from intake_personal
                                where seq <= (select min(seq) from tail_offsets where tail = any(:takers))
                                """).param("takers", takersOfPersonalFields).update();
            return next;
        }
    }
}
