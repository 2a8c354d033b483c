package io.rekindle.rights;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.profile.Profiles;
import io.rekindle.testing.TestFolders;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Who is erased because nobody has seen them for long asked for nothing, and may buy again. */
class InactivePersonsTest {
    private static final String WRITE_KEY = "wk_inactive_0123456789";
    private static final String ADMIN_KEY = "rk_inactive_0123456789abcdef";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void whoeverComesAgainAfterAnErasureForSilenceIsACustomerWithoutAPast() throws Exception {
        try (var server = RunningServer.start(
                new DataFolder(TestFolders.newFolder("data")),
                0,
                Map.of(
                        "rekindle.warehouse.memory-limit",
                        "512MB",
                        "rekindle.write-key",
                        WRITE_KEY,
                        "rekindle.admin-key",
                        ADMIN_KEY,
                        "rekindle.retention.inactive-persons",
                        "30d"))) {
            var of2023 = """
                    {"type":"identify","messageId":"old-%1$s","userId":"%1$s","timestamp":"2023-04-05T06:07:08Z",
                     "traits":{"email":"%1$s@silent.example","hat":"green"}}""";
            for (var who : new String[] {"silent", "wishing", "waiting"}) accepted(server, of2023.formatted(who));
            var jdbc = server.part(JdbcClient.class);
            // One of them asks for it; the others are only silent.
            var wish = server.client()
                    .post(
                            "/api/erasures",
                            Map.of("customerId", id(server, "wishing").toString(), "reason", "request 12"));
            hidden(server, 1);
            server.client().post("/api/retention/apply", Map.of());
            hidden(server, 3);
            assertThat(jdbc.sql("select may_return from erasures order by id")
                            .query(Boolean.class)
                            .list())
                    .containsExactly(false, true, true);
            assertThat(wish.path("id").asLong()).isEqualTo(1);
            server.client().post("/api/erasures/finish", Map.of());
            for (var who : new String[] {"silent", "wishing", "waiting"})
                assertThat(server.part(Profiles.class).exists(id(server, who)))
                        .as(who)
                        .isFalse();

            // What happened before, sent again, and a file, which is as old as whoever made it, bring nobody back.
            refused(server, of2023.formatted("silent").replace("old-", "again-"));
            Files.writeString(folder.resolve("crm.csv"), "customer,city\nsilent,Rome\n");
            var imports = server.part(Imports.class);
            var started = imports.start(
                    folder.resolve("crm.csv"),
                    "crm.csv",
                    ImportMapping.of(ImportKind.CUSTOMERS, Map.of()),
                    false,
                    false);
            var done = Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> imports.get(started.id()), one -> one.state() != Imports.State.RUNNING);
            assertThat(done.report())
                    .isNotNull()
                    .satisfies(r -> assertThat(r.reasons())
                            .extracting(Imports.ReasonCount::reason)
                            .containsExactly("customer_erased"));

            var order = """
                    {"type":"track","messageId":"order-%1$s","userId":"%1$s","event":"Order Completed",
                     "timestamp":"%2$s","properties":{"order_id":"o-%1$s","total":500}}""";
            var later = Instant.now().plusSeconds(1).toString();
            refused(server, order.formatted("wishing", later));
            accepted(server, order.formatted("silent", later));
            accepted(server, """
                    {"type":"track","messageId":"in-waiting","userId":"waiting","event":"Signed In","timestamp":"%s"}""".formatted(later));
            for (var who : new String[] {"silent", "waiting"})
                assertThat(server.part(Profiles.class).exists(id(server, who)))
                        .as(who)
                        .isTrue();
            assertThat(server.part(Profiles.class).exists(id(server, "wishing")))
                    .isFalse();
            assertThat(server.part(Warehouse.class)
                            .query(
                                    Sql.of(
                                            "select order_id from orders_now where customer_id = ?",
                                            id(server, "silent").value()),
                                    row -> row.text("order_id")))
                    .containsExactly("o-silent");
            // Their other identifiers came with them; what was said of them before did not.
            accepted(server, """
                    {"type":"identify","messageId":"mail-silent","traits":{"email":"silent@silent.example"},
                     "timestamp":"%s"}""".formatted(later));
            assertThat(server.part(Profiles.class)
                            .traits(java.util.List.of(id(server, "silent")))
                            .toString())
                    .doesNotContain("green");
        }
    }

    /** Between the request and the first step they buy something: then the reason is gone, and so is the erasure. */
    @Test
    void whoeverIsSeenAgainBeforeTheErasureForSilenceHasBegunIsNotErased() throws Exception {
        try (var server = RunningServer.start(
                new DataFolder(TestFolders.newFolder("data")),
                0,
                Map.of(
                        "rekindle.warehouse.memory-limit",
                        "512MB",
                        "rekindle.write-key",
                        WRITE_KEY,
                        "rekindle.admin-key",
                        ADMIN_KEY))) {
            for (var who : new String[] {"silent", "buying", "late", "joined"}) accepted(server, """
                        {"type":"identify","messageId":"old-%1$s","userId":"%1$s","timestamp":"2023-04-05T06:07:08Z",
                         "traits":{"email":"%1$s@silent.example","hat":"green"}}""".formatted(who));
            var jdbc = server.part(JdbcClient.class);
            var before = Instant.parse("2026-01-01T00:00:00Z");
            // What begins an erasure waits for the end of this transaction.
            server.part(TransactionTemplate.class).executeWithoutResult(status -> {
                assertThat(server.part(InactivePersons.class).remove(before)).isEqualTo(4);
                try {
                    accepted(server, """
                            {"type":"track","messageId":"order-1","userId":"buying","event":"Order Completed",
                             "timestamp":"2026-02-03T00:00:00Z","properties":{"order_id":"o-1","total":500}}""");
                    // Told late, of a time as long ago: nobody has seen them since.
                    accepted(server, """
                            {"type":"track","messageId":"visit-1","userId":"late","event":"Signed In",
                             "timestamp":"2024-02-03T00:00:00Z"}""");
                    // Seen as somebody else, who turned out to be the same.
                    accepted(server, """
                            {"type":"identify","messageId":"join-1","userId":"joined","anonymousId":"visitor",
                             "timestamp":"2023-04-06T00:00:00Z"}""");
                    accepted(server, """
                            {"type":"page","messageId":"join-2","anonymousId":"visitor","timestamp":"2026-02-04T00:00:00Z"}""");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            hidden(server, 2);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> jdbc.sql("select count(*) from erasures")
                                    .query(Integer.class)
                                    .single()
                            == 2);
            assertThat(jdbc.sql("select action from audit_trail where action = 'erasure.called_off'")
                            .query(String.class)
                            .list())
                    .hasSize(2);
            server.client().post("/api/erasures/finish", Map.of());
            for (var who : new String[] {"silent", "late"})
                assertThat(server.part(Profiles.class).exists(id(server, who)))
                        .as(who)
                        .isFalse();
            for (var who : new String[] {"buying", "joined"}) {
                var id = id(server, who);
                assertThat(server.part(Profiles.class).traits(java.util.List.of(id)))
                        .as(who)
                        .hasToString("{%s={hat=\"green\"}}".formatted(id));
                accepted(server, """
                        {"type":"track","messageId":"again-%1$s","userId":"%1$s","event":"Signed In",
                         "timestamp":"2026-02-05T00:00:00Z"}""".formatted(who));
            }
            assertThat(jdbc.sql("select count(*) from erasure_ids")
                            .query(Integer.class)
                            .single())
                    .isZero();
            // Who is silent again is due again.
            assertThat(server.part(InactivePersons.class).remove(Instant.parse("2026-03-01T00:00:00Z")))
                    .isEqualTo(2);
        }
    }

    private static void hidden(RunningServer server, int erasures) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> server.part(JdbcClient.class)
                                .sql("select count(*) from erasures where state <> 'requested'")
                                .query(Integer.class)
                                .single()
                        == erasures);
    }

    private static CustomerId id(RunningServer server, String user) {
        return server.part(Identifiers.class)
                .of(Identifier.Type.USER_ID, user)
                .orElseThrow()
                .id();
    }

    private static void accepted(RunningServer server, String item) throws Exception {
        long before = server.part(EventLog.class).lastSeq();
        send(server, item);
        assertThat(server.part(EventLog.class).lastSeq()).as(item).isEqualTo(before + 1);
        server.part(Tails.class).awaitAll(before + 1);
    }

    private static void refused(RunningServer server, String item) throws Exception {
        long before = server.part(EventLog.class).lastSeq();
        send(server, item);
        assertThat(server.part(EventLog.class).lastSeq()).as(item).isEqualTo(before);
    }

    private static void send(RunningServer server, String item) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create(server.url() + "/v1/batch"))
                            .header("X-Write-Key", WRITE_KEY)
                            .POST(HttpRequest.BodyPublishers.ofString("{\"batch\": [%s]}".formatted(item)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }
}
