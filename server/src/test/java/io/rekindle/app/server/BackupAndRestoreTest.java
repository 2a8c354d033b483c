package io.rekindle.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Role;
import io.rekindle.decide.Runs;
import io.rekindle.plan.CampaignState;
import io.rekindle.plan.Campaigns;
import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.Installation;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Restore;
import io.rekindle.platform.WriteGate;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** While the server runs and writes, a backup is taken; what is restored from it is both stores as of one instant. */
class BackupAndRestoreTest {
    private static final String KEY = "a-key-of-the-backup-test";
    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    @Test
    void aBackupTakenUnderLoadRestoresBothStoresAsOfOneInstant() throws Exception {
        var data = TestFolders.newFolder("data");
        var backup = TestFolders.newFolder("backup");
        try (var server = RunningServer.start(new DataFolder(data), 0, settings(TestPostgres.newDatabase()))) {
            var stop = new AtomicBoolean();
            var writer = Thread.ofVirtual().start(() -> writeTwins(server, stop));
            // Some twins before, so that the backup has something to hold.
            while (twinsInState(server.part(JdbcClient.class)) < 50) LockSupport.parkNanos(5_000_000);
            server.client().post("/api/backups", Map.of("folder", backup.toString()));
            stop.set(true);
            writer.join();
            server.part(ApiKeys.class).create("after the backup", Set.of(Role.VIEWER));
        }
        assertThat(backup.resolve("keys")).as("the key file is backed up apart").doesNotExist();

        var restored = TestFolders.newFolder("restored");
        var place = TestPostgres.newDatabase();
        Restore.restore(
                backup,
                restored,
                PlatformSettings.defaultKeyFile(data),
                PlatformSettings.defaultKeyFile(restored),
                new DatabaseSettings(place.url(), place.user(), place.password(), 2),
                NOW);
        try (var server = RunningServer.start(new DataFolder(restored), 0, settings(place))) {
            var inState = twinsInState(server.part(JdbcClient.class));
            assertThat(inState).isGreaterThanOrEqualTo(50);
            assertThat(twinsInWarehouse(server))
                    .as("each twin in both stores or in neither")
                    .isEqualTo(inState);
            assertThat(server.part(ApiKeys.class).authenticate(KEY)).isPresent();
            assertThat(server.part(ApiKeys.class).list())
                    .noneMatch(k -> k.name().equals("after the backup"));
            var id = server.part(ApiKeys.class)
                    .create("ids go on", Set.of(Role.VIEWER))
                    .key()
                    .id();
            assertThat(id).isGreaterThan(1);
        }
    }

