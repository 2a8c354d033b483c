package io.rekindle.collect.pulls;

import io.rekindle.collect.Failure;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.KeptFiles;
import io.rekindle.collect.Tombstones;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.LastingThreads;
import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes complete files out of watched folders, one after the other. A file is complete when a file of its name and
 * {@code .done} lies beside it, or when it has not changed for a while; names that begin with a dot or end in
 * {@code .part} or {@code .tmp} are of files that are still written. A file is moved aside before it is read: so what the
 * server's end cuts short is found there, and goes on.
 */
@Component
class FolderWatch implements SmartLifecycle, Backlog, KeptFiles {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final Duration GLANCE = Duration.ofMillis(500);
    private static final Duration WAIT = Duration.ofMillis(100);
    private static final Duration CLEANING = Duration.ofMinutes(10);
    private static final String COMPLETE = ".done";
    private static final List<String> UNFINISHED = List.of(".part", ".tmp", ".filepart", ".crdownload", COMPLETE);
    private static final String ASIDE = ".taken";
    private static final String REPORT = ".report.json";
    private static final int MOST_ROWS_TOLD = 1_000;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final WatchedFolders folders;
    private final Imports imports;
    private final SystemClock clock;
    private final FolderSettings settings;
    private final JsonMapper json;
    private final Map<Path, Seen> seen = new HashMap<>();
    private volatile boolean running;
    private volatile boolean atWork;
    private volatile @Nullable Thread thread;
    private Instant cleaned = Instant.MIN;

    FolderWatch(WatchedFolders folders, Imports imports, SystemClock clock, FolderSettings settings, JsonMapper json) {
        this.folders = folders;
        this.imports = imports;
        this.clock = clock;
        this.settings = settings;
        this.json = json;
    }

    /** What a file was like, and since when. */
    private record Seen(long bytes, Instant modified, Instant since) {}

    @Override
    public String name() {
        return "watched folders";
    }

    @Override
    public long pending() {
        return atWork ? 1 : 0;
    }

    @Override
    public void wake() {
        var current = thread;
        if (current != null) LockSupport.unpark(current);
    }

    @Override
    public void start() {
        running = true;
        thread = LastingThreads.start("watched-folders", this::run);
    }

    @Override
    public void stop() {
        running = false;
        wake();
        var current = thread;
        try {
            if (current != null) current.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            try {
                for (var file : folders.open()) {
                    if (!running) return;
                    work(file);
                }
                look();
            } catch (Spool.Stopped e) {
                return;
            } catch (RuntimeException | Error e) {
                LOG.error("watched folders cannot be looked at now; trying again", e);
            } finally {
                atWork = false;
            }
            clean();
            LockSupport.parkNanos(GLANCE.toNanos());
        }
    }

    private void look() {
        var claimed = new HashSet<Path>();
        for (var folder : folders.list()) {
            if (!running) return;
            if (!folder.active()) continue;
            Failure trouble = null;
            try {
                for (var file : fitting(folder, claimed)) if (running && isComplete(file)) work(taken(folder, file));
            } catch (Problem e) {
                trouble = Failure.of(e);
            } catch (UncheckedIOException e) {
                LOG.debug("a watched folder cannot be looked at", e);
                trouble = Failure.of(missing(folder));
            }
            // Once, not at every glance: the folder says so until it can be looked at again.
            if (trouble != null && !trouble.code().equals(folder.failureCode()))
                LOG.warn("the watched folder {} cannot be looked at: {}", folder.name(), trouble.words());
            folders.troubled(folder, trouble);
        }
        seen.keySet().retainAll(claimed);
    }

