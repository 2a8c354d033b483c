package io.rekindle.collect.quality;

import io.rekindle.collect.Sources;
import io.rekindle.common.Page;
import io.rekindle.platform.BusinessClock;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What was measured, for whoever looks at it. */
@Component
@SuppressWarnings("LongDoubleConversion") // counts, far below what a double holds exactly
public class QualityReports {
    private final JdbcClient jdbc;
    private final Sources sources;
    private final BusinessClock clock;
    private final JsonMapper json;

    QualityReports(JdbcClient jdbc, Sources sources, BusinessClock clock, JsonMapper json) {
        this.jdbc = jdbc;
        this.sources = sources;
        this.clock = clock;
        this.json = json;
    }

    /**
     * A measured day of a source. Shares are 0 to 1, null where there was nothing to tell by.
     *
     * @param events accepted
     * @param duplicates items that came again
     * @param setAside items that broke the plan and wait
     * @param late events that came long after they happened
     * @param score 0 to 100; null when nothing came
     */
    public record Day(
            LocalDate day,
            long events,
            long duplicates,
            long rejected,
            long setAside,
            long late,
            @Nullable Double completeness,
            @Nullable Double validity,
            @Nullable Double uniqueness,
            @Nullable Double timeliness,
            @Nullable Double stability,
            @Nullable Double score) {}

    /** One measured source: its days, oldest first, and how many alerts are open. */
    public record SourceQuality(int id, String name, long openAlerts, List<Day> days) {}

    /** Sources of the company that were measured, those with the most alerts first. */
    public List<SourceQuality> sources(int days) {
        record Named(int id, String name, long openAlerts) {}
        var from = clock.today().minusDays(days);
        var of = new HashMap<Integer, List<Day>>();
        jdbc.sql("select * from quality_days where day >= :from order by source_id, day")
                .param("from", from)
                .query(row -> {
                    of.computeIfAbsent(row.getInt("source_id"), s -> new ArrayList<>())
                            .add(day(row));
                });
        return jdbc
                .sql("""
                        select id, name, (select count(*) from quality_alerts a where a.source_id = s.id and ended_on is null) as open
                        from sources s where id in (select source_id from quality_days) order by open desc, name
                        """)
                .query((row, n) -> new Named(row.getInt("id"), row.getString("name"), row.getLong("open")))
                .list()
                .stream()
                .map(s -> new SourceQuality(
                        s.id(), s.name(), s.openAlerts(), List.copyOf(of.getOrDefault(s.id(), List.of()))))
                .toList();
    }

    /** One source's; without days when it was never measured. */
    public SourceQuality source(int id, int days) {
        var source = sources.get(id);
        return sources(days).stream()
                .filter(s -> s.id() == id)
                .findFirst()
                .orElse(new SourceQuality(id, source.name(), 0, List.of()));
    }

    private static Day day(ResultSet row) throws SQLException {
        return new Day(
                row.getObject("day", LocalDate.class),
                row.getLong("events"),
                row.getLong("duplicates"),
                row.getLong("rejected"),
                row.getLong("set_aside"),
                row.getLong("late"),
                share(row, "completeness"),
                share(row, "validity"),
                share(row, "uniqueness"),
                share(row, "timeliness"),
                share(row, "stability"),
                share(row, "score"));
    }

    private static @Nullable Double share(ResultSet row, String column) throws SQLException {
        double share = row.getDouble(column);
        return row.wasNull() ? null : share;
    }

    /**
     * One field of one event on one day.
     *
     * @param name the event's; empty for calls without one
     * @param field from the item on: {@code properties.products[].price}; {@code identifiers.email}
     * @param filled share of its chances that were filled; null for elements of arrays and where there was no chance
     * @param usualFilled the share in the weeks before
     * @param valid share of values of the usual shape; null when none is usual
     * @param usualShape number, boolean, time, digits (a number written as text), url, code (text without spaces), text,
     *     object, array; null when none is usual
     * @param distinct how many different values it had; null when only a part of the day's events was looked at
     * @param drift the population stability index against the weeks before; null when there was too little to tell
     * @param driftBound from where on it is a drift
     * @param shapes how many values were of which shape
     */
    public record FieldQuality(
            String type,
            String name,
            String field,
            long values,
            @Nullable Double filled,
            @Nullable Double usualFilled,
            @Nullable Double valid,
            @Nullable String usualShape,
            @Nullable Long distinct,
            @Nullable Double drift,
            @Nullable Double driftBound,
            Map<String, Long> shapes) {}

    /** The fields of one measured day; of the last one when none is named. */
    public List<FieldQuality> fields(int source, @Nullable LocalDate day) {
        sources.get(source);
        return jdbc.sql("""
                        select * from quality_fields where source_id = :source
                            and day = coalesce(:day, (select max(day) from quality_fields where source_id = :source))
                        order by type, name, field
                        """)
                .param("source", source)
                .param("day", day, Types.DATE)
                .query((row, n) -> field(row))
                .list();
    }

