package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code analyze clv} and {@code analyze rhythm} as others script them. */
class PurchaseAnalysesTest {
    private static final String CDNOW = "customer=sampleid,time=date,amount=sales";

    @TempDir
    Path folder;

    private Path cdnow;

    @BeforeEach
    void find() {
        cdnow = Path.of(System.getProperty("rekindle.root", ".."))
                .resolve("../shared/data/cdnow/cdnowElog.csv")
                .normalize();
    }

    private Ran cdnow(String analysis, String... more) {
        assumeTrue(Files.exists(cdnow), "skipped: " + cdnow + " is not there");
        return ran(analysis, cdnow, CDNOW, more);
    }

    private static Ran ran(String analysis, Path file, String map, String... more) {
        var arguments = new ArrayList<>(List.of(analysis, "--input", file.toString(), "--map", map, "--json"));
        arguments.addAll(Arrays.asList(more));
        return Ran.analyze(arguments.toArray(new String[0]));
    }

    private Path file(String rows) throws IOException {
        return Files.writeString(folder.resolve("purchases.csv"), "customer,time,amount\n" + rows);
    }

    private static Set<String> warnings(JsonNode json) {
        var codes = new HashSet<String>();
        for (var warning : json.path("card").path("warnings"))
            codes.add(warning.path("code").asString());
        return codes;
    }

    @ParameterizedTest
    @CsvSource({
        "bgnbd, r alpha a b, .2425945 4.4136019 .7929199 2.4258881, -9582.43",
        "paretonbd, r alpha s beta, .55315 10.57633 .60625 11.67150, -9594.98"
    })
    void cdnowGivesThePublishedModel(String name, String parameters, String published, double logLikelihood) {
        var json = cdnow("clv", "--until", "1997-09-30", "--horizon", "39w", "--model", name)
                .json();
        var names = parameters.split(" ");
        var values = published.split(" ");
        var model = json.path("model");
        assertThat(model.path("name").asString()).isEqualTo(name);
        for (int i = 0; i < names.length; i++) {
            assertThat(model.path("parameters").path(names[i]).asDouble())
                    .isCloseTo(Double.parseDouble(values[i]), withinPercentage(.1));
            assertThat(model.path("standardErrors").path(names[i]).asDouble()).isPositive();
        }
        assertThat(model.path("logLikelihood").asDouble()).isCloseTo(logLikelihood, within(.006));
        var spend = json.path("spend");
        assertThat(spend.path("p").asDouble()).isCloseTo(6.25, within(.005));
        assertThat(spend.path("q").asDouble()).isCloseTo(3.74, within(.005));
        assertThat(spend.path("gamma").asDouble()).isCloseTo(15.44, within(.005));
        assertThat(spend.path("logLikelihood").asDouble()).isCloseTo(-4055.9177, within(.0001));
        assertThat(json.path("holdout").path("customers").asInt()).isEqualTo(2357);
        // Counted in the file by hand: days with a purchase after the calibration, to the end of June 1998.
        assertThat(json.path("holdout").path("actual").asInt()).isEqualTo(1882);
        assertThat(json.path("rows").size()).isEqualTo(2357);
        assertThat(warnings(json)).isEmpty();
    }

    @Test
    void everyRowOfCdnowHasTheColumnsOthersScript() throws IOException {
        var output = folder.resolve("clv.csv");
        var json = cdnow("clv", "--until", "1997-09-30", "--horizon", "39w", "--output", output.toString())
                .json();
        var lines = Files.readAllLines(output);
        assertThat(lines.getFirst())
                .isEqualTo("customer,frequency,recency,age,expectedPurchases,pAlive,expectedSpend,value");
        assertThat(lines).hasSize(1 + json.path("outputRows").asInt());
        var first = lines.get(1).split(",");
        assertThat(first[0]).isEqualTo("1");
        assertThat(first[1]).isEqualTo("2");
        assertThat(Double.parseDouble(first[4])).isCloseTo(1.226, within(.0005));
        assertThat(Double.parseDouble(first[5])).isCloseTo(.7266, within(.00005));
        assertThat(Double.parseDouble(first[7]))
                .isCloseTo(Double.parseDouble(first[4]) * Double.parseDouble(first[6]), within(1e-9));
    }

