package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.collect.FileCurrency;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.ImportMapping;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Vault;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What files of one form or another say, cell by cell, and what they do not. */
class FormsOfFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "d.M.yyyy[ H:mm[:ss]], 31.2.2026",
        "M/d/yyyy[ H:mm[:ss]], 2/30/2026",
        "M/d/yyyy[ H:mm[:ss]], 2/29/2026 10:00",
        "yyyy/M/d[ H:mm[:ss]], 2026/4/31",
        "yyyyMMdd[ HHmmss], 20260231",
        "d/M/yy, 31/2/26",
        "'', 2026-02-31",
        "'', 2026-02-31T10:00:00",
    })
    void aDayNoCalendarHasIsNoOtherDay(String form, String day) {
        assertThat(Times.of(form, ZoneOffset.UTC).read(day)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "d.M.yyyy[ H:mm[:ss]], 28.2.2026, 2026-02-28T00:00:00Z",
        "d.M.yyyy[ H:mm[:ss]], 29.2.2024 8:05, 2024-02-29T08:05:00Z",
        "yyyyMMdd[ HHmmss], 20260228 101112, 2026-02-28T10:11:12Z",
        "d/M/yy, 28/2/26, 2026-02-28T00:00:00Z",
        "dd MMM yyyy h:mm a, 05 Jan 2026 3:30 PM, 2026-01-05T15:30:00Z",
        "yyyy'y' MM dd, 2026y 01 05, 2026-01-05T00:00:00Z",
        "d.M.yyyy GG, 5.1.2026 AD, 2026-01-05T00:00:00Z",
    })
    void aDayThatThereIsIsRead(String form, String day, Instant expected) {
        assertThat(Times.of(form, ZoneOffset.UTC).read(day)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"31.2.1980", "1980/4/31", "19800231", "1980年2月30日", "1981-02-29"})
    void aBirthdayNoCalendarHasIsNone(String text) {
        assertThat(CustomerRows.day(text)).isNull();
        assertThat(CustomerRows.day("29.2.1980")).isEqualTo("1980-02-29");
        assertThat(CustomerRows.day("1980年2月29日")).isEqualTo("1980-02-29");
    }

    /** As Excel writes them: the type is that of what a formula came to. */
    @Test
    void aFormulaIsWhatItCameToByItsTypeAndNothingWhereItFailed() throws Exception {
        var file = workbook(List.of(
                List.of(text("id"), text("phone"), text("day"), text("found"), text("flag"), text("sum"), text("code")),
                List.of(
                        "<c t=\"str\"><f>TEXT(7,\"00000\")</f><v>00007</v></c>",
                        "<c t=\"str\"><f>\"+86\"&amp;X2</f><v>+8613800138000</v></c>",
                        "<c s=\"1\"><f>DATE(2026,3,1)</f><v>46082</v></c>",
                        "<c t=\"e\"><f>VLOOKUP(A2,X:Y,2,0)</f><v>#N/A</v></c>",
                        "<c t=\"b\"><f>1=1</f><v>1</v></c>",
                        "<c><f>0.1+0.2</f><v>0.30000000000000004</v></c>",
                        "<c t=\"str\"><f>\"12E3\"</f><v>12E3</v></c>"),
                List.of(
                        "<c t=\"str\"><f>\"b\"</f><v>b</v></c>",
                        "<c t=\"e\"><v>#REF!</v></c>",
                        "<c s=\"1\"><v>46082.75</v></c>",
                        text("#N/A"),
                        "<c t=\"b\"><v>0</v></c>",
                        "<c><v>1.3800138E10</v></c>",
                        "<c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>")));
        try (var staging = new Staging();
                var table = Table.open(file, null, staging.connection())) {
            var first = Objects.requireNonNull(table.next());
            assertThat(named(table.columns(), first))
                    .containsEntry("id", "00007")
                    .containsEntry("phone", "+8613800138000")
                    .containsEntry("found", null)
                    .containsEntry("flag", "true")
                    .containsEntry("sum", "0.3")
                    .containsEntry("code", "12E3");
            assertThat(Objects.requireNonNull(first.moments().get(2)).in(ZoneOffset.UTC))
                    .isEqualTo("2026-03-01T00:00:00Z");
            var second = Objects.requireNonNull(table.next());
            assertThat(named(table.columns(), second))
                    .containsEntry("id", "b")
                    .containsEntry("phone", null)
                    .containsEntry("found", null)
                    .containsEntry("flag", "false")
                    .containsEntry("sum", "13800138000")
                    .containsEntry("code", null);
            assertThat(Objects.requireNonNull(second.moments().get(2)).in(ZoneOffset.UTC))
                    .isEqualTo(LocalDateTime.of(2026, 3, 1, 18, 0).toInstant(ZoneOffset.UTC));
        }
    }

    /** A file saved as CSV keeps the words of a failure: nobody is one customer with everybody else whose look-up failed. */
    @ParameterizedTest
    @ValueSource(strings = {"#N/A", "#n/a", " #REF! ", "#NAME?", "#DIV/0!", "#VALUE!"})
    void wordsOfAFailedFormulaAreNobodysIdentifier(String words) {
        var vault = new Vault(new byte[32]);
        for (var type : Identifier.Type.values())
            assertThat(Identifier.of(vault, type, words)).as(type.code()).isEmpty();
    }

    /** What stands in three megabytes gzipped may be three gigabytes in one line. */
    @Test
    void aLineLongerThanOneMayBeIsAFaultOfItsRow() throws Exception {
        var file = folder.resolve("long.jsonl");
        try (var out = Files.newBufferedWriter(file)) {
            out.write("{\"id\":\"first\"}\r\n{\"id\":\"");
            for (int i = 0; i < 17; i++) out.write("a".repeat(1 << 20));
            out.write("\"}\r\n\n{\"id\":\"last\"}");
        }
        var read = new ArrayList<String>();
        try (var staging = new Staging();
                var table = Table.open(file, null, staging.connection())) {
            assertThat(table.columns()).containsExactly("id");
            for (var row = table.next(); row != null; row = table.next())
                read.add(
                        row.number() + " " + (row.fault() == null ? row.values().getFirst() : row.fault()));
        }
        assertThat(read).containsExactly("1 first", "2 the line is longer than 16,777,216 characters", "4 last");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb\n", "a\r\nb", "a\rb\r", "\n\na\n\r\n\rb", "", "\n", "a\r\n\r\nb\n\n"})
    void linesEndAsTheyAlwaysDid(String text) throws Exception {
        var read = new ArrayList<String>();
        try (var lines = new Lines(new StringReader(text))) {
            for (var line = lines.next(); line != null; line = lines.next()) {
                assertThat(line.isCut()).isFalse();
                read.add(line.text());
            }
        }
        assertThat(read)
                .isEqualTo(new BufferedReader(new StringReader(text)).lines().toList());
    }

    @Test
    void whatUnpacksToFarMoreThanRowsDoIsRefused() throws Exception {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            for (int i = 0; i < 4; i++) out.write(new byte[1 << 20]);
        }
        var times = (4L << 20) / packed.size();
        assertThat(times).as("what deflate makes of zeros").isGreaterThan(800);
        try (var in = new Unpacked(
                new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray())), packed.size(), 1 << 20)) {
            assertThatThrownBy(in::readAllBytes)
                    .isInstanceOfSatisfying(
                            Problem.class, problem -> assertThat(problem.code()).isEqualTo("file_unpacks_too_large"));
        }
        try (var in = new Unpacked(
                new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray())), packed.size(), 4 << 20)) {
            assertThat(in.readAllBytes()).as("what is small may repeat itself").hasSize(4 << 20);
        }
    }

    /** The parser keeps a row as a whole. */
    @Test
    void aRowOfAWorkbookLongerThanOneMayBeIsRefusedBeforeItIsRead() throws Exception {
        var cell = text("a".repeat(30_000));
        var rows = new StringBuilder("<row r=\"1\">" + text("id") + "</row>");
        for (int i = 0; i < 600; i++) rows.append("<row r=\"%d\">%s</row>".formatted(i + 2, cell));
        try (var staging = new Staging();
                var table = Table.open(workbook(rows.toString()), null, staging.connection())) {
            assertThat(table.columns()).containsExactly("id");
        }
        var one = "<row r=\"1\">%s</row><row r=\"2\">%s</row>".formatted(text("id"), cell.repeat(600));
        var file = workbook(one);
        try (var staging = new Staging()) {
            assertThatThrownBy(() -> Table.open(file, null, staging.connection()))
                    .isInstanceOfSatisfying(
                            Problem.class, problem -> assertThat(problem.code()).isEqualTo("xlsx_too_large"));
        }
    }

    /** A price of an order in EUR, by how its numbers are said to be written; nothing where it may be another number. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // as it stands | nothing said | with a point | with a comma
                "12.50|12.5|12.5|-",
                "12,50|-|-|12.5",
                "0,99|-|-|0.99",
                "1,234.56|1234.56|1234.56|-",
                "1.234,56|-|-|1234.56",
                "1,234|-|1234|1.234",
                "1.234|1.234|1.234|1234",
                "1,234,567|1234567|1234567|-",
                "1 234.56|1234.56|1234.56|-",
                "1'234.56|1234.56|1234.56|-",
                "€ 12.50|12.5|12.5|-",
                "€12,50|-|-|12.5",
                "12,50 €|-|-|12.5",
                "12.50 EUR|12.5|12.5|-",
                "$ 12.50|-|-|-",
                "¥99|-|-|-",
                "12.50 kg|-|-|-",
                "1e3|1000|1000|-",
                "many|-|-|-",
            })
    void aPriceIsReadAsItIsSaidToBeWrittenAndWithTheSignOfItsOwnCurrency(
            String text, @Nullable BigDecimal plain, @Nullable BigDecimal point, @Nullable BigDecimal comma)
            throws Exception {
        var file = Files.writeString(
                folder.resolve("orders.csv"),
                "order_id;time;customer;quantity;unit_price\na;2026-01-05;c;1;%s\n".formatted(text));
        assertThat(prices(file, null)).isEqualTo(rounded(plain));
        assertThat(prices(file, false)).isEqualTo(rounded(point));
        assertThat(prices(file, true)).isEqualTo(rounded(comma));
    }

    /** A number of a type of its own has no form of writing. */
    @Test
    void numbersThatAreNoTextAreReadAsTheyAreHoweverTextIsWritten() throws Exception {
        var json = Files.writeString(
                folder.resolve("orders.jsonl"),
                "{\"order_id\":\"a\",\"time\":\"2026-01-05\",\"customer\":\"c\",\"quantity\":1,\"unit_price\":1.234}\n");
        assertThat(prices(json, true)).isEqualTo("1.2340");
        var book = workbook(List.of(
                List.of(text("order_id"), text("time"), text("customer"), text("quantity"), text("unit_price")),
                List.of(text("a"), text("2026-01-05"), text("c"), "<c><v>1</v></c>", "<c><v>1.234</v></c>")));
        assertThat(prices(book, true)).isEqualTo("1.2340");
        var parquet = folder.resolve("orders.parquet");
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
                var statement = duckdb.createStatement()) {
            statement.execute(
                    "copy (select 'a' as order_id, date '2026-01-05' as \"time\", 'c' as customer, 1 as quantity, 1.234 as unit_price) to '%s' (format parquet)"
                            .formatted(parquet));
        }
        assertThat(prices(parquet, true)).isEqualTo("1.2340");
    }

    @Test
    void theFirstLineOfExcelsOwnNamesTheSeparatorAndIsNoHeader() throws Exception {
        var file = Files.writeString(folder.resolve("sep.csv"), "sep=;\r\nid;a,b,c,d\r\n1;2,5\r\n\r\n2;3,5\r\n");
        try (var staging = new Staging();
                var table = Table.open(file, null, staging.connection())) {
            assertThat(table.columns()).containsExactly("id", "a,b,c,d");
            var first = Objects.requireNonNull(table.next());
            assertThat(first.values()).containsExactly("1", "2,5");
            assertThat(first.number()).as("the line as an editor counts").isEqualTo(3);
            assertThat(Objects.requireNonNull(table.next()).number()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "12,50;7|true",
                "1.234,56|true",
                "12.50;3|false",
                "1,234.56|false",
                "1,234;2,500|-",
                "12,50;12.50|-",
                "3;4|-",
                "€ 12,50|true"
            })
    void whereDecimalsBeginIsGuessedFromTheColumnOnlyWhereItShowsThem(String prices, @Nullable Boolean comma)
            throws Exception {
        var rows = new StringBuilder("order_id;time;customer;quantity;unit_price\n");
        for (var price : prices.split(";")) rows.append("a;2026-01-05;c;1;%s\n".formatted(price));
        var file = Files.writeString(folder.resolve("guessed.csv"), rows);
        assertThat(FileLook.into(file, null, ZoneOffset.UTC).decimalComma()).isEqualTo(comma);
    }

    private static @Nullable String rounded(@Nullable BigDecimal number) {
        return number == null ? null : number.setScale(4).toPlainString();
    }

    /** The price of a file's only order; null when it is none. */
    private static @Nullable String prices(Path file, @Nullable Boolean comma) {
        var mapping = new ImportMapping(null, null, null, null, null, null, null, null, comma);
        try (var staging = new Staging();
                var table = Table.open(file, null, staging.connection())) {
            var reader = new LineReader(
                    mapping,
                    table.columns(),
                    ZoneOffset.UTC,
                    FileCurrency.of(mapping, "EUR"),
                    Instant.parse("2026-03-01T09:00:00Z"));
            return switch (reader.read(Objects.requireNonNull(table.next()))) {
                case LineReader.Line line -> line.unitPrice().toPlainString();
                case LineReader.Refused(var reason, var detail) -> {
                    assertThat(reason).as(detail).isEqualTo("bad_unit_price");
                    yield null;
                }
            };
        }
    }

    private static Map<String, @Nullable String> named(List<String> columns, Table.Row row) {
        var named = new LinkedHashMap<String, @Nullable String>();
        for (int i = 0; i < columns.size(); i++)
            named.put(columns.get(i), row.values().get(i));
        return named;
    }

    private static String text(String value) {
        return "<c t=\"inlineStr\"><is><t>%s</t></is></c>".formatted(value);
    }

    /** A workbook of one sheet; cells in their order, each as XML without its place. */
    private Path workbook(List<List<String>> rows) throws IOException {
        var sheet = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            sheet.append("<row r=\"%d\">".formatted(r + 1));
            var cells = rows.get(r);
            for (int c = 0; c < cells.size(); c++)
                sheet.append(cells.get(c).replaceFirst("<c", "<c r=\"%s%d\"".formatted((char) ('A' + c), r + 1)));
            sheet.append("</row>");
        }
        return workbook(sheet.toString());
    }

    private Path workbook(String rows) throws IOException {
        var main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        var packages = "http://schemas.openxmlformats.org/package/2006/";
        var office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        var types = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
        var parts = new LinkedHashMap<String, String>();
        parts.put("[Content_Types].xml", """
                <Types xmlns="%scontent-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="%3$ssheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="%3$sworksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="%3$sstyles+xml"/></Types>""".formatted(packages, "", types));
        parts.put(
                "_rels/.rels",
                "<Relationships xmlns=\"%srelationships\"><Relationship Id=\"rId1\" Type=\"%s/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                        .formatted(packages, office));
        parts.put(
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"%1$srelationships\"><Relationship Id=\"rId1\" Type=\"%2$s/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"%2$s/styles\" Target=\"styles.xml\"/></Relationships>"
                        .formatted(packages, office));
        parts.put(
                "xl/workbook.xml",
                "<workbook xmlns=\"%s\" xmlns:r=\"%s\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
                        .formatted(main, office));
        parts.put(
                "xl/styles.xml",
                "<styleSheet xmlns=\"%s\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>"
                        .formatted(main));
        parts.put(
                "xl/worksheets/sheet1.xml",
                "<worksheet xmlns=\"%s\"><sheetData>%s</sheetData></worksheet>".formatted(main, rows));
        var file = folder.resolve("book.xlsx");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (var part : parts.entrySet()) {
                zip.putNextEntry(new ZipEntry(part.getKey()));
                zip.write(("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + part.getValue())
                        .getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return file;
    }
}
