package io.rekindle.identity;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.common.CustomerId;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * What other rules would have made of the history. The log is gone through again, in memory, as the matching goes through it:
 * each combination of identifiers where it was seen first, and every merge and un-merge somebody asked for in its place.
 * The customers that come out are compared with those of today.
 *
 * <p>What no event and no request connects cannot meet under any rules: a long history is gone through several times, and
 * each time only some of its connected parts are in memory. Memory: 12 bytes an identifier besides.
 */
@Component
public class Trial {
    private static final long MOST_AT_ONCE = 2_000_000;
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
        return of(document, MOST_AT_ONCE);
    }

    /** @param atOnce how many combinations of identifiers may be in memory */
    Outcome of(RulesDocument document, long atOnce) {
        var blocked = identifiers.namedBy(document.blocked());
        long combinations =
                warehouse.first(Sql.of("""
                                select count(*) as n from (
                                    select distinct customer_id, aliases from events where aliases like '% %') seen
                                """), row -> row.longValue("n")).orElse(0L);
        int rounds = Math.toIntExact(Math.max(1, (combinations + atOnce - 1) / atOnce));
        var parts = rounds == 1 ? Parts.ONE : parts();
        var sum = new Sum();
        for (int round = 0; round < rounds; round++) {
            int now = round;
            LongPredicate isMeant = id -> rounds == 1 || parts.number(id, rounds) == now;
            var matching = new Matching(IdentityRules.of(document), List.of());
            var seen = new HashSet<Long>();
            warehouse.stream(HISTORY, row -> take(row, matching, blocked, seen, isMeant));
            compare(matching, seen, isMeant, sum);
        }
        return sum.outcome(combinations);
    }

    private static final Sql HISTORY = Sql.of("""
            select min(seq) as seq, min(occurred_at) as occurred_at, min(received_at) as received_at, customer_id, aliases, null as properties, null as name
            from events where aliases like '% %' group by customer_id, aliases
            union all
            select seq, occurred_at, received_at, customer_id, null, properties, name from events
            where aliases is null and name in (select unnest(cast(? as varchar[])))
            order by 1
            """, List.copyOf(Identities.REQUESTS));

    /**
     * Which identifiers events and requests connect, whatever the rules, or belong to one customer today: by their places in
     * the order of their ids.
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Parts(long[] ids, int[] group) {
        private static final Parts ONE = new Parts(new long[0], new int[0]);

        /** Of one connected part all have the same; of what came in a moment ago any. */
        int number(long id, int of) {
            int place = Arrays.binarySearch(ids, id);
            return Math.floorMod(place < 0 ? Long.hashCode(id) : root(place), of);
        }

        void join(long one, long other) {
            int left = Arrays.binarySearch(ids, one);
            int right = Arrays.binarySearch(ids, other);
            if (left >= 0 && right >= 0) group[root(left)] = root(right);
        }

        private int root(int of) {
            int at = of;
            while (group[at] != at) at = group[at] = group[group[at]];
            return at;
        }
    }

    private Parts parts() {
        var ids = jdbc.sql("select id from identifiers order by id").query((row, n) -> row.getLong("id")).stream()
                .mapToLong(Long::longValue)
                .toArray();
        var parts = new Parts(ids, IntStream.range(0, ids.length).toArray());
        warehouse.stream(HISTORY, row -> {
            var ends = ids(row);
            for (var other : ends.subList(1, ends.size())) parts.join(ends.getFirst(), other);
        });
        // What is one today and would not be is told only where both halves are looked at together.
        jdbc.sql("select id, customer_id from identifiers where customer_id <> id")
                .query(row -> {
                    parts.join(row.getLong("id"), row.getLong("customer_id"));
                });
        return parts;
    }

    private List<Long> ids(Row row) {
        var customer = new CustomerId(row.longValue("customer_id"));
        var aliases = row.nullableText("aliases");
        if (aliases != null)
            return Identifier.ofLog(aliases, customer).stream()
                    .map(i -> i.id().value())
                    .toList();
        return request(row, customer)
                .map(asked ->
                        List.of(asked.left().id().value(), asked.right().id().value()))
                .orElse(List.of(customer.value()));
    }

    /** Empty where it was about somebody erased: it does not say any more who was meant. */
    private Optional<Matching.Request> request(Row row, CustomerId customer) {
        var properties = row.nullableText("properties");
        if (properties == null) return Optional.empty();
        return RequestEvent.of(new LoggedEvent(
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
                json.readTree(properties),
                Map.of()));
    }

    private void take(Row row, Matching matching, Set<CustomerId> blocked, Set<Long> seen, LongPredicate isMeant) {
        var customer = new CustomerId(row.longValue("customer_id"));
        var aliases = row.nullableText("aliases");
        if (aliases == null) {
            request(row, customer)
                    .filter(asked -> isMeant.test(asked.left().id().value()))
                    .ifPresent(matching::follow);
            return;
        }
        if (!isMeant.test(customer.value())) return;
        var carried = Identifier.ofLog(aliases, customer).stream()
                .filter(i -> !blocked.contains(i.id()))
                .toList();
        if (carried.isEmpty()) return;
        for (var identifier : carried) seen.add(identifier.id().value());
        matching.see(new Matching.Sighting(
                row.longValue("seq"), row.instant("occurred_at"), row.instant("received_at"), carried));
    }

    /** What the rounds come to together. */
    private static final class Sum {
        private final Map<String, Long> refused = new HashMap<>();
        private final List<CustomerId> merging = new ArrayList<>();
        private final List<CustomerId> splitting = new ArrayList<>();
        private long wouldMerge;
        private long wouldSplit;

        Outcome outcome(long combinations) {
            return new Outcome(combinations, wouldMerge, wouldSplit, refused, examples(merging), examples(splitting));
        }

        private static List<CustomerId> examples(List<CustomerId> of) {
            return of.stream()
                    .sorted(Comparator.comparingLong(CustomerId::value))
                    .limit(EXAMPLES)
                    .toList();
        }
    }

    private void compare(Matching matching, Set<Long> seen, LongPredicate isMeant, Sum sum) {
        var then = new HashMap<Long, Long>();
        for (var known : matching.toStore())
            then.put(known.identifier().id().value(), known.customer().value());
        var thenOfNow = new HashMap<Long, Set<Long>>();
        var nowOfThen = new HashMap<Long, Set<Long>>();
        jdbc.sql("select id, customer_id from identifiers").query(row -> {
            long id = row.getLong("id");
            if (!isMeant.test(id)) return;
            long now = row.getLong("customer_id");
            long would = then.getOrDefault(id, id);
            // Whoever was only ever seen alone belongs to nobody else under any rules.
            if (!seen.contains(id) && now == id) return;
            thenOfNow.computeIfAbsent(now, c -> new HashSet<>()).add(would);
            nowOfThen.computeIfAbsent(would, c -> new HashSet<>()).add(now);
        });
        for (var conflict : matching.conflicts())
            sum.refused.merge(conflict.reason().code(), conflict.times(), Long::sum);
        sum.wouldMerge += surplus(nowOfThen);
        sum.wouldSplit += surplus(thenOfNow);
        nowOfThen.values().stream()
                .filter(of -> of.size() > 1)
                .map(of -> new CustomerId(Collections.min(of)))
                .forEach(sum.merging::add);
        thenOfNow.forEach((customer, of) -> {
            if (of.size() > 1) sum.splitting.add(new CustomerId(customer));
        });
    }

    private static long surplus(Map<Long, Set<Long>> groups) {
        return groups.values().stream().mapToLong(of -> of.size() - 1L).sum();
    }
}
