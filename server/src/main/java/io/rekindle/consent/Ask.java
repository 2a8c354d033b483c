package io.rekindle.consent;

import org.jspecify.annotations.Nullable;

/**
 * What permission is asked for.
 *
 * @param topic what the message is about, as customers choose topics; null: nothing in particular
 */
public record Ask(String purpose, String channel, @Nullable String topic, Category category) {
    public Ask {
        if (purpose.equals(Permissions.MARKETING) && category == Category.TRANSACTIONAL)
            throw new IllegalArgumentException("marketing is never transactional");
    }

    /** A promotion about nothing in particular. */
    public static Ask marketing(String channel) {
        return new Ask(Permissions.MARKETING, channel, null, Category.PROMOTION);
    }

    /** What a contract or the customer's own request calls for. */
    public static Ask transactional(String channel) {
        return new Ask(Permissions.TRANSACTIONAL, channel, null, Category.TRANSACTIONAL);
    }

    /** Whether a message takes a unit of the contact budget. */
    boolean isCounted() {
        return purpose.equals(Permissions.MARKETING);
    }
}
