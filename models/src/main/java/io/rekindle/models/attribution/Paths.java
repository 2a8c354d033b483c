package io.rekindle.models.attribution;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sequences of channels that customers met, and what came of them.
 *
 * <p>Rows are kept in an order of their own (by channels, then figures), so that the order in which they were added changes no
 * digit of any result. Holds primitive arrays; unchangeable, safe to share. Memory: about 12 bytes a contact.
 *
 * <p>What: each row is a path, how many customers of it converted, what that was worth and how many did not. Assumption: the
 * order of contacts is known; a path ends with its conversion. Source: the journey logs of Anderl et al. (2016). Complexity:
 * one sort of the paths when they are built, O(paths · log paths · contacts compared).
 */
public final class Paths {
    private final List<String> channels;
    private final int[][] steps;
    private final double[][] ages;
    private final double[] conversions;
    private final double[] values;
    private final double[] nulls;

    private Paths(Builder builder) {
        channels = builder.names.stream().sorted().toList();
        int count = builder.rows.size();
        int[][] unordered = new int[count][];
        for (int i = 0; i < count; i++) {
            List<String> path = builder.rows.get(i).path;
            unordered[i] = new int[path.size()];
            for (int k = 0; k < unordered[i].length; k++)
                unordered[i][k] = Collections.binarySearch(channels, path.get(k));
        }
        int[] order = Indices.sorted(count, (a, b) -> {
            int byChannels = Arrays.compare(unordered[a], unordered[b]);
            return byChannels != 0 ? byChannels : builder.rows.get(a).compareTo(builder.rows.get(b));
        });
        steps = new int[count][];
        ages = new double[count][];
        conversions = new double[count];
        values = new double[count];
        nulls = new double[count];
        for (int i = 0; i < count; i++) {
            Row row = builder.rows.get(order[i]);
            steps[i] = unordered[order[i]];
            ages[i] = row.ages;
            conversions[i] = row.conversions;
            values[i] = row.value;
            nulls[i] = row.nulls;
        }
    }

    /** A builder without a path. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects paths. */
    public static final class Builder {
        private final Set<String> names = new HashSet<>();
        private final List<Row> rows = new ArrayList<>();

        private Builder() {}

        /**
         * Adds a path whose contacts count as one unit of time apart.
         *
         * @param path channels in the order they were met
         * @param conversions how many customers with this path converted
         * @param value what these conversions were worth together
         * @param nulls how many customers with this path did not convert
         */
        public Builder add(List<String> path, double conversions, double value, double nulls) {
            double[] ages = new double[path.size()];
            for (int i = 0; i < ages.length; i++) ages[i] = ages.length - 1 - i;
            return add(path, ages, conversions, value, nulls);
        }

        /**
         * Adds a path with times.
         *
         * @param path channels in the order they were met
         * @param ages how long before the path's end each contact was, in any unit
         */
        public Builder add(List<String> path, double[] ages, double conversions, double value, double nulls) {
            if (path.isEmpty()) throw new IllegalArgumentException("a path without a channel");
            if (ages.length != path.size())
                throw new IllegalArgumentException(
                        "%d channels and %d ages; there must be one for each".formatted(path.size(), ages.length));
            for (double age : ages)
                if (!(age >= 0) || !Double.isFinite(age))
                    throw new IllegalArgumentException("a contact %s before the end; it is at least 0".formatted(age));
            amount("conversions", conversions);
            amount("nulls", nulls);
            amount("a value", value);
            names.addAll(path);
            rows.add(new Row(List.copyOf(path), ages.clone(), conversions, value, nulls));
            return this;
        }

        private static void amount(String what, double amount) {
            if (!(amount >= 0) || !Double.isFinite(amount))
                throw new IllegalArgumentException(
                        "%s of %s; it must be a number of at least 0".formatted(what, amount));
        }

        /** The paths added so far. */
        public Paths build() {
            return new Paths(this);
        }
    }

    private static final class Row {
        final List<String> path;
        final double[] ages;
        final double conversions;
        final double value;
        final double nulls;

        Row(List<String> path, double[] ages, double conversions, double value, double nulls) {
            this.path = path;
            this.ages = ages;
            this.conversions = conversions;
            this.value = value;
            this.nulls = nulls;
        }

        int compareTo(Row other) {
            int result = Double.compare(conversions, other.conversions);
            if (result == 0) result = Double.compare(value, other.value);
            if (result == 0) result = Double.compare(nulls, other.nulls);
            return result == 0 ? Arrays.compare(ages, other.ages) : result;
        }
    }

    /** Channel names, sorted. */
    public List<String> channels() {
        return channels;
    }

    /** Number of paths. */
    public int count() {
        return steps.length;
    }

    /** Conversions of all paths. */
    public double conversions() {
        return Arrays.stream(conversions).sum();
    }

    /** Worth of all conversions. */
    public double value() {
        return Arrays.stream(values).sum();
    }

    /** Paths that ended without a conversion. */
    public double nulls() {
        return Arrays.stream(nulls).sum();
    }

    /** Channels of path i, as positions in {@link #channels()}; not to be changed. */
    int[] steps(int i) {
        return steps[i];
    }

    double[] ages(int i) {
        return ages[i];
    }

    double conversions(int i) {
        return conversions[i];
    }

    double value(int i) {
        return values[i];
    }

    double nulls(int i) {
        return nulls[i];
    }
}
