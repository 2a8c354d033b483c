package io.rekindle.plan;

import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.common.Page;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Objectives: refused unless specific, measurable and time-bound; measured from the history on demand until the deadline,
 * whose value is recorded once and stays.
 */
@Component
public class Objectives {
    private static final int LONGEST_WINDOW = 730;
    private static final String COLUMNS = """
            select id, kind, name, metric, unit, segment_id, segment_version, window_days, baseline, baseline_customers,
                measured_at, target, deadline
            from objectives
            """;

    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final AuditTrail audit;
    private final BusinessClock clock;
    private final Audiences audiences;
    private final Commitments commitments;
    private final PlanSettings settings;

    Objectives(
            JdbcClient jdbc,
            Warehouse warehouse,
            AuditTrail audit,
            BusinessClock clock,
            Audiences audiences,
            Commitments commitments,
            PlanSettings settings) {
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.audit = audit;
        this.clock = clock;
        this.audiences = audiences;
        this.commitments = commitments;
        this.settings = settings;
    }

    /** An objective as it is asked for; null where nothing was given. */
    public record Draft(
            Objective.@Nullable Kind kind,
            @Nullable String name,
            @Nullable ObjectiveMetric metric,
            Objective.@Nullable Unit unit,
            @Nullable Long segmentId,
            @Nullable Integer windowDays,
            @Nullable Double target,
            @Nullable LocalDate deadline) {}

    /**
     * Where an objective stands: until its deadline today, afterwards at the end of its deadline's day, for good.
     *
     * @param state {@code reached}, {@code missed} (past its deadline) or {@code active}
     * @param measured which value it is
     * @param measuredTo the end of the window it was measured over
     * @param progress share of the way from the baseline to the aim: 0 at the baseline, 1 reached; below 0 when it went
     *     the wrong way
     */
    public record Standing(
            String state,
            Measuring measured,
            Instant measuredTo,
            @Nullable Double current,
            @Nullable Double progress) {}

    /** Which value of its metric an objective is held against. */
    public enum Measuring {
        /** Today's: the deadline is to come. */
        TODAY,
        /** The deadline's, as far as it was reported until now: what is reported late still counts. */
        AT_DEADLINE,
        /** The deadline's, recorded once: it does not change any more. */
        RECORDED;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A metric over a window. */
    public record Measured(double value, long customers) {}

    public Page<Objective> list(long below, int limit) {
        var rows = jdbc.sql(COLUMNS + "where id < :below order by id desc limit :limit")
                .param("below", below)
                .param("limit", limit + 1)
                .query((r, n) -> objective(r))
                .list();
        return Page.of(rows, limit, o -> Long.toString(o.id()));
    }

    public Objective require(long id) {
        return jdbc.sql(COLUMNS + "where id = :id")
                .param("id", id)
                .query((r, n) -> objective(r))
                .optional()
                .orElseThrow(() -> Problem.notFound("objective_not_found", "there is no objective {id}")
                        .with("id", id));
    }

    /** Measures its baseline and keeps it; a {@link Problem} {@code objective_not_smart} lists all that is missing. */
    @Transactional
    public Objective create(Draft draft) {
        var checked = check(draft);
        long id = jdbc.sql("""
                        insert into objectives (kind, name, metric, unit, segment_id, segment_version, window_days,
                            baseline, baseline_customers, measured_at, target, deadline, created_at, created_by)
                        values (:kind, :name, :metric, :unit, :segment, :segmentVersion, :days, :baseline, :customers,
                            :now, :target, :deadline, :now, :by) returning id
                        """)
                .params(checked)
                .param("by", Caller.current().name())
                .query(Long.class)
                .single();
        audit.record("objective.created", "objective " + id, "'%s'".formatted(draft.name()));
        return require(id);
    }

