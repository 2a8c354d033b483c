package io.rekindle.platform;

import java.util.function.Consumer;

/**
 * Threads the server cannot do without: the log's writer, its tails, the outbox, the relays. What they do survives its
 * failures by itself, errors of the Java machine such as a full heap too. Should one end all the same, the process ends at
 * once with a line that says so: half a server would take what nobody works on, and callers would wait for ever. Nothing is
 * lost by that which a crash would not lose either.
 */
public final class LastingThreads {
    private static final int FAILED = 70;

    private LastingThreads() {}

    /** Starts a thread; when its work ends by a throwable, so does the process. */
    public static Thread start(String name, Runnable work) {
        return start(name, work, line -> {
            System.err.println(line);
            // Not an orderly end: that waits for the threads, and needs memory there may not be.
            Runtime.getRuntime().halt(FAILED);
        });
    }

    /** @param end ends the process with a line */
    static Thread start(String name, Runnable work, Consumer<String> end) {
        return Thread.ofPlatform()
                .name(name)
                .uncaughtExceptionHandler((thread, why) -> end.accept("Rekindle ends: its part " + name
                        + " failed and cannot go on (" + why + "); see the log, and start the server again"))
                .start(work);
    }
}
