package io.rekindle.app.analyze;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One page that needs nothing but itself: the words, the charts as drawings, the warnings, the first rows. */
final class ChartPage {
    private static final int MOST_ROWS = 25;
    private static final int LONGEST_TEXT = 160;
    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;color:#1c1e21;background:#fff;max-width:800px;margin:2rem auto;padding:0 1rem}
            h1{font-size:1.4rem;line-height:1.3;margin:.2rem 0 1rem}h2{font-size:1.1rem;margin:2.2rem 0 .2rem}
            p,ul{margin:.3rem 0}ul{padding-left:1.3rem}.quiet{color:#5c636a;font-size:13px}p,li{overflow-wrap:anywhere}
            .warning{background:#fff3bf;padding:.5rem .8rem;border-radius:4px;margin:.4rem 0}
            .legend{font-size:13px}.legend span{margin-right:1.1rem;white-space:nowrap}
            .legend i{display:inline-block;width:16px;margin-right:5px;vertical-align:middle}
            svg{width:100%;height:auto;margin-top:.4rem}svg text{font:12px system-ui,sans-serif;fill:#495057}
            .network text{paint-order:stroke;stroke:#fff;stroke-width:3px}
            .rows{background:linear-gradient(to left,#fff 50%,#fff0) right/48px 100% no-repeat local,linear-gradient(to left,#0003,#fff0) right/12px 100% no-repeat}
            .rows{width:fit-content;max-width:min(96vw,1600px);margin-left:50%;transform:translateX(-50%);overflow-x:auto}
            table{border-collapse:collapse;font-size:13px;line-height:1.35;font-variant-numeric:tabular-nums}
            td,th{padding:.25rem .6rem;border-bottom:1px solid #dee2e6;text-align:right;white-space:nowrap;vertical-align:top}
            td.text,th.text{text-align:left}td.long{white-space:normal;min-width:15rem;max-width:24rem;overflow-wrap:anywhere}
            """;

    private ChartPage() {}

    /**
     * Writes the page.
     *
     * @param command as it is typed
     * @param title what the analysis answers
     */
    static void write(String command, String title, Outcome outcome, Path file) {
        ResultFile.whole(file, beside -> write(page(command, title, outcome), beside));
    }

    private static void write(String page, Path file) throws IOException {
        Files.writeString(file, page);
    }

    private static String page(String command, String title, Outcome outcome) {
        var card = outcome.card().content();
        var page = new ArrayList<String>();
        page.add("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        page.add("<meta name=\"viewport\" content=\"width=device-width\">");
        page.add("<title>%s</title><style>%s</style></head><body>".formatted(Drawing.escaped(command), STYLE));
        page.add("<p class=\"quiet\">%s</p><h1>%s</h1>".formatted(Drawing.escaped(command), Drawing.escaped(title)));
        words(outcome.words(), page);
        for (var data : card.data()) page.add("<p class=\"quiet\">%s</p>".formatted(Drawing.escaped(data.words())));
        for (var warning : card.warnings())
            page.add("<p class=\"warning\">%s</p>".formatted(Drawing.escaped(warning.message())));
        for (var chart : outcome.charts()) {
            page.add("<h2>%s</h2><p class=\"quiet\">%s</p>"
                    .formatted(Drawing.escaped(chart.title()), Drawing.escaped(chart.caption())));
            page.add(
                    switch (chart) {
                        case Chart.Lines lines -> LineDrawing.of(lines);
                        case Chart.BarGroups bars -> BarDrawing.of(bars);
                        case Chart.Network network -> NetworkDrawing.of(network);
                    });
        }
        rows(outcome.rows(), page);
        page.add("</body></html>");
        return String.join("\n", page) + "\n";
    }

    /** Indented lines belong to the line before them. */
    private static void words(List<String> words, List<String> page) {
        boolean list = false;
        for (var line : words) {
            boolean item = line.startsWith(" ");
            if (item != list) page.add(item ? "<ul>" : "</ul>");
            list = item;
            page.add((item ? "<li>%s</li>" : "<p>%s</p>").formatted(Drawing.escaped(line.strip())));
        }
        if (list) page.add("</ul>");
    }

    private static void rows(ResultRows rows, List<String> page) {
        if (rows.size() == 0) {
            page.add("<h2>Rows</h2><p>There are none.</p>");
            return;
        }
        int shown = Math.min(MOST_ROWS, rows.size());
        page.add(
                shown == rows.size()
                        ? "<h2>Rows</h2>"
                        : String.format(Locale.ROOT, "<h2>The first %d of %,d rows</h2>", shown, rows.size()));
        page.add("<div class=\"rows\" tabindex=\"0\"><table><tr>");
        for (var column : rows.columns())
            page.add(
                    isText(column)
                            ? "<th class=\"text\">%s</th>".formatted(Drawing.escaped(column.name()))
                            : "<th>%s</th>".formatted(Drawing.escaped(column.name())));
        page.add("</tr>");
        var cells = rows.columns().stream()
                .map(column -> ResultRows.readable(column, shown, LONGEST_TEXT))
                .toList();
        var kinds = new ArrayList<String>();
        for (int i = 0; i < cells.size(); i++) kinds.add(kind(rows.columns().get(i), cells.get(i)));
        for (int row = 0; row < shown; row++) {
            page.add("<tr>");
            for (int i = 0; i < cells.size(); i++)
                page.add("<td%s>%s</td>"
                        .formatted(kinds.get(i), Drawing.escaped(cells.get(i).get(row))));
            page.add("</tr>");
        }
        page.add("</table></div>");
    }

    private static String kind(ResultRows.Column column, List<String> cells) {
        if (!isText(column)) return "";
        return cells.stream().anyMatch(text -> text.length() > 36) ? " class=\"text long\"" : " class=\"text\"";
    }

    private static boolean isText(ResultRows.Column column) {
        return column instanceof ResultRows.Column.Text;
    }
}
