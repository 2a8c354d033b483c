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
import java.nio.file.StandardOpenOption;

/**
 * A full generation of fingerprints on disk: the hash tables as they stood in memory, one after the other, read through
 * the page cache. In memory stays a Bloom filter of 12 bits an id, each id's bits within one cache line (Putze, Sanders
 * and Singler, 2007): it sends about one unknown id in fifty to the file in vain.
 */
final class FingerprintFile implements AutoCloseable {
    private static final int BITS_AN_ID = 12;
    private static final int LONGS_A_BLOCK = 8;
    private static final int BITS_SET = 6;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BUFFER = 1 << 20;

    private final Path file;
    private final Arena arena;
    private final MemorySegment slots;
    /** Where each table begins, in longs, and behind the last where all end. */
    private final long[] tables;

    private final long[] filter;

    private FingerprintFile(Path file, Arena arena, MemorySegment slots, long[] tables, long[] filter) {
        this.file = file;
        this.arena = arena;
        this.slots = slots;
        this.tables = tables;
        this.filter = filter;
    }

    /** Writes tables to a new file. Any thread may; what they hold must not change meanwhile. */
    static FingerprintFile write(Path file, FingerprintSet[] sets) throws IOException {
        long ids = 0;
        for (var set : sets) ids += set.size();
        var filter = new long[LONGS_A_BLOCK * Math.toIntExact(1 + ids * BITS_AN_ID / (64 * LONGS_A_BLOCK))];
        var tables = new long[sets.length + 1];
        try (var channel = FileChannel.open(OwnerOnly.newFile(file), StandardOpenOption.WRITE)) {
            var buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < sets.length; i++) {
                var table = sets[i].slots();
                tables[i + 1] = tables[i] + table.length;
                for (int slot = 0; slot < table.length; slot += 2) {
                    if (table[slot + 1] != 0) mark(filter, table[slot], table[slot + 1]);
                    buffer.putLong(table[slot]).putLong(table[slot + 1]);
                    if (!buffer.hasRemaining()) drain(buffer, channel);
                }
            }
            drain(buffer, channel);
        }
        var arena = Arena.ofShared();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new FingerprintFile(
                    file, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), tables, filter);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) channel.write(buffer);
        buffer.clear();
    }

    boolean contains(int table, Fingerprint f) {
        long kept = FingerprintSet.nonZero(f.low());
        return mayContain(filter, f.high(), kept) && isInTable(table, f.high(), kept);
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

    @Override
    public void close() {
        arena.close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("a file of message ids that are no longer needed cannot be deleted", e);
        }
    }
}
