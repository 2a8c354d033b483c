package io.rekindle.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Two stores and a key file are one installation, and one server's: everything else is refused in one line. */
class OneInstallationTest {
    private final Path data = TestFolders.newFolder("data");
    private final TestPostgres.Place place = TestPostgres.newDatabase();

    @Test
    void aSecondServerOnAPostgresqlIsRefusedAndHarmsNothing() throws Exception {
        var other = TestFolders.newFolder("other");
        try (var server = start(data, place)) {
            var starts = starts(server);
            assertRefused(
                    () -> start(other, place),
                    "database_in_use",
                    Long.toString(ProcessHandle.current().pid()),
                    data.toString(),
                    other.toString(),
                    "REKINDLE_DATABASE_URL");
            assertThat(starts(server)).isEqualTo(starts);
        }
        try (var server = start(data, place)) {
            assertThat(server.client().get("/api/version").has("version")).isTrue();
        }
    }

    @Test
    void storesOfTwoInstallationsAreRefusedAndBothAreNamed() {
        var otherData = TestFolders.newFolder("other");
        var otherPlace = TestPostgres.newDatabase();
        start(data, place).close();
        start(otherData, otherPlace).close();
        assertRefused(
                () -> start(data, otherPlace),
                "stores_mismatch",
                data.toString(),
                " belongs to installation ",
                " but ");
        assertRefused(() -> start(TestFolders.newFolder("empty"), place), "stores_mismatch", "is new");
        assertRefused(() -> start(data, TestPostgres.newDatabase()), "stores_mismatch", "is new");
        start(data, place).close();
    }

    @Test
    void anotherKeyFileAndAMissingOneAreRefused() throws Exception {
        start(data, place).close();
        var key = PlatformSettings.defaultKeyFile(data);
        var kept = Files.readString(key);
        Files.writeString(key, "ab".repeat(32) + "\n");
        assertRefused(() -> start(data, place), "key_mismatch", key.toString(), "REKINDLE_KEY_FILE");
        Files.delete(key);
        assertRefused(() -> start(data, place), "key_file_missing", key.toString(), data.toString());
        assertThat(key).as("no new key is made for old data").doesNotExist();
        Files.writeString(key, kept);
        start(data, place).close();
    }

    @Test
    void aPostgresqlThatIsNotFitIsToldInOneLineAndNothingIsWrittenIntoIt() throws Exception {
        var latinName = name(place) + "_latin";
        try (var connection = connection();
                var statement = connection.createStatement()) {
            statement.execute("create schema theirs");
            assumeTrue(mayCreateRoles(statement), "the user of REKINDLE_DATABASE_URL may not create roles");
            statement.execute("create role guest_of_one login password 'guest'");
            try {
                statement.execute("grant usage on schema theirs to guest_of_one");
                var url = place.url() + (place.url().contains("?") ? "&" : "?") + "currentSchema=theirs";
                assertRefused(
                        () -> start(data, new TestPostgres.Place(url, "guest_of_one", "guest")),
                        "database_unfit",
                        "guest_of_one",
                        "grant create on schema theirs");
            } finally {
                statement.execute("drop owned by guest_of_one");
                statement.execute("drop role guest_of_one");
            }
            statement.execute("create database %s template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'"
                    .formatted(latinName));
        }
        var latin = new TestPostgres.Place(place.url().replace(name(place), latinName), place.user(), place.password());
        assertRefused(() -> start(data, latin), "database_unfit", "LATIN1", "UTF8");
        try (var connection = connection();
                var statement = connection.createStatement()) {
            statement.execute("drop database " + latinName);
        }
    }

    @Test
    void aFirstStartThatEndedBetweenTheTwoMarksIsFinishedByTheNext() {
        // Whatever the environment names: the data folder's own PostgreSQL.
        var embedded = Map.of("rekindle.database.url", "");
        try (var server = RunningServer.start(new DataFolder(data), 0, embedded)) {
            var jdbc = server.part(JdbcClient.class);
            for (var table : List.of("installation", "users", "api_keys"))
                jdbc.sql("delete from " + table).update();
        }
        try (var server = RunningServer.start(new DataFolder(data), 0, embedded)) {
            assertThat(server.client().get("/api/version").has("version")).isTrue();
        }
    }

