package io.rekindle.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** FEBRL's data set 3 (5,000 records of 2,000 people, with typing errors) comes in as customers of a source of its own. */
@RekindleTest
class ProbableMatchesTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final ProbableMatches matches;

    ProbableMatchesTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc,
            @Autowired ProbableMatches matches) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.warehouse = warehouse;
        this.jdbc = jdbc;
        this.matches = matches;
    }

    @Test
    void febrlsPeopleAreFoundMergedAndTakenApartAgainExactly() throws Exception {
        var file = Path.of(System.getProperty("rekindle.root")).resolve("../shared/data/febrl/dataset3.csv");
        assumeTrue(Files.exists(file), "FEBRL's data set 3 is not there: " + file);
        var rows = Files.readAllLines(file).stream()
                .map(line -> List.of(line.split(",", -1)))
                .toList();
        var source = send("POST", "/api/sources", "{\"name\":\"febrl\"}", 201);
        int sourceId = source.at("/source/id").asInt();
        bring(rows, source.path("secret").asString());
        var people = new ArrayList<CustomerId>();
        var person = new HashMap<CustomerId, String>();
        for (var row : rows.subList(1, rows.size())) {
            var id = identities.find(Identifier.Type.USER_ID, row.getFirst()).orElseThrow();
            people.add(id);
            person.put(id, row.getFirst().split("-")[1]);
        }
        lap("brought");
        var start = state(people);
        lap("state");
        assertThat(people).doesNotHaveDuplicates();

        send("PUT", "/api/identity/rules", rules(.5), 200);
        try {
            var search = send("POST", "/api/identity/searches", "{\"sourceId\":" + sourceId + "}", 202);
            search = ended(search.path("id").asLong());
            assertThat(search.path("state").asString()).as(search.toString()).isEqualTo("done");
            lap("searched");
            assertThat(search.path("customers").asInt()).isEqualTo(5_000);
            var some =
                    send("GET", "/api/identity/candidates?limit=500", "", 200).path("items");
            assertThat(some.get(0).path("evidence").toString()).contains("bits");
            for (var row : rows.subList(1, 200))
                for (var value : List.of(
                        row.get(2).strip(), row.get(9).strip(), row.get(10).strip()))
                    if (value.length() > 6)
                        assertThat(some.toString())
                                .as("evidence holds no values")
                                // Ids and weights are long numbers, and among many some have these digits within.
                                .doesNotContainPattern("(?<!\\d)" + Pattern.quote(value) + "(?!\\d)");

            // One pair is two people to whoever looks at it: it is not proposed again.
            var rejected = some.valueStream()
                    .max(Comparator.comparingLong(
                            c -> Long.parseLong(c.path("rightId").asString())))
                    .orElseThrow();
            send(
                    "POST",
                    "/api/identity/candidates/reject",
                    "{\"ids\":[" + rejected.path("id").asLong() + "]}",
                    200);
            var accepted = send("POST", "/api/identity/candidates/accept", "{\"from\":0.5}", 200);
            assertThat(accepted.path("open").asLong()).isZero();
            var f1 = f1(people, person);
            lap("accepted");
            System.out.printf(
                    "FEBRL3: %d candidates accepted, pairwise F1 %.4f%n",
                    accepted.path("decided").asInt(), f1);
            assertThat(f1).isGreaterThanOrEqualTo(.98);
            assertThat(findingsOf(people)).isEmpty();
            lap("checked");

            var undone = send(
                    "POST",
                    "/api/identity/merges/undo",
                    "{\"rule\":\"probable_match\",\"from\":\"2026-01-01T00:00:00Z\"}",
                    200);
            lap("undone");
            assertThat(undone.path("undone").asInt())
                    .isEqualTo(accepted.path("decided").asInt());
            assertThat(state(people)).isEqualTo(start);
            lap("compared");
            assertThat(findingsOf(people)).isEmpty();
            var decided = pairs("accepted");
            decided.addAll(pairs("rejected"));
            var other = stronger(rejected.path("rightId").asString());
            send(
                    "POST",
                    "/api/identity/merges",
                    "{\"customerId\":\"%s\",\"otherCustomerId\":\"%s\"}"
                            .formatted(other, rejected.path("rightId").asString()),
                    200);
            decided.add(Set.of(other, rejected.path("leftId").asString()));
            var after = ended(send("POST", "/api/identity/searches", "{\"sourceId\":" + sourceId + "}", 202)
                    .path("id")
                    .asLong());
            assertThat(after.path("found").asInt()).isPositive();
            assertThat(pairs("open"))
                    .as("what was rejected or taken apart is not proposed again, also under another id; what it hid is")
                    .hasSizeGreaterThanOrEqualTo(after.path("found").asInt())
                    .doesNotContainAnyElementsOf(decided);
        } finally {
            send("PUT", "/api/identity/rules", rules(.9), 200);
        }
    }

    /** Somebody new whose id stays when they are merged with this customer. */
    private String stronger(String than) throws Exception {
        var items = json.createArrayNode();
        for (int i = 0; i < 40; i++)
            items.addObject()
                    .put("type", "identify")
                    .put("messageId", "febrl-other-" + i)
                    .put("userId", "febrl-other-" + i);
        post(json.createObjectNode().set("batch", items).toString(), RekindleTest.WRITE_KEY);
        for (int i = 0; i < 40; i++) {
            var id =
                    identities.find(Identifier.Type.USER_ID, "febrl-other-" + i).orElseThrow();
            if (id.value() < Long.parseLong(than)) return id.toString();
        }
        throw new AssertionError("none of forty random ids is smaller than " + than);
    }

    /** All candidates in a state: the two customers of each. */
    private Set<Set<String>> pairs(String state) throws Exception {
        var pairs = new HashSet<Set<String>>();
        for (var cursor = "0"; cursor != null; ) {
            var page = send("GET", "/api/identity/candidates?limit=500&state=" + state + "&cursor=" + cursor, "", 200);
            for (var one : page.path("items"))
                pairs.add(Set.of(
                        one.path("leftId").asString(), one.path("rightId").asString()));
            cursor = page.path("nextCursor").isNull()
                    ? null
                    : page.path("nextCursor").asString();
        }
        return pairs;
    }

    /** As the server's end leaves it right after a decision, and what another piece of evidence then does. */
    @Test
    void whatWasDecidedIsCarriedOutAfterAKillAndARejectedPairIsNotJoinedByWayOfAThird() throws Exception {
        post("""
                {"batch":[
                  {"type":"identify","messageId":"pm-1","traits":{"email":"one@probable.example"}},
                  {"type":"identify","messageId":"pm-2","traits":{"phone":"+4930901771"}},
                  {"type":"identify","messageId":"pm-3","traits":{"email":"three@probable.example"}},
                  {"type":"identify","messageId":"pm-4","traits":{"phone":"+4930901774"}},
                  {"type":"identify","messageId":"pm-5","traits":{"email":"five@probable.example"}},
                  {"type":"identify","messageId":"pm-6","traits":{"phone":"+4930901776"}}]}
                """, RekindleTest.WRITE_KEY);
        var one = candidate(Identifier.Type.EMAIL, "one@probable.example", "+4930901771", "accepted");
        var two = candidate(Identifier.Type.EMAIL, "three@probable.example", "+4930901774", "automatic");
        candidate(Identifier.Type.EMAIL, "five@probable.example", "+4930901776", "rejected");
        matches.settleFromTheStart();
        matches.run("settle");
        assertThat(identities.find(Identifier.Type.PHONE, "+4930901771")).hasValue(one);
        assertThat(identities.find(Identifier.Type.PHONE, "+4930901774")).hasValue(two);

        // Somebody takes them apart: what was decided before is not done again.
        for (var person : List.of(one, two)) {
            var merge = send("GET", "/api/identity/merges?rule=probable_match&customer=" + person, "", 200)
                    .at("/items/0/number")
                    .asLong();
            send("POST", "/api/identity/merges/" + merge + "/undo", "", 200);
        }
        matches.settle();
        assertThat(identities.find(Identifier.Type.PHONE, "+4930901771").orElseThrow())
                .isNotEqualTo(one);

        post("""
                {"batch":[
                  {"type":"track","messageId":"pm-7","event":"Seen","anonymousId":"pm-device","context":{"traits":{"email":"five@probable.example"}}},
                  {"type":"track","messageId":"pm-8","event":"Seen","anonymousId":"pm-device","context":{"traits":{"phone":"+4930901776"}}}]}
                """, RekindleTest.WRITE_KEY);
        assertThat(identities.find(Identifier.Type.PHONE, "+4930901776").orElseThrow())
                .as("joined by a device they both came with")
                .isNotEqualTo(identities
                        .find(Identifier.Type.EMAIL, "five@probable.example")
                        .orElseThrow());
    }

    /** The person of the address; the other one has the number. */
    private CustomerId candidate(Identifier.Type type, String address, String number, String state) {
        var left = identities.find(type, address).orElseThrow();
        jdbc.sql("""
                        insert into identity_candidates
                            (left_id, left_type, right_id, right_type, probability, evidence, state, found_at, decided_at, decided_by)
                        values (:left, 'email', :right, 'phone', .9, '[]', :state, now(), now(), 'test')
                        """)
                .param("left", left.value())
                .param(
                        "right",
                        identities
                                .find(Identifier.Type.PHONE, number)
                                .orElseThrow()
                                .value())
                .param("state", state)
                .update();
        return left;
    }

    private void post(String body, String key) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                        .header(
                                "Authorization",
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString((key + ":").getBytes(StandardCharsets.UTF_8)))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
    }

    private long from = System.nanoTime();

    private void lap(String what) {
        System.out.printf("FEBRL3 %s: %.1f s%n", what, (System.nanoTime() - from) / 1e9);
        from = System.nanoTime();
    }

    /** What the checker finds about these people; others' tests hand events to single tails. */
    private List<String> findingsOf(List<CustomerId> people) throws Exception {
        var report = send("GET", "/api/identity/check", "", 200);
        assertThat(report.path("identifiers").asLong()).isGreaterThanOrEqualTo(people.size());
        var ids = new java.util.HashSet<String>();
        for (var id : people) ids.add(id.toString());
        return report.path("findings")
                .valueStream()
                .filter(f -> f.path("examples").valueStream().anyMatch(e -> ids.contains(e.asString())))
                .map(JsonNode::toString)
                .toList();
    }

    /** The rules with another least probability for the queue. */
    private String rules(double review) throws Exception {
        var rules = (ObjectNode) send("GET", "/api/identity/rules", "", 200);
        ((ObjectNode) rules.path("document").path("probable")).put("review", review);
        return rules.path("document").toString();
    }

    /** Through the first door, 500 people a call. */
    private void bring(List<List<String>> rows, String key) throws Exception {
        var names = rows.getFirst().stream().map(String::strip).toList();
        for (int from = 1; from < rows.size(); from += 500) {
            var batch = json.createObjectNode();
            var items = batch.putArray("batch");
            for (var row : rows.subList(from, Math.min(rows.size(), from + 500))) {
                var item = items.addObject();
                item.put("type", "identify")
                        .put("messageId", "febrl-" + row.getFirst())
                        .put("userId", row.getFirst());
                var traits = item.putObject("traits");
                for (int c = 1; c < names.size(); c++)
                    if (!row.get(c).isBlank())
                        traits.put(names.get(c), row.get(c).strip());
            }
            post(batch.toString(), key);
        }
    }

    private JsonNode ended(long search) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (true) {
            var now = send("GET", "/api/identity/searches/" + search, "", 200);
            if (!now.path("endedAt").isNull() || System.nanoTime() > end) return now;
            java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
        }
    }

    private double f1(List<CustomerId> people, Map<CustomerId, String> person) {
        var found = new HashMap<Object, Long>();
        var real = new HashMap<Object, Long>();
        var both = new HashMap<Object, Long>();
        identities.canonical(people).forEach((id, customer) -> {
            found.merge(customer, 1L, Long::sum);
            real.merge(person.getOrDefault(id, ""), 1L, Long::sum);
            both.merge(List.of(customer, person.getOrDefault(id, "")), 1L, Long::sum);
        });
        double right = pairs(both);
        return 2 * right / (pairs(found) + pairs(real));
    }

    private static double pairs(Map<Object, Long> groups) {
        return groups.values().stream().mapToLong(n -> n * (n - 1) / 2).sum();
    }

    /** Everything that is kept of these people in either store, by person. */
    private Map<String, Object> state(List<CustomerId> people) {
        var state = new TreeMap<String, Object>();
        var canonical = identities.canonical(people);
        people.forEach(id -> state.put("customer of " + id, canonical.get(id)));
        var ids = people.stream().map(CustomerId::value).toArray(Long[]::new);
        for (var sql : List.of(
                "select customer_id, id || type as what, first_seen::text as value from identifiers",
                "select customer_id, identity_id || trait as what, value::text || set_at || seq || standing as value from traits",
                "select customer_id, identity_id || field as what, fingerprint || ' ' || set_at || seq || standing as value from personal_fields",
                "select customer_id, '' as what, first_seen || ' ' || last_seen || known as value from customers"))
            jdbc.sql(sql + " where customer_id = any (:ids)").param("ids", ids).query(row -> {
                state.put(
                        sql.substring(sql.lastIndexOf(' ')) + " " + row.getLong("customer_id") + " "
                                + row.getString("what"),
                        row.getString("value"));
            });
        var traits = new TreeMap<String, String>();
        warehouse.stream(
                Sql.of(
                        "select customer_id, trait, value, valid_from from traits_now where customer_id in (select cast(unnest(cast(? as varchar[])) as bigint))",
                        people.stream().map(CustomerId::toString).toList()),
                row -> traits.put(
                        row.longValue("customer_id") + row.text("trait"),
                        row.text("value") + row.instant("valid_from")));
        state.put("history", traits);
        return state;
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
