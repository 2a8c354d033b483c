package io.rekindle.rights;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The erasure of one person. It does not say of whom.
 *
 * @param dueAt until when it must be finished
 * @param hiddenAt when the rows were gone and the keys destroyed: from then on nothing personal can be read
 * @param finishedAt when the files of both stores were written anew without the person
 * @param rowsRemoved rows of PostgreSQL that were deleted
 * @param keysDestroyed keys that were destroyed, of the person and of single sealed things about them
 */
public record Erasure(
        long id,
        State state,
        String reason,
        String requestedBy,
        Instant requestedAt,
        Instant dueAt,
        @Nullable Instant hiddenAt,
        @Nullable Instant finishedAt,
        @Nullable Long rowsRemoved,
        @Nullable Integer keysDestroyed) {
    /** How far it is. */
    public enum State {
        REQUESTED,
        HIDDEN,
        FINISHED;

        /** The word it travels by. */
        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
