package io.rekindle.models.learn;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;

/**
 * Linear and logistic regression with a ridge penalty whose strength the data choose.
 *
 * <p>What: minimises mean loss + λ/2 · Σβ², the intercept free, by Newton's method with step halving (for the squared loss
 * one step is exact). As the loss is a mean, doubling every row changes nothing. Of the λ from 1 down to 10⁻⁶, by decades
 * and then halves of them, the one with the least leave-one-out loss is taken: for the squared loss leaving a row out is exact algebra; for the logistic it is
 * one Newton step away, so no folds have to be drawn and the result does not hang on how they fell.
 *
 * <p>Assumptions: features of about unit scale, as {@link io.rekindle.models.table.LinearEncoding} makes them.
 * Source: Hoerl and Kennard (1970); Rad and Maleki, "A scalable estimate of the out-of-sample prediction error via
 * approximate leave-one-out cross-validation", JRSS B 82 (2020), eq. 8.
 *
 * <p>Numerics: squared outcomes are divided by their standard deviation, so that λ means the same in every unit. Complexity:
 * O(n · width²) a step; with more than 8,000 rows (of many features fewer) λ is chosen on the first so many, so hand the
 * rows over in an order that says nothing. Immutable.
 */
public final class Ridge {
    private static final int ROWS_FOR_CHOICE = 8_000;

    /** Rows times width² of one look at a penalty. */
    private static final double WORK_FOR_CHOICE = 4e8;

    private static final int MOST_STEPS = 40;

    private final Loss loss;
    private final double intercept;
    private final double[] coefficients;
    private final double lambda;
    private final int rows;

    private Ridge(Loss loss, double intercept, double[] coefficients, double lambda, int rows) {
        this.loss = loss;
        this.intercept = intercept;
        this.coefficients = coefficients;
        this.lambda = lambda;
        this.rows = rows;
    }

    /**
     * Fits on rows of features.
     *
     * @param x row by row
     * @param width features of a row; with none, everybody gets the mean
     * @param y outcomes; 0 and 1 for the logistic loss
     */
    public static Ridge fit(double[] x, int width, double[] y, Loss loss) {
        return fit(x, width, y, loss, OptionalDouble.empty());
    }

    /**
     * Fits with a penalty chosen elsewhere, for example on more rows of the same kind.
     *
     * @param prior what a fit's {@link #prior} told; empty to choose it
     */
    public static Ridge fit(double[] x, int width, double[] y, Loss loss, OptionalDouble prior) {
        int n = y.length;
        if (n == 0) throw new IllegalArgumentException("there are no rows to fit on");
        if (x.length != (long) n * width)
            throw new IllegalArgumentException("%d numbers are not %d rows of %d".formatted(x.length, n, width));
        double mean = Arrays.stream(y).sum() / n;
        double scale = 1;
        double centre = 0;
        double[] target = y;
        if (loss == Loss.SQUARED) {
            double squares = 0;
            for (double value : y) squares += (value - mean) * (value - mean);
            scale = Math.sqrt(squares / n);
            centre = mean;
            if (!(scale > 1e-12 * Math.abs(mean))) return new Ridge(loss, mean, new double[width], 1, n);
            double by = scale;
            target = Arrays.stream(y).map(value -> (value - mean) / by).toArray();
        } else if (mean == 0 || mean == 1) {
            // One outcome only: a rate a little inside, and nothing to tell rows apart.
            double rate = (mean * n + .5) / (n + 1);
            return new Ridge(loss, Math.log(rate / (1 - rate)), new double[width], 1, n);
        }
        var search = new Search(x, width, target, n, loss);
        double lambda;
        if (prior.isPresent()) lambda = prior.getAsDouble() / n;
        else {
            int m = (int) Math.min(
                    n,
                    Math.max(
                            10.0 * width, Math.min(ROWS_FOR_CHOICE, WORK_FOR_CHOICE / (1.0 + (double) width * width))));
            var choosing = new Search(x, width, target, m, loss);
            // The same prior beside more rows.
            lambda = chosen(choosing) * m / n;
            search.beta = choosing.beta;
        }
        search.minimise(lambda);
        double by = scale;
        return new Ridge(
                loss,
                centre + by * search.beta[width],
                Arrays.stream(search.beta, 0, width).map(b -> b * by).toArray(),
                lambda,
                n);
    }

