package io.rekindle.collect.imports;

import io.rekindle.access.AuditTrail;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Imports;
import io.rekindle.collect.ImportsUndone;
import io.rekindle.collect.OrderMapping;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tails;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.common.Page;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Runs one import at a time, in the background. */
@Component
class FileImports implements Imports, Backlog {
    private static final Logger LOG = LoggerFactory.getLogger(FileImports.class);

    /** Two machines' clocks may differ by so much. */
    private static final Duration CLOCKS_APART = Duration.ofMinutes(5);

    private final Warehouse warehouse;
    private final WriteGate gate;
    private final BusinessClock clock;
    private final AuditTrail audit;
    private final OrderImport.Tools tools;
    private final ImportStore store;
    private final ObjectProvider<ImportsUndone> concluders;
    private final Map<Long, Long> rowsRead = new ConcurrentHashMap<>();
    private final Semaphore turn = new Semaphore(1);

    FileImports(
            Warehouse warehouse,
            CommitLog log,
            Tails tails,
            Identifiers identifiers,
            Sources sources,
            Vault vault,
            WriteGate gate,
            BusinessClock clock,
            SystemClock system,
            AuditTrail audit,
            JdbcClient jdbc,
            JsonMapper json,
            PlatformSettings settings,
            ObjectProvider<ImportsUndone> concluders) {
        this.warehouse = warehouse;
        this.gate = gate;
        this.clock = clock;
        this.audit = audit;
        this.concluders = concluders;
        this.store = new ImportStore(jdbc, json, system, vault, id -> rowsRead.getOrDefault(id, 0L));
        this.tools = new OrderImport.Tools(
                warehouse,
                log,
                tails,
                identifiers,
                vault,
                json,
                sources.named(Sources.IMPORT).id(),
                settings.zone(),
                settings.currency());
        for (long id : store.running()) {
            store.settled(id, false);
            takeBack(id, State.INTERRUPTED);
            LOG.warn("import {} was interrupted and has been taken back; import the file again", id);
        }
        // An undo that the server's end cut short; nobody can import before it is done.
        if (!store.unsettled().isEmpty() && turn.tryAcquire())
            Thread.ofPlatform().daemon().name("import-undo").start(() -> {
                try {
                    settle();
                } catch (RuntimeException | Error e) {
                    LOG.error("what follows from undone imports could not be brought in; it is tried at next start", e);
                } finally {
                    turn.release();
                }
            });
    }

    @Override
    public String name() {
        return "import";
    }

    @Override
    public long pending() {
        return turn.availablePermits() == 0 ? 1 : 0;
    }

    @Override
    public Import start(Path file, String fileName, OrderMapping mapping, boolean dryRun, boolean deleteAfterwards) {
        if (!Files.isRegularFile(file))
            throw Problem.notFound("file_not_found", "there is no file {file} on the server's machine")
                    .with("file", file);
        takeTurn();
        Staging staging = null;
        Table table = null;
        LineReader reader;
        long id;
        try {
            staging = new Staging();
            table = Table.open(file, mapping.encoding(), staging.connection());
            // A mapping that does not fit is refused before anything is written down.
            reader = new LineReader(
                    mapping,
                    table.columns(),
                    tools.zone(),
                    tools.currency(),
                    clock.instant().plus(CLOCKS_APART));
            id = store.create(fileName, mapping, dryRun);
            audit.record(dryRun ? "import.tried" : "import.started", "import " + id, fileName);
        } catch (RuntimeException e) {
            if (table != null) table.close();
            if (staging != null) staging.close();
            turn.release();
            throw e;
        }
        var opened = table;
        var staged = staging;
        var run = new OrderImport(
                tools, store, id, mapping, dryRun, clock.instant().truncatedTo(ChronoUnit.MICROS));
        Thread.ofPlatform().name("import-" + id).start(() -> {
            try (staged;
                    opened) {
                var report = run.run(opened, reader, staged, rows -> rowsRead.put(id, rows));
                store.finish(id, State.DONE, report, null);
            } catch (RuntimeException | Error e) {
                fail(id, dryRun, e);
            } finally {
                rowsRead.remove(id);
                if (deleteAfterwards) delete(file);
                turn.release();
            }
        });
        return store.get(id);
    }

    /** Whoever has just read that an import is done may come before its turn is given back. */
    private void takeTurn() {
        try {
            if (turn.tryAcquire(500, TimeUnit.MILLISECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw Problem.conflict("import_running", "another import is running; wait until it is done");
    }

    private void fail(long id, boolean dryRun, Throwable e) {
        var words = e instanceof Problem problem ? problem.detail() : "something failed on our side: " + e.getMessage();
        if (!(e instanceof Problem)) LOG.error("import {} failed", id, e);
        if (dryRun) {
            store.finish(id, State.FAILED, null, words);
            return;
        }
        store.settled(id, false);
        appendUndone(id);
        store.finish(id, State.FAILED, null, words);
        try {
            settle();
        } catch (RuntimeException later) {
            LOG.error("what follows from import {} having failed is tried again at the next start", id, later);
        }
    }

    @Override
    public Import get(long id) {
        return store.get(id);
    }

    @Override
    public Credits credits(long id) {
        var one = store.get(id).id();
        var unmatched = warehouse.query(
                Sql.of("""
                        select reason, count(distinct order_id) as notes, count(distinct (seq, line_no)) as lines, sum(amount) as amount
                        from credits_now where import_id = ? and of_order is null and amount <> 0 group by reason order by reason
                        """, one),
                row -> new UnmatchedCredits(
                        row.text("reason"), row.longValue("notes"), row.longValue("lines"), row.decimal("amount")));
        return warehouse
                .first(Sql.of("""
                                select count(distinct order_id) as notes, coalesce(sum(amount), 0) as amount
                                from credits_now where import_id = ?
                                """, one), row -> new Credits(row.longValue("notes"), row.decimal("amount"), unmatched))
                .orElseThrow();
    }

    @Override
    public Page<Import> list(long below, int limit) {
        return store.list(below, limit);
    }

    @Override
    public Page<Reject> rejects(long id, long after, int limit) {
        return store.rejects(store.get(id).id(), after, limit);
    }

    @Override
    public Import undo(long id) {
        var found = store.get(id);
        if (found.state() == State.UNDONE) return found;
        if (found.state() != State.DONE || found.dryRun())
            throw Problem.conflict("import_not_done", "import {id} is {state} and has nothing to take back")
                    .with("id", id)
                    .with(
                            "state",
                            found.dryRun() ? "dry_run" : found.state().name().toLowerCase(java.util.Locale.ROOT));
        takeTurn();
        try {
            store.settled(id, false);
            takeBack(id, State.UNDONE);
            audit.record("import.undone", "import " + id, found.fileName());
            settle();
        } finally {
            turn.release();
        }
        return store.get(id);
    }

    private void takeBack(long id, State state) {
        gate.write(() -> {
            appendUndone(id);
            store.finish(id, state, null, null);
        });
    }

    private void settle() {
        var unsettled = store.unsettled();
        new Heirs(tools).settle(clock.instant().truncatedTo(ChronoUnit.MICROS));
        concluders.orderedStream().forEach(ImportsUndone::settle);
        unsettled.forEach(id -> store.settled(id, true));
    }

    private void appendUndone(long id) {
        Instant at = clock.instant();
        warehouse.append(
                "imports_undone",
                "import:" + id,
                Rows.written(rows -> rows.value(id).value(at).end()));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("the copy {} of an imported file could not be deleted: {}", file, e.getMessage());
        }
    }
}
