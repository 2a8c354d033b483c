package io.rekindle.models.cluster;

import java.util.Arrays;

/** How good a partition is by itself, and how alike two are. */
final class Partitions {
    private Partitions() {}

    /**
     * The adjusted Rand index of two partitions of the same points: 1 when they are the same but for the names, 0 on
     * average for partitions that have nothing to do with one another (Hubert and Arabie, Journal of Classification 2,
     * 1985).
     */
    static double adjustedRand(int[] one, int[] other) {
        int rows = Arrays.stream(one).max().orElse(0) + 1;
        int columns = Arrays.stream(other).max().orElse(0) + 1;
        long[][] both = new long[rows][columns];
        for (int i = 0; i < one.length; i++) both[one[i]][other[i]]++;
        double together = 0;
        double inOne = 0;
        double inOther = 0;
        for (long[] row : both) {
            long sum = 0;
            for (long cell : row) {
                together += pairs(cell);
                sum += cell;
            }
            inOne += pairs(sum);
        }
        for (int c = 0; c < columns; c++) {
            long sum = 0;
            for (long[] row : both) sum += row[c];
            inOther += pairs(sum);
        }
        double all = pairs(one.length);
        double chance = all == 0 ? 0 : inOne * inOther / all;
        double most = (inOne + inOther) / 2;
        // Both of one cluster, or both of single points: the same.
        return most == chance ? 1 : (together - chance) / (most - chance);
    }

    private static double pairs(long count) {
        return count * (count - 1.0) / 2;
    }

    /**
     * The mean silhouette: how much nearer points lie to their own cluster than to the next one, between −1 and 1; points
     * alone in their cluster count 0 (Rousseeuw, J. Comput. Appl. Math. 20, 1987). Complexity: the square of the number
     * of points.
     */
    static double silhouette(double[] points, int width, int[] cluster) {
        int n = cluster.length;
        int k = Arrays.stream(cluster).max().orElse(0) + 1;
        int[] size = new int[k];
        for (int c : cluster) size[c]++;
        double[][] sums = new double[n][k];
        for (int i = 0; i < n; i++)
            for (int j = i + 1; j < n; j++) {
                double squares = 0;
                for (int d = 0; d < width; d++) {
                    double difference = points[i * width + d] - points[j * width + d];
                    squares += difference * difference;
                }
                double distance = Math.sqrt(squares);
                sums[i][cluster[j]] += distance;
                sums[j][cluster[i]] += distance;
            }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            if (size[cluster[i]] < 2) continue;
            double own = sums[i][cluster[i]] / (size[cluster[i]] - 1);
            double next = Double.POSITIVE_INFINITY;
            for (int c = 0; c < k; c++) if (c != cluster[i] && size[c] > 0) next = Math.min(next, sums[i][c] / size[c]);
            if (Double.isInfinite(next)) return 0;
            double most = Math.max(own, next);
            if (most > 0) sum += (next - own) / most;
        }
        return sum / n;
    }
}
