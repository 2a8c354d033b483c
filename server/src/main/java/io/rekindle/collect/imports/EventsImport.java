package io.rekindle.collect.imports;

import io.rekindle.collect.ImportKind;
import io.rekindle.collect.Imports;
import io.rekindle.collect.Tombstones;
import io.rekindle.collect.intake.ImportedItems;
import io.rekindle.collect.log.StagedEvent;
import io.rekindle.warehouse.Sql;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An import whose rows become events through the intake's door. The file is read twice: first every row is checked and
 * held against what is there, by digest; then those that are new are brought in, in their order. So memory holds some
 * bytes a row, and an import that goes on after the server's end knows where it stopped: at the last row of the log.
 */
final class EventsImport implements Ready {
    private static final int EVENTS_A_GROUP = 1_000;
    private static final long WAIT_BEHIND = 200_000;
    private static final int PROGRESS_EVERY = 1_000;

    private final Tools tools;
    private final ImportStore store;
    private final Given given;
    private final boolean resumed;
    private final RowStaging staging = new RowStaging();
    private final Table table;
    private final RowEvents events;
    private final Rejects rejects;

    EventsImport(Tools tools, ImportStore store, Given given, Instant latest, boolean resumed) {
        this.tools = tools;
        this.store = store;
        this.given = given;
        this.resumed = resumed;
        this.rejects = new Rejects(store, given.id(), tools.vault(), tools.tombstones(), tools.json());
        Table opened = null;
        try {
            opened = Table.open(given.file(), given.mapping().encoding(), staging.connection());
            this.events = eventsOf(opened, latest);
            this.table = opened;
        } catch (RuntimeException e) {
            if (opened != null) opened.close();
            staging.close();
            throw e;
        }
    }

    private RowEvents eventsOf(Table opened, Instant latest) {
        return switch (given.mapping().tells()) {
            case CUSTOMERS ->
                new CustomerRows(
                        given.mapping(),
                        opened.columns(),
                        tools.zone(),
                        given.now(),
                        latest,
                        tools.json(),
                        tools.tags().get(),
                        tools.doubleOptIn().get(),
                        tools.identifiers());
            case SURVEYS -> new SurveyRows(given.mapping(), opened.columns(), tools.zone(), latest, tools.json());
            case CAMPAIGN_HISTORY ->
                new EarlierMessageRows(given.mapping(), opened.columns(), tools.zone(), latest, tools.json());
            case ORDERS, PRODUCTS, COSTS ->
                throw new IllegalArgumentException(
                        "%s are no events, a row each".formatted(given.mapping().tells()));
        };
    }

    @Override
    public @Nullable String encoding() {
        return table.encoding();
    }

    @Override
    public Imports.Report run(Course course) {
        long rows = 0;
        for (var row = table.next(); row != null; row = table.next()) {
            check(row);
            if (++rows % PROGRESS_EVERY == 0) course.read(rows);
        }
        course.read(rows);
        rejects.flush();
        // What came in earlier must stand in the history before this file is held against it.
        tools.tails().awaitAll(tools.log().lastSeq());
        present();
        staging.complete();
        var sifted = staging.sift(events.tellsWhen());
        long fresh = sifted.fresh().cardinality();
        var report = new Imports.Report(
                rows,
                fresh,
                0,
                sifted.alreadyThere(),
                rejects.total(),
                rejects.reasons(),
                0,
                sifted.customers(),
                BigDecimal.ZERO,
                BigDecimal.ZERO,
                tools.currency(),
                events.notes(),
                table.encoding(),
                events.understood());
        if (given.dryRun()) return report;
        store.repeats(given.id(), sifted.repeats());
        if (fresh > 0) {
            bringIn(sifted, course);
            tools.tails().awaitAll(tools.log().lastSeq());
        }
        return report;
    }

    private void check(Table.Row row) {
        try {
            var items = events.of(row);
            var taken = take(items, "import-check");
            staging.add(row.number(), taken.getFirst().customer(), digest(items));
        } catch (BadRow bad) {
            rejects.add(row, bad.reason(), bad.detail());
        }
    }

    /** The items as events of the log; what the intake refuses is a fault of the row. */
    private List<StagedEvent> take(List<RowEvents.Item> items, String messageId) throws BadRow {
        var taken = new ArrayList<StagedEvent>(items.size());
        for (var item : items) {
            var id = taken.isEmpty() ? messageId : messageId + "-" + taken.size();
            switch (tools.items().take(tools.json().writeValueAsBytes(item.json()), item.type(), given.id(), id)) {
                case ImportedItems.Fit(var event) -> taken.add(event);
                case ImportedItems.Unfit(var reason, var detail) -> throw new BadRow(reason, detail);
            }
        }
        return taken;
    }

