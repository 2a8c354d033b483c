package io.rekindle.models.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AccuracyTest {
    /** Positives at .9, .6 and .6, others at .8, .6 and .1; pairs won 3 + ½·2 + … counted by hand. */
    @Test
    void areasAreThoseCountedByHand() {
        double[] p = {.9, .6, .6, .8, .6, .1};
        boolean[] did = {true, true, true, false, false, false};
        var accuracy = Accuracy.of(p, did);
        // .9 beats three; each .6 beats .1 and half of the other .6: 3 + 2 · 1.5 = 6 of 9.
        assertThat(accuracy.auc()).isCloseTo(6 / 9.0, within(1e-12));
        assertThat(Accuracy.auc(p, did)).isEqualTo(accuracy.auc());
        // Precision 1 at the first, then 3 of 5 for the two tied: (1 + 2 · .6) / 3.
        assertThat(accuracy.prAuc()).isCloseTo((1 + 2 * .6) / 3, within(1e-12));
        assertThat(accuracy.brier()).isCloseTo((.01 + .16 + .16 + .64 + .36 + .01) / 6, within(1e-12));
        assertThat(accuracy.logLoss())
                .isCloseTo(
                        -(Math.log(.9) + 2 * Math.log(.6) + Math.log(.2) + Math.log(.4) + Math.log(.9)) / 6,
                        within(1e-12));
    }

    /** Two probabilities, ten rows each, of which 2 and 7 did: however the rows are sorted, each tenth has .2 or .7. */
    @Test
    void rowsOfOneProbabilityAreSharedAmongTheTenthsTheyAreCutInto() {
        var random = new SplittableRandom(4);
        for (int round = 0; round < 20; round++) {
            int r = round;
            double[] lots = random.doubles(20).toArray();
            // Round 0 sorted by what happened, 1 the other way round.
            int[] order = IntStream.range(0, 20)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> r > 1 ? lots[i] : (r == 0 ? 1 : -1) * (didOf(i) ? 1 : 0)))
                    .mapToInt(i -> i)
                    .toArray();
            boolean[] did = new boolean[20];
            for (int i = 0; i < 20; i++) did[i] = didOf(order[i]);
            var accuracy = Accuracy.of(
                    Arrays.stream(order).mapToDouble(i -> i < 10 ? .3 : .6).toArray(), did);
            assertThat(accuracy.calibrationError()).isCloseTo(.1, within(1e-12));
            for (int g = 0; g < 10; g++) {
                assertThat(accuracy.deciles().get(g).predicted()).isCloseTo(g < 5 ? .3 : .6, within(1e-12));
                assertThat(accuracy.deciles().get(g).actual()).isCloseTo(g < 5 ? .2 : .7, within(1e-12));
            }
        }
    }

    private static boolean didOf(int row) {
        return row < 2 || row >= 13;
    }

    /** Outcomes drawn at half the log-odds told: slope ½, intercept 0. */
    @Test
    void exaggeratedProbabilitiesHaveALowSlopeAndAreMendedByTheLine() {
        var random = new SplittableRandom(2);
        int n = 40_000;
        double[] margin = IntStream.range(0, n)
                .mapToDouble(i -> 2 * random.nextGaussian())
                .toArray();
        boolean[] did = new boolean[n];
        double[] told = new double[n];
        for (int i = 0; i < n; i++) {
            did[i] = random.nextDouble() < Loss.LOGISTIC.mean(margin[i] / 2);
            told[i] = Loss.LOGISTIC.mean(margin[i]);
        }
        var line = Accuracy.of(told, did).calibration();
        assertThat(line.slope()).isCloseTo(.5, within(.03));
        assertThat(line.intercept()).isCloseTo(0, within(.03));
        double[] mended = new double[n];
        for (int i = 0; i < n; i++) mended[i] = line.probability(margin[i]);
        assertThat(Accuracy.of(mended, did).calibrationError()).isLessThan(.01);
    }

    /** Margins within a thousandth that happen to fall, or to rise steeply, say nothing of the slope: it stays 1. */
    @Test
    void aCautiousLineBelievesNoSlopeOfMarginsThatHardlyDiffer() {
        double[] margins =
                IntStream.range(0, 100).mapToDouble(i -> -.85 + i * 1e-5).toArray();
        for (boolean rising : new boolean[] {true, false}) {
            boolean[] did = new boolean[100];
            for (int i = 0; i < 30; i++) did[rising ? 99 - 2 * i : 2 * i] = true;
            assertThat(Math.abs(LogisticLine.fit(margins, did).slope())).isGreaterThan(100);
            var line = LogisticLine.fitCautiously(margins, did, .05);
            assertThat(line.slope()).isCloseTo(1, within(.01));
            // But for Platt's targets, the mean of what happened.
            assertThat(expected(line, margins)).isCloseTo(30, within(1.0));
        }
    }

    /** A model turned on its head is flattened, and keeps the mean; a slope that outcomes do tell is found. */
    @Test
    void aCautiousLineIsNeverFlatterThanAskedAndFindsTheSlopeThatIsThere() {
        var random = new SplittableRandom(6);
        double[] wide = IntStream.range(0, 100).mapToDouble(i -> 40 - i).toArray();
        boolean[] late = new boolean[100];
        for (int i = 50; i < 100; i++) late[i] = true;
        var flattened = LogisticLine.fitCautiously(wide, late, .05);
        assertThat(flattened.slope()).isEqualTo(.05);
        assertThat(expected(flattened, wide)).isCloseTo(50, within(1e-9));
        int n = 40_000;
        double[] margins =
                IntStream.range(0, n).mapToDouble(i -> random.nextGaussian()).toArray();
        boolean[] did = new boolean[n];
        for (int i = 0; i < n; i++) did[i] = random.nextDouble() < Loss.LOGISTIC.mean(3 * margins[i] - 1);
        var found = LogisticLine.fitCautiously(margins, did, .05);
        assertThat(found.slope()).isCloseTo(LogisticLine.fit(margins, did).slope(), within(.01));
        assertThat(found.slope()).isCloseTo(3, within(.1));
    }

    private static double expected(LogisticLine line, double[] margins) {
        return Arrays.stream(margins).map(line::probability).sum();
    }

    @Test
    void classesThatLieApartAndSingleClassesLeaveTheLineFinite() {
        var apart = LogisticLine.fit(new double[] {-2, -1, 1, 2}, new boolean[] {false, false, true, true});
        assertThat(apart.slope()).isPositive().isFinite();
        assertThat(LogisticLine.fit(new double[] {1, 2}, new boolean[] {true, true}))
                .isEqualTo(LogisticLine.IDENTITY);
        assertThat(Accuracy.of(new double[] {.4, .5}, new boolean[] {true, true})
                        .auc())
                .isNaN();
        assertThatThrownBy(() -> Accuracy.of(new double[] {1.5}, new boolean[] {true}))
                .hasMessageContaining("1.5 is no probability");
    }

    @Test
    void foldsAreEqualWithEachClassSpreadAndDoNotHangOnTheOrder() {
        var random = new SplittableRandom(9);
        long[] prints = random.longs(1000).toArray();
        int[] classes = IntStream.range(0, 1000).map(i -> i % 10 == 0 ? 1 : 0).toArray();
        var folds = Folds.draw(prints, classes, 5);
        int[] order = IntStream.range(0, 1000).map(i -> (i * 7 + 3) % 1000).toArray();
        var other = Folds.draw(
                IntStream.of(order).mapToLong(i -> prints[i]).toArray(),
                IntStream.of(order).map(i -> classes[i]).toArray(),
                5);
        for (int i = 0; i < 1000; i++) assertThat(other.of()[i]).isEqualTo(folds.of()[order[i]]);
        for (int fold = 0; fold < 5; fold++) {
            int f = fold;
            assertThat(IntStream.range(0, 1000).filter(i -> folds.of()[i] == f)).hasSize(200);
            assertThat(IntStream.range(0, 1000).filter(i -> folds.of()[i] == f && classes[i] == 1))
                    .hasSize(20);
        }
        assertThat(Folds.given(new int[] {7, 3, 7}).of()).containsExactly(1, 0, 1);
    }
}
