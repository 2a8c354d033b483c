package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.Caller;
import io.rekindle.access.Role;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.testing.EverythingStored;
import io.rekindle.testing.People;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

@RekindleTest
// A server of its own: rows are put into the log's table by hand, which the tests of the log must not find there.
@TestPropertySource(properties = "rekindle.warehouse.threads=1")
class ProfileTailTest {
    private static final Caller PLANNER = new Caller("planner", Set.of(Role.PLANNER));
    private static final Caller VIEWER = new Caller("viewer", Set.of(Role.VIEWER));

    private final Tail identity;
    private final Tail profile;
    private final Profiles profiles;
    private final Orders orders;
    private final Timeline timeline;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final PlatformSettings settings;
    private final TransactionTemplate transaction;
    private final People people;

    ProfileTailTest(
            @Autowired @Qualifier("identityTail") Tail identity,
            @Autowired @Qualifier("profileTail") Tail profile,
            @Autowired Profiles profiles,
            @Autowired Orders orders,
            @Autowired Timeline timeline,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc,
            @Autowired PlatformSettings settings,
            @Autowired TransactionTemplate transaction,
            @Autowired Identifiers identifiers) {
        this.identity = identity;
        this.profile = profile;
        this.profiles = profiles;
        this.orders = orders;
        this.timeline = timeline;
        this.warehouse = warehouse;
        this.jdbc = jdbc;
        this.settings = settings;
        this.transaction = transaction;
        this.people = new People(identifiers);
    }

