package io.rekindle.export.files;

import io.rekindle.access.AuditTrail;
import io.rekindle.export.Dataset;
import io.rekindle.export.Export;
import io.rekindle.export.ExportSettings;
import io.rekindle.export.Exports;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import io.rekindle.platform.OutgoingAddresses;
import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import io.rekindle.profile.Profiles;
import io.rekindle.warehouse.Warehouse;
import io.rekindle.warehouse.WarehouseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Makes the files of one export. What has days gets a file for each: of the last days again with every run, of earlier
 * ones once. The rest is one file, made again with every run. After a crash the whole run comes again, and every file is
 * replaced as a whole.
 */
@Component
class ExportJob implements Job {
    private static final Logger LOG = LoggerFactory.getLogger(ExportJob.class);
    /** Rows of a day are all there so many days later, also what a crash held up. */
    private static final int DAYS_UNTIL_SETTLED = 3;

    private final Exports exports;
    private final ExportSettings settings;
    private final PlatformSettings platform;
    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final Profiles profiles;
    private final Vault vault;
    private final OutgoingAddresses addresses;
    private final SystemClock clock;
    private final BusinessClock business;
    private final AuditTrail audit;

    ExportJob(
            Exports exports,
            ExportSettings settings,
            PlatformSettings platform,
            JdbcClient jdbc,
            Warehouse warehouse,
            Profiles profiles,
            Vault vault,
            OutgoingAddresses addresses,
            SystemClock clock,
            BusinessClock business,
            AuditTrail audit) {
        this.exports = exports;
        this.settings = settings;
        this.platform = platform;
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.profiles = profiles;
        this.vault = vault;
        this.addresses = addresses;
        this.clock = clock;
        this.business = business;
        this.audit = audit;
    }

    @Override
    public String name() {
        return Exports.JOB;
    }

    @Override
    public void run(String instance) {
        var found = exports.list().stream()
                .filter(one -> Long.toString(one.id()).equals(instance))
                .findFirst();
        if (found.isEmpty()) return;
        var export = found.get();
        jdbc.sql("""
                        update export_runs set state = 'failed', failure = 'interrupted', ended_at = :now
                        where export_id = :id and state = 'running'
                        """).param("now", now()).param("id", export.id()).update();
        long run = jdbc.sql("""
                        insert into export_runs (export_id, state, started_at, started_by, files, rows, bytes)
                        values (:id, 'running', :now, 'system', 0, 0, 0) returning id
                        """)
                .param("now", now())
                .param("id", export.id())
                .query(Long.class)
                .single();
        try (var store = store(export);
                var scratch = new Scratch(OwnerOnly.folder(platform.data().resolve("exports-in-work")))) {
            if (export.personal() == Export.Personal.CLEAR && export.data().contains(Dataset.PROFILES))
                audit.record("export.personal_data", "export " + export.id(), "profiles with personal data in clear");
            for (var dataset : export.data()) make(export, run, dataset, store, scratch.folder());
            end(run, null, null);
        } catch (Problem e) {
            end(run, e.code(), e.detail());
        } catch (IOException e) {
            LOG.warn("export {} could not put its files away", export.name(), e);
            end(run, export.s3() == null ? "disk" : "storage", e.getMessage());
        } catch (SQLException | WarehouseException | IllegalStateException e) {
            LOG.error("export {} failed", export.name(), e);
            end(run, "internal", e.getMessage());
        }
        exports.scheduleNext(export);
    }

    private void make(Export export, long run, Dataset dataset, Store store, Path scratch)
            throws IOException, SQLException {
        var query = Query.of(dataset);
        var ofDay = query.ofDay();
        var folder = export.name() + "/" + dataset.code() + "/";
        if (ofDay == null) {
            var file = scratch.resolve(dataset.code() + export.form().ending());
            long rows = dataset == Dataset.PROFILES && export.personal() != Export.Personal.NONE
                    ? withPersonalFields(export, query, file)
                    : warehouse.write(query.sql(), file, export.form());
            put(run, store, folder + dataset.code() + export.form().ending(), file, rows);
            return;
        }
        var settled = settled(export, dataset);
        var today = LocalDate.ofInstant(business.instant(), ZoneOffset.UTC);
        for (var day : days(ofDay)) {
            if (settled.contains(day)) continue;
            var file = scratch.resolve(dataset.code() + export.form().ending());
            long rows = warehouse.write(query.of(day), file, export.form());
            put(
                    run,
                    store,
                    "%sday=%s/%s%s"
                            .formatted(
                                    folder, day, dataset.code(), export.form().ending()),
                    file,
                    rows);
            if (day.plusDays(DAYS_UNTIL_SETTLED).isBefore(today)) settle(export, dataset, day);
        }
    }

    private long withPersonalFields(Export export, Query query, Path file) throws SQLException {
        try (var profileFile = new ProfileFile(profiles, export.personal())) {
            return profileFile.write(warehouse, query.sql(), file, export.form());
        }
    }

    private List<LocalDate> days(Query.OfDay ofDay) {
        return warehouse.query(ofDay.days(), row -> row.date("day"));
    }

    private Set<LocalDate> settled(Export export, Dataset dataset) {
        return new HashSet<>(jdbc.sql("select day from export_days where export_id = :id and data = :data")
                .param("id", export.id())
                .param("data", dataset.code())
                .query((row, n) -> Objects.requireNonNull(row.getObject("day", LocalDate.class)))
                .list());
    }

    private void settle(Export export, Dataset dataset, LocalDate day) {
        jdbc.sql("insert into export_days values (:id, :data, :day) on conflict do nothing")
                .param("id", export.id())
                .param("data", dataset.code())
                .param("day", day)
                .update();
    }

    private void put(long run, Store store, String name, Path file, long rows) throws IOException {
        long bytes = Files.size(file);
        store.put(name, file);
        Files.deleteIfExists(file);
        jdbc.sql(
                        "update export_runs set files = files + 1, rows = rows + :rows, bytes = bytes + :bytes where id = :run")
                .param("rows", rows)
                .param("bytes", bytes)
                .param("run", run)
                .update();
    }

    private void end(long run, @Nullable String failure, @Nullable String detail) {
        jdbc.sql("""
                        update export_runs set state = :state, failure = :failure, detail = :detail, ended_at = :now where id = :run
                        """)
                .param("state", failure == null ? "done" : "failed")
                .param("failure", failure)
                .param("detail", detail)
                .param("now", now())
                .param("run", run)
                .update();
    }

    private Store store(Export export) {
        var s3 = export.s3();
        if (s3 == null)
            return new FolderStore(
                    settings.folder() != null
                            ? settings.folder()
                            : platform.data().resolve("exports"));
        var sealed = jdbc.sql("select sealed_s3_secret from exports where id = :id")
                .param("id", export.id())
                .query(byte[].class)
                .single();
        return new S3Store(s3, new String(vault.open(Exports.SEALED_AS, sealed), StandardCharsets.UTF_8), addresses);
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** A folder that is empty again in the end: what is written may have personal data in it. */
    private record Scratch(Path folder) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try (var left = Files.list(folder)) {
                for (var file : left.toList()) Files.deleteIfExists(file);
            }
        }
    }
}
