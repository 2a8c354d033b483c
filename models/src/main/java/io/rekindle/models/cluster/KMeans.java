package io.rekindle.models.cluster;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * k-means: centres such that the squared distances of all points to their nearest centre are small in sum.
 *
 * <p>What: the first centres are drawn by k-means++, each next one with a probability in proportion to the squared
 * distance from those there are, the best of a few draws; then points go to their nearest centre and centres to the mean
 * of their points until nothing moves (Lloyd), from several beginnings of which the best is kept. Beyond {@value
 * #MOST_WHOLE} points the centres learn from small batches instead, each point pulling its centre by 1 / (number of
 * points it has had), and all points are placed once, at the end.
 *
 * <p>Source: Arthur and Vassilvitskii (SODA 2007) for k-means++; Lloyd (IEEE Trans. Inf. Theory 1982); Sculley (WWW 2010)
 * for small batches. Assumption: groups are round and of like extent in the space given; {@link Scaling} makes that
 * space.
 *
 * <p>Numerics: distances are sums of squares of differences, never differences of squares. Points are placed in parallel
 * and summed in order, so neither threads nor time change the result; it depends on the seed, and through it on the order
 * of the points. Ties go to the lower centre. Complexity: points × k × width for each pass. Unchangeable.
 */
public final class KMeans {
    static final int MOST_WHOLE = 50_000;
    private static final int RESTARTS = 5;
    private static final int MOST_PASSES = 100;
    private static final int BATCH = 1024;
    private static final int BATCHES = 300;
    private static final int BLOCK = 4096;

    private final int width;
    private final double[][] centres;
    private final int[] cluster;
    private final double inertia;

    private KMeans(int width, double[][] centres, int[] cluster, double inertia) {
        this.width = width;
        this.centres = centres;
        this.cluster = cluster;
        this.inertia = inertia;
    }

    /**
     * Finds k centres.
     *
     * @param points row by row
     * @param width numbers of a point, at least 1
     * @param k at least 1; fewer centres where fewer points differ
     */
    public static KMeans fit(double[] points, int width, int k, long seed) {
        check(points, width, k);
        int n = points.length / width;
        SplittableRandom random = new SplittableRandom(seed);
        if (n > MOST_WHOLE) return batches(points, width, k, random);
        KMeans best = lloyd(points, width, beginning(points, width, all(n), k, random));
        for (int restart = 1; restart < RESTARTS && k > 1; restart++) {
            KMeans other = lloyd(points, width, beginning(points, width, all(n), k, random));
            if (other.inertia < best.inertia * (1 - 1e-9)) best = other;
        }
        return best;
    }

    private static void check(double[] points, int width, int k) {
        if (width < 1) throw new IllegalArgumentException("points of %d numbers; at least 1".formatted(width));
        if (points.length == 0 || points.length % width != 0)
            throw new IllegalArgumentException(
                    "%d numbers are no points of %d numbers each".formatted(points.length, width));
        if (k < 1) throw new IllegalArgumentException("%d clusters; at least 1".formatted(k));
        for (double number : points)
            if (!Double.isFinite(number))
                throw new IllegalArgumentException("a point has %s, which is no number to measure".formatted(number));
    }

    private static int[] all(int n) {
        return IntStream.range(0, n).toArray();
    }

    /** The k-means++ beginning among some points; fewer than k centres when fewer differ. */
    private static double[][] beginning(double[] points, int width, int[] some, int k, RandomGenerator random) {
        double[][] centres = new double[k][];
        double[] nearest = new double[some.length];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        int tries = 2 + (int) Math.log(k);
        centres[0] = point(points, width, some[random.nextInt(some.length)]);
        double sum = shrink(points, width, some, centres[0], nearest, nearest);
        for (int c = 1; c < k; c++) {
            if (!(sum > 0)) return Arrays.copyOf(centres, c);
            double[] kept = nearest;
            double least = Double.POSITIVE_INFINITY;
            for (int t = 0; t < tries; t++) {
                double target = random.nextDouble() * sum;
                int drawn = -1;
                for (int i = 0; i < some.length; i++) {
                    if (nearest[i] == 0) continue;
                    drawn = i;
                    target -= nearest[i];
                    if (target < 0) break;
                }
                double[] centre = point(points, width, some[drawn]);
                double[] after = new double[some.length];
                double total = shrink(points, width, some, centre, nearest, after);
                if (total < least) {
                    least = total;
                    kept = after;
                    centres[c] = centre;
                }
            }
            nearest = kept;
            sum = least;
        }
        return centres;
    }

