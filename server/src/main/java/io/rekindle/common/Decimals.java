package io.rekindle.common;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Decimal numbers as others write them. {@code 1e-300000000} is nine digits to read and hours to work out: rounding it to
 * cents means a division by a number of 300 million digits.
 */
public final class Decimals {
    private static final int MOST_DIGITS = 30;

    private Decimals() {}

    /** The number a text says; null when it says none, or one of more than 30 digits before the point. */
    public static @Nullable BigDecimal read(String text) {
        try {
            return bounded(new BigDecimal(text));
        } catch (NumberFormatException noNumber) {
            return null;
        }
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
