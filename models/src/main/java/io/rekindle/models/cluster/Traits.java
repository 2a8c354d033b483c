package io.rekindle.models.cluster;

import io.rekindle.models.numeric.Indices;
import io.rekindle.models.table.Column;
import io.rekindle.models.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Finds what sets one cluster apart from all other rows. */
final class Traits {
    /** Less than this is not worth a word. */
    private static final double LEAST = .15;

    private static final int MOST_OF_A_COLUMN = 2;
    private static final int MOST_VALUES = 1000;

    private final Table table;
    private final List<double[]> ranks = new ArrayList<>();

    Traits(Table table) {
        this.table = table;
        for (Column column : table.columns())
            ranks.add(
                    switch (column) {
                        case Column.Numbers it -> ranks(it.values());
                        case Column.Dates it -> ranks(Scaling.days(it));
                        case Column.Categories it -> new double[it.size()];
                    });
    }

    /** Mid-ranks from 1 on among the rows with a value; NaN for the others. */
    private static double[] ranks(double[] values) {
        int[] order = Indices.sorted(values.length, (a, b) -> Double.compare(values[a], values[b]));
        double[] rank = new double[values.length];
        for (int from = 0; from < order.length; ) {
            int to = from;
            while (to < order.length && Double.compare(values[order[to]], values[order[from]]) == 0) to++;
            for (int i = from; i < to; i++)
                rank[order[i]] = Double.isNaN(values[order[i]]) ? Double.NaN : (from + 1 + to) / 2.0;
            from = to;
        }
        return rank;
    }

    /** The strongest traits of a cluster, the strongest first. */
    List<Trait> of(int[] cluster, int which, int most) {
        List<Trait> found = new ArrayList<>();
        for (int c = 0; c < table.columns().size(); c++) {
            List<Trait> own = new ArrayList<>();
            Column column = table.columns().get(c);
            switch (column) {
                case Column.Numbers it -> {
                    double[] values = it.values();
                    double effect = delta(ranks.get(c), cluster, which);
                    if (Math.abs(effect) >= LEAST)
                        own.add(new Trait.Level(
                                it.name(),
                                effect,
                                median(values, cluster, which, true),
                                median(values, cluster, which, false)));
                    gap(column, cluster, which, own);
                }
                case Column.Dates it -> {
                    double[] days = Scaling.days(it);
                    double effect = delta(ranks.get(c), cluster, which);
                    if (Math.abs(effect) >= LEAST)
                        own.add(new Trait.Moment(
                                it.name(), effect, (long) Math.floor(median(days, cluster, which, true)), (long)
                                        Math.floor(median(days, cluster, which, false))));
                    gap(column, cluster, which, own);
                }
                case Column.Categories it -> values(it, cluster, which, own);
            }
            own.stream().sorted(STRONGEST).limit(MOST_OF_A_COLUMN).forEach(found::add);
        }
        List<Trait> told = new ArrayList<>();
        for (Trait trait : found.stream().sorted(STRONGEST).toList())
            if (told.size() < most && told.stream().noneMatch(other -> sayTheSame(trait, other))) told.add(trait);
        return List.copyOf(told);
    }

    /** Values of several columns that stand for one thing, such as having no internet, have the same shares. */
    private static boolean sayTheSame(Trait one, Trait other) {
        return one instanceof Trait.Share a
                && other instanceof Trait.Share b
                && a.share() == b.share()
                && a.others() == b.others();
    }

    /** What is there says more than what is not. */
    private static double strength(Trait trait) {
        return trait instanceof Trait.Share share && share.effect() < 0
                ? -.7 * share.effect()
                : Math.abs(trait.effect());
    }

    private static final Comparator<Trait> STRONGEST = Comparator.<Trait>comparingDouble(trait -> -strength(trait))
            .thenComparing(Trait::column)
            .thenComparing(trait -> trait instanceof Trait.Share share ? share.value() : "");

    /** Cliff's delta from mid-ranks: 2 U / (n m) − 1. */
    private static double delta(double[] rank, int[] cluster, int which) {
        double sum = 0;
        double n = 0;
        double m = 0;
        for (int row = 0; row < rank.length; row++) {
            if (Double.isNaN(rank[row])) continue;
            if (cluster[row] == which) {
                sum += rank[row];
                n++;
            } else m++;
        }
        return n == 0 || m == 0 ? 0 : 2 * (sum - n * (n + 1) / 2) / (n * m) - 1;
    }

    private static double median(double[] values, int[] cluster, int which, boolean inside) {
        double[] some = new double[values.length];
        int count = 0;
        for (int row = 0; row < values.length; row++)
            if ((cluster[row] == which) == inside && !Double.isNaN(values[row])) some[count++] = values[row];
        double[] sorted = Arrays.copyOf(some, count);
        Arrays.sort(sorted);
        return Scaling.quantile(sorted, .5);
    }

    private static void gap(Column column, int[] cluster, int which, List<Trait> found) {
        int[] missing = new int[2];
        int[] rows = new int[2];
        for (int row = 0; row < cluster.length; row++) {
            int side = cluster[row] == which ? 1 : 0;
            rows[side]++;
            if (column.isMissing(row)) missing[side]++;
        }
        share(column.name(), "", missing, rows, found);
    }

    private static void values(Column.Categories column, int[] cluster, int which, List<Trait> found) {
        // With thousands of names none sets thousands of customers apart, and the table would be large.
        if (column.values().size() > MOST_VALUES) {
            gap(column, cluster, which, found);
            return;
        }
        int[][] count = new int[column.values().size() + 1][2];
        int[] rows = new int[2];
        for (int row = 0; row < cluster.length; row++) {
            int side = cluster[row] == which ? 1 : 0;
            rows[side]++;
            count[column.codes()[row] + 1][side]++;
        }
        for (int code = -1; code < column.values().size(); code++)
            share(column.name(), code < 0 ? "" : column.values().get(code), count[code + 1], rows, found);
    }

    private static void share(String column, String value, int[] having, int[] rows, List<Trait> found) {
        if (rows[0] == 0 || rows[1] == 0) return;
        double inside = having[1] / (double) rows[1];
        double outside = having[0] / (double) rows[0];
        double effect = 2 * (Math.asin(Math.sqrt(inside)) - Math.asin(Math.sqrt(outside))) / Math.PI;
        if (Math.abs(effect) >= LEAST) found.add(new Trait.Share(column, value, effect, inside, outside));
    }
}
