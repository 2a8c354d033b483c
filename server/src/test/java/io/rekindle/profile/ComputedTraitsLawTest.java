package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.common.CustomerId;
import io.rekindle.profile.TraitForm.Measure;
import io.rekindle.profile.TraitSql.Mark;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import io.rekindle.warehouse.WarehouseSettings;
import io.rekindle.warehouse.duckdb.DuckDbWarehouse;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Worked out for changed customers alone, a trait is what it is when everybody is looked at, and what its definition says:
 * while time passes and windows slide, events come in late and early, people turn out to be one and are parted again.
 */
class ComputedTraitsLawTest {
    private static final int NO_NUMBER = 4;
    private static final List<TraitForm> FORMS = List.of(
            new TraitForm("views", Measure.COUNT, "Viewed", null, 3),
            new TraitForm("views_ever", Measure.COUNT, "Viewed", null, null),
            new TraitForm("spent", Measure.SUM, "Bought", null, 5),
            new TraitForm("prices", Measure.SUM, "Viewed", "price", 4),
            new TraitForm("first", Measure.FIRST, "Viewed", "color", 6),
            new TraitForm("last", Measure.LAST, "Viewed", "color", 2),
            new TraitForm("last_day", Measure.LAST, "Bought", null, null),
            new TraitForm("usual", Measure.MOST_FREQUENT, "Viewed", "color", 5),
            new TraitForm("colors", Measure.DISTINCT, "Viewed", "color", 3),
            new TraitForm("orders", Measure.COUNT, null, null, 4),
            new TraitForm("revenue", Measure.SUM, null, null, 6),
            new TraitForm("order_days", Measure.DISTINCT, null, null, null));
    private static final int CUSTOMERS = 12;
    private static final int STEPS = 9;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    record Happened(
            long seq,
            long identity,
            Instant at,
            @Nullable String event,
            int amount,
            @Nullable String color,
            int price,
            String orderId) {}

    record Refund(String orderId, Instant at, int amount) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void incrementallyAndInFullTheAnswerIsTheSame(int seed) {
        var random = new Random(seed);
        var zone = ZoneId.of(List.of("Asia/Shanghai", "America/New_York").get(seed % 2));
        var happened = new ArrayList<Happened>();
        var refunds = new ArrayList<Refund>();
        var people = new HashMap<Long, Long>();
        var sql = new TraitSql(zone);
        var now = Instant.parse("2026-03-01T09:00:00Z");
        @Nullable Mark since = null;
        long seq = 0;
        int looked = 0;
        try (var warehouse = new DuckDbWarehouse(folder.resolve("law" + seed), new WarehouseSettings(1, "512MB"))) {
            for (int step = 0; step < STEPS; step++) {
                var touched = new LinkedHashSet<CustomerId>();
                var more = new ArrayList<Happened>();
                for (int n = random.nextInt(14); n > 0; n--) {
                    // Mostly lately, sometimes late by days, sometimes from a clock that is ahead.
                    var at = now.minus(Duration.ofMinutes(
                            random.nextInt(4) == 0 ? random.nextInt(8 * 24 * 60) : random.nextInt(600) - 300));
                    var event = random.nextInt(3) == 0 ? null : random.nextInt(3) == 0 ? "Bought" : "Viewed";
                    more.add(new Happened(
                            ++seq,
                            1 + random.nextInt(CUSTOMERS),
                            at,
                            event,
                            1 + random.nextInt(9),
                            random.nextInt(4) == 0
                                    ? null
                                    : List.of("red", "blue", "茶").get(random.nextInt(3)),
                            random.nextInt(5),
                            "o" + seq));
                }
                happened.addAll(more);
                var placed = more.stream().filter(one -> one.event() == null).toList();
                var orders = happened.stream()
                        .filter(one -> one.event() == null && !more.contains(one))
                        .toList();
                var back = new ArrayList<Refund>();
                if (!orders.isEmpty() && random.nextBoolean()) {
                    var order = orders.get(random.nextInt(orders.size()));
                    if (refunds.stream().noneMatch(r -> r.orderId().equals(order.orderId())))
                        back.add(new Refund(order.orderId(), now, random.nextBoolean() ? order.amount() : 1));
                }
                refunds.addAll(back);
                seq = write(warehouse, "step" + step, more, placed, back, happened, seq);
                if (random.nextInt(3) == 0) {
                    long alias = 1L + random.nextInt(CUSTOMERS);
                    long winner = random.nextBoolean() ? alias : 1L + random.nextInt(CUSTOMERS);
                    boolean free = !people.containsValue(alias) && people.getOrDefault(winner, winner) == winner;
                    if (free && (alias != winner || people.containsKey(alias))) {
                        touched.addAll(List.of(
                                new CustomerId(alias),
                                new CustomerId(winner),
                                new CustomerId(people.getOrDefault(alias, alias))));
                        if (alias == winner) people.remove(alias);
                        else people.put(alias, winner);
                        long number = ++seq;
                        var at = now;
                        warehouse.append(
                                "identity_changes",
                                "step" + step,
                                Rows.written(rows -> rows.value(alias)
                                        .value(winner)
                                        .value(at)
                                        .value("test")
                                        .value(number)
                                        .end()));
                    }
                }
                for (var form : FORMS) {
                    looked += changes(warehouse, sql.differences(form, now, since, touched), form, now, step);
                    assertThat(values(warehouse, form))
                            .as("%s with seed %d in step %d", form.name(), seed, step)
                            .isEqualTo(byDefinition(form, now, zone, happened, refunds, people));
                    if (step < STEPS - 1) continue;
                    assertThat(warehouse.query(
                                    sql.differences(form, now, null, Set.of()), row -> row.longValue("customer_id")))
                            .as("what a full run finds besides, %s", form.name())
                            .isEmpty();
                }
                since = mark(warehouse, now);
                now = now.plus(Duration.ofMinutes(random.nextInt(2 * 24 * 60)));
            }
        }
        assertThat(looked).as("changes seen").isGreaterThan(60);
    }

