package io.rekindle.models.linkage;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Makes persons of pairs. Records do not become one because a chain of likely pairs leads from one to the other: two groups are
 * joined only if, over all pairs between them, the mean log-odds of being one person speak for it. Pairs that no key brought are
 * weighed too. One pair counts for no more than a bound, so that a single coincidence does not outvote the rest.
 *
 * <p>The likeliest join is made first (average linkage). Complexity: of each connected part of n records n² log n; a part of more
 * than {@link #LARGEST} records is first broken up by asking more of each pair.
 */
final class Clustering {
    /** A part of more records than this is no person: pairs must be surer there. */
    static final int LARGEST = 1_000;

    private final Scorer scorer;
    private final double least;
    private final double bound;
    private final int[] cluster;
    private int clusters;

    private Clustering(Scorer scorer, double least, double bound) {
        this.scorer = scorer;
        this.least = least;
        this.bound = bound;
        this.cluster = new int[scorer.table().size()];
    }

    /**
     * By record the number of its person, from 0 in order of the first record.
     *
     * @param least mean log-odds that join
     */
    static int[] of(Scorer scorer, Pairs pairs, double[] logOdds, double least) {
        Clustering clustering = new Clustering(scorer, least, 12);
        int[] edges = new int[pairs.size()];
        int count = 0;
        for (int k = 0; k < edges.length; k++) if (logOdds[k] > least - 2) edges[count++] = k;
        clustering.split(pairs, logOdds, Arrays.copyOf(edges, count), least);
        return clustering.numbered();
    }

    private void split(Pairs pairs, double[] logOdds, int[] edges, double asked) {
        int n = scorer.table().size();
        int[] root = new int[n];
        Arrays.setAll(root, i -> i);
        for (int k : edges) {
            int a = root(root, pairs.first()[k]);
            int b = root(root, pairs.second()[k]);
            if (a != b) root[Math.max(a, b)] = Math.min(a, b);
        }
        int[] size = new int[n];
        for (int i = 0; i < n; i++) size[root(root, i)]++;
        int[] order = Indices.sorted(n, (a, b) -> Integer.compare(root(root, a), root(root, b)));
        Arrays.fill(cluster, -1);
        int[] large = new int[n];
        int inLarge = 0;
        for (int from = 0, to; from < n; from = to) {
            to = from + size[root(root, order[from])];
            if (to - from > LARGEST) {
                System.arraycopy(order, from, large, inLarge, to - from);
                inLarge += to - from;
            } else join(Arrays.copyOfRange(order, from, to));
        }
        if (inLarge > 0) breakUp(pairs, logOdds, Arrays.copyOf(large, inLarge), edges, asked + 2);
    }

    private void breakUp(Pairs pairs, double[] logOdds, int[] records, int[] edges, double asked) {
        int n = scorer.table().size();
        boolean[] in = new boolean[n];
        for (int record : records) in[record] = true;
        int[] root = new int[n];
        Arrays.setAll(root, i -> i);
        int[] kept = Arrays.stream(edges)
                .filter(k -> in[pairs.first()[k]] && logOdds[k] > asked)
                .toArray();
        for (int k : kept) {
            int a = root(root, pairs.first()[k]);
            int b = root(root, pairs.second()[k]);
            if (a != b) root[Math.max(a, b)] = Math.min(a, b);
        }
        Map<Integer, int[]> groups = new HashMap<>();
        int[] size = new int[n];
        for (int record : records) size[root(root, record)]++;
        int[] filled = new int[n];
        for (int record : records) {
            int of = root(root, record);
            groups.computeIfAbsent(of, r -> new int[size[r]])[filled[of]++] = record;
        }
        int[] order = groups.keySet().stream().mapToInt(i -> i).sorted().toArray();
        for (int of : order) {
            int[] group = groups.getOrDefault(of, new int[0]);
            if (group.length <= LARGEST) join(group);
            else if (asked > 60) for (int record : group) cluster[record] = clusters++;
            else breakUp(pairs, logOdds, group, kept, asked + 2);
        }
    }

    private static int root(int[] root, int i) {
        int at = i;
        while (root[at] != at) at = root[at] = root[root[at]];
        return at;
    }

    private record Join(int a, int b, int sizeA, int sizeB, double mean) {}

    /** Joins the records of one part. */
    private void join(int[] records) {
        int n = records.length;
        if (n == 1) {
            cluster[records[0]] = clusters++;
            return;
        }
        double[][] sum = new double[n][n];
        byte[] levels = new byte[scorer.table().comparisons()];
        for (int a = 0; a < n; a++)
            for (int b = a + 1; b < n; b++) {
                // Two records of one file that holds everybody once still may be one person's.
                double odds = Math.clamp(scorer.logOdds(records[a], records[b], levels), -bound, bound);
                sum[a][b] = odds;
                sum[b][a] = odds;
            }
        int[] size = new int[n];
        Arrays.fill(size, 1);
        int[] group = new int[n];
        Arrays.setAll(group, i -> i);
        PriorityQueue<Join> joins = new PriorityQueue<>(Comparator.comparingDouble((Join join) -> -join.mean)
                .thenComparingInt(Join::a)
                .thenComparingInt(Join::b));
        for (int a = 0; a < n; a++)
            for (int b = a + 1; b < n; b++) if (sum[a][b] > least) joins.add(new Join(a, b, 1, 1, sum[a][b]));
        for (Join next = joins.poll(); next != null; next = joins.poll()) {
            int a = next.a;
            int b = next.b;
            if (size[a] != next.sizeA || size[b] != next.sizeB) continue;
            for (int i = 0; i < n; i++) if (group[i] == b) group[i] = a;
            size[a] += size[b];
            size[b] = 0;
            for (int c = 0; c < n; c++) {
                if (c == a || size[c] == 0) continue;
                sum[a][c] += sum[b][c];
                sum[c][a] = sum[a][c];
                double mean = sum[a][c] / ((double) size[a] * size[c]);
                if (mean > least)
                    joins.add(
                            new Join(Math.min(a, c), Math.max(a, c), size[Math.min(a, c)], size[Math.max(a, c)], mean));
            }
        }
        int[] number = new int[n];
        Arrays.fill(number, -1);
        for (int i = 0; i < n; i++) {
            if (number[group[i]] < 0) number[group[i]] = clusters++;
            cluster[records[i]] = number[group[i]];
        }
    }

    private int[] numbered() {
        return numbered(cluster);
    }

    /** The same groups, numbered by their first record. */
    static int[] numbered(int[] cluster) {
        Map<Integer, Integer> numbers = new HashMap<>();
        int[] out = new int[cluster.length];
        for (int i = 0; i < out.length; i++) out[i] = numbers.computeIfAbsent(cluster[i], c -> numbers.size());
        return out;
    }
}
