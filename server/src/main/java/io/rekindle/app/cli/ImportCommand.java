package io.rekindle.app.cli;

import io.rekindle.app.server.ApiClient;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code rekindle import}: files of order lines. */
@Command(
        name = "import",
        description = "Bring order lines in from CSV, gzipped CSV or Parquet; list imports, take one back.",
        mixinStandardHelpOptions = true,
        subcommands = {ImportCommand.Orders.class, ImportCommand.ListImports.class, ImportCommand.Undo.class})
final class ImportCommand implements Runnable {
    @Override
    public void run() {
        picocli.CommandLine.usage(this, System.out);
    }

    @Command(
            name = "orders",
            description = {
                "Import a file of order lines. The same lines a second time change nothing.",
                "Fields: order_id, time, customer, email, product_id, product_name, category, quantity, unit_price, currency."
            },
            mixinStandardHelpOptions = true)
    static final class Orders implements Runnable {
        private static final JsonMapper JSON = JsonMapper.builder().build();
        private static final long GLANCE_NANOS = 200_000_000;
        private static final int SHOWN_REJECTS = 5;

        @Mixin
        private DataOption data = new DataOption();

        @Mixin
        private JsonOption json = new JsonOption();

        @Parameters(paramLabel = "FILE", description = "CSV in UTF-8, the same gzipped, or Parquet.")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Option(
                names = "--map",
                paramLabel = "FIELD=COLUMN",
                description = "Which column holds a field; may be repeated.")
        private Map<String, String> map = new LinkedHashMap<>();

        @Option(
                names = "--mapping",
                paramLabel = "FILE",
                description = "A mapping in JSON; --map and the others go over it.")
        private @Nullable Path mapping;

        @Option(names = "--time-format", description = "Form of the times, e.g. \"M/d/yyyy H:mm\" (default: ISO 8601).")
        private @Nullable String timeFormat;

        @Option(names = "--currency", description = "ISO 4217 code of the amounts (default: the installation's).")
        private @Nullable String currency;

        @Option(names = "--cancelled-prefix", description = "Order ids that begin so are cancellations, e.g. C.")
        private @Nullable String cancelledPrefix;

        @Option(names = "--dry-run", description = "Only report what would be done.")
        private boolean dryRun;

        @Override
        public void run() {
            if (!Files.isRegularFile(file)) throw Problem.notFound("file_not_found", "there is no file " + file);
            var request = new LinkedHashMap<String, Object>();
            request.put("path", file.toAbsolutePath().toString());
            request.put("mapping", mapping());
            request.put("dryRun", dryRun);
            var done = data.withServer(api -> follow(api, api.post("/api/imports", request)));
            json.print(done, () -> print(done));
        }

        private ObjectNode mapping() {
            var all = mapping == null ? JSON.createObjectNode() : read(mapping);
            var fields = all.path("fields").isObject() ? (ObjectNode) all.path("fields") : all.putObject("fields");
            map.forEach(fields::put);
            if (timeFormat != null) all.put("timeFormat", timeFormat);
            if (currency != null) all.put("currency", currency);
            if (cancelledPrefix != null) all.put("cancelledPrefix", cancelledPrefix);
            return all;
        }

        private static ObjectNode read(Path file) {
            try {
                if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode object) return object;
                throw Problem.invalid("mapping_invalid", "the mapping %s must be a JSON object".formatted(file));
            } catch (IOException e) {
                throw Problem.invalid("mapping_unreadable", "the mapping %s cannot be read".formatted(file));
            } catch (JacksonException e) {
                var at = e.getLocation();
                throw Problem.invalid(
                        "mapping_invalid",
                        "the mapping %s is not well-formed JSON at line %d, column %d"
                                .formatted(file, at == null ? 0 : at.getLineNr(), at == null ? 0 : at.getColumnNr()));
            }
        }

