package io.rekindle.collect.imports;

import io.rekindle.collect.EventType;
import io.rekindle.collect.FileCurrency;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Imports;
import io.rekindle.collect.Tails;
import io.rekindle.collect.Tombstones;
import io.rekindle.collect.intake.PersonalText;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.collect.log.IdentifierText;
import io.rekindle.collect.log.StagedEvent;
import io.rekindle.platform.Vault;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One run of one file: read, hold against what is there, bring in what is new. */
final class OrderImport {
    private static final int EVENTS_A_GROUP = 1_000;
    private static final long WAIT_BEHIND = 200_000;
    private static final int PROGRESS_EVERY = 1_000;

    private final Tools tools;
    private final ImportStore store;
    private final Warehouse warehouse;
    private final CommitLog log;
    private final Tails tails;
    private final Identifiers identifiers;
    private final Vault vault;
    private final JsonMapper json;
    private final long importId;
    private final int source;
    private final FileCurrency currency;
    private final boolean dryRun;
    private final Instant now;
    private final boolean resumed;

    private final Map<String, Person> people = new HashMap<>();
    private final Map<Long, Person> byCustomer = new HashMap<>();
    private final Rejects rejects;
    private final Set<String> there = new HashSet<>();
    private long rows;

    /** @param resumed whether some of it may have come in before the server ended */
    OrderImport(Tools tools, ImportStore store, Given given, FileCurrency currency, boolean resumed) {
        this.resumed = resumed;
        this.tools = tools;
        this.warehouse = tools.warehouse();
        this.log = tools.log();
        this.tails = tools.tails();
        this.identifiers = tools.identifiers();
        this.vault = tools.vault();
        this.json = tools.json();
        this.source = tools.source();
        this.store = store;
        this.currency = currency;
        this.rejects = new Rejects(store, given.id(), tools.vault(), tools.tombstones(), tools.json());
        this.importId = given.id();
        this.dryRun = given.dryRun();
        this.now = given.now();
    }

    private record Person(List<Identifier> identifiers, String userId, String email) {
        long id() {
            return identifiers.getFirst().id().value();
        }
    }

    Imports.Report run(Table table, LineReader reader, Staging staging, Course course) {
        for (var row = table.next(); row != null; row = table.next()) {
            read(row, reader, staging);
            if (++rows % PROGRESS_EVERY == 0) course.read(rows);
        }
        course.read(rows);
        staging.complete();
        staging.withdrawOrdersOfTwoCustomers(number ->
                rejects.add(number, "order_of_two_customers", "an earlier row names another customer for this order"));
        // What came in earlier must stand in the history before this file is held against it.
        tails.awaitAll(log.lastSeq());
        withdrawWhatEventsTell(staging);
        staging.addAllPresent(staging.orders(), this::present);
        withdrawWhatIsAnothers(staging);
        staging.withdrawLinesAtAnotherRate(
                number -> rejects.add(
                        number,
                        "line_at_another_rate",
                        "an earlier import brought this line in from another currency, or at another rate; to have it at this one, undo that import first"));
        rejects.flush();
        staging.sift();
        var report = report(staging, reader, table.encoding());
        if (!dryRun && report.alreadyThere() > 0) remember(staging);
        if (!dryRun && report.lines() + report.cancellations() > 0) {
            bringIn(staging, course);
            tails.awaitAll(log.lastSeq());
        }
        return report;
    }

    private void read(Table.Row row, LineReader reader, Staging staging) {
        switch (reader.read(row)) {
            case LineReader.Refused(var reason, var detail) -> rejects.add(row, reason, detail);
            case LineReader.Line line -> {
                var person = people.computeIfAbsent(line.customer() + '\0' + line.email(), key -> person(line));
                if (person.identifiers().isEmpty())
                    rejects.add(
                            row, "customer_is_nobody", "the row's customer is a word for nobody, or no e-mail address");
                else if (tools.tombstones().refuses(person.id(), person.identifiers()))
                    // Of who was erased nothing is kept, not even what was not wanted.
                    rejects.add(row.number(), Tombstones.REFUSED, "the row's customer was erased");
                else staging.add(row.number(), person.id(), nobodys(line));
            }
        }
    }

    /** An order id with an address in it is kept as its keyed hash. */
    private LineReader.Line nobodys(LineReader.Line line) {
        if (!PersonalText.isIn(line.orderId(), PersonalText.Kind.IDENTIFIER)) return line;
        return line.ofOrder("hashed-%016x%016x"
                .formatted(vault.keyedHash("id", line.orderId()), vault.keyedHash("id again", line.orderId())));
    }

