package io.rekindle.collect.imports;

import io.rekindle.collect.FileCurrency;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.intake.PersonalText;
import io.rekindle.platform.Problem;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Reads order lines out of rows by a mapping; a row that does not fit says why. */
final class LineReader {
    /** Of the column, and of what the file was said to be in. */
    static final String ANOTHER_CURRENCY =
            "the amount is in another currency by column '%s', and those of this import are in %s: bring the rows in that currency in as a file of their own, read in it (currency, --currency) and, where it is not the installation's, at a rate (rate, --rate)";

    private final MappedColumns columns;
    private final ImportMapping mapping;
    private final FileCurrency currency;
    private final Instant latest;

    /**
     * Checks the mapping against the columns; all faults at once.
     *
     * @param zone of times that name none
     * @param currency of the amounts: a row in any other is a fault
     * @param latest a time beyond it is a fault: nobody has ordered yet then
     */
    LineReader(ImportMapping mapping, List<String> columns, ZoneId zone, FileCurrency currency, Instant latest) {
        this.mapping = mapping;
        this.latest = latest;
        this.currency = currency;
        var faults = new ArrayList<Problem.Fault>();
        this.columns = new MappedColumns(mapping, columns, zone, faults);
        if (!this.columns.has("customer") && !this.columns.has("email"))
            faults.add(new Problem.Fault(
                            "customer",
                            "customer_column_missing",
                            "no column is mapped to it, nor to email; the file has {columns}")
                    .with("columns", columns));
        MappedColumns.requireNone(faults);
    }

    /** Every column of the file, and what it is read as. */
    List<Imports.Column> understood() {
        return columns.understood();
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
        try {
            return line(row);
        } catch (BadRow bad) {
            return new Refused(bad.reason(), bad.detail());
        }
    }

    private Result line(Table.Row row) throws BadRow {
        var unreadable = columns.unreadable(row);
        if (unreadable != null) throw unreadable;
        var orderId = text(row, "order_id");
        if (orderId.isEmpty()) return new Refused("no_order_id", "column '%s' is empty".formatted(column("order_id")));
        if (orderId.length() > 200) return new Refused("bad_order_id", "the order id is longer than 200 characters");
        var customer = text(row, "customer");
        var email = text(row, "email");
        if (customer.isEmpty() && email.isEmpty()) return new Refused("no_customer", "the row names no customer");
        var at = columns.time(row, "time", latest);
        var quantity = columns.number(row, "quantity");
        if (quantity == null)
            return new Refused("bad_quantity", "column '%s' holds no quantity".formatted(column("quantity")));
        if (quantity.signum() == 0)
            return new Refused("quantity_zero", "the quantity in column '%s' is 0".formatted(column("quantity")));
        var price = columns.money(row, "unit_price", currency);
        if (price == null)
            return new Refused("bad_unit_price", "column '%s' holds no price".formatted(column("unit_price")));
        if (price.signum() < 0)
            return new Refused(
                    "negative_unit_price", "the price in column '%s' is negative".formatted(column("unit_price")));
        var prefix = mapping.cancelledPrefix();
        boolean cancels = (prefix != null && !prefix.isEmpty() && orderId.startsWith(prefix))
                || (mapping.negativeIsCancellation() && quantity.signum() < 0);
        if (!cancels && quantity.signum() < 0)
            return new Refused(
                    "negative_quantity",
                    "the quantity in column '%s' is negative and the mapping calls it no cancellation"
                            .formatted(column("quantity")));
        var given = text(row, "currency");
        if (!given.isEmpty() && !given.equalsIgnoreCase(currency.code()))
            return new Refused("other_currency", ANOTHER_CURRENCY.formatted(column("currency"), currency.code()));
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
        return columns.column(field);
    }

    private String text(Table.Row row, String field) {
        return columns.text(row, field);
    }
}