    private List<Path> fitting(WatchedFolder folder, Set<Path> claimed) {
        var place = folders.place(folder.folder());
        if (!Files.isDirectory(place)) throw missing(folder);
        var pattern = FileSystems.getDefault().getPathMatcher("glob:" + glob(folder.pattern()));
        var found = new ArrayList<Path>();
        try (var files = Files.list(place)) {
            for (var file : files.sorted().toList()) {
                var name = String.valueOf(file.getFileName());
                // A link may lead to a file that is nobody's business.
                if (name.startsWith(".")
                        || UNFINISHED.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith)
                        || !pattern.matches(file.getFileName())
                        || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) continue;
                if (claimed.add(file)) found.add(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder %s cannot be read".formatted(place), e);
        }
        return found;
    }

    private static Problem missing(WatchedFolder folder) {
        return Problem.invalid("folder_missing", "there is no folder {folder} that can be read and written")
                .with("folder", folder.place());
    }

    /** Only the star and the question mark mean something. */
    private static String glob(String pattern) {
        return pattern.replaceAll("([\\\\\\[\\]{}])", "\\\\$1");
    }

    private boolean isComplete(Path file) {
        if (Files.exists(marker(file), LinkOption.NOFOLLOW_LINKS)) return true;
        try {
            long bytes = Files.size(file);
            var modified = Files.getLastModifiedTime(file).toInstant();
            var before = seen.get(file);
            var now = clock.instant();
            if (before == null || before.bytes() != bytes || !before.modified().equals(modified)) {
                seen.put(file, new Seen(bytes, modified, now));
                return false;
            }
            return !now.isBefore(before.since().plus(settings.steady()));
        } catch (IOException e) {
            return false;
        }
    }

    private static Path marker(Path file) {
        return file.resolveSibling(file.getFileName() + COMPLETE);
    }

    private WatchedFolder.Taken taken(WatchedFolder folder, Path file) {
        atWork = true;
        seen.remove(file);
        try {
            var one = folders.take(folder.id(), String.valueOf(file.getFileName()), Files.size(file));
            WatchedFolders.move(file, aside(folder, one));
            Files.deleteIfExists(marker(file));
            return one;
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be taken".formatted(file), e);
        }
    }

    private Path aside(WatchedFolder folder, WatchedFolder.Taken file) {
        return folders.place(folder.folder()).resolve(ASIDE).resolve(file.id() + "-" + file.fileName());
    }

    private void work(WatchedFolder.Taken file) {
        atWork = true;
        var folder = folders.get(file.folderId());
        var aside = aside(folder, file);
        try {
            var there = imports.ofRun(WatchedFolders.WAY, file.id());
            if (there.isPresent()) {
                ended(folder, file, aside, over(there.get().id()));
                return;
            }
            if (!Files.isRegularFile(aside, LinkOption.NOFOLLOW_LINKS)) {
                // The server ended between writing this down and moving the file: it lies where it was.
                folders.forget(file.id());
                return;
            }
            var earlier = folders.repeats(file, digest(aside, folder.mapping()));
            if (earlier != null) {
                var report = new Report(file.fileName(), earlier, "repeated", null, List.of(), null);
                over(folder, file, aside, "done", WatchedFolder.State.REPEATED, report, null);
                return;
            }
            var started = started(folder, file, aside);
            ended(folder, file, aside, over(started.id()));
        } catch (Problem e) {
            failed(folder, file, aside, Failure.of(e));
        } catch (Spool.Stopped e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("the file {} of the watched folder {} failed", file.fileName(), folder.name(), e);
            failed(folder, file, aside, Failure.ours());
        }
    }

    private void failed(WatchedFolder folder, WatchedFolder.Taken file, Path aside, Failure why) {
        var report = new Report(file.fileName(), null, "failed", null, List.of(), why.words());
        over(folder, file, aside, "failed", WatchedFolder.State.FAILED, report, why);
    }

    private void ended(WatchedFolder folder, WatchedFolder.Taken file, Path aside, Imports.Import one) {
        boolean done = one.state() == Imports.State.DONE || one.state() == Imports.State.UNDONE;
        var why = done ? null : WatchedFolders.why(one);
        var report = new Report(
                file.fileName(),
                one.id(),
                one.state().code(),
                one.report(),
                done ? rejects(one.id()) : List.of(),
                why == null ? null : why.words());
        over(
                folder,
                file,
                aside,
                done ? "done" : "failed",
                done ? WatchedFolder.State.DONE : WatchedFolder.State.FAILED,
                namesErased(one) ? null : report,
                why);
    }

    /** Whether somebody erased stands in the file: then it is not kept. */
    private static boolean namesErased(Imports.Import one) {
        return one.report() != null
                && one.report().reasons().stream().anyMatch(of -> of.reason().equals(Tombstones.REFUSED));
    }

    /**
     * What lies beside a file that was taken.
     *
     * @param rejectedRows the first thousand
     */
    private record Report(
            String file,
            @Nullable Long importId,
            String state,
            Imports.@Nullable Report report,
            List<RejectedRow> rejectedRows,
            @Nullable String failure) {}

    private record RejectedRow(long row, String reason, String detail) {}

    private List<RejectedRow> rejects(long id) {
        return imports.rejects(id, 0, MOST_ROWS_TOLD).items().stream()
                .map(one -> new RejectedRow(one.rowNumber(), one.reason(), one.detail()))
                .toList();
    }

    /** @param report null when the file is not to be kept */
    private void over(
            WatchedFolder folder,
            WatchedFolder.Taken file,
            Path aside,
            String where,
            WatchedFolder.State state,
            @Nullable Report report,
            @Nullable Failure why) {
        var name = "%s/%s-%d-%s".formatted(where, STAMP.format(clock.instant()), file.id(), file.fileName());
        var to = folders.place(folder.folder()).resolve(name);
        boolean moved = Files.exists(aside, LinkOption.NOFOLLOW_LINKS);
        try {
            if (report == null) {
                Files.deleteIfExists(aside);
                moved = false;
            }
            if (moved && report != null) {
                WatchedFolders.move(aside, to);
                var beside = to.resolveSibling(to.getFileName() + REPORT);
                Files.write(OwnerOnly.newFile(beside), json.writeValueAsBytes(report));
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} could not be put to where it belongs: {}", aside, e.getMessage());
        }
        folders.over(file.id(), state, moved ? name : null, why);
    }

    /** Imports are done one at a time: it waits for its turn. */
    private Imports.Import started(WatchedFolder folder, WatchedFolder.Taken file, Path aside) {
        var origin = new Imports.Origin(WatchedFolders.WAY, folder.id(), folder.name());
        while (running) {
            try {
                return imports.start(aside, file.fileName(), folder.mapping(), false, false, origin, file.id());
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

    private static String digest(Path file, ImportMapping mapping) {
        try (InputStream in = Files.newInputStream(file)) {
            var sha = MessageDigest.getInstance("SHA-256");
            var block = new byte[1 << 16];
            for (int read = in.read(block); read >= 0; read = in.read(block)) sha.update(block, 0, read);
            sha.update(words(mapping).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }

    /** The same for the same mapping, in whichever order its fields come. */
    private static String words(ImportMapping mapping) {
        return new TreeMap<>(mapping.columns()) + mapping.withColumns(Map.of()).toString();
    }

    /** Customers' data is not left lying about. */
    private void clean() {
        var now = clock.instant();
        if (!cleaned.equals(Instant.MIN) && now.isBefore(cleaned.plus(CLEANING))) return;
        cleaned = now;
        try {
            deleteAged();
        } catch (RuntimeException e) {
            LOG.warn("files of watched folders cannot be cleaned up now; trying again", e);
        }
    }

    void deleteAged() {
        delete(folders.aged());
    }

    @Override
    public void deleteAll() {
        var left = delete(folders.kept());
        if (!left.isEmpty())
            throw new IllegalStateException("%d files that were imported cannot be deleted, %s among them"
                    .formatted(left.size(), left.getFirst()));
    }

    /** What could not be deleted. */
    private List<Path> delete(List<WatchedFolders.Kept> files) {
        var left = new ArrayList<Path>();
        for (var file : files) {
            try {
                Files.deleteIfExists(file.lies());
                Files.deleteIfExists(file.lies().resolveSibling(file.lies().getFileName() + REPORT));
                folders.gone(file.id());
            } catch (IOException e) {
                LOG.warn("the file {} of a watched folder could not be deleted: {}", file.lies(), e.getMessage());
                left.add(file.lies());
            }
        }
        return left;
    }
}
