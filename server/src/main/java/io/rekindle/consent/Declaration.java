package io.rekindle.consent;

import org.jspecify.annotations.Nullable;

/**
 * What somebody says about being written to, and what shows that it was said.
 *
 * @param topic null: of everything
 * @param source where it was said
 * @param wording the version of what was asked, e.g. {@code newsletter@3}; null where nothing was asked
 * @param language in which it was asked; null where that is not known
 * @param proof what shows it, in words; kept sealed; null where the source is all there is
 */
public record Declaration(
        String purpose,
        String channel,
        @Nullable String topic,
        boolean granted,
        String source,
        @Nullable String wording,
        @Nullable String language,
        @Nullable String proof) {

    /** Of marketing as a whole, with nothing but its source. */
    public static Declaration marketing(String channel, boolean granted, String source) {
        return new Declaration(Permissions.MARKETING, channel, null, granted, source, null, null, null);
    }

    /** The same, asked the same way, of a topic; null: of everything. */
    Declaration about(@Nullable String otherTopic, boolean yes) {
        return new Declaration(purpose, channel, otherTopic, yes, source, wording, language, proof);
    }
}