    private static Mark mark(Warehouse warehouse, Instant now) {
        return warehouse
                .first(TraitSql.mark(), row -> new Mark(now, row.longValue("event_seq"), row.longValue("order_seq")))
                .orElseThrow();
    }

    private static int changes(Warehouse warehouse, Sql differences, TraitForm form, Instant now, int step) {
        record Change(long customer, @Nullable String value) {}
        var changes = warehouse.query(
                differences, row -> new Change(row.longValue("customer_id"), row.nullableText("value")));
        warehouse.append("trait_changes", form.name() + step, Rows.written(rows -> {
            for (var change : changes)
                rows.value(change.customer())
                        .value(form.trait())
                        .value(change.value())
                        .value(now)
                        .value((long) step)
                        .missing()
                        .end();
        }));
        return changes.size();
    }

    private static Map<Long, String> values(Warehouse warehouse, TraitForm form) {
        var values = new TreeMap<Long, String>();
        warehouse.stream(
                Sql.of("select customer_id, value from traits_now where trait = ?", form.trait()),
                row -> values.put(row.longValue("customer_id"), row.text("value")));
        return values;
    }

    private static long write(
            Warehouse warehouse,
            String batch,
            List<Happened> more,
            List<Happened> placed,
            List<Refund> back,
            List<Happened> all,
            long seq) {
        warehouse.append("events", batch, Rows.written(rows -> {
            for (var one : more)
                if (one.event() != null)
                    rows.value(one.seq())
                            .value(one.at())
                            .value(one.at())
                            .value(1)
                            .missing()
                            .value("track")
                            .value(one.event())
                            .value(one.identity())
                            .missing()
                            .value("m" + one.seq())
                            .value(BigDecimal.valueOf(one.amount()))
                            .value(
                                    one.color() == null
                                            ? "{\"price\":%s}".formatted(price(one))
                                            : "{\"price\":%s,\"color\":\"%s\"}".formatted(price(one), one.color()))
                            .value("{}")
                            .end();
        }));
        warehouse.append("orders", batch, Rows.written(rows -> {
            for (var one : placed)
                rows.value(one.orderId())
                        .value(one.identity())
                        .value(one.at())
                        .value("EUR")
                        .value(BigDecimal.valueOf(one.amount()))
                        .value(BigDecimal.ZERO)
                        .missing()
                        .value(1)
                        .missing()
                        .value(one.seq())
                        .end();
        }));
        long number = seq + 1;
        warehouse.append("order_lines", batch, Rows.written(rows -> {
            for (var one : back) {
                long identity = all.stream()
                        .filter(o -> o.event() == null && o.orderId().equals(one.orderId()))
                        .findFirst()
                        .orElseThrow()
                        .identity();
                rows.value(one.orderId())
                        .value(1)
                        .value(identity)
                        .value(one.at())
                        .value("refund")
                        .missing()
                        .missing()
                        .missing()
                        .value(BigDecimal.ONE)
                        .value(BigDecimal.ONE)
                        .value(BigDecimal.valueOf(-one.amount()))
                        .value(1)
                        .missing()
                        .value(number)
                        .end();
            }
        }));
        return number;
    }

