package io.rekindle.identity;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Problem;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * What other rules would have made of the history. The log is gone through again, in memory, as the matching goes through it:
 * each combination of identifiers where it was seen first, and every merge and un-merge somebody asked for in its place.
 * The customers that come out are compared with those of today.
 */
@Component
public class Trial {
    private static final long MOST = 2_000_000;
    private static final int EXAMPLES = 10;

    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final Identifiers identifiers;
    private final JsonMapper json;

    Trial(Warehouse warehouse, JdbcClient jdbc, Identifiers identifiers, JsonMapper json) {
        this.warehouse = warehouse;
        this.jdbc = jdbc;
        this.identifiers = identifiers;
        this.json = json;
    }

    /**
     * @param combinations of identifiers that were gone through
     * @param wouldMerge customers of today that would be one with another one
     * @param wouldSplit customers there would be more, because one of today would be several
     * @param refused links that would be refused, by reason
     * @param merging some customers that would be one with another
     * @param splitting some customers that would be several
     */
    public record Outcome(
            long combinations,
            long wouldMerge,
            long wouldSplit,
            Map<String, Long> refused,
            List<CustomerId> merging,
            List<CustomerId> splitting) {
        public Outcome {
            refused = Map.copyOf(refused);
            merging = List.copyOf(merging);
            splitting = List.copyOf(splitting);
        }
    }

    Outcome of(RulesDocument document) {
        var blocked = new HashSet<CustomerId>();
        for (var value : document.blocked())
            for (var type : Identifier.Type.values())
                identifiers.unblocked(type, value).ifPresent(i -> blocked.add(i.id()));
        long combinations =
                warehouse.first(Sql.of("""
                                select count(*) as n from (
                                    select distinct customer_id, aliases from events where aliases like '% %') seen
                                """), row -> row.longValue("n")).orElse(0L);
        if (combinations > MOST)
            throw Problem.conflict(
                            "too_many_to_replay",
                            "{combinations} combinations of identifiers are too many to go through at once; at most {most}")
                    .with("combinations", combinations)
                    .with("most", MOST);
        var matching = new Matching(IdentityRules.of(document), List.of());
        var seen = new HashSet<Long>();
        warehouse.stream(Sql.of("""
                        select min(seq) as seq, min(occurred_at) as occurred_at, min(received_at) as received_at, customer_id, aliases, null as properties, null as name
                        from events where aliases like '% %' group by customer_id, aliases
                        union all
                        select seq, occurred_at, received_at, customer_id, null, properties, name from events
                        where aliases is null and name in (select unnest(cast(? as varchar[])))
                        order by 1
                        """, List.copyOf(Identities.REQUESTS)), row -> take(row, matching, blocked, seen));
        return compared(matching, seen, combinations);
    }

    private void take(Row row, Matching matching, Set<CustomerId> blocked, Set<Long> seen) {
        var customer = new CustomerId(row.longValue("customer_id"));
        var aliases = row.nullableText("aliases");
        if (aliases == null) {
            var properties = row.nullableText("properties");
            var event = new LoggedEvent(
                    row.longValue("seq"),
                    row.instant("received_at"),
                    row.instant("occurred_at"),
                    0,
                    null,
                    EventType.TRACK,
                    row.nullableText("name"),
                    customer,
                    List.of(),
                    "",
                    null,
                    json.readTree(properties == null ? "{}" : properties),
                    Map.of());
            RequestEvent.of(event).ifPresent(matching::follow);
            return;
        }
        var carried = Identifier.ofLog(aliases, customer).stream()
                .filter(i -> !blocked.contains(i.id()))
                .toList();
        if (carried.isEmpty()) return;
        for (var identifier : carried) seen.add(identifier.id().value());
        matching.see(new Matching.Sighting(
                row.longValue("seq"), row.instant("occurred_at"), row.instant("received_at"), carried));
    }

    private Outcome compared(Matching matching, Set<Long> seen, long combinations) {
        var then = new HashMap<Long, Long>();
        for (var known : matching.toStore())
            then.put(known.identifier().id().value(), known.customer().value());
        var thenOfNow = new HashMap<Long, Set<Long>>();
        var nowOfThen = new HashMap<Long, Set<Long>>();
        jdbc.sql("select id, customer_id from identifiers").query(row -> {
            long now = row.getLong("customer_id");
            long would = then.getOrDefault(row.getLong("id"), row.getLong("id"));
            // Whoever was only ever seen alone belongs to nobody else under any rules.
            if (!seen.contains(row.getLong("id")) && now == row.getLong("id")) return;
            thenOfNow.computeIfAbsent(now, c -> new HashSet<>()).add(would);
            nowOfThen.computeIfAbsent(would, c -> new HashSet<>()).add(now);
        });
        var refused = new HashMap<String, Long>();
        for (var conflict : matching.conflicts())
            refused.merge(conflict.reason().code(), conflict.times(), Long::sum);
        return new Outcome(
                combinations,
                surplus(nowOfThen),
                surplus(thenOfNow),
                refused,
                nowOfThen.values().stream()
                        .filter(of -> of.size() > 1)
                        .map(of -> new CustomerId(of.iterator().next()))
                        .sorted(java.util.Comparator.comparingLong(CustomerId::value))
                        .limit(EXAMPLES)
                        .toList(),
                new ArrayList<>(thenOfNow.entrySet())
                        .stream()
                                .filter(e -> e.getValue().size() > 1)
                                .map(e -> new CustomerId(e.getKey()))
                                .sorted(java.util.Comparator.comparingLong(CustomerId::value))
                                .limit(EXAMPLES)
                                .toList());
    }

    private static long surplus(Map<Long, Set<Long>> groups) {
        return groups.values().stream().mapToLong(of -> of.size() - 1L).sum();
    }
}
