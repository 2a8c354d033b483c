package io.rekindle.segment;

import java.util.List;

/**
 * Something a rule may ask.
 *
 * @param path kind and name, e.g. {@code trait.city}, {@code event.Product Viewed}, {@code score.p_alive},
 *     {@code message.campaignId}, {@code tier}
 * @param type what its values are
 * @param values the values it takes, when these are known; otherwise empty
 */
public record Field(String path, Type type, Words label, List<Value> values) {
    public Field {
        values = List.copyOf(values);
    }

    /** What a rule compares. */
    public enum Type {
        TEXT,
        NUMBER,
        BOOLEAN,
        DAY,
        EVENT,
        ORDERS,
        CHOICE,
        MESSAGE,
        SEGMENT
    }

    /** One of a field's known values, as a rule writes it and as people read it. */
    public record Value(String value, Words label) {}
}