    private static Map<Long, String> byDefinition(
            TraitForm form,
            Instant now,
            ZoneId zone,
            List<Happened> happened,
            List<Refund> refunds,
            Map<Long, Long> people) {
        var first = form.days() == null
                ? LocalDate.MIN
                : LocalDate.ofInstant(now, zone).minusDays(form.days() - 1L);
        var values = new TreeMap<Long, String>();
        for (long customer = 1; customer <= CUSTOMERS; customer++) {
            long who = customer;
            var theirs = happened.stream()
                    .filter(one -> people.getOrDefault(one.identity(), one.identity()) == who)
                    .filter(one -> form.event() == null
                            ? one.event() == null && net(one, refunds) > 0
                            : form.event().equals(one.event()))
                    .filter(one -> !one.at().isAfter(now)
                            && !LocalDate.ofInstant(one.at(), zone).isBefore(first))
                    .sorted(Comparator.comparing(Happened::at).thenComparing(Happened::seq))
                    .toList();
            var value = value(form, theirs, zone, refunds);
            if (value != null) values.put(who, value);
        }
        return values;
    }

    /** What a shop sends of a price it does not know; the others count all the same. */
    private static String price(Happened one) {
        return one.price() == NO_NUMBER ? "\"NaN\"" : Integer.toString(one.price());
    }

    private static int net(Happened order, List<Refund> refunds) {
        return order.amount()
                - refunds.stream()
                        .filter(r -> r.orderId().equals(order.orderId()))
                        .mapToInt(Refund::amount)
                        .sum();
    }

    private static @Nullable String value(TraitForm form, List<Happened> theirs, ZoneId zone, List<Refund> refunds) {
        if (theirs.isEmpty()) return null;
        var words = theirs.stream()
                .map(one -> "color".equals(form.property())
                        ? one.color()
                        : LocalDate.ofInstant(one.at(), zone).toString())
                .filter(java.util.Objects::nonNull)
                .map(String::valueOf)
                .toList();
        return switch (form.measure()) {
            case COUNT -> Integer.toString(theirs.size());
            case SUM -> {
                var counted = theirs.stream()
                        .filter(one -> form.property() == null || one.price() != NO_NUMBER)
                        .toList();
                yield counted.isEmpty()
                        ? null
                        : Integer.toString(counted.stream()
                                .mapToInt(one -> form.event() == null
                                        ? net(one, refunds)
                                        : form.property() == null ? one.amount() : one.price())
                                .sum());
            }
            case DISTINCT -> Long.toString(words.stream().distinct().count());
            case FIRST -> words.isEmpty() ? null : "\"" + words.getFirst() + "\"";
            case LAST -> words.isEmpty() ? null : "\"" + words.getLast() + "\"";
            case MOST_FREQUENT ->
                words.stream()
                        .collect(Collectors.groupingBy(w -> w, TreeMap::new, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .sorted(java.util.Collections.reverseOrder(Map.Entry.comparingByValue()))
                        .map(e -> "\"" + e.getKey() + "\"")
                        .findFirst()
                        .orElse(null);
        };
    }
}
