package io.rekindle.plan;

import org.jspecify.annotations.Nullable;

/**
 * A message with all values put in.
 *
 * @param subject null: its channel has none
 * @param html null: its channel has none
 */
public record RenderedMessage(
        @Nullable String subject, @Nullable String html, String text) {}
