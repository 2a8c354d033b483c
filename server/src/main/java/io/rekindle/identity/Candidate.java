package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Two customers that are probably one person.
 *
 * @param probability by the linkage model
 * @param evidence what each field says; without values
 */
public record Candidate(
        long id,
        Identifier left,
        Identifier right,
        double probability,
        List<Evidence> evidence,
        State state,
        Instant foundAt,
        @Nullable Instant decidedAt,
        @Nullable String decidedBy) {
    public Candidate {
        evidence = List.copyOf(evidence);
    }

    /** @param bits above 0 for one person, below for two */
    public record Evidence(String field, String level, double bits) {}

    /** Where a candidate stands. */
    public enum State {
        /** To be looked at. */
        OPEN,
        /** A person said that they are one; so they are one customer now. */
        ACCEPTED,
        /** A person said that they are two; it does not come up again. */
        REJECTED,
        /** Above the threshold from which they are merged by themselves. */
        AUTOMATIC;

        /** As stored and shown. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
