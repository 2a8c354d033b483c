package io.rekindle.deliver;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where a message stands. */
public enum MessageState {
    /** Waits for its time. */
    READY,
    /** Is being handed over now; undecided until the mail server has answered. */
    SENDING,
    /** The mail server took it. */
    SENT,
    /** It will not arrive; the reason says why. */
    FAILED,
    /** Refused for now; tried again later. */
    DEFERRED,
    /** Nobody here knows whether it arrived: it is never sent again by itself, and settled by evidence or a person. */
    IN_DOUBT,
    /** Not sent on purpose; the reason says why. */
    SKIPPED;

    /** As stored and shown, e.g. {@code in_doubt}. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads the stored form; an {@link IllegalArgumentException} lists what there is. */
    @JsonCreator
    public static MessageState of(String code) {
        return Arrays.stream(values())
                .filter(state -> state.code().equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' is not a message state; there are %s"
                        .formatted(
                                code,
                                Arrays.stream(values()).map(MessageState::code).collect(Collectors.joining(", ")))));
    }
}
