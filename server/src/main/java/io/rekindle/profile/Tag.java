package io.rekindle.profile;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tag of the catalogue.
 *
 * @param key stable, lower-case: rules and the history name it so
 * @param version counts its definitions; every one is kept
 * @param approvedVersion the one that is worked out and that rules may ask; null: none yet
 * @param form the latest definition
 * @param shipped whether it came with the product
 * @param lineage what its values come from: views, fields, models with their names
 * @param users what uses it, in words
 * @param run how it was worked out last; null: never yet
 * @param overlapping customers who have another tag of the same exclusive group too
 * @param health what is wrong with it
 */
public record Tag(
        String key,
        int version,
        @Nullable Integer approvedVersion,
        TagForm form,
        boolean shipped,
        Instant createdAt,
        Instant changedAt,
        String changedBy,
        @Nullable Instant approvedAt,
        @Nullable String approvedBy,
        boolean retired,
        List<String> lineage,
        List<String> users,
        @Nullable TagRun run,
        long overlapping,
        List<Health> health) {
    public Tag {
        lineage = List.copyOf(lineage);
        users = List.copyOf(users);
        health = List.copyOf(health);
    }

    /** What can be wrong with a tag; the catalogue counts them. */
    public enum Health {
        /** Its newest definition waits for approval. */
        UNAPPROVED,
        /** Somebody of its population has no value though everybody must. */
        INCOMPLETE,
        /** Somebody fits two values, or has two tags of one group, though nobody may. */
        OVERLAPPING,
        /** Nothing uses it. */
        UNUSED,
        /** Its values are older than they may be. */
        STALE,
        /** The last attempt to work it out failed. */
        FAILING;

        @com.fasterxml.jackson.annotation.JsonValue
        public String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Whether rules may ask it. */
    public boolean isLive() {
        return approvedVersion != null && !retired;
    }
}
