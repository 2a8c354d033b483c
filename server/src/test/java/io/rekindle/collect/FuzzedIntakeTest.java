package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.TimeTravel;
import io.rekindle.simulator.fuzz.Captures;
import io.rekindle.simulator.fuzz.IntakeFuzz;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests broken in every way, by a seed; {@code ./rekindle bench fuzz} sends a hundred thousand of them. */
@RekindleTest
class FuzzedIntakeTest {
    private static final int REQUESTS = 2_000;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final Warehouse warehouse;
    private final TimeTravel travel;

    FuzzedIntakeTest(@LocalServerPort int port, @Autowired Warehouse warehouse, @Autowired TimeTravel travel) {
        this.port = port;
        this.warehouse = warehouse;
        this.travel = travel;
    }

    @Test
    void noBrokenRequestIsAnsweredWithAFailureAndEveryItemIsStoredOrKeptWithItsReason() throws Exception {
        var sources = new ArrayList<Integer>();
        var keys = new ArrayList<String>();
        for (var mode : List.of("", "quarantine", "reject")) {
            var made = api("POST", "/api/sources", "{\"name\":\"%s\"}".formatted(UUID.randomUUID()));
            sources.add(made.at("/source/id").asInt());
            keys.add(made.path("secret").asString());
            if (!mode.isEmpty()) api("PUT", "/api/sources/%d/plan".formatted(sources.getLast()), IntakeFuzz.plan(mode));
        }
        var before = lasting();
        var captures = Captures.in(Path.of(System.getProperty("rekindle.root"), "..", "shared", "captures"));
        var fuzz = new IntakeFuzz(port, keys, captures, 7);
        var outcome = fuzz.send(REQUESTS, 16);
        assertThat(outcome.failures()).isEmpty();
        assertThat(outcome.statuses().getOrDefault(200, 0)).isGreaterThan(REQUESTS / 4);
        assertThat(outcome.statuses().keySet()).allMatch(status -> status < 500);
        for (int i = 0; i < sources.size(); i++) {
            var counted = api("GET", "/api/sources/" + sources.get(i), "");
            assertThat(counted.path("accepted").asLong())
                    .isEqualTo(outcome.fate(i, "accepted"))
                    .isPositive();
            assertThat(counted.path("duplicates").asLong())
                    .isEqualTo(outcome.fate(i, "duplicate"))
                    .isPositive();
            assertThat(counted.path("rejectedTimes").asLong())
                    .isEqualTo(outcome.fate(i, "rejected"))
                    .isPositive();
            assertThat(warehouse.first(
                            Sql.of(
                                    "select count(*) = count(distinct message_id) and count(*) = ? as once from events where source_id = ?",
                                    outcome.fate(i, "accepted"),
                                    sources.get(i)),
                            row -> row.booleanValue("once")))
                    .hasValue(true);
        }
        assertThat(api("GET", "/api/sources/%d/quarantine".formatted(sources.get(1)), "")
                        .path("waiting")
                        .asLong())
                .isPositive()
                .isBetween(outcome.setAside(1), outcome.setAside(1) + outcome.setAsideWithoutId(1));
        travel.awaitQuiet();
        assertThat(lasting()).containsAll(before);
        var tails = api("GET", "/api/tails", "").path("items");
        assertThat(tails.valueStream().map(tail -> tail.path("failure"))).allMatch(JsonNode::isNull);
    }

    /** The threads that work as long as the server does. */
    private static Set<String> lasting() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("tail-") || name.equals("event-log"))
                .collect(Collectors.toSet());
    }

    private JsonNode api(String method, String path, String body) throws IOException, InterruptedException {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return json.readTree(answer.body());
    }
}
