package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What clients are told while the readers of the log are stuck. */
class BackPressureTest {
    private static final String KEY = "back-pressure-write-key";
    private static final int MAX_LAG = 300;
    private static final int BATCH = 100;

    private final HttpClient http = HttpClient.newHttpClient();
    private int called;

    @Test
    void intakeAsksClientsToComeBackWhileItsReadersAreFarBehindAndLosesNothing() throws Exception {
        var place = TestPostgres.newDatabase();
        var settings = Map.of(
                "rekindle.database.url", place.url(),
                "rekindle.database.user", place.user(),
                "rekindle.database.password", place.password(),
                "rekindle.database.connections", "12",
                "rekindle.warehouse.memory-limit", "512MB",
                "rekindle.write-key", KEY,
                "rekindle.collect.max-lag", Integer.toString(MAX_LAG));
        try (var server = RunningServer.start(new DataFolder(TestFolders.newFolder("data")), 0, settings)) {
            long acknowledged = 0;
            try (var stuck = server.part(DataSource.class).getConnection()) {
                holdTheReadersUp(stuck);
                var answer = send(server);
                while (answer.statusCode() == 200) {
                    acknowledged += BATCH;
                    assertThat(acknowledged).isLessThan(20L * MAX_LAG);
                    answer = send(server);
                }
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
                assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0))
                        .isPositive();
                assertThat(answer.body()).contains("\"code\":\"too_busy\"");
                stuck.rollback();
            }
            var log = server.part(EventLog.class);
            server.part(Tails.class).awaitAll(log.lastSeq());
            assertThat(send(server).statusCode()).isEqualTo(200);
            acknowledged += BATCH;
            assertThat(log.lastSeq()).isEqualTo(acknowledged);
        }
    }

    /** Every reader moves its row here when it has taken up a batch. */
    private static void holdTheReadersUp(Connection connection) throws Exception {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("select * from tail_offsets for update");
        }
    }

    private HttpResponse<String> send(RunningServer server) throws IOException, InterruptedException {
        int call = called++;
        var events = IntStream.range(0, BATCH)
                .mapToObj(i -> "{\"type\":\"track\",\"event\":\"Seen\",\"userId\":\"u%d\",\"messageId\":\"m%d-%d\"}"
                        .formatted(i, call, i))
                .collect(Collectors.joining(","));
        return http.send(
                HttpRequest.newBuilder(URI.create(server.url() + "/v1/batch"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"writeKey\":\"%s\",\"batch\":[%s]}".formatted(KEY, events)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
