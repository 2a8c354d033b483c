package io.rekindle.models.linkage;

import java.util.List;

/**
 * Weighs pairs of a table's records by what was learnt.
 *
 * @param prior log-odds of any pair
 * @param weights by comparison and level, ln(m / u)
 * @param rarity by field and value: what is added to the weight of "same" because the value is rarer or commoner than others
 * @param unseen by field, the same for a value no record has
 */
@SuppressWarnings("ArrayRecordComponent") // internal, never compared
record Scorer(Table table, double prior, double[][] weights, double[][] rarity, double[] unseen) {
    /** The same for two records of their own, in the order of the table's columns. */
    Scorer on(List<String> left, List<String> right) {
        Table two = table.with(left, right);
        double[][] known = new double[rarity.length][];
        for (int f = 0; f < known.length; f++) {
            known[f] = new double[two.fields().get(f).values().size()];
            for (int v = 0; v < known[f].length; v++) {
                int place = table.fields()
                        .get(f)
                        .place(two.fields().get(f).values().get(v).text());
                known[f][v] = place < 0 ? unseen[f] : rarity[f][place];
            }
        }
        return new Scorer(two, prior, weights, known, unseen);
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
