package io.rekindle.app.analyze;

import java.util.List;
import java.util.Locale;

/** A drawing (SVG) being made, and what all charts on a page have in common: their size, colours and letters. */
final class Drawing {
    static final int WIDTH = 760;

    private static final String[] COLOURS = {
        "#1f6feb", "#e8590c", "#2f9e44", "#9c36b5", "#868e96", "#c92a2a", "#0c8599", "#f08c00"
    };
    private static final double LETTER = 6.7;
    private static final double CAPITAL = 8.6;
    private static final double WIDE_LETTER = 12;

    private final StringBuilder svg = new StringBuilder();

    Drawing(double height, String title) {
        svg.append("<svg viewBox=\"0 0 %d %s\" role=\"img\" aria-label=\"%s\">"
                .formatted(WIDTH, point(height), escaped(title)));
    }

    static String colour(int series) {
        return COLOURS[series % COLOURS.length];
    }

    /** About how wide a text is; capitals and Chinese letters take more room. */
    static double width(String text) {
        return text.chars()
                .mapToDouble(c -> c >= 0x2E80 ? WIDE_LETTER : Character.isUpperCase(c) ? CAPITAL : LETTER)
                .sum();
    }

    /** The text itself where there is room for it, else its beginning. */
    static String shortened(String text, double room) {
        if (width(text) <= room) return text;
        int end = text.length();
        while (end > 1 && width(text.substring(0, end)) + LETTER > room) end--;
        return text.substring(0, end).strip() + "…";
    }

    static String point(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    Drawing line(double x1, double y1, double x2, double y2, String stroke) {
        svg.append("<line stroke=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>"
                .formatted(stroke, point(x1), point(y1), point(x2), point(y2)));
        return this;
    }

    Drawing text(double x, double y, String anchor, String text) {
        if (text.isEmpty()) return this;
        svg.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>"
                .formatted(point(x), point(y), anchor, escaped(text)));
        return this;
    }

    /** A text shortened to the room there is; the whole of it shows when pointed at. */
    Drawing text(double x, double y, String anchor, String text, double room) {
        var fitting = shortened(text, room);
        if (fitting.equals(text)) return text(x, y, anchor, text);
        svg.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s<title>%s</title></text>"
                .formatted(point(x), point(y), anchor, escaped(fitting), escaped(text)));
        return this;
    }

    /** A text from bottom to top, its middle at the point. */
    Drawing upright(double x, double y, String text) {
        svg.append("<text transform=\"translate(%s %s) rotate(-90)\" text-anchor=\"middle\">%s</text>"
                .formatted(point(x), point(y), escaped(text)));
        return this;
    }

    /** A filled box that says what it is when pointed at. */
    Drawing box(double x, double y, double width, double height, String fill, String says) {
        svg.append("<rect fill=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>%s</title></rect>"
                .formatted(fill, point(x), point(y), point(width), point(height), escaped(says)));
        return this;
    }

    /** Whatever else. */
    Drawing add(String element) {
        svg.append(element);
        return this;
    }

    /** What belongs to which colour; nothing where there is one series, which the axis names. */
    static String legend(List<String> names, List<Boolean> dashed) {
        if (names.size() < 2) return "";
        var legend = new StringBuilder("<p class=\"legend\">");
        for (int i = 0; i < names.size(); i++)
            legend.append("<span><i style=\"border-top:%s %s\"></i>%s</span> "
                    .formatted(dashed.get(i) ? "3px dashed" : "10px solid", colour(i), escaped(names.get(i))));
        return legend.append("</p>").toString();
    }

    /** The drawing as it stands on the page. */
    String finished() {
        return svg + "</svg>";
    }
}
