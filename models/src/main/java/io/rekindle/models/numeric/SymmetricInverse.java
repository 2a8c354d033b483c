package io.rekindle.models.numeric;

import java.util.stream.IntStream;

/**
 * The inverse of a symmetric positive definite matrix, in place.
 *
 * <p>Sweeping a block K of rows and columns turns A into
 *
 * <pre>  [ −A_KK⁻¹        A_KK⁻¹ A_KJ             ]
 *  [ A_IK A_KK⁻¹   A_IJ − A_IK A_KK⁻¹ A_KJ ]</pre>
 *
 * and after all blocks were swept A is −A⁻¹ (Goodnight, The American Statistician 33, 1979). Without pivoting this is stable for
 * positive definite matrices that are not near singular; callers add a ridge. Only the upper triangle is worked on: n³/2
 * multiplications, in rows that lie together, in parallel by row. The result does not depend on the number of threads.
 *
 * <p>Complexity: n³/2 multiplications, no memory beside the matrix.
 */
public final class SymmetricInverse {
    private static final int BLOCK = 8;

    private SymmetricInverse() {}

    /**
     * Inverts.
     *
     * @param a all of it; holds the inverse afterwards
     * @throws IllegalArgumentException when it is not positive definite
     */
    public static void invert(double[][] a) {
        int n = a.length;
        for (int from = 0; from < n; from += BLOCK) sweep(a, from, Math.min(n, from + BLOCK));
        IntStream.range(0, n).parallel().forEach(i -> {
            for (int j = i; j < n; j++) a[i][j] = -a[i][j];
        });
        for (int i = 0; i < n; i++) for (int j = 0; j < i; j++) a[i][j] = a[j][i];
    }

    private static void sweep(double[][] a, int from, int to) {
        int n = a.length;
        int size = to - from;
        // Always BLOCK rows, those beyond the end zero: one inner loop for all blocks.
        double[][] panel = new double[BLOCK][n];
        for (int k = 0; k < size; k++) {
            for (int j = 0; j < from; j++) panel[k][j] = a[j][from + k];
            for (int j = from; j < to; j++) panel[k][j] = j < from + k ? a[j][from + k] : a[from + k][j];
            System.arraycopy(a[from + k], to, panel[k], to, n - to);
        }
        double[][] pivot = new double[size][size];
        for (int k = 0; k < size; k++) System.arraycopy(panel[k], from, pivot[k], 0, size);
        small(pivot);
        double[][] product = new double[BLOCK][n];
        for (int k = 0; k < size; k++)
            for (int l = 0; l < size; l++) {
                double factor = pivot[k][l];
                double[] row = panel[l];
                double[] into = product[k];
                for (int j = 0; j < n; j++) into[j] += factor * row[j];
            }
        IntStream.range(0, n).parallel().forEach(i -> {
            if (i >= from && i < to) return;
            subtract(a[i], panel, product, i, n);
        });
        for (int k = 0; k < size; k++) {
            for (int j = 0; j < from; j++) a[j][from + k] = product[k][j];
            for (int l = k; l < size; l++) a[from + k][from + l] = -pivot[k][l];
            System.arraycopy(product[k], to, a[from + k], to, n - to);
        }
    }

    private static void subtract(double[] row, double[][] panel, double[][] product, int i, int n) {
        double f0 = panel[0][i];
        double f1 = panel[1][i];
        double f2 = panel[2][i];
        double f3 = panel[3][i];
        double f4 = panel[4][i];
        double f5 = panel[5][i];
        double f6 = panel[6][i];
        double f7 = panel[7][i];
        double[] p0 = product[0];
        double[] p1 = product[1];
        double[] p2 = product[2];
        double[] p3 = product[3];
        double[] p4 = product[4];
        double[] p5 = product[5];
        double[] p6 = product[6];
        double[] p7 = product[7];
        for (int j = i; j < n; j++)
            row[j] -= f0 * p0[j]
                    + f1 * p1[j]
                    + f2 * p2[j]
                    + f3 * p3[j]
                    + f4 * p4[j]
                    + f5 * p5[j]
                    + f6 * p6[j]
                    + f7 * p7[j];
    }

    /** Gauss and Jordan, for the few rows of a pivot. */
    private static void small(double[][] a) {
        int n = a.length;
        for (int k = 0; k < n; k++) {
            double pivot = a[k][k];
            if (!(pivot > 0))
                throw new IllegalArgumentException("the matrix is not positive definite: a pivot is " + pivot);
            a[k][k] = 1;
            for (int j = 0; j < n; j++) a[k][j] /= pivot;
            for (int i = 0; i < n; i++) {
                if (i == k) continue;
                double factor = a[i][k];
                a[i][k] = 0;
                for (int j = 0; j < n; j++) a[i][j] -= factor * a[k][j];
            }
        }
    }
}
