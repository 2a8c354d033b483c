package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests recorded from the clients' own libraries, sent again as they were but for the write key. */
@RekindleTest
class RecordedRequestsTest {
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("host", "connection", "content-length", "transfer-encoding", "expect", "upgrade");
    private static final Set<String> KEYS = Set.of("WK_TEST", "WK_TEST2");

    private final JsonMapper json = JsonMapper.builder().build();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;
    private final Warehouse warehouse;

    RecordedRequestsTest(@LocalServerPort int port, @Autowired Warehouse warehouse) {
        this.port = port;
        this.warehouse = warehouse;
    }

    @Test
    void everyRecordedRequestIsAnsweredAndEveryEventOfThemIsInTheHistoryOnce() throws Exception {
        var folder = Path.of(System.getProperty("rekindle.root"), "..", "shared", "captures");
        assumeTrue(Files.isDirectory(folder), "there are no recorded requests at ../shared/captures");
        var calls = new TreeMap<String, Integer>();
        var messageIds = new TreeSet<String>();
        try (var files = Files.list(folder)) {
            for (var file : files.sorted().toList())
                for (var line : Files.readAllLines(file)) {
                    var recorded = json.readTree(line);
                    var answer = send(recorded);
                    var call = recorded.path("method").asString() + " "
                            + recorded.path("url").asString().split("\\?")[0];
                    assertThat(answer.statusCode())
                            .as("%s of %s: %s", call, file.getFileName(), answer.body())
                            .isEqualTo(recorded.path("method").asString().equals("OPTIONS") ? 204 : 200);
                    calls.merge(call, 1, Integer::sum);
                    collectMessageIds(recorded.path("body"), messageIds);
                    if (call.equals("GET /v1/projects/WK_TEST/settings"))
                        assertThat(json.readTree(answer.body())
                                        .at("/integrations/Segment.io/apiHost")
                                        .asString())
                                .isEqualTo("127.0.0.1:" + port + "/v1");
                }
        }
        assertThat(calls.keySet())
                .contains(
                        "POST /v1/batch",
                        "POST /v1/import/",
                        "POST /v1//v1/import/",
                        "POST /v1/b",
                        "POST /v1/t",
                        "POST /v1/track",
                        "POST /api/s/track",
                        "OPTIONS /api/s/track",
                        "GET /v1/projects/WK_TEST/settings");
        assertThat(messageIds).hasSizeGreaterThan(40);
        for (var id : messageIds)
            assertThat(warehouse.query(Sql.of("select seq from events where message_id = ?", id), row -> ""))
                    .as(id)
                    .hasSize(1);
    }

    private HttpResponse<String> send(JsonNode recorded) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port
                + recorded.path("url").asString().replace("WK_TEST", RekindleTest.WRITE_KEY)));
        boolean isChunked = false;
        var headers = recorded.path("rawHeaders");
        for (int i = 0; i < headers.size(); i += 2) {
            var name = headers.get(i).asString();
            var value = headers.get(i + 1).asString();
            if (name.equalsIgnoreCase("transfer-encoding")) isChunked = true;
            if (OF_THE_CONNECTION.contains(name.toLowerCase(java.util.Locale.ROOT))) continue;
            request.header(name, withKey(name, value));
        }
        var body = recorded.path("body").isObject()
                ? zipped(written(recorded.path("body")), recorded.path("gzip").asBoolean())
                : new byte[0];
        request.method(
                recorded.path("method").asString(),
                isChunked
                        ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
                        : BodyPublishers.ofByteArray(body));
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String withKey(String name, String value) {
        if (name.equalsIgnoreCase("x-write-key") && KEYS.contains(value)) return RekindleTest.WRITE_KEY;
        for (var key : KEYS) if (value.equals(basic(key))) return basic(RekindleTest.WRITE_KEY);
        return value;
    }

    private byte[] written(JsonNode body) {
        // Orders in another currency than the installation's are rejected, and these tests' is the euro.
        var text = json.writeValueAsString(body).replace("\"CNY\"", "\"EUR\"");
        for (var key : KEYS)
            text = text.replace("\"writeKey\":\"" + key + "\"", "\"writeKey\":\"" + RekindleTest.WRITE_KEY + "\"");
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] zipped(byte[] bytes, boolean isZipped) throws IOException {
        if (!isZipped) return bytes;
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static void collectMessageIds(JsonNode body, Set<String> ids) {
        if (body.path("batch").isArray()) body.path("batch").forEach(item -> collectMessageIds(item, ids));
        else if (body.path("messageId").isString())
            ids.add(body.path("messageId").asString());
    }

    private static String basic(String key) {
        return "Basic " + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
    }
}
