package io.rekindle.collect;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the columns of a file are to be read.
 *
 * @param fields our field → the file's column; a field that is left out is looked for under its own name
 * @param timeFormat a pattern of {@link java.time.format.DateTimeFormatter}; ISO 8601 when absent. A column of a time type
 *     (Parquet, XLSX) needs none
 * @param currency ISO 4217 code of all amounts; the installation's when absent. Rows whose own currency is another are faults
 * @param rate units of the installation's currency for one of {@code currency}, a decimal as text; there must be one when
 *     the two differ, and none when they do not: {@link FileCurrency}
 * @param cancelledPrefix order ids that begin so are cancellations, e.g. {@code C}
 * @param negativeCancels whether a line with a negative quantity is a cancellation too; yes when absent
 * @param encoding name of the text's character set, e.g. {@code GB18030}; when absent it is found out from the text
 * @param kind what the rows tell of; orders when absent
 * @param decimalComma whether numbers that are text are written {@code 1.234,56}; or, when no, {@code 1,234.56}. When absent
 *     only what can be nothing else is a number: {@code 1234.56} and {@code 1,234.56}, and not {@code 1,234}
 */
public record ImportMapping(
        @Nullable Map<String, String> fields,
        @Nullable String timeFormat,
        @Nullable String currency,
        @Nullable String rate,
        @Nullable String cancelledPrefix,
        @Nullable Boolean negativeCancels,
        @Nullable String encoding,
        @Nullable ImportKind kind,
        @Nullable Boolean decimalComma) {
    /** Orders, with nothing given: every field is looked for under its own name. */
    public static final ImportMapping NONE = new ImportMapping(null, null, null, null, null, null, null, null, null);

    public ImportMapping {
        fields = fields == null ? Map.of() : Map.copyOf(new LinkedHashMap<>(fields));
    }

    /** Of a kind, with these columns and nothing else given. */
    public static ImportMapping of(ImportKind kind, Map<String, String> fields) {
        return new ImportMapping(fields, null, null, null, null, null, null, kind, null);
    }

    /** The field → column pairs given; empty when none are. */
    public Map<String, String> columns() {
        return fields == null ? Map.of() : fields;
    }

    /** What the rows tell of. */
    public ImportKind tells() {
        return kind == null ? ImportKind.ORDERS : kind;
    }

    /** The same mapping for a file in this encoding. */
    public ImportMapping encodedIn(@Nullable String name) {
        return new ImportMapping(
                fields, timeFormat, currency, rate, cancelledPrefix, negativeCancels, name, kind, decimalComma);
    }

    /** The same mapping of other columns. */
    public ImportMapping withColumns(Map<String, String> others) {
        return new ImportMapping(
                others, timeFormat, currency, rate, cancelledPrefix, negativeCancels, encoding, kind, decimalComma);
    }

    /** The same mapping for another kind. */
    public ImportMapping of(ImportKind other) {
        return new ImportMapping(
                fields, timeFormat, currency, rate, cancelledPrefix, negativeCancels, encoding, other, decimalComma);
    }

    /** Whether a line with a negative quantity takes back. */
    public boolean negativeIsCancellation() {
        return negativeCancels == null || negativeCancels;
    }
}
