package io.rekindle.models.numeric;

import java.util.Arrays;

/**
 * Finds the minimum of a smooth function of a few variables inside a box.
 *
 * <p>What: the negative mean log-likelihoods of this library have two to six parameters (taken in logarithms), cheap
 * analytic gradients and now and then a maximum at infinity, when the data do not show what a parameter describes. So:
 * BFGS with a projected, backtracking line search walks into the basin; Newton steps with a Hessian from differences of
 * the gradient then polish to rounding. Directions of non-positive curvature are turned round (the Hessian's eigenvalues
 * are taken by absolute value), so the polish also walks along flat ridges. A variable that is pushed against its bound
 * is held there and reported.
 *
 * <p>Source: Nocedal and Wright, Numerical Optimization, 2nd ed., chapters 3, 6 and 16.7. Hipparchus 4 offers conjugate
 * gradients and derivative-free methods for scalar functions, but no quasi-Newton one within bounds.
 *
 * <p>Numerics: the objective should be of order one per variable (a mean, not a sum), so that one tolerance on the
 * gradient fits all sizes of data. A value that is not finite counts as too far away. Deterministic; no state.
 *
 * <p>Assumption: the function is smooth inside the box and the gradient is its own. Complexity: tens of evaluations of
 * function and gradient, and a Hessian of n further gradients for each Newton step.
 */
public final class Minimizer {
    private static final double GRADIENT_TOLERANCE = 1e-9;
    private static final double ROUNDING_GRADIENT = 1e-8;
    private static final double ACCEPTED_GRADIENT = 1e-5;
    private static final double VALUE_ROUNDING = 1e-10;
    private static final double PROMISE_ROUNDING = 1e-13;
    private static final double AT_BOUND = 1e-4;
    private static final double NEXT_TO_BOUND = 1e-3;
    private static final double ACCEPTED_GAIN = 1e-8;
    private static final int MOST_IDLE_STEPS = 3;
    private static final int MOST_BFGS_STEPS = 300;
    private static final int MOST_NEWTON_STEPS = 60;
    private static final double LONGEST_STEP = 3;
    private static final double DIFFERENCE = 1e-4;
    private static final double SAME_CURVATURE = 1e-6;

    private final Objective objective;
    private final double[] low;
    private final double[] high;
    private final int dimension;
    private int evaluations;

    private double[] point;
    private double value;
    private double[] gradient;

    private double[][] curvature = new double[0][];
    private int[] curvedIn = {-1};
    private double[] curvedAt = new double[0];

    /** A function to minimise. */
    @FunctionalInterface
    public interface Objective {
        /** The value at the point; writes its gradient there into {@code gradient}. */
        double value(double[] point, double[] gradient);
    }

