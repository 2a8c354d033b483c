package io.rekindle.consent;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a message is for the one who gets it; the contact budget has limits by category. */
public enum Category {
    /** An offer, a discount, a call to buy. */
    PROMOTION,
    /** News that come regularly. */
    NEWSLETTER,
    /** Of something the customer left open or will run out of. */
    REMINDER,
    /** A question to the customer. */
    SURVEY,
    /** What a contract or the customer's own request calls for. It stands apart: no budget, no quiet hours. */
    TRANSACTIONAL;

    /** As stored and shown. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads the stored form; an {@link IllegalArgumentException} lists what there is. */
    @JsonCreator
    public static Category of(String code) {
        return Arrays.stream(values())
                .filter(category -> category.code().equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' is no category; there are %s"
                        .formatted(
                                code,
                                Arrays.stream(values()).map(Category::code).collect(Collectors.joining(", ")))));
    }
}
