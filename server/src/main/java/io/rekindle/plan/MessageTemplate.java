package io.rekindle.plan;

import org.jspecify.annotations.Nullable;

/**
 * One version of a message's text. Versions are kept for ever: what was sent can be read again.
 *
 * @param channel {@code email} or {@code sms}; every version of a template is of one channel
 * @param subject Liquid, one line; null: the channel has none
 * @param html Liquid; every value is escaped for HTML as it is put in; null: the channel has none
 * @param text Liquid; of a mail the plain part
 */
public record MessageTemplate(
        long id,
        int version,
        String name,
        String channel,
        @Nullable String subject,
        @Nullable String html,
        String text) {}
