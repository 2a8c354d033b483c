package io.rekindle.profile;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What the values of a tag are. */
public enum TagType {
    TEXT,
    NUMBER,
    BOOLEAN,
    /** A calendar day, {@code yyyy-mm-dd}. */
    DAY;

    /** The word it travels by: {@code text}. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
