package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every analysis that reads a file, on files as they should not be: a line that names the place, or a result with a warning. */
class OddFilesTest {
    @TempDir
    Path folder;

    /** A file with what all of them read: some customers of two kinds over some months. */
    private static Map<String, IntFunction<String>> columns() {
        var columns = new LinkedHashMap<String, IntFunction<String>>();
        columns.put("id", i -> "r" + i);
        columns.put("customer", i -> "c" + i % 17);
        columns.put("time", i -> "2026-%02d-%02d".formatted(1 + i % 5, 1 + i * 7 % 28));
        columns.put("amount", i -> Integer.toString(5 + i * i % 23));
        columns.put("item", i -> "i" + i * 5 % 11);
        columns.put("product", i -> "i" + i * 5 % 11);
        columns.put("basket", i -> "b" + i % 29);
        columns.put("text", i -> i % 2 == 0 ? "good soup and friendly staff " + i : "cold soup and rude staff " + i);
        columns.put("label", i -> i % 2 == 0 ? "1" : "0");
        columns.put("arm", i -> i % 3 == 0 ? "a" : "b");
        columns.put("path", i -> i % 2 == 0 ? "mail > web" : "web > shop");
        columns.put("conversions", i -> Integer.toString(i % 2));
        columns.put("nulls", i -> Integer.toString(i % 3));
        columns.put("value", i -> Integer.toString(i % 7));
        columns.put("cost", i -> Integer.toString(1 + i % 3));
        columns.put("offer", i -> "o" + i % 3);
        columns.put("name", i -> "Ann" + i % 40 + " Smith" + i % 13);
        return columns;
    }

    private static List<String> analyses() {
        return List.of(
                "clv --input FILE --horizon 4w --until 2026-03-15",
                "rhythm --input FILE",
                "experiment --input FILE --arm arm --control a --metric amount",
                "attribution --input FILE",
                "recommend --input FILE --k 2",
                "cluster --input FILE",
                "basket --input FILE",
                "propensity --train FILE --label label --positive 1",
                "sentiment --train FILE --text text --label label",
                "sentiment --score FILE --text text",
                "allocate --input FILE --budget 20",
                "link --input FILE --id id",
                "themes --input FILE",
                "products --input FILE",
                "uplift --train FILE --treatment arm --treated b --control a --outcome amount");
    }

    private Path file(int rows, Map<String, IntFunction<String>> columns) throws IOException {
        return file(rows, columns, ",");
    }

    private Path file(int rows, Map<String, IntFunction<String>> columns, String separator) throws IOException {
        var lines = new ArrayList<String>();
        lines.add(String.join(separator, columns.keySet()));
        for (int i = 0; i < rows; i++) {
            int row = i;
            lines.add(
                    columns.values().stream().map(column -> column.apply(row)).collect(Collectors.joining(separator)));
        }
        return Files.write(folder.resolve("odd.csv"), lines);
    }

    private static Ran run(String analysis, Path file, String... more) {
        var arguments = new ArrayList<>(
                Arrays.asList(analysis.replace("FILE", file.toString()).split(" ", -1)));
        arguments.addAll(List.of(more));
        return Ran.analyze(arguments.toArray(new String[0]));
    }

    /** Exit code 1 and one line that says what and where; what was being done may stand in lines before it. */
    private static void refused(Ran ran, String... told) {
        assertThat(ran.code()).as(ran.err()).isEqualTo(1);
        assertThat(ran.failure()).startsWith("rekindle: ").doesNotContain("should not have happened");
        for (var part : told) assertThat(ran.failure()).contains(part);
        assertThat(ran.err()).doesNotContain("\tat ", "Exception");
        assertThat(ran.err().lines().filter(line -> line.startsWith("rekindle: ")))
                .hasSize(1);
    }

    private static void answeredOrRefused(Ran ran) {
        if (ran.code() == 0) assertThat(ran.out()).isNotBlank();
        else refused(ran);
    }

    @ParameterizedTest
    @MethodSource("analyses")
    void whatCannotBeReadOrWrittenIsRefusedInOneLine(String analysis) throws IOException {
        refused(run(analysis, folder.resolve("nowhere.csv")), "there is no file", "nowhere.csv");
        refused(run(analysis, folder), "there is no file");
        refused(run(analysis, Files.writeString(folder.resolve("empty.csv"), "")), "empty.csv is empty");
        refused(run(analysis, file(0, columns())), "odd.csv has column names and no rows");
        // Some find out by themselves what columns hold, and may answer.
        answeredOrRefused(run(analysis, Files.writeString(folder.resolve("other.csv"), "surprise\n1\n2\n3\n")));
        var latin = Files.write(
                folder.resolve("latin.csv"), "customer,time\nM\u00fcller,1\n".getBytes(StandardCharsets.ISO_8859_1));
        refused(run(analysis, latin), "latin.csv");
        var whole = file(60, columns());
        refused(run(analysis, whole, "--output", folder.resolve("no/rows.csv").toString()), "there is no folder");
        refused(run(analysis, whole, "--chart", folder.resolve("no/page.html").toString()), "there is no folder");
        refused(run(analysis, whole, "--chart", folder.resolve("page.pdf").toString()), "must end in .html");
    }

