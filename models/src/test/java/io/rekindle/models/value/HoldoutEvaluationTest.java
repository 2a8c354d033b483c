package io.rekindle.models.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HoldoutEvaluationTest {
    @Test
    void fourCustomersByHand() {
        var evaluation = HoldoutEvaluation.of(new double[] {0, 1, 1, 4}, new double[] {0, 0, 2, 3});
        assertThat(evaluation.actual()).isEqualTo(5);
        assertThat(evaluation.predicted()).isEqualTo(6);
        assertThat(evaluation.mae()).isEqualTo((0 + 1 + 1 + 1) / 4.0);
        assertThat(evaluation.rmse()).isEqualTo(Math.sqrt(3 / 4.0));
        // Pairs of buyer and other: (1,0) right, (1,1) even, (4,0) and (4,1) right.
        assertThat(evaluation.auc()).isEqualTo(3.5 / 4);
        assertThat(evaluation.deciles())
                .containsExactly(
                        new HoldoutEvaluation.Decile(1, 0, 0),
                        new HoldoutEvaluation.Decile(1, 1, 1),
                        new HoldoutEvaluation.Decile(1, 1, 1),
                        new HoldoutEvaluation.Decile(1, 4, 3));
    }

    @Test
    void theAreaIsTheShareOfPairsInTheRightOrder() {
        var random = new SplittableRandom(1);
        int n = 300;
        double[] predicted = new double[n];
        double[] actual = new double[n];
        for (int i = 0; i < n; i++) {
            predicted[i] = random.nextInt(20);
            actual[i] = random.nextInt(3);
        }
        double right = 0;
        double pairs = 0;
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                if (actual[i] > 0 && actual[j] == 0) {
                    pairs++;
                    right += predicted[i] > predicted[j] ? 1 : predicted[i] == predicted[j] ? .5 : 0;
                }
        var evaluation = HoldoutEvaluation.of(predicted, actual);
        assertThat(evaluation.auc()).isCloseTo(right / pairs, within(1e-12));
        double[] backPredicted = new double[n];
        double[] backActual = new double[n];
        for (int i = 0; i < n; i++) {
            backPredicted[i] = predicted[n - 1 - i];
            backActual[i] = actual[n - 1 - i];
        }
        var back = HoldoutEvaluation.of(backPredicted, backActual);
        for (int d = 0; d < 10; d++)
            assertThat(back.deciles().get(d).actual())
                    .isCloseTo(evaluation.deciles().get(d).actual(), within(1e-12));
    }

    @Test
    void whatCannotBeEvaluatedIsSaid() {
        assertThat(HoldoutEvaluation.of(new double[] {1, 2}, new double[] {0, 0})
                        .auc())
                .isNaN();
        assertThatThrownBy(() -> HoldoutEvaluation.of(new double[0], new double[0]))
                .hasMessageContaining("no customers");
        assertThatThrownBy(() -> HoldoutEvaluation.of(new double[] {Double.NaN}, new double[1]))
                .hasMessageContaining("row 0: predicted NaN");
    }

    /** CDNOW's second half, 1,882 purchases: the models see 39 weeks, and must beat everybody going on as before. */
    @Test
    void theModelsPredictCdnowsSecondHalfBetterThanGoingOnAsBefore() {
        var calibration = Cdnow.fromLog();
        double[] bought = Cdnow.purchasesAfterCalibration(calibration);
        double[] asBefore = new double[bought.length];
        for (int i = 0; i < asBefore.length; i++) asBefore[i] = calibration.frequency(i) / calibration.age(i) * 39;
        var naive = HoldoutEvaluation.of(asBefore, bought);
        assertThat(naive.actual()).isEqualTo(1882);
        for (PurchaseModel model :
                new PurchaseModel[] {BgNbd.fit(calibration), MbgNbd.fit(calibration), ParetoNbd.fit(calibration)}) {
            var evaluation = HoldoutEvaluation.of(model.expectedPurchases(calibration, 39), bought);
            assertThat(evaluation.rmse()).isLessThan(naive.rmse());
            assertThat(evaluation.auc()).isGreaterThan(naive.auc());
        }
    }

    /** The paper plots this sum over time, and finds BG/NBD a few per cent short of it after 78 weeks. */
    @Test
    void allRepeatPurchasesOfCdnowTo78WeeksArePredictedToAFewPerCent() {
        var calibration = Cdnow.fromLog();
        double[] after = Cdnow.purchasesAfterCalibration(calibration);
        var model = BgNbd.fit(calibration);
        double bought = 0;
        double expected = 0;
        for (int i = 0; i < calibration.size(); i++) {
            bought += calibration.frequency(i) + after[i];
            expected += model.expectedPurchases(calibration.age(i) + 39);
        }
        assertThat(expected / bought).isBetween(.94, 1.0);
    }
}
