package io.rekindle.collect.imports;

import io.rekindle.collect.Imports;
import io.rekindle.collect.OrderMapping;
import io.rekindle.collect.intake.PersonalText;
import io.rekindle.common.Decimals;
import io.rekindle.platform.Problem;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads order lines out of rows by a mapping; a row that does not fit says why. */
final class LineReader {
    private static final BigDecimal LARGEST = new BigDecimal("1000000000");

    private final Map<String, Integer> places = new HashMap<>();
    private final List<String> columns;
    private final OrderMapping mapping;
    private final Times times;
    private final ZoneId zone;
    private final String currency;
    private final Instant latest;

    /**
     * Checks the mapping against the columns; all faults at once.
     *
     * @param zone of times that name none
     * @param currency of the amounts, unless the mapping names another: a row in any other is a fault
     * @param latest a time beyond it is a fault: nobody has ordered yet then
     */
    LineReader(OrderMapping mapping, List<String> columns, ZoneId zone, String currency, Instant latest) {
        this.mapping = mapping;
        this.latest = latest;
        this.currency = mapping.currency() == null ? currency : mapping.currency();
        this.zone = zone;
        this.columns = columns;
        var faults = new ArrayList<Problem.Fault>();
        mapping.columns().forEach((field, column) -> {
            if (!OrderMapping.FIELDS.contains(field))
                faults.add(new Problem.Fault(field, "import_field_unknown", "there is no such field; there are {known}")
                        .with("known", OrderMapping.FIELDS));
            else if (columns.contains(column)) places.put(field, columns.indexOf(column));
            else
                faults.add(new Problem.Fault(
                                field, "column_unknown", "the file has no column '{column}'; it has {columns}")
                        .with("column", column)
                        .with("columns", columns));
        });
        for (var field : OrderMapping.FIELDS)
            if (!mapping.columns().containsKey(field) && columns.contains(field))
                places.put(field, columns.indexOf(field));
        for (var field : OrderMapping.REQUIRED)
            if (!places.containsKey(field) && !mapping.columns().containsKey(field))
                faults.add(
                        new Problem.Fault(field, "column_missing", "no column is mapped to it; the file has {columns}")
                                .with("columns", columns));
        if (!places.containsKey("customer")
                && !places.containsKey("email")
                && !mapping.columns().containsKey("customer")
                && !mapping.columns().containsKey("email"))
            faults.add(new Problem.Fault(
                            "customer",
                            "customer_column_missing",
                            "no column is mapped to it, nor to email; the file has {columns}")
                    .with("columns", columns));
        places.forEach((field, place) -> {
            var column = columns.get(place);
            long alike = columns.stream().filter(column::equals).count();
            if (alike > 1)
                faults.add(new Problem.Fault(
                                field,
                                "column_ambiguous",
                                "the file has {count} columns named '{column}': rename all but the one that is meant")
                        .with("count", alike)
                        .with("column", column));
        });
        times = times(mapping.timeFormat(), zone, faults);
        if (mapping.currency() != null && !mapping.currency().matches("[A-Z]{3}"))
            faults.add(new Problem.Fault("currency", "currency_unknown", "'{currency}' is no ISO 4217 code")
                    .with("currency", mapping.currency()));
        if (!faults.isEmpty())
            throw Problem.unprocessable(
                            "import_mapping_invalid", "the mapping does not fit the file: {count} fault(s)", faults)
                    .with("count", faults.size());
    }

    private static Times times(@Nullable String pattern, ZoneId zone, List<Problem.Fault> faults) {
        if (pattern == null) return Times.iso(zone);
        try {
            return Times.of(pattern, zone);
        } catch (IllegalArgumentException e) {
            faults.add(new Problem.Fault("timeFormat", "time_format_unknown", "'{pattern}' is no time pattern: {words}")
                    .with("pattern", pattern)
                    .with("words", e.getMessage()));
            return Times.iso(zone);
        }
    }

    /** Every column of the file, and what it is read as. */
    List<Imports.Column> understood() {
        var fields = new HashMap<Integer, String>();
        for (var field : OrderMapping.FIELDS) {
            var place = places.get(field);
            if (place != null) fields.merge(place, field, (one, other) -> one + ", " + other);
        }
        var understood = new ArrayList<Imports.Column>(columns.size());
        for (int i = 0; i < columns.size(); i++) understood.add(new Imports.Column(columns.get(i), fields.get(i)));
        return understood;
    }

    /** A row, read. */
    sealed interface Result {}

