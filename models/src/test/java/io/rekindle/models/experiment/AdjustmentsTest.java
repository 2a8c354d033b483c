package io.rekindle.models.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.Draws;
import io.rekindle.models.experiment.Lift.Measured;
import io.rekindle.models.experiment.Lift.NotMeasurable;
import io.rekindle.models.experiment.Lift.Reason;
import io.rekindle.models.experiment.Posterior.Prior;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdjustmentsTest {
    private static final Look ONCE = new Look.Once(.05);

    /** θ = 0.8, correlation 0.8 / √(0.8² + 0.6²) = 0.8: the variance is 1 − 0.64 of what it was. */
    @Test
    void cupedTakesTheCovariatesShareOfTheVarianceOut() {
        SplittableRandom random = new SplittableRandom(5);
        double[][] x = new double[2][20_000];
        double[][] y = new double[2][20_000];
        for (int arm = 0; arm < 2; arm++)
            for (int i = 0; i < 20_000; i++) {
                x[arm][i] = random.nextGaussian();
                y[arm][i] = 3 + .8 * x[arm][i] + .6 * random.nextGaussian() + .05 * arm;
            }
        Cuped cuped = Cuped.means(JointSample.of(y[0], x[0]), JointSample.of(y[1], x[1]), ONCE);
        assertThat(cuped.theta()).isCloseTo(.8, within(.01));
        assertThat(cuped.varianceKept()).isCloseTo(.36, within(.01));
        assertThat(cuped.correlation()).isCloseTo(.8, within(.01));
        Measured adjusted = TwoSampleTest.measured(cuped.adjusted());
        Measured plain = TwoSampleTest.measured(cuped.plain());
        assertThat(adjusted.standardError() / plain.standardError()).isCloseTo(.6, within(.01));
        assertThat(adjusted.estimate()).isCloseTo(.05, within(.02));
        // The shift of a covariate changes nothing.
        double[][] shifted = {
            Arrays.stream(x[0]).map(v -> v + 7).toArray(),
            Arrays.stream(x[1]).map(v -> v + 7).toArray()
        };
        Measured moved = TwoSampleTest.measured(
                Cuped.means(JointSample.of(y[0], shifted[0]), JointSample.of(y[1], shifted[1]), ONCE)
                        .adjusted());
        assertThat(moved.low()).isCloseTo(adjusted.low(), within(1e-9));
        assertThat(moved.relative().orElseThrow().high())
                .isCloseTo(adjusted.relative().orElseThrow().high(), within(1e-9));
    }

    /** By regression: y on arm and x − mean x by least squares gives the same difference. */
    @Test
    void cupedsDifferenceIsThatOfTheRegressionOnArmAndCovariate() {
        double[] x = {1, 2, 4, 3, 5, 2, 6};
        double[] y = {2, 3, 5, 5, 9, 4, 9};
        int[] arm = {0, 0, 0, 1, 1, 1, 1};
        double[][] normal = new double[3][4];
        for (int i = 0; i < 7; i++) {
            double[] row = {1, arm[i], x[i], y[i]};
            for (int a = 0; a < 3; a++) for (int b = 0; b < 4; b++) normal[a][b] += row[a] * row[b];
        }
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++)
                if (b != a) {
                    double factor = normal[b][a] / normal[a][a];
                    for (int c = 0; c < 4; c++) normal[b][c] -= factor * normal[a][c];
                }
        Cuped cuped = Cuped.means(
                JointSample.of(Arrays.copyOf(y, 3), Arrays.copyOf(x, 3)),
                JointSample.of(Arrays.copyOfRange(y, 3, 7), Arrays.copyOfRange(x, 3, 7)),
                ONCE);
        assertThat(cuped.theta()).isCloseTo(normal[2][3] / normal[2][2], within(1e-12));
        assertThat(TwoSampleTest.measured(cuped.adjusted()).estimate())
                .isCloseTo(normal[1][3] / normal[1][1], within(1e-12));
    }

    @Test
    void aCovariateThatDoesNotVaryChangesNothingAndOneThatIsTheOutcomeIsRefused() {
        double[] y = {1, 2, 4, 3};
        JointSample still = JointSample.of(y, new double[] {5, 5, 5, 5});
        Cuped cuped = Cuped.means(still, still, ONCE);
        assertThat(cuped.theta()).isZero();
        assertThat(cuped.adjusted()).isEqualTo(cuped.plain());
        JointSample same = JointSample.of(y, y);
        assertThat(((NotMeasurable) Cuped.means(same, same, ONCE).adjusted()).because())
                .contains("explains every difference");
    }

    /** Revenue per order, 30 of 6 orders against 40 of 5, the contributions written out. */
    @Test
    void aRatiosErrorIsThatOfItsCustomersContributions() {
        double[] revenue = {10, 0, 15, 5};
        double[] orders = {2, 1, 2, 1};
        JointSample control = JointSample.of(revenue, orders);
        assertThat(control.ratio()).isEqualTo(5);
        double[] contribution = {(10 - 5 * 2) / 1.5, (0 - 5) / 1.5, (15 - 5 * 2) / 1.5, 0};
        assertThat(control.ratioDeviation())
                .isCloseTo(Math.sqrt(Sample.of(contribution).variance()), within(1e-12));
        JointSample treatment = JointSample.of(new double[] {20, 12, 8}, new double[] {2, 1, 2});
        Measured lift = TwoSampleTest.measured(TwoSample.ratios(control, treatment, ONCE));
        assertThat(lift.estimate()).isCloseTo(8 - 5, within(1e-12));
        assertThat(lift.standardError())
                .isCloseTo(
                        Math.sqrt(Math.pow(control.ratioDeviation(), 2) / 4
                                + Math.pow(treatment.ratioDeviation(), 2) / 3),
                        within(1e-12));
        assertThat(Power.customersForRatios(3, control, .05, .8, 1))
                .isCloseTo(
                        Power.customersForMeans(
                                3, Math.sqrt(Sample.of(contribution).variance()), .05, .8, 1),
                        within(1e-9));
        assertThat(Power.ofRatios(40, 40, 3, control, .05)).isBetween(.5, 1.0);
        assertThat(Power.minimumDetectableRatioDifference(40, 40, control, .05, .8))
                .isLessThan(3);
    }

    @Test
    void aRatioWhoseLowerNumberMayBeZeroIsNotMeasurable() {
        JointSample odd = JointSample.of(new double[] {1, 2, 3}, new double[] {1, -1, .1});
        JointSample fine = JointSample.of(new double[] {1, 2, 3}, new double[] {1, 1, 1});
        assertThat(((NotMeasurable) TwoSample.ratios(odd, fine, ONCE)).reason())
                .isEqualTo(Reason.DENOMINATOR_NEAR_ZERO);
        JointSample fixed = JointSample.of(new double[] {2, 4, 6}, new double[] {1, 2, 3});
        assertThat(((NotMeasurable) TwoSample.ratios(fine, fixed, ONCE)).reason())
                .isEqualTo(Reason.NO_VARIATION);
        JointSample none = JointSample.of(new double[] {1, 2, 3}, new double[3]);
        assertThat(((NotMeasurable) TwoSample.ratios(none, fine, ONCE)).reason())
                .isEqualTo(Reason.DENOMINATOR_NEAR_ZERO);
    }

    /** 100 against 100, half of the treated reached: 0.1 over all is 0.2 for those reached. */
    @Test
    void theEffectOnCompliersIsTheDifferenceOverTheirShare() {
        SplittableRandom random = new SplittableRandom(8);
        double[][] y = new double[2][100];
        double[][] d = new double[2][100];
        for (int i = 0; i < 100; i++) {
            y[0][i] = random.nextDouble();
            y[1][i] = random.nextDouble() + .1;
            d[1][i] = i % 2;
        }
        Compliance compliance = Compliance.of(JointSample.of(y[0], d[0]), JointSample.of(y[1], d[1]), .05);
        Measured all = TwoSampleTest.measured(compliance.intentionToTreat());
        assertThat(compliance.complierShare()).isEqualTo(.5);
        assertThat(compliance.onCompliers().orElseThrow().estimate()).isCloseTo(2 * all.estimate(), within(1e-12));
        // Looked at any time: the same errors, with the reach and the p-value the headline has.
        var anytime = new Look.Anytime(.05);
        Compliance watched = Compliance.of(JointSample.of(y[0], d[0]), JointSample.of(y[1], d[1]), anytime);
        Measured allAnytime = TwoSampleTest.measured(watched.intentionToTreat());
        var on = watched.onCompliers().orElseThrow();
        assertThat(on.high() - on.estimate()).isCloseTo(anytime.reach(200) * on.standardError(), within(1e-12));
        assertThat(on.p()).isCloseTo(allAnytime.p(), within(1e-12));
        assertThat(on.standardError())
                .isEqualTo(compliance.onCompliers().orElseThrow().standardError());
    }

    @Test
    void withHardlyAnyoneMovedNoEffectOnThemIsStated() {
        double[] y = {1, 2, 3, 4, 5};
        Compliance weak = Compliance.of(
                JointSample.of(y, new double[] {1, 0, 1, 0, 0}), JointSample.of(y, new double[] {1, 0, 1, 0, 1}), .05);
        assertThat(weak.firstStage()).isLessThan(10);
        assertThat(weak.onCompliers()).isEmpty();
    }

    /** By hand: 4 × .01, 3 × .013, 2 × .03 and 1 × .5, each at least the one before; Hochberg from the other end. */
    @Test
    void adjustedPValuesAreTheHandCalculation() {
        double[] p = {.03, .5, .01, .013};
        assertThat(MultipleComparisons.holm(p)).containsExactly(new double[] {.06, .5, .04, .04}, within(1e-15));
        assertThat(MultipleComparisons.benjaminiHochberg(p))
                .containsExactly(new double[] {.04, .5, .026, .026}, within(1e-15));
        assertThat(MultipleComparisons.holm(new double[0])).isEmpty();
        assertThatThrownBy(() -> MultipleComparisons.holm(new double[] {.1, Double.NaN}))
                .hasMessageContaining("p-value 1 is NaN");
    }

    @Test
    void holmRarelyReportsAnythingFalseAndHochbergASmallShare() {
        SplittableRandom random = new SplittableRandom(6);
        int anyFalse = 0;
        double falseShare = 0;
        int experiments = 10_000;
        for (int k = 0; k < experiments; k++) {
            double[] p = new double[20];
            for (int i = 0; i < 20; i++) p[i] = Normal.twoSided(random.nextGaussian() + (i < 5 ? 3 : 0));
            double[] holm = MultipleComparisons.holm(p);
            double[] hochberg = MultipleComparisons.benjaminiHochberg(p);
            int reported = 0;
            int wrong = 0;
            boolean any = false;
            for (int i = 0; i < 20; i++) {
                if (i >= 5 && holm[i] < .05) any = true;
                if (hochberg[i] < .05) reported++;
                if (i >= 5 && hochberg[i] < .05) wrong++;
            }
            if (any) anyFalse++;
            if (reported > 0) falseShare += (double) wrong / reported;
        }
        assertThat(anyFalse / (double) experiments).isLessThan(.05);
        // Benjamini and Hochberg's exact rate for independent questions: 15 of 20 without effect times 0.05.
        assertThat(falseShare / experiments).isCloseTo(.0375, within(.005));
    }

    @Test
    void limitsAreTheQuantilesOfAllOutcomes() {
        double[] outcomes = {0, 0, 0, 10, 20, 30, 40, 1000};
        Winsor limits = Winsor.above(outcomes, .75, true);
        assertThat(limits.high()).isEqualTo(40);
        assertThat(limits.cap(outcomes)).containsExactly(0, 0, 0, 10, 20, 30, 40, 40);
        assertThat(Winsor.above(outcomes, .5, false).high()).isEqualTo(15);
        assertThat(Winsor.between(new double[] {-9, 1, 2, 3, 9}, .25, .75, false)
                        .cap(-9))
                .isEqualTo(1);
        assertThatThrownBy(() -> Winsor.above(new double[] {0, 0}, .9, true))
                .hasMessageContaining("no outcome differs");
        assertThatThrownBy(() -> Winsor.above(new double[] {1, Double.NaN}, .9, false))
                .hasMessageContaining("NaN");
    }

    @Test
    void theExactPosteriorOfRatesIsThatOfManyDraws() {
        Posterior posterior = Posterior.ofRates(40, 3, 60, 9, .5, .5, .9);
        SplittableRandom random = new SplittableRandom(2);
        int draws = 400_000;
        double[] difference = new double[draws];
        double better = 0;
        double loss = 0;
        for (int i = 0; i < draws; i++) {
            difference[i] = Draws.beta(random, 9.5, 51.5) - Draws.beta(random, 3.5, 37.5);
            if (difference[i] > 0) better++;
            loss += Math.max(0, -difference[i]);
        }
        Arrays.sort(difference);
        assertThat(posterior.chanceToBeat()).isCloseTo(better / draws, within(.003));
        assertThat(posterior.lossIfChosen()).isCloseTo(loss / draws, within(1e-4));
        assertThat(posterior.low()).isCloseTo(difference[draws / 20], within(.001));
        assertThat(posterior.high()).isCloseTo(difference[draws - draws / 20], within(.001));
        assertThat(posterior.lossIfRefused() - posterior.lossIfChosen()).isCloseTo(posterior.mean(), within(1e-12));
    }

    /** Without data both rates are uniform: the chance is ½ and E[max(p − q, 0)] = 1/6. */
    @Test
    void withoutDataThePosteriorIsThePrior() {
        Posterior none = Posterior.ofRates(0, 0, 0, 0, 1, 1, .95);
        assertThat(none.chanceToBeat()).isCloseTo(.5, within(1e-9));
        assertThat(none.lossIfChosen()).isCloseTo(1.0 / 6, within(1e-9));
        // P(p − q < d) = (1 + d)² / 2 for d < 0: the 2.5 % point is √0.05 − 1.
        assertThat(none.low()).isCloseTo(Math.sqrt(.05) - 1, within(1e-6));
        Posterior huge = Posterior.ofRates(10_000_000, 1_000_000, 10_000_000, 1_000_500, 1, 1, .95);
        assertThat(huge.chanceToBeat())
                .isCloseTo(
                        Posterior.ofEffect(huge.mean(), huge.standardDeviation(), Prior.FLAT, .95)
                                .chanceToBeat(),
                        within(1e-6));
    }

    @Test
    void questionsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new Look.Once(0)).hasMessageContaining("alpha 0.0");
        assertThatThrownBy(() -> new Look.Anytime(.05, 0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> JointSample.of(new double[2], new double[3])).hasMessageContaining("2 first and 3");
        assertThatThrownBy(() -> new JointSample(2, 1, 1, 1, 1, 5)).hasMessageContaining("products cannot sum");
        assertThatThrownBy(() -> Posterior.ofEffect(1, 0, Prior.FLAT, .95)).hasMessageContaining("standard error 0.0");
        assertThatThrownBy(() -> Posterior.ofRates(1, 2, 3, 1, 1, 1, .95)).hasMessageContaining("2 conversions of 1");
        assertThatThrownBy(() -> Power.deviationWithCovariate(1, 1)).hasMessageContaining("correlation of 1.0");
    }
}
