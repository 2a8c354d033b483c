package io.rekindle.access;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A look at one customer, as it is written down.
 *
 * @param fields what was shown in clear, a JSON array of names
 */
record AccessRow(
        OffsetDateTime at,
        String actor,
        long customer,
        String what,
        String fields,
        @Nullable String reason) {}
