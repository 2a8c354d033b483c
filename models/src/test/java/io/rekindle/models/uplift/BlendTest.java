package io.rekindle.models.uplift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlendTest {
    private static final Way ONE = new Way(MetaLearner.S, BaseLearner.LINEAR);
    private static final Way OTHER = new Way(MetaLearner.T, BaseLearner.LINEAR);
    private static final Way THIRD = new Way(MetaLearner.DR, BaseLearner.TREES);
    private static final List<Way> WAYS = List.of(ONE, OTHER, THIRD);

    /** Of 90,000 rows in 7 heaps of equal ones, each heap keeps its share of those that are learnt from. */
    @Test
    void whatIsLearntFromIsSpreadEvenlyOverAll() {
        int[] all = IntStream.range(0, 90_000).toArray();
        assertThat(Effects.spread(all, 90_000)).isSameAs(all);
        int[] some = Effects.spread(all, 20_000);
        assertThat(Arrays.stream(some).distinct().count()).isEqualTo(20_000);
        for (int heap = 0; heap < 7; heap++) {
            int from = heap * heap * 1_800;
            int to = (heap + 1) * (heap + 1) * 1_800;
            long kept =
                    Arrays.stream(some).filter(row -> row >= from && row < to).count();
            assertThat((double) kept).isCloseTo((Math.min(to, 90_000) - from) * 2 / 9.0, within(1.0));
        }
    }

    /** Over 60 files, by the rule written out another way: straight lines fitted, and each customer's distances compared. */
    @Test
    void theNearestLearnerIsKeptAndThoseThatChanceCannotTellFromIt() {
        int together = 0;
        for (int seed = 1; seed <= 60; seed++) {
            var world = new World(200, seed);
            double[][] distance = new double[3][];
            for (int k = 0; k < 3; k++) distance[k] = world.distances(WAYS.get(k));
            int best = IntStream.range(0, 3)
                    .reduce((j, k) -> mean(distance[k]) < mean(distance[j]) ? k : j)
                    .orElseThrow();
            var blend = Blend.of(world.predicted, world.corrected, world.rows);
            for (int k = 0; k < 3; k++) {
                int own = k;
                double[] farther = IntStream.range(0, world.rows.length)
                        .mapToDouble(i -> distance[own][i] - distance[best][i])
                        .toArray();
                double mean = mean(farther);
                double variance = mean(Arrays.stream(farther)
                        .map(one -> (one - mean) * (one - mean))
                        .toArray());
                boolean kept = k == best || mean <= Math.sqrt(variance / (farther.length - 1));
                assertThat(blend.slopes().containsKey(WAYS.get(k))).isEqualTo(kept);
            }
            if (blend.slopes().size() > 1) together++;
        }
        assertThat(together).isBetween(10, 55);
    }

    @Test
    void aLearnerThatSaysTheOppositeIsNotKeptAndOneThatExaggeratesIsBroughtDown() {
        var random = new SplittableRandom(3);
        double[] effect = random.doubles(800, -1, 1).toArray();
        double[] corrected =
                Arrays.stream(effect).map(one -> one + random.nextGaussian()).toArray();
        var predicted = new LinkedHashMap<Way, double[]>();
        predicted.put(ONE, effect);
        predicted.put(OTHER, Arrays.stream(effect).map(one -> 9 * one).toArray());
        predicted.put(THIRD, Arrays.stream(effect).map(one -> -one).toArray());
        var blend = Blend.of(predicted, corrected, IntStream.range(0, 800).toArray());
        assertThat(blend.slopes()).containsOnlyKeys(ONE, OTHER);
        assertThat(slope(blend, OTHER)).isCloseTo(slope(blend, ONE) / 9, within(1e-12));
        double[] mixed = blend.effects(way -> of(predicted, way));
        assertThat(mixed[0]).isCloseTo(slope(blend, ONE) * effect[0], within(1e-12));
    }

    @Test
    void withNothingToGoByAllLearnersHaveTheSameSay() {
        var world = new World(100, 5);
        world.predicted.put(THIRD, new double[100]);
        var blend = Blend.even(world.predicted, world.rows);
        for (var way : List.of(ONE, OTHER)) {
            double[] own = Arrays.stream(world.rows)
                    .mapToDouble(row -> slope(blend, way) * of(world.predicted, way)[row])
                    .toArray();
            double mean = mean(own);
            assertThat(mean(Arrays.stream(own)
                            .map(one -> (one - mean) * (one - mean))
                            .toArray()))
                    .isCloseTo(1, within(1e-9));
        }
        assertThat(blend.slopes()).containsOnlyKeys(ONE, OTHER, THIRD);
    }

    @Test
    void theCardNamesTheLearnersKept() {
        assertThat(new Blend(Map.of(THIRD, .5)).words()).isEqualTo("DR-learner over boosted trees");
        var several = new LinkedHashMap<Way, Double>();
        for (var way : WAYS) several.put(way, 1.0);
        assertThat(new Blend(several).words())
                .isEqualTo("mean of S-, T-learner over regression (ridge) and DR-learner over boosted trees");
    }

    @Test
    void neitherLevelNorUnitMatters() {
        var world = new World(80, 7);
        var blend = Blend.of(world.predicted, world.corrected, world.rows);
        var other = new LinkedHashMap<Way, double[]>();
        world.predicted.forEach((way, effects) -> other.put(
                way,
                Arrays.stream(effects)
                        .map(one -> 100 * one + (way.equals(OTHER) ? 3 : -1))
                        .toArray()));
        double[] corrected =
                Arrays.stream(world.corrected).map(one -> 100 * one - 3).toArray();
        var turned = Blend.of(other, corrected, world.rows);
        assertThat(turned.slopes().keySet()).isEqualTo(blend.slopes().keySet());
        blend.slopes().forEach((way, slope) -> assertThat(slope(turned, way)).isCloseTo(slope, within(1e-9)));
    }

    private static double slope(Blend blend, Way way) {
        return Objects.requireNonNull(blend.slopes().get(way));
    }

    private static double[] of(Map<Way, double[]> predicted, Way way) {
        return Objects.requireNonNull(predicted.get(way));
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    /** Predicted effects more and less near to noisy ones. */
    private static final class World {
        private final Map<Way, double[]> predicted = new LinkedHashMap<>();
        private final double[] corrected;
        private final int[] rows;

        World(int n, long seed) {
            var random = new SplittableRandom(seed);
            double[] effect = random.doubles(n, -1, 1).toArray();
            corrected = Arrays.stream(effect)
                    .map(one -> one + random.nextGaussian())
                    .toArray();
            for (var way : WAYS) {
                double by = .8 + random.nextDouble();
                double noise = random.nextDouble();
                predicted.put(
                        way,
                        Arrays.stream(effect)
                                .map(one -> by * one + noise * random.nextGaussian())
                                .toArray());
            }
            rows = IntStream.range(0, n).filter(i -> i % 4 != 0).toArray();
        }

        double[] distances(Way way) {
            double[] sums = new double[4];
            for (int row : rows) {
                double x = of(predicted, way)[row];
                sums[0] += x;
                sums[1] += corrected[row];
                sums[2] += x * x;
                sums[3] += x * corrected[row];
            }
            int n = rows.length;
            double slope = (n * sums[3] - sums[0] * sums[1]) / (n * sums[2] - sums[0] * sums[0]);
            double start = (sums[1] - slope * sums[0]) / n;
            return Arrays.stream(rows)
                    .mapToDouble(row -> Math.pow(corrected[row] - start - slope * of(predicted, way)[row], 2))
                    .toArray();
        }
    }
}