    /**
     * Changes it and measures its baseline anew. Once a campaign that is submitted or further on stands on it, only its
     * name changes; a {@link Problem} {@code objective_in_use} names the campaigns and the fields.
     */
    @Transactional
    public Objective update(long id, Draft draft) {
        var campaigns = commitments.onObjective(id);
        var before = require(id);
        var changes = new Changes()
                .of("kind", before.kind(), draft.kind())
                .of("metric", before.metric(), draft.metric())
                .of("unit", before.unit(), draft.unit())
                .of("segmentId", before.segmentId(), draft.segmentId())
                .of("windowDays", before.windowDays(), draft.windowDays())
                .of("target", before.target(), draft.target())
                .of("deadline", before.deadline(), draft.deadline());
        var committed = Commitments.faults(campaigns, changes);
        if (!committed.isEmpty())
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "objective_in_use",
                            "objective {id} stands under {campaigns}, so its {fields} cannot be changed; make a new one"
                                    + " (a campaign in review is a draft again once it is changed itself)",
                            committed)
                    .with("id", id)
                    .with("fields", changes.fields())
                    .with("campaigns", campaigns);
        changes.of("name", before.name(), draft.name());
        if (campaigns.isEmpty()) {
            jdbc.sql("""
                            update objectives set kind = :kind, name = :name, metric = :metric, unit = :unit,
                                segment_id = :segment, segment_version = :segmentVersion, window_days = :days,
                                baseline = :baseline, baseline_customers = :customers, measured_at = :now,
                                target = :target, deadline = :deadline,
                                closing_value = null, closing_customers = null, closed_at = null
                            where id = :id
                            """).params(check(draft)).param("id", id).update();
            changes.of("baseline", before.baseline(), require(id).baseline());
        } else {
            var faults = new Faults();
            checkName(faults, draft)
                    .refuse(words -> Problem.unprocessable(
                            "objective_not_smart", "objective " + id + " cannot be changed: " + words, faults.found()));
            jdbc.sql("update objectives set name = :name where id = :id")
                    .param("name", draft.name())
                    .param("id", id)
                    .update();
        }
        audit.record("objective.changed", "objective " + id, changes.words(before.name()));
        return require(id);
    }

    /** The objective a campaign serves: as it was when it was approved, else as it is. */
    public Objective of(Campaign campaign) {
        return campaign.objective() == null ? require(campaign.objectiveId()) : campaign.objective();
    }

    /** Where the objective stands: measured now, or read back once its deadline's value is recorded. */
    public Standing standing(Objective objective) {
        var now = clock.instant();
        var closing = closing(objective);
        if (now.isBefore(closing)) return standing(objective, Measuring.TODAY, now, measure(objective, now));
        return recorded(objective.id())
                .map(measured -> standing(objective, Measuring.RECORDED, closing, measured))
                .orElseGet(() -> standing(objective, Measuring.AT_DEADLINE, closing, measure(objective, closing)));
    }

    private static Standing standing(Objective objective, Measuring measuring, Instant to, Measured measured) {
        boolean over = measuring != Measuring.TODAY;
        if (measured.customers() == 0) return new Standing(over ? "missed" : "active", measuring, to, null, null);
        double way = objective.aim() - objective.baseline();
        double progress = way == 0 ? 1 : (measured.value() - objective.baseline()) / way;
        return new Standing(
                progress >= 1 ? "reached" : over ? "missed" : "active", measuring, to, measured.value(), progress);
    }

    /** The end of the deadline's day. */
    private Instant closing(Objective objective) {
        return objective.deadline().plusDays(1).atStartOfDay(clock.zone()).toInstant();
    }

    private Optional<Measured> recorded(long id) {
        return jdbc.sql(
                        "select closing_value, closing_customers from objectives where id = :id and closed_at is not null")
                .param("id", id)
                .query((r, n) -> new Measured(r.getDouble("closing_value"), r.getLong("closing_customers")))
                .optional();
    }

