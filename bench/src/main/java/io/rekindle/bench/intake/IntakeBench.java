package io.rekindle.bench.intake;

import com.sun.management.OperatingSystemMXBean;
import io.rekindle.app.server.ApiClient;
import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.bench.Interruptible;
import io.rekindle.bench.Measure;
import io.rekindle.bench.Scratch;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Tails;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.catalina.LifecycleException;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends calls over HTTP to a server on an empty folder, generator and server on the same cores, every event of an account
 * and a device, all tails at work, and counts what is answered with 200: it is on disk then. In batches; in batches while
 * a long query and an append of a million rows to the decision ledger run beside; one event a call; and at a steady pace,
 * where it is measured how soon a customer's profile says what an event said. Tails that fell behind catch up before each
 * measurement. Baselines: a bare Tomcat that checks the same bytes and forces them to the disk, measured before and after
 * the server and half of each taken, and the warehouse's bare appender with the same rows in a file of its own, as many a commit as the server had.
 */
@Command(
        name = "intake",
        mixinStandardHelpOptions = true,
        description =
                "Acknowledged durable events a second, the wait for the answer, and how soon profiles know, beside other work.")
public final class IntakeBench implements Callable<Integer> {
    private static final String KEY = "bench-write-key-0123456789";
    private static final String ADMIN_KEY = "bench-admin-key-0123456789";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long SECOND = 1_000_000_000L;
    private static final int LEDGER_ROWS = 1_000_000;
    private static final double PROMISED_IN_BATCHES = 100_000;
    private static final double PROMISED_SINGLE = 5_000;
    private static final double PROMISED_WAIT = 250;
    private static final double PROMISED_OF_BARE = 0.2;
    private static final double STEADY = 10_000;
    private static final double PROMISED_STATE = 2_000;
    private static final double PACE_KEPT = 0.98;
    private static final double PROMISED_GROWTH = 1.1;

    /**
     * The history's cache takes what it may have, and the window of message ids too, however long that takes: where memory
     * is measured they have it after a quarter of the events.
     */
    private static final String SMALL_CACHE = "512MB";

    private static final String LARGE_CACHE = "4GB";
    private static final String MESSAGE_IDS = "200000000";
    private static final int PARTS = 8;
    private static final double MEGABYTE = 1 << 20;

    @Option(names = "--seconds", description = "length of each measurement (default: ${DEFAULT-VALUE})")
    private int seconds = 12;

    @Option(names = "--warm-up", description = "seconds before the first one (default: ${DEFAULT-VALUE})")
    private int warmUp = 40;

    @Option(names = "--clients", description = "connections of calls with one event (default: ${DEFAULT-VALUE})")
    private int clients = 64;

    @Option(names = "--batch-clients", description = "connections of batches (default: ${DEFAULT-VALUE})")
    private int batchClients = 256;

    @Option(names = "--batch", description = "events a call (default: ${DEFAULT-VALUE})")
    private int batch = 100;

    @Option(names = "--customers", description = "customers the events are of (default: ${DEFAULT-VALUE})")
    private int customers = 100_000;

    @Option(
            names = "--plain",
            description = "each event of an account alone, without a device and an address: what these cost")
    private boolean plain;

    @Option(names = "--plan", description = "beside a tracking plan with a schema for every event: what it costs")
    private boolean planned;

    @Option(names = "--seed", description = "seed of the events (default: ${DEFAULT-VALUE})")
    private long seed = 7;

    @Option(
            names = "--memory",
            paramLabel = "EVENTS",
            description = "instead: whether memory stays flat over so many events")
    private int memory;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException, SQLException, LifecycleException {
        try (var folder = Scratch.folder("intake")) {
            var server = RunningServer.start(
                    new DataFolder(folder.path().resolve("data")),
                    0,
                    Map.of(
                            "rekindle.write-key",
                            KEY,
                            "rekindle.admin-key",
                            ADMIN_KEY,
                            "rekindle.warehouse.memory-limit",
                            memory > 0 ? SMALL_CACHE : LARGE_CACHE,
                            "rekindle.collect.message-ids-on-disk",
                            memory > 0 ? String.valueOf(memory / PARTS) : MESSAGE_IDS,
                            "logging.level.io.rekindle",
                            "warn"));
            if (planned) plan(new ApiClient(server.url(), ADMIN_KEY));
            List<Measure> measures;
            var ending = new Interruptible(server);
            try {
                measures = memory > 0 ? memory(server) : measure(server, folder.path());
            } finally {
                ending.close();
            }
            Measure.print(measures, json);
            return memory > 0 ? keptFlat(measures) : kept(measures);
        }
    }

