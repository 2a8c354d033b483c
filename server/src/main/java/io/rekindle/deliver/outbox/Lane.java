package io.rekindle.deliver.outbox;

import io.rekindle.decide.OutgoingRun;
import io.rekindle.deliver.MailServer.Hold;
import io.rekindle.deliver.MailServer.Reason;
import io.rekindle.deliver.channel.Pace;
import io.rekindle.deliver.channel.Provider;
import io.rekindle.deliver.links.Links;
import io.rekindle.plan.SendWindow;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.LastingThreads;
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
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The way of one channel's messages out of the outbox. One thread reads what is due and prepares it, many messages at a
 * time; each of several senders has one connection to the channel's provider and hands over one message after the other. So
 * few are prepared ahead that they are on their way within a moment: as many as there are connections waiting, and what they
 * took lately in a fraction of a second. Nothing of it is shared with another channel's: a provider that is slow, or answers
 * nothing, holds up its own messages only.
 *
 * <p>When the provider has refused our own set-up {@value #MOST_REFUSALS} times in a row, sending stops; after each pause
 * one message is tried, until it takes up the dialogue again.
 */
final class Lane<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final int BATCH = 250;
    static final int MOST_REFUSALS = 10;
    private static final Duration GLANCE = Duration.ofSeconds(1);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

    private final Provider<T> provider;
    private final Pace pace;
    private final MessageStore store;
    private final Courier courier;
    private final Links links;
    private final BusinessClock clock;
    private final TransactionTemplate transaction;
    private final Withdrawals withdrawals;
    private final Set<Long> inHand = ConcurrentHashMap.newKeySet();
    /** Messages that could not be prepared together. */
    private final Set<Long> alone = new HashSet<>();

    private final Anteroom anteroom = new Anteroom();
    private final Semaphore bell = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;
    /** The message that is tried while the provider refuses us. */
    private volatile long trial;

    private volatile @Nullable Hold refusals;
    private volatile @Nullable String failure;

    Lane(
            Provider<T> provider,
            MessageStore store,
            Courier courier,
            Links links,
            BusinessClock clock,
            TransactionTemplate transaction,
            Withdrawals withdrawals) {
        this.provider = provider;
        this.pace = provider.pace();
        this.store = store;
        this.courier = courier;
        this.links = links;
        this.clock = clock;
        this.transaction = transaction;
        this.withdrawals = withdrawals;
    }

    String channel() {
        return provider.channel();
    }

    Pace pace() {
        return pace;
    }

    /** @param start the number of this start of the server */
    void start(long start, HandoverJournal journal, Endings ends) {
        running = true;
        var preparation = new Preparation(store, courier, provider.channel(), clock, transaction, start);
        threads.add(LastingThreads.start("outbox-" + provider.channel(), () -> fetch(preparation, ends)));
        for (int n = 1; n <= pace.connections(); n++)
            threads.add(LastingThreads.start(
                    "sender-" + provider.channel() + "-" + n,
                    new Sender<>(this, provider, ends, journal, courier, links, clock)));
    }

    /** Says that nothing more is begun. */
    void stop() {
        running = false;
        wake();
    }

    /**
     * After {@link #stop}: lets every sender finish the message it is at, and lays down what was not begun.
     *
     * @param until {@link System#nanoTime} when that took too long
     */
    void awaitStop(long until, Endings ends) throws InterruptedException {
        for (var thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(0, until - System.nanoTime()))))
                LOG.warn("{} does not stop; its message will be in doubt", thread.getName());
        }
        for (var left = anteroom.poll(); left != null; left = anteroom.poll())
            ends.add(Ending.notBegun(left.attempt(), clock.instant()));
        threads.clear();
    }

    boolean isRunning() {
        return running;
    }

    /** Says that there may be something new. */
    void wake() {
        bell.release();
    }

    void pause(Duration most) {
        try {
            if (bell.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS)) bell.drainPermits();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }

    boolean hasInHand(long messageId) {
        return inHand.contains(messageId);
    }

    int inHand() {
        return inHand.size();
    }

    /** What became of a message is written down. */
    void letGo(long messageId) {
        inHand.remove(messageId);
    }

    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** The provider has refused our set-up; in a row with earlier refusals. */
    synchronized void refused(Reason reason, String reply) {
        var now = clock.instant();
        var before = refusals;
        int inARow = before == null ? 1 : before.refusals() + 1;
        refusals = new Hold(reason, reply, inARow, before == null ? now : before.since(), now.plus(pace.firstRetry()));
        if (inARow >= MOST_REFUSALS) anteroom.expect(0, true);
        if (inARow == MOST_REFUSALS)
            LOG.error(
                    "{} has refused us {} times in a row ({}: {}); sending stops, nothing fails; check its settings"
                            + " and ask whoever runs it",
                    provider.name(),
                    inARow,
                    reason.code(),
                    reply);
    }

    /** The provider did not refuse our set-up. */
    synchronized void heard() {
        if (isHeld()) LOG.info("{} no longer refuses us; sending goes on", provider.name());
        refusals = null;
    }

    boolean isHeld() {
        return hold().isPresent();
    }

    /** Why nothing is handed over at present. */
    Optional<Hold> hold() {
        return Optional.ofNullable(refusals).filter(hold -> hold.refusals() >= MOST_REFUSALS);
    }

    /** Whether the message that is tried is on its way. */
    private boolean isTried() {
        return inHand.contains(trial);
    }

    /** Whether nothing is tried at all now. */
    boolean pausesAt(Instant now) {
        return hold().filter(hold -> now.isBefore(hold.nextTry())).isPresent();
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
                && !withdrawals.contains(run.runId())
                && now.isBefore(run.expiresAt())
                && !opening(run, now).isAfter(now)
                // Prepared before the provider refused us, or the one that is tried.
                && (!isHeld() || message.messageId() == trial);
    }

    private void fetch(Preparation preparation, Endings ends) {
        while (running) {
            try {
                boolean idle = fetchOnce(preparation, ends) == 0;
                failure = null;
                if (idle) pause(GLANCE);
                else anteroom.awaitRoom(GLANCE);
            } catch (DataAccessException | TransactionException e) {
                failure = String.valueOf(e.getMessage());
                LOG.warn("the outbox of {} cannot be read, trying again: {}", provider.channel(), e.getMessage());
                pause(AFTER_TROUBLE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) {
                failure = String.valueOf(e);
                LOG.error("the outbox of {} stumbled, trying again", provider.channel(), e);
                pause(AFTER_TROUBLE);
            }
        }
    }

    /** How many messages were due that could be looked after. */
    private int fetchOnce(Preparation preparation, Endings ends) {
        withdrawals.finishRuns();
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
                provider.channel(),
                now,
                List.copyOf(inHand),
                // They would all be put off, a moment each, and again after it.
                !courier.isWaiting(),
                held ? 1 : Math.max(room, pace.connections()));
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
            var later = clock.instant().plus(pace.firstRetry());
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
                withdrawals.skipRun(run.runId(), message.withdrawn() ? "cancelled" : "expired", now);
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
}
