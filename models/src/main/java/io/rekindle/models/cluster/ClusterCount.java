package io.rekindle.models.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How many clusters there are: as many as come out again when one looks at other customers, and as keep most apart.
 *
 * <p>What: for each k, twenty halves of the points are drawn in ten pairs; each half is clustered by itself, and how
 * alike the two clusterings of a pair place all points is its adjusted Rand index, whose mean is the stability. Among the
 * k with a stability of at least {@value #STABLE} the one with the highest silhouette is chosen; where none is stable,
 * the most stable.
 *
 * <p>Source: Ben-Hur, Elisseeff and Guyon (PSB 2002) and Fang and Wang (CSDA 2012) for stability; Rousseeuw (1987) for the
 * silhouette, below {@value #STRUCTURE} of which Kaufman and Rousseeuw (1990) see no structure. Complexity: on at most
 * {@value #MOST_POINTS} points, whatever their number. The seed draws the halves.
 *
 * @param tried each k; none where all points looked at are the same
 * @param chosen the place of the chosen one among them
 */
public record ClusterCount(List<Candidate> tried, int chosen) {
    /** The least stability a clustering is to have. */
    public static final double STABLE = .8;

    /** Below this silhouette the clusters are cuts through a cloud. */
    public static final double STRUCTURE = .25;

    static final int MOST_POINTS = 2000;
    private static final int PAIRS = 10;

    public ClusterCount {
        tried = List.copyOf(tried);
    }

    /**
     * A number of clusters.
     *
     * @param silhouette between −1 and 1
     * @param stability 1 when every half gives the same clusters; near 0 when they are chance
     * @param inertia sum of squared distances from the centres over that from the mean of all: the share not explained
     */
    public record Candidate(int k, double silhouette, double stability, double inertia) {}

    /** The number of clusters chosen. */
    public int k() {
        return tried.get(chosen).k();
    }

    /** The candidate chosen. */
    public Candidate best() {
        return tried.get(chosen);
    }

    /**
     * Tries each number of clusters.
     *
     * @param points row by row
     * @param width numbers of a point
     * @param least at least 2
     * @param most at least {@code least}
     */
    static ClusterCount of(double[] points, int width, int least, int most, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] some = sample(points, width, MOST_POINTS, random);
        int n = some.length / width;
        double whole = KMeans.fit(some, width, 1, seed).inertia();
        List<Candidate> tried = new ArrayList<>();
        for (int k = least; k <= most && k < n; k++) {
            KMeans fitted = KMeans.fit(some, width, k, random.nextLong());
            if (fitted.k() < k) break;
            double alike = 0;
            for (int pair = 0; pair < PAIRS; pair++) {
                int[] one = half(some, width, k, random);
                int[] other = half(some, width, k, random);
                alike += Partitions.adjustedRand(one, other);
            }
            tried.add(new Candidate(
                    k,
                    Partitions.silhouette(some, width, fitted.clusters()),
                    alike / PAIRS,
                    whole == 0 ? 0 : fitted.inertia() / whole));
        }
        return new ClusterCount(tried, choice(tried));
    }

    private static int choice(List<Candidate> tried) {
        int best = -1;
        for (int i = 0; i < tried.size(); i++)
            if (tried.get(i).stability >= STABLE && (best < 0 || tried.get(i).silhouette > tried.get(best).silhouette))
                best = i;
        if (best >= 0) return best;
        for (int i = 0; i < tried.size(); i++)
            if (best < 0 || tried.get(i).stability > tried.get(best).stability) best = i;
        return best;
    }

    private static int[] half(double[] points, int width, int k, SplittableRandom random) {
        double[] drawn = sample(points, width, Math.max(k, points.length / width / 2), random);
        return KMeans.fit(drawn, width, k, random.nextLong()).place(points);
    }

    /** Some of the points, without repetition, in their order. */
    static double[] sample(double[] points, int width, int most, SplittableRandom random) {
        int n = points.length / width;
        if (n <= most) return points;
        double[] some = new double[most * width];
        int left = most;
        for (int i = 0; i < n && left > 0; i++)
            if (random.nextInt(n - i) < left) System.arraycopy(points, i * width, some, (most - left--) * width, width);
        return some;
    }
}
