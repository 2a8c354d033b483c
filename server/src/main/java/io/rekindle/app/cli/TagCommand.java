package io.rekindle.app.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code rekindle tag}: the catalogue of tags. */
@Command(
        name = "tag",
        description = "Tags of customers: list, work out, approve.",
        mixinStandardHelpOptions = true,
        subcommands = {TagCommand.ListTags.class, TagCommand.Refresh.class, TagCommand.Approve.class})
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
