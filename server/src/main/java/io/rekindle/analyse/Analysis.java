package io.rekindle.analyse;

import io.rekindle.common.CustomerId;
import io.rekindle.models.rhythm.LifecycleRule;
import io.rekindle.models.rhythm.LifecycleStage;
import io.rekindle.models.rhythm.PurchaseRhythm;
import io.rekindle.models.value.ValueTier;
import io.rekindle.models.value.ValueTiers;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.RowWriter;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Value tiers and life-cycle stages of all customers, renewed early every business day. Only changes are written down. A
 * customer none of whose orders stands any longer has the tier and group {@code none} and is a prospect again. Of a
 * history that was brought in from elsewhere the past is worked out too ({@link LookBack}).
 */
@Component
public class Analysis {
    /** Fewer customers who came back than this, and no rhythm is learnt: then nobody is late. */
    private static final int FEWEST_RETURNED = 20;
    /** When the customers who came back have become more or fewer by this share, models are learnt before their time. */
    private static final double OTHER_CUSTOMERS = .1;

    private final Warehouse warehouse;
    private final BusinessClock clock;
    private final SystemClock system;
    private final WriteGate gate;
    private final ObjectProvider<AfterAnalysis> after;
    private final AnalyseSettings settings;
    private final LookBack lookBack;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    /** What was learnt last since the server started; guarded by the lock. */
    private @Nullable Learnt learnt;

    Analysis(
            Warehouse warehouse,
            BusinessClock clock,
            SystemClock system,
            WriteGate gate,
            ObjectProvider<AfterAnalysis> after,
            AnalyseSettings settings,
            LookBack lookBack) {
        this.warehouse = warehouse;
        this.clock = clock;
        this.system = system;
        this.gate = gate;
        this.after = after;
        this.settings = settings;
        this.lookBack = lookBack;
    }

    private record Learnt(LocalDate day, int returned, Optional<PurchaseRhythm> rhythm) {}

    /** A customer's value tier; scores are 1 to 5. */
    public record TierNow(String tier, String group, int recency, int frequency, int amount, int loyalty, Instant at) {}

    /** A customer's life-cycle stage. */
    public record StageNow(String stage, Instant at) {}

    /** How many customers a tier has and what they have spent, net. */
    public record TierTotal(String tier, long customers, BigDecimal revenue) {}

    /** How many customers a stage has. */
    public record StageTotal(String stage, long customers) {}

    /** Net revenue of the orders placed in a month of the company's zone. */
    public record MonthTotal(YearMonth month, BigDecimal revenue, long orders) {}

    /** Renews everything at once, as of the present business time, and learns the models anew. */
    public void refresh() {
        refresh("analysis:%s:%s".formatted(clock.instant(), system.instant()), true);
    }

    /** What is done each day: models are learnt when it is time. */
    void renew() {
        refresh("analysis:" + clock.today(), false);
    }

    /**
     * @param batch the id of what is appended; a repetition appends nothing again
     */
    private void refresh(String batch, boolean byHand) {
        oneAtATime.lock();
        try {
            var now = clock.instant();
            // Two threads, because none of these readings is large enough for the warehouse to use two itself.
            var tiers = CompletableFuture.supplyAsync(this::knownTiers);
            var stages = tiers.thenApplyAsync(read -> knownStages(now));
            var history = PurchaseHistory.read(warehouse, now, clock.zone(), PurchaseHistory.EVERYBODY);
            writeTiers(batch, now, history, tiers.join());
            var latest = learnt;
            boolean learning = byHand || latest == null || isOutdated(latest, history);
            if (learning || latest == null) latest = learn(history);
            writeStages(batch, now, history, latest.rhythm(), stages.join());
            for (var next : after.orderedStream().toList())
                next.analysed(batch, now, history, latest.rhythm(), learning);
            learnt = latest;
            lookBack.over(batch, now, history, latest.rhythm());
        } finally {
            oneAtATime.unlock();
        }
    }

    private boolean isOutdated(Learnt latest, PurchaseHistory history) {
        return !history.today().isBefore(latest.day().plusDays(settings.learnEveryDays()))
                || history.today().isBefore(latest.day())
                || Math.abs(history.returned() - latest.returned()) > OTHER_CUSTOMERS * latest.returned();
    }

    private static Learnt learn(PurchaseHistory history) {
        return new Learnt(
                history.today(),
                history.returned(),
                history.returned() < FEWEST_RETURNED
                        ? Optional.empty()
                        : Optional.of(PurchaseRhythm.fit(history.intervals())));
    }

