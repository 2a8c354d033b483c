package io.rekindle.app.analyze;

import java.util.stream.DoubleStream;

/**
 * Draws bars over categories: upright over an axis that is named and where every category's name fits under its bars, else
 * lying, a line for each.
 */
final class BarDrawing {
    private static final double HEIGHT = 320;
    private static final double TOP = 18;
    private static final double BOTTOM = HEIGHT - 46;
    private static final double LONGEST_NAME = 330;

    private final Chart.BarGroups chart;
    private final int groups;
    private final int series;
    private final double[] values;

    private BarDrawing(Chart.BarGroups chart) {
        this.chart = chart;
        groups = chart.categories().size();
        series = chart.bars().size();
        values = chart.bars().stream()
                .flatMapToDouble(bars -> DoubleStream.of(bars.values()))
                .toArray();
    }

    static String of(Chart.BarGroups chart) {
        var drawing = new BarDrawing(chart);
        if (drawing.groups == 0) return "<p>There is nothing to draw.</p>";
        var names = chart.bars().stream().map(Chart.Bars::name).toList();
        return Drawing.legend(names, names.stream().map(name -> false).toList()) + drawing.draw();
    }

    private String draw() {
        var y = Axis.ofNumbers(DoubleStream.of(values), true, BOTTOM, TOP);
        double left = 30 + y.widest();
        double room = (Drawing.WIDTH - 16 - left) / groups;
        double widest =
                chart.categories().stream().mapToDouble(Drawing::width).max().orElse(0);
        return !chart.xLabel().isEmpty() && widest <= room - 4 && room / series >= 5 ? upright(y, left, room) : lying();
    }

    private String upright(Axis y, double left, double room) {
        var drawing = new Drawing(HEIGHT, chart.title());
        double right = Drawing.WIDTH - 16;
        for (var tick : y.ticks()) {
            drawing.line(
                    left, y.at(tick.value()), right, y.at(tick.value()), tick.value() == 0 ? "#868e96" : "#dee2e6");
            drawing.text(left - 6, y.at(tick.value()) + 4, "end", tick.label());
        }
        drawing.text((left + right) / 2, HEIGHT - 8, "middle", chart.xLabel());
        drawing.upright(12, (TOP + BOTTOM) / 2, chart.yLabel());
        double width = Math.min(room * .8, 110 * series) / series;
        boolean figures =
                DoubleStream.of(values).mapToObj(Figures::of).allMatch(figure -> Drawing.width(figure) <= width - 2);
        for (int i = 0; i < groups; i++) {
            double middle = left + room * (i + .5);
            drawing.text(middle, BOTTOM + 18, "middle", chart.categories().get(i));
            for (int k = 0; k < series; k++) {
                double value = chart.bars().get(k).values()[i];
                if (!Double.isFinite(value)) continue;
                double top = Math.min(y.at(value), y.at(0));
                double height = Math.abs(y.at(value) - y.at(0));
                double at = middle + (k - series / 2.0) * width;
                drawing.box(at, top, width * .92, height, Drawing.colour(k), says(i, k));
                if (figures)
                    drawing.text(
                            at + width * .46, value < 0 ? top + height + 12 : top - 4, "middle", Figures.of(value));
            }
        }
        return drawing.finished();
    }

    private String lying() {
        double thick = series == 1 ? 16 : series == 2 ? 10 : series <= 4 ? 8 : 6;
        double group = thick * series + (series == 1 ? 6 : 10);
        double top = chart.xLabel().isEmpty() ? 6 : 22;
        double bottom = top + group * groups;
        double height = bottom + 44;
        double names = Math.min(
                LONGEST_NAME,
                chart.categories().stream().mapToDouble(Drawing::width).max().orElse(0));
        double left = names + 14;
        double figures = series > 2
                ? 0
                : DoubleStream.of(values)
                        .mapToObj(Figures::of)
                        .mapToDouble(Drawing::width)
                        .max()
                        .orElse(0);
        double right = Drawing.WIDTH - 20 - figures;
        var x = Axis.ofNumbers(DoubleStream.of(values), true, left, right);
        var drawing = new Drawing(height, chart.title());
        for (var tick : x.ticks()) {
            drawing.line(
                    x.at(tick.value()), top, x.at(tick.value()), bottom, tick.value() == 0 ? "#868e96" : "#dee2e6");
            drawing.text(x.at(tick.value()), bottom + 16, "middle", tick.label());
        }
        if (!chart.xLabel().isEmpty()) drawing.text(left - 8, 14, "end", chart.xLabel());
        drawing.text((left + right) / 2, height - 8, "middle", chart.yLabel());
        for (int i = 0; i < groups; i++) {
            double from = top + group * i + (group - thick * series) / 2;
            drawing.text(
                    left - 8,
                    from + thick * series / 2 + 4,
                    "end",
                    chart.categories().get(i),
                    names + 1);
            for (int k = 0; k < series; k++) {
                double value = chart.bars().get(k).values()[i];
                if (!Double.isFinite(value)) continue;
                double at = from + thick * k;
                drawing.box(
                        Math.min(x.at(value), x.at(0)),
                        at,
                        Math.abs(x.at(value) - x.at(0)),
                        thick * .92,
                        Drawing.colour(k),
                        says(i, k));
                if (figures > 0) figure(drawing, value, at + thick / 2 + 4, left, x);
            }
        }
        return drawing.finished();
    }

    /** Beyond the end of the bar; beside its begin where there is no room. */
    private static void figure(Drawing drawing, double value, double y, double left, Axis x) {
        var figure = Figures.of(value);
        if (value < 0 && x.at(value) - 4 - Drawing.width(figure) >= left)
            drawing.text(x.at(value) - 4, y, "end", figure);
        else drawing.text(Math.max(x.at(value), x.at(0)) + 4, y, "start", figure);
    }

    private String says(int category, int bars) {
        var name = chart.categories().get(category);
        var value = Figures.of(chart.bars().get(bars).values()[category]);
        return series == 1
                ? name + ": " + value
                : "%s, %s: %s".formatted(name, chart.bars().get(bars).name(), value);
    }
}