    /** Stores of before installations were marked are told apart by how far their log was read. */
    @Test
    void aHistoryShorterThanWhatPostgresqlHasTakenUpIsRefused() throws Exception {
        start(data, place).close();
        try (var connection = connection();
                var statement = connection.createStatement()) {
            statement.execute("delete from installation");
            statement.execute("update tail_offsets set seq = 5, claimed_seq = 5");
            statement.execute("insert into intake_personal (seq, sealed) values (9, '')");
        }
        assertRefused(() -> start(TestFolders.newFolder("empty"), place), "stores_mismatch", "5 events", "holds 0");
        try (var connection = connection();
                var statement = connection.createStatement();
                var left = statement.executeQuery("select count(*) from intake_personal")) {
            left.next();
            assertThat(left.getLong(1)).as("nothing was deleted").isEqualTo(1);
        }
    }

    @Test
    void whilePostgresqlIsAwayCallsAreToldSoAndAfterwardsAllGoesOn() throws Exception {
        var settings = new HashMap<>(settings(place));
        settings.putAll(Map.of(
                "rekindle.database.patience", "500ms",
                "rekindle.admin-key", "away-admin-key-0123456789",
                "rekindle.write-key", "away-write-key-0123456789"));
        var admin = TestPostgres.newDatabase();
        try (var server = RunningServer.start(new DataFolder(data), 0, settings);
                var connection = admin.user().isEmpty()
                        ? DriverManager.getConnection(admin.url())
                        : DriverManager.getConnection(admin.url(), admin.user(), admin.password());
                var statement = connection.createStatement()) {
            var name = name(place);
            assertThat(track(server, "before")).isEqualTo(200);
            statement.execute("alter database %s allow_connections false".formatted(name));
            statement.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = '%s'".formatted(name));
            try {
                for (int time = 0; time < 2; time++) {
                    assertThat(track(server, "meanwhile")).isEqualTo(503);
                    var refused = get(server, "/api/campaigns");
                    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
                    assertThat(refused.body()).contains("database_unavailable");
                }
            } finally {
                statement.execute("alter database %s allow_connections true".formatted(name));
            }
            await(() -> track(server, "after") == 200);
            assertThat(get(server, "/api/campaigns").statusCode()).isEqualTo(200);
        }
    }

