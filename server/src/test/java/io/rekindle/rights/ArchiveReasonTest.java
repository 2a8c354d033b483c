package io.rekindle.rights;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.AuditTrail;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.identity.Identities;
import io.rekindle.testing.RekindleTest;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.json.JsonMapper;

/** Where a reason is asked for, everything of a person is handed to nobody without one. */
@RekindleTest
@TestPropertySource(properties = "rekindle.access.reason-required=true")
class ArchiveReasonTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final AuditTrail audit;

    ArchiveReasonTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired AuditTrail audit) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.audit = audit;
    }

    @Test
    void theArchiveOfAPersonIsRefusedUntilSomebodySaysWhyAndThenTheReasonIsWrittenDown() throws Exception {
        var sent = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/identify".formatted(port)))
                        .header("X-Write-Key", RekindleTest.WRITE_KEY)
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"messageId\":\"why-1\",\"userId\":\"why-user-1\",\"traits\":{\"email\":\"zxwhy@secret.example\"}}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
        var id = identities.find(Identifier.Type.USER_ID, "why-user-1").orElseThrow();
        var archive = "/api/customers/" + id + "/archive";

        for (var none : new String[] {null, "%20"}) {
            var refused = get(archive, none);
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(json.readTree(refused.body()).path("code").asString()).isEqualTo("archive_of_personal_data");
        }
        assertThat(audit.latest(Long.MAX_VALUE, 500).items())
                .noneMatch(entry -> entry.thing().equals("customer " + id));

        var made = get(archive, "request%202026-117");
        assertThat(made.statusCode()).isEqualTo(200);
        var all = new StringBuilder();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(made.body()))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry())
                all.append(new String(zip.readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(all).contains("zxwhy@secret.example");
        var looks = json.readTree(
                        get("/api/customers/" + id + "/accesses", null).body())
                .path("items");
        assertThat(looks).singleElement().satisfies(look -> {
            assertThat(look.path("fields").toString()).isEqualTo("[\"archive\"]");
            assertThat(look.path("reason").asString()).isEqualTo("request 2026-117");
        });
    }

    private HttpResponse<byte[]> get(String path, @Nullable String reason) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY);
        if (reason != null) request.header("X-Access-Reason", reason);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
