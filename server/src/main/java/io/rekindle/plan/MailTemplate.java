package io.rekindle.plan;

/**
 * One version of a mail's text. Versions are kept for ever: what was sent can be read again.
 *
 * @param channel {@code email}
 * @param subject Liquid, one line
 * @param html Liquid; every value is escaped for HTML as it is put in
 * @param text Liquid, the plain part
 */
public record MailTemplate(
        long id, int version, String name, String channel, String subject, String html, String text) {}
