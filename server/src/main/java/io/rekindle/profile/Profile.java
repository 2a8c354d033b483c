package io.rekindle.profile;

import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is known of one customer now.
 *
 * @param firstSeen when the earliest event occurred
 * @param lastSeen when the latest event occurred
 * @param identifiers strongest first
 * @param traits by name, personal fields among them
 */
public record Profile(
        CustomerId customerId,
        Instant firstSeen,
        Instant lastSeen,
        List<IdentifierValue> identifiers,
        List<Trait> traits) {
    public Profile {
        identifiers = List.copyOf(identifiers);
        traits = List.copyOf(traits);
    }

    /**
     * @param type {@code user_id, email, phone, anonymous_id}
     * @param value the value, masked where the caller may not see it; {@code #} and a hash for one whose value is not
     *     kept: devices, and addresses the customer had before
     */
    public record IdentifierValue(String type, String value) {}

    /** By what a value stands where several sources have said something. */
    public enum Rule {
        /** What occurred last. */
        LAST,
        /** The word of the highest ranked source. */
        SOURCES,
        /** Worked out by the product: nobody says it. */
        COMPUTED;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What a source said last.
     *
     * @param value masked like the trait's; null: it took its word back
     */
    public record Word(@Nullable JsonNode value, Instant at, int sourceId) {}

    /**
     * @param at when the event occurred that said so last
     * @param personal whether it is kept encrypted; then the value is masked where the caller may not see it
     * @param rule what let it stand
     * @param rank the place of its source in the rule, from 1; null: the rule does not list it, or there is none
     * @param others what other sources said, the latest first
     */
    public record Trait(
            String name,
            JsonNode value,
            Instant at,
            int sourceId,
            boolean personal,
            Rule rule,
            @Nullable Integer rank,
            List<Word> others) {
        public Trait {
            others = List.copyOf(others);
        }
    }
}
