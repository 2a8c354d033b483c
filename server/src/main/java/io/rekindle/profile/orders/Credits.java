package io.rekindle.profile.orders;

import io.rekindle.collect.ImportsUndone;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.RowWriter;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Which orders imported credits are about, kept in the warehouse's {@code credit_allocations}: whenever something of a
 * customer with credits changes, their {@link Ledger} is read and worked out anew, and credits whose parts differ are
 * written down again as a whole. The latest writing of a credit counts.
 */
@Component
class Credits implements ImportsUndone {
    private static final int CUSTOMERS_AT_ONCE = 5_000;

    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final Identities identities;
    private final WriteGate gate;
    private final TransactionTemplate transactions;

    /** The tail and an undo must not both number their writings, or read before the other has written. */
    private final ReentrantLock turn = new ReentrantLock();

    private volatile boolean begun;

    Credits(
            JdbcClient jdbc,
            Warehouse warehouse,
            Identities identities,
            WriteGate gate,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.identities = identities;
        this.gate = gate;
        this.transactions = new TransactionTemplate(transactions);
    }

    /** Runs one unit of work alone. */
    void alone(Runnable work) {
        turn.lock();
        try {
            work.run();
        } finally {
            turn.unlock();
        }
    }

    /** Ledgers by customer, and the customer of every id asked for. */
    record Ledgers(Map<Long, Ledger> byCustomer, Map<CustomerId, CustomerId> canonical) {
        @Nullable
        Ledger of(long customer) {
            var id = new CustomerId(customer);
            return byCustomer.get(canonical.getOrDefault(id, id).value());
        }
    }

    /** Ids of customers who have credits, with the time of the latest. */
    Map<Long, Instant> withCredits(Collection<CustomerId> customers) {
        var found = new HashMap<Long, Instant>();
        if (customers.isEmpty()) return found;
        jdbc.sql("""
                        select a.customer_id, max(c.latest) as latest
                        from (select id as customer_id, id as alias_id from unnest(:ids::bigint[]) as asked (id)
                              union select customer_id, alias_id from customer_aliases where customer_id = any (:ids)) a
                        join credit_customers c on c.customer_id = a.alias_id group by a.customer_id
                        """)
                .param(
                        "ids",
                        customers.stream().map(CustomerId::value).distinct().toArray(Long[]::new))
                .query(row -> {
                    found.put(
                            row.getLong("customer_id"),
                            row.getTimestamp("latest").toInstant());
                });
        return found;
    }

    /** Customers with credits whose identities the events of a batch changed. */
    Set<Long> mergedIn(Tail.Batch batch) {
        boolean any = jdbc.sql("select exists (select 1 from credit_customers)")
                .query(Boolean.class)
                .single();
        if (!any) return Set.of();
        var changed = new HashSet<CustomerId>();
        warehouse.stream(
                Sql.of(
                        "select alias_id, customer_id from identity_changes where seq between ? and ?",
                        batch.fromSeq(),
                        batch.toSeq()),
                row -> {
                    changed.add(new CustomerId(row.longValue("alias_id")));
                    changed.add(new CustomerId(row.longValue("customer_id")));
                });
        var canonical = identities.canonical(changed);
        return withCredits(canonical.values()).keySet();
    }

    /** Reads the ledgers of some customers as the log stood before a place. Two statements. */
    Map<Long, Ledger> read(Collection<Long> customers, long beforeSeq) {
        var ledgers = new HashMap<Long, Ledger>();
        if (customers.isEmpty()) return ledgers;
        for (long customer : customers) ledgers.put(customer, new Ledger());
        warehouse.stream(
                asked(customers).then("""
                        select a.customer_id, o.order_id, o.ordered_at, o.discount from orders o join alias a on a.alias_id = o.customer_id
                        where o.seq < ? and (o.import_id is null or o.import_id not in (select import_id from imports_undone))
                        """, beforeSeq),
                row -> ledger(ledgers, row)
                        .order(row.text("order_id"), row.instant("ordered_at"), row.decimal("discount")));
        warehouse.stream(asked(customers).then("""
                        select a.customer_id as owner, l.seq, l.line_no, l.order_id, l.customer_id as written_under, l.occurred_at, l.kind,
                            l.product_id, l.quantity, l.amount, l.import_id
                        from order_lines l join alias a on a.alias_id = l.customer_id
                        where l.seq < ? and (l.import_id is null or l.import_id not in (select import_id from imports_undone))
                        """, beforeSeq), row -> {
            var ledger = ledgers.get(row.longValue("owner"));
            if (ledger != null)
                ledger.line(new Ledger.Line(
                        row.longValue("seq"),
                        row.intValue("line_no"),
                        row.text("order_id"),
                        row.longValue("written_under"),
                        row.instant("occurred_at"),
                        row.text("kind"),
                        row.nullableText("product_id"),
                        row.decimal("quantity"),
                        row.decimal("amount"),
                        row.nullableLong("import_id")));
        });
        return ledgers;
    }

