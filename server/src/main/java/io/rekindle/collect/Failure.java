package io.rekindle.collect;

import io.rekindle.platform.Problem;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why something failed in the background.
 *
 * @param code stable, as of a {@link Problem}
 * @param words the same in English
 * @param parameters the values the words name, for who says it in another language
 */
public record Failure(String code, String words, Map<String, String> parameters) {
    public static Failure of(Problem problem) {
        return new Failure(problem.code(), problem.detail(), problem.parameters());
    }

    /** Something that is no fault of what was given; what it was stands in the server's log. */
    public static Failure ours() {
        return of(Problem.of(
                Problem.Kind.INTERNAL,
                "failed_on_our_side",
                "something failed on our side: the server's log says what"));
    }

    /** For a column of text: PostgreSQL takes every character but this one. */
    public String stored() {
        return words.replace("\0", "");
    }

    /** The words of one that is stored; null for none. */
    public static @Nullable String wordsOf(@Nullable Failure failure) {
        return failure == null ? null : failure.stored();
    }
}
