package io.rekindle.app.cli;

import io.rekindle.platform.Problem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code rekindle tag}: the catalogue of tags. */
@Command(
        name = "tag",
        description = "Tags of customers: list, define, work out, approve, set by hand.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TagCommand.ListTags.class,
            TagCommand.Make.class,
            TagCommand.Refresh.class,
            TagCommand.Approve.class,
            TagCommand.Set.class
        })
final class TagCommand extends CommandGroup {
    @Command(
            name = "list",
            description = "List the tags, whom they cover and what is wrong with them.",
            mixinStandardHelpOptions = true)
    static final class ListTags extends ServerCommand {
        @Option(
                names = "--health",
                paramLabel = "WORD",
                description = "Only tags with this fault, e.g. stale or unused.")
        private String health = "";

        @Override
        public void run() {
            var tags = data.withServer(api -> api.get("/api/tags")).path("items");
            var shown = tags.valueStream()
                    .filter(tag -> health.isEmpty()
                            || tag.path("health")
                                    .valueStream()
                                    .anyMatch(one -> one.asString().equals(health)))
                    .toList();
            json.print(shown, () -> shown.forEach(ListTags::line));
        }

        private static void line(JsonNode tag) {
            System.out.printf(
                    "%-26s %-9s covers %,9d  %s%n",
                    tag.path("key").asString(),
                    tag.path("definition").path("kind").asString(),
                    tag.path("run").path("covered").asLong(0),
                    String.join(
                            ", ",
                            tag.path("health")
                                    .valueStream()
                                    .map(JsonNode::asString)
                                    .toList()));
        }
    }

    @Command(
            name = "make",
            description =
                    "Define a tag, or give one another definition; an approver approves it. The file holds a definition as 'tag list --json' prints it.",
            mixinStandardHelpOptions = true)
    static final class Make extends ServerCommand {
        @Parameters(index = "0", paramLabel = "KEY", description = "The tag; lower-case letters, digits, underscores.")
        @SuppressWarnings("NullAway.Init")
        private String key;

        @Parameters(index = "1", paramLabel = "FILE", description = "The definition as JSON; - reads standard input.")
        @SuppressWarnings("NullAway.Init")
        private String file;

        @Option(names = "--owner", description = "Who answers for it, in place of the file's.")
        private @Nullable String owner;

        @Option(names = "--preview", description = "Only say whom it would cover now; nothing is kept.")
        private boolean preview;

        @Override
        public void run() {
            var definition = JsonInput.read(file);
            if (owner != null) definition.put("owner", owner);
            if (preview) {
                var seen = data.withServer(api -> api.post("/api/tags/preview", definition));
                json.print(seen, () -> {
                    System.out.printf(
                            "covers %,d of %,d customers%n",
                            seen.path("covered").asLong(),
                            seen.path("population").asLong());
                    for (var one : seen.path("values"))
                        System.out.printf(
                                "%-30s %,d%n",
                                one.path("value").asString(),
                                one.path("customers").asLong());
                });
                return;
            }
            var made = data.withServer(api -> {
                boolean there = api.get("/api/tags")
                        .path("items")
                        .valueStream()
                        .anyMatch(tag -> tag.path("key").asString().equals(key));
                return there
                        ? api.put("/api/tags/" + key, definition)
                        : api.post("/api/tags", Map.of("key", key, "definition", definition));
            });
            json.print(
                    made,
                    () -> System.out.printf(
                            "version %d of %s waits for approval: tag approve %s %d%n",
                            made.path("version").asInt(),
                            key,
                            key,
                            made.path("version").asInt()));
        }
    }

    @Command(
            name = "set",
            description = "Give a customer a manual or imported tag, or take it away.",
            mixinStandardHelpOptions = true)
    static final class Set extends ServerCommand {
        @Parameters(index = "0", paramLabel = "CUSTOMER", description = "The customer's id in Rekindle.")
        private long customer;

        @Parameters(index = "1", paramLabel = "KEY", description = "The tag.")
        @SuppressWarnings("NullAway.Init")
        private String key;

        @Parameters(index = "2", paramLabel = "VALUE", arity = "0..1", description = "The value; none with --clear.")
        private @Nullable String value;

        @Option(names = "--clear", description = "Take the tag away.")
        private boolean clear;

        @Override
        public void run() {
            var given = value;
            if (clear == (given != null))
                throw Problem.invalid("tag_value_missing", "name a value, or --clear to take the tag away");
            var place = "/api/customers/%d/tags/%s".formatted(customer, key);
            data.withServer(api -> given == null ? api.delete(place) : api.put(place, Map.of("value", given)));
            json.print(
                    Map.of("customer", Long.toString(customer), "tag", key, "value", given == null ? "" : given),
                    () -> System.out.println(key + (given == null ? " is taken away" : " is " + given + " now")));
        }
    }

    @Command(
            name = "refresh",
            description = "Work tags out now instead of tomorrow morning; all when none is named.",
            mixinStandardHelpOptions = true)
    static final class Refresh extends ServerCommand {
        @Parameters(paramLabel = "KEY", arity = "0..*", description = "Keys of tags.")
        private List<String> keys = List.of();

        @Override
        public void run() {
            var tags = data.withServer(api -> api.post("/api/tags/refresh", Map.of("tags", keys)))
                    .path("items");
            json.print(tags, () -> {
                for (var tag : tags)
                    if (keys.isEmpty() || keys.contains(tag.path("key").asString())) ListTags.line(tag);
            });
        }
    }

    @Command(name = "approve", description = "Approve a definition of a tag.", mixinStandardHelpOptions = true)
    static final class Approve extends ServerCommand {
        @Parameters(index = "0", paramLabel = "KEY", description = "The tag.")
        @SuppressWarnings("NullAway.Init")
        private String key;

        @Parameters(index = "1", paramLabel = "VERSION", description = "The version that was looked at.")
        private int version;

        @Override
        public void run() {
            var tag = data.withServer(api -> api.post("/api/tags/" + key + "/approve", Map.of("version", version)));
            json.print(tag, () -> ListTags.line(tag));
        }
    }
}
