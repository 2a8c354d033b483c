package io.rekindle.collect.quality;

import io.rekindle.collect.quality.Judge.FieldVerdict;
import io.rekindle.collect.quality.SourceDay.Field;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Days as they were measured, and what was told of them. */
@Component
class QualityStore {
    private final JdbcClient jdbc;
    private final JsonMapper json;

    QualityStore(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    Optional<LocalDate> lastMeasured() {
        return jdbc.sql("select max(day) from quality_runs")
                .query((row, n) -> Optional.ofNullable(row.getObject(1, LocalDate.class)))
                .single();
    }

    /** Days since one that could not be measured, oldest first. */
    List<LocalDate> failed(LocalDate since) {
        return jdbc.sql("select day from quality_runs where problem is not null and day >= :since order by day")
                .param("since", since)
                .query((row, n) -> Objects.requireNonNull(row.getObject("day", LocalDate.class)))
                .list();
    }

    /** @param problem why it could not be measured; null: it was */
    void measured(LocalDate day, Instant at, @Nullable String problem) {
        jdbc.sql("""
                        insert into quality_runs (day, measured_at, problem) values (:day, :at, :problem)
                        on conflict (day) do update set measured_at = excluded.measured_at, problem = excluded.problem
                        """)
                .param("problem", problem)
                .param("day", day)
                .param("at", OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                .update();
    }

    /** What did not get into the history, by source and fate. */
    Map<Integer, Map<String, Long>> intake(LocalDate day) {
        var intake = new HashMap<Integer, Map<String, Long>>();
        jdbc.sql("select source_id, fate, items from intake_days where day = :day")
                .param("day", day)
                .query(row -> {
                    intake.computeIfAbsent(row.getInt("source_id"), s -> new HashMap<>())
                            .put(row.getString("fate"), row.getLong("items"));
                });
        return intake;
    }

    /** Sources that were measured within days, whatever they sent since. */
    List<Integer> sources(LocalDate from, LocalDate to) {
        return jdbc.sql("select distinct source_id from quality_days where day >= :from and day < :to order by 1")
                .param("from", from)
                .param("to", to)
                .query((row, n) -> row.getInt("source_id"))
                .list();
    }

    /** Of these sources those there are: the history may name one that nobody made here. */
    List<Integer> known(Collection<Integer> sources) {
        return jdbc.sql("select id from sources where id = any (:sources) order by id")
                .param("sources", sources.toArray(Integer[]::new))
                .query((row, n) -> row.getInt("id"))
                .list();
    }

    /** The days of one source, {@code to} not among them. */
    List<SourceDay> days(int source, LocalDate from, LocalDate to) {
        var days = new TreeMap<LocalDate, SourceDay>();
        jdbc.sql("select * from quality_days where source_id = :source and day >= :from and day < :to")
                .param("source", source)
                .param("from", from)
                .param("to", to)
                .query(row -> {
                    var day = row.getObject("day", LocalDate.class);
                    days.put(
                            day,
                            new SourceDay(
                                    day,
                                    new HashMap<>(),
                                    new HashMap<>(),
                                    row.getLong("duplicates"),
                                    row.getLong("rejected"),
                                    row.getLong("set_aside"),
                                    row.getLong("late")));
                });
        jdbc.sql(
                        "select day, type, name, events from quality_calls where source_id = :source and day >= :from and day < :to")
                .param("source", source)
                .param("from", from)
                .param("to", to)
                .query(row -> {
                    var day = days.get(row.getObject("day", LocalDate.class));
                    if (day != null) day.events().put(kind(row), row.getLong("events"));
                });
        jdbc.sql("select * from quality_fields where source_id = :source and day >= :from and day < :to")
                .param("source", source)
                .param("from", from)
                .param("to", to)
                .query(row -> {
                    var day = days.get(row.getObject("day", LocalDate.class));
                    if (day != null) day.fields().put(new Field(kind(row), row.getString("field")), field(row));
                });
        return List.copyOf(days.values());
    }

    private static EventKind kind(ResultSet row) throws SQLException {
        return new EventKind(row.getString("type"), row.getString("name"));
    }

    private FieldDay field(ResultSet row) throws SQLException {
        long distinct = row.getLong("distinct_values");
        boolean isWhole = !row.wasNull();
        var bins = new HashMap<String, Map<String, Long>>();
        json.readTree(row.getString("bins"))
                .properties()
                .forEach(shape -> bins.put(shape.getKey(), counts(shape.getValue())));
        return new FieldDay(
                row.getLong("parents"),
                row.getLong("filled"),
                isWhole ? distinct : null,
                counts(json.readTree(row.getString("shapes"))),
                bins);
    }

    private static Map<String, Long> counts(JsonNode object) {
        var counts = new HashMap<String, Long>();
        object.properties()
                .forEach(one -> counts.put(one.getKey(), one.getValue().longValue()));
        return counts;
    }

    /** Puts a day in the place of what was measured of it before. */
    void write(int source, SourceDay day, Judge.Verdict verdict) {
        for (var table : List.of("quality_days", "quality_calls", "quality_fields"))
            jdbc.sql("delete from " + table + " where source_id = :source and day = :day")
                    .param("source", source)
                    .param("day", day.day())
                    .update();
        var scores = verdict.scores();
        jdbc.sql("""
                        insert into quality_days (source_id, day, events, duplicates, rejected, set_aside, late,
                            completeness, validity, uniqueness, timeliness, stability, score)
                        values (:source, :day, :events, :duplicates, :rejected, :setAside, :late,
                            :completeness, :validity, :uniqueness, :timeliness, :stability, :score)
                        """)
                .param("source", source)
                .param("day", day.day())
                .param("events", day.eventsOfAll())
                .param("duplicates", day.duplicates())
                .param("rejected", day.rejected())
                .param("setAside", day.setAside())
                .param("late", day.late())
                .param("completeness", scores.completeness())
                .param("validity", scores.validity())
                .param("uniqueness", scores.uniqueness())
                .param("timeliness", scores.timeliness())
                .param("stability", scores.stability())
                .param("score", scores.score())
                .update();
        record CallRow(String type, String name, long events) {}
        var calls = new ArrayList<CallRow>();
        day.events().forEach((kind, events) -> calls.add(new CallRow(kind.type(), kind.name(), events)));
        jdbc.sql("""
                        insert into quality_calls (source_id, day, type, name, events)
                        select :source, :day, type, name, events
                        from jsonb_to_recordset(cast(:rows as jsonb)) as r (type text, name text, events bigint)
                        """)
                .param("source", source)
                .param("day", day.day())
                .param("rows", json.writeValueAsString(calls))
                .update();
        jdbc.sql("""
                        insert into quality_fields (source_id, day, type, name, field, parents, filled, distinct_values,
                            shapes, bins, usual_shape, usual_filled, drift, drift_bound)
                        select :source, :day, type, name, field, parents, filled, distinct_values,
                            shapes, bins, usual_shape, usual_filled, drift, drift_bound
                        from jsonb_to_recordset(cast(:rows as jsonb)) as r (type text, name text, field text, parents bigint,
                            filled bigint, distinct_values bigint, shapes jsonb, bins jsonb, usual_shape text,
                            usual_filled double precision, drift double precision, drift_bound double precision)
                        """)
                .param("source", source)
                .param("day", day.day())
                .param("rows", fieldRows(verdict))
                .update();
    }

    private String fieldRows(Judge.Verdict verdict) {
        var rows = json.createArrayNode();
        verdict.fields().forEach((field, there) -> {
            var judged = verdict.verdicts().getOrDefault(field, new FieldVerdict(null, null, null, null));
            // What is neither there nor could be is told by the event's absence.
            if (there.parents() == 0 && there.filled() == 0) return;
            var row = rows.addObject()
                    .put("type", field.kind().type())
                    .put("name", field.kind().name())
                    .put("field", field.path())
                    .put("parents", there.parents())
                    .put("filled", there.filled())
                    .put("distinct_values", there.distinct())
                    .put("usual_shape", judged.usualShape())
                    .put("usual_filled", judged.usualFilled())
                    .put("drift", judged.drift())
                    .put("drift_bound", judged.driftBound());
            row.set("shapes", json.valueToTree(there.shapes()));
            row.set("bins", json.valueToTree(there.bins()));
        });
        return json.writeValueAsString(rows);
    }

    /** Bins take the most room and are asked of the weeks before only. */
    void forgetBins(LocalDate before) {
        jdbc.sql("update quality_fields set bins = '{}' where day < :before and bins <> '{}'")
                .param("before", before)
                .update();
    }

    /** Removes what is older than anybody looks at. */
    void forget(LocalDate before) {
        for (var table : List.of("quality_runs", "quality_days", "quality_calls", "quality_fields", "intake_days"))
            jdbc.sql("delete from " + table + " where day < :before")
                    .param("before", before)
                    .update();
        jdbc.sql("delete from quality_alerts where ended_on < :before")
                .param("before", before)
                .update();
    }

    /** Of one time something was not as usual. */
    record Told(
            long id,
            EventKind kind,
            String field,
            String rule,
            LocalDate firstDay,
            LocalDate lastDay,
            @Nullable String ended) {
        boolean isOpen() {
            return ended == null;
        }

        /** Whether it tells that the source as a whole fell silent. */
        boolean isOfTheWholeSource() {
            return rule.equals(Rule.SILENT.code()) && kind.equals(EventKind.ALL);
        }
    }

    /** What was told of a source and ended after a day, or has not. */
    List<Told> told(int source, LocalDate endedAfter) {
        return jdbc.sql("""
                        select * from quality_alerts where source_id = :source and (ended_on is null or ended_on > :after)
                        order by id
                        """)
                .param("source", source)
                .param("after", endedAfter)
                .query((row, n) -> new Told(
                        row.getLong("id"),
                        kind(row),
                        row.getString("field"),
                        row.getString("rule"),
                        row.getObject("first_day", LocalDate.class),
                        row.getObject("last_day", LocalDate.class),
                        row.getString("ended")))
                .list();
    }

    /** The alert's id, the same for as long as it is open. */
    long open(int source, Judge.Finding finding, LocalDate day, Instant at) {
        return jdbc.sql("""
                        insert into quality_alerts (source_id, type, name, field, rule, barrier, usual, found, first_day, last_day,
                            opened_at)
                        values (:source, :type, :name, :field, :rule, :barrier, :usual, :found, :day, :day, :at)
                        on conflict (source_id, type, name, field, rule) where ended_on is null do update
                        set usual = excluded.usual, found = excluded.found, last_day = excluded.last_day
                        returning id
                        """)
                .param("source", source)
                .param("type", finding.kind().type())
                .param("name", finding.kind().name())
                .param("field", finding.field())
                .param("rule", finding.rule().code())
                .param("barrier", finding.rule().barrier().code())
                .param("usual", finding.usual())
                .param("found", finding.found())
                .param("day", day)
                .param("at", OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                .query(Long.class)
                .single();
    }

    /** Nothing came on a further day. */
    void goesOn(long id, LocalDate day) {
        jdbc.sql(
                        "update quality_alerts set last_day = greatest(last_day, :day), found = 0 where id = :id and ended_on is null")
                .param("id", id)
                .param("day", day)
                .update();
    }

    /** Whether it was open. */
    boolean end(long id, LocalDate on, String how) {
        return jdbc.sql("update quality_alerts set ended_on = :on, ended = :how where id = :id and ended_on is null")
                        .param("id", id)
                        .param("on", on)
                        .param("how", how)
                        .update()
                == 1;
    }
}
