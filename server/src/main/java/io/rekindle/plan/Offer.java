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
 * @param budget what all codes that are given out may cost together if every one is used, each {@link #mostPerUse}: no
 *     code is given out that would go over it; null: no limit
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

    /** What one use costs at most: the amount it takes off, if it is one, and what it costs besides. */
    public BigDecimal mostPerUse() {
        return kind == Kind.AMOUNT ? value.add(costPerUse) : costPerUse;
    }

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
     * @param affordable how many, given out ones among them, the budget pays for; null without a budget
     */
    public record Codes(
            long total,
            long assigned,
            long redeemed,
            long promised,
            @Nullable Long affordable) {
        /** Codes that can still be given out. */
        public long left() {
            return total - assigned;
        }
    }
}
