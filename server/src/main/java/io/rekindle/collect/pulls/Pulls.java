package io.rekindle.collect.pulls;

import io.rekindle.access.AccessLog;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.collect.Failure;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.imports.FileLook;
import io.rekindle.collect.intake.PersonalText;
import io.rekindle.common.Page;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

/** What is pulled from which database, and when. */
@Component
public class Pulls {
    static final String WAY = "pull";
    static final Duration PREVIEW = Duration.ofSeconds(60);

    private static final int LONGEST_NAME = 100;
    private static final int MOST_MINUTES = 7 * 24 * 60;
    private static final long LARGEST_OVERLAP = 1_000_000_000;
    private static final long OVERLAP_SECONDS = 600;
    private static final long OVERLAP_NUMBERS = 1_000;
    private static final int PREVIEW_ROWS = 200;
    private static final int LONGEST_WORDS = 2_000;
    private static final Duration RETRY = Duration.ofMinutes(15);
    private static final String RUNS = """
            select r.*, i.id as import_id, i.state as import_state, i.report
            from pull_runs r left join imports i on i.origin_way = 'pull' and i.origin_run = r.id
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final AuditTrail audit;
    private final AccessLog accesses;
    private final SystemClock clock;
    private final Databases databases;
    private final Imports imports;
    private final ZoneId zone;
    private final Path folder;

    Pulls(
            JdbcClient jdbc,
            JsonMapper json,
            AuditTrail audit,
            AccessLog accesses,
            SystemClock clock,
            Databases databases,
            Imports imports,
            PlatformSettings settings) {
        this.jdbc = jdbc;
        this.json = json;
        this.audit = audit;
        this.accesses = accesses;
        this.clock = clock;
        this.databases = databases;
        this.imports = imports;
        this.zone = settings.zone();
        this.folder = settings.data().resolve("pulls");
    }

    /** Where what is read lies until it is imported. */
    Path folder() {
        return folder;
    }

    public List<Pull> list() {
        return query("order by p.id", 0);
    }

    public Pull get(long id) {
        return query("where p.id = :id", id).stream()
                .findFirst()
                .orElseThrow(() -> Problem.notFound("pull_not_found", "there is no pull {id}")
                        .with("id", id));
    }

    private List<Pull> query(String which, long id) {
        return jdbc.sql("""
                        select p.*, d.name as database_name, r.*, p.id as pull, p.created_at as pull_created_at,
                            r.id as run_id, i.id as import_id, i.state as import_state, i.report
                        from pulls p join database_connections d on d.id = p.connection_id
                        left join pull_runs r on r.id = (select max(l.id) from pull_runs l where l.pull_id = p.id)
                        left join imports i on i.origin_way = 'pull' and i.origin_run = r.id
                        """ + which).param("id", id).query(this::readPull).list();
    }

    /** The newest first. */
    public Page<Pull.Run> runs(long id, long cursor, int limit) {
        get(id);
        var rows = jdbc.sql(RUNS + "where r.pull_id = :pull and r.id < :cursor order by r.id desc limit :limit")
                .param("pull", id)
                .param("cursor", cursor)
                .param("limit", limit + 1)
                .query(this::readRun)
                .list();
        return Page.of(rows, limit, run -> Long.toString(run.id()));
    }

    /**
     * What would be read, by its first rows: in clear for who may see personal data now, else in outline. Any table may be
     * somebody's, so who asked for which stands in the audit trail, also when the database refuses: what it says then may have
     * a value in it.
     */
    public Pull.Preview preview(long database, Pull.Sight sight) {
        var from = Pull.from(sight.table(), sight.query());
        audit.record("database.seen", "database " + database, words(from));
        boolean inClear = accesses.showsClear(Caller.current());
        var file = folder.resolve("preview-" + UUID.randomUUID());
        try (var open = databases.open(database)) {
            var columns = open.columns(from);
            try (var spool = new Spool(file, columns, null, clock.instant(), DataSize.ofMegabytes(50), () -> true)) {
                open.read(from, null, PREVIEW_ROWS, PREVIEW, spool);
                if (spool.rows() == 0)
                    throw Problem.invalid(
                            "pull_without_rows",
                            "there is no row to look at yet; a mapping is guessed from the first ones");
            }
            var look = FileLook.into(file, "UTF-8", zone);
            if (inClear) accesses.lookedAtSomebody("rows of a database");
            return new Pull.Preview(
                    columns.stream()
                            .filter(column -> column.watermark() != null)
                            .sorted(Comparator.comparing(column -> !looksLikeOne(column)))
                            .map(SourceDatabase.Column::name)
                            .toList(),
                    inClear ? look : look.outlined());
        } finally {
            delete(file);
        }
    }

    /** The trail is kept for ever: whom a query names goes into it as nobody. */
    private static String words(SourceDatabase.From from) {
        var words = switch (from) {
            case SourceDatabase.Table(var table) -> "table " + table;
            case SourceDatabase.Query(var query) -> "query " + query;
        };
        return PersonalText.redacted(words, PersonalText.Kind.FREE)
                .codePoints()
                .filter(c -> c != 0 && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE))
                .limit(LONGEST_WORDS)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean looksLikeOne(SourceDatabase.Column column) {
        var name = column.name().toLowerCase(Locale.ROOT);
        return column.watermark() != SourceDatabase.Watermark.NUMBER
                && (name.contains("updat") || name.contains("modif") || name.contains("chang") || name.contains("更新"));
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("what was pulled could not be deleted", e);
        }
    }

    /** Its first time is at once, unless it is paused or by hand only. */
    @Transactional
    public Pull create(Pull.Draft draft) {
        var checked = checked(draft);
        boolean active = !Boolean.FALSE.equals(draft.active());
        long id = jdbc.sql("""
                        insert into pulls (name, connection_id, from_table, query, mapping, watermark_column, overlap,
                            every_minutes, daily_at, active, due_at, created_at, created_by)
                        values (:name, :database, :table, :query, :mapping, :column, :overlap,
                            :minutes, :daily, :active, :due, :now, :by)
                        on conflict (name) do nothing returning id
                        """)
                .param("name", checked.name())
                .param("database", draft.databaseId())
                .param("table", checked.table(), Types.VARCHAR)
                .param("query", checked.query(), Types.VARCHAR)
                .param("mapping", json.writeValueAsString(draft.mapping()))
                .param("column", checked.column(), Types.VARCHAR)
                .param("overlap", checked.overlap())
                .param("minutes", draft.everyMinutes(), Types.INTEGER)
                .param("daily", checked.dailyAt(), Types.TIME)
                .param("active", active)
                .param("due", active ? first(draft, checked.dailyAt()) : null, Types.TIMESTAMP_WITH_TIMEZONE)
                .param("now", now())
                .param("by", Caller.current().name())
                .query(Long.class)
                .optional()
                .orElseThrow(() -> taken(checked.name()));
        audit.record("pull.created", "pull " + id, checked.name());
        return get(id);
    }

    /** What has come in stays; another table, query, or watermark column begins at the beginning. */
    @Transactional
    public Pull update(long id, Pull.Draft draft) {
        var before = get(id);
        requireRest(id);
        var checked = checked(draft);
        if (jdbc.sql("select exists (select from pulls where name = :name and id <> :id)")
                .param("name", checked.name())
                .param("id", id)
                .query(Boolean.class)
                .single()) throw taken(checked.name());
        boolean active = draft.active() == null ? before.active() : draft.active();
        jdbc.sql("""
                        update pulls set name = :name, connection_id = :database,
                            watermark = case when connection_id = :database and from_table is not distinct from :table
                                and query is not distinct from :query and watermark_column is not distinct from :column then watermark end,
                            from_table = :table, query = :query, mapping = :mapping, watermark_column = :column, overlap = :overlap,
                            every_minutes = :minutes, daily_at = :daily, active = :active, due_at = :due
                        where id = :id
                        """)
                .param("name", checked.name())
                .param("database", draft.databaseId())
                .param("table", checked.table(), Types.VARCHAR)
                .param("query", checked.query(), Types.VARCHAR)
                .param("mapping", json.writeValueAsString(draft.mapping()))
                .param("column", checked.column(), Types.VARCHAR)
                .param("overlap", checked.overlap())
                .param("minutes", draft.everyMinutes(), Types.INTEGER)
                .param("daily", checked.dailyAt(), Types.TIME)
                .param("active", active)
                .param("due", active ? first(draft, checked.dailyAt()) : null, Types.TIMESTAMP_WITH_TIMEZONE)
                .param("id", id)
                .update();
        audit.record("pull.changed", "pull " + id, checked.name());
        return get(id);
    }

    @Transactional
    public Pull pause(long id) {
        get(id);
        jdbc.sql("update pulls set active = false, due_at = null where id = :id")
                .param("id", id)
                .update();
        audit.record("pull.paused", "pull " + id, get(id).name());
        return get(id);
    }

    @Transactional
    public Pull resume(long id) {
        var found = get(id);
        boolean scheduled = found.everyMinutes() != null || found.dailyAt() != null;
        jdbc.sql("update pulls set active = true, due_at = :due where id = :id")
                .param("due", scheduled ? now() : null, Types.TIMESTAMP_WITH_TIMEZONE)
                .param("id", id)
                .update();
        audit.record("pull.resumed", "pull " + id, found.name());
        return get(id);
    }

    /**
     * Sets from where on the next pull reads.
     *
     * @param watermark as it is shown; null: from the beginning
     */
    @Transactional
    public Pull rewind(long id, @Nullable String watermark) {
        var found = get(id);
        requireRest(id);
        if (watermark != null && (found.watermarkColumn() == null || watermark.isBlank() || watermark.length() > 60))
            throw Problem.invalid("watermark_invalid", "'{watermark}' is no value of the watermark's column")
                    .with("watermark", watermark);
        jdbc.sql("update pulls set watermark = :watermark where id = :id")
                .param("watermark", watermark, Types.VARCHAR)
                .param("id", id)
                .update();
        audit.record("pull.rewound", "pull " + id, watermark == null ? "to the beginning" : "to " + watermark);
        return get(id);
    }

    /** The imports it made stay. */
    @Transactional
    public void delete(long id) {
        var gone = get(id);
        requireRest(id);
        jdbc.sql("delete from pulls where id = :id").param("id", id).update();
        audit.record("pull.deleted", "pull " + id, gone.name());
    }

    private void requireRest(long id) {
        if (jdbc.sql("select exists (select from pull_runs where pull_id = :id and state in ('reading', 'importing'))")
                .param("id", id)
                .query(Boolean.class)
                .single()) throw running(id);
    }

    private static Problem running(long id) {
        return Problem.conflict("pull_running", "pull {id} is being done; wait until it is over")
                .with("id", id);
    }

    /** Has it done now. */
    @Transactional
    public Pull.Run ask(long id, boolean dryRun) {
        var found = get(id);
        var run = open(found.id(), dryRun, Caller.current().name());
        if (run == null) throw running(id);
        audit.record(dryRun ? "pull.tried" : "pull.asked", "pull " + id, found.name());
        return run;
    }

    /** Null when it is being done already. */
    private Pull.@Nullable Run open(long pull, boolean dryRun, String by) {
        return jdbc.sql("""
                        insert into pull_runs (pull_id, dry_run, state, asked_by, began_at)
                        values (:pull, :dry, 'reading', :by, :now)
                        on conflict (pull_id) where state in ('reading', 'importing') do nothing returning id
                        """)
                .param("pull", pull)
                .param("dry", dryRun)
                .param("by", by)
                .param("now", now())
                .query(Long.class)
                .optional()
                .map(this::runOf)
                .orElse(null);
    }

    /** As it stands now. */
    Pull.Run runOf(long id) {
        return jdbc.sql(RUNS + "where r.id = :id")
                .param("id", id)
                .query(this::readRun)
                .single();
    }

    /** Opens a run of each pull that is due, and says when it is due next. */
    @Transactional
    void openDue() {
        var due = jdbc.sql("select * from pulls where active and due_at <= :now for update skip locked")
                .param("now", now())
                .query((row, n) -> new Due(
                        row.getLong("id"),
                        row.getObject("every_minutes", Integer.class),
                        row.getObject("daily_at", LocalTime.class)))
                .list();
        for (var one : due) {
            open(one.pull(), false, "schedule");
            jdbc.sql("update pulls set due_at = :due where id = :id")
                    .param("due", next(one), Types.TIMESTAMP_WITH_TIMEZONE)
                    .param("id", one.pull())
                    .update();
        }
    }

    private record Due(
            long pull,
            @Nullable Integer everyMinutes,
            @Nullable LocalTime dailyAt) {}

    private @Nullable OffsetDateTime next(Due one) {
        if (one.everyMinutes() != null) return now().plusMinutes(one.everyMinutes());
        return one.dailyAt() == null ? null : nextDay(one.dailyAt());
    }

    private OffsetDateTime nextDay(LocalTime at) {
        var here = clock.instant().atZone(zone);
        var next = here.toLocalDate().atTime(at).atZone(zone);
        if (!next.isAfter(here))
            next = here.toLocalDate().plusDays(1).atTime(at).atZone(zone);
        return OffsetDateTime.ofInstant(next.toInstant(), ZoneOffset.UTC);
    }

    private @Nullable OffsetDateTime first(Pull.Draft draft, @Nullable LocalTime dailyAt) {
        if (dailyAt != null) return nextDay(dailyAt);
        return draft.everyMinutes() == null ? null : now();
    }

    /** Runs that are not over, the oldest first. */
    List<Pull.Run> open() {
        return jdbc.sql(RUNS + "where r.state in ('reading', 'importing') order by r.id")
                .query(this::readRun)
                .list();
    }

    void read(long run, long rows, @Nullable String from, @Nullable String to) {
        jdbc.sql("""
                        update pull_runs set state = 'importing', rows = :rows, watermark_from = :from, watermark_to = :to where id = :id
                        """)
                .param("rows", rows)
                .param("from", from, Types.VARCHAR)
                .param("to", to, Types.VARCHAR)
                .param("id", run)
                .update();
    }

    /** The watermark moves in the same moment; it never goes back by itself. */
    @Transactional
    void done(Pull.Run run) {
        var now = runOf(run.id());
        jdbc.sql("update pull_runs set state = 'done', ended_at = :now where id = :id")
                .param("now", now())
                .param("id", run.id())
                .update();
        if (!now.dryRun() && now.to() != null)
            jdbc.sql("update pulls set watermark = :to where id = :id")
                    .param("to", now.to())
                    .param("id", now.pullId())
                    .update();
    }

    /** A daily one is tried again soon, not only tomorrow. */
    @Transactional
    void failed(Pull.Run run, Failure why) {
        ended(run, Pull.State.FAILED, why);
        jdbc.sql("update pulls set due_at = least(due_at, :again) where id = :id and active and daily_at is not null")
                .param("again", now().plus(RETRY))
                .param("id", run.pullId())
                .update();
    }

    /** It is over, and the next one begins where it did: what could not be used is read again then. */
    void faulty(Pull.Run run, Failure why) {
        ended(run, Pull.State.FAULTY, why);
    }

    private void ended(Pull.Run run, Pull.State state, Failure why) {
        jdbc.sql("""
                        update pull_runs set state = :state, ended_at = :now, failure_code = :code, failure = :words,
                            failure_parameters = :parameters
                        where id = :id
                        """)
                .param("state", state.code())
                .param("now", now())
                .param("code", why.code())
                .param("words", why.stored())
                .param("parameters", json.writeValueAsString(why.parameters()))
                .param("id", run.id())
                .update();
    }

    private record Checked(
            String name,
            @Nullable String table,
            @Nullable String query,
            @Nullable String column,
            long overlap,
            @Nullable LocalTime dailyAt) {}

    private Checked checked(Pull.Draft draft) {
        var name = draft.name().strip();
        if (name.isEmpty() || name.length() > LONGEST_NAME)
            throw Problem.invalid("pull_name_invalid", "a pull needs a name of 1 to 100 characters");
        var database = draft.databaseId();
        databases.get(database);
        var from = Pull.from(draft.table(), draft.query());
        if (draft.everyMinutes() != null && draft.dailyAt() != null)
            throw Problem.invalid("pull_schedule_invalid", "a pull is done every so many minutes or daily, not both");
        if (draft.everyMinutes() != null && (draft.everyMinutes() < 1 || draft.everyMinutes() > MOST_MINUTES))
            throw Problem.invalid("pull_minutes_invalid", "a pull is done every 1 to {most} minutes")
                    .with("most", MOST_MINUTES);
        var column =
                draft.watermarkColumn() == null || draft.watermarkColumn().isBlank() ? null : draft.watermarkColumn();
        if (draft.overlap() != null && (draft.overlap() < 0 || draft.overlap() > LARGEST_OVERLAP))
            throw Problem.invalid("pull_overlap_invalid", "the overlap must be 0 to {most}")
                    .with("most", LARGEST_OVERLAP);
        return new Checked(
                name,
                from instanceof SourceDatabase.Table(var table) ? table : null,
                from instanceof SourceDatabase.Query(var query) ? query : null,
                column,
                overlap(draft, database, from, column),
                dailyAt(draft.dailyAt()));
    }

    /** What there is to read is known by the database alone; so it is asked, and the mapping held against it. */
    private long overlap(Pull.Draft draft, long database, SourceDatabase.From from, @Nullable String column) {
        var file = folder.resolve("check-" + UUID.randomUUID());
        try (var open = databases.open(database)) {
            var columns = open.columns(from);
            try (var spool = new Spool(file, columns, null, clock.instant(), DataSize.ofMegabytes(50), () -> true)) {
                spool.row(Collections.nCopies(columns.size(), null));
            }
            imports.check(file, draft.mapping().encodedIn("UTF-8"));
            if (column == null) return 0;
            requireRowIds(draft.mapping(), columns);
            var kind = watermark(columns, column);
            if (draft.overlap() != null) return draft.overlap();
            return kind == SourceDatabase.Watermark.NUMBER ? OVERLAP_NUMBERS : OVERLAP_SECONDS;
        } finally {
            delete(file);
        }
    }

    /**
     * Costs of a day are the sum of its rows: of one whose changed rows alone are read, each has to be known again.
     *
     * @param columns of a pull with a watermark
     */
    static void requireRowIds(ImportMapping mapping, List<SourceDatabase.Column> columns) {
        if (mapping.tells() != ImportKind.COSTS
                || mapping.columns().containsKey("row_id")
                || columns.stream().anyMatch(one -> one.name().equals("row_id"))) return;
        var fault = new Problem.Fault(
                        "row_id",
                        "costs_without_row_id",
                        "with a watermark only rows that changed are read: map the column that tells a row from all others, or pull without a watermark; there are {columns}")
                .with(
                        "columns",
                        columns.stream().map(SourceDatabase.Column::name).toList());
        throw Problem.unprocessable(
                        "import_mapping_invalid", "the mapping does not fit the file: {count} fault(s)", List.of(fault))
                .with("count", 1);
    }

    static SourceDatabase.Watermark watermark(List<SourceDatabase.Column> columns, String column) {
        var kind = columns.stream()
                .filter(one -> one.name().equals(column))
                .findFirst()
                .map(SourceDatabase.Column::watermark)
                .orElse(null);
        if (kind == null)
            throw Problem.invalid(
                            "watermark_column_invalid",
                            "'{column}' is no column of numbers, days or times; those are {columns}")
                    .with("column", column)
                    .with(
                            "columns",
                            columns.stream()
                                    .filter(one -> one.watermark() != null)
                                    .map(SourceDatabase.Column::name)
                                    .toList());
        return kind;
    }

    private static @Nullable LocalTime dailyAt(@Nullable String given) {
        if (given == null) return null;
        try {
            return LocalTime.parse(given);
        } catch (DateTimeException e) {
            throw Problem.invalid("pull_time_invalid", "'{time}' is no time of the day, such as 03:30")
                    .with("time", given);
        }
    }

    private static Problem taken(String name) {
        return Problem.conflict("pull_name_taken", "there is a pull named '{name}' already")
                .with("name", name);
    }

    private Pull readPull(ResultSet row, int n) throws SQLException {
        row.getLong("run_id");
        var last = row.wasNull() ? null : run(row, row.getLong("run_id"));
        var daily = row.getObject("daily_at", LocalTime.class);
        return new Pull(
                row.getLong("pull"),
                row.getString("name"),
                row.getLong("connection_id"),
                row.getString("database_name"),
                row.getString("from_table"),
                row.getString("query"),
                json.readValue(row.getString("mapping"), ImportMapping.class),
                row.getString("watermark_column"),
                row.getLong("overlap"),
                row.getString("watermark"),
                row.getObject("every_minutes", Integer.class),
                daily == null ? null : daily.toString(),
                row.getBoolean("active"),
                instant(row, "due_at"),
                last,
                row.getObject("pull_created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"));
    }

    private Pull.Run readRun(ResultSet row, int n) throws SQLException {
        return run(row, row.getLong("id"));
    }

    private Pull.Run run(ResultSet row, long id) throws SQLException {
        var importState = row.getString("import_state");
        var text = row.getString("report");
        var report = text == null ? null : json.readValue(text, Imports.Report.class);
        var began = row.getObject("began_at", OffsetDateTime.class);
        return new Pull.Run(
                id,
                row.getLong("pull_id"),
                row.getBoolean("dry_run"),
                Pull.State.of(row.getString("state")),
                row.getString("asked_by"),
                began.toInstant(),
                instant(row, "ended_at"),
                row.getObject("rows", Long.class),
                row.getString("watermark_from"),
                row.getString("watermark_to"),
                row.getObject("import_id", Long.class),
                importState == null ? null : Imports.State.valueOf(importState.toUpperCase(Locale.ROOT)),
                report == null ? null : Long.valueOf(report.lines() + report.cancellations()),
                report == null ? null : Long.valueOf(report.alreadyThere()),
                report == null ? null : Long.valueOf(report.rejected()),
                row.getString("failure_code"),
                WatchedFolders.parameters(row, "failure_parameters", json),
                row.getString("failure"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
