package io.rekindle.profile.orders;

import io.rekindle.collect.EventType;
import io.rekindle.collect.ImportsUndone;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.LoggedEvents;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.RowWriter;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes orders and their lines of events.
 *
 * <ul>
 *   <li>{@code Order Completed} places an order: a row of {@code orders} and a {@code sale} line for each product. A
 *       shop that tells of one order twice, from the browser and from its server, has placed it once: the first counts.
 *       Another source's order with the same number is another order when both are of known customers and these are two;
 *       it is kept as {@code NUMBER@source-ID}, and what is told of the number later is of the source's own order, else
 *       of the customer's.
 *   <li>{@code Order Refunded} takes back the products it names at their prices, else its total, else all that remains.
 *   <li>{@code Order Cancelled} takes back the products it names; without products, all that remains.
 *   <li>What an event takes back is at most what remains, so a refund that browser and server both tell of is no loss
 *       twice. Two refunds of equal parts cannot be told from one that is told twice: they are taken for two, until
 *       nothing remains. Of an order that was never seen an event takes back what it names, else all of it; that counts
 *       once the order comes in. All of it is all of the source's own order or of the customer's, not of what another
 *       shop calls by this number.
 *   <li>A file is taken at its word: all its lines that take back stand in the history. Those under a number nobody placed
 *       an order by are credits; {@link Ledger} says which orders they are about.
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
class OrdersTail implements Tail, ImportsUndone {
    private static final Set<String> NAMES =
            Set.of("Order Completed", "Order Refunded", "Order Cancelled", "Order Updated");
    private static final Set<String> TAKEN_BACK = Set.of("refund", "cancellation");
    private static final Set<String> TAKES_BACK = Set.of("Order Refunded", "Order Cancelled");

    private static final int AT_ONCE = 1_000;

    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final Identities identities;
    private final Credits credits;
    private final LoggedEvents log;
    private final WriteGate gate;
    private final TransactionTemplate transactions;
    private final String currency;

    OrdersTail(
            JdbcClient jdbc,
            Warehouse warehouse,
            Identities identities,
            Credits credits,
            LoggedEvents log,
            WriteGate gate,
            TransactionTemplate transactions,
            PlatformSettings settings) {
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.identities = identities;
        this.credits = credits;
        this.log = log;
        this.gate = gate;
        this.transactions = transactions;
        this.currency = settings.currency();
    }

    @Override
    public String name() {
        return "orders";
    }

    /** Whose order is whose is asked of today's identities. */
    @Override
    public List<String> after() {
        return List.of("identity");
    }

    /** An order as it stands in PostgreSQL; a null source is one nobody wrote down. */
    private record Placed(
            String orderId,
            long customer,
            BigDecimal remaining,
            @Nullable Long importId,
            @Nullable Integer source,
            boolean ofKnownCustomer) {
        private Placed left(BigDecimal remaining) {
            return new Placed(orderId, customer, remaining.max(BigDecimal.ZERO), importId, source, ofKnownCustomer);
        }
    }

    /** An event, what it says, and the id of the order it is about. */
    private record Told(LoggedEvent event, OrderEvent order, String orderId) {
        private boolean isImported() {
            return event.importId() != null;
        }
    }

    private record OrderRow(Told told, BigDecimal gross) {}

    /** An event took back all of an order before there was one: how much that is, the order will tell. */
    private record Whole(
            String number, int source, CustomerId customer, boolean ofKnownCustomer, String kind, Instant at) {}

    /** @param early what it comes of, where the order came after what takes it back */
    private record LineRow(
            Told told,
            int lineNo,
            long customer,
            String kind,
            OrderEvent.Item item,
            BigDecimal quantity,
            BigDecimal amount,
            @Nullable Whole early) {
        private LineRow(
                Told told,
                int lineNo,
                long customer,
                String kind,
                OrderEvent.Item item,
                BigDecimal quantity,
                BigDecimal amount) {
            this(told, lineNo, customer, kind, item, quantity, amount, null);
        }

        private int source() {
            return early == null ? told.event().sourceId() : early.source();
        }

        /** An event's own line stays when the import that placed its order is undone. */
        private @Nullable Long importId() {
            return early == null ? told.event().importId() : null;
        }

        private Instant at() {
            if (early != null) return early.at();
            return item.at() == null ? told.event().occurredAt() : item.at().truncatedTo(ChronoUnit.MICROS);
        }
    }

