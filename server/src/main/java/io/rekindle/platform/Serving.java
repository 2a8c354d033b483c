package io.rekindle.platform;

import java.util.concurrent.CompletableFuture;

/** Whether this server may go on. It ends when one of its parts says why it must not; the first reason is the one told. */
public final class Serving {
    private final CompletableFuture<Problem> reason = new CompletableFuture<>();

    /** Ends it. */
    public void end(Problem why) {
        reason.complete(why);
    }

    /** Waits until it must end. */
    public Problem awaitEnd() {
        return reason.join();
    }
}