    @Test
    void discountAndMarginLowerTheValueAndNothingElse() {
        var plain = cdnow("clv", "--horizon", "1y").json();
        var discounted = cdnow("clv", "--horizon", "1y", "--discount", "0.1", "--margin", "0.5")
                .json();
        var before = plain.path("rows").get(5);
        var after = discounted.path("rows").get(5);
        assertThat(after.path("expectedPurchases")).isEqualTo(before.path("expectedPurchases"));
        assertThat(after.path("value").asDouble())
                .isLessThan(before.path("value").asDouble() / 2)
                .isGreaterThan(before.path("value").asDouble() / 2 / 1.1);
        assertThat(plain.path("holdout").isNull()).isTrue();
    }

    @Test
    void rhythmTellsTheNextDayAndTheStageOfEveryCustomer() {
        var json = cdnow("rhythm", "--until", "1997-12-31", "--horizon", "8w").json();
        assertThat(json.path("rows").size()).isEqualTo(2357);
        for (var row : json.path("rows")) {
            var next = row.path("nextPurchase").asString();
            assertThat(row.path("nextFrom").asString()).isLessThanOrEqualTo(next);
            if (!row.path("nextTo").isNull())
                assertThat(next).isLessThanOrEqualTo(row.path("nextTo").asString());
            assertThat(next).isGreaterThanOrEqualTo("1997-12-31");
            assertThat(row.path("lateness").asDouble()).isBetween(0.0, 1.0);
            assertThat(row.path("pPurchase").asDouble())
                    .isLessThanOrEqualTo(row.path("pActive").asDouble());
        }
        int staged = 0;
        for (var stage : json.path("stages")) staged += stage.path("customers").asInt();
        assertThat(staged).isEqualTo(2357);
        assertThat(json.path("holdout").path("auc").asDouble()).isGreaterThan(.5);
        double predicted = json.path("holdout").path("predicted").asDouble();
        assertThat(json.path("holdout").path("actual").asDouble() / predicted).isBetween(.7, 1.4);
    }

    @Test
    void aNextPurchaseThatIsNotToBeExpectedIsNoDay() throws IOException {
        // Some buy daily, some every other year: whoever bought once may be slower than all.
        var rows = new StringBuilder();
        for (int c = 0; c < 5; c++) rows.append("new%d,2025-12-2%d,10\n".formatted(c, c));
        int[] gaps = {1, 3, 10, 40, 150, 500};
        for (int c = 0; c < 80; c++)
            for (int k = 0; k < 5; k++) {
                var day = LocalDate.of(2020, 1, 1 + c % 7).plusDays((long) k * gaps[c % gaps.length]);
                if (day.isBefore(LocalDate.of(2026, 1, 1))) rows.append("c%d,%s,10\n".formatted(c, day));
            }
        var file = file(rows.toString());
        var page = folder.resolve("rhythm.html");
        var output = folder.resolve("rhythm.csv");
        var told = Ran.analyze("rhythm", "--input", file.toString(), "--coverage", "0.999", "--chart", page.toString());
        assertThat(told.out()).contains(" never ").doesNotContain("9999-12-31");
        assertThat(Files.readString(page)).contains(">never<").doesNotContain("9999-12-31");
        var json = Ran.analyze("rhythm", "--input", file.toString(), "--coverage", "0.999", "--json")
                .json();
        assertThat(json.path("rows").get(0).path("nextTo").isNull()).isTrue();
        Ran.analyze("rhythm", "--input", file.toString(), "--coverage", "0.999", "--output", output.toString());
        assertThat(Files.readAllLines(output).get(1)).contains(",,").doesNotContain("9999-12-31", "never");
    }