    /** Records the deadline's value of every objective whose deadline and grace have passed; each once. */
    void recordClosed() {
        var now = clock.instant();
        var due = jdbc.sql(COLUMNS + "where closed_at is null and deadline < :today order by id")
                .param("today", clock.today())
                .query((r, n) -> objective(r))
                .list();
        for (var objective : due) {
            if (now.isBefore(closing(objective).plus(settings.grace()))) continue;
            var measured = measure(objective, closing(objective));
            jdbc.sql("""
                            update objectives
                            set closing_value = :value, closing_customers = :customers, closed_at = :now
                            where id = :id and closed_at is null and deadline = :deadline
                            """)
                    .param("value", measured.value())
                    .param("customers", measured.customers())
                    .param("now", now.atOffset(ZoneOffset.UTC))
                    .param("id", objective.id())
                    .param("deadline", objective.deadline())
                    .update();
        }
    }

    private Measured measure(Objective objective, Instant end) {
        return measure(
                objective.metric(), objective.segmentId(), objective.segmentVersion(), objective.windowDays(), end);
    }

    /** A metric over the window of {@code windowDays} that ends at an instant, in one statement. */
    private Measured measure(
            ObjectiveMetric metric,
            @Nullable Long segmentId,
            @Nullable Integer segmentVersion,
            int windowDays,
            Instant end) {
        var from = end.minus(Duration.ofDays(windowDays));
        var before = from.minus(Duration.ofDays(windowDays));
        var members = segmentId == null
                ? Sql.of("select distinct customer_id from orders_now where ordered_at < ?", from)
                : audiences.members(segmentId, segmentVersion, from);
        // The enum's own pieces of SQL are constants; everything given from outside is bound.
        var sql = Sql.of("with members as")
                .then(members.inParentheses())
                .then("""
                        , per_customer as (
                            select m.customer_id,
                                count(*) filter (where o.ordered_at < ?) as before,
                                count(*) filter (where o.ordered_at >= ? and o.ordered_at < ?) as previous,
                                count(*) filter (where o.ordered_at >= ? and o.ordered_at < ?) as inside,
                                coalesce(sum(o.net) filter (where o.ordered_at >= ? and o.ordered_at < ?), 0) as revenue
                            from members m left join orders_now o on o.customer_id = m.customer_id
                            group by m.customer_id)
                        """, from, before, from, from, end, from, end)
                .then("select count(*) as customers, coalesce(avg(" + metric.value() + "), 0) as measured")
                .then("from per_customer where " + metric.population());
        return warehouse
                .first(sql, row -> new Measured(row.doubleValue("measured"), row.longValue("customers")))
                .orElseThrow();
    }

