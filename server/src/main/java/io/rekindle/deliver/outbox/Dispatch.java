package io.rekindle.deliver.outbox;

import io.rekindle.consent.Permissions;
import io.rekindle.deliver.MailServer;
import io.rekindle.deliver.MessageState;
import io.rekindle.deliver.channel.Provider;
import io.rekindle.deliver.links.Links;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.LastingThreads;
import io.rekindle.platform.PlatformSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Empties the outbox: a lane for each channel that has a provider, one thread that looks after what earlier starts of the
 * server left behind, one that writes down what became of messages.
 *
 * <p>That no message goes out twice does not rest on this division of work but on the row and the journal: a message is
 * handed over only after a committed transaction moved it from ready to sending, no transaction moves it back unless it
 * certainly did not go out, and the journal tells those that were begun from those that were only marked.
 */
@Component
class Dispatch implements Backlog, MailServer, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);
    private static final int MOST_COUNTED = 10_000;
    private static final int LEFT_BEHIND_AT_ONCE = 1_000;
    private static final Duration GLANCE = Duration.ofSeconds(1);
    private static final Duration ORPHANS = Duration.ofSeconds(5);
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(20);
    private static final String JOURNALS = "outbox";

    private final MessageStore store;
    private final Courier courier;
    private final Links links;
    private final BusinessClock clock;
    private final TransactionTemplate transaction;
    private final Path journals;
    private final Withdrawals withdrawals;
    private final List<Lane<?>> lanes;
    private final Semaphore bell = new Semaphore(0);
    private volatile boolean running;

    private long orphansLookedFor = System.nanoTime();

    private volatile @Nullable String failure;
    private volatile @Nullable Endings endings;
    private volatile @Nullable Thread keeping;
    private volatile @Nullable Thread closing;

    @Autowired
    Dispatch(
            MessageStore store,
            Courier courier,
            Links links,
            List<Provider<?>> providers,
            BusinessClock clock,
            TransactionTemplate transaction,
            PlatformSettings platform) {
        this(
                store,
                courier,
                links,
                providers,
                clock,
                transaction,
                platform.data().resolve(JOURNALS));
    }

    /**
     * @param providers of different channels
     * @param journals the folder with what is being sent
     */
    Dispatch(
            MessageStore store,
            Courier courier,
            Links links,
            List<Provider<?>> providers,
            BusinessClock clock,
            TransactionTemplate transaction,
            Path journals) {
        this.store = store;
        this.courier = courier;
        this.links = links;
        this.clock = clock;
        this.transaction = transaction;
        this.journals = journals;
        this.withdrawals = new Withdrawals(store, courier, clock, transaction);
        this.lanes = providers.stream()
                .filter(Provider::isConfigured)
                .<Lane<?>>map(this::lane)
                .toList();
    }

    private <T> Lane<T> lane(Provider<T> provider) {
        return new Lane<>(provider, store, courier, links, clock, transaction, withdrawals);
    }

    @Override
    public Optional<Hold> hold() {
        return lanes.stream()
                .filter(lane -> lane.channel().equals(Permissions.EMAIL))
                .findFirst()
                .flatMap(Lane::hold);
    }

    @Override
    public String name() {
        return "outbox";
    }

    /**
     * Without a provider nothing is due: messages wait for one, or until it is tried again. What a sender still has in
     * hand when it is found to refuse us counts until it is laid down.
     */
    @Override
    public long pending() {
        if (lanes.isEmpty()) return 0;
        var now = clock.instant();
        var paused = lanes.stream().filter(lane -> lane.pausesAt(now)).toList();
        var due = lanes.stream()
                .filter(lane -> !paused.contains(lane))
                .map(Lane::channel)
                .toList();
        return store.open(now, MOST_COUNTED, due)
                + paused.stream().mapToInt(Lane::inHand).sum();
    }

    @Override
    public Optional<String> failure() {
        var of = failure;
        if (of != null) return Optional.of(of);
        return lanes.stream().flatMap(lane -> lane.failure().stream()).findFirst();
    }

    /** Says that there may be something new. */
    @Override
    public void wake() {
        for (var lane : lanes) lane.wake();
    }

    @Override
    public void start() {
        running = true;
        long start = store.newStart();
        long counted = store.endings();
        var past = HandoverJournal.past(journals, start, counted);
        settleLeftBehind(start, past);
        if (lanes.isEmpty()) {
            LOG.info("no mail server is set (rekindle.mail.host): messages wait");
            return;
        }
        var journal = HandoverJournal.open(journals, start, counted);
        var ends = new Endings(store, courier, transaction, journal, this::letGo);
        endings = ends;
        keeping = LastingThreads.start("outbox", () -> keep(start, past, ends));
        for (var lane : lanes) lane.start(start, journal, ends);
        closing = LastingThreads.start("outbox-endings", () -> {
            ends.run();
            journal.close();
        });
    }

    private void letGo(long messageId) {
        for (var lane : lanes) lane.letGo(messageId);
    }

    /** Lets every sender finish the message it is at, and writes down what became of all of them. */
    @Override
    public void stop() {
        running = false;
        bell.release();
        for (var lane : lanes) lane.stop();
        var ends = endings;
        // Once for all of them: those that hang, hang side by side.
        long until = System.nanoTime() + PATIENCE_AT_STOP.toNanos();
        try {
            var keeper = keeping;
            if (keeper != null) keeper.join(PATIENCE_AT_STOP);
            if (ends != null) {
                for (var lane : lanes) lane.awaitStop(until, ends);
                ends.close();
            }
            var last = closing;
            if (last != null && !last.join(PATIENCE_AT_STOP))
                LOG.warn("what became of messages could not be written down; the next start does that");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        endings = null;
        keeping = null;
        closing = null;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** In the caller's transaction: nothing of a run will be begun to be sent, or tried again. */
    void withdraw(long runId) {
        withdrawals.withdraw(runId);
    }

    private void keep(long start, HandoverJournal.Past past, Endings ends) {
        while (running) {
            try {
                // Again at every look: a transaction of a killed server may be committed by PostgreSQL only after our
                // start.
                settleLeftBehind(start, past);
                layDownOrphans(start, ends);
                failure = null;
            } catch (DataAccessException | TransactionException e) {
                failure = String.valueOf(e.getMessage());
                LOG.warn("what was left being sent cannot be looked after, trying again: {}", e.getMessage());
            } catch (RuntimeException | Error e) {
                failure = String.valueOf(e);
                LOG.error("looking after what was left being sent stumbled, trying again", e);
            }
            try {
                if (bell.tryAcquire(GLANCE.toMillis(), TimeUnit.MILLISECONDS)) bell.drainPermits();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** What earlier starts of the server left being sent: their journals tell what became of it, or it is in doubt. */
    private void settleLeftBehind(long start, HandoverJournal.Past past) {
        long doubted = 0;
        while (true) {
            var left = store.leftBehind(start, LEFT_BEHIND_AT_ONCE);
            if (left.isEmpty()) break;
            var now = clock.instant();
            var ends = left.stream()
                    .map(one -> ending(one, past.of(one.start(), one.messageId(), one.attempt()), now))
                    .toList();
            doubted += ends.stream()
                    .filter(end -> end.state() == MessageState.IN_DOUBT)
                    .count();
            transaction.executeWithoutResult(status -> Endings.write(store, courier, ends));
        }
        if (doubted > 0)
            LOG.warn(
                    "{} messages are in doubt: the server was stopped while it sent them; settle them one by one",
                    doubted);
    }

    /**
     * What is marked and in nobody's hand was never begun: its mark was committed after we had heard that it was not. An attempt
     * that has ended meanwhile is not named by its number any more.
     */
    private void layDownOrphans(long start, Endings ends) {
        long now = System.nanoTime();
        if (now - orphansLookedFor < ORPHANS.toNanos()) return;
        orphansLookedFor = now;
        for (var one : store.sending(start))
            if (lanes.stream().noneMatch(lane -> lane.hasInHand(one.messageId())))
                ends.add(Ending.notBegun(new Ending.Attempt(one.messageId(), one.attempt()), clock.instant()));
    }

    private static Ending ending(MessageStore.LeftBehind left, HandoverJournal.Fate fate, Instant now) {
        var attempt = new Ending.Attempt(left.messageId(), left.attempt());
        return switch (fate) {
            case HandoverJournal.Fate.NotBegun no -> Ending.notBegun(attempt, now);
            case HandoverJournal.Fate.Accepted accepted ->
                Ending.sent(attempt, "taken; the server stopped before it was written down", accepted.at());
            case HandoverJournal.Fate.NotTaken no ->
                Ending.deferred(
                        attempt, "interrupted", "not taken; the server stopped before it was written down", now, now);
            case HandoverJournal.Fate.Begun begun -> doubt(attempt, now);
            case HandoverJournal.Fate.Unknown unknown -> doubt(attempt, now);
        };
    }

    private static Ending doubt(Ending.Attempt attempt, Instant now) {
        return Ending.inDoubt(
                attempt, "interrupted", "the server stopped between handing it over and hearing the answer", now);
    }
}
