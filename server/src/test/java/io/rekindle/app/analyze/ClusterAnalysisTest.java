package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterAnalysisTest {
    @TempDir
    Path folder;

    /** Three kinds of customers, by turns. */
    private String customers() throws IOException {
        var random = new SplittableRandom(1);
        var lines = new ArrayList<>(List.of("id,spend,visits,since,city"));
        for (int i = 0; i < 240; i++)
            lines.add("n%d,%s,%d,%s,%s"
                    .formatted(
                            i,
                            i % 40 == 7 ? "" : "" + (i % 3 == 0 ? 300 : 20) * (1 + .2 * random.nextDouble()),
                            (i % 3 == 1 ? 12 : 2) + random.nextInt(2),
                            i % 3 == 2 ? "2025-0" + (1 + i % 7) + "-15" : "2019-0" + (1 + i % 7) + "-15",
                            List.of("Lyon", "Oslo", "Riga").get(i % 3)));
        return Files.write(folder.resolve("customers.csv"), lines).toString();
    }

    @Test
    void kindsAreFoundAndToldInTwoLanguages() throws IOException {
        var page = folder.resolve("page.html");
        var ran = Ran.analyze("cluster", "--input", customers(), "--id", "id", "--json", "--chart", page.toString());
        assertThat(ran.err()).doesNotContain("rekindle:");
        assertThat(ran.json().path("k").asInt()).isEqualTo(3);
        assertThat(ran.json().path("stability").asDouble()).isGreaterThan(.9);
        var rows = ran.json().path("rows");
        assertThat(rows.size()).isEqualTo(240);
        assertThat(rows.path(4).path("row").asInt()).isEqualTo(5);
        assertThat(rows.path(4).path("id").asString()).isEqualTo("n4");
        for (int i = 3; i < 240; i++)
            assertThat(rows.path(i).path("cluster").asInt())
                    .isEqualTo(rows.path(i % 3).path("cluster").asInt());
        assertThat(rows.path(0).path("words").asString()).contains("spend high", "city Lyon (100 % against 0 %)");
        var first =
                ran.json().path("clusters").path(rows.path(0).path("cluster").asInt() - 1);
        assertThat(first.path("wordsZh").asString()).contains("spend偏高");
        assertThat(Files.readString(page)).contains("How many clusters there are", "What sets cluster 3 apart");
        var given = Ran.analyze("cluster", "--input", customers(), "--ignore", "id", "--k", "2", "--json");
        assertThat(given.json().path("k").asInt()).isEqualTo(2);
        assertThat(given.json().path("tried").size()).isZero();
    }

    @Test
    void whatCannotBeGroupedIsToldInOneLine() throws IOException {
        assertThat(failure("")).contains("is empty");
        assertThat(failure("a\n1\n")).isEqualTo("rekindle: there is 1 row; groups need at least 3");
        assertThat(failure("a\n1\n1\n1\n1\n")).contains("there is no column in which rows differ and are alike");
        assertThat(failure("a\n1\n2\n3\n", "--k", "0")).isEqualTo("rekindle: --k 0 must be at least 1");
        assertThat(failure("a\n1\n2\n3\n", "--max-k", "1")).isEqualTo("rekindle: --max-k 1 must lie between 2 and 50");
        assertThat(failure("a\n1\n2\n3\n", "--ignore", "b")).contains("has no column 'b'");
        assertThat(failure("a\n1\n2\n3\n", "--ignore", "a")).contains("no column left to learn from");
    }

    @Test
    void whatToBeCarefulAboutStandsOnTheCard() throws IOException {
        var random = new SplittableRandom(2);
        var lines = new ArrayList<>(List.of("token,same,x,y,z"));
        for (int i = 0; i < 200; i++)
            lines.add("t%d,5,%s,%s,%s"
                    .formatted(
                            i, i == 3 ? "NaN" : "" + random.nextDouble(), -random.nextDouble(), random.nextDouble()));
        var ran = Ran.analyze(
                "cluster",
                "--input",
                Files.write(folder.resolve("noise.csv"), lines).toString(),
                "--max-k",
                "4",
                "--json");
        assertThat(ran.json().path("card").path("warnings").toString())
                .contains("column_all_different", "column_constant", "unstable");
    }

    private String failure(String content, String... more) throws IOException {
        var arguments = new ArrayList<>(List.of(
                "cluster",
                "--input",
                Files.writeString(folder.resolve("data.csv"), content).toString()));
        arguments.addAll(List.of(more));
        var ran = Ran.analyze(arguments.toArray(new String[0]));
        assertThat(ran.code()).isNotZero();
        return ran.failure();
    }
}
