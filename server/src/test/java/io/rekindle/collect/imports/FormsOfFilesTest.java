package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.Identifier;
import io.rekindle.platform.Vault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
