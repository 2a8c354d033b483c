package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class RecommendAnalysisTest {
    @TempDir
    Path folder;

    @Test
    void onTheRealShopBothKindsAreReportedBesidePopularity() {
        var ran = Ran.analyze(
                "recommend",
                "--input",
                SharedFile.of("online_retail/online_retail_to_2011-08.csv.gz").toString(),
                "--map",
                "customer=CustomerID,item=StockCode,time=InvoiceDate,amount=Quantity",
                "--k",
                "10",
                "--output",
                folder.resolve("rows.csv").toString(),
                "--json");
        assertThat(ran.code()).isZero();
        assertThat(ran.json().path("k").asInt()).isEqualTo(10);
        var evaluation = ran.json().path("evaluation");
        assertThat(evaluation.path("split").asString()).isEqualTo("time");
        for (var kind : List.of("newItems", "repurchase")) {
            var methods = evaluation.path(kind).path("methods");
            assertThat(methods.path(0).path("method").asString()).isEqualTo("popularity");
            var hybrid = methods.path(methods.size() - 1);
            assertThat(hybrid.path("method").asString()).isEqualTo("hybrid");
            assertThat(hybrid.path("ratioToPopularity").asDouble()).isGreaterThan(1.5);
        }
        assertThat(ran.json().path("outputRows").asInt())
                .isEqualTo(10 * ran.json().path("customers").asInt());
        assertThat(warnings(ran)).contains("rows_left_out", "refunds");
    }

    /** Tastes a and b: customers of even numbers buy a's items, of odd ones b's; everybody buys bread each time. */
    private Path shop(boolean times) throws IOException {
        var random = new SplittableRandom(1);
        var lines = new ArrayList<String>();
        for (int c = 0; c < 120; c++)
            for (int visit = 0; visit < 4; visit++) {
                lines.add(row(c, "bread", visit, times));
                for (int n = 0; n < 2; n++)
                    lines.add(row(c, (c % 2 == 0 ? "a" : "b") + random.nextInt(12), visit, times));
            }
        Collections.shuffle(lines, new Random(5));
        lines.addFirst(times ? "customer,item,time" : "customer,item");
        return Files.write(folder.resolve(times ? "shop.csv" : "untimed.csv"), lines);
    }

    private static String row(int customer, String item, int visit, boolean times) {
        return "c%d,%s".formatted(customer, item)
                + (times ? ",2026-0%d-0%d".formatted(1 + visit, 1 + customer % 9) : "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hybrid", "item-item", "als", "ease", "repurchase", "popularity"})
    void everyMethodGivesEveryCustomerTheirItemsInOrder(String method) throws IOException {
        var ran = Ran.analyze(
                "recommend",
                "--input",
                shop(true).toString(),
                "--k",
                "3",
                "--method",
                method,
                "--exclude-seen",
                "false",
                "--json");
        assertThat(ran.err()).doesNotContain("rekindle:");
        var rows = ran.json().path("rows");
        assertThat(rows.size()).isEqualTo(360);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.path(i).path("rank").asInt()).isEqualTo(1 + i % 3);
            if (i % 3 > 0)
                assertThat(rows.path(i).path("score").asDouble())
                        .isLessThanOrEqualTo(rows.path(i - 1).path("score").asDouble());
        }
        if (List.of("hybrid", "repurchase", "popularity").contains(method))
            assertThat(rows.path(0).path("item").asString()).isEqualTo("bread");
    }

    @Test
    void whatWasSeenIsLeftOutUnlessAskedForAndTastesAreKept() throws IOException {
        var file = shop(true);
        var page = folder.resolve("page.html");
        var ran =
                Ran.analyze("recommend", "--input", file.toString(), "--k", "2", "--json", "--chart", page.toString());
        var rows = ran.json().path("rows");
        int own = 0;
        for (var row : rows) {
            assertThat(row.path("item").asString()).isNotEqualTo("bread");
            boolean even = Integer.parseInt(row.path("customer").asString().substring(1)) % 2 == 0;
            if (row.path("item").asString().startsWith(even ? "a" : "b")) own++;
        }
        assertThat(own).isEqualTo(rows.size());
        assertThat(ran.json().path("parts").size()).isEqualTo(2);
        assertThat(Files.readString(page))
                .contains("How well new items are found", "How well whatever comes next is found");
        assertThat(Ran.analyze("recommend", "--input", file.toString(), "--k", "2", "--json")
                        .json()
                        .path("rows"))
                .isEqualTo(rows);
    }

    /** Item a99 was never bought and c998 never bought; what they are is known. b-items are sold out. */
    @Test
    void whatIsNewIsKnownByWhatItIsAndWhatIsSoldOutIsLeftOut() throws IOException {
        var items = new ArrayList<>(List.of("item,range,sold,label"));
        for (int i = 0; i < 12; i++) items.add("a%d,alpha,yes,a thing %d".formatted(i, i));
        for (int i = 0; i < 12; i++) items.add("b%d,beta,no,another %d".formatted(i, i));
        items.add("a99,alpha,yes,a thing 99");
        items.add("a99,beta,no,twice");
        var customers = new ArrayList<>(List.of("customer,town"));
        for (int c = 0; c < 120; c++) customers.add("c%d,%s".formatted(c, c % 2 == 0 ? "Ayr" : "Bath"));
        customers.add("c998,Ayr");
        var ran = Ran.analyze(
                "recommend",
                "--input",
                shop(true).toString(),
                "--items",
                Files.write(folder.resolve("items.csv"), items).toString(),
                "--available",
                "sold",
                "--customers",
                Files.write(folder.resolve("customers.csv"), customers).toString(),
                "--k",
                "5",
                "--json");
        assertThat(ran.err()).doesNotContain("rekindle:");
        var rows = ran.json().path("rows");
        assertThat(rows.size()).isEqualTo(121 * 5);
        int freshOffered = 0;
        for (var row : rows) {
            assertThat(row.path("item").asString()).startsWith("a");
            if (row.path("item").asString().equals("a99")) freshOffered++;
        }
        assertThat(freshOffered).isPositive();
        assertThat(warnings(ran)).contains("described_twice", "availability_unknown");
        assertThat(ran.json().path("card").path("data").size()).isEqualTo(3);
        assertThat(ran.json()
                        .path("evaluation")
                        .path("newItems")
                        .path("methods")
                        .toString())
                .contains("hybrid+described");
        assertThat(Ran.analyze("recommend", "--input", shop(true).toString(), "--available", "sold")
                        .failure())
                .contains("--available names a column of --items");
        assertThat(Ran.analyze(
                                "recommend",
                                "--input",
                                shop(true).toString(),
                                "--items",
                                folder.resolve("customers.csv").toString())
                        .failure())
                .contains("customers.csv has no column item that says whose each row is; it has customer, town");
        assertThat(Ran.analyze(
                                "recommend",
                                "--input",
                                shop(true).toString(),
                                "--items",
                                folder.resolve("items.csv").toString(),
                                "--available",
                                "label")
                        .failure())
                .contains("items.csv, column label: 'a thing 0' is neither true nor false");
    }

    @Test
    void withoutTimesPurchasesAreKeptBackByChance() throws IOException {
        var ran = Ran.analyze("recommend", "--input", shop(false).toString(), "--json");
        assertThat(ran.json().path("evaluation").path("split").asString()).isEqualTo("random");
        assertThat(ran.json()
                        .path("evaluation")
                        .path("newItems")
                        .path("methods")
                        .size())
                .isEqualTo(3);
        assertThat(Ran.analyze("recommend", "--input", shop(false).toString(), "--split", "time")
                        .failure())
                .contains(".csv: --split time needs time; say so with --map time=COLUMN; its columns are ");
        assertThat(Ran.analyze("recommend", "--input", shop(false).toString(), "--method", "repurchase")
                        .failure())
                .contains("--method repurchase needs time");
    }

    @Test
    void theOrderOfRowsChangesNothing() throws IOException {
        var lines = Files.readAllLines(shop(true));
        var rows = new ArrayList<>(lines.subList(1, lines.size()));
        Collections.shuffle(rows, new Random(8));
        rows.addFirst(lines.getFirst());
        var one = Ran.analyze("recommend", "--input", folder.resolve("shop.csv").toString(), "--json");
        var other = Ran.analyze(
                "recommend",
                "--input",
                Files.write(folder.resolve("other.csv"), rows).toString(),
                "--json");
        assertThat(other.json().path("rows")).isEqualTo(one.json().path("rows"));
        assertThat(other.json().path("evaluation")).isEqualTo(one.json().path("evaluation"));
    }

    @Test
    void oneCustomerOneItemAndNothingButRefundsAreToldSensibly() throws IOException {
        var one = Ran.analyze(
                "recommend", "--input", file("customer,item,time\na,x,2026-01-01\na,y,2026-01-02\n"), "--json");
        assertThat(one.code()).isZero();
        assertThat(one.json().path("rows").size()).isZero();
        assertThat(warnings(one)).contains("one_customer", "fewer_than_asked");
        var item = Ran.analyze(
                "recommend", "--input", file("customer,item\na,x\nb,x\n"), "--exclude-seen", "false", "--json");
        assertThat(item.json().path("rows").size()).isEqualTo(2);
        assertThat(warnings(item)).contains("one_item", "few_customers", "not_evaluated");
        assertThat(Ran.analyze("recommend", "--input", file("customer,item,amount\na,x,-1\n"))
                        .failure())
                .isEqualTo("rekindle: every purchase was refunded; there is nothing to learn from");
        var gaps = Ran.analyze("recommend", "--input", file("customer,item\na,x\n,y\nb,\nb,x\nb,y\n"), "--json");
        assertThat(gaps.json().path("card").path("data").path(0).path("used").asInt())
                .isEqualTo(3);
        assertThat(warnings(gaps)).contains("rows_left_out");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --k 0             | --k 0 must be at least 1
                    --method magic    | there is no method 'magic'; there are hybrid, item-item, als, ease, repurchase, popularity
                    --similarity near | there is no similarity 'near'; there are cosine, jaccard, lift
                    --split half      | there is no split 'half'; there are time and random
                    --holdout 1       | --holdout 1.0 must lie between 0 and 1
                    --evaluate -1     | --evaluate -1 must be at least 0
                    --half-life often | --half-life 'often' is no length of time; write 39w, 90d, 12m or 1y
                    --map item=what   | data.csv has no column 'what'; it has customer, item
                    """)
    void wrongQuestionsAreToldInOneLine(String options, String told) throws IOException {
        var arguments = new ArrayList<>(List.of("recommend", "--input", file("customer,item\na,x\nb,x\n")));
        arguments.addAll(List.of(options.split(" ")));
        var ran = Ran.analyze(arguments.toArray(new String[0]));
        assertThat(ran.code()).isNotZero();
        assertThat(ran.failure()).isEqualTo("rekindle: " + told);
    }

    @Test
    void wrongFilesAreToldInOneLine() throws IOException {
        assertThat(Ran.analyze("recommend", "--input", file("")).failure()).contains("is empty");
        assertThat(Ran.analyze("recommend", "--input", file("customer,item\n,x\n"))
                        .failure())
                .isEqualTo("rekindle: no row of data.csv has a customer and an item");
        assertThat(Ran.analyze("recommend", "--input", file("customer,sku\na,x\n"))
                        .failure())
                .contains("which column of data.csv holds item?");
        assertThat(Ran.analyze("recommend", "--input", file("customer,item,time\na,x,2400-01-01\n"))
                        .failure())
                .contains("row 2, column time: '2400-01-01' is no time");
        assertThat(Ran.analyze("recommend", "--input", file("customer,item,amount\na,x,NaN\n"))
                        .failure())
                .contains("row 2, column amount: 'NaN' is not a number");
    }

    private String file(String content) throws IOException {
        return Files.writeString(folder.resolve("data.csv"), content).toString();
    }

    private static List<String> warnings(Ran ran) {
        var codes = new ArrayList<String>();
        for (JsonNode warning : ran.json().path("card").path("warnings"))
            codes.add(warning.path("code").asString());
        return codes;
    }
}
