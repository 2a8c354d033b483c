package io.rekindle.app.cli;

import io.rekindle.platform.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code rekindle identity}: who is one person. */
@Command(
        name = "identity",
        description = "Who is one person: check the graph, see merges, make and undo one, look at probable matches.",
        mixinStandardHelpOptions = true,
        subcommands = {
            IdentityCommand.Check.class,
            IdentityCommand.ListMerges.class,
            IdentityCommand.Merge.class,
            IdentityCommand.Undo.class,
            IdentityCommand.Search.class,
            IdentityCommand.Candidates.class,
            IdentityCommand.Accept.class,
            IdentityCommand.Reject.class,
            IdentityCommand.Rules.class,
            IdentityCommand.DryRun.class
        })
final class IdentityCommand extends CommandGroup {
    @Command(
            name = "check",
            description = "Walk the graph and the history; the exit code is 1 when something is inconsistent.",
            mixinStandardHelpOptions = true)
    static final class Check extends ServerCommand {
        @Override
        public void run() {
            var report = data.withServer(api -> api.get("/api/identity/check"));
            json.print(report, () -> {
                System.out.printf(
                        "%,d identifiers, %,d customers, %,d links, %,d merges, up to event %,d%n",
                        report.path("identifiers").asLong(),
                        report.path("customers").asLong(),
                        report.path("links").asLong(),
                        report.path("merges").asLong(),
                        report.path("upTo").asLong());
                for (var finding : report.path("findings"))
                    System.out.printf(
                            "%s: %,d %s, e.g. %s%n",
                            finding.path("code").asString(""),
                            finding.path("count").asLong(),
                            finding.path("words").asString(""),
                            finding.path("examples"));
            });
            if (!report.path("findings").isEmpty())
                throw new Problem(
                        Problem.Kind.CONFLICT,
                        "identity_inconsistent",
                        "the identities are inconsistent: %d kinds of faults"
                                .formatted(report.path("findings").size()),
                        List.of());
        }
    }

    @Command(name = "merges", description = "The journal of merges, latest first.", mixinStandardHelpOptions = true)
    static final class ListMerges extends ServerCommand {
        @Option(names = "--customer", paramLabel = "ID", description = "Only those of this customer.")
        private @Nullable String customer;

        @Option(names = "--all", description = "Also first sights of an identifier beside a known one.")
        private boolean all;

        @Override
        public void run() {
            var merges = data.withServer(api -> api.get("/api/identity/merges?limit=100&all=" + all
                            + (customer == null ? "" : "&customer=" + customer)))
                    .path("items");
            json.print(merges, () -> {
                for (var merge : merges)
                    System.out.printf(
                            "%6d  %s  %-14s %s %s + %s %s -> %s%s%n",
                            merge.path("number").asLong(),
                            merge.path("at").asString(""),
                            merge.path("rule").asString(""),
                            merge.path("leftType").asString(""),
                            merge.path("leftId").asString(""),
                            merge.path("rightType").asString(""),
                            merge.path("rightId").asString(""),
                            merge.path("winner").asString(""),
                            merge.path("undoneAt").isNull() ? "" : "  undone");
            });
        }
    }

    @Command(name = "merge", description = "Make one customer of two.", mixinStandardHelpOptions = true)
    static final class Merge extends ServerCommand {
        @Parameters(paramLabel = "CUSTOMER", description = "A customer's id.")
        @SuppressWarnings("NullAway.Init")
        private String one;

        @Parameters(paramLabel = "OTHER", description = "The other one's.")
        @SuppressWarnings("NullAway.Init")
        private String other;

        @Override
        public void run() {
            var merge = data.withServer(
                    api -> api.post("/api/identity/merges", Map.of("customerId", one, "otherCustomerId", other)));
            json.print(
                    merge,
                    () -> System.out.printf(
                            "merge %d: both are customer %s now%n",
                            merge.path("number").asLong(), merge.path("winner").asString("")));
        }
    }

    @Command(
            name = "undo",
            description = "Take a merge back: both customers have again what they had, and what came to them since.",
            mixinStandardHelpOptions = true)
    static final class Undo extends ServerCommand {
        @Parameters(paramLabel = "NUMBER", description = "The merge's number in 'identity merges'.")
        private long number;

