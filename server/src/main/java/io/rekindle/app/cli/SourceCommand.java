package io.rekindle.app.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code rekindle source}: where events come from. */
@Command(
        name = "source",
        description = "Sources of events: list, create, add a write key.",
        mixinStandardHelpOptions = true,
        subcommands = {SourceCommand.ListSources.class, SourceCommand.CreateSource.class, SourceCommand.AddKey.class})
final class SourceCommand extends CommandGroup {
    @Command(name = "list", description = "List the sources and what came from them.", mixinStandardHelpOptions = true)
    static final class ListSources extends ServerCommand {
        @Override
        public void run() {
            var sources = data.withServer(api -> api.get("/api/sources")).path("items");
            json.print(sources, () -> {
                for (var source : sources)
                    System.out.printf(
                            "%4d  %-20s accepted %,d  duplicates %,d  rejected %,d%n",
                            source.path("id").asLong(),
                            source.path("name").asString(),
                            source.path("accepted").asLong(),
                            source.path("duplicates").asLong(),
                            source.path("rejected").asLong());
            });
        }
    }

    @Command(
            name = "create",
            description = "Make a source; its write key is printed this once.",
            mixinStandardHelpOptions = true)
    static final class CreateSource extends ServerCommand {
        @Parameters(paramLabel = "NAME", description = "What the source is, e.g. 'web shop'.")
        @SuppressWarnings("NullAway.Init")
        private String name;

        @Override
        public void run() {
            var made = data.withServerOrNew(api -> api.post("/api/sources", Map.of("name", name)));
            json.print(
                    made,
                    () -> System.out.printf(
                            "source %d, write key %s%nThe key is not shown again.%n",
                            made.path("source").path("id").asLong(),
                            made.path("secret").asString()));
        }
    }

    @Command(
            name = "add-key",
            description = "Make one more write key for a source; it is printed this once.",
            mixinStandardHelpOptions = true)
    static final class AddKey extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The source's number in 'source list'.")
        private long id;

        @Override
        public void run() {
            var made = data.withServer(api -> api.post("/api/sources/" + id + "/keys", Map.of()));
            json.print(
                    made,
                    () -> System.out.printf(
                            "write key %s%nIt is not shown again.%n",
                            made.path("secret").asString()));
        }
    }
}
