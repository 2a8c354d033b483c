package io.rekindle.collect.imports;

import io.rekindle.warehouse.Row;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * Where a file's lines are laid out and held against those that are there: which
 * of them are new is one anti-join. Lines that are alike in everything are told apart by counting: the k-th of them in
 * the file is the k-th of them in the history.
 */
final class Staging extends Workspace {
    private @Nullable DuckDBAppender lines;

    Staging() {
        // One row per usable row of the file.
        run("""
                create table lines (row_no bigint, order_id varchar, customer bigint, happened_at timestamp, cancels boolean, product_id varchar,
                    product_name varchar, category varchar, quantity decimal(18, 4), unit_price decimal(18, 4))
                """);
        // One row per line of earlier imports of these orders, with how many there are alike.
        run("""
                create table present (order_id varchar, customer bigint, happened_at timestamp, cancels boolean, product_id varchar,
                    product_name varchar, category varchar, quantity decimal(18, 4), unit_price decimal(18, 4), alike bigint,
                    read_otherwise boolean)
                """);
        run("create table withdrawn (order_id varchar)");
    }

    void add(long row, long customer, LineReader.Line line) {
        try {
            if (lines == null) lines = connection.createAppender("lines");
            lines.beginRow();
            lines.append(row);
            append(
                    lines,
                    line.orderId(),
                    customer,
                    line.at(),
                    line.cancels(),
                    line.productId(),
                    line.productName(),
                    line.category(),
                    line.quantity(),
                    line.unitPrice());
            lines.endRow();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** The orders the lines are of. */
    Set<String> orders() {
        var orders = new HashSet<String>();
        query("select distinct order_id from lines", row -> orders.add(row.text("order_id")));
        return orders;
    }

    /** @param readOtherwise whether its import was of another currency, or at another rate, than this file's */
    record Present(Row row, boolean readOtherwise) {}

    /** Takes in what earlier imports brought of these orders. */
    void addAllPresent(Set<String> orders, Consumer<Consumer<Present>> present) {
        try (var appender = connection.createAppender("present")) {
            present.accept(one -> {
                var row = one.row();
                if (!orders.contains(row.text("order_id"))) return;
                try {
                    appender.beginRow();
                    append(
                            appender,
                            row.text("order_id"),
                            row.longValue("customer_id"),
                            row.instant("occurred_at"),
                            row.booleanValue("cancels"),
                            row.text("product_id"),
                            row.text("product_name"),
                            row.text("category"),
                            row.decimal("quantity"),
                            row.decimal("unit_price"));
                    appender.append(row.longValue("alike"));
                    appender.append(one.readOtherwise());
                    appender.endRow();
                } catch (SQLException e) {
                    throw failed(e);
                }
            });
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static void append(
            DuckDBAppender to,
            String orderId,
            long customer,
            Instant at,
            boolean cancels,
            String productId,
            String productName,
            String category,
            BigDecimal quantity,
            BigDecimal unitPrice)
            throws SQLException {
        to.append(orderId);
        to.append(customer);
        to.appendEpochMicros(ChronoUnit.MICROS.between(Instant.EPOCH, at));
        to.append(cancels);
        to.append(productId);
        to.append(productName);
        to.append(category);
        to.append(quantity.setScale(4, RoundingMode.HALF_EVEN));
        to.append(unitPrice.setScale(4, RoundingMode.HALF_EVEN));
    }

    /** Closes the list of lines: what is asked afterwards sees all of them. */
    void complete() {
        try {
            if (lines != null) lines.close();
            lines = null;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Takes out the lines of some orders, and tells of each. */
    void withdraw(Collection<String> orders, LongConsumer row) {
        if (orders.isEmpty()) return;
        run("delete from withdrawn");
        try (var appender = connection.createAppender("withdrawn")) {
            for (var order : orders) {
                appender.beginRow();
                appender.append(order);
                appender.endRow();
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        query(
                "select row_no from lines where order_id in (select order_id from withdrawn) order by row_no",
                found -> row.accept(found.longValue("row_no")));
        run("delete from lines where order_id in (select order_id from withdrawn)");
    }

    /** An order that is another customer's by the file than by the history. */
    record Dispute(String orderId, long inFile, long inHistory) {}

    List<Dispute> disputes() {
        var disputes = new ArrayList<Dispute>();
        query(
                """
                select distinct l.order_id, l.customer, p.customer as before from lines l
                join (select order_id, min(customer) as customer from present group by order_id) p on p.order_id = l.order_id
                where l.customer <> p.customer
                """,
                row -> disputes.add(
                        new Dispute(row.text("order_id"), row.longValue("customer"), row.longValue("before"))));
        return disputes;
    }

    /** Takes out lines of orders that name two customers, and tells of each. */
    void withdrawOrdersOfTwoCustomers(LongConsumer row) {
        query("""
                select row_no from lines l join (
                    select order_id, arg_min(customer, row_no) as first_customer from lines group by order_id) o on o.order_id = l.order_id
                where l.customer <> o.first_customer order by row_no
                """, found -> row.accept(found.longValue("row_no")));
        run("""
                delete from lines where row_no in (
                    select row_no from lines l join (
                        select order_id, arg_min(customer, row_no) as first_customer from lines group by order_id) o on o.order_id = l.order_id
                    where l.customer <> o.first_customer)
                """);
    }

    /**
     * Takes out lines that are there in all but their price, from a file that was read in another currency or at another rate,
     * and tells of each: they are those of that file once more, and every order of both would count twice.
     */
    void withdrawLinesAtAnotherRate(LongConsumer row) {
        run("""
                create table again as
                select row_no from lines l
                where exists (select 1 from present p where p.read_otherwise and %1$s and p.unit_price <> l.unit_price)
                    and not exists (select 1 from present p where %1$s and p.unit_price = l.unit_price)
                """.formatted("""
                p.order_id = l.order_id and p.happened_at = l.happened_at and p.cancels = l.cancels and p.product_id = l.product_id
                    and p.product_name = l.product_name and p.category = l.category and p.quantity = l.quantity"""));
        query("select row_no from again order by row_no", found -> row.accept(found.longValue("row_no")));
        run("delete from lines where row_no in (select row_no from again)");
    }

    /** Finds the new lines; an order of which some line was there before is one that is added to. */
    void sift() {
        run("""
                create table fresh as
                with numbered as (
                    select *, row_number() over (
                        partition by order_id, happened_at, cancels, product_id, product_name, category, quantity, unit_price order by row_no) as k
                    from lines),
                held as (
                    select order_id, happened_at, cancels, product_id, product_name, category, quantity, unit_price, sum(alike) as alike
                    from present group by all)
                select n.*, o.order_id is not null as known, min(n.happened_at) over (partition by n.order_id, n.cancels) as ordered_at,
                    min(n.row_no) over (partition by n.order_id, n.cancels) as first_row
                from numbered n
                left join held p on p.order_id = n.order_id and p.happened_at = n.happened_at and p.cancels = n.cancels
                    and p.product_id = n.product_id and p.product_name = n.product_name and p.category = n.category
                    and p.quantity = n.quantity and p.unit_price = n.unit_price
                left join (select distinct order_id from present where not cancels) o on o.order_id = n.order_id
                where n.k > coalesce(p.alike, 0)
                """);
    }

    /** Each distinct line of the file that was there before, with how often the file has it. */
    void repeated(Consumer<Row> each) {
        query("""
                select l.order_id, min(l.customer) as customer, l.happened_at, l.cancels, l.product_id, l.product_name, l.category, l.quantity, l.unit_price,
                    count(*) as lines
                from lines l
                where exists (select 1 from present p where p.order_id = l.order_id and p.happened_at = l.happened_at and p.cancels = l.cancels
                    and p.product_id = l.product_id and p.product_name = l.product_name and p.category = l.category
                    and p.quantity = l.quantity and p.unit_price = l.unit_price)
                group by l.order_id, l.happened_at, l.cancels, l.product_id, l.product_name, l.category, l.quantity, l.unit_price
                """, each);
    }

    @Override
    public void close() {
        complete();
        super.close();
    }
}
