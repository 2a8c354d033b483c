package io.rekindle.app.analyze;

import java.io.PrintStream;
import java.util.Locale;

/** What is being done, on standard error: on a terminal one line that changes, elsewhere a line for each step. */
final class Progress {
    private final PrintStream err;
    private final boolean terminal;
    private String step = "";
    private long began;

    Progress(PrintStream err) {
        this.err = err;
        this.terminal = isTerminal();
    }

    /** A step begins. */
    void begin(String what) {
        step = what;
        began = System.nanoTime();
        if (terminal) err.print("\r\033[K" + what + " …");
    }

    /** How far the step is. */
    void tell(String how) {
        if (terminal) err.print("\r\033[K" + step + ": " + how);
    }

    /** The step is done. */
    void end(String result) {
        err.println((terminal ? "\r\033[K" : "")
                + String.format(Locale.ROOT, "%s: %s (%.1f s)", step, result, (System.nanoTime() - began) / 1e9));
    }

    /** Never null on this Java, but its own annotations still say it may be. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }
}
