package io.rekindle.bench.fuzz;

import io.rekindle.app.server.ApiClient;
import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.bench.Interruptible;
import io.rekindle.bench.Scratch;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Tails;
import io.rekindle.simulator.fuzz.Captures;
import io.rekindle.simulator.fuzz.IntakeFuzz;
import io.rekindle.simulator.fuzz.Recorded;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends broken requests to the intake of a server of its own: to a source without a plan, one that sets aside and one that
 * rejects what breaks it. Fails when an answer is a 5xx or missing, when a thread that works as long as the server does is
 * gone, or when what the answers say became of the items is not what the server counts and the history holds.
 */
@Command(
        name = "fuzz",
        mixinStandardHelpOptions = true,
        description = "Broken requests to the intake, by a seed; every item must be stored or kept with its reason.")
public final class FuzzBench implements Callable<Integer> {
    private static final String ADMIN_KEY = "fuzz-admin-key-0123456789";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Option(names = "--requests", description = "how many (default: ${DEFAULT-VALUE})")
    private int requests = 100_000;

    @Option(names = "--connections", description = "at the same time (default: ${DEFAULT-VALUE})")
    private int connections = 16;

    @Option(names = "--seed", description = "the same seed breaks the same requests (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--captures", description = "a folder of recorded requests to break besides those it has itself")
    private @Nullable Path captures;

    @Option(names = "--show", description = "send nothing, print the request of this number")
    private @Nullable Integer shown;

    @Option(names = "--json", description = "print the counts as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var recorded = captures == null ? List.<Recorded>of() : Captures.in(captures);
        if (shown != null) {
            System.out.println(new IntakeFuzz(0, List.of("a", "b", "c"), recorded, seed).shown(shown));
            return 0;
        }
        try (var folder = Scratch.folder("fuzz")) {
            var server = RunningServer.start(
                    new DataFolder(folder.path().resolve("data")),
                    0,
                    Map.of("rekindle.admin-key", ADMIN_KEY, "logging.level.root", "warn"));
            var ending = new Interruptible(server);
            try {
                return run(server, recorded);
            } finally {
                ending.close();
            }
        }
    }

    private int run(RunningServer server, List<Recorded> recorded) throws InterruptedException {
        var api = new ApiClient(server.url(), ADMIN_KEY);
        var sources = new ArrayList<Long>();
        var keys = new ArrayList<String>();
        for (var mode : List.of("off", "quarantine", "reject")) {
            var made = api.post("/api/sources", Map.of("name", mode));
            sources.add(made.at("/source/id").asLong());
            keys.add(made.path("secret").asString());
            api.put("/api/sources/%d/plan".formatted(sources.getLast()), JSON.readTree(IntakeFuzz.plan(mode)));
        }
        int threads = lasting();
        long from = System.nanoTime();
        var outcome =
                new IntakeFuzz(URI.create(server.url()).getPort(), keys, recorded, seed).send(requests, connections);
        double seconds = (System.nanoTime() - from) / 1e9;
        server.part(Tails.class).awaitAll(server.part(EventLog.class).lastSeq());
        var faults = new ArrayList<>(outcome.failures());
        if (lasting() != threads) faults.add("of %d lasting threads %d are left".formatted(threads, lasting()));
        for (var tail : api.get("/api/tails").path("items"))
            if (!tail.path("failure").isNull()) faults.add("a tail failed: " + tail);
        var counts = JSON.createObjectNode();
        counts.put("requests", requests).put("seconds", seconds);
        var statuses = counts.putObject("statuses");
        outcome.statuses().forEach((status, times) -> statuses.put(Integer.toString(status), times));
        for (int i = 0; i < sources.size(); i++) {
            var counted = api.get("/api/sources/" + sources.get(i));
            compare(faults, sources.get(i), "accepted", outcome.fate(i, "accepted"), counted.path("accepted"));
            compare(faults, sources.get(i), "duplicates", outcome.fate(i, "duplicate"), counted.path("duplicates"));
            compare(faults, sources.get(i), "rejected", outcome.fate(i, "rejected"), counted.path("rejectedTimes"));
            long held = server.part(Warehouse.class)
                    .first(
                            Sql.of(
                                    "select count(distinct message_id) as n from events where source_id = ?",
                                    sources.get(i)),
                            row -> row.longValue("n"))
                    .orElse(0L);
            if (held != outcome.fate(i, "accepted"))
                faults.add("source %d: %,d different events in the history, %,d were accepted"
                        .formatted(sources.get(i), held, outcome.fate(i, "accepted")));
            // One and the same item may be set aside again and again, and stands there once.
            long setAside = server.part(JdbcClient.class)
                    .sql("select count(*) from quarantined_items where source_id = :source")
                    .param("source", sources.get(i))
                    .query(Long.class)
                    .single();
            long told = outcome.setAside(i);
            long most = told + outcome.setAsideWithoutId(i);
            if (setAside < told || setAside > most)
                faults.add("source %d: %,d items stand in the quarantine, %,d to %,d were told to"
                        .formatted(sources.get(i), setAside, told, most));
            var items = counts.putObject("source " + sources.get(i));
            for (var fate : List.of("accepted", "duplicate", "rejected", "quarantined"))
                items.put(fate, outcome.fate(i, fate));
        }
        faults.forEach(counts.putArray("faults")::add);
        if (json) System.out.println(JSON.writeValueAsString(counts));
        else System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(counts));
        return faults.isEmpty() ? 0 : 1;
    }

    private static void compare(List<String> faults, long source, String what, long told, JsonNode counted) {
        if (counted.asLong() != told)
            faults.add("source %d: %,d items %s by the answers, %,d by the server"
                    .formatted(source, told, what, counted.asLong()));
    }

    /** All that work as long as the server does. */
    private static final Pattern LASTING = Pattern.compile(
            "tail-.*|event-log|webhooks|pulls|watched-folders|message-relay|consent-relay|http-nio-.*-(Acceptor|Poller)");

    private static int lasting() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(LASTING.asMatchPredicate())
                .count();
    }
}
