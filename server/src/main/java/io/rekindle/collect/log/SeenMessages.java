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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The message ids of the latest events: all that came within a window of time, and at least so many as stand in memory.
 * The youngest are in memory, in 256 tables, so that growing one stops the log for a moment only. When they are as many
 * as memory may hold they go to a file as they are, written beside the log's work, and a file is deleted when its last
 * id is older than the window. Where files would hold more ids than they may, the oldest goes early, and how far back
 * ids are known is told. Used by the log's one writer alone, but for {@link #since}.
 */
final class SeenMessages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SeenMessages.class);
    private static final int SHARDS = 256;

    private final int inMemory;
    private final int mostFiles;
    private final Duration window;
    private final Path folder;
    private final ArrayDeque<Generation> older = new ArrayDeque<>();
    private FingerprintSet[] young = empty();
    private int size;
    private int files;
    private Instant last = Instant.MIN;
    private volatile Instant since = Instant.MIN;

    /** A full generation: in memory until its file is written. */
    private static final class Generation {
        private final Instant last;
        private final FingerprintSet[] sets;
        private final CompletableFuture<FingerprintFile> writing;
        private @Nullable FingerprintFile file;

        Generation(Instant last, FingerprintSet[] sets, CompletableFuture<FingerprintFile> writing) {
            this.last = last;
            this.sets = sets.clone();
            this.writing = writing;
        }
    }

    /**
     * @param inMemory how many stand in memory, at most; for a moment twice as many
     * @param onDisk how many may stand on disk
     * @param folder for the files; what is in it is deleted
     */
    SeenMessages(int inMemory, long onDisk, Duration window, Path folder) {
        this.inMemory = inMemory;
        // At least one: what memory gives up must not be forgotten at once.
        this.mostFiles = Math.toIntExact(Math.max(1, onDisk / inMemory));
        this.window = window;
        this.folder = folder;
        emptyFolder();
    }

    boolean contains(Fingerprint f) {
        int shard = shard(f);
        if (young[shard].contains(f)) return true;
        for (var generation : older) {
            var file = file(generation);
            if (file == null ? generation.sets[shard].contains(f) : file.contains(shard, f)) return true;
        }
        return false;
    }

    /** @param at when it came; never before those that came earlier, but for a clock that was set back */
    void add(Fingerprint f, Instant at) {
        if (size >= inMemory) rotate();
        if (young[shard(f)].add(f)) size++;
        if (at.isAfter(last)) last = at;
    }

    /** From when on every id is known; {@link Instant#MIN} when from the beginning. */
    Instant since() {
        return since;
    }

    /** Says that ids from before {@code from} were never given. */
    void knownFrom(Instant from) {
        since = from;
    }

    private void rotate() {
        var full = young;
        var file = folder.resolve("ids-%d".formatted(files++));
        var writing = CompletableFuture.supplyAsync(() -> {
            try {
                return FingerprintFile.write(file, full);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        older.addFirst(new Generation(last, full, writing));
        young = empty();
        size = 0;
        var oldest = last.minus(window);
        while (older.size() > 1 && older.getLast().last.isBefore(oldest)) forget(older.removeLast());
        while (older.size() > mostFiles) {
            var early = older.removeLast();
            LOG.warn(
                    "message ids come so fast that they are known for {} only, not for {}: a repetition from before {} counts as a new event; raise rekindle.collect.message-ids-on-disk",
                    Duration.between(early.last, last),
                    window,
                    early.last);
            forget(early);
        }
        // Two generations in memory is what was promised: the one before must be on disk by now.
        var before = new ArrayList<>(older).subList(1, older.size());
        for (var generation : before) settle(generation);
        var newest = older.getFirst();
        older.removeIf(generation -> generation != newest && lost(generation));
    }

    private void forget(Generation generation) {
        since = generation.last;
        settle(generation);
        if (generation.file != null) generation.file.close();
    }

    /** A generation that could not be written has had its time in memory. */
    private boolean lost(Generation generation) {
        if (generation.file != null) return false;
        since = generation.last;
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
        var sets = new FingerprintSet[SHARDS];
        for (int i = 0; i < SHARDS; i++) sets[i] = new FingerprintSet();
        return sets;
    }

    private static int shard(Fingerprint f) {
        return (int) (f.high() >>> 56);
    }

    private void emptyFolder() {
        try {
            OwnerOnly.folder(folder);
            try (var old = Files.list(folder)) {
                for (var file : List.copyOf(old.toList())) Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder %s of message ids cannot be used".formatted(folder), e);
        }
    }

    @Override
    public void close() {
        for (var generation : older) {
            settle(generation);
            if (generation.file != null) generation.file.close();
        }
        older.clear();
    }
}
