package io.rekindle.models.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SampleRatioTest {
    @Test
    void theProbabilitiesAreTheReferences() {
        assertThat(SampleRatio.test(new long[] {1000, 1200}, new double[] {.5, .5})
                        .p())
                .isCloseTo(.000020079, within(.5e-9));
        assertThat(SampleRatio.test(new long[] {310, 98}, new double[] {.75, .25})
                        .p())
                .isCloseTo(.647434186, within(.5e-9));
        // The reference draws three arms as .34, .33, .33: 44²/544 + 28²/528 + 72²/528 = 14.862, exp(−14.862 / 2).
        SampleRatio three = SampleRatio.test(new long[] {500, 500, 600}, new double[] {.34, .33, .33});
        assertThat(three.p()).isCloseTo(.000592638, within(.5e-9));
        assertThat(three.degreesOfFreedom()).isEqualTo(2);
        assertThat(three.mismatch()).isTrue();
    }

    @Test
    void exactSharesAreNoMismatch() {
        SampleRatio ratio = SampleRatio.test(new long[] {200, 800}, new double[] {.2, .8});
        assertThat(ratio.chiSquare()).isZero();
        assertThat(ratio.p()).isEqualTo(1);
    }

    @Test
    void armsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> SampleRatio.test(new long[] {1}, new double[] {1}))
                .hasMessageContaining("at least 2");
        assertThatThrownBy(() -> SampleRatio.test(new long[] {1, 2}, new double[] {1}))
                .hasMessageContaining("2 arms observed, 1 shares");
        assertThatThrownBy(() -> SampleRatio.test(new long[] {1, -2}, new double[] {1, 1}))
                .hasMessageContaining("arm 1: -2 customers");
        assertThatThrownBy(() -> SampleRatio.test(new long[] {1, 2}, new double[] {1, 0}))
                .hasMessageContaining("arm 1: share 0.0");
        assertThatThrownBy(() -> SampleRatio.test(new long[2], new double[] {1, 1}))
                .hasMessageContaining("no customers");
    }
}
