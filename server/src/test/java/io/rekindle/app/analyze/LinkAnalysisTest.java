package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code analyze link} on files. */
class LinkAnalysisTest {
    @TempDir
    Path folder;

    @Test
    void thePersonsOfAPublicTableAreFound() throws IOException {
        var clusters = folder.resolve("clusters.csv");
        var page = folder.resolve("link.html");
        var ran = Ran.analyze(
                "link",
                "--input",
                SharedFile.of("rldata/RLdata500.csv").toString(),
                "--id",
                "row",
                "--ignore",
                "identity",
                "--clusters",
                clusters.toString(),
                "--json",
                "--chart",
                page.toString());
        assertThat(ran.code()).isZero();
        var json = ran.json();
        assertThat(json.path("records").asInt()).isEqualTo(500);
        assertThat(json.path("persons").asInt()).isBetween(448, 453);
        assertThat(json.path("columns").toString())
                .contains("\"by-bm-bd\",\"kind\":\"date\"", "\"fname_c1\",\"kind\":\"given_name\"");
        assertThat(json.path("blocking").path("estimatedRecall").asDouble()).isEqualTo(1);
        assertThat(json.path("weights")
                        .get(0)
                        .path("levels")
                        .get(0)
                        .path("bits")
                        .asDouble())
                .isGreaterThan(3);
        Map<String, String> truth = new HashMap<>();
        for (var line : Files.readAllLines(SharedFile.of("rldata/RLdata500.csv"))) {
            var cells = line.split(",", -1);
            truth.put(cells[7], cells[8]);
        }
        int right = 0;
        for (var row : json.path("rows"))
            if (truth.getOrDefault(row.path("left").asString(), "?")
                    .equals(truth.get(row.path("right").asString()))) right++;
        assertThat(2.0 * right / (json.path("rows").size() + 50)).isGreaterThanOrEqualTo(.97);
        assertThat(Files.readAllLines(clusters)).hasSize(501).first().isEqualTo("cluster,id");
        assertThat(Files.readString(page)).contains("What each column says", "Records of a person");
    }

    @Test
    void whatWasLearntIsKeptAndJudgesWithoutLearning() throws IOException {
        var kept = folder.resolve("people.model");
        var input = SharedFile.of("rldata/RLdata500.csv").toString();
        var learnt = Ran.analyze(
                "link",
                "--input",
                input,
                "--id",
                "row",
                "--ignore",
                "identity",
                "--save-model",
                kept.toString(),
                "--json");
        assertThat(learnt.code()).isZero();
        assertThat(Files.readString(kept)).startsWith("rekindle-linkage\t2\n").doesNotContain("CARSTEN");
        var judged = Ran.analyze("link", "--input", input, "--id", "row", "--model", kept.toString(), "--json");
        assertThat(judged.json().path("rows")).isEqualTo(learnt.json().path("rows"));
        assertThat(judged.json().path("weights")).isEqualTo(learnt.json().path("weights"));
        // Another file has not the columns, and a table of people is no model.
        assertThat(Ran.analyze("link", "--input", people().toString(), "--id", "id", "--model", kept.toString())
                        .failure())
                .contains("the model compares", "fname_c1");
        assertThat(Ran.analyze("link", "--input", input, "--id", "row", "--model", input)
                        .failure())
                .contains("--model", "line 1");
        assertThat(Ran.analyze(
                                "link",
                                "--input",
                                input,
                                "--id",
                                "row",
                                "--model",
                                folder.resolve("none").toString())
                        .failure())
                .contains("cannot be read");
        assertThat(Ran.analyze(
                                "link",
                                "--input",
                                input,
                                "--id",
                                "row",
                                "--model",
                                kept.toString(),
                                "--save-model",
                                kept.toString())
                        .failure())
                .contains("give one of them");
    }

    private Path people() throws IOException {
        return Files.writeString(folder.resolve("people.csv"), """
                id,name,birthday,phone,note,empty
                a,张伟,1980-03-14,13812345678,x,
                b,Zhang Wei,1980-03-14,13812345678,x,
                c,李娜,1975-11-02,13900001111,x,
                d,王芳,1991-06-30,13700002222,x,
                e,刘洋,1988-01-09,13600003333,x,
                f,陈静,1969-12-24,13500004444,x,
                ,赵军,1958-02-17,13400005555,x,
                """);
    }

    @Test
    void aChineseNameMeetsItsPinyinAndWhatTellsNothingIsWarnedOf() throws IOException {
        var ran = Ran.analyze("link", "--input", people().toString(), "--id", "id", "--weights", "--json");
        var json = ran.json();
        assertThat(json.path("rows").size()).isEqualTo(1);
        var row = json.path("rows").get(0);
        assertThat(row.path("left").asString()).isEqualTo("a");
        assertThat(row.path("right").asString()).isEqualTo("b");
        assertThat(row.path("probability").asDouble()).isGreaterThan(.9);
        assertThat(row.path("weight name").asDouble()).isPositive();
        assertThat(json.path("card").toString())
                .contains("columns_empty", "columns_constant", "rows without id")
                .contains("not compared: empty", "not compared: note");
    }

