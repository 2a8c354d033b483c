package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An identifier and whom it belongs to.
 *
 * @param firstSeen when the earliest event with it occurred
 * @param linkedAt when it was received first, or a link of its own brought it to another customer
 * @param claims how many stronger identifiers it was seen with, be it that they got it or that they were refused
 * @param sharedSince since when it is taken for one that several people use; null when it is not
 */
public record KnownIdentifier(
        Identifier identifier,
        CustomerId customer,
        Instant firstSeen,
        Instant linkedAt,
        int claims,
        @Nullable Instant sharedSince) {}