    private Map<String, @Nullable Object> check(Draft draft) {
        var faults = new Faults();
        int days = draft.windowDays() == null ? 0 : draft.windowDays();
        checkName(faults, draft)
                .check(
                        draft.kind() != null,
                        new Fault(
                                "kind",
                                "objective_kind_missing",
                                "specific: the kind is missing: retain, grow, activate or acquire"))
                .check(
                        draft.metric() != null,
                        new Fault(
                                "metric",
                                "metric_missing",
                                "measurable: the metric is missing: repurchase_rate, retention_rate, reactivation_rate or revenue_per_customer"))
                .check(
                        draft.unit() != null,
                        new Fault(
                                "unit", "unit_missing", "measurable: say whether the target is in points or relative"))
                .check(
                        days >= 1 && days <= LONGEST_WINDOW,
                        new Fault(
                                        "windowDays",
                                        "window_out_of_range",
                                        "measurable: the metric needs a window of 1 to {most} days")
                                .with("most", LONGEST_WINDOW))
                .check(
                        draft.target() != null,
                        new Fault("target", "target_missing", "measurable: the target is missing"))
                .check(
                        draft.target() == null || draft.target() > 0,
                        new Fault(
                                "target",
                                "target_not_positive",
                                "measurable: the target is the improvement aimed at, more than 0"))
                .check(
                        draft.deadline() != null,
                        new Fault("deadline", "deadline_missing", "time-bound: the deadline is missing"))
                .check(
                        draft.deadline() == null || draft.deadline().isAfter(clock.today()),
                        new Fault(
                                        "deadline",
                                        "deadline_past",
                                        "time-bound: the deadline {deadline} is not in the future")
                                .with("deadline", draft.deadline()));
        Integer segmentVersion = null;
        if (draft.segmentId() != null) {
            try {
                segmentVersion = audiences.version(draft.segmentId());
            } catch (Problem e) {
                faults.add(Fault.of("segmentId", e));
            }
        }
        var now = clock.instant();
        var measured = new Measured(0, 0);
        if (faults.none()) {
            measured = measure(Objects.requireNonNull(draft.metric()), draft.segmentId(), segmentVersion, days, now);
            faults.check(
                    measured.customers() > 0,
                    new Fault(
                                    "metric",
                                    "nobody_to_measure",
                                    "measurable: there is no customer to measure {metric} over in the last {days} days")
                            .with("metric", draft.metric().code())
                            .with("days", days));
            checkReach(faults, draft, measured);
        }
        faults.refuse(words -> Problem.unprocessable(
                "objective_not_smart",
                "the objective is not specific, measurable and time-bound: " + words,
                faults.found()));
        var params = new LinkedHashMap<String, @Nullable Object>();
        params.put("kind", Objects.requireNonNull(draft.kind()).code());
        params.put("name", draft.name());
        params.put("metric", Objects.requireNonNull(draft.metric()).code());
        params.put("unit", Objects.requireNonNull(draft.unit()).code());
        params.put("segment", draft.segmentId());
        params.put("segmentVersion", segmentVersion);
        params.put("days", days);
        params.put("baseline", measured.value());
        params.put("customers", measured.customers());
        params.put("now", now.atOffset(ZoneOffset.UTC));
        params.put("target", draft.target());
        params.put("deadline", draft.deadline());
        return params;
    }

    private static Faults checkName(Faults faults, Draft draft) {
        return faults.check(
                draft.name() != null && !draft.name().isBlank(),
                new Fault("name", "name_missing", "specific: the name is missing"));
    }

    /** A target nobody can reach, or that says nothing, is not measurable. */
    private static void checkReach(Faults faults, Draft draft, Measured measured) {
        double target = Objects.requireNonNull(draft.target());
        boolean relative = draft.unit() == Objective.Unit.RELATIVE;
        faults.check(
                !relative || measured.value() > 0 || measured.customers() == 0,
                new Fault(
                        "unit",
                        "baseline_zero",
                        "measurable: the baseline is 0, of which a relative target is nothing; state it in points"));
        double aim = relative ? measured.value() * (1 + target) : measured.value() + target;
        faults.check(
                !Objects.requireNonNull(draft.metric()).isRate() || aim <= 1,
                new Fault(
                                "target",
                                "target_beyond_one",
                                "measurable: from {baseline} the target leads to {aim}, and a rate is at most 1")
                        .with("baseline", "%.4f".formatted(measured.value()))
                        .with("aim", "%.4f".formatted(aim)));
    }

    private static Objective objective(ResultSet r) throws SQLException {
        return new Objective(
                r.getLong("id"),
                Objective.Kind.of(r.getString("kind")),
                r.getString("name"),
                ObjectiveMetric.of(r.getString("metric")),
                Objective.Unit.of(r.getString("unit")),
                r.getObject("segment_id", Long.class),
                r.getObject("segment_version", Integer.class),
                r.getInt("window_days"),
                r.getDouble("baseline"),
                r.getLong("baseline_customers"),
                r.getObject("measured_at", OffsetDateTime.class).toInstant(),
                r.getDouble("target"),
                Objects.requireNonNull(r.getObject("deadline", LocalDate.class)));
    }
}
