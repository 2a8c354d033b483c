package io.rekindle.models.demand;

/**
 * A local line through values at equal distances (Cleveland 1979): at each place a weighted least-squares line through the
 * nearest ones, the weight falling with the distance (tricube).
 */
final class Loess {
    private Loess() {}

    static double[] smooth(double[] values, double[] weights, int window) {
        double[] smooth = new double[values.length];
        for (int i = 0; i < values.length; i++) smooth[i] = at(values, weights, window, i);
        return smooth;
    }

    /** At any place, also outside the values. */
    static double at(double[] values, double[] weights, int window, double place) {
        int n = values.length;
        int nearest = Math.min(window, n);
        int from = Math.clamp((long) Math.ceil(place - nearest / 2.0), 0, n - nearest);
        double reach = Math.max(place - from, from + nearest - 1 - place);
        if (window > n) reach += (window - n) / 2.0;
        reach = Math.max(reach, 1e-9);
        double w = 0;
        double wx = 0;
        double wy = 0;
        double[] local = new double[nearest];
        for (int k = 0; k < nearest; k++) {
            double distance = Math.abs(from + k - place) / (reach * 1.001);
            double cube = distance * distance * distance;
            local[k] = distance >= 1 ? 0 : Math.pow(1 - cube, 3) * weights[from + k];
            w += local[k];
            wx += local[k] * (from + k - place);
            wy += local[k] * values[from + k];
        }
        if (!(w > 0)) return bridged(values, weights, place);
        double centre = wx / w;
        double mean = wy / w;
        double xx = 0;
        double xy = 0;
        for (int k = 0; k < nearest; k++) {
            double x = from + k - place - centre;
            xx += local[k] * x * x;
            xy += local[k] * x * (values[from + k] - mean);
        }
        // All weight on one place: no slope to be had.
        return xx > 1e-12 * w ? mean - centre * xy / xx : mean;
    }

    /** Nothing near has weight: the nearest that has. */
    private static double bridged(double[] values, double[] weights, double place) {
        double best = 0;
        double nearest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < values.length; i++)
            if (weights[i] > 0 && Math.abs(i - place) < nearest) {
                nearest = Math.abs(i - place);
                best = values[i];
            }
        return best;
    }
}