    /** Tells rows apart by what they say; a time that is not theirs is left out. */
    private String digest(List<RowEvents.Item> items) {
        var said = new StringBuilder();
        for (var item : items) {
            var json = item.json();
            if (!events.tellsWhen() && said.isEmpty()) {
                json = json.deepCopy();
                json.remove("timestamp");
            }
            said.append(tools.json().writeValueAsString(json)).append('\n');
        }
        var text = said.toString();
        return "%016x%016x"
                .formatted(
                        tools.vault().keyedHash("import-row", text),
                        tools.vault().keyedHash("import-row again", text));
    }

    /**
     * Rows of earlier imports of this kind, by the digest that their message id carries. Where rows do not tell when, of
     * those alone that speak alike: two files that each know something else of a customer would else follow one another
     * for ever, and take back each time what the customer said since.
     */
    private void present() {
        var alike =
                events.tellsWhen() ? null : store.speakingAlike(given.id(), ImportStore.fields(events.understood()));
        tools.warehouse().stream(Sql.of("""
                        select seq, import_id, customer_id, split_part(message_id, '-', 4) as digest from events
                        where import_id is not null and import_id <> ? and message_id like ? and split_part(message_id, '-', 5) = ''
                            and import_id not in (select import_id from imports_undone)
                        """, given.id(), prefix(given.mapping().tells()) + "-%"), row -> {
            long by = row.longValue("import_id");
            if (alike == null || alike.contains(by))
                staging.addPresent(row.longValue("seq"), by, row.longValue("customer_id"), row.text("digest"));
        });
    }

    private void bringIn(RowStaging.Sifted sifted, Course course) {
        long last = resumed ? lastBroughtIn() : -1;
        var group = new ArrayList<Waiting>(EVENTS_A_GROUP + 1);
        try (var again = Table.open(given.file(), given.mapping().encoding(), staging.connection())) {
            for (var row = again.next(); row != null; row = again.next()) {
                if (row.number() <= last || !sifted.fresh().get(Math.toIntExact(row.number()))) continue;
                var items = events.of(row);
                group.add(new Waiting(items, messageId(row.number(), digest(items))));
                if (group.size() >= EVENTS_A_GROUP) append(group, course);
            }
            append(group, course);
        } catch (BadRow bad) {
            throw new IllegalStateException("a row that was read is not what it was: " + bad.detail(), bad);
        }
    }

    /** Items of one row on their way to the log. */
    private record Waiting(List<RowEvents.Item> items, String messageId) {}

    /** Sealed and appended in one go: no key is destroyed in between. */
    private void append(List<Waiting> group, Course course) {
        course.mayGoOn();
        if (group.isEmpty()) return;
        tools.log()
                .staging(() -> tools.log()
                        .append(
                                group.stream()
                                        .flatMap(waiting -> again(waiting).stream())
                                        .toList(),
                                List.of()));
        group.clear();
        if (tools.tails().worstLag() > WAIT_BEHIND)
            tools.tails().awaitAll(tools.log().lastSeq());
    }

    private List<StagedEvent> again(Waiting waiting) {
        try {
            return take(waiting.items(), waiting.messageId());
        } catch (BadRow bad) {
            // Whoever was erased since the row was checked does not come in.
            if (bad.reason().equals(Tombstones.REFUSED)) return List.of();
            throw new IllegalStateException("a row that was read is not what it was: " + bad.detail(), bad);
        }
    }

    private String messageId(long row, String digest) {
        return "%s-%d-%d-%s".formatted(prefix(given.mapping().tells()), given.id(), row, digest);
    }

    private static String prefix(ImportKind kind) {
        return switch (kind) {
            case CUSTOMERS -> "customers";
            case SURVEYS -> "surveys";
            case CAMPAIGN_HISTORY -> "messages";
            case ORDERS, PRODUCTS, COSTS -> "import";
        };
    }

    /** Groups come in whole and in the order of the rows; so all before the last row are in too, or were not to be. */
    private long lastBroughtIn() {
        return tools.warehouse()
                .first(
                        Sql.of(
                                "select max(cast(split_part(message_id, '-', 3) as bigint)) as last from events where import_id = ?",
                                given.id()),
                        row -> {
                            var last = row.nullableLong("last");
                            return last == null ? -1L : last;
                        })
                .orElse(-1L);
    }

    @Override
    public void close() {
        table.close();
        staging.close();
    }
}
