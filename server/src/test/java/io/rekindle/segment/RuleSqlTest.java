package io.rekindle.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.warehouse.Warehouse;
import io.rekindle.warehouse.WarehouseSettings;
import io.rekindle.warehouse.duckdb.DuckDbWarehouse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleSqlTest {
    private static final int RULES_PER_HISTORY = 30;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void randomRulesChooseTheVeryCustomersTheirDefinitionChooses(int seed) {
        var random = new Random(seed);
        var zone = ZoneId.of(List.of("Asia/Shanghai", "America/New_York", "UTC").get(seed % 3));
        boolean merges = seed % 2 == 0;
        boolean undone = seed % 4 > 1;
        var history = SmallHistory.random(random, zone, merges, undone);
        if (seed % 3 > 0) history.ruled(random);
        var ruled = history.rules().keySet();
        try (var warehouse = open("w" + seed)) {
            history.writeTo(warehouse, "all");
            int inhabited = 0;
            for (int i = 0; i < RULES_PER_HISTORY; i++) {
                var segments = Map.of(
                        1L, NaiveRules.random(random, 1, List.of()),
                        2L, NaiveRules.random(random, 2, List.of()),
                        3L, naming(random, 1, 2),
                        4L, naming(random, 1, 3));
                var rule = i % 2 == 0 ? NaiveRules.random(random, 3, List.of(1L, 2L, 3L)) : naming(random, 3, 4);
                var asOf = history.from.plusMillis(
                        random.nextLong(Duration.ofDays(125).toMillis()));
                var expected = new NaiveRules(history, asOf, segments).members(rule);
                var actual = members(warehouse, rule, asOf, zone, new RuleSql.History(merges, undone, ruled), segments);
                assertThat(actual)
                        .as("seed %d, rule %d as of %s: %s", seed, i, asOf, rule)
                        .isEqualTo(expected);
                if (!expected.isEmpty()) inhabited++;
            }
            assertThat(inhabited).as("rules somebody fits").isGreaterThan(RULES_PER_HISTORY / 4);
        }
    }

    @Test
    void membershipOfAPastInstantDoesNotChangeWithWhatComesLater() {
        var random = new Random(99);
        var zone = ZoneId.of("Europe/Vienna");
        var early = SmallHistory.random(random, zone, false, false);
        try (var warehouse = open("past")) {
            early.writeTo(warehouse, "early");
            var then = early.to.plus(Duration.ofDays(25));
            var rules = java.util.stream.Stream.generate(() -> NaiveRules.random(random, 3, List.of()))
                    .limit(20)
                    .toList();
            var before = rules.stream()
                    .map(rule -> members(warehouse, rule, then, zone, new RuleSql.History(false, false), Map.of()))
                    .toList();
            var later = SmallHistory.random(random, zone, false, false);
            later.events.clear();
            later.orders.clear();
            later.takenBack.clear();
            later.traits.clear();
            later.changes.clear();
            later.messages.clear();
            for (int i = 0; i < 400; i++)
                later.addAny(random, 1 + random.nextInt(40), then.plusSeconds(1 + random.nextInt(2_000_000)), 40);
            later.writeTo(warehouse, "later");
            for (int i = 0; i < rules.size(); i++)
                assertThat(members(warehouse, rules.get(i), then, zone, new RuleSql.History(false, false), Map.of()))
                        .as("%s", rules.get(i))
                        .isEqualTo(before.get(i));
            var now = then.plus(Duration.ofDays(30));
            assertThat(rules.stream()
                            .filter(rule -> !members(
                                            warehouse, rule, now, zone, new RuleSql.History(false, false), Map.of())
                                    .equals(before.get(rules.indexOf(rule)))))
                    .as("rules whose members did change since")
                    .isNotEmpty();
        }
    }

    /** A rule about two segments, each named twice: with and without {@code not} in front. */
    private static Rule naming(Random random, long one, long other) {
        var parts = List.of(
                new Rule.InSegment(one),
                new Rule.Not(new Rule.InSegment(other)),
                NaiveRules.random(random, 1, List.of(one, other)),
                random.nextBoolean() ? new Rule.InSegment(other) : new Rule.Not(new Rule.InSegment(one)));
        return random.nextInt(3) == 0
                ? new Rule.All(parts)
                : new Rule.Any(List.of(
                        new Rule.All(parts.subList(0, 2)),
                        new Rule.All(parts.subList(2, 4)),
                        new Rule.Not(parts.get(2))));
    }

    @Test
    void aChainOfSegmentsEachNamingTheOneBeforeTwiceGrowsByOneQueryEach() {
        var random = new Random(5);
        var zone = ZoneId.of("UTC");
        var history = SmallHistory.random(random, zone, false, false);
        var segments = new java.util.HashMap<Long, Rule>(Map.of(1L, new Rule.Tier(List.of("high", "middle"))));
        for (long id = 2; id <= 9; id++)
            segments.put(
                    id,
                    new Rule.Any(List.of(
                            new Rule.InSegment(id - 1),
                            new Rule.Not(new Rule.InSegment(id - 1)),
                            NaiveRules.random(random, 1, List.of()))));
        var rule = new Rule.All(List.of(new Rule.InSegment(9), new Rule.InSegment(8)));
        var asked = new java.util.ArrayList<Long>();
        var sql = RuleSql.compile(rule, history.to, zone, new RuleSql.History(false, false), id -> {
            asked.add(id);
            return Optional.ofNullable(segments.get(id)).orElseThrow();
        });
        assertThat(asked).as("how often each segment's rule is looked at").hasSizeLessThan(4 * segments.size());
        assertThat(sql.text().split("from tier_changes", -1))
                .as("scans of the first one")
                .hasSizeLessThan(10);
        try (var warehouse = open("chain")) {
            history.writeTo(warehouse, "all");
            assertThat(members(warehouse, rule, history.to, zone, new RuleSql.History(false, false), segments))
                    .isEqualTo(new NaiveRules(history, history.to, segments).members(rule))
                    .isNotEmpty();
        }
    }

    @Test
    void conditionsOnOneHistoryShareOneScan() {
        var rule = new Rule.All(List.of(
                new Rule.Event(
                        "Product Viewed",
                        Optional.of(Range.atLeast(2)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(30),
                        List.of()),
                new Rule.Event(
                        "Cart Viewed",
                        Optional.of(Range.atMost(0)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(90),
                        List.of()),
                new Rule.Tier(List.of("high")),
                new Rule.Not(new Rule.Group(List.of("at_risk")))));
        var sql = RuleSql.compile(
                rule,
                Instant.parse("2026-03-01T09:00:00Z"),
                ZoneId.of("UTC"),
                new RuleSql.History(false, false),
                id -> {
                    throw new AssertionError("no segment is named");
                });
        assertThat(sql.text().split("from event_days", -1)).hasSize(2);
        assertThat(sql.text().split("from tier_changes", -1)).hasSize(2);
        assertThat(sql.text()).doesNotContain("Product Viewed").doesNotContain("identity_now");
    }

    private DuckDbWarehouse open(String name) {
        return new DuckDbWarehouse(folder.resolve(name), new WarehouseSettings(1, "512MB"));
    }

    private static Set<Long> members(
            Warehouse warehouse,
            Rule rule,
            Instant asOf,
            ZoneId zone,
            RuleSql.History history,
            Map<Long, Rule> segments) {
        var sql = RuleSql.compile(
                rule,
                asOf,
                zone,
                history,
                id -> Optional.ofNullable(segments.get(id)).orElseThrow());
        var rows = warehouse.query(sql, row -> row.longValue("customer_id"));
        var members = new TreeSet<>(rows);
        assertThat(members).as("each customer once").hasSameSizeAs(rows);
        return members;
    }
}
