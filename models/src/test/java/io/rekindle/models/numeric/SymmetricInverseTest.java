package io.rekindle.models.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricInverseTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 9, 16, 61})
    void timesTheMatrixItIsTheIdentity(int n) {
        SplittableRandom random = new SplittableRandom(n);
        double[][] root = new double[n][n];
        for (double[] row : root) for (int j = 0; j < n; j++) row[j] = random.nextDouble() - .5;
        double[][] a = new double[n][n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < n; k++) a[i][j] += root[i][k] * root[j][k];
                if (i == j) a[i][j] += .1;
            }
        double[][] inverse = new double[n][];
        for (int i = 0; i < n; i++) inverse[i] = a[i].clone();
        SymmetricInverse.invert(inverse);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                double product = 0;
                for (int k = 0; k < n; k++) product += a[i][k] * inverse[k][j];
                assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-9));
                assertThat(inverse[i][j]).isEqualTo(inverse[j][i]);
            }
    }

    @Test
    void whatIsNotPositiveDefiniteIsRefused() {
        assertThatThrownBy(() -> SymmetricInverse.invert(new double[][] {{1, 2}, {2, 1}}))
                .hasMessageContaining("not positive definite");
    }
}
