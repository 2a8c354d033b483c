package io.rekindle.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Tails;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.collect.log.StagedEvent;
import io.rekindle.platform.AlertListener;
import io.rekindle.testing.RekindleTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Events are told to a real web server of somebody else's; signatures are worked out as the specification says. */
@RekindleTest
class WebhooksOverHttpTest {
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final JdbcClient jdbc;

    WebhooksOverHttpTest(@LocalServerPort int port, @Autowired JdbcClient jdbc) {
        this.port = port;
        this.jdbc = jdbc;
    }

    @AfterEach
    void nobodyIsToldAnyMore() {
        jdbc.sql("delete from webhooks").update();
    }

    @Test
    void everySubscribedEventIsToldOnceAndSigned() throws Exception {
        try (var receiver = new Receiver()) {
            var made = make("told-once", receiver.url(), true, "Webhook Order", "identify");
            track("hook-user-1", "Webhook Order", 3);
            track("hook-user-1", "Webhook Nothing", 3);
            identify("hook-user-1", "Hook.User@secret.example");
            await(() -> receiver.calls().size() >= 4);
            await(() -> webhook(made).get("waiting").intValue() == 0);
            assertThat(receiver.calls()).hasSize(4);
            var secret = made.get("secret").stringValue();
            var ids = new HashSet<String>();
            for (var call : receiver.calls()) {
                assertThat(call.signatures()).isEqualTo("v1," + signature(secret, call));
                assertThat(call.body()).doesNotContainIgnoringCase("secret.example");
                var body = json.readTree(call.body());
                assertThat(body.at("/data/userId").stringValue()).isEqualTo("hook-user-1");
                assertThat(body.at("/data/customer").stringValue()).isNotBlank();
                ids.add(call.id());
            }
            assertThat(ids).hasSize(4);
            assertThat(receiver.calls().stream()
                            .map(call -> json.readTree(call.body()).get("type").stringValue()))
                    .containsExactlyInAnyOrder("track", "track", "track", "identify");
            assertThat(receiver.calls().stream()
                            .map(call -> json.readTree(call.body()).at("/data/properties/n"))
                            .filter(JsonNode::isNumber)
                            .map(JsonNode::intValue))
                    .containsExactlyInAnyOrder(0, 1, 2);
        }
    }

    @Test
    void anAlertIsToldToWhomItsTypeIsNamedAndToNobodyElse(
            @Autowired List<AlertListener> listeners, @Autowired TransactionTemplate transaction) throws Exception {
        try (var receiver = new Receiver();
                var other = new Receiver()) {
            make("alerts", receiver.url(), true, "quality.alert.opened");
            make("no-alerts", other.url(), false, "*");
            var alert = new AlertListener.Alert(
                    "quality.alert.opened", 4_711_000, Instant.parse("2026-03-01T02:00:00Z"), Map.of("source", "shop"));
            transaction.executeWithoutResult(status -> {
                listeners.forEach(listener -> listener.told(alert));
                status.setRollbackOnly();
            });
            for (int time = 0; time < 2; time++)
                transaction.executeWithoutResult(status -> listeners.forEach(listener -> listener.told(alert)));
            track("hook-user-alerted", "Webhook Order", 1);
            await(() -> receiver.calls().size() == 1 && other.calls().size() == 1);
            assertThat(json.readTree(receiver.calls().getFirst().body()))
                    .isEqualTo(
                            json.readTree(
                                    "{\"type\":\"quality.alert.opened\",\"timestamp\":\"2026-03-01T02:00:00Z\",\"data\":{\"source\":\"shop\"}}"));
            assertThat(other.calls().getFirst().body()).contains("Webhook Order");
        }
    }

    /** What happened long ago is no news, whenever it comes in. */
    @Test
    void whatAFileBringsIsNotTold(@Autowired CommitLog log, @Autowired Tails tails) throws Exception {
        try (var receiver = new Receiver()) {
            make("no-files", receiver.url(), false, "Webhook Of A File");
            log.append(List.of(event(log, "hook-file-1", 4_711L), event(log, "hook-file-2", null)), List.of());
            tails.awaitAll(log.lastSeq());
            await(() -> !receiver.calls().isEmpty());
            assertThat(receiver.calls())
                    .singleElement()
                    .satisfies(call -> assertThat(json.readTree(call.body())
                                    .at("/data/messageId")
                                    .stringValue())
                            .isEqualTo("hook-file-2"));
            assertThat(jdbc.sql("select count(*) from webhook_deliveries")
                            .query(Long.class)
                            .single())
                    .isEqualTo(1);
        }
    }