    /** A field's day. */
    public record FieldPoint(LocalDate day, FieldQuality field) {}

    /** One field day by day, oldest first. */
    public List<FieldPoint> trend(int source, String type, String name, String field, int days) {
        sources.get(source);
        return jdbc.sql("""
                        select * from quality_fields where source_id = :source and type = :type and name = :name and field = :field
                            and day >= :from order by day
                        """)
                .param("source", source)
                .param("type", type)
                .param("name", name)
                .param("field", field)
                .param("from", clock.today().minusDays(days))
                .query((row, n) -> new FieldPoint(row.getObject("day", LocalDate.class), field(row)))
                .list();
    }

    private FieldQuality field(ResultSet row) throws SQLException {
        var shapes = new HashMap<String, Long>();
        json.readTree(row.getString("shapes"))
                .properties()
                .forEach(s -> shapes.put(s.getKey(), s.getValue().longValue()));
        long parents = row.getLong("parents");
        long filled = row.getLong("filled");
        long distinct = row.getLong("distinct_values");
        boolean isWhole = !row.wasNull();
        var usual = row.getString("usual_shape");
        boolean isElement = row.getString("field").endsWith("[]");
        return new FieldQuality(
                row.getString("type"),
                row.getString("name"),
                row.getString("field"),
                filled,
                isElement || parents == 0 ? null : (double) filled / parents,
                share(row, "usual_filled"),
                usual == null || filled == 0 ? null : (double) shapes.getOrDefault(usual, 0L) / filled,
                usual,
                isWhole ? distinct : null,
                share(row, "drift"),
                share(row, "drift_bound"),
                shapes);
    }

    /**
     * One time something was not as usual.
     *
     * @param type and {@code name}, {@code field}: empty where it is about all of them
     * @param usual what was to be expected: a share of 0 to 1; a number of events of {@code silent}; the largest index of
     *     {@code drifted}
     * @param found what there was on the last day
     * @param ended fine, usual (after two weeks it is), gone (not seen for four weeks), closed (by hand); null while it is open
     */
    public record Alert(
            long id,
            int sourceId,
            String source,
            String type,
            String name,
            String field,
            String rule,
            String barrier,
            double usual,
            double found,
            LocalDate firstDay,
            LocalDate lastDay,
            Instant openedAt,
            @Nullable LocalDate endedOn,
            @Nullable String ended) {}

    /** Latest first. */
    public Page<Alert> alerts(@Nullable Integer source, boolean openOnly, long below, int limit) {
        var rows = jdbc.sql("""
                        select a.*, s.name as source_name from quality_alerts a join sources s on s.id = a.source_id
                        where (cast(:source as integer) is null or source_id = :source) and (not :open or ended_on is null)
                            and a.id < :below
                        order by a.id desc limit :limit
                        """)
                .param("source", source, Types.INTEGER)
                .param("open", openOnly)
                .param("below", below)
                .param("limit", limit + 1)
                .query((row, n) -> new Alert(
                        row.getLong("id"),
                        row.getInt("source_id"),
                        row.getString("source_name"),
                        row.getString("type"),
                        row.getString("name"),
                        row.getString("field"),
                        row.getString("rule"),
                        row.getString("barrier"),
                        row.getDouble("usual"),
                        row.getDouble("found"),
                        row.getObject("first_day", LocalDate.class),
                        row.getObject("last_day", LocalDate.class),
                        row.getObject("opened_at", OffsetDateTime.class).toInstant(),
                        row.getObject("ended_on", LocalDate.class),
                        row.getString("ended")))
                .list();
        return Page.of(rows, limit, a -> Long.toString(a.id()));
    }

    /**
     * How many alerts are open, and when was measured last.
     *
     * @param failed days that could not be measured, newest first; they are tried again for weeks
     */
    public record Standing(long openAlerts, @Nullable LocalDate measuredTo, List<FailedDay> failed) {}

    /** @param problem in the words of who could not answer */
    public record FailedDay(LocalDate day, String problem) {}

    public Standing standing() {
        var failed = jdbc.sql(
                        "select day, problem from quality_runs where problem is not null order by day desc limit 50")
                .query((row, n) -> new FailedDay(row.getObject("day", LocalDate.class), row.getString("problem")))
                .list();
        return jdbc.sql("""
                        select (select count(*) from quality_alerts where ended_on is null) as open,
                            (select max(day) from quality_runs where problem is null) as day
                        """)
                .query((row, n) -> new Standing(row.getLong("open"), row.getObject("day", LocalDate.class), failed))
                .single();
    }
}
