package io.rekindle.models.linkage;

import java.util.Arrays;

/**
 * Learns what agreement is worth, by expectation maximisation over all pairs of records, without labels.
 *
 * <p>What: a pair belongs to one person (with probability λ) or to two; given that, each comparison falls on its levels
 * independently, with probabilities m or u. Pairs outside the candidates are taken as two persons'; their levels are known in
 * sum all the same: how often a level falls over all pairs is counted (equal values exactly, the rest on all pairs of a small
 * table or on a sample of a large one), and u is that less what the pairs of one person contribute. So blocking biases neither
 * m, whose pairs are nearly all among the candidates, nor u.
 *
 * <p>A value shared by two different persons is less likely the rarer it is. Its frequency is estimated among persons, not
 * records (each record counts as one divided by the expected size of its group), and shrunk towards the average over pairs: with
 * e persons of E holding the value, e / (E + 1/u), where u is the chance that two persons share any value: the mean of the
 * frequency under an exponential prior of mean u, given the e − 1 persons beside the pair's own.
 *
 * <p>Source: Fellegi and Sunter, "A theory for record linkage" (JASA 1969); Winkler, "Using the EM algorithm for weight
 * computation in the Fellegi-Sunter model" (1988) and "Frequency-based matching" (1989).
 *
 * <p>Numerics: m has a prior of a few pairs that agreement is likelier than not, so that a column without evidence stays
 * harmless; no probability is zero. Sums are over pieces of fixed size in fixed order. Complexity: pairs × comparisons a round.
 */
final class Estimation {
    private static final double PRIOR_PAIRS = 4;
    private static final int ROUNDS = 12;
    private static final int TURNS = 4;
    private static final double SETTLED = 1e-4;
    private static final double FAR = -25;

    private final Table table;
    private final Pairs pairs;
    private final Levels levels;
    private final double[] rare;
    private final double[] logOdds;
    private final double[][] m;
    private final double[][] u;
    private final double[][] rarity;
    private final double[] unseen;
    private double lambda;

    /**
     * How often levels fall over all pairs of the table.
     *
     * @param share by comparison and level, among pairs that both have a value
     * @param present by comparison, number of pairs that both have a value
     * @param least the smallest share that can be told from none
     */
    @SuppressWarnings("ArrayRecordComponent") // internal, never compared
    record Levels(double[][] share, double[] present, double least) {
        /**
         * @param sample pairs drawn evenly from all, or all of them
         */
        static Levels of(Table table, Pairs sample) {
            int comparisons = table.comparisons();
            double[][] share = new double[comparisons][];
            double[] present = new double[comparisons];
            boolean all = sample.size() >= table.pairs();
            for (int c = 0; c < comparisons; c++) {
                double[] counts = new double[table.levels(c).size()];
                double filled = 0;
                for (byte level : sample.levels()[c])
                    if (level >= 0) {
                        counts[level]++;
                        filled++;
                    }
                share[c] = new double[counts.length];
                for (int l = 0; l < counts.length; l++)
                    share[c][l] = filled == 0 ? 1.0 / counts.length : counts[l] / filled;
                present[c] = sample.size() == 0 ? 0 : filled / sample.size() * table.pairs();
                if (!all && c < table.fields().size()) exactly(table, c, share[c], present);
            }
            return new Levels(share, present, .5 / Math.max(1, Math.max(sample.size(), all ? table.pairs() : 0)));
        }

        /** Equal values are counted; the other levels share what is left. */
        private static void exactly(Table table, int field, double[] share, double[] present) {
            Field<?> of = table.fields().get(field);
            double[] left = new double[of.values().size()];
            double[] right = new double[of.values().size()];
            double filledLeft = 0;
            double filledRight = 0;
            for (int i = 0; i < table.size(); i++) {
                int code = of.codes()[i];
                if (code < 0) continue;
                if (i < table.left()) {
                    left[code]++;
                    filledLeft++;
                } else {
                    right[code]++;
                    filledRight++;
                }
            }
            double equal = 0;
            for (int v = 0; v < left.length; v++)
                equal += table.isOneFile() ? left[v] * (left[v] - 1) / 2 : left[v] * right[v];
            double pairs = table.isOneFile() ? filledLeft * (filledLeft - 1) / 2 : filledLeft * filledRight;
            present[field] = pairs;
            if (pairs == 0) return;
            double rest = 1 - share[0];
            share[0] = equal / pairs;
            for (int l = 1; l < share.length; l++) share[l] = rest > 0 ? share[l] / rest * (1 - share[0]) : 0;
        }
    }

