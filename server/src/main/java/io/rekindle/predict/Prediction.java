package io.rekindle.predict;

import io.rekindle.analyse.AfterAnalysis;
import io.rekindle.analyse.PurchaseHistory;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.models.Fit;
import io.rekindle.models.rhythm.PurchaseRhythm;
import io.rekindle.models.value.BgNbd;
import io.rekindle.models.value.GammaGamma;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.WriteGate;
import io.rekindle.segment.Words;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Scores all customers after each analysis, with models fitted when it is time to learn; between two analyses, scores anew
 * whoever has bought or got a refund, with the models of the last fit.
 *
 * <p>Scores: {@code p_alive}, the probability that the customer will buy again at all; {@code expected_purchases} and
 * {@code expected_value} over the days of the settings; {@code expected_spend}, the amount of a next purchase. Value is
 * expected purchases times expected spend, not discounted. Scores have four significant digits and are written down when
 * they have moved by more than a tolerance. A customer none of whose orders stands any longer scores 0. Of who bought on
 * one day only, {@code p_alive} is not a number: that BG/NBD gives 1 is its definition (Fader, Hardie and Lee 2005: nobody
 * leaves before the first repeat purchase) and not what was seen.
 */
@Component
public class Prediction implements AfterAnalysis, Tail {
    private static final String BG_NBD = "bg_nbd";
    private static final String GAMMA_GAMMA = "gamma_gamma";
    private static final String RHYTHM = "purchase_rhythm";
    private static final MathContext DIGITS = new MathContext(4);
    private static final double[] POWERS_OF_TEN = IntStream.rangeClosed(0, 22)
            .mapToDouble(e -> Double.parseDouble("1e" + e))
            .toArray();

    private static final Sql ALL_CHANGES = Sql.of("");

    private final Warehouse warehouse;
    private final ModelRegistry registry;
    private final BusinessClock clock;
    private final WriteGate gate;
    private final PredictSettings settings;
    private final Object appending = new Object();
    private long appended;

    Prediction(
            Warehouse warehouse,
            ModelRegistry registry,
            BusinessClock clock,
            WriteGate gate,
            PredictSettings settings) {
        this.warehouse = warehouse;
        this.registry = registry;
        this.clock = clock;
        this.gate = gate;
        this.settings = settings;
    }

    /**
     * A customer's score.
     *
     * @param value null where the model can say nothing of this customer: {@code p_alive} of who bought on one day only
     */
    public record ScoreNow(String name, @Nullable Double value, String modelVersion, Instant at) {}

    /** The customer's scores by name; empty before the first analysis that could fit the models. */
    public List<ScoreNow> scores(CustomerId customer) {
        return warehouse.query(
                Sql.of(
                        "select score, value, model_version, valid_from from scores_now where customer_id = ? order by score",
                        customer.value()),
                row -> {
                    double value = row.doubleValue("value");
                    return new ScoreNow(
                            row.text("score"),
                            Double.isNaN(value) ? null : value,
                            row.text("model_version"),
                            row.instant("valid_from"));
                });
    }

    /**
     * What the scores of a customer stand on, worked out from the history and the models as the scores are; empty for who
     * never bought, or as long as no model could be fitted.
     */
    public Optional<ScoreReasons> reasons(CustomerId customer) {
        return lastFitted().flatMap(models -> {
            var history = PurchaseHistory.read(
                    warehouse,
                    clock.instant(),
                    clock.zone(),
                    Sql.of("select cast(? as bigint) as customer_id", customer.value()));
            return history.size() == 0 ? Optional.empty() : Optional.of(reasons(history, models));
        });
    }

    private ScoreReasons reasons(PurchaseHistory history, Models models) {
        var summed = history.recencyFrequency();
        int repeats = summed.frequency(0);
        double age = history.age(0);
        int silent = history.elapsed(0);
        double later = models.purchases().expectedPurchases(summed, settings.valueDays())[0];
        double amount = models.spend().expectedSpend(summed)[0];
        boolean returned = repeats > 0;
        double gap = returned ? summed.recency(0) / repeats : 0;
        return new ScoreReasons(
                history.today(),
                history.purchases(0),
                history.age(0),
                silent,
                returned ? gap : null,
                returned ? silent / gap : null,
                returned ? models.purchases().pAlive(repeats, summed.recency(0), age) : null,
                returned ? models.purchases().pAlive(repeats, Math.max(0, age - 1), age) : null,
                returned ? models.purchases().pAlive(repeats, Math.max(0, age - gap), age) : null,
                returned ? summed.meanSpend(0) : null,
                models.spend().populationMean(),
                amount,
                settings.purchaseDays(),
                models.purchases().expectedPurchases(summed, settings.purchaseDays())[0],
                settings.valueDays(),
                later,
                later * amount);
    }

    /** Two fitted models and what the registry calls them. */
    private record Models(BgNbd purchases, String purchasesId, GammaGamma spend, String spendId) {}

    private record Change(long customer, Score score, double value, String model, Instant at) {}

    private record Known(double value, Instant at) {}

