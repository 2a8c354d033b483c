package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.consent.Ask;
import io.rekindle.consent.Permissions;
import io.rekindle.identity.Identities;
import io.rekindle.platform.TimeTravel;
import io.rekindle.platform.Vault;
import io.rekindle.testing.EverythingStored;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a source was agreed to send: watched over, set aside, rejected, repaired and replayed. */
@RekindleTest
class TrackingPlanTest {
    private static final String ORDER = """
            {"type":"track","name":"Order Completed","schema":{"type":"object","required":["order_id","total"],"properties":{
              "order_id":{"type":"string"},"total":{"type":"number","minimum":0},
              "products":{"type":"array","items":{"type":"object","properties":{"price":{"type":"number"}}}}}}}
            """;
    private static final String PERSON = """
            {"type":"identify","schema":{"type":"object","required":["email"],"properties":{"plan":{"enum":["gold","free"]}}}}
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final String mark = UUID.randomUUID().toString();
    private final int port;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final TimeTravel travel;
    private final Vault vault;
    private int source;
    private String key = "";

    TrackingPlanTest(
            @LocalServerPort int port,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc,
            @Autowired TimeTravel travel,
            @Autowired Vault vault) {
        this.port = port;
        this.warehouse = warehouse;
        this.jdbc = jdbc;
        this.travel = travel;
        this.vault = vault;
    }

    @BeforeEach
    void aSourceOfItsOwn() throws Exception {
        var made = json(api("POST", "/api/sources", "{\"name\":\"%s\"}".formatted(mark)));
        source = made.at("/source/id").intValue();
        key = made.path("secret").asString();
    }

    @Test
    void observedItemsAreTakenAndEachOfTheirViolationsCountsOnce() throws Exception {
        plan(0, "observe", true, ORDER + "," + PERSON);
        var batch = """
                {"batch":[
                 {"type":"track","userId":"o-%1$s","event":"Order Completed","messageId":"%1$s-1","properties":{"total":"12","products":[{"price":1},{"price":"x"},{"price":"y"}]}},
                 {"type":"identify","userId":"o-%1$s","messageId":"%1$s-2","traits":{"plan":"silver","email":"%1$s@example.com"}},
                 {"type":"identify","userId":"o-%1$s","messageId":"%1$s-3","context":{"traits":{"email":"%1$s@example.com","plan":"gold"}}},
                 {"type":"track","userId":"o-%1$s","event":"Anything","messageId":"%1$s-4","properties":{"total":"12"}},
                 {"type":"track","userId":"o-%1$s","event":"Order Completed","messageId":"%1$s-5","properties":{"order_id":"o-%1$s","total":12}}]}
                """.formatted(mark);
        assertThat(fates(batch)).containsOnly("accepted").hasSize(5);
        assertThat(fates(batch)).containsOnly("duplicate");
        assertThat(violations())
                .containsExactlyInAnyOrder(
                        "track Order Completed order_id: required 1",
                        "track Order Completed total: type number 1",
                        "track Order Completed products[].price: type number 1",
                        "identify - plan: enum 1");
        plan(1, "off", true, ORDER);
        assertThat(fates(batch.replace("-1\"", "-6\""))).contains("accepted");
        assertThat(violations()).hasSize(4);
        var versions = json(api("GET", "/api/sources/%d/plan/versions".formatted(source), ""));
        assertThat(versions.path("items")
                        .valueStream()
                        .map(v -> v.path("version").asInt()))
                .containsExactly(2, 1);
        assertThat(api("PUT", "/api/sources/%d/plan".formatted(source), newPlan(1, "off", true, ORDER))
                        .statusCode())
                .as("made from a version that is not the last")
                .isEqualTo(409);
    }

    /** A check that never ends, and one that goes down with the value as deep as a value may be. */
    @Test
    void aSchemaThatAsksForItselfOfTheSameValueIsRefusedAndATreeIsChecked() throws Exception {
        var without = "{\"type\":\"track\",\"name\":\"Tree\",\"schema\":%s}";
        for (var circle : List.of(
                "{\"if\":{\"required\":[\"x\"]},\"then\":{\"$ref\":\"#\"}}",
                "{\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/b\"}]},\"b\":{\"anyOf\":[{\"$ref\":\"#/$defs/a\"}]}},\"properties\":{\"x\":{\"$ref\":\"#/$defs/a\"}}}")) {
            var refused = api(
                    "PUT",
                    "/api/sources/%d/plan".formatted(source),
                    newPlan(0, "reject", true, without.formatted(circle)));
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
            assertThat(refused.body()).contains("schema_circular").contains("events[0].schema");
        }
        plan(
                0,
                "reject",
                true,
                without.formatted("{\"properties\":{\"n\":{\"type\":\"integer\"},\"left\":{\"$ref\":\"#\"}}}"));
        var tree = "{\"n\":%s}";
        for (int depth = 1; depth < 90; depth++) tree = "{\"left\":" + tree + "}";
        var item =
                "{\"type\":\"track\",\"userId\":\"t-%1$s\",\"event\":\"Tree\",\"messageId\":\"%1$s-%2$s\",\"properties\":%3$s}";
        assertThat(fates("{\"batch\":[%s,%s]}"
                        .formatted(
                                item.formatted(mark, "right", tree.formatted("1")),
                                item.formatted(mark, "wrong", tree.formatted("\"one\"")))))
                .containsExactly("accepted", "rejected");
    }

    @Test
    void inTheStrictestModeAnItemIsARejectedRecordThatNamesTheRulesAndNoValue() throws Exception {
        plan(0, "reject", false, ORDER);
        var batch = """
                {"batch":[{"type":"track","userId":"r-%1$s","event":"Order Completed","messageId":"%1$s-1","properties":{"total":"secret-%1$s","order_id":"a"}},
                 {"type":"track","userId":"r-%1$s","event":"Unheard Of","messageId":"%1$s-2"},
                 {"type":"track","userId":"r-%1$s","event":"Order Completed","messageId":"%1$s-3","properties":{"total":3,"order_id":"r-%1$s"}}]}
                """.formatted(mark);
        assertThat(fates(batch)).containsExactly("rejected", "rejected", "accepted");
        assertThat(fates(batch)).containsExactly("rejected", "rejected", "duplicate");
        assertThat(violations())
                .containsExactlyInAnyOrder(
                        "track Order Completed total: type number 1", "track Unheard Of not in the plan 1");
        var shown = json(api("GET", "/api/sources/%d/rejected".formatted(source), ""));
        assertThat(shown.path("items").valueStream().map(i -> i.path("reason").asString()))
                .containsOnly("plan_violation");
        assertThat(shown.path("items").valueStream().map(i -> i.path("message").asString()))
                .contains("the item breaks version 1 of the tracking plan: total: type number")
                .noneMatch(words -> words.contains("secret"));
    }

    @Test
    void whatWasSetAsideIsRepairedAndReplayedOnceInOrderOfTimeAndSealedUntilThen() throws Exception {
        plan(0, "quarantine", true, ORDER + "," + PERSON);
        // The latest first, so that the order of the log is not the order of arrival.
        var items = IntStream.range(0, 40)
                .mapToObj(i ->
                        "{\"type\":\"track\",\"userId\":\"q-%1$s\",\"event\":\"Order Completed\",\"messageId\":\"%1$s-%2$d\",\"timestamp\":\"2026-01-%3$02dT10:00:00Z\",\"properties\":{\"id\":\"q-%1$s-%2$d\",\"total\":\"%2$d.50\",\"recipient_name\":\"Rosa-%1$s\"}}"
                                .formatted(mark, i, 28 - i % 28))
                .collect(Collectors.toCollection(ArrayList::new));
        items.add(
                "{\"type\":\"identify\",\"userId\":\"q-%1$s\",\"messageId\":\"%1$s-p\",\"traits\":{\"plan\":\"gold\",\"mail_address\":\"rosa-%1$s@example.com\"}}"
                        .formatted(mark));
        items.add("{\"type\":\"track\",\"userId\":\"q-%1$s\",\"event\":\"Seen\",\"messageId\":\"%1$s-ok\"}"
                .formatted(mark));
        var batch = "{\"context\":{\"app\":{\"name\":\"till\"}},\"batch\":[%s]}".formatted(String.join(",", items));
        assertThat(fates(batch))
                .startsWith("quarantined")
                .endsWith("quarantined", "accepted")
                .hasSize(42);
        assertThat(fates(batch)).as("sent again").startsWith("quarantined").endsWith("quarantined", "duplicate");
        travel.awaitQuiet();
        assertThat(inHistory()).containsExactly(mark + "-ok");
        for (var secret : List.of("Rosa-" + mark, "rosa-" + mark)) {
            assertThat(EverythingStored.inPostgresql(jdbc)).doesNotContain(secret);
            assertThat(EverythingStored.inTheWarehouse(warehouse)).doesNotContain(secret);
        }
        var held = json(api("GET", "/api/sources/%d/quarantine".formatted(source), ""));
        assertThat(held.path("waiting").asInt()).isEqualTo(41);
        assertThat(held.at("/kinds/0/items").asInt()).isEqualTo(40);
        assertThat(violations())
                .contains("track Order Completed order_id: required 40", "track Order Completed total: type number 40");

        var half = replay("[{\"op\":\"rename\",\"field\":\"properties.id\",\"to\":\"properties.order_id\"}]", true);
        assertThat(half.path("replayed").asInt()).isZero();
        assertThat(half.path("left").toString()).contains("total: type number").contains("email: required");
        var steps =
                "[{\"op\":\"rename\",\"field\":\"properties.id\",\"to\":\"properties.order_id\"},{\"op\":\"convert\",\"field\":\"properties.total\",\"to\":\"number\"}]";
        assertThat(replay(steps, true).path("replayed").asInt()).isEqualTo(40);
        assertThat(inHistory()).as("only tried").containsExactly(mark + "-ok");

        // One came again as it should be, under its own message id, before the replay.
        assertThat(fates(
                        "{\"batch\":[{\"type\":\"track\",\"userId\":\"q-%1$s\",\"event\":\"Order Completed\",\"messageId\":\"%1$s-7\",\"properties\":{\"order_id\":\"q-%1$s-7\",\"total\":7.5}}]}"
                                .formatted(mark)))
                .containsExactly("accepted");
        var done = replay(steps, false);
        assertThat(done.path("replayed").asInt()).isEqualTo(39);
        assertThat(done.path("known").asInt()).isEqualTo(1);
        assertThat(done.path("left").toString()).contains("email: required");
        assertThat(replay(steps, false).path("looked").asInt())
                .as("only what did not fit is left")
                .isEqualTo(1);
        assertThat(fates(batch))
                .as("sent again once more")
                .filteredOn("duplicate"::equals)
                .hasSize(41);

        travel.awaitQuiet();
        var times = warehouse.query(
                Sql.of(
                        "select occurred_at, amount, context from events where source_id = ? and name = 'Order Completed' and message_id <> ? order by seq",
                        source,
                        mark + "-7"),
                row -> row.instant("occurred_at"));
        assertThat(times).hasSize(39).isSorted();
        assertThat(inHistory()).hasSize(41).doesNotHaveDuplicates();
        assertThat(warehouse.first(
                        Sql.of("select amount, context from events where message_id = ?", mark + "-12"),
                        row -> "%s %s".formatted(row.nullableDecimal("amount"), row.text("context"))))
                .hasValue("12.5000 {\"app\":{\"name\":\"till\"}}");
        assertThat(EverythingStored.inTheWarehouse(warehouse)).doesNotContain("Rosa-" + mark);

        var gone = json(api("POST", "/api/sources/%d/quarantine/discard".formatted(source), "{\"type\":\"identify\"}"));
        assertThat(gone.path("items").asInt()).isEqualTo(1);
        assertThat(jdbc.sql("select count(*) from quarantined_items where source_id = :id and state = 'waiting'")
                        .param("id", source)
                        .query(Long.class)
                        .single())
                .as("nothing is shown any more; sealed it stays for erasures, see ErasureTest")
                .isZero();
    }

    @Test
    void aKindIsThrownAwayAloneAndNoItemThatBrokeMoreOrHasAName() throws Exception {
        plan(
                0,
                "quarantine",
                true,
                ORDER + ",{\"type\":\"page\",\"schema\":{\"required\":[\"title\"]}}"
                        + ",{\"type\":\"page\",\"name\":\"Home\",\"schema\":{\"required\":[\"title\"]}}");
        assertThat(fates("""
                {"batch":[
                 {"type":"track","userId":"k-%1$s","event":"Order Completed","messageId":"%1$s-1","properties":{"order_id":"a","total":"1"}},
                 {"type":"track","userId":"k-%1$s","event":"Order Completed","messageId":"%1$s-2","properties":{"total":"1"}},
                 {"type":"page","userId":"k-%1$s","messageId":"%1$s-3","properties":{"a":1}},
                 {"type":"page","userId":"k-%1$s","name":"Home","messageId":"%1$s-4","properties":{"a":1}}]}
                """.formatted(mark))).containsOnly("quarantined");
        var place = "/api/sources/%d/quarantine".formatted(source);
        assertThat(waiting("?rules=total%3A+type+number")).containsExactly(mark + "-1");
        assertThat(waiting("?rule=total%3A+type+number")).containsExactly(mark + "-2", mark + "-1");
        assertThat(waiting("?type=page&unnamed=true")).containsExactly(mark + "-3");

        var one = "{\"type\":\"track\",\"name\":\"Order Completed\",\"rules\":[\"total: type number\"]}";
        assertThat(json(api("POST", place + "/discard", one)).path("items").asInt())
                .isEqualTo(1);
        assertThat(waiting("")).containsExactly(mark + "-4", mark + "-3", mark + "-2");
        var nameless = "{\"type\":\"page\",\"unnamed\":true,\"rules\":[\"title: required\"]}";
        assertThat(json(api("POST", place + "/discard", nameless)).path("items").asInt())
                .isEqualTo(1);
        assertThat(waiting("")).containsExactly(mark + "-4", mark + "-2");
    }

    @Test
    void aLookAtItemsIsWrittenDownAndOneWhoseKeyIsGoneStopsNoOther() throws Exception {
        plan(0, "quarantine", true, ORDER);
        assertThat(fates("""
                {"batch":[
                 {"type":"track","userId":"l-%1$s","event":"Order Completed","messageId":"%1$s-1","properties":{"order_id":"a","total":"1"}},
                 {"type":"track","userId":"l-%1$s","event":"Order Completed","messageId":"%1$s-2","properties":{"order_id":"b","total":"2"}}]}
                """.formatted(mark))).containsOnly("quarantined");
        vault.destroy(jdbc.sql("select sealed from quarantined_items where source_id = :id and message_id = :message")
                .param("id", source)
                .param("message", mark + "-1")
                .query((row, n) -> row.getBytes("sealed"))
                .list());
        long before = looks();
        var shown = json(api("GET", "/api/sources/%d/quarantine/items".formatted(source), ""))
                .path("items");
        assertThat(shown.at("/0/item").asString()).contains("\"order_id\":\"b\"");
        assertThat(shown.at("/1/messageId").asString()).isEqualTo(mark + "-1");
        assertThat(shown.at("/1/item").isNull()).isTrue();
        assertThat(looks()).isEqualTo(before + 1);

        var done = replay("[{\"op\":\"convert\",\"field\":\"properties.total\",\"to\":\"number\"}]", false);
        assertThat(done.path("looked").asInt()).isEqualTo(2);
        assertThat(done.path("replayed").asInt()).isEqualTo(1);
        assertThat(done.at("/left/0/why").asString()).isEqualTo("key_destroyed");
        assertThat(inHistory()).containsExactly(mark + "-2");
    }

    /** More items that stay than one call looks at, and behind them one that fits. */
    @Test
    void aReplayGoesOnBehindTheItemsThatStay() throws Exception {
        plan(0, "quarantine", true, ORDER);
        assertThat(fates("""
                {"batch":[
                 {"type":"track","userId":"b-%1$s","event":"Order Completed","messageId":"%1$s-1","timestamp":"2026-01-05T10:00:00Z","properties":{"order_id":"a","total":"1"}},
                 {"type":"track","userId":"b-%1$s","event":"Order Completed","messageId":"%1$s-2","timestamp":"2026-01-06T10:00:00Z","properties":{"order_id":"b","total":"2"}}]}
                """.formatted(mark))).containsOnly("quarantined");
        vault.destroy(jdbc.sql("select sealed from quarantined_items where source_id = :id and message_id = :message")
                .param("id", source)
                .param("message", mark + "-1")
                .query((row, n) -> row.getBytes("sealed"))
                .list());
        var columns = jdbc.sql("""
                        select string_agg(quote_ident(column_name), ', ') from information_schema.columns
                        where table_name = 'quarantined_items' and column_name not in ('id', 'message_id', 'id_low')
                        """).query(String.class).single();
        jdbc.sql("""
                        insert into quarantined_items (message_id, id_low, %1$s)
                        select message_id || '-' || n, n, %1$s from quarantined_items, generate_series(2, 50010) n
                        where source_id = :id and message_id = :message
                        """.formatted(columns))
                .param("id", source)
                .param("message", mark + "-1")
                .update();
        var place = "/api/sources/%d/quarantine/replay".formatted(source);
        var steps = "\"steps\":[{\"op\":\"convert\",\"field\":\"properties.total\",\"to\":\"number\"}]";
        var first = json(api("POST", place, "{%s}".formatted(steps)));
        assertThat(first.path("looked").asInt()).isEqualTo(50_000);
        assertThat(first.path("replayed").asInt()).isZero();
        var cursor = first.path("nextCursor").asString();
        var second = json(api("POST", place, "{%s,\"cursor\":\"%s\"}".formatted(steps, cursor)));
        assertThat(second.path("looked").asInt()).isEqualTo(11);
        assertThat(second.path("replayed").asInt()).isEqualTo(1);
        assertThat(second.path("nextCursor").isNull()).isTrue();
        assertThat(inHistory()).containsExactly(mark + "-2");
        assertThat(json(api("POST", place, "{\"cursor\":\"behind\"}"))
                        .path("code")
                        .asString())
                .isEqualTo("cursor_invalid");
    }

    /** Whoever said no is not written to because a field was missing. */
    @Test
    void whoSaysNoIsHeardWhateverThePlanAsksForAndTheViolationIsCounted(
            @Autowired Identities identities, @Autowired Permissions permissions) throws Exception {
        var nos = List.of(
                "'type':'track','event':'Unsubscribed','properties':{'channel':'email'}",
                "'type':'track','event':'Unsubscribed'",
                "'type':'track','event':'Email Marked as Spam'",
                "'type':'track','event':'Email Bounced','properties':{'bounceType':'Permanent'}",
                "'type':'identify','traits':{'consent':{'email':false}}",
                "'type':'identify','traits':{'consent':{'E-Mail':'no'}}",
                "'type':'identify','context':{'traits':{'consent':{'email':'opted_out'}}}",
                "'type':'identify','traits':{'consent':{'email':{'granted':'perhaps'}}}");
        var others = List.of(
                "'type':'track','event':'Subscribed','properties':{'channel':'email'}",
                "'type':'track','event':'Email Bounced','properties':{'bounceType':'Transient'}",
                "'type':'identify','traits':{'consent':{'email':'yes'}}",
                "'type':'identify','traits':{'city':'Oslo'}");
        var named = "{'type':'track','name':'%s','schema':{'required':['list_id']}}";
        var strict = String.join(
                        ",",
                        "{'type':'identify','schema':{'required':['list_id']}}",
                        named.formatted("Unsubscribed"),
                        named.formatted("Email Bounced"))
                .replace('\'', '"');
        int version = 0;
        for (var mode : List.of("quarantine", "reject")) {
            plan(version++, "off", true, strict);
            var agreed = new ArrayList<String>();
            var said = new ArrayList<String>();
            for (int n = 0; n < nos.size() + others.size(); n++) {
                var who = "'userId':'%s-%s-%d',".formatted(mode, mark, n);
                agreed.add(
                        "{%s'messageId':'%s-%s-a%d','timestamp':'2026-02-01T10:00:00Z','type':'identify','traits':{'email':'%s%s%d@plan.example','consent':{'email':true}}}"
                                .formatted(who, mark, mode, n, mode, mark, n));
                said.add("{%s'messageId':'%s-%s-%d','timestamp':'2026-02-02T10:00:00Z',%s}"
                        .formatted(who, mark, mode, n, n < nos.size() ? nos.get(n) : others.get(n - nos.size())));
            }
            assertThat(fates(
                            "{'batch':[%s]}".formatted(String.join(",", agreed)).replace('\'', '"')))
                    .containsOnly("accepted");
            // What the plan does not name breaks it, too: complaints and Subscribed.
            plan(version++, mode, false, strict);
            long before = countedViolations();
            var fates = fates("{'batch':[%s]}".formatted(String.join(",", said)).replace('\'', '"'));
            assertThat(fates.subList(0, nos.size())).as(mode).containsOnly("accepted");
            assertThat(fates.subList(nos.size(), fates.size()))
                    .containsOnly(mode.equals("reject") ? "rejected" : "quarantined");
            assertThat(countedViolations() - before).as("counted as in observe").isEqualTo(said.size());
            travel.awaitQuiet();
            for (int n = 0; n < said.size(); n++) {
                var customer = identities
                        .find(Identifier.Type.USER_ID, "%s-%s-%d".formatted(mode, mark, n))
                        .orElseThrow();
                assertThat(permissions
                                .judge(
                                        new long[] {customer.value()},
                                        Ask.marketing(Permissions.EMAIL),
                                        Instant.parse("2026-03-01T09:00:00Z"))
                                .allows(0))
                        .as("%s %s", mode, said.get(n))
                        .isEqualTo(n >= nos.size());
            }
        }
    }

    private long countedViolations() {
        return jdbc.sql("select coalesce(sum(times), 0) from plan_violations where source_id = :source")
                .param("source", source)
                .query(Long.class)
                .single();
    }

    private long looks() {
        return jdbc.sql("select count(*) from person_accesses where 'quarantined items' = any (fields)")
                .query(Long.class)
                .single();
    }

    private List<String> waiting(String query) throws IOException, InterruptedException {
        return json(api("GET", "/api/sources/%d/quarantine/items%s".formatted(source, query), ""))
                .path("items")
                .valueStream()
                .map(item -> item.path("messageId").asString())
                .toList();
    }

    @Test
    void aPlanIsGuessedFromWhatCameAndWhatCameFitsIt() throws Exception {
        var items = IntStream.range(0, 30)
                .mapToObj(i ->
                        "{\"type\":\"track\",\"userId\":\"g-%1$s\",\"event\":\"Product Viewed\",\"messageId\":\"%1$s-%2$d\",\"properties\":{\"sku\":\"s%2$d\",\"price\":%2$d%3$s,\"tags\":[\"a\"],\"size\":{\"w\":%2$d}%4$s}}"
                                .formatted(mark, i, i == 3 ? ".5" : "", i == 9 ? "" : ",\"colour\":\"red\""))
                .collect(Collectors.joining(",", "{\"batch\":[", "]}"));
        fates(items);
        var guess = json(api("GET", "/api/sources/%d/plan/guess".formatted(source), ""))
                .path("items");
        assertThat(guess).hasSize(1);
        var schema = guess.at("/0/schema");
        assertThat(StreamSupport.stream(schema.path("required").spliterator(), false)
                        .map(JsonNode::asString))
                .containsExactly("price", "size", "sku", "tags");
        assertThat(schema.at("/properties/price/type").asString()).isEqualTo("number");
        assertThat(schema.at("/properties/tags/items/type").asString()).isEqualTo("string");
        assertThat(schema.at("/properties/size/properties/w/type").asString()).isEqualTo("number");
        plan(0, "reject", false, "{\"type\":\"track\",\"name\":\"Product Viewed\",\"schema\":%s}".formatted(schema));
        assertThat(fates(items.replace(mark + "-", mark + "-again-"))).containsOnly("accepted");
    }

    @Test
    void aPlanThatCannotBeUsedIsRefusedWithEachOfItsPlaces() throws Exception {
        var refused = api("PUT", "/api/sources/%d/plan".formatted(source), newPlan(0, "reject", true, """
                {"type":"dance","schema":{}},
                {"type":"track","schema":{}},
                {"type":"track","name":"A","schema":{"type":"nummer"}},
                {"type":"track","name":"B","schema":{"properties":{"a":{"$ref":"https://schemas.example/other.json"}}}},
                {"type":"track","name":"C","schema":{"properties":{"a":{"$ref":"file:///etc/passwd"}}}},
                {"type":"track","name":"D","schema":{"properties":{"a":{"pattern":"(("}}}},
                {"type":"track","name":"E","schema":{}},{"type":"track","name":"E","schema":{}}
                """));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
        assertThat(json(refused)
                        .path("errors")
                        .valueStream()
                        .map(fault -> fault.path("place").asString().split("[.]")[0]))
                .contains("events[0]", "events[1]", "events[2]", "events[3]", "events[4]", "events[5]", "events[7]");
        assertThat(json(api("GET", "/api/sources/%d/plan".formatted(source), ""))
                        .path("version")
                        .asInt())
                .isZero();
    }

    /** Some patterns take for ever over some texts: the item breaks the plan, and the others do not wait for it. */
    @Test
    void aPatternThatTakesForEverIsGivenUpOn() throws Exception {
        plan(
                0,
                "reject",
                true,
                "{\"type\":\"track\",\"name\":\"P\",\"schema\":{\"properties\":{\"a\":{\"pattern\":\"^(a+)+$\"},\"n\":{\"multipleOf\":0.01}}}}");
        var answer = fates(
                "{\"batch\":[{\"type\":\"track\",\"userId\":\"p-%1$s\",\"event\":\"P\",\"messageId\":\"%1$s-1\",\"properties\":{\"a\":\"%2$s!\"}},{\"type\":\"track\",\"userId\":\"p-%1$s\",\"event\":\"P\",\"messageId\":\"%1$s-2\",\"properties\":{\"a\":\"%2$s\",\"n\":1e400}}]}"
                        .formatted(mark, "a".repeat(5_000)));
        assertThat(answer).startsWith("rejected").hasSize(2);
    }

    private List<String> inHistory() {
        return warehouse.query(
                Sql.of("select message_id from events where source_id = ? order by seq", source),
                row -> row.text("message_id"));
    }

    private JsonNode replay(String steps, boolean dryRun) throws IOException, InterruptedException {
        var answer = api(
                "POST",
                "/api/sources/%d/quarantine/replay".formatted(source),
                "{\"steps\":%s,\"dryRun\":%s}".formatted(steps, dryRun));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    private List<String> violations() throws IOException, InterruptedException {
        return json(api("GET", "/api/violations?sourceId=" + source, ""))
                .path("items")
                .valueStream()
                .map(v -> "%s %s %s %d"
                        .formatted(
                                v.path("type").asString(),
                                v.path("name").asString("-"),
                                v.path("rule").asString(),
                                v.path("times").asLong()))
                .toList();
    }

    private void plan(int seen, String mode, boolean unplanned, String events)
            throws IOException, InterruptedException {
        var answer = api("PUT", "/api/sources/%d/plan".formatted(source), newPlan(seen, mode, unplanned, events));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static String newPlan(int seen, String mode, boolean unplanned, String events) {
        return "{\"seenVersion\":%d,\"mode\":\"%s\",\"allowsUnplanned\":%s,\"events\":[%s]}"
                .formatted(seen, mode, unplanned, events);
    }

    private List<String> fates(String batch) throws IOException, InterruptedException {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch?strict=true".formatted(port)))
                        .header("X-Write-Key", key)
                        .POST(BodyPublishers.ofString(batch))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer)
                .path("items")
                .valueStream()
                .map(item -> item.path("fate").asString())
                .toList();
    }

    private JsonNode json(HttpResponse<String> answer) {
        return json.readTree(answer.body());
    }

    private HttpResponse<String> api(String method, String path, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
