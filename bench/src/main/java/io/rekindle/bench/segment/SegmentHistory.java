package io.rekindle.bench.segment;

import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * A made-up year of a shop in the real tables: visits of four events each, in the order of time; a tenth of the events are
 * orders, three in a hundred orders are sent back, every customer has two changes of tier. All of it follows from row
 * numbers by hashing, so every run has the same rows.
 */
final class SegmentHistory {
    private static final Instant FROM = Instant.parse("2025-03-01T00:00:00Z");
    private static final Duration LENGTH = Duration.ofDays(365);
    private static final long EVENTS_PER_VISIT = 4;
    private static final long PIECE = 1_000_000;

    private SegmentHistory() {}

    /** The instant segments are asked for: nine in the morning of the last day. */
    static Instant asOf() {
        return FROM.plus(LENGTH).minus(Duration.ofHours(15));
    }

    static void write(Warehouse warehouse, long events, long customers, Consumer<String> progress) {
        long last = Duration.between(FROM, asOf()).toMillis();
        for (long from = 0; from < events; from += PIECE) {
            long to = Math.min(events, from + PIECE);
            warehouse.append(
                    "events",
                    "events-" + from,
                    Rows.selected(
                            Sql.of("""
                            with numbered as (
                                select n, n // ? as visit, cast(hash(n * 7 + 1) % 100 as bigint) as dice from range(?, ?) r(n)),
                            named as (
                                select n, visit, cast(? as timestamp) + to_milliseconds(cast(visit * ? / ? as bigint)) as at_time,
                                    cast(hash(visit) % ? as bigint) + 1 as customer_id,
                                    case when dice < 60 then 'Product Viewed' when dice < 80 then 'Product Added'
                                        when dice < 90 then 'Cart Viewed' else 'Order Completed' end as name
                                from numbered)
                            select n + 1, at_time, at_time, 1, null, 'track', name, customer_id, null, 'm' || n,
                                case when name = 'Order Completed' then cast(5 + hash(n) % 200 as decimal(18, 4)) end,
                                '{"category":"c' || (hash(n + 3) % 20) || '","price":' || (hash(n + 5) % 200) || '}', '{}'
                            from named
                            """, EVENTS_PER_VISIT, from, to, FROM, last, events / EVENTS_PER_VISIT, customers)));
            warehouse.append("event_days", "days-" + from, Rows.selected(Sql.of("""
                            select customer_id, name, cast(occurred_at as date), count(*), sum(amount), null, max(seq)
                            from events where seq > ? and seq <= ? group by customer_id, name, cast(occurred_at as date)
                            """, from, to)));
            progress.accept("%,d of %,d events".formatted(to, events));
        }
        warehouse.append("orders", "orders", Rows.selected(Sql.of("""
                        select 'o' || seq, customer_id, occurred_at, 'EUR', amount, 0, null, 1, null, seq
                        from events where name = 'Order Completed' order by seq
                        """)));
        warehouse.append("order_lines", "returns", Rows.selected(Sql.of("""
                select 'o' || seq, 1, customer_id, occurred_at + interval 2 days, 'refund', null, null, null, 1, amount, -amount, 1, null, seq
                from events where name = 'Order Completed' and hash(seq) % 100 < 3
                """)));
        warehouse.append("tier_changes", "tiers", Rows.selected(Sql.of("""
                select c + 1, ['high', 'middle', 'low'][cast(hash(c + k * 31) % 3 as bigint) + 1], 'loyal', 3, 3, 3, 3,
                    cast(? as timestamp) + to_days(cast(60 + 200 * k as integer))
                from range(?) r(c), range(2) s(k)
                """, FROM, customers)));
        progress.accept("orders, returns and tiers");
    }

    /** Merges one customer in a hundred into another. */
    static void merge(Warehouse warehouse, long customers) {
        warehouse.append("identity_changes", "merges", Rows.selected(Sql.of("""
                select c * 100 + 1, c * 100 + 2, cast(? as timestamp), 'bench', c from range(?) r(c)
                """, asOf(), customers / 100)));
    }
}
