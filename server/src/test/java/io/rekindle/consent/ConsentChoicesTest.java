package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.DoubleOptIn;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Vault;
import io.rekindle.testing.People;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Topics, wordings, proofs, the preference page, double opt-in, country rules and the lists by reason, on a whole server. */
@RekindleTest
class ConsentChoicesTest {
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");
    private static final Permit GRANTED = new Permit.Granted();

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final List<Tail> tails;
    private final Permissions permissions;
    private final Consents consents;
    private final ConsentRelay relay;
    private final Topics topics;
    private final Preferences preferences;
    private final Confirmations confirmations;
    private final Suppressions suppressions;
    private final Warehouse warehouse;
    private final TransactionTemplate transaction;
    private final JdbcClient jdbc;
    private final People people;
    private long nextMessage = 77_000_000L;

    ConsentChoicesTest(
            @LocalServerPort int port,
            @Autowired @Qualifier("identityTail") Tail identity,
            @Autowired @Qualifier("profileTail") Tail profile,
            @Autowired @Qualifier("consentTail") Tail consent,
            @Autowired Permissions permissions,
            @Autowired Consents consents,
            @Autowired ConsentRelay relay,
            @Autowired Topics topics,
            @Autowired Preferences preferences,
            @Autowired Confirmations confirmations,
            @Autowired Suppressions suppressions,
            @Autowired Warehouse warehouse,
            @Autowired TransactionTemplate transaction,
            @Autowired JdbcClient jdbc,
            @Autowired Identifiers identifiers) {
        this.port = port;
        this.tails = List.of(identity, profile, consent);
        this.permissions = permissions;
        this.consents = consents;
        this.relay = relay;
        this.topics = topics;
        this.preferences = preferences;
        this.confirmations = confirmations;
        this.suppressions = suppressions;
        this.warehouse = warehouse;
        this.transaction = transaction;
        this.jdbc = jdbc;
        this.people = new People(identifiers);
    }

