package io.rekindle.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Copies both stores as of one instant while the server runs. The write gate is closed only while the snapshots are
 * opened, which takes milliseconds; the copying reads those snapshots while writers go on. The key file is never part of
 * a backup: who finds one cannot read names in it.
 */
@Component
public class Backups {
    private final DataSource dataSource;
    private final List<Backed> stores;
    private final WriteGate gate;
    private final Vault vault;
    private final SystemClock clock;
    private final JsonMapper json;
    private final ChangeTrail trail;

    Backups(
            DataSource dataSource,
            List<Backed> stores,
            WriteGate gate,
            Vault vault,
            SystemClock clock,
            JsonMapper json,
            ChangeTrail trail) {
        this.dataSource = dataSource;
        this.stores = List.copyOf(stores);
        this.gate = gate;
        this.vault = vault;
        this.clock = clock;
        this.json = json;
        this.trail = trail;
    }

    /** Backs up into a folder that must be empty or new. */
    public BackupManifest backUpTo(Path folder) {
        prepare(folder);
        try {
            var manifest = copyInto(folder);
            trail.record("backup.made", "backup", "into " + folder);
            return manifest;
        } catch (IOException e) {
            OwnerOnly.empty(folder);
            throw new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "backup_failed",
                            "the backup could not be written to {folder}: {words}",
                            List.of())
                    .with("folder", folder)
                    .with("words", e.getMessage());
        } catch (RuntimeException e) {
            OwnerOnly.empty(folder);
            throw e;
        }
    }

    private BackupManifest copyInto(Path folder) throws IOException {
        try (var connection = dataSource.getConnection()) {
            var opened = new ArrayList<Backed.Snapshot>();
            try {
                var at = gate.closed(() -> {
                    open(connection);
                    for (var store : stores) opened.add(store.open(folder));
                    return clock.instant();
                });
                var state = new StateTables(connection);
                var tables = state.copyOut(OwnerOnly.folder(folder.resolve("state")));
                for (var snapshot : opened) snapshot.copy();
                var manifest = new BackupManifest(
                        at,
                        vault.fingerprint(),
                        vault.sealingFingerprint(),
                        state.lastMigration(),
                        tables,
                        BackupManifest.sums(folder));
                // Written last: a folder without it is a backup that did not finish.
                Files.write(folder.resolve(BackupManifest.FILE), json.writeValueAsBytes(manifest));
                OwnerOnly.closeAll(folder);
                return manifest;
            } finally {
                for (var snapshot : opened) snapshot.close();
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "backup_failed",
                            "PostgreSQL could not be copied into {folder}: {words}",
                            List.of())
                    .with("folder", folder)
                    .with("words", e.getMessage());
        }
    }

    private static void open(Connection connection) {
        try {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.execute("set transaction isolation level repeatable read, read only");
                // The first statement that reads fixes the snapshot.
                statement.execute("select count(*) from flyway_schema_history");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the snapshot of PostgreSQL cannot be opened", e);
        }
    }

    private static void prepare(Path folder) {
        try {
            OwnerOnly.folder(folder);
            try (var files = Files.list(folder)) {
                if (files.findAny().isPresent())
                    throw Problem.conflict(
                                    "backup_folder_not_empty",
                                    "{folder} is not empty; a backup needs an empty or new folder")
                            .with("folder", folder);
            }
            OwnerOnly.close(folder);
        } catch (IOException e) {
            throw Problem.invalid("backup_folder_unusable", "{folder} cannot be written to: {words}")
                    .with("folder", folder)
                    .with("words", e.getMessage());
        }
    }
}
