package io.rekindle.app.analyze;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** One page that needs nothing but itself: the words, the charts as drawings, the warnings, the first rows. */
final class ChartPage {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 340;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 16;
    private static final int BOTTOM = 56;
    private static final int MOST_ROWS = 50;
    private static final String[] COLOURS = {"#1f6feb", "#e8590c", "#2f9e44", "#9c36b5", "#868e96", "#c92a2a"};
    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;color:#1c1e21;background:#fff;max-width:780px;margin:2rem auto;padding:0 1rem}
            h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .3rem}p{margin:.3rem 0}
            .warning{background:#fff3bf;padding:.5rem .8rem;border-radius:4px;margin:.4rem 0}
            svg{width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:#495057}
            table{border-collapse:collapse;font-size:13px}td,th{padding:.2rem .6rem;border-bottom:1px solid #dee2e6;text-align:right}
            td.text,th.text{text-align:left}.rows{overflow-x:auto}
            """;

    private ChartPage() {}

    static void write(String title, Outcome outcome, Path file) {
        ResultFile.whole(file, beside -> write(page(title, outcome), beside));
    }

    private static void write(String page, Path file) throws IOException {
        Files.writeString(file, page);
    }

    private static String page(String title, Outcome outcome) {
        var page = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(escaped(title))
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body><h1>")
                .append(escaped(title))
                .append("</h1>");
        for (var line : outcome.words())
            page.append("<p>").append(escaped(line)).append("</p>");
        for (var warning : outcome.card().content().warnings())
            page.append("<p class=\"warning\">")
                    .append(escaped(warning.message()))
                    .append("</p>");
        for (var chart : outcome.charts()) {
            page.append("<h2>").append(escaped(chart.title())).append("</h2>");
            switch (chart) {
                case Chart.Lines lines -> draw(page, lines);
                case Chart.BarGroups bars -> draw(page, bars);
                case Chart.Network network -> page.append(NetworkDrawing.svg(network, WIDTH, WIDTH));
            }
            page.append("<p>").append(escaped(chart.caption())).append("</p>");
        }
        rows(page, outcome.rows());
        return page.append("</body></html>\n").toString();
    }

    private static void rows(StringBuilder page, ResultRows rows) {
        if (rows.size() == 0) return;
        page.append("<h2>First rows of ")
                .append(String.format(Locale.ROOT, "%,d", rows.size()))
                .append("</h2><div class=\"rows\"><table><tr>");
        for (var column : rows.columns())
            page.append(column instanceof ResultRows.Column.Text ? "<th class=\"text\">" : "<th>")
                    .append(escaped(column.name()))
                    .append("</th>");
        page.append("</tr>");
        for (int row = 0; row < Math.min(MOST_ROWS, rows.size()); row++) {
            page.append("<tr>");
            for (var column : rows.columns()) {
                var text = ResultRows.rounded(column, row);
                page.append(column instanceof ResultRows.Column.Text ? "<td class=\"text\">" : "<td>")
                        .append(escaped(text))
                        .append("</td>");
            }
            page.append("</tr>");
        }
        page.append("</table></div>");
    }

    /** The part of the drawing in which a scale's values lie, and the round numbers on it. */
    private record Scale(double from, double to, int start, int end, double step) {
        static Scale over(DoubleStream values, boolean fromZero, int start, int end) {
            var range = values.filter(Double::isFinite).summaryStatistics();
            double low = range.getCount() == 0 ? 0 : range.getMin();
            double high = range.getCount() == 0 ? 1 : range.getMax();
            if (fromZero) {
                low = Math.min(0, low);
                high = Math.max(0, high);
            }
            if (high == low) high = low + 1;
            double raw = (high - low) / 6;
            double power = Math.pow(10, Math.floor(Math.log10(raw)));
            double step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
            return new Scale(Math.floor(low / step) * step, Math.ceil(high / step) * step, start, end, step);
        }

        double at(double value) {
            return start + (value - from) / (to - from) * (end - start);
        }

        List<Double> ticks() {
            var ticks = new ArrayList<Double>();
            for (long i = Math.round(from / step); i <= Math.round(to / step); i++) ticks.add(i * step);
            return ticks;
        }

        String label(double tick) {
            int decimals = (int) Math.clamp(Math.ceil(-Math.log10(step) - 1e-9), 0, 6);
            return String.format(Locale.ROOT, "%,." + decimals + "f", tick);
        }
    }

    private static void draw(StringBuilder page, Chart.Lines chart) {
        var x = Scale.over(
                chart.lines().stream().flatMapToDouble(line -> DoubleStream.of(line.x())), false, LEFT, WIDTH - RIGHT);
        var y = Scale.over(
                chart.lines().stream().flatMapToDouble(line -> DoubleStream.of(line.y())), true, HEIGHT - BOTTOM, TOP);
        begin(page, chart.title(), y, chart.xLabel(), chart.yLabel());
        for (double tick : x.ticks()) text(page, x.at(tick), HEIGHT - BOTTOM + 18, "middle", x.label(tick));
        int colour = 0;
        for (var line : chart.lines()) {
            page.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"")
                    .append(COLOURS[colour++ % COLOURS.length])
                    .append('"');
            if (line.dashed()) page.append(" stroke-dasharray=\"5 4\"");
            page.append(" points=\"");
            for (int i = 0; i < line.x().length; i++)
                if (Double.isFinite(line.y()[i]))
                    page.append(point(x.at(line.x()[i])))
                            .append(',')
                            .append(point(y.at(line.y()[i])))
                            .append(' ');
            page.append("\"/>");
        }
        legend(page, chart.lines().stream().map(Chart.Line::name).toList());
        page.append("</svg>");
    }

    private static void draw(StringBuilder page, Chart.BarGroups chart) {
        var y = Scale.over(
                chart.bars().stream().flatMapToDouble(bars -> DoubleStream.of(bars.values())),
                true,
                HEIGHT - BOTTOM,
                TOP);
        begin(page, chart.title(), y, chart.xLabel(), chart.yLabel());
        int groups = Math.max(1, chart.categories().size());
        double room = (double) (WIDTH - LEFT - RIGHT) / groups;
        double width = room * .8 / Math.max(1, chart.bars().size());
        int every = Math.max(1, groups / 16);
        for (int i = 0; i < chart.categories().size(); i++) {
            double left = LEFT + room * (i + .1);
            if (i % every == 0)
                text(
                        page,
                        left + room * .4,
                        HEIGHT - BOTTOM + 18,
                        "middle",
                        chart.categories().get(i));
            for (int k = 0; k < chart.bars().size(); k++) {
                double value = chart.bars().get(k).values()[i];
                if (!Double.isFinite(value)) continue;
                double top = Math.min(y.at(value), y.at(0));
                page.append(
                        "<rect fill=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>%s: %s</title></rect>"
                                .formatted(
                                        COLOURS[k % COLOURS.length],
                                        point(left + k * width),
                                        point(top),
                                        point(width * .92),
                                        point(Math.abs(y.at(value) - y.at(0))),
                                        escaped(chart.bars().get(k).name() + " "
                                                + chart.categories().get(i)),
                                        String.format(Locale.ROOT, "%.4g", value)));
            }
        }
        legend(page, chart.bars().stream().map(Chart.Bars::name).toList());
        page.append("</svg>");
    }

    private static void begin(StringBuilder page, String title, Scale y, String xLabel, String yLabel) {
        page.append(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">".formatted(WIDTH, HEIGHT, escaped(title)));
        for (double tick : y.ticks()) {
            page.append("<line stroke=\"#dee2e6\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>"
                    .formatted(LEFT, WIDTH - RIGHT, point(y.at(tick)), point(y.at(tick))));
            text(page, LEFT - 6, y.at(tick) + 4, "end", y.label(tick));
        }
        text(page, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 20, "middle", xLabel);
        page.append("<text transform=\"translate(14 %s) rotate(-90)\" text-anchor=\"middle\">%s</text>"
                .formatted(point((TOP + HEIGHT - BOTTOM) / 2.0), escaped(yLabel)));
    }

    private static void legend(StringBuilder page, List<String> names) {
        double at = LEFT;
        for (int i = 0; i < names.size(); i++) {
            page.append("<rect x=\"%s\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>"
                    .formatted(point(at), HEIGHT - 14, COLOURS[i % COLOURS.length]));
            text(page, at + 14, HEIGHT - 5, "start", names.get(i));
            at += 30 + 7 * names.get(i).length();
        }
    }

    private static void text(StringBuilder page, double x, double y, String anchor, String text) {
        page.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>"
                .formatted(point(x), point(y), anchor, escaped(text)));
    }

    private static String point(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
