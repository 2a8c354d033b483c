package io.rekindle.collect.tracking;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a source is to send, one version of it; the highest is in force.
 *
 * @param version from 1; 0 for a source that has no plan
 * @param allowsUnplanned whether events the plan does not name are as they should be
 */
public record TrackingPlan(
        int sourceId,
        int version,
        Mode mode,
        boolean allowsUnplanned,
        List<PlannedEvent> events,
        String note,
        @Nullable Instant createdAt,
        @Nullable String createdBy) {
    public TrackingPlan {
        events = List.copyOf(events);
    }

    /** What becomes of an item that breaks the plan, but of one that takes a permission back: that is always taken. */
    public enum Mode {
        /** Nothing is looked at. */
        OFF,
        /** It is taken, and the violation counted. */
        OBSERVE,
        /** It is set aside, sealed, to be repaired and replayed or thrown away. */
        QUARANTINE,
        /** It is a rejected record. */
        REJECT;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One event and what it must look like.
     *
     * @param type code of the call: track, page, screen, identify, group
     * @param name of a track, page or screen call; null for the calls of the type that have no schema of their own name
     * @param schema JSON Schema (2020-12 unless it says another) of its properties, or of its traits
     */
    public record PlannedEvent(String type, @Nullable String name, JsonNode schema) {}
}
