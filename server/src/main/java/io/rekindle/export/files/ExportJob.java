package io.rekindle.export.files;

import io.rekindle.access.AccessLog;
import io.rekindle.access.AuditTrail;
import io.rekindle.collect.EventLog;
import io.rekindle.export.Dataset;
import io.rekindle.export.Export;
import io.rekindle.export.ExportFolder;
import io.rekindle.export.ExportedFiles;
import io.rekindle.export.Exports;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import io.rekindle.platform.Jobs;
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
import java.util.ArrayList;
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
 * replaced as a whole. A run whose export is changed meanwhile, or whose history was written anew, ends and comes again.
 */
@Component
class ExportJob implements Job {
    private static final Logger LOG = LoggerFactory.getLogger(ExportJob.class);
    /** Rows of a day are all there so many days later, also what a crash held up. */
    private static final int DAYS_UNTIL_SETTLED = 3;

    private final Exports exports;
    private final ExportedFiles files;
    private final ExportFolder folder;
    private final Jobs jobs;
    private final PlatformSettings platform;
    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final Profiles profiles;
    private final Vault vault;
    private final OutgoingAddresses addresses;
    private final SystemClock clock;
    private final BusinessClock business;
    private final AuditTrail audit;
    private final AccessLog accesses;
    private final EventLog log;

    ExportJob(
            Exports exports,
            ExportedFiles files,
            ExportFolder folder,
            Jobs jobs,
            PlatformSettings platform,
            JdbcClient jdbc,
            Warehouse warehouse,
            Profiles profiles,
            Vault vault,
            OutgoingAddresses addresses,
            SystemClock clock,
            BusinessClock business,
            AuditTrail audit,
            AccessLog accesses,
            EventLog log) {
        this.exports = exports;
        this.files = files;
        this.folder = folder;
        this.jobs = jobs;
        this.platform = platform;
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.profiles = profiles;
        this.vault = vault;
        this.addresses = addresses;
        this.clock = clock;
        this.business = business;
        this.audit = audit;
        this.accesses = accesses;
        this.log = log;
    }

    @Override
    public String name() {
        return Exports.JOB;
    }

    @Override
    public void run(String instance) {
        var generation = files.generation(Long.parseLong(instance));
        var found = exports.list().stream()
                .filter(one -> Long.toString(one.id()).equals(instance))
                .findFirst();
        if (found.isEmpty() || generation.isEmpty()) return;
        var export = found.get();
        jdbc.sql("""
                        update export_runs set state = 'failed', failure = 'interrupted', ended_at = :now
                        where export_id = :id and state = 'running'
                        """).param("now", now()).param("id", export.id()).update();
        var begun = jdbc.sql("""
                        with asked as (update exports e set asked_by = null from exports b
                                       where e.id = :id and b.id = e.id returning coalesce(b.asked_by, 'system') as by)
                        insert into export_runs (export_id, state, started_at, started_by, progress, files, rows, bytes)
                        select :id, 'running', :now, asked.by, 0, 0, 0, 0 from asked returning id
                        """)
                .param("now", now())
                .param("id", export.id())
                .query(Long.class)
                .optional();
        if (begun.isEmpty()) return;
        long run = begun.get();
        boolean isChanged = false;
        try (var store = store(export);
                var scratch =
                        Scratch.of(platform.data().resolve("exports-in-work").resolve(instance))) {
            if (export.personal() == Export.Personal.CLEAR && export.data().contains(Dataset.PROFILES))
                audit.record("export.personal_data", "export " + export.id(), "profiles with personal data in clear");
            var share = 1.0 / export.data().size();
            for (int i = 0; i < export.data().size() && !isChanged; i++)
                isChanged = !make(
                        export,
                        new Part(run, generation.get(), i * share, share),
                        export.data().get(i),
                        store,
                        scratch.folder());
            end(run, isChanged ? "changed" : null, null);
        } catch (Problem e) {
            end(run, e.code(), e.detail());
        } catch (IOException e) {
            LOG.warn("export {} could not put its files away", export.name(), e);
            end(run, export.s3() == null ? "disk" : "storage", e.getMessage());
        } catch (SQLException | WarehouseException | IllegalStateException e) {
            LOG.error("export {} failed", export.name(), e);
            end(run, "internal", e.getMessage());
        }
        // As it stands now: it may have been changed or deleted meanwhile.
        var now = exports.list().stream().filter(one -> one.id() == export.id()).findFirst();
        if (isChanged && now.isPresent()) again(export, run);
        else now.ifPresent(exports::scheduleNext);
        exports.deleteLeftovers();
    }

    /** At once, for whoever asked for the run. */
    private void again(Export export, long run) {
        jdbc.sql("""
                        update exports set asked_by = r.started_by from export_runs r
                        where exports.id = :id and exports.asked_by is null and r.id = :run
                        """).param("id", export.id()).param("run", run).update();
        jobs.schedule(name(), Long.toString(export.id()), business.instant());
    }

    /** A part of a run, of the progress from {@code from} on. */
    private record Part(long run, long generation, double from, double share) {}

