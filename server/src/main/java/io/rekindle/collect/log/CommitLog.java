package io.rekindle.collect.log;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.EventType;
import io.rekindle.collect.IntakeSettings;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tombstones;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.LastingThreads;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Vault;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The log's one writer. Callers hand over what they have and wait; the writer takes all that is waiting as one group:
 * it leaves out what was seen before, numbers the rest, sets personal fields and rejected items aside in PostgreSQL,
 * appends the group to the warehouse as one batch, and only then lets every caller go. While a group is on its way to
 * disk the next one gathers, so the dearer a commit is, the more callers share it; where many trickle, it waits for them.
 * In a burst what gathers is looked through meanwhile: a thread of its own takes the group to disk.
 *
 * <p>The order PostgreSQL, then warehouse matters: an event in the log always has its personal fields. Fields without
 * their event, left by a crash in between, are deleted at start and after every failure, before their places are given
 * to other events.
 */
@Component
public final class CommitLog implements EventLog, DisposableBean {
    private static final Logger LOG = LoggerFactory.getLogger(CommitLog.class);
    private static final int LARGEST_GROUP = 20_000;
    private static final int MOST_WAITING = 400_000;
    private static final int SOURCES_COUNTED = 65_536;
    /** Waiting events that are no trickle any more but a burst. */
    private static final int SURGE = 1_000;
    /** Between two groups of one burst fewer may be waiting for a moment. */
    private static final long SURGE_LASTS_NANOS = 250_000_000;

    private static final int FEWEST_GATHERED = 8;
    /** About what a small group takes to be written, so that nobody waits much longer than for a group before theirs. */
    private static final long LONGEST_GATHERING_NANOS = 6_000_000;

    private static final long GLANCE_NANOS = 200_000;

    /** Made ahead: there may be no memory when they are needed. */
    private final Problem unwritten = unavailable(
            "the event log cannot be written to now; nothing of this call was accepted, send it again later");

    private final Problem stoppingNow = unavailable("the server is stopping; send this again");
    private final Warehouse warehouse;
    private final IntakeRows intakeRows;
    private final WriteGate gate;
    private final BusinessClock clock;
    private final Fingerprint.Key key;
    private final SeenMessages seen;
    private final SeenUsers users = new SeenUsers();
    private final Tombstones tombstones;
    private final ReentrantReadWriteLock staging = new ReentrantReadWriteLock();
    private final int ownSource;
    private final AtomicLongArray accepted = new AtomicLongArray(SOURCES_COUNTED);
    private final LinkedBlockingQueue<Submission> queue = new LinkedBlockingQueue<>();
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicInteger waitingInsideGate = new AtomicInteger();
    private final Progress progress = new Progress();
    /** Takes a burst's groups to disk while the next one is sifted. */
    private final Beside committer;
    /** Stores what belongs in PostgreSQL while the history's rows are made. */
    private final Beside storing;

    private final Thread writer;
    private volatile long lastSeq;
    private volatile long lastSurge = System.nanoTime() - SURGE_LASTS_NANOS;
    private volatile boolean stopping;
    private volatile boolean ended;
    private volatile @Nullable String failure;
    private @Nullable Group unresolved;
    /** Being committed. */
    private @Nullable Group onItsWay;
    /** Calls taken out of the queue: of one group while the other's are on their way. */
    private ArrayList<Submission> taken = new ArrayList<>();

    private ArrayList<Submission> takenNext = new ArrayList<>();
    /** Calls of the last group and those that came while it was written: how many may come together. */
    private int expected;

