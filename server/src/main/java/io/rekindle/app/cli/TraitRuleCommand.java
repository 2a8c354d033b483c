package io.rekindle.app.cli;

import io.rekindle.platform.Problem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code rekindle trait-rule}: whose word stands for a trait when sources disagree. */
@Command(
        name = "trait-rule",
        description = "Whose word stands for a trait when sources disagree: list, set and remove conflict rules.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TraitRuleCommand.ListRules.class,
            TraitRuleCommand.SetRule.class,
            TraitRuleCommand.RemoveRule.class
        })
final class TraitRuleCommand extends CommandGroup {
    @Command(
            name = "list",
            description = "List the rules in force; of every other trait what was said last stands.",
            mixinStandardHelpOptions = true)
    static final class ListRules extends ServerCommand {
        @Override
        public void run() {
            var rules = data.withServer(api -> api.get("/api/trait-rules")).path("items");
            json.print(rules, () -> rules.forEach(TraitRuleCommand::line));
        }
    }

    @Command(
            name = "set",
            description = "Put a rule in force: the word of the first source that has said one stands.",
            mixinStandardHelpOptions = true)
    static final class SetRule extends ServerCommand {
        @Parameters(index = "0", paramLabel = "TRAIT", description = "A trait or a personal field, e.g. email.")
        @SuppressWarnings("NullAway.Init")
        private String trait;

        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "SOURCE",
                description =
                        "Names or numbers in 'source list', the one that counts most first; all others come after them.")
        private List<String> sources = List.of();

        @Option(names = "--dry-run", description = "Only say for how many customers another value would stand.")
        private boolean dryRun;

        @Override
        public void run() {
            var answer = data.withServer(api -> {
                var body = Map.of("sources", ids(api.get("/api/sources").path("items"), sources));
                return dryRun ? api.post(path(trait) + "/dry-run", body) : api.put(path(trait), body);
            });
            json.print(answer, () -> {
                if (!dryRun) line(answer);
                else
                    System.out.printf(
                            "%,d customers have it, of %,d several sources told; for %,d another value would stand%n",
                            answer.path("customers").asLong(),
                            answer.path("contested").asLong(),
                            answer.path("changing").asLong());
            });
        }
    }

    @Command(
            name = "remove",
            description = "Take a rule away: what was said last stands again.",
            mixinStandardHelpOptions = true)
    static final class RemoveRule extends ServerCommand {
        @Parameters(paramLabel = "TRAIT", description = "A trait or a personal field.")
        @SuppressWarnings("NullAway.Init")
        private String trait;

        @Override
        public void run() {
            data.withServer(api -> api.delete(path(trait)));
            json.print(
                    Map.of("removed", trait),
                    () -> System.out.printf("of %s what was said last stands again%n", trait));
        }
    }

    private static String path(String trait) {
        return "/api/trait-rules/"
                + URLEncoder.encode(trait, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static List<Integer> ids(JsonNode known, List<String> asked) {
        var ids = new ArrayList<Integer>();
        for (var one : asked)
            ids.add(known.valueStream()
                    .filter(source -> source.path("name").asString("").equals(one)
                            || source.path("id").asString("").equals(one))
                    .findFirst()
                    .map(source -> source.path("id").asInt())
                    .orElseThrow(() -> Problem.notFound("source_unknown", "there is no source '%s'".formatted(one))));
        return ids;
    }

    private static void line(JsonNode rule) {
        System.out.printf(
                "%-26s %s  (version %d, %s, %s)%n",
                rule.path("trait").asString(""),
                rule.path("sources")
                        .valueStream()
                        .map(source -> source.path("name").asString(""))
                        .collect(Collectors.joining(" > ")),
                rule.path("version").asLong(),
                rule.path("changedBy").asString(""),
                rule.path("changedAt").asString(""));
    }
}
