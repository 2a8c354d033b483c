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

/** {@code analyze propensity} on files. */
class PropensityAnalysisTest {
    @TempDir
    Path folder;

    @Test
    void churnOfTheTelcoIsPredictedWithACardReasonsAndPictures() throws IOException {
        var out = folder.resolve("churn.csv");
        var page = folder.resolve("churn.html");
        var telco = SharedFile.of("telco_churn/telco.csv");
        // The reference's folds: the row's place, from 0, mod 5.
        var lines = Files.readAllLines(telco);
        var folded = new StringBuilder(lines.getFirst()).append(",fold\n");
        for (int i = 1; i < lines.size(); i++)
            folded.append(lines.get(i)).append(',').append((i - 1) % 5).append('\n');
        var file = Files.writeString(folder.resolve("telco.csv"), folded);
        var ran = Ran.analyze(
                "propensity",
                "--train",
                file.toString(),
                "--label",
                "Churn",
                "--positive",
                "Yes",
                "--ignore",
                "customerID",
                "--fold-column",
                "fold",
                "--output",
                out.toString(),
                "--chart",
                page.toString(),
                "--json");
        var json = ran.json();
        assertThat(ran.code()).isZero();
        assertThat(json.path("trainingRows").asInt()).isEqualTo(7043);
        assertThat(json.path("positives").asInt()).isEqualTo(1869);
        assertThat(json.path("outOfFold").path("meanFoldAuc").asDouble()).isGreaterThanOrEqualTo(.847);
        assertThat(json.path("outOfFold").path("meanFoldLogLoss").asDouble()).isLessThanOrEqualTo(.413);
        assertThat(json.path("outOfFold").path("calibrationSlope").asDouble()).isBetween(.9, 1.1);
        assertThat(json.path("baseline").path("logLoss").asDouble()).isCloseTo(.5786, within(.0001));
        assertThat(json.path("candidates").size()).isEqualTo(3);
        assertThat(json.path("outputRows").asInt()).isEqualTo(7043);
        var rows = Files.readAllLines(out);
        assertThat(rows.getFirst()).isEqualTo("row,probability,reason1,reason2,reason3");
        assertThat(rows.get(1)).startsWith("1,0.").contains(" = ");
        assertThat(Files.readString(page)).contains("Calibration", "Predicted and actual, by tenths", "What counts");
    }

    @Test
    void customersToScoreGetTheirProbabilityInTheirOrder() throws IOException {
        var train = Files.writeString(folder.resolve("train.csv"), simulated(300, true));
        var score = Files.writeString(folder.resolve("score.csv"), """
                extra,plan,spent,joined
                x,gold,900,2026-03-01
                y,basic,,2026-03-02
                z,platinum,1,
                """);
        var ran = run(train, "--score", score.toString(), "--json");
        assertThat(ran.err()).doesNotContain("Exception");
        var rows = ran.json().path("rows");
        assertThat(rows.size()).isEqualTo(3);
        assertThat(rows.path(0).path("probability").asDouble())
                .isGreaterThan(rows.path(1).path("probability").asDouble());
    }

    @Test
    void sortingTheFileChangesNoProbability() throws IOException {
        var text = simulated(200, true);
        var lines = text.lines().toList();
        var sorted = new StringBuilder(lines.getFirst()).append('\n');
        for (int i = lines.size() - 1; i > 0; i--) sorted.append(lines.get(i)).append('\n');
        var one = folder.resolve("one.csv");
        var other = folder.resolve("other.csv");
        run(Files.writeString(folder.resolve("a.csv"), text), "--output", one.toString());
        run(Files.writeString(folder.resolve("b.csv"), sorted.toString()), "--output", other.toString());
        // Equal rows may change places.
        assertThat(withoutPlaces(other)).containsExactlyInAnyOrderElementsOf(withoutPlaces(one));
    }

