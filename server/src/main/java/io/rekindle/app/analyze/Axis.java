package io.rekindle.app.analyze;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Where on a drawing the values of a scale lie, and what is written along it.
 *
 * @param from the value at {@code start}
 * @param to the value at {@code end}
 */
record Axis(double from, double to, double start, double end, List<Tick> ticks) {
    private static final int PARTS = 6;
    private static final int[] MONTHS = {1, 3, 6, 12, 24, 60, 120};
    private static final double DAYS_OF_MONTH = 30.4;

    /** A value that is written along the axis. */
    record Tick(double value, String label) {}

    double at(double value) {
        return start + (value - from) / (to - from) * (end - start);
    }

    /** How wide its widest label is. */
    double widest() {
        return ticks.stream()
                .mapToDouble(tick -> Drawing.width(tick.label()))
                .max()
                .orElse(0);
    }

    /** Round numbers within the values: the axis ends where they do. */
    static Axis within(DoubleStream values, double start, double end) {
        double[] all = values.filter(Double::isFinite).toArray();
        var round = ofNumbers(DoubleStream.of(all), false, start, end);
        if (all.length == 0) return round;
        double low = DoubleStream.of(all).min().orElseThrow();
        double high = DoubleStream.of(all).max().orElseThrow();
        if (low == high) return round;
        double room = 1e-9 * (high - low);
        return new Axis(
                low,
                high,
                start,
                end,
                round.ticks().stream()
                        .filter(tick -> tick.value() >= low - room && tick.value() <= high + room)
                        .toList());
    }

    /** Round numbers around the values; what is not finite does not count. */
    static Axis ofNumbers(DoubleStream values, boolean fromZero, double start, double end) {
        var range = values.filter(Double::isFinite).summaryStatistics();
        double low = range.getCount() == 0 ? 0 : range.getMin();
        double high = range.getCount() == 0 ? 1 : range.getMax();
        if (fromZero) {
            low = Math.min(0, low);
            high = Math.max(0, high);
        }
        if (high - low <= 1e-12 * Math.max(Math.abs(high), Math.abs(low))) high = low + Math.max(1, Math.abs(low));
        double raw = (high - low) / PARTS;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
        int decimals = (int) Math.clamp(Math.ceil(-Math.log10(step) - 1e-9), 0, 8);
        var ticks = new ArrayList<Tick>();
        long first = Math.round(Math.floor(low / step));
        long last = Math.round(Math.ceil(high / step));
        for (long i = first; i <= last; i++) ticks.add(new Tick(i * step, Figures.amount(i * step, decimals)));
        return new Axis(first * step, last * step, start, end, ticks);
    }

    /** Days since 1970; the first of months are written along it, or days where all lies within a few weeks. */
    static Axis ofDays(DoubleStream values, double start, double end) {
        var range = values.filter(Double::isFinite).summaryStatistics();
        double low = range.getCount() == 0 ? 0 : range.getMin();
        double high = range.getCount() == 0 || range.getMax() == low ? low + 1 : range.getMax();
        var first = LocalDate.ofEpochDay((long) low);
        var last = LocalDate.ofEpochDay((long) high);
        var ticks = new ArrayList<Tick>();
        double months = (high - low) / DAYS_OF_MONTH;
        if (months < 2.5) {
            long step = Math.max(1, Math.round((high - low) / PARTS));
            var form = DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH);
            for (var day = first; !day.isAfter(last); day = day.plusDays(step))
                ticks.add(new Tick(day.toEpochDay(), form.format(day)));
        } else {
            int step = MONTHS[MONTHS.length - 1];
            for (int i = MONTHS.length - 1; i >= 0; i--) if (months / MONTHS[i] <= 2 * PARTS) step = MONTHS[i];
            var form = DateTimeFormatter.ofPattern(step < 12 ? "MMM uu" : "uuuu", Locale.ENGLISH);
            var month = first.withDayOfMonth(1);
            while ((month.getYear() * 12 + month.getMonthValue() - 1) % step != 0) month = month.minusMonths(1);
            for (; !month.isAfter(last); month = month.plusMonths(step))
                if (!month.isBefore(first)) ticks.add(new Tick(month.toEpochDay(), form.format(month)));
        }
        return new Axis(low, high, start, end, ticks);
    }
}
