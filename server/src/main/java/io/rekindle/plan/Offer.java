package io.rekindle.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something given to a customer who is written to: a percentage or an amount off, by a code that works once.
 *
 * @param value percent (10 = 10 %) or an amount of {@code currency}
 * @param currency of an amount; null for a percentage
 * @param costPerUse what one use costs besides the discount, which the order itself carries
 * @param budget when uses times {@code costPerUse} reach it, no more codes are given out; null: no limit
 */
public record Offer(
        long id,
        String name,
        Kind kind,
        BigDecimal value,
        @Nullable String currency,
        BigDecimal costPerUse,
        @Nullable BigDecimal budget,
        Instant expiresAt,
        Codes codes) {

    /** How the value is meant. */
    public enum Kind {
        PERCENT("percent"),
        AMOUNT("amount");

        private final String code;

        Kind(String code) {
            this.code = code;
        }

        @JsonValue
        public String code() {
            return code;
        }

        @JsonCreator
        static Kind of(String code) {
            for (var kind : values()) if (kind.code.equals(code)) return kind;
            throw new IllegalArgumentException("'%s' is not a kind of offer: percent or amount".formatted(code));
        }
    }

    /**
     * How many codes there are, how many are given out, and how many were used in an order.
     *
     * @param promised of those that are not given out, how many the campaigns that are approved or being sent still need
     */
    public record Codes(long total, long assigned, long redeemed, long promised) {
        /** Codes that can still be given out. */
        public long left() {
            return total - assigned;
        }
    }
}
