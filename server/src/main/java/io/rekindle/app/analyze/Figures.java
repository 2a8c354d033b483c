package io.rekindle.app.analyze;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers as a person reads them; a file keeps every digit. */
final class Figures {
    private static final double MOST_WHOLE = 1e15;
    private static final int MOST_DECIMALS = 6;
    private static final Pattern ONE =
            Pattern.compile("(?<![\\d.,])1 (row|customer|item|basket|text|product|pair|record"
                    + "|person|purchase|refund|sale|piece|week|month|day|cluster|keyphrase|phrase|theme|sentence|set|rule|action"
                    + "|conversion|value|column|channel|part|order|outcome|feature|state|key|evaluation|id)s\\b"
                    + "(?: (were|are|have|had|lack|make|rest|name)\\b)?");

    private Figures() {}

    /** Three significant digits, whole numbers and thousands in full; empty when it is no number. */
    static String of(double value) {
        if (!Double.isFinite(value)) return "";
        if (isVast(value)) return vast(value);
        if (isWhole(value) || Math.abs(value) >= 1000) return String.format(Locale.ROOT, "%,.0f", value);
        return withDecimals(value, Math.clamp((long) (2 - Math.floor(Math.log10(Math.abs(value)))), 0, 5));
    }

    /** The numbers of a column with as many decimals each; empty where there is none. */
    static List<String> column(double[] values) {
        if (Arrays.stream(values).filter(Double::isFinite).allMatch(Figures::isWhole))
            return Arrays.stream(values)
                    .mapToObj(value -> Double.isFinite(value) ? String.format(Locale.ROOT, "%,d", (long) value) : "")
                    .toList();
        double most = Arrays.stream(values)
                .filter(Double::isFinite)
                .map(Math::abs)
                .max()
                .orElse(0);
        int decimals = most >= 10 ? 2 : most >= 1 ? 3 : most >= .01 ? 4 : MOST_DECIMALS;
        return Arrays.stream(values)
                .mapToObj(value -> Double.isFinite(value) ? withDecimals(value, decimals) : "")
                .toList();
    }

    /** What would be rounded to nothing is written with its power of ten. */
    private static String withDecimals(double value, int decimals) {
        if (isVast(value)) return vast(value);
        boolean vanishes = value != 0 && Math.abs(value) < .5 * Math.pow(10, -decimals);
        return String.format(Locale.ROOT, vanishes ? "%.1e" : "%,." + decimals + "f", value);
    }

    /** An amount with so many decimals, and its thousands apart; with its power of ten where nobody could read it. */
    static String amount(double value, int decimals) {
        return isVast(value) ? vast(value) : String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    private static boolean isVast(double value) {
        return Math.abs(value) >= MOST_WHOLE;
    }

    private static String vast(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** A sentence written for several things, where one turns out to be one: "1 row was", not "1 rows were". */
    static String agreed(String sentence) {
        return ONE.matcher(sentence).replaceAll(one -> {
            String verb = one.group(2);
            return "1 " + one.group(1)
                    + (verb == null
                            ? ""
                            : switch (verb) {
                                case "were" -> " was";
                                case "are" -> " is";
                                case "have" -> " has";
                                case "had" -> " had";
                                default -> " " + verb + "s";
                            });
        });
    }

    private static boolean isWhole(double value) {
        return value == Math.rint(value) && !isVast(value);
    }
}
