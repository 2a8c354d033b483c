package io.rekindle.app.cli;

import io.rekindle.app.server.ApiClient;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.Templates;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code rekindle import}: files of customers, orders and more. */
@Command(
        name = "import",
        description =
                "Bring customers, orders and more in from CSV, JSON lines, Excel or Parquet; list imports, take one back.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ImportCommand.Customers.class,
            ImportCommand.Orders.class,
            ImportCommand.Products.class,
            ImportCommand.Costs.class,
            ImportCommand.Surveys.class,
            ImportCommand.CampaignHistory.class,
            ImportCommand.Template.class,
            ImportCommand.ListImports.class,
            ImportCommand.Undo.class
        })
final class ImportCommand extends CommandGroup {
    @Command(
            name = "orders",
            description = {
                "Import a file of order lines. The same lines a second time change nothing.",
                "Fields: order_id, time, customer, email, product_id, product_name, category, quantity, unit_price, currency."
            },
            mixinStandardHelpOptions = true)
    static final class Orders extends OfKind {
        @Option(names = "--cancelled-prefix", description = "Order ids that begin so are cancellations, e.g. C.")
        private @Nullable String cancelledPrefix;

        Orders() {
            super("orders");
        }

        @Override
        void complete(ObjectNode mapping) {
            if (cancelledPrefix != null) mapping.put("cancelledPrefix", cancelledPrefix);
        }
    }

    @Command(
            name = "customers",
            description = {
                "Import a file of customers: each row is what an identify call would say of one. The same rows a second time change nothing.",
                "Fields: customer, email, phone, first_name, last_name, name, birthday, gender, street, house_number, street_2, suburb, city, state, postcode, country, language, company, social_security, created_at, time; traits.NAME for any other; consent.CHANNEL with consent_source and consent_time."
            },
            mixinStandardHelpOptions = true)
    static final class Customers extends OfKind {
        Customers() {
            super("customers");
        }
    }

    @Command(
            name = "products",
            description = {
                "Import a file of products: what is so of each from a time on.",
                "Fields: product_id, product_name, category, price, cost, currency, valid_from."
            },
            mixinStandardHelpOptions = true)
    static final class Products extends OfKind {
        Products() {
            super("products");
        }
    }

    @Command(
            name = "costs",
            description = {
                "Import what campaigns and channels cost by day; a later file about the same day, channel and campaign replaces an earlier one.",
                "Fields: day, channel, campaign, amount, currency; row_id where rows come again by themselves when they change."
            },
            mixinStandardHelpOptions = true)
    static final class Costs extends OfKind {
        Costs() {
            super("costs");
        }
    }

    @Command(
            name = "surveys",
            description = {
                "Import answers to surveys: a score and perhaps words, which are sealed.",
                "Fields: customer, email, phone, time, survey, measure (nps, csat, ces), score, comment, response_id."
            },
            mixinStandardHelpOptions = true)
    static final class Surveys extends OfKind {
        Surveys() {
            super("surveys");
        }
    }

    @Command(
            name = "campaign-history",
            description = {
                "Import what an earlier system sent and what became of it; it never counts as an effect of this one.",
                "Fields: customer, email, phone, time, campaign, channel, outcome, message_id."
            },
            mixinStandardHelpOptions = true)
    static final class CampaignHistory extends OfKind {
        CampaignHistory() {
            super("campaign_history");
        }
    }

    /** A file of one kind; its columns are guessed from their names unless they are said. */
    abstract static class OfKind extends ServerCommand {
        /** A rate in a mapping's file may be a number: it is sent as it is written. */
        private static final JsonMapper JSON = JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();

        private static final long GLANCE_NANOS = 200_000_000;

        private final String kind;

        @Parameters(
                paramLabel = "FILE",
                description = "CSV or JSON lines, the same gzipped, an Excel workbook (.xlsx), or Parquet.")
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

        @Option(
                names = "--time-format",
                description = "Form of times that are text, e.g. \"M/d/yyyy H:mm\" (default: ISO 8601).")
        private @Nullable String timeFormat;

