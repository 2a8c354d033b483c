package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentAnalysisTest {
    @TempDir
    Path folder;

    @Test
    void theGatesOfCookieCatsAreTheReferences() {
        var ran = Ran.analyze(
                "experiment",
                "--input",
                SharedFile.of("cookie_cats/cookie_cats.csv").toString(),
                "--arm",
                "version",
                "--control",
                "gate_40",
                "--metric",
                "retention_7",
                "--json");
        var it = ran.json().path("comparisons").path(0);
        assertThat(it.path("kind").asString()).isEqualTo("proportion");
        assertThat(it.path("controlCustomers").asLong()).isEqualTo(45_489);
        assertThat(it.path("customers").asLong()).isEqualTo(44_700);
        assertThat(it.path("value").asDouble()).isCloseTo(.190201, within(.5e-6));
        assertThat(it.path("controlValue").asDouble()).isCloseTo(.182, within(.5e-6));
        assertThat(it.path("difference").path("p").asDouble()).isCloseTo(.001554, within(.5e-6));
        assertThat(ran.json().path("sampleRatio").path("p").asDouble()).isCloseTo(.008608, within(.5e-6));
        assertThat(it.path("posterior").path("chanceToBeat").asDouble()).isBetween(.999, 1.0);
    }

    @Test
    void womensMailInHillstromsTestIsTheReference() {
        var ran = Ran.analyze(
                "experiment",
                "--input",
                SharedFile.of("hillstrom/hillstrom.csv").toString(),
                "--arm",
                "segment",
                "--control",
                "No E-Mail",
                "--metric",
                "spend,visit",
                "--covariate",
                "history",
                "--json");
        assertThat(ran.json().path("sampleRatio").path("p").asDouble()).isCloseTo(.903693, within(.5e-6));
        var comparisons = ran.json().path("comparisons");
        assertThat(comparisons.size()).isEqualTo(4);
        for (var it : comparisons)
            if (it.path("arm").asString().equals("Womens E-Mail")) {
                double p = it.path("difference").path("p").asDouble();
                double estimate = it.path("difference").path("estimate").asDouble();
                if (it.path("metric").asString().equals("spend")) {
                    assertThat(estimate).isCloseTo(.424412, within(.5e-6));
                    assertThat(p).isCloseTo(.00112940, within(.5e-8));
                } else assertThat(estimate).isCloseTo(.04523, within(.5e-5));
                assertThat(it.path("adjusted").path("varianceKept").asDouble()).isBetween(.9, 1.0);
            }
    }

    @Test
    void withFewBuyersACovariateOfNoiseMakesNothingSignificant() throws IOException {
        var random = new SplittableRandom(8);
        var rows = new ArrayList<String>(List.of("arm,y,x,received"));
        for (int i = 0; i < 3_000; i++) {
            boolean control = i < 300;
            boolean buys = control ? i < 5 : i < 300 + 108;
            rows.add("%s,%s,%s,%d"
                    .formatted(
                            control ? "c" : "t",
                            buys ? 10 + 20 * random.nextDouble() : 0,
                            random.nextDouble(),
                            control ? 0 : 1));
        }
        var file = Files.write(folder.resolve("few.csv"), rows);
        var ran = Ran.analyze(
                "experiment",
                "--input",
                file.toString(),
                "--arm",
                "arm",
                "--control",
                "c",
                "--metric",
                "y",
                "--covariate",
                "x",
                "--received",
                "received",
                "--json");
        var it = ran.json().path("comparisons").path(0);
        assertThat(it.path("difference").path("p").asDouble()).isBetween(.05, .2);
        for (var other : List.of("adjusted", "compliers", "posterior", "relative"))
            assertThat(it.path(other).isNull() || it.path(other).isMissingNode())
                    .as(other)
                    .isTrue();
        assertThat(ran.json().path("card").path("warnings").toString()).contains("few_amounts");
    }

    @Test
    void everyWayToLookAtAnExperimentIsThere() throws IOException {
        var file = experiment();
        var page = folder.resolve("page.html");
        var ran = Ran.analyze(
                "experiment",
                "--input",
                file.toString(),
                "--arm",
                "arm",
                "--control",
                "a",
                "--metric",
                "spend",
                "--covariate",
                "before",
                "--received",
                "got",
                "--sequential",
                "--json",
                "--chart",
                page.toString());
        var it = ran.json().path("comparisons").path(0);
        assertThat(ran.json().path("look").asString()).isEqualTo("anytime");
        // Spend is 5 + before + noise, one more for whom the mail reached: 0.6 of the treated.
        assertThat(it.path("difference").path("estimate").asDouble()).isCloseTo(.6, within(.3));
        assertThat(it.path("adjusted").path("theta").asDouble()).isCloseTo(1, within(.1));
        assertThat(it.path("adjusted").path("varianceKept").asDouble()).isCloseTo(.5, within(.15));
        assertThat(it.path("compliers").path("complierShare").asDouble()).isCloseTo(.6, within(.05));
        assertThat(it.path("compliers").path("effect").path("estimate").asDouble())
                .isCloseTo(1, within(.4));
        assertThat(Files.readString(page)).contains("always valid interval", "<path");
        var ratio = Ran.analyze(
                "experiment",
                "--input",
                file.toString(),
                "--arm",
                "arm",
                "--control",
                "a",
                "--metric",
                "spend",
                "--per",
                "orders",
                "--winsorise",
                "0.99",
                "--json");
        assertThat(ratio.json().path("comparisons").path(0).path("kind").asString())
                .isEqualTo("ratio");
        assertThat(ratio.json().path("cappedAt").asDouble()).isGreaterThan(5);
        assertThat(ratio.json().path("card").path("warnings").toString()).contains("outcomes_capped");
    }

    private Path experiment() throws IOException {
        var random = new SplittableRandom(3);
        List<String> lines = new ArrayList<>(List.of("arm,spend,before,got,orders"));
        for (int i = 0; i < 2000; i++) {
            boolean treated = i % 2 == 1;
            double before = random.nextGaussian();
            boolean got = treated && random.nextDouble() < .6;
            lines.add("%s,%s,%s,%d,%d"
                    .formatted(
                            treated ? "b" : "a",
                            5 + before + random.nextGaussian() + (got ? 1 : 0),
                            before,
                            got ? 1 : 0,
                            1 + random.nextInt(3)));
        }
        return Files.write(folder.resolve("experiment.csv"), lines);
    }

    @Test
    void whatCannotBeComparedIsToldInOneLine() throws IOException {
        var one = file("arm,y\na,1\na,2\n");
        assertThat(failure(one, "a"))
                .isEqualTo("rekindle: data.csv: every row has 'a' in column arm; a comparison needs a second arm");
        var two = file("arm,y\na,1\nb,2\n");
        assertThat(failure(two, "c")).isEqualTo("rekindle: data.csv: no row has 'c' in column arm; there are a, b");
        assertThat(failure(file("arm,y\na,1\nb,much\n"), "a"))
                .isEqualTo("rekindle: data.csv, row 3, column y: 'much' is neither a number nor true or false");
        assertThat(failure(file("arm,y\na,NaN\nb,1\n"), "a")).contains("row 2, column y: 'NaN' is neither");
        assertThat(failure(file(""), "a")).contains("is empty");
        assertThat(failure(file("group,y\na,1\n"), "a")).contains("has no column 'arm'");
        assertThat(Ran.analyze("experiment", "--input", two.toString(), "--arm", "arm", "--control", "a")
                        .code())
                .isNotZero();
    }

    @Test
    void whatCannotBeToldIsAResultWithAWarning() throws IOException {
        var still = new StringBuilder("arm,y,x\n");
        for (int i = 0; i < 200; i++) still.append(i % 2 == 0 ? "a,7,1\n" : "b,7,1\n");
        var ran = Ran.analyze(
                "experiment",
                "--input",
                file(still.toString()).toString(),
                "--arm",
                "arm",
                "--control",
                "a",
                "--metric",
                "y",
                "--covariate",
                "x",
                "--json");
        assertThat(ran.code()).isZero();
        assertThat(ran.json()
                        .path("comparisons")
                        .path(0)
                        .path("notMeasurable")
                        .path("reason")
                        .asString())
                .isEqualTo("no_variation");
        assertThat(ran.json().path("card").path("warnings").toString()).contains("not_measurable", "covariate_useless");
        var uneven = new StringBuilder("arm,y\n");
        for (int i = 0; i < 400; i++)
            uneven.append(i % 4 == 0 ? "a," : "b,").append(i % 7 - 2).append('\n');
        uneven.append("a,\n");
        var warned = Ran.analyze(
                        "experiment",
                        "--input",
                        file(uneven.toString()).toString(),
                        "--arm",
                        "arm",
                        "--control",
                        "a",
                        "--metric",
                        "y",
                        "--json")
                .json();
        assertThat(warned.path("card").path("warnings").toString())
                .contains("sample_ratio_mismatch", "negative_outcomes", "outcomes_missing");
        assertThat(warned.path("sampleRatio").path("mismatch").asBoolean()).isTrue();
    }

    private String failure(Path file, String control) {
        var ran = Ran.analyze(
                "experiment", "--input", file.toString(), "--arm", "arm", "--control", control, "--metric", "y");
        assertThat(ran.code()).isEqualTo(1);
        return ran.failure();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("data.csv"), text);
    }

    @Test
    void aCapThatLevelsEveryOutcomeAndReceiptsThatAreMissingAreTold() throws IOException {
        var text = new StringBuilder("arm,spend,got\n");
        for (int i = 0; i < 200; i++)
            text.append(i % 2 == 0 ? "a," : "b,")
                    .append(i < 3 ? 20 + i : 0)
                    .append(i == 7 ? ",\n" : i % 2 == 0 ? ",0\n" : ",1\n");
        var file = Files.writeString(folder.resolve("rare.csv"), text);
        var arguments = List.of(
                "experiment", "--input", file.toString(), "--arm", "arm", "--control", "a", "--metric", "spend");
        var levelled = new ArrayList<>(arguments);
        levelled.addAll(List.of("--winsorise", "0.9"));
        assertThat(Ran.analyze(levelled.toArray(new String[0])).failure())
                .contains("--winsorise 0.9 caps every outcome of spend at 0", "choose a higher quantile");
        var received = new ArrayList<>(arguments);
        received.addAll(List.of("--received", "got", "--sequential", "--json"));
        var json = Ran.analyze(received.toArray(new String[0])).json();
        assertThat(json.path("card").path("warnings").toString())
                .contains("receipt_missing", "of 1 customer it is not told");
        var comparison = json.path("comparisons").path(0);
        // Always valid like the headline: the same p.
        assertThat(comparison.path("compliers").path("effect").path("p").asDouble())
                .isEqualTo(comparison.path("difference").path("p").asDouble());
    }
}
