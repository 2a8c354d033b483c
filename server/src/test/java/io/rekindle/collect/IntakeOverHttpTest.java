package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.TimeTravel;
import io.rekindle.testing.EverythingStored;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RekindleTest
class IntakeOverHttpTest {
    /** The business clock of the test server. */
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final String mark = UUID.randomUUID().toString();
    private final int port;
    private final Warehouse warehouse;
    private final EventLog log;
    private final Identifiers identifiers;
    private final TimeTravel travel;
    private final JdbcClient jdbc;

    IntakeOverHttpTest(
            @LocalServerPort int port,
            @Autowired Warehouse warehouse,
            @Autowired EventLog log,
            @Autowired Identifiers identifiers,
            @Autowired TimeTravel travel,
            @Autowired JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.port = port;
        this.warehouse = warehouse;
        this.log = log;
        this.identifiers = identifiers;
        this.travel = travel;
    }

    @Test
    void whatIsAnsweredWith200IsInTheLog() throws Exception {
        var answer = batch("""
                {"batch":[
                  {"type":"track","userId":"u-%1$s","event":"Order Completed","messageId":"%1$s-1","timestamp":"2026-01-02T03:04:05.678Z",
                   "properties":{"order_id":"o-%1$s","revenue":19.9,"currency":"EUR","products":[{"product_id":"p1","name":"Tea","price":9.95,"quantity":2}]}},
                  {"type":"page","anonymousId":"a-%1$s","name":"Home","messageId":"%1$s-2"}]}
                """.formatted(mark));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"success\":true}");

