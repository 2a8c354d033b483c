package io.rekindle.app.cli;

import io.rekindle.platform.Problem;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code rekindle trait}: computed traits. */
@Command(
        name = "trait",
        description = "Computed traits of customers: list, define, work out.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TraitCommand.ListTraits.class,
            TraitCommand.Make.class,
            TraitCommand.Refresh.class,
            TraitCommand.Remove.class
        })
final class TraitCommand extends CommandGroup {
    @Command(
            name = "list",
            description = "List the computed traits, as of when they are and whom they cover.",
            mixinStandardHelpOptions = true)
    static final class ListTraits extends ServerCommand {
        @Override
        public void run() {
            var traits = data.withServer(api -> api.get("/api/computed-traits")).path("items");
            json.print(traits, () -> traits.forEach(ListTraits::line));
        }

        private static void line(JsonNode trait) {
            var form = trait.path("form");
            System.out.printf(
                    "%-26s %-13s of %s%s%s  covers %,d  as of %s%s%n",
                    form.path("name").asString(),
                    form.path("measure").asString(),
                    form.path("event").asString("orders"),
                    form.path("property").isNull()
                            ? ""
                            : "." + form.path("property").asString(),
                    form.path("days").isNull()
                            ? ""
                            : " in %d days".formatted(form.path("days").asInt()),
                    trait.path("covered").asLong(),
                    trait.path("asOf").asString("never"),
                    trait.path("problem").isNull()
                            ? ""
                            : "  " + trait.path("problem").asString());
        }
    }

    @Command(
            name = "make",
            description =
                    "Define a computed trait by options, or by a file with name, measure, event, property and days.",
            mixinStandardHelpOptions = true)
    static final class Make extends ServerCommand {
        @Parameters(paramLabel = "NAME", arity = "0..1", description = "The trait will be called computed.NAME.")
        private @Nullable String name;

        @Option(names = "--file", paramLabel = "FILE", description = "A definition as JSON; - reads standard input.")
        private @Nullable String file;

        @Option(names = "--measure", description = "count, sum, first, last, most_frequent or distinct.")
        private @Nullable String measure;

        @Option(names = "--event", description = "Events of this name; absent: orders that stand.")
        private @Nullable String event;

        @Option(names = "--property", description = "A property of the events.")
        private @Nullable String property;

        @Option(names = "--days", description = "Only the last so many days; absent: ever.")
        private @Nullable Integer days;

        @Option(names = "--preview", description = "Only say whom it would cover now; nothing is kept.")
        private boolean preview;

        @Override
        public void run() {
            var form = new HashMap<String, Object>();
            if (file != null) JsonInput.read(file).forEachEntry(form::put);
            put(form, "name", name);
            put(form, "measure", measure);
            put(form, "event", event);
            put(form, "property", property);
            put(form, "days", days);
            if (!form.containsKey("name") || !form.containsKey("measure"))
                throw Problem.invalid("computed_trait_incomplete", "a computed trait needs a name and a measure");
            if (preview) {
                var seen = data.withServer(api -> api.post("/api/computed-traits/preview", form));
                json.print(seen, () -> {
                    System.out.printf(
                            "covers %,d customers%n", seen.path("covered").asLong());
                    for (var one : seen.path("values"))
                        System.out.printf(
                                "%-30s %,d%n",
                                one.path("value").asString(),
                                one.path("customers").asLong());
                });
                return;
            }
            var made = data.withServer(api -> api.post("/api/computed-traits", form));
            json.print(made, () -> ListTraits.line(made));
        }

        private static void put(Map<String, Object> form, String field, @Nullable Object value) {
            if (value != null) form.put(field, value);
        }
    }

    @Command(
            name = "refresh",
            description = "Work them out now: customers something has changed of.",
            mixinStandardHelpOptions = true)
    static final class Refresh extends ServerCommand {
        @Option(names = "--full", description = "Look at everybody.")
        private boolean full;

        @Override
        public void run() {
            var traits = data.withServer(api -> api.post("/api/computed-traits/refresh", Map.of("full", full)))
                    .path("items");
            json.print(traits, () -> traits.forEach(ListTraits::line));
        }
    }

    @Command(
            name = "remove",
            description = "Take a computed trait away; its history stays.",
            mixinStandardHelpOptions = true)
    static final class Remove extends ServerCommand {
        @Parameters(paramLabel = "NAME", description = "The trait, without 'computed.'.")
        @SuppressWarnings("NullAway.Init")
        private String name;

        @Override
        public void run() {
            data.withServer(api -> api.delete("/api/computed-traits/" + name));
            json.print(Map.of("removed", name), () -> System.out.printf("computed.%s is gone%n", name));
        }
    }
}
