package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.testing.RekindleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What shows a consent, and the question whether it was meant, go with whom they are about when merged customers part. */
@RekindleTest
class EvidenceAfterUnMergeTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Consents consents;
    private final Confirmations confirmations;
    private final Permissions permissions;
    private final Preferences preferences;
    private final Suppressions suppressions;
    private final TransactionTemplate transaction;
    private final JdbcClient jdbc;

    EvidenceAfterUnMergeTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Consents consents,
            @Autowired Confirmations confirmations,
            @Autowired Permissions permissions,
            @Autowired Preferences preferences,
            @Autowired Suppressions suppressions,
            @Autowired TransactionTemplate transaction,
            @Autowired JdbcClient jdbc) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.consents = consents;
        this.confirmations = confirmations;
        this.permissions = permissions;
        this.preferences = preferences;
        this.suppressions = suppressions;
        this.transaction = transaction;
        this.jdbc = jdbc;
    }

    @Test
    void proofsAndOpenQuestionsGoWithTheirPersonAndAnErasureTakesNobodyElses() throws Exception {
        send("PUT", "/api/country-rules/LI", "{\"doubleOptIn\": true}", 200);
        send("PUT", "/api/topics/ev_news", "{\"nameEn\": \"News\", \"nameZh\": \"新闻\"}", 200);
        try {
            intake("""
                    {"type":"identify","messageId":"ev-1","userId":"ev-ann",
                     "traits":{"consent":{"sms":{"granted":true,"proof":"a slip of Ann"}}}},
                    {"type":"identify","messageId":"ev-2",
                     "traits":{"email":"bob@evidence.example","consent":{"sms":{"granted":true,"proof":"a slip of Bob"}}}}""");
            var ann = identities.find(Identifier.Type.USER_ID, "ev-ann").orElseThrow();
            var bob = identities
                    .find(Identifier.Type.EMAIL, "bob@evidence.example")
                    .orElseThrow();
            long merge = send(
                            "POST",
                            "/api/identity/merges",
                            "{\"customerId\":\"%s\",\"otherCustomerId\":\"%s\"}".formatted(ann, bob),
                            200)
                    .path("number")
                    .asLong();
            // Said while they are taken for one.
            intake("""
                    {"type":"identify","messageId":"ev-3","traits":{"email":"bob@evidence.example","country":"LI",
                     "consent":{"push":{"granted":true,"proof":"another slip of Bob"},"email":{"topics":{"ev_news":true}}}}}""");
            assertThat(identities.canonical(bob)).isEqualTo(ann);
            assertThat(proofs(ann)).containsExactlyInAnyOrder("a slip of Ann", "a slip of Bob", "another slip of Bob");
            assertThat(confirmations.openOf(ann)).hasSize(1).isEqualTo(confirmations.openOf(bob));

            send("POST", "/api/identity/merges/" + merge + "/undo", "", 200);
            assertThat(proofs(ann)).containsExactly("a slip of Ann");
            assertThat(proofs(bob)).containsExactlyInAnyOrder("a slip of Bob", "another slip of Bob");
            assertThat(confirmations.openOf(ann)).isEmpty();
            var open = confirmations.openOf(bob);
            assertThat(open).hasSize(1);
            assertThat(jdbc.sql("select customer_id from messages where run_id = :run")
                            .param("run", -open.getFirst().id())
                            .query(Long.class)
                            .list())
                    .as("the mail goes to him")
                    .containsExactly(bob.value());
            confirm(open.getFirst().id());
            assertThat(consents.of(bob)).anyMatch(c -> c.granted() && "ev_news".equals(c.topic()));
            assertThat(consents.of(ann)).noneMatch(c -> "ev_news".equals(c.topic()));

            long erasure = send(
                            "POST",
                            "/api/erasures",
                            "{\"customerId\":\"%s\",\"reason\":\"request 12\"}".formatted(bob),
                            201)
                    .path("id")
                    .asLong();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(send("GET", "/api/erasures/" + erasure, "", 200)
                                    .path("state")
                                    .asString())
                            .isNotEqualTo("requested"));
            assertThat(proofs(ann)).containsExactly("a slip of Ann");
            for (var table : List.of("consent_evidence", "consent_confirmations"))
                assertThat(jdbc.sql("select count(*) from %s where customer_id = :bob".formatted(table))
                                .param("bob", bob.value())
                                .query(Long.class)
                                .single())
                        .as(table)
                        .isZero();
        } finally {
            send("DELETE", "/api/country-rules/LI", "", 204);
        }
    }

    /** While they were taken for one, the mail went to the other's mailbox: what was confirmed there says nothing of this one's. */
    @Test
    void whatWasConfirmedAtAnothersMailboxDoesNotHoldAtTheirOwnWhenTheyPart() throws Exception {
        send("PUT", "/api/country-rules/LI", "{\"doubleOptIn\": true}", 200);
        try {
            intake("""
                    {"type":"identify","messageId":"own-1","userId":"own-eve","timestamp":"2026-01-01T00:00:00Z",
                     "traits":{"email":"eve@evidence.example","country":"LI","consent":{"email":true}}},
                    {"type":"identify","messageId":"own-2","userId":"own-fay","timestamp":"2026-01-02T00:00:00Z",
                     "traits":{"email":"fay@evidence.example","country":"LI"}}""");
            var eve = identities.find(Identifier.Type.USER_ID, "own-eve").orElseThrow();
            var fay = identities.find(Identifier.Type.USER_ID, "own-fay").orElseThrow();
            assertThat(confirmations.openOf(eve)).hasSize(1);
            long merge = send(
                            "POST",
                            "/api/identity/merges",
                            "{\"customerId\":\"%s\",\"otherCustomerId\":\"%s\"}".formatted(fay, eve),
                            200)
                    .path("number")
                    .asLong();
            tails.awaitAll(log.lastSeq());
            var both = identities.canonical(eve);
            assertThat(identities.canonical(fay)).isEqualTo(both);
            var open = confirmations.openOf(both);
            assertThat(open).as("the mailbox of both is asked").hasSize(1);
            confirm(open.getFirst().id());
            assertThat(allowed(both)).isTrue();

            send("POST", "/api/identity/merges/" + merge + "/undo", "", 200);
            tails.awaitAll(log.lastSeq());
            assertThat(identities.canonical(eve)).isNotEqualTo(identities.canonical(fay));
            assertThat(consents.of(eve)).anyMatch(Consent::granted);
            assertThat(allowed(eve)).as("said by eve, confirmed by fay").isFalse();
            assertThat(allowed(fay)).as("said nothing").isFalse();
        } finally {
            send("DELETE", "/api/country-rules/LI", "", 204);
        }
    }

    /** While they were taken for one, mail with the link of both went to the mailbox of one. */
    @Test
    void thePreferenceLinkInAnothersMailboxRulesNobodyWhenTheyPart() throws Exception {
        intake("""
                {"type":"identify","messageId":"pref-1","userId":"pref-gil","timestamp":"2026-01-01T00:00:00Z",
                 "traits":{"email":"gil@evidence.example"}},
                {"type":"identify","messageId":"pref-2","userId":"pref-hal","timestamp":"2026-01-02T00:00:00Z",
                 "traits":{"email":"hal@evidence.example","consent":{"email":true}}}""");
        var gil = identities.find(Identifier.Type.USER_ID, "pref-gil").orElseThrow();
        var hal = identities.find(Identifier.Type.USER_ID, "pref-hal").orElseThrow();
        long merge = merged(gil, hal);
        assertThat(identities.canonical(hal)).isEqualTo(identities.canonical(gil));
        var link = URI.create(preferences.url(gil)).getPath();
        assertThat(form(link, "general=on")).contains("checked", "h***@");

        send("POST", "/api/identity/merges/" + merge + "/undo", "", 200);
        tails.awaitAll(log.lastSeq());
        var said = consents.of(gil);
        assertThat(form(link, "general=on")).doesNotContain("type=\"checkbox\"", "***@");
        assertThat(consents.of(gil)).isEqualTo(said);
        form(link, "all=off");
        assertThat(consents.of(gil)).isEqualTo(said);
        assertThat(listed("gil@evidence.example")).isFalse();
        assertThat(listed("hal@evidence.example")).isTrue();
        assertThat(allowed(hal)).as("whose mailbox it is").isFalse();
    }

    /** What stands of them is taken apart a little later than they are. */
    @Test
    void nobodysPermissionRestsOnTheOthersYesWhileTheyPart() throws Exception {
        intake("""
                {"type":"identify","messageId":"part-1","userId":"part-ida","traits":{"email":"ida@evidence.example"}},
                {"type":"identify","messageId":"part-2","userId":"part-jon","traits":{"email":"jon@evidence.example"}}""");
        var ida = identities.find(Identifier.Type.USER_ID, "part-ida").orElseThrow();
        var jon = identities.find(Identifier.Type.USER_ID, "part-jon").orElseThrow();
        long merge = merged(ida, jon);
        var kept = identities.canonical(jon);
        assertThat(kept).isEqualTo(identities.canonical(ida));
        var other = kept.equals(ida) ? jon : ida;
        intake("""
                {"type":"identify","messageId":"part-3","userId":"%s","traits":{"consent":{"email":true}}}""".formatted(kept.equals(ida) ? "part-jon" : "part-ida"));
        assertThat(allowed(kept)).as("by the word of the other").isTrue();

        var undone = new AtomicReference<CompletableFuture<?>>();
        transaction.executeWithoutResult(status -> {
            // Whoever folds consents waits for this row.
            jdbc.sql("select last_merge from consent_progress for update")
                    .query(Long.class)
                    .single();
            undone.set(CompletableFuture.runAsync(() -> undo(merge)));
            Awaitility.await()
                    .pollInSameThread()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !identities.canonical(other).equals(kept));
            for (var one : List.of(kept, other)) {
                assertThat(allowed(one)).isFalse();
                var at = Instant.parse("2026-03-01T09:00:00Z");
                assertThat(permissions.take(78_000_000L + one.value() % 1_000, one, null, Ask.marketing("email"), at))
                        .as("it is asked for again")
                        .isInstanceOfSatisfying(
                                Permit.Later.class,
                                later -> assertThat(later.notBefore()).isAfter(at));
            }
            status.setRollbackOnly();
        });
        undone.get().get(60, TimeUnit.SECONDS);
        tails.awaitAll(log.lastSeq());
        assertThat(allowed(kept)).isFalse();
        assertThat(allowed(other)).isTrue();
    }

    private void undo(long merge) {
        try {
            send("POST", "/api/identity/merges/" + merge + "/undo", "", 200);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private long merged(CustomerId one, CustomerId other) throws Exception {
        var body = "{\"customerId\":\"%s\",\"otherCustomerId\":\"%s\"}".formatted(one, other);
        long merge =
                send("POST", "/api/identity/merges", body, 200).path("number").asLong();
        tails.awaitAll(log.lastSeq());
        return merge;
    }

    private boolean listed(String email) {
        return !suppressions
                .find("email", suppressions.addressHash("email", email))
                .isEmpty();
    }

    private String form(String path, String said) throws Exception {
        return http.send(
                        request(path)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString(said))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private boolean allowed(CustomerId customer) {
        return permissions
                .judge(new long[] {customer.value()}, Ask.marketing("email"), Instant.parse("2026-03-01T09:00:00Z"))
                .allows(0);
    }

    private List<String> proofs(CustomerId customer) {
        return consents.evidenceOf(customer).stream()
                .map(Consents.Evidence::proof)
                .filter(Objects::nonNull)
                .toList();
    }

    private void intake(String items) throws Exception {
        var key = Base64.getEncoder().encodeToString((RekindleTest.WRITE_KEY + ":").getBytes(StandardCharsets.UTF_8));
        var answer = http.send(
                request("/v1/batch")
                        .header("Authorization", "Basic " + key)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":[" + items + "]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
    }

    private JsonNode send(String method, String path, String body, int status) throws Exception {
        var answer = http.send(
                request(path)
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body().isEmpty() ? json.createObjectNode() : json.readTree(answer.body());
    }

    /** Presses the button behind the link of a confirmation's mail. */
    private void confirm(long confirmation) throws Exception {
        var link = Pattern.compile("https?://\\S+(/c/[\\w-]+)")
                .matcher(confirmations.mail(confirmation).orElseThrow().text());
        assertThat(link.find()).isTrue();
        http.send(
                request(link.group(1)).POST(HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }
}
