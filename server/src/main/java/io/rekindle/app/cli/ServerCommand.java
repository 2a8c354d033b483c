package io.rekindle.app.cli;

import picocli.CommandLine.Mixin;

/** A command that asks the server of a data folder, the running one or one started for the moment. */
abstract class ServerCommand implements Runnable {
    @Mixin
    DataOption data = new DataOption();

    @Mixin
    JsonOption json = new JsonOption();
}
