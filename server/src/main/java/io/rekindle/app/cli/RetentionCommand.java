package io.rekindle.app.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rekindle retention}. */
@Command(
        name = "retention",
        description = "Show how long each class of data is kept and what would go now; nothing is changed.",
        mixinStandardHelpOptions = true)
final class RetentionCommand extends ServerCommand {
    @Option(names = "--apply", description = "Remove it now, not at the daily time.")
    private boolean apply;

    @Override
    public void run() {
        var rules = data.withServer(
                        api -> apply ? api.post("/api/retention/apply", Map.of()) : api.get("/api/retention"))
                .path("items");
        json.print(rules, () -> {
            for (var rule : rules)
                System.out.printf(
                        "%-18s %-12s %s%s%n",
                        rule.path("dataClass").asString(),
                        rule.path("keptDays").isNull()
                                ? "for ever"
                                : rule.path("keptDays").asLong() + " days",
                        rule.path("keptDays").isNull()
                                ? ""
                                : "%,d %s".formatted(rule.path("due").asLong(), apply ? "removed" : "would go"),
                        rule.path("dataClass").asString().equals("inactive-persons")
                                        && rule.path("due").asLong() > 0
                                ? "; who comes again after that is taken as a new customer"
                                : "");
        });
    }
}
