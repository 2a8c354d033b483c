package io.rekindle.collect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the columns of a file of order lines are to be read.
 *
 * @param fields our field → the file's column; a field that is left out is looked for under its own name
 * @param timeFormat a pattern of {@link java.time.format.DateTimeFormatter}; ISO 8601 when absent. A Parquet column of a
 *     time type needs none
 * @param currency ISO 4217 code of all amounts; the installation's when absent. Rows whose own currency is another are faults
 * @param cancelledPrefix order ids that begin so are cancellations, e.g. {@code C}
 * @param negativeCancels whether a line with a negative quantity is a cancellation too; yes when absent
 * @param encoding name of the text's character set, e.g. {@code GB18030}; when absent what its byte-order mark says,
 *     else UTF-8
 */
public record OrderMapping(
        @Nullable Map<String, String> fields,
        @Nullable String timeFormat,
        @Nullable String currency,
        @Nullable String cancelledPrefix,
        @Nullable Boolean negativeCancels,
        @Nullable String encoding) {
    /** Nothing given: every field is looked for under its own name. */
    public static final OrderMapping NONE = new OrderMapping(null, null, null, null, null, null);

    /** The fields a file must have; of the customer's two at least one. */
    public static final List<String> REQUIRED = List.of("order_id", "time", "quantity", "unit_price");

    /** All fields there are. */
    public static final List<String> FIELDS = List.of(
            "order_id",
            "time",
            "customer",
            "email",
            "product_id",
            "product_name",
            "category",
            "quantity",
            "unit_price",
            "currency");

    public OrderMapping {
        fields = fields == null ? Map.of() : Map.copyOf(new LinkedHashMap<>(fields));
    }

    /** The field → column pairs given; empty when none are. */
    public Map<String, String> columns() {
        return fields == null ? Map.of() : fields;
    }

    /** The same mapping for a file in this encoding. */
    public OrderMapping encodedIn(@Nullable String name) {
        return new OrderMapping(fields, timeFormat, currency, cancelledPrefix, negativeCancels, name);
    }

    /** Whether a line with a negative quantity takes back. */
    public boolean negativeIsCancellation() {
        return negativeCancels == null || negativeCancels;
    }
}
