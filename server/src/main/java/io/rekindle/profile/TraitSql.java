package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.warehouse.Sql;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a computed trait.
 *
 * <p>Incrementally only some customers are looked at: those with rows that came in since the last time; those with rows
 * whose time has come since, for they had come in before it; those with rows that have left the window; and those whose
 * identity changed. Of everybody else each row counted then counts now and no other does, so their value is the same.
 */
final class TraitSql {
    private final ZoneId zone;

    /** @param zone the company's */
    TraitSql(ZoneId zone) {
        this.zone = zone;
    }

    /**
     * How far a trait was worked out.
     *
     * @param eventSeq highest place of an event there was
     * @param orderSeq highest place of an order or a line there was
     */
    record Mark(Instant asOf, long eventSeq, long orderSeq) {}

    /** The places there are now; read before the values are. */
    static Sql mark() {
        return Sql.of("""
                select (select coalesce(max(seq), 0) from events) as event_seq,
                    greatest((select coalesce(max(seq), 0) from orders), (select coalesce(max(seq), 0) from order_lines)) as order_seq
                """);
    }

    /**
     * One row per customer whose value is another than before: {@code customer_id, value (JSON scalar or null)}.
     *
     * @param since how far it was worked out; null: everybody is looked at
     * @param touched customers whose identity changed since
     */
    Sql differences(TraitForm form, Instant asOf, @Nullable Mark since, Collection<CustomerId> touched) {
        var heads = new ArrayList<Sql>();
        if (since != null)
            heads.add(Sql.of("affected as")
                    .then(affected(form, asOf, since, touched).inParentheses()));
        boolean some = since != null;
        heads.add(Sql.of("computed as").then(values(form, asOf, some).inParentheses()));
        heads.add(Sql.of("known as (")
                .then("""
                        select coalesce(i.customer_id, t.customer_id) as customer_id, t.value, t.valid_from
                        from trait_changes t left join identity_now i on i.alias_id = t.customer_id where t.trait = ?
                        """, form.trait())
                .then(some ? "and coalesce(i.customer_id, t.customer_id) in (select customer_id from affected)" : "")
                .then("""
                        qualify row_number() over (
                            partition by coalesce(i.customer_id, t.customer_id) order by t.valid_from desc, t.seq desc) = 1)
                        """));
        return Sql.of("with").then(Sql.join(", ", heads)).then("""
                        select coalesce(c.customer_id, k.customer_id) as customer_id, c.value, k.valid_from as before_from
                        from computed c full join known k on k.customer_id = c.customer_id
                        where c.value is distinct from k.value order by 1
                        """);
    }

    /**
     * What a trait would be, its most frequent values first; nothing is kept. One row per value: {@code word, customers}, and
     * in each how many customers have any ({@code covered}).
     */
    Sql preview(TraitForm form, Instant asOf, int most) {
        return Sql.of("""
                        select json_text(value, '$') as word, count(*) as customers, cast(sum(count(*)) over () as bigint) as covered
                        from""")
                .then(values(form, asOf, false).inParentheses())
                .then("computed group by 1 order by customers desc, word limit ?", most);
    }

    private Sql affected(TraitForm form, Instant asOf, Mark since, Collection<CustomerId> touched) {
        var parts = new ArrayList<Sql>();
        var event = form.event();
        if (event != null) {
            parts.add(Sql.of(
                    "select customer_id from events_now where type = 'track' and name = ? and seq > ?",
                    event,
                    since.eventSeq()));
            parts.add(Sql.of(
                    "select customer_id from events_now where type = 'track' and name = ? and occurred_at > ? and occurred_at <= ?",
                    event,
                    since.asOf(),
                    asOf));
            if (form.days() != null)
                parts.add(Sql.of(
                        "select customer_id from events_now where type = 'track' and name = ? and occurred_at >= ? and occurred_at < ?",
                        event,
                        start(form, since.asOf()),
                        start(form, asOf)));
        } else {
            parts.add(Sql.of("select customer_id from orders_now where seq > ?", since.orderSeq()));
            parts.add(Sql.of("select customer_id from order_lines_now where seq > ?", since.orderSeq()));
            parts.add(Sql.of(
                    "select customer_id from orders_now where ordered_at > ? and ordered_at <= ?", since.asOf(), asOf));
            if (form.days() != null)
                parts.add(Sql.of(
                        "select customer_id from orders_now where ordered_at >= ? and ordered_at < ?",
                        start(form, since.asOf()),
                        start(form, asOf)));
        }
        for (var customer : touched) parts.add(Sql.of("select cast(? as bigint) as customer_id", customer.value()));
        return Sql.join(" union ", parts);
    }