    @Test
    void pairsAndPersonsAreTheSameWhateverTheOrderOfTheRows() throws IOException {
        var lines = Files.readAllLines(SharedFile.of("rldata/RLdata500.csv"));
        var one = folder.resolve("persons.csv");
        var other = folder.resolve("shuffled.csv");
        var input = SharedFile.of("rldata/RLdata500.csv").toString();
        var usual = Ran.analyze(
                "link",
                "--input",
                input,
                "--id",
                "row",
                "--ignore",
                "identity",
                "--clusters",
                one.toString(),
                "--json");
        var rest = new ArrayList<>(lines.subList(1, lines.size()));
        Collections.shuffle(rest, new Random(3));
        var shuffled = lines.getFirst() + "\n" + String.join("\n", rest) + "\n";
        var again = Ran.analyze(
                "link",
                "--input",
                file(shuffled),
                "--id",
                "row",
                "--ignore",
                "identity",
                "--clusters",
                other.toString(),
                "--json");
        assertThat(again.json().path("rows")).isEqualTo(usual.json().path("rows"));
        assertThat(other).hasSameTextualContentAs(one);
        for (var row : usual.json().path("rows"))
            assertThat(row.path("left").asString()).isLessThan(row.path("right").asString());
    }

    @Test
    void twoFilesAreLinkedOneToOneByTheirCommonColumns() throws IOException {
        var other = Files.writeString(folder.resolve("other.csv"), """
                id,name,birthday,phone,city
                1,Li Na,1975-11-02,13900001111,Hull
                2,Wei Zhang,1980-03-14,13812345678,Leeds
                3,Somebody Else,1961-01-01,13100009999,London
                """);
        var clusters = folder.resolve("clusters.csv");
        var ran = Ran.analyze(
                "link",
                "--input",
                people().toString(),
                "--against",
                other.toString(),
                "--id",
                "id",
                "--clusters",
                clusters.toString(),
                "--json");
        var json = ran.json();
        assertThat(json.path("rows").size()).isEqualTo(2);
        assertThat(json.path("rows").get(1).path("left").asString()).isEqualTo("c");
        assertThat(json.path("rows").get(1).path("right").asString()).isEqualTo("1");
        assertThat(json.path("card").toString()).contains("columns_of_one_file");
        assertThat(Files.readAllLines(clusters)).hasSize(10).first().isEqualTo("cluster,file,id");
    }

    @Test
    void phonesAreReadAsTheCountrysThatIsNamedOrTold() throws IOException {
        var contacts = file("""
                id,name,phone
                a,张伟,13812345678
                b,张伟,0138-1234-5678
                c,李娜,13900001111
                d,王芳,137 0000 2222
                e,刘洋,13600003333
                f,Zhang W,+86 138 1234 5678
                """);
        var told = Ran.analyze("link", "--input", contacts, "--id", "id", "--json");
        assertThat(told.json().path("columns").get(1).path("kind").asString()).isEqualTo("phone");
        assertThat(told.json().path("columns").get(1).path("region").asString()).isEqualTo("CN");
        assertThat(told.json().path("columns").get(0).path("region").isNull()).isTrue();
        assertThat(Ran.analyze("link", "--input", contacts, "--id", "id").out())
                .contains("phone: numbers without a country are read as numbers of CN");
        var kept = folder.resolve("contacts.model");
        var named = Ran.analyze(
                "link", "--input", contacts, "--id", "id", "--region", "de", "--save-model", kept.toString(), "--json");
        assertThat(named.json().path("columns").get(1).path("region").asString())
                .isEqualTo("DE");
        assertThat(Files.readString(kept)).contains("column\tPHONE\tphone\tDE\n");
        var judged = Ran.analyze("link", "--input", contacts, "--id", "id", "--model", kept.toString(), "--json");
        assertThat(judged.json().path("columns")).isEqualTo(named.json().path("columns"));
        assertThat(failure(contacts, "--id", "id", "--region", "UK")).contains("no phone region 'UK'", "GB");
        assertThat(failure(contacts, "--id", "id", "--region", "CN", "--model", kept.toString()))
                .contains("--region says nothing with --model");
        assertThat(Ran.analyze(
                                "link",
                                "--input",
                                contacts,
                                "--id",
                                "id",
                                "--region",
                                "CN",
                                "--ignore",
                                "phone",
                                "--json")
                        .json()
                        .path("card")
                        .toString())
                .contains("region_unused");
    }

    @Test
    void whatIsWrongIsToldInOneLine() throws IOException {
        var people = people().toString();
        assertThat(failure(people, "--id", "number")).contains("has no column 'number'");
        assertThat(failure(people, "--id", "note")).contains("note 'x' stands in 7 rows");
        assertThat(failure(people, "--id", "id", "--ignore", "nam")).contains("has no column 'nam'");
        assertThat(failure(people, "--id", "id", "--ignore", "name,birthday,phone"))
                .contains("no column tells records apart");
        assertThat(failure(people, "--id", "id", "--kind", "name=colour")).contains("there is no kind 'colour'");
        assertThat(failure(people, "--id", "id", "--kind", "nam=words")).contains("--kind names column 'nam'");
        assertThat(failure(people, "--id", "id", "--threshold", "2")).contains("a threshold of 2.0");
        assertThat(failure(people, "--id", "id", "--clusters", "people.txt")).contains("--clusters people.txt");
        assertThat(failure(file(""), "--id", "id")).contains("is empty");
        assertThat(failure(file("id,name\n"), "--id", "id")).contains("no rows");
        assertThat(failure(file("id,name\n,Ann\n"), "--id", "id")).contains("no row has a value in id");
        assertThat(failure(file("id,name,age\n1,Ann,3\n"), "--id", "id")).contains("one record alone");
        assertThat(failure(people, "--id", "id", "--against", file("id,colour\n1,red\n")))
                .contains("no column in common");
    }

    private static String failure(String input, String... more) {
        var arguments = new ArrayList<>(List.of("link", "--input", input));
        arguments.addAll(List.of(more));
        var ran = Ran.analyze(arguments.toArray(String[]::new));
        assertThat(ran.code()).isNotZero();
        return ran.failure();
    }

    private String file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "people", ".csv"), text)
                .toString();
    }
}
