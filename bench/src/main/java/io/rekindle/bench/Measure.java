package io.rekindle.bench;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * One figure and what it is held against.
 *
 * @param measure what was measured, and what the baseline is
 * @param ratio value / baseline
 */
public record Measure(String measure, double value, String unit, double baseline, double ratio) {
    /** Rounded to four significant digits. */
    public static Measure of(String measure, double value, String unit, double baseline) {
        return new Measure(measure, rounded(value), unit, rounded(baseline), rounded(value / baseline));
    }

    /** On standard output: one line a measure, or all as a JSON list. */
    public static void print(List<Measure> measures, boolean json) {
        if (json) System.out.println(JsonMapper.builder().build().writeValueAsString(measures));
        else
            for (var m : measures)
                System.out.printf(
                        "%-100s %,12.3f %s (baseline %,.3f, ratio %.3f)%n",
                        m.measure(), m.value(), m.unit(), m.baseline(), m.ratio());
    }

    /** The exit code of a bench that promises something: 1, and a line on standard error, where it was not kept. */
    public static int promised(boolean kept, String promise) {
        if (!kept) System.err.println("NOT as promised: " + promise);
        return kept ? 0 : 1;
    }

    private static double rounded(double value) {
        if (value == 0 || !Double.isFinite(value)) return value;
        double scale = Math.pow(10, 3 - Math.floor(Math.log10(Math.abs(value))));
        return Math.round(value * scale) / scale;
    }
}
