package io.rekindle.collect.imports;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.log.IdentifierText;
import io.rekindle.collect.log.StagedEvent;
import io.rekindle.common.CustomerId;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/**
 * What follows from an undone import. An order is the union of the lines of the imports that stand, and of a line that
 * several files have only the first to come brought it. So when that one is undone, the line is brought again, as the
 * latest file's that has it most often and with the identifiers that file gave; and an order that the undone import placed, and others added to, is placed
 * again, as one of theirs. What is missing is worked out from the history each time, so that a crash in the middle
 * leaves only the rest to do.
 */
final class Heirs {
    private static final int EVENTS_A_GROUP = 1_000;

    private final Tools tools;

    Heirs(Tools tools) {
        this.tools = tools;
    }

    /** Brings what is missing and returns when every reader of the log has it. */
    void settle(Instant now) {
        tools.tails().awaitAll(tools.log().lastSeq());
        var placed = placed();
        var out = new Out(now);
        var open = new ArrayList<Open>(1);
        tools.warehouse().stream(MISSING, row -> {
            if (open.isEmpty() || !open.getFirst().isOf(row)) {
                if (!open.isEmpty()) out.add(open.removeFirst(), placed);
                open.add(new Open(row, tools.json().createArrayNode(), now));
            }
            open.getFirst().add(row);
        });
        if (!open.isEmpty()) out.add(open.getFirst(), placed);
        // An order that lacks nothing but its place: an event without products gives it one.
        tools.warehouse().stream(WITHOUT_PLACE, row -> {
            if (!placed.contains(row.text("order_id")))
                out.add(new Open(row, tools.json().createArrayNode(), now), placed);
        });
        out.flush();
        tools.tails().awaitAll(tools.log().lastSeq());
    }

    /** Events on their way into the log, in groups. */
    private final class Out {
        private final Instant now;
        private final long mark = tools.log().lastSeq();
        private final List<StagedEvent> group = new ArrayList<>();
        private int count;

        Out(Instant now) {
            this.now = now;
        }

        void add(Open order, Set<String> placed) {
            // The first event of an order without a place gives it one.
            boolean places = !order.cancels && placed.add(order.orderId);
            // The log's end makes the ids of one undo differ from those of another that concerns the same import.
            var messageId = "import-%d-again-%d-%d".formatted(order.importId, mark, count++);
            group.add(event(order, places, messageId, now));
            if (group.size() >= EVENTS_A_GROUP) flush();
        }

        void flush() {
            if (!group.isEmpty()) tools.log().append(List.copyOf(group), List.of());
            group.clear();
        }
    }

    /** The orders among those that files repeat, or that lost their place, which have one. */
    private Set<String> placed() {
        var placed = new HashSet<String>();
        tools.warehouse().stream(Sql.of("""
                        select order_id from orders
                        where (import_id is null or import_id not in (select import_id from imports_undone))
                            and (order_id in (select order_id from order_lines_repeated)
                                or order_id in (select order_id from orders where import_id in (select import_id from imports_undone)))
                        """), row -> placed.add(row.text("order_id")));
        return placed;
    }

    /** One row per distinct line of which a standing import has more than the history: how many are missing, and whose. */
    private static final Sql MISSING = Sql.of("""
            with standing as (
                select order_id, occurred_at, kind = 'cancellation' as cancels, coalesce(product_id, '') as product_id,
                    coalesce(product_name, '') as product_name, coalesce(category, '') as category, quantity, unit_price, count(*) as held
                from order_lines
                where import_id is not null and kind <> 'refund' and import_id not in (select import_id from imports_undone)
                    and order_id in (select order_id from order_lines_repeated)
                group by order_id, occurred_at, kind = 'cancellation', coalesce(product_id, ''), coalesce(product_name, ''),
                    coalesce(category, ''), quantity, unit_price),
            wanted as (
                select order_id, occurred_at, kind = 'cancellation' as cancels, product_id, product_name, category, quantity, unit_price,
                    customer_id, currency, import_id, lines, aliases
                from order_lines_repeated where import_id not in (select import_id from imports_undone)
                qualify row_number() over (partition by order_id, occurred_at, kind = 'cancellation', product_id, product_name, category,
                    quantity, unit_price order by lines desc, import_id desc) = 1)
            select w.order_id, w.occurred_at, w.cancels, w.product_id, w.product_name, w.category, w.quantity, w.unit_price,
                w.customer_id, w.currency, w.aliases, w.import_id, w.lines - coalesce(s.held, 0) as missing
            from wanted w left join standing s on s.order_id = w.order_id and s.occurred_at = w.occurred_at and s.cancels = w.cancels
                and s.product_id = w.product_id and s.product_name = w.product_name and s.category = w.category
                and s.quantity = w.quantity and s.unit_price = w.unit_price
            where w.lines > coalesce(s.held, 0)
            order by w.order_id, w.cancels, w.import_id, w.occurred_at, w.product_id, w.quantity, w.unit_price
            """);

    /** One row per order whose place was undone and which standing imports have lines of. */
    private static final Sql WITHOUT_PLACE = Sql.of("""
            select l.order_id, false as cancels, min(l.customer_id) as customer_id, min(l.occurred_at) as occurred_at, max(l.import_id) as import_id,
                cast(null as varchar) as currency, cast(null as varchar) as aliases
            from order_lines l
            where l.kind in ('sale', 'addition') and l.import_id is not null and l.import_id not in (select import_id from imports_undone)
                and l.order_id in (select order_id from orders where import_id in (select import_id from imports_undone))
            group by l.order_id order by l.order_id
            """);

    /** Lines of one order and import, put together. */
    private static final class Open {
        private final String orderId;
        private final boolean cancels;
        private final long importId;
        private final long customer;
        private final Instant at;
        private final @Nullable String currency;
        private final List<Identifier> identifiers;
        private final ArrayNode products;
        private BigDecimal total = BigDecimal.ZERO;

        Open(Row row, ArrayNode products, Instant now) {
            this.orderId = row.text("order_id");
            this.cancels = row.booleanValue("cancels");
            this.importId = row.longValue("import_id");
            this.customer = row.longValue("customer_id");
            var at = row.instant("occurred_at");
            this.at = at.isAfter(now) ? now : at;
            this.currency = row.nullableText("currency");
            this.identifiers = IdentifierText.read(row.nullableText("aliases"), new CustomerId(customer));
            this.products = products;
        }

        boolean isOf(Row row) {
            return orderId.equals(row.text("order_id"))
                    && cancels == row.booleanValue("cancels")
                    && importId == row.longValue("import_id");
        }

        void add(Row row) {
            long missing = row.longValue("missing");
            for (long i = 0; i < missing; i++) OrderImport.addProduct(products, row, row.instant("occurred_at"), at);
            total = total.add(
                    row.decimal("unit_price").multiply(row.decimal("quantity")).multiply(BigDecimal.valueOf(missing)));
        }
    }

    private StagedEvent event(Open order, boolean places, String messageId, Instant now) {
        var properties = tools.json().createObjectNode();
        properties.put("order_id", order.orderId);
        if (order.currency != null) properties.put("currency", order.currency);
        properties.put("total", order.total.abs());
        properties.set("products", order.products);
        return new StagedEvent(
                tools.log().fingerprint(tools.source(), messageId),
                now,
                order.at,
                tools.source(),
                order.importId,
                EventType.TRACK,
                order.cancels ? "Order Cancelled" : places ? "Order Completed" : "Order Updated",
                order.customer,
                order.identifiers,
                messageId,
                order.total.abs(),
                tools.json().writeValueAsString(properties),
                null,
                null,
                false);
    }
}
