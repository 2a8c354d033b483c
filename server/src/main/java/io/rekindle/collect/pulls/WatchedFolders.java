package io.rekindle.collect.pulls;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.collect.Failure;
import io.rekindle.collect.FileCurrency;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.common.Page;
import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Folders whose files are brought in by themselves. */
@Component
public class WatchedFolders {
    static final String WAY = "folder";

    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_PATTERN = 200;
    private static final String FILES = """
            select f.*, i.id as import_id, i.state as import_state, i.report
            from folder_files f left join imports i on i.origin_way = 'folder' and i.origin_run = f.id
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final AuditTrail audit;
    private final SystemClock clock;
    private final FolderSettings settings;
    private final Path inbox;
    private final String currency;

    WatchedFolders(
            JdbcClient jdbc,
            JsonMapper json,
            AuditTrail audit,
            SystemClock clock,
            FolderSettings settings,
            PlatformSettings platform) {
        this.jdbc = jdbc;
        this.json = json;
        this.audit = audit;
        this.clock = clock;
        this.settings = settings;
        this.currency = platform.currency();
        this.inbox = platform.data().resolve("inbox").toAbsolutePath().normalize();
    }

    public List<WatchedFolder> list() {
        return query("order by w.id", 0);
    }

    public WatchedFolder get(long id) {
        return query("where w.id = :id", id).stream()
                .findFirst()
                .orElseThrow(() -> Problem.notFound("folder_not_found", "there is no watched folder {id}")
                        .with("id", id));
    }

    private List<WatchedFolder> query(String which, long id) {
        return jdbc.sql("""
                        select w.*, f.*, w.id as watched, f.id as file_id, i.id as import_id, i.state as import_state, i.report
                        from watched_folders w
                        left join folder_files f on f.id = (select max(l.id) from folder_files l where l.folder_id = w.id)
                        left join imports i on i.origin_way = 'folder' and i.origin_run = f.id
                        """ + which).param("id", id).query(this::readFolder).list();
    }

    /** Files that were taken, the newest first. */
    public Page<WatchedFolder.Taken> files(long id, long cursor, int limit) {
        get(id);
        var rows = jdbc.sql(FILES + "where f.folder_id = :folder and f.id < :cursor order by f.id desc limit :limit")
                .param("folder", id)
                .param("cursor", cursor)
                .param("limit", limit + 1)
                .query(this::readFile)
                .list();
        return Page.of(rows, limit, file -> Long.toString(file.id()));
    }

    @Transactional
    public WatchedFolder create(WatchedFolder.Draft draft) {
        var name = checked(draft);
        long id = jdbc.sql("""
                        insert into watched_folders (name, folder, pattern, mapping, active, created_at, created_by)
                        values (:name, :folder, :pattern, :mapping, :active, :now, :by)
                        on conflict (name) do nothing returning id
                        """)
                .param("name", name)
                .param("folder", draft.folder().strip())
                .param("pattern", draft.pattern().strip())
                .param("mapping", json.writeValueAsString(draft.mapping()))
                .param("active", !Boolean.FALSE.equals(draft.active()))
                .param("now", now())
                .param("by", Caller.current().name())
                .query(Long.class)
                .optional()
                .orElseThrow(() -> taken(name));
        audit.record("folder.created", "folder " + id, name);
        return get(id);
    }

    @Transactional
    public WatchedFolder update(long id, WatchedFolder.Draft draft) {
        var before = get(id);
        var name = checked(draft);
        if (jdbc.sql("select exists (select from watched_folders where name = :name and id <> :id)")
                .param("name", name)
                .param("id", id)
                .query(Boolean.class)
                .single()) throw taken(name);
        boolean active = draft.active() == null ? before.active() : draft.active();
        jdbc.sql("""
                        update watched_folders set name = :name, folder = :folder, pattern = :pattern, mapping = :mapping, active = :active
                        where id = :id
                        """)
                .param("name", name)
                .param("folder", draft.folder().strip())
                .param("pattern", draft.pattern().strip())
                .param("mapping", json.writeValueAsString(draft.mapping()))
                .param("active", active)
                .param("id", id)
                .update();
        audit.record("folder.changed", "folder " + id, "%s, %s".formatted(name, active ? "active" : "paused"));
        return get(id);
    }

    /** Its imports stay, and its files lie where they are until their time is up. */
    @Transactional
    public void delete(long id) {
        var gone = get(id);
        if (!open(id).isEmpty())
            throw Problem.conflict("folder_busy", "a file of the folder is being imported; wait until it is done");
        jdbc.sql("delete from watched_folders where id = :id").param("id", id).update();
        audit.record("folder.deleted", "folder " + id, gone.name());
    }

    private String checked(WatchedFolder.Draft draft) {
        var name = draft.name().strip();
        if (name.isEmpty() || name.length() > LONGEST_NAME)
            throw Problem.invalid("folder_name_invalid", "a watched folder needs a name of 1 to 100 characters");
        var pattern = draft.pattern().strip();
        if (pattern.isEmpty() || pattern.length() > LONGEST_PATTERN || pattern.contains("/"))
            throw Problem.invalid(
                    "folder_pattern_invalid", "a pattern of file names is such as customers-*.csv, without a folder");
        requireKnown(draft.mapping());
        FileCurrency.of(draft.mapping(), currency);
        var place = place(draft.folder());
        try {
            if (place.startsWith(inbox)) OwnerOnly.folder(place);
        } catch (IOException e) {
            throw Problem.invalid("folder_missing", "there is no folder {folder} that can be read and written")
                    .with("folder", place);
        }
        if (!Files.isDirectory(place) || !Files.isWritable(place))
            throw Problem.invalid("folder_missing", "there is no folder {folder} that can be read and written")
                    .with("folder", place);
        return name;
    }

    /** The columns are those of files to come; the fields are known. */
    private static void requireKnown(ImportMapping mapping) {
        var kind = mapping.tells();
        var faults = mapping.columns().keySet().stream()
                .filter(field -> !kind.knows(field))
                .sorted()
                .map(field -> new Problem.Fault(
                                field, "import_field_unknown", "there is no such field; there are {known}")
                        .with("known", kind.fields()))
                .toList();
        if (!faults.isEmpty())
            throw Problem.unprocessable(
                            "import_mapping_invalid", "the mapping does not fit the file: {count} fault(s)", faults)
                    .with("count", faults.size());
    }

    /** Where a folder is: in the inbox, or where the settings allow it. */
    Path place(String given) {
        try {
            var path = Path.of(given.strip());
            if (!path.isAbsolute()) {
                var within = inbox.resolve(path).normalize();
                if (within.startsWith(inbox)) return within;
            } else if (Files.isDirectory(path)) {
                // A link in it must not lead out of it.
                var real = path.toRealPath();
                for (var allowed : settings.places())
                    if (Files.isDirectory(allowed) && real.startsWith(allowed.toRealPath())) return real;
            }
        } catch (InvalidPathException | IOException e) {
            // Said below.
        }
        throw Problem.invalid(
                        "folder_not_allowed",
                        "'{folder}' may not be watched: name one within {inbox}, or one of rekindle.folders.allowed that is there")
                .with("folder", given)
                .with("inbox", inbox);
    }

    private static Problem taken(String name) {
        return Problem.conflict("folder_name_taken", "there is a watched folder named '{name}' already")
                .with("name", name);
    }

    /** Writes down that a file is about to be taken. */
    WatchedFolder.Taken take(long folder, String fileName, long bytes) {
        long id = jdbc.sql("""
                        insert into folder_files (folder_id, place, file_name, bytes, state, taken_at)
                        values (:folder, (select folder from watched_folders where id = :folder), :name, :bytes, 'taken', :now)
                        returning id
                        """)
                .param("folder", folder)
                .param("name", fileName)
                .param("bytes", bytes)
                .param("now", now())
                .query(Long.class)
                .single();
        return file(id);
    }

    WatchedFolder.Taken file(long id) {
        return jdbc.sql(FILES + "where f.id = :id")
                .param("id", id)
                .query(this::readFile)
                .single();
    }

    /** Files that were taken and are not over. */
    List<WatchedFolder.Taken> open() {
        return jdbc.sql(FILES + "where f.state = 'taken' and f.folder_id is not null order by f.id")
                .query(this::readFile)
                .list();
    }

    private List<WatchedFolder.Taken> open(long folder) {
        return open().stream().filter(file -> file.folderId() == folder).toList();
    }

    /** Forgets a file that was not taken after all. */
    void forget(long file) {
        jdbc.sql("delete from folder_files where id = :id").param("id", file).update();
    }

    /**
     * The import of the folder's latest file that stands, when that was this file, read in the same way, and left no row
     * out; else null: then there is something to bring in.
     *
     * @param digest of the file's content and of how it is read
     */
    @Nullable
    Long repeats(WatchedFolder.Taken file, String digest) {
        jdbc.sql("update folder_files set digest = :digest where id = :id")
                .param("digest", digest)
                .param("id", file.id())
                .update();
        return jdbc.sql("""
                        select i.id, f.digest, i.report from folder_files f join imports i on i.origin_way = 'folder' and i.origin_run = f.id
                        where f.folder_id = :folder and f.id < :id and i.state = 'done'
                        order by f.id desc limit 1
                        """)
                .param("folder", file.folderId())
                .param("id", file.id())
                .query((row, n) -> new Earlier(
                        row.getLong("id"),
                        digest.equals(row.getString("digest")),
                        json.readValue(row.getString("report"), Imports.Report.class)))
                .optional()
                .filter(one -> one.isSame() && one.report().rejected() == 0)
                .map(Earlier::importId)
                .orElse(null);
    }

    private record Earlier(long importId, boolean isSame, Imports.Report report) {}

    void over(long file, WatchedFolder.State state, @Nullable String movedTo, @Nullable Failure why) {
        jdbc.sql("""
                        update folder_files set state = :state, moved_to = :to, failure_code = :code, failure = :words,
                            failure_parameters = :parameters, ended_at = :now
                        where id = :id
                        """)
                .param("state", state.code())
                .param("to", movedTo, Types.VARCHAR)
                .param("code", why == null ? null : why.code(), Types.VARCHAR)
                .param("words", Failure.wordsOf(why), Types.VARCHAR)
                .param("parameters", why == null ? null : json.writeValueAsString(why.parameters()), Types.VARCHAR)
                .param("now", now())
                .param("id", file)
                .update();
    }

    /** A file that lies in a folder since it was taken, also of an entry that is gone. */
    record Kept(long id, Path lies) {}

    /** Files whose time is up. */
    List<Kept> aged() {
        return kept("and f.ended_at < :before", now().minus(settings.keep()));
    }

    /** Every file that lies in a folder since it was taken. */
    List<Kept> kept() {
        return kept("and f.ended_at <= :before", now());
    }

    private List<Kept> kept(String which, OffsetDateTime before) {
        return jdbc.sql("""
                        select f.id, f.moved_to, coalesce(f.place, w.folder) as place
                        from folder_files f left join watched_folders w on w.id = f.folder_id
                        where f.moved_to is not null %s order by f.id
                        """.formatted(which))
                .param("before", before)
                .query((row, n) -> {
                    // One of another place is as it was named, whether that may still be watched or not.
                    var place = inbox.resolve(String.valueOf(row.getString("place")))
                            .normalize();
                    return new Kept(row.getLong("id"), place.resolve(row.getString("moved_to")));
                })
                .list();
    }

    /** Writes down why a folder cannot be looked at now; null: it can. */
    void troubled(WatchedFolder folder, @Nullable Failure why) {
        if (why == null ? folder.failureCode() == null : why.code().equals(folder.failureCode())) return;
        jdbc.sql("""
                        update watched_folders set trouble_code = :code, trouble = :words, trouble_parameters = :parameters,
                            troubled_at = :at
                        where id = :id
                        """)
                .param("code", why == null ? null : why.code(), Types.VARCHAR)
                .param("words", Failure.wordsOf(why), Types.VARCHAR)
                .param("parameters", why == null ? null : json.writeValueAsString(why.parameters()), Types.VARCHAR)
                .param("at", why == null ? null : now(), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("id", folder.id())
                .update();
    }

    /** What an import that did not end well says of itself. */
    static Failure why(Imports.Import one) {
        return one.failure() == null
                ? Failure.of(Problem.conflict(
                        "import_interrupted",
                        "the import was cut short, and its file is gone or another; nothing of it stands"))
                : new Failure(
                        one.failureCode() == null ? "import_failed" : one.failureCode(),
                        one.failure(),
                        one.failureParameters() == null ? Map.of() : one.failureParameters());
    }

    static @Nullable Map<String, String> parameters(ResultSet row, String column, JsonMapper json) throws SQLException {
        var text = row.getString(column);
        return text == null ? null : json.readValue(text, TEXTS);
    }

    void gone(long file) {
        jdbc.sql("update folder_files set moved_to = null where id = :id")
                .param("id", file)
                .update();
    }

    private WatchedFolder readFolder(ResultSet row, int n) throws SQLException {
        row.getLong("file_id");
        var last = row.wasNull() ? null : file(row, row.getLong("file_id"));
        var folder = row.getString("folder");
        return new WatchedFolder(
                row.getLong("watched"),
                row.getString("name"),
                folder,
                shown(folder),
                row.getString("pattern"),
                json.readValue(row.getString("mapping"), ImportMapping.class),
                row.getBoolean("active"),
                last,
                row.getString("trouble_code"),
                parameters(row, "trouble_parameters", json),
                row.getString("trouble"),
                instant(row, "troubled_at"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"));
    }

    private String shown(String folder) {
        try {
            return place(folder).toString();
        } catch (Problem notAllowedAnyMore) {
            return folder;
        }
    }

    private WatchedFolder.Taken readFile(ResultSet row, int n) throws SQLException {
        return file(row, row.getLong("id"));
    }

    private WatchedFolder.Taken file(ResultSet row, long id) throws SQLException {
        var importState = row.getString("import_state");
        var text = row.getString("report");
        var report = text == null ? null : json.readValue(text, Imports.Report.class);
        return new WatchedFolder.Taken(
                id,
                row.getLong("folder_id"),
                row.getString("file_name"),
                row.getLong("bytes"),
                WatchedFolder.State.of(row.getString("state")),
                row.getString("moved_to"),
                row.getObject("import_id", Long.class),
                importState == null ? null : Imports.State.valueOf(importState.toUpperCase(Locale.ROOT)),
                report == null ? null : Long.valueOf(report.lines() + report.cancellations()),
                report == null ? null : Long.valueOf(report.alreadyThere()),
                report == null ? null : Long.valueOf(report.rejected()),
                row.getString("failure_code"),
                parameters(row, "failure_parameters", json),
                row.getString("failure"),
                row.getObject("taken_at", OffsetDateTime.class).toInstant(),
                instant(row, "ended_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    static void move(Path from, Path to) {
        try {
            OwnerOnly.folderOf(to);
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be moved to %s".formatted(from, to), e);
        }
    }
}
