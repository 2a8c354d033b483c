package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code analyze power}, {@code attribution} and {@code basket} on files. */
class StatisticsAnalysesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({".10,.11,14744.10", ".05,.055,31217.42", ".02,.025,13767.95"})
    void powersCustomersAreTheReferences(double baseline, double treated, double customers) {
        var ran = Ran.analyze(
                "power", "--baseline", "" + baseline, "--relative", "" + (treated / baseline - 1), "--json");
        assertThat(ran.json().path("controlCustomersExact").asDouble()).isCloseTo(customers, within(.005));
        assertThat(ran.json().path("controlCustomers").asLong()).isEqualTo((long) Math.ceil(customers));
        assertThat(ran.json().path("rows").size()).isEqualTo(60);
    }

    @Test
    void powerTellsWhatTheCustomersThereAreCanSee() throws IOException {
        var page = folder.resolve("power.html");
        var ran = Ran.analyze(
                "power",
                "--baseline",
                "20",
                "--deviation",
                "40",
                "--customers",
                "10000",
                "--lift",
                "2",
                "--correlation",
                "0.6",
                "--json",
                "--chart",
                page.toString());
        // 0.8 × 40 = 32 left by the covariate; 2 / (32 · √(2/5000)) = 3.125 standard errors, Φ(3.125 − 1.96) = .878.
        assertThat(ran.json().path("powerWithCustomers").asDouble()).isCloseTo(.878, within(.0005));
        assertThat(ran.json().path("minimumDetectable").asDouble())
                .isCloseTo(2.8016 * 32 * Math.sqrt(2 / 5000.0), within(.0005));
        assertThat(Files.readString(page))
                .contains("How surely the change is found", "The smallest rise that is found");
        assertThat(Ran.analyze("power", "--baseline", ".1").failure()).contains("say what is to be seen");
        assertThat(Ran.analyze("power", "--baseline", "1.5", "--lift", ".1").failure())
                .startsWith("rekindle: --baseline 1.5 is no conversion rate");
    }

    @Test
    void theRemovalEffectsOfThePublicPathsAreTheReferences() throws IOException {
        var page = folder.resolve("attribution.html");
        var ran = Ran.analyze(
                "attribution",
                "--input",
                SharedFile.of("attribution/PathData.csv").toString(),
                "--map",
                "conversions=total_conversions,value=total_conversion_value,nulls=total_null",
                "--json",
                "--chart",
                page.toString());
        assertThat(ran.json().path("conversionRate").asDouble()).isCloseTo(.223845, within(.5e-6));
        assertThat(share(ran, "markov", "alpha")).isCloseTo(.27015, within(.5e-5));
        assertThat(share(ran, "markov", "mi")).isCloseTo(.00009, within(.5e-5));
        assertThat(share(ran, "first", "alpha")).isCloseTo(.31883, within(.5e-5));
        assertThat(share(ran, "last", "alpha")).isCloseTo(.42694, within(.5e-5));
        assertThat(ran.json().path("rows").size()).isEqualTo(8 * 12);
        assertThat(Files.readString(page)).contains("Credit by model", "shapleyMarkov");
    }

    @Test
    void moreChannelsThanCanBeComparedAreRefusedAtOnce() throws IOException {
        var file = folder.resolve("urls.csv");
        var lines = new StringBuilder("path,conversions,nulls\n");
        for (int n = 0; n < 2_001; n++) lines.append("url").append(n).append(",1,2\n");
        Files.writeString(file, lines);
        assertThat(Ran.analyze("attribution", "--input", file.toString()).failure())
                .contains("urls.csv has 2,001 different channels", "--separator");
    }

    private static double share(Ran ran, String model, String channel) {
        for (var part : ran.json().path("models").path(model))
            if (part.path("channel").asString().equals(channel))
                return part.path("share").asDouble();
        throw new AssertionError(model + " has no " + channel);
    }

    /** The same three paths, once as paths and once as the contacts they are made of. */
    @Test
    void contactsMakeTheSamePaths() throws IOException {
        var paths = Files.writeString(
                folder.resolve("paths.csv"),
                "path,conversions,value,nulls\nmail > web,1,30,0\nweb,1,20,0\nmail,0,0,1\n");
        var contacts = Files.writeString(folder.resolve("contacts.csv"), """
                who,when,channel,bought,paid
                1,2026-01-03,,1,30
                1,2026-01-01,mail,,
                1,2026-01-02,web,,
                2,2026-01-05,web,1,20
                2,2026-01-09,mail,,
                """);
        var one = Ran.analyze("attribution", "--input", paths.toString(), "--half-life", "3", "--json");
        var other = Ran.analyze(
                "attribution",
                "--input",
                contacts.toString(),
                "--map",
                "customer=who,time=when,conversion=bought,value=paid",
                "--half-life",
                "3",
                "--json");
        for (var model : new String[] {"first", "last", "linear", "timeDecay", "position", "markov", "shapley"})
            assertThat(other.json().path("models").path(model))
                    .as(model)
                    .isEqualTo(one.json().path("models").path(model));
    }

    /**
     * u1 read the mail at 2 o'clock UTC and bought through the advertisement at 5, u2 likewise within one second, u3 read
     * the mail only. The clocks as written say otherwise.
     */
    @Test
    void contactsFollowEachOtherByTheMomentAndNotByTheClockAsWritten() throws IOException {
        var lines = List.of(
                "u1,2024-01-01T10:00:00+08:00,email,0",
                "u1,2024-01-01T05:00:00Z,ads,1",
                "u2,2024-10-27T02:30:00.900+01:00,ads,1",
                "u2,2024-10-27T02:30:00.100+01:00,zine,0",
                "u2,2024-10-27T02:40:00+02:00,email,0",
                "u3,2024-01-01T05:00:00Z,email,0");
        for (var order : List.of(lines, lines.reversed())) {
            var file = Files.writeString(
                    folder.resolve("touch.csv"),
                    "customer,time,channel,conversion\n" + String.join("\n", order) + "\n");
            var json = Ran.analyze("attribution", "--input", file.toString(), "--json")
                    .json();
            assertThat(json.path("conversions").asDouble()).isEqualTo(2);
            assertThat(json.path("nulls").asDouble()).isEqualTo(1);
            assertThat(json.path("models").path("first").toString())
                    .contains("{\"channel\":\"email\",\"conversions\":2.0");
            assertThat(json.path("models").path("last").toString())
                    .contains("{\"channel\":\"ads\",\"conversions\":2.0");
            assertThat(json.path("card").path("warnings").toString()).doesNotContain("offsets_mixed");
        }
        var mixed = Files.writeString(
                folder.resolve("mixed.csv"),
                "customer,time,channel,conversion\n" + String.join("\n", lines).replace("05:00:00Z", "05:00:00")
                        + "\n");
        assertThat(Ran.analyze("attribution", "--input", mixed.toString(), "--json")
                        .json()
                        .path("card")
                        .path("warnings")
                        .toString())
                .contains("offsets_mixed", "4 times tell their offset", "2 such as '2024-01-01T05:00:00' do not");
    }

    /** Bread at 2 o'clock UTC, milk at 5; basket 3 is claimed by two customers and counts for the first by name. */
    @Test
    void basketsFollowEachOtherByTheMoment() throws IOException {
        var lines = List.of(
                "1,bread,u1,2024-01-01T10:00:00+08:00",
                "2,milk,u1,2024-01-01T05:00:00Z",
                "3,wine,u9,2024-01-01T06:00:00Z",
                "3,wine,u1,2024-01-01T06:00:00Z");
        for (var order : List.of(lines, lines.reversed())) {
            var file = Files.writeString(
                    folder.resolve("baskets.csv"), "basket,item,customer,time\n" + String.join("\n", order) + "\n");
            var json = Ran.analyze(
                            "basket",
                            "--input",
                            file.toString(),
                            "--next",
                            "--min-support",
                            "0.01",
                            "--min-confidence",
                            "0.01",
                            "--json")
                    .json();
            assertThat(json.path("rows").toString())
                    .contains("\"antecedent\":\"bread\",\"consequent\":\"milk\"")
                    .contains("\"antecedent\":\"milk\",\"consequent\":\"wine\"")
                    .doesNotContain("\"antecedent\":\"milk\",\"consequent\":\"bread\"");
            assertThat(json.path("card").path("warnings").toString())
                    .contains("1 basket names several customers; the first by name counts");
        }
    }

    @Test
    void pathsThatCannotBeAreToldInOneLine() throws IOException {
        var negative = Files.writeString(folder.resolve("negative.csv"), "path,conversions\na > b,1\nb,-2\n");
        assertThat(Ran.analyze("attribution", "--input", negative.toString()).failure())
                .startsWith("rekindle: negative.csv, row 3: conversions of -2");
        var other = Files.writeString(folder.resolve("other.csv"), "x,y\n1,2\n");
        assertThat(Ran.analyze("attribution", "--input", other.toString()).failure())
                .contains("which columns hold the paths?", "its columns are ");
        assertThat(Ran.analyze("attribution", "--input", negative.toString(), "--map", "path=path,nulls=y")
                        .failure())
                .contains("has no column 'y'");
    }

    @ParameterizedTest
    @CsvSource({".001,.5,5668", ".001,.8,410", ".006,.25,463", ".01,.5,15"})
    void theGroceriesRulesAreTheReferences(String support, String confidence, int rules) throws IOException {
        var out = folder.resolve("rules.csv");
        var page = folder.resolve("rules.html");
        var ran = Ran.analyze(
                "basket",
                "--input",
                SharedFile.of("groceries/groceries_long.csv").toString(),
                "--map",
                "basket=tid",
                "--min-support",
                support,
                "--min-confidence",
                confidence,
                "--output",
                out.toString(),
                "--chart",
                page.toString(),
                "--json");
        assertThat(ran.json().path("rules").asInt()).isEqualTo(rules);
        var lines = Files.readAllLines(out);
        assertThat(lines).hasSize(rules + 1);
        assertThat(lines.getFirst()).isEqualTo("antecedent,consequent,support,confidence,lift,conviction,count");
        if (rules == 5668)
            assertThat(lines.get(1))
                    .startsWith("Instant food products + soda,hamburger meat,")
                    .contains(",18.99565");
        assertThat(Files.readString(page)).contains("<marker", "<circle");
    }

    /** "a + b" is an item; so is "a", and so is "b". */
    @Test
    void itemsThatLookLikeSeveralCanBeToldFromSeveral() throws IOException {
        var csv = new StringBuilder("basket,item\n");
        for (int i = 0; i < 20; i++) {
            csv.append("%d,a\n%d,b\n%d,c\n".formatted(i, i, i));
            csv.append("x%d,a + b\nx%d,c\n".formatted(i, i));
            csv.append("y%d,5\"\"\" pipe\ny%d,c\n"
                    .replace("5\"\"\" pipe", "\"5\"\" pipe\"")
                    .formatted(i, i));
        }
        var file = Files.writeString(folder.resolve("plus.csv"), csv);
        var antecedents = new ArrayList<String>();
        for (var row : Ran.analyze("basket", "--input", file.toString(), "--json")
                .json()
                .path("rows"))
            if (row.path("consequent").asString().equals("c"))
                antecedents.add(row.path("antecedent").asString());
        assertThat(antecedents)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrder("a", "b", "a + b", "\"a + b\"", "\"5\"\" pipe\"");
    }

    @Test
    void whatIsBoughtNextIsFoundFromCustomersBaskets() throws IOException {
        var file = Files.writeString(folder.resolve("sales.csv"), """
                basket,item,customer,time
                1,pot,ann,2026-01-01
                2,soil,ann,2026-02-01
                3,pot,bob,2026-01-05
                3,seeds,bob,2026-01-05
                4,soil,bob,2026-01-20
                5,seeds,cy,2026-01-01
                6,pot,cy,2026-01-02
                """);
        var ran = Ran.analyze(
                "basket",
                "--input",
                file.toString(),
                "--next",
                "--min-support",
                ".5",
                "--min-confidence",
                ".5",
                "--json");
        assertThat(ran.json().path("transitions").asInt()).isEqualTo(3);
        var pair = ran.json().path("rows").path(0);
        assertThat(ran.json().path("rows").size()).isEqualTo(1);
        assertThat(pair.path("antecedent").asString()).isEqualTo("pot");
        assertThat(pair.path("consequent").asString()).isEqualTo("soil");
        assertThat(pair.path("lift").asDouble()).isCloseTo(1.5, within(1e-12));
        assertThat(Ran.analyze("basket", "--input", file.toString(), "--map", "item=wares")
                        .failure())
                .contains("has no column 'wares'");
        assertThat(Ran.analyze("basket", "--input", file.toString(), "--min-support", "0")
                        .failure())
                .isEqualTo("rekindle: a least support of 0.0; it lies above 0 and at most 1");
        var bare = Files.writeString(folder.resolve("bare.csv"), "basket,item\n1,a\n2,b\n");
        var warned = Ran.analyze("basket", "--input", bare.toString(), "--json").json();
        assertThat(warned.path("card").path("warnings").toString()).contains("single_items", "no_rules");
    }
}