    /** @param quantity negative for a line that takes back */
    record Line(
            String orderId,
            Instant at,
            String customer,
            String email,
            boolean cancels,
            String productId,
            String productName,
            String category,
            BigDecimal quantity,
            BigDecimal unitPrice)
            implements Result {
        /** The same line under another order id. */
        Line ofOrder(String id) {
            return new Line(id, at, customer, email, cancels, productId, productName, category, quantity, unitPrice);
        }
    }

    record Refused(String reason, String detail) implements Result {}

    Result read(Table.Row row) {
        if (row.values().size() != columns.size())
            return new Refused(
                    "wrong_number_of_fields",
                    "the row has %d fields, the header %d"
                            .formatted(row.values().size(), columns.size()));
        var orderId = text(row, "order_id");
        if (orderId.isEmpty()) return new Refused("no_order_id", "column '%s' is empty".formatted(column("order_id")));
        if (orderId.length() > 200) return new Refused("bad_order_id", "the order id is longer than 200 characters");
        var customer = text(row, "customer");
        var email = text(row, "email");
        if (customer.isEmpty() && email.isEmpty()) return new Refused("no_customer", "the row names no customer");
        var time = text(row, "time");
        if (time.isEmpty()) return new Refused("no_time", "column '%s' is empty".formatted(column("time")));
        var moment = row.moments().get(places.getOrDefault("time", -1));
        // A form of writing says nothing of what was not written down as text.
        var at = moment == null ? times.read(time) : moment.in(zone);
        if (at == null)
            return new Refused(
                    "bad_time",
                    "'%s' in column '%s' is no time %s"
                            .formatted(
                                    time,
                                    column("time"),
                                    mapping.timeFormat() == null
                                                    || mapping.timeFormat().isBlank()
                                            ? "in ISO 8601, such as 2026-03-01T09:00:00Z"
                                            : "of the form " + mapping.timeFormat()));
        if (at.isBefore(Instant.EPOCH))
            return new Refused(
                    "time_before_1970", "'%s' in column '%s' lies before 1970".formatted(time, column("time")));
        if (at.isAfter(latest))
            return new Refused(
                    "time_in_the_future",
                    "'%s' in column '%s' lies in the future (times without a zone are taken as those of %s)"
                            .formatted(time, column("time"), zone));
        var quantity = number(text(row, "quantity"));
        if (quantity == null)
            return new Refused(
                    "bad_quantity",
                    "'%s' in column '%s' is no quantity".formatted(text(row, "quantity"), column("quantity")));
        if (quantity.signum() == 0)
            return new Refused("quantity_zero", "the quantity in column '%s' is 0".formatted(column("quantity")));
        var price = number(text(row, "unit_price"));
        if (price == null)
            return new Refused(
                    "bad_unit_price",
                    "'%s' in column '%s' is no price".formatted(text(row, "unit_price"), column("unit_price")));
        if (price.signum() < 0)
            return new Refused(
                    "negative_unit_price",
                    "the price %s in column '%s' is negative".formatted(text(row, "unit_price"), column("unit_price")));
        var prefix = mapping.cancelledPrefix();
        boolean cancels = (prefix != null && !prefix.isEmpty() && orderId.startsWith(prefix))
                || (mapping.negativeIsCancellation() && quantity.signum() < 0);
        if (!cancels && quantity.signum() < 0)
            return new Refused(
                    "negative_quantity",
                    "the quantity %s is negative and the mapping calls it no cancellation"
                            .formatted(text(row, "quantity")));
        var given = text(row, "currency");
        if (!given.isEmpty() && !given.equalsIgnoreCase(currency))
            return new Refused(
                    "other_currency",
                    "the amount is in '%s' by column '%s', and those of this import are in %s: convert it, or bring the rows in that currency in as a file of their own, with --currency"
                            .formatted(given, column("currency"), currency));
        return new Line(
                orderId,
                at,
                customer,
                email,
                cancels,
                PersonalText.redacted(text(row, "product_id"), PersonalText.Kind.IDENTIFIER),
                PersonalText.redacted(text(row, "product_name"), PersonalText.Kind.FREE),
                PersonalText.redacted(text(row, "category"), PersonalText.Kind.FREE),
                cancels ? quantity.abs().negate() : quantity,
                price);
    }

    private String column(String field) {
        var place = places.get(field);
        return place == null ? field : columns.get(place);
    }

    private String text(Table.Row row, String field) {
        var place = places.get(field);
        if (place == null) return "";
        var value = row.values().get(place);
        return value == null ? "" : value.strip().replace("\0", "");
    }

    private static @Nullable BigDecimal number(String text) {
        if (text.isEmpty() || text.length() > 40) return null;
        var value = Decimals.read(text);
        return value == null || value.abs().compareTo(LARGEST) > 0 ? null : value.setScale(4, RoundingMode.HALF_EVEN);
    }
}