    @Override
    public void analysed(
            String batch, Instant asOf, PurchaseHistory history, Optional<PurchaseRhythm> rhythm, boolean learning) {
        var models = learning ? Optional.<Models>empty() : lastFitted();
        if (models.isEmpty()) models = fit(batch, asOf, history, rhythm);
        if (models.isEmpty()) return;
        while (true) {
            long before;
            synchronized (appending) {
                before = appended;
            }
            var changes = changes(asOf, history, models.get(), ALL_CHANGES);
            boolean undisturbed = gate.write(() -> {
                synchronized (appending) {
                    // The tail has scored somebody on newer orders meanwhile: compare with those.
                    if (appended != before) return false;
                    append(batch, changes);
                    return true;
                }
            });
            if (undisturbed) return;
        }
    }

    @Override
    public void lookedBack(String batch, Instant asOf, PurchaseHistory history, LongPredicate missing) {
        var models = lastFitted();
        if (models.isEmpty()) return;
        var changes = changes(asOf, history, models.get(), Sql.of("where s.valid_from <= ?", asOf));
        gate.write(() -> {
            synchronized (appending) {
                append(
                        batch,
                        changes.stream()
                                .filter(change -> missing.test(change.customer()))
                                .toList());
            }
        });
    }

    private Optional<Models> fit(String batch, Instant asOf, PurchaseHistory history, Optional<PurchaseRhythm> rhythm) {
        var data = new ModelRegistry.Data(history.firstDay(), history.today(), history.size());
        rhythm.flatMap(PurchaseRhythm::fit)
                .ifPresent(fit -> registry.register(
                        RHYTHM,
                        batch,
                        asOf,
                        data,
                        fit,
                        new Words(
                                "Each customer's own purchase rhythm, learnt from %d customers; life-cycle stages follow from it."
                                        .formatted(history.size()),
                                "由 %d 位客户学得的个人购买节奏，用于划分生命周期阶段。".formatted(history.size()))));
        if (history.returned() < settings.fewestReturned()) {
            var tooFew = new Words(
                    "Not fitted: %d of %d customers bought on more than one day; at least %d are needed."
                            .formatted(history.returned(), history.size(), settings.fewestReturned()),
                    "未拟合：%2$d 位客户中仅 %1$d 位在不止一天购买过，至少需要 %3$d 位。"
                            .formatted(history.returned(), history.size(), settings.fewestReturned()));
            registry.registerUnfitted(BG_NBD, batch, asOf, data, tooFew);
            registry.registerUnfitted(GAMMA_GAMMA, batch, asOf, data, tooFew);
            return Optional.empty();
        }
        var summed = history.recencyFrequency();
        var purchases = BgNbd.fit(summed);
        var spend = GammaGamma.fit(summed);
        var purchasesCard = registry.register(
                BG_NBD,
                batch,
                asOf,
                data,
                fitOf(purchases.fit()),
                new Words(
                        "BG/NBD: expected purchases and the probability to be still a customer, from %d customers; times in days."
                                .formatted(history.size()),
                        "BG/NBD：由 %d 位客户估计预期购买次数与活跃概率，时间单位为天。".formatted(history.size())));
        var spendCard = registry.register(
                GAMMA_GAMMA,
                batch,
                asOf,
                data,
                fitOf(spend.fit()),
                new Words(
                        "Gamma-Gamma: the amount of a next purchase, from the %d customers who came back."
                                .formatted(history.returned()),
                        "Gamma-Gamma：由 %d 位复购客户估计下一次购买金额。".formatted(history.returned())));
        return Optional.of(new Models(purchases, purchasesCard.id(), spend, spendCard.id()));
    }

    private static Fit fitOf(Optional<Fit> fit) {
        return fit.orElseThrow(() -> new IllegalStateException("a fitted model without its fit"));
    }

    @Override
    public String name() {
        return "scores";
    }

    @Override
    public boolean wantsEvents() {
        return false;
    }

    @Override
    public List<String> after() {
        return List.of("identity", "profile");
    }

    @Override
    public void process(Batch batch) {
        var touched = Sql.of("""
                select customer_id from orders_now where seq between ? and ?
                union select customer_id from order_lines_now where seq between ? and ?
                """, batch.fromSeq(), batch.toSeq(), batch.fromSeq(), batch.toSeq());
        boolean any = warehouse
                .first(
                        Sql.of(
                                "select exists (select 1 from orders where seq between ? and ?)"
                                        + " or exists (select 1 from order_lines where seq between ? and ?) as touched",
                                batch.fromSeq(),
                                batch.toSeq(),
                                batch.fromSeq(),
                                batch.toSeq()),
                        row -> row.booleanValue("touched"))
                .orElse(false);
        if (!any) return;
        var models = lastFitted();
        if (models.isEmpty()) return;
        synchronized (appending) {
            var now = clock.instant();
            var history = PurchaseHistory.read(warehouse, now, clock.zone(), touched);
            var theirs =
                    Sql.of("where coalesce(i.customer_id, s.customer_id) in").then(touched.inParentheses());
            append(batch.id(), changes(now, history, models.get(), theirs));
        }
    }

