package io.rekindle.collect.imports;

import io.rekindle.collect.FileCurrency;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.Imports;
import io.rekindle.platform.Problem;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Set;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * An import whose rows are facts about things, not events of customers: they go to a table of the history as one batch,
 * and views tell what holds: {@code products_now}, {@code costs_now}. Every row stands under its import, also one that says
 * what is known, so that taking an import back takes nothing from another. Of what comes again and again by itself, the
 * second time is the last that is written down: with it one run can be taken back and the other stands, and without that
 * bound a pull on schedule would fill the history with what it knows.
 *
 * <p>Rows of costs that have an id of their own ({@code row_id}) are words about that row, of which the last holds: so a
 * pull may read only those that changed, and the others of the day stand.
 */
final class FactsImport implements Ready {
    private static final int PROGRESS_EVERY = 1_000;
    private static final int LONGEST = 500;
    private static final String FACT =
            "row_no bigint, name varchar, a varchar, b varchar, x decimal(18, 4), y decimal(18, 4), moment timestamp";
    private static final String BY_HAND = "files";

    private final Tools tools;
    private final ImportStore store;
    private final Given given;
    private final ImportKind kind;
    private final boolean ofRows;
    private final Instant latest;
    private final FileCurrency currency;
    private final Workspace workspace = new Workspace();
    private final Table table;
    private final MappedColumns columns;
    private final Rejects rejects;

    FactsImport(Tools tools, ImportStore store, Given given, FileCurrency currency, Instant latest) {
        this.tools = tools;
        this.store = store;
        this.given = given;
        this.kind = given.mapping().tells();
        this.latest = latest;
        this.currency = currency;
        this.rejects = new Rejects(store, given.id(), tools.vault(), tools.tombstones(), tools.json());
        Table opened = null;
        try {
            opened = Table.open(given.file(), given.mapping().encoding(), workspace.connection());
            var faults = new ArrayList<Problem.Fault>();
            columns = new MappedColumns(given.mapping(), opened.columns(), tools.zone(), faults);
            if (kind == ImportKind.COSTS && !columns.has("channel") && !columns.has("campaign"))
                faults.add(new Problem.Fault(
                                "channel",
                                "cost_of_nothing",
                                "no column is mapped to it, nor to campaign: costs are of a channel, a campaign, or both; the file has {columns}")
                        .with("columns", opened.columns()));
            MappedColumns.requireNone(faults);
            table = opened;
            ofRows = kind == ImportKind.COSTS && columns.has("row_id");
            for (var name : new String[] {"facts", "present"})
                workspace.run("create table %s (%s)".formatted(name, FACT));
            workspace.run(
                    "create table told (%s, import_id bigint, by_same boolean, latest timestamp)".formatted(FACT));
        } catch (RuntimeException e) {
            if (opened != null) opened.close();
            workspace.close();
            throw e;
        }
    }

    @Override
    public @Nullable String encoding() {
        return table.encoding();
    }

    /**
     * A fact: of a product its id, name, category, price, cost and from when on; of costs the channel, the campaign, the
     * row's id, the amount, nothing, and the day.
     */
    private record Fact(
            String name,
            String a,
            String b,
            @Nullable BigDecimal x,
            @Nullable BigDecimal y,
            Instant at) {}

