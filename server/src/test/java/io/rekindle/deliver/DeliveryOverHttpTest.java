package io.rekindle.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import io.rekindle.consent.Ask;
import io.rekindle.consent.Category;
import io.rekindle.consent.Permissions;
import io.rekindle.decide.Outbox;
import io.rekindle.decide.OutgoingMessage;
import io.rekindle.decide.OutgoingRun;
import io.rekindle.identity.Identities;
import io.rekindle.plan.MessageTemplate;
import io.rekindle.plan.Templates;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.TimeTravel;
import io.rekindle.platform.Vault;
import io.rekindle.simulator.Mail;
import io.rekindle.simulator.MailboxHabits;
import io.rekindle.simulator.Mailboxes;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The way of a message through a whole server, from the outbox to the recipient's mailbox and back by its links. */
@RekindleTest
@DirtiesContext
class DeliveryOverHttpTest {
    private static final Mailboxes MAILBOXES = Mailboxes.open(0, (who, before) -> {
        if (who.startsWith("slow")) await();
        return who.startsWith("gone") ? MailboxHabits.Answer.UNKNOWN_USER : MailboxHabits.Answer.ACCEPT;
    });
    /** What the mailboxes of slow people wait for. */
    private static volatile CountDownLatch slowness = new CountDownLatch(0);

