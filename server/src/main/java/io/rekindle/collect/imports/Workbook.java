package io.rekindle.collect.imports;

import io.rekindle.collect.Identifier;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.ReadingOptions;
import org.dhatim.fastexcel.reader.SheetVisibility;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first visible sheet of an Excel workbook ({@code .xlsx}): its first row that says anything names the columns. A cell
 * with the format of a date or time is a moment by a clock whose zone nobody has told; a formula is what it came to, and
 * empty when it failed.
 */
final class Workbook implements Table {
    private static final Logger LOG = LoggerFactory.getLogger(Workbook.class);
    /** Unpacked; a workbook that is larger is better written as CSV. */
    private static final long LARGEST_PART = 2L << 30;
    /** Texts that many cells share stand in memory as a whole. */
    private static final long LARGEST_SHARED_TEXTS = 256L << 20;

    private static final BigDecimal LAST_DAY = new BigDecimal(2_958_466);
    private static final BigDecimal MILLIS_OF_A_DAY = new BigDecimal(86_400_000);

    private final ReadableWorkbook book;
    private final Stream<org.dhatim.fastexcel.reader.Row> stream;
    private final Iterator<org.dhatim.fastexcel.reader.Row> rows;
    private final List<String> columns;

    Workbook(Path file) throws IOException {
        requireBounded(file);
        try {
            book = new ReadableWorkbook(file.toFile(), new ReadingOptions(true, true));
            var sheet = book.getSheets()
                    .filter(one -> one.getVisibility() == SheetVisibility.VISIBLE)
                    .findFirst()
                    .orElse(book.getFirstSheet());
            stream = sheet.openStream();
            rows = stream.iterator();
            columns = header();
        } catch (RuntimeException | IOException e) {
            throw broken(e);
        }
    }

    private static void requireBounded(Path file) throws IOException {
        try (var zip = new ZipFile(file.toFile())) {
            for (var parts = zip.entries(); parts.hasMoreElements(); ) {
                var part = parts.nextElement();
                long most = part.getName().toLowerCase(Locale.ROOT).endsWith("sharedstrings.xml")
                        ? LARGEST_SHARED_TEXTS
                        : LARGEST_PART;
                try (var in = zip.getInputStream(part)) {
                    new WorkbookPart(most).requireBounded(in);
                }
            }
        }
    }

    private List<String> header() {
        while (rows.hasNext()) {
            var row = rows.next();
            var names = new ArrayList<String>();
            for (int i = 0; i < row.getCellCount(); i++) {
                var text = text(cell(row, i));
                names.add(text == null ? "" : text.strip());
            }
            while (!names.isEmpty() && names.getLast().isEmpty()) names.removeLast();
            if (!names.isEmpty()) return List.copyOf(names);
        }
        throw Problem.invalid("file_empty", "the file is empty; it needs a line of column names");
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
            while (rows.hasNext()) {
                var row = rows.next();
                var values = new ArrayList<@Nullable String>(columns.size());
                var moments = new HashMap<Integer, Moment>();
                var numbers = new HashSet<Integer>();
                boolean any = false;
                for (int i = 0; i < columns.size(); i++) {
                    var cell = cell(row, i);
                    var moment = cell == null ? null : moment(cell);
                    if (moment == null) {
                        values.add(text(cell));
                        if (cell != null && cell.getValue() instanceof BigDecimal) numbers.add(i);
                    } else {
                        values.add(moment.toString());
                        moments.put(
                                i,
                                new Moment(
                                        ChronoUnit.MICROS.between(
                                                LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC), moment),
                                        false));
                    }
                    var value = values.get(i);
                    any |= value != null && !value.isBlank();
                }
                if (any) return new Row(row.getRowNum(), values, moments, numbers);
            }
            return null;
        } catch (RuntimeException e) {
            throw broken(e);
        }
    }

    private static @Nullable Cell cell(org.dhatim.fastexcel.reader.Row row, int column) {
        return column < row.getCellCount() ? row.getCell(column) : null;
    }

    private static @Nullable String text(@Nullable Cell cell) {
        if (cell == null) return null;
        return switch (cell.getType()) {
            case EMPTY, ERROR -> null;
            case NUMBER -> plain(cell.asNumber());
            case BOOLEAN -> String.valueOf(cell.asBoolean());
            case STRING -> said(cell.asString());
            case FORMULA -> formula(cell.getValue());
        };
    }

    /** What a formula came to, by the type it came to: text of digits stays text, and what failed says nothing. */
    private static @Nullable String formula(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case BigDecimal number -> plain(number);
            default -> said(value.toString());
        };
    }

    /** Copied as text, a failure is one all the same. */
    private static @Nullable String said(@Nullable String text) {
        return text == null
                        || Identifier.SPREADSHEET_FAILURES.contains(text.strip().toLowerCase(Locale.ROOT))
                ? null
                : text;
    }

    /** Excel writes 13800138000 as 1.3800138E10, and 0.1 + 0.2 with seventeen digits, of which it shows fifteen. */
    private static String plain(BigDecimal number) {
        if (Math.abs((long) number.precision() - number.scale()) > 60) return number.toString();
        var shown = number.round(new java.math.MathContext(15)).stripTrailingZeros();
        return shown.scale() < 0 ? shown.setScale(0).toPlainString() : shown.toPlainString();
    }

    private @Nullable LocalDateTime moment(Cell cell) {
        if (!(cell.getValue() instanceof BigDecimal number)
                || number.signum() < 0
                || number.compareTo(LAST_DAY) >= 0
                || !isOfTime(cell.getDataFormatId(), cell.getDataFormatString())) return null;
        long days = number.longValue();
        // A day's fraction in binary is no whole second by some nanoseconds.
        long millis = number.subtract(BigDecimal.valueOf(days))
                .multiply(MILLIS_OF_A_DAY)
                .setScale(0, RoundingMode.HALF_UP)
                .longValue();
        return firstDay(days).plusDays(days).atStartOfDay().plus(millis, ChronoUnit.MILLIS);
    }

    /** Day 0; Excel's 1900 had a 29 February, as Lotus 1-2-3's had. */
    private LocalDate firstDay(long days) {
        if (book.isDate1904()) return LocalDate.of(1904, 1, 1);
        return days <= 60 ? LocalDate.of(1899, 12, 31) : LocalDate.of(1899, 12, 30);
    }

    /** By the numbers of built-in formats (ECMA-376, 18.8.30), those of East Asian languages too, else by what is written. */
    private static boolean isOfTime(@Nullable Integer id, @Nullable String format) {
        if (id != null
                && ((id >= 14 && id <= 22)
                        || (id >= 27 && id <= 36)
                        || (id >= 45 && id <= 47)
                        || (id >= 50 && id <= 58))) return true;
        if (format == null) return false;
        var bare = format.replaceAll("\"[^\"]*\"|\\\\.|\\[[^\\]]*\\]", "").toLowerCase(Locale.ROOT);
        return bare.matches(".*(y|d|h|ss).*") && !bare.contains("general");
    }

    private static Problem broken(Exception e) {
        if (e instanceof Problem problem) return problem;
        LOG.debug("a workbook cannot be read", e);
        return Problem.invalid(
                "xlsx_malformed",
                "the file begins like an Excel workbook and cannot be read as such: it is incomplete or damaged; save it anew");
    }

    @Override
    public void close() {
        stream.close();
        try {
            book.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