    @Override
    public Interest interest() {
        return new Interest(Set.of(), NAMES);
    }

    @Override
    public void process(Batch batch) {
        credits.alone(() -> takeUp(batch, batch.fromSeq(), Set.of()));
    }

    /**
     * What sources told of orders these imports had placed before them was passed over, and counts from now on: as it would
     * had the files never come.
     */
    @Override
    public void settle(Collection<Long> undone) {
        var places = toldBehind(undone);
        var name =
                "orders-behind:" + undone.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
        for (int from = 0; from < places.size(); from += AT_ONCE) {
            var some = places.subList(from, Math.min(places.size(), from + AT_ONCE));
            var batch = new Batch(name, some.getFirst(), some.getLast(), log.at(some));
            // The gate first, as the tail comes: a backup that waits in between would hold both up for ever.
            gate.write(() -> credits.alone(() ->
                    transactions.executeWithoutResult(status -> takeUp(batch, Long.MAX_VALUE, Set.copyOf(some)))));
        }
    }

    /** The places in the log of orders sources told of under numbers that stand in no other way than by these imports. */
    private List<Long> toldBehind(Collection<Long> undone) {
        if (undone.isEmpty()) return List.of();
        var imports = Sql.join(", ", undone.stream().map(id -> Sql.of("?", id)).toList());
        return warehouse.query(
                Sql.of("with gone as (select distinct order_id from orders where import_id in")
                        .then(imports.inParentheses())
                        .then("""
                                and order_id not in (
                                    select order_id from orders where import_id is null or import_id not in (select import_id from imports_undone)))
                                select seq from events
                                where type = 'track' and name = 'Order Completed' and import_id is null
                                    and coalesce(json_text(properties, '$.order_id'), json_text(properties, '$.orderId'))
                                        in (select regexp_replace(order_id, '@source-[0-9]+$', '') from gone)
                                order by seq
                                """),
                row -> row.longValue("seq"));
    }

    /**
     * @param beforeSeq what stands is read as it was before this place of the log
     * @param own places whose lines, where they stand already, come of this very batch: it comes again after a crash
     */
    private void takeUp(Batch batch, long beforeSeq, Set<Long> own) {
        credits.begin(beforeSeq);
        var merged = credits.mergedIn(batch);
        var read = new LinkedHashMap<LoggedEvent, OrderEvent>();
        for (var event : batch.events())
            if (event.type() == EventType.TRACK && event.name() != null && NAMES.contains(event.name()))
                read.put(event, OrderEvent.of(event));
        if (read.isEmpty() && merged.isEmpty()) return;
        var known = known(
                read.values().stream().map(OrderEvent::orderId).distinct().toArray(String[]::new), beforeSeq, own);
        var canonical = canonical(read.keySet(), known);
        var ledgers = ledgers(beforeSeq, read, known, canonical, merged);
        var names = new Names(known, canonical);
        var rows = new Appended();
        var changed = new LinkedHashMap<String, Placed>();
        read.forEach((event, order) -> {
            var told = new Told(event, order, names.of(event, order.orderId()));
            var before = known.placed().get(told.orderId());
            // What credits took is in the ledger; a file takes back whatever remains.
            if (before != null && !told.isImported()) before = asIs(before, ledgers);
            var after = switch (String.valueOf(event.name())) {
                case "Order Completed" -> before == null ? place(told, known, names, rows) : add(told, before, rows);
                case "Order Updated" ->
                    before != null
                            ? add(told, before, rows)
                            : told.isImported() ? place(told, known, names, rows) : null;
                case "Order Refunded" -> takeBack(told, before, "refund", known, rows);
                default -> takeBack(told, before, "cancellation", known, rows);
            };
            if (before == null && after == null && !told.isImported()) rows.takenEarly(known);
            rows.tell(ledgers);
            if (after != null && !after.equals(known.placed().get(told.orderId()))) {
                known.placed().put(told.orderId(), after);
                changed.put(told.orderId(), after);
            }
        });
        if (!rows.orders.isEmpty())
            warehouse.append("orders", batch.id(), Rows.written(out -> rows.orders.forEach(o -> write(out, o))));
        if (!rows.lines.isEmpty())
            warehouse.append("order_lines", batch.id(), Rows.written(out -> rows.lines.forEach(l -> write(out, l))));
        changed.replaceAll((id, placed) -> asIs(placed, ledgers));
        store(List.copyOf(changed.values()));
        names.store(jdbc);
        storeEarly(rows.early);
        storeWholes(rows.wholes);
        credits.store(credits.write(ledgers.byCustomer().values(), batch.id()));
    }

