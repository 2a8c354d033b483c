package io.rekindle.platform;

import io.rekindle.platform.database.StateDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Puts a backup back, into a data folder that holds nothing yet. */
public final class Restore {
    private static final String WAREHOUSE = "warehouse.duckdb";

    private Restore() {}

    /**
     * @param backup the backup's folder
     * @param data the data folder to fill; must not hold a warehouse or a database
     * @param keyFile the key file of the time of the backup, backed up apart
     * @param keyTarget where the restored installation expects it
     * @param database the PostgreSQL to fill; without a URL the embedded one of the data folder
     * @param now the moment noted in the audit trail for what is held back
     */
    public static BackupManifest restore(
            Path backup, Path data, Path keyFile, Path keyTarget, DatabaseSettings database, Instant now) {
        var manifest = manifest(backup);
        if (Files.exists(data.resolve(WAREHOUSE)) || Files.exists(data.resolve("postgres")))
            throw Problem.conflict(
                    "data_folder_not_empty",
                    "%s holds an installation already; restore into an empty folder".formatted(data));
        if (!Files.exists(keyFile))
            throw Problem.notFound(
                    "key_file_missing",
                    "the key file %s is not there; name the one of the time of the backup with --key-file"
                            .formatted(keyFile));
        var vault = Vault.ofKeyFile(keyFile, System.getenv("REKINDLE_KEY"), System.getenv("REKINDLE_KEY_BEFORE"));
        if (!vault.fingerprint().equals(manifest.keyFingerprint()))
            throw Problem.invalid(
                    "key_mismatch",
                    "the key file %s is not the one this backup was made with; personal data would stay unreadable"
                            .formatted(keyFile));
        if (manifest.sealedWith() != null && !vault.hasGeneration(manifest.sealedWith()))
            throw Problem.invalid(
                    "keys_rotated",
                    "the key file %s has other keys than this backup was made with: they were exchanged in between; name the key file of that time"
                            .formatted(keyFile));
        if (Files.exists(keyTarget) && !sameContent(keyFile, keyTarget))
            throw Problem.conflict(
                    "another_key_file",
                    "%s is the key file of another installation and is not overwritten; move it away or set REKINDLE_KEY_FILE"
                            .formatted(keyTarget));
        verify(backup, manifest);
        var before = entries(data);
        boolean keyWasThere = Files.exists(keyTarget);
        boolean done = false;
        try {
            OwnerOnly.folder(data);
            fill(backup, manifest, data, keyFile, keyTarget, database, now);
            done = true;
            return manifest;
        } catch (IOException e) {
            throw new Problem(
                    Problem.Kind.UNAVAILABLE,
                    "restore_failed",
                    "the backup %s could not be restored into %s: %s".formatted(backup, data, e),
                    List.of());
        } catch (SQLException e) {
            throw new Problem(
                    Problem.Kind.UNAVAILABLE,
                    "restore_failed",
                    "PostgreSQL refused the backup: %s".formatted(e.getMessage()),
                    List.of());
        } finally {
            if (!done) {
                // As it was before, so that the next try is not refused for what this one left.
                for (var entry : entries(data)) if (!before.contains(entry)) OwnerOnly.delete(entry);
                if (!keyWasThere) OwnerOnly.delete(keyTarget);
            }
        }
    }