    /**
     * A minimum.
     *
     * @param point where
     * @param value how low
     * @param atBound which variables the function pushes against a bound
     * @param evaluations number of calls of the objective
     * @param covariance inverse Hessian over the free variables, zero rows for those at a bound; positive infinity on the
     *     diagonal where the curvature is not positive
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record Minimum(double[] point, double value, boolean[] atBound, int evaluations, double[][] covariance) {
        /** Whether any variable stands at a bound. */
        public boolean anyAtBound() {
            for (boolean bound : atBound) if (bound) return true;
            return false;
        }
    }

    private Minimizer(Objective objective, double[] start, double[] low, double[] high) {
        this.objective = objective;
        this.low = low.clone();
        this.high = high.clone();
        this.dimension = start.length;
        this.point = start.clone();
        this.gradient = new double[dimension];
        clamp(point);
        this.value = evaluate(point, gradient);
        if (!Double.isFinite(value))
            throw new IllegalArgumentException(
                    "the objective is %s at the start %s".formatted(value, Arrays.toString(point)));
    }

    /**
     * The minimum reached from the start.
     *
     * @throws IllegalStateException when no point with a vanishing (projected) gradient was found
     */
    public static Minimum minimize(Objective objective, double[] start, double[] low, double[] high) {
        Minimizer search = new Minimizer(objective, start, low, high);
        search.walk();
        search.settleAtBounds();
        search.polish();
        if (!search.arrived())
            throw new IllegalStateException("the fit did not converge: gradient %.3g after %d evaluations at %s"
                    .formatted(search.projectedGradient(), search.evaluations, Arrays.toString(search.point)));
        return new Minimum(
                search.point, search.value, search.heldVariables(), search.evaluations, search.inverseHessian());
    }

    private double evaluate(double[] at, double[] gradientOut) {
        evaluations++;
        return objective.value(at, gradientOut);
    }

    private void clamp(double[] at) {
        for (int i = 0; i < dimension; i++) at[i] = Math.clamp(at[i], low[i], high[i]);
    }

    private boolean held(int i) {
        return (point[i] <= low[i] + AT_BOUND && gradient[i] > 0)
                || (point[i] >= high[i] - AT_BOUND && gradient[i] < 0);
    }

    private boolean[] heldVariables() {
        boolean[] held = new boolean[dimension];
        for (int i = 0; i < dimension; i++) held[i] = point[i] <= low[i] + AT_BOUND || point[i] >= high[i] - AT_BOUND;
        return held;
    }

    private double projectedGradient() {
        double largest = 0;
        for (int i = 0; i < dimension; i++) if (!held(i)) largest = Math.max(largest, Math.abs(gradient[i]));
        return largest;
    }

    private void walk() {
        double[][] inverse = identity();
        boolean fresh = true;
        boolean[] heldBefore = new boolean[dimension];
        int idle = 0;
        for (int step = 0; step < MOST_BFGS_STEPS && projectedGradient() > GRADIENT_TOLERANCE; step++) {
            boolean[] heldNow = new boolean[dimension];
            for (int i = 0; i < dimension; i++) heldNow[i] = held(i);
            if (!Arrays.equals(heldNow, heldBefore)) {
                inverse = identity();
                fresh = true;
                heldBefore = heldNow;
            }
            double[] direction = new double[dimension];
            for (int i = 0; i < dimension; i++) {
                if (heldNow[i]) continue;
                for (int j = 0; j < dimension; j++) if (!heldNow[j]) direction[i] -= inverse[i][j] * gradient[j];
            }
            if (!fresh && isRounding(dot(direction, gradient))) return;
            double[] from = point;
            double[] gradientFrom = gradient;
            double valueFrom = value;
            if (!(dot(direction, gradient) < 0) || !search(direction)) {
                if (fresh) return;
                inverse = identity();
                fresh = true;
                continue;
            }
            fresh = false;
            idle = valueFrom - value < VALUE_ROUNDING ? idle + 1 : 0;
            if (idle == MOST_IDLE_STEPS) return;
            update(inverse, minus(point, from), minus(gradient, gradientFrom));
        }
    }

    /**
     * Whether a step promises less than the value's own rounding. A gradient with a noise of its own, as from differences,
     * never gets below its tolerance: without this the search would halve its steps forty times over nothing.
     */
    private boolean isRounding(double promised) {
        return promised <= 0 && -promised < PROMISE_ROUNDING * (1 + Math.abs(value));
    }

    /** Backtracks along the direction, bent at the bounds, until the function falls enough. */
    private boolean search(double[] direction) {
        double longest = 0;
        for (double d : direction) longest = Math.max(longest, Math.abs(d));
        double length = longest > LONGEST_STEP ? LONGEST_STEP / longest : 1;
        double slope = dot(gradient, direction);
        for (int attempt = 0; attempt < 40; attempt++, length /= 2) {
            double[] next = new double[dimension];
            for (int i = 0; i < dimension; i++) next[i] = point[i] + length * direction[i];
            clamp(next);
            double[] nextGradient = new double[dimension];
            double promised = dot(gradient, minus(next, point));
            if (attempt > 0 && isRounding(length * slope)) return false;
            double nextValue = evaluate(next, nextGradient);
            if (Double.isFinite(nextValue) && nextValue <= value + 1e-4 * promised && nextValue < value) {
                point = next;
                value = nextValue;
                gradient = nextGradient;
                return true;
            }
        }
        return false;
    }

    private void update(double[][] inverse, double[] step, double[] change) {
        double curvature = dot(step, change);
        if (!(curvature > 1e-12 * Math.sqrt(dot(step, step) * dot(change, change)))) return;
        double[] turned = new double[dimension];
        for (int i = 0; i < dimension; i++) turned[i] = dot(inverse[i], change);
        double stretch = (1 + dot(change, turned) / curvature) / curvature;
        for (int i = 0; i < dimension; i++)
            for (int j = 0; j < dimension; j++)
                inverse[i][j] += stretch * step[i] * step[j] - (turned[i] * step[j] + step[i] * turned[j]) / curvature;
    }

    private void polish() {
        int idle = 0;
        for (int step = 0; step < MOST_NEWTON_STEPS && idle < MOST_IDLE_STEPS; step++) {
            double valueBefore = value;
            double before = projectedGradient();
            if (before <= GRADIENT_TOLERANCE) return;
            double[] direction = newtonStep();
            if (isRounding(dot(direction, gradient))) {
                shrinkGradient(direction, before);
                return;
            }
            if (!search(direction) && !shrinkGradient(direction, before)) return;
            if (before < ROUNDING_GRADIENT && projectedGradient() > before / 2) return;
            idle = valueBefore - value < VALUE_ROUNDING && projectedGradient() > before / 2 ? idle + 1 : 0;
        }
    }

    private double[] newtonStep() {
        int[] free = freeVariables();
        double[] direction = new double[dimension];
        if (free.length == 0) return direction;
        var eigen = new SymmetricEigen(hessian(free));
        double steepest = 0;
        for (double curvature : eigen.values) steepest = Math.max(steepest, Math.abs(curvature));
        double flattest = 1e-9 * steepest + 1e-14;
        for (int k = 0; k < free.length; k++) {
            double slope = 0;
            for (int i = 0; i < free.length; i++) slope += eigen.vectors[i][k] * gradient[free[i]];
            double along = -slope / Math.max(Math.abs(eigen.values[k]), flattest);
            for (int i = 0; i < free.length; i++) direction[free[i]] += along * eigen.vectors[i][k];
        }
        return direction;
    }

    /** The slope is nil, or so small beside the curvature that another step would gain less than rounding loses. */
    private boolean arrived() {
        return projectedGradient() <= ACCEPTED_GRADIENT
                || -dot(gradient, newtonStep()) / 2 <= ACCEPTED_GAIN * (1 + Math.abs(value));
    }

    /** Near the minimum the value no longer tells two points apart, the gradient still does. */
    private boolean shrinkGradient(double[] direction, double before) {
        double[] next = new double[dimension];
        for (int i = 0; i < dimension; i++) next[i] = point[i] + direction[i];
        clamp(next);
        double[] nextGradient = new double[dimension];
        double nextValue = evaluate(next, nextGradient);
        if (!(nextValue <= value + VALUE_ROUNDING * (1 + Math.abs(value)))) return false;
        double[] oldPoint = point;
        double[] oldGradient = gradient;
        point = next;
        gradient = nextGradient;
        if (projectedGradient() < before) {
            value = nextValue;
            return true;
        }
        point = oldPoint;
        gradient = oldGradient;
        return false;
    }

    /** Along a flat ridge the last step to the bound is lost in rounding: take it at once. */
    private void settleAtBounds() {
        double[] next = point.clone();
        for (int i = 0; i < dimension; i++) {
            if (point[i] - low[i] < NEXT_TO_BOUND && gradient[i] > 0) next[i] = low[i];
            if (high[i] - point[i] < NEXT_TO_BOUND && gradient[i] < 0) next[i] = high[i];
        }
        double[] nextGradient = new double[dimension];
        double nextValue = evaluate(next, nextGradient);
        if (!(nextValue <= value + VALUE_ROUNDING * (1 + Math.abs(value)))) return;
        point = next;
        value = nextValue;
        gradient = nextGradient;
    }

    private int[] freeVariables() {
        int[] free = new int[dimension];
        int count = 0;
        for (int i = 0; i < dimension; i++) if (!held(i)) free[count++] = i;
        return Arrays.copyOf(free, count);
    }

    /** The curvature over some of the variables; where it was asked for last, as it was. */
    private double[][] hessian(int[] free) {
        if (!Arrays.equals(free, curvedIn) || !isWhereCurved()) {
            curvature = curvature(free);
            curvedIn = free;
            curvedAt = point;
        }
        return curvature;
    }

    /** A last step below the reach of a difference leaves the curvature what it was. */
    private boolean isWhereCurved() {
        for (int i = 0; i < dimension; i++) if (Math.abs(point[i] - curvedAt[i]) > SAME_CURVATURE) return false;
        return true;
    }

    private double[][] curvature(int[] free) {
        double[][] hessian = new double[free.length][free.length];
        double[] above = new double[dimension];
        double[] below = new double[dimension];
        for (int i = 0; i < free.length; i++) {
            double[] at = point.clone();
            at[free[i]] = point[free[i]] + DIFFERENCE;
            evaluate(at, above);
            at[free[i]] = point[free[i]] - DIFFERENCE;
            evaluate(at, below);
            for (int j = 0; j < free.length; j++) {
                double slope = (above[free[j]] - below[free[j]]) / (2 * DIFFERENCE);
                hessian[i][j] += slope / 2;
                hessian[j][i] += slope / 2;
            }
        }
        return hessian;
    }

    private double[][] inverseHessian() {
        boolean[] held = heldVariables();
        int[] free = new int[dimension];
        int count = 0;
        for (int i = 0; i < dimension; i++) if (!held[i]) free[count++] = i;
        free = Arrays.copyOf(free, count);
        double[][] covariance = new double[dimension][dimension];
        for (int i = 0; i < dimension; i++) if (held[i]) covariance[i][i] = Double.POSITIVE_INFINITY;
        if (count == 0) return covariance;
        var eigen = new SymmetricEigen(hessian(free));
        double largest = 0;
        double smallest = Double.POSITIVE_INFINITY;
        for (double curvature : eigen.values) {
            largest = Math.max(largest, Math.abs(curvature));
            smallest = Math.min(smallest, curvature);
        }
        boolean curved = smallest > 1e-10 * largest;
        for (int i = 0; i < count; i++)
            for (int j = 0; j < count; j++) {
                if (!curved) {
                    covariance[free[i]][free[j]] = i == j ? Double.POSITIVE_INFINITY : 0;
                    continue;
                }
                for (int k = 0; k < count; k++)
                    covariance[free[i]][free[j]] += eigen.vectors[i][k] * eigen.vectors[j][k] / eigen.values[k];
            }
        return covariance;
    }

    private double[][] identity() {
        double[][] identity = new double[dimension][dimension];
        for (int i = 0; i < dimension; i++) identity[i][i] = 1;
        return identity;
    }

    private static double dot(double[] one, double[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) sum += one[i] * other[i];
        return sum;
    }

    private static double[] minus(double[] one, double[] other) {
        double[] difference = new double[one.length];
        for (int i = 0; i < one.length; i++) difference[i] = one[i] - other[i];
        return difference;
    }
}
