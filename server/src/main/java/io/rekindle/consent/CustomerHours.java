package io.rekindle.consent;

import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/** When customers may be written to. */
interface CustomerHours {
    /** From when on, of those who may not be written to at this instant. */
    Map<CustomerId, Instant> quietUntil(Collection<CustomerId> customers, Instant at);
}
