package io.rekindle.app.cli;

import io.rekindle.app.server.ApiClient;
import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.platform.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** {@code --data}: which installation a command is about. */
final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:REKINDLE_DATA:-rekindle-data}",
            description = "The data folder (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    Path data;

    DataFolder folder() {
        return new DataFolder(data);
    }

    /** Works with the API of the server that runs on the folder, or of one started for this moment. */
    <T> T withServer(Function<ApiClient, T> work) {
        return withServer(false, work);
    }

    /** The same for a command an installation may begin with: a folder that is not there is made, as {@code serve} does. */
    <T> T withServerOrNew(Function<ApiClient, T> work) {
        return withServer(true, work);
    }

    private <T> T withServer(boolean makes, Function<ApiClient, T> work) {
        var running = folder().runningServer();
        if (running.isPresent())
            return work.apply(new ApiClient(running.get().url(), running.get().token()));
        if (!Files.isDirectory(data)) {
            if (!makes)
                throw Problem.notFound(
                        "no_data_folder",
                        "there is no data folder %s; start a server there first (rekindle serve) or name another with --data"
                                .formatted(data));
            System.err.printf("There is no data folder %s yet: it is made now.%n", data);
        }
        try (var server = RunningServer.start(folder(), 0, Map.of())) {
            // A first start makes the first secrets, whichever command it was; this is the one time they can be told.
            server.firstSecrets().tellOnce().forEach(line -> System.err.println(line));
            return work.apply(server.client());
        }
    }
}