    /** What comes in is held against a tracking plan, as with a company that has one. */
    private static void plan(ApiClient api) {
        for (var source : api.get("/api/sources").path("items"))
            if (!source.path("keys").isEmpty())
                api.put("/api/sources/%d/plan".formatted(source.path("id").asLong()), JSON.readTree(Calls.PLAN));
    }

    private static int kept(List<Measure> measures) {
        var alone = measures.get(0);
        var single = measures.get(1);
        return Measure.promised(alone.value() >= PROMISED_IN_BATCHES, "100,000 events a second in batches")
                | Measure.promised(alone.ratio() >= PROMISED_OF_BARE, "a fifth of what a bare Tomcat takes")
                | Measure.promised(single.value() >= PROMISED_SINGLE, "5,000 a second one by one")
                | Measure.promised(measures.get(2).value() < PROMISED_WAIT, "99 of 100 answers to these within 250 ms")
                | Measure.promised(
                        measures.get(3).value() < PROMISED_STATE
                                && measures.get(4).ratio() >= PACE_KEPT,
                        "profiles within 2 s at 10,000 a second");
    }

    private static int keptFlat(List<Measure> measures) {
        return measures.stream()
                .mapToInt(m -> Measure.promised(m.ratio() <= PROMISED_GROWTH, "flat memory"))
                .max()
                .orElse(0);
    }

    private List<Measure> measure(RunningServer server, Path folder)
            throws IOException, InterruptedException, SQLException, LifecycleException {
        int port = port(server);
        var warehouse = server.part(Warehouse.class);
        var log = server.part(EventLog.class);
        var calls = calls("", batch);
        tell("warming up");
        // In two parts: tails further behind than they may be would have calls refused.
        for (int half = 0; half < 2; half++) {
            Load.run(calls, port, warmUp * SECOND / 2, () -> true);
            catchUp(server, log);
        }

        tell("the same calls to a bare Tomcat");
        double bareBefore = bareIntake(folder);

        tell("intake alone");
        long from = log.lastSeq();
        long groupsBefore = groups(warehouse);
        long cpuBefore = cpuNanos();
        var alone = Load.run(calls, port, seconds * SECOND, () -> true);
        double cpuMicros = (cpuNanos() - cpuBefore) / 1e3 / Math.max(1, alone.acknowledged());
        require(alone, log.lastSeq() - from);
        long aGroup = Math.max(1, alone.acknowledged() / Math.max(1, groups(warehouse) - groupsBefore));
        tell(
                "%,.0f events/s in groups of %,d; tails %,d behind; %.1f µs of processor an event, generator and tails included"
                        .formatted(
                                alone.eventsPerSecond(),
                                aGroup,
                                server.part(Tails.class).worstLag(),
                                cpuMicros));
        double workedThrough = catchUp(server, log);
        // Before and after: the speed of a machine that is not ours alone changes within minutes.
        tell("the bare Tomcat once more");
        double bareAfter = bareIntake(folder);
        tell("%,.0f events/s before and %,.0f after".formatted(bareBefore, bareAfter));

        tell("one event a call");
        var singles = calls("single-", 1);
        Load.run(singles, port, 5 * SECOND, () -> true);
        catchUp(server, log);
        long fromSingle = log.lastSeq();
        var single = Load.run(singles, port, seconds * SECOND, () -> true);
        require(single, log.lastSeq() - fromSingle);
        tell("%,.0f events/s, p50 %.1f ms, p99 %.0f ms"
                .formatted(single.eventsPerSecond(), single.millis(0.5), single.millis(0.99)));
        catchUp(server, log);

        tell("%,.0f events/s in batches".formatted(STEADY));
        var probes = new Probes(server, KEY);
        var probing = CompletableFuture.supplyAsync(() -> probes.run(seconds * SECOND));
        long fromSteady = log.lastSeq();
        var steady = Load.run(calls, port, seconds * SECOND, STEADY / batch, probing::isDone);
        var reflected = probing.join();
        require(steady, log.lastSeq() - fromSteady - reflected.length);
        double slowest = reflected[reflected.length - 1] / 1e6;
        tell("%,.0f events/s, %,d profiles looked at, the slowest knew after %.0f ms"
                .formatted(steady.eventsPerSecond(), reflected.length, slowest));

        tell("intake beside a long query and %,d rows to the ledger".formatted(LEDGER_ROWS));
        var beside = CompletableFuture.runAsync(() -> ledger(warehouse));
        var query = CompletableFuture.runAsync(() -> {
            do question(warehouse);
            while (!beside.isDone());
        });
        long fromBeside = log.lastSeq();
        var busy = Load.run(calls, port, seconds * SECOND, () -> beside.isDone() && query.isDone());
        beside.join();
        query.join();
        require(busy, log.lastSeq() - fromBeside);
        tell("%,.0f events/s, p99 %.0f ms".formatted(busy.eventsPerSecond(), busy.millis(0.99)));

        catchUp(server, log);
        tell("the same rows through the bare appender");
        double appended = bare(warehouse, folder, from, alone.acknowledged(), aGroup);
        return List.of(
                Measure.of(
                        "acknowledged durable events in batches of %d; baseline: bare Tomcat, checked and forced to disk"
                                .formatted(batch),
                        alone.eventsPerSecond(),
                        "events/s",
                        (bareBefore + bareAfter) / 2),
                Measure.of(
                        "one event a call, %d connections; baseline: in batches".formatted(clients),
                        single.eventsPerSecond(),
                        "events/s",
                        alone.eventsPerSecond()),
                Measure.of(
                        "p99 of the answer to these; baseline: in batches",
                        single.millis(0.99),
                        "ms",
                        alone.millis(0.99)),
                Measure.of(
                        "slowest profile at %,.0f events/s; baseline: its promise".formatted(STEADY),
                        slowest,
                        "ms",
                        PROMISED_STATE),
                Measure.of("pace at which that was; baseline: as asked", steady.eventsPerSecond(), "events/s", STEADY),
                Measure.of(
                        "in batches; baseline: bare appender, same rows, %d a commit".formatted(aGroup),
                        alone.eventsPerSecond(),
                        "events/s",
                        appended),
                Measure.of(
                        "in batches beside a long query and 1 M ledger rows; baseline: alone",
                        busy.eventsPerSecond(),
                        "events/s",
                        alone.eventsPerSecond()),
                Measure.of("p50 of the answer beside them; baseline: alone", busy.millis(0.5), "ms", alone.millis(0.5)),
                Measure.of(
                        "p99 of the answer beside them; baseline: alone", busy.millis(0.99), "ms", alone.millis(0.99)),
                Measure.of(
                        "what the tails work through when intake rests; baseline: acknowledged alone",
                        workedThrough,
                        "events/s",
                        alone.eventsPerSecond()));
    }

