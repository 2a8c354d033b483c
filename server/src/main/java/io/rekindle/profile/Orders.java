package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What one customer bought, from the history. */
@Component
public class Orders {
    private final Warehouse warehouse;
    private final Identities identities;

    Orders(Warehouse warehouse, Identities identities) {
        this.warehouse = warehouse;
        this.identities = identities;
    }

    /**
     * One order; {@code net = gross - discount - refunded}.
     *
     * @param lines as ordered, then what was taken back, which has a negative amount
     */
    public record Order(
            String orderId,
            Instant at,
            String currency,
            BigDecimal gross,
            BigDecimal discount,
            BigDecimal refunded,
            BigDecimal net,
            @Nullable String coupon,
            List<Line> lines) {
        public Order {
            lines = List.copyOf(lines);
        }
    }

    /** @param kind {@code sale, refund} or {@code cancellation} */
    public record Line(
            int lineNo,
            String kind,
            Instant at,
            @Nullable String productId,
            @Nullable String productName,
            @Nullable String category,
            BigDecimal quantity,
            BigDecimal unitPrice,
            BigDecimal amount) {}

    /** All orders of a customer with their lines, latest first. Three statements. */
    public List<Order> of(CustomerId customer) {
        long id = identities.canonical(customer).value();
        var lines = new HashMap<String, List<Line>>();
        warehouse.stream(
                Sql.of("""
                        select order_id, line_no, occurred_at, kind, product_id, product_name, category, quantity, unit_price, amount
                        from order_lines_now where customer_id = ? order by occurred_at, seq, line_no
                        """, id),
                row -> lines.computeIfAbsent(row.text("order_id"), o -> new ArrayList<>())
                        .add(line(row)));
        // A credit note stands with the order it was found to be about.
        warehouse.stream(
                Sql.of("""
                        select c.of_order, c.line_no, c.occurred_at, c.kind, l.product_id, l.product_name, l.category, c.quantity, l.unit_price, c.amount
                        from credits_now c join order_lines l on l.seq = c.seq and l.line_no = c.line_no
                        where c.customer_id = ? and c.of_order is not null order by c.occurred_at, c.seq, c.line_no
                        """, id),
                row -> lines.computeIfAbsent(row.text("of_order"), o -> new ArrayList<>())
                        .add(line(row)));
        return warehouse.query(
                Sql.of("""
                        select order_id, ordered_at, currency, gross, discount, refunded, net, coupon
                        from orders_now where customer_id = ? order by ordered_at desc, order_id
                        """, id),
                row -> new Order(
                        row.text("order_id"),
                        row.instant("ordered_at"),
                        row.text("currency"),
                        row.decimal("gross"),
                        row.decimal("discount"),
                        row.decimal("refunded"),
                        row.decimal("net"),
                        row.nullableText("coupon"),
                        lines.getOrDefault(row.text("order_id"), List.of())));
    }

    private static Line line(Row row) {
        return new Line(
                row.intValue("line_no"),
                row.text("kind"),
                row.instant("occurred_at"),
                row.nullableText("product_id"),
                row.nullableText("product_name"),
                row.nullableText("category"),
                row.decimal("quantity"),
                row.decimal("unit_price"),
                row.decimal("amount"));
    }
}
