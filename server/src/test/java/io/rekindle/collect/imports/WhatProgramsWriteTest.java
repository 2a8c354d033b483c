package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.profile.PersonalFields;
import io.rekindle.profile.Profiles;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.dhatim.fastexcel.Workbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Numbers and times as the programs write them that shops keep their files with. */
@RekindleTest
class WhatProgramsWriteTest {
    private final Imports imports;
    private final Warehouse warehouse;
    private final Profiles profiles;
    private final Identifiers identifiers;
    private final EventLog log;
    private final Tails tails;
    /** Eight digits no other test has. */
    private final long mark = ThreadLocalRandom.current().nextLong(10_000_000, 100_000_000);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    WhatProgramsWriteTest(
            @Autowired Imports imports,
            @Autowired Warehouse warehouse,
            @Autowired Profiles profiles,
            @Autowired Identifiers identifiers,
            @Autowired EventLog log,
            @Autowired Tails tails) {
        this.imports = imports;
        this.warehouse = warehouse;
        this.profiles = profiles;
        this.identifiers = identifiers;
        this.log = log;
        this.tails = tails;
    }

    /** openpyxl and many others write every digit of a number. */
    @Test
    void customersOfAWorkbookWhoseNumbersAreLongAreWhoTheyAre() throws Exception {
        var base = new BigInteger(mark + "56789012345678900");
        var file = folder.resolve("long.xlsx");
        try (var book = new Workbook(Files.newOutputStream(file), "test", "1.0")) {
            var sheet = book.newWorksheet("customers");
            sheet.value(0, 0, "customer");
            sheet.value(0, 1, "email");
            for (int i = 1; i <= 5; i++) {
                sheet.value(i, 0, new BigDecimal(base.add(BigInteger.valueOf(i))));
                sheet.value(i, 1, "long-%d-%d@example.com".formatted(mark, i));
            }
        }
        var report = run(file, ImportKind.CUSTOMERS);
        assertThat(report.rejected()).isZero();
        assertThat(report.customers()).isEqualTo(5);
        for (int i = 1; i <= 5; i++)
            assertThat(personal(base.add(BigInteger.valueOf(i)).toString(), "email"))
                    .isEqualTo("long-%d-%d@example.com".formatted(mark, i));
    }

    /** What Excel makes of a number that is typed in: 1234567890123456 is kept as 1.23456789012345E+15. */
    @Test
    void anIdentifierOfWhichAWorkbookHasKeptFifteenDigitsIsAFaultAndAnAmountIsNone() throws Exception {
        var file = folder.resolve("cut.xlsx");
        try (var book = new Workbook(Files.newOutputStream(file), "test", "1.0")) {
            var sheet = book.newWorksheet("customers");
            sheet.value(0, 0, "customer");
            sheet.value(0, 1, "traits.points");
            sheet.value(1, 0, new BigDecimal(mark + "1234567E+3"));
            sheet.value(1, 1, new BigDecimal("1"));
            sheet.value(2, 0, new BigDecimal(mark + "123456E+1"));
            sheet.value(2, 1, new BigDecimal("1.2345678901234E+17"));
        }
        var report = run(file, ImportKind.CUSTOMERS);
        assertThat(report.reasons()).containsExactly(new Imports.ReasonCount("digits_lost", 1));
        assertThat(report.lines()).isEqualTo(1);
        assertThat(profiles.exists(customer(mark + "1234560"))).isTrue();
    }

    /** As pandas writes any column of whole numbers in which one is missing. */
    @ParameterizedTest
    @ValueSource(strings = {"parquet", "json"})
    void whoComesFromAColumnOfDecimalNumbersIsWhoEventsAreOf(String form) throws Exception {
        var known = folder.resolve("known.csv");
        Files.writeString(known, "customer,traits.origin\n%d1,shop\n".formatted(mark));
        run(known, ImportKind.CUSTOMERS);

        var phone = "138" + mark;
        var file = folder.resolve("rows." + form);
        if (form.equals("parquet"))
            parquet(
                    file,
                    "select %d1::double as customer, %s::double as phone, 210.0::decimal(9, 2) as postcode, 7.5::double as \"traits.points\""
                            .formatted(mark, phone));
        else
            Files.writeString(
                    file,
                    "{\"customer\":%d1.0,\"phone\":%s.0,\"postcode\":210.00,\"traits.points\":7.5}\n{\"customer\":null,\"phone\":%d9}\n"
                            .formatted(mark, phone, mark));
        var report = run(file, ImportKind.CUSTOMERS);
        assertThat(report.rejected()).isZero();
        var who = customer(mark + "1");
        assertThat(profiles.traits(List.of(who)).getOrDefault(who, Map.of()).keySet())
                .as("one customer by both ways")
                .contains("origin", "points");
        assertThat(personal(mark + "1", "phone")).isEqualTo(phone);
        assertThat(personal(mark + "1", "postalCode")).isEqualTo("210");
        assertThat(profiles.exists(customer(mark + "1.0"))).isFalse();
    }

    /** A 64-bit number has 9007199254740993 as 9007199254740992, and one of 32 bits 16777217 as 16777216. */
    @ParameterizedTest
    @ValueSource(strings = {"9007199254740994::double", "1e20::double", "16777218::float"})
    void anIdentifierBeyondWhatItsTypeHasExactlyIsAFault(String number) throws Exception {
        var file = folder.resolve("inexact.parquet");
        parquet(file, "select %s as customer, 'a' as city".formatted(number));
        assertThat(run(file, ImportKind.CUSTOMERS).reasons())
                .containsExactly(new Imports.ReasonCount("digits_lost", 1));
    }

