package io.rekindle.collect.imports;

import io.rekindle.access.AccessLog;
import io.rekindle.access.Caller;
import io.rekindle.collect.Failure;
import io.rekindle.collect.FileCurrency;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The rows of imports and of what they could not use. */
final class ImportStore {
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final SystemClock clock;
    private final Vault vault;
    private final LongUnaryOperator rowsRead;
    private final AccessLog accesses;

    ImportStore(
            JdbcClient jdbc,
            JsonMapper json,
            SystemClock clock,
            Vault vault,
            AccessLog accesses,
            LongUnaryOperator rowsRead) {
        this.accesses = accesses;
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
        this.vault = vault;
        this.rowsRead = rowsRead;
    }

    @SuppressWarnings("ArrayRecordComponent") // sealed bytes, never compared
    record Rejected(long number, String reason, String detail, byte[] sealed) {}

    long create(String fileName, ImportMapping mapping, boolean dryRun, Imports.@Nullable Origin origin, long run) {
        return jdbc.sql("""
                        insert into imports (file_name, dry_run, state, mapping, kind, created_at, created_by,
                            origin_way, origin_id, origin_name, origin_run)
                        values (:name, :dry, 'running', :mapping, :kind, :at, :by, :way, :origin, :originName, :run) returning id
                        """)
                .param("way", origin == null ? null : origin.way(), java.sql.Types.VARCHAR)
                .param("origin", origin == null ? null : origin.id(), java.sql.Types.BIGINT)
                .param("originName", origin == null ? null : origin.name(), java.sql.Types.VARCHAR)
                .param("run", origin == null ? null : run, java.sql.Types.BIGINT)
                .param("name", fileName)
                .param("dry", dryRun)
                .param("mapping", json.writeValueAsString(mapping))
                .param("kind", mapping.tells().code())
                .param("at", now())
                .param("by", Caller.current().name())
                .query(Long.class)
                .single();
    }

    /** Writes down what an import needs to go on after the server's end. */
    void begin(Given given, FileMark mark) {
        jdbc.sql("""
                        update imports set path = :path, bytes = :bytes, modified_at = :modified, taken_at = :taken, deletes_file = :deletes,
                            mapping = :mapping
                        where id = :id
                        """)
                .param("path", given.file().toString())
                .param("bytes", mark.bytes())
                .param("modified", utc(mark.modified()))
                .param("taken", utc(given.now()))
                .param("deletes", given.deletesFile())
                .param("mapping", json.writeValueAsString(given.mapping()))
                .param("id", given.id())
                .update();
    }

    /** An import the server's end cut short; what it was given is null when it had not begun. */
    record Interrupted(
            long id, @Nullable Given given, @Nullable FileMark mark) {}

    List<Interrupted> running() {
        return jdbc.sql("select * from imports where state = 'running' order by id")
                .query((row, n) -> {
                    long id = row.getLong("id");
                    var path = row.getString("path");
                    if (path == null) return new Interrupted(id, null, null);
                    return new Interrupted(
                            id,
                            new Given(
                                    id,
                                    Path.of(path),
                                    json.readValue(row.getString("mapping"), ImportMapping.class),
                                    row.getBoolean("dry_run"),
                                    row.getObject("taken_at", OffsetDateTime.class)
                                            .toInstant(),
                                    row.getBoolean("deletes_file")),
                            new FileMark(
                                    row.getLong("bytes"),
                                    row.getObject("modified_at", OffsetDateTime.class)
                                            .toInstant()));
                })
                .list();
    }

    /** Writes down how many rows of a file earlier imports had brought, by import. */
    void repeats(long id, Map<Long, Long> rowsByImport) {
        if (rowsByImport.isEmpty()) return;
        var earlier = List.copyOf(rowsByImport.entrySet());
        jdbc.sql("""
                        insert into import_repeats (import_id, of_import_id, rows)
                        select :id, * from unnest(:others::bigint[], :rows::bigint[])
                        on conflict (import_id, of_import_id) do update set rows = excluded.rows
                        """)
                .param("id", id)
                .param("others", earlier.stream().map(Map.Entry::getKey).toArray(Long[]::new))
                .param("rows", earlier.stream().map(Map.Entry::getValue).toArray(Long[]::new))
                .update();
    }