    /** The penalty with the least leave-one-out loss. */
    private static double chosen(Search choosing) {
        double best = Double.POSITIVE_INFINITY;
        int decade = 0;
        for (int tried = 0; tried <= 6 && tried - decade < 3; tried++) {
            double left = choosing.tried(Math.pow(10, -tried));
            if (left < best) {
                best = left;
                decade = tried;
            }
        }
        double lambda = Math.pow(10, -decade);
        for (double half : new double[] {-.5, .5}) {
            double near = Math.pow(10, -decade + half);
            double left = choosing.tried(near);
            if (left < best) {
                best = left;
                lambda = near;
            }
        }
        return lambda;
    }

    /** Log-odds, or means, for rows of features. */
    public double[] margins(double[] x) {
        int width = coefficients.length;
        if (width == 0) throw new IllegalArgumentException("without features, ask for the intercept");
        double[] margins = new double[x.length / width];
        for (int i = 0; i < margins.length; i++) {
            double sum = intercept;
            for (int k = 0; k < width; k++) sum += coefficients[k] * x[i * width + k];
            margins[i] = sum;
        }
        return margins;
    }

    public Loss loss() {
        return loss;
    }

    /** The margin of a row whose features are all nought. */
    public double intercept() {
        return intercept;
    }

    /** The margin of a row of these features. */
    public double margin(IntToDoubleFunction feature) {
        double sum = intercept;
        for (int k = 0; k < coefficients.length; k++) sum += coefficients[k] * feature.applyAsDouble(k);
        return sum;
    }

    /** What a unit of a feature adds to the margin. */
    public double coefficient(int feature) {
        return coefficients[feature];
    }

    /** The strength of the penalty chosen. */
    public double lambda() {
        return lambda;
    }

    /** The same in rows: how many of them the penalty weighs as much as. Fits on fewer rows are told it to be as strict. */
    public double prior() {
        return lambda * rows;
    }

    /** The state of one minimisation; the intercept is the last of {@code beta}. */
    private static final class Search {
        private final double[] x;
        private final int width;
        private final double[] y;
        private final int n;
        private final Loss loss;
        private final double[] margin;
        private double[] beta;
        private double[][] same = {};

        Search(double[] x, int width, double[] y, int n, Loss loss) {
            this.x = x;
            this.width = width;
            this.y = y;
            this.n = n;
            this.loss = loss;
            this.margin = new double[n];
            this.beta = new double[width + 1];
            if (loss == Loss.LOGISTIC) {
                double rate = (Arrays.stream(y, 0, n).sum() + .5) / (n + 1);
                beta[width] = Math.log(rate / (1 - rate));
            }
        }

        double tried(double lambda) {
            minimise(lambda);
            return leaveOneOut(lambda);
        }

        void minimise(double lambda) {
            double value = value(beta, lambda);
            for (int step = 0; step < MOST_STEPS; step++) {
                double[] gradient = gradient(lambda);
                double[] direction = new CholeskyDecomposition(hessian(lambda), 1e-9, 1e-300)
                        .getSolver()
                        .solve(MatrixUtils.createRealVector(gradient))
                        .toArray();
                double promised = 0;
                for (int k = 0; k <= width; k++) promised += gradient[k] * direction[k];
                if (promised < 1e-13) return;
                double length = 1;
                double[] next = beta;
                double nextValue = value;
                for (int half = 0; half < 30; half++, length /= 2) {
                    double[] tried = beta.clone();
                    for (int k = 0; k <= width; k++) tried[k] -= length * direction[k];
                    double triedValue = value(tried, lambda);
                    if (triedValue <= value - 1e-4 * length * promised || (half == 0 && promised < 1e-9)) {
                        next = tried;
                        nextValue = triedValue;
                        break;
                    }
                }
                if (next == beta) {
                    value(beta, lambda);
                    return;
                }
                beta = next;
                value = nextValue;
                // Near the least value each step squares what is left, so after this one nothing is.
                if (loss == Loss.SQUARED || (length == 1 && promised < 1e-9)) return;
            }
        }

