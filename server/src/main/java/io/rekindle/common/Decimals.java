package io.rekindle.common;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decimal numbers as others write them. {@code 1e-300000000} is nine digits to read and hours to work out: rounding it to
 * cents means a division by a number of 300 million digits.
 */
public final class Decimals {
    private static final int MOST_DIGITS = 30;

    private static final Pattern WITH_POINT = form(",", "[.]");
    private static final Pattern WITH_COMMA = form("[.]", ",");
    private static final Pattern BETWEEN_THOUSANDS = Pattern.compile("[ \u00a0\u202f'\u2019]");

    private Decimals() {}

    private static Pattern form(String thousands, String decimals) {
        return Pattern.compile("[+-]?(?:\\d+|\\d{1,3}(?:%1$s\\d{3})+|\\d{1,3}(?:%2$s\\d{3})+)(?:%3$s\\d*)?"
                .formatted(thousands, "[ \u00a0\u202f'\u2019]", decimals));
    }

    /** The number a text says; null when it says none, or one of more than 30 digits before the point. */
    public static @Nullable BigDecimal read(String text) {
        try {
            return bounded(new BigDecimal(text));
        } catch (NumberFormatException noNumber) {
            return null;
        }
    }

    /**
     * The number a text says as people write them, thousands set apart or not: {@code 1,234.56}, {@code 1.234,56},
     * {@code 1 234.56}. Null when it is of no such form: {@code 12,50} is not 1250 where a comma sets thousands apart.
     *
     * @param comma whether the comma begins the decimals, and the point sets thousands apart
     */
    public static @Nullable BigDecimal written(String text, boolean comma) {
        if (text.length() > 60) return null;
        if (!(comma ? WITH_COMMA : WITH_POINT).matcher(text).matches()) return comma ? null : read(text);
        var bare = comma ? text.replace(".", "").replace(',', '.') : text.replace(",", "");
        return read(BETWEEN_THOUSANDS.matcher(bare).replaceAll(""));
    }

    /** The 64-bit number a text of digits says; null when it says none. */
    public static @Nullable Long whole(String text) {
        try {
            return text.matches("-?\\d{1,19}") ? Long.valueOf(text) : null;
        } catch (NumberFormatException beyondALong) {
            return null;
        }
    }

    /**
     * The number when it can be worked with as it is, 0 when it is nearer to 0 than 30 places after the point; null when it
     * has more than 30 digits before the point.
     */
    public static @Nullable BigDecimal bounded(BigDecimal number) {
        if (number.signum() == 0) return BigDecimal.ZERO;
        long digits = (long) number.precision() - number.scale();
        if (digits > MOST_DIGITS) return null;
        return digits < -MOST_DIGITS ? BigDecimal.ZERO : number;
    }
}