    private static Ledger ledger(Map<Long, Ledger> ledgers, Row row) {
        return ledgers.computeIfAbsent(row.longValue("customer_id"), id -> new Ledger());
    }

    /** The customers asked for, with every id they go by. */
    private static Sql asked(Collection<Long> customers) {
        return Sql.of("""
                with who as (select cast(unnest(cast(? as varchar[])) as bigint) as customer_id),
                alias as (
                    select customer_id as alias_id, customer_id from who
                    union select i.alias_id, i.customer_id from identity_now i join who w on w.customer_id = i.customer_id)
                """, customers.stream().map(String::valueOf).toList());
    }

    /**
     * Writes down what differs, and returns what can be taken back now of orders it concerns.
     *
     * @param batchId of the append; used as it is, so a batch that comes again writes nothing twice
     */
    Map<String, BigDecimal> write(Collection<Ledger> ledgers, String batchId) {
        var now = new LinkedHashMap<Ledger.Line, Set<Ledger.Part>>();
        var ownerOf = new HashMap<Ledger.Place, Ledger>();
        var direct = new LinkedHashMap<Ledger.Place, Ledger.Line>();
        for (var ledger : ledgers) {
            ledger.credits().forEach((line, parts) -> {
                now.put(line, parts);
                ownerOf.put(line.place(), ledger);
            });
            for (var line : ledger.direct())
                if (line.importId() != null) {
                    direct.put(line.place(), line);
                    ownerOf.put(line.place(), ledger);
                }
        }
        var remaining = new HashMap<String, BigDecimal>();
        if (now.isEmpty() && direct.isEmpty()) return remaining;
        remember(now.keySet());
        var before = written(ownerOf.keySet());
        var concerned = new HashMap<String, Ledger>();
        var out = new ArrayList<Map.Entry<Ledger.Line, Set<Ledger.Part>>>();
        now.forEach((line, parts) -> {
            var earlier = before.getOrDefault(line.place(), Set.of());
            if (earlier.equals(parts)) return;
            out.add(Map.entry(line, parts));
            note(concerned, earlier, ownerOf, line);
            note(concerned, parts, ownerOf, line);
        });
        direct.values().forEach(line -> {
            var earlier = before.get(line.place());
            if (earlier == null || earlier.stream().allMatch(p -> Ledger.ORDER_KNOWN.equals(p.reason()))) return;
            out.add(Map.entry(
                    line, Set.of(new Ledger.Part(null, Ledger.ORDER_KNOWN, BigDecimal.ZERO, BigDecimal.ZERO))));
            note(concerned, earlier, ownerOf, line);
        });
        if (out.isEmpty()) return remaining;
        long number = warehouse
                .first(
                        Sql.of("select coalesce(max(allocation), 0) + 1 as number from credit_allocations"),
                        row -> row.longValue("number"))
                .orElse(1L);
        warehouse.append(
                "credit_allocations",
                batchId,
                Rows.written(rows ->
                        out.forEach(e -> e.getValue().forEach(part -> write(rows, number, e.getKey(), part)))));
        concerned.forEach((order, ledger) -> {
            var left = ledger.remaining(order);
            if (left != null) remaining.put(order, left);
        });
        return remaining;
    }

    private static void note(
            Map<String, Ledger> concerned, Set<Ledger.Part> parts, Map<Ledger.Place, Ledger> owners, Ledger.Line line) {
        var owner = owners.get(line.place());
        for (var part : parts) if (part.ofOrder() != null && owner != null) concerned.put(part.ofOrder(), owner);
    }

    private static void write(RowWriter rows, long number, Ledger.Line line, Ledger.Part part) {
        rows.value(number)
                .value(line.seq())
                .value(line.lineNo())
                .value(line.orderId())
                .value(line.customer())
                .value(line.at())
                .value(line.kind())
                .value(part.ofOrder())
                .value(part.reason())
                .value(part.quantity())
                .value(part.amount())
                .value(line.importId())
                .end();
    }

