package io.rekindle.models.linkage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What agreement and disagreement are worth, learnt from records without labels. It judges any two records with the same
 * columns, also such as it has never seen. Unchangeable, safe to share.
 *
 * <p>What: for each comparison and level of agreement, the probability of it between two records of one person (m) and of two
 * (u), and the share of pairs of one person. The logarithm of m/u is what a level adds; agreement on a value is worth the
 * more, the rarer the value. Assumptions: comparisons are independent given whether two records are one person's; the records
 * judged are like those learnt from. Source: Fellegi and Sunter, "A theory for record linkage" (JASA 64, 1969); Winkler
 * (1988) for estimating by expectation maximisation; term frequencies as in Newcombe et al. (Science 130, 1959). Numerics:
 * sums of logarithms; probabilities are formed at the end. Complexity: one comparison a column for each pair judged; what is
 * kept goes by columns, levels and the common values (as hashes).
 */
public final class LinkageModel {
    private static final double BIT = Math.log(2);

    private final Scorer scorer;
    private final List<Field> fields;
    private final double prior;
    private final double[][] m;
    private final double[][] u;

    /**
     * A comparison and what its levels are worth.
     *
     * @param name the column's, or "order of names"
     * @param levels from the same to different
     */
    public record Field(String name, List<Level> levels) {
        public Field {
            levels = List.copyOf(levels);
        }
    }

    /**
     * @param same probability of the level for two records of one person
     * @param other probability of the level for records of two persons
     * @param bits log₂ of the ratio: what the level adds for or against. For "same" of a value of average frequency
     */
    public record Level(String name, double same, double other, double bits) {}

    /**
     * Two records held against each other.
     *
     * @param probability that they are one person's
     * @param evidence by field, what it says; fields without a value on either side say nothing and are left out
     */
    public record Comparison(double probability, List<Evidence> evidence) {
        public Comparison {
            evidence = List.copyOf(evidence);
        }
    }

    /**
     * @param bits above 0 for one person, below for two; a rare value in common is worth more than a common one
     */
    public record Evidence(String field, String level, double bits) {}

    Scorer scorer() {
        return scorer;
    }

    LinkageModel(Scorer scorer, double[][] m, double[][] u, double lambda) {
        this.scorer = scorer;
        this.prior = lambda;
        this.m = m;
        this.u = u;
        Table table = scorer.table();
        List<Field> described = new ArrayList<>();
        for (int c = 0; c < m.length; c++) {
            List<Level> levels = new ArrayList<>();
            for (int l = 0; l < m[c].length; l++)
                levels.add(new Level(table.levels(c).get(l), m[c][l], u[c][l], scorer.weights()[c][l] / BIT));
            described.add(new Field(table.name(c), levels));
        }
        fields = List.copyOf(described);
    }

    /**
     * What the model compares, and how.
     *
     * @param name the column's
     * @param region of phones, the country those without one are read as; null where that is not known, and for other kinds
     */
    public record Compared(String name, Kind kind, @Nullable String region) {}

    /** The columns it compares, in their order. */
    public List<Compared> columns() {
        return scorer.table().fields().stream()
                .map(field -> new Compared(
                        field.name(),
                        field.kind(),
                        field.comparer() instanceof Comparer.Phones phones ? phones.region() : null))
                .toList();
    }

    /**
     * The model as text, to be kept; {@link #parse} makes a model of it that gives the very same probabilities. It holds no
     * records. Of values it holds a hash of those that more than one person has, and nothing of the others; who can guess a
     * common value can look whether it is among them, so the text is to be kept like the records' own statistics.
     */
    public String toText() {
        return ModelText.write(scorer, m, u, prior);
    }

    /**
     * The model of a text.
     *
     * @throws IllegalArgumentException naming the line, when the text is not one {@link #toText} wrote
     */
    public static LinkageModel parse(String text) {
        return ModelText.read(text);
    }

    /** Other records read as the model's were. */
    Table table(List<Column> columns, int left) {
        List<String> own = scorer.table().fields().stream()
                .map(field -> described(field.name(), field.kind()))
                .toList();
        List<String> given = columns.stream()
                .map(column -> described(column.name(), column.kind()))
                .toList();
        if (!own.equals(given))
            throw new IllegalArgumentException("columns are %s; the model compares %s"
                    .formatted(String.join(", ", given), String.join(", ", own)));
        return scorer.table().with(columns, left);
    }

    private static String described(String name, Kind kind) {
        return name + " (" + kind + ")";
    }

    /** Judges pairs of such a table. */
    Estimation.Fitted judge(Table table, Pairs pairs) {
        Scorer there = scorer.on(table);
        double[] logOdds = new double[pairs.size()];
        Pairs.pieces(pairs.size()).forEach(piece -> {
            byte[] levels = new byte[table.comparisons()];
            for (int k = piece * Pairs.PIECE; k < Math.min(pairs.size(), (piece + 1) * Pairs.PIECE); k++)
                logOdds[k] = there.logOdds(pairs.first()[k], pairs.second()[k], levels);
        });
        return new Estimation.Fitted(there, logOdds, m, u, prior, 0);
    }

    /** What each field's levels are worth. */
    public List<Field> fields() {
        return fields;
    }

    /** Probability that any two records are one person's, before they are compared. */
    public double prior() {
        return prior;
    }

    /**
     * Compares two records.
     *
     * @param left its values as written, in the order of the columns the model was learnt from; blank where nothing is known
     * @param right likewise
     */
    public Comparison compare(List<String> left, List<String> right) {
        int count = scorer.table().fields().size();
        if (left.size() != count || right.size() != count)
            throw new IllegalArgumentException(
                    "records of %d and %d values; the model compares %d".formatted(left.size(), right.size(), count));
        return compared(scorer.on(left, right), 0, 1);
    }

    /** Compares two records of the table that was learnt from. */
    Comparison compare(int i, int j) {
        return compared(scorer, i, j);
    }

    private static Comparison compared(Scorer scorer, int i, int j) {
        Table table = scorer.table();
        byte[] levels = new byte[table.comparisons()];
        double odds = scorer.logOdds(i, j, levels);
        List<Evidence> evidence = new ArrayList<>();
        for (int c = 0; c < levels.length; c++) {
            if (levels[c] < 0) continue;
            double weight = scorer.weights()[c][levels[c]];
            if (c < table.fields().size() && levels[c] == 0) weight += scorer.rarityOf(c, i, j, levels);
            evidence.add(new Evidence(table.name(c), table.levels(c).get(levels[c]), weight / BIT));
        }
        return new Comparison(1 / (1 + Math.exp(-odds)), evidence);
    }
}
