package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.Locale;

/**
 * A link between two customers that was refused, and how often it was asked for.
 *
 * @param identifier what they share
 * @param customer who keeps it
 * @param refused who did not get it
 */
public record Conflict(
        Identifier identifier,
        CustomerId customer,
        CustomerId refused,
        Reason reason,
        Instant firstAt,
        Instant lastAt,
        long times) {

    /** Why two customers stay two. */
    public enum Reason {
        /** Both have a user id, and two user ids are two people. */
        SECOND_USER_ID,
        /** Both have an address or a number of their own, and all they share is a thing that several people use. */
        SECOND_PERSON,
        /** The customer would have more identifiers of one type than the rules allow. */
        LIMIT,
        /** The identifier is claimed by more customers than one person's can be: several people use it. */
        SHARED,
        /** The customer would have more identifiers than anybody has: something joins strangers. */
        TOO_LARGE,
        /** They were one customer, and somebody took them apart. */
        SEPARATED;

        /** As stored and shown. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
