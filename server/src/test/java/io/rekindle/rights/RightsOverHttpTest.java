package io.rekindle.rights;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Role;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.identity.Identities;
import io.rekindle.platform.Vault;
import io.rekindle.testing.RekindleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who looked at whom, and how long things are kept. */
@RekindleTest
class RightsOverHttpTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final ApiKeys keys;
    private final JdbcClient jdbc;
    private final Vault vault;
    private final AuditTrail audit;

    RightsOverHttpTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired ApiKeys keys,
            @Autowired JdbcClient jdbc,
            @Autowired Vault vault,
            @Autowired AuditTrail audit) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.keys = keys;
        this.jdbc = jdbc;
        this.vault = vault;
        this.audit = audit;
    }

    @Test
    void everyLookInClearIsWrittenDownWithWhoWhatAndWhyAndAMaskedOneWithoutFields() throws Exception {
        var planner = keys.create("rights: a planner", Set.of(Role.PLANNER)).secret();
        var analyst = keys.create("rights: an analyst", Set.of(Role.ANALYST)).secret();
        send("""
                {"batch": [{"type": "identify", "messageId": "rights-1", "userId": "rights-user-1",
                  "traits": {"email": "looked.at@secret.example", "firstName": "Lookedat"}}]}
                """);
        var id = identities.find(Identifier.Type.USER_ID, "rights-user-1").orElseThrow();
        assertThat(call("GET", "/api/customers/" + id, analyst, Map.of()).body())
                .doesNotContain("Lookedat");
        assertThat(call("GET", "/api/customers/" + id, planner, Map.of("X-Access-Reason", "ticket%20%E4%B8%83"))
                        .body())
                .contains("Lookedat");
        assertThat(search("rights-user-1", planner).body()).contains("looked.at@secret.example");
        assertThat(search("rights-user-1", analyst).body()).doesNotContain("looked.at@secret.example");

        var named = post("/api/customers/names", "{\"customerIds\":[\"%s\",\"5\"]}".formatted(id), analyst);
        assertThat(json.readTree(named.body()).at("/items/0/name").asString()).isEqualTo("L***");
        assertThat(json.readTree(named.body()).at("/items/0/email").asString()).isEqualTo("l***@s…");
        assertThat(json.readTree(named.body()).at("/items/1/name").isNull()).isTrue();
        assertThat(post("/api/customers/names", "{\"customerIds\":[\"%s\"]}".formatted(id), planner)
                        .body())
                .contains("Lookedat", "looked.at@secret.example");

        var looks = json.readTree(call("GET", "/api/customers/" + id + "/accesses", planner, Map.of())
                        .body())
                .path("items");
        assertThat(looks).hasSize(4);
        assertThat(look(looks.get(0)))
                .isEqualTo("key:rights: a planner POST /api/customers/names [\"email\",\"firstName\",\"userId\"] null");
        assertThat(look(looks.get(3))).isEqualTo("key:rights: an analyst GET /api/customers/{id} [] null");
        assertThat(look(looks.get(2)))
                .isEqualTo(
                        "key:rights: a planner GET /api/customers/{id} [\"email\",\"firstName\",\"userId\"] \"ticket 七\"");
        assertThat(look(looks.get(1)))
                .isEqualTo(
                        "key:rights: a planner POST /api/customers/search [\"email\",\"firstName\",\"userId\"] null");
        assertThat(call("GET", "/api/customers/" + id + "/accesses", analyst, Map.of())
                        .statusCode())
                .isEqualTo(403);
    }

    private static String look(JsonNode look) {
        return "%s %s %s %s"
                .formatted(
                        look.path("actor").asString(),
                        look.path("what").asString(),
                        look.path("fields"),
                        look.path("reason"));
    }

    @Test
    void theDryRunTellsWhatWouldGoAndChangesNothingAndTheRealOneTakesThatAway() throws Exception {
        for (var at : new String[] {"2001-01-01T00:00:00Z", "2001-02-01T00:00:00Z", "2026-02-28T00:00:00Z"})
            jdbc.sql("""
                            insert into rejected_items (source_id, digest, reason, detail, rejected_at, last_at, sealed)
                            values (1, :digest, 'rights', 'old', cast(:at as timestamptz), cast(:at as timestamptz), :sealed)
                            """)
                    .param("digest", (long) at.hashCode())
                    .param("at", at)
                    .param("sealed", vault.seal("rejected", "{}".getBytes(StandardCharsets.UTF_8)))
                    .update();
        var before = rule(call("GET", "/api/retention", RekindleTest.ADMIN_KEY, Map.of()));
        assertThat(before.path("keptDays").asLong()).isEqualTo(90);
        assertThat(before.path("oldest").asString()).isEqualTo("2001-01-01T00:00:00Z");
        assertThat(before.path("due").asLong()).isEqualTo(2);
        assertThat(old()).isEqualTo(3);

        assertThat(rule(call("POST", "/api/retention/apply", RekindleTest.ADMIN_KEY, Map.of())))
                .isEqualTo(before);
        assertThat(old()).isEqualTo(1);
        assertThat(audit.latest(Long.MAX_VALUE, 50).items())
                .anyMatch(e -> e.action().equals("retention.applied")
                        && e.thing().equals("data rejected-items")
                        && e.detail().startsWith("2 removed"));
        assertThat(rule(call("GET", "/api/retention", RekindleTest.ADMIN_KEY, Map.of()))
                        .path("due")
                        .asLong())
                .isZero();
    }

    private long old() {
        return jdbc.sql("select count(*) from rejected_items where reason = 'rights'")
                .query(Long.class)
                .single();
    }

    private JsonNode rule(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        for (var rule : json.readTree(answer.body()).path("items"))
            if (rule.path("dataClass").asString().equals("rejected-items")) return rule;
        throw new AssertionError("there is no such class in " + answer.body());
    }

    private HttpResponse<String> call(String method, String path, String key, Map<String, String> headers)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + key)
                .method(method, HttpRequest.BodyPublishers.noBody());
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> search(String identifier, String key) throws Exception {
        return post("/api/customers/search", "{\"query\":\"%s\"}".formatted(identifier), key);
    }

    private HttpResponse<String> post(String path, String body, String key) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void send(String body) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                        .header("X-Write-Key", RekindleTest.WRITE_KEY)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
    }
}
