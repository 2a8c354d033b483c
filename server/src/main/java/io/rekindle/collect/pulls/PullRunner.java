package io.rekindle.collect.pulls;

import io.rekindle.collect.Failure;
import io.rekindle.collect.Imports;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.LastingThreads;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Does pulls. What is read is written to a file first and comes in as a file does: so a pull that the server's end cuts
 * short while it reads is read again, one that is being imported goes on, and the watermark moves when all is in.
 */
@Component
class PullRunner implements SmartLifecycle, Backlog {
    private static final Logger LOG = LoggerFactory.getLogger(PullRunner.class);
    private static final Duration GLANCE = Duration.ofMillis(500);
    private static final Duration WAIT = Duration.ofMillis(100);
    /** By what a clock that nobody named can be ahead of ours. */
    private static final Duration ZONES_APART = Duration.ofHours(14);

    private static final int AT_ONCE = 2;

    private final Pulls pulls;
    private final Databases databases;
    private final Imports imports;
    private final SystemClock clock;
    private final PullSettings settings;
    private final Semaphore places = new Semaphore(AT_ONCE);
    /** By the run's id; what is open for it. */
    private final Map<Long, Open> atWork = new ConcurrentHashMap<>();

    private volatile boolean running;
    private volatile @Nullable Thread thread;
    private volatile @Nullable ExecutorService workers;

    PullRunner(Pulls pulls, Databases databases, Imports imports, SystemClock clock, PullSettings settings) {
        this.pulls = pulls;
        this.databases = databases;
        this.imports = imports;
        this.clock = clock;
        this.settings = settings;
    }

    /** What may have to be broken off. */
    private static final class Open {
        private volatile @Nullable SourceDatabase database;
        private volatile boolean late;
    }

    @Override
    public String name() {
        return "pulls";
    }

    @Override
    public long pending() {
        return atWork.size();
    }

    @Override
    public void wake() {
        var current = thread;
        if (current != null) LockSupport.unpark(current);
    }

    @Override
    public void start() {
        running = true;
        sweep();
        workers = Executors.newVirtualThreadPerTaskExecutor();
        thread = LastingThreads.start("pulls", this::run);
    }

    /** What was read when the server ended is read again. */
    private void sweep() {
        if (!Files.isDirectory(pulls.folder())) return;
        try (var files = Files.list(pulls.folder())) {
            for (var file : files.toList()) Pulls.delete(file);
        } catch (IOException e) {
            LOG.warn("the folder {} could not be emptied: {}", pulls.folder(), e.getMessage());
        }
    }

    @Override
    public void stop() {
        running = false;
        wake();
        for (var open : atWork.values()) {
            var database = open.database;
            if (database != null) database.abort();
        }
        var current = thread;
        var all = workers;
        try {
            if (current != null) current.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (all != null) all.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            try {
                pulls.openDue();
                for (var run : pulls.open()) begin(run);
            } catch (RuntimeException | Error e) {
                LOG.error("pulls cannot be looked at now; trying again", e);
            }
            LockSupport.parkNanos(GLANCE.toNanos());
        }
    }