    /** The order with what credits left of it, where its customer's ledger is open. */
    private static Placed asIs(Placed placed, Credits.Ledgers ledgers) {
        var ledger = ledgers.of(placed.customer());
        var remaining = ledger == null ? null : ledger.remaining(placed.orderId());
        return remaining == null ? placed : placed.left(remaining);
    }

    /** The customers of today of everybody an event or an order it names is of. */
    private Map<CustomerId, CustomerId> canonical(Set<LoggedEvent> events, Known known) {
        var ids = new ArrayList<CustomerId>();
        for (var event : events) ids.add(event.customer());
        for (var placed : known.placed().values()) ids.add(new CustomerId(placed.customer()));
        for (var wholes : known.wholes().values()) for (var whole : wholes) ids.add(whole.customer());
        return identities.canonical(ids);
    }

    /** The ledgers of customers whose credits this batch may bring or move. */
    private Credits.Ledgers ledgers(
            long beforeSeq,
            Map<LoggedEvent, OrderEvent> read,
            Known known,
            Map<CustomerId, CustomerId> canonical,
            Set<Long> merged) {
        var latest = credits.withCredits(canonical.values());
        var asked = new HashSet<Long>(merged);
        var placedHere = new HashSet<String>();
        read.forEach((event, order) -> {
            boolean places = !TAKES_BACK.contains(String.valueOf(event.name()));
            if (places) placedHere.add(order.orderId());
            var placed = known.placed().get(order.orderId());
            for (var id : placed == null
                    ? List.of(event.customer())
                    : List.of(event.customer(), new CustomerId(placed.customer()))) {
                long customer = canonical.getOrDefault(id, id).value();
                var until = latest.get(customer);
                // An order later than all credits changes nothing about them.
                if (until != null
                        && (event.importId() != null
                                || !places
                                || !event.occurredAt().isAfter(until))) asked.add(customer);
                if (!places && event.importId() != null && placed == null && !placedHere.contains(order.orderId()))
                    asked.add(customer);
            }
        });
        return new Credits.Ledgers(credits.read(asked, beforeSeq), canonical);
    }

    /** Rows to append, in the order they came up. */
    private static final class Appended {
        private final List<OrderRow> orders = new ArrayList<>();
        private final List<LineRow> lines = new ArrayList<>();
        private final Map<String, BigDecimal> early = new LinkedHashMap<>();
        private final List<Whole> wholes = new ArrayList<>();
        private int ordersTold;
        private int linesTold;

        /** What the latest event took back of an order nobody placed yet: it will not remain of it. */
        private void takenEarly(Known known) {
            for (var line : lines.subList(linesTold, lines.size()))
                if (TAKEN_BACK.contains(line.kind())) {
                    early.merge(line.told().orderId(), line.amount().negate(), BigDecimal::add);
                    known.lines().merge(line.told().orderId(), line.amount(), BigDecimal::add);
                }
        }

