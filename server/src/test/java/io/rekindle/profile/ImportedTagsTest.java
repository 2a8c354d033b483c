package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.identity.Merges;
import io.rekindle.platform.Problem;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tags that come in columns of files and many at once over the API, and how they go again. */
@RekindleTest
class ImportedTagsTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final Imports imports;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Merges merges;
    private final Tags tags;
    private final Profiles profiles;
    private final Warehouse warehouse;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    ImportedTagsTest(
            @LocalServerPort int port,
            @Autowired Imports imports,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Merges merges,
            @Autowired Tags tags,
            @Autowired Profiles profiles,
            @Autowired Warehouse warehouse) {
        this.port = port;
        this.imports = imports;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.merges = merges;
        this.tags = tags;
        this.profiles = profiles;
        this.warehouse = warehouse;
    }

    @Test
    void aFileFillsTagsAndIdentifiersOfAnyTypeAndItsUndoTakesTheTagsBack() throws Exception {
        var club = tag("club_" + mark, "text");
        var score = tag("score_" + mark, "number");
        var first = start("first.csv", """
                customer,tag:%1$s,tag:%2$s,ids.membership_card,ids.till,time
                a-%3$s,gold,7,card-%3$s,4711%3$s,2026-01-01T00:00:00Z
                b-%3$s,silver,many,,,2026-01-01T00:00:00Z
                ,bronze,1,,99%3$s,2026-01-01T00:00:00Z
                ,bronze,1,,,2026-01-01T00:00:00Z
                """.formatted(club, score, mark));
        assertThat(imports.rejects(first, 0, 50).items().stream().map(r -> r.rowNumber() + " " + r.reason()))
                .containsExactly("3 bad_tag_value", "5 no_customer");
        var a = person(Identifier.Type.USER_ID, "a-" + mark);
        assertThat(person(Identifier.Type.MEMBERSHIP_CARD, "CARD " + mark)).isEqualTo(a);
        assertThat(person(Identifier.Type.CUSTOM, "till:4711" + mark)).isEqualTo(a);
        assertBoth(a, Map.of(club, "\"gold\"", score, "7"));
        assertBoth(person(Identifier.Type.CUSTOM, "till:99" + mark), Map.of(club, "\"bronze\"", score, "1"));
        assertThat(profiles.traits(List.of(a)).getOrDefault(a, Map.of()).keySet())
                .as("a tag is no trait")
                .noneMatch(name -> name.startsWith("tag:"));
        assertThat(warehouse
                        .first(
                                Sql.of("select count(*) as n from trait_changes where trait like 'tag:%'"),
                                row -> row.longValue("n"))
                        .orElseThrow())
                .isZero();

        var second = start(
                "second.csv", "customer,tag:%1$s,time\na-%2$s,platinum,2026-01-05T00:00:00Z\n".formatted(club, mark));
        assertBoth(a, Map.of(club, "\"platinum\"", score, "7"));
        imports.undo(second);
        assertBoth(a, Map.of(club, "\"gold\"", score, "7"));
        imports.undo(first);
        assertBoth(a, Map.of());

        assertThatThrownBy(() -> start("unknown.csv", "customer,tag:nobody_made_it\na,1\n"))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.faults().stream().map(Problem.Fault::code))
                                .containsExactly("tag_not_imported"));
        assertThatThrownBy(() -> start("own.csv", "customer,ids.email\na,b@example.com\n"))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.faults().stream().map(Problem.Fault::code))
                                .containsExactly("ids_own_field"));
    }

    @Test
    void noSourceFillsATag() throws Exception {
        var club = tag("site_" + mark, "text");
        intake("{\"type\":\"identify\",\"userId\":\"s-%s\",\"traits\":{\"tag:%s\":\"gold\",\"city\":\"Rome\"}}"
                .formatted(mark, club));
        var who = person(Identifier.Type.USER_ID, "s-" + mark);
        assertBoth(who, Map.of());
        assertThat(profiles.traits(List.of(who)).get(who)).containsOnlyKeys("city");
    }

    @Test
    void manyAtOnceAreSetOnceABatchOrNotAtAll() throws Exception {
        var club = tag("api_" + mark, "text");
        intake(IntStream.range(0, 3)
                .mapToObj(n ->
                        "{\"type\":\"identify\",\"userId\":\"m%1$d-%2$s\",\"traits\":{\"email\":\"m%1$d.%2$s@example.com\"}}"
                                .formatted(n, mark))
                .collect(Collectors.joining(",")));
        var zero = person(Identifier.Type.USER_ID, "m0-" + mark);
        var one = person(Identifier.Type.USER_ID, "m1-" + mark);
        var place = "/api/tags/" + club + "/assignments";
        var good = """
                {"batch":"b1-%2$s","assignments":[{"customerId":"%1$s","value":"gold"},
                 {"type":"email","id":"M1.%2$s@Example.com","value":"silver"}]}""".formatted(zero, mark);
        var wrong = send("POST", place, """
                {"batch":"b0-%2$s","assignments":[{"customerId":"%1$s","value":"gold"},{"customerId":"12345","value":"x"},
                 {"type":"user_id","id":"nobody-%2$s","value":"%3$s"},{"value":"x"}]}""".formatted(zero, mark, "y".repeat(201)), 422);
        assertThat(wrong.get("errors")
                        .valueStream()
                        .map(fault -> fault.get("place").stringValue() + " "
                                + fault.get("code").stringValue()))
                .containsExactly(
                        "assignments[1].customerId tag_customer_unknown",
                        "assignments[2].value tag_value_kind",
                        "assignments[2].id identifier_not_found",
                        "assignments[3] tag_addressee_missing");
        assertBoth(zero, Map.of());

        assertThat(send("POST", place, good, 200).get("changed").intValue()).isEqualTo(2);
        assertBoth(zero, Map.of(club, "\"gold\""));
        assertBoth(one, Map.of(club, "\"silver\""));
        send("PUT", "/api/customers/%s/tags/%s".formatted(zero, club), "{\"value\":\"black\"}", 204);
        assertThat(send("POST", place, good, 200).get("changed").intValue())
                .as("the first answer again")
                .isEqualTo(2);
        assertBoth(zero, Map.of(club, "\"black\""));
        assertThat(send("POST", place, good.replace("silver", "tin"), 409)
                        .get("code")
                        .stringValue())
                .isEqualTo("tag_batch_other");
        send("DELETE", "/api/customers/%s/tags/%s".formatted(zero, club), null, 204);
        assertBoth(zero, Map.of());

        // What is said of one goes with them when they are found to be another, and comes back when they are not.
        var merge = merges.mergeByHand(zero, one);
        tails.awaitAll(log.lastSeq());
        var both = identities.canonical(zero);
        assertThat(identities.canonical(one)).isEqualTo(both);
        merges.undo(merge.link().number());
        tails.awaitAll(log.lastSeq());
        assertBoth(one, Map.of(club, "\"silver\""));
        assertBoth(zero, Map.of());
    }

    @Test
    void aFileThatFillsATagIsCounted() throws Exception {
        var club = tag("counted_" + mark, "text");
        start(
                "counted.csv",
                "customer,tag:%1$s,time\nc1-%2$s,gold,2026-01-01T00:00:00Z\nc2-%2$s,gold,2026-01-03T00:00:00Z\n"
                        .formatted(club, mark));
        var counted = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> send("GET", "/api/tags/" + club, null, 200),
                        tag -> tag.at("/run/covered").longValue()
                                        + tag.at("/run/outside").longValue()
                                == 2);
        assertThat(counted.at("/run/lastSetAt").stringValue()).isEqualTo("2026-01-03T00:00:00Z");
        assertThat(counted.at("/run/values/0").toString()).isEqualTo("{\"value\":\"gold\",\"customers\":2}");
    }

    /** Whichever of two is the one who stays: what was taken away last stays away, what was given last stays. */
    @Test
    void aTagThatWasTakenAwayStaysAwayWhenTwoAreJoined() throws Exception {
        var vip = manual("vip_" + mark);
        intake(IntStream.range(0, 8)
                .mapToObj(n ->
                        "{\"type\":\"identify\",\"userId\":\"j%1$d-%2$s\",\"traits\":{\"email\":\"j%1$d.%2$s@example.com\"}}"
                                .formatted(n, mark))
                .collect(Collectors.joining(",")));
        for (int pair = 0; pair < 4; pair++) {
            var one = person(Identifier.Type.USER_ID, "j%d-%s".formatted(2 * pair, mark));
            var other = person(Identifier.Type.USER_ID, "j%d-%s".formatted(2 * pair + 1, mark));
            boolean given = pair % 2 == 1;
            var first = pair < 2 ? one : other;
            var second = pair < 2 ? other : one;
            give(first, vip, "true");
            give(second, vip, "true");
            give(second, vip, null);
            if (given) give(first, vip, "false");
            merges.mergeByHand(one, other);
            tails.awaitAll(log.lastSeq());
            assertBoth(identities.canonical(one), given ? Map.of(vip, "false") : Map.of());
        }
    }

    @Test
    void aComputedTraitThatWasTakenAwayDoesNotComeBackWithWhoIsParted() throws Exception {
        var name = "gone_" + mark;
        intake(IntStream.range(0, 2)
                .mapToObj(n ->
                        "{\"type\":\"track\",\"event\":\"Gone %2$s\",\"userId\":\"g%1$d-%2$s\"}".formatted(n, mark))
                .collect(Collectors.joining(",")));
        var one = person(Identifier.Type.USER_ID, "g0-" + mark);
        var other = person(Identifier.Type.USER_ID, "g1-" + mark);
        var form = "{\"name\":\"%s\",\"measure\":\"count\",\"event\":\"Gone %s\"}".formatted(name, mark);
        assertThat(send("POST", "/api/computed-traits", form, 201)
                        .get("covered")
                        .longValue())
                .isEqualTo(2);
        var merge = merges.mergeByHand(one, other);
        tails.awaitAll(log.lastSeq());
        send("POST", "/api/computed-traits/refresh", "{}", 200);
        send("DELETE", "/api/computed-traits/" + name, null, 204);
        merges.undo(merge.link().number());
        tails.awaitAll(log.lastSeq());
        assertThat(warehouse.query(
                        Sql.of("select customer_id from traits_now where trait = ?", "computed." + name),
                        row -> row.longValue("customer_id")))
                .isEmpty();
        for (var who : List.of(one, other))
            assertThat(profiles.traits(List.of(who)).getOrDefault(who, Map.of()).keySet())
                    .doesNotContain("computed." + name);
        assertThat(send("POST", "/api/computed-traits", form, 201)
                        .get("covered")
                        .longValue())
                .as("made again, both have it again")
                .isEqualTo(2);
        for (var who : List.of(one, other))
            assertThat(profiles.traits(List.of(who)).getOrDefault(who, Map.of()).keySet())
                    .contains("computed." + name);
        send("DELETE", "/api/computed-traits/" + name, null, 204);
    }

    private void give(CustomerId who, String tag, @Nullable String value) throws Exception {
        var place = "/api/customers/%s/tags/%s".formatted(who, tag);
        if (value == null) send("DELETE", place, null, 204);
        else send("PUT", place, "{\"value\":\"%s\"}".formatted(value), 204);
    }

    private String manual(String key) throws Exception {
        send("POST", "/api/tags", """
                {"key":"%s","definition":{"name":{"en":"VIP","zh":"贵宾"},"description":{"en":"By hand.","zh":"人工。"},
                 "owner":"crm","type":"boolean","kind":"manual"}}""".formatted(key), 201);
        send("POST", "/api/tags/" + key + "/approve", "{\"version\":1}", 200);
        return key;
    }

    @Test
    void tenThousandAreTakenAtOnceAndNotOneMore() throws Exception {
        var club = tag("many_" + mark, "text");
        intake("{\"type\":\"identify\",\"userId\":\"t-%s\",\"traits\":{\"city\":\"Rome\"}}".formatted(mark));
        var who = person(Identifier.Type.USER_ID, "t-" + mark);
        var place = "/api/tags/" + club + "/assignments";
        assertThat(send("POST", place, batch("ten", who, 10_000), 200)
                        .get("given")
                        .intValue())
                .isEqualTo(10_000);
        assertThat(send("POST", place, batch("more", who, 10_001), 400)
                        .get("code")
                        .stringValue())
                .isEqualTo("tag_assignments_many");
        assertBoth(who, Map.of(club, "\"v9999\""));
    }

    private String batch(String id, CustomerId who, int size) {
        return "{\"batch\":\"%s-%s\",\"assignments\":[%s]}"
                .formatted(
                        id,
                        mark,
                        IntStream.range(0, size)
                                .mapToObj(n -> "{\"customerId\":\"%s\",\"value\":\"v%d\"}".formatted(who, n))
                                .collect(Collectors.joining(",")));
    }

    /** Both stores say the same of the tags of this test; others of the server may be worked out meanwhile. */
    private void assertBoth(CustomerId who, Map<String, String> expected) {
        tails.awaitAll(log.lastSeq());
        assertThat(tags.of(List.of(who)).getOrDefault(who, List.of()).stream()
                        .filter(value -> value.key().endsWith(mark))
                        .collect(Collectors.toMap(
                                TagValue::key, value -> value.value().toString())))
                .isEqualTo(expected);
        assertThat(warehouse
                        .query(
                                Sql.of(
                                        "select tag, value from tags_now where customer_id = ? and ends_with(tag, ?)",
                                        who.value(),
                                        mark),
                                row -> Map.entry(row.text("tag"), row.text("value")))
                        .stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
                .isEqualTo(expected);
    }

    private String tag(String key, String type) throws Exception {
        send("POST", "/api/tags", """
                {"key":"%s","definition":{"name":{"en":"Club","zh":"会员"},"description":{"en":"From the till.","zh":"来自收银。"},
                 "owner":"crm","type":"%s","kind":"imported"}}""".formatted(key, type), 201);
        send("POST", "/api/tags/" + key + "/approve", "{\"version\":1}", 200);
        return key;
    }

    private long start(String name, String content) throws Exception {
        var file = Files.writeString(folder.resolve(name), content);
        var started = imports.start(file, name, ImportMapping.of(ImportKind.CUSTOMERS, Map.of()), false, false);
        var done = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> imports.get(started.id()), one -> one.state() != Imports.State.RUNNING);
        assertThat(done.state()).as("%s", done.failure()).isEqualTo(Imports.State.DONE);
        tails.awaitAll(log.lastSeq());
        return started.id();
    }

    private CustomerId person(Identifier.Type type, String value) {
        return identities.find(type, value).orElseThrow();
    }

    private void intake(String events) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                        .header("X-Write-Key", RekindleTest.WRITE_KEY)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":[%s]}".formatted(events)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
    }

    private JsonNode send(String method, String path, @Nullable String body, int status) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body().isEmpty() ? json.createObjectNode() : json.readTree(answer.body());
    }
}