    private static int port(RunningServer server) {
        return URI.create(server.url()).getPort();
    }

    private List<Calls> calls(String name, int batch) {
        return IntStream.range(0, batch == 1 ? clients : batchClients)
                .mapToObj(i -> new Calls(name + i, batch, customers, KEY, seed, plain))
                .toList();
    }

    /** Events a second. */
    private double bareIntake(Path folder) throws IOException, LifecycleException, InterruptedException {
        try (var bare = new BareIntake(Files.createTempDirectory(folder, "bare"))) {
            var calls = calls("", batch);
            Load.run(calls, bare.port(), 10 * SECOND, () -> true);
            var seen = Load.run(calls, bare.port(), seconds * SECOND, () -> true);
            if (seen.refused() > 0) throw new IllegalStateException("the bare Tomcat refused calls");
            return seen.eventsPerSecond();
        }
    }

    /** Live heap, and all memory of the process with PostgreSQL's left out, after a quarter of the events and at the end. */
    private List<Measure> memory(RunningServer server) throws IOException, InterruptedException {
        var log = server.part(EventLog.class);
        var calls = calls("", batch);
        long[] heap = new long[PARTS + 1];
        long[] resident = new long[PARTS + 1];
        for (int part = 1; part <= PARTS; part++) {
            long until = (long) memory * part / PARTS;
            Load.run(calls, port(server), 0, () -> log.lastSeq() >= until);
            server.part(Tails.class).awaitAll(log.lastSeq());
            System.gc();
            heap[part] =
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            resident[part] = resident();
            tell("%,d events: %,d MB of live heap, %,d MB resident"
                    .formatted(log.lastSeq(), heap[part] >> 20, resident[part] >> 20));
        }
        return List.of(
                Measure.of(
                        "live heap after %,d events; baseline: after a quarter of them".formatted(memory),
                        heap[PARTS] / MEGABYTE,
                        "MB",
                        heap[PARTS / 4] / MEGABYTE),
                Measure.of(
                        "resident memory after them; baseline: after a quarter of them",
                        resident[PARTS] / MEGABYTE,
                        "MB",
                        resident[PARTS / 4] / MEGABYTE));
    }

