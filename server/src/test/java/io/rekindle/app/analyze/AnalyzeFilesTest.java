package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every analysis does with its files, seen through the purchases of a few customers. */
class AnalyzeFilesTest {
    @TempDir
    Path folder;

    private Path purchases;

    @BeforeEach
    void purchases() throws IOException {
        var text = new StringBuilder("who;when;paid\n");
        for (int c = 0; c < 40; c++)
            for (int k = 0; k <= c % 5; k++)
                text.append("c%d;2026-01-%02d;%d.5\n".formatted(c, 1 + (c + 3 * k * (1 + c % 3)) % 28, 10 + c % 7));
        purchases = Files.writeString(folder.resolve("purchases.csv"), text);
    }

    private Ran clv(Path file, String... more) {
        var arguments =
                new java.util.ArrayList<>(java.util.List.of("clv", "--input", file.toString(), "--horizon", "4w"));
        arguments.addAll(java.util.List.of(more));
        return Ran.analyze(arguments.toArray(new String[0]));
    }

    private static final String MAP = "customer=who,time=when,amount=paid";

    @Test
    void theSameRowsInEveryKindOfFileGiveTheSameResult() throws IOException {
        var plain = clv(purchases, "--map", MAP, "--json");
        assertThat(plain.err()).doesNotContain("rekindle:");
        var rows = plain.json().path("rows");
        assertThat(rows.size()).isEqualTo(40);
        var zipped = folder.resolve("purchases.csv.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            out.write(Files.readString(purchases).replace(';', ',').getBytes(StandardCharsets.UTF_8));
        }
        assertThat(clv(zipped, "--map", MAP, "--json").json().path("rows")).isEqualTo(rows);
        var written = folder.resolve("rows.parquet");
        assertThat(clv(purchases, "--map", MAP, "--json", "--output", written.toString())
                        .json()
                        .path("outputRows")
                        .asInt())
                .isEqualTo(40);
        // The result has a customer and numbers: read it again as purchases, with a number for a time.
        assertThat(clv(written, "--map", "time=recency,amount=value").failure())
                .startsWith("rekindle: rows.parquet, row 1, column recency: '")
                .contains("is no time between 1900 and 2199");
    }

    @Test
    void theChartPageNeedsNothingFromTheNetwork() throws IOException {
        var page = folder.resolve("page.html");
        assertThat(clv(purchases, "--map", MAP, "--chart", page.toString()).code())
                .isZero();
        assertThat(Files.readString(page))
                .startsWith("<!doctype html>")
                .doesNotContain("http", "<script src", "@import");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    customer=who,time=when,amount=cost | purchases.csv has no column 'cost'; it has who, when, paid
                    customer=who                       | which column of purchases.csv holds time? Say so with --map time=COLUMN
                    customer=who,time=when,price=paid  | --map knows no field 'price'; there are customer, time, amount
                    customer=who,time=paid             | purchases.csv, row 2, column paid: '10.5' is no time between
                    customer=who,time=when,amount=when | purchases.csv, row 2, column when: '2026-01-01' is not a number (and
                    """)
    void aWrongMappingIsToldInOneLineWithTheWayOut(String map, String told) {
        var ran = clv(purchases, "--map", map);
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.failure()).startsWith("rekindle: " + told);
    }

    @Test
    void filesThatCannotBeReadAreToldInOneLine() throws IOException {
        assertThat(clv(folder.resolve("nowhere.csv")).failure()).startsWith("rekindle: there is no file ");
        var empty = Files.writeString(folder.resolve("empty.csv"), "");
        assertThat(clv(empty).failure()).isEqualTo("rekindle: empty.csv is empty; it needs a line of column names");
        var heading = Files.writeString(folder.resolve("heading.csv"), "customer,time\n");
        assertThat(clv(heading).failure()).isEqualTo("rekindle: heading.csv has column names and no rows");
        var ragged = Files.writeString(folder.resolve("ragged.csv"), "customer,time\na,2026-01-01\nb\n");
        assertThat(clv(ragged).failure())
                .isEqualTo("rekindle: ragged.csv, row 3 has 1 fields where the first line has 2 names: b");
        var latin = Files.write(
                folder.resolve("latin.csv"),
                "customer,time\nM\u00fcller,2026-01-01\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(clv(latin).failure()).contains("latin.csv is not in UTF-8 text", "--encoding");
        var damaged = Files.writeString(folder.resolve("damaged.parquet"), "PAR1 and nothing else");
        assertThat(clv(damaged).failure()).contains("incomplete or damaged");
    }

    @Test
    void noResultTakesThePlaceOfWhatIsReadOrOfAnotherResult() throws IOException {
        var before = Files.readString(purchases);
        var around = folder.resolve(".").resolve("purchases.csv");
        var ran = clv(purchases, "--map", MAP, "--output", around.toString());
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.failure())
                .isEqualTo("rekindle: --output %s is the file of --input too; name another".formatted(around));
        assertThat(purchases).hasContent(before);
        var same = folder.resolve("same.csv").toString();
        assertThat(Ran.analyze(
                                "link",
                                "--input",
                                purchases.toString(),
                                "--id",
                                "who",
                                "--output",
                                same,
                                "--clusters",
                                same)
                        .failure())
                .contains("is the file of --", "name another");
    }

    @Test
    void whereResultsCannotBeWrittenIsToldBeforeAnyWork() {
        assertThat(clv(
                                purchases,
                                "--map",
                                MAP,
                                "--output",
                                folder.resolve("rows.xlsx").toString())
                        .failure())
                .contains("the name must end in .csv or .csv.gz or .parquet");
        assertThat(clv(
                                purchases,
                                "--map",
                                MAP,
                                "--output",
                                folder.resolve("no/rows.csv").toString())
                        .failure())
                .contains("there is no folder");
        assertThat(clv(purchases, "--map", MAP, "--encoding", "Klingon").failure())
                .contains("no encoding 'Klingon'");
    }
}
