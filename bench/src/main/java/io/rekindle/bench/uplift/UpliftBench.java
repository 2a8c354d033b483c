package io.rekindle.bench.uplift;

import io.rekindle.bench.Measure;
import io.rekindle.models.table.Column;
import io.rekindle.models.table.Table;
import io.rekindle.models.uplift.BaseLearner;
import io.rekindle.models.uplift.MetaLearner;
import io.rekindle.models.uplift.Uplift;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Simulated customers whose effects are known: a smooth effect, .2 + .8·x5, under a baseline of products, steps and kinks of
 * other columns; three in ten treated, rather those who would do much anyway, with known probability. What is gained by
 * treating those with a positive predicted effect, out of fold, is held against treating those with a truly positive one.
 *
 * <p>The bounds are checked: the DR-learner's effects bring at least {@value #LEAST} of the oracle's gain, and rank the
 * customers nearer the truth than the T-learner's. Where they do not, that is said and the exit code is 1.
 */
@Command(
        name = "uplift",
        mixinStandardHelpOptions = true,
        description = "The gain of treating by predicted effect against the gain of an oracle, on simulated customers.")
public final class UpliftBench implements Callable<Integer> {
    private static final double LEAST = .95;

    @Option(names = "--customers", description = "simulated customers (default: ${DEFAULT-VALUE})")
    private int customers = 200_000;

    @Option(names = "--folds", description = "of the cross-fitting (default: ${DEFAULT-VALUE})")
    private int folds = 3;

    @Option(names = "--seed", description = "of the simulation (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new UpliftBench()).execute(arguments));
    }

    @Override
    public Integer call() {
        var random = new SplittableRandom(seed);
        double[][] x = new double[6][customers];
        boolean[] treated = new boolean[customers];
        double[] outcome = new double[customers];
        double[] probability = new double[customers];
        double[] effect = new double[customers];
        for (int i = 0; i < customers; i++) {
            for (double[] column : x) column[i] = 2 * random.nextDouble() - 1;
            double anyway = 2 * Math.sin(4 * x[0][i] * x[1][i])
                    + (x[2][i] > .3 ? 1.5 : 0)
                    + 2 * Math.abs(x[3][i] - x[0][i])
                    + (x[1][i] > 0 && x[3][i] < 0 ? -2 : 0);
            effect[i] = .2 + .8 * x[4][i];
            probability[i] = .1 + .4 / (1 + Math.exp(-2 * anyway + 3));
            treated[i] = random.nextDouble() < probability[i];
            outcome[i] = anyway + (treated[i] ? effect[i] : 0) + random.nextGaussian();
        }
        var columns = new ArrayList<Column>();
        for (int k = 0; k < x.length; k++) columns.add(new Column.Numbers("x" + (k + 1), x[k]));
        var table = Table.of(columns);
        double oracle = 0;
        for (double one : effect) oracle += Math.max(0, one) / customers;
        var measures = new ArrayList<Measure>();
        double[] truth = new double[2];
        double[] share = new double[2];
        var learners = List.of(MetaLearner.T, MetaLearner.DR);
        for (var learner : learners) {
            long from = System.nanoTime();
            double[] predicted = Uplift.fit(
                            table,
                            treated,
                            outcome,
                            Uplift.Settings.of(seed)
                                    .among(EnumSet.of(learner), EnumSet.of(BaseLearner.TREES))
                                    .in(folds, new int[0])
                                    .assigned(new Uplift.Assignment.Known(probability)),
                            step -> {})
                    .outOfFold();
            double gained = 0;
            for (int i = 0; i < customers; i++) if (predicted[i] > 0) gained += effect[i] / customers;
            if (!json) System.err.printf("%s-learner: %.1f s%n", learner, (System.nanoTime() - from) / 1e9);
            measures.add(Measure.of(
                    "gain a customer of treating by the %s-learner's effects, %,d customers; baseline: an oracle's"
                            .formatted(learner, customers),
                    gained,
                    "outcomes",
                    oracle));
            truth[learners.indexOf(learner)] = correlation(predicted, effect);
            share[learners.indexOf(learner)] = gained / oracle;
        }
        measures.add(Measure.of(
                "correlation of the DR-learner's effects with the true ones; baseline: the T-learner's",
                truth[1],
                "",
                truth[0]));
        Measure.print(measures, json);
        boolean held = share[1] >= LEAST && truth[1] > truth[0];
        if (!json || !held)
            System.err.printf(
                    Locale.ROOT,
                    "%s: the DR-learner brings %.3f of the oracle's gain (at least %.2f asked for), its effects correlate %.3f with the truth, the T-learner's %.3f%n",
                    held ? "as it should be" : "NOT as it should be",
                    share[1],
                    LEAST,
                    truth[1],
                    truth[0]);
        return held ? 0 : 1;
    }

    private static double correlation(double[] one, double[] other) {
        double meanOne = Arrays.stream(one).average().orElseThrow();
        double meanOther = Arrays.stream(other).average().orElseThrow();
        double together = 0;
        double squares = 0;
        double otherSquares = 0;
        for (int i = 0; i < one.length; i++) {
            together += (one[i] - meanOne) * (other[i] - meanOther);
            squares += (one[i] - meanOne) * (one[i] - meanOne);
            otherSquares += (other[i] - meanOther) * (other[i] - meanOther);
        }
        return squares == 0 ? 0 : together / Math.sqrt(squares * otherSquares);
    }
}
