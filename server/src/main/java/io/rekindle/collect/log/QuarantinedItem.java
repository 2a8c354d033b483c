package io.rekindle.collect.log;

import java.time.Instant;
import java.util.List;

/**
 * An item set aside because it broke its source's plan.
 *
 * @param messageId as the history would hold it
 * @param identifiers customer ids of its identifiers, by which it is found when a person is to be erased
 * @param sealed all that is needed to take it in later, sealed
 */
@SuppressWarnings("ArrayRecordComponent") // sealed bytes, never compared
public record QuarantinedItem(
        Fingerprint fingerprint,
        int sourceId,
        String messageId,
        PlanBreach breach,
        List<Long> identifiers,
        Instant occurredAt,
        Instant receivedAt,
        byte[] sealed) {
    public QuarantinedItem {
        identifiers = List.copyOf(identifiers);
    }
}
