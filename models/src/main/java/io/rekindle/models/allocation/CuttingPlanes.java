package io.rekindle.models.allocation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Minimises a convex function with kinks over a box, knowing at each point asked its value and one slope.
 *
 * <p>What: every point asked gives a plane below the function. The next point is on the central path of the linear programme
 * "lowest point under the roof of all planes", not at its corner: corners jump about, central points settle. How far along the
 * path grows with what is known, so that the points close in.
 *
 * <p>Source: Gondzio, González-Brevis and Munari, "New developments in the primal-dual column generation technique" (EJOR
 * 2013); Goffin and Vial (2002) for the analytic centre. The planes' multipliers on the path weight them to one plane below
 * the function whose lowest point in the box is a lower bound, valid however roughly the centre was found.
 *
 * <p>Numerics: prices are measured in widths of the box; damped Newton steps on the self-concordant barrier, so no line search.
 * Planes that lie far below are forgotten. Complexity: about ten points for a digit and limit at the start, fewer later; each
 * Newton step (planes) × (limits + 1)².
 */
final class CuttingPlanes {
    private static final int NEWTON_STEPS = 60;
    private static final int PATIENCE = 40;
    private static final double CENTRED = .05;
    /** How much of the gap the next point should leave by the planes known. */
    private static final double AHEAD = .2;

    private final Function<double[], Problem.Dual> function;
    private final double[] low;
    private final double[] width;
    private final int n;
    private final List<Plane> planes = new ArrayList<>();

    private double[] best;
    private double bestValue = Double.POSITIVE_INFINITY;
    private double bound = Double.NEGATIVE_INFINITY;
    private int asked;

    /** A plane over the box measured in its widths: height at the origin and slope. */
    private static final class Plane {
        private final double height;
        private final double[] slope;
        private double above;

        Plane(double height, double[] slope) {
            this.height = height;
            this.slope = slope;
        }

        double at(double[] u) {
            double sum = height;
            for (int j = 0; j < u.length; j++) sum += slope[j] * u[j];
            return sum;
        }
    }

    /**
     * The lowest point found.
     *
     * @param bound nothing in the box is lower
     * @param asked number of points
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Minimum(double[] point, double value, double bound, int asked) {}

    private CuttingPlanes(Function<double[], Problem.Dual> function, double[] low, double[] high) {
        this.function = function;
        this.low = low;
        n = low.length;
        width = new double[n];
        for (int j = 0; j < n; j++) width[j] = high[j] - low[j];
        best = low.clone();
    }

    /**
     * Minimises.
     *
     * @param start strictly inside the box
     * @param tolerance of the value, relative
     * @param most points to ask
     */
    static Minimum minimum(
            Function<double[], Problem.Dual> function,
            double[] low,
            double[] high,
            double[] start,
            double tolerance,
            int most) {
        return new CuttingPlanes(function, low, high).minimum(start, tolerance, most);
    }

    private Minimum minimum(double[] start, double tolerance, int most) {
        double[] u = new double[n];
        for (int j = 0; j < n; j++) u[j] = Math.clamp((start[j] - low[j]) / width[j], .001, .999);
        ask(u);
        double theta = bestValue;
        double improved = bestValue;
        int idle = 0;
        // Where many points are equally low the bound closes slowly; then it is found, if not proven.
        while (asked < most && idle < PATIENCE + 4 * n && bestValue - bound > tolerance * Math.abs(bestValue)) {
            double gap = Double.isInfinite(bound) ? Math.max(Math.abs(bestValue), 1e-300) : bestValue - bound;
            double steep = (planes.size() + 2 * n) / (AHEAD * gap);
            theta = centre(u, theta, steep);
            ask(u);
            forget();
            if (improved - bestValue > tolerance * Math.abs(bestValue)) {
                improved = bestValue;
                idle = 0;
            } else idle++;
        }
        return new Minimum(best, bestValue, bound, asked);
    }

    private void ask(double[] u) {
        double[] point = new double[n];
        for (int j = 0; j < n; j++) point[j] = low[j] + u[j] * width[j];
        Problem.Dual dual = function.apply(point);
        asked++;
        double[] slope = new double[n];
        double height = dual.value();
        for (int j = 0; j < n; j++) {
            slope[j] = dual.left()[j] * width[j];
            height -= slope[j] * u[j];
        }
        planes.add(new Plane(height, slope));
        if (dual.value() < bestValue) {
            bestValue = dual.value();
            best = point;
        }
    }