    /** What was written down last of some lines. One statement. */
    private Map<Ledger.Place, Set<Ledger.Part>> written(Set<Ledger.Place> places) {
        var found = new HashMap<Ledger.Place, Set<Ledger.Part>>();
        var seqs = places.stream()
                .map(Ledger.Place::seq)
                .distinct()
                .map(String::valueOf)
                .toList();
        warehouse.stream(Sql.of("""
                        select seq, line_no, of_order, reason, quantity, amount from credit_allocations
                        where seq in (select cast(unnest(cast(? as varchar[])) as bigint))
                        qualify allocation = max(allocation) over (partition by seq, line_no)
                        """, seqs), row -> {
            var place = new Ledger.Place(row.longValue("seq"), row.intValue("line_no"));
            if (places.contains(place))
                found.computeIfAbsent(place, p -> new HashSet<>())
                        .add(new Ledger.Part(
                                row.nullableText("of_order"),
                                row.nullableText("reason"),
                                row.decimal("quantity"),
                                row.decimal("amount")));
        });
        return found;
    }

    private void remember(Collection<Ledger.Line> credits) {
        var latest = new TreeMap<Long, Instant>();
        for (var credit : credits) latest.merge(credit.customer(), credit.at(), (x, y) -> x.isAfter(y) ? x : y);
        if (latest.isEmpty()) return;
        jdbc.sql("""
                        insert into credit_customers (customer_id, latest)
                        select * from unnest(:ids::bigint[], :latest::timestamptz[])
                        on conflict (customer_id) do update set latest = greatest(credit_customers.latest, excluded.latest)
                        """)
                .param("ids", latest.keySet().toArray(Long[]::new))
                .param("latest", latest.values().stream().map(Instant::toString).toArray(String[]::new))
                .update();
    }

    /** Takes over what earlier versions left unallocated, once; part of the tail's transaction. */
    void begin(long beforeSeq) {
        if (begun) return;
        begun = jdbc.sql("select exists (select 1 from credits_begun)")
                .query(Boolean.class)
                .single();
        if (begun) return;
        settle(beforeSeq);
        jdbc.sql("insert into credits_begun values (:seq)")
                .param("seq", beforeSeq)
                .update();
    }

    @Override
    public void settle(Collection<Long> undone) {
        // The gate first, as the tail comes: a backup that waits in between would hold both up for ever.
        gate.write(() -> alone(() -> transactions.executeWithoutResult(status -> settle(Long.MAX_VALUE))));
    }

    /** Everybody who has credits, or had. */
    private void settle(long beforeSeq) {
        var ids = new LinkedHashSet<Long>();
        warehouse.stream(Sql.of("""
                        select distinct customer_id from order_lines
                        where import_id is not null and kind in ('refund', 'cancellation') and seq < ?
                            and order_id not in (
                                select order_id from orders where import_id is null or import_id not in (select import_id from imports_undone))
                        union select customer_id from credit_allocations
                        """, beforeSeq), row -> ids.add(row.longValue("customer_id")));
        if (ids.isEmpty()) return;
        var canonical = LongStream.of(identities.canonical(
                        ids.stream().mapToLong(Long::longValue).toArray()))
                .distinct()
                .sorted()
                .boxed()
                .toList();
        for (int from = 0; from < canonical.size(); from += CUSTOMERS_AT_ONCE) {
            var some = canonical.subList(from, Math.min(canonical.size(), from + CUSTOMERS_AT_ONCE));
            long number = warehouse
                    .first(
                            Sql.of("select coalesce(max(allocation), 0) + 1 as number from credit_allocations"),
                            row -> row.longValue("number"))
                    .orElse(1L);
            store(write(read(some, beforeSeq).values(), "settled:" + number));
        }
    }

    /** Keeps in PostgreSQL what can still be taken back of orders. */
    void store(Map<String, BigDecimal> remaining) {
        if (remaining.isEmpty()) return;
        var ids = remaining.keySet().stream().sorted().toArray(String[]::new);
        jdbc.sql("""
                        update orders_placed p set remaining = r.remaining
                        from unnest(:ids::text[], :remaining::numeric[]) as r (order_id, remaining) where p.order_id = r.order_id
                        """)
                .param("ids", ids)
                .param("remaining", Arrays.stream(ids).map(remaining::get).toArray(BigDecimal[]::new))
                .update();
    }
}
