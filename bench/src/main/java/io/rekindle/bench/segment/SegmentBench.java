package io.rekindle.bench.segment;

import io.rekindle.bench.Measure;
import io.rekindle.bench.Scratch;
import io.rekindle.segment.Range;
import io.rekindle.segment.Recency;
import io.rekindle.segment.Rule;
import io.rekindle.segment.RuleSql;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import io.rekindle.warehouse.WarehouseSettings;
import io.rekindle.warehouse.duckdb.DuckDbWarehouse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Times a segment of five conditions as compiled from its rule, against the same question written by hand. */
@Command(
        name = "segment",
        mixinStandardHelpOptions = true,
        description =
                "A segment of five conditions over a year of events, compiled from its rule, against hand-written SQL.")
public final class SegmentBench implements Callable<Integer> {
    private static final ZoneId ZONE = ZoneOffset.UTC;

    @Option(names = "--events", description = "events in the history (default: ${DEFAULT-VALUE})")
    private long events = 20_000_000;

    @Option(names = "--customers", description = "customers (default: ${DEFAULT-VALUE})")
    private long customers = 1_000_000;

    @Option(names = "--threads", description = "threads of the warehouse (default: ${DEFAULT-VALUE})")
    private int threads = 2;

    @Option(names = "--memory", description = "memory of the warehouse (default: ${DEFAULT-VALUE})")
    private String memory = "4GB";

    @Option(
            names = "--rounds",
            description = "times each statement is run; the median counts (default: ${DEFAULT-VALUE})")
    private int rounds = 7;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    @Option(names = "--dir", description = "where the history is written (default: a temporary folder, deleted after)")
    private @Nullable Path folder;

    @Override
    public Integer call() throws IOException {
        if (folder != null) return measured(folder);
        try (var place = Scratch.folder("segment")) {
            return measured(place.path());
        }
    }

    private int measured(Path place) {
        try (var warehouse =
                new DuckDbWarehouse(place.resolve("warehouse.duckdb"), new WarehouseSettings(threads, memory))) {
            SegmentHistory.write(warehouse, events, customers, line -> {
                if (!json) System.err.println(line);
            });
            Measure.print(measure(warehouse), json);
        }
        return 0;
    }

    private List<Measure> measure(Warehouse warehouse) {
        var compiled = compiled(new RuleSql.History(false, false));
        var written = byHand();
        var ours = new ArrayList<Double>();
        var theirs = new ArrayList<Double>();
        long members = count(warehouse, written);
        if (count(warehouse, compiled) != members)
            throw new IllegalStateException("the compiled rule has %d members, the statement written by hand %d"
                    .formatted(count(warehouse, compiled), members));
        for (int i = 0; i < rounds; i++) {
            theirs.add(seconds(warehouse, written));
            ours.add(seconds(warehouse, compiled));
        }
        SegmentHistory.merge(warehouse, customers);
        var merged = compiled(new RuleSql.History(true, false));
        var afterMerges = new ArrayList<Double>();
        count(warehouse, merged);
        for (int i = 0; i < rounds; i++) afterMerges.add(seconds(warehouse, merged));
        if (!json) System.err.printf("%,d members%n", members);
        return List.of(
                Measure.of(
                        "segment of five conditions, compiled; baseline: written by hand",
                        median(ours),
                        "s",
                        median(theirs)),
                Measure.of(
                        "the same with 1 % of customers merged; baseline: without merges",
                        median(afterMerges), "s", median(ours)));
    }

    /** Viewed often, looked into the cart lately, worth something, in a good tier, and has not just ordered. */
    private static Sql compiled(RuleSql.History history) {
        var rule = new Rule.All(List.of(
                new Rule.Event(
                        "Product Viewed",
                        Optional.of(Range.atLeast(3)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(90),
                        List.of()),
                new Rule.Event(
                        "Cart Viewed",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Recency.WithinDays(60)),
                        Optional.empty(),
                        List.of()),
                new Rule.Orders(Optional.empty(), Optional.of(Range.atLeast(100)), Optional.empty(), Optional.of(365)),
                new Rule.Tier(List.of("high", "middle")),
                new Rule.Not(new Rule.Orders(
                        Optional.of(Range.atLeast(1)), Optional.empty(), Optional.empty(), Optional.of(30)))));
        return RuleSql.compile(rule, SegmentHistory.asOf(), ZONE, history, id -> {
            throw new IllegalArgumentException("the rule names no segment");
        });
    }

    /**
     * The same question as one who knows the tables would write it: on the tables themselves, without the identity map, each
     * read once, the cheapest filter first.
     */
    private static Sql byHand() {
        var today = LocalDate.ofInstant(SegmentHistory.asOf(), ZONE);
        return Sql.of(
                """
                select b.customer_id
                from (select customer_id from event_days
                      where name in ('Product Viewed', 'Cart Viewed') and day >= ? and day <= ?
                      group by customer_id
                      having sum(events) filter (where name = 'Product Viewed') >= 3
                         and max(day) filter (where name = 'Cart Viewed') >= ?) b
                join (select o.customer_id
                      from orders o
                      left join (select order_id, -sum(amount) as refunded from order_lines
                                 where kind <> 'sale' and occurred_at <= ? group by order_id) r on r.order_id = o.order_id
                      where o.ordered_at >= ? and o.ordered_at <= ?
                      group by o.customer_id
                      having sum(o.gross - o.discount - coalesce(r.refunded, 0)) >= 100
                         and coalesce(max(case when coalesce(r.refunded, 0) = 0 or r.refunded < o.gross - o.discount
                                               then o.ordered_at end), timestamp '1970-01-01') < ?) v
                  on v.customer_id = b.customer_id
                join (select customer_id from tier_changes where valid_from <= ? group by customer_id
                      having max_by(tier, valid_from) in ('high', 'middle')) t
                  on t.customer_id = b.customer_id
                """,
                today.minusDays(89),
                today,
                today.minusDays(59),
                SegmentHistory.asOf(),
                today.minusDays(364).atStartOfDay(ZONE).toInstant(),
                SegmentHistory.asOf(),
                today.minusDays(29).atStartOfDay(ZONE).toInstant(),
                SegmentHistory.asOf());
    }

    private static long count(Warehouse warehouse, Sql members) {
        return warehouse
                .first(
                        Sql.of("select count(*) as n from")
                                .then(members.inParentheses())
                                .then("members"),
                        row -> row.longValue("n"))
                .orElseThrow();
    }

    private static double seconds(Warehouse warehouse, Sql members) {
        long from = System.nanoTime();
        count(warehouse, members);
        return Duration.ofNanos(System.nanoTime() - from).toNanos() / 1e9;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
