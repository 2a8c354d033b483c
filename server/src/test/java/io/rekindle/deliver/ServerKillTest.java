package io.rekindle.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.simulator.MailboxHabits;
import io.rekindle.simulator.Mailboxes;
import io.rekindle.testing.RekindleTest;
import io.rekindle.testing.ServerProcess;
import io.rekindle.testing.TestFolders;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole server on a data folder, with the PostgreSQL it brings, sends a real campaign to some 5,000 customers; both
 * are killed ({@code kill -9}) together at 3 moments, the first while the campaign is launched, and started again each
 * time. The 20 kills of the sending alone are {@code outbox.KillTest}'s. What arrived is told by the mail server.
 */
class ServerKillTest {
    private static final int CUSTOMERS = 5_060;
    private static final int KILLS = 3;
    private static final int CONNECTIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Path folder = TestFolders.newFolder("killed-sending");
    private final Clock clock = Clock.systemUTC();
    private final int port = ServerProcess.freePort();

    @Test
    void noMailboxHoldsTwoNoCouponIsGivenTwiceAndTheLedgerIsWhatWasSent() throws Exception {
        var random = new SplittableRandom(20_261_122);
        try (var mailboxes = Mailboxes.open(0, MailboxHabits.acceptAll())) {
            var server = start(mailboxes.port());
            try {
                bringCustomers();
                long campaign = submitted();
                call("POST", "/api/campaigns/%d/approve".formatted(campaign), "");
                LockSupport.parkNanos(random.nextInt(300) * 1_000_000L);
                server = killedAndStarted(server, mailboxes.port());
                long doubtful = 0;
                for (int kill = 1; kill < KILLS; kill++) {
                    long enough = mailboxes.accepted() + random.nextInt(200, 900);
                    await("mail arrives", () -> mailboxes.accepted() >= enough);
                    // A message is looked at as sending only by who sends it: what the start before left is in doubt.
                    long now = progress(campaign, "inDoubt");
                    assertThat(now - doubtful)
                            .as("in doubt before kill %d", kill)
                            .isBetween(0L, (long) CONNECTIONS);
                    doubtful = now;
                    LockSupport.parkNanos(random.nextInt(2_000_000));
                    server = killedAndStarted(server, mailboxes.port());
                }
                assertThat(mailboxes.accepted())
                        .as("left to send at the last kill")
                        .isLessThan(CUSTOMERS - 100);
                await("the outbox is empty", () -> left(campaign) == 0 && waiting() == 0);
                assertThat(progress(campaign, "inDoubt") - doubtful).isBetween(0L, (long) CONNECTIONS);
                checkMail(campaign, mailboxes);
                checkState();
            } finally {
                stop(server);
            }
            checkHistory(mailboxes);
        }
    }

    private void checkMail(long campaign, Mailboxes mailboxes) throws Exception {
        assertThat(mailboxes.acceptedByRecipient().values())
                .as("no mailbox holds two")
                .allSatisfy(n -> assertThat(n).isEqualTo(1));
        var chosen = new HashMap<String, String>();
        var cursor = "";
        do {
            var page = get("/api/campaigns/%d/decisions?arm=treatment&limit=500%s".formatted(campaign, cursor));
            for (var row : page.get("items"))
                chosen.put(
                        row.get("userId").stringValue() + "@killed.example",
                        row.get("customerId").stringValue());
            cursor = page.get("nextCursor").isNull()
                    ? ""
                    : "&cursor=" + page.get("nextCursor").stringValue();
        } while (!cursor.isEmpty());
        assertThat(chosen.keySet())
                .as("nobody else got a mail")
                .containsAll(mailboxes.acceptedByRecipient().keySet());
        var empty = new HashSet<>(chosen.keySet());
        empty.removeAll(mailboxes.acceptedByRecipient().keySet());
        var inDoubt = new HashSet<String>();
        for (var row : get("/api/messages?limit=500&state=in_doubt&campaignId=" + campaign)
                .get("items")) inDoubt.add(row.get("customerId").stringValue());
        assertThat(inDoubt)
                .as("every empty mailbox is in doubt")
                .containsAll(empty.stream().map(chosen::get).toList());
        var coupons = mailboxes.takeArrived().stream()
                .map(mail -> String.valueOf(mail.coupon()))
                .toList();
        assertThat(coupons).hasSize(mailboxes.acceptedByRecipient().size()).doesNotHaveDuplicates();
        assertThat(coupons).allSatisfy(code -> assertThat(code).startsWith("KILL"));
        System.out.printf(
                "server and database killed %d times: %d of %d arrived, %d in doubt, %d of them did not arrive%n",
                KILLS, coupons.size(), chosen.size(), inDoubt.size(), empty.size());
    }

