package io.rekindle.consent;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a customer said about one purpose and channel, and perhaps one topic.
 *
 * @param source where it was said, e.g. {@code source 1}, {@code unsubscribe link}, {@code by anna@example.com}
 * @param at when it was said last
 * @param topic null: of everything
 * @param wording the version of what was asked, where that is known, e.g. {@code newsletter@3}
 */
public record Consent(
        String purpose,
        String channel,
        boolean granted,
        String source,
        Instant at,
        @Nullable String topic,
        @Nullable String wording) {}