    @Override
    public Imports.Report run(Course course) {
        long rows = 0;
        try (var facts = workspace.connection.createAppender("facts")) {
            for (var row = table.next(); row != null; row = table.next()) {
                try {
                    append(facts, row.number(), fact(row));
                } catch (BadRow bad) {
                    rejects.add(row, bad.reason(), bad.detail());
                }
                if (++rows % PROGRESS_EVERY == 0) course.read(rows);
            }
        } catch (SQLException e) {
            throw Workspace.failed(e);
        }
        course.read(rows);
        rejects.flush();
        var origin = store.get(given.id()).origin();
        var teller = origin == null ? BY_HAND : origin.way() + ":" + origin.id();
        try (var present = workspace.connection.createAppender("present")) {
            tools.warehouse().stream(present(teller), row -> {
                try {
                    begin(present, 0, fact(row));
                    present.endRow();
                } catch (SQLException e) {
                    throw Workspace.failed(e);
                }
            });
        } catch (SQLException e) {
            throw Workspace.failed(e);
        }
        if (origin != null && !given.dryRun()) readToldBy(store.ofOrigin(origin), teller);
        var report = report(rows);
        if (!given.dryRun()) {
            course.mayGoOn();
            tools.warehouse()
                    .append(
                            kind == ImportKind.PRODUCTS ? "product_changes" : "costs",
                            "import:" + given.id(),
                            Rows.written(to -> workspace.query(
                                    ofRows ? WORDS_NOT_TOLD_TWICE : groupsNotToldTwice(),
                                    row -> write(to, row, teller))));
        }
        return report;
    }

    /** What the last two imports that told of a product, of a day's costs, or of a row of costs, said of it. */
    private void readToldBy(Set<Long> same, String teller) {
        try (var told = workspace.connection.createAppender("told")) {
            tools.warehouse().stream(told(teller), row -> {
                try {
                    begin(told, row.longValue("row_no"), fact(row));
                    told.append(row.longValue("import_id"));
                    told.append(same.contains(row.longValue("import_id"))
                            && row.text("currency").equals(currency.own()));
                    append(told, row.instant("latest"));
                    told.endRow();
                } catch (SQLException e) {
                    throw Workspace.failed(e);
                }
            });
        } catch (SQLException e) {
            throw Workspace.failed(e);
        }
    }

    private static Fact fact(Row row) {
        return new Fact(
                row.text("name"),
                row.text("a"),
                row.text("b"),
                row.nullableDecimal("x"),
                row.nullableDecimal("y"),
                row.instant("moment"));
    }

    private Fact fact(Table.Row row) throws BadRow {
        var unreadable = columns.unreadable(row);
        if (unreadable != null) throw unreadable;
        var given = columns.text(row, "currency");
        if (!given.isEmpty() && !given.equalsIgnoreCase(currency.code()))
            throw new BadRow(
                    "other_currency",
                    LineReader.ANOTHER_CURRENCY.formatted(columns.column("currency"), currency.code()));
        return kind == ImportKind.PRODUCTS ? product(row) : cost(row);
    }

    private Fact product(Table.Row row) throws BadRow {
        var id = text(row, "product_id");
        if (id.isEmpty())
            throw new BadRow("no_product_id", "column '%s' is empty".formatted(columns.column("product_id")));
        return new Fact(
                id,
                text(row, "product_name"),
                text(row, "category"),
                amount(row, "price"),
                amount(row, "cost"),
                columns.text(row, "valid_from").isEmpty()
                        ? this.given.now()
                        : columns.time(row, "valid_from", Instant.MAX));
    }

    private Fact cost(Table.Row row) throws BadRow {
        if (columns.text(row, "day").isEmpty())
            throw new BadRow("no_day", "column '%s' is empty".formatted(columns.column("day")));
        var day = columns.day(row, "day").atStartOfDay(ZoneOffset.UTC).toInstant();
        if (day.isAfter(latest.plus(java.time.Duration.ofDays(1))))
            throw new BadRow(
                    "day_in_the_future", "the day in column '%s' lies in the future".formatted(columns.column("day")));
        var channel = text(row, "channel").toLowerCase(java.util.Locale.ROOT);
        var campaign = text(row, "campaign");
        if (channel.isEmpty() && campaign.isEmpty())
            throw new BadRow("cost_of_nothing", "the row names neither a channel nor a campaign");
        var amount = amount(row, "amount");
        if (amount == null) throw new BadRow("no_amount", "column '%s' is empty".formatted(columns.column("amount")));
        var rowId = text(row, "row_id");
        if (ofRows && rowId.isEmpty())
            throw new BadRow("no_row_id", "column '%s' is empty".formatted(columns.column("row_id")));
        return new Fact(channel, campaign, rowId, amount, null, day);
    }