        /** Enters what is new in its customer's ledger. */
        private void tell(Credits.Ledgers ledgers) {
            for (; ordersTold < orders.size(); ordersTold++) {
                var told = orders.get(ordersTold).told();
                var ledger = ledgers.of(told.event().customer().value());
                if (ledger != null)
                    ledger.order(
                            told.orderId(),
                            told.event().occurredAt(),
                            told.order().discount());
            }
            for (; linesTold < lines.size(); linesTold++) {
                var line = lines.get(linesTold);
                var ledger = ledgers.of(line.customer());
                if (ledger != null)
                    ledger.line(new Ledger.Line(
                            line.told().event().seq(),
                            line.lineNo(),
                            line.told().orderId(),
                            line.customer(),
                            line.at(),
                            line.kind(),
                            line.item().productId(),
                            line.quantity(),
                            line.amount(),
                            line.importId()));
            }
        }
    }

    /** Under which id the order is kept that a source calls by a number. */
    private static final class Names {
        private record Renamed(String number, int source, String orderId) {}

        private final Known known;
        private final Map<CustomerId, CustomerId> canonical;
        private final List<Renamed> made = new ArrayList<>();

        private Names(Known known, Map<CustomerId, CustomerId> canonical) {
            this.known = known;
            this.canonical = canonical;
        }

        private String of(LoggedEvent event, String number) {
            var first = known.placed().get(number);
            var others = known.renamed().getOrDefault(number, List.of()).stream()
                    .map(known.placed()::get)
                    .filter(Objects::nonNull)
                    .toList();
            if (first != null && (first.source() == null || first.source() == event.sourceId())) return number;
            for (var other : others) if (Objects.equals(other.source(), event.sourceId())) return other.orderId();
            if (first != null && isOf(first, event)) return number;
            for (var other : others) if (isOf(other, event)) return other.orderId();
            if (first == null) return number;
            if (!"Order Completed".equals(event.name()) || !first.ofKnownCustomer() || !isKnown(event)) return number;
            var name = "%s@source-%d".formatted(number, event.sourceId());
            made.add(new Renamed(number, event.sourceId(), name));
            known.renamed().computeIfAbsent(number, n -> new ArrayList<>()).add(name);
            return name;
        }

        /** What took back all of an order before this event placed it. */
        private @Nullable Whole whole(Told placing) {
            var all = known.wholes().getOrDefault(placing.order().orderId(), List.of());
            var event = placing.event();
            for (var whole : all) if (whole.source() == event.sourceId()) return whole;
            for (var whole : all) if (customer(whole.customer()).equals(customer(event.customer()))) return whole;
            for (var whole : all) if (!whole.ofKnownCustomer() || !isKnown(event)) return whole;
            return null;
        }

        private boolean isOf(Placed placed, LoggedEvent event) {
            return customer(new CustomerId(placed.customer())).equals(customer(event.customer()));
        }

        private CustomerId customer(CustomerId id) {
            return canonical.getOrDefault(id, id);
        }

        private void store(JdbcClient jdbc) {
            if (made.isEmpty()) return;
            jdbc.sql("""
                            insert into orders_renamed (number, source_id, order_id)
                            select * from unnest(:numbers::text[], :sources::int[], :ids::text[])
                            on conflict (number, source_id) do nothing
                            """)
                    .param("numbers", made.stream().map(Renamed::number).toArray(String[]::new))
                    .param("sources", made.stream().map(Renamed::source).toArray(Integer[]::new))
                    .param("ids", made.stream().map(Renamed::orderId).toArray(String[]::new))
                    .update();
        }
    }

    /** Whether an event is of somebody and not just of a browser. */
    private static boolean isKnown(LoggedEvent event) {
        return event.identifiers().isEmpty()
                || event.identifiers().stream().anyMatch(i -> i.type().isPersonal());
    }

