package io.rekindle.common;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The surrogate of one person: a 64-bit keyed hash of the strongest identifier first seen. It says nothing about who
 * the person is. In JSON it is a decimal string, because JavaScript cannot hold 64-bit integers.
 */
public record CustomerId(long value) {

    /** Reads the decimal form; an {@link IllegalArgumentException} names what was given. */
    @JsonCreator
    public static CustomerId parse(String text) {
        try {
            return new CustomerId(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'%s' is not a customer id: it is a whole number".formatted(text), e);
        }
    }

    @JsonValue
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
