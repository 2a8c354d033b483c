package io.rekindle.models.text;

import org.jspecify.annotations.Nullable;

/**
 * Logistic regression on a sparse matrix with a ridge penalty of its own for each column.
 *
 * <p>What: minimises Σ wᵢ log(1 + exp(−yᵢ(xᵢβ + β₀))) / Σ wᵢ + Σ λⱼ βⱼ² / 2; the intercept β₀ is free. A column whose
 * penalty is infinite stays at 0.
 *
 * <p>Source: Nocedal and Wright, Numerical Optimization, 2nd ed., section 7.2 (limited-memory BFGS) with a backtracking line
 * search. The columns are scaled by what the penalty and the loss say of their curvature, which for rare columns is almost
 * all of it: some tens of passes over the matrix are enough where plain gradients would take thousands.
 *
 * <p>Numerics: strictly convex, so the minimum does not depend on the start; the search ends when the gradient in the scaled
 * columns is a thousandth of that of all weights 0, or a step gains less than rounding. Complexity: two passes over the matrix a step.
 * No state, no randomness.
 */
final class SparseLogistic {
    private static final int MEMORY = 4;
    private static final int MOST_STEPS = 200;
    private static final double TOLERANCE = 1e-3;

    private SparseLogistic() {}

    /**
     * A fitted regression.
     *
     * @param weights by column
     * @param steps taken by the search
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Fit(double[] weights, double intercept, int steps) {}

    /**
     * Fits it.
     *
     * @param rowWeight 0 for rows that do not count
     * @param start a fit of the same rows under another penalty, from where the way is shorter; null for nothing
     */
    static Fit fit(SparseRows x, boolean[] positive, double[] rowWeight, double[] penalty, @Nullable Fit start) {
        int d = penalty.length;
        int n = x.rows();
        double total = 0;
        for (double weight : rowWeight) total += weight;
        double sum = total;
        // Half the largest curvature of the logistic loss, by column: a quarter at most.
        double[] curvature = new double[d + 1];
        for (int i = 0; i < n; i++) {
            double weight = rowWeight[i] / sum;
            if (weight > 0) x.each(i, (j, value) -> curvature[j] += .2 * weight * value * value);
        }
        curvature[d] = .2;
        double[] scale = new double[d + 1];
        for (int j = 0; j < d; j++)
            scale[j] =
                    Double.isInfinite(penalty[j]) || curvature[j] == 0 ? 0 : 1 / Math.sqrt(curvature[j] + penalty[j]);
        scale[d] = 1 / Math.sqrt(curvature[d]);
        double[] share = new double[n];
        for (int i = 0; i < n; i++) share[i] = rowWeight[i] / sum;

        double[] beta = new double[d + 1];
        double[] point = new double[d + 1];
        double[] gradient = new double[d + 1];
        double value = loss(x, positive, share, penalty, scale, point, beta, gradient);
        double[][] moves = new double[MEMORY][];
        double[][] changes = new double[MEMORY][];
        double[] curvatures = new double[MEMORY];
        int kept = 0;
        int step = 0;
        double enough = TOLERANCE * Math.max(1e-3, length(gradient));
        if (start != null) {
            for (int j = 0; j < d; j++) point[j] = scale[j] == 0 ? 0 : start.weights[j] / scale[j];
            point[d] = start.intercept / scale[d];
            value = loss(x, positive, share, penalty, scale, point, beta, gradient);
        }
        for (; step < MOST_STEPS && length(gradient) > enough; step++) {
            double[] direction = direction(gradient, moves, changes, curvatures, kept);
            double slope = dot(direction, gradient);
            if (!(slope < 0)) break;
            double along = 1;
            double[] next = new double[d + 1];
            double[] nextGradient = new double[d + 1];
            double nextValue = Double.POSITIVE_INFINITY;
            boolean lower = false;
            for (int attempt = 0; attempt < 30 && !lower; attempt++, along /= 2) {
                for (int j = 0; j <= d; j++) next[j] = point[j] + along * direction[j];
                nextValue = loss(x, positive, share, penalty, scale, next, beta, nextGradient);
                lower = nextValue <= value + 1e-4 * along * slope;
            }
            if (!lower) break;
            double[] move = minus(next, point);
            double[] change = minus(nextGradient, gradient);
            double bend = dot(move, change);
            if (bend > 1e-14 * dot(change, change)) {
                int place = kept % MEMORY;
                moves[place] = move;
                changes[place] = change;
                curvatures[place] = bend;
                kept++;
            }
            boolean idle = value - nextValue < 1e-13 * (1 + Math.abs(value));
            point = next;
            gradient = nextGradient;
            value = nextValue;
            if (idle) break;
        }
        double[] weights = new double[d];
        for (int j = 0; j < d; j++) weights[j] = point[j] * scale[j];
        return new Fit(weights, point[d] * scale[d], step);
    }