    /** A tier with its group and scores. */
    record Tier(String tier, String group, int recency, int frequency, int amount, int loyalty) {
        void write(RowWriter rows, long customer, Instant at) {
            rows.value(customer)
                    .value(tier)
                    .value(group)
                    .value(recency)
                    .value(frequency)
                    .value(amount)
                    .value(loyalty)
                    .value(at)
                    .end();
        }
    }

    private record Known<T>(T value, Instant at) {}

    private record Change<T>(long customer, T value, Instant at) {}

    private Map<Long, Known<Tier>> knownTiers() {
        var known = new HashMap<Long, Known<Tier>>();
        warehouse.stream(
                Sql.of("""
                        select customer_id, tier, value_group, recency_score, frequency_score, amount_score, loyalty_score, valid_from
                        from tiers_now
                        """),
                row -> known.put(
                        row.longValue("customer_id"),
                        new Known<>(
                                new Tier(
                                        row.text("tier"),
                                        row.text("value_group"),
                                        row.intValue("recency_score"),
                                        row.intValue("frequency_score"),
                                        row.intValue("amount_score"),
                                        row.intValue("loyalty_score")),
                                row.instant("valid_from"))));
        return known;
    }

    private void writeTiers(String batch, Instant now, PurchaseHistory history, Map<Long, Known<Tier>> known) {
        var tiers = tiers(history);
        var changes = new ArrayList<Change<Tier>>();
        for (int i = 0; i < tiers.length; i++)
            note(history.customer(i), tiers[i], known.remove(history.customer(i)), now, changes);
        var none = new Tier("none", "none", 0, 0, 0, 0);
        known.forEach((customer, before) -> note(customer, none, before, now, changes));
        append(
                "tier_changes",
                batch,
                changes,
                (rows, change) -> change.value().write(rows, change.customer(), change.at()));
    }

    /** The tiers of a history's customers, place by place. */
    static Tier[] tiers(PurchaseHistory history) {
        int n = history.size();
        double[] amount = new double[n];
        int[] frequency = new int[n];
        double[] recency = new double[n];
        double[] loyalty = new double[n];
        for (int i = 0; i < n; i++) {
            amount[i] = history.amount(i);
            frequency[i] = history.purchases(i);
            recency[i] = history.elapsed(i);
            loyalty[i] = history.age(i);
        }
        var found = ValueTiers.of(amount, frequency, recency, loyalty, ValueTiers.Settings.DEFAULT);
        var tiers = new Tier[n];
        for (int i = 0; i < n; i++)
            tiers[i] = new Tier(
                    word(found.tier(i)),
                    word(found.group(i)),
                    found.recency(i),
                    found.frequency(i),
                    found.amount(i),
                    found.loyalty(i));
        return tiers;
    }

    /** Everybody's stage, and who has done anything at all without being called a prospect yet. */
    private record KnownStages(Map<Long, Known<String>> stages, List<Long> perhapsProspects) {}

    private KnownStages knownStages(Instant now) {
        var stages = new HashMap<Long, Known<String>>();
        warehouse.stream(
                Sql.of("select customer_id, stage, valid_from from stages_now"),
                row -> stages.put(
                        row.longValue("customer_id"), new Known<>(row.text("stage"), row.instant("valid_from"))));
        var perhaps = new ArrayList<Long>();
        warehouse.stream(Sql.of("""
                        select customer_id from (
                            select customer_id from events_now where occurred_at <= ?
                            union select customer_id from orders_now where ordered_at <= ?
                            union select customer_id from traits_now where valid_from <= ?) seen
                        except select customer_id from stages_now where stage = ?
                        order by customer_id
                        """, now, now, now, word(LifecycleStage.PROSPECT)), row -> {
            perhaps.add(row.longValue("customer_id"));
        });
        return new KnownStages(stages, perhaps);
    }

    private void writeStages(
            String batch, Instant now, PurchaseHistory history, Optional<PurchaseRhythm> rhythm, KnownStages known) {
        var stages = stages(history, rhythm);
        var changes = new ArrayList<Change<String>>();
        var buyers = new HashSet<Long>(history.size() * 2);
        for (int i = 0; i < history.size(); i++) {
            long customer = history.customer(i);
            buyers.add(customer);
            note(customer, word(stages[i]), known.stages().get(customer), now, changes);
        }
        var prospect = word(LifecycleStage.PROSPECT);
        for (long customer : known.perhapsProspects())
            if (!buyers.contains(customer))
                note(customer, prospect, known.stages().get(customer), now, changes);
        append(
                "stage_changes",
                batch,
                changes,
                (rows, change) -> rows.value(change.customer())
                        .value(change.value())
                        .value(change.at())
                        .end());
    }

