package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import java.time.Instant;

/**
 * An identifier and whom it belongs to.
 *
 * @param firstSeen when the earliest event with it occurred
 * @param linkedAt when it was received first, or came to its present customer
 */
public record KnownIdentifier(Identifier identifier, CustomerId customer, Instant firstSeen, Instant linkedAt) {}