    @Test
    void whatIsSaidOfATopicOutweighsWhatIsSaidOfEverythingButForALaterWithdrawal() {
        topic("sales");
        topic("news");
        var customer = customer("topic-1", "{\"consent\": {\"email\": true}}");
        assertThat(may(customer, "sales")).isEqualTo(GRANTED);
        say(customer, "sales", false);
        assertThat(may(customer, "sales")).isEqualTo(new Permit.Refused(Refusal.TOPIC_DECLINED));
        assertThat(may(customer, "news")).isEqualTo(GRANTED);
        assertThat(may(customer, null)).isEqualTo(GRANTED);
        say(customer, null, false);
        say(customer, "news", true);
        assertThat(may(customer, "news")).isEqualTo(GRANTED);
        assertThat(may(customer, null)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
        // Off with everything: the topic chosen before goes, too.
        say(customer, null, false);
        assertThat(may(customer, "news")).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
        say(customer, null, true);
        assertThat(may(customer, "sales")).isEqualTo(new Permit.Refused(Refusal.TOPIC_DECLINED));
        relay.relay();
        assertThat(warehouse.query(
                        Sql.of(
                                "select coalesce(topic, '-') as topic, granted from consent_now where customer_id = ? order by 1",
                                customer.value()),
                        row -> row.text("topic") + row.booleanValue("granted")))
                .containsExactly("-true", "newstrue", "salesfalse");
    }

    /** The judgement of an audience and the check of one message come to the same, whatever was said. */
    @Test
    void planningAndSendingJudgeAlike() {
        topic("sales");
        var random = new SplittableRandom(5);
        for (int n = 0; n < 40; n++) {
            var customer = customer("alike-" + n, "{}");
            for (int said = random.nextInt(5); said > 0; said--)
                say(customer, random.nextBoolean() ? "sales" : null, random.nextInt(3) > 0);
            if (random.nextInt(6) == 0) suppress("alike-" + n, Suppression.Reason.LEGAL, "sales");
            for (var topic : new String[] {null, "sales", "news"}) {
                var ask = ask(topic);
                var judged = permissions.judge(new long[] {customer.value()}, ask, NOW);
                var expected = judged.reason(0).<Permit>map(Permit.Refused::new).orElse(GRANTED);
                assertThat(may(customer, topic))
                        .as("customer %d about %s", n, topic)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aTemplateSaysTheWordingOfTheCustomersCountryAndLanguage() throws Exception {
        send(
                "POST",
                "/api/wordings/imprint",
                "{\"texts\":[{\"language\":\"en\",\"body\":\"Shop Ltd\"},{\"language\":\"zh\",\"body\":\"商店\"},"
                        + "{\"language\":\"de\",\"country\":\"DE\",\"body\":\"Shop GmbH\"},"
                        + "{\"language\":\"en\",\"country\":\"DE\",\"body\":\"Shop GmbH, Germany\"}]}");
        var made = json.readTree(send(
                        "POST",
                        "/api/templates",
                        "{\"name\":\"With imprint\",\"channel\":\"email\",\"subject\":\"Hello\",\"html\":\"<p>{{ wording.imprint }}</p>\",\"text\":\"{{ wording.imprint }}\"}")
                .body());
        var expected = Map.of(
                "{\"country\": \"Germany\", \"language\": \"de-AT\"}", "Shop GmbH",
                "{\"country\": \"DE\", \"language\": \"fr\"}", "Shop GmbH, Germany",
                "{\"country\": \"CN\"}", "商店",
                "{\"country\": \"FR\", \"locale\": \"zh_CN\"}", "商店",
                "{\"city\": \"Oslo\"}", "Shop Ltd");
        int n = 0;
        for (var one : expected.entrySet()) {
            var customer = customer("imprint-" + n++, one.getKey());
            var seen = json.readTree(send(
                            "POST",
                            "/api/templates/%s/preview"
                                    .formatted(made.path("id").asString()),
                            "{\"customerId\":\"%s\"}".formatted(customer))
                    .body());
            assertThat(seen.path("text").asString("")).as(one.getKey()).isEqualTo(one.getValue());
        }
    }

    @Test
    void aStatementNamesItsWordingAndAHandsProofIsKeptSealed() throws Exception {
        var texts = "{\"texts\":[{\"language\":\"en\",\"body\":\"May we write?\"},"
                + "{\"language\":\"de\",\"country\":\"DE\",\"body\":\"Duerfen wir schreiben?\"}]}";
        var made = json.readTree(send("POST", "/api/wordings/checkout", texts).body());
        assertThat(made.path("version").asInt()).isEqualTo(1);
        assertThat(json.readTree(send("POST", "/api/wordings/checkout", texts).body())
                        .path("version")
                        .asInt())
                .isEqualTo(2);
        var customer = customer(
                "wording-1",
                "{\"consent\": {\"email\": {\"granted\": true, \"topics\": {\"sales\": false}, \"wording\": \"checkout@1\"}}}");
        assertThat(consents.of(customer))
                .extracting(c -> c.topic() + " " + c.granted() + " " + c.wording())
                .containsExactly("null true checkout@1", "sales false checkout@1");
        var body = """
                {"purpose": "marketing", "channel": "email", "granted": false, "wording": "checkout@2", "language": "en",
                 "proof": "a letter signed Zyxwproof"}""";
        assertThat(send("PUT", "/api/customers/" + customer + "/consent", body).statusCode())
                .isEqualTo(200);
        var view = json.readTree(
                send("GET", "/api/customers/" + customer + "/consent", "").body());
        assertThat(view.at("/evidence/0/proof").asString()).isEqualTo("a letter signed Zyxwproof");
        assertThat(view.at("/evidence/0/wording").asString()).isEqualTo("checkout@2");
        assertThat(view.at("/evidence/0/wordingKept").asBoolean()).isTrue();
        for (var nobodys : List.of("checkout@3", "till_form@1")) {
            var refused = send("PUT", "/api/customers/" + customer + "/consent", body.replace("checkout@2", nobodys));
            assertThat(refused.statusCode()).as(nobodys).isEqualTo(422);
            assertThat(json.readTree(refused.body()).path("code").asString()).isEqualTo("wording_not_found");
        }
        assertThat(send("PUT", "/api/customers/" + customer + "/consent", body.replace("@2", "@two"))
                        .statusCode())
                .isEqualTo(400);
        var shops =
                customer("wording-2", "{\"consent\": {\"email\": {\"granted\": true, \"wording\": \"till_form@1\"}}}");
        var ofShop = json.readTree(
                send("GET", "/api/customers/" + shops + "/consent", "").body());
        assertThat(ofShop.at("/evidence/0/wording").asString()).isEqualTo("till_form@1");
        assertThat(ofShop.at("/evidence/0/wordingKept").asBoolean(true)).isFalse();
        assertThat(jdbc.sql(
                                "select count(*) from consent_evidence where encode(sealed_proof, 'escape') like '%Zyxwproof%'")
                        .query(Long.class)
                        .single())
                .isZero();
        relay.relay();
        assertThat(warehouse.query(
                        Sql.of(
                                "select wording from consent_changes where customer_id = ? and topic is null order by valid_from",
                                customer.value()),
                        row -> row.text("wording")))
                .containsExactly("checkout@1", "checkout@2");
    }

    @Test
    void thePreferencePageShowsWithoutChangingAndSavesWhatWasChosen() throws Exception {
        topic("sales");
        topic("news");
        var customer = customer("page-1", "{\"consent\": {\"email\": true}}");
        var path = URI.create(preferences.url(customer)).getPath();
        var before = consents.of(customer);
        for (int n = 0; n < 3; n++) {
            var page = page("GET", path, "");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("checked").doesNotContain("page-1@choices.example", "<script");
        }
        assertThat(page("HEAD", path, "").statusCode()).isEqualTo(200);
        assertThat(consents.of(customer)).isEqualTo(before);
        assertThat(page("GET", path + "?lang=zh", "").body()).contains("lang=\"zh-CN\"", "邮件偏好设置");

        var saved = page("POST", path, "topic=news&lang=en");
        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(200);
        assertThat(may(customer, "news")).isEqualTo(GRANTED);
        assertThat(may(customer, null)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
        assertThat(may(customer, "sales")).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
        var said = consents.of(customer);
        page("POST", path, "topic=news&lang=en");
        assertThat(consents.of(customer)).as("the same again").isEqualTo(said);

        page("POST", path, "all=off");
        for (var topic : new String[] {null, "sales", "news"})
            assertThat(may(customer, topic)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
        assertThat(page("POST", forged(path), "general=on").statusCode()).isEqualTo(404);
    }

    /** The old mailbox may be somebody else's by now. */
    @Test
    void aLinkSentToAnotherAddressShowsNothingAndOnlyStopsTheMailThere() throws Exception {
        topic("news");
        var customer =
                customer("moved-1", "{\"consent\": {\"email\": {\"granted\": true, \"topics\": {\"news\": false}}}}");
        var path = URI.create(preferences.url(customer)).getPath();
        assertThat(page("GET", path, "").body()).contains("***@", "checked");
        customer("moved-1", "moved-2", "{}");
        for (var lang : List.of("en", "zh"))
            assertThat(page("GET", path + "?lang=" + lang, "").body())
                    .contains("name=\"all\"")
                    .doesNotContain("type=\"checkbox\"", "***@");
        assertThat(page("POST", path, "topic=news").body()).doesNotContain("type=\"checkbox\"", "***@", "saved");
        assertThat(may(customer, "news")).isEqualTo(new Permit.Refused(Refusal.TOPIC_DECLINED));
        assertThat(page("POST", path, "all=off").body()).doesNotContain("type=\"checkbox\"", "***@");
        assertThat(lists("moved-1")).containsExactly("unsubscribe");
        assertThat(lists("moved-2")).isEmpty();
        assertThat(may(customer, null)).as("at their own address").isEqualTo(GRANTED);
        page("POST", URI.create(preferences.url(customer)).getPath(), "all=off");
        assertThat(lists("moved-2")).containsExactly("unsubscribe");
        assertThat(may(customer, null)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
    }

    /** Mails of before are still in mailboxes; their links name a customer and no address. */
    @Test
    void aLinkFromBeforeAddressesStoodInThemStillTakesEverythingOff(@Autowired Vault vault) throws Exception {
        topic("news");
        var customer =
                customer("ago-1", "{\"consent\": {\"email\": {\"granted\": true, \"topics\": {\"news\": false}}}}");
        var content = ByteBuffer.allocate(8).putLong(customer.value()).array();
        var link = ByteBuffer.allocate(24).put(content).put(vault.sign("preferences", content), 0, 16);
        var path = "/p/" + Base64.getUrlEncoder().withoutPadding().encodeToString(link.array());
        assertThat(page("GET", path, "").body()).contains("name=\"all\"").doesNotContain("type=\"checkbox\"", "***@");
        page("POST", path, "general=on&topic=news");
        assertThat(may(customer, "news")).isEqualTo(new Permit.Refused(Refusal.TOPIC_DECLINED));
        assertThat(page("POST", path, "all=off").statusCode()).isEqualTo(200);
        assertThat(may(customer, null)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
        assertThat(lists("ago-1")).containsExactly("unsubscribe");
        assertThat(page("POST", forged(path), "all=off").statusCode()).isEqualTo(404);
    }

    @Test
    void whoUnsubscribesAtAnAddressGetsNothingMoreThereUnderAnotherAccount() throws Exception {
        topic("news");
        var one = customer("pair-1", "{\"consent\": {\"email\": true}}");
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "pair-2")
                .by(Identifier.Type.EMAIL, "pair-1@choices.example")
                .withJson("{\"consent\": {\"email\": true}}"));
        var other = people.id(Identifier.Type.USER_ID, "pair-2");
        assertThat(may(one, null)).isEqualTo(GRANTED);
        assertThat(may(other, null)).isEqualTo(GRANTED);
        page("POST", URI.create(preferences.url(one)).getPath(), "all=off");
        assertThat(may(other, null)).isEqualTo(new Permit.Refused(Refusal.SUPPRESSED));
        var path = URI.create(preferences.url(other)).getPath();
        assertThat(page("GET", path, "").body()).doesNotContain("checked");
        page("POST", path, "general=on");
        assertThat(may(other, null)).isEqualTo(GRANTED);
        assertThat(may(one, null)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));

        read(people.batch()
                .track("Unsubscribed")
                .by(Identifier.Type.USER_ID, "pair-1")
                .at("2026-03-01T09:00:00Z"));
        assertThat(may(other, null)).isEqualTo(new Permit.Refused(Refusal.SUPPRESSED));
        page("POST", path, "topic=news");
        assertThat(may(other, "news")).as("their own choice since").isEqualTo(GRANTED);
        assertThat(may(other, null)).isNotEqualTo(GRANTED);
        assertThat(page("GET", path, "").body()).containsOnlyOnce("checked");
    }

    /** The event may be read long after whoever sent it has changed their mind. */
    @Test
    void anUnsubscriptionHeardOfLatePutsNoAddressOnTheList() {
        var customer = customer("slow-1", "{\"consent\": {\"email\": true}}");
        say(customer, null, true);
        var unsubscribed = people.batch()
                .track("Unsubscribed")
                .by(Identifier.Type.USER_ID, "slow-1")
                .at("2026-02-20T00:00:00Z");
        read(unsubscribed);
        assertThat(lists("slow-1")).isEmpty();
        assertThat(may(customer, null)).isEqualTo(GRANTED);
        read(people.batch()
                .track("Unsubscribed")
                .by(Identifier.Type.USER_ID, "slow-1")
                .with("address_hash", Long.toString(suppressions.addressHash("email", "slow-9@choices.example")))
                .at("2026-03-01T10:00:00Z"));
        assertThat(lists("slow-9")).as("the address it names").containsExactly("unsubscribe");
        assertThat(lists("slow-1")).isEmpty();
    }

    /** Whatever is chosen in whatever order, what holds is what the page says. */
    @Test
    void afterEverySaveWhatHoldsIsWhatWasChosen() {
        topic("sales");
        topic("news");
        var customer = customer("page-2", "{}");
        var random = new SplittableRandom(3);
        for (int n = 0; n < 40; n++) {
            var wanted = new java.util.HashSet<String>();
            for (var code : List.of("", "sales", "news")) if (random.nextBoolean()) wanted.add(code);
            transaction.executeWithoutResult(status -> preferences.choose(customer, wanted, "en"));
            assertThat(consents.holding(customer, "email", List.of("", "sales", "news")))
                    .isEqualTo(Map.of(
                            "", wanted.contains(""),
                            "sales", wanted.contains("sales"),
                            "news", wanted.contains("news")));
        }
    }

    @Test
    void inACountryThatAsksForItAYesHoldsOnlyWhenAPersonHasConfirmedIt() throws Exception {
        assertThat(send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}")
                        .statusCode())
                .isEqualTo(200);
        try {
            var customer = customer("doi-1", "{\"country\": \"Austria\", \"consent\": {\"email\": true}}");
            var abroad = customer("doi-2", "{\"country\": \"CH\", \"consent\": {\"email\": true}}");
            assertThat(may(abroad, null)).isEqualTo(GRANTED);
            assertThat(may(customer, null)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
            // Again with the next sign-in: no second mail.
            read(people.batch()
                    .identify()
                    .by(Identifier.Type.USER_ID, "doi-1")
                    .withJson("{\"consent\": {\"email\": true}}"));
            var open = confirmations.openOf(customer);
            assertThat(open).hasSize(1);
            assertThat(jdbc.sql("select m.state from messages m where run_id = :run")
                            .param("run", -open.getFirst().id())
                            .query((r, n) -> r.getString("state"))
                            .list())
                    .containsExactly("ready");
            var mail = confirmations.mail(open.getFirst().id()).orElseThrow();
            var link = Pattern.compile("https?://\\S+/c/[\\w-]+").matcher(mail.text());
            assertThat(link.find()).isTrue();
            var path = URI.create(link.group()).getPath();
            for (var method : List.of("GET", "GET", "HEAD")) page(method, path, "");
            assertThat(may(customer, null)).as("opened only").isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
            assertThat(page("POST", forged(path), "").statusCode()).isEqualTo(404);
            assertThat(page("POST", path, "").statusCode()).isEqualTo(200);
            assertThat(page("POST", path, "").statusCode()).isEqualTo(200);
            assertThat(may(customer, null)).isEqualTo(GRANTED);
            assertThat(consents.evidenceOf(customer)).singleElement().satisfies(e -> {
                assertThat(e.source()).isEqualTo("double opt-in");
                assertThat(e.proof()).contains("confirmed by the link");
            });

            var late = customer("doi-3", "{\"country\": \"AT\", \"consent\": {\"email\": true}}");
            long id = confirmations.openOf(late).getFirst().id();
            var lateLink = Pattern.compile("https?://\\S+/c/[\\w-]+")
                    .matcher(confirmations.mail(id).orElseThrow().text());
            assertThat(lateLink.find()).isTrue();
            jdbc.sql("update consent_confirmations set expires_at = asked_at where id = :id")
                    .param("id", id)
                    .update();
            assertThat(page("POST", URI.create(lateLink.group()).getPath(), "").statusCode())
                    .isEqualTo(410);
            assertThat(may(late, null)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
            assertThat(confirmations.mail(id)).isEmpty();
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    /** The general word is withdrawn first, so what held by it only has to be said: it was agreed to already. */
    @Test
    void whoKeepsATopicAndUnticksTheRestKeepsItWithoutConfirmingIt() throws Exception {
        topic("sales");
        topic("news");
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            var customer = customer("keep-1", "{\"country\": \"AT\", \"consent\": {\"email\": true}}");
            confirm(customer);
            say(customer, "news", false);
            var path = URI.create(preferences.url(customer)).getPath();
            page("POST", path, "topic=sales");
            assertThat(may(customer, "sales")).as("kept").isEqualTo(GRANTED);
            assertThat(may(customer, null)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
            assertThat(confirmations.openOf(customer)).isEmpty();
            page("POST", path, "topic=sales&topic=news");
            assertThat(may(customer, "news")).as("new").isNotEqualTo(GRANTED);
            assertThat(confirmations.openOf(customer))
                    .extracting(Confirmations.Confirmation::topic)
                    .containsExactly("news");
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    /** Whoever was asked before topics had to be made may still answer. */
    @Test
    void aLinkThatAsksAboutATopicNobodyHasMadeStillConfirms() throws Exception {
        topic("sales");
        var customer = customer("unmade-1", "{}");
        transaction.executeWithoutResult(status -> confirmations.ask(
                customer, new Declaration(Permissions.MARKETING, "email", "sales", true, "by hand", null, null, null)));
        jdbc.sql("update consent_confirmations set topic = 'unmade' where customer_id = :customer")
                .param("customer", customer.value())
                .update();
        confirm(customer);
        assertThat(consents.of(customer))
                .singleElement()
                .satisfies(consent -> assertThat(consent.topic()).isEqualTo("unmade"));
    }

    /** What somebody said yes to in a shop is not what they are asked by mail; both are written down. */
    @Test
    void theMailSaysTheWordingOfConfirmationsWhateverTheYesWasSaidTo() throws Exception {
        var shop =
                send("POST", "/api/wordings/till", "{\"texts\":[{\"language\":\"en\",\"body\":\"Yes to the till.\"}]}");
        int version = json.readTree(shop.body()).path("version").asInt();
        var mail = send(
                "POST",
                "/api/wordings/confirmation",
                "{\"texts\":[{\"language\":\"en\",\"body\":\"Did you ask for our mail?\"}]}");
        int mailVersion = json.readTree(mail.body()).path("version").asInt();
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            var customer = customer(
                    "mail-1",
                    "{\"country\": \"AT\", \"consent\": {\"email\": {\"granted\": true, \"wording\": \"till@%d\"}}}"
                            .formatted(version));
            var id = confirmations.openOf(customer).getFirst().id();
            assertThat(confirmations.mail(id).orElseThrow().text())
                    .contains("Did you ask for our mail?")
                    .doesNotContain("Yes to the till.");
            confirm(customer);
            assertThat(consents.evidenceOf(customer)).singleElement().satisfies(e -> {
                assertThat(e.wording()).isEqualTo("till@" + version);
                assertThat(e.proof()).contains("(confirmation@" + mailVersion + ")");
            });
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
            for (var table : List.of("consent_wording_texts", "consent_wordings"))
                jdbc.sql("delete from " + table + " where code = 'confirmation'")
                        .update();
        }
    }

    /** Who presses the button has shown that they read one mailbox, and no other. */
    @Test
    void aConfirmationIsAboutTheAddressItWasSentToAndAnotherAddressIsAskedOnce() throws Exception {
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            var customer = customer("rv-1", "{\"country\": \"AT\", \"consent\": {\"email\": true}}");
            var first = link(customer);
            writtenAt("rv-1", "victim", "2026-02-02T00:00:00Z");
            assertThat(page("GET", first, "").statusCode()).isEqualTo(410);
            assertThat(page("POST", first, "").statusCode()).as("the old link").isEqualTo(410);
            assertRefused(customer);
            assertThat(asked(customer)).as("the new address is asked").isEqualTo(2);
            var second = link(customer);
            assertThat(second).isNotEqualTo(first);
            assertThat(page("POST", second, "").statusCode()).isEqualTo(200);
            assertThat(may(customer, null)).isEqualTo(GRANTED);

            writtenAt("rv-1", "rv-third", "2026-02-03T00:00:00Z");
            assertRefused(customer);
            assertThat(consents.holding(customer, "email", List.of(""))).isEqualTo(Map.of("", false));
            assertThat(confirmations.openOf(customer)).hasSize(1);
            runOut(customer);
            writtenAt("rv-1", "rv-third", "2026-02-04T00:00:00Z");
            customerAt("rv-1", "rv-third", "{\"consent\": {\"email\": true}}", "2026-02-05T00:00:00Z");
            assertThat(asked(customer)).as("once").isEqualTo(3);
            subscribed("rv-1", "{\"channel\": \"email\"}", "2026-02-06T00:00:00Z");
            assertThat(asked(customer)).as("for a deed once more").isEqualTo(4);
            assertRefused(customer);

            writtenAt("rv-1", "victim", "2026-02-07T00:00:00Z");
            assertThat(may(customer, null)).as("back at a confirmed one").isEqualTo(GRANTED);
            subscribed("rv-1", "{\"channel\": \"email\"}", "2026-02-08T00:00:00Z");
            assertThat(asked(customer)).as("it holds there").isEqualTo(4);

            writtenAt("rv-1", "rv-fourth", "2026-02-09T00:00:00Z");
            assertThat(asked(customer)).as("not for ever").isEqualTo(4);
            assertRefused(customer);
            assertThat(send(
                                    "PUT",
                                    "/api/customers/" + customer + "/consent",
                                    "{\"purpose\": \"marketing\", \"channel\": \"email\", \"granted\": true}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(may(customer, null)).as("a hand vouches for it").isEqualTo(GRANTED);
            writtenAt("rv-1", "rv-fifth", "2026-02-10T00:00:00Z");
            assertRefused(customer);
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    /** An address may come with an order: it is the customer's like any other, and so its owner is asked. */
    @Test
    void anAddressThatComesWithACallOfAnyTypeIsAskedOnce() throws Exception {
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            var customer = customer("order-1", "{\"country\": \"AT\", \"consent\": {\"email\": true}}");
            confirm(customer);
            assertThat(may(customer, null)).isEqualTo(GRANTED);
            assertThat(asked(customer)).isEqualTo(1);
            for (var at : List.of("2026-02-02T00:00:00Z", "2026-02-03T00:00:00Z")) {
                read(people.batch()
                        .track("Order Completed")
                        .by(Identifier.Type.USER_ID, "order-1")
                        .by(Identifier.Type.EMAIL, "order-2@choices.example")
                        .personal("context.traits.email", "order-2@choices.example")
                        .at(at));
                assertRefused(customer);
                assertThat(asked(customer)).as("once, at %s", at).isEqualTo(2);
            }
            confirm(customer);
            assertThat(may(customer, null)).as("its owner said yes").isEqualTo(GRANTED);

            // A history that is read late is no reason to leave somebody unasked: the reader asks for such events.
            assertThat(consentTail().interest().identifiedBy()).containsExactly(Identifier.Type.EMAIL);
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
        assertThat(consentTail().interest().identifiedBy())
                .as("nobody is asked")
                .isEmpty();
    }

    private Tail consentTail() {
        return tails.getLast();
    }

    /** Where nobody has to confirm anything, an address may change as it likes. */
    @Test
    void withoutDoubleOptInAYesHoldsAtWhateverAddress() throws Exception {
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            var abroad = customer("free-1", "{\"country\": \"CH\", \"consent\": {\"email\": true}}");
            writtenAt("free-1", "free-2", "2026-02-02T00:00:00Z");
            assertThat(may(abroad, null)).isEqualTo(GRANTED);
            assertThat(asked(abroad)).isZero();
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    /** As planned and as sent. */
    private void assertRefused(CustomerId customer) {
        assertThat(may(customer, null)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
        assertThat(permissions
                        .judge(new long[] {customer.value()}, ask(null), NOW)
                        .reasons(0))
                .containsExactly(Refusal.NO_CONSENT);
    }

    private void writtenAt(String userId, String mailbox, String at) {
        customerAt(userId, mailbox, "{}", at);
    }

    private void customerAt(String userId, String mailbox, String traits, String at) {
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, userId)
                .by(Identifier.Type.EMAIL, mailbox + "@choices.example")
                .withJson(traits)
                .at(at));
    }

    /** Anybody has the write key of a page, and may say anything of anybody's address. */
    @Test
    void nobodyCanFillAMailboxByAgreeingInItsOwnersName() throws Exception {
        topic("news");
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            var customer = customer("bomb-1", "bombed", "{\"country\": \"AT\"}");
            var batch = people.batch();
            for (int n = 0; n < 100; n++)
                batch.track("Subscribed")
                        .by(Identifier.Type.USER_ID, "bomb-1")
                        .by(Identifier.Type.EMAIL, "bombed@choices.example")
                        .withJson("{\"channel\": \"email\", \"topic\": \"made_up_%d\"}".formatted(n))
                        .track("Subscribed")
                        .by(Identifier.Type.USER_ID, "bomb-1")
                        .withJson("{\"channel\": \"email\", \"purpose\": \"made_up_%d\"}".formatted(n));
            read(batch);
            assertThat(mailsTo("bombed")).as("of what nobody has set up").isZero();
            assertThat(asked(customer)).as("nor is it kept").isZero();

            for (int n = 0; n < 30; n++) {
                customer("bomb-2-" + n, "bombed", "{\"country\": \"AT\", \"consent\": {\"email\": true}}");
                subscribed("bomb-2-" + n, "{\"channel\": \"email\", \"topic\": \"news\"}", "2026-02-06T00:00:00Z");
            }
            assertThat(mailsTo("bombed")).as("whoever it is said to be of").isEqualTo(3);
            var last = people.id(Identifier.Type.USER_ID, "bomb-2-29");
            var byHand = "{\"purpose\": \"marketing\", \"channel\": \"email\", \"granted\": true, \"toConfirm\": true}";
            var refused = send("PUT", "/api/customers/" + last + "/consent", byHand);
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("asked_often_enough");
            jdbc.sql("update consent_confirmations set asked_at = asked_at - interval '1 day'")
                    .update();
            subscribed("bomb-2-29", "{\"channel\": \"email\"}", "2026-02-07T00:00:00Z");
            assertThat(mailsTo("bombed")).as("the day after").isEqualTo(4);
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    /** A form with boxes that are ticked is one question, and one press of the button answers it. */
    @Test
    void whatIsAgreedToAtOneAddressIsAskedInOneMailAndConfirmedAsShown() throws Exception {
        var topics = new java.util.ArrayList<String>();
        for (int n = 10; n < 60; n++) topics.add("box_" + n);
        topics.forEach(this::topic);
        var ticked = topics.stream().map("\"%s\": true"::formatted).collect(java.util.stream.Collectors.joining(", "));
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            var customer = customer(
                    "boxes-1",
                    "{\"country\": \"AT\", \"consent\": {\"email\": {\"granted\": true, \"topics\": {%s}}}}"
                            .formatted(ticked));
            assertThat(mailsTo("boxes-1")).isEqualTo(1);
            assertThat(confirmations.openOf(customer)).hasSize(51);
            var mail = confirmations
                    .mail(confirmations.openOf(customer).getFirst().id())
                    .orElseThrow();
            assertThat(mail.text())
                    .contains("- General news and offers\n- box_10\n")
                    .contains("- box_59\n");
            assertThat(mail.html()).contains("<li>General news and offers</li><li>box_10</li>");
            var link = link(customer);
            var shown = Pattern.compile("name=\"shown\" value=\"(\\d+)\"")
                    .matcher(page("GET", link, "").body());
            assertThat(shown.find()).isTrue();

            // Said while the page is open: it was not shown, so it is not confirmed; the page that follows asks.
            topic("box_60");
            subscribed("boxes-1", "{\"channel\": \"email\", \"topic\": \"box_60\"}", "2026-02-07T00:00:00Z");
            assertThat(mailsTo("boxes-1")).isEqualTo(1);
            var answer = page("POST", link, "shown=" + shown.group(1));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body())
                    .contains("<li>box_60</li>", "name=\"shown\"")
                    .doesNotContain("box_59");
            assertThat(may(customer, null)).isEqualTo(GRANTED);
            for (var topic : topics)
                assertThat(consents.holding(customer, "email", List.of(topic))).containsEntry(topic, true);
            assertThat(consents.evidenceOf(customer)).hasSize(51);
            assertThat(confirmations.openOf(customer))
                    .extracting(Confirmations.Confirmation::topic)
                    .containsExactly("box_60");
            shown = Pattern.compile("name=\"shown\" value=\"(\\d+)\"").matcher(answer.body());
            assertThat(shown.find()).isTrue();
            assertThat(page("POST", link, "shown=" + shown.group(1)).body()).contains("Confirmed");
            assertThat(confirmations.openOf(customer)).isEmpty();
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    /** Who never got the link, or will hardly have the time to follow it, is sent another when they say yes once more. */
    @Test
    void aQuestionWhoseMailReachedNobodyOrWhoseLinkIsAboutToRunOutIsAskedAnew() throws Exception {
        topic("news");
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            var ends = List.of(
                    "state = 'failed', reason = 'rejected'",
                    "state = 'skipped', reason = 'suppressed'",
                    "state = 'sent', reason = 'bounced'");
            for (int n = 0; n < ends.size(); n++) {
                var name = "lost-" + n;
                var customer = customer(name, "{\"country\": \"AT\", \"consent\": {\"email\": true}}");
                var first = link(customer);
                subscribed(name, "{\"channel\": \"email\"}", "2026-02-06T00:00:00Z");
                assertThat(mailsTo(name)).as("it is on its way").isEqualTo(1);
                jdbc.sql("update messages set %s where run_id = :run".formatted(ends.get(n)))
                        .param("run", -confirmations.openOf(customer).getFirst().id())
                        .update();
                subscribed(name, "{\"channel\": \"email\"}", "2026-02-07T00:00:00Z");
                assertThat(mailsTo(name)).as(ends.get(n)).isEqualTo(2);
                assertThat(link(customer)).isNotEqualTo(first);
                subscribed(name, "{\"channel\": \"email\", \"topic\": \"news\"}", "2026-02-08T00:00:00Z");
                assertThat(mailsTo(name)).as("what is new joins the new mail").isEqualTo(2);
                var shown = Pattern.compile("name=\"shown\" value=\"(\\d+)\"")
                        .matcher(page("GET", link(customer), "").body());
                assertThat(shown.find()).isTrue();
                page("POST", link(customer), "shown=" + shown.group(1));
                assertThat(may(customer, null)).isEqualTo(GRANTED);
                assertThat(confirmations.openOf(customer))
                        .as("the first is answered, too")
                        .isEmpty();
            }

            var late = customer("lapse-1", "{\"country\": \"AT\", \"consent\": {\"email\": true}}");
            var first = link(late);
            older(late, "6 days 23 hours");
            subscribed("lapse-1", "{\"channel\": \"email\", \"topic\": \"news\"}", "2026-02-06T00:00:00Z");
            assertThat(mailsTo("lapse-1")).as("a mail of its own").isEqualTo(2);
            subscribed("lapse-1", "{\"channel\": \"email\"}", "2026-02-07T00:00:00Z");
            assertThat(confirmations.openOf(late)).hasSize(3);
            assertThat(mailsTo("lapse-1")).as("which is joined").isEqualTo(2);
            // Both links work as long as they are said to, and either answers.
            assertThat(page("POST", first, "").statusCode()).isEqualTo(200);
            assertThat(may(late, null)).isEqualTo(GRANTED);
            assertThat(confirmations.openOf(late))
                    .extracting(Confirmations.Confirmation::topic)
                    .containsExactly("news");
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    /** Whoever types somebody else's address into a form every day fills their mailbox with a few mails, and no more. */
    @Test
    void anAddressNobodyAnswersIsAskedFiveTimesInThirtyDays() throws Exception {
        topic("news");
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            for (int day = 0; day < 12; day++) {
                var customer = customer("month-" + day, "typed", "{\"country\": \"AT\"}");
                subscribed("month-" + day, "{\"channel\": \"email\"}", "2026-02-06T00:00:00Z");
                assertThat(mailsTo("typed")).as("day %d", day).isEqualTo(Math.min(day + 1, 5));
                assertThat(confirmations.openOf(customer)).hasSize(day < 5 ? 1 : 0);
                for (int n = 0; n <= day; n++) older(people.id(Identifier.Type.USER_ID, "month-" + n), "1 day");
            }
            var last = people.id(Identifier.Type.USER_ID, "month-11");
            var byHand = "{\"purpose\": \"marketing\", \"channel\": \"email\", \"granted\": true, \"toConfirm\": true}";
            assertThat(send("PUT", "/api/customers/" + last + "/consent", byHand)
                            .body())
                    .contains("asked_often_enough");

            // What reached nobody has bothered nobody.
            var first = jdbc.sql("select min(id) from consent_confirmations where address_hash = :address")
                    .param("address", suppressions.addressHash("email", "typed@choices.example"))
                    .query(Long.class)
                    .single();
            jdbc.sql("update messages set state = 'failed' where run_id = :run")
                    .param("run", -first)
                    .update();
            subscribed("month-11", "{\"channel\": \"email\"}", "2026-02-07T00:00:00Z");
            assertThat(mailsTo("typed")).isEqualTo(6);
            subscribed("month-10", "{\"channel\": \"email\"}", "2026-02-07T00:00:00Z");
            assertThat(mailsTo("typed")).isEqualTo(6);
            // Whoever answers wants to be asked.
            confirm(last);
            subscribed("month-10", "{\"channel\": \"email\"}", "2026-02-08T00:00:00Z");
            assertThat(mailsTo("typed")).isEqualTo(7);
            subscribed("month-9", "{\"channel\": \"email\"}", "2026-02-08T00:00:00Z");
            assertThat(mailsTo("typed")).isEqualTo(7);
            // A month later, again.
            for (int n = 0; n < 12; n++) older(people.id(Identifier.Type.USER_ID, "month-" + n), "30 days");
            subscribed("month-9", "{\"channel\": \"email\"}", "2026-02-09T00:00:00Z");
            assertThat(mailsTo("typed")).isEqualTo(8);
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    /** Nobody waits for a mail that does not come. */
    @Test
    void thePageSaysWhatBecameOfAskingForAConfirmation() throws Exception {
        topic("sales");
        topic("news");
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            var first = URI.create(preferences.url(customer("told-0", "told", "{\"country\": \"AT\"}")))
                    .getPath();
            assertThat(page("POST", first, "topic=news").body()).contains("we have just sent you an e-mail");
            assertThat(mailsTo("told")).isEqualTo(1);
            assertThat(page("POST", first, "topic=news&topic=sales").body())
                    .contains("in the e-mail we sent you before")
                    .doesNotContain("just sent");
            assertThat(page("POST", first, "topic=news&lang=zh").body()).contains("此前发给您的确认邮件");
            assertThat(mailsTo("told")).isEqualTo(1);
            assertThat(page("POST", first, "").body()).contains("Your choices are saved.");

            for (int n = 1; n < 3; n++)
                customer("told-" + n, "told", "{\"country\": \"AT\", \"consent\": {\"email\": true}}");
            assertThat(mailsTo("told")).isEqualTo(3);
            var last = URI.create(preferences.url(customer("told-3", "told", "{\"country\": \"AT\"}")))
                    .getPath();
            assertThat(page("POST", last, "topic=news").body())
                    .contains("is not saved", "as many such e-mails")
                    .doesNotContain("just sent", "sent you before");
            assertThat(page("POST", last, "topic=news&lang=zh").body()).contains("已达上限");
            assertThat(mailsTo("told")).isEqualTo(3);

            read(people.batch().identify().by(Identifier.Type.USER_ID, "told-4").withJson("{\"country\": \"AT\"}"));
            var nowhere = URI.create(preferences.url(people.id(Identifier.Type.USER_ID, "told-4")))
                    .getPath();
            for (int n = 0; n < 2; n++)
                assertThat(page("POST", nowhere, "topic=news").body())
                        .contains("we have no address of yours")
                        .doesNotContain("just sent", "sent you before");
            assertThat(page("POST", nowhere, "topic=news&lang=zh").body()).contains("没有您的邮箱地址");
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    private void older(CustomerId customer, String by) {
        jdbc.sql("""
                        update consent_confirmations set asked_at = asked_at - cast(:by as interval),
                            expires_at = expires_at - cast(:by as interval)
                        where customer_id = :customer
                        """).param("customer", customer.value()).param("by", by).update();
    }

    /** Whether a yes has to be confirmed is asked once for all that came together. */
    @Test
    void manyRowsOfAFileAreVouchedForInAsManyStatementsAsOne() throws Exception {
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            assertThat(reads("file-b", 60)).isPositive().isEqualTo(reads("file-a", 2));
            for (int n = 0; n < 60; n++) {
                var customer = people.id(Identifier.Type.USER_ID, "file-b" + n);
                boolean proved = n % 2 == 0;
                assertThat(may(customer, null))
                        .as("row %d", n)
                        .isEqualTo(proved ? GRANTED : new Permit.Refused(Refusal.NO_CONSENT));
                assertThat(jdbc.sql("select address_hash from consent_addresses where customer_id = :customer")
                                .param("customer", customer.value())
                                .query(Long.class)
                                .list())
                        .isEqualTo(
                                proved
                                        ? List.of(suppressions.addressHash(
                                                "email", "file-b%d@choices.example".formatted(n)))
                                        : List.of());
            }
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    /** How often the rules of countries are looked into for so many rows, every other one proved. */
    private long reads(String name, int rows) {
        var batch = people.batch();
        for (int n = 0; n < rows; n++)
            batch.identify()
                    .by(Identifier.Type.USER_ID, name + n)
                    .by(Identifier.Type.EMAIL, name + n + "@choices.example")
                    .withJson("{\"country\": \"AT\", \"consent\": {\"email\": true%s}}"
                            .formatted(n % 2 == 0 ? ", \"proof\": \"slip\"" : ""));
        var events = batch.end();
        var ofFile = new Tail.Batch(
                "test",
                events.fromSeq(),
                events.toSeq(),
                events.events().stream()
                        .map(e -> new LoggedEvent(
                                e.seq(),
                                e.receivedAt(),
                                e.occurredAt(),
                                e.sourceId(),
                                77L,
                                e.type(),
                                e.name(),
                                e.customer(),
                                e.identifiers(),
                                e.messageId(),
                                e.amount(),
                                e.properties(),
                                e.personal()))
                        .toList());
        for (var tail : tails.subList(0, 2)) transaction.executeWithoutResult(status -> tail.process(ofFile));
        var reads = transaction.execute(status -> {
            // Those of earlier transactions may be among them still.
            long before = countriesRead();
            consentTail().process(ofFile);
            return countriesRead() - before;
        });
        if (reads == null) throw new AssertionError("no answer");
        return reads;
    }

    private long countriesRead() {
        return jdbc.sql("""
                        select coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0) from pg_stat_xact_user_tables
                        where relname = 'consent_countries'
                        """).query(Long.class).single();
    }

    private long mailsTo(String mailbox) {
        return jdbc.sql("""
                        select count(*) from messages m join consent_confirmations c on m.run_id = -c.id
                        where c.address_hash = :address
                        """)
                .param("address", suppressions.addressHash("email", mailbox + "@choices.example"))
                .query(Long.class)
                .single();
    }

    /** Who missed the link and signs up once more gets another mail; who only signs in is not asked for ever. */
    @Test
    void aYesThatIsRepeatedIsAskedAboutAgainWhenItsLinkHasRunOut() throws Exception {
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            var yes = "{\"country\": \"AT\", \"consent\": {\"email\": true}}";
            var customer = customer("again-1", yes);
            for (int asked = 1; asked <= 5; asked++) {
                assertThat(asked(customer)).isEqualTo(Math.min(asked, 3));
                runOut(customer);
                customer("again-1", yes);
            }
            assertThat(confirmations.openOf(customer)).isEmpty();
            subscribed("again-1", "{\"channel\": \"email\"}", "2026-02-03T10:00:00Z");
            assertThat(confirmations.openOf(customer))
                    .as("a deed is always asked about")
                    .hasSize(1);
            confirm(customer);
            assertThat(may(customer, null)).isEqualTo(GRANTED);
            customer("again-1", yes);
            assertThat(confirmations.openOf(customer)).as("it holds").isEmpty();

            // What was taken back is not asked about because the shop has not heard of it.
            say(customer, null, false);
            customer("again-1", yes);
            assertThat(confirmations.openOf(customer)).isEmpty();
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    @Test
    void anEventThatMeansAYesGrantsAgainWhereARepetitionDoesNot() {
        topic("sales");
        var yes = "{\"consent\": {\"email\": true}}";
        var customer = customer("sub-1", yes);
        read(people.batch()
                .track("Unsubscribed")
                .by(Identifier.Type.USER_ID, "sub-1")
                .at("2026-02-02T00:00:00Z")
                .identify()
                .by(Identifier.Type.USER_ID, "sub-1")
                .withJson(yes)
                .at("2026-02-03T00:00:00Z"));
        assertThat(may(customer, null)).isNotEqualTo(GRANTED);
        subscribed("sub-1", "{\"plan\": \"gold\"}", "2026-02-04T00:00:00Z");
        assertThat(may(customer, null)).as("of a channel it says nothing").isNotEqualTo(GRANTED);
        subscribed("sub-1", "{\"channel\": \"email\"}", "2026-02-01T12:00:00Z");
        assertThat(may(customer, null)).as("of before").isNotEqualTo(GRANTED);
        subscribed(
                "sub-1",
                "{\"channel\": \"email\", \"topic\": \"sales\", \"wording\": \"news@2\"}",
                "2026-02-05T00:00:00Z");
        assertThat(may(customer, "sales")).isEqualTo(GRANTED);
        assertThat(may(customer, null)).isNotEqualTo(GRANTED);
        subscribed("sub-1", "{\"channel\": \"email\"}", "2026-02-06T00:00:00Z");
        assertThat(may(customer, null)).isEqualTo(GRANTED);
        assertThat(consents.of(customer))
                .extracting(c -> c.topic() + " " + c.source() + " " + c.wording())
                .containsExactly("null event Subscribed null", "sales event Subscribed news@2");
    }

    /** A shop that begins to send topics knows nothing of who signed off before. */
    @Test
    void aShopsFirstWordOfATopicDoesNotUndoAWithdrawalFromEverything() {
        topic("news");
        var customer = customer("first-word", "{\"consent\": {\"email\": true}}");
        say(customer, null, false);
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "first-word")
                .withJson("{\"consent\": {\"email\": {\"topics\": {\"news\": true}}}}")
                .at("2026-03-02T00:00:00Z"));
        assertThat(may(customer, "news")).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
        assertThat(consents.holding(customer, "email", List.of("news"))).isEqualTo(Map.of("news", false));
        subscribed("first-word", "{\"channel\": \"email\", \"topic\": \"news\"}", "2026-03-03T00:00:00Z");
        assertThat(may(customer, "news")).isEqualTo(GRANTED);
    }

    /** A deed of before the withdrawal is not moved behind it by what a shop says for the first time. */
    @Test
    void aShopsFirstWordOfATopicDoesNotBringBackOneThatWasChosenBeforeTheWithdrawal() {
        topic("sales");
        var customer = customer("dated-1", "{\"consent\": {\"email\": true}}");
        subscribed("dated-1", "{\"channel\": \"email\", \"topic\": \"sales\"}", "2026-02-27T00:00:00Z");
        assertThat(may(customer, "sales")).isEqualTo(GRANTED);
        state("dated-1", "{\"consent\": {\"email\": false}}", "2026-02-28T00:00:00Z");
        assertThat(may(customer, "sales")).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
        state("dated-1", "{\"consent\": {\"email\": {\"topics\": {\"sales\": true}}}}", "2026-03-01T01:00:00Z");
        assertThat(may(customer, "sales")).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
    }

    @Test
    void aShopsFirstYesDoesNotTakeATopicAwayThatWasChosenAfterTheWithdrawal() {
        topic("sales");
        var customer = customer("dated-2", "{}");
        read(people.batch()
                .track("Unsubscribed")
                .by(Identifier.Type.USER_ID, "dated-2")
                .withJson("{\"channel\": \"email\"}")
                .at("2026-02-27T00:00:00Z"));
        subscribed("dated-2", "{\"channel\": \"email\", \"topic\": \"sales\"}", "2026-02-28T00:00:00Z");
        assertThat(may(customer, "sales")).isEqualTo(GRANTED);
        state("dated-2", "{\"consent\": {\"email\": true}}", "2026-03-01T01:00:00Z");
        assertThat(may(customer, "sales")).isEqualTo(GRANTED);
        assertThat(may(customer, null)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
    }

    private void state(String userId, String traits, String at) {
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, userId)
                .withJson(traits)
                .at(at));
    }

    /** A country's own text is what its people are shown, on the page and in the mail, and what their consent names. */
    @Test
    void eachCountryIsAskedInItsOwnWords() throws Exception {
        var asked = """
                {"texts":[{"language":"en","body":"May we write to you?"},
                 {"language":"de","country":"DE","body":"Duerfen wir Ihnen schreiben?"}]}""";
        var wording =
                json.readTree(send("POST", "/api/wordings/preferences", asked).body());
        var german = customer("words-1", "{\"country\": \"Germany\"}");
        var swiss = customer("words-2", "{\"country\": \"CH\"}");
        var path = URI.create(preferences.url(german)).getPath();
        assertThat(page("GET", path, "").body()).contains("Duerfen wir").doesNotContain("May we write");
        assertThat(page("GET", URI.create(preferences.url(swiss)).getPath(), "").body())
                .contains("May we write")
                .doesNotContain("Duerfen wir");
        page("POST", path, "general=on");
        assertThat(consents.of(german))
                .isNotEmpty()
                .allSatisfy(c -> assertThat(c.wording())
                        .isEqualTo("preferences@" + wording.path("version").asInt()));

        var shop = send("POST", "/api/wordings/words", asked.replace("Ihnen schreiben", "Ihnen Post schicken"));
        send("PUT", "/api/country-rules/DE", "{\"doubleOptIn\": true}");
        try {
            var said = "{\"country\": \"DE\", \"consent\": {\"email\": {\"granted\": true, \"wording\": \"words@%d\"}}}"
                    .formatted(json.readTree(shop.body()).path("version").asInt());
            var customer = customer("words-3", said);
            var mail = confirmations
                    .mail(confirmations.openOf(customer).getFirst().id())
                    .orElseThrow();
            assertThat(mail.text()).contains("Duerfen wir Ihnen Post schicken?");
        } finally {
            send("DELETE", "/api/country-rules/DE", "");
        }
    }

    @Test
    void nobodyIsWrittenToOutsideTheHoursOfTheirOwnCountryAndClock() throws Exception {
        assertThat(send(
                                "PUT",
                                "/api/country-rules/NZ",
                                "{\"zone\": \"Pacific/Auckland\", \"from\": \"08:00\", \"to\": \"20:00\", \"quietDays\": [\"sunday\"]}")
                        .statusCode())
                .isEqualTo(200);
        try {
            var agreed = "\"consent\": {\"email\": true}";
            var kiwi = customer("hours-1", "{\"country\": \"NZ\", " + agreed + "}");
            var traveller =
                    customer("hours-2", "{\"country\": \"NZ\", \"timezone\": \"Europe/Berlin\", " + agreed + "}");
            // Monday, 2 March, 22:00 in Auckland (UTC+13) is 09:00 UTC and 10:00 in Berlin.
            var at = Instant.parse("2026-03-02T09:00:00Z");
            assertThat(take(kiwi, null, at)).isEqualTo(new Permit.Later(Instant.parse("2026-03-02T19:00:00Z")));
            assertThat(take(traveller, null, at)).isEqualTo(GRANTED);
            // Saturday evening in Auckland: the next allowed hour is Monday's.
            assertThat(take(kiwi, null, Instant.parse("2026-03-07T09:00:00Z")))
                    .isEqualTo(new Permit.Later(Instant.parse("2026-03-08T19:00:00Z")));
            assertThat(take(kiwi, null, Instant.parse("2026-03-08T19:00:00Z"))).isEqualTo(GRANTED);
        } finally {
            send("DELETE", "/api/country-rules/NZ", "");
        }
        assertThat(json.readTree(send("PUT", "/api/country-rules/Nz", "{}").body())
                        .path("code")
                        .asString())
                .isEqualTo("country_invalid");
    }

    /** Whatever country it is, no more may be sent there than everywhere. */
    @Test
    void whoseCountryCannotBeReadIsWrittenToWhenNoRuleStandsAgainstIt() throws Exception {
        var at = Instant.parse("2026-03-02T09:00:00Z");
        var agreed = "\"consent\": {\"email\": true}";
        var somewhere = customer("somewhere-1", "{\"country\": \"Atlantis\", " + agreed + "}");
        var london =
                customer("somewhere-2", "{\"country\": \"Engl.\", \"timezone\": \"Europe/London\", " + agreed + "}");
        var british = customer("somewhere-3", "{\"country\": \"u.k.\", " + agreed + "}");
        var unstated = customer("somewhere-4", "{\"country\": \"-\", " + agreed + "}");
        var readable = customer(
                "somewhere-5", "{\"country\": \"Atlantis\", \"address\": {\"country\": \"England\"}, " + agreed + "}");
        var everybody = List.of(somewhere, london, british, unstated, readable);
        assertThat(everybody)
                .allSatisfy(customer -> assertThat(take(customer, null, at)).isEqualTo(GRANTED));
        try {
            send(
                    "PUT",
                    "/api/country-rules/GB",
                    "{\"zone\": \"Europe/London\", \"from\": \"08:00\", \"to\": \"20:00\"}");
            send(
                    "PUT",
                    "/api/country-rules/SG",
                    "{\"zone\": \"Asia/Singapore\", \"from\": \"09:00\", \"to\": \"18:00\", \"quietDays\": [\"monday\"]}");
            // Monday, 09:00 in London, 17:00 in Singapore, which is quiet until Tuesday 09:00, 01:00 in London.
            assertThat(take(british, null, at)).isEqualTo(GRANTED);
            assertThat(take(readable, null, at)).isEqualTo(GRANTED);
            assertThat(take(unstated, null, at)).isEqualTo(GRANTED);
            var both = new Permit.Later(Instant.parse("2026-03-03T08:00:00Z"));
            assertThat(take(somewhere, null, at))
                    .as("from 08:00 to 10:00 in London")
                    .isEqualTo(both);
            assertThat(take(somewhere, null, Instant.parse("2026-03-03T09:59:00Z")))
                    .isEqualTo(GRANTED);
            assertThat(take(somewhere, null, Instant.parse("2026-03-03T10:00:00Z")))
                    .isEqualTo(new Permit.Later(Instant.parse("2026-03-04T08:00:00Z")));
            assertThat(take(london, null, at))
                    .as("by a clock that is known, from 09:00 to 18:00 but on Mondays")
                    .isEqualTo(new Permit.Later(Instant.parse("2026-03-03T09:00:00Z")));

            // Opposite sides of the world: there is no such hour.
            send(
                    "PUT",
                    "/api/country-rules/NZ",
                    "{\"zone\": \"Pacific/Auckland\", \"from\": \"10:00\", \"to\": \"17:00\"}");
            for (var hour = at; hour.isBefore(at.plus(Duration.ofDays(8))); hour = hour.plus(Duration.ofHours(1)))
                assertThat(take(somewhere, null, hour)).isInstanceOf(Permit.Later.class);
            assertThat(take(british, null, at)).isEqualTo(GRANTED);
        } finally {
            for (var country : List.of("GB", "SG", "NZ")) send("DELETE", "/api/country-rules/" + country, "");
        }
    }

    @Test
    void whoseCountryCannotBeReadConfirmsWhereAnyCountryAsksForIt() throws Exception {
        var before = confirmations.now();
        send("PUT", "/api/country-rules/AT", "{\"doubleOptIn\": true}");
        try {
            var somewhere = customer("unread-1", "{\"country\": \"Atlantis\", \"consent\": {\"email\": true}}");
            assertThat(may(somewhere, null)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
            confirm(somewhere);
            assertThat(may(somewhere, null)).isEqualTo(GRANTED);
            for (var traits : List.of(
                    "{\"country\": \"Holland\", %s}",
                    "{\"country\": \"?\", %s}",
                    "{%s}",
                    "{\"country\": \"Atlantis\", \"address\": {\"country\": \"Ivory Coast\"}, %s}")) {
                var name = "unread-" + traits.hashCode();
                assertThat(may(customer(name, traits.formatted("\"consent\": {\"email\": true}")), null))
                        .as(traits)
                        .isEqualTo(GRANTED);
            }

            var abroad = customer("unread-2", "{\"country\": \"CH\", \"address\": {\"country\": \"CH\"}}");
            var unknown = customer("unread-3", "{}");
            var rule = confirmations.now();
            for (var one : List.of(
                    Map.entry(new DoubleOptIn.Yes("Atlantis", null), 1L),
                    Map.entry(new DoubleOptIn.Yes("Atlantis", unknown), 1L),
                    Map.entry(new DoubleOptIn.Yes("Atlantis", abroad), 0L),
                    Map.entry(new DoubleOptIn.Yes("Austria", abroad), 1L),
                    Map.entry(new DoubleOptIn.Yes("the U.S.", unknown), 0L),
                    Map.entry(new DoubleOptIn.Yes("", unknown), 0L),
                    Map.entry(new DoubleOptIn.Yes("", somewhere), 1L))) {
                assertThat(rule.toConfirm(List.of(one.getKey())))
                        .as(one.getKey().toString())
                        .isEqualTo(one.getValue());
                assertThat(before.toConfirm(List.of(one.getKey()))).isZero();
            }
        } finally {
            send("DELETE", "/api/country-rules/AT", "");
        }
    }

    @Test
    void anAddressStandsOnAListByReasonAndTopicAndAnAgreementTakesItOffTheUnsubscribers() throws Exception {
        topic("sales");
        var customer = customer("list-1", "{\"consent\": {\"email\": true}}");
        suppress("list-1", Suppression.Reason.UNSUBSCRIBE, null);
        suppress("list-1", Suppression.Reason.LEGAL, "sales");
        assertThat(may(customer, null)).isEqualTo(new Permit.Refused(Refusal.SUPPRESSED));
        assertThat(permissions
                        .judge(new long[] {customer.value()}, Ask.transactional("email"), NOW)
                        .allows(0))
                .as("what the customer asked for goes out all the same")
                .isTrue();
        say(customer, null, true);
        assertThat(may(customer, null)).isEqualTo(GRANTED);
        assertThat(may(customer, "sales")).isEqualTo(new Permit.Refused(Refusal.SUPPRESSED));

        var answer = json.readTree(send(
                        "POST",
                        "/api/suppressions/import",
                        "{\"reason\": \"complaint\", \"addresses\": [\"list-9@choices.example\", \"nonsense\", \"list-8@choices.example\"]}")
                .body());
        assertThat(answer.path("added").asInt()).isEqualTo(2);
        assertThat(answer.path("faults").toString()).isEqualTo("[2]");
        var page = json.readTree(
                send("GET", "/api/suppressions?reason=complaint&limit=1", "").body());
        assertThat(page.path("items").size()).isEqualTo(1);
        var next = json.readTree(send(
                        "GET",
                        "/api/suppressions?reason=complaint&limit=1&cursor="
                                + page.path("nextCursor").asString(),
                        "")
                .body());
        assertThat(next.at("/items/0/id")).isNotEqualTo(page.at("/items/0/id"));
        long hash = suppressions.addressHash("email", "list-1@choices.example");
        assertThat(send("DELETE", "/api/suppressions/" + hash + "?reason=legal&topic=sales", "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(may(customer, "sales")).isEqualTo(GRANTED);
    }

    @Test
    void aYesOfBeforeTakesNoAddressOffTheListOfUnsubscribers() {
        var withdrawn = customer("before-1", "{\"consent\": {\"email\": false}}");
        suppress("before-1", Suppression.Reason.UNSUBSCRIBE, null);
        say(withdrawn, null, false);
        var listed = customer("before-2", "{\"consent\": {\"email\": false}}");
        suppress("before-2", Suppression.Reason.UNSUBSCRIBE, null);
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "before-1")
                .withJson("{\"consent\": {\"email\": true}}")
                .at("2026-02-02T00:00:00Z")
                .identify()
                .by(Identifier.Type.USER_ID, "before-2")
                .withJson("{\"consent\": {\"email\": true}}")
                .at("2026-02-02T00:00:00Z"));
        assertThat(lists("before-1")).as("the withdrawal came after it").containsExactly("unsubscribe");
        assertThat(lists("before-2")).as("so did the unsubscription").containsExactly("unsubscribe");
        assertThat(may(listed, null)).isEqualTo(new Permit.Refused(Refusal.SUPPRESSED));
        say(withdrawn, null, true);
        say(listed, null, true);
        assertThat(lists("before-1")).isEmpty();
        assertThat(may(listed, null)).isEqualTo(GRANTED);
    }

    /** The list is about marketing: who says yes to surveys has not asked for offers again. */
    @Test
    void aYesToAnotherPurposeTakesNoAddressOffTheListOfUnsubscribers() throws Exception {
        topic("sales");
        var customer = customer("survey-1", "{\"consent\": {\"email\": true}}");
        suppress("survey-1", Suppression.Reason.UNSUBSCRIBE, null);
        suppress("survey-1", Suppression.Reason.UNSUBSCRIBE, "sales");
        var byHand = "{\"purpose\": \"surveys\", \"channel\": \"email\", \"granted\": true}";
        assertThat(send("PUT", "/api/customers/" + customer + "/consent", byHand)
                        .statusCode())
                .isEqualTo(200);
        for (var about : List.of("", ", \"topic\": \"sales\""))
            subscribed(
                    "survey-1",
                    "{\"channel\": \"email\", \"purpose\": \"surveys\"%s}".formatted(about),
                    "2099-03-03T00:00:00Z");
        assertThat(consents.of(customer))
                .filteredOn(c -> c.purpose().equals("surveys") && c.granted())
                .hasSize(2);
        assertThat(lists("survey-1")).containsExactlyInAnyOrder("unsubscribe", "unsubscribe sales");
        assertThat(may(customer, null)).isEqualTo(new Permit.Refused(Refusal.SUPPRESSED));
        subscribed("survey-1", "{\"channel\": \"email\"}", "2099-03-04T00:00:00Z");
        assertThat(lists("survey-1")).containsExactly("unsubscribe sales");
        assertThat(may(customer, null)).isEqualTo(GRANTED);
    }

    @Test
    void aLimitOfTheContactBudgetIsSetUsedUpAndTakenAway() throws Exception {
        var customer = customer("limit-1", "{\"consent\": {\"email\": true}}");
        var body = "{\"category\": \"survey\", \"window\": \"month\", \"most\": 1}";
        var limit = json.readTree(send("PUT", "/api/contact-limits", body).body());
        var survey = new Ask(Permissions.MARKETING, "email", null, Category.SURVEY);
        assertThat(taken(customer, survey)).isEqualTo(GRANTED);
        assertThat(taken(customer, survey)).isEqualTo(new Permit.Refused(Refusal.OVER_CONTACT_BUDGET));
        assertThat(may(customer, null)).isEqualTo(GRANTED);
        JsonNode use = json.readTree(send("GET", "/api/customers/" + customer + "/contact-budget", "")
                        .body())
                .path("items");
        assertThat(use.at("/1/used").asInt()).isEqualTo(1);
        assertThat(send("DELETE", "/api/contact-limits/" + limit.path("id"), "").statusCode())
                .isEqualTo(204);
        assertThat(json.readTree(send(
                                        "PUT",
                                        "/api/contact-limits",
                                        "{\"category\": \"transactional\", \"window\": \"day\", \"most\": 1}")
                                .body())
                        .path("code")
                        .asString())
                .isEqualTo("limit_of_transactional");
    }

    /** What is reserved for later days is in the way of a message of today, and shown. */
    @Test
    void theBudgetOfACustomerIsShownAsItIsCounted(@Autowired ContactLimits limits, @Autowired BusinessClock clock) {
        var now = clock.instant();
        // What other tests of this class count stands under their numbers already.
        nextMessage += 1_000;
        var week = ContactLimit.Window.ofDays(7);
        var day = ContactLimit.Window.ofDays(1);
        var ids = List.of(
                limits.set(Category.SURVEY, "email", week, 3).id(),
                limits.set(Category.SURVEY, null, day, 1).id());
        try {
            var survey = new Ask(Permissions.MARKETING, "email", null, Category.SURVEY);
            var planned = customer("budget-1", "{\"consent\": {\"email\": true}}");
            assertThat(reserve(planned, survey, now.plus(Duration.ofDays(6)))).isTrue();
            assertThat(uses(limits, planned))
                    .as("of the settings, of a day, of a week")
                    .containsExactly("0+1 2", "0+0 1", "0+1 2");
            assertThat(reserve(planned, survey, now.plus(Duration.ofDays(7)))).isTrue();
            assertThat(uses(limits, planned)).as("in no week of today").containsExactly("0+1 2", "0+0 1", "0+1 2");
            // No week holds both the one of five days ago and the one in six days.
            assertThat(taken(planned, survey, now.minus(Duration.ofDays(5)))).isEqualTo(GRANTED);
            assertThat(uses(limits, planned)).containsExactly("1+1 2", "0+0 1", "1+1 2");
            assertThat(reserve(planned, survey, now.plus(Duration.ofDays(1)))).isTrue();
            assertThat(uses(limits, planned)).containsExactly("1+2 1", "0+0 1", "1+2 1");

            var random = new SplittableRandom(29);
            for (int n = 0; n < 40; n++) {
                var customer = customer("budget-any-" + n, "{\"consent\": {\"email\": true}}");
                for (int unit = random.nextInt(6); unit > 0; unit--) {
                    var at = now.plus(Duration.ofDays(random.nextInt(17) - 8));
                    if (at.isAfter(now)) reserve(customer, survey, at);
                    else taken(customer, survey, at);
                }
                int left = limits.of(customer).stream()
                        .filter(use -> use.category() == null || use.category() == Category.SURVEY)
                        .mapToInt(ContactLimits.Use::left)
                        .min()
                        .orElseThrow();
                var permit = transaction.execute(status -> {
                    status.setRollbackOnly();
                    return permissions.take(nextMessage++, customer, null, survey, now);
                });
                assertThat(GRANTED.equals(permit))
                        .as("customer %d: %s", n, limits.of(customer))
                        .isEqualTo(left > 0);
            }
        } finally {
            ids.forEach(limits::remove);
        }
    }

    private static List<String> uses(ContactLimits limits, CustomerId customer) {
        return limits.of(customer).stream()
                .filter(use -> (use.category() == null && use.channel() == null && use.days() == 7)
                        || use.category() == Category.SURVEY)
                .sorted(java.util.Comparator.comparing((ContactLimits.Use use) -> use.category() != null)
                        .thenComparing(ContactLimits.Use::days))
                .map(use -> "%d+%d %d".formatted(use.used(), use.reserved(), use.left()))
                .toList();
    }

    private boolean reserve(CustomerId customer, Ask ask, Instant at) {
        return permissions
                .reserve(77_000 + nextMessage, List.of(new Permissions.Contact(nextMessage++, customer)), ask, at)
                .allows(0);
    }

    private void subscribed(String userId, String properties, String at) {
        read(people.batch()
                .track("Subscribed")
                .by(Identifier.Type.USER_ID, userId)
                .withJson(properties)
                .at(at));
    }

    private long asked(CustomerId customer) {
        return jdbc.sql("select count(*) from consent_confirmations where customer_id = :customer")
                .param("customer", customer.value())
                .query(Long.class)
                .single();
    }

    private void runOut(CustomerId customer) {
        jdbc.sql("""
                        update consent_confirmations set asked_at = asked_at - interval '1 day',
                            expires_at = asked_at - interval '1 day'
                        where customer_id = :customer
                        """).param("customer", customer.value()).update();
    }

    /** Presses the button behind the link of the one mail that is open. */
    private void confirm(CustomerId customer) throws Exception {
        assertThat(page("POST", link(customer), "").statusCode()).isEqualTo(200);
    }

    private String link(CustomerId customer) {
        long id = confirmations.openOf(customer).getFirst().id();
        var link = Pattern.compile("https?://\\S+/c/[\\w-]+")
                .matcher(confirmations.mail(id).orElseThrow().text());
        assertThat(link.find()).isTrue();
        return URI.create(link.group()).getPath();
    }

    private static String forged(String path) {
        int place = path.length() - 9;
        return path.substring(0, place) + (path.charAt(place) == 'z' ? "a" : "z") + path.substring(place + 1);
    }

    private void topic(String code) {
        transaction.executeWithoutResult(status -> topics.save(new Topic(code, code, code, "", "", false)));
    }

    private static Ask ask(@Nullable String topic) {
        return new Ask(Permissions.MARKETING, "email", topic, Category.PROMOTION);
    }

    private void say(CustomerId customer, @Nullable String topic, boolean granted) {
        transaction.executeWithoutResult(status -> consents.say(
                customer, new Declaration(Permissions.MARKETING, "email", topic, granted, "a test", null, null, null)));
    }

    private void suppress(String userId, Suppression.Reason reason, @Nullable String topic) {
        transaction.executeWithoutResult(
                status -> suppressions.add("email", userId + "@choices.example", reason, topic, null, "a test"));
    }

    private List<String> lists(String userId) {
        return suppressions.find("email", suppressions.addressHash("email", userId + "@choices.example")).stream()
                .map(entry -> entry.reason().code() + (entry.topic() == null ? "" : " " + entry.topic()))
                .toList();
    }

    /** Asked for a message of its own that gives its unit back. */
    private Permit may(CustomerId customer, @Nullable String topic) {
        return take(customer, topic, NOW);
    }

    private Permit take(CustomerId customer, @Nullable String topic, Instant at) {
        var permit = transaction.execute(status -> {
            var answer = permissions.take(nextMessage++, customer, null, ask(topic), at);
            status.setRollbackOnly();
            return answer;
        });
        if (permit == null) throw new AssertionError("no answer");
        return permit;
    }

    private Permit taken(CustomerId customer, Ask ask) {
        return taken(customer, ask, NOW);
    }

    private Permit taken(CustomerId customer, Ask ask, Instant at) {
        var permit = transaction.execute(status -> permissions.take(nextMessage++, customer, null, ask, at));
        if (permit == null) throw new AssertionError("no answer");
        return permit;
    }

    private CustomerId customer(String userId, String traits) {
        return customer(userId, userId, traits);
    }

    private CustomerId customer(String userId, String mailbox, String traits) {
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, userId)
                .by(Identifier.Type.EMAIL, mailbox + "@choices.example")
                .withJson(traits));
        return people.id(Identifier.Type.USER_ID, userId);
    }

    private void read(People.Events events) {
        var batch = events.end();
        for (var tail : tails) transaction.executeWithoutResult(status -> tail.process(batch));
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return http.send(
                request(path)
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> page(String method, String path, String form) throws Exception {
        return http.send(
                request(path)
                        .header("Accept-Language", "en")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .method(method, HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }
}
