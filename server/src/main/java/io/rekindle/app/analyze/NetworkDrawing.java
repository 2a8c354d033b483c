package io.rekindle.app.analyze;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Places the items of a network: those that belong together attract each other, all others repel (Fruchterman and Reingold,
 * "Graph drawing by force-directed placement", 1991). It starts from a circle in order of names, so the same network is always
 * drawn the same way.
 */
final class NetworkDrawing {
    private static final int ROUNDS = 400;
    private static final double WIDTH = Drawing.WIDTH;
    private static final double HEIGHT = 620;
    private static final double LONGEST_NAME = 170;
    private static final double NAME_HEIGHT = 27;
    private static final double TO_THE_MIDDLE = .3;

    private final List<String> names;
    private final double[] x;
    private final double[] y;

    private NetworkDrawing(List<String> names) {
        this.names = names;
        x = new double[names.size()];
        y = new double[names.size()];
    }

    static String of(Chart.Network network) {
        if (network.edges().isEmpty()) return "<p>There is nothing to draw.</p>";
        var names = network.edges().stream()
                .flatMap(edge -> Stream.of(edge.from(), edge.to()))
                .distinct()
                .sorted()
                .toList();
        var drawing = new NetworkDrawing(names);
        drawing.place(network.edges());
        drawing.spread();
        return drawing.draw(network);
    }

    private void place(List<Chart.Edge> edges) {
        int n = names.size();
        Map<String, Integer> index = new LinkedHashMap<>();
        for (int i = 0; i < n; i++) {
            index.put(names.get(i), i);
            x[i] = WIDTH / 2 + WIDTH / 3 * Math.cos(2 * Math.PI * i / n);
            y[i] = HEIGHT / 2 + HEIGHT / 3 * Math.sin(2 * Math.PI * i / n);
        }
        double ideal = .6 * Math.sqrt(WIDTH * HEIGHT / Math.max(1, n));
        for (int round = 0; round < ROUNDS; round++) {
            double[] dx = new double[n];
            double[] dy = new double[n];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) if (i != j) pull(i, x[j], y[j], -ideal * ideal, -1, dx, dy);
                // What hangs together with nothing else would flee to the borders.
                pull(i, WIDTH / 2, HEIGHT / 2, TO_THE_MIDDLE, 1, dx, dy);
            }
            for (var edge : edges) {
                int from = index.getOrDefault(edge.from(), 0);
                int to = index.getOrDefault(edge.to(), 0);
                pull(from, x[to], y[to], 1 / ideal, 2, dx, dy);
                pull(to, x[from], y[from], 1 / ideal, 2, dx, dy);
            }
            double warmth = WIDTH / 10 * (1 - round / (double) ROUNDS);
            for (int i = 0; i < n; i++) {
                double length = Math.max(1e-9, Math.hypot(dx[i], dy[i]));
                x[i] += dx[i] / length * Math.min(length, warmth);
                y[i] += dy[i] / length * Math.min(length, warmth);
                keepInside(i);
            }
        }
    }

    /** Moves i towards a point by strength × distance to the power; away where the strength is negative. */
    private void pull(int i, double toX, double toY, double strength, int power, double[] dx, double[] dy) {
        double away = Math.max(1, Math.hypot(toX - x[i], toY - y[i]));
        double force = strength * Math.pow(away, power);
        dx[i] += (toX - x[i]) / away * force;
        dy[i] += (toY - y[i]) / away * force;
    }

    private void keepInside(int i) {
        double half = room(i) / 2;
        x[i] = Math.clamp(x[i], half, WIDTH - half);
        y[i] = Math.clamp(y[i], 22, HEIGHT - 10);
    }

    private double room(int i) {
        return Math.min(LONGEST_NAME, Drawing.width(names.get(i))) + 6;
    }

    /** Moves items apart until no name is written over another: each pair along the way that is the shorter. */
    private void spread() {
        for (int round = 0; round < ROUNDS; round++) {
            boolean touching = false;
            for (int i = 0; i < names.size(); i++)
                for (int j = 0; j < i; j++) {
                    double overX = (room(i) + room(j)) / 2 - Math.abs(x[i] - x[j]);
                    double overY = NAME_HEIGHT - Math.abs(y[i] - y[j]);
                    if (overX <= 0 || overY <= 0) continue;
                    touching = true;
                    if (overY <= overX) {
                        double step = (y[i] >= y[j] ? overY : -overY) / 2 + .01 * (i - j);
                        y[i] += step;
                        y[j] -= step;
                    } else {
                        double step = (x[i] >= x[j] ? overX : -overX) / 2 + .01 * (i - j);
                        x[i] += step;
                        x[j] -= step;
                    }
                    keepInside(i);
                    keepInside(j);
                }
            if (!touching) return;
        }
    }

    private String draw(Chart.Network network) {
        double highest =
                network.edges().stream().mapToDouble(Chart.Edge::colour).max().orElse(1);
        var drawing = new Drawing(HEIGHT, network.title());
        drawing.add(
                "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"12\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#868e96\"/></marker></defs>");
        for (var edge : network.edges()) {
            int from = names.indexOf(edge.from());
            int to = names.indexOf(edge.to());
            double dark = highest > 0 ? Math.clamp(edge.colour() / highest, 0, 1) : 0;
            drawing.add(
                    "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" stroke=\"rgb(%d,%d,%d)\" stroke-width=\"%s\" marker-end=\"url(#tip)\"><title>%s</title></line>"
                            .formatted(
                                    Drawing.point(x[from]),
                                    Drawing.point(y[from]),
                                    Drawing.point(x[to]),
                                    Drawing.point(y[to]),
                                    Math.round(200 - 170 * dark),
                                    Math.round(215 - 105 * dark),
                                    235,
                                    Drawing.point(.5 + 3 * Math.clamp(edge.width(), 0, 1)),
                                    Drawing.escaped("%s → %s: confidence %s, lift %s"
                                            .formatted(
                                                    edge.from(),
                                                    edge.to(),
                                                    Figures.of(edge.width()),
                                                    Figures.of(edge.colour())))));
        }
        for (int i = 0; i < names.size(); i++) {
            drawing.add("<circle cx=\"%s\" cy=\"%s\" r=\"4\" fill=\"#e8590c\"/>"
                    .formatted(Drawing.point(x[i]), Drawing.point(y[i])));
            drawing.text(x[i], y[i] - 8, "middle", names.get(i), LONGEST_NAME);
        }
        return "<div class=\"network\">" + drawing.finished() + "</div>";
    }
}
