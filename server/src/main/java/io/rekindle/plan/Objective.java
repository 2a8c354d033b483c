package io.rekindle.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What the marketing is for: specific (whom, what), measurable (a metric with a baseline we measured), time-bound.
 *
 * @param segmentId whose metric it is; null: everybody who had ordered
 * @param segmentVersion the version of the segment's rule the baseline was measured by; the metric is measured by the same
 *     ever after. Null in objectives of an earlier release: the present one
 * @param windowDays the length of the window the metric is taken over
 * @param baseline the metric over the last window when the objective was made
 * @param baselineCustomers how many customers it was measured over
 * @param target the change aimed at: in points (a rate: 0.02 = two percentage points; revenue: an amount) or relative
 *     (0.1 = ten per cent of the baseline)
 */
public record Objective(
        long id,
        Kind kind,
        String name,
        ObjectiveMetric metric,
        Unit unit,
        @Nullable Long segmentId,
        @Nullable Integer segmentVersion,
        int windowDays,
        double baseline,
        long baselineCustomers,
        Instant measuredAt,
        double target,
        LocalDate deadline) {

    /** The value the metric has when the objective is reached. */
    public double aim() {
        return switch (unit) {
            case POINTS -> baseline + target;
            case RELATIVE -> baseline * (1 + target);
        };
    }

    /** What kind of change is wanted. */
    public enum Kind {
        RETAIN,
        GROW,
        ACTIVATE,
        ACQUIRE;

        @JsonValue
        public String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        @JsonCreator
        static Kind of(String code) {
            for (var kind : values()) if (kind.code().equals(code)) return kind;
            throw new IllegalArgumentException(
                    "'%s' is not a kind of objective: retain, grow, activate or acquire".formatted(code));
        }
    }

    /** How the target is stated. */
    public enum Unit {
        POINTS,
        RELATIVE;

        @JsonValue
        public String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        @JsonCreator
        static Unit of(String code) {
            for (var unit : values()) if (unit.code().equals(code)) return unit;
            throw new IllegalArgumentException("'%s' is not a unit: points or relative".formatted(code));
        }
    }
}