    private static long resident() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/status")))
            if (line.startsWith("VmRSS:")) return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        throw new IOException("this system does not tell a process's memory");
    }

    /** Waits until every tail has read the log to its end; how many events a second the slowest one took. */
    private double catchUp(RunningServer server, EventLog log) {
        var tails = server.part(Tails.class);
        long behind = tails.worstLag();
        long start = System.nanoTime();
        tails.awaitAll(log.lastSeq());
        double perSecond = behind * 1e9 / Math.max(1, System.nanoTime() - start);
        tell("the slowest tail was %,d behind and took %,.0f events/s".formatted(behind, perSecond));
        return perSecond;
    }

    /** Processor time of this process: of server and generator together. */
    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static void require(Load.Seen seen, long logged) {
        if (seen.refused() > 0) throw new IllegalStateException("%d calls were refused".formatted(seen.refused()));
        if (logged != seen.acknowledged())
            throw new IllegalStateException(
                    "%d events were acknowledged and %d are in the log".formatted(seen.acknowledged(), logged));
    }

    private static long groups(Warehouse warehouse) {
        return warehouse
                .first(
                        Sql.of("select count(*) as n from batches where table_name = 'events'"),
                        row -> row.longValue("n"))
                .orElse(0L);
    }

    /** What a segment asks: counts, recency and a property, over all events. */
    private static void question(Warehouse warehouse) {
        warehouse.query(Sql.of("""
                        select count(*) as n from (
                            select customer_id from events
                            group by customer_id
                            having count(*) filter (where name = 'Product Viewed' and json_extract_string(properties, '$.category') = 'shoes') >= 2
                                and count(*) filter (where name = 'Cart Viewed') >= 1
                                and max(occurred_at) filter (where name = 'Product Added') is not null) members
                        """), row -> row.longValue("n"));
    }

    private static void ledger(Warehouse warehouse) {
        var at = Instant.parse("2026-03-01T09:00:00Z");
        warehouse.append("decisions", "bench", Rows.written(rows -> {
            for (long i = 0; i < LEDGER_ROWS; i++)
                rows.value(i)
                        .value(1L)
                        .value(1L)
                        .value(i * 7919)
                        .value(true)
                        .missing()
                        .value(i % 10 == 0 ? "holdout" : "treatment")
                        .value(0.9)
                        .value("0123456789abcdef")
                        .value(i % 10 == 0 ? "skip" : "send")
                        .missing()
                        .value("email")
                        .value(1L)
                        .value(at)
                        .value(1.25)
                        .missing()
                        .value(at)
                        .end();
        }));
    }

    private record Event(
            long seq,
            Instant at,
            int source,
            String type,
            @Nullable String name,
            long customer,
            @Nullable String aliases,
            String messageId,
            @Nullable String properties,
            @Nullable String context) {}

    /** Rows a second of the bare appender; the rows are the log's own, read back before the clock starts. */
    private static double bare(Warehouse warehouse, Path folder, long from, long events, long aGroup)
            throws SQLException {
        long count = Math.min(events, 500_000);
        var rows = warehouse.query(
                Sql.of("select * from events where seq > ? and seq <= ? order by seq", from, from + count),
                row -> new Event(
                        row.longValue("seq"),
                        row.instant("received_at"),
                        row.intValue("source_id"),
                        row.text("type"),
                        row.nullableText("name"),
                        row.longValue("customer_id"),
                        row.nullableText("aliases"),
                        row.text("message_id"),
                        row.nullableText("properties"),
                        row.nullableText("context")));
        try (var connection =
                        (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("bare.duckdb"));
                var statement = connection.createStatement()) {
            statement.execute("""
                    create table events (seq bigint not null, received_at timestamp not null, occurred_at timestamp not null,
                        source_id integer not null, import_id bigint, type varchar not null, name varchar, customer_id bigint not null,
                        aliases varchar, message_id varchar not null, amount decimal(18, 4), properties varchar, context varchar)
                    """);
            long start = System.nanoTime();
            for (int done = 0; done < rows.size(); ) {
                int end = (int) Math.min(rows.size(), done + aGroup);
                statement.execute("begin transaction");
                try (var appender = connection.createAppender("events")) {
                    for (; done < end; done++) {
                        var e = rows.get(done);
                        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, e.at());
                        appender.beginRow();
                        appender.append(e.seq());
                        appender.appendEpochMicros(micros);
                        appender.appendEpochMicros(micros);
                        appender.append(e.source());
                        appender.appendNull();
                        appender.append(e.type());
                        appender.append(e.name());
                        appender.append(e.customer());
                        appender.append(e.aliases());
                        appender.append(e.messageId());
                        appender.appendNull();
                        appender.append(e.properties());
                        appender.append(e.context());
                        appender.endRow();
                    }
                }
                statement.execute("commit");
            }
            return rows.size() * 1e9 / (System.nanoTime() - start);
        }
    }

    private void tell(String line) {
        System.err.println("• " + line);
    }
}
