package io.rekindle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two people of a whole server become one and two again: everything that is told of them is compared. */
@RekindleTest
class UnMergeTest {
    private static final long RUN = 4_040_404L;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;

    UnMergeTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.warehouse = warehouse;
        this.jdbc = jdbc;
    }

    @Test
    void anUnMergeGivesBothBackAsTheyWereAndNewEventsGoToTheRightOne() throws Exception {
        intake("""
                {"type":"track","messageId":"um-1","anonymousId":"um-device","event":"Product Viewed","properties":{"product_id":"p"},
                 "timestamp":"2026-02-01T08:00:00Z"},
                {"type":"identify","messageId":"um-2","userId":"um-ann","anonymousId":"um-device","timestamp":"2026-02-02T08:00:00Z",
                 "traits":{"email":"Ann@unmerge.example","firstName":"Ann","um_city":"Lyon","um_level":1,"consent":{"email":true}}},
                {"type":"track","messageId":"um-3","userId":"um-ann","event":"Order Completed","timestamp":"2026-02-03T08:00:00Z",
                 "properties":{"order_id":"um-o1","total":50,"currency":"EUR"}},
                {"type":"identify","messageId":"um-4","timestamp":"2026-02-04T08:00:00Z",
                 "traits":{"email":"bob@unmerge.example","phone":"+4930901899","firstName":"Bob","um_city":"Nice","um_tongue":"fr",
                  "consent":{"email":false}}},
                {"type":"track","messageId":"um-5","event":"Order Completed","timestamp":"2026-02-05T08:00:00Z","context":{"traits":{"email":"bob@unmerge.example"}},
                 "properties":{"order_id":"um-o2","total":70,"currency":"EUR"}}""");
        var ann = customer(Identifier.Type.USER_ID, "um-ann");
        var bob = customer(Identifier.Type.EMAIL, "bob@unmerge.example");
        drawn(ann, "treatment", bob, "holdout");
        written(ann, bob);
        var annBefore = told(ann);
        var bobBefore = told(bob);
        assertThat(annBefore.get("profile")).contains("Ann", "Lyon", "um-o1").doesNotContain("Nice", "um-o2");
        var cities = "{'any':[{'trait':'um_city','is':'equals','value':'Lyon'},{'trait':'um_tongue','is':'exists'}]}";
        assertThat(members(cities)).isEqualTo(2);

        var merged = send(
                "POST",
                "/api/identity/merges",
                "{\"customerId\":\"%s\",\"otherCustomerId\":\"%s\"}".formatted(ann, bob),
                200);
        assertThat(merged.path("rule").asString()).isEqualTo("by_hand");
        assertThat(merged.path("by").asString()).isNotBlank();
        assertThat(merged.path("winner").asString()).isEqualTo(ann.toString());
        assertThat(identities.canonical(bob)).isEqualTo(ann);
        var both = told(bob);
        assertThat(both).isEqualTo(told(ann));
        assertThat(both.get("profile")).contains("Bob", "Nice", "fr", "um-o1", "um-o2", "um-ann");
        assertThat(both.get("traits")).contains("um_city=\"Nice\"", "um_level=1", "um_tongue=\"fr\"");
        assertThat(both.get("consent")).as("the later plain statement").contains("email=false");
        assertThat(both.get("contacts")).isEqualTo("3");
        assertThat(both.get("arms")).isEqualTo("1 contaminated");
        assertThat(members(cities)).isEqualTo(1);
        assertThat(members("{'trait':'um_city','is':'equals','value':'Lyon'}")).isZero();
        assertThat(send(
                                "POST",
                                "/api/identity/merges",
                                "{\"customerId\":\"%s\",\"otherCustomerId\":\"%s\"}".formatted(ann, bob),
                                409)
                        .path("code")
                        .asString())
                .isEqualTo("identity_already_one");

        // While they are one, both go on.
        intake("""
                {"type":"identify","messageId":"um-6","userId":"um-ann","timestamp":"2026-02-10T08:00:00Z","traits":{"um_level":2}},
                {"type":"track","messageId":"um-7","event":"Order Completed","timestamp":"2026-02-11T08:00:00Z","context":{"traits":{"phone":"+4930901899"}},
                 "properties":{"order_id":"um-o3","total":30,"currency":"EUR"}}""");
        assertThat(told(ann).get("profile")).contains("um-o3");

        var path = "/api/identity/merges/" + merged.path("number").asLong();
        var undone = send("POST", path + "/undo", "", 200);
        assertThat(undone.path("undoneAt").asString()).isNotBlank();
        assertThat(send("POST", path + "/undo", "", 409).path("code").asString())
                .isEqualTo("identity_merge_undone");
        assertThat(send("POST", "/api/identity/merges/999999999/undo", "", 404)
                        .path("code")
                        .asString())
                .isEqualTo("identity_merge_not_found");
        var annAfter = told(ann);
        var bobAfter = told(bob);
        assertThat(annAfter.get("profile")).contains("um-o1").doesNotContain("um-o2", "um-o3", "Bob", "Nice");
        assertThat(bobAfter.get("profile")).contains("um-o2", "um-o3").doesNotContain("um-o1", "Ann", "Lyon");
        for (var part : List.of("consent", "arms", "reachable", "contacts"))
            for (var pair : List.of(List.of(annBefore, annAfter), List.of(bobBefore, bobAfter)))
                assertThat(pair.getLast().get(part))
                        .as(part)
                        .isEqualTo(pair.getFirst().get(part));
        assertThat(annAfter.get("traits"))
                .isEqualTo(annBefore.getOrDefault("traits", "").replace("um_level=1", "um_level=2"));
        assertThat(bobAfter.get("traits")).isEqualTo(bobBefore.get("traits"));
        assertThat(members(cities)).isEqualTo(2);
        assertThat(members("{'trait':'um_city','is':'equals','value':'Lyon'}")).isEqualTo(1);

        // The same evidence, and other evidence for the same, does not join them again; a person may.
        intake("""
                {"type":"track","messageId":"um-8","userId":"um-ann","event":"Product Viewed","context":{"traits":{"email":"bob@unmerge.example"}}},
                {"type":"track","messageId":"um-9","userId":"um-ann","event":"Product Viewed","context":{"traits":{"phone":"+4930901899"}}}""");
        assertThat(identities.canonical(bob)).isEqualTo(bob);
        var refused = send("GET", "/api/identity/conflicts", "", 200).path("items");
        assertThat(refused.valueStream()
                        .filter(c -> c.path("reason").asString().equals("separated")
                                && c.path("refusedCustomerId").asString().equals(ann.toString())))
                .hasSize(2);
        assertThat(told(bob)).isEqualTo(bobAfter);
        send(
                "POST",
                "/api/identity/merges",
                "{\"customerId\":\"%s\",\"otherCustomerId\":\"%s\"}".formatted(bob, ann),
                200);
        assertThat(identities.canonical(bob)).isEqualTo(ann);
        var journal = send("GET", "/api/identity/merges?all=true&customer=" + ann, "", 200)
                .path("items");
        assertThat(journal.valueStream()
                        .map(m ->
                                m.path("rule").asString() + (m.path("undoneAt").isNull() ? "" : " undone")))
                .containsExactly("by_hand", "by_hand undone", "same_event", "same_event", "same_event");
    }

    /** Everything that is told of a customer, without the times of the journal's own events. */
    private Map<String, String> told(CustomerId id) throws Exception {
        var told = new TreeMap<String, String>();
        var profile = send("GET", "/api/customers/" + id, "", 200);
        told.put("profile", profile.toString());
        var timeline = new ArrayList<String>();
        for (var entry :
                send("GET", "/api/customers/" + id + "/timeline", "", 200).path("items"))
            if (!entry.path("name").asString("").startsWith("Identities")) timeline.add(entry.toString());
        told.put("timeline", timeline.toString());
        var canonical = identities.canonical(id);
        told.put(
                "traits",
                warehouse
                        .query(
                                Sql.of(
                                        "select trait, value from traits_now where customer_id = ? order by trait",
                                        canonical.value()),
                                row -> row.text("trait") + "=" + row.text("value"))
                        .toString());
        var consent = new ArrayList<String>();
        for (var one : profile.path("consent"))
            consent.add(
                    one.path("channel").asString() + "=" + one.path("granted").asBoolean());
        told.put("consent", consent.toString());
        told.put(
                "reachable",
                Long.toString(count("select count(*) from reachable_customers where customer_id = :id", canonical)));
        told.put("contacts", Long.toString(count("""
                select count(*) from contact_units u left join customer_aliases a on a.alias_id = u.customer_id
                where coalesce(a.customer_id, u.customer_id) = :id
                """, canonical)));
        told.put(
                "arms",
                warehouse
                        .query(
                                Sql.of(
                                        "select count(*) as n, bool_or(contaminated) as mixed from assignments_now where run_id = ? and customer_id = ?",
                                        RUN,
                                        canonical.value()),
                                row -> row.longValue("n")
                                        + (Boolean.TRUE.equals(row.nullableBoolean("mixed"))
                                                ? " contaminated"
                                                : " clean"))
                        .getFirst());
        return told;
    }

    private long count(String sql, CustomerId id) {
        return jdbc.sql(sql).param("id", id.value()).query(Long.class).single();
    }

    /** Two members of one run, drawn for different arms. */
    private void drawn(CustomerId one, String arm, CustomerId other, String otherArm) {
        warehouse.append("decisions", "un-merge-test", Rows.written(rows -> {
            long decision = RUN * 10;
            for (var member : List.of(Map.entry(one, arm), Map.entry(other, otherArm)))
                rows.value(decision++)
                        .value(RUN)
                        .value(RUN)
                        .value(member.getKey().value())
                        .value(true)
                        .missing()
                        .value(member.getValue())
                        .value(0.5)
                        .value("aa")
                        .value(member.getValue().equals("holdout") ? "skip" : "send")
                        .missing()
                        .value("email")
                        .missing()
                        .missing()
                        .missing()
                        .missing()
                        .value(Instant.parse("2026-02-20T08:00:00Z"))
                        .end();
        }));
    }

    private void written(CustomerId ann, CustomerId bob) {
        for (var unit :
                Map.of(RUN * 100, ann, RUN * 100 + 1, ann, RUN * 100 + 2, bob).entrySet())
            jdbc.sql("""
                            insert into contact_units (message_id, customer_id, purpose, taken_at, day, channel, category, state)
                            values (:m, :c, 'marketing', '2026-02-20T08:00:00Z', '2026-02-20', 'email', 'promotion', 'used')
                            """)
                    .param("m", unit.getKey())
                    .param("c", unit.getValue().value())
                    .update();
    }

    private CustomerId customer(Identifier.Type type, String value) {
        return identities.find(type, value).orElseThrow();
    }

    private long members(String rule) throws Exception {
        return send("POST", "/api/segments/preview", "{\"rule\":" + rule.replace('\'', '"') + "}", 200)
                .path("count")
                .asLong(-1);
    }

    private void intake(String items) throws Exception {
        var key = Base64.getEncoder().encodeToString((RekindleTest.WRITE_KEY + ":").getBytes(StandardCharsets.UTF_8));
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                        .header("Authorization", "Basic " + key)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":[" + items + "]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
    }

    private JsonNode send(String method, String path, String body, int status) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return json.readTree(answer.body());
    }
}