    @Test
    void refundsAreTakenOffAndRowsThatLackSomethingAreCounted() throws IOException {
        var rows = new StringBuilder();
        for (int c = 0; c < 60; c++)
            for (int k = 0; k <= c % 4; k++)
                rows.append("c%d,2026-0%d-%02d,%d\n".formatted(c, 1 + k, 1 + c % 27, 20 + c % 9));
        rows.append("c3,2026-05-01,-23\n,2026-02-02,5\nc4,,5\nc5,2026-02-02,\nstranger,2026-02-02,-5\n");
        var json = ran("clv", file(rows.toString()), "amount=amount", "--horizon", "30d", "--unit", "day")
                .json();
        assertThat(warnings(json)).contains("refunds", "rows_left_out");
        assertThat(json.path("card").path("data").get(0).path("leftOut").toString())
                .contains("without a customer", "without a time", "without an amount");
        // c3 bought four times; the last one was sent back.
        for (var row : json.path("rows"))
            if (row.path("customer").asString().equals("c3"))
                assertThat(row.path("frequency").asInt()).isEqualTo(2);
        assertThat(json.path("rows").toString()).doesNotContain("stranger");
    }

    @Test
    void fewCustomersGetARegularisedFitThatSaysSo() throws IOException {
        var one = ran("clv", file("a,2026-01-01,5\na,2026-02-01,7\n"), "amount=amount", "--horizon", "30d");
        assertThat(one.code()).isZero();
        assertThat(warnings(one.json())).contains("few_repeat_buyers", "regularised");
        assertThat(one.json().path("model").path("prior").asString()).startsWith("ln r ~ Normal(");
        assertThat(one.json().path("rows").get(0).path("expectedPurchases").asDouble())
                .isPositive();
        var rhythm = ran("rhythm", file("a,2026-01-01,5\na,2026-02-01,7\n"), "amount=amount");
        assertThat(rhythm.code()).isZero();
        assertThat(warnings(rhythm.json())).contains("few_repeat_buyers");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a,2026-01-01,5;b,2026-02-01,7           | --horizon=4w                      | no customer of 2 bought again; a BG/NBD model needs repeat purchases: observe longer
                    a,2026-01-01,NaN                        | --horizon=4w                      | purchases.csv, row 2, column amount: 'NaN' is not a number
                    a,2026-01-01,5;a,2026-02-01,1e308       | --horizon=4w                      | purchases.csv, row 3, column amount: '1e308' is too large a number; 1.0E60 is the largest
                    a,2026-01-01,1d                         | --horizon=4w                      | purchases.csv, row 2, column amount: '1d' is not a number
                    a,0026-01-01,5                          | --horizon=4w                      | purchases.csv, row 2, column time: '0026-01-01' is no time between 1900 and 2199 of the form 2026-03-01, 2026-03-01T08:30:00 or 20260301
                    a,2026-02-30,5                          | --horizon=4w                      | purchases.csv, row 2, column time: '2026-02-30' is no time between 1900 and 2199 of the form 2026-03-01, 2026-03-01T08:30:00 or 20260301
                    a,2026-01-01,5;a,2026-02-01,5           | --horizon=soon                    | --horizon 'soon' is no length of time; write 39w, 90d, 12m or 1y
                    a,2026-01-01,5;a,2026-02-01,5           | --horizon=4w --until=2025-01-01   | nobody had bought by --until 2025-01-01: the rows go from 2026-01-01 to 2026-02-01
                    a,2026-01-01,5;a,2026-02-01,-5          | --horizon=4w                      | every purchase was refunded; there is nothing to learn from
                    """)
    void whatCannotBeAnsweredIsToldInOneLine(String rows, String options, String told) throws IOException {
        var ran = ran("clv", file(rows.replace(';', '\n') + "\n"), "amount=amount", options.split(" "));
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.failure()).isEqualTo("rekindle: " + told);
    }

    @Test
    void timesAreReadInTheFormThatIsNamed() throws IOException {
        var rows = new StringBuilder();
        for (int c = 0; c < 50; c++)
            for (int k = 0; k <= c % 3; k++)
                rows.append("c%d,%d/%d/2026 9:0%d,5\n".formatted(c, 1 + k, 1 + c % 28, c % 10));
        var file = file(rows.toString());
        var java = ran("clv", file, "amount=amount", "--horizon", "4w", "--time-format", "M/d/yyyy H:mm")
                .json();
        var strptime = ran("clv", file, "amount=amount", "--horizon", "4w", "--time-format", "%m/%d/%Y %H:%M")
                .json();
        assertThat(java.path("until").asString()).isEqualTo("2026-03-27");
        assertThat(strptime.path("rows")).isEqualTo(java.path("rows"));
    }
}
