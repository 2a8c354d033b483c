package io.rekindle.app.cli;

import io.rekindle.platform.Problem;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code rekindle quality}: whether what comes in can be relied on. */
@Command(
        name = "quality",
        description = "Quality of the data: score of each source, what is not as usual, fields of a source.",
        mixinStandardHelpOptions = true)
final class QualityCommand extends ServerCommand {
    @Option(names = "--measure", description = "Measure days that are over first, not tomorrow morning.")
    private boolean measure;

    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            description = "The fields of this source on its last measured day; its number in 'source list'.")
    private @Nullable Long source;

    @Option(
            names = "--close",
            paramLabel = "ALERT",
            description = "Close this alert first: what was found is the usual from now on.")
    private @Nullable Long close;

    @Option(names = "--fail-on-alert", description = "Exit with 1 when an alert is open: for schedules and checks.")
    private boolean failOnAlert;

    @Override
    public void run() {
        var answer = data.withServer(api -> {
            if (measure) api.post("/api/quality/measure", Map.of());
            if (close != null) api.post("/api/quality/alerts/%d/close".formatted(close), Map.of());
            if (source != null) return api.get("/api/quality/sources/%d/fields".formatted(source));
            var all = JsonNodeFactory.instance.objectNode();
            all.set("sources", api.get("/api/quality/sources?days=28").path("items"));
            all.set("alerts", api.get("/api/quality/alerts?limit=200").path("items"));
            return all;
        });
        if (source != null) json.print(answer.path("items"), () -> printFields(answer.path("items")));
        else json.print(answer, () -> print(answer));
        long open = answer.path("alerts").size();
        if (failOnAlert && open > 0)
            throw Problem.conflict("quality_alerts_open", "{alerts} alerts of data quality are open")
                    .with("alerts", open);
    }

    private static void printFields(JsonNode fields) {
        System.out.printf("%-40s %9s %7s %7s %7s %8s%n", "field", "values", "filled", "usually", "valid", "drift");
        for (var field : fields)
            System.out.printf(
                    "%-40s %,9d %7s %7s %7s %8s%n",
                    (field.path("type").asString() + ' ' + field.path("name").asString()).strip()
                            + ' '
                            + field.path("field").asString(),
                    field.path("values").asLong(),
                    share(field.path("filled")),
                    share(field.path("usualFilled")),
                    share(field.path("valid")),
                    field.path("drift").isNumber()
                            ? "%.2f".formatted(field.path("drift").asDouble())
                            : "–");
    }

    private static void print(JsonNode answer) {
        var sources = answer.path("sources");
        if (sources.isEmpty()) System.out.println("no day was measured yet; 'quality --measure' does it now");
        for (var source : sources) {
            var days = source.path("days");
            var last = days.path(days.size() - 1);
            System.out.printf(
                    "%4d  %-20s %s  score %3s  complete %s  valid %s  unique %s  in time %s  stable %s  alerts %d%n",
                    source.path("id").asLong(),
                    source.path("name").asString(),
                    last.path("day").asString("–"),
                    last.path("score").isNumber()
                            ? "%.0f".formatted(last.path("score").asDouble())
                            : "–",
                    share(last.path("completeness")),
                    share(last.path("validity")),
                    share(last.path("uniqueness")),
                    share(last.path("timeliness")),
                    share(last.path("stability")),
                    source.path("openAlerts").asLong());
        }
        for (var alert : answer.path("alerts"))
            System.out.printf(
                    "%4d  %s  %-13s %-12s %s: %s %s: %s where %s is usual%n",
                    alert.path("id").asLong(),
                    alert.path("lastDay").asString(),
                    alert.path("barrier").asString(),
                    alert.path("rule").asString(),
                    alert.path("source").asString(),
                    (alert.path("type").asString() + ' ' + alert.path("name").asString()).strip(),
                    alert.path("field").asString(),
                    figure(alert, "found"),
                    figure(alert, "usual"));
    }

    private static String figure(JsonNode alert, String which) {
        double value = alert.path(which).asDouble();
        return switch (alert.path("rule").asString()) {
            case "silent" -> "%,.0f".formatted(value);
            case "drifted" -> "%.2f".formatted(value);
            default -> "%.1f %%".formatted(100 * value);
        };
    }

    private static String share(JsonNode share) {
        return share.isNumber() ? "%.1f %%".formatted(100 * share.asDouble()) : "–";
    }
}
