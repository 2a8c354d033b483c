package io.rekindle.platform;

import io.rekindle.platform.database.StateDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.databind.json.JsonMapper;

/** Puts a backup back, into a data folder that holds nothing yet. */
public final class Restore {
    private Restore() {}

    /**
     * @param backup the backup's folder
     * @param data the data folder to fill; must not hold a warehouse or a database
     * @param keyFile the key file of the time of the backup, backed up apart
     * @param keyTarget where the restored installation expects it
     * @param database the PostgreSQL to fill; without a URL the embedded one of the data folder
     */
    public static BackupManifest restore(
            Path backup, Path data, Path keyFile, Path keyTarget, DatabaseSettings database) {
        var manifest = manifest(backup);
        if (Files.exists(data.resolve("warehouse.duckdb")) || Files.exists(data.resolve("postgres")))
            throw Problem.conflict(
                    "data_folder_not_empty",
                    "%s holds an installation already; restore into an empty folder".formatted(data));
        if (!Files.exists(keyFile))
            throw Problem.notFound(
                    "key_file_missing",
                    "the key file %s is not there; name the one of the time of the backup with --key-file"
                            .formatted(keyFile));
        if (!Vault.ofKeyFile(keyFile).fingerprint().equals(manifest.keyFingerprint()))
            throw Problem.invalid(
                    "key_mismatch",
                    "the key file %s is not the one this backup was made with; personal data would stay unreadable"
                            .formatted(keyFile));
        try {
            Files.createDirectories(data);
            if (!keyFile.toRealPath().equals(keyTarget.toAbsolutePath())) {
                Files.createDirectories(keyTarget.toAbsolutePath().getParent());
                Files.copy(keyFile, keyTarget, StandardCopyOption.REPLACE_EXISTING);
                Files.setPosixFilePermissions(keyTarget, PosixFilePermissions.fromString("rw-------"));
            }
            try (var state = StateDatabase.open(database, data);
                    var connection = state.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                var tables = new StateTables(connection);
                if (!tables.lastMigration().equals(manifest.migration()))
                    throw Problem.conflict(
                            "backup_of_another_version",
                            "the backup has schema %s, this version has %s; restore it with the version that made it, then upgrade"
                                    .formatted(manifest.migration(), tables.lastMigration()));
                tables.copyIn(backup.resolve("state"), manifest.tables().keySet());
                afterwards(connection);
                connection.commit();
            }
            Files.copy(backup.resolve("warehouse.duckdb"), data.resolve("warehouse.duckdb"));
            return manifest;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new Problem(
                    Problem.Kind.UNAVAILABLE,
                    "restore_failed",
                    "PostgreSQL refused the backup: %s".formatted(e.getMessage()),
                    java.util.List.of());
        }
    }

    /**
     * What was due at the time of the backup may have happened since. A module says in {@code db/restore/<module>.sql}
     * what of its state must not be taken up again by itself.
     */
    private static void afterwards(Connection connection) throws SQLException, IOException {
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
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
