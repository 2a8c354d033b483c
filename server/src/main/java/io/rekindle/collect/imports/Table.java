package io.rekindle.collect.imports;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.rekindle.platform.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file of rows, whatever its form: CSV or JSON lines, the same gzipped, Parquet, or an Excel workbook. */
sealed interface Table extends AutoCloseable permits Table.Csv, Table.Parquet, JsonLines, Workbook {
    List<String> columns();

    /** The character set its text is read in; null where the file's form leaves no choice. */
    @Nullable
    String encoding();

    /** The next row; null at the end. */
    @Nullable
    Row next();

    @Override
    void close();

    /**
     * @param number the line the row begins at (CSV), or its place from 1 (Parquet)
     * @param moments by its column's place, what a value of a time type says; its text stands among the values too
     * @param numbers the places of columns whose value is of a type of numbers: its text has a point, however the file writes
     * @param fault why the row cannot be read; null when it can
     */
    record Row(
            long number,
            List<@Nullable String> values,
            Map<Integer, Moment> moments,
            Set<Integer> numbers,
            @Nullable String fault) {
        Row(long number, List<@Nullable String> values, Map<Integer, Moment> moments, Set<Integer> numbers) {
            this(number, values, moments, numbers, null);
        }

        static Row unreadable(long number, String text, String fault) {
            return new Row(number, List.of(text), Map.of(), Set.of(), fault);
        }
    }

    /**
     * A time that was not written down as text.
     *
     * @param micros since 1970-01-01T00:00, in UTC when it is of a zone, else by a clock whose zone nobody has told
     */
    record Moment(long micros, boolean zoned) {
        Instant in(ZoneId zone) {
            var utc = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
            return zoned
                    ? utc
                    : LocalDateTime.ofInstant(utc, ZoneOffset.UTC).atZone(zone).toInstant();
        }
    }

    /**
     * Opens a file of any of the forms, told apart by how it begins; {@code duckdb} reads Parquet.
     *
     * @param encoding of its text; found out when null
     */
    static Table open(Path file, @Nullable String encoding, Connection duckdb) {
        try {
            var head = new byte[4];
            int length;
            try (var in = Files.newInputStream(file)) {
                length = in.readNBytes(head, 0, 4);
            }
            var begins = new String(head, 0, length, StandardCharsets.ISO_8859_1);
            if (begins.equals("PAR1")) return new Parquet(file, duckdb);
            if (begins.equals("PK\u0003\u0004")) return new Workbook(file);
            if (begins.equals("\u00d0\u00cf\u0011\u00e0"))
                throw Problem.invalid(
                        "xls_too_old",
                        "the file is an Excel workbook of the form before 2007 (.xls); save it as .xlsx");
            return text(file, begins.startsWith("\u001f\u008b"), encoding);
        } catch (IOException e) {
            throw Problem.invalid("file_unreadable", "the file cannot be read: {words}")
                    .with("words", e.getMessage());
        }
    }