    @Test
    void aProfileShowsPersonalDataOnlyToThoseWhoMaySeeIt() {
        var id = people.id(Identifier.Type.USER_ID, "p-1");
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "p-1")
                .by(Identifier.Type.EMAIL, "Ann@Shop.example")
                .by(Identifier.Type.PHONE, "+4930901823")
                .personal("traits.first_name", "Ann")
                .withJson("""
                        {"city": "Berlin", "birthday": "1990-05-01", "plan": {"level": 2, "tags": ["a"]},
                         "consent": {"email": true}}
                        """));

        var clear = profiles.get(id, PLANNER).orElseThrow();
        assertThat(values(clear))
                .containsEntry("email", "Ann@Shop.example")
                .containsEntry("firstName", "Ann")
                .containsEntry("phone", "+4930901823")
                .containsEntry("userId", "p-1")
                .containsEntry("city", "Berlin")
                .containsEntry("plan.level", "2")
                .doesNotContainKey("consent.email");
        assertThat(clear.identifiers())
                .containsExactly(
                        new Profile.IdentifierValue("user_id", "p-1"),
                        new Profile.IdentifierValue("email", "Ann@Shop.example"),
                        new Profile.IdentifierValue("phone", "+4930901823"));

        var masked = profiles.get(id, VIEWER).orElseThrow();
        assertThat(values(masked))
                .containsEntry("email", "A***@S…")
                .containsEntry("phone", "***1823")
                .containsEntry("firstName", "A***")
                .containsEntry("city", "Berlin");
        assertThat(masked.identifiers()).contains(new Profile.IdentifierValue("email", "A***@S…"));
        assertThat(profiles.summaries(List.of(id), VIEWER))
                .containsEntry(id, new Profiles.Summary(id, "p-1", "A***", "A***@S…"));

        assertThat(profiles.search("ann@shop.example")).containsExactly(id);
        assertThat(profiles.search("+49 30 901823")).containsExactly(id);
        assertThat(profiles.search("nobody@shop.example")).isEmpty();
        assertThat(profiles.userIds(List.of(id, new CustomerId(5)))).isEqualTo(Map.of(id, "p-1"));
        assertThat(traitsInWarehouse(id))
                .isEqualTo(Map.of("city", "\"Berlin\"", "birthday", "\"1990-05-01\"", "plan.level", "2"));
    }

    @Test
    void whatOccurredLastStandsEvenWhenItArrivesFirst() {
        var id = people.id(Identifier.Type.USER_ID, "p-2");
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "p-2")
                .with("city", "Paris")
                .personal("traits.name", "New Name")
                .at("2026-02-10T00:00:00Z"));
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "p-2")
                .with("city", "Rome")
                .with("language", "it")
                .personal("traits.name", "Old Name")
                .at("2026-02-01T00:00:00Z"));

        assertThat(values(profiles.get(id, PLANNER).orElseThrow()))
                .containsEntry("city", "Paris")
                .containsEntry("language", "it")
                .containsEntry("name", "New Name");
        assertThat(traitsInWarehouse(id)).isEqualTo(Map.of("city", "\"Paris\"", "language", "\"it\""));
        assertThat(profiles.get(id, PLANNER).orElseThrow().firstSeen())
                .isEqualTo(Instant.parse("2026-02-01T00:00:00Z"));
    }

    @Test
    void aTraitThatIsSetToNullIsGone() {
        var id = people.id(Identifier.Type.USER_ID, "p-3");
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "p-3")
                .with("city", "Oslo")
                .identify()
                .by(Identifier.Type.USER_ID, "p-3")
                .withJson("{\"city\": null}"));
        assertThat(values(profiles.get(id, PLANNER).orElseThrow())).doesNotContainKey("city");
        assertThat(traitsInWarehouse(id)).isEmpty();
    }

    @Test
    void textThatPostgresqlCannotHoldDoesNotStopTheTail() {
        var id = people.id(Identifier.Type.USER_ID, "p-4");
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "p-4")
                .with("a\u0000b", "half \ud83d of a pair")
                .withJson("{\"list\": [\"x\\u0000\"]}"));
        assertThat(values(profiles.get(id, PLANNER).orElseThrow())).containsEntry("a\ufffdb", "half \ufffd of a pair");
    }

    @Test
    void aMergeMovesEverythingToTheWinnerUnderTheWinnersKey() {
        var email = people.id(Identifier.Type.EMAIL, "merge@shop.example");
        var user = people.id(Identifier.Type.USER_ID, "p-5");
        read(people.batch()
                .identify()
                .by(Identifier.Type.EMAIL, "merge@shop.example")
                .with("city", "Lyon")
                .with("language", "fr")
                .personal("traits.lastName", "Loser")
                .at("2026-02-05T00:00:00Z"));
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "p-5")
                .with("city", "Nice")
                .personal("traits.lastName", "Winner")
                .at("2026-02-06T00:00:00Z"));
        var both = people.batch()
                .track("Product Viewed")
                .by(Identifier.Type.USER_ID, "p-5")
                .by(Identifier.Type.EMAIL, "merge@shop.example");
        read(both);

        assertThat(values(profiles.get(email, PLANNER).orElseThrow()))
                .containsEntry("city", "Nice")
                .containsEntry("language", "fr")
                .containsEntry("lastName", "Winner")
                .containsEntry("email", "merge@shop.example")
                .containsEntry("userId", "p-5");
        assertThat(profiles.get(email, PLANNER).orElseThrow().identifiers())
                .contains(
                        new Profile.IdentifierValue("user_id", "p-5"),
                        new Profile.IdentifierValue("email", "merge@shop.example"));
        assertThat(profiles.personal(List.of(email, user), Set.of("email")).values())
                .allSatisfy(fields -> assertThat(fields.get("email")).hasValue("merge@shop.example"));
        for (var table : List.of("customers", "traits", "personal_fields", "person_keys"))
            assertThat(count("select count(*) from " + table + " where customer_id = :id", email))
                    .as(table)
                    .isZero();
        assertThat(count("select count(*) from reachable_customers where customer_id = :id", user))
                .isEqualTo(1);
        assertThat(traitsInWarehouse(user)).isEqualTo(Map.of("city", "\"Nice\"", "language", "\"fr\""));
    }

    @Test
    void aWholeHistoryOfIdentifyCallsIsReadInAFewStatements() {
        int customers = 20_000;
        var batches = new ArrayList<Tail.Batch>();
        for (int from = 0; from < customers; from += 5_000) {
            var batch = people.batch();
            for (int i = from; i < from + 5_000; i++)
                batch.identify()
                        .by(Identifier.Type.USER_ID, "bulk-" + i)
                        .by(Identifier.Type.EMAIL, "bulk" + i + "@shop.example")
                        .personal("traits.firstName", "First" + i)
                        .personal("traits.lastName", "Last" + i)
                        .with("city", "City" + i % 100)
                        .with("gender", i % 2 == 0 ? "f" : "m");
            batches.add(batch.end());
        }
        long before = profiles.count();
        long begun = System.nanoTime();
        for (var batch : batches) read(batch);
        long read = System.nanoTime();
        var ids = batches.stream()
                .flatMap(b -> b.events().stream())
                .map(io.rekindle.collect.LoggedEvent::customer)
                .toList();
        var personal = profiles.personal(ids, Set.of("email", "firstName"));
        long opened = System.nanoTime();
        System.out.printf(
                "20,000 identify events through identity and profile: %.2f s; 20,000 people opened: %.2f s%n",
                (read - begun) / 1e9, (opened - read) / 1e9);
        assertThat(profiles.count() - before).isEqualTo(customers);
        assertThat(personal).hasSize(customers);
        assertThat(personal.get(people.id(Identifier.Type.USER_ID, "bulk-4711")))
                .isEqualTo(new PersonalFields(Map.of("email", "bulk4711@shop.example", "firstName", "First4711")));
    }

    @Test
    void noPersonalValueIsReadableInEitherStore() throws Exception {
        var planted = List.of("zz-planted-mail@secret.example", "+4930901829", "Zzyzxname", "planted-user-77");
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "planted-user-77")
                .by(Identifier.Type.EMAIL, "zz-planted-mail@secret.example")
                .by(Identifier.Type.PHONE, "+4930901829")
                .personal("traits.name", "Zzyzxname")
                .with("city", "Visibletown"));
        var id = people.id(Identifier.Type.USER_ID, "planted-user-77");
        assertThat(values(profiles.get(id, PLANNER).orElseThrow()).values()).containsAll(planted);

        var dump = EverythingStored.inPostgresql(jdbc);
        var history = EverythingStored.inTheWarehouse(warehouse);
        var file = EverythingStored.inFiles(settings.data());
        assertThat(List.of(dump, history, file))
                .as("each search finds what is in clear")
                .allSatisfy(text -> assertThat(text.contains("Visibletown")).isTrue());
        for (var value : planted) {
            var hex = java.util.HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8));
            assertThat(dump.contains(value)).as("%s in PostgreSQL", value).isFalse();
            assertThat(dump.contains(hex))
                    .as("%s as bytes in PostgreSQL", value)
                    .isFalse();
            assertThat(history.contains(value)).as("%s in the warehouse", value).isFalse();
            assertThat(file.contains(value)).as("%s in the data folder", value).isFalse();
        }
    }

    @Test
    void aTamperedFieldOfAnotherPersonDoesNotOpen() {
        var one = people.id(Identifier.Type.USER_ID, "p-8");
        var other = people.id(Identifier.Type.USER_ID, "p-9");
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "p-8")
                .personal("traits.name", "One")
                .identify()
                .by(Identifier.Type.USER_ID, "p-9")
                .personal("traits.name", "Other"));
        transaction.executeWithoutResult(status -> {
            jdbc.sql("""
                            update personal_fields set sealed = (select sealed from personal_fields where customer_id = :other and field = 'name')
                            where customer_id = :one and field = 'name'
                            """)
                    .param("one", one.value())
                    .param("other", other.value())
                    .update();
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> profiles.personal(List.of(one), Set.of("name")))
                    .hasMessageContaining("does not open");
            status.setRollbackOnly();
        });
    }

    /** What is written to somebody is no sign of life of theirs, what they open is. */
    @Test
    void whatWeDeliverIsNotWhenACustomerWasSeen() {
        var id = people.id(Identifier.Type.USER_ID, "p-mailed");
        read(people.batch()
                .track("Product Viewed")
                .by(Identifier.Type.USER_ID, "p-mailed")
                .at("2026-02-01T10:00:00Z"));
        read(people.batch()
                .track("Email Delivered")
                .ofSource(1)
                .by(Identifier.Type.USER_ID, "p-mailed")
                .at("2026-02-05T10:00:00Z"));
        assertThat(profiles.get(id, PLANNER).orElseThrow().lastSeen()).isEqualTo("2026-02-01T10:00:00Z");
        read(people.batch()
                .track("Email Opened")
                .ofSource(1)
                .by(Identifier.Type.USER_ID, "p-mailed")
                .at("2026-02-06T10:00:00Z"));
        assertThat(profiles.get(id, PLANNER).orElseThrow().lastSeen()).isEqualTo("2026-02-06T10:00:00Z");
    }

    @Test
    void ordersAndTimelineOfAMergedCustomerAreThoseOfBoth() {
        var visitor = people.id(Identifier.Type.ANONYMOUS_ID, "device-o1");
        var user = people.id(Identifier.Type.USER_ID, "p-6");
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "p-6")
                .by(Identifier.Type.ANONYMOUS_ID, "device-o1"));
        order("p-6-a", visitor, "2026-01-05T10:00:00Z", "sale", "100", "1");
        order("p-6-b", user, "2026-01-06T10:00:00Z", "sale", "50", "2");
        line("p-6-a", 2, visitor, "2026-01-09T10:00:00Z", "refund", "-40", "3");

        var found = orders.of(visitor);
        assertThat(found).extracting(Orders.Order::orderId).containsExactly("p-6-b", "p-6-a");
        assertThat(found.getLast().refunded()).isEqualByComparingTo("40");
        assertThat(found.getLast().net()).isEqualByComparingTo("60");
        assertThat(found.getLast().lines()).extracting(Orders.Line::kind).containsExactly("sale", "refund");

        var entries = new ArrayList<Timeline.Entry>();
        @Nullable String cursor = null;
        for (int page = 0; page < 3; page++) {
            var read = timeline.of(user, cursor, 1);
            entries.addAll(read.items());
            cursor = read.nextCursor();
            if (cursor == null) break;
        }
        assertThat(entries)
                .extracting(Timeline.Entry::name, Timeline.Entry::detail)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("Order Completed", "50 · order_id: p-6-b"),
                        org.assertj.core.groups.Tuple.tuple("Order Completed", "100 · order_id: p-6-a"));
    }

    private void order(String order, CustomerId customer, String at, String kind, String amount, String seq) {
        var money = new BigDecimal(amount);
        // Before the log's first place: no tail ever reads it.
        long place = Long.parseLong(seq) - 1_000;
        warehouse.append(
                "orders",
                "test:" + order,
                Rows.written(rows -> rows.value(order)
                        .value(customer.value())
                        .value(Instant.parse(at))
                        .value("EUR")
                        .value(money)
                        .value(BigDecimal.ZERO)
                        .missing()
                        .value(1)
                        .missing()
                        .value(place)
                        .end()));
        warehouse.append(
                "events",
                "test:" + order,
                Rows.written(rows -> rows.value(place)
                        .value(Instant.parse(at))
                        .value(Instant.parse(at))
                        .value(1)
                        .missing()
                        .value("track")
                        .value("Order Completed")
                        .value(customer.value())
                        .missing()
                        .value("test-order-" + order)
                        .value(money)
                        .value("{\"order_id\":\"%s\",\"products\":[]}".formatted(order))
                        .missing()
                        .end()));
        line(order, 1, customer, at, kind, amount, seq);
    }

    private void line(
            String order, int number, CustomerId customer, String at, String kind, String amount, String seq) {
        warehouse.append(
                "order_lines",
                "test:%s:%d".formatted(order, number),
                Rows.written(rows -> rows.value(order)
                        .value(number)
                        .value(customer.value())
                        .value(Instant.parse(at))
                        .value(kind)
                        .value("sku")
                        .value("Thing")
                        .missing()
                        .value(BigDecimal.ONE)
                        .value(new BigDecimal(amount).abs())
                        .value(new BigDecimal(amount))
                        .value(1)
                        .missing()
                        .value(Long.parseLong(seq) - 1_000)
                        .end()));
    }

    private void read(People.Events events) {
        read(events.end());
    }

    private void read(Tail.Batch batch) {
        for (var tail : List.of(identity, profile)) transaction.executeWithoutResult(status -> tail.process(batch));
    }

    private static Map<String, String> values(Profile profile) {
        return profile.traits().stream()
                .filter(t -> t.value().isValueNode())
                .collect(Collectors.toMap(Profile.Trait::name, t -> t.value().asString()));
    }

    private Map<String, String> traitsInWarehouse(CustomerId customer) {
        record Row(String trait, String value) {}
        return warehouse
                .query(
                        Sql.of("select trait, value from traits_now where customer_id = ?", customer.value()),
                        row -> new Row(row.text("trait"), row.text("value")))
                .stream()
                .collect(Collectors.toMap(Row::trait, Row::value));
    }

    private long count(String sql, CustomerId id) {
        return jdbc.sql(sql).param("id", id.value()).query(Long.class).single();
    }
}