    /** The penalised loss in scaled columns, and its gradient there; {@code beta} is room to work in. */
    private static double loss(
            SparseRows x,
            boolean[] positive,
            double[] share,
            double[] penalty,
            double[] scale,
            double[] point,
            double[] beta,
            double[] gradient) {
        int d = penalty.length;
        double loss = 0;
        for (int j = 0; j <= d; j++) {
            beta[j] = point[j] * scale[j];
            gradient[j] = 0;
        }
        for (int i = 0; i < share.length; i++) {
            if (share[i] == 0) continue;
            double logit = x.dot(i, beta) + beta[d];
            double against = positive[i] ? -logit : logit;
            loss += share[i] * softplus(against);
            double pull = share[i] / (1 + Math.exp(-against));
            if (positive[i]) pull = -pull;
            x.addTo(i, pull, gradient);
            gradient[d] += pull;
        }
        for (int j = 0; j < d; j++) {
            if (scale[j] == 0) {
                gradient[j] = 0;
                continue;
            }
            loss += penalty[j] * beta[j] * beta[j] / 2;
            gradient[j] = (gradient[j] + penalty[j] * beta[j]) * scale[j];
        }
        gradient[d] *= scale[d];
        return loss;
    }

    /** log(1 + exp z). */
    static double softplus(double z) {
        return z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
    }

    private static double[] direction(
            double[] gradient, double[][] moves, double[][] changes, double[] curvatures, int kept) {
        double[] direction = new double[gradient.length];
        for (int j = 0; j < direction.length; j++) direction[j] = -gradient[j];
        int used = Math.min(kept, MEMORY);
        double[] taken = new double[MEMORY];
        for (int k = kept - 1; k >= kept - used; k--) {
            int place = k % MEMORY;
            taken[place] = dot(moves[place], direction) / curvatures[place];
            add(direction, -taken[place], changes[place]);
        }
        if (used > 0) {
            int last = (kept - 1) % MEMORY;
            double stretch = curvatures[last] / dot(changes[last], changes[last]);
            for (int j = 0; j < direction.length; j++) direction[j] *= stretch;
        }
        for (int k = kept - used; k < kept; k++) {
            int place = k % MEMORY;
            double back = dot(changes[place], direction) / curvatures[place];
            add(direction, taken[place] - back, moves[place]);
        }
        return direction;
    }

    private static void add(double[] sum, double factor, double[] more) {
        for (int j = 0; j < sum.length; j++) sum[j] += factor * more[j];
    }

    private static double dot(double[] one, double[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) sum += one[i] * other[i];
        return sum;
    }

    private static double length(double[] vector) {
        return Math.sqrt(dot(vector, vector));
    }

    private static double[] minus(double[] one, double[] other) {
        double[] difference = new double[one.length];
        for (int i = 0; i < one.length; i++) difference[i] = one[i] - other[i];
        return difference;
    }
}