        @Option(
                names = "--currency",
                description = "ISO 4217 code of all amounts (default: the installation's); another needs a --rate."
                        + " Rows that name another currency are rejected.")
        private @Nullable String currency;

        @Option(
                names = "--rate",
                description = "How many of the installation's currency one of --currency is, e.g. 7.1: amounts are"
                        + " multiplied by it and rounded to the currency's minor units, the half to even.")
        private @Nullable String rate;

        @Option(
                names = "--encoding",
                description = "Encoding of a text file, e.g. GB18030, windows-1252 or UTF-16"
                        + " (default: found out from the text: UTF-8, GB18030 or what its byte-order mark says).")
        private @Nullable String encoding;

        @Option(
                names = "--decimal-comma",
                negatable = true,
                description = "Numbers are written 1.234,56; with --no-decimal-comma 1,234.56"
                        + " (default: 1234.56, and 1,234.56 where it can be nothing else).")
        private @Nullable Boolean decimalComma;

        @Option(names = "--dry-run", description = "Only report what would be done.")
        private boolean dryRun;

        @Option(
                names = "--rejected",
                paramLabel = "FILE",
                description = "Write every row that cannot be used to this CSV file: row, reason, text.")
        private @Nullable Path rejected;

        OfKind(String kind) {
            this.kind = kind;
        }

        /** Adds what only this kind has. */
        void complete(ObjectNode mapping) {}

        @Override
        public void run() {
            if (!Files.isRegularFile(file)) throw Problem.notFound("file_not_found", "there is no file " + file);
            var request = new LinkedHashMap<String, Object>();
            request.put("path", file.toAbsolutePath().toString());
            request.put("mapping", mapping());
            request.put("dryRun", dryRun);
            data.withServerOrNew(api -> {
                var done = follow(api, api.post("/api/imports", request));
                var rejects = RejectedRows.of(api, done);
                if (rejected != null) rejects.writeTo(rejected);
                var credits = api.get(
                        "/api/imports/%d/credits".formatted(done.path("id").asLong()));
                if (json.json) json.print(rejects.addedTo(done).set("credits", credits), () -> {});
                else print(done, credits, rejects);
                refuseNothing(done);
                return done;
            });
        }

        /** A script that goes on as if there were orders would go on wrongly. */
        private static void refuseNothing(JsonNode done) {
            var report = done.path("report");
            long rows = report.path("rows").asLong();
            if (rows == 0 || report.path("rejected").asLong() < rows) return;
            var reasons = new ArrayList<String>();
            for (var one : report.path("reasons"))
                reasons.add("%s %,d"
                        .formatted(
                                one.path("reason").asString(""),
                                one.path("rows").asLong()));
            throw new Problem(
                    Problem.Kind.UNPROCESSABLE,
                    "import_took_nothing",
                    "import %d took nothing: all %,d rows were rejected (%s); correct the file, or how it is read (--map, --time-format, --decimal-comma)"
                            .formatted(done.path("id").asLong(), rows, String.join(", ", reasons)),
                    List.of());
        }

        private ObjectNode mapping() {
            var all = mapping == null ? JSON.createObjectNode() : read(mapping);
            var fields = all.path("fields").isObject() ? (ObjectNode) all.path("fields") : all.putObject("fields");
            map.forEach(fields::put);
            if (timeFormat != null) all.put("timeFormat", timeFormat);
            if (currency != null) all.put("currency", currency);
            if (rate != null) all.put("rate", rate);
            if (encoding != null) all.put("encoding", encoding);
            if (decimalComma != null) all.put("decimalComma", decimalComma);
            all.put("kind", kind);
            complete(all);
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
            boolean terminal = Terminal.isThere() && !json.json;
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
            return now;
        }

