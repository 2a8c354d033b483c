package io.rekindle.models.linkage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Records of one file that are alike in every column, more than some of them: a test account, a till's default customer. What
 * many of them say, few say too; so {@value #KEPT} of each stand for all while weights are learnt and persons made, and the
 * others go where these went.
 *
 * @param columns of the records that are kept
 * @param keptAs by row, its place among those kept; −1 where it is not
 * @param first by row, the place of the first kept one that is alike
 * @param second the place of the second
 */
@SuppressWarnings("ArrayRecordComponent") // internal, never compared
record Copies(List<Column> columns, int[] keptAs, int[] first, int[] second) {
    static final int KEPT = 50;

    static Copies of(List<Column> columns, int rows) {
        Map<Long, int[]> seen = new HashMap<>();
        int[] keptAs = new int[rows];
        int[] first = new int[rows];
        int[] second = new int[rows];
        int kept = 0;
        for (int row = 0; row < rows; row++) {
            int at = row;
            // First row, its place, the place of the second, how many there are.
            int[] group = seen.computeIfAbsent(hash(columns, row), hash -> new int[] {at, -1, -1, 0});
            boolean alike = isAlike(columns, group[0], row);
            keptAs[row] = alike && group[3] >= KEPT ? -1 : kept++;
            if (alike) {
                if (group[3] == 0) group[1] = keptAs[row];
                if (group[3] == 1) group[2] = keptAs[row];
                group[3]++;
            }
            first[row] = alike ? group[1] : keptAs[row];
            second[row] = alike ? group[2] : keptAs[row];
        }
        if (kept == rows) return new Copies(columns, keptAs, first, second);
        List<Column> fewer = new ArrayList<>();
        for (Column column : columns) {
            var values = new ArrayList<String>(kept);
            for (int row = 0; row < rows; row++)
                if (keptAs[row] >= 0) values.add(column.values().get(row));
            fewer.add(new Column(column.name(), column.kind(), values));
        }
        return new Copies(List.copyOf(fewer), keptAs, first, second);
    }

    private static long hash(List<Column> columns, int row) {
        long hash = 17;
        for (Column column : columns) {
            var value = column.values().get(row);
            hash = Long.rotateLeft(hash * 0x9E3779B97F4A7C15L, 23) + value.hashCode() + 31L * value.length();
        }
        return hash;
    }

    private static boolean isAlike(List<Column> columns, int row, int other) {
        for (Column column : columns)
            if (!column.values().get(row).equals(column.values().get(other))) return false;
        return true;
    }

    boolean areNone() {
        return Arrays.stream(keptAs).noneMatch(place -> place < 0);
    }
}