    private static final String BROWSER =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    private static final String SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel; EE)";
    private static final AtomicLong RUNS = new AtomicLong(1000);

    private final HttpClient http =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    private final JsonMapper json = JsonMapper.builder().build();
    private final long runId = RUNS.incrementAndGet();

    private final int port;
    private final Outbox outbox;
    private final Messages messages;
    private final Templates templates;
    private final TransactionTemplate transaction;
    private final TimeTravel time;
    private final BusinessClock clock;
    private final Vault vault;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final Identities identities;
    private final Permissions permissions;

    DeliveryOverHttpTest(
            @LocalServerPort int port,
            @Autowired Outbox outbox,
            @Autowired Messages messages,
            @Autowired Templates templates,
            @Autowired TransactionTemplate transaction,
            @Autowired TimeTravel time,
            @Autowired BusinessClock clock,
            @Autowired Vault vault,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc,
            @Autowired Identities identities,
            @Autowired Permissions permissions) {
        this.port = port;
        this.outbox = outbox;
        this.messages = messages;
        this.templates = templates;
        this.transaction = transaction;
        this.time = time;
        this.clock = clock;
        this.vault = vault;
        this.warehouse = warehouse;
        this.jdbc = jdbc;
        this.identities = identities;
        this.permissions = permissions;
    }

    @DynamicPropertySource
    static void mailServer(DynamicPropertyRegistry settings) {
        settings.add("rekindle.mail.host", () -> "127.0.0.1");
        settings.add("rekindle.mail.port", MAILBOXES::port);
        settings.add("rekindle.mail.start-tls", () -> "off");
    }

    private static void await() {
        try {
            slowness.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterAll
    static void closeMailboxes() {
        MAILBOXES.close();
    }

    @BeforeEach
    void emptyMailboxes() {
        MAILBOXES.takeArrived();
    }

    @Test
    void aMailGoesOutAndItsWayIsInTheHistory() throws Exception {
        var mail = sendTo("ann" + runId).getFirst();
        assertThat(mail.subject()).isEqualTo("Wir vermissen Sie, Änn");
        assertThat(mail.oneClick()).isTrue();
        assertThat(messages.progress(runId).sent()).isEqualTo(1);
        assertThat(messages.of(customer("ann" + runId)))
                .singleElement()
                .satisfies(message -> assertThat(message.state()).isEqualTo(MessageState.SENT));
        assertThat(warehouse.query(
                        Sql.of("select state from messages where run_id = ?", runId), row -> row.text("state")))
                .containsExactlyInAnyOrder("ready", "sending", "sent");
        assertThat(warehouse.query(
                        Sql.of("select state from messages_now where run_id = ?", runId), row -> row.text("state")))
                .containsExactly("sent");
        assertThat(events("Email Delivered")).hasSize(1);
    }

    @Test
    void aPersonsClickLeadsWhereTheMailPointedAndCounts() throws Exception {
        var mail = sendTo("bob" + runId).getFirst();
        var answer = get(mail.links().getFirst(), BROWSER);
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("location")).hasValue("https://shop.example/new?who=b&x=1");
        time.awaitQuiet();
        var event = events("Email Link Clicked").getFirst();
        assertThat(event.get("machine").booleanValue()).isFalse();
        assertThat(event.get("link").stringValue()).isEqualTo("https://shop.example/new");
        assertThat(messages.progress(runId).clicked()).isEqualTo(1);
        assertThat(messages.progress(runId).opened()).isEqualTo(1);
    }

    @Test
    void aScannersClickIsRecordedAndCountsForNothing() throws Exception {
        var mail = sendTo("cat" + runId).getFirst();
        assertThat(get(mail.links().getFirst(), SCANNER).statusCode()).isEqualTo(302);
        assertThat(get(mail.pictures().getFirst(), "Mozilla/5.0").statusCode()).isEqualTo(200);
        time.awaitQuiet();
        assertThat(events("Email Link Clicked").getFirst().get("machine_reason").stringValue())
                .isEqualTo("scanner");
        assertThat(events("Email Opened").getFirst().get("machine_reason").stringValue())
                .isEqualTo("privacy_proxy");
        assertThat(messages.progress(runId).clicked()).isZero();
        assertThat(messages.progress(runId).opened()).isZero();
    }

    @Test
    void thePixelTellsThatAMailWasOpened() throws Exception {
        var mail = sendTo("dan" + runId).getFirst();
        var answer = get(mail.pictures().getFirst(), BROWSER);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("image/gif");
        assertThat(get(mail.pictures().getFirst(), BROWSER).statusCode()).isEqualTo(200);
        time.awaitQuiet();
        assertThat(events("Email Opened")).hasSize(1);
        assertThat(messages.progress(runId).opened()).isEqualTo(1);
    }

    @Test
    void aTokenThatIsNotOursIsNotFoundWithoutSayingWhy() throws Exception {
        var mail = sendTo("eve" + runId).getFirst();
        var link = mail.links().getFirst();
        var forged = link.substring(0, link.length() - 2) + (link.endsWith("AA") ? "BB" : "AA");
        for (var url : List.of(forged, "http://x/t/c/abc", "http://x/t/o/abc.gif", "http://x/u/abc")) {
            var answer = get(url, BROWSER);
            assertThat(answer.statusCode()).as(url).isEqualTo(404);
        }
        assertThat(get("http://x/t/o/abc.gif", BROWSER).body()).isEmpty();
        assertThat(post("http://x/u/abc").statusCode()).isEqualTo(404);
        // Who follows it is a person: a page in her language, the same whatever is wrong.
        var page = get(forged, BROWSER, "en").body();
        assertThat(page)
                .contains("<html lang=\"en\">", "This link does not work")
                .doesNotContain(forged);
        for (var broken :
                List.of("http://x/t/c/abc", "http://x/u/abc", "http://x/u/", "http://x/u/a/b", "http://x/t/c/"))
            assertThat(get(broken, BROWSER, "en").body()).as(broken).isEqualTo(page);
        assertThat(get(forged, BROWSER, "zh-CN").body()).contains("<html lang=\"zh-CN\">", "链接无法打开");
        assertThat(post("http://x/u/abc").body()).isEqualTo(page);
    }

    @Test
    void lookingAtTheUnsubscribePageChangesNothing() throws Exception {
        var mail = sendTo("fay" + runId).getFirst();
        var english = get(unsubscribe(mail), BROWSER, "en");
        assertThat(english.statusCode()).isEqualTo(200);
        assertThat(english.body()).contains("<form method=\"post\">").contains("Do you want");
        assertThat(get(unsubscribe(mail), BROWSER, "zh-CN,zh;q=0.9").body()).contains("退订");
        get(unsubscribe(mail), SCANNER);
        time.awaitQuiet();
        assertThat(events("Unsubscribed")).isEmpty();
        assertThat(sendAgain("fay" + runId)).isEqualTo("sent");
    }

    @Test
    void onePostUnsubscribesAtOnceAndASecondChangesNothing() throws Exception {
        var mail = sendTo("gus" + runId).getFirst();
        assertThat(post(unsubscribe(mail)).statusCode()).isEqualTo(200);
        assertThat(post(unsubscribe(mail)).statusCode()).isEqualTo(200);
        assertThat(sendAgain("gus" + runId)).isEqualTo("skipped/consent_withdrawn");
        assertThat(messages.progress(runId).unsubscribed()).isEqualTo(1);
        assertThat(events("Unsubscribed")).hasSize(1);
    }

    @Test
    void anAddressThatBouncedForGoodIsNotWrittenToAgain() throws Exception {
        assertThat(sendTo("gone" + runId)).isEmpty();
        assertThat(messages.of(customer("gone" + runId)).getFirst().reason()).isEqualTo("address_refused");
        assertThat(events("Email Bounced").getFirst().get("bounce_type").stringValue())
                .isEqualTo("hard");
        assertThat(sendAgain("gone" + runId)).isEqualTo("skipped/suppressed");
    }

    /** Minutes may pass between the reading of the outbox and the handing over; permission is judged at the latter. */
    @Test
    void whoseAddressChangesWhileAMessageWaitsForTheMailServerIsWrittenToAtTheNewOne() throws Exception {
        var slow = IntStream.range(0, 4)
                .mapToObj(n -> "slow%d-%d".formatted(n, runId))
                .toArray(String[]::new);
        for (var user : slow) agreed(user, user);
        agreed("zoe" + runId, "zoe" + runId);
        time.awaitQuiet();
        slowness = new CountDownLatch(1);
        try {
            // As many as there are connections: whoever comes after them waits.
            enqueue(runId, slow);
            Awaitility.await().until(() -> sending() == slow.length);
            long next = RUNS.incrementAndGet();
            enqueue(next, "zoe" + runId);
            agreed("zoe" + runId, "moved" + runId);
            long moved = hash("moved" + runId + "@example.com");
            Awaitility.await()
                    .until(() -> jdbc.sql(
                                    "select exists (select 1 from reachable_customers where address_hash = :hash)")
                            .param("hash", moved)
                            .query(Boolean.class)
                            .single());
            // What was prepared ahead for the old address is laid down after some seconds without a connection.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> jdbc.sql("select state = 'ready' from messages where run_id = :run")
                            .param("run", next)
                            .query(Boolean.class)
                            .single());
            slowness.countDown();
            time.awaitQuiet();
            assertThat(MAILBOXES.takeArrived())
                    .extracting(Mail::recipient)
                    .contains("moved" + runId + "@example.com")
                    .doesNotContain("zoe" + runId + "@example.com");
            assertThat(jdbc.sql("select state || ' ' || address_hash from messages where run_id = :run")
                            .param("run", next)
                            .query(String.class)
                            .list())
                    .containsExactly("sent " + moved);
        } finally {
            slowness.countDown();
        }
    }

    private long sending() {
        return jdbc.sql("select count(*) from messages where run_id = :run and state = 'sending'")
                .param("run", runId)
                .query(Long.class)
                .single();
    }

    private long hash(String email) {
        return Identifier.of(vault, Identifier.Type.EMAIL, email)
                .orElseThrow()
                .id()
                .value();
    }

    private void agreed(String user, String mailbox) throws Exception {
        accept("""
                {"type":"identify","messageId":"%s %s","userId":"%s",
                 "traits":{"email":"%s@example.com","firstName":"Änn","consent":{"email":true}}}
                """.formatted(user, mailbox, user, mailbox));
    }

    /** Whichever way the provider names it: our message id, the address, or the customer alone. */
    @Test
    void aMailThatComesBackLaterTakesItsDeliveryBackOnce() throws Exception {
        sendTo("lea" + runId, "mia" + runId, "noa" + runId, "ole" + runId);
        assertThat(messages.progress(runId).delivered()).isEqualTo(4);
        var id = messages.of(customer("lea" + runId)).getFirst().messageId();
        for (int time = 1; time <= 2; time++)
            bounced(
                    "b%d-%d".formatted(runId, time),
                    "\"userId\":\"lea%d\"".formatted(runId),
                    "\"message_id\":\"%s\"".formatted(id));
        assertThat(delivered()).isEqualTo(3);
        for (int time = 1; time <= 2; time++)
            bounced(
                    "c%d-%d".formatted(runId, time),
                    "\"userId\":\"mia%d\"".formatted(runId),
                    "\"message_id\":\"smtp-7@provider\",\"email\":\"mia%d@example.com\"".formatted(runId));
        assertThat(delivered()).isEqualTo(2);
        bounced("d" + runId, "\"userId\":\"noa%d\"".formatted(runId), "\"bounce_type\":\"hard\"");
        assertThat(delivered()).isEqualTo(1);
        assertThat(messages.progress(runId).sent()).isEqualTo(4);
        assertThat(messages.progress(runId).failed()).isZero();
        assertThat(warehouse.query(
                        Sql.of("select reason from messages_now where run_id = ? and reason is not null", runId),
                        row -> row.text("reason")))
                .containsExactly("bounced", "bounced", "bounced");
        assertThat(events("Email Delivered")).as("nothing is told twice").hasSize(4);
        assertThat(sendAgain("noa" + runId)).isEqualTo("skipped/suppressed");
    }

    @Test
    void aBounceThatIsForNowOrOfAnotherSendersMailTakesNoDeliveryBack() throws Exception {
        sendTo("pia" + runId, "quy" + runId);
        var others = List.of(
                "\"bounce_type\":\"soft\"",
                "\"bounce_type\":\"Transient\"",
                "\"bounce_type\":\"mailbox_full\"",
                "\"bounceType\":\"Soft-Bounce\"",
                "\"message_id\":\"0100018c-ab\"",
                "\"message_id\":987654321",
                "\"campaign_id\":\"cmp_summer_sale\"",
                "\"campaign_id\":999999",
                "\"campaign_name\":\"Newsletter\"",
                "\"email_id\":\"e7\"");
        for (int i = 0; i < others.size(); i++)
            bounced("e%d-%d".formatted(runId, i), "\"userId\":\"pia%d\"".formatted(runId), others.get(i));
        assertThat(delivered()).isEqualTo(2);

        var id = messages.of(customer("pia" + runId)).getFirst().messageId();
        jdbc.sql("update messages set sent_at = sent_at - interval '6 days' where message_id = :id")
                .param("id", Long.parseLong(id))
                .update();
        bounced("f" + runId, "\"userId\":\"pia%d\"".formatted(runId), "\"reason\":\"550\"");
        assertThat(delivered()).as("no mail server tries for six days").isEqualTo(2);
        bounced(
                "g" + runId,
                "\"userId\":\"pia%d\"".formatted(runId),
                "\"message_id\":\"%s\",\"bounce_type\":\"soft\"".formatted(id));
        assertThat(delivered()).as("the very message is named").isEqualTo(1);
        bounced("h" + runId, "\"userId\":\"quy%d\"".formatted(runId), "\"campaign_id\":%d".formatted(runId));
        assertThat(delivered()).as("the campaign is ours").isZero();
    }

    /** From the form of a shop to a statement with proof, through the mail server and the button behind the link. */
    @Test
    void whoLivesWhereItIsAskedForAgreesByTheLinkOfAMailAndThatIsWrittenDown() throws Exception {
        assertThat(put("/api/country-rules/LU", "{\"doubleOptIn\": true}").statusCode())
                .isEqualTo(200);
        try {
            accept("""
                    {"type":"identify","messageId":"lux%1$s","userId":"lux%1$s","timestamp":"2026-02-01T00:00:00Z",
                     "traits":{"email":"lux%1$s@example.com","firstName":"Lux","country":"LU",
                       "consent":{"email":{"granted":true,"wording":"shop_form@4","proof":"form 7 of Lux"}}}}
                    """.formatted(runId));
            time.awaitQuiet();
            var asked = MAILBOXES.takeArrived();
            assertThat(asked).singleElement().satisfies(mail -> {
                assertThat(mail.recipient()).isEqualTo("lux%d@example.com".formatted(runId));
                assertThat(mail.subject()).isEqualTo("Please confirm your subscription");
                assertThat(mail.pictures()).as("not tracked").isEmpty();
            });
            var link = asked.getFirst().links().getFirst();
            assertThat(link).contains("/c/");
            assertThat(get(link, SCANNER).statusCode()).isEqualTo(200);
            assertThat(get(link, BROWSER, "zh-CN").body()).contains("<form method=\"post\"");
            assertThat(sendAgain("lux" + runId)).as("opened only").isEqualTo("skipped/consent_withdrawn");
            assertThat(post(link).statusCode()).isEqualTo(200);
            assertThat(sendAgain("lux" + runId)).isEqualTo("sent");
            assertThat(MAILBOXES.takeArrived()).hasSize(1);
            var view = json.readTree(api("/api/customers/" + customer("lux" + runId) + "/consent", null)
                    .body());
            assertThat(view.path("waiting").isEmpty()).isTrue();
            assertThat(view.at("/items/0/granted").asBoolean()).isTrue();
            var shown = view.at("/evidence/0");
            assertThat(shown.path("source").asString()).isEqualTo("double opt-in");
            assertThat(shown.path("wording").asString()).isEqualTo("shop_form@4");
            assertThat(shown.path("proof").asString()).contains("confirmed by the link of the mail at");
        } finally {
            http.send(
                    request("/api/country-rules/LU", BROWSER)
                            .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                            .DELETE()
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private HttpResponse<String> put(String path, String body) throws Exception {
        return http.send(
                request(path, BROWSER)
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private long delivered() {
        time.awaitQuiet();
        return messages.progress(runId).delivered();
    }

    /** Of two members of one audience that are found to be one person only the first assignment counts. */
    @Test
    void whoIsFoundToBeTwoOfTheAudienceGetsOneMailOrNoneWhenHeldOutFirst() throws Exception {
        accept("""
                {"type":"identify","messageId":"%1$s-1","userId":"two%1$s","traits":{"email":"two%1$s@example.com","firstName":"Two","consent":{"email":true}}},
                {"type":"identify","messageId":"%1$s-2","anonymousId":"a%1$s","traits":{"email":"a%1$s@example.com","firstName":"A","consent":{"email":true}}},
                {"type":"identify","messageId":"%1$s-3","userId":"held%1$s","traits":{"email":"held%1$s@example.com","firstName":"Held","consent":{"email":true}}},
                {"type":"identify","messageId":"%1$s-4","anonymousId":"b%1$s","traits":{"email":"b%1$s@example.com","firstName":"B","consent":{"email":true}}},
                {"type":"identify","messageId":"%1$s-5","userId":"one%1$s","traits":{"email":"one%1$s@example.com","firstName":"One","consent":{"email":true}}}
                """.formatted(runId));
        time.awaitQuiet();
        var two = customer("two" + runId);
        var a = anonymous("a" + runId);
        var held = customer("held" + runId);
        var b = anonymous("b" + runId);
        var one = customer("one" + runId);
        var now = clock.instant();
        ledger(two, "treatment", now);
        ledger(a, "treatment", now.plusMillis(1));
        ledger(held, "holdout", now);
        ledger(b, "treatment", now.plusMillis(1));
        ledger(one, "treatment", now);
        var later = now.plus(Duration.ofHours(1));
        enqueue(runId, later, Stream.of(two, a, b, one));
        accept("""
                {"type":"identify","messageId":"%1$s-6","userId":"two%1$s","traits":{"email":"a%1$s@example.com"}},
                {"type":"identify","messageId":"%1$s-7","userId":"held%1$s","traits":{"email":"b%1$s@example.com"}}
                """.formatted(runId));
        time.awaitQuiet();
        time.advanceTo(later);
        time.awaitQuiet();
        assertThat(MAILBOXES.takeArrived())
                .extracting(Mail::subject)
                .containsExactlyInAnyOrder("Wir vermissen Sie, A", "Wir vermissen Sie, One");
        assertThat(jdbc.sql("select state || coalesce('/' || reason, '') from messages where run_id = :run")
                        .param("run", runId)
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrder("sent", "sent", "skipped/merged", "skipped/merged");
    }

    /** Each had a unit reserved when the run was planned; that of the other must not stop the one that counts. */
    @Test
    void ofTwoOfARunWhoTurnOutToBeOneTheFirstIsWrittenToThoughTheBudgetHasRoomForOneOnly() throws Exception {
        var limit = put("/api/contact-limits", "{\"window\": \"day\", \"most\": 1}");
        assertThat(limit.statusCode()).isEqualTo(200);
        try {
            agreed("first" + runId, "first" + runId);
            accept("""
                    {"type":"identify","messageId":"%1$s-8","anonymousId":"s%1$s","traits":{"email":"s%1$s@example.com","firstName":"S","consent":{"email":true}}}
                    """.formatted(runId));
            time.awaitQuiet();
            var first = customer("first" + runId);
            var second = anonymous("s" + runId);
            ledger(first, "treatment", clock.instant());
            ledger(second, "treatment", clock.instant().plusMillis(1));
            var later = clock.instant().plus(Duration.ofHours(1));
            assertThat(permissions
                            .reserve(
                                    runId,
                                    Stream.of(first, second)
                                            .map(c -> new Permissions.Contact(message(runId, c), c))
                                            .toList(),
                                    Ask.marketing("email"),
                                    later)
                            .allowed())
                    .isEqualTo(2);
            enqueue(runId, later, Stream.of(first, second));
            accept("""
                    {"type":"identify","messageId":"%1$s-9","userId":"first%1$s","traits":{"email":"s%1$s@example.com"}}
                    """.formatted(runId));
            time.awaitQuiet();
            time.advanceTo(later);
            time.awaitQuiet();
            assertThat(jdbc.sql("""
                                    select case customer_id when :first then 'first ' else 'second ' end || state
                                        || coalesce('/' || reason, '')
                                    from messages where run_id = :run
                                    """)
                            .param("first", first.value())
                            .param("run", runId)
                            .query(String.class)
                            .list())
                    .containsExactlyInAnyOrder("first sent", "second skipped/merged");
            assertThat(MAILBOXES.takeArrived()).hasSize(1);
            assertThat(jdbc.sql("select state from contact_units where run_id = :run")
                            .param("run", runId)
                            .query(String.class)
                            .list())
                    .containsExactly("used");
        } finally {
            delete("/api/contact-limits/" + json.readTree(limit.body()).path("id"));
        }
    }

    private void delete(String path) throws Exception {
        http.send(
                request(path, BROWSER)
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .DELETE()
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private long message(long run, CustomerId customer) {
        return vault.keyedHash("message", run + ":" + customer.value());
    }

    private void ledger(CustomerId customer, String arm, Instant decidedAt) {
        warehouse.append(
                "decisions",
                "test:%d:%d".formatted(runId, customer.value()),
                Rows.written(rows -> rows.value(decision(runId, customer))
                        .value(runId)
                        .value(runId)
                        .value(customer.value())
                        .value(true)
                        .missing()
                        .value(arm)
                        .value(0.5)
                        .value("aa")
                        .value(arm.equals("treatment") ? "send" : "skip")
                        .missing()
                        .value("email")
                        .missing()
                        .value(decidedAt)
                        .missing()
                        .missing()
                        .value(decidedAt)
                        .end()));
    }

    /** Whose address is the strongest of its identifiers. */
    private CustomerId anonymous(String id) {
        return identities.canonical(Identifier.of(vault, Identifier.Type.ANONYMOUS_ID, id)
                .orElseThrow()
                .id());
    }

    private long decision(long run, CustomerId customer) {
        return vault.keyedHash("decision", run + ":" + customer.value());
    }

    private void bounced(String messageId, String who, String properties) throws Exception {
        var body = """
                {"type":"track","event":"Email Bounced","messageId":"%s",%s,"timestamp":"%s","properties":{%s}}
                """.formatted(messageId, who, clock.instant().plusSeconds(1), properties);
        accept(body);
    }

    @Test
    void aMessageInDoubtIsSettledByAPersonAndAudited() throws Exception {
        sendTo("hal" + runId);
        var id = messages.of(customer("hal" + runId)).getFirst().messageId();
        var early = api("/api/messages/" + id + "/settle", "{\"state\":\"sent\"}");
        assertThat(early.statusCode()).isEqualTo(409);
        assertThat(json.readTree(early.body()).get("code").stringValue()).isEqualTo("message_not_in_doubt");
        jdbc.sql("update messages set state = 'in_doubt', reason = 'interrupted' where message_id = :id")
                .param("id", Long.parseLong(id))
                .update();
        assertThat(api("/api/messages?campaignId=%d&state=in_doubt".formatted(runId), null)
                        .body())
                .contains(id);
        assertThat(contactUnits(id)).isEqualTo(1);
        jdbc.sql("""
                        insert into offers (id, name, kind, value, cost_per_use, expires_at, created_at, created_by)
                        overriding system value
                        values (:offer, 'back', 'percent', 10, 0, '2099-01-01T00:00:00Z', '2026-02-01T00:00:00Z', 'ann')
                        """).param("offer", runId).update();
        jdbc.sql(
                        "insert into coupons (offer_id, code, place, message_id, customer_id) values (:offer, :code, :id, :id, 1)")
                .param("offer", runId)
                .param("code", "HAL" + runId)
                .param("id", Long.parseLong(id))
                .update();
        var wrong = api("/api/messages/" + id + "/settle", "{\"state\":\"ready\"}");
        assertThat(json.readTree(wrong.body()).get("code").stringValue()).isEqualTo("state_not_possible");
        var settled = api("/api/messages/" + id + "/settle", "{\"state\":\"failed\"}");
        assertThat(settled.statusCode()).as(settled.body()).isEqualTo(200);
        assertThat(json.readTree(settled.body()).get("state").stringValue()).isEqualTo("failed");
        assertThat(contactUnits(id)).as("what did not arrive is no contact").isZero();
        assertThat(jdbc.sql("select count(*) from coupons where code = :code and message_id is null")
                        .param("code", "HAL" + runId)
                        .query(Long.class)
                        .single())
                .as("its code can be given to another")
                .isEqualTo(1);
        assertThat(api("/api/audit", null).body()).contains("message.settled").contains(id);
    }

    private long contactUnits(String messageId) {
        return jdbc.sql("select count(*) from contact_units where message_id = :id")
                .param("id", Long.parseLong(messageId))
                .query(Long.class)
                .single();
    }

    @Test
    void theProgressOfACampaignIsCountedAndWhenAllIsSentItMeasures() throws Exception {
        aRunningCampaign();
        sendTo("ida" + runId, "jon" + runId, "gone" + runId);
        var progress = json.readTree(
                api("/api/campaigns/%d/progress".formatted(runId), null).body());
        assertThat(progress.get("sent").longValue()).isEqualTo(2);
        assertThat(progress.get("failed").longValue()).isEqualTo(1);
        assertThat(progress.get("ready").longValue()).isZero();
        assertThat(progress.get("state").stringValue()).isEqualTo("measuring");
        assertThat(api("/api/campaigns/999999/progress", null).statusCode()).isEqualTo(404);
    }

    /** A campaign as planning leaves it when it was launched, under the number of this test's run. */
    private void aRunningCampaign() {
        jdbc.sql("""
                        with objective as (
                            insert into objectives (kind, name, metric, unit, window_days, baseline, baseline_customers,
                                                    measured_at, target, deadline, created_at, created_by)
                            values ('retain', 'more orders', 'repurchase_rate', 'points', 30, 0.1, 1000, :now, 0.12,
                                    date '2026-06-01', :now, 'a test')
                            returning id)
                        insert into campaigns (id, name, objective_id, segment_id, template_id, holdout_share, send_from,
                                               send_to, attribution_days, message_cost, state, author, run_id, created_at)
                        overriding system value
                        select :run, 'We miss you', id, 1, :template, 0.1, time '00:00', time '23:59', 14, 0.01, 'running',
                               'a test', :run, :now
                        from objective
                        """)
                .param("now", java.time.OffsetDateTime.ofInstant(clock.instant(), java.time.ZoneOffset.UTC))
                .param("run", runId)
                .param("template", aTemplate().id())
                .update();
    }

    private static String unsubscribe(Mail mail) {
        var address = mail.listUnsubscribe();
        assertThat(address).isNotNull();
        return String.valueOf(address);
    }

    /** Makes customers who agreed to mail, sends them a message each, and returns what arrived. */
    private List<Mail> sendTo(String... users) throws Exception {
        var items = Arrays.stream(users)
                .map(user -> """
                        {"type":"identify","messageId":"%s","userId":"%s","timestamp":"2026-02-01T00:00:00Z",
                         "traits":{"email":"%s@example.com","firstName":"Änn","consent":{"email":true}}}
                        """.formatted(user, user, user))
                .collect(Collectors.joining(","));
        accept(items);
        time.awaitQuiet();
        enqueue(runId, users);
        time.awaitQuiet();
        return MAILBOXES.takeArrived();
    }

    private void accept(String items) throws Exception {
        var accepted = http.send(
                request("/v1/batch", BROWSER)
                        .header("Content-Type", "application/json")
                        .header(
                                "Authorization",
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString((RekindleTest.WRITE_KEY + ":")
                                                        .getBytes(StandardCharsets.UTF_8)))
                        .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":[" + items + "]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(200);
    }

    /** Sends a customer one more message; what became of it. */
    private String sendAgain(String user) {
        long next = RUNS.incrementAndGet();
        enqueue(next, user);
        time.awaitQuiet();
        return jdbc.sql("select state || coalesce('/' || reason, '') from messages where run_id = :run")
                .param("run", next)
                .query(String.class)
                .single();
    }

    private void enqueue(long run, String... users) {
        enqueue(run, clock.instant(), Stream.of(users).map(this::customer));
    }

    private void enqueue(long run, Instant planned, Stream<CustomerId> customers) {
        var template = aTemplate();
        transaction.executeWithoutResult(status -> outbox.enqueue(
                new OutgoingRun(
                        run,
                        run,
                        "marketing",
                        "email",
                        null,
                        Category.PROMOTION,
                        template.id(),
                        template.version(),
                        null,
                        planned,
                        LocalTime.MIN,
                        LocalTime.MAX,
                        clock.instant().plus(Duration.ofDays(3)),
                        identities.latestMerge()),
                customers.map(
                        customer -> new OutgoingMessage(message(run, customer), decision(run, customer), customer))));
    }

    private MessageTemplate aTemplate() {
        return templates.create(new Templates.Draft(
                "We miss you",
                "email",
                "Wir vermissen Sie, {{ customer.first_name }}",
                "<p>Hello {{ customer.first_name }}, <a href=\"https://shop.example/new?who=b&amp;x=1\">look</a></p>",
                "Hello {{ customer.first_name }}, see {{ shop_url }} or {{ unsubscribe_url }}"));
    }

    private CustomerId customer(String user) {
        return Identifier.of(vault, Identifier.Type.USER_ID, user).orElseThrow().id();
    }

    private List<JsonNode> events(String name) {
        return warehouse
                .query(
                        Sql.of("select properties from events where name = ? order by seq", name),
                        row -> json.readTree(row.text("properties")))
                .stream()
                .filter(event -> event.path("campaign_id").asLong(0) == runId)
                .toList();
    }

    private HttpResponse<String> get(String url, String agent) throws Exception {
        return get(url, agent, "en");
    }

    private HttpResponse<String> get(String url, String agent, String language) throws Exception {
        return http.send(
                request(URI.create(url).getRawPath(), agent)
                        .header("Accept-Language", language)
                        .GET()
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String url) throws Exception {
        return http.send(
                request(URI.create(url).getRawPath(), BROWSER)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("List-Unsubscribe=One-Click"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> api(String path, @org.jspecify.annotations.Nullable String body) throws Exception {
        var request = request(path, BROWSER).header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY);
        if (body != null)
            request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Links begin with the public address; a test follows them on the port its server has. */
    private HttpRequest.Builder request(String path, String agent) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("User-Agent", agent);
    }
}
