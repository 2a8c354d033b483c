package io.rekindle.collect.quality;

import io.rekindle.warehouse.Sql;
import java.time.Duration;
import java.time.Instant;

/** What the history is asked about one day: a statement for calls, one for identifiers, one for fields. */
final class DayStatements {
    static final String ROOT = "properties";
    static final String IDENTIFIERS = "identifiers.";
    /** Of more events of one kind, evenly chosen ones are looked into. */
    static final int MOST_EVENTS = 20_000;

    private static final int DEEPEST = 3;
    private static final int TEXT_BINS = 64;

    private DayStatements() {}

    private static final String DAY =
            "from events where received_at >= ? and received_at < ? and import_id is null and source_id not in (?, ?)";

    /** Whose events are no source's of the company: the product's own and imported ones. */
    record Internal(int own, int imports) {}

    /** One row per source and event. */
    static Sql calls(Instant from, Instant to, Duration lateAfter, Internal internal) {
        return Sql.of("""
                select source_id, type, coalesce(name, '') as name, count(*) as events,
                    count(*) filter (where date_diff('second', occurred_at, received_at) > ?) as late
                """ + DAY + " group by all", lateAfter.toSeconds(), from, to, internal.own(), internal.imports());
    }

    /** One row per source, event and type of identifier: how many events carried one. */
    static Sql identifiers(Instant from, Instant to, Internal internal) {
        return Sql.of("""
                select source_id, type, name, identifier, count(distinct seq) as events
                from (select seq, source_id, type, coalesce(name, '') as name,
                        unnest(list_transform(string_split(aliases, ' '), lambda part: split_part(part, ':', 1))) as identifier
                """ + DAY + ") group by all", from, to, internal.own(), internal.imports());
    }

    /**
     * One row per source, event, field and shape of its values. Elements of arrays are one field. Numbers are binned a
     * quarter of an octave wide, texts by their hash: bins of any two days can be laid side by side, and tell no value.
     */
    static Sql fields(Instant from, Instant to, Internal internal) {
        return Sql.of(
                """
                with day_events as (
                    select seq, source_id, type, coalesce(name, '') as name, coalesce(properties, '{}') as properties,
                        count(*) over (partition by source_id, type, coalesce(name, '')) as events
                """ + DAY + """
                ), chosen as (
                    select source_id, type, name, properties, events > ? as is_part from day_events
                    where seq % cast(ceil(events / ?) as bigint) = 0
                ), nodes as (
                    select c.source_id, c.type, c.name, c.is_part, node.type as json, node.value ->> '$' as value,
                        regexp_replace(node.fullkey, '\\[[0-9]+\\]', '[]', 'g') as field
                    from chosen c, json_tree(c.properties) node
                ), shaped as (
                    select *, case json
                        when 'NULL' then 'empty' when 'OBJECT' then 'object' when 'ARRAY' then 'array' when 'BOOLEAN' then 'boolean'
                        when 'VARCHAR' then case
                            when trim(value) = '' then 'empty'
                            when regexp_full_match(value, '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.{0,24})?') then 'time'
                            when regexp_full_match(value, '[+-]?[0-9]+([.][0-9]+)?') then 'digits'
                            when regexp_full_match(value, 'https?://[^ ]+') then 'url'
                            when regexp_full_match(value, '[^ ]+') then 'code' else 'text' end
                        else 'number' end as shape
                    from nodes where length(field) - length(replace(field, '.', '')) <= ? and length(field) <= 200
                ), binned as (
                    select *, case
                        when shape in ('object', 'array', 'time', 'empty') then ''
                        when shape = 'boolean' then value
                        when shape = 'number' and not coalesce(isfinite(try_cast(value as double)), false) then 'beyond'
                        when shape = 'number' then case when try_cast(value as double) = 0 then '0'
                            else (case when try_cast(value as double) < 0 then '-' else '+' end)
                                || cast(floor(4 * log2(abs(try_cast(value as double)))) as integer) end
                        else cast(cast('0x' || substr(md5(value), 1, 2) as integer) % ? as varchar) end as bin
                    from shaped
                ), counted as (
                    select source_id, type, name, field, shape, bin, is_part, count(*) as n,
                        count(distinct case when shape in ('object', 'array') then null else value end) as n_distinct
                    from binned group by all
                )
                select source_id, type, name, field, shape, is_part, cast(sum(n) as bigint) as n,
                    cast(sum(n_distinct) as bigint) as n_distinct,
                    string_agg(bin || '=' || n, ' ' order by bin) as bins
                from counted group by all
                """,
                from,
                to,
                internal.own(),
                internal.imports(),
                MOST_EVENTS,
                (double) MOST_EVENTS,
                DEEPEST,
                TEXT_BINS);
    }
}
