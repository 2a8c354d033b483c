package io.rekindle.app.analyze;

import io.rekindle.models.value.HoldoutEvaluation;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A picture: what it shows, with its axes named. */
sealed interface Chart {
    String title();

    /** A sentence on how to read it. */
    String caption();

    /**
     * Points joined by lines.
     *
     * @param x equally long as y; where either is NaN the line is broken
     */
    @SuppressWarnings("ArrayRecordComponent") // drawn, never compared
    record Line(String name, double[] x, double[] y, boolean dashed) {
        static Line of(String name, double[] x, double[] y) {
            return new Line(name, x, y, false);
        }

        /** A lower and an upper bound, as one line of two pieces. */
        static Line bounds(String name, double[] x, double[] low, double[] high, boolean dashed) {
            return new Line(name, joined(x, x), joined(low, high), dashed);
        }

        private static double[] joined(double[] one, double[] other) {
            return Stream.of(one, new double[] {Double.NaN}, other)
                    .flatMapToDouble(DoubleStream::of)
                    .toArray();
        }
    }

    /** One group of bars over the categories. */
    @SuppressWarnings("ArrayRecordComponent") // drawn, never compared
    record Bars(String name, double[] values) {}

    /** What the axis below lines holds. */
    enum Scale {
        NUMBERS,
        /** Days since 1970, written as dates. */
        DAYS
    }

    /** Lines over a common axis. */
    record Lines(String title, String caption, String xLabel, String yLabel, List<Line> lines, Scale scale)
            implements Chart {
        Lines(String title, String caption, String xLabel, String yLabel, List<Line> lines) {
            this(title, caption, xLabel, yLabel, lines, Scale.NUMBERS);
        }
    }

    /** Bars side by side over categories. */
    record BarGroups(
            String title, String caption, String xLabel, String yLabel, List<String> categories, List<Bars> bars)
            implements Chart {
        /** Predicted beside actual for tenths of the held-out, lowest prediction first. */
        static BarGroups calibration(
                String caption, String xLabel, String yLabel, List<HoldoutEvaluation.Decile> deciles) {
            return new BarGroups(
                    "Calibration by decile",
                    caption,
                    xLabel,
                    yLabel,
                    IntStream.rangeClosed(1, deciles.size())
                            .mapToObj(Integer::toString)
                            .toList(),
                    List.of(
                            new Bars(
                                    "predicted",
                                    deciles.stream()
                                            .mapToDouble(HoldoutEvaluation.Decile::predicted)
                                            .toArray()),
                            new Bars(
                                    "actual",
                                    deciles.stream()
                                            .mapToDouble(HoldoutEvaluation.Decile::actual)
                                            .toArray())));
        }
    }

    /**
     * An arrow between two items.
     *
     * @param width from 0 to 1
     * @param colour the darker, the higher
     */
    record Edge(String from, String to, double width, double colour) {}

    /** Items and arrows between them. */
    record Network(String title, String caption, List<Edge> edges) implements Chart {}
}
