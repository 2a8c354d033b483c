package io.rekindle.app.analyze;

import io.rekindle.models.linkage.Blocking;
import io.rekindle.models.linkage.Column;
import io.rekindle.models.linkage.Columns;
import io.rekindle.models.linkage.Kind;
import io.rekindle.models.linkage.Linkage;
import io.rekindle.models.linkage.LinkageModel;
import io.rekindle.models.numeric.Indices;
import io.rekindle.models.table.NumberForm;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rekindle analyze link}: which records of a file, or of two, are the same person's. */
@Command(
        name = "link",
        description = {
            "Which records are the same person's, within one file or between two.",
            "With --against the second file; each record then has at most one partner. What each column holds is told from its name and values; nothing needs to be labelled.",
            "Rows: left, right, probability; with --clusters FILE also which records are one person."
        },
        mixinStandardHelpOptions = true)
final class LinkAnalysis extends Analysis {
    private static final int HUGE = 30;
    private static final double LOW_RECALL = .95;

    @Option(names = "--input", required = true, paramLabel = "FILE", description = "CSV, the same gzipped, or Parquet.")
    @SuppressWarnings("NullAway.Init")
    private Path input;

    @Option(
            names = "--against",
            paramLabel = "FILE",
            description = "Another file with the same columns, to find the first file's people in.")
    private @Nullable Path against;

    @Option(
            names = "--id",
            required = true,
            paramLabel = "COLUMN",
            description = "Which column names the records; it is not compared.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Option(
            names = "--ignore",
            split = ",",
            paramLabel = "COLUMN",
            description = "Columns not to compare, such as the truth or a row number.")
    private List<String> ignore = new ArrayList<>();

    @Option(
            names = "--kind",
            split = ",",
            paramLabel = "COLUMN=KIND",
            description =
                    "What a column holds, where it is not told right: given_name, surname, full_name, date, phone, email, words, code, category.")
    private Map<String, String> kinds = new LinkedHashMap<>();

    @Option(
            names = "--region",
            paramLabel = "CC",
            description =
                    "The country of phone numbers that stand without one, such as CN, DE or US (default: told by those with one).")
    private @Nullable String region;

    @Option(
            names = "--threshold",
            paramLabel = "P",
            description = "Least probability to be one person's (default: ${DEFAULT-VALUE}).")
    private double threshold = Linkage.Settings.USUAL.threshold();

    @Option(
            names = "--pairs-per-record",
            paramLabel = "N",
            description = "How many pairs may be compared for each record (default: ${DEFAULT-VALUE}).")
    private int pairsPerRecord = Linkage.Settings.USUAL.pairsPerRecord();

    @Option(
            names = "--clusters",
            paramLabel = "FILE",
            description = "Write every record with the number of its person to this file, CSV or Parquet.")
    private @Nullable Path clusters;

