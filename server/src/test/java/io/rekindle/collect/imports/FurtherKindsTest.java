package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.Templates;
import io.rekindle.testing.EverythingStored;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Products, costs, answers to surveys and what earlier systems sent: in, again, and taken back. */
@RekindleTest
class FurtherKindsTest {
    private final Imports imports;
    private final Uploads uploads;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    FurtherKindsTest(
            @Autowired Imports imports,
            @Autowired Uploads uploads,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.imports = imports;
        this.uploads = uploads;
        this.warehouse = warehouse;
    }

    @Test
    void theTemplatesAreGuessedAsWhatTheyAreAndComeInWithoutAFault() throws Exception {
        for (var kind : ImportKind.values())
            for (boolean chinese : new boolean[] {false, true}) {
                var text = Templates.of(kind, chinese).replace("1001", mark).replace("A-1", "A-" + mark + chinese);
                var upload = uploads.take(
                        new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "template.csv", null);
                assertThat(upload.kind()).as("%s %s", kind, chinese).isEqualTo(kind);
                assertThat(upload.fields()).as("every column is guessed").hasSameSizeAs(upload.columns());
                var report = report(uploads.start(upload.id(), ImportMapping.of(kind, upload.fields()), false)
                        .id());
                assertThat(report.rejected())
                        .as("%s %s %s", kind, chinese, report)
                        .isZero();
                assertThat(report.lines()).isEqualTo(1);
            }
    }

    @Test
    void ofAProductThatHoldsWhichWasSaidLastOfEachOfItsSides() throws Exception {
        var first = start(ImportKind.PRODUCTS, """
                product_id,product_name,category,price,cost,valid_from
                %1$s,Tea,Drinks,2.50,1.00,2026-01-01
                %1$s,,,3.00,,2026-02-01
                ,Nameless,,1,,2026-01-01
                %1$s,Tea,Drinks,cheap,1.00,2026-01-01
                """.formatted(mark));
        assertThat(report(first).lines()).isEqualTo(2);
        assertThat(imports.rejects(first, 0, 9).items().stream().map(r -> r.rowNumber() + " " + r.reason()))
                .containsExactly("4 no_product_id", "5 bad_amount_of_money");
        assertThat(products()).containsExactly("Tea Drinks 3.0000 1.0000");
        var second = start(
                ImportKind.PRODUCTS,
                "product_id,price,valid_from\n%1$s,3.00,2026-02-01\n%1$s,3.50,2026-02-10\n".formatted(mark));
        assertThat(report(second).alreadyThere()).isEqualTo(1);
        var third = start(ImportKind.PRODUCTS, "product_id,price,valid_from\n%1$s,3.50,2026-02-10\n".formatted(mark));
        assertThat(report(third).alreadyThere()).isEqualTo(1);
        imports.undo(second);
        assertThat(products()).as("the third file says so too").containsExactly("Tea Drinks 3.5000 1.0000");
        imports.undo(third);
        assertThat(products()).containsExactly("Tea Drinks 3.0000 1.0000");
        imports.undo(first);
        assertThat(products()).isEmpty();
    }

    @Test
    void ofTheCostsOfADayTheLatestFileHolds() throws Exception {
        var text =
                "day,channel,campaign,amount\n2026-01-05,Email,%1$s,100\n2026-01-05,email,%1$s,20\n2026-01-06,email,%1$s,7\n"
                        .formatted(mark);
        var first = start(ImportKind.COSTS, text);
        assertThat(report(first).gross()).isEqualByComparingTo("127");
        assertThat(report(start(ImportKind.COSTS, text)).alreadyThere()).isEqualTo(3);
        assertThat(costs()).isEqualTo("127.0000");
        var corrected =
                start(ImportKind.COSTS, "day,channel,campaign,amount\n2026-01-05,email,%s,90\n".formatted(mark));
        report(corrected);
        assertThat(costs()).isEqualTo("97.0000");
        imports.undo(corrected);
        assertThat(costs()).isEqualTo("127.0000");
        imports.undo(first);
        assertThat(costs()).as("the second file stands").isEqualTo("127.0000");
    }