    /** False when the export is not any more what the run began with. */
    private boolean make(Export export, Part part, Dataset dataset, Store store, Path scratch)
            throws IOException, SQLException {
        var query = Query.of(dataset);
        var ofDay = query.ofDay();
        var under = export.name() + "/" + dataset.code() + "/";
        if (ofDay == null) {
            var file = scratch.resolve(dataset.code() + export.form().ending());
            long rows = dataset == Dataset.PROFILES && export.personal() != Export.Personal.NONE
                    ? withPersonalFields(export, query, file)
                    : warehouse.write(query.sql(), file, export.form());
            if (!put(
                    export,
                    part,
                    dataset,
                    store,
                    under + dataset.code() + export.form().ending(),
                    file,
                    rows)) return false;
            progressed(part, 1);
            return true;
        }
        var settled = settled(export, dataset);
        var today = LocalDate.ofInstant(business.instant(), ZoneOffset.UTC);
        var days = days(ofDay);
        files.keepDays(export, dataset, days);
        days.removeAll(settled);
        for (int i = 0; i < days.size(); i++) {
            var day = days.get(i);
            var file = scratch.resolve(dataset.code() + export.form().ending());
            long rows = warehouse.write(query.of(day), file, export.form());
            var name = "%sday=%s/%s%s"
                    .formatted(under, day, dataset.code(), export.form().ending());
            if (!put(export, part, dataset, store, name, file, rows)) return false;
            if (day.plusDays(DAYS_UNTIL_SETTLED).isBefore(today)) settle(export, part, dataset, day);
            progressed(part, (i + 1.0) / days.size());
        }
        return true;
    }

    private void progressed(Part part, double of) {
        jdbc.sql("update export_runs set progress = :progress where id = :run")
                .param("progress", part.from() + part.share() * of)
                .param("run", part.run())
                .update();
    }

    private long withPersonalFields(Export export, Query query, Path file) throws SQLException {
        if (export.personal() == Export.Personal.CLEAR)
            accesses.exported(export.createdBy(), "export " + export.name(), ProfileFile.FIELDS, log.lastSeq());
        try (var profileFile = new ProfileFile(profiles, export.personal())) {
            return profileFile.write(warehouse, query.sql(), file, export.form());
        }
    }

    private List<LocalDate> days(Query.OfDay ofDay) {
        return new ArrayList<>(warehouse.query(ofDay.days(), row -> row.date("day")));
    }

    private Set<LocalDate> settled(Export export, Dataset dataset) {
        return new HashSet<>(jdbc.sql("select day from export_days where export_id = :id and data = :data")
                .param("id", export.id())
                .param("data", dataset.code())
                .query((row, n) -> Objects.requireNonNull(row.getObject("day", LocalDate.class)))
                .list());
    }

    /** Unless the export is another by now: then its files of that day are still to be made. */
    private void settle(Export export, Part part, Dataset dataset, LocalDate day) {
        jdbc.sql("""
                        insert into export_days
                        select id, :data, :day::date from exports where id = :id and generation = :generation for share
                        on conflict do nothing
                        """)
                .param("generation", part.generation())
                .param("id", export.id())
                .param("data", dataset.code())
                .param("day", day)
                .update();
    }

    private boolean put(Export export, Part part, Dataset dataset, Store store, String name, Path file, long rows)
            throws IOException {
        long bytes = Files.size(file);
        var personal = dataset == Dataset.PROFILES ? export.personal() : Export.Personal.NONE;
        boolean isPut = files.put(export, part.generation(), name, personal, () -> store.put(name, file));
        Files.deleteIfExists(file);
        if (!isPut) return false;
        jdbc.sql(
                        "update export_runs set files = files + 1, rows = rows + :rows, bytes = bytes + :bytes where id = :run")
                .param("rows", rows)
                .param("bytes", bytes)
                .param("run", part.run())
                .update();
        return true;
    }

    private void end(long run, @Nullable String failure, @Nullable String detail) {
        jdbc.sql("""
                        update export_runs set state = :state, progress = case when :state = 'done' then 1 else progress end, failure = :failure, detail = :detail, ended_at = :now where id = :run
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
        if (s3 == null) return new FolderStore(folder.root());
        var sealed = jdbc.sql("select sealed_s3_secret from exports where id = :id")
                .param("id", export.id())
                .query(byte[].class)
                .single();
        return new S3Store(s3, new String(vault.open(Exports.SEALED_AS, sealed), StandardCharsets.UTF_8), addresses);
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** A folder for the while: what is written may have personal data in it. */
    private record Scratch(Path folder) implements AutoCloseable {
        /** Without what a killed run may have left. */
        static Scratch of(Path folder) throws IOException {
            var scratch = new Scratch(OwnerOnly.folder(folder));
            scratch.empty();
            return scratch;
        }

        private void empty() throws IOException {
            try (var left = Files.list(folder)) {
                for (var file : left.toList()) Files.deleteIfExists(file);
            }
        }

        @Override
        public void close() throws IOException {
            empty();
            Files.delete(folder);
        }
    }
}
