package io.rekindle.models.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
