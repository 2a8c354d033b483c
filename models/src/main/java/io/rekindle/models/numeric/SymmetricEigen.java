package io.rekindle.models.numeric;

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations: for the handful of parameters of a
 * model as quick as any, accurate for badly scaled matrices, and at ease with rows of zeros, which a parameter the data
 * say nothing about leaves in the Hessian.
 */
final class SymmetricEigen {
    final double[] values;
    /** Column k belongs to value k. */
    final double[][] vectors;

    SymmetricEigen(double[][] matrix) {
        int n = matrix.length;
        double[][] a = new double[n][];
        vectors = new double[n][n];
        for (int i = 0; i < n; i++) {
            a[i] = matrix[i].clone();
            vectors[i][i] = 1;
        }
        for (int sweep = 0; sweep < 60 && offDiagonal(a) > 0; sweep++)
            for (int p = 0; p < n; p++) for (int q = p + 1; q < n; q++) rotate(a, p, q);
        values = new double[n];
        for (int i = 0; i < n; i++) values[i] = a[i][i];
    }

    private static double offDiagonal(double[][] a) {
        double sum = 0;
        for (int i = 0; i < a.length; i++)
            for (int j = i + 1; j < a.length; j++)
                if (Math.abs(a[i][j]) > 1e-18 * (Math.abs(a[i][i]) + Math.abs(a[j][j]))) sum += Math.abs(a[i][j]);
        return sum;
    }

    private void rotate(double[][] a, int p, int q) {
        if (a[p][q] == 0) return;
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
        double cosine = 1 / Math.hypot(t, 1);
        double sine = t * cosine;
        int n = a.length;
        for (int i = 0; i < n; i++) {
            double ip = a[i][p];
            double iq = a[i][q];
            a[i][p] = cosine * ip - sine * iq;
            a[i][q] = sine * ip + cosine * iq;
        }
        for (int i = 0; i < n; i++) {
            double pi = a[p][i];
            double qi = a[q][i];
            a[p][i] = cosine * pi - sine * qi;
            a[q][i] = sine * pi + cosine * qi;
        }
        a[p][q] = 0;
        a[q][p] = 0;
        for (int i = 0; i < n; i++) {
            double ip = vectors[i][p];
            double iq = vectors[i][q];
            vectors[i][p] = cosine * ip - sine * iq;
            vectors[i][q] = sine * ip + cosine * iq;
        }
    }
}