    private Optional<Models> lastFitted() {
        var purchases = registry.lastFitted(BG_NBD);
        var spend = registry.lastFitted(GAMMA_GAMMA);
        if (purchases.isEmpty() || spend.isEmpty()) return Optional.empty();
        var p = purchases.get();
        var s = spend.get();
        return Optional.of(new Models(
                BgNbd.of(p.parameter("r"), p.parameter("alpha"), p.parameter("a"), p.parameter("b")),
                p.id(),
                GammaGamma.of(s.parameter("p"), s.parameter("q"), s.parameter("gamma")),
                s.id()));
    }

    /** @param known which changes of scores were known, as a condition on them */
    private List<Change> changes(Instant now, PurchaseHistory history, Models models, Sql known) {
        var reading = CompletableFuture.supplyAsync(() -> latest(known));
        var summed = history.recencyFrequency();
        double[] alive = models.purchases().pAlive(summed);
        for (int i = 0; i < alive.length; i++) if (summed.frequency(i) == 0) alive[i] = Double.NaN;
        double[] soon = models.purchases().expectedPurchases(summed, settings.purchaseDays());
        double[] later = models.purchases().expectedPurchases(summed, settings.valueDays());
        double[] spend = models.spend().expectedSpend(summed);
        var latest = reading.join();
        var changes = new ArrayList<Change>();
        for (int i = 0; i < history.size(); i++) {
            long customer = history.customer(i);
            var before = latest.remove(customer);
            note(changes, before, customer, Score.P_ALIVE, alive[i], models.purchasesId(), now);
            note(changes, before, customer, Score.EXPECTED_PURCHASES, soon[i], models.purchasesId(), now);
            note(changes, before, customer, Score.EXPECTED_SPEND, spend[i], models.spendId(), now);
            note(changes, before, customer, Score.EXPECTED_VALUE, later[i] * spend[i], models.purchasesId(), now);
        }
        var gone = new ArrayList<>(latest.entrySet());
        gone.sort(Map.Entry.comparingByKey());
        for (var customer : gone)
            for (var score : Score.values())
                note(changes, customer.getValue(), customer.getKey(), score, 0, models.purchasesId(), now);
        return changes;
    }

    /**
     * One row a customer: with a row a score, most of the time would go into reading who it is and which. From the
     * changes themselves, so that only those of the customers asked for are looked at.
     */
    private Map<Long, Map<Score, Known>> latest(Sql condition) {
        var known = new HashMap<Long, Map<Score, Known>>();
        var sql = Sql.of("select coalesce(i.customer_id, s.customer_id) as customer_id");
        for (var score : Score.values())
            sql = sql.then(
                    ", max_by(s.value, s.valid_from) filter (where s.score = ?) as %1$s, max(s.valid_from) filter (where s.score = ?) as %1$s_from"
                            .formatted(score.code()),
                    score.code(),
                    score.code());
        sql = sql.then("from score_changes s left join identity_now i on i.alias_id = s.customer_id");
        warehouse.stream(sql.then(condition).then("group by 1"), row -> {
            var scores = new EnumMap<Score, Known>(Score.class);
            for (var score : Score.values()) {
                var value = row.nullableDouble(score.code());
                if (value != null) scores.put(score, new Known(value, row.instant(score.code() + "_from")));
            }
            known.put(row.longValue("customer_id"), scores);
        });
        return known;
    }

    private void note(
            List<Change> changes,
            @Nullable Map<Score, Known> before,
            long customer,
            Score score,
            double exact,
            String model,
            Instant now) {
        double value = rounded(exact);
        var last = before == null ? null : before.get(score);
        if (last == null) changes.add(new Change(customer, score, value, model, now));
        else if (moved(last.value(), value))
            changes.add(new Change(
                    customer,
                    score,
                    value,
                    model,
                    last.at().isBefore(now) ? now : last.at().plus(1, ChronoUnit.MICROS)));
    }

    private boolean moved(double from, double to) {
        if (Double.isNaN(from) || Double.isNaN(to)) return Double.isNaN(from) != Double.isNaN(to);
        return from != to && Math.abs(to - from) >= settings.tolerance() * Math.abs(from);
    }

    /** Four significant digits, half to even as {@link BigDecimal} does, without one for each of all customers' scores. */
    static double rounded(double value) {
        if (Double.isNaN(value)) return value;
        double size = Math.abs(value);
        if (!(size >= 1e-12 && size < 1e12))
            return new BigDecimal(value).round(DIGITS).doubleValue();
        int lift = DIGITS.getPrecision() - 1 - (int) Math.floor(Math.log10(size));
        // Powers of ten are exact up to 22: one rounding to a whole number, one to the nearest double.
        double power = POWERS_OF_TEN[Math.abs(lift)];
        return lift >= 0 ? Math.rint(value * power) / power : Math.rint(value / power) * power;
    }

    private void append(String batch, List<Change> changes) {
        if (changes.isEmpty()) return;
        boolean now = warehouse.append("score_changes", batch, Rows.written(rows -> {
            for (var change : changes)
                rows.value(change.customer())
                        .value(change.score().code())
                        .value(change.value())
                        .value(change.model())
                        .value(change.at())
                        .end();
        }));
        if (now) appended++;
    }
}