    private static StagedEvent event(CommitLog log, String message, @Nullable Long importId) {
        var at = Instant.parse("2026-02-01T00:00:00Z");
        return new StagedEvent(
                log.fingerprint(3, message),
                at,
                at,
                3,
                importId,
                EventType.TRACK,
                "Webhook Of A File",
                8_800_991,
                List.of(),
                message,
                null,
                null,
                null,
                null,
                false);
    }

    @Test
    void theLibraryOfTheSpecificationVerifiesCallsAndRefusesTamperedOnes() throws Exception {
        try (var consumer = new NodeConsumer()) {
            var made = make("verified", consumer.url(), false, "Webhook Verified");
            consumer.expect(made.get("secret").stringValue());
            track("hook-user-6", "Webhook Verified", 1);
            var call = consumer.next();
            assertThat(call.at("/verified/data/name").stringValue())
                    .as(call.toString())
                    .isEqualTo("Webhook Verified");
            await(() -> webhook(made).get("waiting").intValue() == 0);
            assertThat(webhook(made).get("lastDeliveredAt").isNull()).isFalse();

            var body = call.get("body").stringValue();
            assertThat(sendAgain(consumer, call, body, call.get("timestamp").stringValue()))
                    .as("as it came")
                    .isEqualTo(204);
            assertThat(consumer.next().has("verified")).isTrue();
            var tampered = body.replace("Webhook Verified", "Webhook Forged");
            assertThat(sendAgain(consumer, call, tampered, call.get("timestamp").stringValue()))
                    .isEqualTo(400);
            assertThat(consumer.next().get("refused").stringValue()).contains("signature");
            var earlier = Long.toString(Long.parseLong(call.get("timestamp").stringValue()) - 1);
            assertThat(sendAgain(consumer, call, body, earlier)).isEqualTo(400);
            assertThat(consumer.next().get("refused").stringValue()).contains("signature");

            // With a new secret calls are signed by both for a day: who has not changed yet still verifies them.
            var renewed = call("POST", "/api/webhooks/%d/secret".formatted(id(made)), "");
            track("hook-user-6", "Webhook Verified", 1);
            assertThat(consumer.next().has("verified")).isTrue();
            consumer.expect(renewed.get("secret").stringValue());
            track("hook-user-6", "Webhook Verified", 1);
            assertThat(consumer.next().has("verified")).isTrue();
        }
    }

