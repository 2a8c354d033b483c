package io.rekindle.collect.log;

import io.rekindle.platform.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Fingerprints of a run of events on disk: hash tables as they stand in memory, one after the other, read through the
 * page cache. In memory stays a Bloom filter of 14 bits an id, each id's bits within one cache line (Putze, Sanders and
 * Singler, 2007): it sends about one unknown id in a hundred to the file in vain.
 *
 * <p>A file is complete once it has its name. Laid out as: a header of {@value #HEADER} longs, where each table begins,
 * the filter, the tables; all in little-endian longs.
 */
final class FingerprintFile implements AutoCloseable {
    /** The tables, by the highest byte of a fingerprint. */
    static final int TABLES = 256;

    private static final long MAGIC = 0x0131_7364_492d_6b52L;
    private static final int HEADER = 9;
    private static final int BITS_AN_ID = 14;
    private static final int LONGS_A_BLOCK = 8;
    private static final int BITS_SET = 7;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BUFFER = 1 << 20;
    private static final String UNFINISHED = ".part";
    private static final int TABLES_A_FLUSH = 16;

    private final Path file;
    private final IdRun run;
    private final Arena arena;
    private final MemorySegment slots;
    /** Where each table begins, in longs, and behind the last where all end. */
    private final long[] tables;

    private final long[] filter;

    private FingerprintFile(Path file, IdRun run, Arena arena, MemorySegment slots, long[] tables, long[] filter) {
        this.file = file;
        this.run = run;
        this.arena = arena;
        this.slots = slots;
        this.tables = tables;
        this.filter = filter;
    }

    /** Writes the tables of a full generation to a new file. Any thread may; what they hold must not change meanwhile. */
    static FingerprintFile write(Path file, Fingerprint.Key key, IdRun run, FingerprintSet[] sets) throws IOException {
        return write(file, key, run, (int table) -> sets[table]);
    }

    /** Writes the tables of runs that follow one another to a new file; the old ones stay as they are. */
    static FingerprintFile merge(Path file, Fingerprint.Key key, List<FingerprintFile> runs) throws IOException {
        var whole = runs.stream().map(FingerprintFile::run).reduce(IdRun::then).orElseThrow();
        return write(file, key, whole, (int table) -> {
            var merged = new FingerprintSet();
            for (var one : runs) one.addTo(merged, table);
            return merged;
        });
    }

    private static FingerprintFile write(Path file, Fingerprint.Key key, IdRun run, IntFunction<FingerprintSet> tableOf)
            throws IOException {
        var filter = new long[LONGS_A_BLOCK * Math.toIntExact(1 + run.ids() * BITS_AN_ID / (64 * LONGS_A_BLOCK))];
        var tables = new long[TABLES + 1];
        var unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        long beforeTables = Long.BYTES * (HEADER + TABLES + 1L + filter.length);
        try (var channel = FileChannel.open(OwnerOnly.newFile(unfinished), StandardOpenOption.WRITE)) {
            channel.position(beforeTables);
            var buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < TABLES; i++) {
                var table = tableOf.apply(i).slots();
                tables[i + 1] = tables[i] + table.length;
                for (int slot = 0; slot < table.length; slot += 2) {
                    if (table[slot + 1] != 0) mark(filter, table[slot], table[slot + 1]);
                    put(buffer, channel, table[slot]);
                    put(buffer, channel, table[slot + 1]);
                }
                // Little by little, so that no commit beside it waits for a hundred megabytes.
                if (i % TABLES_A_FLUSH == TABLES_A_FLUSH - 1) channel.force(false);
            }
            drain(buffer, channel);
            channel.position(0);
            for (long word : new long[] {
                MAGIC,
                mark(key),
                run.fromSeq(),
                run.toSeq(),
                ChronoUnit.MICROS.between(Instant.EPOCH, run.first()),
                ChronoUnit.MICROS.between(Instant.EPOCH, run.last()),
                run.ids(),
                run.end().high(),
                run.end().low()
            }) put(buffer, channel, word);
            for (long begin : tables) put(buffer, channel, begin);
            for (long bits : filter) put(buffer, channel, bits);
            drain(buffer, channel);
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return map(file, run, tables, filter);
    }

    /** Whether a file was being written when its server ended. */
    static boolean isUnfinished(Path file) {
        return file.getFileName().toString().endsWith(UNFINISHED);
    }

    /** Opens a file; empty when it is none, or was written under another key. */
    static Optional<FingerprintFile> open(Path file, Fingerprint.Key key) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var head = longs(channel, HEADER + TABLES + 1);
            if (head == null || head[0] != MAGIC || head[1] != mark(key)) return Optional.empty();
            var run = new IdRun(
                    head[2],
                    head[3],
                    Instant.EPOCH.plus(head[4], ChronoUnit.MICROS),
                    Instant.EPOCH.plus(head[5], ChronoUnit.MICROS),
                    head[6],
                    new Fingerprint(head[7], head[8]));
            var tables = new long[TABLES + 1];
            System.arraycopy(head, HEADER, tables, 0, tables.length);
            var filter =
                    longs(channel, LONGS_A_BLOCK * Math.toIntExact(1 + run.ids() * BITS_AN_ID / (64 * LONGS_A_BLOCK)));
            if (filter == null || channel.size() - channel.position() != Long.BYTES * tables[TABLES])
                return Optional.empty();
            return Optional.of(map(file, run, tables, filter));
        }
    }

    private static FingerprintFile map(Path file, IdRun run, long[] tables, long[] filter) throws IOException {
        var arena = Arena.ofShared();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long from = Long.BYTES * (HEADER + tables.length + (long) filter.length);
            var slots = channel.map(FileChannel.MapMode.READ_ONLY, from, channel.size() - from, arena);
            return new FingerprintFile(file, run, arena, slots, tables, filter);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** The next so many longs of a file; null when it has not so many. */
    private static long @Nullable [] longs(FileChannel channel, int many) throws IOException {
        if (channel.size() - channel.position() < (long) Long.BYTES * many) return null;
        var read = new long[many];
        var buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < many; ) {
            buffer.clear().limit(Math.min(BUFFER, Long.BYTES * (many - at)));
            while (buffer.hasRemaining()) if (channel.read(buffer) < 0) return null;
            buffer.flip();
            int some = buffer.limit() / Long.BYTES;
            buffer.asLongBuffer().get(read, at, some);
            at += some;
        }
        return read;
    }

    private static void put(ByteBuffer buffer, FileChannel channel, long value) throws IOException {
        if (!buffer.hasRemaining()) drain(buffer, channel);
        buffer.putLong(value);
    }

    private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) channel.write(buffer);
        buffer.clear();
    }

    /** Tells files of one key from those of another. */
    private static long mark(Fingerprint.Key key) {
        return Fingerprint.of(key, new byte[0]).high();
    }

    IdRun run() {
        return run;
    }

    boolean contains(int table, Fingerprint f) {
        long kept = FingerprintSet.nonZero(f.low());
        return mayContain(filter, f.high(), kept) && isInTable(table, f.high(), kept);
    }

    /** Reads the id's line of the filter, for nothing but to have it in the processor's cache. */
    long touch(Fingerprint f) {
        return filter[block(filter, FingerprintSet.nonZero(f.low()))];
    }

    /** Adds what one of the tables holds to a set. */
    void addTo(FingerprintSet set, int table) {
        for (long slot = tables[table]; slot < tables[table + 1]; slot += 2) {
            long low = slots.get(LONG, 8 * (slot + 1));
            if (low != 0) set.add(new Fingerprint(slots.get(LONG, 8 * slot), low));
        }
    }

    private boolean isInTable(int table, long high, long low) {
        long from = tables[table];
        int mask = (int) ((tables[table + 1] - from) / 2) - 1;
        int place = (int) high & mask;
        while (true) {
            long slot = from + 2L * place;
            long found = slots.get(LONG, 8 * (slot + 1));
            if (found == 0) return false;
            if (found == low && slots.get(LONG, 8 * slot) == high) return true;
            place = (place + 1) & mask;
        }
    }

    private static void mark(long[] filter, long high, long low) {
        int block = block(filter, low);
        for (int i = 0; i < BITS_SET; i++) {
            int bit = (int) (high >>> (9 * i)) & 511;
            filter[block + (bit >>> 6)] |= 1L << bit;
        }
    }

    private static boolean mayContain(long[] filter, long high, long low) {
        int block = block(filter, low);
        for (int i = 0; i < BITS_SET; i++) {
            int bit = (int) (high >>> (9 * i)) & 511;
            if ((filter[block + (bit >>> 6)] & 1L << bit) == 0) return false;
        }
        return true;
    }

    private static int block(long[] filter, long low) {
        return LONGS_A_BLOCK * (int) Math.unsignedMultiplyHigh(low, filter.length / LONGS_A_BLOCK);
    }

    /** Lets go of the file and leaves it where it is. */
    @Override
    public void close() {
        arena.close();
    }

    /** Lets go of the file and deletes it. */
    void delete() {
        close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("a file of message ids that are no longer needed cannot be deleted", e);
        }
    }
}