    @Test
    void textWithAFractionIsAFaultAsATelephoneNumberAndNamedAsACustomerOrOrder() throws Exception {
        var customers = Files.writeString(
                folder.resolve("customers.csv"),
                "customer,phone\n%1$d2.0,138%1$d\n%1$d3,138%1$d.0\n%1$d4.00,\n".formatted(mark));
        var report = run(customers, ImportKind.CUSTOMERS);
        assertThat(report.reasons()).containsExactly(new Imports.ReasonCount("phone_with_fraction", 1));
        assertThat(report.notes())
                .extracting(Imports.Note::code, Imports.Note::values)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("ids_with_fraction", List.of("2", "customer")));
        var orders = Files.writeString(
                folder.resolve("orders.csv"),
                "order_id,time,customer,quantity,unit_price\n%1$d.0,2026-01-05,%1$d4,1,2.0\n".formatted(mark));
        assertThat(run(orders, ImportKind.ORDERS).notes())
                .extracting(Imports.Note::code, Imports.Note::values)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("ids_with_fraction", List.of("1", "order_id")));
    }

    /** Forms of 09:00 in UTC: of PostgreSQL's copy, strftime's %z, Ruby's and Go's to_s, and an ISO 8601 of hours alone. */
    @ParameterizedTest
    @CsvSource({
        "2026-02-01 09:00:00+00, ''",
        "2026-02-01 14:30:00+05:30, ''",
        "2026-02-01 04:00:00.000000-05, ''",
        "2026-02-01T09:00:00+0000, ''",
        "2026-02-01 09:00:00 +0000, ''",
        "2026-02-01 09:00:00 UTC, ''",
        "2026-02-01T17:00+08, ''",
        "1769936400, unix",
        "1769936400000, unix-ms",
    })
    void aFileWithTimesAsProgramsWriteThemComesInAtTheMomentTheySay(String written, String form) throws Exception {
        var file = Files.writeString(
                folder.resolve("times.csv"),
                "order_id,time,customer,quantity,unit_price\nt-%1$d-%3$d,%2$s,t-%1$d,1,2.50\n"
                        .formatted(mark, written, written.hashCode()));
        assertThat(FileLook.into(file, null, ZoneOffset.UTC).timeFormats())
                .as("the form as guessed")
                .containsExactly(form);
        var report =
                run(file, new ImportMapping(null, form.isEmpty() ? null : form, null, null, null, null, null, null));
        assertThat(report.reasons()).isEmpty();
        assertThat(warehouse.first(
                        Sql.of(
                                "select occurred_at from order_lines where order_id = ?",
                                "t-%d-%d".formatted(mark, written.hashCode())),
                        row -> row.instant("occurred_at")))
                .contains(Instant.parse("2026-02-01T09:00:00Z"));
    }

    /** A flat in rials costs more than a thousand million. */
    @Test
    void amountsAreAsLargeAsThoseOfEventsAndBeyondThatTooLarge() throws Exception {
        var orders = Files.writeString(folder.resolve("rials.csv"), """
                order_id,time,customer,quantity,unit_price
                r-%1$d-1,2026-01-05,r-%1$d,2,4999999999999.99
                r-%1$d-2,2026-01-05,r-%1$d,1,10000000000000
                r-%1$d-3,2026-01-05,r-%1$d,2000,5000000000
                """.formatted(mark));
        var report = run(orders, ImportKind.ORDERS);
        assertThat(report.reasons()).containsExactly(new Imports.ReasonCount("amount_of_money_too_large", 2));
        assertThat(net("r-%d-1".formatted(mark))).isEqualByComparingTo("9999999999999.98");
        var costs = Files.writeString(folder.resolve("costs.csv"), """
                day,campaign,amount
                2026-01-05,c-%1$d,9999999999999
                2026-01-06,c-%1$d,10000000000000
                2026-01-07,c-%1$d,much
                """.formatted(mark));
        assertThat(run(costs, ImportKind.COSTS).reasons())
                .containsExactlyInAnyOrder(
                        new Imports.ReasonCount("amount_of_money_too_large", 1),
                        new Imports.ReasonCount("bad_amount_of_money", 1));
    }

    private BigDecimal net(String order) {
        var found = new ArrayList<BigDecimal>();
        warehouse.stream(
                Sql.of("select net from orders_now where order_id = ?", order), row -> found.add(row.decimal("net")));
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static void parquet(Path file, String select) throws Exception {
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
                var statement = duckdb.createStatement()) {
            statement.execute("copy (%s) to '%s' (format parquet)".formatted(select, file));
        }
    }

    private Imports.Report run(Path file, ImportKind kind) throws IOException {
        return run(file, ImportMapping.of(kind, Map.of()));
    }

    private Imports.Report run(Path file, ImportMapping mapping) throws IOException {
        var started = imports.start(file, String.valueOf(file.getFileName()), mapping, false, false);
        var done = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> imports.get(started.id()), one -> one.state() != Imports.State.RUNNING);
        assertThat(done.state()).as("%s", done.failure()).isEqualTo(Imports.State.DONE);
        return Objects.requireNonNull(done.report());
    }

    private CustomerId customer(String userId) {
        tails.awaitAll(log.lastSeq());
        return identifiers.of(Identifier.Type.USER_ID, userId).orElseThrow().id();
    }

    private String personal(String userId, String field) {
        var who = customer(userId);
        return profiles.personal(List.of(who), Set.of(field))
                .getOrDefault(who, PersonalFields.NONE)
                .values()
                .getOrDefault(field, "");
    }
}