        /** Half the squared loss, so that the curvature of both losses is their weight; leaves the margins behind. */
        private double value(double[] at, double lambda) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                double m = at[width];
                int row = i * width;
                for (int k = 0; k < width; k++) m += at[k] * x[row + k];
                margin[i] = m;
                sum += loss == Loss.LOGISTIC ? loss.of(m, y[i]) : loss.of(m, y[i]) / 2;
            }
            double penalty = 0;
            for (int k = 0; k < width; k++) penalty += at[k] * at[k];
            return sum / n + lambda / 2 * penalty;
        }

        private double[] gradient(double lambda) {
            double[] gradient = new double[width + 1];
            for (int i = 0; i < n; i++) {
                double r = (loss.mean(margin[i]) - y[i]) / n;
                int row = i * width;
                for (int k = 0; k < width; k++) gradient[k] += r * x[row + k];
                gradient[width] += r;
            }
            for (int k = 0; k < width; k++) gradient[k] += lambda * beta[k];
            return gradient;
        }

        private double weight(int i) {
            if (loss == Loss.SQUARED) return 1;
            double p = loss.mean(margin[i]);
            return Math.max(p * (1 - p), 1e-12);
        }

        private RealMatrix hessian(double lambda) {
            if (loss == Loss.LOGISTIC) return penalised(curvature(), lambda);
            // The same wherever it is taken, whatever the penalty.
            if (same.length == 0) same = curvature();
            double[][] h = new double[width + 1][];
            for (int k = 0; k <= width; k++) h[k] = same[k].clone();
            return penalised(h, lambda);
        }

        private RealMatrix penalised(double[][] h, double lambda) {
            for (int k = 0; k < width; k++) h[k][k] += lambda;
            return MatrixUtils.createRealMatrix(h);
        }

        /** The second derivatives of the mean loss. */
        private double[][] curvature() {
            double[][] h = new double[width + 1][width + 1];
            double[] wx = new double[width];
            double[] wx2 = new double[width];
            // Two rows at a time: the matrix is gone through half as often, and memory is what takes the time.
            for (int i = 0; i < n; i += 2) {
                int row = i * width;
                boolean pair = i + 1 < n;
                int row2 = pair ? row + width : row;
                double w = weight(i) / n;
                double w2 = pair ? weight(i + 1) / n : 0;
                for (int k = 0; k < width; k++) {
                    wx[k] = w * x[row + k];
                    wx2[k] = w2 * x[row2 + k];
                }
                for (int k = 0; k < width; k++) {
                    double by = x[row + k];
                    double by2 = x[row2 + k];
                    double[] into = h[k];
                    if (by != 0 && by2 != 0) for (int j = 0; j <= k; j++) into[j] += by * wx[j] + by2 * wx2[j];
                    else if (by != 0) for (int j = 0; j <= k; j++) into[j] += by * wx[j];
                    else if (by2 != 0) for (int j = 0; j <= k; j++) into[j] += by2 * wx2[j];
                }
                double[] into = h[width];
                for (int j = 0; j < width; j++) into[j] += wx[j] + wx2[j];
                into[width] += w + w2;
            }
            for (int k = 0; k <= width; k++) for (int j = 0; j < k; j++) h[j][k] = h[k][j];
            return h;
        }

        /** The mean loss of each row by a fit without it. */
        double leaveOneOut(double lambda) {
            double[][] inverse = new CholeskyDecomposition(hessian(lambda), 1e-9, 1e-300)
                    .getSolver()
                    .getInverse()
                    .getData();
            double sum = 0;
            double[] turned = new double[width + 1];
            for (int i = 0; i < n; i++) {
                int row = i * width;
                System.arraycopy(inverse[width], 0, turned, 0, width + 1);
                for (int k = 0; k < width; k++) {
                    double by = x[row + k];
                    if (by == 0) continue;
                    double[] line = inverse[k];
                    for (int j = 0; j <= width; j++) turned[j] += by * line[j];
                }
                double reach = turned[width];
                for (int k = 0; k < width; k++) reach += turned[k] * x[row + k];
                reach /= n;
                double kept = Math.max(1e-6, 1 - weight(i) * reach);
                double without = margin[i] + reach / kept * (loss.mean(margin[i]) - y[i]);
                sum += loss.of(without, y[i]);
            }
            return sum / n;
        }
    }
}
