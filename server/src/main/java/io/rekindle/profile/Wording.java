package io.rekindle.profile;

/** The same words in English and Chinese. */
public record Wording(String en, String zh) {
    public Wording {
        if (en.isBlank() || zh.isBlank())
            throw new IllegalArgumentException(
                    "words are given in both languages; these are '%s' and '%s'".formatted(en, zh));
    }
}
