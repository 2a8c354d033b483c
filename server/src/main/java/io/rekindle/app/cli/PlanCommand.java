package io.rekindle.app.cli;

import io.rekindle.app.server.ApiClient;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code rekindle plan}: what a source's events must look like, and what broke that. */
@Command(
        name = "plan",
        description = "Tracking plans of sources: show, guess, set; violations; replay or discard what was set aside.",
        mixinStandardHelpOptions = true,
        subcommands = {
            PlanCommand.Show.class,
            PlanCommand.Guess.class,
            PlanCommand.SetPlan.class,
            PlanCommand.Violations.class,
            PlanCommand.Replay.class,
            PlanCommand.Discard.class
        })
final class PlanCommand extends CommandGroup {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A command about one source. */
    abstract static class OfSource extends ServerCommand {
        @Parameters(paramLabel = "SOURCE", description = "The source's number in 'source list'.")
        long id;

        String path(String rest) {
            return "/api/sources/%d/%s".formatted(id, rest);
        }

        void print(JsonNode answer) {
            json.print(
                    answer,
                    () -> System.out.println(
                            JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer)));
        }
    }

    @Command(name = "show", description = "Print the plan in force.", mixinStandardHelpOptions = true)
    static final class Show extends OfSource {
        @Override
        public void run() {
            print(data.withServer(api -> api.get(path("plan"))));
        }
    }

    @Command(
            name = "guess",
            description = "Print a first plan, guessed from what came in the last days.",
            mixinStandardHelpOptions = true)
    static final class Guess extends OfSource {
        @Option(names = "--days", description = "How many (default: ${DEFAULT-VALUE}).")
        private int days = 28;

        @Override
        public void run() {
            var guessed = data.withServer(api -> api.get(path("plan/guess?days=" + days)));
            var plan = JSON.createObjectNode().put("allowsUnplanned", true);
            var events = plan.putArray("events");
            for (var one : guessed.path("items")) {
                var event = events.addObject().put("type", one.path("type").asString());
                if (one.path("name").isString()) event.set("name", one.path("name"));
                event.set("schema", one.path("schema"));
            }
            print(plan);
        }
    }

    @Command(
            name = "set",
            description = "Put a plan in force: a JSON file with 'events' and perhaps 'allowsUnplanned' and 'mode'.",
            mixinStandardHelpOptions = true)
    static final class SetPlan extends OfSource {
        @Parameters(paramLabel = "FILE", description = "As 'plan show' and 'plan guess' print it.")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Option(
                names = "--mode",
                description = "off, observe, quarantine or reject (default: the file's, else observe).")
        private @Nullable String mode;

        @Option(names = "--note", description = "What was changed and why.")
        private @Nullable String note;

        @Override
        public void run() {
            var given = read(file);
            var saved = data.withServer(api -> {
                var plan = JSON.createObjectNode();
                plan.set("seenVersion", api.get(path("plan")).path("version"));
                plan.put("mode", mode != null ? mode : given.path("mode").asString("observe"));
                plan.put("allowsUnplanned", given.path("allowsUnplanned").asBoolean(true));
                plan.set("events", given.isArray() ? given : given.path("events"));
                if (note != null) plan.put("note", note);
                return api.put(path("plan"), plan);
            });
            json.print(
                    saved,
                    () -> System.out.printf(
                            "version %d is in force: %s, %d events%n",
                            saved.path("version").asInt(),
                            saved.path("mode").asString(),
                            saved.path("events").size()));
        }
    }

    @Command(
            name = "violations",
            description = "Which rules were broken how often in the last 28 days.",
            mixinStandardHelpOptions = true)
    static final class Violations extends OfSource {
        @Override
        public void run() {
            var broken = data.withServer(api -> api.get("/api/violations?sourceId=" + id))
                    .path("items");
            json.print(broken, () -> {
                for (var one : broken)
                    System.out.printf(
                            "%,10d  %-8s %-24s %s%n",
                            one.path("times").asLong(),
                            one.path("type").asString(),
                            one.path("name").asString(""),
                            one.path("rule").asString());
            });
        }
    }

    @Command(
            name = "replay",
            description = "Repair what was set aside and take it in, as far as it then fits the plan in force.",
            mixinStandardHelpOptions = true)
    static final class Replay extends OfSource {
        @Option(
                names = "--steps",
                paramLabel = "FILE",
                description =
                        "A JSON array of steps, e.g. [{\"op\":\"convert\",\"field\":\"properties.total\",\"to\":\"number\"}].")
        private @Nullable Path steps;

        @Option(names = "--event", description = "Only items of this event.")
        private @Nullable String event;

        @Option(names = "--try", description = "Only tell what would be.")
        private boolean dryRun;

        @Override
        public void run() {
            var request = JSON.createObjectNode().put("dryRun", dryRun);
            if (steps != null) request.set("steps", read(steps));
            if (event != null) request.putObject("which").put("name", event);
            var done = data.withServer(api -> all(api, request));
            json.print(done, () -> {
                System.out.printf(
                        "%,d of %,d items %s, %,d the history has already%n",
                        done.path("replayed").asLong(),
                        done.path("looked").asLong(),
                        dryRun ? "would be taken in" : "were taken in",
                        done.path("known").asLong());
                for (var left : done.path("left"))
                    System.out.printf(
                            "%,10d  %s%n",
                            left.path("items").asLong(), left.path("why").asString());
            });
        }

        /** Calls until there are no more, and adds the answers up. */
        private JsonNode all(ApiClient api, ObjectNode request) {
            var sum = JSON.createObjectNode().put("dryRun", dryRun);
            var left = new TreeMap<String, Long>();
            while (true) {
                var done = api.post(path("quarantine/replay"), request);
                for (var count : List.of("looked", "replayed", "known"))
                    sum.put(count, sum.path(count).asLong(0) + done.path(count).asLong());
                for (var one : done.path("left"))
                    left.merge(one.path("why").asString(), one.path("items").asLong(), Long::sum);
                if (!done.path("nextCursor").isString()) break;
                request.set("cursor", done.path("nextCursor"));
            }
            var reasons = sum.putArray("left");
            left.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                    .forEach(one -> reasons.addObject().put("why", one.getKey()).put("items", one.getValue()));
            return sum;
        }
    }

    @Command(name = "discard", description = "Throw away for good what was set aside.", mixinStandardHelpOptions = true)
    static final class Discard extends OfSource {
        @Option(names = "--event", description = "Only items of this event.")
        private @Nullable String event;

        @Override
        public void run() {
            var which = event == null ? Map.of() : Map.of("name", event);
            var gone = data.withServer(api -> api.post(path("quarantine/discard"), which));
            json.print(
                    gone,
                    () -> System.out.printf(
                            "%,d items are gone%n", gone.path("items").asLong()));
        }
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new Problem(
                    Problem.Kind.NOT_FOUND, "file_not_found", "the file %s cannot be read".formatted(file), List.of());
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw Problem.invalid(
                    "file_not_json",
                    "%s is not well-formed JSON at line %d, column %d"
                            .formatted(file, at == null ? 0 : at.getLineNr(), at == null ? 0 : at.getColumnNr()));
        }
    }
}
