package io.rekindle.app.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rekindle source}: where events come from. */
@Command(
        name = "source",
        description = "Sources of events: list, create, add a write key, rules, pause, watch.",
        mixinStandardHelpOptions = true,
        subcommands = {
            SourceCommand.ListSources.class,
            SourceCommand.CreateSource.class,
            SourceCommand.AddKey.class,
            SourceCommand.Rules.class,
            SourceCommand.Pause.class,
            SourceCommand.Resume.class,
            SourceCommand.Events.class
        })
final class SourceCommand extends CommandGroup {
    @Command(name = "list", description = "List the sources and what came from them.", mixinStandardHelpOptions = true)
    static final class ListSources extends ServerCommand {
        @Override
        public void run() {
            var sources = data.withServer(api -> api.get("/api/sources")).path("items");
            json.print(sources, () -> {
                for (var source : sources)
                    System.out.printf(
                            "%4d  %-20s accepted %,d  duplicates %,d  rejected %,d%s%n",
                            source.path("id").asLong(),
                            source.path("name").asString(),
                            source.path("accepted").asLong(),
                            source.path("duplicates").asLong(),
                            source.path("rejected").asLong(),
                            source.path("pausedAt").isString() ? "  paused" : "");
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

    @Command(
            name = "rules",
            description = "Say what a source may send, from where and how fast; what is not named is not limited.",
            mixinStandardHelpOptions = true)
    static final class Rules extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The source's number in 'source list'.")
        private long id;

        @Option(
                names = "--type",
                description =
                        "A type of call that is taken: identify, track, page, screen, group, alias; may be repeated.")
        private List<String> types = new ArrayList<>();

        @Option(
                names = "--origin",
                description = "An origin of pages that may send, e.g. https://*.shop.example; may be repeated.")
        private List<String> origins = new ArrayList<>();

        @Option(names = "--rate", description = "Items a second; what is beyond is answered 429.")
        private @Nullable Integer rate;

        @Override
        public void run() {
            var changed = data.withServer(api -> {
                var source = api.get("/api/sources/" + id);
                var rules = new LinkedHashMap<String, Object>();
                rules.put("allowedTypes", types);
                rules.put("allowedOrigins", origins);
                if (rate != null) rules.put("eventsPerSecond", rate);
                return api.put(
                        "/api/sources/" + id, Map.of("personalFields", source.path("personalFields"), "rules", rules));
            });
            json.print(changed, () -> System.out.printf("source %d: %s%n", id, changed.path("rules")));
        }
    }

    @Command(
            name = "pause",
            description = "Take nothing in from a source; its clients are told to come back later.",
            mixinStandardHelpOptions = true)
    static final class Pause extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The source's number in 'source list'.")
        private long id;

        @Override
        public void run() {
            var paused = data.withServer(api -> api.post("/api/sources/" + id + "/pause", Map.of()));
            json.print(paused, () -> System.out.printf("source %d is paused%n", id));
        }
    }

    @Command(name = "resume", description = "Take in from a paused source again.", mixinStandardHelpOptions = true)
    static final class Resume extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The source's number in 'source list'.")
        private long id;

        @Override
        public void run() {
            var resumed = data.withServer(api -> api.post("/api/sources/" + id + "/resume", Map.of()));
            json.print(resumed, () -> System.out.printf("source %d is open%n", id));
        }
    }

    @Command(
            name = "events",
            description = "Show the last events of a source as the history has them, without personal data.",
            mixinStandardHelpOptions = true)
    static final class Events extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The source's number in 'source list'.")
        private long id;

        @Option(names = "--last", description = "How many (default: ${DEFAULT-VALUE}).")
        private int last = 20;

        @Override
        public void run() {
            var events = data.withServer(api -> api.get("/api/sources/%d/events?limit=%d".formatted(id, last)))
                    .path("items");
            json.print(events, () -> {
                for (var event : events)
                    System.out.printf(
                            "%s  %-8s  %-24s  %s%n",
                            event.path("receivedAt").asString(),
                            event.path("type").asString(),
                            event.path("name").asString(""),
                            event.path("properties"));
            });
        }
    }
}