    /** The installation's currency is EUR; 4.15 * 0.9 = 3.735, 100.05 * 0.9 = 90.045. */
    @Test
    void pricesAndCostsInAnotherCurrencyComeInByTheirRate() throws Exception {
        var text = "product_id,product_name,category,price,cost,currency\n%s,Tea,Drinks,$10,4.15,USD\n".formatted(mark);
        var told = report(start(inDollars(ImportKind.PRODUCTS), text));
        assertThat(told.notes().getFirst().values()).containsExactly("USD", "EUR", "0.9", "2");
        assertThat(told.currency()).isEqualTo("EUR");
        assertThat(products()).containsExactly("Tea Drinks 9.0000 3.7400");
        assertThat(report(start(inDollars(ImportKind.PRODUCTS), text)).alreadyThere())
                .isEqualTo(1);

        var spent = start(
                inDollars(ImportKind.COSTS),
                "day,channel,campaign,amount,currency\n2026-01-05,email,%1$s,100.05,USD\n2026-01-06,email,%1$s,1,EUR\n"
                        .formatted(mark));
        assertThat(report(spent).gross()).isEqualByComparingTo("90.04");
        assertThat(report(spent).notes()).extracting(Imports.Note::code).containsExactly("converted");
        assertThat(imports.rejects(spent, 0, 9).items().stream().map(r -> r.rowNumber() + " " + r.reason()))
                .containsExactly("3 other_currency");
        assertThat(costs()).isEqualTo("90.0400");
        for (var table : List.of("product_changes where product_id", "costs where campaign"))
            assertThat(warehouse.query(
                            Sql.of("select distinct currency from %s = ?".formatted(table), mark),
                            row -> row.text("currency")))
                    .as(table)
                    .containsExactly("EUR");
    }

    private static ImportMapping inDollars(ImportKind kind) {
        return new ImportMapping(null, null, "USD", "0.9", null, null, null, kind, null);
    }

    @Test
    void answersAndEarlierMessagesAreEventsThatComeOnceAndWordsAreSealed() throws Exception {
        var words = "The parcel was late, says " + mark;
        var answers = """
                customer,time,survey,measure,score,comment
                s-%1$s,2026-01-05T10:00:00Z,delivery,nps,3,"%2$s"
                s-%1$s,2026-01-06T10:00:00Z,delivery,csat,5,
                s-%1$s,2026-01-06T10:00:00Z,delivery,csat,9,
                s-%1$s,2026-01-06T10:00:00Z,delivery,joy,1,
                """.formatted(mark, words);
        var surveys = start(ImportKind.SURVEYS, answers);
        assertThat(report(surveys).lines()).isEqualTo(2);
        assertThat(imports.rejects(surveys, 0, 9).items().stream().map(Imports.Reject::reason))
                .containsExactly("bad_score", "bad_measure");
        assertThat(report(start(ImportKind.SURVEYS, answers)).alreadyThere()).isEqualTo(2);
        assertThat(EverythingStored.inTheWarehouse(warehouse)).doesNotContain(words);

        var messages = """
                customer,time,campaign,channel,outcome
                s-%1$s,2026-01-05T10:00:00Z,Old %1$s,email,sent
                s-%1$s,2026-01-05T11:00:00Z,Old %1$s,email,opened
                s-%1$s,2026-01-05T11:00:00Z,Old %1$s,email,opened
                s-%1$s,2026-01-05T11:00:00Z,Old %1$s,email,loved
                """.formatted(mark);
        var sent = start(ImportKind.CAMPAIGN_HISTORY, messages);
        assertThat(report(sent).lines()).isEqualTo(3);
        assertThat(report(start(ImportKind.CAMPAIGN_HISTORY, messages)).alreadyThere())
                .isEqualTo(3);
        assertThat(names(sent)).containsExactly("Earlier Message Opened 2", "Earlier Message Sent 1");
        assertThat(names(surveys)).containsExactly("Survey Answered 2");
        assertThat(warehouse.first(
                        Sql.of("select count(*) as n from messages where detail like ?", "%" + mark + "%"),
                        row -> row.longValue("n")))
                .as("none of this product's own messages")
                .hasValue(0L);
    }

