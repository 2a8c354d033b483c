package io.rekindle.app.cli;

/** Whether somebody watches. */
final class Terminal {
    private Terminal() {}

    /** Never null on this Java, but its own annotations still say it may be. */
    @SuppressWarnings("SystemConsoleNull")
    static boolean isThere() {
        var console = System.console();
        return console != null && console.isTerminal();
    }
}