    private static Placed place(Told told, Known known, Names names, Appended rows) {
        var event = told.event();
        var order = told.order();
        long customer = event.customer().value();
        int before = rows.lines.size();
        BigDecimal gross;
        if (order.hasPrices()) {
            gross = order.itemsTotal();
            sell(told, customer, "sale", rows);
        } else if (told.isImported() && order.items().isEmpty()) {
            // The lines are there already, of another import: only the place they belong to was undone.
            gross = BigDecimal.ZERO;
        } else {
            var total = order.total() == null ? BigDecimal.ZERO : order.total();
            gross = total.add(order.discount());
            rows.lines.add(whole(told, customer, "sale", gross));
        }
        rows.orders.add(new OrderRow(told, gross));
        var remaining =
                gross.subtract(order.discount()).add(known.left(told.orderId())).max(BigDecimal.ZERO);
        var whole = names.whole(told);
        if (whole != null && remaining.signum() > 0) {
            rows.lines.add(wholeEarly(told, rows.lines.size() - before + 1, customer, remaining.negate(), whole));
            remaining = BigDecimal.ZERO;
        }
        return new Placed(told.orderId(), customer, remaining, event.importId(), event.sourceId(), isKnown(event));
    }

    private static Placed add(Told told, Placed before, Appended rows) {
        // A shop that tells of an order again tells its whole content; only an import tells what is new of it, and what
        // events told of an order no import adds to.
        if (!told.isImported() || before.importId() == null || !told.order().hasPrices()) return before;
        sell(told, before.customer(), "addition", rows);
        return before.left(before.remaining().add(told.order().itemsTotal()));
    }

    private static @Nullable Placed takeBack(
            Told told, @Nullable Placed before, String kind, Known known, Appended rows) {
        var order = told.order();
        long customer = before == null ? told.event().customer().value() : before.customer();
        var named = order.hasPrices() ? order.itemsTotal().abs() : null;
        BigDecimal amount;
        // A file is taken at its word: each of its lines stands in the history as it stands there, or it came twice.
        if (named != null && (before == null || told.isImported() || named.compareTo(before.remaining()) <= 0)) {
            int lineNo = 1;
            for (var item : order.items())
                rows.lines.add(new LineRow(
                        told,
                        lineNo++,
                        customer,
                        kind,
                        item,
                        item.quantity().abs().negate(),
                        item.amount().abs().negate()));
            amount = named;
        } else {
            var total = kind.equals("refund") && order.total() != null
                    ? order.total().abs()
                    : null;
            if (before == null) {
                if (total == null) {
                    remember(told, kind, known, rows);
                    return null;
                }
                amount = total;
            } else {
                var wanted = total == null ? named : named == null ? total : named.min(total);
                amount = wanted == null ? before.remaining() : wanted.min(before.remaining());
            }
            if (amount.signum() == 0) return before;
            rows.lines.add(whole(told, customer, kind, amount.negate()));
        }
        return before == null ? null : before.left(before.remaining().subtract(amount));
    }

    /** The first event of a source that takes back all of an order says enough. */
    private static void remember(Told told, String kind, Known known, Appended rows) {
        var event = told.event();
        var all = known.wholes().computeIfAbsent(told.order().orderId(), n -> new ArrayList<>());
        if (all.stream().anyMatch(w -> w.source() == event.sourceId())) return;
        var whole = new Whole(
                told.order().orderId(), event.sourceId(), event.customer(), isKnown(event), kind, event.occurredAt());
        all.add(whole);
        rows.wholes.add(whole);
    }

    private static void sell(Told told, long customer, String kind, Appended rows) {
        int lineNo = 1;
        for (var item : told.order().items())
            rows.lines.add(new LineRow(told, lineNo++, customer, kind, item, item.quantity(), item.amount()));
    }

    /** One line for all of it, where products are not told. */
    private static LineRow whole(Told told, long customer, String kind, BigDecimal amount) {
        var pieces = BigDecimal.valueOf(amount.signum() < 0 ? -1 : 1);
        return new LineRow(told, 1, customer, kind, one(amount.abs()), pieces, amount);
    }

    private static LineRow wholeEarly(Told told, int lineNo, long customer, BigDecimal amount, Whole whole) {
        var minusOne = BigDecimal.ONE.negate();
        return new LineRow(told, lineNo, customer, whole.kind(), one(amount.abs()), minusOne, amount, whole);
    }

    private static OrderEvent.Item one(BigDecimal price) {
        return new OrderEvent.Item(null, null, null, BigDecimal.ONE, price, null);
    }