    private Person person(LineReader.Line line) {
        var found = new ArrayList<Identifier>(2);
        identifiers.of(Identifier.Type.USER_ID, line.customer()).ifPresent(found::add);
        identifiers.of(Identifier.Type.EMAIL, line.email()).ifPresent(found::add);
        var person = new Person(List.copyOf(found), line.customer(), line.email());
        if (!found.isEmpty()) byCustomer.putIfAbsent(person.id(), person);
        return person;
    }

    /** Of an order that came in by an event, events tell all there is to tell: a file would count it twice. */
    private void withdrawWhatEventsTell(Staging staging) {
        var ours = staging.orders();
        var told = new HashSet<String>();
        warehouse.stream(Sql.of("select order_id from orders where import_id is null"), row -> {
            var order = row.text("order_id");
            if (ours.contains(order)) told.add(order);
        });
        staging.withdraw(
                told,
                number -> rejects.add(
                        number,
                        "order_known_from_events",
                        "this order came in as an event; what changes it must come as an event too"));
    }

    private void withdrawWhatIsAnothers(Staging staging) {
        var disputes = staging.disputes();
        if (disputes.isEmpty()) return;
        var named = new HashMap<Long, Long>();
        for (var dispute : disputes) {
            named.put(dispute.inFile(), dispute.inFile());
            named.put(dispute.inHistory(), dispute.inHistory());
        }
        warehouse.stream(
                Sql.of("select alias_id, customer_id from identity_now"),
                row -> named.replace(row.longValue("alias_id"), row.longValue("customer_id")));
        var others = new HashSet<String>();
        for (var dispute : disputes)
            if (!Objects.equals(named.get(dispute.inFile()), named.get(dispute.inHistory())))
                others.add(dispute.orderId());
        staging.withdraw(
                others,
                number -> rejects.add(
                        number, "order_of_another_customer", "an earlier import has this order as another customer's"));
    }

    /** Writes down what this file has and an earlier one brought: it is this one's when that one is undone. */
    private void remember(Staging staging) {
        warehouse.append(
                "order_lines_repeated",
                "import:" + importId,
                Rows.written(rows -> staging.repeated(row -> rows.value(importId)
                        .value(row.text("order_id"))
                        .value(row.longValue("customer"))
                        .value(row.instant("happened_at"))
                        .value(row.booleanValue("cancels") ? "cancellation" : "sale")
                        .value(row.text("product_id"))
                        .value(row.text("product_name"))
                        .value(row.text("category"))
                        .value(row.decimal("quantity"))
                        .value(row.decimal("unit_price"))
                        .value(currency.own())
                        .value(row.longValue("lines"))
                        .value(IdentifierText.write(
                                personOf(row.longValue("customer")).identifiers()))
                        .end())));
    }

    private void present(java.util.function.Consumer<Staging.Present> each) {
        var others = store.ordersReadOtherwise(importId, currency);
        warehouse.stream(
                Sql.of("""
                select import_id, order_id, customer_id, occurred_at, kind = 'cancellation' as cancels, coalesce(product_id, '') as product_id,
                    coalesce(product_name, '') as product_name, coalesce(category, '') as category, quantity, unit_price, count(*) as alike
                from order_lines
                where import_id is not null and import_id <> ? and kind <> 'refund'
                    and import_id not in (select import_id from imports_undone)
                group by import_id, order_id, customer_id, occurred_at, kind = 'cancellation', coalesce(product_id, ''), coalesce(product_name, ''),
                    coalesce(category, ''), quantity, unit_price
                """, importId),
                row -> each.accept(new Staging.Present(row, others.contains(row.longValue("import_id")))));
    }

    private Imports.Report report(Staging staging, LineReader reader, @Nullable String encoding) {
        var counted = new ArrayList<Imports.Report>(1);
        staging.query("""
                select (select count(*) from lines) as usable, count(*) filter (where not cancels) as lines,
                    count(*) filter (where cancels) as cancellations,
                    count(distinct order_id) filter (where not cancels) as orders,
                    count(distinct customer) filter (where not cancels) as customers,
                    coalesce(sum(cast(quantity * unit_price as decimal(18, 4))) filter (where not cancels), 0) as gross,
                    coalesce(sum(cast(quantity * unit_price as decimal(18, 4))) filter (where cancels), 0) as cancelled
                from fresh
                """, row -> {
            long lines = row.longValue("lines");
            long cancellations = row.longValue("cancellations");
            counted.add(new Imports.Report(
                    rows,
                    lines,
                    cancellations,
                    row.longValue("usable") - lines - cancellations,
                    rejects.total(),
                    rejects.reasons(),
                    row.longValue("orders"),
                    row.longValue("customers"),
                    plain(row.decimal("gross")),
                    plain(row.decimal("cancelled")),
                    currency.own(),
                    currency.notes(),
                    encoding,
                    reader.understood()));
        });
        return counted.getFirst();
    }

