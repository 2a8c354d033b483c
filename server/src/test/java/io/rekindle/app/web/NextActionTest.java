package io.rekindle.app.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.identity.Identities;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.json.JsonMapper;

/** What a customer's page advises: what the stage asks for, but only where a marketing mail may go out. */
@RekindleTest
class NextActionTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Warehouse warehouse;

    NextActionTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Warehouse warehouse) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.warehouse = warehouse;
    }

    @Test
    void whatIsAdvisedFollowsFromWhetherAMarketingMailMayGoOut() throws Exception {
        intake("""
                {"type":"identify","userId":"next-yes","traits":{"email":"yes@next.example","consent":{"email":true}}},
                {"type":"identify","userId":"next-no","traits":{"email":"no@next.example","consent":{"email":false}}},
                {"type":"identify","userId":"next-silent","traits":{"email":"silent@next.example"}},
                {"type":"identify","userId":"next-topic","traits":{"email":"topic@next.example",
                 "consent":{"email":{"topics":{"next_news":true}}}}},
                {"type":"identify","userId":"next-sms","traits":{"email":"sms@next.example","consent":{"sms":true}}},
                {"type":"identify","userId":"next-nowhere","traits":{"consent":{"email":true}}},
                {"type":"identify","userId":"next-gone","traits":{"email":"gone@next.example","consent":{"email":true}}},
                {"type":"track","userId":"next-gone","event":"Email Bounced","properties":{"bounce_type":"hard"}}""");
        var expected = new TreeMap<>(Map.of(
                "next-yes", "wake",
                "next-no", "ask_permission",
                "next-silent", "ask_permission",
                "next-topic", "ask_permission",
                "next-sms", "ask_permission",
                "next-nowhere", "ask_address",
                "next-gone", "leave_alone"));
        warehouse.append(
                "stage_changes",
                "next-action-test",
                Rows.written(rows -> expected.keySet()
                        .forEach(user -> rows.value(id(user))
                                .value("cooling")
                                .value(Instant.parse("2026-02-01T00:00:00Z"))
                                .end())));
        var advised = new TreeMap<String, String>();
        for (var user : expected.keySet()) {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/customers/%d".formatted(port, id(user))))
                            .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            advised.put(
                    user, json.readTree(answer.body()).at("/nextAction/action").asString());
        }
        assertThat(advised).isEqualTo(expected);
    }

    private long id(String userId) {
        return identities.find(Identifier.Type.USER_ID, userId).orElseThrow().value();
    }

    private void intake(String items) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                        .header("X-Write-Key", RekindleTest.WRITE_KEY)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":[" + items + "]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
    }
}
