package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code analyze uplift} on files. */
class UpliftAnalysisTest {
    @TempDir
    Path folder;

    @Test
    void theWomensMailOfHillstromIsRankedWithACardGroupsAndPictures() throws IOException {
        var out = folder.resolve("uplift.csv");
        var page = folder.resolve("uplift.html");
        var ran = Ran.analyze(
                "uplift",
                "--train",
                SharedFile.of("hillstrom/hillstrom.csv").toString(),
                "--treatment",
                "segment",
                "--treated",
                "Womens E-Mail",
                "--control",
                "No E-Mail",
                "--outcome",
                "visit",
                "--ignore",
                "conversion,spend",
                "--learners",
                "t,dr",
                "--bases",
                "linear",
                "--output",
                out.toString(),
                "--chart",
                page.toString(),
                "--json");
        var json = ran.json();
        assertThat(ran.code()).isZero();
        assertThat(json.path("treatedRows").asInt()).isEqualTo(21_387);
        assertThat(json.path("controlRows").asInt()).isEqualTo(21_306);
        assertThat(json.path("averageEffect").asDouble()).isCloseTo(.04523, within(.003));
        assertThat(json.path("qini").asDouble()).isGreaterThanOrEqualTo(.058);
        assertThat(json.path("permutation").path("rankable").asBoolean()).isTrue();
        assertThat(json.path("permutation").path("draws").size()).isBetween(1, 5);
        assertThat(json.path("deciles").size()).isEqualTo(10);
        assertThat(json.path("policies").size()).isEqualTo(11);
        assertThat(json.path("groups").size()).isEqualTo(4);
        assertThat(json.path("card").path("data").path(0).path("leftOut").toString())
                .contains("rows of neither arm", "21307");
        var rows = Files.readAllLines(out);
        assertThat(rows).hasSize(64_001);
        assertThat(rows.getFirst()).isEqualTo("row,uplift,group");
        assertThat(rows.get(1)).matches("1,.*,(persuadable|sure thing|lost cause|sleeping dog)");
        assertThat(Files.readString(page))
                .contains(
                        "Qini curve", "Effect predicted and measured, by tenths", "What treating the top share brings");
    }

    @Test
    void whereNothingRanksEverybodyGetsTheAverageAndTheReason() throws IOException {
        var ran = run(Files.writeString(folder.resolve("same.csv"), simulated(600, false)), "--json");
        var json = ran.json();
        assertThat(json.path("permutation").path("rankable").asBoolean()).isFalse();
        assertThat(json.path("permutation").path("customersNeeded").asDouble()).isPositive();
        assertThat(json.path("card").path("warnings").toString()).contains("nothing_to_rank", "takes about");
        var first = json.path("rows").path(0);
        assertThat(first.path("group").asString()).isEqualTo("not ranked");
        assertThat(first.path("uplift").asDouble())
                .isEqualTo(json.path("rows").path(599).path("uplift").asDouble());
        assertThat(run(folder.resolve("same.csv")).out()).contains("nothing to rank");
    }

    @Test
    void customersToScoreAreRanked() throws IOException {
        var train = Files.writeString(folder.resolve("train.csv"), simulated(2_000, true));
        var score = Files.writeString(folder.resolve("score.csv"), "age,city\n80,north\n20,south\n,west\n");
        var rows = run(train, "--score", score.toString(), "--json").json().path("rows");
        assertThat(rows.size()).isEqualTo(3);
        assertThat(rows.path(0).path("uplift").asDouble())
                .isGreaterThan(rows.path(1).path("uplift").asDouble() + .2);
        assertThat(rows.path(0).path("group").asString()).isEqualTo("persuadable");
    }

    @Test
    void whatCannotBeLearntFromIsToldInOneLine() throws IOException {
        var train = Files.writeString(folder.resolve("train.csv"), simulated(100, true));
        assertThat(run(train, "--treated", "maybe").failure())
                .isEqualTo("rekindle: column arm of train.csv never is 'maybe'; it is none, mail");
        assertThat(run(train, "--treated", "none").failure()).contains("--treated and --control are both 'none'");
        assertThat(run(train, "--outcome", "city").failure()).contains("is not a number");
        assertThat(run(train, "--outcome", "nothing").failure()).contains("has no column 'nothing'");
        assertThat(run(train, "--ignore", "age,city").failure()).contains("no column left to learn from");
        assertThat(run(train, "--probability-column", "age").failure()).contains("a probability of treatment of");
        var single = Files.writeString(
                folder.resolve("single.csv"), "age,city,arm,bought\n3,north,mail,1\n4,north,none,0\n");
        assertThat(run(single).failure()).contains("at least 10 of each kind");
        assertThat(run(train, "--outcome", "city", "--positive", "north", "--ignore", "bought")
                        .code())
                .isZero();
    }

