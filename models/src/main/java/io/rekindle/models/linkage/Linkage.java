package io.rekindle.models.linkage;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which records are the same person's: within one file, or between two.
 *
 * <p>What: each pair of records worth looking at gets the probability to be one person's, from what their columns say. Of one
 * file, records are grouped into persons; between two files, each record gets at most one partner.
 *
 * <p>How: {@code Blocks} finds the pairs, {@code Estimation} learns the weights, without labels, {@code Clustering} and
 * {@code Assignment} decide. Source: Fellegi and Sunter (JASA 1969) and Winkler's work at the US Census Bureau.
 *
 * <p>Assumptions: columns err independently of each other given that two records are, or are not, one person's; most persons of
 * the file are not in it dozens of times; the columns together can tell people apart. Where two columns say the same thing (an
 * e-mail built from the name), probabilities are surer than they should be.
 *
 * <p>Numerics: records are put in an order of their own first, so that the order of rows changes nothing. The same seed gives
 * the same result, on any number of processors. Complexity: proportional to the pairs looked at, about {@link
 * Settings#pairsPerRecord} a record; a table of up to {@link #ALL_PAIRS} pairs is looked at whole.
 */
public final class Linkage {
    /** Up to so many pairs all are looked at. */
    public static final int ALL_PAIRS = 1_000_000;

    private static final int SAMPLE = 400_000;
    private static final int MOST_MATCHES = 20_000_000;

    private final Table table;
    private final int[] recordOf;
    private final LinkageModel model;
    private final Blocking blocking;
    private final List<Match> matches;
    private final int[] clusters;
    private final long setAside;

    /**
     * How to link.
     *
     * @param threshold least probability that two records are one person's
     * @param pairsPerRecord how many pairs may be looked at for each record
     * @param seed of the sample the weights of disagreement are learnt from
     * @param phoneRegion the country whose phone numbers stand without one, as two letters; null where the numbers beside them are
     *     to tell. A model that was learnt before knows its own
     */
    public record Settings(
            double threshold,
            int pairsPerRecord,
            long seed,
            @Nullable String phoneRegion) {
        /** Half a chance, forty pairs a record. */
        public static final Settings USUAL = new Settings(.5, 40, 1);

        public Settings {
            if (!(threshold > 0 && threshold < 1))
                throw new IllegalArgumentException(
                        "a threshold of %s; a probability lies between 0 and 1".formatted(threshold));
            if (pairsPerRecord < 1 || pairsPerRecord > 10_000)
                throw new IllegalArgumentException(
                        "%d pairs for each record; from 1 to 10,000 can be looked at".formatted(pairsPerRecord));
            if (phoneRegion != null) phoneRegion = PhoneNumbers.region(phoneRegion);
        }

        /** The same with phones' region told by the phones. */
        public Settings(double threshold, int pairsPerRecord, long seed) {
            this(threshold, pairsPerRecord, seed, null);
        }
    }

    /**
     * Two records of one person.
     *
     * @param left row of the first file
     * @param right row of the second file, or a later row of the only one
     * @param probability by what the two say themselves; in a group that others hold together it may be small
     */
    public record Match(int left, int right, double probability) {}

    private Linkage(
            Table table,
            int[] recordOf,
            LinkageModel model,
            Blocking blocking,
            List<Match> matches,
            int[] clusters,
            long setAside) {
        this.table = table;
        this.recordOf = recordOf;
        this.model = model;
        this.blocking = blocking;
        this.matches = matches;
        this.clusters = clusters;
        this.setAside = setAside;
    }

    /** The persons of one file. */
    public static Linkage within(List<Column> columns, Settings settings) {
        return within(columns, settings, step -> {});
    }

    /**
     * The persons of one file.
     *
     * @param told what is being done, now and then
     */
    public static Linkage within(List<Column> columns, Settings settings, Consumer<String> told) {
        int size = rows(columns);
        return of(columns, size, size, settings, null, told);
    }

    /** The persons of one file, judged by what was learnt from another; nothing is fitted. */
    public static Linkage within(List<Column> columns, Settings settings, LinkageModel model, Consumer<String> told) {
        int size = rows(columns);
        return of(columns, size, size, settings, model, told);
    }

    /** Who of the first file is who of the second; each file holds everybody at most once. */
    public static Linkage between(List<Column> left, List<Column> right, Settings settings) {
        return between(left, right, settings, step -> {});
    }

    /**
     * Who of the first file is who of the second.
     *
     * @param left columns of the first file
     * @param right the same columns, of the same kinds, of the second
     * @param told what is being done, now and then
     */
    public static Linkage between(List<Column> left, List<Column> right, Settings settings, Consumer<String> told) {
        return partners(left, right, settings, null, told);
    }

    /** Who of the first file is who of the second, judged by what was learnt from others; nothing is fitted. */
    public static Linkage between(
            List<Column> left, List<Column> right, Settings settings, LinkageModel model, Consumer<String> told) {
        return partners(left, right, settings, model, told);
    }

    private static Linkage partners(
            List<Column> left,
            List<Column> right,
            Settings settings,
            @Nullable LinkageModel model,
            Consumer<String> told) {
        int first = rows(left);
        int second = rows(right);
        if (left.size() != right.size())
            throw new IllegalArgumentException("%d columns against %d; two files are linked by the same columns"
                    .formatted(left.size(), right.size()));
        List<Column> both = new ArrayList<>();
        for (int c = 0; c < left.size(); c++) {
            if (left.get(c).kind() != right.get(c).kind())
                throw new IllegalArgumentException("column %s is a %s, column %s of the other file a %s"
                        .formatted(
                                left.get(c).name(),
                                left.get(c).kind(),
                                right.get(c).name(),
                                right.get(c).kind()));
            List<String> values = new ArrayList<>(left.get(c).values());
            values.addAll(right.get(c).values());
            both.add(new Column(left.get(c).name(), left.get(c).kind(), values));
        }
        return of(both, first, first + second, settings, model, told);
    }

    private static int rows(List<Column> columns) {
        if (columns.isEmpty()) throw new IllegalArgumentException("no column to compare records by");
        int rows = columns.getFirst().values().size();
        for (Column column : columns)
            if (column.values().size() != rows)
                throw new IllegalArgumentException("column %s has %d values, column %s has %d"
                        .formatted(
                                columns.getFirst().name(),
                                rows,
                                column.name(),
                                column.values().size()));
        return rows;
    }

    private static Linkage of(
            List<Column> columns,
            int left,
            int size,
            Settings settings,
            @Nullable LinkageModel learnt,
            Consumer<String> told) {
        if (left == 0 || size == 0) throw new IllegalArgumentException("no records to link");
        if (left == size) {
            var copies = Copies.of(columns, size);
            if (!copies.areNone()) {
                int kept = copies.columns().getFirst().values().size();
                told.accept("%,d records are alike in every column".formatted(size - kept));
                return of(copies.columns(), kept, kept, settings, learnt, told).with(copies);
            }
        }
        Table table = learnt == null ? Table.of(columns, left, settings.phoneRegion) : learnt.table(columns, left);
        boolean empty = true;
        for (Field<?> field : table.fields()) empty &= field.values().isEmpty();
        if (empty) throw new IllegalArgumentException("all columns are empty; there is nothing to compare records by");
        Pairs pairs;
        Estimation.Fitted fitted;
        Blocking blocking;
        if (table.pairs() <= ALL_PAIRS) {
            told.accept(String.format(Locale.ROOT, "all %,.0f pairs", table.pairs()));
            pairs = Pairs.all(table);
            fitted = learnt == null
                    ? Estimation.fit(table, pairs, Estimation.Levels.of(table, pairs))
                    : learnt.judge(table, pairs);
            blocking = new Blocking(List.of(), pairs.size(), table.pairs(), 1, 0);
        } else {
            Function<Pairs, Estimation.Fitted> judge;
            if (learnt == null) {
                Estimation.Levels levels = Estimation.Levels.of(table, Blocks.sample(table, SAMPLE, settings.seed));
                judge = looked -> Estimation.fit(table, looked, levels);
            } else judge = looked -> learnt.judge(table, looked);
            Blocks.Found found = Blocks.find(table, judge, settings.pairsPerRecord, told);
            pairs = found.pairs();
            fitted = found.fitted();
            blocking = new Blocking(
                    found.keys(),
                    pairs.size(),
                    table.pairs(),
                    Blocks.recall(found.times(), fitted.logOdds()),
                    found.crowded());
        }
        told.accept("deciding");
        double least = Math.log(settings.threshold / (1 - settings.threshold));
        LinkageModel model = new LinkageModel(fitted.scorer(), fitted.m(), fitted.u(), fitted.lambda());
        int[] recordOf = new int[size];
        for (int i = 0; i < size; i++) recordOf[table.row(i)] = i;
        return table.isOneFile()
                ? persons(table, recordOf, model, blocking, fitted, pairs, least)
                : partners(table, recordOf, model, blocking, fitted, pairs, least);
    }

    private static Linkage persons(
            Table table,
            int[] recordOf,
            LinkageModel model,
            Blocking blocking,
            Estimation.Fitted fitted,
            Pairs pairs,
            double least) {
        int[] byRecord = Clustering.of(fitted.scorer(), pairs, fitted.logOdds(), least);
        int[] byRow = new int[byRecord.length];
        for (int i = 0; i < byRow.length; i++) byRow[table.row(i)] = byRecord[i];
        int[] clusters = Clustering.numbered(byRow);
        long setAside = 0;
        for (int k = 0; k < pairs.size(); k++)
            if (fitted.logOdds()[k] >= least && byRecord[pairs.first()[k]] != byRecord[pairs.second()[k]]) setAside++;
        var matches = matches(fitted.scorer(), recordOf, clusters);
        return new Linkage(table, recordOf, model, blocking, matches, clusters, setAside);
    }

    /** All pairs of records of one person. */
    private static List<Match> matches(Scorer scorer, int[] recordOf, int[] clusters) {
        List<Match> matches = new ArrayList<>();
        byte[] levels = new byte[scorer.table().comparisons()];
        int[] order = Indices.sorted(clusters.length, (a, b) -> Integer.compare(clusters[a], clusters[b]));
        for (int from = 0, to; from < order.length; from = to) {
            to = from + 1;
            while (to < order.length && clusters[order[to]] == clusters[order[from]]) to++;
            if (matches.size() + (to - from) * (to - from - 1.0) / 2 > MOST_MATCHES)
                throw new IllegalArgumentException(
                        "a person of %,d records (row %,d is one) would make more than %,d pairs; leave such records out, they tell nothing of each other"
                                .formatted(to - from, order[from] + 1, MOST_MATCHES));
            for (int a = from; a < to; a++)
                for (int b = a + 1; b < to; b++)
                    matches.add(new Match(
                            order[a],
                            order[b],
                            probability(scorer.logOdds(recordOf[order[a]], recordOf[order[b]], levels))));
        }
        return sorted(matches);
    }

    /** The same with the records that went where their likes went. */
    private Linkage with(Copies copies) {
        int size = copies.keptAs().length;
        int[] ofAll = new int[size];
        int[] records = new int[size];
        int next = clusters.length;
        for (int row = 0; row < size; row++) {
            int place = copies.keptAs()[row];
            int first = copies.first()[row];
            boolean together = clusters[first] == clusters[Math.max(first, copies.second()[row])];
            // Records that say so little that even their likes are not one person's are each a person of their own.
            ofAll[row] = place >= 0 ? clusters[place] : together ? clusters[first] : next++;
            records[row] = recordOf[place >= 0 ? place : first];
        }
        int[] numbered = Clustering.numbered(ofAll);
        return new Linkage(
                table,
                records,
                model,
                new Blocking(
                        blocking.keys(),
                        blocking.pairs(),
                        size * (size - 1.0) / 2,
                        blocking.estimatedRecall(),
                        blocking.crowded()),
                matches(model.scorer(), records, numbered),
                numbered,
                setAside);
    }

    private static Linkage partners(
            Table table,
            int[] recordOf,
            LinkageModel model,
            Blocking blocking,
            Estimation.Fitted fitted,
            Pairs pairs,
            double least) {
        int[] second = Arrays.stream(pairs.second()).map(j -> j - table.left()).toArray();
        double[] worth =
                Arrays.stream(fitted.logOdds()).map(odds -> odds - least).toArray();
        int[] kept = Assignment.of(pairs.first(), second, worth);
        long likely = Arrays.stream(worth).filter(above -> above > 0).count();
        int[] clusters = new int[table.size()];
        Arrays.setAll(clusters, row -> row);
        List<Match> matches = new ArrayList<>();
        for (int k : kept) {
            int left = table.row(pairs.first()[k]);
            int right = table.row(pairs.second()[k]);
            clusters[right] = left;
            matches.add(new Match(left, right - table.left(), probability(fitted.logOdds()[k])));
        }
        return new Linkage(
                table, recordOf, model, blocking, sorted(matches), Clustering.numbered(clusters), likely - kept.length);
    }

    private static List<Match> sorted(List<Match> matches) {
        int[] order = Indices.sorted(matches.size(), (a, b) -> {
            int first = Integer.compare(matches.get(a).left, matches.get(b).left);
            return first != 0 ? first : Integer.compare(matches.get(a).right, matches.get(b).right);
        });
        return Arrays.stream(order).mapToObj(matches::get).toList();
    }

    private static double probability(double logOdds) {
        return 1 / (1 + Math.exp(-logOdds));
    }

    /** The pairs of one person, by left and right row. */
    public List<Match> matches() {
        return matches;
    }

    /** By row, of the first file and then of the second, the number of its person, from 0 in order of the first row. */
    public int[] clusters() {
        return clusters.clone();
    }

    /** What the two records of a match say, by field. */
    public LinkageModel.Comparison explain(Match match) {
        int right = table.isOneFile() ? match.right : match.right + table.left();
        return model.compare(recordOf[match.left], recordOf[right]);
    }

    /** What was learnt, for judging other records. */
    public LinkageModel model() {
        return model;
    }

    /** Which pairs were looked at. */
    public Blocking blocking() {
        return blocking;
    }

    /**
     * Pairs that are likely by themselves and were not linked: their groups as wholes are not, or the partner was given to
     * another record.
     */
    public long setAside() {
        return setAside;
    }
}
