package io.rekindle.app;

import io.rekindle.app.cli.RekindleCommand;

/** The command line's front door; the launcher starts it. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(RekindleCommand.run(arguments));
    }
}
