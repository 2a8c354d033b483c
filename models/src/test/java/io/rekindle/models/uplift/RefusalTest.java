package io.rekindle.models.uplift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.table.Column;
import io.rekindle.models.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.junit.jupiter.api.Test;

class RefusalTest {
    private static final NormalDistribution NORMAL = new NormalDistribution(0, 1);

    /** Against the mean of the largest of 200,001 quantiles. */
    @Test
    void pOfSeveralDrawsIsTheShareOfTheLargestDeviatesWhoseMeanTheirsIs() {
        int n = 200_001;
        double[] deviates = IntStream.range(0, n)
                .mapToDouble(i -> NORMAL.inverseCumulativeProbability((i + .5) / n))
                .toArray();
        for (double share : new double[] {.001, .01, .05, .3, .9}) {
            double mean = Arrays.stream(deviates)
                    .skip((long) (n * (1 - share)))
                    .average()
                    .orElseThrow();
            assertThat(Refusal.together(mean)).isCloseTo(share, within(.01 * share));
        }
        assertThat(Refusal.together(-.1)).isEqualTo(1);
        assertThat(Refusal.together(9)).isLessThan(1e-11);
    }

    /**
     * However draws hang together. Among the ways tried is the worst there is for nine of them: where one is large all are,
     * and just so that their mean is the same.
     */
    @Test
    void whereThereIsNothingToRankSeveralDrawsRankAtMostOneFileInTwenty() {
        var random = new SplittableRandom(5);
        int files = 5_000;
        for (double shared : new double[] {0, .5, .9, .99, 1}) {
            int ranked = 0;
            for (int file = 0; file < files; file++) {
                double common = random.nextGaussian();
                var refusal = new Refusal(5, 3);
                while (!refusal.settled())
                    refusal.add(drawn(Math.sqrt(shared) * common + Math.sqrt(1 - shared) * random.nextGaussian()));
                if (refusal.rankable()) ranked++;
            }
            assertThat(ranked / (double) files).isLessThanOrEqualTo(.05 + 3 * Math.sqrt(.05 * .95 / files));
        }
        int large = 0;
        int grid = 3_000;
        double[][] worst = worst(grid, (int) (.05 * grid) - 1);
        for (double[] file : worst) {
            var refusal = new Refusal(9, 9);
            for (double deviate : file) if (!refusal.settled()) refusal.add(drawn(deviate));
            if (refusal.rankable()) large++;
        }
        assertThat(large / (double) grid).isBetween(.03, .05);
    }

    /** Nine columns of the same quantiles; those of the largest so many are rearranged until their sums are as even as can be. */
    private static double[][] worst(int n, int large) {
        double[][] files = new double[n][9];
        for (int i = 0; i < n; i++) Arrays.fill(files[i], NORMAL.inverseCumulativeProbability((n - i - .5) / n));
        for (int round = 0; round < 450; round++) {
            int column = round % 9;
            Integer[] byOthers = IntStream.range(0, large).boxed().toArray(Integer[]::new);
            Arrays.sort(
                    byOthers,
                    (i, j) -> Double.compare(sum(files[i]) - files[i][column], sum(files[j]) - files[j][column]));
            for (int k = 0; k < large; k++)
                files[byOthers[k]][column] = NORMAL.inverseCumulativeProbability((n - k - .5) / n);
        }
        return files;
    }

    private static double sum(double[] values) {
        return DoubleStream.of(values).sum();
    }

    private static UpliftRanking.Permutation drawn(double deviate) {
        return new UpliftRanking.Permutation(deviate, NORMAL.cumulativeProbability(-deviate), 1);
    }

    @Test
    void fewerDrawsAreMadeWhereTheMatterIsClearOrHopeless() {
        var clear = new Refusal(5, 3);
        for (int draw = 0; draw < 3; draw++) {
            assertThat(clear.settled()).isFalse();
            clear.add(drawn(5));
        }
        assertThat(clear.settled()).isTrue();
        assertThat(clear.p()).isLessThan(.00001);
        var many = new Refusal(5, 1);
        many.add(drawn(3.2));
        assertThat(many.settled()).isTrue();
        assertThat(many.p()).isCloseTo(NORMAL.cumulativeProbability(-3.2), within(1e-9));
        var hopeless = new Refusal(5, 3);
        hopeless.add(drawn(.8));
        assertThat(hopeless.settled()).isTrue();
        assertThat(hopeless.rankable()).isFalse();
        var only = new Refusal(1, 3);
        only.add(drawn(1.7));
        assertThat(only.settled()).isTrue();
        assertThat(only.p()).isCloseTo(NORMAL.cumulativeProbability(-1.7), within(1e-9));
        var one = new Refusal(5, 3);
        for (int draw = 0; draw < 5; draw++) one.add(drawn(draw == 2 ? 4 : 1.5));
        // Four draws of p .067 and one of .00003 are not enough.
        assertThat(one.rankable()).isFalse();
        assertThat(one.p()).isBetween(.05, .06);
        assertThat(one.draws()).hasSize(5);
    }

