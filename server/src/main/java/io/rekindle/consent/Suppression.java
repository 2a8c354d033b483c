package io.rekindle.consent;

import java.time.Instant;
import java.util.Locale;

/**
 * An address nobody may write to.
 *
 * @param addressHash the keyed hash of the address: the id of its {@code collect.Identifier}
 * @param source who or what put it on the list
 */
public record Suppression(String channel, long addressHash, Reason reason, String source, Instant at) {

    /** Why. */
    public enum Reason {
        /** The mailbox does not exist or refuses for good. */
        HARD_BOUNCE,
        /** Its owner called our mail spam. */
        COMPLAINT,
        /** Somebody decided so. */
        MANUAL;

        /** As stored and shown. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
