package io.rekindle.consent;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An address nobody may write to.
 *
 * @param addressHash the keyed hash of the address: the id of its {@code collect.Identifier}
 * @param source who or what put it on the list
 * @param topic only messages about this are not sent; null: none is
 * @param note what whoever put it there had to say
 */
public record Suppression(
        String channel,
        long addressHash,
        Reason reason,
        String source,
        Instant at,
        @Nullable String topic,
        @Nullable String note) {

    /** Why. */
    public enum Reason {
        /** The mailbox does not exist or refuses for good. */
        HARD_BOUNCE,
        /** Its owner called our mail spam. */
        COMPLAINT,
        /** Who reads the mailbox wants no marketing there, whoever the shop takes them for. */
        UNSUBSCRIBE,
        /** A law, a court or an authority says so. */
        LEGAL,
        /** Somebody decided so. */
        MANUAL;

        /** As stored and shown. */
        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads the stored form; an {@link IllegalArgumentException} lists what there is. */
        @JsonCreator
        public static Reason of(String code) {
            return Arrays.stream(values())
                    .filter(reason -> reason.code().equals(code))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'%s' is no reason; there are %s"
                            .formatted(
                                    code,
                                    Arrays.stream(values()).map(Reason::code).collect(Collectors.joining(", ")))));
        }
    }
}