    /** Moves u to the centre of what lies above the planes, pressed down with the given force; gives its height. */
    private double centre(double[] u, double from, double steep) {
        double theta = from;
        double roof = Double.NEGATIVE_INFINITY;
        for (Plane plane : planes) roof = Math.max(roof, plane.at(u));
        // Just above the newest plane: as high as a lone plane would hold it.
        theta = Math.max(theta, roof + 1 / steep);
        double[] gradient = new double[n + 1];
        double[][] hessian = new double[n + 1][n + 1];
        double[] step = new double[n + 1];
        for (int iteration = 0; iteration < NEWTON_STEPS; iteration++) {
            Arrays.fill(gradient, 0);
            for (double[] row : hessian) Arrays.fill(row, 0);
            gradient[n] = steep;
            for (Plane plane : planes) {
                plane.above = theta - plane.at(u);
                double inverse = 1 / plane.above;
                double square = inverse * inverse;
                gradient[n] -= inverse;
                hessian[n][n] += square;
                for (int j = 0; j < n; j++) {
                    gradient[j] += plane.slope[j] * inverse;
                    hessian[n][j] -= plane.slope[j] * square;
                    for (int k = 0; k <= j; k++) hessian[j][k] += plane.slope[j] * plane.slope[k] * square;
                }
            }
            for (int j = 0; j < n; j++) {
                double below = 1 / u[j];
                double above = 1 / (1 - u[j]);
                gradient[j] += above - below;
                hessian[j][j] += below * below + above * above;
            }
            if (!solve(hessian, gradient, step)) break;
            double decrement = 0;
            for (int j = 0; j <= n; j++) decrement -= gradient[j] * step[j];
            decrement = Math.sqrt(Math.max(0, decrement));
            double length = decrement < .25 ? 1 : 1 / (1 + decrement);
            length = Math.min(length, reach(u, theta, step));
            for (int j = 0; j < n; j++) u[j] += length * step[j];
            theta += length * step[n];
            if (decrement < CENTRED) break;
        }
        raiseBound(u, theta);
        return theta;
    }

    /** The longest step that keeps to what is allowed. */
    private double reach(double[] u, double theta, double[] step) {
        double reach = Double.POSITIVE_INFINITY;
        for (int j = 0; j < n; j++) {
            if (step[j] < 0) reach = Math.min(reach, -u[j] / step[j]);
            else if (step[j] > 0) reach = Math.min(reach, (1 - u[j]) / step[j]);
        }
        for (Plane plane : planes) {
            double closing = -step[n];
            for (int j = 0; j < n; j++) closing += plane.slope[j] * step[j];
            if (closing > 0) reach = Math.min(reach, (theta - plane.at(u)) / closing);
        }
        return .95 * reach;
    }

    private void raiseBound(double[] u, double theta) {
        double whole = 0;
        double height = 0;
        double[] slope = new double[n];
        for (Plane plane : planes) {
            plane.above = theta - plane.at(u);
            double weight = 1 / plane.above;
            whole += weight;
            height += weight * plane.height;
            for (int j = 0; j < n; j++) slope[j] += weight * plane.slope[j];
        }
        double lowest = height / whole;
        for (int j = 0; j < n; j++) lowest += Math.min(0, slope[j] / whole);
        if (Double.isFinite(lowest)) bound = Math.max(bound, lowest);
    }

    private void forget() {
        int kept = 8 * (n + 2);
        if (planes.size() <= kept + kept / 2) return;
        Plane newest = planes.removeLast();
        planes.sort(Comparator.comparingDouble(plane -> plane.above));
        planes.subList(kept, planes.size()).clear();
        planes.add(newest);
    }

    /** Solves by Cholesky; the lower triangle is given and overwritten. */
    private static boolean solve(double[][] a, double[] gradient, double[] step) {
        int size = step.length;
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = a[i][j];
                for (int k = 0; k < j; k++) sum -= a[i][k] * a[j][k];
                if (i != j) a[i][j] = sum / a[j][j];
                else {
                    double pivot = Math.max(sum, 1e-14 * a[i][i]);
                    if (!(pivot > 0)) return false;
                    a[i][i] = Math.sqrt(pivot);
                }
            }
        }
        for (int i = 0; i < size; i++) {
            double sum = -gradient[i];
            for (int k = 0; k < i; k++) sum -= a[i][k] * step[k];
            step[i] = sum / a[i][i];
        }
        for (int i = size - 1; i >= 0; i--) {
            double sum = step[i];
            for (int k = i + 1; k < size; k++) sum -= a[k][i] * step[k];
            step[i] = sum / a[i][i];
        }
        return true;
    }
}