    private static double shrink(
            double[] points, int width, int[] some, double[] centre, double[] before, double[] after) {
        double sum = 0;
        for (int i = 0; i < some.length; i++) {
            after[i] = Math.min(before[i], squared(points, some[i] * width, centre));
            sum += after[i];
        }
        return sum;
    }

    private static double[] point(double[] points, int width, int i) {
        return Arrays.copyOfRange(points, i * width, (i + 1) * width);
    }

    static double squared(double[] points, int at, double[] centre) {
        double sum = 0;
        for (int d = 0; d < centre.length; d++) {
            double difference = points[at + d] - centre[d];
            sum += difference * difference;
        }
        return sum;
    }

    private static KMeans lloyd(double[] points, int width, double[][] centres) {
        int n = points.length / width;
        int[] cluster = new int[n];
        Arrays.fill(cluster, -1);
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            int[] placed = place(points, width, centres);
            if (Arrays.equals(placed, cluster)) break;
            cluster = placed;
            int[] size = new int[centres.length];
            double[][] sums = new double[centres.length][width];
            for (int i = 0; i < n; i++) {
                size[cluster[i]]++;
                double[] sum = sums[cluster[i]];
                for (int d = 0; d < width; d++) sum[d] += points[i * width + d];
            }
            // A centre that lost all its points stays where it was.
            for (int c = 0; c < centres.length; c++)
                if (size[c] > 0) for (int d = 0; d < width; d++) centres[c][d] = sums[c][d] / size[c];
        }
        return finished(points, width, centres);
    }

    private static KMeans batches(double[] points, int width, int k, RandomGenerator random) {
        int n = points.length / width;
        int[] some = random.ints(20_000, 0, n).toArray();
        double[][] centres = beginning(points, width, some, k, random);
        long[] had = new long[centres.length];
        int[] nearest = new int[BATCH];
        for (int batch = 0; batch < BATCHES; batch++) {
            int[] drawn = random.ints(BATCH, 0, n).toArray();
            for (int i = 0; i < BATCH; i++) nearest[i] = nearest(points, drawn[i] * width, centres);
            for (int i = 0; i < BATCH; i++) {
                double[] centre = centres[nearest[i]];
                double pull = 1.0 / ++had[nearest[i]];
                for (int d = 0; d < width; d++) centre[d] += pull * (points[drawn[i] * width + d] - centre[d]);
            }
        }
        return finished(points, width, centres);
    }

    /** Leaves out centres without points, numbers the others by size, the largest first, and places all points. */
    private static KMeans finished(double[] points, int width, double[][] centres) {
        int[] placed = place(points, width, centres);
        int[] size = new int[centres.length];
        for (int c : placed) size[c]++;
        int[] order = IntStream.range(0, centres.length)
                .filter(c -> size[c] > 0)
                .boxed()
                .sorted((a, b) ->
                        size[a] != size[b] ? Integer.compare(size[b], size[a]) : Arrays.compare(centres[a], centres[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] number = new int[centres.length];
        double[][] kept = new double[order.length][];
        for (int c = 0; c < order.length; c++) {
            number[order[c]] = c;
            kept[c] = centres[order[c]];
        }
        double inertia = 0;
        for (int i = 0; i < placed.length; i++) {
            inertia += squared(points, i * width, centres[placed[i]]);
            placed[i] = number[placed[i]];
        }
        return new KMeans(width, kept, placed, inertia);
    }

    private static int[] place(double[] points, int width, double[][] centres) {
        int n = points.length / width;
        int[] placed = new int[n];
        IntStream.range(0, (n + BLOCK - 1) / BLOCK).parallel().forEach(block -> {
            for (int i = block * BLOCK; i < Math.min(n, (block + 1) * BLOCK); i++)
                placed[i] = nearest(points, i * width, centres);
        });
        return placed;
    }

    private static int nearest(double[] points, int at, double[][] centres) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int c = 0; c < centres.length; c++) {
            double distance = squared(points, at, centres[c]);
            if (distance < least) {
                least = distance;
                best = c;
            }
        }
        return best;
    }

    /** Number of clusters: as many as asked for, or as many points as differ. */
    public int k() {
        return centres.length;
    }

    /** A cluster's centre. */
    public double[] centre(int cluster) {
        return centres[cluster].clone();
    }

    /** For each point its cluster, from 0, the largest first. */
    public int[] clusters() {
        return cluster.clone();
    }

    /** The clusters other points of the same width fall into. */
    public int[] place(double[] others) {
        return place(others, width, centres);
    }

    /** The distance of a point, at {@code at} in an array, from a centre. */
    public double distance(double[] points, int at, int cluster) {
        return Math.sqrt(squared(points, at, centres[cluster]));
    }

    /** Sum of squared distances of all points from their centres. */
    public double inertia() {
        return inertia;
    }
}
