package io.rekindle.export;

import io.rekindle.access.AccessLog;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.common.Page;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Jobs;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import io.rekindle.warehouse.FileForm;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** The history as files for other systems: what, where to, when. The files themselves are made by a job. */
@Component
public class Exports {
    /** The job that makes the files; its instance is the export's id. */
    public static final String JOB = "export";

    /** The job that deletes in buckets what no export makes any more, and its one instance. */
    public static final String LEFTOVERS_JOB = "export-leftovers";

    public static final String ALL_LEFTOVERS = "all";

    /** Under which secrets of storages are sealed. */
    public static final String SEALED_AS = "s3-secret";

    private static final Logger LOG = LoggerFactory.getLogger(Exports.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*)?");

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final SystemClock system;
    private final BusinessClock clock;
    private final Vault vault;
    private final Jobs jobs;
    private final ExportFolder folder;
    private final ExportedFiles files;
    private final AccessLog accesses;
    private final TransactionTemplate transactions;

    Exports(
            JdbcClient jdbc,
            AuditTrail audit,
            SystemClock system,
            BusinessClock clock,
            Vault vault,
            Jobs jobs,
            ExportFolder folder,
            ExportedFiles files,
            AccessLog accesses,
            PlatformTransactionManager transactionManager) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.system = system;
        this.clock = clock;
        this.vault = vault;
        this.jobs = jobs;
        this.folder = folder;
        this.files = files;
        this.accesses = accesses;
        this.transactions = new TransactionTemplate(transactionManager);
    }

    public List<Export> list() {
        return jdbc.sql(WITH_LAST_RUN + "order by e.id").query(Exports::export).list();
    }

    public Export get(long id) {
        return jdbc.sql(WITH_LAST_RUN + "where e.id = :id")
                .param("id", id)
                .query(Exports::export)
                .optional()
                .orElseThrow(() -> notFound(id));
    }

    @Transactional
    public Export create(Export.Draft draft) {
        check(draft);
        if (draft.s3() != null && (draft.s3Secret() == null || draft.s3Secret().isBlank()))
            throw Problem.invalid("export_without_secret", "a bucket needs the secret of its access key");
        var id = bound("""
                insert into exports (name, data, form, personal, s3_endpoint, s3_region, s3_bucket, s3_prefix, s3_access_key,
                    sealed_s3_secret, every, at_time, created_at, created_by)
                values (:name, :data, :form, :personal, :endpoint, :region, :bucket, :prefix, :accessKey,
                    :secret, :every, :at, :now, :by)
                on conflict (name) do nothing returning id
                """, draft)
                .param("now", now())
                .param("by", Caller.current().name())
                .query(Long.class)
                .optional()
                .orElseThrow(() -> nameTaken(draft.name()));
        scheduleNext(get(id));
        audit.record("export.created", "export " + id, words(draft));
        return get(id);
    }

    /**
     * Without a secret the one it has stays. What it made and does not make any more is deleted; days that stand in files
     * already are not made again unless the place or form changed. A run that is under way ends and begins again.
     */
    public Export update(long id, Export.Draft draft) {
        var change = Objects.requireNonNull(transactions.execute(status -> {
            lock(id);
            var before = get(id);
            return new Change(before, updated(before, draft));
        }));
        if (change.before().s3() == null) sweep(change.before(), file -> true);
        return change.after();
    }

    private record Change(Export before, Export after) {}

    private Export updated(Export before, Export.Draft draft) {
        long id = before.id();
        check(draft);
        if (draft.s3() != null && before.s3() == null && draft.s3Secret() == null)
            throw Problem.invalid("export_without_secret", "a bucket needs the secret of its access key");
        if (jdbc.sql("select exists (select from exports where name = :name and id <> :id)")
                .param("name", draft.name())
                .param("id", id)
                .query(Boolean.class)
                .single()) throw nameTaken(draft.name());
        boolean moved = !before.name().equals(draft.name()) || !isSamePlace(before.s3(), draft.s3());
        // With the secret of that place.
        if (moved) files.letGo(id, file -> false);
        bound("""
                update exports set name = :name, data = :data, form = :form, personal = :personal, s3_endpoint = :endpoint,
                    s3_region = :region, s3_bucket = :bucket, s3_prefix = :prefix, s3_access_key = :accessKey,
                    sealed_s3_secret = case when :bucket::text is null then null else coalesce(:secret, sealed_s3_secret) end,
                    every = :every, at_time = :at
                where id = :id
                """, draft).param("id", id).update();
        var after = get(id);
        boolean personalChanged = before.personal() != after.personal();
        files.letGo(id, file -> file.isOf(after) && !(personalChanged && file.dataset() == Dataset.PROFILES));
        if (moved || before.form() != after.form()) forgetDays(id);
        forgetDaysBut(id, after.data());
        if (moved
                || personalChanged
                || before.form() != after.form()
                || !Set.copyOf(before.data()).equals(Set.copyOf(after.data()))) newGeneration(id);
        jobs.cancel(JOB, Long.toString(id));
        scheduleNext(after);
        deleteLeftovers();
        audit.record("export.changed", "export " + id, words(draft));
        return after;
    }

    private static boolean isSamePlace(Export.@Nullable S3 a, Export.@Nullable S3 b) {
        if (a == null || b == null) return a == null && b == null;
        return a.endpoint().equals(b.endpoint())
                && a.bucket().equals(b.bucket())
                && a.prefix().equals(b.prefix());
    }

    /**
     * Takes it off the schedule and forgets it; profiles it made are deleted.
     *
     * @param withFiles all others too
     */
    public void delete(long id, boolean withFiles) {
        var gone = Objects.requireNonNull(transactions.execute(status -> {
            lock(id);
            var export = get(id);
            refuseWhileRunning(export);
            files.letGo(id, file -> !withFiles && file.dataset() != Dataset.PROFILES);
            jobs.cancel(JOB, Long.toString(id));
            jdbc.sql("delete from exports where id = :id").param("id", id).update();
            deleteLeftovers();
            audit.record("export.deleted", "export " + id, export.name() + (withFiles ? " with its files" : ""));
            return export;
        }));
        if (gone.s3() == null) sweep(gone, file -> withFiles || file.dataset() == Dataset.PROFILES);
    }

    /** No run begins and no file is claimed until this transaction ends. */
    private void lock(long id) {
        if (jdbc.sql("select id from exports where id = :id for update")
                .param("id", id)
                .query(Long.class)
                .optional()
                .isEmpty()) throw notFound(id);
    }

    private void sweep(Export export, Predicate<FileName> among) {
        try {
            files.sweep(export.name(), among);
        } catch (IOException e) {
            LOG.warn("files of export {} could not be deleted", export.name(), e);
            audit.record(
                    "export.files_left",
                    "export " + export.id(),
                    "%s, in the server's folder: %s".formatted(export.name(), e.getMessage()));
        }
    }

    /** Has what no export makes any more deleted in buckets, as soon as can be. */
    public void deleteLeftovers() {
        if (jdbc.sql("select exists (select from export_leftovers)")
                .query(Boolean.class)
                .single()) jobs.schedule(LEFTOVERS_JOB, ALL_LEFTOVERS, clock.instant());
    }

    /** Files in buckets that no export makes any more and that could not be deleted yet. */
    public List<Export.Leftover> leftovers() {
        return files.leftovers();
    }

    /** No longer tries to delete them: somebody did by hand, or the bucket is gone. */
    @Transactional
    public void forgetLeftover(long id) {
        if (!files.forget(id))
            throw Problem.notFound("export_leftover_not_found", "nothing waits to be deleted there any more");
        audit.record("export.leftover_forgotten", "export leftover " + id, "by hand");
    }

    /**
     * Makes the files as soon as can be.
     *
     * @param anew also those of days that have settled
     */
    @Transactional
    public void runNow(long id, boolean anew) {
        var export = get(id);
        refuseWhileRunning(export);
        if (anew) forgetDays(id);
        jdbc.sql("update exports set asked_by = :by where id = :id")
                .param("by", Caller.current().name())
                .param("id", id)
                .update();
        jobs.schedule(JOB, Long.toString(id), clock.instant());
        audit.record("export.asked", "export " + id, export.name());
    }

    private void forgetDays(long id) {
        jdbc.sql("delete from export_days where export_id = :id")
                .param("id", id)
                .update();
    }

    private void forgetDaysBut(long id, List<Dataset> data) {
        jdbc.sql("delete from export_days where export_id = :id and data <> all (:data)")
                .param("id", id)
                .param("data", data.stream().map(Dataset::code).toArray(String[]::new))
                .update();
    }

    private void newGeneration(long id) {
        jdbc.sql("update exports set generation = generation + 1 where id = :id")
                .param("id", id)
                .update();
    }

    private static void refuseWhileRunning(Export export) {
        if (export.lastRun() != null && export.lastRun().state() == Export.RunState.RUNNING)
            throw Problem.conflict("export_running", "'{name}' is being made; wait until it is done")
                    .with("name", export.name());
    }

    /** What stands in the server's own folder, by name from {@code cursor} on. */
    public Page<Export.File> files(long id, String cursor, int limit) {
        var there = files.files(get(id)).stream()
                .filter(file -> file.name().compareTo(cursor) > 0)
                .limit(limit + 1L)
                .toList();
        return Page.of(there, limit, Export.File::name);
    }

    /** One of its files, to be read by the caller; that it was stands in the audit trail. */
    public Path file(long id, String name) {
        var export = get(id);
        var found = files.files(export).stream()
                .filter(file -> file.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("export_file_not_found", "'{name}' has no file {file}")
                        .with("name", export.name())
                        .with("file", name));
        if (files.personal(export, found) == Export.Personal.CLEAR && !accesses.showsClear(Caller.current()))
            throw Problem.of(
                    Problem.Kind.FORBIDDEN,
                    "export_file_of_personal_data",
                    "files with personal data in clear are for those who may see it, with a reason where one is asked for");
        audit.record("export.downloaded", "export " + id, "%s: %s".formatted(export.name(), name));
        return folder.of(export, found);
    }

    /** The newest first. */
    public Page<Export.Run> runs(long id, long cursor, int limit) {
        get(id);
        var rows = jdbc.sql("""
                        select * from export_runs where export_id = :id and id < :cursor order by id desc limit :limit
                        """)
                .param("id", id)
                .param("cursor", cursor)
                .param("limit", limit + 1)
                .query((row, n) -> run(row, ""))
                .list();
        return Page.of(rows, limit, run -> Long.toString(run.id()));
    }

    /** Puts the next run on the calendar, where there is to be one. */
    @Transactional
    public void scheduleNext(Export export) {
        var at = next(export);
        if (at != null) jobs.schedule(JOB, Long.toString(export.id()), at);
    }

    private @Nullable Instant next(Export export) {
        if (export.every() == null) return null;
        var now = ZonedDateTime.ofInstant(clock.instant(), clock.zone());
        return switch (export.every()) {
            case HOUR -> now.truncatedTo(ChronoUnit.HOURS).plusHours(1).toInstant();
            case DAY -> {
                var at = export.at() == null ? LocalTime.of(5, 0) : export.at();
                var today = now.toLocalDate().atTime(at).atZone(clock.zone());
                yield (today.isAfter(now)
                                ? today
                                : now.toLocalDate().plusDays(1).atTime(at).atZone(clock.zone()))
                        .toInstant();
            }
        };
    }

    private void check(Export.Draft draft) {
        if (!NAME.matcher(draft.name()).matches())
            throw Problem.invalid(
                    "export_name_invalid",
                    "the name becomes a folder: 1 to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or digit");
        if (draft.data().isEmpty()) throw Problem.invalid("export_of_nothing", "name at least one kind of data");
        if (draft.personal() == Export.Personal.CLEAR && !accesses.showsClear(Caller.current()))
            throw Problem.of(
                    Problem.Kind.FORBIDDEN,
                    "export_of_personal_data",
                    "personal data in clear is exported only by those who may see it, with a reason where one is asked for");
        var s3 = draft.s3();
        if (s3 == null) return;
        if (!isWeb(s3.endpoint()))
            throw Problem.invalid(
                    "s3_endpoint_invalid", "the endpoint begins with https:// (or http://) and names a host");
        if (!BUCKET.matcher(s3.bucket()).matches()
                || !PREFIX.matcher(s3.prefix()).matches())
            throw Problem.invalid(
                    "s3_bucket_invalid",
                    "a bucket has 3 to 63 lower-case letters, digits, dots and hyphens; a prefix is folders with slashes between");
        if (s3.region().isBlank() || s3.accessKey().isBlank())
            throw Problem.invalid("s3_access_missing", "a bucket needs a region and an access key");
    }

    private static boolean isWeb(String address) {
        try {
            var uri = new URI(address);
            return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private JdbcClient.StatementSpec bound(String sql, Export.Draft draft) {
        var s3 = draft.s3();
        var secret = s3 == null || draft.s3Secret() == null
                ? null
                : vault.seal(SEALED_AS, draft.s3Secret().getBytes(StandardCharsets.UTF_8));
        return jdbc.sql(sql)
                .param("name", draft.name())
                .param(
                        "data",
                        draft.data().stream().distinct().map(Dataset::code).toArray(String[]::new))
                .param("form", draft.form().code())
                .param("personal", (draft.personal() == null ? Export.Personal.NONE : draft.personal()).code())
                .param("endpoint", s3 == null ? null : s3.endpoint(), Types.VARCHAR)
                .param("region", s3 == null ? null : s3.region(), Types.VARCHAR)
                .param("bucket", s3 == null ? null : s3.bucket(), Types.VARCHAR)
                .param("prefix", s3 == null ? null : s3.prefix(), Types.VARCHAR)
                .param("accessKey", s3 == null ? null : s3.accessKey(), Types.VARCHAR)
                .param("secret", secret, Types.BINARY)
                .param("every", draft.every() == null ? null : draft.every().code(), Types.VARCHAR)
                .param("at", draft.at(), Types.TIME);
    }

    private static String words(Export.Draft draft) {
        return "%s: %s as %s%s%s"
                .formatted(
                        draft.name(),
                        draft.data().stream().map(Dataset::code).toList(),
                        draft.form().code(),
                        draft.s3() == null ? "" : " to bucket " + draft.s3().bucket(),
                        draft.personal() == Export.Personal.CLEAR ? ", with personal data in clear" : "");
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(system.instant(), ZoneOffset.UTC);
    }

    private static Problem notFound(long id) {
        return Problem.notFound("export_not_found", "there is no export {id}").with("id", id);
    }

    private static Problem nameTaken(String name) {
        return Problem.conflict("export_name_taken", "there is an export named '{name}' already")
                .with("name", name);
    }

    private static final String WITH_LAST_RUN = """
            select e.*, r.id as run_id, r.state as run_state, r.started_at as run_started_at, r.started_by as run_started_by,
                r.ended_at as run_ended_at, r.progress as run_progress, r.files as run_files, r.rows as run_rows, r.bytes as run_bytes,
                r.failure as run_failure, r.detail as run_detail
            from exports e left join lateral (
                select * from export_runs where export_id = e.id order by id desc limit 1) r on true
            """;

    private static Export export(ResultSet row, int n) throws SQLException {
        var bucket = row.getString("s3_bucket");
        var every = row.getString("every");
        row.getLong("run_id");
        boolean ran = !row.wasNull();
        return new Export(
                row.getLong("id"),
                row.getString("name"),
                Arrays.stream((String[]) row.getArray("data").getArray())
                        .map(Dataset::of)
                        .toList(),
                FileForm.of(row.getString("form")),
                Export.Personal.of(row.getString("personal")),
                bucket == null
                        ? null
                        : new Export.S3(
                                row.getString("s3_endpoint"),
                                row.getString("s3_region"),
                                bucket,
                                row.getString("s3_prefix"),
                                row.getString("s3_access_key")),
                every == null ? null : Export.Every.of(every),
                row.getObject("at_time", LocalTime.class),
                ran ? run(row, "run_") : null,
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"));
    }

    private static Export.Run run(ResultSet row, String prefix) throws SQLException {
        var ended = row.getObject(prefix + "ended_at", OffsetDateTime.class);
        return new Export.Run(
                row.getLong(prefix + "id"),
                Export.RunState.of(row.getString(prefix + "state")),
                row.getObject(prefix + "started_at", OffsetDateTime.class).toInstant(),
                row.getString(prefix + "started_by"),
                ended == null ? null : ended.toInstant(),
                row.getDouble(prefix + "progress"),
                row.getInt(prefix + "files"),
                row.getLong(prefix + "rows"),
                row.getLong(prefix + "bytes"),
                row.getString(prefix + "failure"),
                row.getString(prefix + "detail"));
    }
}
