package io.rekindle.models.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.hipparchus.special.Beta;
import org.junit.jupiter.api.Test;

class IncompleteBetaTest {
    @Test
    void itAgreesWithAnotherImplementationForAllKindsOfShapes() {
        SplittableRandom random = new SplittableRandom(1);
        for (int k = 0; k < 5000; k++) {
            double a = Math.exp(random.nextDouble(-4, 6));
            double b = Math.exp(random.nextDouble(-4, 6));
            double x = random.nextDouble();
            assertThat(IncompleteBeta.regularized(x, 1 - x, a, b))
                    .as("x %s a %s b %s", x, a, b)
                    .isCloseTo(Beta.regularizedBeta(x, a, b), within(1e-11));
        }
    }

    @Test
    void smallTailsKeepTheirRelativeAccuracy() {
        // I_x(a, 1) = x^a
        assertThat(IncompleteBeta.regularized(1e-3, .999, 60, 1)).isCloseTo(1e-180, within(1e-192));
        assertThat(IncompleteBeta.regularized(0, 1, 2, 3)).isZero();
        assertThat(IncompleteBeta.regularized(1, 0, 2, 3)).isEqualTo(1);
    }
}
