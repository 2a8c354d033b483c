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
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
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
        traits("hat", "\"red\"", "\"blue\"");
    }

    @Test
    void aTraitNobodyHasIsRefusedWithTheNearestNameAndASealedOneWithTheReason() throws Exception {
        traits("seg_favourite", "\"opera\"");
        var refused = send(
                "POST",
                "/api/segments/preview",
                rule(
                        "{'any':[{'trait':'seg_favorite','is':'exists'},{'trait':'email','is':'exists'},"
                                + "{'not':{'trait':'First_Name','is':'equals','value':'Ann'}},{'trait':'qqqqqqqqq','is':'exists'}]}"),
                422);
        assertThat(faults(refused))
                .containsOnlyKeys("any[0].trait", "any[1].trait", "any[2].not.trait", "any[3].trait")
                .hasEntrySatisfying(
                        "any[0].trait",
                        why -> assertThat(why)
                                .isEqualTo(
                                        "no customer has ever had a trait 'seg_favorite'; did you mean 'seg_favourite'?"))
                .hasEntrySatisfying("any[1].trait", why -> assertThat(why).contains("personal data", "sealed"))
                .hasEntrySatisfying("any[2].not.trait", why -> assertThat(why).contains("personal data"))
                .hasEntrySatisfying("any[3].trait", why -> assertThat(why).contains("/api/segments/fields"));
        send("POST", "/api/segments", segment("never", "{'trait':'nosuch','is':'exists'}"), 422);
    }

    @Test
    void aQuestionTheValuesOfATraitCannotAnswerIsRefusedAtItsPlace() throws Exception {
        traits("seg_city", "\"Wien\"", "\"Ulm\"");
        traits("seg_points", "7", "\"12\"", "-1.5");
        traits("seg_birthday", "\"1980-02-03\"", "\"1991-12-31\"");
        traits("seg_vip", "true", "false");
        traits("seg_gone", (String) null);
        var fits = List.of(
                "{'trait':'seg_city','is':'in','value':['Wien','Graz']}",
                "{'trait':'seg_city','is':'contains','value':'ie'}",
                "{'trait':'seg_points','is':'greater','value':5}",
                "{'trait':'seg_points','is':'equals','value':'7'}",
                "{'trait':'seg_birthday','is':'before','value':'1990-01-01'}",
                "{'trait':'seg_birthday','is':'between','value':['1980-01-01','1990-01-01']}",
                "{'trait':'seg_vip','is':'equals','value':true}",
                "{'trait':'seg_gone','is':'greater','value':5}");
        for (var rule : fits) send("POST", "/api/segments/preview", rule(rule), 200);
        var misfits = Map.of(
                "{'trait':'seg_city','is':'greater','value':5}", "is",
                "{'trait':'seg_city','is':'in','value':['Wien',7]}", "value[1]",
                "{'trait':'seg_city','is':'before','value':'1990-01-01'}", "is",
                "{'trait':'seg_points','is':'equals','value':'many'}", "value",
                "{'trait':'seg_points','is':'between','value':['1980-01-01','1990-01-01']}", "value",
                "{'trait':'seg_birthday','is':'less','value':3}", "is",
                "{'trait':'seg_vip','is':'equals','value':'yes'}", "value",
                "{'trait':'seg_vip','is':'contains','value':'tr'}", "is");
        for (var misfit : misfits.entrySet()) {
            var refused = send("POST", "/api/segments/preview", rule(misfit.getKey()), 422);
            assertThat(faults(refused)).as(misfit.getKey()).containsOnlyKeys(misfit.getValue());
        }
        assertThat(faults(send(
                                "POST",
                                "/api/segments/preview",
                                rule("{'trait':'seg_city','is':'greater','value':5}"),
                                422))
                        .get("is"))
                .isEqualTo("'seg_city': 'greater' compares numbers, and its values are texts;"
                        + " it takes equals, not_equals, in, exists, contains");
        var fields = send("GET", "/api/segments/fields", null, 200).get("items");
        assertThat(fields.valueStream()
                        .filter(field -> field.get("path").stringValue().startsWith("trait.seg_"))
                        .map(field -> field.get("path").stringValue() + " "
                                + field.get("type").stringValue()))
                .contains("trait.seg_city text", "trait.seg_points number", "trait.seg_vip boolean");
    }

    @Test
    void anEventThatNeverCameIsAWarningAndACampaignThatIsNotThereAFault() throws Exception {
        warehouse.append(
                "event_days",
                "segment-names",
                Rows.written(rows -> rows.value(9_100_000_000_000_000_000L)
                        .value("Seg Basket Filled")
                        .value(LocalDate.parse("2026-02-01"))
                        .value(1L)
                        .missing()
                        .missing()
                        .value(1L)
                        .end()));
        var odd = send(
                "POST",
                "/api/segments/preview",
                rule("{'all':[{'event':'Seg Basket Filled','count':{'atLeast':1}},"
                        + "{'not':{'event':'seg basket fild','count':{'atLeast':1}}}]}"),
                200);
        assertThat(odd.get("warnings")).hasSize(1);
        assertThat(odd.at("/warnings/0/place").stringValue()).isEqualTo("all[1].not.event");
        assertThat(odd.at("/warnings/0/message").stringValue())
                .isEqualTo("no event 'seg basket fild' has come in yet; did you mean 'Seg Basket Filled'?");
        assertThat(faults(send(
                        "POST",
                        "/api/segments/preview",
                        rule("{'message':{'campaignId':987654,'state':['sent']}}"),
                        422)))
                .containsEntry("message.campaignId", "there is no campaign 987654");
    }

    @Test
    void segmentsThatNameEachOtherTwiceAreCountedWithAllTheyBring() throws Exception {
        long last = send("POST", "/api/segments", segment("chain 0", "{'trait':'hat','is':'exists'}"), 201)
                .get("id")
                .longValue();
        long first = last;
        var twice = "{'any':[{'segment':%1$d},{'not':{'segment':%1$d}}]}";
        for (int i = 1; i <= 9; i++)
            last = send("POST", "/api/segments", segment("chain " + i, twice.formatted(last)), 201)
                    .get("id")
                    .longValue();
        var refused = send("POST", "/api/segments", segment("chain 10", twice.formatted(last)), 422);
        assertThat(refused.get("code").stringValue()).isEqualTo("segment_rule_invalid");
        assertThat(refused.at("/errors/0/place").stringValue()).isEqualTo("any[1].not.segment");
        assertThat(refused.at("/errors/0/message").stringValue())
                .contains("segment %d 'chain 9'".formatted(last), "nested 21 deep");
        send("POST", "/api/segments/preview", rule("{'segment':%d}".formatted(last)), 200);
        // The first one may not grow beyond what those that name it can carry.
        var grown = send(
                "PUT",
                "/api/segments/" + first,
                segment("chain 0", "{'not':{'not':{'trait':'hat','is':'exists'}}}"),
                422);
        assertThat(grown.get("detail").stringValue())
                .contains("segment %d 'chain 9' names this one".formatted(last), "21 deep");
    }

    private void traits(String name, @Nullable String... values) {
        warehouse.append("trait_changes", "segment-names:" + name, Rows.written(rows -> {
            for (int i = 0; i < values.length; i++)
                rows.value(9_200_000_000_000_000_000L + i)
                        .value(name)
                        .value(values[i])
                        .value(Instant.parse("2026-02-01T00:00:00Z"))
                        .value(1L + i)
                        .missing()
                        .end();
        }));
    }

    private static String rule(String rule) {
        return "{\"rule\":%s}".formatted(rule.replace('\'', '"'));
    }

    private static Map<String, String> faults(JsonNode refused) {
        return refused.get("errors")
                .valueStream()
                .collect(Collectors.toMap(
                        fault -> fault.get("place").stringValue(),
                        fault -> fault.get("message").stringValue()));
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
                                .missing()
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

    private JsonNode send(String method, String path, @Nullable String body, int status)
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