    private String text(Table.Row row, String field) throws BadRow {
        var text = columns.text(row, field);
        if (text.length() > LONGEST)
            throw new BadRow(
                    "text_too_long",
                    "the text in column '%s' is longer than %d characters".formatted(columns.column(field), LONGEST));
        return text;
    }

    private @Nullable BigDecimal amount(Table.Row row, String field) throws BadRow {
        if (columns.text(row, field).isEmpty()) return null;
        var amount = columns.money(row, field, currency);
        if (amount == null || amount.signum() < 0)
            throw new BadRow(
                    "bad_amount_of_money", "column '%s' holds no amount of money".formatted(columns.column(field)));
        return amount;
    }

    private static void append(DuckDBAppender to, long row, Fact fact) throws SQLException {
        begin(to, row, fact);
        to.endRow();
    }

    private static void begin(DuckDBAppender to, long row, Fact fact) throws SQLException {
        to.beginRow();
        to.append(row);
        to.append(fact.name());
        to.append(fact.a());
        to.append(fact.b());
        append(to, fact.x());
        append(to, fact.y());
        append(to, fact.at());
    }

    private static void append(DuckDBAppender to, Instant at) throws SQLException {
        to.appendEpochMicros(java.time.temporal.ChronoUnit.MICROS.between(Instant.EPOCH, at));
    }

    private static void append(DuckDBAppender to, @Nullable BigDecimal amount) throws SQLException {
        if (amount == null) to.appendNull();
        else to.append(amount);
    }

    /** What stands of such facts; a product without a time of its own is told apart by what it says alone. */
    private Sql present(String teller) {
        if (kind == ImportKind.PRODUCTS) return Sql.of("""
                    select product_id as name, product_name as a, category as b, price as x, cost as y, valid_from as moment
                    from product_changes
                    where import_id <> ? and import_id not in (select import_id from imports_undone)
                    """, given.id());
        if (!ofRows) return Sql.of("""
                    select channel as name, campaign as a, '' as b, amount as x, cast(null as decimal(18, 4)) as y,
                        cast(day as timestamp) as moment
                    from costs_now where import_id <> ?
                    """, given.id());
        return Sql.of("""
                select channel as name, campaign as a, row_id as b, amount as x, cast(null as decimal(18, 4)) as y,
                    cast(day as timestamp) as moment
                from (select * from costs
                    where told_by = ? and row_id <> '' and import_id <> ? and import_id not in (select import_id from imports_undone)
                    qualify row_number() over (partition by row_id order by import_id desc, row_no desc) = 1) last_words
                where currency = ?
                """, teller, given.id(), currency.own());
    }

    private Sql told(String teller) {
        if (ofRows) return Sql.of("""
                    select channel as name, campaign as a, row_id as b, amount as x, cast(null as decimal(18, 4)) as y,
                        cast(day as timestamp) as moment, import_id, row_no, currency, cast(day as timestamp) as latest
                    from (select * from costs
                        where told_by = ? and row_id <> '' and import_id <> ? and import_id not in (select import_id from imports_undone)
                        qualify row_number() over (partition by row_id, import_id order by row_no desc) = 1) last_words
                    qualify dense_rank() over (partition by row_id order by import_id desc) <= 2
                    """, teller, given.id());
        return kind == ImportKind.PRODUCTS ? Sql.of("""
                        select product_id as name, product_name as a, category as b, price as x, cost as y, valid_from as moment,
                            import_id, row_no, currency, max(valid_from) over (partition by product_id) as latest
                        from product_changes
                        where import_id <> ? and import_id not in (select import_id from imports_undone)
                        qualify dense_rank() over (partition by product_id order by import_id desc) <= 2
                        """, given.id()) : Sql.of("""
                        select channel as name, campaign as a, coalesce(row_id, '') as b, amount as x,
                            cast(null as decimal(18, 4)) as y, cast(day as timestamp) as moment,
                            import_id, row_no, currency, cast(day as timestamp) as latest
                        from costs
                        where import_id <> ? and import_id not in (select import_id from imports_undone)
                        qualify dense_rank() over (partition by day, channel, campaign order by import_id desc) <= 2
                        """, given.id());
    }

