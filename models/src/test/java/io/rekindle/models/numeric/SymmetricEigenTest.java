package io.rekindle.models.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {
    @Test
    void vectorsTimesValuesGiveTheMatrixBackEvenWithRowsOfZerosAndUnequalScales() {
        SplittableRandom random = new SplittableRandom(1);
        for (int t = 0; t < 200; t++) {
            int n = 1 + random.nextInt(6);
            double[][] matrix = new double[n][n];
            for (int i = 0; i < n; i++)
                for (int j = 0; j <= i; j++) {
                    boolean empty = random.nextInt(4) == 0;
                    matrix[i][j] = empty ? 0 : random.nextGaussian() * Math.pow(10, -random.nextInt(8));
                    matrix[j][i] = matrix[i][j];
                }
            var eigen = new SymmetricEigen(matrix);
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++) {
                    double back = 0;
                    double unit = 0;
                    for (int k = 0; k < n; k++) {
                        back += eigen.vectors[i][k] * eigen.values[k] * eigen.vectors[j][k];
                        unit += eigen.vectors[i][k] * eigen.vectors[j][k];
                    }
                    assertThat(back).isCloseTo(matrix[i][j], within(1e-13));
                    assertThat(unit).isCloseTo(i == j ? 1 : 0, within(1e-13));
                }
        }
    }
}
