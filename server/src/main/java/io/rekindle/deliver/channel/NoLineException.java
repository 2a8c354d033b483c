package io.rekindle.deliver.channel;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** No connection to a provider could be made. */
public final class NoLineException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final @Nullable Refusal refusal;

    /** @param refusal what of ours it refused; null: it could not be reached */
    public NoLineException(String message, @Nullable Refusal refusal, Throwable cause) {
        super(message, cause);
        this.refusal = refusal;
    }

    /** What of ours the provider refused; null when it could not be reached. */
    public @Nullable Refusal refusal() {
        return refusal;
    }
}
