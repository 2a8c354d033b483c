package io.rekindle.profile;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a tag was worked out last; one that is set from outside, how it was counted last.
 *
 * @param at business time its values are of
 * @param population how many customers it is about
 * @param covered how many of these have a value
 * @param outside how many other customers have one
 * @param changed for how many it changed
 * @param several how many fit two of its values
 * @param problem why it could not be worked out, in English; null: it could
 * @param values its most frequent values and how many customers have each
 * @param lastSetAt of a tag that is set from outside: since when the value that was set last holds; null: none was set
 */
public record TagRun(
        int version,
        Instant at,
        long population,
        long covered,
        long outside,
        long changed,
        long several,
        long millis,
        @Nullable String problem,
        List<Count> values,
        @Nullable Instant lastSetAt) {
    public TagRun {
        values = List.copyOf(values);
    }

    /** How many customers have a value. */
    public record Count(String value, long customers) {}
}
