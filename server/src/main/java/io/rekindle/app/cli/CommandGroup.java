package io.rekindle.app.cli;

import picocli.CommandLine;

/** A command that only holds others; by itself it says which. */
abstract class CommandGroup implements Runnable {
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
