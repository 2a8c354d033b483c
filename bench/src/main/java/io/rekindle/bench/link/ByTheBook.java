package io.rekindle.bench.link;

import io.rekindle.models.linkage.Column;
import io.rekindle.models.linkage.Similarity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Record linkage as one would write it down from a textbook, which is what most hand-written matching is: records that share a
 * surname, a suburb, a birthday or a number are compared; every text column by Jaro-Winkler in three grades, every number by
 * equality; weights by expectation maximisation over the compared pairs; groups are connected components. One thread, no value
 * prepared beforehand, no frequency of values.
 */
final class ByTheBook {
    private static final String[] BLOCKS = {"surname", "suburb", "date_of_birth", "soc_sec_id"};
    private static final Set<String> NUMBERS =
            Set.of("street_number", "postcode", "state", "date_of_birth", "soc_sec_id");

    private ByTheBook() {}

    /** The groups, and how many pairs were compared. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Linked(int[] clusters, int pairs) {}

    static Linked link(List<Column> columns) {
        int size = columns.getFirst().values().size();
        List<int[]> pairs = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        for (String name : BLOCKS) {
            List<String> values = columns.stream()
                    .filter(column -> column.name().equals(name))
                    .findFirst()
                    .orElseThrow()
                    .values();
            Map<String, List<Integer>> blocks = new HashMap<>();
            for (int i = 0; i < size; i++)
                if (!values.get(i).isBlank())
                    blocks.computeIfAbsent(values.get(i), value -> new ArrayList<>())
                            .add(i);
            for (List<Integer> block : blocks.values())
                for (int a = 0; a < block.size(); a++)
                    for (int b = a + 1; b < block.size(); b++)
                        if (seen.add(((long) block.get(a) << 32) | block.get(b)))
                            pairs.add(new int[] {block.get(a), block.get(b)});
        }
        int fields = columns.size();
        int[][] grades = new int[pairs.size()][fields];
        for (int k = 0; k < grades.length; k++)
            for (int f = 0; f < fields; f++) {
                List<String> values = columns.get(f).values();
                grades[k][f] = grade(columns.get(f).name(), values.get(pairs.get(k)[0]), values.get(pairs.get(k)[1]));
            }
        double[] odds = weighed(grades, fields);
        int[] root = new int[size];
        Arrays.setAll(root, i -> i);
        for (int k = 0; k < odds.length; k++)
            if (odds[k] > 0) root[root(root, pairs.get(k)[0])] = root(root, pairs.get(k)[1]);
        return new Linked(IntStream.range(0, size).map(i -> root(root, i)).toArray(), pairs.size());
    }

    private static int grade(String column, String one, String other) {
        if (one.isBlank() || other.isBlank()) return -1;
        if (NUMBERS.contains(column)) return one.equals(other) ? 0 : 2;
        double alike = Similarity.jaroWinkler(one, other);
        return alike >= .99 ? 0 : alike >= .9 ? 1 : 2;
    }

    private static double[] weighed(int[][] grades, int fields) {
        double[][] same = new double[fields][];
        double[][] other = new double[fields][];
        for (int f = 0; f < fields; f++) {
            same[f] = new double[] {.8, .1, .1};
            other[f] = new double[] {.05, .05, .9};
        }
        double share = .05;
        double[] odds = new double[grades.length];
        for (int round = 0; round < 30; round++) {
            double[][] sums = new double[fields][3];
            double[][] rest = new double[fields][3];
            double total = 0;
            for (int k = 0; k < grades.length; k++) {
                odds[k] = Math.log(share / (1 - share));
                for (int f = 0; f < fields; f++)
                    if (grades[k][f] >= 0) odds[k] += Math.log(same[f][grades[k][f]] / other[f][grades[k][f]]);
                double p = 1 / (1 + Math.exp(-odds[k]));
                total += p;
                for (int f = 0; f < fields; f++)
                    if (grades[k][f] >= 0) {
                        sums[f][grades[k][f]] += p;
                        rest[f][grades[k][f]] += 1 - p;
                    }
            }
            for (int f = 0; f < fields; f++)
                for (int g = 0; g < 3; g++) {
                    same[f][g] = (sums[f][g] + .01) / (Arrays.stream(sums[f]).sum() + .03);
                    other[f][g] = (rest[f][g] + .01) / (Arrays.stream(rest[f]).sum() + .03);
                }
            share = total / grades.length;
        }
        return odds;
    }

    private static int root(int[] root, int i) {
        int at = i;
        while (root[at] != at) at = root[at] = root[root[at]];
        return at;
    }
}
