package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.BusinessClock;
import io.rekindle.testing.People;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionTemplate;

@RekindleTest
class PermissionsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");
    private static final String MARKETING = Permissions.MARKETING;
    private static final String EMAIL = Permissions.EMAIL;
    private static final String AGREED = "{\"consent\": {\"email\": true}}";

    private final List<Tail> tails;
    private final Permissions permissions;
    private final Consents consents;
    private final ConsentRelay relay;
    private final Suppressions suppressions;
    private final Warehouse warehouse;
    private final TransactionTemplate transaction;
    private final JdbcClient jdbc;
    private boolean lags;
    private final JdbcTemplate template;
    private final Countries countries;
    private final BusinessClock clock;
    private final People people;

    PermissionsTest(
            @Autowired @Qualifier("identityTail") Tail identity,
            @Autowired @Qualifier("profileTail") Tail profile,
            @Autowired @Qualifier("consentTail") Tail consent,
            @Autowired Permissions permissions,
            @Autowired Consents consents,
            @Autowired ConsentRelay relay,
            @Autowired Suppressions suppressions,
            @Autowired Warehouse warehouse,
            @Autowired TransactionTemplate transaction,
            @Autowired JdbcClient jdbc,
            @Autowired JdbcTemplate template,
            @Autowired Countries countries,
            @Autowired BusinessClock clock,
            @Autowired Identifiers identifiers) {
        this.tails = List.of(identity, profile, consent);
        this.permissions = permissions;
        this.consents = consents;
        this.relay = relay;
        this.suppressions = suppressions;
        this.warehouse = warehouse;
        this.transaction = transaction;
        this.jdbc = jdbc;
        this.template = template;
        this.countries = countries;
        this.clock = clock;
        this.people = new People(identifiers);
    }

    /** The longest window is 30 days; a month beyond it is kept. */
    @Test
    void unitsOfTheContactBudgetAreForgottenAMonthAfterTheyCounted(@Autowired ContactUnitsJob job) {
        var ages = List.of(0, 6, 31, 59, 61, 400);
        for (int age : ages)
            jdbc.sql("""
                            insert into contact_units
                                (message_id, customer_id, purpose, taken_at, day, channel, category, state)
                            values (:m, 77, 'old', :at, '2020-01-01', 'email', 'promotion', 'used')
                            """)
                    .param("m", -1_000_000L - age)
                    .param("at", clock.instant().minus(Duration.ofDays(age)).atOffset(ZoneOffset.UTC))
                    .update();
        job.run("any");
        job.run("any");
        assertThat(jdbc.sql("select -1000000 - message_id from contact_units where purpose = 'old' order by 1")
                        .query(Long.class)
                        .list())
                .containsExactly(0L, 6L, 31L, 59L);
        jdbc.sql("delete from contact_units where purpose = 'old'").update();
    }

    @Test
    void anAudienceIsJudgedWithTheFirstOfAllReasons() {
        var agreed = customer("j-1", AGREED);
        var silent = customer("j-2", "{}");
        var refused = customer("j-3", "{\"consent\": {\"email\": false}}");
        var bounced = customer("j-4", AGREED);
        var written = customer("j-5", AGREED);
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "j-6")
                .withJson(AGREED)
                .track("Email Bounced")
                .by(Identifier.Type.USER_ID, "j-4")
                .with("bounce_type", "hard")
                .track("Email Bounced")
                .by(Identifier.Type.USER_ID, "j-1")
                .with("bounce_type", "soft"));
        var withoutAddress = people.id(Identifier.Type.USER_ID, "j-6");
        for (long message = 501; message <= 503; message++)
            assertThat(take(message, written)).isEqualTo(GRANTED);
        var nobody = new CustomerId(424242);

        var judged = judge(agreed, silent, refused, bounced, withoutAddress, written, nobody);
        assertThat(judged.allows(0)).isTrue();
        assertThat(judged.reasons(1)).containsExactly(Refusal.NO_CONSENT);
        assertThat(judged.reasons(2)).containsExactly(Refusal.NO_CONSENT);
        assertThat(judged.reasons(3)).containsExactly(Refusal.SUPPRESSED);
        assertThat(judged.reasons(4)).containsExactly(Refusal.NO_ADDRESS);
        assertThat(judged.reasons(5)).containsExactly(Refusal.OVER_CONTACT_BUDGET);
        assertThat(judged.reasons(6)).containsExactly(Refusal.NO_CONSENT, Refusal.NO_ADDRESS);
        assertThat(judged.reason(6)).hasValue(Refusal.NO_CONSENT);
        assertThat(judged.allowed()).isEqualTo(1);
        assertThat(judged.refused())
                .isEqualTo(Map.of(
                        Refusal.NO_CONSENT, 3,
                        Refusal.SUPPRESSED, 1,
                        Refusal.NO_ADDRESS, 1,
                        Refusal.OVER_CONTACT_BUDGET, 1));
    }

    @Test
    void theBatchJudgementAndTheCheckAtSendingSayTheSame() {
        var customers = List.of(
                customer("s-1", AGREED),
                customer("s-2", "{}"),
                customer("s-3", "{\"consent\": {\"email\": false}}"),
                new CustomerId(434343));
        var judged = judge(customers.toArray(CustomerId[]::new));
        for (int place = 0; place < customers.size(); place++) {
            var permit = take(700 + place, customers.get(place));
            var expected = judged.reason(place).<Permit>map(Permit.Refused::new).orElse(GRANTED);
            assertThat(permit).isEqualTo(expected);
        }
    }

    @Test
    void aMessageTakesItsUnitOnceHoweverOftenItAsks() {
        var customer = customer("o-1", AGREED);
        for (int again = 0; again < 5; again++) assertThat(take(801, customer)).isEqualTo(GRANTED);
        assertThat(take(802, customer)).isEqualTo(GRANTED);
        assertThat(take(803, customer)).isEqualTo(GRANTED);
        assertThat(take(804, customer)).isEqualTo(new Permit.Refused(Refusal.OVER_CONTACT_BUDGET));
        assertThat(permissions.release(802)).isTrue();
        assertThat(permissions.release(802)).isFalse();
        assertThat(take(804, customer)).isEqualTo(GRANTED);
    }

    /** Three fit; which of them were asked for in one go, or under which of a person's ids, makes no difference. */
    @Test
    void ofSeveralToOnePersonInOneGoEachFindsWhatTheOthersUsed() {
        var one = customer("go-1", AGREED);
        var other = customer("go-2", AGREED);
        var permits = takeAll(
                new Permissions.Departure(881_001, one, null),
                new Permissions.Departure(881_002, one, null),
                new Permissions.Departure(881_003, other, null),
                new Permissions.Departure(881_004, one, null),
                new Permissions.Departure(881_005, one, null));
        assertThat(permits)
                .isEqualTo(Map.of(
                        881_001L, GRANTED,
                        881_002L, GRANTED,
                        881_003L, GRANTED,
                        881_004L, GRANTED,
                        881_005L, new Permit.Refused(Refusal.OVER_CONTACT_BUDGET)));
        assertThat(permissions.release(List.of(881_001L, 881_003L, 999L))).isEqualTo(2);
        assertThat(take(881_005, one)).isEqualTo(GRANTED);
    }

    @Test
    void manyInOneGoAreAnsweredAsEachWouldBeAlone() {
        var agreed = customer("many-1", AGREED);
        var silent = new CustomerId(77_000_001L);
        long address = Objects.requireNonNull(addressOf(agreed));
        var alone = List.of(
                Objects.requireNonNull(transaction.execute(status -> {
                    status.setRollbackOnly();
                    return permissions.take(882_001, agreed, address, Ask.marketing(EMAIL), NOW);
                })),
                Objects.requireNonNull(transaction.execute(status -> {
                    status.setRollbackOnly();
                    return permissions.take(882_002, silent, null, Ask.marketing(EMAIL), NOW);
                })));
        assertThat(alone.getFirst()).isEqualTo(GRANTED);
        var permits = takeAll(
                new Permissions.Departure(882_001, agreed, address),
                new Permissions.Departure(882_002, silent, null),
                new Permissions.Departure(882_003, agreed, address + 1));
        assertThat(permits.get(882_001L)).isEqualTo(alone.get(0));
        assertThat(permits.get(882_002L)).isEqualTo(alone.get(1));
        assertThat(permits.get(882_003L)).isEqualTo(new Permit.AddressChanged());
    }

    private Map<Long, Permit> takeAll(Permissions.Departure... departures) {
        return Objects.requireNonNull(
                transaction.execute(status -> permissions.take(List.of(departures), Ask.marketing(EMAIL), NOW)));
    }

    private @Nullable Long addressOf(CustomerId customer) {
        return jdbc.sql("select address_hash from reachable_customers where customer_id = :id and channel = :channel")
                .param("id", customer.value())
                .param("channel", EMAIL)
                .query(Long.class)
                .single();
    }

    @Test
    void theBudgetLooksBackOverItsWindowOnly() {
        var customer = customer("o-2", AGREED);
        for (long message = 811; message <= 813; message++)
            assertThat(take(message, customer, NOW.minus(Duration.ofDays(8)))).isEqualTo(GRANTED);
        assertThat(judge(customer).allows(0)).isTrue();
        assertThat(take(814, customer)).isEqualTo(GRANTED);
    }

    @Test
    void aUnitIsGivenBackWithTheTransactionThatTookIt() {
        var customer = customer("o-3", AGREED);
        transaction.executeWithoutResult(status -> {
            for (long message = 821; message <= 823; message++)
                assertThat(permissions.take(message, customer, null, Ask.marketing(EMAIL), NOW))
                        .isEqualTo(GRANTED);
            status.setRollbackOnly();
        });
        assertThat(take(824, customer)).isEqualTo(GRANTED);
        assertThatThrownBy(() -> permissions.take(825, customer, null, Ask.marketing(EMAIL), NOW))
                .isInstanceOf(IllegalTransactionStateException.class);
    }

    @Test
    void ofTwoMessagesAtOnceForTheLastUnitExactlyOneWins() throws Exception {
        for (int round = 0; round < 20; round++) {
            var customer = customer("race-" + round, AGREED);
            long first = 10_000L + round * 10L;
            take(first, customer);
            take(first + 1, customer);
            assertThat(atOnce(customer, first + 2, first + 3, first + 4))
                    .as("round %d", round)
                    .containsOnlyOnce(GRANTED);
        }
    }

    @Test
    void oneMessageAskedForTwiceAtOnceTakesOneUnit() throws Exception {
        var customer = customer("race-same", AGREED);
        assertThat(atOnce(customer, 11_000, 11_000, 11_000)).containsOnly(GRANTED);
        assertThat(take(11_001, customer)).isEqualTo(GRANTED);
        assertThat(take(11_002, customer)).isEqualTo(GRANTED);
        assertThat(take(11_003, customer)).isEqualTo(new Permit.Refused(Refusal.OVER_CONTACT_BUDGET));
    }

    @Test
    void unitsOfBothCountAfterTwoCustomersTurnOutToBeOne() {
        read(people.batch()
                .identify()
                .by(Identifier.Type.EMAIL, "both@consent.example")
                .withJson(AGREED));
        var byMail = people.id(Identifier.Type.EMAIL, "both@consent.example");
        take(841, byMail);
        take(842, byMail);
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "both-1")
                .by(Identifier.Type.EMAIL, "both@consent.example"));
        var user = people.id(Identifier.Type.USER_ID, "both-1");
        assertThat(consents.of(user))
                .singleElement()
                .satisfies(c -> assertThat(c.granted()).isTrue());
        assertThat(take(843, user)).isEqualTo(GRANTED);
        assertThat(take(844, byMail)).isEqualTo(new Permit.Refused(Refusal.OVER_CONTACT_BUDGET));
        assertThat(judge(user, byMail).refused()).isEqualTo(Map.of(Refusal.OVER_CONTACT_BUDGET, 2));
    }

    /** Only one of them goes out: the other's unit must not stand in its way. */
    @Test
    void ofTwoOfARunWhoTurnOutToBeOneTheUnitReservedForOneDoesNotBlockTheOther() {
        var tight = with(new ConsentSettings(false, null, null, 1, Duration.ofDays(1)));
        read(people.batch()
                .identify()
                .by(Identifier.Type.EMAIL, "twin@consent.example")
                .withJson(AGREED)
                .identify()
                .by(Identifier.Type.USER_ID, "twin-1")
                .withJson(AGREED));
        var byMail = people.id(Identifier.Type.EMAIL, "twin@consent.example");
        var user = people.id(Identifier.Type.USER_ID, "twin-1");
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "twin-1")
                .by(Identifier.Type.EMAIL, "twin-1@consent.example"));
        var both = List.of(new Permissions.Contact(871_001, byMail), new Permissions.Contact(871_002, user));
        assertThat(tight.reserve(8710, both, Ask.marketing(EMAIL), NOW).allowed())
                .isEqualTo(2);
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "twin-1")
                .by(Identifier.Type.EMAIL, "twin@consent.example"));
        assertThat(consents.of(byMail)).isEqualTo(consents.of(user));
        assertThat(take(tight, 871_003, user, NOW))
                .as("of another run")
                .isEqualTo(new Permit.Refused(Refusal.OVER_CONTACT_BUDGET));
        assertThat(take(tight, 871_002, user, NOW)).isEqualTo(GRANTED);
        var later = NOW.plus(Duration.ofDays(2));
        assertThat(take(tight, 871_002, user, later)).as("tried again").isEqualTo(GRANTED);
        assertThat(take(tight, 871_001, byMail, later))
                .as("after the other was sent")
                .isEqualTo(new Permit.Refused(Refusal.OVER_CONTACT_BUDGET));
    }

    /** Consents follow a merge a little later than identities: in between nobody is written to who said no under any id. */
    @Test
    void aNoOfOneOfTwoWhoTurnedOutToBeOneCountsBeforeTheirConsentsAreFolded() {
        read(people.batch()
                .identify()
                .by(Identifier.Type.EMAIL, "fold@consent.example")
                .withJson(AGREED)
                .identify()
                .by(Identifier.Type.USER_ID, "fold-1")
                .withJson(AGREED));
        var withdrawn = people.id(Identifier.Type.EMAIL, "fold@consent.example");
        var user = people.id(Identifier.Type.USER_ID, "fold-1");
        transaction.executeWithoutResult(
                status -> consents.withdraw(withdrawn, EMAIL, "a test", Instant.parse("2026-02-20T00:00:00Z")));
        var batch = people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "fold-1")
                .by(Identifier.Type.EMAIL, "fold@consent.example")
                .end();
        for (var tail : tails) {
            transaction.executeWithoutResult(status -> tail.process(batch));
            for (var id : List.of(user, withdrawn)) {
                assertThat(take(872_001, id))
                        .as("after " + tail.name())
                        .isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
                assertThat(judge(id).reasons(0)).as("after " + tail.name()).contains(Refusal.NO_CONSENT);
            }
        }
    }

    @Test
    void aWithdrawalHoldsThoughTheShopGoesOnSayingYes() {
        var customer = customer("w-1", AGREED);
        transaction.executeWithoutResult(status ->
                consents.withdraw(customer, EMAIL, "unsubscribe link", Instant.parse("2026-02-20T00:00:00Z")));
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "w-1")
                .withJson(AGREED)
                .at("2026-02-25T00:00:00Z"));
        assertThat(take(851, customer)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
        relay.relay();
        assertThat(inHistory(customer)).containsExactly(true, false);
        assertThat(now(customer)).containsExactly(false);

        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "w-1")
                .withJson("{\"consent\": {\"email\": false}}")
                .at("2026-02-26T00:00:00Z")
                .identify()
                .by(Identifier.Type.USER_ID, "w-1")
                .withJson(AGREED)
                .at("2026-02-27T00:00:00Z"));
        assertThat(take(851, customer)).isEqualTo(GRANTED);
        assertThat(now(customer)).containsExactly(true);
    }

    @Test
    void changesByHandComeAfterEverythingKnownEvenWhileTheClockStandsStill() {
        var customer = customer("w-2", "{}");
        for (var granted : List.of(true, false, true, false))
            transaction.executeWithoutResult(status -> consents.set(customer, MARKETING, EMAIL, granted, "by a test"));
        assertThat(relay.pending()).isGreaterThanOrEqualTo(0);
        relay.relay();
        assertThat(relay.pending()).isZero();
        assertThat(inHistory(customer)).containsExactly(true, false, true, false);
        assertThat(now(customer)).containsExactly(false);
        assertThat(take(861, customer)).isEqualTo(new Permit.Refused(Refusal.NO_CONSENT));
    }

    @Test
    void unsubscriptionsAndComplaintsOfEventsAreHeard() {
        var left = customer("e-1", AGREED);
        var angry = customer("e-2", AGREED);
        var sharing = customer("e-3", "{}");
        read(people.batch()
                .track("Unsubscribed")
                .by(Identifier.Type.USER_ID, "e-1")
                .track("Email Marked as Spam")
                .by(Identifier.Type.USER_ID, "e-2")
                .identify()
                .by(Identifier.Type.USER_ID, "e-3")
                .by(Identifier.Type.EMAIL, "e-2@consent.example")
                .withJson(AGREED)
                .at("2026-02-03T00:00:00Z"));
        var judged = judge(left, angry, sharing);
        assertThat(judged.reasons(0)).isEqualTo(Set.of(Refusal.NO_CONSENT, Refusal.SUPPRESSED));
        assertThat(judged.reasons(1))
                .as("who complains wants no more, at any address")
                .isEqualTo(Set.of(Refusal.NO_CONSENT, Refusal.SUPPRESSED));
        assertThat(judged.reasons(2)).as("the same address").isEqualTo(Set.of(Refusal.SUPPRESSED));
        long hash = suppressions.addressHash(EMAIL, "E-2@consent.example");
        assertThat(suppressions.find(EMAIL, hash))
                .singleElement()
                .satisfies(s -> assertThat(s.reason()).isEqualTo(Suppression.Reason.COMPLAINT));
        assertThat(suppressions.remove(EMAIL, hash, null, null)).hasSize(1);
        var unlisted = judge(angry, sharing);
        assertThat(unlisted.reasons(0)).isEqualTo(Set.of(Refusal.NO_CONSENT));
        assertThat(unlisted.allows(1)).as("who never complained").isTrue();
    }

    /** A withdrawal that was acknowledged and does not count yet: marketing waits, what a contract calls for does not. */
    @Test
    void whileWhatCustomersSaidDoesNotCountYetMarketingWaits() {
        var customer = customer("lag-1", AGREED);
        var waiting = with(new ConsentSettings(false, null, null, 3, Duration.ofDays(7)));
        lags = true;
        try {
            assertThat(take(waiting, 883_001, customer, NOW)).isEqualTo(new Permit.Later(NOW.plusSeconds(15)));
            Permit asked = Objects.requireNonNull(transaction.execute(
                    status -> waiting.take(883_002, customer, null, Ask.transactional(EMAIL), NOW)));
            assertThat(asked).isEqualTo(GRANTED);
        } finally {
            lags = false;
        }
        assertThat(take(waiting, 883_001, customer, NOW)).isEqualTo(GRANTED);
    }

    @Test
    void nobodyIsWrittenToInTheQuietHours() {
        var customer = customer("q-1", AGREED);
        var overNight =
                with(new ConsentSettings(false, LocalTime.of(21, 0), LocalTime.of(8, 0), 3, Duration.ofDays(7)));
        assertThat(take(overNight, 871, customer, Instant.parse("2026-03-01T22:00:00Z")))
                .isEqualTo(new Permit.Later(Instant.parse("2026-03-02T08:00:00Z")));
        assertThat(take(overNight, 871, customer, Instant.parse("2026-03-02T07:59:59Z")))
                .isEqualTo(new Permit.Later(Instant.parse("2026-03-02T08:00:00Z")));
        assertThat(take(overNight, 871, customer, Instant.parse("2026-03-02T08:00:00Z")))
                .isEqualTo(GRANTED);
        var atNoon = with(new ConsentSettings(false, LocalTime.of(12, 0), LocalTime.of(13, 0), 3, Duration.ofDays(7)));
        assertThat(atNoon.quietUntil(Instant.parse("2026-03-01T12:30:00Z")))
                .hasValue(Instant.parse("2026-03-01T13:00:00Z"));
        assertThat(atNoon.quietUntil(Instant.parse("2026-03-01T13:00:00Z"))).isEmpty();
    }

    @Test
    void aWindowIsQuietThroughoutWhenEachOfItsMinutesIs() {
        var random = new SplittableRandom(11);
        int quiet = 0;
        for (int trial = 0; trial < 3_000; trial++) {
            var hours = random.ints(4, 0, 24)
                    .mapToObj(hour -> LocalTime.of(hour, 0))
                    .toList();
            if (hours.get(0).equals(hours.get(1)) || hours.get(2).equals(hours.get(3))) continue;
            var permissions = with(new ConsentSettings(false, hours.get(0), hours.get(1), 3, Duration.ofDays(7)));
            boolean throughout = true;
            for (var hour = hours.get(2); !hour.equals(hours.get(3)); hour = hour.plusHours(1))
                throughout &= permissions
                        .quietUntil(Instant.parse("2026-03-01T00:30:00Z").plus(Duration.ofHours(hour.getHour())))
                        .isPresent();
            assertThat(permissions.quietThroughout(hours.get(2), hours.get(3)).isPresent())
                    .as("window and quiet hours %s", hours)
                    .isEqualTo(throughout);
            if (throughout) quiet++;
        }
        assertThat(quiet).isPositive();
    }

    @Test
    void whetherSilenceIsPermissionIsASetting() {
        var silent = customer("q-2", "{}");
        var refused = customer("q-3", "{\"consent\": {\"email\": false}}");
        var loose = with(new ConsentSettings(true, null, null, 3, Duration.ofDays(7)));
        var judged = transaction.execute(
                status -> loose.judge(new long[] {silent.value(), refused.value()}, Ask.marketing(EMAIL), NOW));
        assertThat(judged).isNotNull();
        assertThat(judged.allows(0)).isTrue();
        assertThat(judged.allows(1)).isFalse();
    }

    /** Else who says nothing would be written to, and who says yes would not until they confirm it. */
    @Test
    void silenceIsNoPermissionWhereAYesHasToBeConfirmed(@Autowired Confirmations confirmations) {
        var loose = with(new ConsentSettings(true, null, null, 3, Duration.ofDays(7)));
        countries.save(new CountryRule("AT", null, null, null, Set.of(), true));
        try {
            var said = customer("si-1", "{\"country\": \"AT\", \"consent\": {\"email\": true}}");
            var silent = customer("si-2", "{\"country\": \"AT\"}");
            var elsewhere = customer("si-3", "{\"country\": \"CH\"}");
            assertThat(judged(loose, said, silent, elsewhere)).containsExactly(false, false, true);
            consents.set(silent, MARKETING, EMAIL, true, "by hand");
            assertThat(judged(loose, silent)).containsExactly(true);

            var unreadable = customer("si-4", "{\"country\": \"Atlantis\"}");
            var readable = customer("si-5", "{\"country\": \"Atlantis\", \"address\": {\"country\": \"U.K.\"}}");
            var unstated = customer("si-6", "{\"country\": \" - \"}");
            assertThat(judged(loose, unreadable, readable, unstated)).containsExactly(false, true, true);

            // Against the one that looks at customers one by one, in Java.
            var words = List.of(
                    "AT",
                    "at ",
                    "Österreich",
                    "ÖSTERREICH",
                    "öSTERReich",
                    "Austria",
                    "奥地利",
                    "CH",
                    "Suisse",
                    "Atlantis",
                    "n/a",
                    "the U.K.",
                    "",
                    " - ",
                    "7");
            var random = new SplittableRandom(11);
            var some = new ArrayList<CustomerId>();
            for (int n = 0; n < 60; n++) {
                var own = words.get(random.nextInt(words.size()));
                var ofAddress = words.get(random.nextInt(words.size()));
                var fields = new ArrayList<String>();
                if (random.nextInt(4) > 0) fields.add("\"country\": " + (own.equals("7") ? "7" : "\"" + own + "\""));
                if (random.nextInt(3) > 0) fields.add("\"address\": {\"country\": \"%s\"}".formatted(ofAddress));
                some.add(customer("si-any-" + n, "{" + String.join(", ", fields) + "}"));
            }
            var confirming = some.stream().map(countries::needsConfirmation).toList();
            assertThat(confirming).contains(true, false);
            assertThat(judged(loose, some.toArray(CustomerId[]::new)))
                    .isEqualTo(confirming.stream().map(yes -> !yes).toList());

            var strict = with(new ConsentSettings(true, null, null, 3, Duration.ofDays(7), true, Duration.ofDays(7)));
            assertThat(judged(strict, elsewhere)).containsExactly(false);
            transaction.executeWithoutResult(
                    status -> confirmations.ask(elsewhere, Declaration.marketing(EMAIL, true, "by hand")));
            assertThat(judged(loose, elsewhere)).as("while it is asked").containsExactly(false);
            jdbc.sql("update consent_confirmations set expires_at = '2026-02-01T00:00:00Z'")
                    .update();
            assertThat(judged(loose, elsewhere)).as("when nobody answered").containsExactly(true);
            assertThat(judged(loose, silent, said)).containsExactly(true, false);

            transaction.executeWithoutResult(status -> {
                var before = readWhole();
                loose.take(873_002, elsewhere, null, Ask.marketing(EMAIL), NOW);
                assertThat(readWhole()).isEqualTo(before);
            });
        } finally {
            countries.remove("AT");
        }
    }

    /** Of an audience, and of each message by itself, which comes to the same. */
    private List<Boolean> judged(Permissions by, CustomerId... customers) {
        var ids =
                java.util.Arrays.stream(customers).mapToLong(CustomerId::value).toArray();
        var judged = by.judge(ids, Ask.marketing(EMAIL), NOW);
        var answers = new ArrayList<Boolean>();
        for (int place = 0; place < ids.length; place++) {
            var customer = customers[place];
            var permit = transaction.execute(status -> {
                status.setRollbackOnly();
                return by.take(990_001, customer, null, Ask.marketing(EMAIL), NOW);
            });
            assertThat(GRANTED.equals(permit)).isEqualTo(judged.allows(place));
            answers.add(judged.allows(place));
        }
        return answers;
    }

    /** It is asked for every single message: tables that grow with the customers are never read whole. */
    @Test
    void theCheckOfOneMessageFindsEverythingByIndex() {
        var customer = customer("index-1", AGREED);
        transaction.executeWithoutResult(status -> {
            // What this connection read before is in the counts until they are handed over.
            var before = readWhole();
            assertThat(before).hasSize(9);
            permissions.take(873_001, customer, null, Ask.marketing(EMAIL), NOW);
            assertThat(readWhole()).isEqualTo(before);
        });
    }

    private List<String> readWhole() {
        return jdbc.sql("""
                        select relname || ' ' || seq_scan as reads from pg_stat_xact_user_tables
                        where relname in ('consents', 'consent_addresses', 'contact_units', 'suppressions', 'identifiers',
                            'consent_confirmations', 'traits',
                            'personal_fields', 'identity_merges') order by 1
                        """).query((row, n) -> row.getString("reads")).list();
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new ConsentSettings(false, LocalTime.NOON, null, 3, Duration.ofDays(7)))
                .hasMessageContaining("quiet-to");
        assertThatThrownBy(() -> new ConsentSettings(false, null, null, -1, Duration.ofDays(7)))
                .hasMessageContaining("contact-budget");
    }

    @Test
    void aLargeAudienceIsJudgedInOneStatement() {
        var batch = people.batch();
        for (int i = 0; i < 5_000; i++)
            batch.identify()
                    .by(Identifier.Type.USER_ID, "large-" + i)
                    .by(Identifier.Type.EMAIL, "large-" + i + "@consent.example")
                    .withJson(i % 2 == 0 ? AGREED : "{}");
        read(batch);
        var ids = new long[200_000];
        for (int i = 0; i < ids.length; i++)
            ids[i] = people.id(Identifier.Type.USER_ID, "large-" + i % 5_000).value();
        long begun = System.nanoTime();
        var judged = permissions.judge(ids, Ask.marketing(EMAIL), NOW);
        System.out.printf("200,000 ids judged: %.2f s%n", (System.nanoTime() - begun) / 1e9);
        assertThat(judged.size()).isEqualTo(200_000);
        assertThat(judged.allowed()).isEqualTo(100_000);
        assertThat(judged.refused()).isEqualTo(Map.of(Refusal.NO_CONSENT, 100_000));
    }

    private static final Permit GRANTED = new Permit.Granted();

    private CustomerId customer(String userId, String traits) {
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, userId)
                .by(Identifier.Type.EMAIL, userId + "@consent.example")
                .withJson(traits));
        return people.id(Identifier.Type.USER_ID, userId);
    }

    private Permissions with(ConsentSettings settings) {
        return new Permissions(template, transaction, clock, settings, countries, () -> lags);
    }

    private Judgement judge(CustomerId... customers) {
        var ids =
                java.util.Arrays.stream(customers).mapToLong(CustomerId::value).toArray();
        return permissions.judge(ids, Ask.marketing(EMAIL), NOW);
    }

    private Permit take(long message, CustomerId customer) {
        return take(message, customer, NOW);
    }

    private Permit take(long message, CustomerId customer, Instant at) {
        return take(permissions, message, customer, at);
    }

    private Permit take(Permissions by, long message, CustomerId customer, Instant at) {
        var permit = transaction.execute(status -> by.take(message, customer, null, Ask.marketing(EMAIL), at));
        if (permit == null) throw new AssertionError("no answer for message " + message);
        return permit;
    }

    private List<Permit> atOnce(CustomerId customer, long... messages) throws Exception {
        var go = new CountDownLatch(1);
        var answers = new ArrayList<Future<Permit>>();
        try (var threads = Executors.newFixedThreadPool(messages.length)) {
            for (long message : messages)
                answers.add(threads.submit(() -> {
                    go.await();
                    return take(message, customer);
                }));
            go.countDown();
            var permits = new ArrayList<Permit>();
            for (var answer : answers) permits.add(answer.get());
            return permits;
        }
    }

    private List<Boolean> inHistory(CustomerId customer) {
        return warehouse.query(
                Sql.of(
                        "select granted from consent_changes where customer_id = ? order by valid_from, seq",
                        customer.value()),
                row -> row.booleanValue("granted"));
    }

    private List<Boolean> now(CustomerId customer) {
        return warehouse.query(
                Sql.of("select granted from consent_now where customer_id = ?", customer.value()),
                row -> row.booleanValue("granted"));
    }

    private void read(People.Events events) {
        var batch = events.end();
        for (var tail : tails) transaction.executeWithoutResult(status -> tail.process(batch));
    }
}
