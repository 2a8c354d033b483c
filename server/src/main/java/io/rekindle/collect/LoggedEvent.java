package io.rekindle.collect;

import io.rekindle.common.CustomerId;
import io.rekindle.common.Decimals;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One event as the log holds it.
 *
 * @param seq its place in the log, from 1, without gaps
 * @param name the event's name; null unless a track, page or screen call has one
 * @param customer id of the strongest identifier, before any merge
 * @param identifiers all identifiers the event carried, strongest first; empty only for an event of the product itself,
 *     whose customer was known already
 * @param amount the event's money value (revenue, else total, else value), if it has one
 * @param properties properties of a track/page/screen call or traits of an identify call, without personal fields; an
 *     object node, empty when there are none
 * @param personal personal fields by path, e.g. {@code traits.email}, {@code userId}; only for a tail that asked for
 *     them, otherwise empty
 */
public record LoggedEvent(
        long seq,
        Instant receivedAt,
        Instant occurredAt,
        int sourceId,
        @Nullable Long importId,
        EventType type,
        @Nullable String name,
        CustomerId customer,
        List<Identifier> identifiers,
        String messageId,
        @Nullable BigDecimal amount,
        JsonNode properties,
        Map<String, String> personal) {
    private static final Set<String> EARLIER =
            Set.of("Earlier Message Sent", "Earlier Message Delivered", "Earlier Message Bounced");

    /**
     * Whether the customer did it: what this product tells of its own doing, such as a delivery, is nobody's act, nor is
     * what an earlier system sent. The column {@code by_customer} of the warehouse says the same.
     *
     * @param ownSource the product's own, {@link Sources#OWN}
     */
    public boolean isByCustomer(int ownSource) {
        if (name == null) return sourceId != ownSource;
        if (sourceId != ownSource) return !EARLIER.contains(name);
        return name.endsWith(" Opened")
                || name.endsWith(" Link Clicked")
                || name.equals(Withdrawals.UNSUBSCRIBED)
                || name.equals(Withdrawals.SPAM);
    }

    public LoggedEvent {
        identifiers = List.copyOf(identifiers);
        personal = Map.copyOf(personal);
    }

    /**
     * Keyed hash of the e-mail address the event is about: its property {@code address_hash} (decimal), else the address it
     * was identified by; null when it carries none.
     */
    public @Nullable Long emailAddress() {
        var hash = Decimals.whole(properties.path("address_hash").asString(""));
        if (hash != null) return hash;
        return identifiers.stream()
                .filter(identifier -> identifier.type() == Identifier.Type.EMAIL)
                .map(identifier -> identifier.id().value())
                .findFirst()
                .orElse(null);
    }

    /** The same event with its personal fields. */
    public LoggedEvent withPersonal(Map<String, String> fields) {
        return new LoggedEvent(
                seq,
                receivedAt,
                occurredAt,
                sourceId,
                importId,
                type,
                name,
                customer,
                identifiers,
                messageId,
                amount,
                properties,
                fields);
    }
}
