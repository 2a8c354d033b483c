package io.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.Tails;
import io.rekindle.testing.RekindleTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whatever is sent to any operation of docs/api/openapi.json, the answer is never a failure of ours, and every refusal
 * is problem details with a code, words of ours and no class, statement or reader's inner words. On a server of its
 * own: some of what is sent is well-formed.
 */
@RekindleTest
@TestPropertySource(properties = "rekindle.segment.preview-sample=7")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnythingOverHttpTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern INNER_WORDS = Pattern.compile(
            "io\\.rekindle|java\\.|jackson|springframework|postgres|duckdb|[A-Za-z]Exception|\\[Source|#UNKNOWN|StreamRead"
                    + "|(?i:select .* from |insert into|update .* set )",
            Pattern.DOTALL);
    private static final List<String> BODIES = List.of(
            "",
            "{}",
            "[]",
            "null",
            "7",
            "true",
            "\"x\"",
            "{",
            "{\"a\":}",
            "{oops}",
            "[[[[",
            "{\"nosuch\":1}",
            "{\"a\0b\":1}",
            "[".repeat(3_000),
            "{\"nosuch\":" + "9".repeat(2_000) + "}",
            "\0");
    private static final List<String> VALUES = List.of(
            "null",
            "{}",
            "[]",
            "[null]",
            "[[]]",
            "true",
            "7",
            "-1",
            "0.5",
            "1e300",
            "1e999999999",
            "1e-99999999",
            "1e400",
            "1e2147483647",
            "99999999999999999999999999",
            "\"\"",
            "\" \"",
            "\"bogus\"",
            "\"NaN\"",
            "\"a\\u0000b\"",
            "\"\\ud800\"",
            "\"-999999999-01-01\"",
            "\"+999999999-12-31T23:59:59Z\"",
            "\"" + "x".repeat(70_000) + "\"",
            "{\"nosuch\":1}");
    private static final List<String> QUERIES =
            List.of("", "bogus", "-1", "99999999999999999999", "1e9", "%00", "%F0%9F", "%ED%A0%80", "'%3B--", "%25");

    /** What stands in events, and what must not stop anything. */
    private static final List<String> ODD = List.of(
            "null",
            "true",
            "0",
            "-0.0",
            "1",
            "-3",
            "19.99",
            "9e12",
            "-9e12",
            "1e13",
            "1e300",
            "1e-300",
            "1e-300000000",
            "1e300000000",
            "\"1e-99999999\"",
            "\"1e99999999\"",
            "\"9e12\"",
            "\"12.50\"",
            "\"NaN\"",
            "\"\"",
            "\" \"",
            "\"EUR\"",
            "\"JPY\"",
            "\"eur\"",
            "\"o-1\"",
            "\"o-2\"",
            "\"a\\u0000b\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udc00x\"",
            "\"-999999999-01-01T00:00:00Z\"",
            "\"+999999999-12-31T00:00:00Z\"",
            "\"2026-02-30\"",
            "9223372036854775808",
            "-9223372036854775808",
            "\"9223372036854775807\"",
            "99999999999999999999999999999999999999",
            "[]",
            "[[1]]",
            "{}",
            "{\"a\":{\"b\":[null]}}",
            "{\"email\":true}",
            "\"" + "x".repeat(400) + "\"",
            "\"odd@example.com\"",
            "\"+49 30 123456\"",
            "\"'; drop table\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final Tails tails;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<String, String> made = new LinkedHashMap<>();

    AnythingOverHttpTest(@LocalServerPort int port, @Autowired Tails tails) {
        this.port = port;
        this.tails = tails;
    }

    /** @param fields the fields of its JSON body with their schemas; null when it takes no JSON */
    private record Operation(
            String method,
            String path,
            List<String> queries,
            @Nullable Map<String, JsonNode> fields) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private record Answer(int status, String type, String body) {
        JsonNode json() {
            return JSON.readTree(body);
        }
    }

    @BeforeAll
    void readTheDescriptionAndMakeOneOfEach() throws Exception {
        var file = Path.of(System.getProperty("rekindle.root"), "docs", "api", "openapi.json");
        var api = JSON.readTree(Files.readString(file));
        for (var path : api.get("paths").properties())
            for (var operation : path.getValue().properties())
                if (path.getKey().startsWith("/api/"))
                    operations.add(operation(api, path.getKey(), operation.getKey(), operation.getValue()));
        assertThat(operations).hasSizeGreaterThan(50);
        made.put("/api/segments", make("/api/segments", "{\"name\":\"s\",\"rule\":{\"tier\":[\"high\"]}}"));
        made.put(
                "/api/templates",
                make(
                        "/api/templates",
                        "{\"name\":\"t\",\"channel\":\"email\",\"subject\":\"s\",\"html\":\"h\",\"text\":\"t\"}"));
        made.put(
                "/api/offers",
                make(
                        "/api/offers",
                        "{\"name\":\"o\",\"kind\":\"percent\",\"value\":5,\"costPerUse\":0,\"expiresAt\":\"2027-01-01T00:00:00Z\"}"));
        made.put("/api/sources", "1");
    }

    /** One event nobody can take up would stop what comes after it: profiles, orders, results, in the end the intake. */
    @Test
    void whateverEventIsAcceptedEveryReaderOfTheLogTakesItUp() throws Exception {
        var random = new SplittableRandom(7);
        var names = List.of(
                "Order Completed",
                "Order Completed",
                "Order Refunded",
                "Order Cancelled",
                "Order Updated",
                "Email Bounced",
                "Email Link Clicked",
                "Unsubscribed",
                "Product Viewed");
        var fields = List.of(
                "order_id",
                "total",
                "revenue",
                "value",
                "discount",
                "currency",
                "coupon",
                "message_id",
                "address_hash",
                "campaign_id",
                "bounce_type",
                "machine",
                "email",
                "consent",
                "channel",
                "topic",
                "a.b",
                "a\\u0000b",
                "");
        var inner = List.of("product_id", "name", "category", "price", "quantity", "ordered_at", "sku");
        int items = 0;
        int accepted = 0;
        for (int call = 0; call < 60; call++) {
            var batch = new ArrayList<String>();
            for (int n = 0; n < 50; n++, items++) {
                var products = new ArrayList<String>();
                for (int k = random.nextInt(4); k > 0; k--) products.add(object(random, inner));
                var properties = object(random, fields);
                if (random.nextBoolean())
                    properties = properties.substring(0, properties.length() - 1)
                            + (properties.length() > 2 ? "," : "")
                            + "\"products\":[" + String.join(",", products) + "]}";
                batch.add("""
                        {"type":"%s","userId":"odd-%d","messageId":"odd-%d","event":"%s","properties":%s,"traits":%s}
                        """.formatted(
                                random.nextInt(5) == 0 ? "identify" : "track",
                                random.nextInt(40),
                                items,
                                names.get(random.nextInt(names.size())),
                                properties,
                                object(random, fields)));
            }
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch?strict=true".formatted(port)))
                            .header("X-Write-Key", RekindleTest.WRITE_KEY)
                            .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":[" + String.join(",", batch) + "]}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            for (var item : JSON.readTree(answer.body()).get("items"))
                if (item.get("fate").stringValue().equals("accepted")) accepted++;
        }
        assertThat(accepted).isBetween(items / 3, items - 1);
        var deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (tails.worstLag() > 0
                && System.nanoTime() < deadline
                && tails.lags().stream().allMatch(lag -> lag.failure() == null))
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        assertThat(tails.lags()).allSatisfy(lag -> {
            assertThat(lag.failure()).isNull();
            assertThat(lag.lag()).isZero();
        });
    }

    private static String object(SplittableRandom random, List<String> fields) {
        var members = new ArrayList<String>();
        for (var field : fields)
            if (random.nextInt(3) == 0) members.add("\"%s\":%s".formatted(field, ODD.get(random.nextInt(ODD.size()))));
        return "{" + String.join(",", members) + "}";
    }

    private static Operation operation(JsonNode api, String path, String method, JsonNode described) {
        var queries = new ArrayList<String>();
        for (var parameter : described.path("parameters"))
            if (parameter.get("in").stringValue().equals("query"))
                queries.add(parameter.get("name").stringValue());
        var schema = described.at("/requestBody/content/application~1json/schema");
        Map<String, JsonNode> fields = null;
        if (!schema.isMissingNode()) {
            fields = new LinkedHashMap<>();
            for (var field : resolved(api, schema).path("properties").properties())
                fields.put(field.getKey(), resolved(api, field.getValue()));
        }
        return new Operation(method.toUpperCase(Locale.ROOT), path, queries, fields);
    }

    private static JsonNode resolved(JsonNode api, JsonNode schema) {
        var reference = schema.path("$ref").asString("");
        return reference.isEmpty()
                ? schema
                : api.path("components").path("schemas").path(reference.substring(reference.lastIndexOf('/') + 1));
    }

    @Test
    void noBodyBreaksAnOperation() throws Exception {
        for (var operation : operations) {
            if (operation.fields() == null) continue;
            for (var body : BODIES) check(operation, at(operation), body);
            var answer = check(operation, at(operation), "{\"nosuch\":1}");
            assertThat(answer.status()).as(operation.toString()).isEqualTo(400);
            assertThat(answer.json().get("code").stringValue())
                    .as(operation.toString())
                    .isEqualTo("unknown_field");
            assertThat(answer.json().at("/errors/0/place").stringValue()).isEqualTo("nosuch");
            assertThat(check(operation, at(operation), "").json().get("code").stringValue())
                    .isEqualTo("malformed_json");
        }
    }

    @Test
    void noValueOfAFieldBreaksAnOperation() throws Exception {
        for (var operation : operations) {
            if (operation.fields() == null) continue;
            for (var field : operation.fields().keySet())
                for (var value : VALUES) check(operation, at(operation), "{\"%s\":%s}".formatted(field, value));
        }
    }

    @Test
    void aWordThatIsNoneOfAFieldsIsRefusedWithThoseThereAre() throws Exception {
        int checked = 0;
        for (var operation : operations) {
            if (operation.fields() == null) continue;
            for (var field : operation.fields().entrySet()) {
                var words = field.getValue()
                        .path("enum")
                        .valueStream()
                        .filter(JsonNode::isString)
                        .map(JsonNode::stringValue)
                        .toList();
                if (words.isEmpty()) continue;
                var answer = check(operation, at(operation), "{\"%s\":\"bogus\"}".formatted(field.getKey()));
                assertThat(answer.status()).as(operation + " " + answer).isEqualTo(400);
                assertThat(answer.json().at("/errors/0/place").stringValue()).isEqualTo(field.getKey());
                assertThat(answer.json().at("/errors/0/message").stringValue()).contains(words);
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(4);
    }

    @Test
    void noParameterBreaksAnOperationAndAnUnknownOneIsNamed() throws Exception {
        for (var operation : operations) {
            var body = operation.fields() == null ? null : "{}";
            for (var query : operation.queries())
                for (var value : QUERIES) check(operation, at(operation) + "?" + query + "=" + value, body);
            for (var id : List.of("999999", "0", "-1", "bogus", "99999999999999999999999", "%F0%9F%98%80"))
                if (operation.path().contains("{"))
                    check(operation, operation.path().replaceAll("\\{[^}]*}", id), body);
            if (operation.path().equals("/api/openapi.json")) continue;
            var unknown = check(operation, at(operation) + "?nosuch=1", body);
            assertThat(unknown.status()).as(operation + " " + unknown).isIn(400, 415);
            if (unknown.status() == 415) continue;
            assertThat(unknown.json().get("code").stringValue()).isEqualTo("unknown_parameter");
            assertThat(unknown.json().at("/errors/0/place").stringValue()).isEqualTo("nosuch");
        }
        for (var bogus : List.of(
                "/api/customers?stage=bogus",
                "/api/customers?tier=bogus",
                "/api/messages?state=bogus",
                "/api/suppressions?channel=bogus")) {
            var answer = answer("GET", bogus, null);
            assertThat(answer.status()).as(bogus).isEqualTo(400);
            assertThat(answer.json().get("detail").stringValue()).contains("'bogus'", "there are");
        }
    }

    @Test
    void intakeSaysWhatIsWrongInItsOwnWords() throws Exception {
        for (var call : List.of("batch", "identify", "track", "page", "screen", "group", "alias", "nosuch"))
            for (var body : BODIES) {
                var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/%s".formatted(port, call)))
                        .header("X-Write-Key", RekindleTest.WRITE_KEY)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
                check("POST /v1/" + call + " " + shown(body), answer(request));
            }
    }

    @Test
    void aTemplateThatRunsIntoALimitSaysWhichPart(@Autowired JdbcClient jdbc) throws Exception {
        jdbc.sql("""
                        insert into customers (customer_id, first_seen, last_seen, known)
                        values (1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', true) on conflict do nothing
                        """).update();
        var id = make(
                "/api/templates",
                "{\"name\":\"t\",\"channel\":\"email\",\"subject\":\"s\",\"html\":\"{% for i in (1..100000000) %}x{% endfor %}\",\"text\":\"t\"}");
        var answer = answer("POST", "/api/templates/" + id + "/preview", "{\"customerId\":\"1\"}");
        check("preview", answer);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("code").stringValue()).isEqualTo("template_beyond_limit");
        assertThat(answer.json().at("/errors/0/place").stringValue()).isEqualTo("html");
    }

    private String at(Operation operation) {
        var path = operation.path();
        for (var one : made.entrySet())
            if (path.startsWith(one.getKey() + "/{id}") && !operation.method().equals("DELETE"))
                path = path.replace("{id}", one.getValue());
        return path.replaceAll("\\{[^}]*}", "999999");
    }

    private String make(String path, String body) throws Exception {
        var answer = answer("POST", path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return Long.toString(answer.json().get("id").longValue());
    }

    private Answer check(Operation operation, String path, @Nullable String body) throws Exception {
        var answer = answer(operation.method(), path, body);
        check("%s %s %s".formatted(operation.method(), path, body == null ? "" : shown(body)), answer);
        return answer;
    }

    private static void check(String what, Answer answer) {
        assertThat(answer.status()).as("%s: %s", what, answer).isLessThan(500);
        if (answer.status() < 400) return;
        assertThat(answer.type()).as("%s: %s", what, answer).startsWith("application/problem+json");
        var problem = answer.json();
        assertThat(problem.get("code").stringValue()).as(what).matches("[a-z0-9_]+");
        assertThat(problem.get("status").intValue()).as(what).isEqualTo(answer.status());
        assertThat(problem.get("title").stringValue()).as(what).isNotBlank();
        assertThat(problem.get("detail").stringValue()).as(what).isNotBlank();
        assertThat(INNER_WORDS.matcher(answer.body()).find())
                .as("%s: %s", what, answer)
                .isFalse();
    }

    private static String shown(String body) {
        return body.length() > 120 ? body.substring(0, 120) + "…" : body;
    }

    private Answer answer(String method, String path, @Nullable String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) request.header("Content-Type", "application/json");
        return answer(request.build());
    }

    private Answer answer(HttpRequest request) throws IOException, InterruptedException {
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(
                answer.statusCode(), answer.headers().firstValue("content-type").orElse(""), answer.body());
    }
}
