package io.rekindle.app.analyze;

import io.rekindle.platform.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a rating are understood: which are praise and which complaints. Two values are told apart by what they
 * say or, as numbers, by their size; of more numbers, those above the middle between the lowest and the highest are praise, those
 * below complaints, and the middle itself is neither.
 *
 * @param positive the values that are praise
 * @param negative the values that are complaints
 */
record Ratings(List<String> positive, List<String> negative) {
    static final int NONE = -1;
    static final int BETWEEN = -2;
    static final int COMPLAINT = 0;
    static final int PRAISE = 1;

    private static final int MOST_VALUES = 101;
    private static final Set<String> PRAISING = Set.of(
            "positive",
            "pos",
            "good",
            "yes",
            "true",
            "praise",
            "happy",
            "like",
            "satisfied",
            "promoter",
            "好评",
            "正面",
            "积极",
            "好",
            "满意",
            "是",
            "推荐");
    private static final Set<String> COMPLAINING = Set.of(
            "negative",
            "neg",
            "bad",
            "no",
            "false",
            "complaint",
            "unhappy",
            "dislike",
            "dissatisfied",
            "detractor",
            "差评",
            "负面",
            "消极",
            "差",
            "不满意",
            "否",
            "不推荐");

    Ratings {
        positive = List.copyOf(positive);
        negative = List.copyOf(negative);
    }

    /**
     * Of the values of a column.
     *
     * @param wishedPositive what the caller says is praise; empty to be told from the values
     */
    static Ratings of(List<String> labels, List<String> wishedPositive, List<String> wishedNegative, String where) {
        var values = new TreeSet<String>();
        for (var label : labels) {
            if (!label.isBlank()) values.add(plain(label));
            if (values.size() > MOST_VALUES)
                throw Problem.invalid(
                        "label_not_a_rating",
                        "the rating in %s has more than %d different values, such as '%s': is it the right column?"
                                .formatted(where, MOST_VALUES, values.getFirst()));
        }
        if (values.isEmpty()) throw Problem.invalid("no_ratings", "no row of %s has a rating".formatted(where));
        var yes = known(wishedPositive, values, "--positive");
        var no = known(wishedNegative, values, "--negative");
        if (!yes.isEmpty() || !no.isEmpty()) {
            for (var value : yes)
                if (no.contains(value))
                    throw Problem.invalid(
                            "label_ambiguous", "'%s' is both in --positive and in --negative".formatted(value));
            if (no.isEmpty())
                return new Ratings(
                        yes,
                        values.stream().filter(value -> !yes.contains(value)).toList());
            if (yes.isEmpty())
                return new Ratings(
                        values.stream().filter(value -> !no.contains(value)).toList(), no);
            return new Ratings(yes, no);
        }
        var numbers = numbers(values);
        if (numbers != null) {
            double low = Arrays.stream(numbers).min().orElseThrow();
            double high = Arrays.stream(numbers).max().orElseThrow();
            double middle = low == high && (low == 0 || low == 1) ? .5 : low == high ? low : (low + high) / 2;
            return new Ratings(
                    values.stream()
                            .filter(value -> Double.parseDouble(value) > middle)
                            .toList(),
                    values.stream()
                            .filter(value -> Double.parseDouble(value) < middle)
                            .toList());
        }
        var praising = values.stream().filter(PRAISING::contains).toList();
        var complaining = values.stream().filter(COMPLAINING::contains).toList();
        if (values.size() == 2 && praising.size() + complaining.size() == 1)
            return praising.isEmpty()
                    ? new Ratings(
                            values.stream()
                                    .filter(v -> !complaining.contains(v))
                                    .toList(),
                            complaining)
                    : new Ratings(
                            praising,
                            values.stream().filter(v -> !praising.contains(v)).toList());
        if (praising.isEmpty() && complaining.isEmpty())
            throw Problem.invalid(
                    "label_unclear",
                    "which ratings in %s are praise? Say so with --positive VALUE; there are %s"
                            .formatted(where, values.stream().limit(12).collect(Collectors.joining(", "))));
        return new Ratings(praising, complaining);
    }

    private static List<String> known(List<String> wished, Set<String> values, String option) {
        var plain = wished.stream().map(Ratings::plain).distinct().toList();
        for (var value : plain)
            if (!values.contains(value))
                throw Problem.invalid(
                        "label_unknown",
                        "%s %s: no row has that rating; there are %s"
                                .formatted(
                                        option, value, values.stream().limit(12).collect(Collectors.joining(", "))));
        return plain;
    }

    private static double @Nullable [] numbers(Set<String> values) {
        double[] numbers = new double[values.size()];
        int i = 0;
        for (var value : values) {
            try {
                numbers[i++] = Double.parseDouble(value);
            } catch (NumberFormatException e) {
                return null;
            }
            if (!Double.isFinite(numbers[i - 1])) return null;
        }
        return numbers;
    }

    /** Case and blanks do not count; 1.0 is 1. */
    private static String plain(String label) {
        var value = label.strip().toLowerCase(Locale.ROOT);
        return value.matches("[+-]?[0-9]{1,15}\\.0{1,15}") ? value.substring(0, value.indexOf('.')) : value;
    }

    /** For each row {@link #PRAISE}, {@link #COMPLAINT}, {@link #BETWEEN} or, without a rating, {@link #NONE}. */
    int[] polarity(List<String> labels) {
        var yes = Set.copyOf(positive);
        var no = Set.copyOf(negative);
        return labels.stream()
                .mapToInt(label -> {
                    var value = plain(label);
                    return value.isEmpty()
                            ? NONE
                            : yes.contains(value) ? PRAISE : no.contains(value) ? COMPLAINT : BETWEEN;
                })
                .toArray();
    }

    String words() {
        return "praise: %s, complaints: %s"
                .formatted(
                        positive.isEmpty() ? "none" : String.join(" ", positive),
                        negative.isEmpty() ? "none" : String.join(" ", negative));
    }
}
