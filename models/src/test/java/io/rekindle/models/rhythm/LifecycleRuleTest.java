package io.rekindle.models.rhythm;

import static io.rekindle.models.rhythm.LifecycleStage.COOLING;
import static io.rekindle.models.rhythm.LifecycleStage.GROWING;
import static io.rekindle.models.rhythm.LifecycleStage.LAPSING;
import static io.rekindle.models.rhythm.LifecycleStage.LOST;
import static io.rekindle.models.rhythm.LifecycleStage.MATURE;
import static io.rekindle.models.rhythm.LifecycleStage.NEW;
import static io.rekindle.models.rhythm.LifecycleStage.PROSPECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LifecycleRuleTest {
    /** Fairly regular buyers, mean interval 30 days, with little to tell of a newcomer. */
    private static final PurchaseRhythm RHYTHM = PurchaseRhythm.of(4, 5, 30, .3, .05);

    @Test
    void theDefaultsAreTheDocumentedOnes() {
        assertThat(LifecycleRule.DEFAULT).isEqualTo(new LifecycleRule(.75, .90, .97, .05, 1, 3));
    }

    @Test
    void aCustomerGoesThroughTheStagesAsTheRhythmSays() {
        // Purchases on these days, looked at on the day after the colon.
        assertThat(stage(1)).isEqualTo(PROSPECT);
        assertThat(stage(10, 0)).isEqualTo(NEW);
        assertThat(stage(40, 0, 30)).isEqualTo(GROWING);
        assertThat(stage(190, 0, 30, 60, 90, 120, 150, 180)).isEqualTo(MATURE);
        assertThat(stage(222, 0, 30, 60, 90, 120, 150, 180)).isEqualTo(COOLING);
        assertThat(stage(235, 0, 30, 60, 90, 120, 150, 180)).isEqualTo(LAPSING);
        assertThat(stage(270, 0, 30, 60, 90, 120, 150, 180)).isEqualTo(LOST);
    }

    @Test
    void oneTimeBuyersAreLateByTheMeasureOfAllRepeatPurchases() {
        // Where many customers hardly ever buy, nobody without a rhythm is ever late by lateness alone.
        PurchaseRhythm irregular = PurchaseRhythm.of(1, .25, 30, .1, .1);
        assertThat(irregular.lateness(0, 0, 900)).isLessThan(.6);
        var data = PurchaseIntervals.fromTransactions(new int[] {0, 1}, new long[] {0, 890}, 1, 900, 3);
        assertThat(LifecycleRule.DEFAULT.stages(irregular, data)).containsExactly(LOST, NEW);
    }

    @Test
    void aCustomerOnTimeWhoBuysMoreSlowlyThanBeforeIsCooling() {
        assertThat(stage(255, 0, 20, 40, 60, 120, 185, 250)).isEqualTo(COOLING);
    }

    @Test
    void aSettledCustomerWhoQuickensIsGrowing() {
        assertThat(stage(240, 0, 60, 120, 180, 200, 220, 238)).isEqualTo(GROWING);
    }

    @Test
    void thresholdsThatDoNotRiseAreRefused() {
        assertThatThrownBy(() -> new LifecycleRule(.9, .8, .99, .05, 1, 3)).hasMessageContaining("must rise");
        assertThatThrownBy(() -> new LifecycleRule(.8, .9, .99, .5, 1, 3)).hasMessageContaining("trend 0.5");
        assertThatThrownBy(() -> new LifecycleRule(.8, .9, .99, .1, 3, 1)).hasMessageContaining("rising");
        assertThatThrownBy(() -> LifecycleRule.DEFAULT.stage(2, Double.NaN, .5)).hasMessageContaining("lateness NaN");
    }

    private static LifecycleStage stage(int today, int... days) {
        int n = days.length;
        if (n == 0) {
            double[] zero = {0};
            var prospect = PurchaseIntervals.of(new int[1], zero, zero, zero, new int[1], zero);
            return LifecycleRule.DEFAULT.stages(RHYTHM, prospect)[0];
        }
        long[] tick = new long[n];
        for (int i = 0; i < n; i++) tick[i] = days[i];
        var data = PurchaseIntervals.fromTransactions(new int[n], tick, 1, today, 3);
        return LifecycleRule.DEFAULT.stages(RHYTHM, data)[0];
    }
}
