package io.rekindle.collect.imports;

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
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * An import whose rows are facts about things, not events of customers: they go to a table of the history as one batch,
 * every row under its import, also one that says what is known. So taking an import back takes nothing from another, and
 * views tell what holds: {@code products_now}, {@code costs_now}.
 */
final class FactsImport implements Ready {
    private static final int PROGRESS_EVERY = 1_000;
    private static final int LONGEST = 500;

    private final Tools tools;
    private final Given given;
    private final ImportKind kind;
    private final Instant latest;
    private final String currency;
    private final Workspace workspace = new Workspace();
    private final Table table;
    private final MappedColumns columns;
    private final Rejects rejects;

    FactsImport(Tools tools, ImportStore store, Given given, Instant latest) {
        this.tools = tools;
        this.given = given;
        this.kind = given.mapping().tells();
        this.latest = latest;
        var named = given.mapping().currency();
        this.currency = named == null ? tools.currency() : named;
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
            for (var name : new String[] {"facts", "present"})
                workspace.run(
                        "create table %s (row_no bigint, name varchar, a varchar, b varchar, x decimal(18, 4), y decimal(18, 4), moment timestamp)"
                                .formatted(name));
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
     * A fact: of a product its id, name, category, price, cost and from when on; of costs the channel, the campaign, nothing,
     * the amount, nothing, and the day.
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
        try (var present = workspace.connection.createAppender("present")) {
            tools.warehouse().stream(present(), row -> {
                try {
                    append(
                            present,
                            0,
                            new Fact(
                                    row.text("name"),
                                    row.text("a"),
                                    row.text("b"),
                                    row.nullableDecimal("x"),
                                    row.nullableDecimal("y"),
                                    row.instant("moment")));
                } catch (SQLException e) {
                    throw Workspace.failed(e);
                }
            });
        } catch (SQLException e) {
            throw Workspace.failed(e);
        }
        var report = report(rows);
        if (!given.dryRun()) {
            course.mayGoOn();
            tools.warehouse()
                    .append(
                            kind == ImportKind.PRODUCTS ? "product_changes" : "costs",
                            "import:" + given.id(),
                            Rows.written(to ->
                                    workspace.query("select * from facts order by row_no", row -> write(to, row))));
        }
        return report;
    }

    private Fact fact(Table.Row row) throws BadRow {
        var unreadable = columns.unreadable(row);
        if (unreadable != null) throw unreadable;
        var given = columns.text(row, "currency");
        if (!given.isEmpty() && !given.equalsIgnoreCase(currency))
            throw new BadRow(
                    "other_currency",
                    "the amount is in another currency by column '%s', and those of this import are in %s: convert it, or bring the rows in that currency in as a file of their own"
                            .formatted(columns.column("currency"), currency));
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
        return new Fact(channel, campaign, "", amount, null, day);
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
        var text = columns.text(row, field);
        if (text.isEmpty()) return null;
        var amount = MappedColumns.number(text);
        if (amount == null || amount.signum() < 0)
            throw new BadRow(
                    "bad_amount_of_money", "column '%s' holds no amount of money".formatted(columns.column(field)));
        return amount;
    }

    private static void append(DuckDBAppender to, long row, Fact fact) throws SQLException {
        to.beginRow();
        to.append(row);
        to.append(fact.name());
        to.append(fact.a());
        to.append(fact.b());
        append(to, fact.x());
        append(to, fact.y());
        to.appendEpochMicros(java.time.temporal.ChronoUnit.MICROS.between(Instant.EPOCH, fact.at()));
        to.endRow();
    }

    private static void append(DuckDBAppender to, @Nullable BigDecimal amount) throws SQLException {
        if (amount == null) to.appendNull();
        else to.append(amount);
    }

    /** What stands of such facts; a product without a time of its own is told apart by what it says alone. */
    private Sql present() {
        return kind == ImportKind.PRODUCTS ? Sql.of("""
                        select product_id as name, product_name as a, category as b, price as x, cost as y, valid_from as moment
                        from product_changes
                        where import_id <> ? and import_id not in (select import_id from imports_undone)
                        """, given.id()) : Sql.of("""
                        select channel as name, campaign as a, '' as b, amount as x, cast(null as decimal(18, 4)) as y,
                            cast(day as timestamp) as moment
                        from costs_now where import_id <> ?
                        """, given.id());
    }

    private Imports.Report report(long rows) {
        boolean timeless = kind == ImportKind.PRODUCTS && columns.place("valid_from") < 0;
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
                """.formatted(timeless), row -> {
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
                currency,
                java.util.List.of(),
                table.encoding(),
                columns.understood());
    }

    private void write(io.rekindle.warehouse.RowWriter to, Row row) {
        if (kind == ImportKind.PRODUCTS)
            to.value(row.text("name"))
                    .value(row.text("a"))
                    .value(row.text("b"))
                    .value(row.nullableDecimal("x"))
                    .value(row.nullableDecimal("y"))
                    .value(currency)
                    .value(row.instant("moment"));
        else
            to.value(row.instant("moment").atZone(ZoneOffset.UTC).toLocalDate())
                    .value(row.text("name"))
                    .value(row.text("a"))
                    .value(row.decimal("x"))
                    .value(currency);
        to.value(given.id()).value(row.longValue("row_no")).end();
    }

    @Override
    public void close() {
        table.close();
        workspace.close();
    }
}
