package io.rekindle.export.files;

import io.rekindle.export.Dataset;
import io.rekindle.warehouse.Sql;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the history for a data set.
 *
 * @param ofDay the table and column whose days (UTC) have files of their own; null: all of it is one file
 */
record Query(Sql sql, @Nullable OfDay ofDay) {
    /** Which days there are, and which rows are of one. */
    record OfDay(String table, String column) {
        Sql days() {
            return Sql.of("select distinct cast(%s as date) as day from %s order by day".formatted(column, table));
        }
    }

    static Query of(Dataset dataset) {
        return switch (dataset) {
            case EVENTS -> new Query(Sql.of("select * from events_now"), new OfDay("events", "received_at"));
            case DECISIONS -> new Query(Sql.of("select * from decisions_now"), new OfDay("decisions", "decided_at"));
            case OUTCOMES -> new Query(Sql.of("select * from outcomes_now"), new OfDay("outcomes", "recorded_at"));
            case MESSAGES -> new Query(Sql.of("""
                                select m.message_id, m.decision_id, m.run_id, m.campaign_id,
                                    coalesce(i.customer_id, m.customer_id) as customer_id, m.channel, m.state, m.reason, m.changed_at
                                from messages m left join identity_now i on i.alias_id = m.customer_id
                                """), new OfDay("messages", "changed_at"));
            case ORDERS -> new Query(Sql.of("select * from orders_now"), null);
            case ORDER_LINES -> new Query(Sql.of("select * from order_lines_now"), null);
            case CONSENTS -> new Query(Sql.of("select * from consent_now"), null);
            case IDENTITIES -> new Query(Sql.of("select * from identity_now"), null);
            case PROFILES -> new Query(Sql.of("""
                                select c.customer_id, s.stage, t.tier, t.value_group, p.scores, r.traits, g.tags
                                from (select distinct customer_id from events_now) c
                                left join stages_now s on s.customer_id = c.customer_id
                                left join tiers_now t on t.customer_id = c.customer_id
                                left join (select customer_id, cast(json_group_object(score, value) as varchar) as scores
                                           from scores_now where not isnan(value) group by customer_id) p on p.customer_id = c.customer_id
                                left join (select customer_id, cast(json_group_object(trait, cast(value as json)) as varchar) as traits
                                           from traits_now group by customer_id) r on r.customer_id = c.customer_id
                                left join (select customer_id, cast(json_group_object(tag, cast(value as json)) as varchar) as tags
                                           from tags_now group by customer_id) g on g.customer_id = c.customer_id
                                order by c.customer_id
                                """), null);
        };
    }

    /** The rows of one day, in the order of their time. */
    Sql of(LocalDate day) {
        if (ofDay == null) throw new IllegalStateException("a data set without days");
        return Sql.of("select * from")
                .then(sql.inParentheses())
                .then(
                        "of_day where %1$s >= ? and %1$s < ? order by %1$s".formatted(ofDay.column()),
                        start(day),
                        start(day.plusDays(1)));
    }

    private static java.time.Instant start(LocalDate day) {
        return day.atStartOfDay(java.time.ZoneOffset.UTC).toInstant();
    }
}
