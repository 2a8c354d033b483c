package io.rekindle.app.analyze;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Places the items of a network: those that belong together attract each other, all others repel (Fruchterman and Reingold,
 * "Graph drawing by force-directed placement", 1991). It starts from a circle in order of names, so the same network is always
 * drawn the same way.
 */
final class NetworkDrawing {
    private static final int ROUNDS = 400;

    private final List<String> names;
    private final double[] x;
    private final double[] y;
    private final double width;
    private final double height;

    private NetworkDrawing(List<String> names, double width, double height) {
        this.names = names;
        this.width = width;
        this.height = height;
        x = new double[names.size()];
        y = new double[names.size()];
    }

    static String svg(Chart.Network network, int width, int height) {
        var names = network.edges().stream()
                .flatMap(edge -> Stream.of(edge.from(), edge.to()))
                .distinct()
                .sorted()
                .toList();
        var drawing = new NetworkDrawing(names, width, height);
        drawing.place(network.edges());
        return drawing.draw(network);
    }

    private void place(List<Chart.Edge> edges) {
        int n = names.size();
        Map<String, Integer> index = new LinkedHashMap<>();
        for (int i = 0; i < n; i++) {
            index.put(names.get(i), i);
            x[i] = width / 2 + width / 3 * Math.cos(2 * Math.PI * i / n);
            y[i] = height / 2 + height / 3 * Math.sin(2 * Math.PI * i / n);
        }
        double ideal = .9 * Math.sqrt(width * height / Math.max(1, n));
        for (int round = 0; round < ROUNDS; round++) {
            double[] dx = new double[n];
            double[] dy = new double[n];
            for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) if (i != j) pull(i, j, -ideal * ideal, -1, dx, dy);
            for (var edge : edges) {
                int from = index.getOrDefault(edge.from(), 0);
                int to = index.getOrDefault(edge.to(), 0);
                pull(from, to, 1 / ideal, 2, dx, dy);
                pull(to, from, 1 / ideal, 2, dx, dy);
            }
            double warmth = width / 10 * (1 - round / (double) ROUNDS);
            for (int i = 0; i < n; i++) {
                double length = Math.max(1e-9, Math.hypot(dx[i], dy[i]));
                x[i] = Math.clamp(x[i] + dx[i] / length * Math.min(length, warmth), 60, width - 60);
                y[i] = Math.clamp(y[i] + dy[i] / length * Math.min(length, warmth), 24, height - 24);
            }
        }
    }

    /** Moves i towards j by strength × distance to the power; away where the strength is negative. */
    private void pull(int i, int j, double strength, int power, double[] dx, double[] dy) {
        double away = Math.max(1, Math.hypot(x[j] - x[i], y[j] - y[i]));
        double force = strength * Math.pow(away, power);
        dx[i] += (x[j] - x[i]) / away * force;
        dy[i] += (y[j] - y[i]) / away * force;
    }

    private String draw(Chart.Network network) {
        double highest =
                network.edges().stream().mapToDouble(Chart.Edge::colour).max().orElse(1);
        var out = new ArrayList<String>();
        out.add("<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">"
                .formatted(width, height, ChartPage.escaped(network.title())));
        out.add(
                "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"12\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#868e96\"/></marker></defs>");
        for (var edge : network.edges()) {
            int from = names.indexOf(edge.from());
            int to = names.indexOf(edge.to());
            double dark = highest > 0 ? Math.clamp(edge.colour() / highest, 0, 1) : 0;
            out.add(
                    "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" stroke=\"rgb(%d,%d,%d)\" stroke-width=\"%s\" marker-end=\"url(#tip)\"><title>%s → %s: %s, %s</title></line>"
                            .formatted(
                                    point(x[from]),
                                    point(y[from]),
                                    point(x[to]),
                                    point(y[to]),
                                    Math.round(200 - 170 * dark),
                                    Math.round(215 - 105 * dark),
                                    235,
                                    point(.5 + 3 * Math.clamp(edge.width(), 0, 1)),
                                    ChartPage.escaped(edge.from()),
                                    ChartPage.escaped(edge.to()),
                                    String.format(Locale.ROOT, "%.3g", edge.width()),
                                    String.format(Locale.ROOT, "%.3g", edge.colour())));
        }
        for (int i = 0; i < names.size(); i++) {
            out.add("<circle cx=\"%s\" cy=\"%s\" r=\"5\" fill=\"#e8590c\"/>".formatted(point(x[i]), point(y[i])));
            out.add("<text x=\"%s\" y=\"%s\" text-anchor=\"middle\">%s</text>"
                    .formatted(point(x[i]), point(y[i] - 9), ChartPage.escaped(names.get(i))));
        }
        out.add("</svg>");
        return String.join("", out);
    }

    private static String point(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
