package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.platform.Problem;
import io.rekindle.platform.TimeTravel;
import io.rekindle.testing.EverythingStored;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.json.JsonMapper;

/** On a server of its own: the files are large and change what everybody sees; the largest comes last, it slows the others. */
@RekindleTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@TestPropertySource(properties = "rekindle.currency=GBP")
class OrderImportTest {
    private static final String HEADER = "order_id,time,customer,product_id,product_name,quantity,unit_price\n";

    private final Imports imports;
    private final Warehouse warehouse;
    private final TimeTravel travel;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    OrderImportTest(@Autowired Imports imports, @Autowired Warehouse warehouse, @Autowired TimeTravel travel) {
        this.imports = imports;
        this.warehouse = warehouse;
        this.travel = travel;
    }

    /** Expected figures counted apart from us, with awk, and stated with the data. */
    @Test
    @Order(Integer.MAX_VALUE)
    void theOnlineRetailFileGivesThePublishedFiguresAndASecondTimeChangesNothing() throws Exception {
        var root = Path.of(System.getProperty("rekindle.root", ".."));
        var file = root.resolve("../shared/data/online_retail/online_retail_to_2011-08.csv.gz");
        assumeTrue(Files.exists(file), "the Online Retail data is not on this machine");
        var mapping = JsonMapper.builder()
                .build()
                .readValue(Files.readString(root.resolve("examples/online-retail/mapping.json")), ImportMapping.class);

        var planned = report(imports.start(file, "dry", mapping, true, false));
        var done = imports.start(file, "online_retail.csv.gz", mapping, false, false);
        var report = report(done);
        assertThat(report).isEqualTo(planned);
        assertThat(report.rows()).isEqualTo(320_705);
        assertThat(report.reasons()).containsExactly(new Imports.ReasonCount("no_customer", 88_652));
        assertThat(report.lines()).isEqualTo(226_488);
        assertThat(report.orders()).isEqualTo(11_415);
        assertThat(report.customers()).isEqualTo(3_317);
        assertThat(report.gross()).isEqualByComparingTo("5239240.562");
        assertThat(report.cancellations()).isEqualTo(5_565);
        assertThat(report.cancelled()).isEqualByComparingTo("-320132.83");
        assertThat(report.lines() + report.cancellations() + report.alreadyThere() + report.rejected())
                .isEqualTo(report.rows());
        assertThat(history(done.id()))
                .isEqualTo(List.of(
                        226_488L,
                        11_415L,
                        3_317L,
                        new BigDecimal("5239240.5620"),
                        5_565L,
                        new BigDecimal("-320132.8300")));
        creditsLowerTheirCustomersRevenue(done.id(), file);

        var again = report(imports.start(file, "online_retail.csv.gz", mapping, false, false));
        assertThat(again.alreadyThere()).isEqualTo(226_488 + 5_565);
        assertThat(again.lines() + again.cancellations()).isZero();
        creditsLowerTheirCustomersRevenue(done.id(), file);

        var unpacked = folder.resolve("renamed.csv");
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            Files.copy(in, unpacked);
        }
        Files.writeString(
                unpacked,
                "581999,85123A,ONE MORE,2,2011-09-01T08:00:00Z,1.5,17850,United Kingdom\n",
                java.nio.file.StandardOpenOption.APPEND);
        var extended = report(imports.start(unpacked, "renamed.csv", mapping, false, false));
        assertThat(extended.lines()).isEqualTo(1);
        assertThat(extended.gross()).isEqualByComparingTo("3");
    }

    /**
     * All 5,565 have numbers of their own. What of them is paid back is counted apart from us, customer by customer with
     * one pool of money: sales go in by the time of their order, and a credit takes out what there is.
     */
    private void creditsLowerTheirCustomersRevenue(long importId, Path file) throws Exception {
        record Sum(BigDecimal gross, BigDecimal net, BigDecimal least) {}
        assertThat(warehouse.first(
                        Sql.of(
                                "select sum(gross) as gross, sum(net) as net, min(net) as least from orders_now"
                                        + " where import_id = ?",
                                importId),
                        row -> new Sum(row.decimal("gross"), row.decimal("net"), row.decimal("least"))))
                .hasValue(new Sum(
                        new BigDecimal("5239240.5620"), new BigDecimal("4941099.6220"), new BigDecimal("0.0000")));
        assertThat(warehouse.query(
                        Sql.of("""
                                select coalesce(reason, 'an order') as what, count(distinct (seq, line_no)) as lines, sum(amount) as amount
                                from credits_now where import_id = ? and of_order is null and amount <> 0 group by 1 order by 1
                                """, importId),
                        row -> "%s %d %s".formatted(row.text("what"), row.longValue("lines"), row.decimal("amount"))))
                .containsExactly("exceeds_orders 27 -2950.3500", "no_earlier_order 395 -19041.5400");
        var told = imports.credits(importId);
        assertThat(told.amount()).isEqualByComparingTo("-320132.83");
        assertThat(told.unmatched())
                .extracting(some -> "%s %d %s".formatted(some.reason(), some.lines(), some.amount()))
                .containsExactly("exceeds_orders 27 -2950.3500", "no_earlier_order 395 -19041.5400");
        assertThat(warehouse.first(
                        Sql.of("select net from orders_now where order_id = '541431'"), row -> row.decimal("net")))
                .as("customer 12346 took back all he bought, a quarter of an hour later")
                .hasValue(new BigDecimal("0.0000"));

        record Move(String at, boolean credit, BigDecimal amount) {}
        var moves = new TreeMap<String, List<Move>>();
        var customerOf = new TreeMap<String, String>();
        var placedAt = new TreeMap<String, String>();
        try (var csv = CsvReader.builder()
                .ofNamedCsvRecord(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (var row : csv) {
                var customer = row.getField("CustomerID");
                if (customer.isBlank()) continue;
                var order = row.getField("InvoiceNo");
                var amount =
                        new BigDecimal(row.getField("Quantity")).multiply(new BigDecimal(row.getField("UnitPrice")));
                boolean credit = order.startsWith("C");
                if (!credit) {
                    customerOf.put(order, customer);
                    placedAt.merge(order, row.getField("InvoiceDate"), (x, y) -> x.compareTo(y) < 0 ? x : y);
                }
                moves.computeIfAbsent(customer, c -> new ArrayList<>())
                        .add(new Move(
                                credit ? row.getField("InvoiceDate") : placedAt.getOrDefault(order, ""),
                                credit,
                                amount.abs()));
            }
        }
        var expected = new TreeMap<String, BigDecimal>();
        moves.forEach((customer, all) -> {
            var pool = BigDecimal.ZERO;
            for (var move : all.stream()
                    .sorted(Comparator.comparing(Move::at).thenComparing(Move::credit))
                    .toList())
                pool = move.credit() ? pool.subtract(move.amount()).max(BigDecimal.ZERO) : pool.add(move.amount());
            expected.put(customer, pool.setScale(4));
        });
        expected.keySet().retainAll(customerOf.values());
        var found = new TreeMap<String, BigDecimal>();
        warehouse.stream(Sql.of("select order_id, net from orders_now where import_id = ?", importId), row -> {
            var customer = customerOf.get(row.text("order_id"));
            if (customer != null) found.merge(customer, row.decimal("net"), BigDecimal::add);
        });
        assertThat(found).hasSize(3_317).isEqualTo(expected);
    }

    @Test
    void theKthOfLinesThatAreAlikeIsThatLine() throws Exception {
        var line = "%s,2026-01-05T10:00:00Z,c-%s,p1,Tea,1,2.50\n".formatted(mark, mark);
        assertThat(run(HEADER + line + line).lines()).isEqualTo(2);
        var three = run(HEADER + line + line + line);
        assertThat(three.lines()).isEqualTo(1);
        assertThat(three.alreadyThere()).isEqualTo(2);
        assertThat(gross()).as("an order that was added to").isEqualByComparingTo("7.50");
    }

    @Test
    void anImportThatIsUndoneNoLongerCountsAndCanComeAgain() throws Exception {
        var text = HEADER + "%s,2026-01-05T10:00:00Z,c-%s,p1,Tea,2,2.50\n".formatted(mark, mark);
        var file = write("first.csv", text.getBytes(StandardCharsets.UTF_8));
        var first = imports.start(file, "first.csv", none(), false, false);
        assertThat(report(first).lines()).isEqualTo(1);
        assertThat(imports.undo(first.id()).state()).isEqualTo(Imports.State.UNDONE);
        assertThat(count()).isZero();
        assertThat(run(text).lines()).isEqualTo(1);
        assertThat(count()).isEqualTo(1);
        assertThat(gross()).isEqualByComparingTo("5.00");
    }

    @Test
    void everyRowThatDoesNotFitIsKeptWithItsNumberAndReason() throws Exception {
        var text = HEADER
                + "%1$s,2026-01-05T10:00:00Z,c-%1$s,p1,Tea,1,2.50\n".formatted(mark)
                + "%s,05.01.2026,c,p1,Tea,1,2.50\n".formatted(mark)
                + "%s,2026-01-05,c,p1,Tea,many,2.50\n".formatted(mark)
                + "%s,2026-01-05,c,p1,Tea,1,-2.50\n".formatted(mark)
                + "%s,2026-01-05,,p1,Tea,1,2.50\n".formatted(mark)
                + "%s,2026-01-05,undefined,p1,Tea,1,2.50\n".formatted(mark)
                + "%s,2026-01-05\n".formatted(mark)
                + "%s,2026-01-05,somebody-else,p1,Tea,1,2.50\n".formatted(mark)
                + "%s,,c,p1,Tea,1,2.50\n".formatted(mark)
                + "%s,2099-01-05,c,p1,Tea,1,2.50\n".formatted(mark)
                + "%s,1969-12-30,c,p1,Tea,1,2.50\n".formatted(mark)
                + "%s,2026-01-05,c,p1,Tea,0,2.50\n".formatted(mark)
                + "%s,2026-01-05,c,p1,Tea,1,free\n".formatted(mark);
        var done = imports.start(
                write("faults.csv", text.getBytes(StandardCharsets.UTF_8)), "faults.csv", none(), false, false);
        var report = report(done);
        assertThat(report.rows()).isEqualTo(13);
        assertThat(report.lines()).isEqualTo(1);
        var rejects = imports.rejects(done.id(), 0, 50).items();
        assertThat(rejects.stream().map(r -> r.rowNumber() + " " + r.reason()))
                .containsExactly(
                        "3 bad_time",
                        "4 bad_quantity",
                        "5 negative_unit_price",
                        "6 no_customer",
                        "7 customer_is_nobody",
                        "8 wrong_number_of_fields",
                        "9 order_of_two_customers",
                        "10 no_time",
                        "11 time_in_the_future",
                        "12 time_before_1970",
                        "13 quantity_zero",
                        "14 bad_unit_price");
        assertThat(rejects.getFirst().detail())
                .contains("column 'time' holds no time")
                .doesNotContain("05.01.2026");
    }

    @Test
    void aMappingThatDoesNotFitIsRefusedWithEveryFaultAndTheColumnsThereAre() throws Exception {
        var file = write("columns.csv", "Order,When\n1,2\n".getBytes(StandardCharsets.UTF_8));
        var mapping = new ImportMapping(
                Map.of("order_id", "Ordre", "colour", "When"),
                "no such form",
                "pounds",
                null,
                null,
                null,
                null,
                null,
                null);
        assertThatThrownBy(() -> imports.start(file, "columns.csv", mapping, false, false))
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.code()).isEqualTo("import_mapping_invalid");
                    assertThat(problem.faults().stream().map(Problem.Fault::place))
                            .containsExactlyInAnyOrder(
                                    "order_id",
                                    "colour",
                                    "time",
                                    "quantity",
                                    "unit_price",
                                    "customer",
                                    "timeFormat",
                                    "currency");
                    assertThat(problem.faults().toString()).contains("Ordre").contains("it has Order, When");
                });
    }

    @Test
    void aFileMayHaveAByteOrderMarkSemicolonsAndItsOwnFormOfTimes() throws Exception {
        var text =
                "\ufefforder_id;time;customer;product_id;quantity;unit_price\n%1$s;1/5/2026 9:30;c-%1$s;\"a;b\";1;2.50\n"
                        .formatted(mark);
        var zipped = folder.resolve("semicolons.csv.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        var mapping = new ImportMapping(Map.of(), "M/d/yyyy H:mm", null, null, null, null, null, null, null);
        assertThat(report(imports.start(zipped, "semicolons.csv.gz", mapping, false, false))
                        .lines())
                .isEqualTo(1);
        var at = warehouse.first(
                Sql.of("select ordered_at from orders_now where order_id = ?", mark), row -> row.instant("ordered_at"));
        assertThat(at).hasValue(java.time.Instant.parse("2026-01-05T09:30:00Z"));
    }

    /** The installation's currency is GBP here. */
    @Test
    void aRowInAnotherCurrencyThanTheImportsIsAFaultAndIsNotAddedUp() throws Exception {
        var text = "order_id,time,customer,quantity,unit_price,currency\n"
                + "%1$s,2026-01-05T10:00:00Z,c-%1$s,1,1,GBP\n".formatted(mark)
                + "%1$s,2026-01-05T10:00:00Z,c-%1$s,1,10,gbp\n".formatted(mark)
                + "%1$s,2026-01-05T10:00:00Z,c-%1$s,1,100,\n".formatted(mark)
                + "%1$s,2026-01-05T10:00:00Z,c-%1$s,1,1000,USD\n".formatted(mark)
                + "%1$s,2026-01-05T10:00:00Z,c-%1$s,1,10000,XXQ\n".formatted(mark);
        var started = imports.start(
                write("mixed.csv", text.getBytes(StandardCharsets.UTF_8)), "mixed.csv", none(), false, false);
        var report = report(started);
        assertThat(report.reasons()).containsExactly(new Imports.ReasonCount("other_currency", 2));
        assertThat(imports.rejects(started.id(), 0, 10).items())
                .extracting(Imports.Reject::rowNumber)
                .containsExactly(5L, 6L);
        assertThat(report.gross()).isEqualByComparingTo("111");
        assertThat(report.notes()).isEmpty();
        assertThat(gross()).isEqualByComparingTo("111");

        assertThat(imports.rejects(started.id(), 0, 10).items().getFirst().detail())
                .contains("--currency", "--rate")
                .doesNotContain("USD");

        var other = imports.start(
                write("dollars.csv", text.replace(mark, mark + "-2").getBytes(StandardCharsets.UTF_8)),
                "dollars.csv",
                dollars("0.79"),
                true,
                false);
        var inDollars = report(other);
        assertThat(inDollars.gross())
                .as("those that say nothing and the dollars: 100 * 0.79 + 1000 * 0.79")
                .isEqualByComparingTo("869");
        assertThat(inDollars.reasons()).containsExactly(new Imports.ReasonCount("other_currency", 3));
    }

    /** The prices are worked out by hand: 12.50 * 0.79 = 9.875, 1.50 * 0.79 = 1.185, 1.99 * 0.79 = 1.5721. */
    @Test
    void aFileInAnotherCurrencyComesInByItsRateAndOnlyOnce() throws Exception {
        var text = "order_id,time,customer,product_id,quantity,unit_price,currency\n"
                + "%1$s-a,2026-01-05T10:00:00Z,c-%1$s,p1,1,100,USD\n".formatted(mark)
                + "%1$s-a,2026-01-05T10:00:00Z,c-%1$s,p2,2,$12.50,\n".formatted(mark)
                + "%1$s-b,2026-01-06T10:00:00Z,c-%1$s,p3,3,1.50 USD,usd\n".formatted(mark)
                + "%1$s-b,2026-01-07T10:00:00Z,c-%1$s,p3,-1,1.50,USD\n".formatted(mark)
                + "%1$s-c,2026-01-08T10:00:00Z,c-%1$s,p4,1,1.99,USD\n".formatted(mark)
                + "%1$s-d,2026-01-08T10:00:00Z,c-%1$s,p5,1,£5,USD\n".formatted(mark)
                + "%1$s-d,2026-01-08T10:00:00Z,c-%1$s,p6,1,5,GBP\n".formatted(mark);
        var file = write("usd.csv", text.getBytes(StandardCharsets.UTF_8));
        var planned = report(imports.start(file, "usd.csv", dollars("0.79"), true, false));
        var done = imports.start(file, "usd.csv", dollars("0.79"), false, false);
        var report = report(done);
        assertThat(report).isEqualTo(planned);
        assertThat(imports.rejects(done.id(), 0, 9).items().stream().map(r -> r.rowNumber() + " " + r.reason()))
                .as("pounds in a file of dollars")
                .containsExactly("7 bad_unit_price", "8 other_currency");
        assertThat(report.currency()).isEqualTo("GBP");
        assertThat(report.gross()).as("79.00 + 2 * 9.88 + 3 * 1.18 + 1.57").isEqualByComparingTo("103.87");
        assertThat(report.cancelled()).isEqualByComparingTo("-1.18");
        assertThat(report.notes()).extracting(Imports.Note::code).containsExactly("converted");
        assertThat(report.notes().getFirst().values()).containsExactly("USD", "GBP", "0.79", "2");
        assertThat(orders()).containsExactly(mark + "-a GBP 98.7600", mark + "-b GBP 3.5400", mark + "-c GBP 1.5700");
        assertThat(warehouse.query(
                        Sql.of(
                                "select unit_price from order_lines where order_id like ? order by unit_price",
                                mark + "-%"),
                        row -> row.decimal("unit_price").toPlainString()))
                .containsExactly("1.1800", "1.1800", "1.5700", "9.8800", "79.0000");
        assertThat(warehouse.query(
                        Sql.of("select properties from events where import_id = ? order by seq", done.id()),
                        row -> row.text("properties")))
                .hasSize(4)
                .allSatisfy(said ->
                        assertThat(said).contains("\"currency\":\"GBP\"").doesNotContain("USD"));

        var again = report(imports.start(file, "usd.csv", dollars("0.790"), false, false));
        assertThat(again.alreadyThere()).isEqualTo(5);
        assertThat(again.lines() + again.cancellations()).isZero();

        // At another rate, or unconverted, they are the same lines: nothing counts twice. What is new comes in.
        var more = text.lines().limit(6).reduce("", (one, next) -> one + next + "\n")
                + "%1$s-b,2026-01-09T10:00:00Z,c-%1$s,p3,-1,1.50,\n".formatted(mark)
                + "%1$s-e,2026-01-09T10:00:00Z,c-%1$s,p1,1,10,\n".formatted(mark);
        var dearer = imports.start(
                write("more.csv", more.getBytes(StandardCharsets.UTF_8)), "more.csv", dollars("0.8"), false, false);
        assertThat(report(dearer).reasons()).containsExactly(new Imports.ReasonCount("line_at_another_rate", 5));
        assertThat(report(dearer).gross()).isEqualByComparingTo("8");
        assertThat(report(dearer).cancelled()).isEqualByComparingTo("-1.2");
        var unconverted =
                run(more.replace("USD", "").replace("usd", "").replace("$", "").replace(" ,", ","));
        assertThat(unconverted.reasons()).containsExactly(new Imports.ReasonCount("line_at_another_rate", 7));
        assertThat(orders())
                .containsExactly(
                        mark + "-a GBP 98.7600",
                        mark + "-b GBP 3.5400",
                        mark + "-c GBP 1.5700",
                        mark + "-e GBP 8.0000");

        // Once what brought them is taken back, they come in at the other rate: 80 + 2 * 10 is 100.
        for (var one : imports.list(Long.MAX_VALUE, 200).items())
            if (one.fileName().equals("usd.csv") && one.state() == Imports.State.DONE && !one.dryRun())
                imports.undo(one.id());
        report(imports.start(folder.resolve("more.csv"), "more.csv", dollars("0.8"), false, false));
        assertThat(orders()).contains(mark + "-a GBP 100.0000", mark + "-c GBP 1.5900", mark + "-e GBP 8.0000");
    }

    @Test
    void aFileInAnotherCurrencyWithoutARateIsRefusedBeforeItIsRead() throws Exception {
        var unreadable = write("unreadable.csv", new byte[] {'a', ',', (byte) 0xFC, '\n', '"'});
        long before = imports.list(Long.MAX_VALUE, 1).items().stream()
                .mapToLong(Imports.Import::id)
                .max()
                .orElse(0);
        assertThat(refusal(unreadable, dollars(null))).isEqualTo("import_rate_missing");
        for (var bad : List.of("0", "-0.79", "NaN", "1e30", "dear"))
            assertThat(refusal(unreadable, dollars(bad))).as(bad).isEqualTo("import_rate_invalid");
        assertThat(refusal(unreadable, dollars("0.79"))).as("now it is read").isEqualTo("file_encoding");
        assertThat(imports.list(Long.MAX_VALUE, 1).items().stream()
                        .mapToLong(Imports.Import::id)
                        .max()
                        .orElse(0))
                .isEqualTo(before);
    }

    /** 900,000 * 2,000 is beyond what an amount may be, whatever it was in the file. */
    @Test
    void anAmountThatIsTooLargeOnceConvertedIsAFaultOfItsRow() throws Exception {
        var text = HEADER
                + "%1$s,2026-01-05T10:00:00Z,c-%1$s,p1,Tea,1,900000\n".formatted(mark)
                + "%1$s,2026-01-05T10:00:00Z,c-%1$s,p1,Tea,1,1\n".formatted(mark);
        var report = report(imports.start(
                write("large.csv", text.getBytes(StandardCharsets.UTF_8)), "large.csv", dollars("2000"), true, false));
        assertThat(report.reasons()).containsExactly(new Imports.ReasonCount("bad_amount", 1));
        assertThat(report.gross()).isEqualByComparingTo("2000");
    }

    private String refusal(Path file, ImportMapping mapping) {
        try {
            imports.start(file, "refused.csv", mapping, true, false);
            return "none";
        } catch (Problem e) {
            return e.code();
        }
    }

    private List<String> orders() {
        return warehouse.query(
                Sql.of(
                        "select order_id, currency, gross from orders_now where order_id like ? order by order_id",
                        mark + "-%"),
                row -> "%s %s %s"
                        .formatted(
                                row.text("order_id"),
                                row.text("currency"),
                                row.decimal("gross").toPlainString()));
    }

    private static ImportMapping dollars(@Nullable String rate) {
        return new ImportMapping(null, null, "USD", rate, null, null, null, null, null);
    }

    @Test
    void parquetIsReadLikeCsv() throws Exception {
        var file = folder.resolve("orders.parquet");
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
                var statement = duckdb.createStatement()) {
            statement.execute(
                    "copy (select '%1$s' as order_id, timestamp '2026-01-05 10:00:00' as \"time\", 'c-%1$s' as customer, 'p1' as product_id, 3 as quantity, 1.25 as unit_price) to '%2$s' (format parquet)"
                            .formatted(mark, file));
        }
        assertThat(report(imports.start(file, "orders.parquet", none(), false, false))
                        .lines())
                .isEqualTo(1);
        assertThat(gross()).isEqualByComparingTo("3.75");
        var sameAsCsv = run(
                "order_id,time,customer,product_id,quantity,unit_price\n%1$s,2026-01-05T10:00:00Z,c-%1$s,p1,3,1.25\n"
                        .formatted(mark));
        assertThat(sameAsCsv.alreadyThere()).isEqualTo(1);
    }

    /** The business clock stands at 2026-03-01T09:00Z. */
    @Test
    void aTimeToComeIsAFaultAndOneALittleAheadOfOurClockIsNot() throws Exception {
        var text = HEADER
                + "%1$s,2026-03-01T09:02:00Z,c-%1$s,p1,Tea,1,2.50\n".formatted(mark)
                + "%1$s-2,2026-03-02T09:00:00Z,c-%1$s,p1,Tea,1,2.50\n".formatted(mark);
        var done = imports.start(
                write("future.csv", text.getBytes(StandardCharsets.UTF_8)),
                "future.csv",
                ImportMapping.NONE,
                false,
                false);
        assertThat(report(done).lines()).isEqualTo(1);
        var rejects = imports.rejects(done.id(), 0, 50).items();
        assertThat(rejects.stream().map(r -> r.rowNumber() + " " + r.reason())).containsExactly("3 time_in_the_future");
        assertThat(rejects.getFirst().detail()).contains("future").doesNotContain("2026-03-02");
        var again = run(text);
        assertThat(again.lines()).isZero();
        assertThat(again.alreadyThere()).isEqualTo(1);
    }

    @Test
    void namesThatDifferInALetterAreTwoCustomersWhateverTheEncoding() throws Exception {
        var text = HEADER
                + "%1$s-1,2026-01-05T10:00:00Z,M\u00fcller-%1$s,p1,Tee,1,2.50\n".formatted(mark)
                + "%1$s-2,2026-01-05T10:00:00Z,M\u00f6ller-%1$s,p1,Tee,1,2.50\n".formatted(mark);
        var latin = write("latin.csv", text.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> imports.start(latin, "latin.csv", ImportMapping.NONE, false, false))
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.code()).isEqualTo("file_encoding");
                    assertThat(problem.detail())
                            .contains("line 2")
                            .contains("UTF-8")
                            .contains("windows-1252");
                });
        for (var encoding : List.of("ISO-8859-1", "UTF-16", "GB18030", "utf-8")) {
            var own = text.replace(mark, mark + encoding);
            var file = write(encoding + ".csv", own.getBytes(java.nio.charset.Charset.forName(encoding)));
            var done = imports.start(file, "names.csv", ImportMapping.NONE.encodedIn(encoding), false, false);
            assertThat(report(done).customers()).as(encoding).isEqualTo(2);
        }
        var marked = write("marked.csv", text.getBytes(StandardCharsets.UTF_16));
        assertThat(report(imports.start(marked, "marked.csv", ImportMapping.NONE, false, false))
                        .customers())
                .as("the byte-order mark tells")
                .isEqualTo(2);
        assertThatThrownBy(
                        () -> imports.start(latin, "latin.csv", ImportMapping.NONE.encodedIn("Klingon"), false, false))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("encoding_unknown"));
    }

    @Test
    void aLineThatIsNoTextFarIntoTheFileIsNamedByItsNumber() throws Exception {
        var text = new StringBuilder(HEADER);
        for (int i = 0; i < 5_000; i++)
            text.append("%1$s-%2$d,2026-01-05T10:00:00Z,c-%2$d,p1,Tee,1,2.50\n".formatted(mark, i));
        var bytes = text.append(mark).append(",M\u00fc").toString().getBytes(StandardCharsets.ISO_8859_1);
        var done = imports.start(write("late.csv", bytes), "late.csv", ImportMapping.NONE, false, false);
        travel.awaitQuiet();
        assertThat(imports.get(done.id()).state()).isEqualTo(Imports.State.FAILED);
        assertThat(imports.get(done.id()).failure()).contains("line 5002").contains("FC");
        assertThat(count()).isZero();
    }

    @Test
    void theReportTellsHowEveryColumnWasUnderstood() throws Exception {
        var report = run(
                "order_id,time,Email,email,Size,Size,quantity,unit_price\n%1$s,2026-01-05,x,%1$s@example.com,1,2,1,2\n"
                        .formatted(mark));
        assertThat(report.columns())
                .containsExactly(
                        new Imports.Column("order_id", "order_id"),
                        new Imports.Column("time", "time"),
                        new Imports.Column("Email", null),
                        new Imports.Column("email", "email"),
                        new Imports.Column("Size", null),
                        new Imports.Column("Size", null),
                        new Imports.Column("quantity", "quantity"),
                        new Imports.Column("unit_price", "unit_price"));
        var twice = write(
                "twice.csv",
                "order_id,time,customer,quantity,unit_price,unit_price\n".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> imports.start(twice, "twice.csv", ImportMapping.NONE, false, false))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.faults()).singleElement().satisfies(fault -> {
                            assertThat(fault.place()).isEqualTo("unit_price");
                            assertThat(fault.message()).contains("2 columns named 'unit_price'");
                        }));
    }

    @Test
    void whoStandsInAProductOrAnOrdersNumberDoesNotEnterTheHistory() throws Exception {
        var text = HEADER
                + "a-%1$s@example.com,2026-01-05T10:00:00Z,c-%1$s,p1,Cup for b-%1$s@example.com,1,2.50\n"
                        .formatted(mark)
                + "c-%1$s@example.com,2026-01-05T10:00:00Z,c-%1$s,p1,Cup,1,2.50\n".formatted(mark);
        var report = run(text);
        assertThat(report.orders()).isEqualTo(2);
        var all = EverythingStored.inTheWarehouse(warehouse);
        assertThat(all).doesNotContain(mark + "@example.com").contains("Cup for [personal]");
        assertThat(run(text).alreadyThere()).isEqualTo(2);
    }

    @Test
    void aBrokenParquetFileIsToldInOneLine() throws Exception {
        var broken = write("broken.parquet", "PAR1 and nothing of the kind after it".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> imports.start(broken, "broken.parquet", ImportMapping.NONE, false, false))
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.code()).isEqualTo("parquet_malformed");
                    assertThat(problem.detail()).doesNotContain("\n", "select", "LINE", broken.toString());
                });
    }

    private Imports.Report run(String text) throws IOException {
        var file = write(UUID.randomUUID() + ".csv", text.getBytes(StandardCharsets.UTF_8));
        return report(imports.start(file, "orders.csv", none(), false, false));
    }

    private Imports.Report report(Imports.Import started) {
        travel.awaitQuiet();
        var done = imports.get(started.id());
        assertThat(done.state()).as(String.valueOf(done.failure())).isEqualTo(Imports.State.DONE);
        var report = done.report();
        if (report == null) throw new AssertionError("import %d has no report".formatted(started.id()));
        return report;
    }

    private static ImportMapping none() {
        return ImportMapping.NONE;
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private long count() {
        return warehouse
                .first(
                        Sql.of("select count(*) as n from order_lines_now where order_id = ?", mark),
                        row -> row.longValue("n"))
                .orElseThrow();
    }

    private BigDecimal gross() {
        return warehouse
                .first(Sql.of("select gross from orders_now where order_id = ?", mark), row -> row.decimal("gross"))
                .orElseThrow();
    }

    private List<Object> history(long importId) {
        return warehouse
                .first(
                        Sql.of("""
                                select count(*) filter (where kind = 'sale') as lines,
                                    (select count(*) from orders_now where import_id = ?) as orders,
                                    count(distinct customer_id) filter (where kind = 'sale') as customers, sum(amount) filter (where kind = 'sale') as gross,
                                    count(*) filter (where kind = 'cancellation') as cancellations,
                                    sum(amount) filter (where kind = 'cancellation') as cancelled
                                from order_lines_now where import_id = ?
                                """, importId, importId),
                        row -> List.<Object>of(
                                row.longValue("lines"),
                                row.longValue("orders"),
                                row.longValue("customers"),
                                row.decimal("gross"),
                                row.longValue("cancellations"),
                                row.decimal("cancelled")))
                .orElseThrow();
    }
}
