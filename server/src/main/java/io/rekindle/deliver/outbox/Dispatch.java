package io.rekindle.deliver.outbox;

import io.rekindle.decide.OutgoingRun;
import io.rekindle.deliver.MailServer;
import io.rekindle.deliver.MailSettings;
import io.rekindle.deliver.MessageState;
import io.rekindle.deliver.links.Links;
import io.rekindle.deliver.smtp.DkimKey;
import io.rekindle.plan.SendWindow;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.LastingThreads;
import io.rekindle.platform.PlatformSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Empties the outbox. One thread reads what is due and prepares it, many messages at a time; each of several senders has
 * one connection to the mail server and hands over one message after the other; one thread writes down what became of
 * them. So few are prepared ahead that they are on their way within a moment: as many as there are connections waiting,
 * and what they took lately in a fraction of a second.
 *
 * <p>That no message goes out twice does not rest on this division of work but on the row and the journal: a message is
 * handed over only after a committed transaction moved it from ready to sending, no transaction moves it back unless it
 * certainly did not go out, and the journal tells those that were begun from those that were only marked.
 *
 * <p>When the mail server has refused our own set-up {@value #MOST_REFUSALS} times in a row, sending stops; after each
 * pause one message is tried, until the mail server takes up the dialogue again.
 */
@Component
class Dispatch implements Backlog, MailServer, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);
    private static final int BATCH = 250;
    private static final int MOST_COUNTED = 10_000;
    private static final int LEFT_BEHIND_AT_ONCE = 1_000;
    static final int MOST_REFUSALS = 10;
    private static final Duration GLANCE = Duration.ofSeconds(1);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
    private static final Duration ORPHANS = Duration.ofSeconds(5);
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(20);
    private static final String JOURNALS = "outbox";

    private final MessageStore store;
    private final Courier courier;
    private final Links links;
    private final MailSettings settings;
    private final @Nullable DkimKey key;
    private final BusinessClock clock;
    private final TransactionTemplate transaction;
    private final Path journals;
    private final Set<Long> inHand = ConcurrentHashMap.newKeySet();
    /** Messages that could not be prepared together. */
    private final Set<Long> alone = new HashSet<>();

    private final Set<Long> withdrawn = ConcurrentHashMap.newKeySet();
    private final Anteroom anteroom = new Anteroom();
    private final Semaphore bell = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;
    /** The message that is tried while the mail server refuses us. */
    private volatile long trial;

    private long orphansLookedFor = System.nanoTime();

    private volatile @Nullable Hold refusals;
    private volatile @Nullable String failure;
    private volatile @Nullable Endings endings;
    private volatile @Nullable Thread closing;

    @Autowired
    Dispatch(
            MessageStore store,
            Courier courier,
            Links links,
            MailSettings settings,
            BusinessClock clock,
            TransactionTemplate transaction,
            PlatformSettings platform) {
        this(
                store,
                courier,
                links,
                settings,
                clock,
                transaction,
                platform.data().resolve(JOURNALS));
    }

    /** @param journals the folder with what is being sent */
    Dispatch(
            MessageStore store,
            Courier courier,
            Links links,
            MailSettings settings,
            BusinessClock clock,
            TransactionTemplate transaction,
            Path journals) {
        this.store = store;
        this.courier = courier;
        this.links = links;
        this.settings = settings;
        this.key = DkimKey.of(settings).orElse(null);
        this.clock = clock;
        this.transaction = transaction;
        this.journals = journals;
    }

    /** The mail server has refused our set-up; in a row with earlier refusals. */
    synchronized void refused(Reason reason, String reply) {
        var now = clock.instant();
        var before = refusals;
        int inARow = before == null ? 1 : before.refusals() + 1;
        refusals =
                new Hold(reason, reply, inARow, before == null ? now : before.since(), now.plus(settings.firstRetry()));
        if (inARow >= MOST_REFUSALS) anteroom.expect(0, true);
        if (inARow == MOST_REFUSALS)
            LOG.error(
                    "the mail server has refused us {} times in a row ({}: {}); sending stops, nothing fails; check"
                            + " rekindle.mail.* and the mail server",
                    inARow,
                    reason.code(),
                    reply);
    }

    /** The mail server did not refuse our set-up. */
    synchronized void heard() {
        if (isHeld()) LOG.info("the mail server no longer refuses us; sending goes on");
        refusals = null;
    }

    boolean isHeld() {
        return hold().isPresent();
    }

    @Override
    public Optional<Hold> hold() {
        return Optional.ofNullable(refusals).filter(hold -> hold.refusals() >= MOST_REFUSALS);
    }

    /** Whether the message that is tried is on its way. */
    private boolean isTried() {
        return inHand.contains(trial);
    }

    /** Whether nothing is tried at all now. */
    private boolean pausesAt(Instant now) {
        return hold().filter(hold -> now.isBefore(hold.nextTry())).isPresent();
    }

    @Override
    public String name() {
        return "outbox";
    }

    /**
     * Without a mail server nothing is due: messages wait for one, or until it is tried again. What a sender still has in
     * hand when it is found to refuse us counts until it is laid down.
     */
    @Override
    public long pending() {
        if (!settings.isConfigured()) return 0;
        var now = clock.instant();
        boolean pauses = pausesAt(now);
        return store.open(now, MOST_COUNTED, !pauses) + (pauses ? inHand.size() : 0);
    }

    @Override
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Says that there may be something new. */
    @Override
    public void wake() {
        bell.release();
    }

    @Override
    public void start() {
        running = true;
        long start = store.newStart();
        long counted = store.endings();
        var past = HandoverJournal.past(journals, start, counted);
        settleLeftBehind(start, past);
        if (!settings.isConfigured()) {
            LOG.info("no mail server is set (rekindle.mail.host): messages wait");
            return;
        }
        if (key != null)
            LOG.info(
                    "mails are signed for {}; the DNS has to say under {}: {}",
                    key.domain(),
                    key.recordName(),
                    key.record());
        var journal = HandoverJournal.open(journals, start, counted);
        var ends = new Endings(store, courier, transaction, journal, inHand::remove);
        endings = ends;
        var preparation = new Preparation(store, courier, clock, transaction, start);
        threads.add(LastingThreads.start("outbox", () -> fetch(start, past, preparation, ends)));
        for (int n = 1; n <= settings.connections(); n++)
            threads.add(LastingThreads.start(
                    "sender-" + n, new Sender(this, ends, journal, courier, links, settings, key, clock)));
        closing = LastingThreads.start("outbox-endings", () -> {
            ends.run();
            journal.close();
        });
    }

    /** Lets every sender finish the message it is at, and writes down what became of all of them. */
    @Override
    public void stop() {
        running = false;
        wake();
        var ends = endings;
        try {
            for (var thread : threads) {
                if (!thread.join(PATIENCE_AT_STOP))
                    LOG.warn("{} does not stop; its message will be in doubt", thread.getName());
            }
            if (ends != null) {
                for (var left = anteroom.poll(); left != null; left = anteroom.poll())
                    ends.add(Ending.notBegun(left.attempt(), clock.instant()));
                ends.close();
            }
            var last = closing;
            if (last != null && !last.join(PATIENCE_AT_STOP))
                LOG.warn("what became of messages could not be written down; the next start does that");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.clear();
        endings = null;
        closing = null;
        inHand.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** A prepared message, if one waits. */
    @Nullable
    Prepared poll() {
        return anteroom.poll();
    }

    /** The next prepared message, if one comes in time; for a connection that stands. */
    @Nullable
    Prepared next(Duration patience) throws InterruptedException {
        return anteroom.next(patience);
    }

    /** Waits until there is something to send that no other connection is waiting for; whether there is. */
    boolean join(Duration patience) throws InterruptedException {
        return anteroom.join(patience);
    }

    /** Waits no longer for something to send. */
    void leave() {
        anteroom.leave();
    }

    /** A message was handed over, whatever came of it. */
    void handedOver() {
        anteroom.handedOver();
    }

    /** Whether a prepared message may still go out as it is; otherwise it is laid down and judged anew. */
    boolean mayBegin(Prepared prepared) {
        var message = prepared.message();
        var run = message.run();
        var now = clock.instant();
        return !prepared.isStale()
                && !withdrawn.contains(run.runId())
                && now.isBefore(run.expiresAt())
                && !opening(run, now).isAfter(now)
                // Prepared before the mail server refused us, or the one that is tried.
                && (!isHeld() || message.messageId() == trial);
    }

    private void fetch(long start, HandoverJournal.Past past, Preparation preparation, Endings ends) {
        while (running) {
            try {
                // Again at every look: a transaction of a killed server may be committed by PostgreSQL only after our
                // start.
                settleLeftBehind(start, past);
                layDownOrphans(start, ends);
                boolean idle = fetchOnce(preparation, ends) == 0;
                failure = null;
                if (idle) pause(GLANCE);
                else anteroom.awaitRoom(GLANCE);
            } catch (DataAccessException | TransactionException e) {
                failure = String.valueOf(e.getMessage());
                LOG.warn("the outbox cannot be read, trying again: {}", e.getMessage());
                pause(AFTER_TROUBLE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) {
                failure = String.valueOf(e);
                LOG.error("the outbox stumbled, trying again", e);
                pause(AFTER_TROUBLE);
            }
        }
    }

    /** How many messages were due that could be looked after. */
    private int fetchOnce(Preparation preparation, Endings ends) {
        finishRuns();
        boolean held = isHeld();
        var now = clock.instant();
        // Nothing waits for long as being sent, whether or not a connection comes.
        for (var down : anteroom.layDown(held && !isTried()))
            ends.add(Ending.notBegun(down.attempt(), clock.instant()));
        if (held && (pausesAt(now) || !inHand.isEmpty())) {
            anteroom.expect(0, true);
            return 0;
        }
        int room = Math.min(BATCH, anteroom.room());
        var due = store.due(
                now,
                List.copyOf(inHand),
                // They would all be put off, a moment each, and again after it.
                !courier.isWaiting(),
                held ? 1 : Math.max(room, settings.connections()));
        anteroom.expect(due.size(), held);
        if (due.isEmpty()) return 0;
        var turnedAway = turnAway(due, now);
        var open = due.stream()
                .filter(message -> !turnedAway.contains(message.run().runId()))
                .limit(room)
                .toList();
        if (!open.isEmpty() && open.stream().anyMatch(message -> alone.contains(message.messageId())))
            open = List.of(open.getFirst());
        if (held && !open.isEmpty()) trial = open.getFirst().messageId();
        if (!open.isEmpty()) prepareOrPutOff(open, preparation, ends);
        return due.size();
    }

    /** One message that cannot be prepared, whatever is tried, does not keep the others. */
    private void prepareOrPutOff(List<DueMessage> open, Preparation preparation, Endings ends) {
        try {
            prepare(open, preparation, ends);
        } catch (NonTransientDataAccessResourceException | TransientDataAccessException | TransactionException away) {
            throw away;
        } catch (RuntimeException e) {
            if (open.size() > 1) {
                LOG.warn(
                        "{} messages could not be prepared together, trying one by one: {}", open.size(), e.toString());
                alone.addAll(open.stream().map(DueMessage::messageId).toList());
                return;
            }
            var message = open.getFirst();
            LOG.error("message {} cannot be prepared and is put off", message.messageId(), e);
            var later = clock.instant().plus(settings.firstRetry());
            transaction.executeWithoutResult(status -> store.postpone(Map.of(message, later)));
            alone.remove(message.messageId());
        }
    }

    private void prepare(List<DueMessage> open, Preparation preparation, Endings ends) {
        var untold = new HashSet<Long>();
        for (var message : open) {
            inHand.add(message.messageId());
            untold.add(message.messageId());
        }
        try {
            preparation.prepare(open, new Preparation.Sink() {
                @Override
                public void put(Prepared prepared) {
                    alone.remove(prepared.message().messageId());
                    untold.remove(prepared.message().messageId());
                    anteroom.put(prepared);
                }

                @Override
                public void release(DueMessage message) {
                    alone.remove(message.messageId());
                    untold.remove(message.messageId());
                    inHand.remove(message.messageId());
                }

                @Override
                public void unsure(DueMessage message) {
                    untold.remove(message.messageId());
                    ends.add(Ending.notBegun(Ending.Attempt.next(message), clock.instant()));
                }
            });
        } finally {
            // Nobody knows whether they are marked; they were not begun.
            for (var message : open)
                if (untold.contains(message.messageId()))
                    ends.add(Ending.notBegun(Ending.Attempt.next(message), clock.instant()));
        }
    }

    /** Skips the runs that were withdrawn or whose time is over and postpones those whose window is closed; their ids. */
    private Set<Long> turnAway(List<DueMessage> due, Instant now) {
        var turnedAway = new HashSet<Long>();
        for (var message : due) {
            var run = message.run();
            if (turnedAway.contains(run.runId())) continue;
            if (message.withdrawn() || !now.isBefore(run.expiresAt())) {
                skipRun(run.runId(), message.withdrawn() ? "cancelled" : "expired", now);
                turnedAway.add(run.runId());
                continue;
            }
            var to = opening(run, now);
            if (!to.isAfter(now)) continue;
            transaction.execute(status -> store.postponeRun(run.runId(), to, now));
            turnedAway.add(run.runId());
        }
        return turnedAway;
    }

    /**
     * When a run's messages may be sent next: now, while its window is open, else when it opens. Not past its expiry: there
     * they fall due once more and are skipped.
     */
    Instant opening(OutgoingRun run, Instant now) {
        var opening = new SendWindow(run.windowFrom(), run.windowTo(), null).next(now, clock.zone());
        return opening.isBefore(run.expiresAt()) ? opening : run.expiresAt();
    }

    private void skipRun(long runId, String reason, Instant now) {
        transaction.executeWithoutResult(status -> {
            var tried = store.skipRun(runId, reason, now);
            if (!tried.isEmpty()) courier.giveBack(tried);
            courier.giveBackReserved(runId);
        });
    }

    /** In the caller's transaction: nothing of a run will be begun to be sent, or tried again. */
    void withdraw(long runId) {
        store.withdraw(runId);
        skipRun(runId, "cancelled", clock.instant());
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                // What is prepared already learns it here.
                withdrawn.add(runId);
            }
        });
    }

    private void finishRuns() {
        transaction.executeWithoutResult(status -> {
            for (var run : store.finishRuns()) {
                courier.finished(run.runId(), run.campaignId());
                withdrawn.remove(run.runId());
            }
        });
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
            if (!inHand.contains(one.messageId()))
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

    void pause(Duration most) {
        try {
            if (bell.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS)) bell.drainPermits();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }
}
