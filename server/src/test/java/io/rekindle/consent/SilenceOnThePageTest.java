package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.testing.People;
import io.rekindle.testing.RekindleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/** The preference page where customers who never said anything may be written to: it shows what they get, and takes their no. */
@RekindleTest
@TestPropertySource(properties = "rekindle.consent.allowed-without-record=true")
class SilenceOnThePageTest {
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");
    private static final List<String> BOXES = List.of("", "news", "sales");

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final List<Tail> tails;
    private final Permissions permissions;
    private final Consents consents;
    private final Confirmations confirmations;
    private final Preferences preferences;
    private final Suppressions suppressions;
    private final Countries countries;
    private final Topics topics;
    private final TransactionTemplate transaction;
    private final JdbcClient jdbc;
    private final People people;

    SilenceOnThePageTest(
            @LocalServerPort int port,
            @Autowired @Qualifier("identityTail") Tail identity,
            @Autowired @Qualifier("profileTail") Tail profile,
            @Autowired @Qualifier("consentTail") Tail consent,
            @Autowired Permissions permissions,
            @Autowired Consents consents,
            @Autowired Confirmations confirmations,
            @Autowired Preferences preferences,
            @Autowired Suppressions suppressions,
            @Autowired Countries countries,
            @Autowired Topics topics,
            @Autowired TransactionTemplate transaction,
            @Autowired JdbcClient jdbc,
            @Autowired Identifiers identifiers) {
        this.port = port;
        this.tails = List.of(identity, profile, consent);
        this.permissions = permissions;
        this.consents = consents;
        this.confirmations = confirmations;
        this.preferences = preferences;
        this.suppressions = suppressions;
        this.countries = countries;
        this.topics = topics;
        this.transaction = transaction;
        this.jdbc = jdbc;
        this.people = new People(identifiers);
    }

    @BeforeEach
    void topics() {
        for (var code : List.of("sales", "news")) topics.save(new Topic(code, code, code, "", "", false));
    }

    @Test
    void aBoxIsTickedWhereSilenceIsPermissionAndUntickedItIsANo() throws Exception {
        var silent = customer("sp-1", "{}");
        assertThat(allowed(silent)).containsExactlyElementsOf(BOXES);
        assertThat(shown(silent)).containsExactlyElementsOf(BOXES);
        save(silent, "general=on&topic=sales&topic=news");
        assertThat(consents.of(silent)).as("nothing was changed").isEmpty();

        save(silent, "general=on&topic=news");
        assertThat(allowed(silent)).containsExactly("", "news");
        assertThat(shown(silent)).containsExactly("", "news");
        assertThat(consents.of(silent)).singleElement().satisfies(said -> {
            assertThat(said.topic()).isEqualTo("sales");
            assertThat(said.granted()).isFalse();
        });

        save(silent, "");
        assertThat(allowed(silent)).isEmpty();
        assertThat(shown(silent)).isEmpty();
        var said = consents.of(silent);
        save(silent, "");
        assertThat(consents.of(silent)).as("the same again").isEqualTo(said);
    }

    /** While somebody is asked, silence is no permission; when the link has run out, it would be again. */
    @Test
    void whoLeavesABoxEmptyWhileBeingAskedIsNotWrittenToWhenTheLinkHasRunOut() throws Exception {
        var asked = customer("sp-2", "{}");
        transaction.executeWithoutResult(
                status -> confirmations.ask(asked, Declaration.marketing(Permissions.EMAIL, true, "by hand")));
        assertThat(shown(asked)).isEmpty();
        save(asked, "topic=news");
        assertThat(allowed(asked)).containsExactly("news");
        jdbc.sql("update consent_confirmations set expires_at = asked_at where customer_id = :customer")
                .param("customer", asked.value())
                .update();
        assertThat(allowed(asked)).containsExactly("news");
        assertThat(shown(asked)).containsExactly("news");
    }

    @Test
    void whateverWasSaidThePageShowsWhatThePermissionsAnswer() throws Exception {
        countries.save(new CountryRule("AT", null, null, null, Set.of(), true));
        try {
            var random = new SplittableRandom(17);
            var traits = List.of("{}", "{\"country\": \"AT\"}", "{\"country\": \"CH\"}", "{\"country\": 7}");
            var seen = new HashSet<List<String>>();
            for (int n = 0; n < 60; n++) {
                var mailbox = "sp-any-" + n;
                var customer = customer(mailbox, traits.get(random.nextInt(traits.size())));
                for (int said = random.nextInt(4); said > 0; said--) {
                    var topic = BOXES.get(random.nextInt(BOXES.size()));
                    var saying = Declaration.marketing(Permissions.EMAIL, random.nextInt(3) > 0, "by hand")
                            .about(topic.isEmpty() ? null : topic, random.nextBoolean());
                    switch (random.nextInt(4)) {
                        case 0 -> confirmations.ask(customer, saying);
                        case 1 ->
                            suppressions.add(
                                    "email",
                                    mailbox + "@silence.example",
                                    Suppression.Reason.UNSUBSCRIBE,
                                    saying.topic(),
                                    null,
                                    "a test");
                        default -> consents.say(customer, saying);
                    }
                }
                var allowed = allowed(customer);
                assertThat(shown(customer)).as("customer %d", n).isEqualTo(allowed);
                seen.add(allowed);

                var wanted = new HashSet<String>();
                for (var box : BOXES) if (random.nextBoolean()) wanted.add(box);
                transaction.executeWithoutResult(status -> preferences.choose(customer, wanted, "en"));
                var then = allowed(customer);
                assertThat(shown(customer)).as("customer %d then", n).isEqualTo(then);
                assertThat(wanted).as("what is off is off").containsAll(then);
                jdbc.sql("update consent_confirmations set expires_at = asked_at where customer_id = :customer")
                        .param("customer", customer.value())
                        .update();
                assertThat(wanted).as("and stays off").containsAll(allowed(customer));
            }
            assertThat(seen).hasSizeGreaterThan(4);
        } finally {
            countries.remove("AT");
        }
    }

    /** What the customer may be written to about, whatever is left of the budget. */
    private List<String> allowed(CustomerId customer) {
        return BOXES.stream()
                .filter(topic -> permissions
                        .judge(
                                new long[] {customer.value()},
                                new Ask(
                                        Permissions.MARKETING,
                                        Permissions.EMAIL,
                                        topic.isEmpty() ? null : topic,
                                        Category.PROMOTION),
                                NOW)
                        .allows(0))
                .toList();
    }

    private List<String> shown(CustomerId customer) throws Exception {
        var found = new ArrayList<String>();
        var boxes = Pattern.compile("name=\"(?:general|topic)\" value=\"(\\w+)\"( checked)?>")
                .matcher(call("GET", customer, ""));
        while (boxes.find()) if (boxes.group(2) != null) found.add(boxes.group(1));
        return found.stream().map(code -> code.equals("on") ? "" : code).toList();
    }

    private void save(CustomerId customer, String form) throws Exception {
        call("POST", customer, form);
    }

    private String call(String method, CustomerId customer, String form) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port
                                + URI.create(preferences.url(customer)).getPath()))
                        .header("Accept-Language", "en")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .method(method, HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private CustomerId customer(String userId, String traits) {
        var batch = people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, userId)
                .by(Identifier.Type.EMAIL, userId + "@silence.example")
                .withJson(traits)
                .end();
        for (var tail : tails) transaction.executeWithoutResult(status -> tail.process(batch));
        return people.id(Identifier.Type.USER_ID, userId);
    }
}