    CommitLog(
            Warehouse warehouse,
            DataSource database,
            WriteGate gate,
            BusinessClock clock,
            Sources sources,
            Tombstones tombstones,
            IntakeSettings settings,
            PlatformSettings platform,
            Vault vault) {
        this.warehouse = warehouse;
        this.tombstones = tombstones;
        this.intakeRows = new IntakeRows(database, clock.zone());
        this.gate = gate;
        this.clock = clock;
        var secret = ByteBuffer.wrap(vault.sign("message-ids", new byte[0]));
        this.key = new Fingerprint.Key(secret.getLong(), secret.getLong());
        this.seen = new SeenMessages(
                settings.messageIdsKept(),
                settings.messageIdsOnDisk(),
                settings.messageIdWindow(),
                platform.data().resolve("message-ids"),
                key);
        this.ownSource = sources.named(Sources.OWN).id();
        lastSeq = lastSeqInWarehouse();
        // Before anything is deleted: what lies beyond the end of another's log is not left over.
        requireTailsWithin(intakeRows.furthestTail(), lastSeq);
        intakeRows.deleteBeyond(lastSeq);
        long upTo = seen.begin(lastSeq, this::isOfHistory);
        if (upTo == 0) readBackMessageIds(settings);
        else readOn(warehouse, seen, key, upTo);
        warehouse.stream(
                Sql.of("select source_id, count(*) as n from events group by source_id"),
                row -> accepted.set(row.intValue("source_id"), row.longValue("n")));
        committer = Beside.start("event-log-commit");
        storing = Beside.start("event-log-store");
        writer = LastingThreads.start("event-log", this::run);
    }

    private static void requireTailsWithin(long furthest, long lastSeq) {
        if (furthest > lastSeq)
            throw Problem.conflict(
                    "stores_mismatch",
                    "PostgreSQL has taken up %d events but the warehouse holds %d: the two are not of one installation or not of one backup; start with the --data and the REKINDLE_DATABASE_URL that belong together, or restore a backup into both"
                            .formatted(furthest, lastSeq));
    }

    private boolean isOfHistory(IdRun run) {
        return warehouse
                .first(
                        Sql.of("select source_id, message_id from events where seq = ?", run.toSeq()),
                        row -> isEnd(run, row.intValue("source_id"), row.text("message_id")))
                .orElse(false);
    }

    /** Whether the event at a run's end is the one the run was written for; of somebody erased only its place is left. */
    private boolean isEnd(IdRun run, int source, String messageId) {
        return messageId.equals(CollectPersonalData.ERASED + run.toSeq())
                || Fingerprint.of(key, source, messageId).equals(run.end());
    }

    /** What came after the files of message ids were written, up to the event {@code upTo}. */
    public static void readOn(Warehouse warehouse, SeenMessages seen, Fingerprint.Key key, long upTo) {
        warehouse.stream(
                Sql.of("select seq, source_id, message_id, received_at from events where seq > ? order by seq", upTo),
                row -> seen.add(
                        Fingerprint.of(key, row.intValue("source_id"), row.text("message_id")),
                        row.longValue("seq"),
                        row.instant("received_at")));
    }

    /** All within the window as far as there is room for them, and at least as many as memory may hold. */
    private void readBackMessageIds(IntakeSettings settings) {
        long most = settings.messageIdsKept() + settings.messageIdsOnDisk();
        var from = warehouse
                .first(
                        Sql.of("select max(received_at) as at from events"),
                        row -> Optional.ofNullable(row.nullableInstant("at")))
                .flatMap(at -> at)
                .map(at -> at.minus(settings.messageIdWindow()));
        if (from.isEmpty()) return;
        if (lastSeq > settings.messageIdsKept()) seen.knownFrom(from.get());
        long first = lastSeq - most + 1;
        warehouse.stream(
                Sql.of(
                        "select seq, source_id, message_id, received_at from events where seq > ? and (seq > ? or received_at >= ?) order by seq",
                        lastSeq - most,
                        lastSeq - settings.messageIdsKept(),
                        from.get()),
                row -> {
                    var at = row.instant("received_at");
                    // There are more in the window than there is room for.
                    if (first > 1 && row.longValue("seq") == first && at.isAfter(from.get())) seen.knownFrom(at);
                    seen.add(
                            Fingerprint.of(key, row.intValue("source_id"), row.text("message_id")),
                            row.longValue("seq"),
                            at);
                });
    }

    /** From when on every message id is known, so that a repetition counts once; empty when from the beginning. */
    public Optional<Instant> messageIdsSince() {
        return Optional.of(seen.since()).filter(at -> !at.equals(Instant.MIN));
    }

    /** What became of the events handed over, by their order: new, or a duplicate. */
    public static final class Fate {
        private final BitSet fresh;
        private final BitSet held;

