package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import io.rekindle.testing.ServerProcess;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole server of its own process, killed without warning in the middle of imports, and of an export. */
class KilledImportTest {
    private static final int ROWS = 30_000;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder = TestFolders.newFolder("killed-import");
    private final TestPostgres.Place database = TestPostgres.newDatabase();
    private final int port = ServerProcess.freePort();

    @Test
    void anImportThatIsKilledGoesOnWhereItStoppedAndDoublesNothingAndSoDoesAnExport() throws Exception {
        var customers = new StringBuilder("customer,first_name,city\n");
        for (int i = 0; i < ROWS; i++) customers.append("c-%d,Name %d,City %d\n".formatted(i, i, i % 50));
        var server = start();
        long first;
        long second;
        try {
            answering();
            long pull = pullOfOrders();
            first = started("customers", Files.writeString(folder.resolve("customers.csv"), customers));
            var asked = post("/api/pulls/%d/run".formatted(pull), "{}");
            assertThat(asked.path("state").asString()).as("%s", asked).isEqualTo("reading");
            assertThat(killedInTheMiddle(server, 0)).isEqualTo(first);
            server = start();
            assertThat(done(first)).isEqualTo(ROWS);
            // The pull that was under way is read again, without anybody asking, and killed while it is brought in.
            second = killedInTheMiddle(server, ROWS);
            server = start();
            assertThat(done(second)).isEqualTo(ROWS);
            var runs = Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(
                            () -> get("/api/pulls/%d/runs".formatted(pull)).path("items"),
                            all -> all.get(0).path("state").asString().equals("done"));
            assertThat(runs.size()).isEqualTo(1);
            assertThat(get("/api/pulls/" + pull).path("watermark").asString()).isEqualTo(Integer.toString(ROWS));
            long export = exportKilledInTheMiddle(server);
            server = start();
            madeAnew(export);
        } finally {
            server.destroy();
            if (!server.waitFor(60, TimeUnit.SECONDS)) server.destroyForcibly().waitFor();
        }
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("warehouse.duckdb"))) {
            for (long id : new long[] {first, second}) {
                assertThat(number(duckdb, "select count(*) from events where import_id = " + id))
                        .isEqualTo(ROWS);
                assertThat(number(duckdb, "select count(distinct message_id) from events where import_id = " + id))
                        .isEqualTo(ROWS);
            }
            assertThat(number(duckdb, "select count(*) from traits_now where trait = 'city'"))
                    .isEqualTo(ROWS);
            assertThat(number(duckdb, "select count(*) from order_lines_now")).isEqualTo(ROWS);
            assertThat(number(duckdb, "select count(distinct order_id) from orders_now"))
                    .isEqualTo(ROWS);
        }
    }

    private long started(String kind, Path file) throws Exception {
        var started = JSON.readTree(send(request("/api/imports/uploads")
                        .header("Content-Type", "multipart/form-data; boundary=part")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s.csv\"\r\nContent-Type: text/csv\r\n\r\n%s\r\n--part--\r\n"
                                        .formatted(kind, Files.readString(file)))))
                .body());
        var import_ = JSON.readTree(send(request(
                                "/api/imports/uploads/" + started.path("id").asString() + "/start")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"mapping\":{\"kind\":\"%s\"}}".formatted(kind))))
                .body());
        long id = import_.path("id").asLong();
        assertThat(id).as("%s", import_).isPositive();
        return id;
    }

    /** Kills the server while some of an import has come in, not all; which import that is. */
    private long killedInTheMiddle(Process server, long before) throws Exception {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> imported() > before);
        kill(server);
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("warehouse.duckdb"))) {
            long id = number(duckdb, "select max(import_id) from events");
            assertThat(number(duckdb, "select count(*) from events where import_id = " + id))
                    .as("killed in the middle")
                    .isPositive()
                    .isLessThan(ROWS);
            return id;
        }
    }

    /** A table of orders in a database of its own, and a pull of it that nobody has asked for yet. */
    private long pullOfOrders() throws Exception {
        var shop = TestPostgres.newDatabase();
        try (var connection = DriverManager.getConnection(shop.url(), shop.user(), shop.password());
                var statement = connection.createStatement()) {
            statement.execute("""
                    create table lines as
                    select i as no, 'o-' || i as order_id, timestamptz '2026-01-05 10:00Z' as time, 'c-' || (i - 1) as customer,
                        'p' as product_id, 1 as quantity, 2.50 as unit_price
                    from generate_series(1, %d) i
                    """.formatted(ROWS));
        }
        long database = post(
                        "/api/databases",
                        "{\"name\":\"shop\",\"url\":\"%s\",\"user\":\"%s\",\"password\":\"%s\"}"
                                .formatted(shop.url(), shop.user(), shop.password()))
                .path("id")
                .asLong();
        var pull = post(
                "/api/pulls",
                "{\"name\":\"orders\",\"databaseId\":%d,\"table\":\"lines\",\"mapping\":{\"kind\":\"orders\"},\"watermarkColumn\":\"no\"}"
                        .formatted(database));
        assertThat(pull.path("id").asLong()).as("%s", pull).isPositive();
        return pull.path("id").asLong();
    }

    private JsonNode post(String path, String body) throws Exception {
        return JSON.readTree(send(request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)))
                .body());
    }

    private static void kill(Process server) throws InterruptedException {
        server.destroyForcibly();
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    /** What an export wrote until it was killed is whole; which export that is. */
    private long exportKilledInTheMiddle(Process server) throws Exception {
        var made = JSON.readTree(send(request("/api/exports")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("""
                                {"name": "killed", "form": "csv", "data": ["profiles", "events", "orders"], "personal": "clear"}
                                """)))
                .body());
        long id = made.path("id").asLong();
        send(request("/api/exports/%d/run".formatted(id)).POST(HttpRequest.BodyPublishers.noBody()));
        var work = inWork(id);
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> Files.isDirectory(work) && work.toFile().list().length > 0);
        server.destroyForcibly();
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        try (var state = DriverManager.getConnection(database.url(), database.user(), database.password())) {
            assertThat(number(state, "select count(*) from export_runs where state = 'running'"))
                    .as("killed in the middle")
                    .isEqualTo(1);
        }
        requireWholeFiles();
        return id;
    }

    private Path inWork(long export) {
        return folder.resolve("exports-in-work").resolve(Long.toString(export));
    }

    /** The server's next start goes on by itself. */
    private void madeAnew(long export) throws Exception {
        answering();
        var runs = Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(
                        () -> get("/api/exports/%d/runs".formatted(export)).path("items"),
                        all -> all.size() == 2
                                && all.path(0).path("state").asString().equals("done"));
        assertThat(runs.path(1).path("failure").asString()).isEqualTo("interrupted");
        assertThat(requireWholeFiles()).isEqualTo(3);
        assertThat(inWork(export)).doesNotExist();
    }

    /** How many there are. */
    private int requireWholeFiles() throws Exception {
        var exported = folder.resolve("exports").resolve("killed");
        if (!Files.isDirectory(exported)) return 0;
        try (var files = Files.walk(exported);
                var reader = DriverManager.getConnection("jdbc:duckdb:")) {
            var all = files.filter(Files::isRegularFile).toList();
            for (var file : all)
                assertThat(number(reader, "select count(*) from read_csv('%s', all_varchar = true)".formatted(file)))
                        .as("%s", file)
                        .isEqualTo(file.toString().contains("events") ? 2 * ROWS : ROWS);
            return all.size();
        }
    }

    private long done(long id) throws Exception {
        answering();
        var now = Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> get("/api/imports/" + id),
                        one -> !one.path("state").asString().equals("running"));
        assertThat(now.path("state").asString()).as("%s", now).isEqualTo("done");
        assertThat(now.at("/report/rejected").asLong()).isZero();
        return now.at("/report/lines").asLong();
    }

    private long imported() throws Exception {
        for (var source : get("/api/sources").path("items"))
            if (source.path("name").asString().equals("import"))
                return source.path("accepted").asLong();
        return 0;
    }

    private void answering() {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .ignoreExceptions()
                .until(() -> get("/api/sources").path("items").isArray());
    }

    private JsonNode get(String path) throws Exception {
        return JSON.readTree(send(request(path).GET()).body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private Process start() throws IOException {
        return ServerProcess.start(
                folder,
                port,
                Map.of(
                        "REKINDLE_DATABASE_URL", database.url(),
                        "REKINDLE_DATABASE_USER", database.user(),
                        "REKINDLE_DATABASE_PASSWORD", database.password(),
                        "REKINDLE_DATABASE_CONNECTIONS", "12",
                        "REKINDLE_OUTGOING_ALLOWED", "127.0.0.1"));
    }

    private static long number(java.sql.Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