    @Test
    void aBackupDoesNotOpenWithAnotherKeyFile() throws Exception {
        var data = TestFolders.newFolder("data");
        var backup = TestFolders.newFolder("backup");
        try (var server = RunningServer.start(new DataFolder(data), 0, settings(TestPostgres.newDatabase()))) {
            server.client().post("/api/backups", Map.of("folder", backup.toString()));
            assertThatThrownBy(() -> server.client().post("/api/backups", Map.of("folder", backup.toString())))
                    .isInstanceOfSatisfying(
                            Problem.class, p -> assertThat(p.code()).isEqualTo("backup_folder_not_empty"));
        }
        var other = TestFolders.newFolder("other").resolve("other.key");
        Files.writeString(other, "ab".repeat(32) + "\n");
        var place = TestPostgres.newDatabase();
        var target = TestFolders.newFolder("target");
        assertThatThrownBy(() -> Restore.restore(
                        backup,
                        target,
                        other,
                        target.resolve("rekindle.key"),
                        new DatabaseSettings(place.url(), place.user(), place.password(), 2),
                        NOW))
                .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo("key_mismatch"));
    }

    @Test
    void whatIsKeptAndWhatIsBackedUpIsClosedToOtherUsers() throws Exception {
        var data = TestFolders.newFolder("data").resolve("made");
        var backup = TestFolders.newFolder("backup").resolve("made");
        try (var server = RunningServer.start(new DataFolder(data), 0, settings(TestPostgres.newDatabase()))) {
            server.client().post("/api/backups", Map.of("folder", backup.toString()));
            assertThat(openToOthers(data)).isEmpty();
            assertThat(openToOthers(backup)).isEmpty();
            assertThat(server.part(AuditTrail.class).latest(Long.MAX_VALUE, 50).items())
                    .anyMatch(entry -> entry.action().equals("backup.made"));
        }
    }

    @Test
    void aDamagedBackupIsRefusedWithEveryFaultAndLeavesTheFolderForTheNextTry() throws Exception {
        var data = TestFolders.newFolder("data");
        var backup = TestFolders.newFolder("backup");
        try (var server = RunningServer.start(new DataFolder(data), 0, settings(TestPostgres.newDatabase()))) {
            server.client().post("/api/backups", Map.of("folder", backup.toString()));
        }
        var key = PlatformSettings.defaultKeyFile(data);
        var target = TestFolders.newFolder("target");
        var place = TestPostgres.newDatabase();
        var database = new DatabaseSettings(place.url(), place.user(), place.password(), 2);
        var whole = TestFolders.newFolder("whole");
        for (var file : List.of("warehouse.duckdb", "state/users.copy", "state/audit_trail.copy")) {
            Files.createDirectories(whole.resolve(file).getParent());
            Files.copy(backup.resolve(file), whole.resolve(file));
        }
        Files.delete(backup.resolve("warehouse.duckdb"));
        Files.writeString(backup.resolve("state/users.copy"), "cut");
        var bytes = Files.readAllBytes(backup.resolve("state/audit_trail.copy"));
        bytes[bytes.length / 2] ^= 1;
        Files.write(backup.resolve("state/audit_trail.copy"), bytes);

        assertThatThrownBy(
                        () -> Restore.restore(backup, target, key, target.resolve("keys/rekindle.key"), database, NOW))
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.code()).isEqualTo("backup_damaged");
                    assertThat(problem.faults())
                            .extracting(Problem.Fault::place)
                            .containsExactlyInAnyOrder(
                                    "warehouse.duckdb", "state/users.copy", "state/audit_trail.copy");
                });
        assertThat(target).isEmptyDirectory();

        for (var file : List.of("warehouse.duckdb", "state/users.copy", "state/audit_trail.copy"))
            Files.copy(whole.resolve(file), backup.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        // One more fault, of the target this time: PostgreSQL cannot be reached.
        var nowhere = new DatabaseSettings("jdbc:postgresql://127.0.0.1:1/none", "nobody", "none", 2);
        assertThatThrownBy(
                        () -> Restore.restore(backup, target, key, target.resolve("keys/rekindle.key"), nowhere, NOW))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("database_unreachable"));
        assertThat(target).as("nothing is left of the try that failed").isEmptyDirectory();
        Restore.restore(backup, target, key, target.resolve("keys/rekindle.key"), database, NOW);
        assertThat(openToOthers(target)).isEmpty();

        var again = TestFolders.newFolder("again");
        assertThatThrownBy(() -> Restore.restore(backup, again, key, again.resolve("keys/rekindle.key"), database, NOW))
                .as("a database that holds an installation is not written over")
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("database_not_empty"));
        assertThat(again).isEmptyDirectory();
    }

    /** What was about to go out at the time of the backup may have gone out since. */
    @Test
    void aRestoreSendsNoCampaignByItself() throws Exception {
        var data = TestFolders.newFolder("data");
        var backup = TestFolders.newFolder("backup");
        Installation original;
        try (var server = RunningServer.start(new DataFolder(data), 0, settings(TestPostgres.newDatabase()))) {
            var segment = server.client()
                    .post(
                            "/api/segments",
                            Map.of(
                                    "name",
                                    "everybody who bought",
                                    "rule",
                                    Map.of("orders", Map.of("count", Map.of("atLeast", 1)))))
                    .path("id")
                    .asLong();
            var jdbc = server.part(JdbcClient.class);
            aCampaign(jdbc, 1, segment, "approved");
            jdbc.sql("""
                            insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                            values ('campaign-launch', '1', '2099-01-01T00:00:00Z', false, 1)
                            """).update();
            aCampaign(jdbc, 2, segment, "running");
            jdbc.sql("""
                            insert into runs (campaign_id, segment_id, segment_version, template_id, template_version,
                                purpose, channel, holdout_share, salt, decided_at, planned_at, send_from, send_to,
                                window_to, state)
                            values (2, :segment, 1, 1, 1, 'marketing', 'email', 0.2, 'salt', '2026-03-01T09:00:00Z',
                                '2026-03-01T09:00:00Z', '00:00', '23:59', '2099-04-01T09:00:00Z', 'planning')
                            """).param("segment", segment).update();
            original = installation(jdbc);
            server.client().post("/api/backups", Map.of("folder", backup.toString()));
        }
        var restored = TestFolders.newFolder("restored");
        var place = TestPostgres.newDatabase();
        Restore.restore(
                backup,
                restored,
                PlatformSettings.defaultKeyFile(data),
                PlatformSettings.defaultKeyFile(restored),
                new DatabaseSettings(place.url(), place.user(), place.password(), 2),
                NOW);
        try (var server = RunningServer.start(new DataFolder(restored), 0, settings(place))) {
            var jdbc = server.part(JdbcClient.class);
            assertThat(installation(jdbc))
                    .as("both stores are still of one installation")
                    .isEqualTo(original);
            var campaigns = server.part(Campaigns.class);
            assertThat(campaigns.get(1).state()).isEqualTo(CampaignState.IN_REVIEW);
            assertThat(campaigns.get(1).approver()).isNull();
            assertThat(jdbc.sql("select count(*) from scheduled_tasks where task_name = 'campaign-launch'")
                            .query(Long.class)
                            .single())
                    .isZero();
            assertThat(campaigns.get(2).state()).isEqualTo(CampaignState.CANCELLED);
            var run = server.part(Runs.class).ofCampaign(2).orElseThrow();
            assertThat(run.cancelled()).isTrue();
            assertThat(run.planned()).as("its ledger is made whole").isTrue();
            assertThat(jdbc.sql("select count(*) from messages")
                            .query(Long.class)
                            .single())
                    .isZero();
            assertThat(server.part(AuditTrail.class).latest(Long.MAX_VALUE, 50).items())
                    .filteredOn(entry -> entry.actor().equals("restore"))
                    .allSatisfy(entry -> assertThat(entry.at()).isEqualTo(NOW))
                    .extracting(AuditTrail.Entry::action, AuditTrail.Entry::thing)
                    .containsExactlyInAnyOrder(
                            tuple("campaign.returned_to_review", "campaign 1"),
                            tuple("campaign.cancelled", "campaign 2"));
        }
    }

    private static void aCampaign(JdbcClient jdbc, long id, long segment, String state) {
        jdbc.sql("""
                        insert into objectives (id, kind, name, metric, unit, window_days, baseline, baseline_customers,
                            measured_at, target, deadline, created_at, created_by)
                        overriding system value
                        values (1, 'activate', 'win back', 'reactivation_rate', 'points', 30, 0.1, 100,
                            '2026-02-01T00:00:00Z', 0.03, '2099-01-01', '2026-02-01T00:00:00Z', 'ann')
                        on conflict do nothing
                        """).update();
        jdbc.sql("""
                        insert into templates (id, version, created_at) overriding system value
                        values (1, 1, '2026-02-01T00:00:00Z') on conflict do nothing
                        """).update();
        jdbc.sql("""
                        insert into campaigns (id, name, objective_id, segment_id, segment_version, template_id,
                            template_version, holdout_share, send_from, send_to, attribution_days, message_cost, state,
                            author, approver, approved_at, created_at)
                        overriding system value
                        values (:id, 'win back', 1, :segment, 1, 1, 1, 0.2, '09:00', '20:00', 30, 0.01, :state, 'ann',
                            'bob', '2026-02-02T00:00:00Z', '2026-02-01T00:00:00Z')
                        """)
                .param("id", id)
                .param("segment", segment)
                .param("state", state)
                .update();
    }

    private static Installation installation(JdbcClient jdbc) {
        return jdbc.sql("select id, key_fingerprint from installation")
                .query((row, n) -> new Installation(row.getString("id"), row.getString("key_fingerprint")))
                .single();
    }

    @Test
    void aSecondServerOnAFolderGetsOneClearLine() {
        var data = TestFolders.newFolder("data");
        try (var server = RunningServer.start(new DataFolder(data), 0, settings(TestPostgres.newDatabase()))) {
            assertThatThrownBy(() -> RunningServer.start(new DataFolder(data), 0, Map.of("rekindle.database.url", "")))
                    .isInstanceOfSatisfying(
                            Problem.class, p -> assertThat(p.code()).isEqualTo("data_folder_in_use"))
                    .hasMessageContaining(server.url())
                    .hasMessageContaining("--data");
            assertThat(new DataFolder(data).runningServer())
                    .hasValueSatisfying(where -> assertThat(where.url()).isEqualTo(server.url()));
        }
        assertThat(new DataFolder(data).runningServer()).isEmpty();
    }

    @Test
    void whileAServerStartsAfterOneThatWasKilledNobodyIsLedToTheDeadOne() throws Exception {
        var data = new DataFolder(TestFolders.newFolder("data"));
        data.take().close();
        Files.writeString(
                data.path().resolve("server.json"), "{\"pid\":1,\"url\":\"http://127.0.0.1:9\",\"token\":\"dead\"}");
        try (var _ = data.take()) {
            assertThatThrownBy(data::runningServer)
                    .isInstanceOfSatisfying(
                            Problem.class, p -> assertThat(p.code()).isEqualTo("server_starting"));
            assertThatThrownBy(data::take)
                    .hasMessageContaining("a server is starting")
                    .hasMessageNotContaining("127.0.0.1:9");
        }
    }

    private static List<String> openToOthers(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            var open = new ArrayList<String>();
            for (var file : files.toList()) {
                var rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                // DuckDB makes and remakes its log by itself; the folder keeps others from it.
                if (!rights.endsWith("------") && !file.toString().endsWith(".wal")) open.add(rights + " " + file);
            }
            return open;
        }
    }

    /** Writes n into both stores as one unit of work, over and over. */
    private static void writeTwins(RunningServer server, AtomicBoolean stop) {
        var gate = server.part(WriteGate.class);
        var audit = server.part(AuditTrail.class);
        var warehouse = server.part(Warehouse.class);
        for (long n = 1; !stop.get(); n++) {
            long twin = n;
            gate.write(() -> {
                warehouse.append(
                        "stage_changes",
                        "twin-" + twin,
                        Rows.written(rows -> rows.value(twin)
                                .value("twin")
                                .value(Instant.EPOCH)
                                .end()));
                audit.record("twin.written", "twin " + twin, "a backup test");
            });
        }
    }

    private static long twinsInState(JdbcClient jdbc) {
        return jdbc.sql("select count(*) from audit_trail where action = 'twin.written'")
                .query(Long.class)
                .single();
    }

    private static long twinsInWarehouse(RunningServer server) {
        return server.part(Warehouse.class)
                .first(
                        Sql.of("select count(*) as n from stage_changes where stage = ?", "twin"),
                        row -> row.longValue("n"))
                .orElseThrow();
    }

    private static Map<String, String> settings(TestPostgres.Place place) {
        var settings = new HashMap<String, String>();
        settings.put("rekindle.database.url", place.url());
        settings.put("rekindle.database.user", place.user());
        settings.put("rekindle.database.password", place.password());
        settings.put("rekindle.database.connections", "10");
        settings.put("rekindle.warehouse.memory-limit", "512MB");
        settings.put("rekindle.admin-key", KEY);
        return settings;
    }
}
