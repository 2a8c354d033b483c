package io.rekindle.profile.orders;

import io.rekindle.collect.EventType;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.warehouse.RowWriter;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Makes orders and their lines of events.
 *
 * <ul>
 *   <li>{@code Order Completed} places an order: a row of {@code orders} and a {@code sale} line for each product. A
 *       shop that tells of one order twice, from the browser and from its server, has placed it once: the first counts.
 *   <li>{@code Order Refunded} takes back the products it names at their prices, else its total, else all that remains.
 *   <li>{@code Order Cancelled} takes back the products it names, at most what remains; without products, all that
 *       remains. Of an order that was never seen it takes back what it names: a credit note with a number of its own.
 *   <li>{@code Order Updated} of an import adds lines, of the kind {@code addition}, to an order of which an earlier
 *       file brought a part.
 * </ul>
 *
 * An order of an import that was undone is as good as never placed, but what others brought of it stays: the next event
 * that has lines of it places it again, and what can be taken back of it is counted anew from its lines.
 *
 * Lines taken back have a negative quantity and a negative amount, so sums over lines are net.
 */
@Component
class OrdersTail implements Tail {
    private static final Set<String> NAMES =
            Set.of("Order Completed", "Order Refunded", "Order Cancelled", "Order Updated");

    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final String currency;

    OrdersTail(JdbcClient jdbc, Warehouse warehouse, PlatformSettings settings) {
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.currency = settings.currency();
    }

    @Override
    public String name() {
        return "orders";
    }

    /** An order as it stands in PostgreSQL. */
    private record Placed(
            String orderId,
            long customer,
            BigDecimal remaining,
            @Nullable Long importId) {}

    private record OrderRow(LoggedEvent event, OrderEvent order, BigDecimal gross) {}

    private record LineRow(
            LoggedEvent event,
            String orderId,
            int lineNo,
            long customer,
            String kind,
            OrderEvent.Item item,
            BigDecimal quantity,
            BigDecimal amount) {}

    @Override
    public Interest interest() {
        return new Interest(Set.of(), NAMES);
    }

    @Override
    public void process(Batch batch) {
        var events = batch.events().stream()
                .filter(e -> e.type() == EventType.TRACK && e.name() != null && NAMES.contains(e.name()))
                .toList();
        if (events.isEmpty()) return;
        var read = new LinkedHashMap<LoggedEvent, OrderEvent>();
        for (var event : events) read.put(event, OrderEvent.of(event));
        var orders = new ArrayList<OrderRow>();
        var lines = new ArrayList<LineRow>();
        var known = known(
                read.values().stream().map(OrderEvent::orderId).distinct().toArray(String[]::new), batch.fromSeq());
        var changed = new LinkedHashMap<String, Placed>();
        read.forEach((event, order) -> {
            var before = known.placed().get(order.orderId());
            var after = switch (String.valueOf(event.name())) {
                case "Order Completed" ->
                    before == null
                            ? place(event, order, known.left(order.orderId()), orders, lines)
                            : add(event, order, before, lines);
                case "Order Updated" ->
                    before != null
                            ? add(event, order, before, lines)
                            : event.importId() == null
                                    ? null
                                    : place(event, order, known.left(order.orderId()), orders, lines);
                case "Order Refunded" -> takeBack(event, order, before, "refund", lines);
                default -> takeBack(event, order, before, "cancellation", lines);
            };
            if (after != null && !after.equals(before)) {
                known.placed().put(order.orderId(), after);
                changed.put(order.orderId(), after);
            }
        });
        if (!orders.isEmpty())
            warehouse.append("orders", batch.id(), Rows.written(rows -> orders.forEach(o -> write(rows, o))));
        if (!lines.isEmpty())
            warehouse.append("order_lines", batch.id(), Rows.written(rows -> lines.forEach(l -> write(rows, l))));
        store(List.copyOf(changed.values()));
    }