    private static void fill(
            Path backup,
            BackupManifest manifest,
            Path data,
            Path keyFile,
            Path keyTarget,
            DatabaseSettings database,
            Instant now)
            throws IOException, SQLException {
        if (!Files.exists(keyTarget)) {
            OwnerOnly.folderOf(keyTarget);
            Files.copy(keyFile, keyTarget);
            OwnerOnly.close(keyTarget);
        }
        try (var state = StateDatabase.open(database, data, taken -> {});
                var connection = state.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            var tables = new StateTables(connection);
            if (!tables.lastMigration().equals(manifest.migration()))
                throw Problem.conflict(
                        "backup_of_another_version",
                        "the backup has schema %s, this version has %s; restore it with the version that made it, then upgrade"
                                .formatted(manifest.migration(), tables.lastMigration()));
            if (tables.isInUse())
                throw Problem.conflict(
                        "database_not_empty",
                        "the PostgreSQL to restore into holds an installation already; name an empty database");
            tables.copyIn(backup.resolve("state"), manifest.tables().keySet());
            afterwards(connection, manifest.createdAt(), now);
            Files.copy(backup.resolve(WAREHOUSE), data.resolve(WAREHOUSE));
            OwnerOnly.close(data.resolve(WAREHOUSE));
            // Last: a failure before it leaves PostgreSQL, embedded or not, as it was.
            connection.commit();
        }
    }

    /** Every file of the backup is there and is what it was when the backup was made; all faults at once. */
    private static void verify(Path backup, BackupManifest manifest) {
        var faults = new ArrayList<Problem.Fault>();
        var needed = new TreeSet<>(manifest.files().keySet());
        needed.add(WAREHOUSE);
        for (var table : manifest.tables().keySet()) needed.add("state/" + table + ".copy");
        for (var name : needed) {
            var file = backup.resolve(name);
            var sum = manifest.files().get(name);
            try {
                if (!Files.isRegularFile(file)) faults.add(new Problem.Fault(name, "is missing"));
                else if (sum != null && Files.size(file) != sum.bytes())
                    faults.add(new Problem.Fault(
                            name, "has %d bytes and had %d".formatted(Files.size(file), sum.bytes())));
                else if (sum != null && !BackupManifest.FileSum.of(file).equals(sum))
                    faults.add(new Problem.Fault(name, "was changed since: its SHA-256 is another"));
            } catch (IOException e) {
                faults.add(new Problem.Fault(name, "cannot be read: " + e.getMessage()));
            }
        }
        if (!faults.isEmpty())
            throw Problem.unprocessable(
                    "backup_damaged",
                    "the backup %s is damaged and nothing was restored; take another backup".formatted(backup),
                    faults);
    }

    private static Set<Path> entries(Path folder) {
        if (!Files.isDirectory(folder)) return Set.of();
        try (var files = Files.list(folder)) {
            return files.collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw Problem.invalid(
                    "data_folder_unusable", "the data folder %s cannot be read: %s".formatted(folder, e.getMessage()));
        }
    }

    private static boolean sameContent(Path one, Path other) {
        try {
            return Files.readString(one).strip().equals(Files.readString(other).strip());
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * What was due at the time of the backup may have happened since. A module says in {@code db/restore/<module>.sql}
     * what of its state must not be taken up again by itself. A script finds both moments as settings of its transaction.
     */
    private static void afterwards(Connection connection, Instant backupAt, Instant now)
            throws SQLException, IOException {
        try (var statement = connection.prepareStatement(
                "select set_config('rekindle.backup_at', ?, true), set_config('rekindle.restored_at', ?, true)")) {
            statement.setString(1, backupAt.toString());
            statement.setString(2, now.toString());
            statement.execute();
        }
        var scripts = new PathMatchingResourcePatternResolver().getResources("classpath*:db/restore/*.sql");
        for (var script : scripts) {
            try (var statement = connection.createStatement()) {
                statement.execute(script.getContentAsString(StandardCharsets.UTF_8));
            }
        }
    }

    private static BackupManifest manifest(Path backup) {
        var file = backup.resolve(BackupManifest.FILE);
        if (!Files.exists(file))
            throw Problem.notFound(
                    "no_backup", "%s is not a finished backup: it has no %s".formatted(backup, BackupManifest.FILE));
        try {
            return JsonMapper.builder().build().readValue(Files.readAllBytes(file), BackupManifest.class);
        } catch (IOException | JacksonException e) {
            throw Problem.invalid(
                    "backup_damaged", "%s cannot be read, nothing was restored; take another backup".formatted(file));
        }
    }
}
