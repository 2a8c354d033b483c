package io.rekindle.app.cli;

import io.rekindle.app.server.RunningServer;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle serve}. */
@Command(
        name = "serve",
        description = "Run the server on a data folder until it is stopped (Ctrl+C).",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Runnable {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Option(
            names = "--port",
            defaultValue = "${env:REKINDLE_PORT:-8080}",
            converter = PortNumber.class,
            description = "The port to listen on (default: ${DEFAULT-VALUE}; 0 = any free one).")
    private int port;

    @Override
    public void run() {
        var server = RunningServer.start(data.folder(), port, Map.of());
        // The hook, not this thread, closes: the JVM ends as soon as its hooks have run.
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        var secrets = server.firstSecrets();
        json.print(
                Map.of("url", server.url(), "pid", ProcessHandle.current().pid()),
                () -> System.out.println("Rekindle is running at " + server.url() + " (stop with Ctrl+C)"));
        secrets.tellOnce().forEach(line -> System.err.println(line));
        secrets.warnings().forEach(line -> System.err.println("Warning: " + line));
        throw server.awaitEnd();
    }
}