    /** The words of a fault are for who may see no personal data too, and stand in clear: the row's own text is sealed. */
    @Test
    void wordsOfAFaultNameTheColumnAndNotWhatStandsInIt() throws Exception {
        var secret = "secret" + mark;
        var faulty = List.of(
                faults(ImportKind.CUSTOMERS, "customer,created_at\nc,%s\n", secret),
                faults(ImportKind.CUSTOMERS, "customer,time\nc,%s\n", secret),
                faults(
                        ImportKind.CUSTOMERS,
                        "customer,consent.email,consent_source,consent_time\nc,%s,web,2026-01-01\n",
                        secret),
                faults(
                        ImportKind.CUSTOMERS,
                        "customer,consent.email,consent_source,consent_time,consent_wording\nc,yes,web,2026-01-01,%s\n",
                        secret),
                faults(ImportKind.CUSTOMERS, "{\"customer\":\"c\"}\n%s\n", secret),
                faults(ImportKind.ORDERS, "order_id,customer,time,quantity,unit_price\no,c,%s,1,1\n", secret),
                faults(ImportKind.ORDERS, "order_id,customer,time,quantity,unit_price\no,c,2026-01-01,%s,1\n", secret),
                faults(ImportKind.ORDERS, "order_id,customer,time,quantity,unit_price\no,c,2026-01-01,1,%s\n", secret),
                faults(
                        ImportKind.ORDERS,
                        "order_id,customer,time,quantity,unit_price,currency\no,c,2026-01-01,1,1,%s\n",
                        secret),
                faults(ImportKind.PRODUCTS, "product_id,price\np,%s\n", secret),
                faults(ImportKind.PRODUCTS, "product_id,currency\np,%s\n", secret),
                faults(ImportKind.COSTS, "day,channel,amount\n%s,email,1\n", secret),
                faults(ImportKind.COSTS, "day,channel,amount\n2026-01-01,email,%s\n", secret),
                faults(ImportKind.SURVEYS, "customer,time,score\nc,2026-01-01,%s\n", secret),
                faults(ImportKind.SURVEYS, "customer,time,score,measure\nc,2026-01-01,1,%s\n", secret),
                faults(ImportKind.CAMPAIGN_HISTORY, "customer,time,campaign,outcome\nc,2026-01-01,x,%s\n", secret),
                // What has no secret in it, but figures that may be somebody's.
                faults(ImportKind.ORDERS, "order_id,customer,time,quantity,unit_price\no,c,1901-02-03,1,1\n", "1901"),
                faults(ImportKind.ORDERS, "order_id,customer,time,quantity,unit_price\no,c,2901-02-03,1,1\n", "2901"),
                faults(
                        ImportKind.ORDERS,
                        "order_id,customer,time,quantity,unit_price\no,c,2026-01-01,1,-47.11\n",
                        "47.11"),
                faults(ImportKind.COSTS, "day,channel,amount\n2901-02-03,email,1\n", "2901"));
        assertThat(faulty).allSatisfy(words -> assertThat(words).isNotBlank());
        assertThat(EverythingStored.inPostgresql(jdbc)).doesNotContain(secret);
    }

    private String faults(ImportKind kind, String text, String secret) throws IOException {
        long id = start(kind, text.formatted(secret));
        assertThat(report(id).rejected()).as(text).isEqualTo(1);
        var one = imports.rejects(id, 0, 9).items().getFirst();
        assertThat(one.detail()).as("%s of %s", one.reason(), kind).doesNotContain(secret);
        return one.detail();
    }

    private List<String> names(long id) {
        return warehouse.query(
                Sql.of(
                        "select name, count(*) as n from events_now where import_id = ? and name is not null group by name order by name",
                        id),
                row -> row.text("name") + " " + row.longValue("n"));
    }

    private List<String> products() {
        return warehouse.query(
                Sql.of("select product_name, category, price, cost from products_now where product_id = ?", mark),
                row -> "%s %s %s %s"
                        .formatted(
                                row.text("product_name"),
                                row.text("category"),
                                row.decimal("price"),
                                row.decimal("cost")));
    }

    private String costs() {
        return warehouse
                .first(
                        Sql.of("select coalesce(sum(amount), 0) as amount from costs_now where campaign = ?", mark),
                        row -> row.decimal("amount").toPlainString())
                .orElseThrow();
    }

    private long start(ImportKind kind, String text) throws IOException {
        return start(ImportMapping.of(kind, Map.of()), text);
    }

    private long start(ImportMapping mapping, String text) throws IOException {
        var file = Files.writeString(folder.resolve("file.csv"), text);
        return imports.start(file, "file.csv", mapping, false, false).id();
    }

    private Imports.Report report(long id) {
        var done = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> imports.get(id), one -> one.state() != Imports.State.RUNNING);
        assertThat(done.state()).as("%s", done.failure()).isEqualTo(Imports.State.DONE);
        return Objects.requireNonNull(done.report());
    }
}