    /**
     * One column of two values: the uplift is .4 where it is 1 and none where it is 0. However the rows are sorted, the upper
     * five tenths show the one, the lower five the other, and the policies are worth the same.
     */
    @Test
    void tenthsAndPoliciesOfATiedRankingAreTrueHoweverTheRowsAreSorted() throws IOException {
        var random = new SplittableRandom(8);
        var lines = new ArrayList<String>();
        for (int i = 0; i < 4_000; i++) {
            boolean treated = random.nextBoolean();
            boolean bought = random.nextDouble() < .3 + (i % 2 == 1 && treated ? .4 : 0);
            lines.add("%d,%s,%d,%d".formatted(i % 2, treated ? "mail" : "none", bought ? 1 : 0, random.nextInt(5)));
        }
        var orders = List.<Comparator<String>>of(
                Comparator.comparing(String::isEmpty),
                Comparator.naturalOrder(),
                Comparator.comparing((String line) -> line.substring(2)).reversed());
        var told = new ArrayList<JsonNode>();
        for (var order : orders) {
            var sorted = lines.stream().sorted(order).toList();
            var file = Files.writeString(
                    folder.resolve("tied.csv"), "x,arm,bought,fold\n" + String.join("\n", sorted) + "\n");
            told.add(run(file, "--fold-column", "fold", "--learners", "t", "--bases", "linear", "--json")
                    .json());
        }
        for (var one : told) {
            for (var part : List.of("deciles", "policies", "upliftAt")) {
                var expected = numbers(told.getFirst().path(part));
                assertThat(numbers(one.path(part))).as(part).hasSameSizeAs(expected);
                for (int i = 0; i < expected.size(); i++)
                    assertThat(numbers(one.path(part)).get(i)).as(part).isCloseTo(expected.get(i), within(1e-9));
            }
            for (int g = 0; g < 10; g++) {
                var decile = one.path("deciles").path(g);
                // Of 400 customers, 200 an arm, at worst: four standard errors.
                assertThat(decile.path("uplift").asDouble()).isCloseTo(g < 5 ? .4 : 0, within(.19));
                assertThat(decile.path("treated").asInt()).isBetween(160, 240);
            }
            assertThat(one.path("upliftAt").path(0).path("uplift").asDouble()).isCloseTo(.4, within(.19));
        }
    }

    /** Of a list of records. */
    private static List<Double> numbers(JsonNode records) {
        var numbers = new ArrayList<Double>();
        for (var one : records) for (var value : one) numbers.add(value.asDouble());
        return numbers;
    }

    @Test
    void rowsWithoutAnOutcomeAreLeftOutAndSaidSo() throws IOException {
        var lines = simulated(400, true).lines().toList();
        var text = new StringBuilder(lines.getFirst()).append('\n');
        for (int i = 1; i < lines.size(); i++)
            text.append(i <= 40 ? lines.get(i).replaceAll("[01]$", "") : lines.get(i))
                    .append('\n');
        var json = run(Files.writeString(folder.resolve("gaps.csv"), text), "--json")
                .json();
        assertThat(json.path("trainingRows").asInt()).isEqualTo(360);
        assertThat(json.path("rows").size()).isEqualTo(400);
        assertThat(json.path("card").path("data").path(0).path("leftOut").toString())
                .contains("rows without an outcome", "40");
    }

    @Test
    void anOutcomeThatIsNoNumberOneArmOrOneOutcomeOnlyIsToldInOneLine() throws IOException {
        for (var wrong : List.of("NaN", "Infinity", "-inf", "many")) {
            var file = Files.writeString(
                    folder.resolve("wrong.csv"), simulated(60, true) + "44,north,mail," + wrong + "\n");
            assertThat(run(file).failure()).as(wrong).contains("'" + wrong + "'", "is not a number");
        }
        var oneArm =
                Files.writeString(folder.resolve("arm.csv"), simulated(60, true).replaceAll("none,[01]", "none,"));
        assertThat(run(oneArm).failure()).contains("all were treated; both kinds are needed");
        var oneOutcome = Files.writeString(
                folder.resolve("outcome.csv"), simulated(60, true).replaceAll(",[01]\n", ",1\n"));
        assertThat(run(oneOutcome).failure()).contains("every outcome is 1.0; nothing can be learnt from it");
        assertThat(run(folder.resolve("outcome.csv"), "--draws", "0").failure()).contains("0 draws of folds");
    }

    private static Ran run(Path train, String... more) {
        var arguments = new ArrayList<>(List.of("uplift", "--train", train.toString(), "--treatment", "arm"));
        var given = List.of(more);
        if (!given.contains("--treated")) arguments.addAll(List.of("--treated", "mail"));
        arguments.addAll(List.of("--control", "none"));
        if (!given.contains("--outcome")) arguments.addAll(List.of("--outcome", "bought"));
        arguments.addAll(List.of("--learners", "t,dr", "--bases", "linear"));
        arguments.addAll(given);
        return Ran.analyze(arguments.toArray(new String[0]));
    }

    /** The older, the more the mail changes; or the same for all. */
    private static String simulated(int n, boolean differing) {
        var random = new SplittableRandom(3);
        var text = new StringBuilder("age,city,arm,bought\n");
        for (int i = 0; i < n; i++) {
            int age = 18 + random.nextInt(70);
            boolean mail = random.nextBoolean();
            double chance = .3 + (mail ? differing ? (age - 40) / 80.0 : .1 : 0);
            text.append(age)
                    .append(random.nextBoolean() ? ",north," : ",south,")
                    .append(mail ? "mail," : "none,")
                    .append(random.nextDouble() < chance ? 1 : 0)
                    .append('\n');
        }
        return text.toString();
    }
}
