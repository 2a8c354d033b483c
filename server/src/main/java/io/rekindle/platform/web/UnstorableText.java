package io.rekindle.platform.web;

import io.rekindle.platform.Problem;
import java.util.Optional;

/** Text no database takes. */
final class UnstorableText {
    private UnstorableText() {}

    /** Why a text cannot be stored; empty when it can. */
    static Optional<Problem.Fault> in(String place, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0)
                return Optional.of(
                        new Problem.Fault(place, "nul_character", "the character NUL (U+0000) cannot be stored"));
            if (!Character.isSurrogate(c)) continue;
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1)))
                i++;
            else
                return Optional.of(new Problem.Fault(
                        place, "half_character", "half a character (a surrogate without the other) cannot be stored"));
        }
        return Optional.empty();
    }
}
