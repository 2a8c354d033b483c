package io.rekindle.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class DecimalsTest {
    /** Ids are 64-bit hashes: one in forty begins with a 9. */
    @Test
    void everyLongIsReadAndNothingBeyond() {
        for (long number : new long[] {0, -7, Long.MAX_VALUE, Long.MIN_VALUE, 9_123_456_789_012_345_678L})
            assertThat(Decimals.whole(Long.toString(number))).isEqualTo(number);
        for (var text : new String[] {"9223372036854775808", "-9223372036854775809", "", "-", "1.5", "1e3", " 1"})
            assertThat(Decimals.whole(text)).as(text).isNull();
    }

    @Test
    void absurdExponentsAreNothingOrZero() {
        assertThat(Decimals.read("1e-300000000")).isEqualTo(BigDecimal.ZERO);
        assertThat(Decimals.read("0e-2147483647")).isEqualTo(BigDecimal.ZERO);
        assertThat(Decimals.read("1e2147483647")).isNull();
        assertThat(Decimals.read("-1e31")).isNull();
        assertThat(Decimals.read("12.50")).isEqualTo(new BigDecimal("12.50"));
        assertThat(Decimals.read("12,50")).isNull();
    }
}
