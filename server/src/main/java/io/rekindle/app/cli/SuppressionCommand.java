package io.rekindle.app.cli;

import io.rekindle.app.server.ApiClient;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code rekindle suppression}: addresses nobody may write to. */
@Command(
        name = "suppression",
        description = "Addresses nobody may write to: add, import a list, find, count, remove.",
        mixinStandardHelpOptions = true,
        subcommands = {
            SuppressionCommand.Add.class,
            SuppressionCommand.ImportList.class,
            SuppressionCommand.Find.class,
            SuppressionCommand.Counts.class,
            SuppressionCommand.Remove.class
        })
final class SuppressionCommand extends CommandGroup {
    private static final int AT_ONCE = 50_000;

    /** Which list. */
    static final class ListOptions {
        @Option(
                names = "--reason",
                paramLabel = "REASON",
                description = "hard_bounce, complaint, unsubscribe, legal or manual (default).")
        private @Nullable String reason;

        @Option(names = "--topic", paramLabel = "TOPIC", description = "Only messages about this topic.")
        private @Nullable String topic;

        @Option(names = "--channel", paramLabel = "CHANNEL", description = "email (default) or sms.")
        private String channel = "email";

        Map<String, Object> body() {
            var body = new HashMap<String, Object>();
            body.put("channel", channel);
            if (reason != null) body.put("reason", reason);
            if (topic != null) body.put("topic", topic);
            return body;
        }

        String query() {
            return "channel=" + encoded(channel)
                    + (reason == null ? "" : "&reason=" + encoded(reason))
                    + (topic == null ? "" : "&topic=" + encoded(topic));
        }
    }

    @Command(name = "add", description = "Put one address on a list.", mixinStandardHelpOptions = true)
    static final class Add extends ServerCommand {
        @Parameters(paramLabel = "ADDRESS", description = "The address nobody may write to.")
        @SuppressWarnings("NullAway.Init")
        private String address;

        @Mixin
        private ListOptions list = new ListOptions();

        @Option(names = "--note", paramLabel = "TEXT", description = "Why, for those who look later.")
        private @Nullable String note;

        @Override
        public void run() {
            var body = list.body();
            body.put("address", address);
            if (note != null) body.put("note", note);
            var made = data.withServer(api -> api.post("/api/suppressions", body));
            json.print(made, () -> System.out.printf("on the list: %s%n", entry(made)));
        }
    }

    @Command(
            name = "import",
            description = "Put every line of a text file on a list; lines that hold no address are told by number.",
            mixinStandardHelpOptions = true)
    static final class ImportList extends ServerCommand {
        @Parameters(paramLabel = "FILE", description = "One address a line; empty lines are left out.")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Mixin
        private ListOptions list = new ListOptions();

        @Override
        public void run() {
            var lines = lines(file);
            long added = 0;
            var faults = new java.util.ArrayList<Integer>();
            for (int from = 0; from < lines.size(); from += AT_ONCE) {
                var body = list.body();
                body.put("addresses", lines.subList(from, Math.min(lines.size(), from + AT_ONCE)));
                var done = data.withServer(api -> api.post("/api/suppressions/import", body));
                added += done.path("added").asLong();
                for (var fault : done.path("faults")) faults.add(from + fault.asInt());
            }
            long isNew = added;
            json.print(Map.of("lines", lines.size(), "added", added, "faults", faults), () -> {
                System.out.printf("%,d lines, %,d new on the list%n", lines.size(), isNew);
                if (!faults.isEmpty())
                    System.out.printf(
                            "%,d hold no address: lines %s%n",
                            faults.size(), faults.subList(0, Math.min(20, faults.size())));
            });
        }

        private static List<String> lines(Path file) {
            try {
                return Files.readAllLines(file).stream().map(String::strip).toList();
            } catch (IOException e) {
                throw Problem.invalid("file_unreadable", "{file} cannot be read: it must be a text file in UTF-8")
                        .with("file", file);
            }
        }
    }

    @Command(name = "find", description = "Why an address is not written to.", mixinStandardHelpOptions = true)
    static final class Find extends ServerCommand {
        @Parameters(paramLabel = "ADDRESS", description = "The address.")
        @SuppressWarnings("NullAway.Init")
        private String address;

        @Mixin
        private ListOptions list = new ListOptions();

        @Override
        public void run() {
            var found = data.withServer(api -> found(api, list, address));
            json.print(found, () -> {
                if (found.isEmpty()) System.out.println("on no list");
                for (var entry : found) System.out.println(entry(entry));
            });
        }
    }

    @Command(name = "counts", description = "How long each list is.", mixinStandardHelpOptions = true)
    static final class Counts extends ServerCommand {
        @Option(names = "--channel", paramLabel = "CHANNEL", description = "email (default) or sms.")
        private String channel = "email";

        @Override
        public void run() {
            var counts = data.withServer(api -> api.get("/api/suppressions/counts?channel=" + encoded(channel)));
            json.print(counts, () -> {
                for (var count : counts)
                    System.out.printf(
                            "%-12s %,10d%n",
                            count.path("reason").asString(),
                            count.path("entries").asLong());
            });
        }
    }

    @Command(
            name = "remove",
            description = "Take an address off a list, or off all of them.",
            mixinStandardHelpOptions = true)
    static final class Remove extends ServerCommand {
        @Parameters(paramLabel = "ADDRESS", description = "The address.")
        @SuppressWarnings("NullAway.Init")
        private String address;

        @Mixin
        private ListOptions list = new ListOptions();

        @Override
        public void run() {
            var found = data.withServer(api -> {
                var entries = found(api, list, address);
                if (entries.isEmpty())
                    throw Problem.notFound("suppression_not_found", "{address} is on no list")
                            .with("address", address);
                api.delete("/api/suppressions/" + entries.get(0).path("id").asString() + "?" + list.query());
                return entries;
            });
            json.print(
                    Map.of("removed", true), () -> System.out.printf("taken off; it was on %d lists%n", found.size()));
        }
    }

    private static JsonNode found(ApiClient api, ListOptions list, String address) {
        return api.post("/api/suppressions/search", Map.of("channel", list.channel, "address", address))
                .path("items");
    }

    private static String entry(JsonNode entry) {
        return "%s, %s%s, %s, %s%s"
                .formatted(
                        entry.path("channel").asString(),
                        entry.path("reason").asString(),
                        entry.path("topic").isString()
                                ? " (only about " + entry.path("topic").asString() + ")"
                                : "",
                        entry.path("source").asString(),
                        entry.path("at").asString(),
                        entry.path("hasNote").asBoolean() ? ", with a note" : "");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
