package io.rekindle.consent;

import java.time.Instant;

/** The answer at the moment of sending. */
public sealed interface Permit {
    /** The message may go out; it holds a unit of the contact budget. */
    record Granted() implements Permit {}

    /** The message must not go out. */
    record Refused(Refusal reason) implements Permit {}

    /** The customer's address is another one than the message was made out for. Nothing was taken. */
    record AddressChanged() implements Permit {}

    /** Not now: it is within the quiet hours, which end then. Nothing was taken. */
    record Later(Instant notBefore) implements Permit {}
}