    private int sendAgain(NodeConsumer consumer, JsonNode call, String body, String timestamp)
            throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(consumer.url()))
                                .header("webhook-id", call.get("id").stringValue())
                                .header("webhook-timestamp", timestamp)
                                .header(
                                        "webhook-signature",
                                        call.get("signature").stringValue())
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void aFailedCallIsTriedAgainWithTheSameIdAndGivenUpInTheEndAndCanBeReplayed() throws Exception {
        try (var receiver = new Receiver()) {
            receiver.answer(call -> 500);
            var made = make("given-up", receiver.url(), false, "Webhook Doomed");
            track("hook-user-2", "Webhook Doomed", 1);
            await(() -> webhook(made).get("dead").intValue() == 1);
            assertThat(receiver.calls()).hasSize(3);
            assertThat(receiver.calls().stream().map(Receiver.Call::id).distinct())
                    .hasSize(1);
            var dead = get("/api/webhooks/%d/deliveries?state=dead".formatted(id(made)))
                    .get("items")
                    .get(0);
            assertThat(dead.get("attempts").intValue()).isEqualTo(3);
            assertThat(dead.get("answeredStatus").intValue()).isEqualTo(500);

            receiver.answer(call -> 204);
            assertThat(call("POST", "/api/webhooks/%d/replay".formatted(id(made)), "{}")
                            .get("deliveries")
                            .intValue())
                    .isEqualTo(1);
            await(() -> !webhook(made).get("lastDeliveredAt").isNull());
            assertThat(receiver.calls()).hasSize(4);
            assertThat(receiver.calls().getLast().id())
                    .isEqualTo(dead.get("messageId").stringValue());
        }
    }

    @Test
    void whatWasWrittenDownOfTwoWhileTheyWereOneIsToldOfTheOneItIsOfWhenTheyAreParted() throws Exception {
        try (var receiver = new Receiver()) {
            receiver.answer(call -> 500);
            var made = make("parted", receiver.url(), true, "Webhook Parted");
            identify("hook-w", "hook-w@shop.example");
            identify("hook-l", "hook-l@shop.example");
            var one = customerOf("hook-w");
            var merge = call(
                    "POST",
                    "/api/identity/merges",
                    "{\"customerId\":\"%s\",\"otherCustomerId\":\"%s\"}".formatted(one, customerOf("hook-l")));
            var winner = merge.get("winner").stringValue();
            // Either may have been taken into the other.
            var user = merge.get("loser").stringValue().equals(one) ? "hook-w" : "hook-l";
            track(user, "Webhook Parted", 1);
            await(() -> webhook(made).get("dead").intValue() == 1);
            assertThat(receiver.calls().getLast().body()).contains(winner);

            call(
                    "POST",
                    "/api/identity/merges/%d/undo".formatted(merge.get("number").longValue()),
                    "");
            receiver.answer(call -> 204);
            call("POST", "/api/webhooks/%d/replay".formatted(id(made)), "{}");
            await(() -> !webhook(made).get("lastDeliveredAt").isNull());
            var told = json.readTree(receiver.calls().getLast().body()).get("data");
            assertThat(told.get("customer").stringValue())
                    .isEqualTo(customerOf(user))
                    .isNotEqualTo(winner);
            assertThat(told.get("userId").stringValue()).isEqualTo(user);
        }
    }

    @Test
    void aSlowReceiverKeepsNobodyElseWaiting() throws Exception {
        try (var slow = new Receiver();
                var quick = new Receiver()) {
            slow.answer(call -> {
                try {
                    Thread.sleep(2_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return 200;
            });
            var slowly = make("slow", slow.url(), false, "Webhook Race");
            make("quick", quick.url(), false, "Webhook Race");
            track("hook-user-3", "Webhook Race", 30);
            await(() -> quick.calls().size() == 30);
            // Eight at once and two seconds each: it cannot have had them all.
            assertThat(webhook(slowly).get("waiting").intValue()).isPositive();
        }
    }

    @Test
    void whoIsGoneIsBelievedAndARedirectIsNotFollowed() throws Exception {
        try (var receiver = new Receiver()) {
            receiver.answer(call -> 302);
            var moved = make("moved", receiver.url(), false, "Webhook Moved");
            track("hook-user-4", "Webhook Moved", 1);
            await(() -> webhook(moved).get("dead").intValue() == 1);
            assertThat(receiver.calls()).hasSize(3);

            receiver.answer(call -> 410);
            var gone = make("gone", receiver.url(), false, "Webhook Gone");
            track("hook-user-4", "Webhook Gone", 1);
            await(() -> !webhook(gone).get("active").booleanValue());
            assertThat(webhook(gone).get("stoppedBecause").stringValue()).isEqualTo("gone");
            assertThat(webhook(gone).get("waiting").intValue()).isEqualTo(1);

            // Switched on again it goes on with what waits.
            receiver.answer(call -> 200);
            call(
                    "PUT",
                    "/api/webhooks/%d".formatted(id(gone)),
                    draft("gone", receiver.url(), false, true, "Webhook Gone"));
            await(() -> webhook(gone).get("waiting").intValue() == 0);
        }
    }

    @Test
    void forADayTheEarlierSecretSignsBesideTheNewOne() throws Exception {
        try (var receiver = new Receiver()) {
            var made = make("renewed", receiver.url(), false, "Webhook Renewed");
            var renewed = call("POST", "/api/webhooks/%d/secret".formatted(id(made)), "")
                    .get("secret")
                    .stringValue();
            track("hook-user-5", "Webhook Renewed", 1);
            await(() -> receiver.calls().size() == 1);
            var told = receiver.calls().getFirst();
            assertThat(told.signatures().split(" "))
                    .containsExactly(
                            "v1," + signature(renewed, told),
                            "v1," + signature(made.get("secret").stringValue(), told));
        }
    }

    @Test
    void addressesOfTheCompanysOwnNetworkAreNotCalled() throws Exception {
        var answered = new AtomicInteger();
        try (var receiver = new Receiver()) {
            receiver.answer(call -> {
                answered.incrementAndGet();
                return 200;
            });
            // The name stands for 127.0.0.1 or ::1; of these the tests allow the first alone.
            var made = make(
                    "inside",
                    "http://[::1]:%s/".formatted(receiver.url().replaceAll(".*:(\\d+)/.*", "$1")),
                    false,
                    "Webhook Inside");
            track("hook-user-6", "Webhook Inside", 1);
            await(() -> webhook(made).get("dead").intValue() == 1);
            var dead = get("/api/webhooks/%d/deliveries".formatted(id(made)))
                    .get("items")
                    .get(0);
            assertThat(dead.get("failure").stringValue()).isEqualTo("address_not_allowed");
            assertThat(answered).hasValue(0);
        }
    }

    @Test
    void whatCannotBeAWebhookIsRefused() throws Exception {
        for (var url : new String[] {"ftp://example.org", "https://", "example.org", "https://user:pass@example.org/"})
            assertThat(refused(draft("bad", url, false, true, "x"))).as(url).isEqualTo("webhook_url_invalid");
        assertThat(refused(draft(" ", "https://example.org", false, true, "x"))).isEqualTo("webhook_name_invalid");
        assertThat(refused("{\"name\":\"n\",\"url\":\"https://example.org\",\"events\":[]}"))
                .isEqualTo("webhook_events_invalid");
        make("taken", "https://example.org", false, "x");
        assertThat(refused(draft("taken", "https://example.org", false, true, "x")))
                .isEqualTo("webhook_name_taken");
        assertThat(send("GET", "/api/webhooks/99999999", "").statusCode()).isEqualTo(404);
    }

    private static String signature(String secret, Receiver.Call call) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
        var signed = "%s.%s.%s".formatted(call.id(), call.timestamp(), call.body());
        return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    }

    private String draft(String name, String url, boolean withUserId, boolean active, String... events) {
        return json.writeValueAsString(new Webhook.Draft(name, url, Arrays.asList(events), withUserId, active));
    }

    private JsonNode make(String name, String url, boolean withUserId, String... events) throws Exception {
        return call("POST", "/api/webhooks", draft(name, url, withUserId, true, events));
    }

    private static long id(JsonNode made) {
        return made.at("/webhook/id").longValue();
    }

    private JsonNode webhook(JsonNode made) {
        try {
            return get("/api/webhooks/" + id(made));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void track(String user, String event, int times) throws Exception {
        for (int i = 0; i < times; i++)
            intake("track", "{\"userId\":\"%s\",\"event\":\"%s\",\"properties\":{\"n\":%d}}".formatted(user, event, i));
    }

    private void identify(String user, String email) throws Exception {
        intake("identify", "{\"userId\":\"%s\",\"traits\":{\"email\":\"%s\"}}".formatted(user, email));
    }

    private void intake(String call, String body) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/%s".formatted(port, call)))
                        .header("X-Write-Key", RekindleTest.WRITE_KEY)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    /** Once the tails know them. */
    private String customerOf(String user) throws InterruptedException {
        var found = new java.util.concurrent.atomic.AtomicReference<>("");
        await(() -> {
            try {
                var answer = send(
                        "POST", "/api/customers/lookup", "{\"type\":\"user_id\",\"value\":\"%s\"}".formatted(user));
                if (answer.statusCode() == 200)
                    found.set(json.readTree(answer.body())
                            .at("/profile/customerId")
                            .stringValue());
                return answer.statusCode() == 200;
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        return found.get();
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        var answer = send("GET", path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json.readTree(answer.body());
    }

    private JsonNode call(String method, String path, String body) throws Exception {
        var answer = send(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return json.readTree(answer.body());
    }

    private String refused(String draft) throws Exception {
        var answer = send("POST", "/api/webhooks", draft);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 499);
        return json.readTree(answer.body()).get("code").stringValue();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("waited in vain");
            Thread.sleep(20);
        }
    }
}
