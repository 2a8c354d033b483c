package io.rekindle.models.cluster;

import io.rekindle.models.numeric.Indices;
import io.rekindle.models.table.Column;
import io.rekindle.models.table.Remark;
import io.rekindle.models.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Groups of alike rows of a table of mixed columns, as many as are stable and apart, each told in words.
 *
 * <p>What: columns are brought to one scale ({@link Scaling}), rows are grouped around centres ({@link KMeans}), their
 * number is chosen by stability and silhouette unless it is given ({@link ClusterCount}), and each group is described by
 * the columns in which it differs most from all other rows ({@link Trait}).
 *
 * <p>Assumption: like every partition, it cuts where there are no gaps too. The remarks say when there is no structure.
 *
 * <p>Rows are put in the order of their points before anything is drawn, so neither their order in the table, nor that of
 * the columns, nor the unit of a number changes the result. Complexity: that of the parts; linear in the rows.
 * Unchangeable; deterministic by seed.
 *
 * <p>Sources: those of the parts; the procedure, cutting first and asking afterwards whether it comes out again, follows
 * Ben-Hur, Elisseeff and Guyon (PSB 2002) and Rousseeuw (1987). Numerics: squared distances in double precision.
 */
public final class Clustering {
    /** Clusters below this share of the rows are remarked on. */
    private static final double SMALL = .01;

    private static final int MOST_TRAITS = 5;

    private final Scaling scaling;
    private final KMeans means;
    private final Optional<ClusterCount> count;
    private final int[] cluster;
    private final double[] distance;
    private final double[] margin;
    private final double silhouette;
    private final double explained;
    private final List<Profile> profiles;
    private final List<Remark> remarks;

    /**
     * How to group.
     *
     * @param k number of clusters; empty to have it chosen
     * @param most clusters to try, when it is chosen; at least 2
     * @param seed of everything drawn
     */
    public record Settings(Optional<Integer> k, int most, long seed) {
        public Settings {
            if (k.isPresent() && k.get() < 1)
                throw new IllegalArgumentException("%d clusters; at least 1".formatted(k.get()));
            if (most < 2 || most > 50)
                throw new IllegalArgumentException(
                        "up to %d clusters to try; between 2 and 50: nobody acts on more".formatted(most));
        }
    }

    /**
     * A cluster.
     *
     * @param size rows of it
     * @param share of all rows
     * @param traits what sets it apart, the strongest first; empty when it lies in the middle of everything
     */
    public record Profile(int cluster, int size, double share, List<Trait> traits) {
        public Profile {
            traits = List.copyOf(traits);
        }

        /** What sets it apart, in a line. */
        public String words(Trait.Language language) {
            if (traits.isEmpty())
                return switch (language) {
                    case ENGLISH -> "in nothing unlike the others";
                    case CHINESE -> "与其余客户无明显差别";
                };
            return traits.stream()
                    .map(trait -> trait.words(language))
                    .collect(Collectors.joining(language == Trait.Language.ENGLISH ? ", " : "，"));
        }
    }

    /**
     * Groups the rows of a table.
     *
     * @throws IllegalArgumentException when there are fewer than three rows, or no column in which they differ
     */
    public static Clustering fit(Table table, Settings settings) {
        return new Clustering(table, settings);
    }