    private void begin(Pull.Run run) {
        var all = workers;
        if (all == null || atWork.putIfAbsent(run.id(), new Open()) != null) return;
        all.execute(() -> {
            try {
                places.acquire();
                try {
                    if (running) work(run);
                } finally {
                    places.release();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                LOG.error("pull {} could not be worked on; trying again", run.pullId(), e);
            } finally {
                atWork.remove(run.id());
            }
        });
    }

    private void work(Pull.Run found) {
        var run = pulls.runOf(found.id());
        // It was looked up before somebody else had finished it.
        if (run.state() != Pull.State.READING && run.state() != Pull.State.IMPORTING) return;
        try {
            var there = imports.ofRun(Pulls.WAY, run.id());
            var brought = there.isPresent() ? there.get() : bringIn(run);
            if (brought != null) brought = over(brought.id());
            if (brought == null || brought.state() == Imports.State.UNDONE) pulls.done(run);
            else if (brought.state() != Imports.State.DONE) pulls.failed(run, WatchedFolders.why(brought));
            else {
                var fault = fault(brought.report());
                if (fault == null) pulls.done(run);
                else pulls.faulty(run, fault);
            }
        } catch (Spool.Stopped e) {
            LOG.info("pull {} goes on at the next start", run.pullId());
        } catch (Problem e) {
            if (running) pulls.failed(run, Failure.of(e));
        } catch (RuntimeException e) {
            if (!running) return;
            LOG.error("pull {} failed", run.pullId(), e);
            pulls.failed(run, Failure.ours());
        }
    }

    /** Null when enough of the rows could be used: a column renamed at the other end must not be taken for nothing new. */
    private @Nullable Failure fault(Imports.@Nullable Report report) {
        if (report == null || report.rejected() <= settings.mostRejected() * report.rows()) return null;
        var problem = Problem.invalid(
                        "too_many_rejected",
                        "{rejected} of {rows} rows could not be used, which is more than rekindle.pulls.most-rejected allows: the watermark stays, and the next pull reads them again")
                .with("rejected", report.rejected())
                .with("rows", report.rows());
        return Failure.of(problem);
    }

    /** Null when there is nothing to bring in. */
    private Imports.@Nullable Import bringIn(Pull.Run run) {
        var pull = pulls.get(run.pullId());
        var file = pulls.folder().resolve("pull-" + run.id());
        try {
            long rows = read(run, pull, file);
            if (rows == 0) return null;
            return started(run, pull, file);
        } finally {
            Pulls.delete(file);
        }
    }

    private long read(Pull.Run run, Pull pull, java.nio.file.Path file) {
        var open = atWork.get(run.id());
        if (open == null) throw new IllegalStateException("a run nobody works on");
        var from = Pull.from(pull.table(), pull.query());
        var began = clock.instant();
        var guard = Thread.ofVirtual().start(() -> endIfLate(open));
        try (var database = databases.open(pull.databaseId())) {
            open.database = database;
            var columns = database.columns(from);
            if (pull.watermarkColumn() != null) Pulls.requireRowIds(pull.mapping(), columns);
            var since = since(pull, columns);
            try (var spool = new Spool(
                    file,
                    columns,
                    pull.watermarkColumn(),
                    began.plus(ZONES_APART),
                    settings.largest(),
                    () -> running)) {
                database.read(from, since, 0, settings.longest(), spool);
                var highest = spool.highest() == null ? pull.watermark() : spool.highest();
                pulls.read(run.id(), spool.rows(), pull.watermark(), highest);
                return spool.rows();
            }
        } catch (Problem e) {
            if (!running) throw new Spool.Stopped();
            if (!open.late) throw e;
            throw Problem.of(
                            Problem.Kind.OUTSIDE,
                            "pull_too_slow",
                            "reading took longer than {longest} (rekindle.pulls.longest); nothing was brought in")
                    .with("longest", settings.longest());
        } finally {
            guard.interrupt();
            open.database = null;
        }
    }

    /** A database that sends a row now and then would keep each wait short and the pull for ever. */
    private void endIfLate(Open open) {
        try {
            Thread.sleep(settings.longest());
        } catch (InterruptedException inTime) {
            return;
        }
        open.late = true;
        var database = open.database;
        if (database != null) database.abort();
    }

    private static SourceDatabase.@Nullable Since since(Pull pull, java.util.List<SourceDatabase.Column> columns) {
        var column = pull.watermarkColumn();
        if (column == null) return null;
        var kind = Pulls.watermark(columns, column);
        var reached = pull.watermark();
        if (reached == null) return null;
        var value = SourceDatabase.before(reached, kind, pull.overlap());
        if (value == null)
            throw Problem.invalid("watermark_invalid", "'{watermark}' is no value of the watermark's column")
                    .with("watermark", reached);
        return new SourceDatabase.Since(column, kind, value);
    }

    /** Imports are done one at a time: it waits for its turn. */
    private Imports.Import started(Pull.Run run, Pull pull, java.nio.file.Path file) {
        var origin = new Imports.Origin(Pulls.WAY, pull.id(), pull.name());
        while (running) {
            try {
                return imports.start(
                        file, pull.name(), pull.mapping().encodedIn("UTF-8"), run.dryRun(), true, origin, run.id());
            } catch (Problem e) {
                if (!e.code().equals("import_running")) throw e;
            }
            LockSupport.parkNanos(WAIT.toNanos());
        }
        throw new Spool.Stopped();
    }

    private Imports.Import over(long id) {
        while (running) {
            var now = imports.get(id);
            if (now.state() != Imports.State.RUNNING) return now;
            LockSupport.parkNanos(WAIT.toNanos());
        }
        throw new Spool.Stopped();
    }
}