    private static Placed place(
            LoggedEvent event, OrderEvent order, BigDecimal left, List<OrderRow> orders, List<LineRow> lines) {
        long customer = event.customer().value();
        BigDecimal gross;
        if (order.hasPrices()) {
            gross = order.itemsTotal();
            sell(event, order, customer, "sale", lines);
        } else if (event.importId() != null && order.items().isEmpty()) {
            // The lines are there already, of another import: only the place they belong to was undone.
            gross = BigDecimal.ZERO;
        } else {
            var total = order.total() == null ? BigDecimal.ZERO : order.total();
            gross = total.add(order.discount());
            lines.add(whole(event, order, customer, "sale", gross));
        }
        orders.add(new OrderRow(event, order, gross));
        var remaining = gross.subtract(order.discount()).add(left).max(BigDecimal.ZERO);
        return new Placed(order.orderId(), customer, remaining, event.importId());
    }

    private static Placed add(LoggedEvent event, OrderEvent order, Placed before, List<LineRow> lines) {
        // A shop that tells of an order again tells its whole content; only an import tells what is new of it, and what
        // events told of an order no import adds to.
        if (event.importId() == null || before.importId() == null || !order.hasPrices()) return before;
        sell(event, order, before.customer(), "addition", lines);
        return new Placed(
                before.orderId(), before.customer(), before.remaining().add(order.itemsTotal()), before.importId());
    }

    private static @Nullable Placed takeBack(
            LoggedEvent event, OrderEvent order, @Nullable Placed before, String kind, List<LineRow> lines) {
        long customer = before == null ? event.customer().value() : before.customer();
        var named = order.hasPrices() ? order.itemsTotal().abs() : null;
        boolean cancels = kind.equals("cancellation");
        BigDecimal amount;
        // A file is taken at its word: each of its lines stands in the history as it stands there, or it came twice.
        boolean asNamed = !cancels || event.importId() != null;
        if (named != null && (before == null || asNamed || named.compareTo(before.remaining()) <= 0)) {
            int lineNo = 1;
            for (var item : order.items())
                lines.add(new LineRow(
                        event,
                        order.orderId(),
                        lineNo++,
                        customer,
                        kind,
                        item,
                        item.quantity().abs().negate(),
                        item.amount().abs().negate()));
            amount = named;
        } else {
            var total = order.total();
            if (!cancels && total != null) amount = total.abs();
            else if (before != null) amount = before.remaining();
            else if (named != null) amount = named;
            else return null;
            if (amount.signum() == 0) return before;
            lines.add(whole(event, order, customer, kind, amount.negate()));
        }
        if (before == null) return null;
        return new Placed(
                before.orderId(),
                before.customer(),
                before.remaining().subtract(amount).max(BigDecimal.ZERO),
                before.importId());
    }

    private static void sell(LoggedEvent event, OrderEvent order, long customer, String kind, List<LineRow> lines) {
        int lineNo = 1;
        for (var item : order.items())
            lines.add(new LineRow(
                    event, order.orderId(), lineNo++, customer, kind, item, item.quantity(), item.amount()));
    }

    /** One line for all of it, where products are not told. */
    private static LineRow whole(LoggedEvent event, OrderEvent order, long customer, String kind, BigDecimal amount) {
        var pieces = BigDecimal.valueOf(amount.signum() < 0 ? -1 : 1);
        var item = new OrderEvent.Item(null, null, null, BigDecimal.ONE, amount.abs(), null);
        return new LineRow(event, order.orderId(), 1, customer, kind, item, pieces, amount);
    }

    private void write(RowWriter rows, OrderRow row) {
        var event = row.event();
        rows.value(row.order().orderId())
                .value(event.customer().value())
                .value(event.occurredAt())
                .value(currency)
                .value(row.gross())
                .value(row.order().discount())
                .value(row.order().coupon())
                .value(event.sourceId())
                .value(event.importId())
                .value(event.seq())
                .end();
    }