    /**
     * Imports that stand and have rows which this one brought. What the same pull reads again is nobody's word that it
     * should stand.
     */
    List<Long> relyingOn(long id) {
        return jdbc.sql("""
                        select r.import_id from import_repeats r
                        join imports i on i.id = r.import_id join imports o on o.id = r.of_import_id
                        where r.of_import_id = :id and i.state = 'done'
                            and (o.origin_way is null or (i.origin_way, i.origin_id) is distinct from (o.origin_way, o.origin_id))
                        order by r.import_id
                        """)
                .param("id", id)
                .query((row, n) -> row.getLong("import_id"))
                .list();
    }

    /**
     * Earlier imports whose rows speak as those of this one do: what the same origin brought, or, where a person brought
     * the file, files that were read as the same fields. What others said since takes none of it back.
     */
    Set<Long> speakingAlike(long id, Set<String> fields) {
        return jdbc
                .sql("""
                        select e.id, case when e.origin_way is null then e.report end as report
                        from imports e join imports i on i.id = :id
                        where e.id <> i.id and e.kind = i.kind and e.state = 'done' and not e.dry_run
                            and (e.origin_way, e.origin_id) is not distinct from (i.origin_way, i.origin_id)
                        """)
                .param("id", id)
                .query((row, n) -> {
                    var report = row.getString("report");
                    return report == null
                                    || fields(json.readValue(report, Imports.Report.class)
                                                    .columns())
                                            .equals(fields)
                            ? Optional.of(row.getLong("id"))
                            : Optional.<Long>empty();
                })
                .list()
                .stream()
                .flatMap(Optional::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Imports of orders that stand and were read in another currency than this one, or at another rate. */
    Set<Long> ordersReadOtherwise(long id, FileCurrency currency) {
        return jdbc
                .sql(
                        "select id, mapping from imports where id <> :id and kind = 'orders' and state = 'done' and not dry_run")
                .param("id", id)
                .query((row, n) ->
                        Map.entry(row.getLong("id"), json.readValue(row.getString("mapping"), ImportMapping.class)))
                .list()
                .stream()
                .filter(one -> !currency.isOf(one.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** What columns were read as; one may stand for several fields. */
    static Set<String> fields(List<Imports.Column> columns) {
        return columns.stream()
                .flatMap(column -> Stream.ofNullable(column.field()))
                .flatMap(field -> Stream.of(field.split(", ")))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** All imports one origin brought. */
    Set<Long> ofOrigin(Imports.Origin origin) {
        return Set.copyOf(jdbc.sql("select id from imports where origin_way = :way and origin_id = :id")
                .param("way", origin.way())
                .param("id", origin.id())
                .query((row, n) -> row.getLong("id"))
                .list());
    }

    void finish(long id, Imports.State state, Imports.@Nullable Report report, @Nullable Failure failure) {
        jdbc.sql("""
                        update imports set state = :state, report = coalesce(:report, report), failure = :failure,
                            failure_code = :code, failure_parameters = :parameters, finished_at = :at where id = :id
                        """)
                .param("state", state.name().toLowerCase(Locale.ROOT))
                .param("report", report == null ? null : json.writeValueAsString(report), java.sql.Types.VARCHAR)
                .param("failure", Failure.wordsOf(failure), java.sql.Types.VARCHAR)
                .param("code", failure == null ? null : failure.code(), java.sql.Types.VARCHAR)
                .param(
                        "parameters",
                        failure == null ? null : json.writeValueAsString(failure.parameters()),
                        java.sql.Types.VARCHAR)
                .param("at", now())
                .param("id", id)
                .update();
    }

    /** Marks an undone import as one whose lines other imports have not taken over yet, or have. */
    void settled(long id, boolean settled) {
        jdbc.sql("update imports set settled = :settled where id = :id")
                .param("settled", settled)
                .param("id", id)
                .update();
    }

    List<Long> unsettled() {
        return jdbc.sql("select id from imports where not settled order by id")
                .query((row, n) -> row.getLong("id"))
                .list();
    }

    Imports.Import get(long id) {
        return jdbc.sql("select * from imports where id = :id")
                .param("id", id)
                .query(this::map)
                .optional()
                .orElseThrow(() -> Problem.notFound("import_not_found", "there is no import {id}")
                        .with("id", id));
    }

    Optional<Imports.Import> ofRun(String way, long run) {
        return jdbc.sql("select * from imports where origin_way = :way and origin_run = :run order by id desc limit 1")
                .param("way", way)
                .param("run", run)
                .query(this::map)
                .optional();
    }

    Page<Imports.Import> list(long below, int limit) {
        var found = jdbc.sql("select * from imports where id < :below order by id desc limit :limit")
                .param("below", below)
                .param("limit", limit + 1)
                .query(this::map)
                .list();
        return Page.of(found, limit, i -> Long.toString(i.id()));
    }

    Page<Imports.Reject> rejects(long id, long after, int limit) {
        boolean inClear = accesses.showsClear(Caller.current());
        var found = jdbc.sql("""
                        select row_number, reason, detail, sealed from import_rejects
                        where import_id = :id and row_number > :after order by row_number limit :limit
                        """)
                .param("id", id)
                .param("after", after)
                .param("limit", limit + 1)
                .query((row, n) -> new Imports.Reject(
                        row.getLong("row_number"),
                        row.getString("reason"),
                        row.getString("detail"),
                        inClear && !vault.isDestroyed(row.getBytes("sealed"))
                                ? new String(vault.open("import-row", row.getBytes("sealed")), StandardCharsets.UTF_8)
                                : null))
                .list();
        if (inClear && !found.isEmpty()) accesses.lookedAtSomebody("rejected rows");
        return Page.of(found, limit, r -> Long.toString(r.rowNumber()));
    }

    void storeRejects(long id, List<Rejected> rejects) {
        if (rejects.isEmpty()) return;
        jdbc.sql("""
                        insert into import_rejects (import_id, row_number, reason, detail, sealed)
                        select :id, * from unnest(:numbers::bigint[], :reasons::text[], :details::text[], :sealed::bytea[])
                        on conflict (import_id, row_number) do nothing
                        """)
                .param("id", id)
                .param("numbers", rejects.stream().map(Rejected::number).toArray(Long[]::new))
                .param("reasons", rejects.stream().map(Rejected::reason).toArray(String[]::new))
                .param(
                        "details",
                        rejects.stream().map(r -> r.detail().replace("\0", "")).toArray(String[]::new))
                .param("sealed", rejects.stream().map(Rejected::sealed).toArray(byte[][]::new))
                .update();
    }

    private Imports.Import map(ResultSet row, int number) throws SQLException {
        var report = row.getString("report");
        var finished = row.getObject("finished_at", OffsetDateTime.class);
        var way = row.getString("origin_way");
        var parameters = row.getString("failure_parameters");
        var read = report == null ? null : json.readValue(report, Imports.Report.class);
        return new Imports.Import(
                row.getLong("id"),
                row.getString("file_name"),
                ImportKind.of(row.getString("kind")),
                way == null ? null : new Imports.Origin(way, row.getLong("origin_id"), row.getString("origin_name")),
                row.getBoolean("dry_run"),
                Imports.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                read == null ? rowsRead.applyAsLong(row.getLong("id")) : read.rows(),
                read,
                row.getString("failure"),
                row.getString("failure_code"),
                parameters == null ? null : json.readValue(parameters, TEXTS),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"),
                finished == null ? null : finished.toInstant());
    }

    private OffsetDateTime now() {
        return utc(clock.instant());
    }

    private static OffsetDateTime utc(Instant at) {
        return OffsetDateTime.ofInstant(at, ZoneOffset.UTC);
    }
}