    @Option(
            names = "--save-model",
            paramLabel = "FILE",
            description =
                    "Keep what was learnt in this file, for --model; it holds no records and no values, only hashes of common ones.")
    private @Nullable Path saveModel;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "Judge by what --save-model kept instead of learning anew; the file needs the same columns.")
    private @Nullable Path modelFile;

    @Option(names = "--weights", description = "In the rows, what each column says for or against, in bits.")
    private boolean weights;

    @Option(names = "--encoding", description = "Encoding of a CSV file, e.g. GB18030 (default: UTF-8).")
    private @Nullable String encoding;

    /**
     * @param region of phones, the country those without one are read as; null where that is not known, and for other kinds
     */
    record ComparedColumn(
            String name, String kind, @Nullable String region) {}

    record Results(
            int records,
            int persons,
            int pairs,
            int largestPerson,
            long setAside,
            double threshold,
            double prior,
            List<ComparedColumn> columns,
            Blocking blocking,
            List<LinkageModel.Field> weights) {}

    /** The records of a file that have an id. */
    private record Records(List<String> ids, Map<String, List<String>> columns) {}

    @Override
    Outcome analyse(Progress progress) {
        var settings = new Linkage.Settings(threshold, pairsPerRecord, seed(), region);
        if (clusters != null) ResultFile.check(clusters, "--clusters", ".csv", ".csv.gz", ".parquet");
        if (modelFile != null && saveModel != null)
            throw Problem.invalid(
                    "nothing_learnt", "with --model nothing is learnt that --save-model could keep; give one of them");
        var learnt = modelFile == null ? null : model(modelFile);
        if (saveModel != null) {
            var folder = saveModel.toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder))
                throw Problem.invalid(
                        "folder_missing", "--save-model %s: there is no folder %s".formatted(saveModel, folder));
        }
        var card = new Card();
        var left = read(input, card, progress);
        var right = against == null ? null : read(against, card, progress);
        var names = right == null ? List.copyOf(left.columns().keySet()) : common(left, right, card);
        var columns = learnt == null ? columns(names, left, right, card) : columns(learnt, names, left, right);

        progress.begin("linking");
        var linkage = linked(
                columns, left.ids().size(), right == null ? 0 : right.ids().size(), settings, learnt, progress);
        if (saveModel != null) save(linkage.model(), saveModel);
        var matches = inOrderOfIds(linkage.matches(), left, right);
        progress.end("%,d pairs".formatted(matches.size()));

        var rightIds = right == null ? left.ids() : right.ids();
        var ids = new ArrayList<>(left.ids());
        if (right != null) ids.addAll(right.ids());
        int[] rank = ranks(ids);
        var cluster = numberedByIds(linkage.clusters(), rank);
        int[] sizes = sizes(cluster);
        int largest = Arrays.stream(sizes).max().orElse(0);
        var compared = linkage.model().columns();
        if (region != null && compared.stream().noneMatch(column -> column.kind() == Kind.PHONE))
            card.warn(
                    "region_unused",
                    "--region %s changes nothing: no column holds phones; if one does, say so by --kind"
                            .formatted(region));
        warn(linkage, largest, card);
        if (clusters != null)
            writeClusters(
                    clusters,
                    cluster,
                    ids,
                    rank,
                    right == null ? -1 : left.ids().size());
        var rows = ResultRows.of(matches.size())
                .text("left", i -> left.ids().get(matches.get(i).left()))
                .text("right", i -> rightIds.get(matches.get(i).right()))
                .decimal("probability", i -> matches.get(i).probability());
        if (weights) addWeights(rows, linkage, matches);
        return new Outcome(
                new Results(
                        cluster.length,
                        sizes.length,
                        matches.size(),
                        largest,
                        linkage.setAside(),
                        threshold,
                        linkage.model().prior(),
                        compared.stream()
                                .map(column -> new ComparedColumn(
                                        column.name(), column.kind().name().toLowerCase(Locale.ROOT), column.region()))
                                .toList(),
                        linkage.blocking(),
                        linkage.model().fields()),
                words(linkage, cluster.length, left.ids().size(), sizes, largest, right != null),
                rows,
                charts(linkage, sizes),
                card);
    }

    /**
     * The same pairs whatever the order of the rows: within one file the left id is the one that comes first as text, and the
     * pairs go by their left and then their right ids.
     */
    private static List<Linkage.Match> inOrderOfIds(
            List<Linkage.Match> matches, Records left, @Nullable Records right) {
        int[] leftRank = ranks(left.ids());
        int[] rightRank = right == null ? leftRank : ranks(right.ids());
        return matches.stream()
                .map(match -> right == null && leftRank[match.left()] > leftRank[match.right()]
                        ? new Linkage.Match(/* left= */ match.right(), /* right= */ match.left(), match.probability())
                        : match)
                .sorted(Comparator.<Linkage.Match>comparingInt(match -> leftRank[match.left()])
                        .thenComparingInt(match -> rightRank[match.right()]))
                .toList();
    }

    /** The place of each id among all of them as texts. */
    private static int[] ranks(List<String> ids) {
        int[] order = Indices.sorted(ids.size(), (a, b) -> ids.get(a).compareTo(ids.get(b)));
        int[] rank = new int[order.length];
        for (int i = 0; i < order.length; i++) rank[order[i]] = i;
        return rank;
    }

    /** The persons' numbers in the order of their first ids. */
    private static int[] numberedByIds(int[] clusters, int[] rank) {
        int[] byRank = new int[rank.length];
        for (int row = 0; row < rank.length; row++) byRank[rank[row]] = row;
        int[] number = new int[rank.length];
        Arrays.fill(number, -1);
        int next = 0;
        for (int row : byRank) if (number[clusters[row]] < 0) number[clusters[row]] = next++;
        return Arrays.stream(clusters).map(cluster -> number[cluster]).toArray();
    }

    private static Linkage linked(
            List<Column> columns,
            int left,
            int right,
            Linkage.Settings settings,
            @Nullable LinkageModel learnt,
            Progress progress) {
        if (right == 0)
            return learnt == null
                    ? Linkage.within(columns, settings, progress::tell)
                    : Linkage.within(columns, settings, learnt, progress::tell);
        var one = part(columns, 0, left);
        var other = part(columns, left, left + right);
        return learnt == null
                ? Linkage.between(one, other, settings, progress::tell)
                : Linkage.between(one, other, settings, learnt, progress::tell);
    }

    private LinkageModel model(Path file) {
        if (!kinds.isEmpty())
            throw Problem.invalid(
                    "kind_of_model", "--kind says nothing with --model: the model knows its columns' kinds");
        if (region != null)
            throw Problem.invalid("region_of_model", "--region says nothing with --model: the model knows its phones'");
        try {
            return LinkageModel.parse(Files.readString(file));
        } catch (IllegalArgumentException | MalformedInputException wrong) {
            throw Problem.invalid("model_unreadable", "--model %s: %s".formatted(file, wrong.getMessage()));
        } catch (IOException fault) {
            throw Problem.invalid("model_missing", "--model %s cannot be read; is it there?".formatted(file));
        }
    }

    private static void save(LinkageModel model, Path file) {
        try {
            Files.writeString(file, model.toText());
        } catch (IOException fault) {
            throw Problem.invalid("model_not_written", "--save-model %s cannot be written".formatted(file));
        }
    }

    /** The model's columns, both files' values in one. */
    private static List<Column> columns(LinkageModel model, List<String> names, Records left, @Nullable Records right) {
        var read = new LinkedHashMap<String, List<String>>();
        for (var column : Columns.detect(names, values(names, left, right))) read.put(column.name(), column.values());
        var missing = model.columns().stream()
                .map(LinkageModel.Compared::name)
                .filter(name -> !read.containsKey(name))
                .toList();
        if (!missing.isEmpty())
            throw Problem.invalid(
                    "model_columns_missing",
                    "the model compares %s, which the file does not have; it has %s"
                            .formatted(String.join(", ", missing), String.join(", ", read.keySet())));
        return model.columns().stream()
                .map(column -> new Column(column.name(), column.kind(), read.getOrDefault(column.name(), List.of())))
                .toList();
    }

    private static List<List<String>> values(List<String> names, Records left, @Nullable Records right) {
        var values = new ArrayList<List<String>>();
        for (var name : names) {
            var all = new ArrayList<>(left.columns().getOrDefault(name, List.of()));
            if (right != null) all.addAll(right.columns().getOrDefault(name, List.of()));
            values.add(all);
        }
        return values;
    }

    private Records read(Path path, Card card, Progress progress) {
        try (var file = DataFile.open(path, encoding, NumberForm.POINT)) {
            file.place(id);
            // Of two files, what is to be ignored may stand in one only.
            if (against == null) ignore.forEach(file::place);
            var fields = new ArrayList<Field>();
            var names = new ArrayList<String>();
            fields.add(Field.text("id"));
            names.add(id);
            for (var column : file.columns())
                if (!column.isBlank() && !column.equals(id) && !ignore.contains(column)) {
                    fields.add(Field.text("column " + column));
                    names.add(column);
                }
            progress.begin("reading " + file.name());
            var rows = file.read(fields, names, TimeText.of(null), read -> progress.tell("%,d rows".formatted(read)));
            progress.end("%,d rows".formatted(rows.size()));
            var ids = rows.texts(fields.getFirst());
            int[] kept = IntStream.range(0, ids.size())
                    .filter(row -> !ids.get(row).isBlank())
                    .toArray();
            if (kept.length == 0)
                throw Problem.invalid("ids_missing", "%s: no row has a value in %s".formatted(file.name(), id));
            card.read(
                    file.name(),
                    rows.size(),
                    kept.length,
                    List.of(new Card.LeftOut("rows without " + id, rows.size() - kept.length)));
            var columns = new LinkedHashMap<String, List<String>>();
            for (int i = 1; i < fields.size(); i++) {
                var texts = rows.texts(fields.get(i));
                columns.put(
                        names.get(i), Arrays.stream(kept).mapToObj(texts::get).toList());
            }
            var records = new Records(
                    Arrays.stream(kept).mapToObj(row -> ids.get(row).strip()).toList(), columns);
            refuseRepeated(records.ids(), file.name());
            return records;
        }
    }

    private void refuseRepeated(List<String> ids, String file) {
        var seen = new HashMap<String, Integer>();
        for (var one : ids) seen.merge(one, 1, Integer::sum);
        if (seen.size() == ids.size()) return;
        var first = ids.stream()
                .filter(one -> seen.getOrDefault(one, 0) > 1)
                .findFirst()
                .orElse("");
        throw Problem.invalid(
                "id_repeated",
                "%s: %s '%s' stands in %,d rows (%,d ids stand in several); --id must name a column with a value of its own in every row"
                        .formatted(
                                file,
                                id,
                                first,
                                seen.getOrDefault(first, 0),
                                seen.values().stream()
                                        .filter(count -> count > 1)
                                        .count()));
    }

    private List<String> common(Records left, Records right, Card card) {
        var common = left.columns().keySet().stream()
                .filter(right.columns()::containsKey)
                .toList();
        if (common.isEmpty())
            throw Problem.invalid(
                    "no_common_columns",
                    "the two files have no column in common beside %s: %s against %s"
                            .formatted(
                                    id,
                                    String.join(", ", left.columns().keySet()),
                                    String.join(", ", right.columns().keySet())));
        var alone = new ArrayList<String>();
        for (var records : List.of(left, right))
            for (var name : records.columns().keySet()) if (!common.contains(name)) alone.add(name);
        if (!alone.isEmpty())
            card.warn("columns_of_one_file", "not compared, for one file only has them: " + String.join(", ", alone));
        return common;
    }

    /** The columns to compare, both files' values in one; what tells nothing is left out. */
    private List<Column> columns(List<String> names, Records left, @Nullable Records right, Card card) {
        for (var name : kinds.keySet())
            if (!names.contains(name))
                throw Problem.invalid(
                        "column_unknown",
                        "--kind names column '%s'; compared are %s".formatted(name, String.join(", ", names)));
        int records = left.ids().size() + (right == null ? 0 : right.ids().size());
        if (records < 2)
            throw Problem.invalid("too_few_records", "one record alone; it takes two to find what belongs together");
        var compared = new ArrayList<Column>();
        var empty = new ArrayList<String>();
        var constant = new ArrayList<String>();
        for (var column : Columns.detect(names, values(names, left, right))) {
            var kind = kinds.get(column.name());
            var whole = kind == null ? column : new Column(column.name(), kind(kind), column.values());
            var different = whole.values().stream()
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .distinct()
                    .limit(2)
                    .count();
            if (different == 0) empty.add(column.name());
            else if (different == 1 && whole.values().stream().noneMatch(String::isBlank)) constant.add(column.name());
            else compared.add(whole);
        }
        if (!empty.isEmpty()) card.warn("columns_empty", "empty, not compared: " + String.join(", ", empty));
        if (!constant.isEmpty())
            card.warn("columns_constant", "the same in every row, not compared: " + String.join(", ", constant));
        if (compared.isEmpty())
            throw Problem.invalid(
                    "nothing_to_compare",
                    "no column tells records apart: beside %s all are empty, the same in every row or ignored"
                            .formatted(id));
        return compared;
    }

    private static Kind kind(String text) {
        for (var kind : Kind.values())
            if (kind.name().equalsIgnoreCase(text.strip().replace('-', '_'))) return kind;
        throw Problem.invalid(
                "kind_unknown",
                "there is no kind '%s'; there are %s"
                        .formatted(
                                text,
                                Arrays.stream(Kind.values())
                                        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", "))));
    }

    private static List<Column> part(List<Column> columns, int from, int to) {
        return columns.stream()
                .map(column ->
                        new Column(column.name(), column.kind(), column.values().subList(from, to)))
                .toList();
    }

    private static int[] sizes(int[] cluster) {
        int[] sizes = new int[Arrays.stream(cluster).max().orElse(-1) + 1];
        for (int one : cluster) sizes[one]++;
        return sizes;
    }

    private static void warn(Linkage linkage, int largest, Card card) {
        if (linkage.matches().isEmpty())
            card.warn(
                    "nothing_linked",
                    "no two records are likely to be one person's; if you know better, look at the columns' kinds and weights");
        if (linkage.blocking().estimatedRecall() < LOW_RECALL)
            card.warn(
                    "pairs_missed",
                    String.format(
                            Locale.ROOT,
                            "about %.0f %% of the pairs of one person were probably not looked at; allow more with --pairs-per-record",
                            100 * (1 - linkage.blocking().estimatedRecall())));
        if (linkage.blocking().crowded() > 0)
            card.warn(
                    "records_crowded",
                    "%,d records share what tells others apart with hundreds of others and were hardly compared with these; are they placeholders? What share of pairs was found is told without them"
                            .formatted(linkage.blocking().crowded()));
        if (linkage.setAside() > 0)
            card.warn(
                    "pairs_set_aside",
                    String.format(
                            Locale.ROOT,
                            "%,d pairs are likely by themselves and were not linked: their groups as wholes speak against it, or another partner fits better",
                            linkage.setAside()));
        if (largest > HUGE)
            card.warn(
                    "person_huge",
                    String.format(
                            Locale.ROOT,
                            "the largest person has %,d records; a shared address or a placeholder value may hold them together",
                            largest));
        for (var field : linkage.model().fields())
            if (!linkage.matches().isEmpty() && field.levels().getFirst().same() < .02)
                card.warn(
                        "column_never_agrees",
                        "%s hardly ever agrees between records of one person; if it is a number of the row, --ignore it"
                                .formatted(field.name()));
    }

    private static void writeClusters(Path file, int[] cluster, List<String> ids, int[] rank, int leftRecords) {
        int[] order = Indices.sorted(cluster.length, (a, b) -> {
            int byCluster = Integer.compare(cluster[a], cluster[b]);
            return byCluster != 0 ? byCluster : Integer.compare(rank[a], rank[b]);
        });
        var rows = ResultRows.of(order.length).count("cluster", i -> cluster[order[i]]);
        if (leftRecords >= 0) rows.text("file", i -> order[i] < leftRecords ? "input" : "against");
        rows.text("id", i -> ids.get(order[i]));
        ResultFile.write(rows, file);
    }

    private static void addWeights(ResultRows rows, Linkage linkage, List<Linkage.Match> matches) {
        var names =
                linkage.model().fields().stream().map(LinkageModel.Field::name).toList();
        var bits = new double[names.size()][matches.size()];
        for (int i = 0; i < matches.size(); i++)
            for (var evidence : linkage.explain(matches.get(i)).evidence())
                bits[names.indexOf(evidence.field())][i] = evidence.bits();
        for (int f = 0; f < names.size(); f++) rows.decimal("weight " + names.get(f), bits[f]);
    }

    private static List<String> words(Linkage linkage, int records, int left, int[] sizes, int largest, boolean two) {
        var blocking = linkage.blocking();
        var words = new ArrayList<String>();
        words.add(
                two
                        ? String.format(
                                Locale.ROOT,
                                "%,d of %,d records of the first file have a partner in the second",
                                linkage.matches().size(),
                                left)
                        : String.format(
                                Locale.ROOT,
                                "%,d records are %,d persons; %,d of them have several records, at most %,d",
                                records,
                                sizes.length,
                                Arrays.stream(sizes).filter(size -> size > 1).count(),
                                largest));
        words.add(
                blocking.keys().isEmpty()
                        ? String.format(Locale.ROOT, "all %,d pairs were looked at", blocking.pairs())
                        : String.format(
                                Locale.ROOT,
                                "%,d of %,.0f pairs were looked at, found by %d keys; about %.1f %% of the pairs of one person are among them",
                                blocking.pairs(),
                                blocking.possiblePairs(),
                                blocking.keys().size(),
                                100 * blocking.estimatedRecall()));
        for (var column : linkage.model().columns())
            if (column.region() != null)
                words.add("%s: numbers without a country are read as numbers of %s"
                        .formatted(column.name(), column.region()));
        return words;
    }

    private static List<Chart> charts(Linkage linkage, int[] sizes) {
        var fields = linkage.model().fields();
        var names = fields.stream().map(LinkageModel.Field::name).toList();
        var charts = new ArrayList<Chart>();
        charts.add(new Chart.BarGroups(
                "What each column says",
                "Bits for (above zero) and against (below) two records being one person's, when the column says the same and when it differs. Ten bits are a factor of a thousand.",
                "",
                "bits for (above 0) and against (below 0)",
                names,
                List.of(
                        new Chart.Bars(
                                "the same",
                                fields.stream()
                                        .mapToDouble(field ->
                                                field.levels().getFirst().bits())
                                        .toArray()),
                        new Chart.Bars(
                                "different",
                                fields.stream()
                                        .mapToDouble(field ->
                                                field.levels().getLast().bits())
                                        .toArray()))));
        int most = Math.min(12, Arrays.stream(sizes).max().orElse(1));
        double[] counts = new double[most];
        for (int size : sizes) counts[Math.min(most, size) - 1]++;
        charts.add(new Chart.BarGroups(
                "Records of a person",
                "How many persons have one record, two, three …",
                "records of the person",
                "persons",
                IntStream.rangeClosed(1, most)
                        .mapToObj(size -> size == 12 ? "12+" : Integer.toString(size))
                        .toList(),
                List.of(new Chart.Bars("persons", counts))));
        double[] tenths = new double[10];
        for (var match : linkage.matches()) tenths[Math.min(9, (int) (match.probability() * 10))]++;
        charts.add(new Chart.BarGroups(
                "How sure the linked pairs are",
                "Linked pairs by their own probability. Pairs of low probability are held together by other records of the person.",
                "probability of being one person",
                "pairs",
                IntStream.range(0, 10)
                        .mapToObj(tenth -> String.format(Locale.ROOT, "%.1f–%.1f", tenth / 10.0, (tenth + 1) / 10.0))
                        .toList(),
                List.of(new Chart.Bars("pairs", tenths))));
        var keys = linkage.blocking().keys();
        if (!keys.isEmpty())
            charts.add(new Chart.BarGroups(
                    "What finds the pairs",
                    "Records are compared where they share a key. Of the found pairs of one person, the share that has each.",
                    "key",
                    "share of the pairs",
                    keys.stream().map(Blocking.Key::name).toList(),
                    List.of(new Chart.Bars(
                            "caught",
                            keys.stream().mapToDouble(Blocking.Key::recall).toArray()))));
        return charts;
    }
}