        private Fate(BitSet fresh, BitSet held) {
            this.fresh = fresh;
            this.held = held;
        }

        /** Whether an item to be set aside was, or had been before; not when the log has its event. */
        public boolean isHeld(int index) {
            return held.get(index);
        }

        public boolean isFresh(int index) {
            return fresh.get(index);
        }

        /** How many are new. */
        public int accepted() {
            return fresh.cardinality();
        }
    }

    @Override
    public long lastSeq() {
        return lastSeq;
    }

    /** What others wait on: told whenever the log or one of its readers moves. */
    Progress progress() {
        return progress;
    }

    /** Events handed over and not yet on disk. */
    public long waiting() {
        return waiting.get();
    }

    /** Whether a burst waits for the disk, or did a moment ago. */
    boolean isSurging() {
        return waiting.get() >= SURGE || System.nanoTime() - lastSurge < SURGE_LASTS_NANOS;
    }

    /** Whether so much is waiting that no more should be taken in now. */
    public boolean isFull() {
        return waiting.get() > MOST_WAITING;
    }

    /** Why the last group could not be written; empty while it goes well. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Events of one source in the log. */
    public long accepted(int sourceId) {
        return accepted.get(sourceId);
    }

    public Fingerprint fingerprint(int sourceId, String messageId) {
        return Fingerprint.of(key, sourceId, messageId);
    }

    /** Whether the readers have been given this user's id in clear. */
    public boolean knowsUser(long user) {
        return users.contains(user);
    }

    @Override
    public void forgetUser(CustomerId user) {
        users.remove(user.value());
    }

    /**
     * Runs work that seals personal fields and appends the events they are of. Keys are destroyed only between such works:
     * an event's fields are never sealed under one key and appended when it is gone.
     */
    public <T> T staging(Supplier<T> work) {
        staging.readLock().lock();
        try {
            return work.get();
        } finally {
            staging.readLock().unlock();
        }
    }

    @Override
    public <T> T betweenStagings(Supplier<T> change) {
        T result;
        staging.writeLock().lock();
        try {
            result = change.get();
        } finally {
            staging.writeLock().unlock();
        }
        append(List.of(), List.of());
        return result;
    }

    @Override
    public void accept(List<OwnEvent> events) {
        if (events.isEmpty()) return;
        var receivedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        append(
                events.stream()
                        .map(e -> new StagedEvent(
                                fingerprint(ownSource, e.messageId()),
                                receivedAt,
                                e.occurredAt().truncatedTo(ChronoUnit.MICROS),
                                ownSource,
                                null,
                                EventType.TRACK,
                                e.name(),
                                e.customer().value(),
                                List.of(),
                                e.messageId(),
                                null,
                                e.properties(),
                                null,
                                null,
                                false))
                        .toList(),
                List.of());
    }

    /**
     * Appends events and stores rejected items; both are on disk on return. A {@link Problem} {@code log_unavailable}
     * when that failed: then nothing of it counts as accepted.
     */
    public Fate append(List<StagedEvent> events, List<RejectedItem> rejected) {
        return append(new StagedCall(events, rejected, List.of(), Map.of()));
    }