    private static BigDecimal plain(BigDecimal amount) {
        var stripped = amount.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    /** An order that is being put together, line after line. */
    private static final class Open {
        private final String orderId;
        private final boolean cancels;
        private final boolean known;
        private final long customer;
        private final Instant at;
        private final long firstRow;
        private final String currency;
        private final ArrayNode products;
        private BigDecimal total = BigDecimal.ZERO;

        private Open(Row row, ArrayNode products, String currency, Instant now) {
            this.orderId = row.text("order_id");
            this.cancels = row.booleanValue("cancels");
            this.known = row.booleanValue("known");
            this.customer = row.longValue("customer");
            var ordered = row.instant("ordered_at");
            // A line a little ahead of our clock keeps its time; the event it comes with happened by now.
            this.at = ordered.isAfter(now) ? now : ordered;
            this.firstRow = row.longValue("first_row");
            this.currency = currency;
            this.products = products;
        }

        boolean isOf(Row row) {
            return orderId.equals(row.text("order_id")) && cancels == row.booleanValue("cancels");
        }
    }

    private void bringIn(Staging staging, Course course) {
        if (resumed)
            warehouse.stream(
                    Sql.of("select message_id from events where import_id = ?", importId),
                    row -> there.add(row.text("message_id")));
        var group = new ArrayList<StagedEvent>(EVENTS_A_GROUP);
        var open = new ArrayList<Open>(1);
        staging.query("select * from fresh order by ordered_at, order_id, cancels, row_no", row -> {
            if (open.isEmpty() || !open.getFirst().isOf(row)) {
                if (!open.isEmpty()) add(group, open.removeFirst());
                if (group.size() >= EVENTS_A_GROUP) append(group, course);
                open.add(new Open(row, json.createArrayNode(), currency.own(), now));
            }
            add(open.getFirst(), row);
        });
        if (!open.isEmpty()) add(group, open.getFirst());
        append(group, course);
    }

    private void add(List<StagedEvent> group, Open order) {
        if (!there.contains(messageId(order))) group.add(event(order));
    }

    private String messageId(Open order) {
        return "import-%d-%d-%s".formatted(importId, order.firstRow, order.cancels ? "c" : "o");
    }

    private void append(List<StagedEvent> group, Course course) {
        course.mayGoOn();
        if (group.isEmpty()) return;
        log.staging(() -> log.append(group.stream().map(this::sealed).toList(), List.of()));
        group.clear();
        if (tails.worstLag() > WAIT_BEHIND) tails.awaitAll(log.lastSeq());
    }

    private StagedEvent sealed(StagedEvent event) {
        var clear = event.personal();
        return clear == null ? event : event.withPersonal(vault.sealFor(event.customer(), "intake", clear));
    }

    private static void add(Open order, Row row) {
        addProduct(order.products, row, row.instant("happened_at"), order.at);
        order.total = order.total.add(row.decimal("unit_price").multiply(row.decimal("quantity")));
    }

    /** Adds a line to the products of an event that happened at {@code eventAt}. */
    static void addProduct(ArrayNode products, Row row, Instant at, Instant eventAt) {
        var product = products.addObject();
        put(product, "product_id", row.text("product_id"));
        put(product, "name", row.text("product_name"));
        put(product, "category", row.text("category"));
        product.put("price", row.decimal("unit_price"));
        product.put("quantity", row.decimal("quantity"));
        if (!at.equals(eventAt)) product.put("ordered_at", at.toString());
    }

    private static void put(ObjectNode to, String field, @Nullable String value) {
        if (value != null && !value.isEmpty()) to.put(field, value);
    }

    private Person personOf(long customer) {
        var person = byCustomer.get(customer);
        if (person == null) throw new IllegalStateException("a line of a customer nobody saw");
        return person;
    }

    private StagedEvent event(Open order) {
        var person = personOf(order.customer);
        var properties = json.createObjectNode();
        properties.put("order_id", order.orderId);
        properties.put("currency", order.currency);
        properties.put("total", order.total.abs());
        properties.set("products", order.products);
        var messageId = messageId(order);
        boolean newUser =
                person.identifiers().getFirst().type() == Identifier.Type.USER_ID && !log.knowsUser(person.id());
        var personal = json.createObjectNode();
        if (newUser) personal.put("userId", person.userId());
        if (!person.email().isEmpty()) personal.put("traits.email", person.email());
        return new StagedEvent(
                log.fingerprint(source, messageId),
                now,
                order.at,
                source,
                importId,
                EventType.TRACK,
                order.cancels ? "Order Cancelled" : order.known ? "Order Updated" : "Order Completed",
                order.customer,
                person.identifiers(),
                messageId,
                order.total.abs(),
                json.writeValueAsString(properties),
                null,
                personal.isEmpty() ? null : json.writeValueAsBytes(personal),
                newUser);
    }
}
