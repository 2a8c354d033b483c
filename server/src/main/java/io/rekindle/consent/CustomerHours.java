package io.rekindle.consent;

import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.Optional;

/** When one customer may be written to. */
interface CustomerHours {
    /** From when on, if not at this instant; empty when then. */
    Optional<Instant> quietUntil(CustomerId customer, Instant at);
}