    /** The same for a call with items that broke a plan. */
    public Fate append(StagedCall call) {
        var submission = new Submission(call, gate.isInside(), new CompletableFuture<>());
        // Counted before it stands in the queue: whoever asks for quiet must never see a moment without it.
        waiting.addAndGet(submission.weight());
        if (submission.insideGate()) waitingInsideGate.incrementAndGet();
        boolean queued = false;
        try {
            queued = queue.add(submission);
        } finally {
            if (!queued) {
                waiting.addAndGet(-submission.weight());
                if (submission.insideGate()) waitingInsideGate.decrementAndGet();
            }
        }
        try {
            if (ended) failRest();
            return submission.result().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Problem problem) throw problem;
            throw e;
        }
    }

    private record Submission(StagedCall call, boolean insideGate, CompletableFuture<Fate> result) {
        int weight() {
            return call.weight();
        }
    }

    /**
     * Lets a caller go, once: with what became of its events, or the problem. From before that moment nothing enters the gate
     * for its sake: it may leave its own unit at once, and a backup begin.
     */
    private void letGo(Submission submission, @Nullable Fate fate, @Nullable Problem problem) {
        var result = submission.result();
        if (result.isDone()) return;
        if (submission.insideGate()) waitingInsideGate.decrementAndGet();
        if (problem != null) result.completeExceptionally(problem);
        else result.complete(fate);
    }

    /** One group on its way: what is new of it, and who waits. */
    private record Group(
            long fromSeq,
            List<Submission> taken,
            List<Fate> fates,
            List<StagedEvent> fresh,
            List<PlanBreaches.OfEvent> breaches,
            List<QuarantinedItem> quarantined,
            Map<IntakeRows.SourceDay, Integer> duplicates) {
        long toSeq() {
            return fromSeq + fresh.size() - 1;
        }
    }

    private void run() {
        try {
            while (!stopping || !queue.isEmpty() || onItsWay != null) {
                taken.clear();
                // Room first: what is out of the queue must stand somewhere, or its caller waits for ever.
                taken.ensureCapacity(1);
                var first = onItsWay == null ? queue.take() : nextWhileOnItsWay();
                if (first == null) {
                    land();
                } else {
                    if (onItsWay == null) gather();
                    int together = write(first);
                    expected = together + queue.size();
                }
                progress.tell();
            }
        } catch (InterruptedException stopped) {
            // Nothing was taken out of the queue.
        } finally {
            // However this thread ends, nobody waits for it for ever.
            ended = true;
            refuse(taken, unwritten);
            refuse(takenNext, unwritten);
            failRest();
        }
    }

    /** What comes while a group is committed; null when it is. */
    private @Nullable Submission nextWhileOnItsWay() {
        while (true) {
            var next = queue.poll();
            if (next != null) return next;
            if (committer.isDone()) return null;
            LockSupport.parkNanos(GLANCE_NANOS);
        }
    }

    /**
     * Many callers with one event each send again when they are answered. Left alone they fall into two halves that take
     * turns, and a group costs the same however few are in it: so the writer waits a moment for those it just answered.
     * A few callers wait for nobody.
     */
    private void gather() {
        if (expected < FEWEST_GATHERED) return;
        long until = System.nanoTime() + LONGEST_GATHERING_NANOS;
        while (queue.size() + 1 < expected && waiting.get() < SURGE && !stopping && System.nanoTime() < until)
            LockSupport.parkNanos(GLANCE_NANOS);
    }

    /**
     * Writes a group, or tells its callers that it could not: whatever the failure, and without new memory for it. In a burst
     * the group is given to the committer, and this returns while it is on its way.
     *
     * @return how many calls were in the group
     */
    private int write(Submission first) {
        boolean surging = waiting.get() >= SURGE;
        if (surging) lastSurge = System.nanoTime();
        boolean begun = false;
        Sifting sifting = null;
        Group group = null;
        var calling = taken;
        calling.add(first);
        int calls = 1;
        try {
            // An id is taken for good, or given back, before there is a new place for those that come.
            if (seen.isFull()) land();
            if (onItsWay == null) {
                resolve();
                seen.makeRoom();
            }
            sifting = new Sifting(surging ? LARGEST_GROUP : calls);
            sifting.add(first);
            while (sifting.weight < LARGEST_GROUP) {
                calling.ensureCapacity(calling.size() + 1);
                var next = onItsWay == null ? queue.poll() : nextWhileOnItsWay();
                if (next == null) break;
                calling.add(next);
                sifting.add(next);
            }
            calls = calling.size();
            if (land()) {
                group = sifting.group(calling);
                // Until it is known what became of the group its calls are not those of another.
                taken = takenNext;
                takenNext = calling;
                if (surging) {
                    var toCommit = group;
                    committer.begin(() -> commit(toCommit));
                    onItsWay = group;
                    begun = true;
                } else {
                    commit(group);
                    failure = null;
                    settle(group);
                }
            } else {
                // What was left out as a repetition may be among what was just lost.
                giveBack(sifting.fresh);
                refuse(calling, unwritten);
            }
        } catch (RuntimeException | Error e) {
            if (group == null && sifting != null) giveBack(sifting.fresh);
            // What is on its way may have entered the gate for one of these, who keeps it open until told.
            land();
            lost(group, calling, e);
        } finally {
            if (!begun) release(calling);
        }
        return calls;
    }

    /** Waits until the group on its way is on disk and lets its callers go; false when it was lost. */
    private boolean land() {
        var group = onItsWay;
        if (group == null) return true;
        try {
            committer.await();
            onItsWay = null;
            failure = null;
            settle(group);
            return true;
        } catch (RuntimeException | Error e) {
            onItsWay = null;
            lost(group, group.taken(), e);
            return false;
        } finally {
            release(group.taken());
        }
    }

    /** @param group null: it was not begun to be written */
    private void lost(@Nullable Group group, List<Submission> submissions, Throwable why) {
        if (group != null) unresolved = group;
        try {
            failure = String.valueOf(why);
            LOG.error("a group of {} calls could not be written to the log", submissions.size(), why);
            // What is on its way is in one store perhaps and not in the other.
            if (onItsWay == null) resolve();
        } catch (RuntimeException | Error again) {
            sayUnresolved(again);
        } finally {
            refuse(submissions, unwritten);
        }
    }

    private void release(List<Submission> submissions) {
        for (int i = 0; i < submissions.size(); i++)
            waiting.addAndGet(-submissions.get(i).weight());
    }

    private static void sayUnresolved(Throwable why) {
        try {
            LOG.error("what became of the group is not known until the stores answer again", why);
        } catch (Error unsaid) {
            // There is no memory even for saying so; the next group asks the stores first.
        }
    }

    private void refuse(List<Submission> submissions, Problem problem) {
        for (int i = 0; i < submissions.size(); i++) letGo(submissions.get(i), null, problem);
    }

    private void giveBack(List<StagedEvent> fresh) {
        for (int i = 0; i < fresh.size(); i++) seen.giveBack(fresh.get(i).fingerprint());
    }

    /** Looks calls through for what is new, and takes its ids. */
    private final class Sifting {
        /** Those whose ids were taken. */
        private final List<StagedEvent> fresh;

        private final List<Fate> fates = new ArrayList<>();
        private final List<PlanBreaches.OfEvent> breaches = new ArrayList<>();
        private final List<QuarantinedItem> quarantined = new ArrayList<>();
        private final Map<IntakeRows.SourceDay, Integer> duplicates = new HashMap<>();
        private int weight;

        /** @param expected about how many events */
        Sifting(int expected) {
            fresh = new ArrayList<>(expected);
        }

        void add(Submission submission) {
            weight += submission.weight();
            var events = submission.call().events();
            seen.expect(events);
            var isFresh = new BitSet(events.size());
            for (int i = 0; i < events.size(); i++) {
                var event = events.get(i);
                // Whoever handed it over may have looked before the erasure began.
                if (tombstones.refuses(event.customer(), event.identifiers())) continue;
                // First among those to be given back: an id that stayed taken would make a duplicate of its event.
                fresh.add(event);
                if (seen.take(event.fingerprint())) {
                    isFresh.set(i);
                    var breach = submission.call().breaches().get(i);
                    if (breach != null)
                        breaches.add(new PlanBreaches.OfEvent(event.sourceId(), event.receivedAt(), breach));
                } else {
                    fresh.removeLast();
                    duplicates.merge(intakeRows.dayOf(event.sourceId(), event.receivedAt()), 1, Integer::sum);
                }
            }
            var isHeld = new BitSet();
            var held = submission.call().quarantined();
            for (int i = 0; i < held.size(); i++) {
                var item = held.get(i);
                if (!seen.contains(item.fingerprint())) {
                    isHeld.set(i);
                    quarantined.add(item);
                } else {
                    duplicates.merge(intakeRows.dayOf(item.sourceId(), item.receivedAt()), 1, Integer::sum);
                }
            }
            fates.add(new Fate(isFresh, isHeld));
        }

        /** @param submissions those that were added, in their order */
        Group group(List<Submission> submissions) {
            return new Group(lastSeq + 1, submissions, fates, fresh, breaches, quarantined, duplicates);
        }
    }

    private void commit(Group group) {
        var personal = new ArrayList<IntakeRows.Personal>();
        var rejected = new ArrayList<RejectedItem>();
        long seq = group.fromSeq();
        for (var event : group.fresh()) {
            if (event.personal() != null) personal.add(new IntakeRows.Personal(seq, event.personal()));
            seq++;
        }
        for (var submission : group.taken()) rejected.addAll(submission.call().rejected());
        var ofState =
                new IntakeRows.OfGroup(personal, rejected, group.quarantined(), group.breaches(), group.duplicates());
        gate.writeFor(() -> waitingInsideGate.get() > 0, () -> {
            if (group.fresh().size() >= SURGE && !ofState.isEmpty()) {
                storeAndAppend(group, ofState);
            } else {
                intakeRows.write(ofState);
                if (!group.fresh().isEmpty()) append(group, () -> {});
            }
        });
    }

    /**
     * Both stores at once, where there is enough to do to be worth two threads. But the history's commit waits for
     * PostgreSQL's: what lies in PostgreSQL beyond the end of the log is known to be left over, an event in the log without
     * its personal fields would be taken for whole.
     */
    private void storeAndAppend(Group group, IntakeRows.OfGroup ofState) {
        storing.begin(() -> intakeRows.write(ofState));
        try {
            append(group, storing::await);
        } finally {
            // What became of the group is asked only when neither store is at work on it any more.
            storing.rest();
        }
    }

    /** @param beforeCommit done when the rows are made, before they count */
    private void append(Group group, Runnable beforeCommit) {
        var made = rowsOf(group.fresh(), group.fromSeq());
        warehouse.append("events", "log:" + group.fromSeq(), Rows.written(rows -> {
            made.writeTo(rows);
            beforeCommit.run();
        }));
    }

    private void settle(Group group) {
        long seq = group.fromSeq();
        for (var event : group.fresh()) {
            seen.settled(event.fingerprint(), seq++, event.receivedAt());
            if (event.newUser()) users.add(event.customer());
            accepted.incrementAndGet(event.sourceId());
        }
        if (!group.fresh().isEmpty()) lastSeq = group.toSeq();
        progress.tell();
        for (int i = 0; i < group.taken().size(); i++)
            letGo(group.taken().get(i), group.fates().get(i), null);
    }

    /** After a failure: finds out whether the group reached the disk after all, and clears up behind it if not. */
    private void resolve() {
        var group = unresolved;
        if (group == null) return;
        long reached = lastSeqInWarehouse();
        if (!group.fresh().isEmpty() && reached >= group.toSeq()) {
            settle(group);
        } else {
            intakeRows.deleteBeyond(reached);
            giveBack(group.fresh());
        }
        unresolved = null;
    }

    private static Rows.Written rowsOf(List<StagedEvent> events, long fromSeq) {
        return rows -> {
            long seq = fromSeq;
            for (var e : events)
                rows.value(seq++)
                        .value(e.receivedAt())
                        .value(e.occurredAt())
                        .value(e.sourceId())
                        .value(e.importId())
                        .value(e.type().code())
                        .value(e.name())
                        .value(e.customer())
                        .value(e.aliases())
                        .value(e.messageId())
                        .value(e.amount())
                        .value(e.properties())
                        .value(e.context())
                        .end();
        };
    }

    private long lastSeqInWarehouse() {
        return warehouse
                .first(Sql.of("select coalesce(max(seq), 0) as seq from events"), row -> row.longValue("seq"))
                .orElse(0L);
    }

    @Override
    public void destroy() throws InterruptedException {
        stopping = true;
        while (writer.isAlive() && waiting.get() > 0) writer.join(10);
        writer.interrupt();
        writer.join();
        committer.close();
        storing.close();
        // The next start reads from the history what became of them.
        if (unresolved != null) giveBack(unresolved.fresh());
        seen.close();
    }

    private void failRest() {
        for (var rest = queue.poll(); rest != null; rest = queue.poll()) letGo(rest, null, stoppingNow);
    }

    private static Problem unavailable(String words) {
        return new Problem(Problem.Kind.UNAVAILABLE, "log_unavailable", words, List.of());
    }
}
