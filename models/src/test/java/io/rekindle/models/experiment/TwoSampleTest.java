package io.rekindle.models.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.SharedData;
import io.rekindle.models.experiment.Lift.Measured;
import io.rekindle.models.experiment.Lift.NotMeasurable;
import io.rekindle.models.experiment.Lift.Reason;
import io.rekindle.models.experiment.Lift.Relative;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TwoSampleTest {
    private static final Sample A = new Sample(3407, 1396.87, 52377.9767);
    private static final Sample B = new Sample(3461, 2422.7, 134698.29);

    @Test
    void theDifferenceOfMeansIsTheReferences() {
        Measured lift = measured(TwoSample.means(A, B, .05));
        assertThat(lift.estimate()).isCloseTo(.29, within(.5e-5));
        assertThat(lift.low()).isCloseTo(.04538, within(.5e-5));
        assertThat(lift.high()).isCloseTo(.53462, within(.5e-5));
        assertThat(lift.p()).isCloseTo(.02016, within(.5e-5));
    }

    @Test
    void theRelativeDifferenceIsTheReferences() {
        Relative lift = measured(TwoSample.means(A, B, .05)).relative().orElseThrow();
        assertThat(lift.estimate()).isCloseTo(.70732, within(.5e-5));
        assertThat(lift.low()).isCloseTo(-.03526, within(.5e-5));
        assertThat(lift.high()).isCloseTo(1.44989, within(.5e-5));
        assertThat(lift.p()).isCloseTo(.06191, within(.5e-5));
    }

    @Test
    void womensMailAgainstNoneInHillstromsTestIsTheReferences() {
        Sample women = new Sample(0, 0, 0);
        Sample none = new Sample(0, 0, 0);
        long men = 0;
        for (String row : SharedData.rows("hillstrom/hillstrom.csv")) {
            String[] field = row.split(",");
            Sample one = Sample.of(new double[] {Double.parseDouble(field[field.length - 1])});
            switch (field[field.length - 4]) {
                case "Womens E-Mail" -> women = women.plus(one);
                case "No E-Mail" -> none = none.plus(one);
                default -> men++;
            }
        }
        Measured lift = measured(TwoSample.means(none, women, .05));
        assertThat(lift.estimate()).isCloseTo(.424412, within(.5e-6));
        assertThat(lift.statistic()).isCloseTo(3.256372, within(.5e-6));
        assertThat(lift.p()).isCloseTo(.00112940, within(.5e-8));
        SampleRatio ratio = SampleRatio.test(new long[] {women.n(), none.n(), men}, new double[] {1, 1, 1});
        assertThat(ratio.chiSquare()).isCloseTo(.2025313, within(.5e-7));
        assertThat(ratio.p()).isCloseTo(.903693, within(.5e-6));
        assertThat(ratio.mismatch()).isFalse();
    }

    @Test
    void theCookieCatsGateIsTheReferences() {
        long[] players = new long[2];
        long[] stayed = new long[2];
        for (String row : SharedData.rows("cookie_cats/cookie_cats.csv")) {
            String[] field = row.split(",");
            int arm = field[1].equals("gate_30") ? 0 : 1;
            players[arm]++;
            if (field[4].equals("TRUE")) stayed[arm]++;
        }
        assertThat(players).containsExactly(44_700, 45_489);
        Measured lift = measured(TwoSample.proportions(players[1], stayed[1], players[0], stayed[0], .05));
        assertThat(lift.treatment()).isCloseTo(.190201, within(.5e-6));
        assertThat(lift.control()).isCloseTo(.182000, within(.5e-6));
        assertThat(lift.statistic()).isCloseTo(3.164359, within(.5e-6));
        assertThat(lift.p()).isCloseTo(.001554, within(.5e-6));
        assertThat(SampleRatio.test(players, new double[] {1, 1}).p()).isCloseTo(.008608, within(.5e-6));
    }

    /** 120 of 1,000 against 150 of 1,000, by hand. */
    @Test
    void aSmallExampleOfProportionsIsTheHandCalculation() {
        Measured lift = measured(TwoSample.proportions(1000, 120, 1000, 150, .05));
        double pooled = Math.sqrt(.135 * .865 * 2 / 1000);
        assertThat(lift.estimate()).isCloseTo(.03, within(1e-12));
        assertThat(lift.statistic()).isCloseTo(.03 / pooled, within(1e-12));
        Relative relative = lift.relative().orElseThrow();
        double error = Math.sqrt(.15 * .85 / 1000 / (.12 * .12) + .12 * .88 / 1000 * .15 * .15 / Math.pow(.12, 4));
        assertThat(relative.estimate()).isCloseTo(.25, within(1e-12));
        assertThat(relative.high()).isCloseTo(.25 + 1.959963984540054 * error, within(1e-12));
    }

    @Test
    void exchangingTheArmsTurnsTheSignAndKeepsThePValue() {
        Measured one = measured(TwoSample.means(A, B, .1));
        Measured other = measured(TwoSample.means(B, A, .1));
        assertThat(other.estimate()).isEqualTo(-one.estimate());
        assertThat(other.low()).isEqualTo(-one.high());
        assertThat(other.p()).isEqualTo(one.p());
        assertThat(other.confidence()).isEqualTo(.9);
    }

    @Test
    void theCurrencyScalesTheDifferenceAndLeavesPAndTheRelativeDifference() {
        Measured one = measured(TwoSample.means(A, B, .05));
        Measured cents = measured(TwoSample.means(
                new Sample(A.n(), A.sum() * 100, A.sumOfSquares() * 1e4),
                new Sample(B.n(), B.sum() * 100, B.sumOfSquares() * 1e4),
                .05));
        assertThat(cents.estimate()).isCloseTo(100 * one.estimate(), within(1e-9));
        assertThat(cents.high()).isCloseTo(100 * one.high(), within(1e-9));
        assertThat(cents.p()).isCloseTo(one.p(), within(1e-12));
        assertThat(cents.relative().orElseThrow().low())
                .isCloseTo(one.relative().orElseThrow().low(), within(1e-12));
    }

    @Test
    void sumsOfPartsAreTheSumOfTheWhole() {
        double[] values = new SplittableRandom(1).doubles(50).toArray();
        Sample whole = Sample.of(values);
        Sample parts = Sample.of(Arrays.copyOf(values, 20)).plus(Sample.of(Arrays.copyOfRange(values, 20, 50)));
        assertThat(parts.n()).isEqualTo(50);
        assertThat(parts.variance()).isCloseTo(whole.variance(), within(1e-12));
    }

    @Test
    void whatCannotBeToldIsNotMeasurableAndSaysWhatItWouldTake() {
        var few = (NotMeasurable) TwoSample.proportions(200, 1, 800, 3, .05);
        assertThat(few.reason()).isEqualTo(Reason.TOO_FEW_CONVERSIONS);
        assertThat(few.because()).contains("0.4000 %", "200 customers", "0.8000 expected conversions");
        // 5 / .004
        assertThat(few.whatItWouldTake()).isEqualTo("at least 5: 1,250 customers in the smaller arm");
        assertThat(((NotMeasurable) TwoSample.proportions(200, 0, 800, 0, .05)).whatItWouldTake())
                .contains("wait longer");
        assertThat(((NotMeasurable) TwoSample.proportions(200, 200, 800, 800, .05)).because())
                .contains("0.000 expected non-conversions");
        assertThat(((NotMeasurable) TwoSample.means(Sample.of(new double[] {3}), A, .05)).reason())
                .isEqualTo(Reason.TOO_FEW_CUSTOMERS);
        var still = (NotMeasurable) TwoSample.means(Sample.of(new double[] {0, 0, 0}), A, .05);
        assertThat(still.reason()).isEqualTo(Reason.NO_VARIATION);
        assertThat(still.because()).isEqualTo("all 3 outcomes of the control arm are 0.000");
    }

    @Test
    void noRelativeDifferenceToAMeanThatMayBeZero() {
        Sample noise = Sample.of(new double[] {-5, 5, -4, 4.5, 1});
        assertThat(measured(TwoSample.means(noise, A, .05)).relative()).isEmpty();
    }

    @Test
    void sumsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new Sample(10, 50, 200)).hasMessageContaining("cannot have squares");
        assertThatThrownBy(() -> new Sample(-1, 0, 0)).hasMessageContaining("-1 customers");
        assertThatThrownBy(() -> new Sample(0, 1, 1)).hasMessageContaining("0 outcomes");
        assertThatThrownBy(() -> new Sample(1, Double.NaN, 1)).hasMessageContaining("must be numbers");
        assertThatThrownBy(() -> Sample.ofConversions(5, 6)).hasMessageContaining("6 conversions of 5 customers");
        assertThatThrownBy(() -> TwoSample.means(A, B, 0)).hasMessageContaining("alpha 0.0");
    }

    static Measured measured(Lift lift) {
        return switch (lift) {
            case Measured measured -> measured;
            case NotMeasurable not -> throw new AssertionError(not.toString());
        };
    }
}