    @ParameterizedTest
    @MethodSource("analyses")
    void fewOrLikeRowsAreAnsweredOrRefusedInOneLine(String analysis) throws IOException {
        answeredOrRefused(run(
                analysis,
                file(1, columns()),
                "--chart",
                folder.resolve("one.html").toString()));
        answeredOrRefused(run(analysis, file(3, columns())));
        var alike = columns();
        alike.replaceAll((name, values) -> i -> values.apply(0));
        answeredOrRefused(run(analysis, file(40, alike)));
        for (var column : List.of("customer", "time", "amount", "item", "text", "label", "arm", "name")) {
            var constant = columns();
            constant.computeIfPresent(column, (name, usual) -> i -> usual.apply(0));
            answeredOrRefused(run(analysis, file(60, constant)));
        }
        var blank = columns();
        blank.replaceAll((name, values) -> i -> name.equals("id") ? "r" + i : "");
        answeredOrRefused(run(analysis, file(40, blank)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "inf", "-Infinity", "1e400", "-5", "1e300", "0", "n/a", ""})
    void oddNumbersAreAnsweredOrRefusedInOneLine(String number) throws IOException {
        var some = columns();
        for (var column : List.of("amount", "value", "cost", "conversions", "nulls"))
            some.computeIfPresent(column, (name, usual) -> i -> i % 4 == 0 ? number : usual.apply(i));
        var file = file(120, some);
        for (var analysis : analyses()) answeredOrRefused(run(analysis, file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1066-10-14", "9999-12-31", "2026-02-30", "soon", "1900-01-01", "2199-12-31", ""})
    void oddTimesAreAnsweredOrRefusedInOneLine(String time) throws IOException {
        var some = columns();
        some.computeIfPresent("time", (name, usual) -> i -> i % 50 == 49 ? time : usual.apply(i));
        var file = file(120, some);
        for (var analysis : analyses()) answeredOrRefused(run(analysis, file));
    }

    @ParameterizedTest
    @MethodSource("analyses")
    void columnsOfNamesThatNeverComeBackAreAnsweredOrRefusedInOneLine(String analysis) throws IOException {
        var different = columns();
        for (var column : List.of("customer", "item", "product", "basket", "offer", "name", "path"))
            different.put(column, i -> column + i);
        answeredOrRefused(run(
                analysis,
                file(2000, different),
                "--chart",
                folder.resolve("page.html").toString()));
    }

    /** Sums of vast numbers are told with a power of ten: nobody reads sixty digits. */
    @ParameterizedTest
    @MethodSource("analyses")
    void noNumberIsToldWithDozensOfDigits(String analysis) throws IOException {
        var vast = columns();
        for (var column : List.of("amount", "value", "cost"))
            vast.computeIfPresent(column, (name, usual) -> i -> usual.apply(i) + "e50");
        var page = folder.resolve("page.html");
        var ran = run(analysis, file(120, vast), "--chart", page.toString());
        answeredOrRefused(ran);
        var told = ran.out() + ran.err() + (Files.exists(page) ? Files.readString(page) : "");
        assertThat(told.replace(",", "")).doesNotContainPattern("[0-9]{25}");
    }

    /** Of every analysis that reads numbers, with them written as in half of Europe. */
    @ParameterizedTest
    @MethodSource("analyses")
    void aDecimalCommaIsReadWhereItIsNamed(String analysis) throws IOException {
        if (analysis.startsWith("link")) return;
        var pointed = columns();
        for (var column : List.of("amount", "value", "cost"))
            pointed.computeIfPresent(column, (name, usual) -> i -> "12" + usual.apply(i) + ".5");
        var commas = columns();
        for (var column : List.of("amount", "value", "cost"))
            commas.computeIfPresent(column, (name, usual) -> i -> grouped("12" + usual.apply(i)) + ",5");
        var point = run(analysis, file(120, pointed), "--json");
        var comma = run(analysis, file(120, commas, ";"), "--decimal-comma", "--json");
        assertThat(comma.code()).isEqualTo(point.code());
        assertThat(comma.out()).isEqualTo(point.out());
    }

    private static String grouped(String digits) {
        return digits.length() < 4
                ? digits
                : digits.substring(0, digits.length() - 3) + "." + digits.substring(digits.length() - 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"clv --input FILE --horizon 4w", "products --input FILE", "allocate --input FILE"})
    void aDecimalCommaThatIsNotNamedIsRefusedWithTheWayOut(String analysis) throws IOException {
        var commas = columns();
        for (var column : List.of("amount", "value"))
            commas.computeIfPresent(column, (name, usual) -> i -> usual.apply(i) + ",5");
        refused(run(analysis, file(20, commas, ";")), "odd.csv, row 2, column", "say --decimal-comma");
        refused(run(analysis, file(20, columns(), ";"), "--encoding", "nowhere"), "there is no encoding");
        var points = columns();
        for (var column : List.of("amount", "value"))
            points.computeIfPresent(column, (name, usual) -> i -> usual.apply(i) + ".5");
        refused(run(analysis, file(20, points, ";"), "--decimal-comma"), "leave --decimal-comma out");
    }

    /** What a page shows of any of them is drawn without gaps in its numbers. */
    @ParameterizedTest
    @MethodSource("analyses")
    void pagesHoldNoNumberThatIsNone(String analysis) throws IOException {
        var page = folder.resolve("page.html");
        var ran = run(analysis, file(400, columns()), "--chart", page.toString());
        answeredOrRefused(ran);
        if (ran.code() == 0)
            assertThat(Files.readString(page))
                    .doesNotContain("NaN", "Infinity", ">null<", "∞")
                    .contains("<h1>");
    }
}
