package io.rekindle.models.table;

import java.util.regex.Pattern;

/**
 * How a file writes its numbers: with a decimal point, or with a decimal comma and perhaps points or spaces between the
 * thousands. A file is read in one of the two forms; what is written in the other is no number, for "1.234" is either, and
 * only who wrote it knows which.
 */
public enum NumberForm {
    /** {@code 1234.5}. */
    POINT(Pattern.compile("[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?")),
    /** {@code 1234,5} or {@code 1.234,5}. */
    COMMA(Pattern.compile(
            "[+-]?(?:(?:\\d{1,3}(?:[. '\\u00a0\\u202f]\\d{3})+|\\d+)(?:,\\d*)?|,\\d+)(?:[eE][+-]?\\d+)?"));

    private static final Pattern BETWEEN_THOUSANDS = Pattern.compile("[. '\\u00a0\\u202f]");

    private final Pattern pattern;

    NumberForm(Pattern pattern) {
        this.pattern = pattern;
    }

    /** Whether a text is a number so written; blanks around it do not count. */
    public boolean matches(String text) {
        return pattern.matcher(text.strip()).matches();
    }

    /** Whether a text is no number so written, and were one if its decimal sign were the other. */
    public boolean isOtherwise(String text) {
        return !matches(text)
                && text.indexOf(this == POINT ? ',' : '.') >= 0
                && (this == POINT ? COMMA : POINT).matches(text);
    }

    /** The number a text stands for, infinite where it is too large; NaN when it stands for none. */
    public double read(String text) {
        return matches(text) ? Double.parseDouble(plain(text)) : Double.NaN;
    }

    /** A number with a decimal point and nothing between thousands; any other text as it is. */
    public String plain(String text) {
        if (this == POINT || !matches(text)) return text;
        return BETWEEN_THOUSANDS.matcher(text.strip()).replaceAll("").replace(',', '.');
    }
}
