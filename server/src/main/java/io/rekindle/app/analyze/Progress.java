package io.rekindle.app.analyze;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is being done, on standard error: on a terminal one line that changes, elsewhere a line for each step. A step that takes
 * long says how long it has taken: on a terminal every second, elsewhere each minute.
 */
final class Progress {
    private static final int SECONDS_UNTIL_TOLD = 60;

    private final PrintStream err;
    private final boolean terminal;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        var thread = new Thread(work, "progress");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable ScheduledFuture<?> ticking;
    private String step = "";
    private String how = "";
    private long began;

    Progress(PrintStream err) {
        this.err = err;
        this.terminal = isTerminal();
    }

    /** A step begins. */
    synchronized void begin(String what) {
        stop();
        step = what;
        how = "";
        began = System.nanoTime();
        if (terminal) show();
        long every = terminal ? 1 : SECONDS_UNTIL_TOLD;
        ticking = clock.scheduleAtFixedRate(this::tick, every, every, TimeUnit.SECONDS);
    }

    /** How far the step is. */
    synchronized void tell(String far) {
        how = far;
        if (terminal) show();
    }

    /** The step is done. */
    synchronized void end(String result) {
        stop();
        err.println((terminal ? "\r\033[K" : "")
                + String.format(Locale.ROOT, "%s: %s (%.1f s)", step, Figures.agreed(result), seconds()));
    }

    /** Nothing more is told, whatever the step that was begun. */
    synchronized void finish() {
        if (ticking != null && terminal) err.print("\r\033[K");
        stop();
        clock.shutdown();
    }

    private synchronized void tick() {
        if (ticking == null) return;
        if (terminal) show();
        else
            err.println(String.format(
                    Locale.ROOT, "%s: at work for %.0f s%s", step, seconds(), how.isEmpty() ? "" : ", " + how));
    }

    private void stop() {
        if (ticking != null) ticking.cancel(false);
        ticking = null;
    }

    private void show() {
        long seconds = Math.round(seconds());
        err.print(
                "\r\033[K" + step + (how.isEmpty() ? " …" : ": " + how) + (seconds > 1 ? " (" + seconds + " s)" : ""));
        err.flush();
    }

    private double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    /** Never null on this Java, but its own annotations still say it may be. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }
}
