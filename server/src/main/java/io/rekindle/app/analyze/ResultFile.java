package io.rekindle.app.analyze;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.rekindle.platform.Problem;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Writes results to a CSV, gzipped CSV or Parquet file, by its ending; a file appears whole or not at all. */
final class ResultFile {
    private ResultFile() {}

    /** Says at once, before any work, that a file cannot be written. */
    static void check(Path file, String option, String... endings) {
        var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        boolean known = false;
        for (var ending : endings) known |= name.endsWith(ending);
        if (!known)
            throw Problem.invalid(
                    "ending_unknown",
                    "%s %s: the name must end in %s".formatted(option, file, String.join(" or ", endings)));
        var folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder))
            throw Problem.notFound("folder_not_found", "%s %s: there is no folder %s".formatted(option, file, folder));
        if (Files.isDirectory(file))
            throw Problem.invalid("file_is_folder", "%s %s is a folder".formatted(option, file));
        try {
            Files.delete(Files.createTempFile(folder, ".rekindle-", ".part"));
        } catch (IOException e) {
            throw Problem.invalid(
                    "folder_unwritable", "%s %s: no file can be made in %s".formatted(option, file, folder));
        }
    }

    /** Whether two names are of one file, whichever of them is there. */
    static boolean isSame(Path one, Path other) {
        try {
            if (Files.exists(one) && Files.exists(other)) return Files.isSameFile(one, other);
            return one.toAbsolutePath()
                    .normalize()
                    .equals(other.toAbsolutePath().normalize());
        } catch (IOException e) {
            return false;
        }
    }

    static void write(ResultRows rows, Path file) {
        rows.check();
        var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        whole(file, beside -> {
            if (name.endsWith(".parquet")) writeParquet(rows, beside);
            else writeCsv(rows, beside, name.endsWith(".gz"));
        });
    }

    /** Writes to a file beside and moves it into place. */
    static void whole(Path file, Writing writing) {
        try {
            var folder = file.toAbsolutePath().getParent();
            var beside = Files.createTempFile(folder, ".rekindle-", ".part");
            try {
                writing.to(beside);
                Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw Problem.invalid("file_unwritable", "%s cannot be written: %s".formatted(file, e.getMessage()));
        }
    }

    /** Something that writes a file. */
    @FunctionalInterface
    interface Writing {
        void to(Path file) throws IOException;
    }

    private static void writeCsv(ResultRows rows, Path file, boolean zipped) throws IOException {
        try (OutputStream raw = Files.newOutputStream(file);
                OutputStream out = zipped ? new GZIPOutputStream(raw, 1 << 16) : raw;
                var csv = CsvWriter.builder()
                        .lineDelimiter(LineDelimiter.LF)
                        .build(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16))) {
            var columns = rows.columns();
            csv.writeRecord(columns.stream().map(ResultRows.Column::name).toArray(String[]::new));
            var cells = new String[columns.size()];
            for (int row = 0; row < rows.size(); row++) {
                for (int i = 0; i < cells.length; i++) cells[i] = ResultRows.text(columns.get(i), row);
                csv.writeRecord(cells);
            }
        }
    }

    private static void writeParquet(ResultRows rows, Path file) throws IOException {
        try (var duckdb = DuckDb.inMemory()) {
            try (var statement = duckdb.createStatement()) {
                statement.execute(rows.columns().stream()
                        .map(column -> "\"%s\" %s".formatted(column.name().replace("\"", "\"\""), type(column)))
                        .collect(Collectors.joining(", ", "create table result (", ")")));
            }
            try (var appender = duckdb.unwrap(DuckDBConnection.class).createAppender("result")) {
                var columns = rows.columns();
                for (int row = 0; row < rows.size(); row++) {
                    appender.beginRow();
                    for (var column : columns) append(appender, column, row);
                    appender.endRow();
                }
            }
            try (var statement = duckdb.prepareStatement("copy result to ? (format parquet)")) {
                statement.setString(1, file.toString());
                statement.execute();
            }
        } catch (SQLException e) {
            throw new IOException(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("DuckDB failed"), e);
        }
    }

    private static String type(ResultRows.Column column) {
        return switch (column) {
            case ResultRows.Column.Text text -> "varchar";
            case ResultRows.Column.Count count -> "bigint";
            case ResultRows.Column.Decimal decimal -> "double";
            case ResultRows.Column.Day day -> "date";
        };
    }

    private static void append(DuckDBAppender appender, ResultRows.Column column, int row) throws SQLException {
        switch (column) {
            case ResultRows.Column.Text text -> appender.append(text.value().apply(row));
            case ResultRows.Column.Count count -> appender.append(count.value().applyAsLong(row));
            case ResultRows.Column.Decimal decimal -> {
                double number = decimal.value().applyAsDouble(row);
                if (Double.isFinite(number)) appender.append(number);
                else appender.appendNull();
            }
            case ResultRows.Column.Day days -> {
                long day = days.value().applyAsLong(row);
                if (day == ResultRows.NO_DAY) appender.appendNull();
                else appender.append(LocalDate.ofEpochDay(day));
            }
        }
    }
}
