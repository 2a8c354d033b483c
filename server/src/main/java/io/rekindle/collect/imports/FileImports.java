package io.rekindle.collect.imports;

import io.rekindle.access.AccessLog;
import io.rekindle.access.AuditTrail;
import io.rekindle.collect.DoubleOptIn;
import io.rekindle.collect.Failure;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.ImportsUndone;
import io.rekindle.collect.Sources;
import io.rekindle.collect.TagColumns;
import io.rekindle.collect.Tails;
import io.rekindle.collect.Tombstones;
import io.rekindle.collect.intake.ImportedItems;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.common.Page;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
    static final Duration CLOCKS_APART = Duration.ofMinutes(5);

    private static final Duration LONGEST_STOP = Duration.ofSeconds(20);

    private final Warehouse warehouse;
    private final WriteGate gate;
    private final BusinessClock clock;
    private final AuditTrail audit;
    private final Tools tools;
    private final ImportStore store;
    private final ObjectProvider<ImportsUndone> concluders;
    private final Path folder;
    private final Map<Long, Long> rowsRead = new ConcurrentHashMap<>();
    private final Semaphore turn = new Semaphore(1);
    private volatile boolean stopping;

    FileImports(
            Warehouse warehouse,
            CommitLog log,
            Tails tails,
            Identifiers identifiers,
            ImportedItems items,
            Sources sources,
            Vault vault,
            Tombstones tombstones,
            WriteGate gate,
            BusinessClock clock,
            SystemClock system,
            AuditTrail audit,
            AccessLog accesses,
            JdbcClient jdbc,
            JsonMapper json,
            PlatformSettings settings,
            ObjectProvider<ImportsUndone> concluders,
            ObjectProvider<TagColumns> tags,
            ObjectProvider<DoubleOptIn> doubleOptIn) {
        this.warehouse = warehouse;
        this.gate = gate;
        this.clock = clock;
        this.audit = audit;
        this.concluders = concluders;
        this.folder = settings.data().resolve("imports");
        this.store = new ImportStore(jdbc, json, system, vault, accesses, id -> rowsRead.getOrDefault(id, 0L));
        this.tools = new Tools(
                warehouse,
                log,
                tails,
                identifiers,
                items,
                vault,
                tombstones,
                json,
                () -> tags.stream()
                        .flatMap(one -> one.now().entrySet().stream())
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                () -> doubleOptIn.stream().map(DoubleOptIn::now).findFirst().orElse(DoubleOptIn.Rule.NOBODY),
                sources.named(Sources.IMPORT).id(),
                settings.zone(),
                settings.currency());
        goOn();
    }

    /** Nobody can import before what the server's end cut short is done: imports, and what follows from undone ones. */
    private void goOn() {
        var toResume = new ArrayList<Given>();
        for (var one : store.running()) {
            if (one.given() != null
                    && one.mark() != null
                    && one.mark().isOf(one.given().file())) toResume.add(one.given());
            else {
                store.settled(one.id(), false);
                takeBack(one.id(), State.INTERRUPTED);
                if (one.given() != null) deleteOwn(one.given());
                LOG.warn(
                        "import {} was interrupted, and its file is not what it was: it has been taken back; import the file again",
                        one.id());
            }
        }
        sweep();
        if ((toResume.isEmpty() && store.unsettled().isEmpty()) || !turn.tryAcquire()) return;
        start("imports-go-on", () -> {
            try {
                settle();
            } catch (RuntimeException | Error e) {
                LOG.error("what follows from undone imports could not be brought in; it is tried at next start", e);
            }
            for (var given : toResume) {
                if (stopping) return;
                LOG.info("import {} goes on where the server's end cut it short", given.id());
                run(given, true);
            }
        });
    }

    /** Files hold customers' data in clear: one whose import the server's end cut off before it had begun is no import's. */
    void sweep() {
        if (!Files.isDirectory(folder)) return;
        var used = store.running().stream()
                .flatMap(one -> Stream.ofNullable(one.given()))
                .map(given -> given.file().toAbsolutePath())
                .collect(Collectors.toSet());
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) if (!used.contains(file.toAbsolutePath())) Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("the folder {} could not be swept: {}", folder, e.getMessage());
        }
    }

    /** Works in the background, and gives the turn back. */
    private void start(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                work.run();
            } finally {
                turn.release();
            }
        });
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        // Whoever is between two groups ends here, and goes on at the next start.
        if (turn.tryAcquire(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS)) turn.release();
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
    public Import start(
            Path file,
            String fileName,
            ImportMapping mapping,
            boolean dryRun,
            boolean deleteAfterwards,
            @Nullable Origin origin,
            long ofRun) {
        if (!Files.isRegularFile(file))
            throw Problem.notFound("file_not_found", "there is no file {file} on the server's machine")
                    .with("file", file);
        takeTurn();
        Given given;
        try {
            var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
            var read = mapping.encodedIn(encodingOf(file, mapping, now));
            long id = store.create(fileName, mapping, dryRun, origin, ofRun);
            given = new Given(
                    id, deleteAfterwards ? ownPlace(id) : file.toAbsolutePath(), read, dryRun, now, deleteAfterwards);
            begin(given, file, fileName);
        } catch (RuntimeException | Error e) {
            turn.release();
            throw e;
        }
        start("import-" + given.id(), () -> run(given, false));
        return store.get(given.id());
    }

    /** What cannot begin is over: nobody would ever work on it, and the file is whose it was. */
    private void begin(Given given, Path file, String fileName) {
        try {
            if (given.deletesFile()) take(file, given.file());
            store.begin(given, FileMark.of(given.file()));
            audit.record(given.dryRun() ? "import.tried" : "import.started", "import " + given.id(), fileName);
        } catch (RuntimeException | Error e) {
            try {
                if (given.deletesFile() && Files.isRegularFile(given.file()) && Files.notExists(file))
                    Files.move(given.file(), file);
                store.finish(
                        given.id(),
                        State.FAILED,
                        null,
                        e instanceof Problem problem ? Failure.of(problem) : Failure.ours());
            } catch (IOException | RuntimeException later) {
                e.addSuppressed(later);
            }
            throw e;
        }
    }

    @Override
    public void check(Path file, ImportMapping mapping) {
        encodingOf(file, mapping, clock.instant().truncatedTo(ChronoUnit.MICROS));
    }

    /** A mapping that does not fit is refused before anything is written down. */
    private @Nullable String encodingOf(Path file, ImportMapping mapping, Instant now) {
        try (var ready = tools.ready(new Given(0, file, mapping, true, now, false), store, false)) {
            return ready.encoding();
        }
    }

    /** Where a file that is deleted afterwards is kept until then. */
    private Path ownPlace(long id) {
        return folder.resolve(id + ".file");
    }

    private void take(Path file, Path to) {
        try {
            OwnerOnly.folder(folder);
            Files.move(file, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("the file could not be moved to where imports lie", e);
        }
    }

    private void run(Given given, boolean resumed) {
        long id = given.id();
        try (var ready = tools.ready(given, store, resumed)) {
            var report = ready.run(new Course() {
                @Override
                public void read(long rows) {
                    rowsRead.put(id, rows);
                    mayGoOn();
                }

                @Override
                public void mayGoOn() {
                    if (stopping) throw new Stopped();
                }
            });
            store.finish(id, State.DONE, report, null);
        } catch (RuntimeException | Error e) {
            if (stopping) {
                LOG.info("import {} goes on at the next start", id);
                return;
            }
            fail(id, given.dryRun(), e);
        } finally {
            rowsRead.remove(id);
        }
        deleteOwn(given);
    }

    private static void deleteOwn(Given given) {
        if (!given.deletesFile()) return;
        try {
            Files.deleteIfExists(given.file());
        } catch (IOException e) {
            LOG.warn("the copy {} of an imported file could not be deleted: {}", given.file(), e.getMessage());
        }
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
        var why = e instanceof Problem problem ? Failure.of(problem) : Failure.ours();
        if (!(e instanceof Problem)) LOG.error("import {} failed", id, e);
        if (dryRun) {
            store.finish(id, State.FAILED, null, why);
            return;
        }
        store.settled(id, false);
        appendUndone(id);
        store.finish(id, State.FAILED, null, why);
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
    public Optional<Import> ofRun(String way, long run) {
        return store.ofRun(way, run);
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
            var relying = store.relyingOn(id);
            if (!relying.isEmpty())
                throw Problem.conflict(
                                "import_relied_on",
                                "rows of import {id} are in the files of imports {later} too, which brought them no second time: undo those first")
                        .with("id", id)
                        .with("later", relying);
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
        concluders.orderedStream().forEach(one -> one.settle(unsettled));
        unsettled.forEach(id -> store.settled(id, true));
    }

    private void appendUndone(long id) {
        Instant at = clock.instant();
        warehouse.append(
                "imports_undone",
                "import:" + id,
                Rows.written(rows -> rows.value(id).value(at).end()));
    }
}
