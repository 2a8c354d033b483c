package io.rekindle.collect.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An item that could not be used.
 *
 * @param digest the same for the same bytes, so that a client's retry is not a second rejected item
 * @param reason a stable code
 * @param detail what is wrong, without the value itself: it may be personal
 * @param sealed the item as it came, sealed
 * @param breach what of the plan it broke; null when it was rejected for something else
 */
@SuppressWarnings("ArrayRecordComponent") // sealed bytes, never compared
public record RejectedItem(
        int sourceId,
        long digest,
        String reason,
        String detail,
        Instant rejectedAt,
        byte[] sealed,
        @Nullable PlanBreach breach) {}