    private static Table text(Path file, boolean zipped, @Nullable String given) throws IOException {
        Callable<InputStream> bytes = () -> {
            var raw = Files.newInputStream(file);
            try {
                return zipped ? new Unpacked(new GZIPInputStream(raw, 1 << 16), Files.size(file)) : raw;
            } catch (IOException | RuntimeException e) {
                raw.close();
                throw e;
            }
        };
        try {
            var encoding = given != null ? given : TextEncoding.of(bytes);
            var text = new StrictText(bytes.call(), encoding);
            var reader = new BufferedReader(text, Csv.LONGEST_HEADER);
            try {
                return switch (firstOf(reader)) {
                    case '{' -> {
                        reader.close();
                        yield new JsonLines(() -> new StrictText(bytes.call(), encoding), text.encoding());
                    }
                    case '[' ->
                        throw Problem.invalid(
                                "json_no_lines",
                                "the file is one JSON list; write one object a line (JSON Lines), without brackets and commas around them");
                    default -> new Csv(reader, text.encoding());
                };
            } catch (IOException | RuntimeException e) {
                reader.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first character that is no blank; 0 when there is none near the beginning. */
    private static char firstOf(BufferedReader in) throws IOException {
        in.mark(Csv.LONGEST_HEADER);
        char found = 0;
        for (int i = 0; i < 1024 && found == 0; i++) {
            int next = in.read();
            if (next < 0) break;
            if (!Character.isWhitespace(next)) found = (char) next;
        }
        in.reset();
        return found;
    }

    /** Comma, semicolon or tab: whichever a first line {@code sep=;} names, as Excel's own, or else has most of. */
    final class Csv implements Table {
        private static final int LONGEST_HEADER = 1 << 16;
        private static final Pattern NAMED = Pattern.compile("(?i)\\s*\"?sep=(.)\"?\\s*");

        private final CsvReader<CsvRecord> reader;
        private final Iterator<CsvRecord> rows;
        private final List<String> columns;
        private final String encoding;
        private final int linesBefore;

        private Csv(BufferedReader buffered, String encoding) throws IOException {
            this.encoding = encoding;
            var first = firstLine(buffered);
            var named = NAMED.matcher(first);
            linesBefore = named.matches() ? 1 : 0;
            if (linesBefore > 0) buffered.readLine();
            reader = CsvReader.builder()
                    .fieldSeparator(linesBefore > 0 ? named.group(1).charAt(0) : separator(first))
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .ofCsvRecord(buffered);
            rows = reader.iterator();
            var header = record();
            if (header == null)
                throw Problem.invalid("file_empty", "the file is empty; it needs a line of column names");
            columns = header.getFields().stream().map(String::strip).toList();
            if (columns.stream().anyMatch(column -> column.indexOf('\0') >= 0))
                throw Problem.invalid(
                        "file_encoding_zero_bytes",
                        "line 1 has zero bytes in it, as UTF-16 without a byte-order mark has; say UTF-16LE or UTF-16BE as its encoding");
        }

        private static String firstLine(BufferedReader in) throws IOException {
            in.mark(LONGEST_HEADER);
            var head = new char[LONGEST_HEADER / 2];
            int length = Math.max(0, in.read(head, 0, head.length));
            in.reset();
            var line = new String(head, 0, length);
            int end = line.indexOf('\n');
            return end >= 0 ? line.substring(0, end) : line;
        }

        private static char separator(String line) {
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
        public String encoding() {
            return encoding;
        }

        @Override
        public @Nullable Row next() {
            var row = record();
            return row == null
                    ? null
                    : new Row(
                            row.getStartingLineNumber() + linesBefore,
                            new ArrayList<>(row.getFields()),
                            Map.of(),
                            Set.of());
        }

        private @Nullable CsvRecord record() {
            try {
                return rows.hasNext() ? rows.next() : null;
            } catch (CsvParseException | UncheckedIOException e) {
                if (e.getCause() instanceof Problem problem) throw problem;
                throw Problem.invalid("file_malformed", "the file is no well-formed CSV: {words}")
                        .with("words", e.getMessage());
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

    /**
     * Every column as text; one of a time type as the moment it says too, which hangs on no form of writing. What is stored
     * as INT96, Spark's and Hive's older form of a time, is in UTC, as both write it.
     */
    final class Parquet implements Table {
        private static final Logger LOG = LoggerFactory.getLogger(Parquet.class);
        private static final Pattern NUMBER =
                Pattern.compile("U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|UINTEGER|FLOAT|DOUBLE|DECIMAL.*");
        private static final Set<String> ZONED = Set.of("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS");
        private static final String ZONED_TEXT =
                "case when %2$s is not null then timezone('UTC', c%1$d)::varchar || 'Z' else c%1$d::varchar end";

        private final java.sql.PreparedStatement statement;
        private final java.sql.ResultSet rows;
        private final List<String> columns;
        private final List<Time> times;
        private final Set<Integer> numbers;
        private long number;

        /** A column of a time type. */
        private record Time(int place, boolean zoned) {}

        private Parquet(Path file, Connection duckdb) {
            try {
                var path = file.toAbsolutePath().toString();
                var names = new ArrayList<String>();
                var found = new ArrayList<Time>();
                var texts = new ArrayList<String>();
                var moments = new ArrayList<String>();
                var ofNumbers = new HashSet<Integer>();
                var old = int96(path, duckdb);
                try (var look = duckdb.prepareStatement("select * from read_parquet(?) limit 0")) {
                    look.setString(1, path);
                    try (var none = look.executeQuery()) {
                        var types = none.getMetaData();
                        for (int i = 0; i < types.getColumnCount(); i++) {
                            var name = types.getColumnLabel(i + 1);
                            var type = types.getColumnTypeName(i + 1);
                            var micros = micros(type, i);
                            boolean zoned = micros != null && (ZONED.contains(type) || old.contains(name));
                            names.add(name);
                            if (NUMBER.matcher(type).matches()) ofNumbers.add(i);
                            texts.add((zoned ? ZONED_TEXT : "c%d::varchar").formatted(i, micros));
                            if (micros == null) continue;
                            found.add(new Time(i, zoned));
                            moments.add(", " + micros);
                        }
                    }
                }
                columns = List.copyOf(names);
                times = List.copyOf(found);
                numbers = Set.copyOf(ofNumbers);
                // Columns by their places: what a file calls them stays out of the statement.
                statement = duckdb.prepareStatement("select %s%s from read_parquet(?) as t(%s)"
                        .formatted(
                                String.join(", ", texts),
                                String.join("", moments),
                                IntStream.range(0, names.size())
                                        .mapToObj(i -> "c" + i)
                                        .collect(Collectors.joining(", "))));
                statement.setString(1, path);
                rows = statement.executeQuery();
            } catch (SQLException e) {
                throw broken(e);
            }
        }

        /** How a column's microseconds are asked for; null when it is of no time type. What is infinite has none. */
        private static @Nullable String micros(String type, int place) {
            return switch (type) {
                case "DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP WITH TIME ZONE" ->
                    "epoch_us(c%d)".formatted(place);
                case "TIMESTAMP_NS", "TIMESTAMPTZ_NS" -> "epoch_ns(c%d) // 1000".formatted(place);
                default -> null;
            };
        }

        private static Set<String> int96(String path, Connection duckdb) throws SQLException {
            var names = new HashSet<String>();
            try (var schema = duckdb.prepareStatement("select name from parquet_schema(?) where type = 'INT96'")) {
                schema.setString(1, path);
                try (var found = schema.executeQuery()) {
                    while (found.next()) names.add(found.getString(1));
                }
            }
            return names;
        }

        @Override
        public List<String> columns() {
            return columns;
        }

        @Override
        public @Nullable String encoding() {
            return null;
        }

        @Override
        public @Nullable Row next() {
            try {
                if (!rows.next()) return null;
                var values = new ArrayList<@Nullable String>(columns.size());
                for (int i = 1; i <= columns.size(); i++) values.add(rows.getString(i));
                var moments = new HashMap<Integer, Moment>();
                for (int i = 0; i < times.size(); i++) {
                    var time = times.get(i);
                    long micros = rows.getLong(columns.size() + i + 1);
                    if (!rows.wasNull()) moments.put(time.place(), new Moment(micros, time.zoned()));
                }
                return new Row(++number, values, moments, numbers);
            } catch (SQLException e) {
                throw broken(e);
            }
        }

        /** The engine's own words hold the statement and the file's place: they are for the log. */
        private static Problem broken(SQLException e) {
            LOG.debug("a Parquet file cannot be read", e);
            return Problem.invalid(
                    "parquet_malformed",
                    "the file begins like Parquet and cannot be read as such: it is incomplete or damaged; make it anew");
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
