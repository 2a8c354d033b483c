package io.rekindle.models.linkage;

import java.util.ArrayList;
import java.util.List;

/**
 * What agreement and disagreement are worth, learnt from records without labels. It judges any two records with the same
 * columns, also such as it has never seen. Unchangeable, safe to share.
 */
public final class LinkageModel {
    private static final double BIT = Math.log(2);

    private final Scorer scorer;
    private final List<Field> fields;
    private final double prior;

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

    LinkageModel(Scorer scorer, double[][] m, double[][] u, double lambda) {
        this.scorer = scorer;
        this.prior = lambda;
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
