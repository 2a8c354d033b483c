package io.rekindle.consent;

import java.time.Instant;

/**
 * What a customer said about one purpose and channel.
 *
 * @param source where it was said, e.g. {@code source 1}, {@code unsubscribe link}, {@code by anna@example.com}
 * @param at when it was said last
 */
public record Consent(String purpose, String channel, boolean granted, String source, Instant at) {}
