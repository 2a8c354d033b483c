package io.rekindle.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RekindleTest
class SegmentsOverHttpTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final Warehouse warehouse;

    SegmentsOverHttpTest(@LocalServerPort int port, @Autowired Warehouse warehouse) {
        this.port = port;
        this.warehouse = warehouse;
    }

    @Test
    void aSegmentIsMadeChangedAndDeletedWithEveryVersionKept() throws Exception {
        var made = send("POST", "/api/segments", segment("made and changed", "{'trait':'hat','is':'exists'}"), 201);
        long id = made.get("id").longValue();
        assertThat(made.get("version").intValue()).isEqualTo(1);
        assertThat(made.at("/words/en").stringValue()).isEqualTo("customers who have hat (any value)");
        assertThat(made.at("/words/zh").stringValue()).isEqualTo("hat有值的客户");
        var changed = send(
                "PUT",
                "/api/segments/" + id,
                segment("made and changed", "{'trait':'hat','is':'equals','value':'red'}"),
                200);
        assertThat(changed.get("version").intValue()).isEqualTo(2);
        assertThat(send("GET", "/api/segments/" + id, null, 200)
                        .at("/rule/value")
                        .stringValue())
                .isEqualTo("red");
        assertThat(send("GET", "/api/segments?limit=500", null, 200).toString()).contains("made and changed");
        assertThat(send("POST", "/api/segments", segment("made and changed", "{'tier':['high']}"), 409)
                        .get("code")
                        .stringValue())
                .isEqualTo("segment_name_taken");
        send("DELETE", "/api/segments/" + id, null, 204);
        assertThat(send("GET", "/api/segments/" + id, null, 404).get("code").stringValue())
                .isEqualTo("segment_unknown");
        assertThat(send("GET", "/api/audit?limit=500", null, 200).toString())
                .contains("segment.created", "segment.changed", "segment.deleted");
    }

    @Test
    void aCircleOfSegmentsIsRefusedAtItsPlaceAndASegmentInUseStays() throws Exception {
        long inner = send("POST", "/api/segments", segment("inner", "{'trait':'hat','is':'exists'}"), 201)
                .get("id")
                .longValue();
        long outer = send("POST", "/api/segments", segment("outer", "{'not':{'segment':%d}}".formatted(inner)), 201)
                .get("id")
                .longValue();
        var refused = send(
                "PUT",
                "/api/segments/" + inner,
                segment("inner", "{'all':[{'segment':%d},{'segment':999999}]}".formatted(outer)),
                422);
        assertThat(refused.get("code").stringValue()).isEqualTo("segment_rule_invalid");
        assertThat(refused.at("/errors/0/place").stringValue()).isEqualTo("all[0].segment");
        assertThat(refused.at("/errors/0/message").stringValue())
                .contains("%d → %d → %d".formatted(inner, outer, inner));
        assertThat(refused.at("/errors/1/place").stringValue()).isEqualTo("all[1].segment");
        var kept = send("DELETE", "/api/segments/" + inner, null, 409);
        assertThat(kept.get("code").stringValue()).isEqualTo("segment_in_use");
        assertThat(kept.get("detail").stringValue()).contains("'outer'");
        send("DELETE", "/api/segments/" + outer, null, 204);
        send("DELETE", "/api/segments/" + inner, null, 204);
    }

    @Test
    void aPreviewCountsAndShowsAFewCustomers() throws Exception {
        warehouse.append(
                "trait_changes",
                "preview",
                Rows.written(rows -> LongStream.rangeClosed(1, 25)
                        .forEach(customer -> rows.value(9_000_000_000_000_000_000L + customer)
                                .value("previewed")
                                .value(customer > 20 ? "\"no\"" : "\"yes\"")
                                .value(Instant.parse("2026-02-01T00:00:00Z"))
                                .value(customer)
                                .end())));
        var preview = send(
                "POST",
                "/api/segments/preview",
                "{\"rule\":{\"trait\":\"previewed\",\"is\":\"equals\",\"value\":\"yes\"}}",
                200);
        assertThat(preview.get("count").longValue()).isEqualTo(20);
        assertThat(preview.get("sample")).hasSize(10);
        assertThat(preview.at("/sample/0/customerId").stringValue()).isEqualTo("9000000000000000001");
        assertThat(preview.at("/words/en").stringValue()).contains("previewed");
        assertThat(preview.get("sqlMillis").isIntegralNumber()).isTrue();
        assertThat(send("GET", "/api/segments/fields", null, 200).toString())
                .contains("\"trait.previewed\"", "\"tier\"", "\"score.p_alive\"", "\"orders.count\"");
    }

    @Test
    void theSchemaIsPublishedAndAFaultyRuleNamesItsPlaces() throws Exception {
        assertThat(send("GET", "/api/segments/schema", null, 200).get("title").stringValue())
                .isEqualTo("Segment rule");
        var refused = send("POST", "/api/segments/preview", "{\"rule\":{\"all\":[{\"tier\":[\"gold\"]},5]}}", 422);
        assertThat(refused.at("/errors/0/place").stringValue()).isEqualTo("all[0].tier[0]");
        assertThat(refused.at("/errors/1/place").stringValue()).isEqualTo("all[1]");
        assertThat(send("POST", "/api/segments/preview", "{}", 422).get("code").stringValue())
                .isEqualTo("segment_rule_invalid");
    }

    private static String segment(String name, String rule) {
        return "{\"name\":\"%s\",\"rule\":%s}".formatted(name, rule.replace('\'', '"'));
    }

    private JsonNode send(String method, String path, @org.jspecify.annotations.Nullable String body, int status)
            throws IOException, InterruptedException {
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
