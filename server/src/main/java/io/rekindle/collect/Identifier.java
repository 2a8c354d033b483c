package io.rekindle.collect;

import io.rekindle.common.CustomerId;

/**
 * One identifier an event carried, as the log keeps it: its type and the keyed hash of its normalised value. That hash
 * is also the customer id the identifier would have on its own.
 */
public record Identifier(Type type, CustomerId id) {

    /** Strongest first: the strongest identifier of an event gives the event its customer id. */
    public enum Type {
        USER_ID("user_id"),
        EMAIL("email"),
        PHONE("phone"),
        ANONYMOUS_ID("anonymous_id");

        private final String code;

        Type(String code) {
            this.code = code;
        }

        /** As stored and shown. */
        public String code() {
            return code;
        }
    }
}
