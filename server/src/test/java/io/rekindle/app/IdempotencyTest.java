package io.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@RekindleTest
class IdempotencyTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;

    IdempotencyTest(@LocalServerPort int port) {
        this.port = port;
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

    private HttpResponse<String> post(String key, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/keys".formatted(port)))
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", key)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