    /** The stages of a history's customers, place by place. */
    static LifecycleStage[] stages(PurchaseHistory history, Optional<PurchaseRhythm> rhythm) {
        if (rhythm.isPresent()) return LifecycleRule.DEFAULT.stages(rhythm.get(), history.intervals());
        var stages = new LifecycleStage[history.size()];
        for (int i = 0; i < stages.length; i++) stages[i] = LifecycleRule.DEFAULT.stage(history.purchases(i), 0, .5);
        return stages;
    }

    /** A change is later than the one before it even when the business clock stands still. */
    private static <T> void note(
            long customer, T value, @Nullable Known<T> before, Instant now, List<Change<T>> changes) {
        if (before == null) changes.add(new Change<>(customer, value, now));
        else if (!before.value().equals(value))
            changes.add(new Change<>(
                    customer,
                    value,
                    before.at().isBefore(now) ? now : before.at().plus(1, ChronoUnit.MICROS)));
    }

    private interface Writing<T> {
        void write(RowWriter rows, Change<T> change);
    }

    private <T> void append(String table, String batch, List<Change<T>> changes, Writing<T> writing) {
        if (changes.isEmpty()) return;
        changes.sort(java.util.Comparator.comparingLong(Change::customer));
        gate.write(() -> {
            warehouse.append(
                    table, batch, Rows.written(rows -> changes.forEach(change -> writing.write(rows, change))));
        });
    }

    /** The words value tiers are stored and asked by. */
    public static List<String> tiers() {
        return Arrays.stream(ValueTier.values()).map(Analysis::word).toList();
    }

    /** The words life-cycle stages are stored and asked by. */
    public static List<String> stages() {
        return Arrays.stream(LifecycleStage.values()).map(Analysis::word).toList();
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** The customer's tier; empty before the first analysis with an order. */
    public Optional<TierNow> tier(CustomerId customer) {
        return warehouse.first(
                Sql.of("""
                        select tier, value_group, recency_score, frequency_score, amount_score, loyalty_score, valid_from
                        from tiers_now where customer_id = ?
                        """, customer.value()),
                row -> new TierNow(
                        row.text("tier"),
                        row.text("value_group"),
                        row.intValue("recency_score"),
                        row.intValue("frequency_score"),
                        row.intValue("amount_score"),
                        row.intValue("loyalty_score"),
                        row.instant("valid_from")));
    }

    /** The customer's stage; empty before the first analysis. */
    public Optional<StageNow> stage(CustomerId customer) {
        return warehouse.first(
                Sql.of("select stage, valid_from from stages_now where customer_id = ?", customer.value()),
                row -> new StageNow(row.text("stage"), row.instant("valid_from")));
    }

    /** By tier, the most valuable first. */
    public List<TierTotal> tierTotals() {
        return warehouse.query(
                Sql.of("""
                        select t.tier, count(*) as customers, coalesce(sum(o.revenue), 0) as revenue
                        from tiers_now t
                        left join (select customer_id, sum(net) as revenue from orders_now group by customer_id) o
                            on o.customer_id = t.customer_id
                        where t.tier <> 'none' group by t.tier
                        order by case t.tier when 'high' then 1 when 'middle' then 2 else 3 end
                        """),
                row -> new TierTotal(row.text("tier"), row.longValue("customers"), row.decimal("revenue")));
    }

    /** By stage, in the order of the life cycle. */
    public List<StageTotal> stageTotals() {
        var order =
                List.of(LifecycleStage.values()).stream().map(Analysis::word).toList();
        return warehouse
                .query(
                        Sql.of("select stage, count(*) as customers from stages_now group by stage"),
                        row -> new StageTotal(row.text("stage"), row.longValue("customers")))
                .stream()
                .sorted(java.util.Comparator.comparingInt(total -> order.indexOf(total.stage())))
                .toList();
    }

    /** By month of the order, oldest first. */
    public List<MonthTotal> revenueByMonth() {
        return warehouse.query(
                Sql.of("""
                        select cast(date_trunc('month', local_day(ordered_at, ?)) as date) as month, sum(net) as revenue, count(*) as orders
                        from orders_now group by 1 order by 1
                        """, clock.zone().getId()),
                row -> new MonthTotal(
                        YearMonth.from(row.date("month")), row.decimal("revenue"), row.longValue("orders")));
    }
}
