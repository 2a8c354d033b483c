package io.rekindle.warehouse;

import org.jspecify.annotations.Nullable;

/** The warehouse refused a statement or lost its file; the message carries the engine's own words. */
public final class WarehouseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public WarehouseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