        var order = event(mark + "-1");
        assertThat(order.get("type")).isEqualTo("track");
        assertThat(order.get("name")).isEqualTo("Order Completed");
        assertThat(order.get("occurred_at")).isEqualTo("2026-01-02 03:04:05.678");
        assertThat(order.get("amount")).isEqualTo("19.9000");
        assertThat(json.readTree(order.get("properties")).at("/products/0/name").stringValue())
                .as("a product's name is nobody's personal data")
                .isEqualTo("Tea");
        assertThat(order.get("customer_id"))
                .isEqualTo(identifiers
                        .of(Identifier.Type.USER_ID, "u-" + mark)
                        .orElseThrow()
                        .id()
                        .toString());
        assertThat(event(mark + "-2").get("occurred_at")).isEqualTo("2026-03-01 09:00:00");
    }

    @Test
    void aMessageIdCountsOnceWithinACallAndAcrossCalls() throws Exception {
        var item = "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"Seen\",\"messageId\":\"%s\"}".formatted(mark);
        var answer = post("/v1/batch?strict=true", "{\"batch\":[%s,%s]}".formatted(item, item), RekindleTest.WRITE_KEY);
        assertThat(fates(answer)).containsExactly("accepted", "duplicate");
        assertThat(fates(post("/v1/batch?strict=true", "{\"batch\":[%s]}".formatted(item), RekindleTest.WRITE_KEY)))
                .containsExactly("duplicate");
        assertThat(count(mark)).isEqualTo(1);
    }

    @Test
    void personalFieldsNeverEnterTheHistory() throws Exception {
        batch("""
                {"batch":[{"type":"identify","userId":"p-%1$s","messageId":"%1$s","traits":{
                    "email":" Li.Na@Example.CN ","phone":"+86 138 0013 8000","firstName":"Na","address":{"street":"Nanjing Lu 1"},"city":"Shanghai",
                    "favourite":"write to me at friend@example.org","contact":"other@example.org"},
                  "context":{"ip":"1.2.3.4","userAgent":"Mozilla","locale":"zh-CN"}}]}
                """.formatted(mark));
        var event = event(mark);
        assertThat(json.readTree(event.get("properties"))).isEqualTo(json.readTree("{\"city\":\"Shanghai\"}"));
        assertThat(event.get("context")).isEqualTo("{\"locale\":\"zh-CN\"}");
        assertThat(event.get("aliases"))
                .isEqualTo("user_id email:%s phone:%s"
                        .formatted(
                                identifiers
                                        .of(Identifier.Type.EMAIL, "li.na@example.cn")
                                        .orElseThrow()
                                        .id(),
                                identifiers
                                        .of(Identifier.Type.PHONE, "+8613800138000")
                                        .orElseThrow()
                                        .id()));
    }

    /** Whatever place it is in: names and keys of things, texts, addresses of pages, fields in other languages. */
    @Test
    void nothingThatStandsForAPersonIsInTheWarehouse() throws Exception {
        var answer = post("/v1/batch?strict=true", """
                {"batch":[
                 {"type":"track","userId":"w-%1$s","event":"Mail to ev-%1$s@example.com read","messageId":"msg-%1$s@example.com","properties":{
                    "url":"https://shop.example/a?utm_source=mail&email=url-%1$s%%40example.com&page=2","text":"please write to text-%1$s@example.com or ring",
                    "key-%1$s@example.com":1,"customerName":"Anna-%1$s","contact":"contact:+4917098765432","clientIp":"203.0.113.7",
                    "remote_addr":"203.0.113.8","origin":"came from 203.0.113.9","location":{"coordinates":[31.230416,121.473701],"city":"Shanghai"},
                    "search":"who is Berta-%1$s","memo":"call 13911112222","handset":13911113333,"order_id":"13911114444","list":["x","list-%1$s@example.com"],
                    "card":"4111111111111111","paid":{"with":5555555555554444,"number":"3782 822463 10005"},"product_id":"4012888888881881"},
                  "context":{"page":{"search":"?utm_source=mail&email=q-%1$s@example.com","path":"/u/path-%1$s@example.com","referrer":"https://x.example/?name=Carla-%1$s"},
                    "app":{"version":"4.1.2.3"}}},
                 {"type":"identify","userId":"w-%1$s","messageId":"%1$s-2","traits":{"手机号":"13911115555","姓名":"李娜-%1$s","邮箱":"mb-%1$s@例子.公司",
                    "收货地址":"南京路-%1$s","身份证":"11010519491231002X","vorname":"Doris-%1$s","other":"broken-%1$s@nowhere","城市":"上海"}},
                 {"type":"group","userId":"w-%1$s","groupId":"group-%1$s@example.com","messageId":"%1$s-3","traits":{"plan":"a"}},
                 {"type":"page","userId":"w-%1$s","name":"Page of page-%1$s@example.com","messageId":"%1$s-4"},
                 {"type":"track","userId":"w-%1$s","event":"Seen","messageId":"msg-%1$s@example.com"}]}
                """.formatted(mark), RekindleTest.WRITE_KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(fates(answer))
                .as("a hashed message id still counts once")
                .containsExactly("accepted", "accepted", "accepted", "accepted", "duplicate");
        assertThat(answer.body()).contains("msg-" + mark + "@example.com");
        travel.awaitQuiet();
        var all = EverythingStored.inTheWarehouse(warehouse);
        for (var one : List.of("ev", "msg", "url", "text", "key", "q", "path", "mb", "broken", "group", "page", "list"))
            assertThat(all).doesNotContain(one + "-" + mark);
        for (var one : List.of("Anna-", "Berta-", "Carla-", "Doris-", "李娜-", "南京路-"))
            assertThat(all).doesNotContain(one + mark);
        assertThat(all)
                .doesNotContain(
                        "4917098765432",
                        "203.0.113",
                        "31.230416",
                        "13911112222",
                        "13911113333",
                        "13911115555",
                        "4111111111111111",
                        "5555555555554444",
                        "3782 822463 10005",
                        "11010519491231002X");
        var kept = warehouse
                .first(
                        Sql.of(
                                "select * from events where name = 'Mail to [personal] read' and properties like ?",
                                "%13911114444%"),
                        row -> Map.of(
                                "properties", row.text("properties"),
                                "context", row.text("context"),
                                "message_id", row.text("message_id")))
                .orElseThrow();
        assertThat(json.readTree(kept.get("properties"))).isEqualTo(json.readTree("""
                {"url":"https://shop.example/a?utm_source=mail&page=2","location":{"city":"Shanghai"},"order_id":"13911114444","list":["x",null],
                    "paid":{},"product_id":"4012888888881881"}
                """));
        assertThat(json.readTree(kept.get("context"))).isEqualTo(json.readTree("""
                {"page":{"search":"?utm_source=mail","referrer":"https://x.example/"},"app":{"version":"4.1.2.3"}}
                """));
        assertThat(kept.get("message_id")).startsWith("hashed-");
        assertThat(all).contains("上海");
        var state = EverythingStored.inPostgresql(jdbc);
        for (var one : List.of("ev-", "key-", "Anna-", "mb-", "Doris-", "broken-"))
            assertThat(state).as("what was set aside is sealed").doesNotContain(one + mark);
    }

    @Test
    void malformedJsonIsRefusedWithLineAndColumnAndNothingIsTaken() throws Exception {
        long before = log.lastSeq();
        var answer = batch(
                "{\"batch\":[\n{\"type\":\"track\",\"userId\":\"u\",\"event\":\"E\",\"messageId\":\"%s\"},\n{oops}]}"
                        .formatted(mark));
        assertThat(answer.statusCode()).isEqualTo(400);
        var problem = json.readTree(answer.body());
        assertThat(problem.get("success").booleanValue()).isFalse();
        assertThat(problem.get("code").stringValue()).isEqualTo("malformed_json");
        assertThat(problem.at("/errors/0/place").stringValue()).isEqualTo("line 3, column 2");
        assertThat(count(mark)).isZero();
        assertThat(log.lastSeq()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void aWrongKeyAMissingKeyAndTooLargeABodyAreRefused() throws Exception {
        assertThat(post("/v1/track", "{}", "nobody's key").statusCode()).isEqualTo(401);
        var without = send(request("/v1/track").POST(HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(without.statusCode()).isEqualTo(401);
        assertThat(without.body()).contains("no_write_key");
        var large = batch("{\"batch\":[],\"pad\":\"" + "x".repeat(600_000) + "\"}");
        assertThat(large.statusCode()).isEqualTo(413);
        var many = batch("{\"batch\":[" + "{},".repeat(2500) + "{}]}");
        assertThat(many.statusCode()).isEqualTo(400);
        assertThat(many.body()).contains("too_many_items").contains("batch[2500]");
        assertThat(batch("{\"batch\":{}}").body()).contains("malformed_batch");
        assertThat(batch("{\"items\":[]}").body()).contains("malformed_batch");
    }

    @Test
    void anItemThatCannotBeUsedIsKeptWithItsReasonAndShown() throws Exception {
        var answer = post(
                "/v1/batch?strict=true",
                """
                {"batch":[
                  {"type":"track","event":"E","messageId":"%1$s-1"},
                  {"type":"track","userId":"undefined","event":"E","messageId":"%1$s-2"},
                  {"type":"dance","userId":"u","messageId":"%1$s-3"},
                  {"type":"track","userId":"u","messageId":"%1$s-4"},
                  {"type":"track","userId":"u","event":"E","messageId":"%2$s"},
                  {"type":"track","userId":"u","event":"E","messageId":"%1$s-6","timestamp":"yesterday"},
                  {"type":"track","userId":"u","event":"E","messageId":"%1$s-7","properties":{"pad":"%3$s"}},
                  {"type":"track","userId":"u","event":"E","messageId":"%1$s-8","properties":{"total":1e30}},
                  17,
                  {"type":"track","userId":"u","event":"E","messageId":"%1$s-9"}]}
                """.formatted(mark, "m".repeat(101), "x".repeat(33_000)),
                RekindleTest.WRITE_KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json.readTree(answer.body())
                        .get("items")
                        .valueStream()
                        .map(i -> i.path("reason").stringValue("-")))
                .containsExactly(
                        "no_identifier",
                        "no_identifier",
                        "unknown_type",
                        "no_event_name",
                        "bad_message_id",
                        "bad_timestamp",
                        "item_too_large",
                        "bad_amount",
                        "not_an_object",
                        "-");
        assertThat(count(mark + "-9")).isEqualTo(1);

        var source = source("default");
        var shown = json.readTree(api("/api/sources/%d/rejected?limit=9"
                        .formatted(source.get("id").intValue()))
                .body());
        assertThat(shown.get("items").valueStream().map(i -> i.get("reason").stringValue()))
                .contains("no_identifier", "bad_timestamp", "item_too_large", "not_an_object");
        assertThat(shown.get("items").toString()).contains(mark + "-6");
    }

    /** What one item holds is its own fault: the others of its batch are taken. */
    @Test
    void anItemTooDeepOrWithAnEndlessNumberIsRejectedAloneAndTheSharedContextWithAllThatStandInIt() throws Exception {
        var item = "{\"type\":\"track\",\"userId\":\"odd-%1$s\",\"event\":\"E\",\"messageId\":\"%1$s-%2$s\",%3$s}";
        var deep = "[".repeat(3_000) + "]".repeat(3_000);
        var odd = "{\"batch\":[%s,%s,%s,%s,%s]}"
                .formatted(
                        item.formatted(mark, "deep", "\"properties\":{\"a\":%s}".formatted(deep)),
                        item.formatted(mark, "long", "\"properties\":{\"a\":%s}".formatted("7".repeat(1_001))),
                        item.formatted(mark, "beside", "\"unread\":%s".formatted(deep)),
                        item.formatted(mark, "name", "\"properties\":{\"a\":1,\"%s\":2}".formatted("n".repeat(20_000))),
                        item.formatted(
                                mark,
                                "right",
                                "\"properties\":{\"a\":%s}"
                                        .formatted("[".repeat(90) + "7".repeat(999) + "]".repeat(90))));
        assertThat(reasons(odd)).containsExactly("too_deep", "number_too_long", "-", "-", "-");
        assertThat(count(mark + "-right")).isEqualTo(1);

        var shared = "{\"context\":{\"a\":%s},\"batch\":[%s]}"
                .formatted(deep, item.formatted(mark, "shared", "\"properties\":{}"));
        assertThat(reasons(shared)).containsExactly("too_deep");
        assertThat(count(mark + "-shared")).isZero();
    }

    @Test
    void twoListsOfOneCallHoldNoMoreItemsThanOne() throws Exception {
        var half = "{},".repeat(1_249) + "{}";
        var answer = post("/v1/batch", "{\"batch\":[%1$s],\"batch\":[%1$s]}".formatted(half), RekindleTest.WRITE_KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        answer = post("/v1/batch", "{\"batch\":[%1$s,{}],\"batch\":[%1$s]}".formatted(half), RekindleTest.WRITE_KEY);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("too_many_items").contains("batch[2500]");
    }

    private List<String> reasons(String batch) throws Exception {
        var answer = post("/v1/batch?strict=true", batch, RekindleTest.WRITE_KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json.readTree(answer.body())
                .get("items")
                .valueStream()
                .map(i -> i.path("reason").stringValue("-"))
                .toList();
    }

    /** Amounts are added up everywhere: one of another currency would be taken for so many of ours. */
    @Test
    void ordersInAnotherCurrencyAreRejectedAndOtherAmountsOfItAreNotRead() throws Exception {
        var answer = post("/v1/batch?strict=true", """
                {"batch":[
                  {"type":"track","userId":"%1$s","event":"Order Completed","messageId":"%1$s-1","properties":{"order_id":"%1$s","total":20000,"currency":"JPY"}},
                  {"type":"track","userId":"%1$s","event":"Order Refunded","messageId":"%1$s-2","properties":{"order_id":"%1$s","total":5,"currency":" usd"}},
                  {"type":"track","userId":"%1$s","event":"Product Added","messageId":"%1$s-3","properties":{"value":7,"currency":"USD"}},
                  {"type":"track","userId":"%1$s","event":"Product Added","messageId":"%1$s-4","properties":{"value":8,"currency":"eur"}},
                  {"type":"track","userId":"%1$s","event":"Order Completed","messageId":"%1$s-5","properties":{"order_id":"%1$s","total":9,"currency":"EUR"}},
                  {"type":"track","userId":"%1$s","event":"Product Added","messageId":"%1$s-6","properties":{"value":10,"currency":"points"}}]}
                """.formatted(mark), RekindleTest.WRITE_KEY);
        assertThat(json.readTree(answer.body())
                        .get("items")
                        .valueStream()
                        .map(i -> i.path("reason").stringValue("-")))
                .containsExactly("other_currency", "other_currency", "-", "-", "-", "-");
        assertThat(event(mark + "-3").get("properties")).contains("USD");
        assertThat(List.of(amount("-3"), amount("-4"), amount("-5"), amount("-6")))
                .containsExactly("none", "8", "9", "10");
    }

    @Test
    void anOrderOfLessThanNothingIsRejectedAndARefundIsNot() throws Exception {
        var answer = post("/v1/batch?strict=true", """
                {"batch":[
                  {"type":"track","userId":"%1$s","event":"Order Completed","messageId":"%1$s-1","properties":{"order_id":"%1$s-1","total":-5}},
                  {"type":"track","userId":"%1$s","event":"Order Completed","messageId":"%1$s-2","properties":{"order_id":"%1$s-2","revenue":"-0.01"}},
                  {"type":"track","userId":"%1$s","event":"Order Completed","messageId":"%1$s-3","properties":{"order_id":"%1$s-3","total":0}},
                  {"type":"track","userId":"%1$s","event":"Order Refunded","messageId":"%1$s-4","properties":{"order_id":"%1$s-3","total":-5}},
                  {"type":"track","userId":"%1$s","event":"Points Spent","messageId":"%1$s-5","properties":{"value":-7}},
                  {"type":"track","userId":"%1$s","event":"Order Completed","messageId":"%1$s-6","properties":{"order_id":"%1$s-6","products":[{"price":9.99,"quantity":2},{"price":"-20"}]}},
                  {"type":"track","userId":"%1$s","event":"Order Completed","messageId":"%1$s-7","properties":{"order_id":"%1$s-7","products":[{"price":9.99,"quantity":2},{"name":"voucher","price": -19.98}]}},
                  {"type":"track","userId":"%1$s","event":"Order Completed","messageId":"%1$s-8","properties":{"order_id":"%1$s-8","total":1,"products":[{"price":-1},{"name":"no price"}]}},
                  {"type":"track","userId":"%1$s","event":"Order Completed","messageId":"%1$s-9","properties":{"order_id":"%1$s-9","products":[{"price":1e300,"quantity":-1}, 7, null]}},
                  {"type":"track","userId":"%1$s","event":"Order Completed","messageId":"%1$s-10","properties":{"order_id":"%1$s-10","products":[{"price":1e999,"quantity":-1e-999999999},{"price":"","quantity":-1}]}}]}
                """.formatted(mark), RekindleTest.WRITE_KEY);
        assertThat(json.readTree(answer.body())
                        .get("items")
                        .valueStream()
                        .map(i -> i.path("reason").stringValue("-")))
                .containsExactly(
                        "negative_total", "negative_total", "-", "-", "-", "negative_total", "-", "-", "-", "-");
    }

    private String amount(String message) {
        var amount = event(mark + message).get("amount");
        return amount == null || amount.isEmpty()
                ? "none"
                : new java.math.BigDecimal(amount).stripTrailingZeros().toPlainString();
    }

    @Test
    void aRetriedCallWithRejectedItemsDoesNotRejectThemTwice() throws Exception {
        var body = "{\"batch\":[{\"type\":\"track\",\"event\":\"E\",\"messageId\":\"%s\"}]}".formatted(mark);
        batch(body);
        long once = source("default").get("rejected").longValue();
        batch(body);
        assertThat(source("default").get("rejected").longValue()).isEqualTo(once);
    }

    /** By its first date it would stand behind all others, and be deleted while it still comes. */
    @Test
    void anItemThatComesAgainAndAgainIsAmongTheLatestAndNotAsOldAsItsFirstTime() throws Exception {
        var again = "{\"type\":\"dance\",\"userId\":\"%1$s\",\"messageId\":\"%1$s-again\"}".formatted(mark);
        var once = "{\"type\":\"jump\",\"userId\":\"%1$s\",\"messageId\":\"%1$s-once\"}".formatted(mark);
        batch("{\"batch\":[%s]}".formatted(again));
        batch("{\"batch\":[%s]}".formatted(once));
        int source = source("default").get("id").intValue();
        jdbc.sql(
                        "update rejected_items set rejected_at = rejected_at - interval '200 days', last_at = last_at - interval '200 days' where source_id = :source")
                .param("source", source)
                .update();
        batch("{\"batch\":[%s]}".formatted(again));
        var first = json.readTree(
                api("/api/sources/%d/rejected?limit=1".formatted(source)).body());
        var latest = first.at("/items/0");
        assertThat(latest.path("item").asString()).contains(mark + "-again");
        assertThat(latest.path("times").asInt()).isEqualTo(2);
        assertThat(latest.path("lastAt").asString()).isEqualTo("2026-03-01T09:00:00Z");
        assertThat(latest.path("rejectedAt").asString()).isLessThan("2026-01-01");
        var next = json.readTree(api("/api/sources/%d/rejected?limit=1&cursor=%s"
                        .formatted(source, first.path("nextCursor").asString()))
                .body());
        assertThat(next.at("/items/0/id").asLong())
                .isNotEqualTo(latest.path("id").asLong());
        assertThat(next.at("/items/0/lastAt").asString()).isLessThan("2026-01-01");
    }

    @Test
    void clientsMayLabelTheirBodiesAsTheyLike() throws Exception {
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write("{\"batch\":[{\"type\":\"track\",\"userId\":\"u\",\"event\":\"E\",\"messageId\":\"%s-z\"}]}"
                    .formatted(mark)
                    .getBytes(StandardCharsets.UTF_8));
        }
        var form = send(request("/v1/batch")
                .header("Authorization", basic(RekindleTest.WRITE_KEY))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofByteArray(zipped.toByteArray())));
        assertThat(form.statusCode()).as(form.body()).isEqualTo(200);
        assertThat(count(mark + "-z")).isEqualTo(1);

        var keyInBody = send(request("/v1/import/")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"batch\":[{\"type\":\"screen\",\"userId\":\"u\",\"name\":\"Main\",\"messageId\":\"%s-b\",\"context\":{\"a\":1}}],"
                                        .formatted(mark)
                                + "\"context\":{\"a\":2,\"library\":{\"name\":\"x\"}},\"writeKey\":\"%s\"}"
                                        .formatted(RekindleTest.WRITE_KEY))));
        assertThat(keyInBody.statusCode()).as(keyInBody.body()).isEqualTo(200);
        assertThat(json.readTree(event(mark + "-b").get("context")))
                .isEqualTo(json.readTree("{\"a\":1,\"library\":{\"name\":\"x\"}}"));

        var short_ = send(request("/v1/t")
                .header("X-Write-Key", RekindleTest.WRITE_KEY)
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"userId\":7,\"event\":\"E\",\"messageId\":\"%s-t\"}".formatted(mark))));
        assertThat(short_.statusCode()).as(short_.body()).isEqualTo(200);
        assertThat(event(mark + "-t").get("name")).isEqualTo("E");
    }

    @Test
    void whatIsLabelledAsAFormOfPartsAndIsNoneIsRefused() throws Exception {
        var get = send(request("/v1/batch")
                .header("Content-Type", "multipart/form-data; boundary=x")
                .method("GET", HttpRequest.BodyPublishers.ofString("no parts")));
        assertThat(get.statusCode()).as(get.body()).isBetween(400, 499);
        var page = send(request("/")
                .header("Content-Type", "multipart/form-data; boundary=x")
                .method("GET", HttpRequest.BodyPublishers.ofString("no parts")));
        assertThat(page.statusCode()).as(page.body()).isBetween(200, 499);
    }

    @Test
    void aBodyIsReadByTheMarkOfItsEncodingAndByOneOnly() throws Exception {
        var body = "{\"batch\":[{\"type\":\"track\",\"userId\":\"u\",\"event\":\"E\",\"messageId\":\"%s-%s\"}]}";
        for (var charset : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
            var answer = marked(("\ufeff" + body.formatted(mark, charset)).getBytes(Charset.forName(charset)));
            assertThat(answer.statusCode()).as(charset + answer.body()).isEqualTo(200);
            assertThat(count(mark + "-" + charset)).as(charset).isEqualTo(1);
        }
        for (var charset : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
            var twice = new ByteArrayOutputStream();
            twice.writeBytes("\ufeff".getBytes(StandardCharsets.UTF_8));
            twice.writeBytes(("\ufeff" + body.formatted(mark, "twice")).getBytes(Charset.forName(charset)));
            var answer = marked(twice.toByteArray());
            assertThat(answer.statusCode()).as(charset + answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("malformed_json");
        }
        assertThat(count(mark + "-twice")).isZero();
    }

    private HttpResponse<String> marked(byte[] body) throws IOException, InterruptedException {
        return send(request("/v1/batch")
                .header("Authorization", basic(RekindleTest.WRITE_KEY))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    @Test
    void aBrowsersPreflightIsAnswered() throws Exception {
        var answer = send(request("/v1/b")
                .header("Origin", "http://shop.example")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers")).hasValue("authorization");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("http://shop.example");
        // Else a page's script cannot read when to come back.
        assertThat(answer.headers().firstValue("Access-Control-Expose-Headers")).hasValue("Retry-After");
    }

    /** Without this 400 kilobytes of context in a batch of 2,500 items became a gigabyte. */
    @Test
    void anItemIsHeldAgainstItsLimitWithTheContextOfItsBatch() throws Exception {
        var item =
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"E\",\"messageId\":\"%s-%d\",\"properties\":{\"pad\":\"%s\"}}";
        var context = "{\"pad\":\"" + "x".repeat(20_000) + "\"}";
        var items = item.formatted(mark, 1, "") + "," + item.formatted(mark, 2, "y".repeat(20_000));
        var answer = post(
                "/v1/batch?strict=true",
                "{\"batch\":[%s],\"context\":%s}".formatted(items, context),
                RekindleTest.WRITE_KEY);
        assertThat(fates(answer)).containsExactly("accepted", "rejected");
        assertThat(answer.body()).contains("context_too_large");
        var large = post(
                "/v1/batch?strict=true",
                "{\"context\":{\"pad\":\"%s\"},\"batch\":[%s]}"
                        .formatted("x".repeat(400_000), item.formatted(mark, 3, "")),
                RekindleTest.WRITE_KEY);
        assertThat(fates(large)).containsExactly("rejected");
        assertThat(count(mark + "-1")).isEqualTo(1);
        assertThat(count(mark + "-3")).isZero();
    }

    @Test
    void aClientsWrongClockIsSetRightByItsTimeOfSending() throws Exception {
        // The client's clock is a day ahead: sent at T + 1 d, happened 30 s before it was sent.
        batch("""
                {"batch":[{"type":"track","userId":"u","event":"E","messageId":"%s","timestamp":"%s"}],"sentAt":"%s"}
                """.formatted(mark, NOW.plusSeconds(86_370), NOW.plusSeconds(86_400)));
        var received = instant(mark, "received_at");
        var occurred = instant(mark, "occurred_at");
        assertThat(occurred).isEqualTo(received.minusSeconds(30));
    }

    @Test
    void theLogHasNoGapsAndTheTailsReachItsEnd() throws Exception {
        batch("{\"batch\":[{\"type\":\"track\",\"userId\":\"u\",\"event\":\"E\",\"messageId\":\"%s\"}]}"
                .formatted(mark));
        travel.awaitQuiet();
        var lags = json.readTree(api("/api/tails").body());
        assertThat(lags.get("items").valueStream().map(l -> l.get("lag").longValue()))
                .allMatch(l -> l == 0);
        var gapless = warehouse
                .first(
                        Sql.of(
                                "select count(*) = max(seq) and count(distinct seq) = max(seq) as ok from events where seq > 0"),
                        row -> row.booleanValue("ok"))
                .orElseThrow();
        assertThat(gapless).isTrue();
    }

    private java.util.Map<String, String> event(String messageId) {
        return warehouse
                .first(Sql.of("""
                                select received_at::varchar as received_at, occurred_at::varchar as occurred_at, type, name, aliases,
                                    customer_id::varchar as customer_id, amount::varchar as amount, properties, context
                                from events where message_id = ?
                                """, messageId), row -> {
                    var values = new java.util.HashMap<String, String>();
                    for (var column : List.of(
                            "received_at",
                            "occurred_at",
                            "type",
                            "name",
                            "aliases",
                            "customer_id",
                            "amount",
                            "properties",
                            "context")) values.put(column, text(row, column));
                    return values;
                })
                .orElseThrow();
    }

    private Instant instant(String messageId, String column) {
        return warehouse
                .first(
                        Sql.of("select received_at, occurred_at from events where message_id = ?", messageId),
                        row -> row.instant(column))
                .orElseThrow();
    }

    private static String text(Row row, String column) {
        var value = row.nullableText(column);
        return value == null ? "" : value;
    }

    private long count(String messageId) {
        return warehouse
                .first(
                        Sql.of("select count(*) as n from events where message_id = ?", messageId),
                        row -> row.longValue("n"))
                .orElseThrow();
    }

    private JsonNode source(String name) throws IOException, InterruptedException {
        return json.readTree(api("/api/sources").body())
                .get("items")
                .valueStream()
                .filter(s -> s.get("name").stringValue().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<String> fates(HttpResponse<String> answer) {
        return json.readTree(answer.body())
                .get("items")
                .valueStream()
                .map(i -> i.get("fate").stringValue())
                .toList();
    }

    private HttpResponse<String> batch(String body) throws IOException, InterruptedException {
        return post("/v1/batch", body, RekindleTest.WRITE_KEY);
    }

    private HttpResponse<String> post(String path, String body, String key) throws IOException, InterruptedException {
        return send(request(path).header("Authorization", basic(key)).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> api(String path) throws IOException, InterruptedException {
        return send(request(path).header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY));
    }

    private static String basic(String key) {
        return "Basic " + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
