package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

/** {@code analyze allocate} on files. */
class AllocateAnalysisTest {
    @TempDir
    Path folder;

    private Ran allocate(Path file, String... more) {
        var arguments = new ArrayList<>(List.of("allocate", "--input", file.toString()));
        arguments.addAll(List.of(more));
        return Ran.analyze(arguments.toArray(new String[0]));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "actions", ".csv"), text);
    }

    /** Budget 10: 7 for 6 and 4 for 4 earn 11; by ratio 7 for 6 and 5.5 for 5 come first, which do not fit. */
    @Test
    void theBudgetGoesWhereItEarnsMostAndItsPriceIsTold() throws IOException {
        var ran = allocate(
                file("who,value,cost\nann,7,6\nbob,4,4\ncy,9,10\ncy,5.5,5\n"),
                "--map",
                "customer=who",
                "--budget",
                "10",
                "--json");
        // The second row of cy is the same action again: the most valuable counts.
        assertThat(ran.json().path("profit").asDouble()).isEqualTo(11);
        assertThat(ran.json().path("optimal").asBoolean()).isTrue();
        assertThat(ran.json().path("card").toString()).contains("further rows of the same action");
        var offers = allocate(
                file("customer,offer,value,cost\nann,a,7,6\nbob,a,4,4\ncy,a,9,10\ncy,b,5.5,5\n"), "--budget", "10");
        assertThat(offers.out())
                .contains("2 actions for 2 of 3 customers, chosen of 4: expected incremental profit 11.00, cost 10.00")
                .contains("no other choice can be expected to earn more")
                .contains("budget: 10 of 10 used; one more euro of budget earns 1.10");
    }

    private static List<String> market(int customers) {
        var random = new SplittableRandom(5);
        var lines = new ArrayList<String>();
        for (int c = 0; c < customers; c++)
            for (var offer : List.of("10%", "20%"))
                for (var channel : List.of("mail", "sms"))
                    for (var slot : List.of("am", "pm"))
                        lines.add("c%d,%s,%s,%s,%.4f,%.3f"
                                .formatted(
                                        c,
                                        offer,
                                        channel,
                                        slot,
                                        random.nextDouble() * 3 - .3,
                                        .05 + random.nextDouble()));
        return lines;
    }

    private Path write(List<String> lines) throws IOException {
        return file("customer,offer,channel,slot,value,cost\n" + String.join("\n", lines) + "\n");
    }

    @Test
    void everyLimitIsKeptAndTheOrderOfRowsChangesNothing() throws IOException {
        var lines = market(400);
        String[] limits = {
            "--budget",
            "60",
            "--channel-capacity",
            "sms=50,mail=150",
            "--offer-capacity",
            "20%=40",
            "--slot-capacity",
            "pm=90",
            "--offer-budget",
            "10%=45",
            "--per-customer",
            "2",
            "--apart",
            "channel",
            "--json"
        };
        var one = allocate(write(lines), limits).json();
        int sms = 0;
        int pm = 0;
        double cost = 0;
        double value = 0;
        for (var row : one.path("rows")) {
            if (row.path("channel").asString().equals("sms")) sms++;
            if (row.path("slot").asString().equals("pm")) pm++;
            cost += row.path("cost").asDouble();
            value += row.path("value").asDouble();
        }
        assertThat(sms).isLessThanOrEqualTo(50);
        assertThat(pm).isLessThanOrEqualTo(90);
        assertThat(cost).isLessThanOrEqualTo(60 + 1e-9);
        assertThat(value).isCloseTo(one.path("profit").asDouble(), within(1e-9));
        assertThat(one.path("gap").asDouble()).isLessThan(.005);
        assertThat(one.path("limits").size()).isEqualTo(6);
        assertThat(one.path("profit").asDouble())
                .isGreaterThan(one.path("baselines").path(0).path("profit").asDouble());

        var shuffled = new ArrayList<>(lines);
        Collections.shuffle(shuffled, new Random(3));
        shuffled.addAll(lines.subList(0, 100));
        var other = allocate(write(shuffled), limits).json();
        assertThat(other.path("rows")).isEqualTo(one.path("rows"));
        assertThat(other.path("limits")).isEqualTo(one.path("limits"));
    }

    @Test
    void whatIsDrawnByLotIsMarkedWithItsProbability() throws IOException {
        var file = write(market(2_000));
        String[] options = {"--budget", "300", "--explore", "0.1", "--seed", "7", "--json"};
        var ran = allocate(file, options).json();
        int drawn = 0;
        for (var row : ran.path("rows")) {
            if (row.path("explored").asInt() == 1) drawn++;
            assertThat(row.path("probability").asDouble()).isBetween(1e-4, 1.0);
        }
        assertThat(drawn)
                .isPositive()
                .isEqualTo(ran.path("exploration").path("actions").asInt());
        assertThat(allocate(file, options).json()).isEqualTo(ran);
    }

    @Test
    void thePageShowsProfitByBudgetAndTheRowsGoToAFile() throws IOException {
        var page = folder.resolve("allocate.html");
        var out = folder.resolve("chosen.csv");
        var ran = allocate(
                write(market(200)),
                "--budget",
                "30",
                "--channel-capacity",
                "sms=20",
                "--deduct-cost",
                "--currency",
                "yuan",
                "--chart",
                page.toString(),
                "--output",
                out.toString());
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("one more yuan of budget earns");
        assertThat(Files.readString(page))
                .contains("What each budget would earn", "How much of each limit is used", "Chosen by channel");
        assertThat(Files.readAllLines(out).getFirst())
                .isEqualTo("customer,offer,channel,slot,value,cost,surplus,probability,explored");
    }

    @Test
    void aCustomersOwnLimitIsKept() throws IOException {
        var ran = allocate(
                file("customer,offer,value,most\nann,a,7,0\nann,b,6,0\nbob,a,4,\nbob,b,3,\nbob,c,2,\n"),
                "--per-customer",
                "2",
                "--json");
        assertThat(ran.json().path("profit").asDouble()).isEqualTo(7);
        assertThat(ran.json().path("card").toString()).contains("no_limits");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            customer,value\\na,1                  | --budget 5                 | budgets need the cost of each action; say so with --map cost=COLUMN
            customer,cost                        | --budget 5                 | which column of
            customer,value,cost\\na,1,-2          | --budget 5                 | row 2: a cost of -2; it must be at least 0
            customer,value,cost\\na,x,2           | --budget 5                 | column value: 'x' is not a number
            customer,value,cost\\na,NaN,2         | --budget 5                 | column value: 'NaN' is not a number
            customer,value,cost\\n,1,2            | --budget 5                 | has a customer and a value
            customer,value,cost                  | --budget 5                 | has column names and no rows
            customer,value,cost\\na,1,2           | --budget -5                | --budget -5 must be at least 0
            customer,value,cost\\na,1,2           | --channel-capacity sms=5   | no action has the channel 'sms'; there are none: say which column holds it with --map channel=COLUMN
            customer,value,channel\\na,1,mail     | --channel-capacity sms=5   | no action has the channel 'sms'; there are mail
            customer,value\\na,1                  | --per-customer 0           | --per-customer 0 must be at least 1
            customer,value\\na,1                  | --explore 1                | --explore 1.0 must lie from 0 to below 1
            customer,value\\na,1                  | --per-customer 2 --apart slot | --apart slot needs the column that holds it
            customer,value,most\\na,1,-1          | --per-customer 2           | row 2: at most -1 actions for a customer
            """)
    void whatCannotBeIsToldInOneLine(String content, String options, String told) throws IOException {
        var ran = allocate(file(content.replace("\\n", "\n") + "\n"), options.split(" "));
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.failure()).startsWith("rekindle: ").contains(told);
        assertThat(ran.err()).doesNotContain("Exception");
    }

    /** A hundred customers, each as good for every offer: the channel's capacity holds the profit back, the budget does not. */
    @Test
    void theLimitThatDoesNotBindHasNoPrice() throws IOException {
        var csv = new StringBuilder("customer,value,cost,offer,channel\n");
        for (int i = 0; i < 300; i++) csv.append("c%d,1,1,o%d,m\n".formatted(i / 3, i % 3));
        var limits = allocate(file(csv.toString()), "--budget", "50", "--channel-capacity", "m=30", "--json")
                .json()
                .path("limits");
        assertThat(limits.get(0).path("price").asDouble()).isZero();
        assertThat(limits.get(0).path("words").asString()).isEqualTo("more of it would earn nothing");
        assertThat(limits.get(1).path("price").asDouble()).isCloseTo(1, within(1e-9));
        // However small what one more would earn: a limit that is used up has its price.
        var tiny = allocate(
                        file("customer,value,cost,offer\na,1000,1,x\nb,1e-3,1,y\nc,1e-3,1,y\n"),
                        "--offer-capacity",
                        "y=1",
                        "--json")
                .json()
                .path("limits");
        assertThat(tiny.get(0).path("price").asDouble()).isCloseTo(1e-3, within(1e-6));
    }

    @Test
    void nothingWorthSendingIsAWarning() throws IOException {
        var ran = allocate(file("customer,value,cost\na,-1,2\n"), "--budget", "5", "--json");
        assertThat(ran.json().path("rows").size()).isZero();
        assertThat(ran.json().path("card").toString()).contains("no_value", "nothing_chosen");
        var small = allocate(file("customer,value,cost\na,1,2\n"), "--budget", "1", "--json");
        assertThat(small.json().path("card").toString()).contains("nothing_chosen");
    }
}
