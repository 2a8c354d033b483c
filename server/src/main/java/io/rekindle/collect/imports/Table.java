package io.rekindle.collect.imports;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.rekindle.platform.Problem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A file of rows, whatever its kind: CSV in UTF-8 with or without byte-order mark, the same gzipped, or Parquet. */
sealed interface Table extends AutoCloseable {
    List<String> columns();

    /** The next row; null at the end. */
    @Nullable
    Row next();

    @Override
    void close();

    /** @param number the line the row begins at (CSV), or its place from 1 (Parquet) */
    record Row(long number, List<@Nullable String> values) {}

    /** Opens a file; {@code duckdb} reads Parquet. */
    static Table open(Path file, Connection duckdb) {
        try {
            var head = new byte[4];
            int length;
            try (var in = Files.newInputStream(file)) {
                length = in.readNBytes(head, 0, 4);
            }
            if (length == 4 && new String(head, StandardCharsets.ISO_8859_1).equals("PAR1"))
                return new Parquet(file, duckdb);
            boolean zipped = length > 1 && head[0] == (byte) 0x1f && head[1] == (byte) 0x8b;
            var raw = Files.newInputStream(file);
            return new Csv(zipped ? new GZIPInputStream(raw, 1 << 16) : raw);
        } catch (IOException e) {
            throw Problem.invalid("file_unreadable", "the file cannot be read: " + e.getMessage());
        }
    }

    /** Comma, semicolon or tab: whichever the first line has most of. */
    final class Csv implements Table {
        private static final int LONGEST_HEADER = 1 << 16;

        private final CsvReader<CsvRecord> reader;
        private final Iterator<CsvRecord> rows;
        private final List<String> columns;

        private Csv(InputStream in) throws IOException {
            var buffered = new BufferedInputStream(in, LONGEST_HEADER);
            reader = CsvReader.builder()
                    .detectBomHeader(true)
                    .fieldSeparator(separator(buffered))
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .ofCsvRecord(buffered, StandardCharsets.UTF_8);
            rows = reader.iterator();
            var header = record();
            if (header == null)
                throw Problem.invalid("file_empty", "the file is empty; it needs a line of column names");
            columns = header.getFields().stream().map(String::strip).toList();
        }

        private static char separator(BufferedInputStream in) throws IOException {
            in.mark(LONGEST_HEADER);
            var line = new String(in.readNBytes(LONGEST_HEADER / 2), StandardCharsets.UTF_8);
            in.reset();
            int end = line.indexOf('\n');
            if (end >= 0) line = line.substring(0, end);
            char best = ',';
            long most = 0;
            for (char candidate : new char[] {',', ';', '\t'}) {
                long count = line.chars().filter(c -> c == candidate).count();
                if (count > most) {
                    best = candidate;
                    most = count;
                }
            }
            return best;
        }

        @Override
        public List<String> columns() {
            return columns;
        }

        @Override
        public @Nullable Row next() {
            var row = record();
            return row == null ? null : new Row(row.getStartingLineNumber(), new ArrayList<>(row.getFields()));
        }

        private @Nullable CsvRecord record() {
            try {
                return rows.hasNext() ? rows.next() : null;
            } catch (CsvParseException | UncheckedIOException e) {
                throw Problem.invalid("file_malformed", "the file is no well-formed CSV: " + e.getMessage());
            }
        }

        @Override
        public void close() {
            try {
                reader.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Every column as text. */
    final class Parquet implements Table {
        private final java.sql.PreparedStatement statement;
        private final java.sql.ResultSet rows;
        private final List<String> columns;
        private long number;

        private Parquet(Path file, Connection duckdb) {
            try {
                statement = duckdb.prepareStatement("select columns(*)::varchar from read_parquet(?)");
                statement.setString(1, file.toAbsolutePath().toString());
                rows = statement.executeQuery();
                var names = new ArrayList<String>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++)
                    names.add(rows.getMetaData().getColumnLabel(i));
                columns = List.copyOf(names);
            } catch (SQLException e) {
                throw Problem.invalid("file_malformed", "the Parquet file cannot be read: " + e.getMessage());
            }
        }

        @Override
        public List<String> columns() {
            return columns;
        }

        @Override
        public @Nullable Row next() {
            try {
                if (!rows.next()) return null;
                var values = new ArrayList<@Nullable String>(columns.size());
                for (int i = 1; i <= columns.size(); i++) values.add(rows.getString(i));
                return new Row(++number, values);
            } catch (SQLException e) {
                throw Problem.invalid("file_malformed", "the Parquet file cannot be read: " + e.getMessage());
            }
        }

        @Override
        public void close() {
            try {
                statement.close();
            } catch (SQLException e) {
                throw new IllegalStateException("the Parquet file cannot be closed", e);
            }
        }
    }
}
