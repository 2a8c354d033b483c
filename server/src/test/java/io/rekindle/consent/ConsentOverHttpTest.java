package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Role;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Tail;
import io.rekindle.testing.People;
import io.rekindle.testing.RekindleTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

@RekindleTest
class ConsentOverHttpTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final List<Tail> tails;
    private final TransactionTemplate transaction;
    private final ApiKeys keys;
    private final AuditTrail audit;
    private final JdbcClient jdbc;
    private final People people;

    ConsentOverHttpTest(
            @LocalServerPort int port,
            @Autowired @Qualifier("identityTail") Tail identity,
            @Autowired @Qualifier("profileTail") Tail profile,
            @Autowired TransactionTemplate transaction,
            @Autowired ApiKeys keys,
            @Autowired AuditTrail audit,
            @Autowired JdbcClient jdbc,
            @Autowired Identifiers identifiers) {
        this.port = port;
        this.tails = List.of(identity, profile);
        this.transaction = transaction;
        this.keys = keys;
        this.audit = audit;
        this.jdbc = jdbc;
        this.people = new People(identifiers);
    }

    @Test
    void aPlannerSetsAConsentAndTheAuditTrailKnows() throws Exception {
        var batch =
                people.batch().identify().by(Identifier.Type.USER_ID, "http-1").end();
        for (var tail : tails) transaction.executeWithoutResult(status -> tail.process(batch));
        var id = people.id(Identifier.Type.USER_ID, "http-1");
        var path = "/api/customers/" + id + "/consent";
        var body = "{\"purpose\":\"marketing\",\"channel\":\"email\",\"granted\":true}";

        var viewer = keys.create("a viewer of consent", Set.of(Role.VIEWER)).secret();
        assertThat(send("PUT", path, body, viewer).statusCode()).isEqualTo(403);
        var answer = send("PUT", path, body, RekindleTest.ADMIN_KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json.readTree(answer.body()).at("/items/0/granted").booleanValue())
                .isTrue();
        assertThat(audit.latest(Long.MAX_VALUE, 20).items())
                .anySatisfy(entry -> assertThat(entry.thing()).isEqualTo("customer " + id));
    }

    @Test
    void aConsentOfNobodyOrWithoutAnAnswerIsRefused() throws Exception {
        var body = "{\"purpose\":\"marketing\",\"channel\":\"email\",\"granted\":true}";
        assertThat(code(send("PUT", "/api/customers/12/consent", body, RekindleTest.ADMIN_KEY)))
                .isEqualTo("customer_not_found");
        assertThat(code(send(
                        "PUT", "/api/customers/12/consent", "{\"purpose\":\"marketing\"}", RekindleTest.ADMIN_KEY)))
                .isEqualTo("consent_incomplete");
        assertThat(code(send("PUT", "/api/customers/me/consent", body, RekindleTest.ADMIN_KEY)))
                .isEqualTo("invalid_value");
    }

    /** A typing error would look like a word about something, and count for nothing. */
    @Test
    void nobodySaysByHandAnythingAboutATopicNobodyHasMade() throws Exception {
        var batch =
                people.batch().identify().by(Identifier.Type.USER_ID, "http-3").end();
        for (var tail : tails) transaction.executeWithoutResult(status -> tail.process(batch));
        var consent = "/api/customers/" + people.id(Identifier.Type.USER_ID, "http-3") + "/consent";
        var saying = "{\"purpose\":\"marketing\",\"channel\":\"email\",\"granted\":%s,\"topic\":\"http_sales\"%s}";
        var calls = List.of(
                List.of("PUT", consent, saying.formatted("true", "")),
                List.of("PUT", consent, saying.formatted("false", "")),
                List.of("PUT", consent, saying.formatted("true", ",\"toConfirm\":true")),
                List.of("POST", "/api/suppressions", "{\"address\":\"t1@http.example\",\"topic\":\"http_sales\"}"),
                List.of(
                        "POST",
                        "/api/suppressions/import",
                        "{\"addresses\":[\"t2@http.example\"],\"topic\":\"http_sales\"}"));
        for (var call : calls) {
            var answer = send(call.get(0), call.get(1), call.get(2), RekindleTest.ADMIN_KEY);
            assertThat(answer.statusCode()).as(call + " " + answer.body()).isEqualTo(422);
            assertThat(code(answer)).isEqualTo("topic_not_found");
        }
        assertThat(json.readTree(
                                send("GET", consent, "", RekindleTest.ADMIN_KEY).body())
                        .path("items"))
                .isEmpty();

        for (var retired : List.of(false, true)) {
            assertThat(send(
                                    "PUT",
                                    "/api/topics/http_sales",
                                    "{\"nameEn\": \"Sales\", \"nameZh\": \"促销\", \"retired\": %s}".formatted(retired),
                                    RekindleTest.ADMIN_KEY)
                            .statusCode())
                    .isEqualTo(200);
            for (var call : calls) {
                var answer = send(call.get(0), call.get(1), call.get(2), RekindleTest.ADMIN_KEY);
                assertThat(answer.statusCode()).as(call + " " + answer.body()).isBetween(200, 201);
            }
        }
    }

    @Test
    void anAddressIsPutOnTheListFoundAndTakenOffAgain() throws Exception {
        var body = "{\"address\":\"Stop@Http.example\"}";
        var made = send("POST", "/api/suppressions", body, RekindleTest.ADMIN_KEY);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(made.body()).doesNotContain("http.example");
        var id = json.readTree(made.body()).get("id").stringValue();

        var found =
                send("POST", "/api/suppressions/search", "{\"address\":\"stop@http.example\"}", RekindleTest.ADMIN_KEY);
        assertThat(json.readTree(found.body()).at("/items/0/id").stringValue()).isEqualTo(id);
        assertThat(send("GET", "/api/suppressions", "", RekindleTest.ADMIN_KEY).body())
                .contains(id);
        assertThat(send("DELETE", "/api/suppressions/" + id, "", RekindleTest.ADMIN_KEY)
                        .statusCode())
                .isEqualTo(204);
        assertThat(code(send("DELETE", "/api/suppressions/" + id, "", RekindleTest.ADMIN_KEY)))
                .isEqualTo("suppression_not_found");
        assertThat(code(send("POST", "/api/suppressions", "{}", RekindleTest.ADMIN_KEY)))
                .isEqualTo("address_missing");
    }

    /** What a whole file was put on the list for is each address's own. */
    @Test
    void oneOfAFileIsTakenOffAndTheNotesOfTheOthersStay() throws Exception {
        var addresses = "[\"file-one@http.example\",\"file-two@http.example\"]";
        var body =
                "{\"addresses\":%s,\"reason\":\"legal\",\"note\":\"order of the court Zxfile\"}".formatted(addresses);
        assertThat(send("POST", "/api/suppressions/import", body, RekindleTest.ADMIN_KEY)
                        .statusCode())
                .isEqualTo(200);
        var one = send(
                "POST", "/api/suppressions/search", "{\"address\":\"file-one@http.example\"}", RekindleTest.ADMIN_KEY);
        var id = json.readTree(one.body()).at("/items/0/id").stringValue();
        assertThat(send("DELETE", "/api/suppressions/" + id, "", RekindleTest.ADMIN_KEY)
                        .statusCode())
                .isEqualTo(204);
        assertThat(send(
                                "POST",
                                "/api/suppressions/search",
                                "{\"address\":\"file-two@http.example\"}",
                                RekindleTest.ADMIN_KEY)
                        .body())
                .contains("Zxfile");
    }

    @Test
    void aNoteIsShownToPlannersOnlyAndEachLookIsWrittenDown() throws Exception {
        var body = "{\"address\":\"noted@http.example\",\"note\":\"a letter of Zxnoted\"}";
        assertThat(send("POST", "/api/suppressions", body, RekindleTest.ADMIN_KEY)
                        .statusCode())
                .isEqualTo(201);
        var analyst = keys.create("an analyst of notes", Set.of(Role.ANALYST)).secret();
        var planner = keys.create("a planner of notes", Set.of(Role.PLANNER)).secret();
        var search = "{\"address\":\"noted@http.example\"}";
        for (var path : List.of("/api/suppressions?limit=200&reason=manual", "/api/suppressions/search")) {
            var method = path.endsWith("search") ? "POST" : "GET";
            assertThat(send(method, path, method.equals("POST") ? search : "", analyst)
                            .body())
                    .contains("\"hasNote\":true")
                    .doesNotContain("Zxnoted");
            assertThat(looks("key:a planner of notes")).isEmpty();
        }
        assertThat(looks("key:an analyst of notes")).isEmpty();
        assertThat(send("POST", "/api/suppressions/search", search, planner).body())
                .contains("Zxnoted");
        assertThat(looks("key:a planner of notes"))
                .containsExactly("POST /api/suppressions/search suppression notes null");
    }

    @Test
    void whoeverIsShownAProofIsWrittenDownWithTheReason() throws Exception {
        var batch =
                people.batch().identify().by(Identifier.Type.USER_ID, "http-2").end();
        for (var tail : tails) transaction.executeWithoutResult(status -> tail.process(batch));
        var id = people.id(Identifier.Type.USER_ID, "http-2");
        var path = "/api/customers/" + id + "/consent";
        var planner = keys.create("a planner of proofs", Set.of(Role.PLANNER)).secret();
        assertThat(send("GET", path, "", planner).statusCode()).isEqualTo(200);
        assertThat(looks("key:a planner of proofs")).as("nothing was shown").isEmpty();
        var body = """
                {"purpose":"marketing","channel":"email","granted":true,"proof":"a form signed Zxproof"}""";
        assertThat(send("PUT", path, body, planner).statusCode()).isEqualTo(200);
        assertThat(send("GET", path, "", planner).body()).contains("Zxproof");
        assertThat(looks("key:a planner of proofs"))
                .containsExactly("GET /api/customers/{id}/consent consent.proof " + id);
    }

    private List<String> looks(String actor) {
        return jdbc.sql(
                        "select what, array_to_string(fields, ',') as fields, customer_id from person_accesses where actor = :actor order by id")
                .param("actor", actor)
                .query((row, n) -> "%s %s %s"
                        .formatted(row.getString("what"), row.getString("fields"), row.getString("customer_id")))
                .list();
    }

    private HttpResponse<String> send(String method, String path, String body, String key)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String code(HttpResponse<String> answer) {
        return json.readTree(answer.body()).get("code").stringValue();
    }
}