        private JsonNode follow(ApiClient api, JsonNode started) {
            var path = "/api/imports/" + started.path("id").asLong();
            boolean terminal = isTerminal() && !json.json;
            var now = started;
            while (now.path("state").asString("").equals("running")) {
                LockSupport.parkNanos(GLANCE_NANOS);
                now = api.get(path);
                if (terminal)
                    System.err.printf("\r%,d rows read ", now.path("rowsRead").asLong());
            }
            if (terminal) System.err.print("\r");
            if (!now.path("state").asString("").equals("done"))
                throw new Problem(
                        Problem.Kind.UNPROCESSABLE,
                        "import_failed",
                        "import %d failed and nothing of it counts: %s"
                                .formatted(
                                        now.path("id").asLong(),
                                        now.path("failure").asString("")),
                        List.of());
            if (now.path("report").path("rejected").asLong() > 0 && !json.json) {
                for (var reject :
                        api.get(path + "/rejected?limit=" + SHOWN_REJECTS).path("items"))
                    System.err.printf(
                            "row %d: %s (%s)%n",
                            reject.path("rowNumber").asLong(),
                            reject.path("detail").asString(""),
                            reject.path("reason").asString(""));
                System.err.printf("all of them: GET %s/rejected%n", path);
            }
            return now;
        }

        /** Never null on this Java, but its own annotations still say it may be. */
        @SuppressWarnings("SystemConsoleNull")
        private static boolean isTerminal() {
            var console = System.console();
            return console != null && console.isTerminal();
        }

        private static void print(JsonNode done) {
            var report = done.path("report");
            System.out.printf(
                    "import %d%s: %,d rows%n",
                    done.path("id").asLong(),
                    done.path("dryRun").asBoolean() ? " (dry run, nothing was changed)" : "",
                    report.path("rows").asLong());
            System.out.printf(
                    "  %,10d order lines in %,d orders of %,d customers, gross %s %s%n",
                    report.path("lines").asLong(),
                    report.path("orders").asLong(),
                    report.path("customers").asLong(),
                    report.path("gross").asString(),
                    report.path("currency").asString(""));
            System.out.printf(
                    "  %,10d cancellation lines, %s%n",
                    report.path("cancellations").asLong(),
                    report.path("cancelled").asString());
            System.out.printf(
                    "  %,10d lines were there already%n",
                    report.path("alreadyThere").asLong());
            System.out.printf("  %,10d rows rejected%n", report.path("rejected").asLong());
            for (var reason : report.path("reasons"))
                System.out.printf(
                        "      %,10d %s%n",
                        reason.path("rows").asLong(), reason.path("reason").asString(""));
            for (var note : report.path("notes")) System.out.println("  note: " + note.asString(""));
        }
    }

    @Command(name = "list", description = "List the imports, latest first.", mixinStandardHelpOptions = true)
    static final class ListImports implements Runnable {
        @Mixin
        private DataOption data = new DataOption();

        @Mixin
        private JsonOption json = new JsonOption();

        @Override
        public void run() {
            var imports = data.withServer(api -> api.get("/api/imports")).path("items");
            json.print(imports, () -> {
                for (var one : imports)
                    System.out.printf(
                            "%4d  %-12s %,9d lines  %s%n",
                            one.path("id").asLong(),
                            one.path("state").asString(""),
                            one.path("report").path("lines").asLong(),
                            one.path("fileName").asString(""));
            });
        }
    }

    @Command(
            name = "undo",
            description = "Take an import back; its file can be imported again.",
            mixinStandardHelpOptions = true)
    static final class Undo implements Runnable {
        @Mixin
        private DataOption data = new DataOption();

        @Mixin
        private JsonOption json = new JsonOption();

        @Parameters(paramLabel = "ID", description = "The import's number in 'import list'.")
        private long id;

        @Override
        public void run() {
            var undone = data.withServer(api -> api.post("/api/imports/" + id + "/undo", Map.of()));
            json.print(undone, () -> System.out.printf("import %d is taken back%n", id));
        }
    }
}