    /** The PostgreSQL that was killed with the server: each message once, each with its coupon and its unit of budget. */
    private void checkState() throws Exception {
        try (var postgres = DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%s/postgres".formatted(kept("postgres.port")),
                "postgres",
                kept("postgres.password"))) {
            long settled = number(postgres, "select count(*) from messages where state in ('sent', 'in_doubt')");
            assertThat(settled).isEqualTo(number(postgres, "select count(*) from messages"));
            assertThat(number(postgres, "select count(*) from messages where state = 'in_doubt'"))
                    .isLessThanOrEqualTo((long) KILLS * CONNECTIONS);
            assertThat(number(postgres, "select count(*) from coupons where message_id is not null"))
                    .isEqualTo(settled);
            assertThat(
                            number(
                                    postgres,
                                    "select count(*) from coupons c join messages m on m.message_id = c.message_id and m.customer_id = c.customer_id"))
                    .isEqualTo(settled);
            assertThat(number(postgres, "select count(*) from contact_units")).isEqualTo(settled);
            assertThat(number(postgres, "select count(*) from runs")).isEqualTo(1);
            await(
                    "every change is in the history",
                    () -> number(postgres, "select count(*) from message_changes") == 0);
        }
    }

    private void checkHistory(Mailboxes mailboxes) throws SQLException {
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("warehouse.duckdb"))) {
            long planned = number(duckdb, "select count(*) from decisions where action = 'send'");
            assertThat(planned).isGreaterThan(4_900);
            assertThat(number(duckdb, "select count(distinct customer_id) from decisions"))
                    .isEqualTo(CUSTOMERS);
            assertThat(number(duckdb, "select count(*) from decisions")).isEqualTo(CUSTOMERS);
            assertThat(number(duckdb, "select count(*) from messages_now where state in ('sent', 'in_doubt')"))
                    .as("the ledger's sends are the messages of the history")
                    .isEqualTo(planned);
            assertThat(
                            number(
                                    duckdb,
                                    "select count(*) from decisions d join messages_now m on m.decision_id = d.decision_id where d.action = 'send'"))
                    .isEqualTo(planned);
            assertThat(number(duckdb, "select count(*) from messages where state = 'sent'"))
                    .as("each is told as sent once")
                    .isEqualTo(number(duckdb, "select count(*) from messages_now where state = 'sent'"));
            assertThat(number(duckdb, "select count(*) from messages_now where state = 'sent'"))
                    .isLessThanOrEqualTo(mailboxes.accepted());
        }
    }

    private void bringCustomers() throws Exception {
        var ordered = Instant.now(clock).minus(Duration.ofDays(100));
        for (int from = 0; from < CUSTOMERS; from += 500) {
            var items = IntStream.range(from, Math.min(CUSTOMERS, from + 500))
                    .mapToObj(n ->
                            "{\"type\":\"identify\",\"userId\":\"k%1$d\",\"messageId\":\"i%1$d\",\"traits\":{\"email\":\"k%1$d@killed.example\",\"firstName\":\"Ann\",\"consent\":{\"email\":true}}},{\"type\":\"track\",\"userId\":\"k%1$d\",\"messageId\":\"o%1$d\",\"event\":\"Order Completed\",\"timestamp\":\"%2$s\",\"properties\":{\"order_id\":\"o%1$d\",\"total\":20}}"
                                    .formatted(n, ordered))
                    .collect(Collectors.joining(","));
            var answer = send(request("/v1/batch")
                    .header("X-Write-Key", RekindleTest.WRITE_KEY)
                    .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":[%s]}".formatted(items)))
                    .build());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
        await("everybody is known", () -> waiting() == 0);
    }

    private long submitted() throws Exception {
        var soon = Instant.now(clock).plus(Duration.ofDays(60));
        long objective = made(
                "/api/objectives",
                "{\"name\":\"Back\",\"kind\":\"retain\",\"metric\":\"repurchase_rate\",\"unit\":\"points\",\"windowDays\":30,\"target\":0.05,\"deadline\":\"%s\"}"
                        .formatted(soon.toString().substring(0, 10)));
        long segment = made("/api/segments", "{\"name\":\"all\",\"rule\":{\"orders\":{\"count\":{\"atLeast\":1}}}}");
        long offer = made(
                "/api/offers",
                "{\"name\":\"o\",\"kind\":\"percent\",\"value\":5,\"costPerUse\":0,\"expiresAt\":\"%s\"}"
                        .formatted(soon));
        call(
                "POST",
                "/api/offers/%d/codes".formatted(offer),
                "{\"generate\":%d,\"prefix\":\"KILL\"}".formatted(CUSTOMERS));
        long template = made(
                "/api/templates",
                "{\"name\":\"t\",\"channel\":\"email\",\"subject\":\"Hello {{ customer.first_name }}\",\"html\":\"<p><b data-coupon='{{ offer.code }}'>{{ offer.code }}</b></p>\",\"text\":\"{{ offer.code }}\"}");
        long campaign = made(
                "/api/campaigns",
                "{\"name\":\"c\",\"objectiveId\":%d,\"segmentId\":%d,\"templateId\":%d,\"offerId\":%d,\"holdoutShare\":0.01,\"sendWindow\":{\"from\":\"00:00\",\"to\":\"23:59\"},\"attributionDays\":14,\"messageCost\":0.01}"
                        .formatted(objective, segment, template, offer));
        call("POST", "/api/campaigns/%d/submit".formatted(campaign), "");
        return campaign;
    }

    private long left(long campaign) throws Exception {
        var progress = get("/api/campaigns/%d/progress".formatted(campaign));
        if (progress.get("state").stringValue().equals("approved")) return CUSTOMERS;
        return progress.get("ready").longValue()
                + progress.get("sending").longValue()
                + progress.get("deferred").longValue()
                + (progress.get("state").stringValue().equals("running") ? 1 : 0);
    }

    private long progress(long campaign, String what) throws Exception {
        return get("/api/campaigns/%d/progress".formatted(campaign)).get(what).longValue();
    }

    /** Events not yet taken up by every reader of the log. */
    private long waiting() throws Exception {
        long waiting = 0;
        for (var tail : get("/api/tails").get("items"))
            waiting += tail.get("lag").longValue();
        return waiting;
    }

    private Process killedAndStarted(Process server, int mailPort) throws Exception {
        var postgres = ProcessHandle.of(Long.parseLong(
                        Files.readAllLines(folder.resolve("postgres").resolve("postmaster.pid"))
                                .getFirst()
                                .strip()))
                .orElseThrow();
        var backends = postgres.descendants().toList();
        server.destroyForcibly();
        postgres.destroyForcibly();
        backends.forEach(ProcessHandle::destroyForcibly);
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        postgres.onExit().get(30, TimeUnit.SECONDS);
        return start(mailPort);
    }

    private Process start(int mailPort) throws Exception {
        var process = ServerProcess.start(
                folder,
                port,
                Map.of(
                        "REKINDLE_MAIL_HOST",
                        "127.0.0.1",
                        "REKINDLE_MAIL_PORT",
                        Integer.toString(mailPort),
                        "REKINDLE_MAIL_CONNECTIONS",
                        Integer.toString(CONNECTIONS),
                        "REKINDLE_MAIL_START_TLS",
                        "off"));
        await("the server answers", () -> {
            if (!process.isAlive())
                throw new AssertionError("the server ended: " + Files.readString(folder.resolve("server.log")));
            try {
                return send(authorized("/api/version").build()).statusCode() == 200;
            } catch (IOException notYet) {
                return false;
            }
        });
        return process;
    }

    private static void stop(Process server) throws InterruptedException {
        server.destroy();
        if (!server.waitFor(60, TimeUnit.SECONDS)) server.destroyForcibly().waitFor();
    }

    private long made(String path, String body) throws Exception {
        return call("POST", path, body).get("id").longValue();
    }

    private JsonNode get(String path) throws Exception {
        return call("GET", path, null);
    }

    private JsonNode call(String method, String path, @Nullable String body) throws Exception {
        var answer = send(authorized(path)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build());
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isLessThan(300);
        return JSON.readTree(answer.body());
    }

    private HttpRequest.Builder authorized(String path) {
        return request(path).header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                .timeout(Duration.ofSeconds(60));
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String kept(String file) throws IOException {
        return Files.readString(folder.resolve(file)).strip();
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) throw new AssertionError("waited in vain until " + what);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }
}
