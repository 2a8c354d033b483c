package io.rekindle.export;

import io.rekindle.platform.SystemClock;
import java.io.IOException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Which files exports have put where. What an export no longer makes it lets go of: in the server's own folder that is
 * deleted by {@link #sweep}, in a bucket it is left over until a job has deleted it there.
 */
@Component
public class ExportedFiles {
    private final JdbcClient jdbc;
    private final ExportFolder folder;
    private final SystemClock clock;
    /** In the server's folder files are put under the first and deleted under the second. */
    private final ReentrantReadWriteLock putting = new ReentrantReadWriteLock();

    ExportedFiles(JdbcClient jdbc, ExportFolder folder, SystemClock clock) {
        this.jdbc = jdbc;
        this.folder = folder;
        this.clock = clock;
    }

    /** Puts a file away. */
    @FunctionalInterface
    public interface Put {
        void now() throws IOException;
    }

    /** Which definition of an export holds now. A run makes files as long as it is the one it began with. */
    public Optional<Long> generation(long export) {
        return jdbc.sql("select generation from exports where id = :id")
                .param("id", export)
                .query(Long.class)
                .optional();
    }

    /**
     * Puts a file where the export's files go.
     *
     * @param name with slashes between folders, the export's own first
     * @return false when the export is not any more what the run began with: then nothing was put
     */
    public boolean put(Export export, long generation, String name, Export.Personal personal, Put put)
            throws IOException {
        if (export.s3() != null) return putNow(export, generation, name, personal, put);
        putting.readLock().lock();
        try {
            return putNow(export, generation, name, personal, put);
        } finally {
            putting.readLock().unlock();
        }
    }

    private boolean putNow(Export export, long generation, String name, Export.Personal personal, Put put)
            throws IOException {
        // Until it is there, something else may stand under its name: that is shown as if it were in clear.
        int claimed = jdbc.sql("""
                        insert into export_files (export_id, name, personal)
                        select id, :name, 'clear' from exports where id = :id and generation = :generation for share
                        on conflict (export_id, name) do update set personal = export_files.personal
                        """)
                .param("id", export.id())
                .param("generation", generation)
                .param("name", name)
                .update();
        if (claimed == 0) return false;
        var s3 = export.s3();
        if (s3 != null)
            jdbc.sql("""
                            delete from export_leftover_files f using export_leftovers l
                            where l.id = f.leftover_id and f.name = :name
                                and l.s3_endpoint = :endpoint and l.s3_bucket = :bucket and l.s3_prefix = :prefix
                            """)
                    .param("name", name)
                    .param("endpoint", s3.endpoint())
                    .param("bucket", s3.bucket())
                    .param("prefix", s3.prefix())
                    .update();
        put.now();
        jdbc.sql("update export_files set personal = :personal where export_id = :id and name = :name")
                .param("id", export.id())
                .param("name", name)
                .param("personal", personal.code())
                .update();
        return true;
    }

    /** What of the days of a data set stands in files although no day is there any more: it goes. */
    public void keepDays(Export export, Dataset dataset, Collection<LocalDate> days) throws IOException {
        var there = Set.copyOf(days);
        jdbc.sql("delete from export_days where export_id = :id and data = :data and day <> all (:days::date[])")
                .param("id", export.id())
                .param("data", dataset.code())
                .param("days", there.stream().map(LocalDate::toString).toArray(String[]::new))
                .update();
        var gone = letGo(
                export.id(), file -> file.dataset() != dataset || file.day() == null || there.contains(file.day()));
        if (gone.isEmpty() || export.s3() != null) return;
        putting.writeLock().lock();
        try {
            var names = new HashSet<>(names(export.id()));
            folder.delete(
                    export.name(),
                    file -> file.dataset() == dataset
                            && file.day() != null
                            && !there.contains(file.day())
                            && file.form() == export.form(),
                    name -> gone.contains(name) && !names.contains(name));
        } finally {
            putting.writeLock().unlock();
        }
    }

    /**
     * Lets go of an export's files but for those that stay, under the place and secret it has now.
     *
     * @return the names of those let go
     */
    Set<String> letGo(long export, Predicate<FileName> stays) {
        var gone = names(export).stream()
                .filter(name -> FileName.of(name).filter(stays).isEmpty())
                .collect(Collectors.toSet());
        if (gone.isEmpty()) return gone;
        var names = gone.toArray(String[]::new);
        jdbc.sql("""
                        with leftover as (
                            insert into export_leftovers (export_id, export_name, s3_endpoint, s3_region, s3_bucket, s3_prefix,
                                s3_access_key, sealed_s3_secret, since)
                            select id, name, s3_endpoint, s3_region, s3_bucket, s3_prefix, s3_access_key, sealed_s3_secret, :now
                            from exports where id = :id and s3_bucket is not null returning id)
                        insert into export_leftover_files select id, unnest(:names::text[]) from leftover
                        """)
                .param("id", export)
                .param("names", names)
                .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .update();
        jdbc.sql("delete from export_files where export_id = :id and name = any (:names)")
                .param("id", export)
                .param("names", names)
                .update();
        return gone;
    }

    /** What stands in the server's own folder of an export. */
    List<Export.File> files(Export export) {
        var known = new HashSet<>(names(export.id()));
        return folder.files(export).stream()
                .filter(file -> {
                    var name = export.name() + "/" + file.name();
                    return FileName.of(name)
                            .filter(one ->
                                    one.isOf(export) && (one.dataset() != Dataset.PROFILES || known.contains(name)))
                            .isPresent();
                })
                .toList();
    }

    /** What of personal data stands in a file, also when the export is another by now. */
    Export.Personal personal(Export export, Export.File file) {
        var name = export.name() + "/" + file.name();
        return jdbc.sql("select personal from export_files where export_id = :id and name = :name")
                .param("id", export.id())
                .param("name", name)
                .query(String.class)
                .optional()
                .map(Export.Personal::of)
                .orElse(
                        FileName.of(name)
                                        .filter(one -> one.dataset() != Dataset.PROFILES)
                                        .isPresent()
                                ? Export.Personal.NONE
                                : Export.Personal.CLEAR);
    }

    /** Deletes in the server's own folder what no export makes, of those of one name. */
    void sweep(String export, Predicate<FileName> among) throws IOException {
        putting.writeLock().lock();
        try {
            var owners = owners();
            var profiles = profiles();
            folder.delete(export, among, name -> !isOwned(name, owners, profiles));
        } finally {
            putting.writeLock().unlock();
        }
    }

    /** Deletes in the server's own folder all that no export makes. */
    void sweep() throws IOException {
        for (var export : folder.names()) sweep(export, file -> true);
    }

    private static boolean isOwned(String name, List<Owner> owners, Set<String> profiles) {
        return FileName.of(name)
                .filter(file -> owners.stream().anyMatch(owner -> owner.owns(file))
                        && (file.dataset() != Dataset.PROFILES || profiles.contains(name)))
                .isPresent();
    }

    private record Owner(String export, String ending, Set<String> data) {
        boolean owns(FileName file) {
            return !file.isHalf()
                    && file.export().equals(export)
                    && file.form().code().equals(ending)
                    && data.contains(file.dataset().code());
        }
    }

    private List<Owner> owners() {
        return jdbc.sql("select name, form, data from exports where s3_bucket is null")
                .query((row, n) -> new Owner(row.getString("name"), row.getString("form"), Set.of((String[])
                        row.getArray("data").getArray())))
                .list();
    }

    private Set<String> profiles() {
        return new HashSet<>(
                jdbc.sql("""
                        select f.name from export_files f join exports e on e.id = f.export_id
                        where e.s3_bucket is null and f.name like '%/profiles/%'
                        """).query((row, n) -> row.getString("name")).list());
    }

    private List<String> names(long export) {
        return jdbc.sql("select name from export_files where export_id = :id")
                .param("id", export)
                .query((row, n) -> row.getString("name"))
                .list();
    }

    /** Buckets with files that no export makes any more, the oldest first. */
    public List<Export.Leftover> leftovers() {
        return jdbc.sql("""
                        select l.*, (select count(*) from export_leftover_files f where f.leftover_id = l.id) as files
                        from export_leftovers l order by l.id
                        """)
                .query((row, n) -> {
                    var tried = row.getObject("tried_at", OffsetDateTime.class);
                    return new Export.Leftover(
                            row.getLong("id"),
                            row.getString("export_name"),
                            new Export.S3(
                                    row.getString("s3_endpoint"),
                                    row.getString("s3_region"),
                                    row.getString("s3_bucket"),
                                    row.getString("s3_prefix"),
                                    row.getString("s3_access_key")),
                            row.getLong("files"),
                            row.getObject("since", OffsetDateTime.class).toInstant(),
                            tried == null ? null : tried.toInstant(),
                            row.getString("failure"));
                })
                .list();
    }

    /** Says that nothing is to be deleted there any more; whether there was anything. */
    boolean forget(long leftover) {
        return jdbc.sql("delete from export_leftovers where id = :id")
                        .param("id", leftover)
                        .update()
                == 1;
    }
}
