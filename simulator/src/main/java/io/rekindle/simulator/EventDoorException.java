package io.rekindle.simulator;

import org.jspecify.annotations.Nullable;

/** Events could not be handed in; the message says where, and what was answered. */
public final class EventDoorException extends RuntimeException {
    EventDoorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
