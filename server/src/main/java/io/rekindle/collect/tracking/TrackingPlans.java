package io.rekindle.collect.tracking;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.collect.Sources;
import io.rekindle.collect.tracking.TrackingPlan.Mode;
import io.rekindle.collect.tracking.TrackingPlan.PlannedEvent;
import io.rekindle.common.Page;
import io.rekindle.platform.CommittedView;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** The plans of all sources, in versions: each change is a new one, and the highest is in force. */
@Component
public class TrackingPlans {
    private static final int MOST_EVENTS = 500;
    private static final int LARGEST = 2 * 1024 * 1024;
    private static final int LONGEST_NOTE = 500;
    private static final String LATEST =
            "select distinct on (source_id) * from tracking_plans order by source_id, version desc";

    private final JdbcClient jdbc;
    private final Sources sources;
    private final AuditTrail audit;
    private final SystemClock clock;
    private final JsonMapper json;
    private final CommittedView<Map<Integer, CompiledPlan>> inForce;

    TrackingPlans(JdbcClient jdbc, Sources sources, AuditTrail audit, SystemClock clock, JsonMapper json) {
        this.jdbc = jdbc;
        this.sources = sources;
        this.audit = audit;
        this.clock = clock;
        this.json = json;
        this.inForce = new CommittedView<>(this::readAll);
    }

    /** What a source's items are held against now; null when nothing. */
    public @Nullable CompiledPlan inForce(int sourceId) {
        return inForce.get().get(sourceId);
    }

    /** The plan in force, or an empty one of version 0. */
    public TrackingPlan latest(int sourceId) {
        sources.get(sourceId);
        return jdbc.sql("select * from tracking_plans where source_id = :source order by version desc limit 1")
                .param("source", sourceId)
                .query(this::plan)
                .optional()
                .orElseGet(() -> new TrackingPlan(sourceId, 0, Mode.OFF, true, List.of(), "", null, null));
    }

    /** Versions of a plan, latest first. */
    public Page<TrackingPlan> versions(int sourceId, int below, int limit) {
        sources.get(sourceId);
        var rows = jdbc.sql("""
                        select * from tracking_plans where source_id = :source and version < :below
                        order by version desc limit :limit
                        """)
                .param("source", sourceId)
                .param("below", below)
                .param("limit", limit + 1)
                .query(this::plan)
                .list();
        return Page.of(rows, limit, plan -> Integer.toString(plan.version()));
    }

    /** Puts a new version in force, which must follow the one its writer has seen. */
    @Transactional
    public TrackingPlan save(
            int sourceId, int seenVersion, Mode mode, boolean allowsUnplanned, List<PlannedEvent> events, String note) {
        var source = sources.requireOpen(sourceId);
        if (events.size() > MOST_EVENTS)
            throw Problem.invalid("tracking_plan_too_large", "a plan has at most {most} events and 2 MB of schemas")
                    .with("most", MOST_EVENTS);
        var written = json.writeValueAsString(events);
        if (written.getBytes(StandardCharsets.UTF_8).length > LARGEST)
            throw Problem.invalid("tracking_plan_too_large", "a plan has at most {most} events and 2 MB of schemas")
                    .with("most", MOST_EVENTS);
        if (note.length() > LONGEST_NOTE)
            throw Problem.invalid("note_too_long", "a note has at most {most} characters")
                    .with("most", LONGEST_NOTE);
        var plan = new TrackingPlan(sourceId, seenVersion + 1, mode, allowsUnplanned, events, note.strip(), null, null);
        CompiledPlan.of(plan);
        int made = seenVersion != latest(sourceId).version()
                ? 0
                : jdbc.sql("""
                                insert into tracking_plans (source_id, version, mode, allows_unplanned, events, note,
                                    created_at, created_by)
                                values (:source, :version, :mode, :unplanned, :events, :note, :at, :by)
                                on conflict (source_id, version) do nothing
                                """)
                        .param("source", sourceId)
                        .param("version", plan.version())
                        .param("mode", mode.code())
                        .param("unplanned", allowsUnplanned)
                        .param("events", written)
                        .param("note", plan.note())
                        .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                        .param("by", Caller.current().name())
                        .update();
        if (made == 0)
            throw Problem.conflict(
                    "tracking_plan_changed", "somebody else has changed the plan meanwhile: look at it again first");
        audit.record(
                "tracking_plan.changed",
                "source " + sourceId,
                "'%s': version %d, %s, %d events".formatted(source.name(), plan.version(), mode.code(), events.size()));
        inForce.changed();
        return latest(sourceId);
    }

    private Map<Integer, CompiledPlan> readAll() {
        return jdbc.sql(LATEST).query(this::plan).list().stream()
                .filter(plan -> plan.mode() != Mode.OFF)
                .collect(Collectors.toUnmodifiableMap(TrackingPlan::sourceId, CompiledPlan::of));
    }

    /** The mode of that name. */
    public static Mode mode(String code) {
        var codes = new ArrayList<String>();
        for (var mode : Mode.values()) codes.add(mode.code());
        Problem.requireOneOf("mode", code, codes);
        return Mode.valueOf(code.toUpperCase(Locale.ROOT));
    }

    private TrackingPlan plan(ResultSet row, int number) throws SQLException {
        return new TrackingPlan(
                row.getInt("source_id"),
                row.getInt("version"),
                mode(row.getString("mode")),
                row.getBoolean("allows_unplanned"),
                List.of(json.readValue(row.getString("events"), PlannedEvent[].class)),
                row.getString("note"),
                Optional.ofNullable(row.getObject("created_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant)
                        .orElse(null),
                row.getString("created_by"));
    }
}
