package io.rekindle.app.analyze;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.rekindle.models.table.NumberForm;
import io.rekindle.platform.Problem;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file of rows with a line of column names: CSV (comma, semicolon or tab), the same gzipped, or Parquet; which of them,
 * its first bytes tell. Rows are streamed: only what is kept of them costs memory. CSV is read without a database, so that
 * a small file is answered at once; Parquet through DuckDB.
 */
final class DataFile implements AutoCloseable {
    private final Path path;
    private final Source source;
    private final NumberForm written;

    private DataFile(Path path, Source source, NumberForm written) {
        this.path = path;
        this.source = source;
        this.written = written;
    }

    /**
     * Opens a file.
     *
     * @param encoding of a CSV file; null for UTF-8
     * @param written how a CSV file writes its numbers; in Parquet they are numbers and not written at all
     */
    static DataFile open(Path path, @Nullable String encoding, NumberForm written) {
        if (!Files.isRegularFile(path)) throw Problem.notFound("file_not_found", "there is no file " + path);
        try {
            var head = new byte[4];
            int length;
            try (var in = Files.newInputStream(path)) {
                length = in.readNBytes(head, 0, 4);
            }
            if (length == 4 && new String(head, StandardCharsets.ISO_8859_1).equals("PAR1"))
                return new DataFile(path, new Parquet(path), NumberForm.POINT);
            boolean zipped = length > 1 && head[0] == (byte) 0x1f && head[1] == (byte) 0x8b;
            InputStream raw = Files.newInputStream(path);
            try {
                return new DataFile(
                        path,
                        new Csv(path, zipped ? new GZIPInputStream(raw, 1 << 16) : raw, charset(encoding)),
                        written);
            } catch (IOException | RuntimeException e) {
                raw.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static Charset charset(@Nullable String encoding) {
        try {
            return encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding);
        } catch (UnsupportedCharsetException | IllegalCharsetNameException e) {
            throw Problem.invalid(
                    "encoding_unknown",
                    "there is no encoding '%s'; UTF-8, GB18030 and windows-1252 are some".formatted(encoding));
        }
    }

    private static Problem unreadable(Path path, IOException e) {
        return Problem.invalid(
                "file_unreadable",
                "%s cannot be read: %s"
                        .formatted(
                                path,
                                String.valueOf(e.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("")));
    }

    /** The names of the columns, in the file's order. */
    List<String> columns() {
        return source.columns();
    }

    String name() {
        return String.valueOf(path.getFileName());
    }

    /** How its numbers are written. */
    NumberForm written() {
        return written;
    }

    /** The place of a column. */
    int place(String column) {
        var columns = columns();
        int place = columns.indexOf(column);
        if (place < 0)
            throw Problem.invalid(
                    "column_unknown",
                    "%s has no column '%s'; it has %s".formatted(name(), column, String.join(", ", columns)));
        if (columns.lastIndexOf(column) != place)
            throw Problem.invalid("column_ambiguous", "%s has two columns '%s'; rename one".formatted(name(), column));
        return place;
    }

    /**
     * Reads the rows, all in one pass.
     *
     * @param fields what to read
     * @param columns for each field the name of its column
     * @param told how many rows have been read, now and then
     * @throws Problem naming the first row and column that cannot be understood, and how many more there are
     */
    DataRows read(List<Field> fields, List<String> columns, TimeText times, LongConsumer told) {
        return read(fields, columns, times, told, List.of(), (column, text) -> {});
    }

    /**
     * The same, and hands on the text of further columns.
     *
     * @param further their names
     * @param taker takes their values row by row, by their place among the further ones
     */
    DataRows read(
            List<Field> fields,
            List<String> columns,
            TimeText times,
            LongConsumer told,
            List<String> further,
            ValueTaker taker) {
        int[] places = columns.stream().mapToInt(this::place).toArray();
        int[] furtherPlaces = further.stream().mapToInt(this::place).toArray();
        var wanted = DataRows.columnsOf(fields, times, written);
        var kept = wanted.values().toArray(new DataRows.Column[0]);
        String firstFault = null;
        long faults = 0;
        int size = 0;
        while (source.next()) {
            boolean wrong = false;
            for (int i = 0; i < kept.length; i++) {
                var text = source.value(places[i]);
                var fault = kept[i].add(text);
                if (fault == null) continue;
                wrong = true;
                if (firstFault == null)
                    firstFault = "row %d, column %s: '%s' %s"
                            .formatted(source.row(), columns.get(i), shortened(text), fault);
            }
            for (int i = 0; i < furtherPlaces.length; i++) taker.take(i, source.value(furtherPlaces[i]));
            if (wrong) faults++;
            if (++size % 100_000 == 0) told.accept(size);
            if (size == Integer.MAX_VALUE - 8)
                throw Problem.invalid("file_too_long", name() + " has more than two billion rows");
        }
        if (firstFault != null)
            throw Problem.invalid(
                    "rows_unreadable",
                    "%s, %s%s"
                            .formatted(
                                    name(),
                                    firstFault,
                                    faults == 1 ? "" : Figures.agreed(" (and %,d rows more)".formatted(faults - 1))));
        if (size == 0) throw Problem.invalid("file_without_rows", "%s has column names and no rows".formatted(name()));
        return new DataRows(wanted, size, written);
    }

    /** Takes a value of a column, null where a row has none. */
    @FunctionalInterface
    interface ValueTaker {
        void take(int column, @Nullable String text);
    }

    private static String shortened(@Nullable String text) {
        var line = String.valueOf(text).strip().replaceAll("\\s+", " ");
        return line.length() <= 40 ? line : line.substring(0, 39) + "…";
    }

    @Override
    public void close() {
        source.close();
    }

    private sealed interface Source extends AutoCloseable {
        List<String> columns();

        /** Goes to the next row; false at the end. */
        boolean next();

        @Nullable
        String value(int column);

        /** The line the row begins at (CSV), or its place from 1 (Parquet). */
        long row();

        @Override
        void close();
    }

    private static final class Csv implements Source {
        private static final int LONGEST_HEADER = 1 << 16;

        private final Path path;
        private final Charset charset;
        private final CsvReader<CsvRecord> reader;
        private final Iterator<CsvRecord> rows;
        private final List<String> columns;
        private @Nullable CsvRecord row;

        Csv(Path path, InputStream in, Charset charset) throws IOException {
            this.path = path;
            this.charset = charset;
            var decoder = charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
            var buffered = new BufferedReader(
                    new InputStreamReader(new BufferedInputStream(in, 1 << 16), decoder), LONGEST_HEADER);
            reader = CsvReader.builder()
                    .fieldSeparator(separator(buffered))
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .ofCsvRecord(buffered);
            rows = reader.iterator();
            if (!step())
                throw Problem.invalid(
                        "file_empty", "%s is empty; it needs a line of column names".formatted(path.getFileName()));
            columns = List.copyOf(
                    current().getFields().stream().map(String::strip).toList());
        }

        private char separator(BufferedReader in) throws IOException {
            in.mark(LONGEST_HEADER);
            int first = 0;
            try {
                first = in.read();
            } catch (CharacterCodingException e) {
                throw notInEncoding(1);
            }
            if (first != 0xFEFF) in.reset();
            in.mark(LONGEST_HEADER);
            var head = new char[LONGEST_HEADER / 2];
            int length = 0;
            try {
                length = Math.max(0, in.read(head, 0, head.length));
            } catch (CharacterCodingException e) {
                throw notInEncoding(1);
            }
            in.reset();
            var line = new String(head, 0, length).lines().findFirst().orElse("");
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

        private Problem notInEncoding(long line) {
            return Problem.invalid(
                    "file_encoding",
                    "%s is not in %s text near line %d; name its encoding with --encoding, or make sure it is a CSV or Parquet file"
                            .formatted(path.getFileName(), charset.name(), line));
        }

        private CsvRecord current() {
            if (row == null) throw new IllegalStateException("before the first row");
            return row;
        }

        private boolean step() {
            long line = row == null ? 1 : row.getStartingLineNumber();
            try {
                if (!rows.hasNext()) return false;
                row = rows.next();
                return true;
            } catch (CsvParseException | UncheckedIOException e) {
                if (isUndecodable(e)) throw notInEncoding(line + 1);
                throw Problem.invalid(
                        "file_malformed",
                        "%s is no well-formed CSV after line %d: %s"
                                .formatted(
                                        path.getFileName(),
                                        line,
                                        String.valueOf(e.getMessage())
                                                .lines()
                                                .findFirst()
                                                .orElse("")));
            }
        }

        private static boolean isUndecodable(Throwable failure) {
            for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause())
                if (cause instanceof CharacterCodingException) return true;
            return false;
        }

        @Override
        public List<String> columns() {
            return columns;
        }

        @Override
        public boolean next() {
            if (!step()) return false;
            if (current().getFieldCount() != columns.size())
                throw Problem.invalid(
                        "file_malformed",
                        "%s, row %d has %d fields where the first line has %d names: %s"
                                .formatted(
                                        path.getFileName(),
                                        current().getStartingLineNumber(),
                                        current().getFieldCount(),
                                        columns.size(),
                                        shortened(String.join(",", current().getFields()))));
            return true;
        }

        @Override
        public String value(int column) {
            return current().getField(column);
        }

        @Override
        public long row() {
            return current().getStartingLineNumber();
        }

        @Override
        public void close() {
            try {
                reader.close();
            } catch (IOException e) {
                throw unreadable(path, e);
            }
        }
    }

    /** Every column as text, so that both kinds of file are understood by the same rules. */
    private static final class Parquet implements Source {
        private final Connection duckdb;
        private final PreparedStatement statement;
        private final ResultSet rows;
        private final List<String> columns;
        private long number;

        Parquet(Path file) {
            try {
                duckdb = DuckDb.inMemory();
                statement = duckdb.prepareStatement("select columns(*)::varchar from read_parquet(?)");
                statement.setString(1, file.toAbsolutePath().toString());
                rows = statement.executeQuery();
                var names = new ArrayList<String>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++)
                    names.add(rows.getMetaData().getColumnLabel(i));
                columns = List.copyOf(names);
            } catch (SQLException e) {
                throw broken(e);
            }
        }

        private static Problem broken(SQLException e) {
            var problem = Problem.invalid(
                    "file_malformed",
                    "the file begins like Parquet and cannot be read as such: it is incomplete or damaged; make it anew");
            problem.initCause(e);
            return problem;
        }

        @Override
        public List<String> columns() {
            return columns;
        }

        @Override
        public boolean next() {
            try {
                number++;
                return rows.next();
            } catch (SQLException e) {
                throw broken(e);
            }
        }

        @Override
        public @Nullable String value(int column) {
            try {
                return rows.getString(column + 1);
            } catch (SQLException e) {
                throw broken(e);
            }
        }

        @Override
        public long row() {
            return number;
        }

        @Override
        public void close() {
            try {
                statement.close();
                duckdb.close();
            } catch (SQLException e) {
                throw broken(e);
            }
        }
    }
}