    private void write(RowWriter rows, OrderRow row) {
        var event = row.told().event();
        var order = row.told().order();
        rows.value(row.told().orderId())
                .value(event.customer().value())
                .value(event.occurredAt())
                .value(currency)
                .value(row.gross())
                .value(order.discount())
                .value(order.coupon())
                .value(event.sourceId())
                .value(event.importId())
                .value(event.seq())
                .end();
    }

    private static void write(RowWriter rows, LineRow row) {
        var event = row.told().event();
        var item = row.item();
        rows.value(row.told().orderId())
                .value(row.lineNo())
                .value(row.customer())
                .value(row.at())
                .value(row.kind())
                .value(item.productId())
                .value(item.name())
                .value(item.category())
                .value(row.quantity())
                .value(item.price() == null ? BigDecimal.ZERO : item.price())
                .value(row.amount())
                .value(row.source())
                .value(row.importId())
                .value(event.seq())
                .end();
    }

    /**
     * Orders as they stand before a batch.
     *
     * @param placed by id; one of an import that was undone is not among them
     * @param lines of orders that are not among them, the sum of what stands of them: of those whose import was undone, and of
     *     those of which events took back what nobody had told of
     * @param renamed by number, the ids of other sources' orders of that number
     * @param wholes by number, what took back all of an order that was not there yet
     */
    private record Known(
            Map<String, Placed> placed,
            Map<String, BigDecimal> lines,
            Map<String, List<String>> renamed,
            Map<String, List<Whole>> wholes) {
        BigDecimal left(String orderId) {
            return lines.getOrDefault(orderId, BigDecimal.ZERO);
        }
    }

