package io.rekindle.predict;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.analyse.Analysis;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.models.value.BgNbd;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.TimeTravel;
import io.rekindle.segment.RuleJson;
import io.rekindle.segment.Segments;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.json.JsonMapper;

/** One story, told in order, on a server of its own: nobody has bought, many have, one buys again, one returns all, days pass. */
@RekindleTest
@TestPropertySource(properties = "rekindle.predict.fewest-returned=40")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AnalysisAndScoresTest {
    private static final int BUYERS = 300;
    private static final int PROSPECTS = 7;

    private final Analysis analysis;
    private final Prediction prediction;
    private final ModelRegistry models;
    private final Warehouse warehouse;
    private final BusinessClock clock;
    private final Segments segments;
    private final TimeTravel time;

    @Autowired
    AnalysisAndScoresTest(
            Analysis analysis,
            Prediction prediction,
            ModelRegistry models,
            Warehouse warehouse,
            BusinessClock clock,
            Segments segments,
            TimeTravel time) {
        this.analysis = analysis;
        this.prediction = prediction;
        this.models = models;
        this.warehouse = warehouse;
        this.clock = clock;
        this.segments = segments;
        this.time = time;
    }

    @Test
    @Order(1)
    void withoutPurchasesTheModelsSaySoAndNothingFails() {
        warehouse.append(
                "trait_changes",
                "people",
                Rows.written(rows -> LongStream.rangeClosed(1, BUYERS + PROSPECTS)
                        .forEach(customer -> rows.value(customer)
                                .value("language")
                                .value("\"de\"")
                                .value(clock.instant().minus(Duration.ofDays(300)))
                                .value(customer)
                                .missing()
                                .end())));
        analysis.refresh();
        assertThat(models.latest())
                .filteredOn(card -> card.name().equals("bg_nbd"))
                .singleElement()
                .satisfies(card -> {
                    assertThat(card.fitted()).isFalse();
                    assertThat(card.summary().en()).startsWith("Not fitted: 0 of 0 customers");
                });
        assertThat(count("score_changes")).isZero();
        assertThat(analysis.stageTotals()).containsExactly(new Analysis.StageTotal("prospect", BUYERS + PROSPECTS));
    }

    @Test
    @Order(2)
    void everyBuyerGetsATierAStageAndScoresOfTheFittedModels() {
        var random = new Random(11);
        warehouse.append("orders", "history", Rows.written(rows -> {
            long seq = 0;
            for (long customer = 1; customer <= BUYERS; customer++) {
                double pace = 5 + random.nextInt(60);
                var at = clock.instant().minus(Duration.ofDays(1 + random.nextInt(280)));
                for (int i = random.nextInt(10); i >= 0; i--) {
                    if (!at.isBefore(clock.instant())) break;
                    rows.value("o" + customer + "-" + i)
                            .value(customer)
                            .value(at)
                            .value("EUR")
                            .value(BigDecimal.valueOf(500 + random.nextInt(9500), 2))
                            .value(BigDecimal.ZERO)
                            .missing()
                            .value(1)
                            .value((Long) null)
                            .value(++seq)
                            .end();
                    at = at.plusSeconds((long) (86_400 * pace * (0.5 + random.nextDouble())));
                }
            }
        }));
        analysis.refresh();
        assertThat(analysis.tierTotals()).extracting(Analysis.TierTotal::tier).containsExactly("high", "middle", "low");
        assertThat(analysis.tierTotals().stream()
                        .mapToLong(Analysis.TierTotal::customers)
                        .sum())
                .isEqualTo(BUYERS);
        assertThat(analysis.tierTotals().stream()
                        .map(Analysis.TierTotal::revenue)
                        .reduce(BigDecimal.ZERO, BigDecimal::add))
                .as("all revenue belongs to some tier, and to some month")
                .isEqualByComparingTo(sum("select sum(net) as n from orders_now"))
                .isEqualByComparingTo(analysis.revenueByMonth().stream()
                        .map(Analysis.MonthTotal::revenue)
                        .reduce(BigDecimal.ZERO, BigDecimal::add));
        assertThat(analysis.stageTotals()).contains(new Analysis.StageTotal("prospect", PROSPECTS));
        assertThat(analysis.stageTotals().stream()
                        .mapToLong(Analysis.StageTotal::customers)
                        .sum())
                .isEqualTo(BUYERS + PROSPECTS);

        var card = models.lastFitted("bg_nbd").orElseThrow();
        assertThat(card.customers()).isEqualTo(BUYERS);
        assertThat(card.dataTo()).isEqualTo(clock.today());
        var model = BgNbd.of(card.parameter("r"), card.parameter("alpha"), card.parameter("a"), card.parameter("b"));
        var customer = new CustomerId(17);
        var history = warehouse
                .first(Sql.of("""
                                select count(distinct cast(ordered_at as date)) - 1 as x,
                                    cast(max(ordered_at) as date) - cast(min(ordered_at) as date) as recency,
                                    cast(? as date) - cast(min(ordered_at) as date) as age
                                from orders where customer_id = ?
                                """, clock.today(), customer.value()), row ->
                        new double[] {row.doubleValue("x"), row.doubleValue("recency"), row.doubleValue("age")})
                .orElseThrow();
        assertThat(score(customer, "p_alive"))
                .isEqualTo(Prediction.rounded(model.pAlive((int) history[0], history[1], history[2])));
        assertThat(score(customer, "expected_purchases"))
                .isEqualTo(Prediction.rounded(model.expectedPurchases((int) history[0], history[1], history[2], 30)));
        var reasons = prediction.reasons(customer).orElseThrow();
        double silent = history[2] - history[1];
        double gap = history[1] / history[0];
        assertThat(reasons.purchases()).isEqualTo((int) history[0] + 1);
        assertThat(reasons.daysSinceFirst()).isEqualTo((int) history[2]);
        assertThat(reasons.daysSinceLast()).isEqualTo((int) silent);
        assertThat(requireNonNull(reasons.usualGap())).isEqualTo(gap);
        assertThat(requireNonNull(reasons.gapsSilent())).isEqualTo(silent / gap);
        assertThat(requireNonNull(reasons.aliveIfYesterday()))
                .isEqualTo(model.pAlive((int) history[0], history[2] - 1, history[2]));
        assertThat(requireNonNull(reasons.aliveAtUsualGap()))
                .isEqualTo(model.pAlive((int) history[0], Math.max(0, history[2] - gap), history[2]));
        // What every score stands on makes the score, and a longer silence is never a better sign.
        for (long each = 1; each <= BUYERS; each++) {
            var buyer = new CustomerId(each);
            var theirs = prediction.reasons(buyer).orElseThrow();
            assertThat(score(buyer, "expected_value")).isEqualTo(Prediction.rounded(theirs.expectedValue()));
            assertThat(score(buyer, "expected_value"))
                    .isEqualTo(Prediction.rounded(theirs.expectedLater() * theirs.expectedAmount()));
            assertThat(score(buyer, "expected_spend")).isEqualTo(Prediction.rounded(theirs.expectedAmount()));
            assertThat(score(buyer, "expected_purchases")).isEqualTo(Prediction.rounded(theirs.expectedPurchases()));
            var alive = theirs.alive();
            var yesterday = theirs.aliveIfYesterday();
            if (alive == null || yesterday == null) {
                assertThat(theirs.purchases()).isEqualTo(1);
                continue;
            }
            assertThat(score(buyer, "p_alive")).isEqualTo(Prediction.rounded(alive));
            if (theirs.daysSinceLast() >= 1) assertThat(alive).isLessThanOrEqualTo(yesterday);
        }
        assertThat(prediction.reasons(new CustomerId(BUYERS + 1))).isEmpty();
        assertThat(scoredSince(clock.instant())).isEqualTo(4L * BUYERS);
        assertThat(models.latest()).extracting(ModelCard::name).contains("gamma_gamma", "purchase_rhythm");
    }

    /**
     * The history came from elsewhere: who they were a month, two, three ago is told from what they had bought by then. Of
     * who bought first within a month of the first analysis nothing is missing.
     */
    @Test
    @Order(3)
    void aHistoryThatWasBroughtInHasAPastToo() {
        var monthAgo = clock.today().minusDays(30).atStartOfDay(clock.zone()).toInstant();
        for (int days = 30; days <= 240; days += 30) {
            var then = clock.instant().minus(Duration.ofDays(days));
            var buyers = ids(
                    "select customer_id from orders group by 1 having min(ordered_at) <= ?",
                    then.isBefore(monthAgo) ? then : monthAgo);
            assertThat(buyers).as("%d days ago", days).isNotEmpty().hasSizeLessThan(BUYERS);
            assertThat(asOf(then, "{\"not\":{\"stage\":[\"prospect\"]}}")).isEqualTo(buyers);
            assertThat(asOf(then, "{\"tier\":[\"high\",\"middle\",\"low\"]}")).isEqualTo(buyers);
            assertThat(asOf(then, "{\"score\":\"expected_purchases\",\"atLeast\":0}"))
                    .isEqualTo(buyers);
            var again = ids(
                    "select customer_id from orders where ordered_at <= ? group by 1 having count(distinct cast(ordered_at as date)) > 1",
                    then);
            assertThat(asOf(then, "{\"score\":\"p_alive\",\"atLeast\":0}"))
                    .isNotEmpty()
                    .isEqualTo(again.stream().filter(buyers::contains).collect(Collectors.toSet()));
            var prospects = LongStream.rangeClosed(1, BUYERS + PROSPECTS)
                    .boxed()
                    .filter(customer -> !buyers.contains(customer))
                    .filter(customer -> customer <= BUYERS)
                    .collect(Collectors.toSet());
            assertThat(prospects).containsAll(asOf(then, "{\"stage\":[\"prospect\"]}"));
        }
        assertThat(asOf(clock.instant().minus(Duration.ofDays(301)), "{\"stage\":[\"prospect\"]}"))
                .isEmpty();
    }

    private Set<Long> asOf(Instant then, String rule) {
        var read = segments.read(JsonMapper.builder().build().readTree(rule));
        return Set.copyOf(warehouse.query(
                segments.members(read, then)
                        .then("intersect select distinct customer_id from stage_changes where valid_from <= ?", then),
                row -> row.longValue("customer_id")));
    }

    private Set<Long> ids(String sql, Instant then) {
        return Set.copyOf(warehouse.query(Sql.of(sql, then), row -> row.longValue("customer_id")));
    }

    @Test
    @Order(4)
    void anotherAnalysisOfTheSameHistoryWritesNothing() {
        long tiers = count("tier_changes");
        long stages = count("stage_changes");
        long scores = count("score_changes");
        analysis.refresh();
        assertThat(List.of(count("tier_changes"), count("stage_changes"), count("score_changes")))
                .containsExactly(tiers, stages, scores);
    }

    @Test
    @Order(5)
    void aRuleMayNameWhatTheAnalysisFound() {
        var rule = segments.read(JsonMapper.builder()
                .build()
                .readTree("{\"all\":[{\"tier\":[\"high\"]},{\"score\":\"p_alive\",\"atLeast\":0}]}"));
        var members = warehouse.query(segments.members(rule, clock.instant()), row -> row.longValue("customer_id"));
        var high =
                warehouse.first(Sql.of("""
                                select count(*) as customers from tiers_now t where t.tier = 'high' and (
                                    select count(distinct cast(o.ordered_at as date)) from orders o
                                    where o.customer_id = t.customer_id) > 1
                                """), row -> row.longValue("customers")).orElseThrow();
        assertThat(members).hasSize(Math.toIntExact(high)).isNotEmpty();
        assertThat(RuleJson.write(rule).toString()).contains("p_alive");
        assertThat(segments.words(rule).zh()).contains("高价值", "活跃概率");
    }

    @Test
    @Order(5)
    void ofWhoBoughtOnOneDayOnlyItIsNotMeasurableWhetherTheyAreStillCustomers() {
        record Bought(long customer, Instant at) {}
        var days = warehouse
                .query(
                        Sql.of("select customer_id, ordered_at from orders_now where net > 0 and customer_id < 200"),
                        row -> new Bought(row.longValue("customer_id"), row.instant("ordered_at")))
                .stream()
                .collect(Collectors.groupingBy(
                        Bought::customer,
                        Collectors.mapping(
                                bought -> bought.at().atZone(clock.zone()).toLocalDate(), Collectors.toSet())));
        var once = new AtomicInteger();
        days.forEach((customer, on) -> {
            if (on.size() == 1) once.incrementAndGet();
            assertThat(prediction.scores(new CustomerId(customer)))
                    .hasSize(4)
                    .allSatisfy(score -> assertThat(score.value() != null)
                            .as("%s of customer %d, who bought on %s", score.name(), customer, on)
                            .isEqualTo(!score.name().equals("p_alive") || on.size() > 1));
        });
        assertThat(once.get()).isBetween(1, days.size() - 1);
    }

    @Test
    @Order(6)
    void whoBuysAgainIsScoredAtOnceAndOnlyThey() {
        var customer = new CustomerId(17);
        var before = prediction.scores(customer);
        long rows = count("score_changes");
        warehouse.append(
                "orders",
                "again",
                Rows.written(order -> order.value("again")
                        .value(customer.value())
                        .value(clock.instant())
                        .value("EUR")
                        .value(new BigDecimal("75"))
                        .value(BigDecimal.ZERO)
                        .missing()
                        .value(1)
                        .value((Long) null)
                        .value(90_001L)
                        .end()));
        var batch = new Tail.Batch("scores", 90_001, 90_002, List.of());
        prediction.process(batch);
        long appended = count("score_changes") - rows;
        assertThat(appended).isBetween(1L, 4L);
        assertThat(prediction.scores(customer)).isNotEqualTo(before);
        assertThat(warehouse.query(
                        Sql.of("select distinct customer_id from score_changes offset 0"),
                        row -> row.longValue("customer_id")))
                .hasSize(BUYERS);
        prediction.process(batch);
        assertThat(count("score_changes")).as("the same batch again").isEqualTo(rows + appended);
        prediction.process(new Tail.Batch("scores", 90_003, 99_999, List.of()));
        assertThat(count("score_changes")).as("a batch without orders").isEqualTo(rows + appended);
    }

    @Test
    @Order(7)
    void whoReturnedEverythingHasNoTierAndIsAProspectAgain() {
        warehouse.append("order_lines", "returned", Rows.selected(Sql.of("""
                select order_id, 1, customer_id, cast(? as timestamp), 'refund', null, null, null, 1, 1, -gross, 1, null, 95000
                from orders where customer_id = 23
                """, clock.instant())));
        analysis.refresh();
        var customer = new CustomerId(23);
        assertThat(analysis.tier(customer).orElseThrow().tier()).isEqualTo("none");
        assertThat(analysis.stage(customer).orElseThrow().stage()).isEqualTo("prospect");
        assertThat(prediction.scores(customer))
                .hasSize(4)
                .allSatisfy(score -> assertThat(score.value()).isZero());
        assertThat(analysis.tierTotals().stream()
                        .mapToLong(Analysis.TierTotal::customers)
                        .sum())
                .isEqualTo(BUYERS - 1);
        assertThat(analysis.stage(customer).orElseThrow().at()).isAfterOrEqualTo(Instant.parse("2026-03-01T09:00:00Z"));
    }

    @Test
    @Order(8)
    void modelsAreLearntAWeekApartAndEveryDayIsScoredWithTheLatest() {
        analysis.refresh();
        var customer = new CustomerId(17);
        var first = models.lastFitted("bg_nbd").orElseThrow();
        var rhythms = versions("purchase_rhythm");
        for (int day = 1; day < 7; day++) time.advanceTo(clock.instant().plus(Duration.ofDays(1)));
        assertThat(models.lastFitted("bg_nbd").orElseThrow().version()).isEqualTo(first.version());
        assertThat(versions("purchase_rhythm")).isEqualTo(rhythms);
        assertThat(prediction.scores(customer)).anySatisfy(score -> {
            assertThat(score.at())
                    .as("scored on the last day")
                    .isAfter(clock.instant().minus(Duration.ofDays(1)));
            assertThat(score.modelVersion()).isEqualTo(first.id());
        });
        time.advanceTo(clock.instant().plus(Duration.ofDays(1)));
        assertThat(models.lastFitted("bg_nbd").orElseThrow().version()).isEqualTo(first.version() + 1);
        assertThat(versions("purchase_rhythm")).isEqualTo(rhythms + 1);
    }

    @Test
    @Order(9)
    void manyWhoComeBackAreAReasonToLearnBeforeTheWeekIsOver() {
        var before = models.lastFitted("bg_nbd").orElseThrow();
        warehouse.append("orders", "newcomers", Rows.written(rows -> {
            for (int order = 0; order < BUYERS; order++)
                rows.value("n" + order)
                        .value(1_000_000L + order / 2)
                        .value(clock.instant().minus(Duration.ofDays(5 + order % 2)))
                        .value("EUR")
                        .value(new BigDecimal("20"))
                        .value(BigDecimal.ZERO)
                        .missing()
                        .value(1)
                        .value((Long) null)
                        .value(200_000L + order)
                        .end();
        }));
        time.advanceTo(clock.instant().plus(Duration.ofDays(1)));
        var after = models.lastFitted("bg_nbd").orElseThrow();
        assertThat(after.version()).isEqualTo(before.version() + 1);
        assertThat(after.customers()).isEqualTo(before.customers() + BUYERS / 2);
    }

    private int versions(String model) {
        return models.lastFitted(model).orElseThrow().version();
    }

    private double score(CustomerId customer, String name) {
        return requireNonNull(prediction.scores(customer).stream()
                .filter(score -> score.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value());
    }

    private long scoredSince(Instant at) {
        return warehouse
                .first(
                        Sql.of("select count(*) as n from score_changes where valid_from >= ?", at),
                        row -> row.longValue("n"))
                .orElseThrow();
    }

    private long count(String table) {
        return warehouse
                .first(Sql.of("select count(*) as n from " + table), row -> row.longValue("n"))
                .orElseThrow();
    }

    private BigDecimal sum(String sql) {
        return warehouse.first(Sql.of(sql), row -> row.decimal("n")).orElseThrow();
    }
}
