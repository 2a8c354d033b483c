package io.rekindle.app.analyze;

import java.util.stream.DoubleStream;

/** Draws lines over a common axis. */
final class LineDrawing {
    private static final double HEIGHT = 330;
    private static final double TOP = 12;
    private static final double BOTTOM = HEIGHT - 46;
    private static final double RIGHT = Drawing.WIDTH - 24;

    private LineDrawing() {}

    static String of(Chart.Lines chart) {
        var values = chart.lines().stream()
                .flatMapToDouble(line -> DoubleStream.of(line.y()))
                .filter(Double::isFinite)
                .toArray();
        var y = Axis.ofNumbers(DoubleStream.of(values), !farFromZero(values), BOTTOM, TOP);
        double left = 30 + y.widest();
        var at = chart.lines().stream().flatMapToDouble(line -> DoubleStream.of(line.x()));
        var x = switch (chart.scale()) {
            case NUMBERS -> Axis.within(at, left, RIGHT);
            case DAYS -> Axis.ofDays(at, left, RIGHT);
        };
        var drawing = new Drawing(HEIGHT, chart.title());
        for (var tick : y.ticks()) {
            drawing.line(
                    left, y.at(tick.value()), RIGHT, y.at(tick.value()), tick.value() == 0 ? "#868e96" : "#dee2e6");
            drawing.text(left - 6, y.at(tick.value()) + 4, "end", tick.label());
        }
        for (var tick : x.ticks()) {
            drawing.line(x.at(tick.value()), BOTTOM, x.at(tick.value()), BOTTOM + 4, "#868e96");
            drawing.text(x.at(tick.value()), BOTTOM + 18, "middle", tick.label());
        }
        drawing.text((left + RIGHT) / 2, HEIGHT - 8, "middle", chart.xLabel());
        drawing.upright(12, (TOP + BOTTOM) / 2, chart.yLabel());
        for (int i = 0; i < chart.lines().size(); i++) {
            var line = chart.lines().get(i);
            drawing.add("<path fill=\"none\" stroke-width=\"2\" stroke-linecap=\"round\" stroke=\"%s\"%s d=\"%s\"/>"
                    .formatted(Drawing.colour(i), line.dashed() ? " stroke-dasharray=\"5 5\"" : "", path(line, x, y)));
        }
        return Drawing.legend(
                        chart.lines().stream().map(Chart.Line::name).toList(),
                        chart.lines().stream().map(Chart.Line::dashed).toList())
                + drawing.finished();
    }

    /** Lines that lie far above zero would be flat if it were shown. */
    private static boolean farFromZero(double[] values) {
        var range = DoubleStream.of(values).summaryStatistics();
        return range.getCount() > 0 && range.getMin() > .4 * range.getMax();
    }

    /** A value that is none breaks the line; one that stands alone is a dot. */
    private static String path(Chart.Line line, Axis x, Axis y) {
        var path = new StringBuilder();
        boolean pen = false;
        for (int i = 0; i < line.x().length; i++) {
            boolean known = Double.isFinite(line.x()[i]) && Double.isFinite(line.y()[i]);
            if (known)
                path.append(pen ? 'L' : 'M')
                        .append(Drawing.point(x.at(line.x()[i])))
                        .append(' ')
                        .append(Drawing.point(y.at(line.y()[i])))
                        .append(pen ? "" : "h0");
            pen = known;
        }
        return path.toString();
    }
}
