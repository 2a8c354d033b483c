package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.Role;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A shop's till, an app and a file disagree about a customer; a rule says whose word stands. */
@RekindleTest
// A server of its own: a rule holds for everybody's trait of that name.
@TestPropertySource(properties = "rekindle.warehouse.threads=2")
class TraitRulesOverHttpTest {
    private static int runs;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identifiers identifiers;
    private final Sources sources;
    private final ApiKeys keys;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final String mark = "th" + ++runs;
    private int till;
    private int app;

    @SuppressWarnings("NullAway.Init")
    private String tillKey;

    @SuppressWarnings("NullAway.Init")
    private String appKey;

    TraitRulesOverHttpTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identifiers identifiers,
            @Autowired Sources sources,
            @Autowired ApiKeys keys,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identifiers = identifiers;
        this.sources = sources;
        this.keys = keys;
        this.warehouse = warehouse;
        this.jdbc = jdbc;
    }

    @BeforeEach
    void twoSources() {
        till = sources.create(mark + " till", List.of()).id();
        app = sources.create(mark + " app", List.of()).id();
        tillKey = sources.createKey(till).secret();
        appKey = sources.createKey(app).secret();
    }

    @AfterEach
    void noRules() throws Exception {
        for (var rule : send("GET", "/api/trait-rules", null, 200).path("items"))
            send("DELETE", "/api/trait-rules/" + rule.path("trait").asString(), null, 204);
    }

    @Test
    void aRuleIsTriedPutInForceSeenAndTakenAway() throws Exception {
        var city = mark + "_city";
        say(tillKey, "2026-02-01T08:00:00Z", "\"%s\":\"Oslo\"".formatted(city));
        say(appKey, "2026-02-02T08:00:00Z", "\"%s\":\"Rome\"".formatted(city));
        var before = trait(city);
        assertThat(before.path("value").asString()).isEqualTo("Rome");
        assertThat(before.path("rule").asString()).isEqualTo("last");
        assertThat(before.path("rank").isNull()).isTrue();
        assertThat(before.path("others").toString())
                .isEqualTo("[{\"value\":\"Oslo\",\"at\":\"2026-02-01T08:00:00Z\",\"sourceId\":%d}]".formatted(till));
        assertThat(members(city, "Rome")).isEqualTo(1);

        var path = "/api/trait-rules/" + city;
        var ranking = "{\"sources\":[%d]}".formatted(till);
        assertThat(send("POST", path + "/dry-run", ranking, 200).toString())
                .isEqualTo("{\"customers\":1,\"contested\":1,\"changing\":1}");
        assertThat(trait(city).path("value").asString()).as("only tried").isEqualTo("Rome");
        var rule = send("PUT", path, ranking, 200);
        assertThat(rule.path("sources").toString())
                .isEqualTo("[{\"id\":%d,\"name\":\"%s till\"}]".formatted(till, mark));
        var after = trait(city);
        assertThat(after.path("value").asString()).isEqualTo("Oslo");
        assertThat(after.path("sourceId").asInt()).isEqualTo(till);
        assertThat(after.path("rule").asString()).isEqualTo("sources");
        assertThat(after.path("rank").asInt()).isEqualTo(1);
        assertThat(after.path("others").path(0).path("value").asString()).isEqualTo("Rome");
        assertThat(members(city, "Oslo")).isEqualTo(1);
        assertThat(members(city, "Rome")).isZero();
        assertThat(send("POST", path + "/dry-run", "{}", 200).path("changing").asInt())
                .as("what taking it away would do")
                .isEqualTo(1);

        // Later words of others do not count; the till's own does, and its null lets the next stand.
        say(appKey, "2026-02-03T08:00:00Z", "\"%s\":\"Lyon\"".formatted(city));
        assertThat(trait(city).path("value").asString()).isEqualTo("Oslo");
        say(tillKey, "2026-02-04T08:00:00Z", "\"%s\":null".formatted(city));
        assertThat(trait(city).path("value").asString()).isEqualTo("Lyon");
        assertThat(trait(city).path("rank").isNull()).isTrue();
        assertThat(trait(city).path("others").path(0).path("value").isNull()).isTrue();
        assertThat(members(city, "Lyon")).isEqualTo(1);
        say(tillKey, "2026-02-05T08:00:00Z", "\"%s\":\"Bern\"".formatted(city));
        assertThat(trait(city).path("value").asString()).isEqualTo("Bern");

        assertThat(send("GET", "/api/trait-rules", null, 200)
                        .path("items")
                        .valueStream()
                        .map(one -> one.path("trait").asString()))
                .containsExactly(city);
        send("DELETE", path, null, 204);
        assertThat(trait(city).path("value").asString()).as("said last").isEqualTo("Bern");
        assertThat(send("DELETE", path, null, 404).path("code").asString()).isEqualTo("trait_rule_unknown");
        var versions = send("GET", path + "/versions", null, 200).path("items");
        assertThat(versions.valueStream().map(one -> one.path("sources").size()))
                .containsExactly(0, 1);
        assertThat(versions.path(0).path("changedBy").asString()).isNotBlank();
        assertThat(send("GET", "/api/audit", null, 200)
                        .path("items")
                        .valueStream()
                        .filter(entry -> entry.path("thing").asString().equals("trait " + city))
                        .map(entry -> entry.path("action").asString()))
                .containsExactly("trait.rule_dropped", "trait.rule_set");
    }

    @Test
    void aPersonalFieldGoesByItsRuleAndWhatOthersSaidIsMaskedForWhomItMustBe() throws Exception {
        say(tillKey, "2026-02-01T08:00:00Z", "\"firstName\":\"Annabel\",\"email\":\"till@%s.example\"".formatted(mark));
        say(appKey, "2026-02-02T08:00:00Z", "\"firstName\":\"Ann\",\"email\":\"app@%s.example\"".formatted(mark));
        assertThat(trait("firstName").path("value").asString()).isEqualTo("Ann");
        assertThat(reachable()).isEqualTo(address("app@%s.example".formatted(mark)));
        for (var name : List.of("first_name", "email"))
            send("PUT", "/api/trait-rules/" + name, "{\"sources\":[%d]}".formatted(till), 200);
        assertThat(trait("firstName").path("value").asString()).isEqualTo("Annabel");
        assertThat(reachable()).as("who is written to").isEqualTo(address("till@%s.example".formatted(mark)));
        assertThat(send("GET", "/api/customers/" + who(), null, 200).toString()).contains("\"Ann\"");
        var analyst =
                keys.create("trait rules: an analyst", Set.of(Role.ANALYST)).secret();
        var masked = send(analyst, "GET", "/api/customers/" + who(), null, 200).toString();
        assertThat(masked).doesNotContain("Annabel", "\"Ann\"", "till@", "app@").contains("A***");
    }

    @Test
    void everyFaultOfARuleIsToldAtItsPlace() throws Exception {
        var answer = send("PUT", "/api/trait-rules/city", "{\"sources\":[%d,987654,%d]}".formatted(till, till), 422);
        assertThat(answer.path("code").asString()).isEqualTo("trait_rule_invalid");
        assertThat(answer.path("errors")
                        .valueStream()
                        .map(fault -> fault.path("place").asString() + " "
                                + fault.path("code").asString()))
                .containsExactly("sources[1] trait_rule_source", "sources[2] trait_rule_twice");
        assertThat(fault("city", "{}")).isEqualTo("trait_rule_empty");
        assertThat(fault("computed.views", "{\"sources\":[%d]}".formatted(till)))
                .isEqualTo("trait_rule_computed");
        assertThat(fault("x".repeat(201), "{\"sources\":[%d]}".formatted(till))).isEqualTo("trait_rule_name");
        assertThat(send("GET", "/api/trait-rules/never_ruled/versions", null, 404)
                        .path("code")
                        .asString())
                .isEqualTo("trait_rule_unknown");
        var viewer = keys.create("trait rules: a viewer", Set.of(Role.VIEWER)).secret();
        send(viewer, "GET", "/api/trait-rules", null, 200);
        send(viewer, "PUT", "/api/trait-rules/city", "{\"sources\":[%d]}".formatted(till), 403);
    }

    /** Rows of before sources were kept: the one who said so last is known in PostgreSQL alone, and the history is told. */
    @Test
    void whatWasSaidBeforeSourcesWereKeptCountsAsSaidByWhoSaidItLast() throws Exception {
        var city = mark + "_old";
        var id =
                identifiers.of(Identifier.Type.USER_ID, mark).orElseThrow().id().value();
        say(appKey, "2026-02-09T08:00:00Z", "\"%s_other\":1".formatted(mark));
        warehouse.append("trait_changes", mark, Rows.written(rows -> {
            for (var value : List.of("\"Oslo\"", "\"Rome\""))
                rows.value(id)
                        .value(city)
                        .value(value)
                        .value(Instant.parse(value.contains("Rome") ? "2026-01-02T08:00:00Z" : "2026-01-01T08:00:00Z"))
                        .value(value.contains("Rome") ? 2L : 1L)
                        .missing()
                        .end();
        }));
        jdbc.sql("""
                        insert into traits (customer_id, identity_id, trait, value, set_at, seq, source_id)
                        values (:id, :id, :trait, '"Rome"', '2026-01-02T08:00:00Z', 2, :app)
                        """).param("id", id).param("trait", city).param("app", app).update();
        say(tillKey, "2026-01-01T20:00:00Z", "\"%s\":\"Lyon\"".formatted(city));
        assertThat(trait(city).path("value").asString()).isEqualTo("Rome");
        assertThat(history(city)).containsExactly("\"Rome\"");
        send("PUT", "/api/trait-rules/" + city, "{\"sources\":[%d]}".formatted(app), 200);
        assertThat(trait(city).path("value").asString()).isEqualTo("Rome");
        assertThat(history(city)).containsExactly("\"Rome\"");
        send("PUT", "/api/trait-rules/" + city, "{\"sources\":[%d]}".formatted(till), 200);
        assertThat(trait(city).path("value").asString()).isEqualTo("Lyon");
        assertThat(history(city)).containsExactly("\"Lyon\"");
    }

    /** The history was not told of the repetition, for nobody else spoke then; it is once the other is found to be the same. */
    @Test
    void whatWasRepeatedOutweighsWhatAnotherIdentifierSaidBeforeInBothStores() throws Exception {
        var city = mark + "_same";
        var other = mark + "-other";
        say(tillKey, "2026-02-01T08:00:00Z", "\"%s\":\"Oslo\"".formatted(city));
        say(tillKey, "2026-02-05T08:00:00Z", "\"%s\":\"Oslo\"".formatted(city));
        post(
                tillKey,
                "identify",
                "{\"userId\":\"%s\",\"timestamp\":\"2026-02-03T08:00:00Z\",\"traits\":{\"%s\":\"Rome\"}}"
                        .formatted(other, city));
        assertThat(words(city)).isEqualTo(2);
        var merged = send(
                "POST",
                "/api/identity/merges",
                "{\"customerId\":\"%s\",\"otherCustomerId\":\"%s\"}"
                        .formatted(
                                who(),
                                identifiers
                                        .of(Identifier.Type.USER_ID, other)
                                        .orElseThrow()
                                        .id()),
                200);
        tails.awaitAll(log.lastSeq());
        say(tillKey, "2026-02-06T08:00:00Z", "\"%s_any\":1".formatted(mark));
        assertThat(trait(city).path("value").asString()).isEqualTo("Oslo");
        assertThat(warehouse.query(
                        Sql.of("select value from traits_now where trait = ?", city), row -> row.text("value")))
                .containsExactly("\"Oslo\"");
        send(
                "POST",
                "/api/identity/merges/%d/undo".formatted(merged.path("number").asLong()),
                "",
                200);
        tails.awaitAll(log.lastSeq());
        assertThat(warehouse.query(
                        Sql.of("select value from traits_now where trait = ? order by value", city),
                        row -> row.text("value")))
                .containsExactly("\"Oslo\"", "\"Rome\"");
    }

    private long words(String trait) {
        return warehouse
                .first(
                        Sql.of("select count(*) as n from trait_changes where trait = ?", trait),
                        row -> row.longValue("n"))
                .orElseThrow();
    }

    @Test
    void aComputedTraitIsWorkedOutAndNoSourceSaysIt() throws Exception {
        say(tillKey, "2026-02-01T08:00:00Z", "\"%s_any\":1".formatted(mark));
        for (int i = 1; i <= 3; i++) track(tillKey, "2026-02-0%dT08:00:00Z".formatted(i), mark + " Seen");
        var name = mark + "_seen";
        send(
                "POST",
                "/api/computed-traits",
                "{\"name\":\"%s\",\"measure\":\"count\",\"event\":\"%s Seen\"}".formatted(name, mark),
                201);
        var trait = trait("computed." + name);
        assertThat(trait.path("value").asInt()).isEqualTo(3);
        assertThat(trait.path("rule").asString()).isEqualTo("computed");
        assertThat(trait.path("others")).isEmpty();
        track(appKey, "2026-02-04T08:00:00Z", mark + " Seen");
        send("POST", "/api/computed-traits/refresh", "{}", 200);
        assertThat(trait("computed." + name).path("value").asInt()).isEqualTo(4);
        assertThat(history("computed." + name)).containsExactly("4");
        send("DELETE", "/api/computed-traits/" + name, null, 204);
    }

    private List<String> history(String trait) {
        return warehouse.query(
                Sql.of("select value from traits_now where trait = ? and customer_id = ?", trait, who().value()),
                row -> row.text("value"));
    }

    private String fault(String trait, String body) throws Exception {
        return send("PUT", "/api/trait-rules/" + trait, body, 422)
                .path("errors")
                .path(0)
                .path("code")
                .asString();
    }

    private CustomerId who() {
        return identifiers.of(Identifier.Type.USER_ID, mark).orElseThrow().id();
    }

    private long address(String mail) {
        return identifiers.of(Identifier.Type.EMAIL, mail).orElseThrow().id().value();
    }

    private long reachable() {
        return jdbc.sql("select address_hash from reachable_customers where customer_id = :id and channel = 'email'")
                .param("id", who().value())
                .query(Long.class)
                .single();
    }

    private JsonNode trait(String name) throws Exception {
        return send("GET", "/api/customers/" + who(), null, 200)
                .path("traits")
                .valueStream()
                .filter(trait -> trait.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private long members(String trait, String value) throws Exception {
        return send(
                        "POST",
                        "/api/segments/preview",
                        "{\"rule\":{\"trait\":\"%s\",\"is\":\"equals\",\"value\":\"%s\"}}".formatted(trait, value),
                        200)
                .path("count")
                .asLong(-1);
    }

    private void say(String key, String at, String traits) throws Exception {
        post(key, "identify", "{\"userId\":\"%s\",\"timestamp\":\"%s\",\"traits\":{%s}}".formatted(mark, at, traits));
    }

    private void track(String key, String at, String event) throws Exception {
        post(key, "track", "{\"userId\":\"%s\",\"timestamp\":\"%s\",\"event\":\"%s\"}".formatted(mark, at, event));
    }

    private void post(String key, String type, String body) throws Exception {
        var authorization = "Basic " + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/%s".formatted(port, type)))
                        .header("Authorization", authorization)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
    }

    private JsonNode send(String method, String path, @Nullable String body, int status) throws Exception {
        return send(RekindleTest.ADMIN_KEY, method, path, body, status);
    }

    private JsonNode send(String key, String method, String path, @Nullable String body, int status) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isEqualTo(status);
        return answer.body().isEmpty() ? json.nullNode() : json.readTree(answer.body());
    }
}
