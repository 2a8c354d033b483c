package io.rekindle.profile;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a computed trait: one measure over what a customer did in the last so many days.
 *
 * @param event the name of the events it looks at; null: orders that stand
 * @param property of the events, dots lead into nested objects; null: the amount ({@link Measure#SUM}) or the day
 *     ({@link Measure#FIRST}, {@link Measure#LAST}, {@link Measure#DISTINCT})
 * @param days business days, that of the question included; null: ever
 */
public record TraitForm(
        String name,
        Measure measure,
        @Nullable String event,
        @Nullable String property,
        @Nullable Integer days) {

    /** What is made of them. */
    public enum Measure {
        /** How many. */
        COUNT,
        /** The sum of the amounts, or of a property that is a number. */
        SUM,
        /** The property of the earliest one that has it, else its day. */
        FIRST,
        /** The property of the latest one that has it, else its day. */
        LAST,
        /** The property's most frequent value; of several the first by name. */
        MOST_FREQUENT,
        /** How many different values, else on how many different days. */
        DISTINCT;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** As the history and rules name it. */
    public String trait() {
        return PREFIX + name;
    }

    /** What the names of computed traits begin with; no source can send such a trait. */
    public static final String PREFIX = "computed.";
}
