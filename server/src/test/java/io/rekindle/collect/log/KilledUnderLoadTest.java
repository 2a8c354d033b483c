package io.rekindle.collect.log;

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
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** A whole server of its own process, killed without warning again and again while clients send. */
class KilledUnderLoadTest {
    private static final int KILLS = 3;
    private static final int CLIENTS = 6;
    private static final int EVENTS_A_BATCH = 20;
    private static final int BATCHES_BEFORE_A_KILL = 60;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final JsonMapper json = JsonMapper.builder().build();
    private final Path folder = TestFolders.newFolder("killed");
    private final TestPostgres.Place database = TestPostgres.newDatabase();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final int port = ServerProcess.freePort();

    @Test
    void noAcknowledgedEventIsLostAndNoneIsDoubled() throws Exception {
        var random = new SplittableRandom(7);
        var server = start();
        try (var clients = java.util.concurrent.Executors.newFixedThreadPool(CLIENTS)) {
            var running = new ArrayList<java.util.concurrent.Future<?>>();
            for (int client = 0; client < CLIENTS; client++) {
                int mine = client;
                running.add(clients.submit(() -> sendUntilStopped(mine)));
            }
            for (int kill = 0; kill < KILLS; kill++) {
                int enough = acknowledged.size() + EVENTS_A_BATCH * (BATCHES_BEFORE_A_KILL + random.nextInt(40));
                await(() -> acknowledged.size() >= enough, "events to be acknowledged");
                server.destroyForcibly();
                assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
                server = start();
            }
            int enough = acknowledged.size() + EVENTS_A_BATCH * BATCHES_BEFORE_A_KILL;
            await(() -> acknowledged.size() >= enough, "events to be acknowledged after the last start");
            stopping.set(true);
            for (var client : running) client.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            await(this::tailsAreDone, "the tails to take everything up");
        } finally {
            stopping.set(true);
            server.destroy();
            if (!server.waitFor(60, TimeUnit.SECONDS)) server.destroyForcibly().waitFor();
        }
        check();
    }

    private void check() throws SQLException {
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("warehouse.duckdb"))) {
            var logged = texts(duckdb, "select message_id from events where source_id <> 1");
            assertThat(logged).as("no event is doubled").doesNotHaveDuplicates();
            assertThat(Set.copyOf(logged)).as("no acknowledged event is lost").containsAll(acknowledged);
            long events = number(duckdb, "select count(*) from events");
            assertThat(number(duckdb, "select min(seq) from events")).isEqualTo(1);
            assertThat(number(duckdb, "select max(seq) from events"))
                    .as("no gaps")
                    .isEqualTo(events);
            assertThat(number(duckdb, "select sum(events) from event_days"))
                    .as("the roll-up counts each event once")
                    .isEqualTo(events);
            long orders = number(duckdb, "select count(*) from events where name = 'Order Completed'");
            assertThat(number(duckdb, "select count(*) from orders")).isEqualTo(orders);
            assertThat(number(duckdb, "select count(*) from order_lines")).isEqualTo(orders);
            try (var postgres = DriverManager.getConnection(database.url(), database.user(), database.password())) {
                assertThat(number(postgres, "select count(*) from orders_placed"))
                        .isEqualTo(orders);
                assertThat(number(postgres, "select min(seq) from tail_offsets"))
                        .isEqualTo(events);
                assertThat(number(postgres, "select count(*) from intake_personal"))
                        .isZero();
            }
        }
    }

    private Void sendUntilStopped(int client) throws InterruptedException {
        for (int number = 0; !stopping.get(); number++) {
            var ids = new ArrayList<String>();
            var items = new ArrayList<String>();
            for (int i = 0; i < EVENTS_A_BATCH; i++) {
                var id = "%d-%d-%d".formatted(client, number, i);
                ids.add(id);
                items.add(
                        i == 0
                                ? "{\"type\":\"identify\",\"userId\":\"u%1$s\",\"messageId\":\"%1$s\",\"traits\":{\"email\":\"%1$s@example.org\",\"city\":\"Ulm\"}}"
                                        .formatted(id)
                                : "{\"type\":\"track\",\"userId\":\"u%2$d\",\"messageId\":\"%1$s\",\"event\":\"Order Completed\",\"properties\":{\"order_id\":\"%1$s\",\"total\":7}}"
                                        .formatted(id, client));
            }
            var body = "{\"batch\":[%s]}".formatted(String.join(",", items));
            while (!accepted(body)) {
                if (stopping.get()) return null;
                Thread.sleep(50);
            }
            acknowledged.addAll(ids);
        }
        return null;
    }

    private boolean accepted(String body) throws InterruptedException {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                            .header("X-Write-Key", RekindleTest.WRITE_KEY)
                            .timeout(Duration.ofSeconds(10))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200;
        } catch (IOException serverGone) {
            return false;
        }
    }

    private boolean tailsAreDone() {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/tails".formatted(port)))
                            .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200
                    && json.readTree(answer.body())
                            .get("items")
                            .valueStream()
                            .allMatch(tail -> tail.get("lag").longValue() == 0);
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Process start() throws IOException {
        return ServerProcess.start(
                folder,
                port,
                Map.of(
                        "REKINDLE_DATABASE_URL", database.url(),
                        "REKINDLE_DATABASE_USER", database.user(),
                        "REKINDLE_DATABASE_PASSWORD", database.password(),
                        "REKINDLE_DATABASE_CONNECTIONS", "12"));
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition, String what) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) throw new AssertionError("waited %s for %s".formatted(PATIENCE, what));
            Thread.sleep(20);
        }
    }

    private static long number(java.sql.Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static List<String> texts(java.sql.Connection connection, String sql) throws SQLException {
        var texts = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) texts.add(rows.getString(1));
        }
        return texts;
    }
}