    /**
     * One draw of folds where outcomes hang on the columns, one arm is small, and its outcomes spread wider, but the effect is
     * the same for everybody: p is uniform. Twelve columns to find chance in are enough for folds that judge each other
     * to rank too often.
     */
    @Test
    void whereThereIsNothingToRankTheTrialOfADrawIsAsOftenSignificantAsItSays() {
        int files = 800;
        int significant = 0;
        int half = 0;
        int byEachOther = 0;
        for (int file = 0; file < files; file++) {
            var world = new World(200, 12, file, x -> .5);
            var trial = new Trial(world.table, world.treated, world.outcome);
            var draw = trial.draw(file, 0, 5, new int[0]);
            double[] probability = new double[200];
            Arrays.fill(probability, World.SHARE);
            var assigned = new Assigned(probability, true, "by lot", new ArrayList<>());
            var crossFit = new CrossFit(
                    trial, assigned, draw, EnumSet.of(MetaLearner.T), EnumSet.of(BaseLearner.LINEAR), file, step -> {});
            double p = crossFit.trial(199, new SplittableRandom(file)).p();
            if (p <= .05) significant++;
            if (p <= .5) half++;
            var way = new Way(MetaLearner.T, BaseLearner.LINEAR);
            int[] all = IntStream.range(0, 200).toArray();
            var pooled = assigned.ranking(trial, crossFit.byOthers().effects(way), all);
            if (pooled.permutation(199, new SplittableRandom(file)).p() <= .05) byEachOther++;
        }
        double error = Math.sqrt(.05 * .95 / files);
        assertThat(significant / (double) files).isCloseTo(.05, within(3 * error));
        assertThat(half / (double) files).isCloseTo(.5, within(3 * Math.sqrt(.25 / files)));
        assertThat(byEachOther / (double) files).isGreaterThan(.05 + 3 * error);
    }

    /** The whole fit, draws of folds and mixture included. */
    @Test
    void atMostOneFileInTwentyIsRankedWhereThereIsNothingToRankAndNearlyAllWhereThereIs() {
        int files = 200;
        int ranked = 0;
        for (int seed = 0; seed < files; seed++) if (ranked(new World(240, 2, seed, x -> .5), seed)) ranked++;
        assertThat(ranked / (double) files).isLessThanOrEqualTo(.05 + 2 * Math.sqrt(.05 * .95 / files));
        int found = 0;
        for (int seed = 0; seed < 40; seed++)
            if (ranked(new World(400, 2, 1_000 + seed, x -> .5 + 1.5 * x), seed)) found++;
        assertThat(found).isGreaterThanOrEqualTo(36);
    }

    private static boolean ranked(World world, long seed) {
        return Uplift.fit(
                        world.table,
                        world.treated,
                        world.outcome,
                        Uplift.Settings.of(seed)
                                .among(EnumSet.of(MetaLearner.T, MetaLearner.DR), EnumSet.of(BaseLearner.LINEAR))
                                .assigned(new Uplift.Assignment.Known(world.probability))
                                .trying(20, 199),
                        step -> {})
                .card()
                .rankable();
    }

    /** The treated spread wider and are fewer. */
    private static final class World {
        static final double SHARE = .25;

        private final Table table;
        private final boolean[] treated;
        private final double[] outcome;
        private final double[] probability;

        World(int n, int columns, long seed, DoubleUnaryOperator effect) {
            var random = new SplittableRandom(seed);
            double[][] x = new double[columns][n];
            treated = new boolean[n];
            outcome = new double[n];
            probability = new double[n];
            Arrays.fill(probability, SHARE);
            for (int i = 0; i < n; i++) {
                for (double[] column : x) column[i] = random.nextGaussian();
                treated[i] = random.nextDouble() < SHARE;
                outcome[i] = x[0][i]
                        + x[1][i] * x[1][i]
                        + (treated[i] ? 1.5 : 1) * random.nextGaussian()
                        + (treated[i] ? effect.applyAsDouble(x[0][i]) : 0);
            }
            var all = new ArrayList<Column>();
            for (int k = 0; k < columns; k++) all.add(new Column.Numbers("x" + k, x[k]));
            table = Table.of(all);
        }
    }
}
