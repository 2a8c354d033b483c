package io.rekindle.app.analyze;

import io.rekindle.models.cluster.ClusterCount;
import io.rekindle.models.cluster.Clustering;
import io.rekindle.models.cluster.Trait;
import io.rekindle.models.table.Remark;
import io.rekindle.platform.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze cluster}: groups of customers who are alike, and what sets each apart. */
@Command(
        name = "cluster",
        description = {
            "Groups of customers who are alike in whatever columns the file has, as many as are stable, each told in words.",
            "One row of the file for each customer; what each column holds is found out. Leave out what the groups are to be compared by with --ignore.",
            "Rows: row, (the --id column,) cluster, words, distance, margin, in the order of the file."
        },
        mixinStandardHelpOptions = true)
final class ClusterAnalysis extends Analysis {
    private static final Field ID = Field.text("id");

    @Mixin
    private TableOptions columns = new TableOptions();

    @Option(names = "--input", required = true, paramLabel = "FILE", description = "CSV, the same gzipped, or Parquet.")
    @SuppressWarnings("NullAway.Init")
    private Path input;

    @Option(
            names = "--id",
            paramLabel = "COLUMN",
            description = "A column that names the customer; it goes to the rows and is not learnt from.")
    private @Nullable String id;

    @Option(names = "--k", description = "Number of clusters (default: chosen by stability and silhouette).")
    private @Nullable Integer k;

    @Option(names = "--max-k", description = "Most clusters to try (default: ${DEFAULT-VALUE}).")
    private int most = 10;

    /** What sets a cluster apart. */
    record Apart(String column, double effect, String words, String wordsZh) {
        /** Without its figures. */
        String brief() {
            int figures = words.lastIndexOf(" (");
            return figures < 0 ? words : words.substring(0, figures);
        }
    }

    record Cluster(int cluster, int size, double share, String words, String wordsZh, List<Apart> traits) {
        /** The two strongest traits without figures: a row stands beside many of the same cluster. */
        String brief() {
            return traits.isEmpty()
                    ? words
                    : traits.stream().limit(2).map(Apart::brief).collect(Collectors.joining(", "));
        }
    }

    record Results(
            int k,
            double silhouette,
            double explained,
            @Nullable Double stability,
            List<ClusterCount.Candidate> tried,
            List<String> columns,
            List<Cluster> clusters) {}

    @Override
    Outcome analyse(Progress progress) {
        if (k != null && k < 1) throw Problem.invalid("k_invalid", "--k %d must be at least 1".formatted(k));
        if (most < 2 || most > 50)
            throw Problem.invalid("k_invalid", "--max-k %d must lie between 2 and 50".formatted(most));
        var fields = new LinkedHashMap<Field, String>();
        if (id != null) fields.put(ID, id);
        var read = columns.read(input, fields, progress);
        var card = new Card();
        int size = read.table().size();
        card.read(read.file(), size, size, List.of());
        read.warn(card);
        progress.begin(k == null ? "trying up to %d clusters".formatted(most) : "grouping");
        var found = Clustering.fit(read.table(), new Clustering.Settings(Optional.ofNullable(k), most, seed()));
        progress.end("%d clusters".formatted(found.k()));
        for (Remark remark : found.remarks()) card.warn(remark.code(), remark.message());

        var clusters = new ArrayList<Cluster>();
        for (var profile : found.profiles())
            clusters.add(new Cluster(
                    profile.cluster() + 1,
                    profile.size(),
                    profile.share(),
                    profile.words(Trait.Language.ENGLISH),
                    profile.words(Trait.Language.CHINESE),
                    profile.traits().stream()
                            .map(trait -> new Apart(
                                    trait.column(),
                                    trait.effect(),
                                    trait.words(Trait.Language.ENGLISH),
                                    trait.words(Trait.Language.CHINESE)))
                            .toList()));
        var tried = found.count().map(ClusterCount::tried).orElse(List.of());
        var results = new Results(
                found.k(),
                found.silhouette(),
                found.explained(),
                found.count().map(count -> count.best().stability()).orElse(null),
                tried,
                found.columns(),
                clusters);
        return new Outcome(results, words(results, size), rows(found, clusters, read), charts(results), card);
    }

    private ResultRows rows(Clustering found, List<Cluster> clusters, TableOptions.TableRows read) {
        int[] cluster = found.clusters();
        double[] distance = found.distances();
        double[] margin = found.margins();
        var rows = ResultRows.of(cluster.length).count("row", row -> row + 1L);
        if (id != null) {
            var ids = read.fields().texts(ID);
            rows = rows.text(id, ids::get);
        }
        return rows.count("cluster", row -> cluster[row] + 1L)
                .text(
                        "words",
                        row -> clusters.get(cluster[row]).words(),
                        row -> clusters.get(cluster[row]).brief())
                .decimal("distance", distance)
                .decimal("margin", margin);
    }

    private static List<String> words(Results results, int size) {
        var words = new ArrayList<String>();
        words.add(
                results.stability() == null
                        ? String.format(
                                Locale.ROOT,
                                "%,d rows in %d clusters: silhouette %.3f, %.0f %% of the differences explained",
                                size,
                                results.k(),
                                results.silhouette(),
                                100 * results.explained())
                        : String.format(
                                Locale.ROOT,
                                "%,d rows in %d clusters: silhouette %.3f, stability %.2f, %.0f %% of the differences explained",
                                size,
                                results.k(),
                                results.silhouette(),
                                results.stability(),
                                100 * results.explained()));
        for (var cluster : results.clusters())
            words.add(String.format(
                    Locale.ROOT,
                    "  %d: %,d rows (%.1f %%): %s",
                    cluster.cluster(),
                    cluster.size(),
                    100 * cluster.share(),
                    cluster.words()));
        return words;
    }

    private static List<Chart> charts(Results results) {
        var charts = new ArrayList<Chart>();
        if (!results.tried().isEmpty())
            charts.add(new Chart.BarGroups(
                    "How many clusters there are",
                    "Stability: how alike the clusters of two halves of the customers are. Silhouette: how much nearer customers lie to their own cluster than to the next.",
                    "clusters",
                    "from 0 to 1",
                    results.tried().stream().map(tried -> "" + tried.k()).toList(),
                    List.of(
                            new Chart.Bars(
                                    "stability",
                                    results.tried().stream()
                                            .mapToDouble(ClusterCount.Candidate::stability)
                                            .toArray()),
                            new Chart.Bars(
                                    "silhouette",
                                    results.tried().stream()
                                            .mapToDouble(ClusterCount.Candidate::silhouette)
                                            .toArray()))));
        charts.add(new Chart.BarGroups(
                "Size of the clusters",
                "Share of all rows.",
                "cluster",
                "share",
                results.clusters().stream()
                        .map(cluster -> "" + cluster.cluster())
                        .toList(),
                List.of(new Chart.Bars(
                        "share",
                        results.clusters().stream().mapToDouble(Cluster::share).toArray()))));
        for (var cluster : results.clusters())
            if (!cluster.traits().isEmpty())
                charts.add(new Chart.BarGroups(
                        "What sets cluster %d apart".formatted(cluster.cluster()),
                        "%s. Beyond zero its customers have more of it than the others, or a later date; below zero less. At 1 or −1 the two do not overlap."
                                .formatted(cluster.words()),
                        "",
                        "effect, from −1 to 1",
                        cluster.traits().stream().map(Apart::brief).toList(),
                        List.of(new Chart.Bars(
                                "effect",
                                cluster.traits().stream()
                                        .mapToDouble(Apart::effect)
                                        .toArray()))));
        return charts;
    }
}
