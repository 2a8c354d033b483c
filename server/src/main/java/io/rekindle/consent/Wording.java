package io.rekindle.consent;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One version of what customers are asked, word for word. A version is never changed; a consent names the one it was given
 * to.
 */
public record Wording(String code, int version, List<Text> texts, Instant createdAt, String createdBy) {
    public Wording {
        texts = List.copyOf(texts);
    }

    /**
     * What is asked in one country and language.
     *
     * @param country two letters, ISO 3166; empty: wherever there is no text of its own
     * @param language two letters, ISO 639
     */
    public record Text(String country, String language, String body) {}

    /** As a consent names it: {@code newsletter@3}. */
    public String reference() {
        return code + "@" + version;
    }

    /** The text for somebody: of the country before any other, then in the language before English. */
    public Optional<Text> text(String country, String language) {
        return texts.stream()
                .filter(text -> text.country().isEmpty() || text.country().equals(country))
                .min(Comparator.<Text>comparingInt(text -> text.country().isEmpty() ? 1 : 0)
                        .thenComparingInt(text -> text.language().equals(language)
                                ? 0
                                : text.language().equals("en") ? 1 : 2)
                        .thenComparing(Text::language));
    }
}
