package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.util.List;
import org.springframework.stereotype.Component;

/** Visits: pages and screens looked at without a pause of half an hour are one, as web analytics count. */
@Component
class Visits implements Section {
    private final Warehouse warehouse;
    private final EventsOf events;

    Visits(Warehouse warehouse, EventsOf events) {
        this.warehouse = warehouse;
        this.events = events;
    }

    @Override
    public Kind kind() {
        return Kind.VISITS;
    }

    @Override
    public List<Figure> of(CustomerId customer) {
        return warehouse
                .first(
                        Sql.of("""
                                select count(*) as pages, max(occurred_at) as last_at,
                                    count(*) filter (where before is null or occurred_at > before + interval 30 minute) as visits
                                from (select occurred_at, lag(occurred_at) over (order by occurred_at, seq) as before
                                      from
                                """)
                                .then(events.customer(customer))
                                .then("theirs where type in ('page', 'screen')) looked"),
                        row -> row.longValue("pages") == 0
                                ? List.<Figure>of()
                                : List.of(
                                        new Figure("visits", BigDecimal.valueOf(row.longValue("visits")), null),
                                        new Figure("pages", BigDecimal.valueOf(row.longValue("pages")), null),
                                        new Figure("lastVisit", null, row.instant("last_at"))))
                .orElse(List.of());
    }
}
