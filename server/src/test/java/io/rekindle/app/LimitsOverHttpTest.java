package io.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.AdHocQueries;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How much may be sent and asked for, and that whoever refuses says so the same way. */
@RekindleTest
class LimitsOverHttpTest {
    private static final int LARGEST_BODY = 16 << 20;

    private final JsonMapper json = JsonMapper.builder().build();
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;

    private final AdHocQueries queries;

    LimitsOverHttpTest(@LocalServerPort int port, @Autowired AdHocQueries queries) {
        this.port = port;
        this.queries = queries;
    }

    /** An answer as it comes over a socket: no client mends or refuses what is sent. */
    private record Raw(int status, String head, String body) {}

    private Raw raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            // Else a server that was told of more to come waits a minute for it before it hangs up.
            socket.shutdownOutput();
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int body = answer.indexOf("\r\n\r\n");
            return new Raw(
                    Integer.parseInt(answer.split(" ")[1]), answer.substring(0, body), answer.substring(body + 4));
        }
    }

    private static String head(String method, String path, String... more) {
        var lines = new StringBuilder(
                        "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n".formatted(method, path))
                .append("Authorization: Bearer ")
                .append(RekindleTest.ADMIN_KEY)
                .append("\r\n");
        for (var line : more) lines.append(line).append("\r\n");
        return lines.append("\r\n").toString();
    }

    @Test
    void aBodyThatSaysItIsTooLargeIsRefusedUnread() throws Exception {
        var refused = raw(head(
                "POST",
                "/api/segments/preview",
                "Content-Type: application/json",
                "Idempotency-Key: " + UUID.randomUUID(),
                "Content-Length: 262144000"));
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.head()).contains("application/problem+json");
        assertThat(refused.body()).contains("\"body_too_large\"", "16 MB");
    }

    @Test
    void aBodyOfUntoldLengthIsReadUpToTheLimit() throws Exception {
        for (var key : List.of("", UUID.randomUUID().toString())) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/segments/preview".formatted(port)))
                    .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofInputStream(() -> spaces(LARGEST_BODY + 10_000)));
            if (!key.isEmpty()) request.header("Idempotency-Key", key);
            var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
            assertThat(json.readTree(answer.body()).get("code").stringValue()).isEqualTo("body_too_large");
        }
    }

    private static InputStream spaces(int bytes) {
        var all = new byte[bytes];
        Arrays.fill(all, (byte) ' ');
        return new ByteArrayInputStream(all);
    }

    /** Twenty questions of others fill the room: four are answered, sixteen wait. */
    @Test
    void everyQuestionToTheHistorySharesTheSameRoom() throws Exception {
        var go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var others = new ArrayList<Future<Boolean>>();
            for (int i = 0; i < 21; i++)
                others.add(threads.submit(() -> queries.answer(() -> {
                    try {
                        return go.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                })));
            try {
                // When one is turned away the room is full.
                while (others.stream().noneMatch(Future::isDone)) LockSupport.parkNanos(1_000_000);
                for (var path : List.of(
                        "/api/campaigns/1/result",
                        "/api/campaigns/1/decisions/5/explain",
                        "/api/customers",
                        "/api/customers/5"))
                    assertThat(send("GET", path, "", 429).get("code").stringValue())
                            .as(path)
                            .isEqualTo("too_many_queries");
                assertThat(send("POST", "/api/customers/search", "{\"query\":\"x\"}", 429)
                                .get("code")
                                .stringValue())
                        .isEqualTo("too_many_queries");
            } finally {
                go.countDown();
            }
        }
        send("GET", "/api/customers", "", 200);
    }

    @Test
    void ofManyFaultsAHundredAreListedAndTheOthersCounted() throws Exception {
        var rules = "5,".repeat(2_000) + "5";
        var refused = send("POST", "/api/segments/preview", "{\"rule\":{\"all\":[%s]}}".formatted(rules), 422);
        assertThat(refused.get("errors")).hasSize(100);
        assertThat(refused.get("moreErrors").intValue()).isEqualTo(1_901);
        assertThat(refused.at("/errors/99/place").stringValue()).isEqualTo("all[99]");
    }

    @Test
    void aPageHasOneToFiveHundredItems() throws Exception {
        for (var path : List.of(
                "/api/segments",
                "/api/customers",
                "/api/campaigns",
                "/api/objectives",
                "/api/offers",
                "/api/templates",
                "/api/messages",
                "/api/audit",
                "/api/imports",
                "/api/suppressions",
                "/api/identity/conflicts",
                "/api/models/bgnbd")) {
            for (var limit : List.of("0", "-1", "501", "100000", "99999999999")) {
                var refused = send("GET", path + "?limit=" + limit, "", 400);
                assertThat(refused.get("code").stringValue()).isEqualTo("limit_out_of_range");
                assertThat(refused.at("/errors/0/place").stringValue()).isEqualTo("limit");
                assertThat(refused.get("detail").stringValue()).contains(limit, "1 to 500");
            }
            send("GET", path + "?limit=500", "", 200);
            send("GET", path + "?limit=1", "", 200);
        }
    }

    @Test
    void whatTheWebServerItselfRefusesIsAProblemToo() throws Exception {
        for (var path :
                List.of("/api/x%00", "/%2e%2e/x", "/api/segments|x", "/api/%2Fx", "/api/segments?a=%zz|", "/..")) {
            var refused = raw(head("GET", path));
            assertThat(refused.status()).as(path).isEqualTo(400);
            assertThat(refused.head()).as(path).containsIgnoringCase("content-type: application/problem+json");
            assertThat(json.readTree(refused.body()).get("code").stringValue())
                    .as(path)
                    .isEqualTo("request_rejected");
            assertThat(refused.body())
                    .as(path)
                    .doesNotContainIgnoringCase("tomcat")
                    .doesNotContain("<");
        }
    }

    private JsonNode send(String method, String path, String body, int status) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isEqualTo(status);
        return json.readTree(answer.body());
    }
}