    private static List<String> withoutPlaces(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.substring(line.indexOf(',')))
                .toList();
    }

    /**
     * One column of two values and folds by name: all rows of a value and fold have one probability. Sorted by what
     * happened, by folds backwards or not at all, the card is the same, and each tenth has the rate of its value.
     */
    @Test
    void probabilitiesThatTieAndFoldsThatAreGivenDoNotHangOnTheOrderOfTheRows() throws IOException {
        var random = new SplittableRandom(11);
        var lines = new ArrayList<String>();
        for (int i = 0; i < 1200; i++)
            lines.add("%s,%s,%s"
                    .formatted(
                            i % 2 == 0 ? "a" : "b",
                            random.nextDouble() < (i % 2 == 0 ? .3 : .6) ? "yes" : "no",
                            List.of("2", "10", "1", "9").get(random.nextInt(4))));
        var orders = List.<Comparator<String>>of(
                Comparator.comparing(String::isEmpty),
                Comparator.comparing((String line) -> line.split(",")[1]),
                Comparator.comparing((String line) -> line.split(",")[1]).reversed(),
                Comparator.comparing((String line) -> line.split(",")[2]).reversed());
        var told = new ArrayList<JsonNode>();
        for (var order : orders) {
            var sorted = lines.stream().sorted(order).toList();
            var file =
                    Files.writeString(folder.resolve("tied.csv"), "g,left,fold\n" + String.join("\n", sorted) + "\n");
            told.add(run(file, "--fold-column", "fold", "--json").json().path("outOfFold"));
        }
        for (var one : told) {
            for (var figure : List.of("auc", "logLoss", "brier", "calibrationError", "calibrationSlope", "prAuc"))
                assertThat(one.path(figure).asDouble())
                        .as(figure)
                        .isCloseTo(told.getFirst().path(figure).asDouble(), within(1e-9));
            for (int g = 0; g < 10; g++) {
                double actual = one.path("deciles").path(g).path("actual").asDouble();
                assertThat(actual)
                        .isCloseTo(
                                told.getFirst()
                                        .path("deciles")
                                        .path(g)
                                        .path("actual")
                                        .asDouble(),
                                within(1e-9));
                // Of 120 to 150 rows a fold and value: within four standard errors.
                assertThat(actual).isCloseTo(g < 5 ? .3 : .6, within(.18));
            }
        }
    }

    @Test
    void whatCannotBeLearntFromIsToldInOneLine() throws IOException {
        var train = Files.writeString(folder.resolve("train.csv"), simulated(60, true));
        assertThat(Ran.analyze("propensity", "--train", train.toString(), "--label", "left", "--positive", "maybe")
                        .failure())
                .isEqualTo("rekindle: column left of train.csv never is 'maybe'; it is no, yes");
        assertThat(Ran.analyze("propensity", "--train", train.toString(), "--label", "gone", "--positive", "yes")
                        .failure())
                .contains("has no column 'gone'");
        assertThat(run(train, "--ignore", "plan,spent,joined").failure()).contains("no column left to learn from");
        assertThat(run(train, "--ignore", "nothing").failure()).contains("has no column 'nothing'");
        var lacking = Files.writeString(folder.resolve("lacking.csv"), "plan,spent\ngold,3\n");
        assertThat(run(train, "--score", lacking.toString()).failure())
                .contains("lacking.csv lacks joined, which the model learnt from");
        var empty = Files.writeString(folder.resolve("empty.csv"), "");
        assertThat(run(empty).failure()).contains("is empty");
        var bare = Files.writeString(folder.resolve("bare.csv"), "plan,spent,joined,left\n");
        assertThat(run(bare).failure()).contains("no rows");
        var single = Files.writeString(folder.resolve("single.csv"), "plan,spent,joined,left\ngold,3,2026-01-01,yes\n");
        assertThat(run(single).failure()).contains("of 1 rows all are positive; rows of both kinds are needed");
        assertThat(run(train, "--folds", "1").failure()).contains("1 folds");
    }

    @Test
    void oddColumnsAreWarnedOf() throws IOException {
        var lines = simulated(200, true).lines().toList();
        var odd = new StringBuilder(lines.getFirst()).append(",code,same,weight\n");
        for (int i = 1; i <= 200; i++)
            odd.append(lines.get(i))
                    .append(",c")
                    .append(i)
                    .append(",1,")
                    .append(i == 9 ? "heavy" : "" + -i / 3.0)
                    .append('\n');
        var ran = run(Files.writeString(folder.resolve("odd.csv"), odd), "--json");
        assertThat(ran.json().path("card").path("warnings").toString())
                .contains("column_identifier", "column_constant", "values_unreadable", "'heavy'");
    }

    private static Ran run(Path train, String... more) {
        var arguments = new ArrayList<>(
                List.of("propensity", "--train", train.toString(), "--label", "left", "--positive", "yes"));
        arguments.addAll(List.of(more));
        return Ran.analyze(arguments.toArray(new String[0]));
    }

    private static String simulated(int n, boolean labelled) {
        var random = new SplittableRandom(5);
        var text = new StringBuilder("plan,spent,joined").append(labelled ? ",left\n" : "\n");
        for (int i = 0; i < n; i++) {
            boolean gold = random.nextBoolean();
            int spent = random.nextInt(1000);
            text.append(gold ? "gold," : "basic,")
                    .append(random.nextInt(9) == 0 ? "" : "" + spent)
                    .append(",2026-0%d-1%d".formatted(1 + random.nextInt(9), random.nextInt(10)));
            if (labelled) text.append(random.nextDouble() < (gold ? .5 : .15) + spent / 3000.0 ? ",yes" : ",no");
            text.append('\n');
        }
        return text.toString();
    }
}