    /**
     * All but those of a row of which the last two imports of the same origin said just that; where a file has several words of
     * a row, all are written.
     */
    private static final String WORDS_NOT_TOLD_TWICE = """
            select * from (
                select f.*, (select count(*) from told t
                    where t.by_same and t.b = f.b and t.name = f.name and t.a = f.a and t.x = f.x and t.moment = f.moment) = 2 as again
                from facts f) judged
            qualify not (again and count(*) over (partition by b) = 1) order by row_no
            """;

    /**
     * All rows of a product, or of a day's costs, unless the last two imports that told of it were of the same origin and
     * said just that. What has no time of its own must besides be what holds: a price once told for a later day may have
     * come to hold since.
     */
    private String groupsNotToldTwice() {
        var group = kind == ImportKind.PRODUCTS ? "[name]" : "[name, a, cast(moment as varchar)]";
        var word = timeless() ? "{'a': a, 'b': b, 'x': x, 'y': y}" : "{'a': a, 'b': b, 'x': x, 'y': y, 'at': moment}";
        return """
                with now as (select %1$s as about, list(%2$s order by row_no) as words from facts group by all),
                    before as (select %1$s as about, import_id, bool_and(by_same) as by_same, max(moment) = max(latest) as holds,
                        list(%2$s order by row_no) as words from told group by all),
                    again as (select about from now join before using (about)
                        where by_same and before.words = now.words group by about having count(*) = 2 and bool_or(holds))
                select * from facts where %1$s not in (select about from again) order by row_no
                """.formatted(group, word);
    }

    private boolean timeless() {
        return kind == ImportKind.PRODUCTS && columns.place("valid_from") < 0;
    }

    private Imports.Report report(long rows) {
        var counts = new long[2];
        var sum = new BigDecimal[] {BigDecimal.ZERO};
        workspace.query("""
                with judged as (
                    select f.x, exists (
                        select 1 from present p where p.name = f.name and p.a = f.a and p.b = f.b and p.x is not distinct from f.x
                            and p.y is not distinct from f.y and (%s or p.moment = f.moment)) as there
                    from facts f)
                select count(*) filter (where there) as there, count(*) filter (where not there) as fresh,
                    coalesce(sum(x) filter (where not there), 0) as amount from judged
                """.formatted(timeless()), row -> {
            counts[0] = row.longValue("there");
            counts[1] = row.longValue("fresh");
            sum[0] = row.decimal("amount");
        });
        return new Imports.Report(
                rows,
                counts[1],
                0,
                counts[0],
                rejects.total(),
                rejects.reasons(),
                0,
                0,
                kind == ImportKind.COSTS ? sum[0].stripTrailingZeros() : BigDecimal.ZERO,
                BigDecimal.ZERO,
                currency.own(),
                currency.notes(),
                table.encoding(),
                columns.understood());
    }

    private void write(io.rekindle.warehouse.RowWriter to, Row row, String teller) {
        if (kind == ImportKind.PRODUCTS)
            to.value(row.text("name"))
                    .value(row.text("a"))
                    .value(row.text("b"))
                    .value(row.nullableDecimal("x"))
                    .value(row.nullableDecimal("y"))
                    .value(currency.own())
                    .value(row.instant("moment"));
        else
            to.value(row.instant("moment").atZone(ZoneOffset.UTC).toLocalDate())
                    .value(row.text("name"))
                    .value(row.text("a"))
                    .value(row.decimal("x"))
                    .value(currency.own());
        to.value(given.id()).value(row.longValue("row_no"));
        if (kind == ImportKind.COSTS) to.value(ofRows ? row.text("b") : null).value(ofRows ? teller : null);
        to.end();
    }

    @Override
    public void close() {
        table.close();
        workspace.close();
    }
}
