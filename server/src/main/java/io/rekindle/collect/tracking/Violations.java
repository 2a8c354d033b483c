package io.rekindle.collect.tracking;

import io.rekindle.platform.BusinessClock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How often which rule of which plan was broken. Each event or item counts once, however often it was sent. */
@Component
public class Violations {
    private final JdbcClient jdbc;
    private final BusinessClock clock;

    Violations(JdbcClient jdbc, BusinessClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** @param rule in words of the schema: {@code total: required} */
    public record Broken(
            int sourceId,
            String source,
            int planVersion,
            String type,
            @Nullable String name,
            String rule,
            long times,
            Instant lastAt) {}

    /** Broken rules on a day (UTC). */
    public record Day(LocalDate day, long times) {}

    /** Most broken first; of all sources when {@code sourceId} is null. */
    public List<Broken> byRule(@Nullable Integer sourceId, int days, int limit) {
        return jdbc.sql("""
                        select v.source_id, s.name as source, v.plan_version, v.type, v.name, v.rule, sum(v.times) as times,
                            max(v.last_at) as last_at
                        from plan_violations v join sources s on s.id = v.source_id
                        where (:source::integer is null or v.source_id = :source) and v.day > :since
                        group by 1, 2, 3, 4, 5, 6 order by 7 desc, 8 desc, 6 limit :limit
                        """)
                .param("source", sourceId)
                .param("since", today().minusDays(days))
                .param("limit", limit)
                .query((row, n) -> new Broken(
                        row.getInt("source_id"),
                        row.getString("source"),
                        row.getInt("plan_version"),
                        row.getString("type"),
                        row.getString("name").isEmpty() ? null : row.getString("name"),
                        row.getString("rule"),
                        row.getLong("times"),
                        row.getObject("last_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** Day by day, those without one too. */
    public List<Day> byDay(@Nullable Integer sourceId, int days) {
        return jdbc.sql("""
                        select d.day::date as day, coalesce(sum(v.times), 0) as times
                        from generate_series(:since::date + 1, :today::date, interval '1 day') as d (day)
                        left join plan_violations v
                            on v.day = d.day::date and (:source::integer is null or v.source_id = :source)
                        group by 1 order by 1
                        """)
                .param("source", sourceId)
                .param("since", today().minusDays(days))
                .param("today", today())
                .query((row, n) -> new Day(row.getObject("day", LocalDate.class), row.getLong("times")))
                .list();
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
