package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the journal: two identifiers that were apart became one customer's.
 *
 * @param number of the entry
 * @param left the stronger of the two in the event, or the first named
 * @param score how probable it is that both are one person; null where the rule is certain
 * @param seq the event of the log that says so
 * @param winner the customer whose id stayed
 * @param loser the customer whose id became an alias
 * @param merged whether both were customers before; otherwise one was an identifier seen for the first time
 * @param undone when it was undone; null while it holds
 */
public record Link(
        long number,
        Identifier left,
        Identifier right,
        Rule rule,
        @Nullable Double score,
        long seq,
        Instant at,
        CustomerId winner,
        CustomerId loser,
        boolean merged,
        @Nullable Instant undone) {

    /** Why two identifiers are one person's. */
    public enum Rule {
        /** One event carried both. */
        SAME_EVENT,
        /** The linkage model found their people alike, above the threshold or confirmed by a person. */
        PROBABLE_MATCH,
        /** A person said so. */
        BY_HAND,
        /** From before there was a journal. */
        BEFORE_JOURNAL;

        /** As stored and shown. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Rule of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }
}