    private Known known(String[] numbers, long fromSeq, Set<Long> own) {
        var known = new Known(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
        if (numbers.length == 0) return known;
        var undone = Set.copyOf(warehouse.query(
                Sql.of("select distinct import_id from imports_undone"), row -> row.longValue("import_id")));
        var ids = new ArrayList<>(List.of(numbers));
        jdbc.sql("select number, order_id from orders_renamed where number = any(:numbers) order by number, source_id")
                .param("numbers", numbers)
                .query(row -> {
                    known.renamed()
                            .computeIfAbsent(row.getString("number"), n -> new ArrayList<>())
                            .add(row.getString("order_id"));
                    ids.add(row.getString("order_id"));
                });
        var stored = jdbc.sql("""
                        select order_id, customer_id, remaining, import_id, source_id, of_known_customer from orders_placed
                        where order_id = any(:ids)
                        """)
                .param("ids", ids.toArray(String[]::new))
                .query((row, n) -> new Placed(
                        row.getString("order_id"),
                        row.getLong("customer_id"),
                        row.getBigDecimal("remaining"),
                        row.getObject("import_id", Long.class),
                        row.getObject("source_id", Integer.class),
                        row.getBoolean("of_known_customer")))
                .list();
        var imported = stored.stream().filter(p -> p.importId() != null).toList();
        var left = undone.isEmpty() || imported.isEmpty()
                ? Map.<String, BigDecimal>of()
                : standing(imported.stream().map(Placed::orderId).toList(), fromSeq, own);
        for (var order : stored) {
            var sum = left.getOrDefault(order.orderId(), BigDecimal.ZERO);
            if (order.importId() == null || undone.isEmpty()) known.placed().put(order.orderId(), order);
            else if (undone.contains(order.importId())) known.lines().put(order.orderId(), sum);
            // Another import may have added to it and been undone since.
            else known.placed().put(order.orderId(), order.left(sum));
        }
        jdbc.sql("select order_id, amount from orders_taken_back_early where order_id = any(:ids)")
                .param("ids", ids.toArray(String[]::new))
                .query(row -> {
                    known.lines()
                            .putIfAbsent(
                                    row.getString("order_id"),
                                    row.getBigDecimal("amount").negate());
                });
        jdbc.sql("""
                        select number, source_id, customer_id, of_known_customer, kind, occurred_at from orders_taken_back_whole
                        where number = any(:numbers) order by number, occurred_at, source_id
                        """).param("numbers", numbers).query(row -> {
            known.wholes()
                    .computeIfAbsent(row.getString("number"), n -> new ArrayList<>())
                    .add(new Whole(
                            row.getString("number"),
                            row.getInt("source_id"),
                            new CustomerId(row.getLong("customer_id")),
                            row.getBoolean("of_known_customer"),
                            row.getString("kind"),
                            row.getObject("occurred_at", OffsetDateTime.class).toInstant()));
        });
        return known;
    }

    /** What stands of orders, by their lines. A batch that comes again after a crash must not see its own. */
    private Map<String, BigDecimal> standing(List<String> orderIds, long fromSeq, Set<Long> own) {
        var sums = new HashMap<String, BigDecimal>();
        var marks = Sql.join(", ", orderIds.stream().map(id -> Sql.of("?", id)).toList());
        warehouse.stream(
                Sql.of("select order_id, sum(amount) as amount from order_lines_now where seq < ?", fromSeq)
                        .then(
                                "and not (import_id is null and list_contains(cast(? as varchar[]), cast(seq as varchar)))",
                                own.stream().map(String::valueOf).toList())
                        .then("and order_id in")
                        .then(marks.inParentheses())
                        .then("group by order_id"),
                row -> sums.put(row.text("order_id"), row.decimal("amount")));
        return sums;
    }

    private void storeEarly(Map<String, BigDecimal> early) {
        if (early.isEmpty()) return;
        jdbc.sql("""
                        insert into orders_taken_back_early (order_id, amount)
                        select * from unnest(:ids::text[], :amounts::numeric[])
                        on conflict (order_id) do update set amount = orders_taken_back_early.amount + excluded.amount
                        """)
                .param("ids", early.keySet().toArray(String[]::new))
                .param("amounts", early.values().toArray(BigDecimal[]::new))
                .update();
    }

    private void storeWholes(List<Whole> wholes) {
        if (wholes.isEmpty()) return;
        jdbc.sql("""
                        insert into orders_taken_back_whole (number, source_id, customer_id, of_known_customer, kind, occurred_at)
                        select * from unnest(:numbers::text[], :sources::int[], :customers::bigint[], :known::boolean[], :kinds::text[], :times::timestamptz[])
                        on conflict (number, source_id) do nothing
                        """)
                .param("numbers", wholes.stream().map(Whole::number).toArray(String[]::new))
                .param("sources", wholes.stream().map(Whole::source).toArray(Integer[]::new))
                .param(
                        "customers",
                        wholes.stream().map(w -> w.customer().value()).toArray(Long[]::new))
                .param("known", wholes.stream().map(Whole::ofKnownCustomer).toArray(Boolean[]::new))
                .param("kinds", wholes.stream().map(Whole::kind).toArray(String[]::new))
                .param("times", wholes.stream().map(w -> w.at().toString()).toArray(String[]::new))
                .update();
    }

    private void store(List<Placed> changed) {
        if (changed.isEmpty()) return;
        jdbc.sql("""
                        insert into orders_placed (order_id, customer_id, remaining, import_id, source_id, of_known_customer)
                        select * from unnest(:ids::text[], :customers::bigint[], :remaining::numeric[], :imports::bigint[], :sources::int[], :known::boolean[])
                        on conflict (order_id) do update set
                            customer_id = excluded.customer_id, remaining = excluded.remaining, import_id = excluded.import_id,
                            source_id = excluded.source_id, of_known_customer = excluded.of_known_customer
                        """)
                .param("ids", changed.stream().map(Placed::orderId).toArray(String[]::new))
                .param("customers", changed.stream().map(Placed::customer).toArray(Long[]::new))
                .param("remaining", changed.stream().map(Placed::remaining).toArray(BigDecimal[]::new))
                .param("imports", changed.stream().map(Placed::importId).toArray(Long[]::new))
                .param("sources", changed.stream().map(Placed::source).toArray(Integer[]::new))
                .param("known", changed.stream().map(Placed::ofKnownCustomer).toArray(Boolean[]::new))
                .update();
    }
}
