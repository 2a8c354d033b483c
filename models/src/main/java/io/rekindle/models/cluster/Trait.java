package io.rekindle.models.cluster;

import java.time.LocalDate;
import java.util.Locale;

/**
 * Something that sets a cluster apart from all other customers.
 *
 * <p>What: a number whose mean within the cluster lies far from that of all others, or a name much more, or less, frequent in
 * it. Assumption: who reads it wants the few columns that differ most, in multiples of their own spread. Source: standardised
 * differences (Cohen 1988) and, for names, shares side by side. Complexity: none of its own; one pass over the rows finds
 * them.
 */
public sealed interface Trait {
    String column();

    /** How far apart, between −1 and 1; 0 where the cluster is like the others. */
    double effect();

    /** In words. */
    String words(Language language);

    /** Languages traits are told in. */
    enum Language {
        ENGLISH,
        CHINESE
    }

    /**
     * Numbers lie higher or lower.
     *
     * @param effect probability that one of the cluster has the higher number than one of the others, minus the opposite
     *     (Cliff's delta)
     * @param median of the cluster
     * @param others median of the others
     */
    record Level(String column, double effect, double median, double others) implements Trait {
        @Override
        public String words(Language language) {
            return switch (language) {
                case ENGLISH ->
                    "%s %s (median %s against %s)"
                            .formatted(column, effect > 0 ? "high" : "low", number(median), number(others));
                case CHINESE ->
                    "%s%s（中位数 %s，其余 %s）".formatted(column, effect > 0 ? "偏高" : "偏低", number(median), number(others));
            };
        }
    }

    /**
     * Dates lie later or earlier.
     *
     * @param median days since 1970, of the cluster
     * @param others of the others
     */
    record Moment(String column, double effect, long median, long others) implements Trait {
        @Override
        public String words(Language language) {
            return switch (language) {
                case ENGLISH ->
                    "%s %s (median %s against %s)"
                            .formatted(column, effect > 0 ? "late" : "early", day(median), day(others));
                case CHINESE ->
                    "%s%s（中位数 %s，其余 %s）".formatted(column, effect > 0 ? "较晚" : "较早", day(median), day(others));
            };
        }

        private static String day(long day) {
            return LocalDate.ofEpochDay(day).toString();
        }
    }

    /**
     * A value is more or less frequent.
     *
     * @param value its name; empty for rows without one
     * @param effect the difference of the two shares on the arcsine scale, over π
     * @param share of the cluster that has it
     * @param others share of the others that have it
     */
    record Share(String column, String value, double effect, double share, double others) implements Trait {
        @Override
        public String words(Language language) {
            return switch (language) {
                case ENGLISH ->
                    "%s%s%s (%s against %s)"
                            .formatted(
                                    column,
                                    effect > 0 ? " " : " not ",
                                    value.isEmpty() ? "unknown" : value,
                                    percent(share),
                                    percent(others));
                case CHINESE ->
                    "%s%s%s（占 %s，其余 %s）"
                            .formatted(
                                    column,
                                    effect > 0 ? "多为" : "少有",
                                    value.isEmpty() ? "未知" : value,
                                    percent(share),
                                    percent(others));
            };
        }

        private static String percent(double share) {
            return String.format(Locale.ROOT, "%.0f %%", 100 * share);
        }
    }

    /** A number to three significant digits, without exponents where a person would write none. */
    private static String number(double value) {
        if (value == 0) return "0";
        double size = Math.abs(value);
        if (size >= 1e9 || size < 1e-4) return String.format(Locale.ROOT, "%.2e", value);
        int decimals = (int) Math.clamp(2 - Math.floor(Math.log10(size)), 0, 6);
        String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
}
