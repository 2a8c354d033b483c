package io.rekindle.app.cli;

import io.rekindle.app.server.ApiClient;
import io.rekindle.export.Dataset;
import io.rekindle.export.Export;
import io.rekindle.platform.Problem;
import io.rekindle.warehouse.FileForm;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code rekindle export}: the history as files. */
@Command(
        name = "export",
        description = "The history as Parquet or CSV: list exports, run one, or write files once into a folder.",
        mixinStandardHelpOptions = true,
        subcommands = {ExportCommand.ListExports.class, ExportCommand.Run.class, ExportCommand.Once.class})
final class ExportCommand extends CommandGroup {
    private static final long GLANCE_NANOS = 200_000_000;

    @Command(
            name = "list",
            description = "List the exports, where they go and how their last run ended.",
            mixinStandardHelpOptions = true)
    static final class ListExports extends ServerCommand {
        @Override
        public void run() {
            var exports = data.withServer(api -> api.get("/api/exports")).path("items");
            json.print(exports, () -> {
                for (var one : exports)
                    System.out.printf(
                            "%-24s %-7s %-6s %-28s %s%n",
                            one.path("name").asString(),
                            one.path("form").asString(),
                            one.path("every").asString("asked"),
                            place(one),
                            one.path("lastRun").isObject() ? words(one.path("lastRun")) : "never run");
            });
        }

        private static String place(JsonNode export) {
            var s3 = export.path("s3");
            return s3.isObject() ? "s3:" + s3.path("bucket").asString() : "the server's folder";
        }
    }

    @Command(
            name = "run",
            description = {
                "Make the files of an export now, and wait until they are.",
                "Days that have settled are not made again unless --anew says so."
            },
            mixinStandardHelpOptions = true)
    static final class Run extends ServerCommand {
        @Parameters(paramLabel = "NAME", description = "The export's name in 'export list'.")
        @SuppressWarnings("NullAway.Init")
        private String name;

        @Option(names = "--anew", description = "Make the files of all days again.")
        private boolean anew;

        @Override
        public void run() {
            var done = data.withServer(api -> {
                for (var one : api.get("/api/exports").path("items"))
                    if (one.path("name").asString().equals(name))
                        return follow(api, one.path("id").asLong(), anew, !json.json);
                throw Problem.notFound(
                        "export_not_found",
                        "there is no export '%s'; 'rekindle export list' names those there are".formatted(name));
            });
            json.print(done, () -> System.out.println(name + ": " + words(done)));
        }
    }

    @Command(
            name = "once",
            description = "Write the history into a folder of yours, once; files there of the same name are replaced.",
            mixinStandardHelpOptions = true)
    static final class Once extends ServerCommand {
        @Parameters(index = "0", paramLabel = "DIR", description = "The folder; it is made if it is not there.")
        @SuppressWarnings("NullAway.Init")
        private Path folder;

        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "WHAT",
                description = "Some of: events, profiles, decisions, messages, outcomes, orders, order_lines, consents,"
                        + " identities.")
        private List<Dataset> what = List.of();

        @Option(names = "--form", defaultValue = "parquet", description = "parquet or csv (default: ${DEFAULT-VALUE}).")
        @SuppressWarnings("NullAway.Init")
        private FileForm form;

        @Option(
                names = "--personal",
                defaultValue = "none",
                description = "Names and addresses in profiles: none, masked or clear (default: ${DEFAULT-VALUE}).")
        @SuppressWarnings("NullAway.Init")
        private Export.Personal personal;

        @Option(
                names = "--reason",
                paramLabel = "TEXT",
                description = "Why you take personal data in clear; where the server asks for one, it must be given.")
        private @Nullable String reason;

        @Override
        public void run() {
            var files = data.withServer(server -> {
                var api = server.because(reason);
                var made = api.post(
                        "/api/exports",
                        Map.of(
                                "name", "once-" + UUID.randomUUID(),
                                "data", what.stream().map(Dataset::code).toList(),
                                "form", form.code(),
                                "personal", personal.code()));
                long id = made.path("id").asLong();
                try {
                    follow(api, id, false, !json.json);
                    return fetched(api, id);
                } finally {
                    api.delete("/api/exports/%d?files=true".formatted(id));
                }
            });
            json.print(files, () -> files.forEach(file -> System.out.printf("%s: %,d bytes%n", file.file, file.bytes)));
        }

        private List<Fetched> fetched(ApiClient api, long id) {
            var files = new ArrayList<Fetched>();
            var cursor = "";
            while (true) {
                var page = api.get("/api/exports/%d/files?limit=500&cursor=%s".formatted(id, encoded(cursor)));
                for (var file : page.path("items"))
                    files.add(fetched(api, id, file.path("name").asString()));
                if (page.path("nextCursor").isNull()) return files;
                cursor = page.path("nextCursor").asString();
            }
        }

        private Fetched fetched(ApiClient api, long id, String name) {
            var target = folder.resolve(name);
            var beside = target.resolveSibling(".%s.in-work".formatted(target.getFileName()));
            try {
                Files.createDirectories(target.toAbsolutePath().getParent());
                Files.deleteIfExists(beside);
                api.getInto("/api/exports/%d/file?name=%s".formatted(id, encoded(name)), beside);
                Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                return new Fetched(target.toString(), Files.size(target));
            } catch (IOException e) {
                throw Problem.invalid("file_unusable", "%s cannot be written: %s".formatted(target, e.getMessage()));
            }
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }

    /** A file that was written. */
    record Fetched(String file, long bytes) {}

    /** Asks for a run and waits for its end; a problem when it failed. */
    private static JsonNode follow(ApiClient api, long id, boolean anew, boolean tells) {
        var path = "/api/exports/" + id;
        var before = latest(api, path);
        api.post(path + "/run" + (anew ? "?anew=true" : ""), Map.of());
        boolean terminal = tells && Terminal.isThere();
        var now = latest(api, path);
        while (now.path("id").asLong() == before.path("id").asLong()
                || now.path("state").asString().equals("running")) {
            LockSupport.parkNanos(GLANCE_NANOS);
            now = latest(api, path);
            if (terminal)
                System.err.printf("\r%3.0f %% ", 100 * now.path("progress").asDouble(0));
        }
        if (terminal) System.err.print("\r");
        if (now.path("state").asString().equals("done")) return now;
        throw new Problem(
                Problem.Kind.UNPROCESSABLE,
                "export_failed",
                "the export failed (%s): %s"
                        .formatted(
                                now.path("failure").asString(),
                                now.path("detail").asString("no more is known")),
                List.of());
    }

    private static JsonNode latest(ApiClient api, String path) {
        return api.get(path + "/runs?limit=1").path("items").path(0);
    }

    private static String words(JsonNode run) {
        return switch (run.path("state").asString()) {
            case "done" ->
                "%,d files, %,d rows, %,d bytes"
                        .formatted(
                                run.path("files").asLong(),
                                run.path("rows").asLong(),
                                run.path("bytes").asLong());
            case "failed" -> "failed: " + run.path("failure").asString("");
            default -> "%.0f %% made".formatted(100 * run.path("progress").asDouble(0));
        };
    }
}
