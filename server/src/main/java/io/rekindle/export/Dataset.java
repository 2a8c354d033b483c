package io.rekindle.export;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What of the history can be exported; each is one folder. Its columns are those of the view, see docs/warehouse.md. */
public enum Dataset {
    /** Events, a file for each day on which they came in. */
    EVENTS,
    /** Everybody: stage, tier, scores, traits, and personal fields as far as the export may have them. */
    PROFILES,
    /** The decision ledger, a file for each day of decisions. */
    DECISIONS,
    /** Every change of a message's state, a file for each day. */
    MESSAGES,
    /** What became of decisions, a file for each day on which they were recorded. */
    OUTCOMES,
    /** Orders as they stand. */
    ORDERS,
    /** Lines of orders as they stand. */
    ORDER_LINES,
    /** Permissions as they stand. */
    CONSENTS,
    /** Which ids are one customer: files of earlier days carry the ids of then. */
    IDENTITIES;

    /** As stored and shown, and the name of its folder. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads the stored form; an {@link IllegalArgumentException} when there is none of that name. */
    @JsonCreator
    public static Dataset of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
