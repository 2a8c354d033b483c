package io.rekindle.models.propensity;

import io.rekindle.models.learn.BoostedTrees;
import io.rekindle.models.learn.Loss;
import io.rekindle.models.learn.Ridge;
import io.rekindle.models.table.LinearEncoding;
import io.rekindle.models.table.Table;
import io.rekindle.models.table.TreeEncoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All that was learnt on one set of rows, encodings included: linear models without and with bends, and trees. */
final class Experts {
    private static final int CHUNK = 20_000;

    private final LinearEncoding[] linear = new LinearEncoding[2];
    private final Ridge[] ridge = new Ridge[2];
    private final TreeEncoding binned;
    private final List<BoostedTrees> trees = new ArrayList<>();

    /** Learns the linear models and the encodings; trees are begun apart. */
    Experts(Table table, int[] rows, double[] positive) {
        double[] y = outcomes(rows, positive);
        for (int bends = 0; bends < 2; bends++) {
            linear[bends] = LinearEncoding.fit(table, rows, bends == 1);
            ridge[bends] = Ridge.fit(linear[bends].encode(table, rows), linear[bends].width(), y, Loss.LOGISTIC);
        }
        binned = TreeEncoding.fit(table, rows);
    }

    private static double[] outcomes(int[] rows, double[] positive) {
        return Arrays.stream(rows).mapToDouble(row -> positive[row]).toArray();
    }

    /** Makes the rows learnt on ready for trees, of these settings; they take memory until {@link #finish}. */
    void begin(Table table, int[] rows, double[] positive, List<BoostedTrees.Settings> settings) {
        if (binned.width() == 0 || settings.isEmpty()) return;
        float[] x = binned.encode(table, rows);
        double[] y = outcomes(rows, positive);
        for (var setting : settings) trees.add(BoostedTrees.begin(x, binned.width(), y, Loss.LOGISTIC, setting));
    }

    void grow(int setting, int rounds) {
        trees.get(setting).grow(rounds);
    }

    void finish(int setting) {
        trees.get(setting).finish();
    }

    Ridge ridge(int bends) {
        return ridge[bends];
    }

    double[] linearMargins(Table table, int[] rows, int bends) {
        if (linear[bends].width() == 0) {
            double[] same = new double[rows.length];
            Arrays.fill(same, ridge[bends].intercept());
            return same;
        }
        return ridge[bends].margins(linear[bends].encode(table, rows));
    }

    /** Rows whose margins follow the trees of a setting while they grow. */
    BoostedTrees.Watched watch(Table table, int[] rows, int setting) {
        return trees.get(setting).watch(binned.encode(table, rows));
    }

    /** The margins by which a choice goes. */
    double[] margins(Table table, int[] rows, Choice choice) {
        double[] sum = new double[rows.length];
        for (int from = 0; from < rows.length; from += CHUNK) {
            int[] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + CHUNK));
            if (choice.linearShare() > 0) {
                double[] margins = linearMargins(table, some, choice.bends());
                for (int i = 0; i < some.length; i++) sum[from + i] += choice.linearShare() * margins[i];
            }
            if (choice.linearShare() < 1) {
                double[] margins = trees.get(choice.setting()).margins(binned.encode(table, some), choice.rounds());
                for (int i = 0; i < some.length; i++) sum[from + i] += (1 - choice.linearShare()) * margins[i];
            }
        }
        return sum;
    }

    /** What each column adds to a row's margin, and last what is there without any. */
    interface Taker {
        void take(int place, double[] contributions);
    }

    /** Takes margins apart by column, in the order of the rows. */
    void explain(Table table, int[] rows, Choice choice, Taker taker) {
        int columns = table.columns().size();
        for (int from = 0; from < rows.length; from += CHUNK) {
            int[] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + CHUNK));
            double[][] sum = new double[some.length][columns + 1];
            if (choice.linearShare() > 0) {
                var encoding = linear[choice.bends()];
                var model = ridge[choice.bends()];
                double[] x = encoding.encode(table, some);
                for (int i = 0; i < some.length; i++) {
                    for (int k = 0; k < encoding.width(); k++)
                        sum[i][encoding.column(k)] += choice.linearShare()
                                * model.coefficient(k)
                                * (x[i * encoding.width() + k] - encoding.mean(k));
                    sum[i][columns] += choice.linearShare() * model.margin(encoding::mean);
                }
            }
            if (choice.linearShare() < 1) {
                double[][] parts =
                        trees.get(choice.setting()).contributions(binned.encode(table, some), choice.rounds());
                for (int i = 0; i < some.length; i++) {
                    for (int k = 0; k < binned.width(); k++)
                        sum[i][binned.column(k)] += (1 - choice.linearShare()) * parts[i][k];
                    sum[i][columns] += (1 - choice.linearShare()) * parts[i][binned.width()];
                }
            }
            for (int i = 0; i < some.length; i++) taker.take(from + i, sum[i]);
        }
    }
}
