package io.rekindle.collect.imports;

import io.rekindle.access.AccessLog;
import io.rekindle.access.Caller;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Files that were sent and wait until a person has said how to read them. They hold people's data in clear, so none
 * outlives its import, an hour without use, or this process.
 */
@Component
public class Uploads {
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final Duration KEPT = Duration.ofHours(1);
    private static final int LONGEST_NAME = 200;

    private final Imports imports;
    private final AccessLog accesses;
    private final SystemClock clock;
    private final ZoneId zone;
    private final Path folder;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    Uploads(Imports imports, AccessLog accesses, SystemClock clock, PlatformSettings settings) {
        this.imports = imports;
        this.accesses = accesses;
        this.clock = clock;
        this.zone = settings.zone();
        this.folder = settings.uploads();
        deleteAll();
        try {
            OwnerOnly.folder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of uploaded files could not be made", e);
        }
    }

    /**
     * A file that waits.
     *
     * @param bytes its size as it was sent
     * @param sample as {@link FileLook}'s
     * @param encoding the character set its text is read in; null where the file's form leaves no choice
     * @param kind what the rows seem to tell of
     * @param fields a guess at the mapping: our field → the file's column
     * @param guesses the same for every kind
     * @param timeFormats the forms that read the times of the guessed column; the empty one is ISO 8601
     * @param decimalComma as {@link FileLook}'s
     */
    public record Upload(
            String id,
            String fileName,
            long bytes,
            List<String> columns,
            List<List<String>> sample,
            @Nullable String encoding,
            ImportKind kind,
            Map<String, String> fields,
            List<FileLook.Guess> guesses,
            List<String> timeFormats,
            @Nullable Boolean decimalComma) {}

    private record Kept(
            Path file, String fileName, @Nullable String encoding, Instant used) {}

    /**
     * Takes a file and looks into it; one that is no table is refused and not kept.
     *
     * @param encoding as {@link ImportMapping#encoding}; it also holds for the import, unless its mapping names one
     */
    public Upload take(InputStream content, String fileName, @Nullable String encoding) {
        deleteUnused();
        var file = store(content);
        try {
            var upload = look(newId(), file, name(fileName), encoding);
            kept.put(upload.id(), new Kept(file, upload.fileName(), encoding, clock.instant()));
            CompletableFuture.delayedExecutor(KEPT.toSeconds() + 1, TimeUnit.SECONDS)
                    .execute(this::deleteUnused);
            return upload;
        } catch (RuntimeException e) {
            delete(file);
            throw e;
        }
    }

    /** Imports a file that waits; a dry run leaves it waiting, an import takes it away. */
    public Imports.Import start(String id, ImportMapping mapping, boolean dryRun) {
        var found = find(id);
        var complete = mapping.encoding() == null ? mapping.encodedIn(found.encoding()) : mapping;
        var started = imports.start(found.file(), found.fileName(), complete, dryRun, !dryRun);
        if (dryRun)
            kept.computeIfPresent(
                    id, (key, one) -> new Kept(one.file(), one.fileName(), one.encoding(), clock.instant()));
        else kept.remove(id);
        return started;
    }

    /** Takes a file and imports it in one go. */
    public Imports.Import importNow(InputStream content, String fileName, ImportMapping mapping, boolean dryRun) {
        var file = store(content);
        try {
            return imports.start(file, name(fileName), mapping, dryRun, true);
        } catch (RuntimeException e) {
            delete(file);
            throw e;
        }
    }

    /** Throws a file away. */
    public void discard(String id) {
        var found = find(id);
        kept.remove(id);
        delete(found.file());
    }

    private Kept find(String id) {
        deleteUnused();
        var found = kept.get(id);
        if (found == null) throw Problem.notFound("upload_not_found", "this file is not kept any more; send it again");
        return found;
    }

    private Upload look(String id, Path file, String fileName, @Nullable String encoding) {
        var seen = FileLook.into(file, encoding, zone);
        boolean inClear = accesses.showsClear(Caller.current());
        if (inClear && !seen.sample().isEmpty()) accesses.lookedAtSomebody("rows of a file");
        var look = inClear ? seen : seen.outlined();
        return new Upload(
                id,
                fileName,
                size(file),
                look.columns(),
                look.sample(),
                look.encoding(),
                look.kind(),
                look.fields(),
                look.guesses(),
                look.timeFormats(),
                look.decimalComma());
    }

    private Path store(InputStream content) {
        Path file = null;
        try {
            OwnerOnly.folder(folder);
            file = Files.createTempFile(folder, "import-", ".upload");
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
            if (size(file) > 0) return file;
            throw Problem.invalid("file_empty", "the file is empty; it needs a line of column names");
        } catch (IOException e) {
            if (file != null) delete(file);
            throw new UncheckedIOException("the file could not be stored", e);
        } catch (RuntimeException e) {
            if (file != null) delete(file);
            throw e;
        }
    }

    void deleteUnused() {
        var oldest = clock.instant().minus(KEPT);
        kept.forEach((id, one) -> {
            if (one.used().isBefore(oldest) && kept.remove(id, one)) delete(one.file());
        });
    }

    @PreDestroy
    void deleteAll() {
        kept.clear();
        if (!Files.isDirectory(folder)) return;
        try (var files = Files.list(folder)) {
            files.forEach(Uploads::delete);
        } catch (IOException e) {
            LOG.warn("the folder of uploaded files could not be emptied: {}", e.getMessage());
        }
    }

    private String newId() {
        var bytes = new byte[16];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Browsers send a name, some a path with it. */
    private static String name(String given) {
        var last = given.substring(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1)
                .strip();
        if (last.isEmpty()) return "upload";
        return last.length() <= LONGEST_NAME ? last : last.substring(0, LONGEST_NAME);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("the uploaded file {} could not be deleted: {}", file, e.getMessage());
        }
    }
}