        private void print(JsonNode done, JsonNode credits, RejectedRows rejects) {
            var report = done.path("report");
            System.out.printf(
                    "import %d%s: %,d rows%n",
                    done.path("id").asLong(),
                    done.path("dryRun").asBoolean() ? " (dry run, nothing was changed)" : "",
                    report.path("rows").asLong());
            if (kind.equals("orders")) printOrders(report);
            else
                System.out.printf(
                        "  %,10d rows brought in%s%n",
                        report.path("lines").asLong(),
                        report.path("customers").asLong() > 0
                                ? ", of %,d customers"
                                        .formatted(report.path("customers").asLong())
                                : "");
            for (var some : credits.path("unmatched"))
                System.out.printf(
                        "      %,10d of them credits that lower no order (%s), %s%n",
                        some.path("lines").asLong(),
                        some.path("reason").asString(""),
                        some.path("amount").decimalValue().stripTrailingZeros().toPlainString());
            System.out.printf(
                    "  %,10d rows were there already%n",
                    report.path("alreadyThere").asLong());
            System.out.printf("  %,10d rows rejected%n", report.path("rejected").asLong());
            rejects.byReason().forEach(System.out::println);
            if (rejected != null) System.out.printf("      every one with its text: %s%n", rejected);
            else if (rejects.areMoreThanShown()) System.out.println("      every one with its text: --rejected FILE");
            printColumns(report);
            for (var note : report.path("notes"))
                System.out.println("  note: " + note.path("text").asString(""));
        }
    }

    private static void printOrders(JsonNode report) {
        System.out.printf(
                "  %,10d order lines in %,d orders of %,d customers, gross %s %s%n",
                report.path("lines").asLong(),
                report.path("orders").asLong(),
                report.path("customers").asLong(),
                report.path("gross").asString(),
                report.path("currency").asString(""));
        System.out.printf(
                "  %,10d cancellation lines, %s%n",
                report.path("cancellations").asLong(), report.path("cancelled").asString());
    }

    private static void printColumns(JsonNode report) {
        var used = new ArrayList<String>();
        var unused = new ArrayList<String>();
        for (var column : report.path("columns")) {
            var name = column.path("column").asString("");
            var field = column.path("field").asString("");
            if (field.isEmpty()) unused.add(name);
            else used.add(name.equals(field) ? field : "%s = %s".formatted(field, name));
        }
        var encoding = report.path("encoding").asString("");
        if (!encoding.isEmpty()) System.out.println("  text read as: " + encoding);
        if (!used.isEmpty()) System.out.println("  columns read: " + String.join(", ", used));
        if (!unused.isEmpty()) System.out.println("  columns not used: " + String.join(", ", unused));
    }

    @Command(
            name = "template",
            description = "Print a file to fill in: headings and a row as an example, in English or Chinese.",
            mixinStandardHelpOptions = true)
    static final class Template implements Runnable {
        @Parameters(
                paramLabel = "KIND",
                description = "customers, orders, products, costs, surveys or campaign-history.")
        @SuppressWarnings("NullAway.Init")
        private String kind;

        @Option(names = "--chinese", description = "Chinese headings.")
        private boolean chinese;

        @Override
        public void run() {
            System.out.print(Templates.of(ImportKind.of(kind.replace('-', '_')), chinese));
        }
    }

    @Command(name = "list", description = "List the imports, latest first.", mixinStandardHelpOptions = true)
    static final class ListImports extends ServerCommand {
        @Override
        public void run() {
            var imports = data.withServer(api -> api.get("/api/imports")).path("items");
            json.print(imports, () -> {
                for (var one : imports)
                    System.out.printf(
                            "%4d  %-12s %-12s %,9d rows  %s%n",
                            one.path("id").asLong(),
                            one.path("kind").asString(""),
                            one.path("dryRun").asBoolean()
                                    ? "dry run"
                                    : one.path("state").asString(""),
                            one.path("report").path("lines").asLong(),
                            one.path("fileName").asString(""));
            });
        }
    }

    @Command(
            name = "undo",
            description = "Take an import back; its file can be imported again.",
            mixinStandardHelpOptions = true)
    static final class Undo extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The import's number in 'import list'.")
        private long id;

        @Override
        public void run() {
            var undone = data.withServer(api -> api.post("/api/imports/" + id + "/undo", Map.of()));
            json.print(undone, () -> System.out.printf("import %d is taken back%n", id));
        }
    }
}
