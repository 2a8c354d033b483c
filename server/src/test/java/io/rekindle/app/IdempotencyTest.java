package io.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.Role;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.identity.Identities;
import io.rekindle.testing.RekindleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@RekindleTest
class IdempotencyTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final ApiKeys keys;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final JdbcClient jdbc;

    IdempotencyTest(
            @LocalServerPort int port,
            @Autowired ApiKeys keys,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired JdbcClient jdbc) {
        this.port = port;
        this.keys = keys;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.jdbc = jdbc;
    }

    @Test
    void aCreationAskedForTwiceUnderOneKeyHappensOnce() throws Exception {
        var body = "{\"name\":\"asked twice\",\"roles\":[\"viewer\"]}";
        var first = post("one", body);
        assertThat(first.statusCode()).isEqualTo(201);
        var second = post("one", body);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());

        var other = post("one", "{\"name\":\"another\",\"roles\":[\"viewer\"]}");
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body()).contains("idempotency_key_reused");
        assertThat(post("two", body).body()).isNotEqualTo(first.body());
    }

    @Test
    void aKeyIsOfOneQueryAndOneCaller() throws Exception {
        var body = "{\"name\":\"asked by several\",\"roles\":[\"viewer\"]}";
        var first = send("three", RekindleTest.ADMIN_KEY, "", body);
        assertThat(first.statusCode()).isEqualTo(201);
        var otherQuery = send("three", RekindleTest.ADMIN_KEY, "?urgent=true", body);
        assertThat(otherQuery.statusCode()).isEqualTo(422);
        assertThat(otherQuery.body()).contains("idempotency_key_reused");

        // Names of keys may repeat: both callers are key:twin.
        var one = keys.create("twin", Set.of(Role.ADMIN)).secret();
        var other = keys.create("twin", Set.of(Role.ADMIN)).secret();
        var ofOne = send("four", one, "", body);
        var ofOther = send("four", other, "", body);
        assertThat(ofOne.statusCode()).isEqualTo(201);
        assertThat(ofOther.statusCode()).isEqualTo(201);
        assertThat(ofOther.body()).isNotEqualTo(ofOne.body());
    }

    @Test
    void whatShowsPersonalDataIsAskedAndWrittenDownEachTime() throws Exception {
        var known = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/identify".formatted(port)))
                        .header("X-Write-Key", RekindleTest.WRITE_KEY)
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"userId\":\"idempotent\",\"traits\":{\"email\":\"idempotent@shop.example\"}}"))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        assertThat(known.statusCode()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
        long customer = identities
                .find(Identifier.Type.EMAIL, "idempotent@shop.example")
                .orElseThrow()
                .value();
        for (int i = 1; i <= 2; i++) {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/customers/lookup".formatted(port)))
                            .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", "a look")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"type\":\"email\",\"value\":\"idempotent@shop.example\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("idempotent@shop.example");
            assertThat(jdbc.sql("select count(*) from person_accesses where customer_id = :id")
                            .param("id", customer)
                            .query(Integer.class)
                            .single())
                    .isEqualTo(i);
        }
    }

    private HttpResponse<String> post(String key, String body) throws Exception {
        return send(key, RekindleTest.ADMIN_KEY, "", body);
    }

    private HttpResponse<String> send(String key, String secret, String query, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/keys%s".formatted(port, query)))
                        .header("Authorization", "Bearer " + secret)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", key)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
