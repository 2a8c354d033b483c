package io.rekindle.collect.log;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event that is fit for the log and has no place in it yet.
 *
 * @param customer id of the strongest identifier
 * @param identifiers strongest first; empty for an event of the product itself, whose customer is known already
 * @param properties a JSON object without personal fields; null when there are none
 * @param context a JSON object without personal fields; null when there is none
 * @param personal the personal fields, sealed; null when there are none
 * @param newUser whether {@code personal} carries the user id in clear
 * @param aliases the identifiers as the history has them: written by whoever stages the event, many at a time, and not by
 *     the log's one writer
 */
@SuppressWarnings("ArrayRecordComponent") // sealed bytes, never compared
public record StagedEvent(
        Fingerprint fingerprint,
        Instant receivedAt,
        Instant occurredAt,
        int sourceId,
        @Nullable Long importId,
        EventType type,
        @Nullable String name,
        long customer,
        List<Identifier> identifiers,
        String messageId,
        @Nullable BigDecimal amount,
        @Nullable String properties,
        @Nullable String context,
        byte @Nullable [] personal,
        boolean newUser,
        @Nullable String aliases) {
    public StagedEvent(
            Fingerprint fingerprint,
            Instant receivedAt,
            Instant occurredAt,
            int sourceId,
            @Nullable Long importId,
            EventType type,
            @Nullable String name,
            long customer,
            List<Identifier> identifiers,
            String messageId,
            @Nullable BigDecimal amount,
            @Nullable String properties,
            @Nullable String context,
            byte @Nullable [] personal,
            boolean newUser) {
        this(
                fingerprint,
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
                context,
                personal,
                newUser,
                IdentifierText.write(identifiers));
    }

    /** The same event as one of an import. */
    public StagedEvent ofImport(long id, String itsMessageId, Fingerprint itsFingerprint) {
        return new StagedEvent(
                itsFingerprint,
                receivedAt,
                occurredAt,
                sourceId,
                id,
                type,
                name,
                customer,
                identifiers,
                itsMessageId,
                amount,
                properties,
                context,
                personal,
                newUser,
                aliases);
    }

    /** The same event with other bytes in the place of its personal fields. */
    public StagedEvent withPersonal(byte[] bytes) {
        return new StagedEvent(
                fingerprint,
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
                context,
                bytes,
                newUser,
                aliases);
    }
}
