package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Loyalty points as whoever keeps them tells: events {@code Points Earned}, {@code Points Spent} and {@code Points Expired} with
 * {@code points}, a number above 0. The balance is what was earned less what was spent or has expired.
 */
@Component
class Points implements Section {
    /** What it is worked out from. */
    static final Set<String> EVENTS = Set.of("Points Earned", "Points Spent", "Points Expired");

    private final Warehouse warehouse;
    private final EventsOf events;

    Points(Warehouse warehouse, EventsOf events) {
        this.warehouse = warehouse;
        this.events = events;
    }

    @Override
    public Kind kind() {
        return Kind.POINTS;
    }

    @Override
    public List<Figure> of(CustomerId customer) {
        return warehouse
                .first(
                        Sql.of("""
                                select count(*) as changes, coalesce(sum(points) filter (where name = 'Points Earned'), 0) as earned,
                                    coalesce(sum(points) filter (where name = 'Points Spent'), 0) as spent,
                                    coalesce(sum(points) filter (where name = 'Points Expired'), 0) as expired, max(occurred_at) as last_at
                                from (select name, occurred_at, try_cast(json_text(properties, '$.points') as decimal(18, 4)) as points
                                      from
                                """).then(events.customer(customer)).then("""
                                      theirs where type = 'track'
                                          and name in ('Points Earned', 'Points Spent', 'Points Expired')) told
                                where points > 0
                                """),
                        row -> row.longValue("changes") == 0
                                ? List.<Figure>of()
                                : List.of(
                                        new Figure(
                                                "balance",
                                                row.decimal("earned")
                                                        .subtract(row.decimal("spent"))
                                                        .subtract(row.decimal("expired")),
                                                null),
                                        new Figure("earned", row.decimal("earned"), null),
                                        new Figure("spent", row.decimal("spent"), null),
                                        new Figure("expired", row.decimal("expired"), null),
                                        new Figure("lastPoints", null, row.instant("last_at"))))
                .orElse(List.of());
    }
}