    private static boolean mayCreateRoles(Statement statement) throws SQLException {
        try (var row =
                statement.executeQuery("select rolsuper or rolcreaterole from pg_roles where rolname = current_user")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static String name(TestPostgres.Place place) {
        return place.url().replaceFirst(".*/([^/?]+)([?].*)?$", "$1");
    }

    /** With something personal, which is kept in PostgreSQL; an event without could be taken meanwhile. */
    private static int track(RunningServer server, String event) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(server.url() + "/v1/track"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"writeKey\":\"away-write-key-0123456789\",\"userId\":\"u1\",\"event\":\"%s\",\"properties\":{\"email\":\"%s@away.example\"}}"
                                        .formatted(event, event))))
                .statusCode();
    }

    private static HttpResponse<String> get(RunningServer server, String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(server.url() + path))
                .header("Authorization", "Bearer away-admin-key-0123456789"));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aLostLockIsTakenAgainUnlessAnotherServerHasIt() throws Exception {
        try (var server = start(data, place);
                var connection = connection();
                var statement = connection.createStatement()) {
            var end = CompletableFuture.supplyAsync(server::awaitEnd, OneInstallationTest::onAThreadOfItsOwn);
            int first = holder(connection);
            statement.execute("select pg_terminate_backend(%d)".formatted(first));
            // The session that was ended may be there for a moment longer.
            await(() -> holder(connection) != 0 && holder(connection) != first);
            assertThat(end).as("it goes on").isNotDone();

            // Queues for the lock and so has it in the moment it is lost.
            try (var another = connection()) {
                var taking = CompletableFuture.runAsync(() -> take(another), OneInstallationTest::onAThreadOfItsOwn);
                await(() -> waiting(connection) > 0);
                statement.execute("select pg_terminate_backend(%d)".formatted(holder(connection)));
                taking.get(60, TimeUnit.SECONDS);
                assertThat(end.get(60, TimeUnit.SECONDS))
                        .satisfies(why -> assertThat(why.code()).isEqualTo("database_taken_over"))
                        .hasMessageContaining(data.toString());
                assertThatThrownBy(() -> starts(server))
                        .as("it writes nothing more")
                        .isNotNull();
            }
        }
    }

    @Test
    void aServerListensWhereItIsToldAndCommandsFindItThere() {
        var settings = new HashMap<>(settings(place));
        settings.put("rekindle.address", "127.0.0.2");
        try (var server = RunningServer.start(new DataFolder(data), 0, settings)) {
            assertThat(server.url()).startsWith("http://127.0.0.2:");
            assertThat(server.client().get("/api/version").has("version")).isTrue();
        }
        settings.put("rekindle.address", "192.0.2.1");
        assertRefused(
                () -> RunningServer.start(new DataFolder(data), 0, settings), "address_unusable", "REKINDLE_ADDRESS");
        settings.put("rekindle.address", "somewhere");
        assertRefused(() -> RunningServer.start(new DataFolder(data), 0, settings), "settings_invalid", "1 setting");
    }

    @Test
    void aSeedIsForDemonstrationsOnly() {
        var settings = new HashMap<>(settings(place));
        settings.put("rekindle.seed", "7");
        assertThatThrownBy(() -> RunningServer.start(new DataFolder(data), 0, settings))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.faults())
                                .singleElement()
                                .satisfies(
                                        fault -> assertThat(fault.message()).contains("hold-outs", "rekindle.demo")));
    }

    /** Each of these waits: on the common pool, which has one thread on a small machine, the one would keep the other. */
    private static void onAThreadOfItsOwn(Runnable task) {
        Thread.ofPlatform().daemon().start(task);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long before = System.nanoTime();
        while (!condition.holds()) {
            assertThat(System.nanoTime() - before)
                    .isLessThan(Duration.ofSeconds(60).toNanos());
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    private static void assertRefused(ThrowingCallable start, String code, String... words) {
        assertThatThrownBy(start)
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem ->
                                assertThat(problem.code()).as(problem.detail()).isEqualTo(code))
                .hasMessageContainingAll(words)
                .hasMessageNotContaining("\n");
    }

    private static RunningServer start(Path data, TestPostgres.Place place) {
        return RunningServer.start(new DataFolder(data), 0, settings(place));
    }

    private static long starts(RunningServer server) {
        return server.part(JdbcClient.class)
                .sql("select last_start from delivery_counters")
                .query(Long.class)
                .single();
    }

    private Connection connection() throws SQLException {
        return place.user().isEmpty()
                ? DriverManager.getConnection(place.url())
                : DriverManager.getConnection(place.url(), place.user(), place.password());
    }

    private static int holder(Connection connection) throws SQLException {
        return number(connection, "select coalesce(max(pid), 0) from pg_locks where granted and " + LOCK);
    }

    private static int waiting(Connection connection) throws SQLException {
        return number(connection, "select count(*) from pg_locks where not granted and " + LOCK);
    }

    /** The server's only: its tails and jobs take other locks of two numbers, for moments. */
    private static final int SPACE = 0x52656b69;

    private static final String LOCK =
            "locktype = 'advisory' and objsubid = 2 and classid = %d::oid and database = (select oid from pg_database where datname = current_database())"
                    .formatted(SPACE);

    private static int number(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    private static void take(Connection connection) {
        try (var statement = connection.createStatement()) {
            statement.execute("select pg_advisory_lock(%d, hashtext('public') & 2147483647)".formatted(SPACE));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> settings(TestPostgres.Place place) {
        return Map.of(
                "rekindle.database.url", place.url(),
                "rekindle.database.user", place.user(),
                "rekindle.database.password", place.password(),
                "rekindle.database.connections", "10",
                "rekindle.warehouse.memory-limit", "512MB");
    }
}
