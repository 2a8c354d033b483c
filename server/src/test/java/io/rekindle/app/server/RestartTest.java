package io.rekindle.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.ApiKeys;
import io.rekindle.collect.Sources;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class RestartTest {
    private static final String KEY = "an-admin-key-that-is-revoked";
    private static final String WRITE_KEY = "a-write-key-that-is-revoked";

    @Test
    void keysOfTheSettingsThatWereRevokedStayRevokedAndTheServerStarts() throws Exception {
        var data = new DataFolder(TestFolders.newFolder("data"));
        var settings = settings(TestPostgres.newDatabase());
        try (var server = RunningServer.start(data, 0, settings)) {
            var keys = server.part(ApiKeys.class);
            keys.revoke(keys.find(KEY).orElseThrow().id());
            var sources = server.part(Sources.class);
            var source = sources.authenticate(WRITE_KEY).orElseThrow();
            sources.revokeKey(source.id(), sources.keys(source.id()).getFirst().id());
        }
        try (var server = RunningServer.start(data, 0, settings)) {
            assertThat(server.part(ApiKeys.class).authenticate(KEY)).isEmpty();
            assertThat(server.part(Sources.class).authenticate(WRITE_KEY)).isEmpty();
        }
    }

    @Test
    void mailWithLinksNobodyCanFollowIsWarnedOf() {
        var settings = new HashMap<>(settings(TestPostgres.newDatabase()));
        settings.put("rekindle.mail.host", "127.0.0.1");
        settings.put("rekindle.mail.port", "9");
        settings.put(
                "rekindle.key-file",
                TestFolders.newFolder("apart").resolve("rekindle.key").toString());
        try (var server = RunningServer.start(new DataFolder(TestFolders.newFolder("data")), 0, settings)) {
            assertThat(server.firstSecrets().warnings())
                    .singleElement()
                    .asString()
                    .contains(server.url(), "REKINDLE_PUBLIC_URL");
        }
    }

    @Test
    void aRequestThatDiedWithTheServerCanBeRepeatedUnderItsKey() throws Exception {
        var data = new DataFolder(TestFolders.newFolder("data"));
        var settings = settings(TestPostgres.newDatabase());
        try (var server = RunningServer.start(data, 0, settings)) {
            var made = create(server);
            assertThat(made.statusCode()).isEqualTo(201);
            // As a crash in mid-request leaves it: claimed, and no answer.
            server.part(JdbcClient.class)
                    .sql("update idempotent_answers set status = null, body = null, content_type = null")
                    .update();
            assertThat(create(server).body()).contains("request_in_progress");
        }
        try (var server = RunningServer.start(data, 0, settings)) {
            assertThat(create(server).statusCode()).isEqualTo(201);
        }
    }

    private static HttpResponse<String> create(RunningServer server) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(server.url() + "/api/keys"))
                            .header("Authorization", "Bearer " + KEY)
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", "interrupted")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"once\",\"roles\":[\"viewer\"]}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static Map<String, String> settings(TestPostgres.Place place) {
        return Map.of(
                "rekindle.database.url",
                place.url(),
                "rekindle.database.user",
                place.user(),
                "rekindle.database.password",
                place.password(),
                "rekindle.database.connections",
                "10",
                "rekindle.warehouse.memory-limit",
                "512MB",
                "rekindle.admin-key",
                KEY,
                "rekindle.write-key",
                WRITE_KEY);
    }
}
