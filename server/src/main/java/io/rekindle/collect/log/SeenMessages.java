package io.rekindle.collect.log;

import io.rekindle.platform.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The message ids of the latest events: all that came within a window of time, and at least so many as stand in memory.
 * The youngest are in memory, in 256 tables, so that growing one stops the log for a moment only. When they are as many
 * as memory may hold they go to a file as they are, written beside the log's work; {@value #RUNS_MERGED} files of like
 * size become one, as long as it spans no more than an eighth of the window and of what the disk may hold; and a file is
 * deleted when its last id is older than the window. Where files would hold more ids than they may, the oldest goes
 * early, and how far back ids are known is told.
 *
 * <p>Files stay when the server ends, and the next one begins with them: each says which events it is about, and is
 * believed when the last of them is in the history. What they lack is read from the history. Used by the log's one writer
 * alone, but for {@link #since}.
 */
public final class SeenMessages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SeenMessages.class);
    private static final int RUNS_MERGED = 4;
    /** Of the window, and of the disk: what is given up at once is at most this part. */
    private static final int PARTS = 8;

    private final int inMemory;
    private final long onDisk;
    private final Duration window;
    private final Path folder;
    private final Fingerprint.Key key;
    /** The newest first; their runs follow one another without a gap. */
    private final ArrayDeque<Generation> older = new ArrayDeque<>();

    private FingerprintSet[] young = empty();
    private int size;
    /** Written and never read: what the compiler must not leave out. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

    private long fromSeq;
    private long toSeq;
    private Instant first = Instant.MIN;
    private Instant last = Instant.MIN;
    private @Nullable Fingerprint end;
    private @Nullable Merge merge;
    private volatile Instant since = Instant.MIN;

    /** A full generation: in memory until its file is written. */
    private static final class Generation {
        private final IdRun run;
        private final FingerprintSet[] sets;
        private final CompletableFuture<FingerprintFile> writing;
        private @Nullable FingerprintFile file;

        Generation(IdRun run, FingerprintSet[] sets, CompletableFuture<FingerprintFile> writing) {
            this.run = run;
            this.sets = sets.clone();
            this.writing = writing;
        }

        static Generation of(FingerprintFile file) {
            var generation = new Generation(file.run(), new FingerprintSet[0], CompletableFuture.completedFuture(file));
            generation.file = file;
            return generation;
        }
    }

    private record Merge(List<Generation> parts, CompletableFuture<FingerprintFile> writing) {}

    /**
     * @param inMemory how many stand in memory, at most; for a moment twice as many
     * @param onDisk how many may stand on disk
     * @param folder for the files
     * @param key the fingerprints are made with, the same from start to start
     */
    public SeenMessages(int inMemory, long onDisk, Duration window, Path folder, Fingerprint.Key key) {
        this.inMemory = inMemory;
        // At least one generation: what memory gives up must not be forgotten at once.
        this.onDisk = Math.max(inMemory, onDisk);
        this.window = window;
        this.folder = folder;
        this.key = key;
        try {
            OwnerOnly.folder(folder);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /**
     * Begins with the files an earlier server left, as far as they are of this history. Once, before anything is added.
     *
     * @param lastSeq the last event of the history
     * @param isOfHistory whether the run's last event is in the history under its fingerprint
     * @return the event up to which all is known, back to {@link #since}; 0 when nothing is
     */
    public long begin(long lastSeq, Predicate<IdRun> isOfHistory) {
        var found = new ArrayDeque<FingerprintFile>();
        for (var file : filesLeft()) {
            var run = file.run();
            // Of runs that overlap, the first is the longest: the others are what it was merged from.
            boolean whole = run.toSeq() <= lastSeq
                    && (found.isEmpty() || run.fromSeq() > found.getLast().run().toSeq())
                    && isOfHistory.test(run);
            if (!whole) {
                file.delete();
                continue;
            }
            if (!found.isEmpty() && run.fromSeq() != found.getLast().run().toSeq() + 1) {
                found.forEach(FingerprintFile::delete);
                found.clear();
            }
            found.addLast(file);
        }
        if (found.isEmpty()) return 0;
        if (found.getFirst().run().fromSeq() > 1) since = found.getFirst().run().first();
        long upTo = found.getLast().run().toSeq();
        last = found.getLast().run().last();
        if (found.getLast().run().ids() < inMemory) takeIn(found.removeLast());
        for (var file : found) older.addFirst(Generation.of(file));
        return upTo;
    }

    /** A generation that was not full goes on being filled. */
    private void takeIn(FingerprintFile file) {
        for (int table = 0; table < young.length; table++) file.addTo(young[table], table);
        var run = file.run();
        size = Math.toIntExact(run.ids());
        fromSeq = run.fromSeq();
        toSeq = run.toSeq();
        first = run.first();
        end = run.end();
        file.delete();
    }

    /** By their first event; of those with the same, the longest first. */
    private List<FingerprintFile> filesLeft() {
        var left = new ArrayList<FingerprintFile>();
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                var opened = FingerprintFile.isUnfinished(file)
                        ? Optional.<FingerprintFile>empty()
                        : FingerprintFile.open(file, key);
                if (opened.isPresent()) left.add(opened.get());
                else Files.delete(file);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
        left.sort(Comparator.comparingLong((FingerprintFile file) -> file.run().fromSeq())
                .thenComparing(file -> -file.run().toSeq()));
        return left;
    }

    private UncheckedIOException unusable(IOException e) {
        return new UncheckedIOException("the folder %s of message ids cannot be used".formatted(folder), e);
    }

    public boolean contains(Fingerprint f) {
        int shard = shard(f);
        return young[shard].contains(f) || isInOlder(shard, f);
    }

    private boolean isInOlder(int shard, Fingerprint f) {
        for (var generation : older) {
            var file = file(generation);
            if (file == null ? generation.sets[shard].contains(f) : file.contains(shard, f)) return true;
        }
        return false;
    }

    /** Whether room has to be made. */
    boolean isFull() {
        return size >= inMemory;
    }

    /** Makes room for the next group; all that was taken is settled or given back by now. */
    void makeRoom() {
        if (isFull()) rotate();
    }

    /**
     * Says that these are going to be taken. Each stands somewhere in tables far larger than the processor's cache: asked
     * for one by one, one waits for the memory each time; looked at one after the other without a decision in between,
     * many waits are one.
     */
    void expect(List<StagedEvent> events) {
        long touched = 0;
        for (int i = 0; i < events.size(); i++) {
            var f = events.get(i).fingerprint();
            touched ^= young[shard(f)].touch(f);
        }
        for (var generation : older) {
            var file = generation.file;
            if (file == null) continue;
            for (int i = 0; i < events.size(); i++)
                touched ^= file.touch(events.get(i).fingerprint());
        }
        this.touched = touched;
    }

    /** Takes an id nobody gave before, until it is settled or given back; false when somebody did. */
    boolean take(Fingerprint f) {
        int shard = shard(f);
        // Looked up and put down at once: a table this large is rarely in the processor's cache.
        if (!young[shard].add(f)) return false;
        if (isInOlder(shard, f)) {
            young[shard].remove(f);
            return false;
        }
        size++;
        return true;
    }

    /** Gives an id back that was taken: its event did not reach the log. */
    void giveBack(Fingerprint f) {
        if (young[shard(f)].remove(f)) size--;
    }

    /**
     * The event of an id that was taken is in the log.
     *
     * @param seq of the event, one more than of the one before
     * @param at when it came; never before those that came earlier, but for a clock that was set back
     */
    void settled(Fingerprint f, long seq, Instant at) {
        if (fromSeq == 0) {
            fromSeq = seq;
            first = at;
        }
        toSeq = seq;
        end = f;
        if (at.isAfter(last)) last = at;
    }

    /** Adds the id of an event that is in the log. */
    public void add(Fingerprint f, long seq, Instant at) {
        makeRoom();
        // Whether an older one has it, too, was asked before its event went into the log.
        if (young[shard(f)].add(f)) size++;
        settled(f, seq, at);
    }

    /** From when on every id is known; {@link Instant#MIN} when from the beginning. */
    public Instant since() {
        return since;
    }

    /** Says that ids from before {@code from} were never given. */
    void knownFrom(Instant from) {
        since = from;
    }

    /** How many ids are known. */
    public long known() {
        return size
                + older.stream().mapToLong(generation -> generation.run.ids()).sum();
    }

    private void rotate() {
        var room = empty();
        older.addFirst(full());
        young = room;
        size = 0;
        fromSeq = 0;
        finishMerge();
        var oldest = last.minus(window);
        while (older.size() > 1
                && !isMerging(older.getLast())
                && older.getLast().run.last().isBefore(oldest)) forget(older.removeLast());
        while (older.size() > 1 && !isMerging(older.getLast()) && known() > onDisk) {
            var early = older.removeLast();
            LOG.warn(
                    "message ids come so fast that they are known for {} only, not for {}: a repetition from before {} counts as a new event; raise rekindle.collect.message-ids-on-disk",
                    Duration.between(early.run.last(), last),
                    window,
                    early.run.last());
            forget(early);
        }
        // Two generations in memory is what was promised: the one before must be on disk by now.
        var before = new ArrayList<>(older).subList(1, older.size());
        for (var generation : before) settle(generation);
        var newest = older.getFirst();
        older.removeIf(generation -> generation != newest && lost(generation));
        if (merge == null) beginMerge();
    }

    private Generation full() {
        if (end == null) throw new IllegalStateException("a full generation without an id");
        var sets = young;
        var run = new IdRun(fromSeq, toSeq, first, last, size, end);
        return new Generation(run, sets, written(run, file -> FingerprintFile.write(file, key, run, sets)));
    }

    private interface Writing {
        FingerprintFile into(Path file) throws IOException;
    }

    private CompletableFuture<FingerprintFile> written(IdRun run, Writing writing) {
        var file = folder.resolve("ids-%d-%d".formatted(run.fromSeq(), run.toSeq()));
        return CompletableFuture.supplyAsync(() -> {
            try {
                return writing.into(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The newest files of like size that lie side by side become one, beside the log's work. */
    private void beginMerge() {
        var parts = new ArrayList<Generation>();
        for (var generation : older) {
            if (generation.file == null) {
                parts.clear();
                continue;
            }
            if (!parts.isEmpty()
                    && (magnitude(parts.getFirst()) != magnitude(generation)
                            || parts.getFirst().run.fromSeq() != generation.run.toSeq() + 1)) parts.clear();
            parts.addFirst(generation);
            if (parts.size() < RUNS_MERGED) continue;
            var whole = parts.stream().map(part -> part.run).reduce(IdRun::then).orElseThrow();
            boolean small = whole.ids() <= onDisk / PARTS
                    && Duration.between(whole.first(), whole.last()).compareTo(window.dividedBy(PARTS)) <= 0;
            if (small) {
                var files = parts.stream().map(SeenMessages::fileOf).toList();
                merge = new Merge(List.copyOf(parts), written(whole, file -> FingerprintFile.merge(file, key, files)));
                return;
            }
            parts.removeLast();
        }
    }

    private static FingerprintFile fileOf(Generation generation) {
        if (generation.file == null) throw new IllegalStateException("a run without its file");
        return generation.file;
    }

    /** How often {@value #RUNS_MERGED} generations have become one in it. */
    private int magnitude(Generation generation) {
        int magnitude = 0;
        for (long ids = generation.run.ids() / inMemory; ids >= RUNS_MERGED; ids /= RUNS_MERGED) magnitude++;
        return magnitude;
    }

    private boolean isMerging(Generation generation) {
        return merge != null && merge.parts().contains(generation);
    }

    private void finishMerge() {
        if (merge == null || !merge.writing().isDone()) return;
        var done = merge;
        merge = null;
        try {
            var whole = Generation.of(done.writing().join());
            var kept = new ArrayList<>(older);
            older.clear();
            for (var generation : kept) {
                if (generation == done.parts().getLast()) older.addLast(whole);
                if (!done.parts().contains(generation)) older.addLast(generation);
            }
            done.parts().forEach(part -> fileOf(part).delete());
        } catch (CompletionException e) {
            LOG.error("files of message ids cannot be made one: each is looked through as it is", e.getCause());
        }
    }

    private void forget(Generation generation) {
        since = generation.run.last();
        settle(generation);
        if (generation.file != null) generation.file.delete();
    }

    /** A generation that could not be written has had its time in memory. */
    private boolean lost(Generation generation) {
        if (generation.file != null) return false;
        since = generation.run.last();
        return true;
    }

    private static void settle(Generation generation) {
        if (generation.file != null) return;
        try {
            generation.file = generation.writing.join();
            Arrays.fill(generation.sets, NONE);
        } catch (CompletionException e) {
            LOG.error("message ids cannot be written to disk: repetitions are known for a shorter time", e.getCause());
        }
    }

    private static @Nullable FingerprintFile file(Generation generation) {
        if (generation.file == null && generation.writing.isDone() && !generation.writing.isCompletedExceptionally())
            settle(generation);
        return generation.file;
    }

    private static final FingerprintSet NONE = new FingerprintSet();

    private static FingerprintSet[] empty() {
        var sets = new FingerprintSet[FingerprintFile.TABLES];
        for (int i = 0; i < sets.length; i++) sets[i] = new FingerprintSet();
        return sets;
    }

    private static int shard(Fingerprint f) {
        return (int) (f.high() >>> 56);
    }

    /** Waits for what is being written beside the log's work. */
    void awaitWriting() {
        older.forEach(
                generation -> generation.writing.handle((file, failure) -> file).join());
        if (merge != null) merge.writing().handle((file, failure) -> file).join();
    }

    /** Leaves everything on disk for the next start. */
    @Override
    public void close() {
        if (size > 0) older.addFirst(full());
        awaitWriting();
        finishMerge();
        for (var generation : older) {
            settle(generation);
            if (generation.file != null) generation.file.close();
        }
        older.clear();
        young = empty();
        size = 0;
        fromSeq = 0;
    }
}
