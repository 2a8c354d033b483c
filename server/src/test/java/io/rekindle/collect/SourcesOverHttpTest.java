package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a source may send, from where and how fast; pausing it; watching what comes in. */
@RekindleTest
class SourcesOverHttpTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final String mark = UUID.randomUUID().toString();
    private final int port;
    private int source;
    private String key = "";

    SourcesOverHttpTest(@LocalServerPort int port) {
        this.port = port;
    }

    @BeforeEach
    void aSourceOfItsOwn() throws Exception {
        var made = json.readTree(
                api("POST", "/api/sources", "{\"name\":\"%s\"}".formatted(mark)).body());
        source = made.at("/source/id").intValue();
        key = made.path("secret").asString();
    }

    @Test
    void itemsOfTypesThatAreNotAllowedAreRejectedAndCounted() throws Exception {
        rules("{\"allowedTypes\":[\"track\",\"page\"],\"allowedOrigins\":[]}");
        var answer = json.readTree(send("""
                {"batch":[{"type":"track","userId":"u","event":"E","messageId":"%1$s-1"},
                 {"type":"identify","userId":"u","messageId":"%1$s-2"},{"type":"identify","userId":"u","messageId":"%1$s-2"}]}
                """.formatted(mark), "").body());
        assertThat(answer.path("items").valueStream().map(i -> i.path("fate").asString()))
                .containsExactly("accepted", "rejected", "rejected");
        assertThat(answer.at("/items/1/reason").asString()).isEqualTo("type_not_allowed");
        var shown = get("");
        assertThat(shown.path("accepted").asInt()).isEqualTo(1);
        assertThat(shown.path("rejected").asInt()).as("the very same item").isEqualTo(1);
        assertThat(shown.path("rejectedTimes").asInt()).isEqualTo(2);
    }

    @Test
    void pagesOfOtherOriginsAreRefusedAndServersAreNot() throws Exception {
        rules("{\"allowedTypes\":[],\"allowedOrigins\":[\"https://shop.example\",\"https://*.shop.example\"]}");
        var other = send(item("1"), "https://shop.example.evil.example");
        assertThat(other.statusCode()).isEqualTo(403);
        assertThat(other.body()).contains("origin_not_allowed");
        assertThat(other.headers().firstValue("Access-Control-Allow-Origin"))
                .as("the page may read why")
                .hasValue("https://shop.example.evil.example");
        assertThat(send(item("2"), "http://shop.example").statusCode()).isEqualTo(403);
        assertThat(send(item("3"), "https://notshop.example").statusCode()).isEqualTo(403);
        assertThat(send(item("4"), "https://shop.example").statusCode()).isEqualTo(200);
        assertThat(send(item("5"), "https://www.shop.example").statusCode()).isEqualTo(200);
        assertThat(send(item("6"), "").statusCode()).isEqualTo(200);
        assertThat(get("").at("/refusedCalls/origin_not_allowed").asInt()).isEqualTo(3);
    }

    @Test
    void whatIsFasterThanTheLimitIsToComeBackLaterAndIsTakenThen() throws Exception {
        rules("{\"allowedTypes\":[],\"allowedOrigins\":[],\"eventsPerSecond\":100}");
        var batch = IntStream.range(0, 2_500)
                .mapToObj(i -> "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"E\",\"messageId\":\"%s-%d\"}"
                        .formatted(mark, i))
                .collect(Collectors.joining(",", "{\"batch\":[", "]}"));
        assertThat(send(batch, "").statusCode()).as("a whole batch passes").isEqualTo(200);
        var refused = send(batch, "");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("rate_exceeded");
        assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow())
                .as("2,500 items at 100 a second, less what has passed since")
                .isBetween(15L, 25L);
        rules("{\"allowedTypes\":[],\"allowedOrigins\":[]}");
        assertThat(send(batch, "").statusCode()).isEqualTo(200);
        assertThat(get("").path("accepted").asInt()).isEqualTo(2_500);
        assertThat(get("").path("duplicates").asInt()).isEqualTo(2_500);
    }

    @Test
    void callsThatAreRefusedForWhatTheyAreAreCountedByTheirSource() throws Exception {
        assertThat(send("{\"batch\":[{oops}]}", "").statusCode()).isEqualTo(400);
        assertThat(send("{\"batch\":[" + "{},".repeat(2_500) + "{}]}", "").statusCode())
                .isEqualTo(400);
        assertThat(send("\u001f\u008b\u0008broken", "").statusCode()).isEqualTo(400);
        assertThat(send("{\"batch\":[],\"pad\":\"" + "x".repeat(600_000) + "\"}", "")
                        .statusCode())
                .isEqualTo(413);
        var shown = get("").path("refusedCalls");
        assertThat(shown.path("malformed_json").asInt()).isGreaterThanOrEqualTo(1);
        assertThat(shown.path("too_many_items").asInt()).isEqualTo(1);
        assertThat(shown.path("body_too_large").asInt()).isEqualTo(1);

        // The key in the body, as browsers send it: told as far as the body goes.
        var large = "{\"writeKey\":\"%s\",\"batch\":[],\"pad\":\"%s\"}".formatted(key, "x".repeat(600_000));
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                        .POST(BodyPublishers.ofString(large))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(get("").at("/refusedCalls/body_too_large").asInt()).isEqualTo(2);
    }

    @Test
    void aPausedSourceTakesNothingInUntilItIsResumed() throws Exception {
        assertThat(api("POST", "/api/sources/%d/pause".formatted(source), "").statusCode())
                .isEqualTo(200);
        var paused = send(item("1"), "");
        assertThat(paused.statusCode()).isEqualTo(429);
        assertThat(paused.body()).contains("source_paused");
        assertThat(paused.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isPositive();
        assertThat(get("").path("accepted").asInt()).isZero();
        assertThat(get("").at("/refusedCalls/source_paused").asInt()).isEqualTo(1);
        api("POST", "/api/sources/%d/resume".formatted(source), "");
        assertThat(send(item("1"), "").statusCode()).isEqualTo(200);
        assertThat(json.readTree(api("GET", "/api/audit?limit=200", "").body())
                        .path("items")
                        .valueStream()
                        .filter(entry -> entry.path("thing").asString().equals("source " + source))
                        .map(entry -> entry.path("action").asString()))
                .contains("source.paused", "source.resumed");
    }

    @Test
    void theLastEventsAreShownWithoutPersonalData() throws Exception {
        send("""
                {"batch":[{"type":"identify","userId":"live-%1$s","messageId":"%1$s-1","traits":{"email":"%1$s@example.com","plan":"gold"}},
                 {"type":"track","userId":"live-%1$s","event":"Order Completed","messageId":"%1$s-2","properties":{"total":12.5}}]}
                """.formatted(mark), "");
        var answer = api("GET", "/api/sources/%d/events".formatted(source), "");
        assertThat(answer.body()).doesNotContain(mark + "@", "live-");
        var events = json.readTree(answer.body()).path("items");
        assertThat(events.valueStream().map(e -> e.path("messageId").asString()))
                .containsExactly(mark + "-2", mark + "-1");
        assertThat(events.at("/0/amount").decimalValue()).isEqualByComparingTo("12.5");
        assertThat(events.at("/1/identifiedBy").valueStream().map(JsonNode::asString))
                .containsExactly("user_id", "email");
        assertThat(events.at("/1/properties/plan").asString()).isEqualTo("gold");
        var more = get("/events?after=" + events.at("/0/seq").longValue());
        assertThat(more.path("items")).isEmpty();
        send(item("3"), "");
        assertThat(get("/events?after=" + events.at("/0/seq").longValue()).path("items"))
                .hasSize(1);
    }

    @Test
    void rulesThatMeanNothingAreRefused() throws Exception {
        for (var wrong : new String[] {
            "{\"allowedTypes\":[\"dance\"],\"allowedOrigins\":[]}",
            "{\"allowedTypes\":[],\"allowedOrigins\":[\"shop.example\"]}",
            "{\"allowedTypes\":[],\"allowedOrigins\":[\"https://shop.example/path\"]}",
            "{\"allowedTypes\":[],\"allowedOrigins\":[],\"eventsPerSecond\":0}"
        })
            assertThat(api("PUT", "/api/sources/" + source, "{\"personalFields\":[],\"rules\":%s}".formatted(wrong))
                            .statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        var own = json.readTree(api("GET", "/api/sources", "").body())
                .path("items")
                .valueStream()
                .filter(s -> s.path("name").asString().equals("rekindle"))
                .findFirst()
                .orElseThrow();
        assertThat(api("POST", "/api/sources/%d/pause".formatted(own.path("id").asInt()), "")
                        .statusCode())
                .isEqualTo(409);
    }

    private void rules(String rules) throws IOException, InterruptedException {
        var answer = api("PUT", "/api/sources/" + source, "{\"personalFields\":[],\"rules\":%s}".formatted(rules));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private String item(String id) {
        return "{\"batch\":[{\"type\":\"track\",\"userId\":\"u\",\"event\":\"E\",\"messageId\":\"%s-%s\"}]}"
                .formatted(mark, id);
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return json.readTree(
                api("GET", "/api/sources/%d%s".formatted(source, path), "").body());
    }

    private HttpResponse<String> send(String body, String origin) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch?strict=true".formatted(port)))
                .header("X-Write-Key", key)
                .POST(BodyPublishers.ofString(body));
        if (!origin.isEmpty()) request.header("Origin", origin);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
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
