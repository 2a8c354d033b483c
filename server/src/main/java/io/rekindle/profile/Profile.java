package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.List;
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

    /**
     * @param at when the event occurred that said so last
     * @param personal whether it is kept encrypted; then the value is masked where the caller may not see it
     */
    public record Trait(String name, JsonNode value, Instant at, int sourceId, boolean personal) {}
}