    private static void write(RowWriter rows, LineRow row) {
        var event = row.event();
        var item = row.item();
        Instant at = item.at() == null ? event.occurredAt() : item.at();
        rows.value(row.orderId())
                .value(row.lineNo())
                .value(row.customer())
                .value(at)
                .value(row.kind())
                .value(item.productId())
                .value(item.name())
                .value(item.category())
                .value(row.quantity())
                .value(item.price() == null ? BigDecimal.ZERO : item.price())
                .value(row.amount())
                .value(event.sourceId())
                .value(event.importId())
                .value(event.seq())
                .end();
    }

    /**
     * Orders as they stand before a batch.
     *
     * @param placed by id; one of an import that was undone is not among them
     * @param lines of orders whose import was undone: the sum of what stands of them
     */
    private record Known(Map<String, Placed> placed, Map<String, BigDecimal> lines) {
        BigDecimal left(String orderId) {
            return lines.getOrDefault(orderId, BigDecimal.ZERO);
        }
    }

    private Known known(String[] orderIds, long fromSeq) {
        var undone = Set.copyOf(warehouse.query(
                Sql.of("select distinct import_id from imports_undone"), row -> row.longValue("import_id")));
        var stored = jdbc.sql(
                        "select order_id, customer_id, remaining, import_id from orders_placed where order_id = any(:ids)")
                .param("ids", orderIds)
                .query((row, n) -> new Placed(
                        row.getString("order_id"),
                        row.getLong("customer_id"),
                        row.getBigDecimal("remaining"),
                        row.getObject("import_id", Long.class)))
                .list();
        var imported = stored.stream().filter(p -> p.importId() != null).toList();
        var left = undone.isEmpty() || imported.isEmpty()
                ? Map.<String, BigDecimal>of()
                : standing(imported.stream().map(Placed::orderId).toList(), fromSeq);
        var known = new Known(new HashMap<>(), new HashMap<>());
        for (var order : stored) {
            var sum = left.getOrDefault(order.orderId(), BigDecimal.ZERO);
            if (order.importId() == null || undone.isEmpty()) known.placed().put(order.orderId(), order);
            else if (undone.contains(order.importId())) known.lines().put(order.orderId(), sum);
            // Another import may have added to it and been undone since.
            else
                known.placed()
                        .put(
                                order.orderId(),
                                new Placed(
                                        order.orderId(), order.customer(), sum.max(BigDecimal.ZERO), order.importId()));
        }
        return known;
    }

    /** What stands of orders, by their lines. A batch that comes again after a crash must not see its own. */
    private Map<String, BigDecimal> standing(List<String> orderIds, long fromSeq) {
        var sums = new HashMap<String, BigDecimal>();
        var marks = Sql.join(", ", orderIds.stream().map(id -> Sql.of("?", id)).toList());
        warehouse.stream(
                Sql.of("select order_id, sum(amount) as amount from order_lines_now where seq < ?", fromSeq)
                        .then("and order_id in")
                        .then(marks.inParentheses())
                        .then("group by order_id"),
                row -> sums.put(row.text("order_id"), row.decimal("amount")));
        return sums;
    }

    private void store(List<Placed> changed) {
        if (changed.isEmpty()) return;
        jdbc.sql("""
                        insert into orders_placed (order_id, customer_id, remaining, import_id)
                        select * from unnest(:ids::text[], :customers::bigint[], :remaining::numeric[], :imports::bigint[])
                        on conflict (order_id) do update set
                            customer_id = excluded.customer_id, remaining = excluded.remaining, import_id = excluded.import_id
                        """)
                .param("ids", changed.stream().map(Placed::orderId).toArray(String[]::new))
                .param("customers", changed.stream().map(Placed::customer).toArray(Long[]::new))
                .param("remaining", changed.stream().map(Placed::remaining).toArray(BigDecimal[]::new))
                .param("imports", changed.stream().map(Placed::importId).toArray(Long[]::new))
                .update();
    }
}
