package io.rekindle.models.linkage;

import java.util.stream.IntStream;

/**
 * Pairs of records and how alike they are.
 *
 * @param first by pair
 * @param second by pair
 * @param levels by comparison, then by pair
 */
@SuppressWarnings("ArrayRecordComponent") // internal, never compared
record Pairs(int[] first, int[] second, byte[][] levels) {
    /** Pairs are worked through in pieces of this size, so that sums never depend on the number of processors. */
    static final int PIECE = 1 << 14;

    static Pairs compared(Table table, int[] first, int[] second) {
        int count = first.length;
        byte[][] levels = new byte[table.comparisons()][count];
        pieces(count).forEach(piece -> {
            byte[] pair = new byte[levels.length];
            for (int k = piece * PIECE; k < Math.min(count, (piece + 1) * PIECE); k++) {
                table.compare(first[k], second[k], pair);
                for (int c = 0; c < pair.length; c++) levels[c][k] = pair[c];
            }
        });
        return new Pairs(first, second, levels);
    }

    /** All pairs of a table. */
    static Pairs all(Table table) {
        int count = (int) table.pairs();
        int[] first = new int[count];
        int[] second = new int[count];
        int k = 0;
        int firsts = table.isOneFile() ? table.size() : table.left();
        for (int i = 0; i < firsts; i++)
            for (int j = table.isOneFile() ? i + 1 : table.left(); j < table.size(); j++) {
                first[k] = i;
                second[k++] = j;
            }
        return compared(table, first, second);
    }

    int size() {
        return first.length;
    }

    static IntStream pieces(int count) {
        return IntStream.range(0, (count + PIECE - 1) / PIECE).parallel();
    }
}