    private Clustering(Table table, Settings settings) {
        int n = table.size();
        if (n < 3)
            throw new IllegalArgumentException(
                    (n == 1 ? "there is 1 row" : "there are %d rows".formatted(n)) + "; groups need at least 3");
        long[] prints = table.fingerprints(settings.seed);
        int[] printed = Indices.sorted(n, (a, b) -> Long.compare(prints[a], prints[b]));
        Table named = Table.of(table.columns().stream()
                .sorted(Comparator.comparing(Column::name))
                .toList());
        scaling = Scaling.of(named.rows(printed));
        int width = scaling.width();
        if (width == 0)
            throw new IllegalArgumentException(
                    "there is no column in which rows differ and are alike: each is the same for all, or different for each");
        double[] unordered = scaling.points(IntStream.range(0, n).toArray());
        int[] placed = Indices.sorted(
                n,
                (a, b) -> Arrays.compare(unordered, a * width, (a + 1) * width, unordered, b * width, (b + 1) * width));
        double[] points = scaling.points(placed);
        int[] order = Arrays.stream(placed).map(i -> printed[i]).toArray();
        remarks = new ArrayList<>();
        for (Scaling.LeftOut out : scaling.leftOut())
            remarks.add(
                    switch (out.reason()) {
                        case CONSTANT ->
                            new Remark("column_constant", "column %s is the same for all".formatted(out.column()));
                        case ALL_DIFFERENT ->
                            new Remark(
                                    "column_all_different",
                                    "column %s has a value of its own for nearly every row; it looks like an identifier and does not count"
                                            .formatted(out.column()));
                    });

        count = settings.k.isPresent()
                ? Optional.empty()
                : Optional.of(ClusterCount.of(points, width, 2, settings.most, settings.seed))
                        .filter(tried -> !tried.tried().isEmpty());
        int k = count.map(ClusterCount::k).or(() -> settings.k).orElse(1);
        means = KMeans.fit(points, width, k, settings.seed);
        int[] ofOrdered = means.clusters();
        cluster = new int[n];
        distance = new double[n];
        margin = new double[n];
        for (int i = 0; i < n; i++) {
            int row = order[i];
            cluster[row] = ofOrdered[i];
            distance[row] = means.distance(points, i * width, ofOrdered[i]);
            double next = Double.POSITIVE_INFINITY;
            for (int c = 0; c < means.k(); c++)
                if (c != ofOrdered[i]) next = Math.min(next, means.distance(points, i * width, c));
            margin[row] = Double.isInfinite(next) ? 1 : next == 0 ? 0 : 1 - distance[row] / next;
        }
        silhouette = sampledSilhouette(points, width, settings.seed);
        double whole = 0;
        for (double number : points) whole += number * number;
        explained = 1 - means.inertia() / whole;
        Traits traits = new Traits(table);
        int[] size = new int[means.k()];
        for (int c : cluster) size[c]++;
        List<Profile> found = new ArrayList<>();
        for (int c = 0; c < size.length; c++)
            found.add(new Profile(c, size[c], size[c] / (double) n, traits.of(cluster, c, MOST_TRAITS)));
        profiles = List.copyOf(found);
        remark(k);
    }

    private double sampledSilhouette(double[] points, int width, long seed) {
        if (means.k() < 2) return Double.NaN;
        double[] some = ClusterCount.sample(points, width, ClusterCount.MOST_POINTS, new SplittableRandom(seed));
        return Partitions.silhouette(some, width, means.place(some));
    }

    private void remark(int asked) {
        if (means.k() < asked)
            remarks.add(new Remark(
                    "fewer_clusters",
                    "%d clusters were asked for, and only %d points differ".formatted(asked, means.k())));
        if (means.k() > 1 && silhouette < ClusterCount.STRUCTURE)
            remarks.add(new Remark(
                    "weak_structure",
                    String.format(
                            Locale.ROOT,
                            "the clusters hardly stand apart (silhouette %.2f, below %.2f): they cut through one cloud of customers; use them as a division, not as a discovery",
                            silhouette,
                            ClusterCount.STRUCTURE)));
        count.ifPresent(tried -> {
            if (tried.best().stability() < ClusterCount.STABLE)
                remarks.add(new Remark(
                        "unstable",
                        String.format(
                                Locale.ROOT,
                                "no number of clusters comes out again on other customers (stability %.2f, below %.2f): another month may group them otherwise",
                                tried.best().stability(),
                                ClusterCount.STABLE)));
            if (tried.best().k() == tried.tried().getLast().k() && tried.tried().size() > 2)
                remarks.add(new Remark(
                        "most_clusters",
                        "the largest number of clusters tried, %d, did best; try more".formatted(tried.k())));
        });
        for (Profile profile : profiles)
            if (profile.share() < SMALL)
                remarks.add(new Remark(
                        "small_cluster",
                        String.format(
                                Locale.ROOT,
                                "cluster %d has %,d rows only (%.2f %%)",
                                profile.cluster() + 1,
                                profile.size(),
                                100 * profile.share())));
    }

    /** Number of clusters. */
    public int k() {
        return means.k();
    }

    /** For each row its cluster, from 0, the largest first. */
    public int[] clusters() {
        return cluster.clone();
    }

    /** For each row the distance from the centre of its cluster; all columns together vary by about their number. */
    public double[] distances() {
        return distance.clone();
    }

    /** For each row how clearly it belongs: 0 half way to the next cluster's centre, 1 at its own. */
    public double[] margins() {
        return margin.clone();
    }

    /** How the number of clusters was chosen; empty when it was given. */
    public Optional<ClusterCount> count() {
        return count;
    }

    /** Mean silhouette, on at most 2,000 rows; NaN for one cluster. */
    public double silhouette() {
        return silhouette;
    }

    /** Share of the squared distances from the middle of all that the clusters explain. */
    public double explained() {
        return explained;
    }

    /** The clusters, by number. */
    public List<Profile> profiles() {
        return profiles;
    }

    /** The columns that count. */
    public List<String> columns() {
        return scaling.used();
    }

    /** What to be careful about. */
    public List<Remark> remarks() {
        return List.copyOf(remarks);
    }
}