    private Instant start(TraitForm form, Instant asOf) {
        int days = form.days() == null ? 0 : form.days();
        return LocalDate.ofInstant(asOf, zone)
                .minusDays(days - 1L)
                .atStartOfDay(zone)
                .toInstant();
    }

    private Sql values(TraitForm form, Instant asOf, boolean some) {
        var rows = rows(form, asOf).then(some ? "and customer_id in (select customer_id from affected)" : "");
        return switch (form.measure()) {
            case COUNT -> grouped("json_number(cast(count(*) as double))", rows);
            case SUM -> grouped("json_number(cast(sum(amount) as double))", rows);
            case DISTINCT -> grouped("json_number(cast(count(distinct word) as double))", rows);
            // Of rows at one instant the later one in the log is the last, the earlier one the first.
            case FIRST -> oneOf("happened_at, seq", rows);
            case LAST -> oneOf("happened_at desc, seq desc", rows);
            case MOST_FREQUENT ->
                Sql.of("select customer_id, json_scalar(word) as value from (select customer_id, word from")
                        .then(rows.inParentheses())
                        .then(
                                "rows_of where word is not null group by customer_id, word qualify row_number() over (partition by customer_id order by count(*) desc, word) = 1) most");
        };
    }

    private static Sql grouped(String value, Sql rows) {
        return Sql.of("select customer_id, value from (select customer_id, " + value + " as value from")
                .then(rows.inParentheses())
                .then("rows_of group by customer_id) measured where value is not null");
    }

    private static Sql oneOf(String order, Sql rows) {
        return Sql.of("select customer_id, json_scalar(word) as value from (select * from")
                .then(rows.inParentheses())
                .then("rows_of where word is not null qualify row_number() over (partition by customer_id order by "
                        + order + ") = 1) one");
    }

    /** What is measured: {@code customer_id, happened_at, seq, amount, word}. */
    private Sql rows(TraitForm form, Instant asOf) {
        var property = form.property();
        var event = form.event();
        Sql rows;
        if (event == null) rows = Sql.of("""
                            select customer_id, ordered_at as happened_at, seq, cast(net as double) as amount,
                                cast(local_day(ordered_at, ?) as varchar) as word
                            from orders_now where net > 0 and ordered_at <= ?
                            """, zone.getId(), asOf);
        else if (property == null) rows = Sql.of("""
                            select customer_id, occurred_at as happened_at, seq, cast(amount as double) as amount,
                                cast(local_day(occurred_at, ?) as varchar) as word
                            from events_now where type = 'track' and name = ? and occurred_at <= ?
                            """, zone.getId(), event, asOf);
        else rows = Sql.of("""
                            select customer_id, occurred_at as happened_at, seq,
                                case when isfinite(try_cast(json_text(properties, ?) as double)) then try_cast(json_text(properties, ?) as double) end
                                    as amount, json_text(properties, ?) as word
                            from events_now where type = 'track' and name = ? and occurred_at <= ?
                            """, path(property), path(property), path(property), event, asOf);
        if (form.days() == null) return rows;
        return rows.then(event == null ? "and ordered_at >= ?" : "and occurred_at >= ?", start(form, asOf));
    }

    private static String path(String property) {
        return "$"
                + Arrays.stream(property.split("\\."))
                        .map(step -> ".\"" + step + "\"")
                        .collect(Collectors.joining());
    }
}
