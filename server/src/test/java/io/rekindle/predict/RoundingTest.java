package io.rekindle.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundingTest {
    @Test
    void roundsAsDecimalsDo() {
        var random = new Random(1);
        for (int n = 0; n < 200_000; n++) {
            double value = (random.nextDouble() - .5) * Math.pow(10, random.nextInt(-20, 20));
            var exact = new BigDecimal(value).round(new MathContext(4));
            assertThat(Prediction.rounded(value)).as("%s", value).isEqualTo(exact.doubleValue());
        }
    }

    @Test
    void leavesWhatHasFewDigitsAsItIs() {
        for (double value : new double[] {0, 1, -1, .5, 9.999, 1000, 99.95, 1e-300, 1e300, .001})
            assertThat(Prediction.rounded(value)).isEqualTo(value);
    }
}