    private Estimation(Table table, Pairs pairs, Levels levels) {
        this.table = table;
        this.pairs = pairs;
        this.levels = levels;
        rare = new double[pairs.size()];
        logOdds = new double[pairs.size()];
        int comparisons = table.comparisons();
        m = new double[comparisons][];
        u = new double[comparisons][];
        for (int c = 0; c < comparisons; c++) {
            m[c] = expected(table, c);
            u[c] = new double[m[c].length];
        }
        unseen = new double[table.fields().size()];
        rarity = new double[table.fields().size()][];
        for (int f = 0; f < rarity.length; f++)
            rarity[f] = new double[table.fields().get(f).values().size()];
        // One record in five has another of the same person; of two files, every second.
        double one = table.isOneFile() ? .2 * table.size() : .5 * Math.min(table.left(), table.size() - table.left());
        lambda = Math.clamp(one / Math.max(1, table.pairs()), 1e-12, .2);
    }

    /** What is believed of m before anything is seen. */
    private static double[] expected(Table table, int comparison) {
        int count = table.levels(comparison).size();
        double[] m = new double[count];
        if (comparison == table.fields().size()) {
            m[0] = .98;
            m[1] = .02;
            return m;
        }
        m[0] = .8;
        m[count - 1] = .06;
        double left = .14;
        for (int l = 1; l < count - 1; l++) {
            m[l] = l == count - 2 ? left : left * .6;
            left -= m[l];
        }
        if (count == 2) m[1] = .2;
        return m;
    }

    @SuppressWarnings("ArrayRecordComponent") // internal, never compared
    record Fitted(Scorer scorer, double[] logOdds, double[][] m, double[][] u, double lambda, int rounds) {}

    static Fitted fit(Table table, Pairs pairs, Levels levels) {
        Estimation estimation = new Estimation(table, pairs, levels);
        int rounds = estimation.run();
        return new Fitted(
                new Scorer(table, estimation.prior(), estimation.weights(), estimation.rarity, estimation.unseen),
                estimation.logOdds,
                estimation.m,
                estimation.u,
                estimation.lambda,
                rounds);
    }

    private int run() {
        int rounds = 0;
        double[][] none = new double[m.length][];
        for (int c = 0; c < m.length; c++) none[c] = new double[m[c].length];
        subtract(none);
        for (int turn = 0; turn < TURNS; turn++) {
            for (int round = 0; round < ROUNDS; round++) {
                rounds++;
                if (step() < SETTLED) break;
            }
            if (turn < TURNS - 1) countPersons();
        }
        judge();
        return rounds;
    }

    private double prior() {
        return Math.log(lambda) - Math.log1p(-lambda);
    }

    private double[][] weights() {
        double[][] weights = new double[m.length][];
        for (int c = 0; c < m.length; c++) {
            weights[c] = new double[m[c].length];
            for (int l = 0; l < weights[c].length; l++) weights[c][l] = Math.log(m[c][l] / u[c][l]);
        }
        return weights;
    }

    /** The candidates' log-odds as things stand. */
    private void judge() {
        double[][] weights = weights();
        double prior = prior();
        Pairs.pieces(pairs.size()).forEach(piece -> judge(piece, weights, prior));
    }

    private void judge(int piece, double[][] weights, double prior) {
        int from = piece * Pairs.PIECE;
        int to = Math.min(pairs.size(), from + Pairs.PIECE);
        for (int k = from; k < to; k++) logOdds[k] = prior + rare[k];
        for (int c = 0; c < weights.length; c++) {
            byte[] level = pairs.levels()[c];
            double[] weight = weights[c];
            for (int k = from; k < to; k++) if (level[k] >= 0) logOdds[k] += weight[level[k]];
        }
    }

