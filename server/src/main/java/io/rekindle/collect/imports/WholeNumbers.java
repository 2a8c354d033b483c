package io.rekindle.collect.imports;

import io.rekindle.common.Decimals;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Whole numbers that a file has as numbers with a fraction: a program that knows no empty number among whole ones keeps
 * 17850 as 17850.0. The customer is 17850 all the same.
 */
final class WholeNumbers {
    /** From here on the form of 64 bits has not every whole number (IEEE 754). */
    static final BigDecimal EXACT_IN_64_BITS = new BigDecimal(1L << 53);

    static final BigDecimal EXACT_IN_32_BITS = new BigDecimal(1L << 24);

    private WholeNumbers() {}

    /** The number a text says when it is a whole one; null when it says another, or none. */
    static @Nullable BigDecimal of(String text) {
        var number = Decimals.read(text);
        if (number == null || number.stripTrailingZeros().scale() > 0) return null;
        return number.setScale(0);
    }
}
