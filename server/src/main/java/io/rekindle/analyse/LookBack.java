package io.rekindle.analyse;

import io.rekindle.models.rhythm.LifecycleStage;
import io.rekindle.models.rhythm.PurchaseRhythm;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.RowWriter;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Which tier, stage and scores customers had before anybody analysed them. When a company brings its past along (an import,
 * a replay of its events), tiers and stages would begin on the day of the first analysis: a segment of lapsing customers
 * would have had nobody in it a month ago, and there would be no baseline to measure and no power to foretell. So when many
 * customers' purchases reach back well before what is written down of them, it is worked out for twelve
 * days of the past year, each from what they had bought by then.
 *
 * <p>What orders were returned later, how the average customer's rhythm is spread and what the models' parameters are is
 * known from today: a look back is a little wiser than an analysis on the day would have been.
 */
@Component
class LookBack {
    /** The times looked back to lie so many days apart. */
    private static final int STEP = 30;
    /** How many of them. */
    private static final int STEPS = 12;
    /**
     * How much later than the first purchase an analysis may come without the past being missed; more than a step, so that
     * what was looked back on is not missed again.
     */
    private static final Duration USUAL = Duration.ofDays(STEP + 1);
    /** Fewer of the customers than this whose past is missing, and it stays missing: it would change no figure. */
    private static final double MANY = .1;

    private static final String PROSPECT = Analysis.word(LifecycleStage.PROSPECT);

    private final Warehouse warehouse;
    private final BusinessClock clock;
    private final WriteGate gate;
    private final ObjectProvider<AfterAnalysis> after;

    LookBack(Warehouse warehouse, BusinessClock clock, WriteGate gate, ObjectProvider<AfterAnalysis> after) {
        this.warehouse = warehouse;
        this.clock = clock;
        this.gate = gate;
        this.after = after;
    }

    /**
     * Fills in the past, if it is missing.
     *
     * @param batch the present analysis' batch
     * @param history everybody's history up to now
     */
    void over(String batch, Instant now, PurchaseHistory history, Optional<PurchaseRhythm> rhythm) {
        var since = analysedSince();
        var missing = missing(now, history, since);
        if (missing.isEmpty() || missing.size() < MANY * history.size()) return;
        var stageChanges = prospects(missing);
        var tiers = new HashMap<Long, Analysis.Tier>();
        var stages = new HashMap<Long, LifecycleStage>();
        for (int days = STEPS * STEP; days > 0; days -= STEP) {
            var then = now.minus(days, ChronoUnit.DAYS);
            var past = PurchaseHistory.read(warehouse, then, clock.zone(), PurchaseHistory.EVERYBODY);
            if (past.size() == 0) continue;
            var name = "%s:back:%d".formatted(batch, days);
            write("tier_changes", name, tierChanges(then, past, missing, tiers));
            stageChanges.addAll(stageChanges(then, past, rhythm, missing, stages));
            for (var next : after.orderedStream().toList())
                next.lookedBack(name, then, past, customer -> isMissing(missing, customer, then));
        }
        // At once and last: by the stages it is known that nothing is missing, also after a crash.
        write("stage_changes", batch + ":back", stageChanges);
    }

    /** Since when each customer has a stage. */
    private Map<Long, Instant> analysedSince() {
        var since = new HashMap<Long, Instant>();
        warehouse.stream(Sql.of("""
                        select coalesce(i.customer_id, s.customer_id) as customer_id, min(s.valid_from) as since
                        from stage_changes s left join identity_now i on i.alias_id = s.customer_id
                        where s.stage <> ? group by 1
                        """, PROSPECT), row -> since.put(row.longValue("customer_id"), row.instant("since")));
        return since;
    }

    /** Whose purchases began well before what is written down of them, and since when that is. */
    private static Map<Long, Instant> missing(Instant now, PurchaseHistory history, Map<Long, Instant> since) {
        var earliest = now.minus(STEPS * STEP, ChronoUnit.DAYS);
        var missing = new HashMap<Long, Instant>();
        for (int i = 0; i < history.size(); i++) {
            var first = now.minus(history.age(i), ChronoUnit.DAYS);
            var known = since.getOrDefault(history.customer(i), now);
            var due = (first.isBefore(earliest) ? earliest : first).plus(USUAL);
            if (known.isAfter(due)) missing.put(history.customer(i), known);
        }
        return missing;
    }

    private static boolean isMissing(Map<Long, Instant> missing, long customer, Instant then) {
        var known = missing.get(customer);
        return known != null && then.isBefore(known);
    }

    /** Until their first purchase they were prospects, from the moment anything was heard of them. */
    private List<Consumer<RowWriter>> prospects(Map<Long, Instant> missing) {
        var changes = new ArrayList<Consumer<RowWriter>>();
        warehouse.stream(Sql.of("""
                        with seen as (
                            select customer_id, min(since) as since from (
                                select customer_id, min(occurred_at) as since from events_now group by 1
                                union all select customer_id, min(valid_from) as since from traits_now group by 1) heard
                            group by 1),
                        bought as (
                            select customer_id, min(ordered_at) as since from orders_now where net > 0 group by 1)
                        select s.customer_id, s.since from seen s join bought b on b.customer_id = s.customer_id
                        where s.since < b.since order by s.customer_id
                        """), row -> {
            long customer = row.longValue("customer_id");
            var since = row.instant("since");
            if (isMissing(missing, customer, since))
                changes.add(rows ->
                        rows.value(customer).value(PROSPECT).value(since).end());
        });
        return changes;
    }

    private static List<Consumer<RowWriter>> tierChanges(
            Instant then, PurchaseHistory past, Map<Long, Instant> missing, Map<Long, Analysis.Tier> before) {
        var changes = new ArrayList<Consumer<RowWriter>>();
        var tiers = Analysis.tiers(past);
        for (int i = 0; i < tiers.length; i++) {
            long customer = past.customer(i);
            var tier = tiers[i];
            if (isMissing(missing, customer, then) && !tier.equals(before.put(customer, tier)))
                changes.add(rows -> tier.write(rows, customer, then));
        }
        return changes;
    }

    private static List<Consumer<RowWriter>> stageChanges(
            Instant then,
            PurchaseHistory past,
            Optional<PurchaseRhythm> rhythm,
            Map<Long, Instant> missing,
            Map<Long, LifecycleStage> before) {
        var changes = new ArrayList<Consumer<RowWriter>>();
        var stages = Analysis.stages(past, rhythm);
        for (int i = 0; i < stages.length; i++) {
            long customer = past.customer(i);
            var stage = stages[i];
            if (isMissing(missing, customer, then) && stage != before.put(customer, stage))
                changes.add(rows -> rows.value(customer)
                        .value(Analysis.word(stage))
                        .value(then)
                        .end());
        }
        return changes;
    }

    private void write(String table, String batch, List<Consumer<RowWriter>> changes) {
        if (changes.isEmpty()) return;
        gate.write(() -> {
            warehouse.append(table, batch, Rows.written(rows -> changes.forEach(change -> change.accept(rows))));
        });
    }
}