    /** One round; how far the furthest probability moved. */
    private double step() {
        double[][] weights = weights();
        double prior = prior();
        int pieces = (pairs.size() + Pairs.PIECE - 1) / Pairs.PIECE;
        double[][][] sums = new double[pieces][][];
        double[] totals = new double[pieces];
        Pairs.pieces(pairs.size()).forEach(piece -> {
            judge(piece, weights, prior);
            double[][] sum = new double[m.length][];
            for (int c = 0; c < sum.length; c++) sum[c] = new double[m[c].length];
            int from = piece * Pairs.PIECE;
            int to = Math.min(pairs.size(), from + Pairs.PIECE);
            double total = 0;
            for (int k = from; k < to; k++) {
                if (logOdds[k] < FAR) continue;
                double p = 1 / (1 + Math.exp(-logOdds[k]));
                total += p;
                for (int c = 0; c < sum.length; c++) {
                    int level = pairs.levels()[c][k];
                    if (level >= 0) sum[c][level] += p;
                }
            }
            sums[piece] = sum;
            totals[piece] = total;
        });
        double[][] same = new double[m.length][];
        for (int c = 0; c < same.length; c++) {
            same[c] = new double[m[c].length];
            for (double[][] sum : sums) for (int l = 0; l < same[c].length; l++) same[c][l] += sum[c][l];
        }
        double moved = 0;
        for (int c = 0; c < m.length; c++) {
            double[] believed = expected(table, c);
            double all = PRIOR_PAIRS + Arrays.stream(same[c]).sum();
            for (int l = 0; l < believed.length; l++) {
                double now = (same[c][l] + PRIOR_PAIRS * believed[l]) / all;
                moved = Math.max(moved, Math.abs(now - m[c][l]));
                m[c][l] = now;
            }
        }
        subtract(same);
        double before = lambda;
        lambda = Math.clamp((Arrays.stream(totals).sum() + .5) / (table.pairs() + 1), 1e-15, .5);
        return Math.max(moved, Math.abs(Math.log(lambda / before)) * .1);
    }

    /** u is what falls on a level over all pairs, less what pairs of one person contribute. */
    private void subtract(double[][] same) {
        for (int c = 0; c < u.length; c++) {
            if (c == table.fields().size()) {
                // Names are compared crosswise because that fits; the fit itself is counted where the names are. For
                // two
                // persons' records the order says nothing more.
                Arrays.fill(u[c], 1);
                continue;
            }
            double present = levels.present()[c];
            double others = Math.max(1, present - Arrays.stream(same[c]).sum());
            double sum = 0;
            for (int l = 0; l < u[c].length; l++) {
                u[c][l] = Math.max(levels.least(), (levels.share()[c][l] * present - same[c][l]) / others);
                sum += u[c][l];
            }
            for (int l = 0; l < u[c].length; l++) u[c][l] /= sum;
        }
    }

    /** How many persons hold each value, and what that adds to the weight of sharing it. */
    private void countPersons() {
        for (int f = 0; f < rarity.length; f++) {
            int[] codes = table.fields().get(f).codes();
            double[] others = new double[table.size()];
            byte[] level = pairs.levels()[f];
            for (int k = 0; k < level.length; k++) {
                if (level[k] != 0 || logOdds[k] < -5) continue;
                int i = pairs.first()[k];
                int j = pairs.second()[k];
                if (codes[i] != codes[j]) continue;
                double p = 1 / (1 + Math.exp(-logOdds[k]));
                others[i] += p;
                others[j] += p;
            }
            double[] persons = new double[rarity[f].length];
            double all = 0;
            for (int i = 0; i < codes.length; i++)
                if (codes[i] >= 0) {
                    persons[codes[i]] += 1 / (1 + others[i]);
                    all += 1 / (1 + others[i]);
                }
            double average = u[f][0];
            unseen[f] = Math.log1p(average * all);
            for (int v = 0; v < persons.length; v++) rarity[f][v] = unseen[f] - Math.log(Math.max(1, persons[v]));
        }
        Scorer scorer = new Scorer(table, 0, new double[0][], rarity, unseen);
        Pairs.pieces(pairs.size()).forEach(piece -> {
            byte[] pair = new byte[m.length];
            for (int k = piece * Pairs.PIECE; k < Math.min(pairs.size(), (piece + 1) * Pairs.PIECE); k++) {
                for (int c = 0; c < pair.length; c++) pair[c] = pairs.levels()[c][k];
                rare[k] = scorer.rarity(pairs.first()[k], pairs.second()[k], pair);
            }
        });
    }
}
