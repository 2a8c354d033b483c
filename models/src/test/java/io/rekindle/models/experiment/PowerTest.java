package io.rekindle.models.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PowerTest {
    @Test
    void customersPerArmAreTheReferences() {
        assertThat(Power.customersForProportions(.10, .11, .05, .8, 1)).isCloseTo(14_744.10, within(.005));
        assertThat(Power.customersForProportions(.05, .055, .05, .8, 1)).isCloseTo(31_217.42, within(.005));
        assertThat(Power.customersForProportions(.02, .025, .05, .8, 1)).isCloseTo(13_767.95, within(.005));
    }

    @Test
    void customersMinimumDifferenceAndPowerAreOneEquation() {
        for (double ratio : new double[] {.25, 1, 4}) {
            long control = (long) Math.ceil(Power.customersForProportions(.1, .12, .05, .8, ratio));
            long treated = Math.round(control * ratio);
            assertThat(Power.ofProportions(control, treated, .1, .12, .05)).isCloseTo(.8, within(1e-3));
            assertThat(Power.minimumDetectableRise(control, treated, .1, .05, .8)
                            .orElseThrow())
                    .isCloseTo(.02, within(1e-4));
            long forMeans = (long) Math.ceil(Power.customersForMeans(-3, 40, .01, .9, ratio));
            assertThat(Power.ofMeans(forMeans, Math.round(forMeans * ratio), 3, 40, .01))
                    .isCloseTo(.9, within(1e-3));
            assertThat(Power.minimumDetectableDifference(forMeans, Math.round(forMeans * ratio), 40, .01, .9))
                    .isCloseTo(3, within(.005));
        }
    }

    @Test
    void powerIsTheShareOfSimulatedExperimentsThatFindTheDifference() {
        SplittableRandom random = new SplittableRandom(3);
        int found = 0;
        for (int k = 0; k < 4000; k++) {
            long control = 0;
            long treated = 0;
            for (int i = 0; i < 400; i++) if (random.nextDouble() < .3) control++;
            for (int i = 0; i < 1600; i++) if (random.nextDouble() < .37) treated++;
            if (TwoSampleTest.measured(TwoSample.proportions(400, control, 1600, treated, .05))
                            .p()
                    < .05) found++;
        }
        assertThat(Power.ofProportions(400, 1600, .3, .37, .05)).isCloseTo(found / 4000.0, within(.025));
    }

    @Test
    void withoutADifferencePowerIsTheLevel() {
        assertThat(Power.ofMeans(100, 100, 0, 1, .05)).isCloseTo(.05, within(1e-12));
    }

    @Test
    void aHoldoutTooSmallForAnyRiseSaysSo() {
        assertThat(Power.minimumDetectableRise(2, 2, .5, .05, .8)).isEmpty();
    }

    @Test
    void questionsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> Power.customersForProportions(.1, .1, .05, .8, 1))
                .hasMessageContaining("difference of 0");
        assertThatThrownBy(() -> Power.customersForProportions(1.1, .1, .05, .8, 1))
                .hasMessageContaining("conversion rate of 1.1");
        assertThatThrownBy(() -> Power.customersForMeans(1, 0, .05, .8, 1))
                .hasMessageContaining("standard deviation of 0.0");
        assertThatThrownBy(() -> Power.customersForMeans(1, 1, .05, .04, 1)).hasMessageContaining("power 0.04");
        assertThatThrownBy(() -> Power.ofMeans(0, 5, 1, 1, .05)).hasMessageContaining("0 customers in the control");
    }
}