        @Override
        public void run() {
            var merge = data.withServer(api -> api.post("/api/identity/merges/" + number + "/undo", Map.of()));
            json.print(merge, () -> System.out.printf("merge %d is undone%n", number));
        }
    }

    @Command(name = "search", description = "Look for probable matches now.", mixinStandardHelpOptions = true)
    static final class Search extends ServerCommand {
        @Option(names = "--source", paramLabel = "ID", description = "Only among this source's customers.")
        private @Nullable Integer source;

        @Override
        public void run() {
            var search = data.withServer(
                    api -> api.post("/api/identity/searches", source == null ? Map.of() : Map.of("sourceId", source)));
            json.print(
                    search,
                    () -> System.out.printf(
                            "search %d has begun; 'identity candidates' shows what it finds%n",
                            search.path("id").asLong()));
        }
    }

    @Command(
            name = "candidates",
            description = "Customers that are probably one person, the likeliest first.",
            mixinStandardHelpOptions = true)
    static final class Candidates extends ServerCommand {
        @Override
        public void run() {
            var candidates = data.withServer(api -> api.get("/api/identity/candidates?limit=100"))
                    .path("items");
            json.print(candidates, () -> {
                for (var one : candidates)
                    System.out.printf(
                            "%6d  %.4f  %s + %s%n",
                            one.path("id").asLong(),
                            one.path("probability").asDouble(),
                            one.path("leftId").asString(""),
                            one.path("rightId").asString(""));
            });
        }
    }

    /** Says of candidates that they are one, or two. */
    abstract static class Decide extends ServerCommand {
        @Parameters(paramLabel = "ID", arity = "0..*", description = "Numbers in 'identity candidates'.")
        private List<Long> ids = List.of();

        @Option(names = "--from", paramLabel = "P", description = "All open ones of at least this probability.")
        private @Nullable Double from;

        void decide(String how) {
            if (ids.isEmpty() && from == null)
                throw Problem.invalid("nothing_named", "name candidates, or --from a probability");
            var decided = data.withServer(api -> api.post(
                    "/api/identity/candidates/" + how,
                    ids.isEmpty() && from != null ? Map.of("from", from) : Map.of("ids", ids)));
            json.print(
                    decided,
                    () -> System.out.printf(
                            "%d decided, %d open%n",
                            decided.path("decided").asInt(),
                            decided.path("open").asLong()));
        }
    }

    @Command(name = "accept", description = "They are one person.", mixinStandardHelpOptions = true)
    static final class Accept extends Decide {
        @Override
        public void run() {
            decide("accept");
        }
    }

    @Command(
            name = "reject",
            description = "They are two people; the pair does not come up again.",
            mixinStandardHelpOptions = true)
    static final class Reject extends Decide {
        @Override
        public void run() {
            decide("reject");
        }
    }

    @Command(
            name = "rules",
            description = "Print the rules as JSON; with a file, take them over from it.",
            mixinStandardHelpOptions = true)
    static final class Rules extends ServerCommand {
        @Parameters(paramLabel = "FILE", arity = "0..1", description = "Rules in JSON, as this command prints them.")
        private @Nullable Path file;

        @Override
        public void run() {
            var document = file == null ? null : read(file);
            var rules = data.withServer(api ->
                    document == null ? api.get("/api/identity/rules") : api.put("/api/identity/rules", document));
            json.print(rules, () -> System.out.println(rules.path("document").toPrettyString()));
        }
    }

    @Command(
            name = "dry-run",
            description = "What other rules would make of the history; nothing is changed.",
            mixinStandardHelpOptions = true)
    static final class DryRun extends ServerCommand {
        @Parameters(paramLabel = "FILE", description = "Rules in JSON, as 'identity rules' prints them.")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Override
        public void run() {
            var outcome = data.withServer(api -> api.post("/api/identity/rules/dry-run", read(file)));
            json.print(
                    outcome,
                    () -> System.out.printf(
                            "would merge %,d, split %,d; refused links: %s%n",
                            outcome.path("wouldMerge").asLong(),
                            outcome.path("wouldSplit").asLong(),
                            outcome.path("refused")));
        }
    }

    private static JsonNode read(Path file) {
        try {
            return JsonMapper.builder().build().readTree(Files.readString(file));
        } catch (IOException | JacksonException e) {
            throw Problem.invalid("rules_unreadable", "the rules in %s cannot be read as JSON".formatted(file));
        }
    }
}
