package io.rekindle.models.linkage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Weighs pairs of a table's records by what was learnt.
 *
 * @param prior log-odds of any pair
 * @param weights by comparison and level, ln(m / u)
 * @param rarity by field and value: what is added to the weight of "same" because the value is rarer or commoner than others
 * @param unseen by field, the same for a value no record has
 * @param common by field, the same by {@link ModelText#hash} of values several persons hold, where the table's records are not
 *     at hand; null where they are
 */
@SuppressWarnings("ArrayRecordComponent") // internal, never compared
record Scorer(
        Table table,
        double prior,
        double[][] weights,
        double[][] rarity,
        double[] unseen,
        @Nullable List<Map<Long, Double>> common) {
    Scorer(Table table, double prior, double[][] weights, double[][] rarity, double[] unseen) {
        this(table, prior, weights, rarity, unseen, null);
    }

    /** The same for two records of their own, in the order of the table's columns. */
    Scorer on(List<String> left, List<String> right) {
        return on(table.with(left, right));
    }

    /** The same for another table with the same columns. */
    Scorer on(Table other) {
        double[][] known = new double[rarity.length][];
        for (int f = 0; f < known.length; f++) {
            known[f] = new double[other.fields().get(f).values().size()];
            for (int v = 0; v < known[f].length; v++)
                known[f][v] = rarity(f, other.fields().get(f).values().get(v).text());
        }
        return new Scorer(other, prior, weights, known, unseen);
    }

    private double rarity(int field, String value) {
        if (common != null) return common.get(field).getOrDefault(ModelText.hash(value), unseen[field]);
        int place = table.fields().get(field).place(value);
        return place < 0 ? unseen[field] : rarity[field][place];
    }

    /** By field, what {@link #rarity} says of values that are worth something else than one nobody has. */
    List<Map<Long, Double>> commonValues() {
        if (common != null) return common;
        List<Map<Long, Double>> all = new ArrayList<>();
        for (int f = 0; f < rarity.length; f++) {
            Map<Long, Double> of = new HashMap<>();
            for (int v = 0; v < rarity[f].length; v++)
                if (rarity[f][v] != unseen[f])
                    of.put(ModelText.hash(table.fields().get(f).values().get(v).text()), rarity[f][v]);
            all.add(Map.copyOf(of));
        }
        return all;
    }

    double logOdds(int i, int j, byte[] levels) {
        table.compare(i, j, levels);
        double sum = prior + rarity(i, j, levels);
        for (int c = 0; c < weights.length; c++) if (levels[c] >= 0) sum += weights[c][levels[c]];
        return sum;
    }

    /** What equal values are worth above or below the average. */
    double rarity(int i, int j, byte[] levels) {
        double sum = 0;
        for (int f = 0; f < rarity.length; f++) if (levels[f] == 0) sum += rarityOf(f, i, j, levels);
        return sum;
    }

    /** The same of one field whose values are equal. */
    double rarityOf(int f, int i, int j, byte[] levels) {
        boolean swapped =
                table.hasSwappableNames() && (f == table.given() || f == table.surname()) && levels[rarity.length] == 1;
        if (!swapped) return rarity[f][table.fields().get(f).codes()[i]];
        int code = table.sharedCrosswise(f, i, j);
        // The value stands in the given name of one record and in the surname of the other: the commoner use counts.
        int other = f == table.given() ? table.surname() : table.given();
        return Math.min(rarity[f][code], rarity[other][code]);
    }
}
