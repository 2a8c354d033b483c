package io.rekindle.segment;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A number between two bounds, both included; at least one of them is given. */
public record Range(@Nullable BigDecimal atLeast, @Nullable BigDecimal atMost) {
    public Range {
        if (atLeast == null && atMost == null)
            throw new IllegalArgumentException("a range needs atLeast, atMost or both");
        if (atLeast != null && atMost != null && atLeast.compareTo(atMost) > 0)
            throw new IllegalArgumentException("atLeast %s is above atMost %s".formatted(atLeast, atMost));
    }

    public static Range atLeast(long least) {
        return new Range(BigDecimal.valueOf(least), null);
    }

    public static Range atMost(long most) {
        return new Range(null, BigDecimal.valueOf(most));
    }

    public boolean holds(BigDecimal value) {
        return (atLeast == null || value.compareTo(atLeast) >= 0) && (atMost == null || value.compareTo(atMost) <= 0);
    }
}
