package io.rekindle.plan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a change changes, each field with its value before and after, for the audit trail. */
final class Changes {
    private final List<Change> found = new ArrayList<>();

    private record Change(
            String field, @Nullable Object before, @Nullable Object after) {
        String words() {
            return "%s %s → %s".formatted(field, shown(before), shown(after));
        }
    }

    /** Notes a field whose value differs; amounts are compared as numbers. */
    Changes of(String field, @Nullable Object before, @Nullable Object after) {
        boolean same = (before instanceof BigDecimal a && after instanceof BigDecimal b)
                ? a.compareTo(b) == 0
                : Objects.equals(before, after);
        if (!same) found.add(new Change(field, before, after));
        return this;
    }

    List<String> fields() {
        return found.stream().map(Change::field).toList();
    }

    /** One line: {@code 'Back': target 0.05 → 0.1, deadline 2026-06-30 → 2026-09-30}. */
    String words(@Nullable String name) {
        return "'%s': %s"
                .formatted(
                        name,
                        found.isEmpty()
                                ? "nothing changed"
                                : String.join(
                                        ", ", found.stream().map(Change::words).toList()));
    }

    private static String shown(@Nullable Object value) {
        return switch (value) {
            case null -> "none";
            case BigDecimal amount -> amount.stripTrailingZeros().toPlainString();
            case Objective.Kind kind -> kind.code();
            case Objective.Unit unit -> unit.code();
            case ObjectiveMetric metric -> metric.code();
            case Offer.Kind kind -> kind.code();
            default -> value.toString();
        };
    }
}
