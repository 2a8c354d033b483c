package io.rekindle.deliver.outbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the messages that are marked as being sent really were begun, and what was answered, until that is written
 * down in PostgreSQL. A mapped file: what is stored in it survives the process being killed at any instruction, at the
 * cost of a store to memory.
 *
 * <p>It does not survive the machine, whose memory it is. So it names the start of the machine it was written in, and one
 * of before counts for nothing; then each message that was marked is in doubt. It also counts the transactions that wrote
 * down endings, as PostgreSQL does: a database that was put back to an earlier time knows fewer, and the journal, which
 * no longer has what was written down since, counts for nothing either.
 *
 * <p>A file per start of the server, locked while that lives.
 */
final class HandoverJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HandoverJournal.class);

    /** Messages begun whose endings are not written down: whoever wants to begin one more waits. */
    static final int SLOTS = 4096;

    private static final long MAGIC = 0x524b_4a4f_5552_3031L;
    private static final int KEPT = 20;
    private static final String SUFFIX = ".handovers";

    private static final long FREE = 0;
    private static final long BEGUN = 1;
    private static final long ACCEPTED = 2;
    private static final long ANSWERED = 3;

    private static final int HEADER = 64;
    private static final long MAGIC_AT = 0;
    private static final long START_AT = 8;
    private static final long BOOT_AT = 16;
    private static final long ENDINGS_AT = 32;
    private static final StructLayout SLOT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("message"),
            ValueLayout.JAVA_LONG.withName("attempt"),
            ValueLayout.JAVA_LONG.withName("at"),
            ValueLayout.JAVA_LONG.withName("state"));
    private static final VarHandle MESSAGE = field("message");
    private static final VarHandle ATTEMPT = field("attempt");
    private static final VarHandle AT = field("at");
    private static final VarHandle STATE = field("state");
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final long SIZE = HEADER + SLOTS * SLOT.byteSize();

    private final FileChannel channel;
    private final Arena arena;
    private final MemorySegment file;
    private final BlockingQueue<Integer> free = new ArrayBlockingQueue<>(SLOTS);

    private HandoverJournal(FileChannel channel, Arena arena, MemorySegment file) {
        this.channel = channel;
        this.arena = arena;
        this.file = file;
        IntStream.range(0, SLOTS).forEach(free::add);
    }

    /** How far an attempt of an earlier start of the server came. */
    sealed interface Fate {
        /** It was marked as being sent and never begun. */
        record NotBegun() implements Fate {}

        /** It was begun, and no answer was heard. */
        record Begun() implements Fate {}

        /** The other side took it. */
        record Accepted(Instant at) implements Fate {}

        /** It was begun and did not go out. */
        record NotTaken() implements Fate {}

        /** Nobody can tell. */
        record Unknown() implements Fate {}
    }

    /**
     * The journal of this start of the server.
     *
     * @param endings how many transactions that wrote down endings PostgreSQL knows of
     */
    static HandoverJournal open(Path folder, long start, long endings) {
        try {
            Files.createDirectories(folder);
            var channel = FileChannel.open(
                    folder.resolve(start + SUFFIX),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new IOException("another process writes it");
            }
            // Every block of it now: on a disk that is full a store to the mapping would be lost.
            var empty = ByteBuffer.allocate((int) SIZE);
            while (empty.hasRemaining()) channel.write(empty);
            channel.force(true);
            var arena = Arena.ofShared();
            var file = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE, arena);
            LONG.set(file, START_AT, start);
            LONG.set(file, ENDINGS_AT, endings);
            var boot = Boot.id();
            if (boot != null) {
                LONG.set(file, BOOT_AT, boot.getMostSignificantBits());
                LONG.set(file, BOOT_AT + Long.BYTES, boot.getLeastSignificantBits());
                LONG.setRelease(file, MAGIC_AT, MAGIC);
            }
            return new HandoverJournal(channel, arena, file);
        } catch (IOException e) {
            throw new UncheckedIOException("the journal of what is being sent cannot be kept in " + folder, e);
        }
    }

    /** Notes that an attempt begins; waits while {@value #SLOTS} others are not written down yet. */
    int begin(long messageId, int attempt) throws InterruptedException {
        int slot = free.take();
        long at = place(slot);
        MESSAGE.set(file, at, messageId);
        ATTEMPT.set(file, at, (long) attempt);
        STATE.setRelease(file, at, BEGUN);
        return slot;
    }

    void accepted(int slot, Instant at) {
        AT.set(file, place(slot), at.toEpochMilli());
        STATE.setRelease(file, place(slot), ACCEPTED);
    }

    /** The other side did not take it, or certainly never saw the whole of it. */
    void notTaken(int slot) {
        STATE.setRelease(file, place(slot), ANSWERED);
    }

    /** What became of it is written down. */
    void forget(int slot) {
        STATE.setRelease(file, place(slot), FREE);
        free.add(slot);
    }

    /** So many transactions that wrote down endings are known to be committed. */
    void committed(long endings) {
        LONG.setRelease(file, ENDINGS_AT, endings);
    }

    @Override
    public void close() {
        arena.close();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("the journal of what is being sent cannot be closed: {}", e.getMessage());
        }
    }

    /** What earlier starts of the server noted. */
    static final class Past {
        private final Map<Long, Map<Attempt, Fate>> byStart = new HashMap<>();

        private record Attempt(long messageId, long number) {}

        /** How far an attempt came that a start of the server had marked. */
        Fate of(long start, long messageId, int attempt) {
            var noted = byStart.get(start);
            return noted == null
                    ? new Fate.Unknown()
                    : noted.getOrDefault(new Attempt(messageId, attempt), new Fate.NotBegun());
        }
    }

    /**
     * Reads the journals of earlier starts.
     *
     * @param start the number of this start
     * @param endings how many transactions that wrote down endings PostgreSQL knows of
     */
    static Past past(Path folder, long start, long endings) {
        var past = new Past();
        var boot = Boot.id();
        if (boot == null || !Files.isDirectory(folder)) return past;
        boolean earlier = false;
        try (var files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (var path : files) {
                var name = path.getFileName().toString();
                long number = number(name.substring(0, name.length() - SUFFIX.length()));
                // What PostgreSQL has yet to come to was before: it was put back to an earlier time.
                if (number >= start) earlier = true;
                if (number >= start || number <= start - KEPT) Files.delete(path);
                else earlier |= read(path, number, boot, endings, past);
            }
        } catch (IOException e) {
            LOG.warn("journals of what was being sent cannot be read: {}", e.getMessage());
        }
        if (earlier) {
            LOG.warn("the database is of an earlier time than what was sent: whatever was being sent is in doubt");
            past.byStart.clear();
        }
        return past;
    }

    /** Whether the journal knows of endings the database does not. */
    private static boolean read(Path path, long number, java.util.UUID boot, long endings, Past past)
            throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                var arena = Arena.ofConfined()) {
            if (channel.size() != SIZE || lock(channel) == null) return false;
            var file = channel.map(FileChannel.MapMode.READ_ONLY, 0, SIZE, arena);
            if ((long) LONG.get(file, MAGIC_AT) != MAGIC
                    || (long) LONG.get(file, START_AT) != number
                    || (long) LONG.get(file, BOOT_AT) != boot.getMostSignificantBits()
                    || (long) LONG.get(file, BOOT_AT + Long.BYTES) != boot.getLeastSignificantBits()) return false;
            if ((long) LONG.get(file, ENDINGS_AT) > endings) return true;
            var noted = new HashMap<Past.Attempt, Fate>();
            for (int slot = 0; slot < SLOTS; slot++) {
                long at = place(slot);
                long state = (long) STATE.getAcquire(file, at);
                if (state == FREE) continue;
                var fate = switch ((int) state) {
                    case (int) ACCEPTED -> new Fate.Accepted(Instant.ofEpochMilli((long) AT.get(file, at)));
                    case (int) ANSWERED -> new Fate.NotTaken();
                    default -> new Fate.Begun();
                };
                noted.put(new Past.Attempt((long) MESSAGE.get(file, at), (long) ATTEMPT.get(file, at)), fate);
            }
            past.byStart.put(number, noted);
            return false;
        }
    }

    private static long number(String name) {
        try {
            return Long.parseLong(name);
        } catch (NumberFormatException e) {
            return Long.MIN_VALUE;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static long place(int slot) {
        return HEADER + slot * SLOT.byteSize();
    }

    private static VarHandle field(String name) {
        return SLOT.varHandle(PathElement.groupElement(name));
    }
}
