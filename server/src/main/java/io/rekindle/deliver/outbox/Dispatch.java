package io.rekindle.deliver.outbox;

import io.rekindle.decide.OutgoingRun;
import io.rekindle.deliver.MailServer;
import io.rekindle.deliver.MailSettings;
import io.rekindle.deliver.links.Links;
import io.rekindle.plan.SendWindow;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.LastingThreads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Empties the outbox. One thread fetches what is due and looks up the recipients in bulk; each of several senders has
 * one connection to the mail server and takes messages one by one.
 *
 * <p>That no message goes out twice does not rest on this division of work but on the row: a message is handed over only
 * after a committed transaction moved it from ready to sending, and no transaction moves it back unless it certainly
 * did not go out.
 *
 * <p>When the mail server has refused our own set-up {@value #MOST_REFUSALS} times in a row, sending stops; after each
 * pause one message is tried, until the mail server takes up the dialogue again.
 */
@Component
class Dispatch implements Backlog, MailServer, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);
    private static final int BATCH = 200;
    private static final int MOST_COUNTED = 10_000;
    static final int MOST_REFUSALS = 10;
    private static final Duration GLANCE = Duration.ofSeconds(1);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(20);

    private final MessageStore store;
    private final Courier courier;
    private final Links links;
    private final MailSettings settings;
    private final BusinessClock clock;
    private final TransactionTemplate transaction;
    private final Set<Long> inHand = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Parcel> queue = new ArrayBlockingQueue<>(2 * BATCH);
    private final Semaphore bell = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;
    private volatile @Nullable Hold refusals;
    private volatile @Nullable String failure;

    Dispatch(
            MessageStore store,
            Courier courier,
            Links links,
            MailSettings settings,
            BusinessClock clock,
            TransactionTemplate transaction) {
        this.store = store;
        this.courier = courier;
        this.links = links;
        this.settings = settings;
        this.clock = clock;
        this.transaction = transaction;
    }

    /** A due message with its recipient, ready to be sent. */
    record Parcel(DueMessage message, Courier.@Nullable Recipient recipient, boolean trial) {}

    /** The mail server has refused our set-up; in a row with earlier refusals. */
    synchronized void refused(Reason reason, String reply) {
        var now = clock.instant();
        var before = refusals;
        int inARow = before == null ? 1 : before.refusals() + 1;
        refusals =
                new Hold(reason, reply, inARow, before == null ? now : before.since(), now.plus(settings.firstRetry()));
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

    /** Whether a message was read and waits for a sender, or is with one. */
    boolean isInHand(long message) {
        return inHand.contains(message);
    }

    boolean isHeld() {
        return hold().isPresent();
    }

    @Override
    public Optional<Hold> hold() {
        return Optional.ofNullable(refusals).filter(hold -> hold.refusals() >= MOST_REFUSALS);
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
        doubt(start);
        if (!settings.isConfigured()) {
            LOG.info("no mail server is set (rekindle.mail.host): messages wait");
            return;
        }
        threads.add(LastingThreads.start("outbox", () -> fetch(start)));
        for (int n = 1; n <= settings.connections(); n++) {
            var sender = new Sender(this, store, courier, links, settings, clock, transaction, start);
            threads.add(LastingThreads.start("sender-" + n, sender));
        }
    }

    /** Lets every sender finish the message it is at and write down what became of it. */
    @Override
    public void stop() {
        running = false;
        wake();
        try {
            for (var thread : threads) {
                if (!thread.join(PATIENCE_AT_STOP))
                    LOG.warn("{} does not stop; its message will be in doubt", thread.getName());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.clear();
        queue.clear();
        inHand.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** The next message, if one comes in time. */
    @Nullable
    Parcel next(Duration patience) throws InterruptedException {
        return queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Says that a message is no longer in hand: its row tells what it is now. */
    void release(Parcel parcel) {
        inHand.remove(parcel.message().messageId());
    }

    private void fetch(long start) {
        while (running) {
            try {
                boolean idle = queue.size() > BATCH || fetchOnce(start) == 0;
                failure = null;
                if (idle) pause(GLANCE);
            } catch (DataAccessException | TransactionException e) {
                failure = String.valueOf(e.getMessage());
                LOG.warn("the outbox cannot be read, trying again: {}", e.getMessage());
                pause(AFTER_TROUBLE);
            } catch (RuntimeException | Error e) {
                failure = String.valueOf(e);
                LOG.error("the outbox stumbled, trying again", e);
                pause(AFTER_TROUBLE);
            }
        }
    }

    private int fetchOnce(long start) {
        // Again at every look: a transaction of a killed server may be committed by PostgreSQL only after our start.
        doubt(start);
        var now = clock.instant();
        finishRuns();
        boolean held = isHeld();
        if (held && (pausesAt(now) || !inHand.isEmpty())) return 0;
        var due = store.due(now, List.copyOf(inHand), held ? 1 : BATCH);
        if (due.isEmpty()) return 0;
        var turnedAway = turnAway(due, now);
        var open = due.stream()
                .filter(message -> !turnedAway.contains(message.run().runId()))
                .toList();
        var recipients = courier.recipients(
                open.stream().map(DueMessage::customer).distinct().toList());
        for (var message : open) {
            inHand.add(message.messageId());
            if (!put(new Parcel(message, recipients.get(message.customer()), held))) return 0;
        }
        return due.size();
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
            store.skipRun(runId, reason, now).forEach(courier::giveBack);
            courier.giveBackReserved(runId);
        });
    }

    /** In the caller's transaction: nothing of a run will be begun to be sent, or tried again. */
    void withdraw(long runId) {
        store.withdraw(runId);
        skipRun(runId, "cancelled", clock.instant());
    }

    private void finishRuns() {
        transaction.executeWithoutResult(status -> {
            for (var run : store.finishRuns()) courier.finished(run.runId(), run.campaignId());
        });
    }

    private void doubt(long start) {
        int doubted = transaction.execute(status -> store.doubt(start, clock.instant()));
        if (doubted > 0)
            LOG.warn(
                    "{} messages are in doubt: the server was stopped while it sent them; settle them one by one",
                    doubted);
    }

    private boolean put(Parcel parcel) {
        try {
            while (running) if (queue.offer(parcel, 100, TimeUnit.MILLISECONDS)) return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
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
