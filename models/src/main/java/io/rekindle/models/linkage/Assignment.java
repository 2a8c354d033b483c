package io.rekindle.models.linkage;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Gives each record of one file at most one record of the other, so that the log-odds of all pairs together are greatest.
 *
 * <p>Exact within each connected part (Kuhn, "The Hungarian method", 1955, by shortest augmenting paths); a part of more than
 * {@link #LARGEST} records on a side takes the likeliest pair first. Complexity: cubic in a part, which mostly is one pair.
 */
final class Assignment {
    private static final int LARGEST = 400;

    private Assignment() {}

    /**
     * Which of the pairs stand, ascending.
     *
     * @param worth by pair; only above 0 is worth having
     */
    static int[] of(int[] left, int[] right, double[] worth) {
        int[] positive =
                IntStream.range(0, worth.length).filter(k -> worth[k] > 0).toArray();
        int most = 0;
        for (int k : positive) most = Math.max(most, Math.max(left[k], right[k]));
        int[] root = new int[2 * (most + 1)];
        Arrays.setAll(root, i -> i);
        for (int k : positive) {
            int a = root(root, left[k]);
            int b = root(root, most + 1 + right[k]);
            if (a != b) root[Math.max(a, b)] = Math.min(a, b);
        }
        int[] order = Indices.sorted(
                positive.length,
                (a, b) -> Integer.compare(root(root, left[positive[a]]), root(root, left[positive[b]])));
        List<Integer> kept = new ArrayList<>();
        for (int from = 0, to; from < order.length; from = to) {
            to = from + 1;
            int part = root(root, left[positive[order[from]]]);
            while (to < order.length && root(root, left[positive[order[to]]]) == part) to++;
            int[] pairs = Arrays.stream(order, from, to).map(i -> positive[i]).toArray();
            if (pairs.length == 1) kept.add(pairs[0]);
            else best(pairs, left, right, worth, kept);
        }
        return kept.stream().mapToInt(i -> i).sorted().toArray();
    }

    private static int root(int[] root, int i) {
        int at = i;
        while (root[at] != at) at = root[at] = root[root[at]];
        return at;
    }

    private static void best(int[] pairs, int[] left, int[] right, double[] worth, List<Integer> kept) {
        int[] rows = Arrays.stream(pairs).map(k -> left[k]).distinct().sorted().toArray();
        int[] columns =
                Arrays.stream(pairs).map(k -> right[k]).distinct().sorted().toArray();
        if (rows.length > LARGEST || columns.length > LARGEST) {
            likeliestFirst(pairs, left, right, worth, kept);
            return;
        }
        // Each record may also stay alone, at no cost: as many empty columns as rows.
        int n = rows.length;
        int m = columns.length + n;
        double[][] cost = new double[n][m];
        int[][] pair = new int[n][m];
        for (int[] row : pair) Arrays.fill(row, -1);
        double forbidden = 1e6;
        for (double[] row : cost) Arrays.fill(row, 0, columns.length, forbidden);
        for (int k : pairs) {
            int row = Arrays.binarySearch(rows, left[k]);
            int column = Arrays.binarySearch(columns, right[k]);
            cost[row][column] = -worth[k];
            pair[row][column] = k;
        }
        int[] rowOf = cheapest(cost, n, m);
        for (int column = 0; column < columns.length; column++)
            if (rowOf[column] >= 0 && pair[rowOf[column]][column] >= 0) kept.add(pair[rowOf[column]][column]);
    }

    /** By column the row it is given to, or −1; every row gets a column. */
    private static int[] cheapest(double[][] cost, int n, int m) {
        double[] rowPrice = new double[n + 1];
        double[] columnPrice = new double[m + 1];
        int[] rowOf = new int[m + 1];
        for (int row = 1; row <= n; row++) {
            double[] least = new double[m + 1];
            Arrays.fill(least, Double.POSITIVE_INFINITY);
            int[] before = new int[m + 1];
            boolean[] reached = new boolean[m + 1];
            int column = 0;
            rowOf[0] = row;
            do {
                reached[column] = true;
                int from = rowOf[column];
                double step = Double.POSITIVE_INFINITY;
                int next = 0;
                for (int j = 1; j <= m; j++) {
                    if (reached[j]) continue;
                    double reduced = cost[from - 1][j - 1] - rowPrice[from] - columnPrice[j];
                    if (reduced < least[j]) {
                        least[j] = reduced;
                        before[j] = column;
                    }
                    if (least[j] < step) {
                        step = least[j];
                        next = j;
                    }
                }
                for (int j = 0; j <= m; j++) {
                    if (reached[j]) {
                        rowPrice[rowOf[j]] += step;
                        columnPrice[j] -= step;
                    } else least[j] -= step;
                }
                column = next;
            } while (rowOf[column] != 0);
            while (column != 0) {
                rowOf[column] = rowOf[before[column]];
                column = before[column];
            }
        }
        int[] out = new int[m];
        for (int j = 0; j < m; j++) out[j] = rowOf[j + 1] - 1;
        return out;
    }

    private static void likeliestFirst(int[] pairs, int[] left, int[] right, double[] worth, List<Integer> kept) {
        int[] order = Indices.sorted(pairs.length, (a, b) -> Double.compare(worth[pairs[b]], worth[pairs[a]]));
        BitSet takenLeft = new BitSet();
        BitSet takenRight = new BitSet();
        for (int i : order) {
            int k = pairs[i];
            if (takenLeft.get(left[k]) || takenRight.get(right[k])) continue;
            takenLeft.set(left[k]);
            takenRight.set(right[k]);
            kept.add(k);
        }
    }
}
