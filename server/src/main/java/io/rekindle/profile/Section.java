package io.rekindle.profile;

import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.common.CustomerId;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A part of the customer page that a module fills; a kind no module fills is shown as such. */
public interface Section {

    /** What the customer page has a place for beside orders and messages. */
    enum Kind {
        VISITS,
        TICKETS,
        SURVEYS,
        POINTS;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One figure.
     *
     * @param name stable, e.g. {@code visits}; the console has the words
     * @param number what it is; null when it is a time
     * @param at the time it is; null when it is a number
     */
    record Figure(
            String name,
            @Nullable BigDecimal number,
            @Nullable Instant at) {}

    Kind kind();

    /** What there is of a customer; empty when there is nothing. */
    List<Figure> of(CustomerId customer);
}
