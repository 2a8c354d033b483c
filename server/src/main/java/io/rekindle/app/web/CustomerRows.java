package io.rekindle.app.web;

import io.rekindle.access.Caller;
import io.rekindle.app.web.CustomersResource.CustomerRow;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.profile.Profiles;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Lines of the customer list: numbers from one warehouse statement a page, names from the profiles. */
@Component
class CustomerRows {
    private final Warehouse warehouse;
    private final Profiles profiles;

    CustomerRows(Warehouse warehouse, Profiles profiles) {
        this.warehouse = warehouse;
        this.profiles = profiles;
    }

    private record Numbers(
            @Nullable String tier,
            @Nullable String group,
            @Nullable String stage,
            long orders,
            BigDecimal revenue,
            java.time.@Nullable Instant lastOrderAt) {
        static final Numbers NONE = new Numbers(null, null, null, 0, BigDecimal.ZERO, null);

        static Numbers of(Row row) {
            return new Numbers(
                    row.nullableText("tier"),
                    row.nullableText("value_group"),
                    row.nullableText("stage"),
                    row.longValue("orders"),
                    row.decimal("revenue"),
                    row.nullableInstant("last_order_at"));
        }
    }

    /** The lines of these customers, in this order. */
    List<CustomerRow> of(List<CustomerId> ids, Caller caller) {
        if (ids.isEmpty()) return List.of();
        var numbers = new HashMap<Long, Numbers>();
        warehouse.stream(numbersOf(ids), row -> numbers.put(row.longValue("customer_id"), Numbers.of(row)));
        var summaries = profiles.summaries(ids, caller);
        var rows = new ArrayList<CustomerRow>();
        for (var id : ids) {
            var known = numbers.getOrDefault(id.value(), Numbers.NONE);
            var summary = summaries.get(id);
            rows.add(new CustomerRow(
                    id,
                    summary == null ? null : summary.userId(),
                    summary == null ? null : summary.name(),
                    summary == null ? null : summary.email(),
                    known.tier(),
                    known.group(),
                    known.stage(),
                    known.orders(),
                    known.revenue(),
                    known.lastOrderAt()));
        }
        return rows;
    }

    /** Customers of a tier, a stage or both, in the order of their ids. */
    Page<CustomerId> filtered(@Nullable String tier, @Nullable String stage, @Nullable String cursor, int limit) {
        var conditions = new ArrayList<Sql>();
        if (tier != null) conditions.add(Sql.of("t.tier = ?", tier));
        if (stage != null) conditions.add(Sql.of("s.stage = ?", stage));
        if (cursor != null)
            conditions.add(Sql.of("s.customer_id > ?", CustomerId.parse(cursor).value()));
        var sql = Sql.of(
                        "select s.customer_id from stages_now s left join tiers_now t on t.customer_id = s.customer_id where")
                .then(Sql.join(" and ", conditions))
                .then("order by s.customer_id limit ?", limit + 1);
        return Page.of(
                warehouse.query(sql, row -> new CustomerId(row.longValue("customer_id"))), limit, CustomerId::toString);
    }

    private static Sql numbersOf(List<CustomerId> ids) {
        var asked = Sql.join(
                " union all ",
                ids.stream()
                        .map(id -> Sql.of("select cast(? as bigint) as customer_id", id.value()))
                        .toList());
        return Sql.of("with asked as").then(asked.inParentheses()).then("""
                        select a.customer_id, t.tier, t.value_group, s.stage, coalesce(o.orders, 0) as orders,
                            coalesce(o.revenue, 0) as revenue, o.last_order_at
                        from asked a
                        left join tiers_now t on t.customer_id = a.customer_id
                        left join stages_now s on s.customer_id = a.customer_id
                        left join (
                            select customer_id, count(*) as orders, sum(net) as revenue, max(ordered_at) as last_order_at
                            from orders_now group by customer_id) o on o.customer_id = a.customer_id
                        """);
    }
}
