package io.rekindle.segment;

import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A random history small enough to be looked at one row at a time. Aliases 1000 + c belong to customer c once merged. */
final class SmallHistory {
    static final List<String> EVENTS = List.of("Product Viewed", "Cart Viewed", "Order Completed");
    static final List<String> TRAITS = List.of("city", "points", "birthday", "vip");
    private static final int SOURCES = 4;
    static final List<String> TIERS = List.of("high", "middle", "low");
    static final List<String> GROUPS = List.of("champions", "at_risk", "others");
    static final List<String> STAGES = List.of("new", "mature", "lapsing", "lost");
    static final List<String> SCORES = List.of("p_alive", "expected_value");
    static final List<String> STATES = List.of("ready", "sent", "failed");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    record Event(
            long id,
            Instant at,
            String name,
            @Nullable BigDecimal amount,
            Map<String, Object> properties,
            @Nullable Long importId) {}

    record Order(
            long id,
            Instant at,
            String orderId,
            BigDecimal gross,
            BigDecimal discount,
            @Nullable Long importId) {}

    record TakenBack(
            String orderId,
            Instant at,
            BigDecimal amount,
            @Nullable Long importId) {}

    /** @param source who said so; null: it is not known */
    record Trait(
            long id,
            Instant at,
            String trait,
            @Nullable Object value,
            long seq,
            @Nullable Integer source) {
        /** As the history has it. */
        String text() {
            return value == null ? "" : JSON.writeValueAsString(value);
        }
    }

    record Ranking(String trait, List<Integer> ranked) {}

    /** A change of tier (with group), stage or score. */
    record Change(String kind, long id, Instant at, String name, double value) {}

    record Message(long id, Instant at, long messageId, long campaignId, String state) {}

    final ZoneId zone;
    final Instant from;
    final Instant to;
    final List<Event> events = new ArrayList<>();
    final List<Order> orders = new ArrayList<>();
    final List<TakenBack> takenBack = new ArrayList<>();
    final List<Trait> traits = new ArrayList<>();
    final List<Change> changes = new ArrayList<>();
    final List<Message> messages = new ArrayList<>();
    /** Conflict rules as they were put in force one after the other; without sources: taken away. */
    final List<Ranking> rulesInTheirOrder = new ArrayList<>();

    final Map<Long, Long> merged = new HashMap<>();
    final Set<Long> undone = new HashSet<>();
    // No place of an event: a change of a trait goes with its event's import.
    private long seq = 1_000_000;

    private SmallHistory(ZoneId zone, Instant from, Instant to) {
        this.zone = zone;
        this.from = from;
        this.to = to;
    }

    static SmallHistory random(Random random, ZoneId zone, boolean merges, boolean undone) {
        var from = Instant.parse("2025-11-01T00:00:00Z");
        var history = new SmallHistory(zone, from, from.plus(Duration.ofDays(120)));
        int customers = 25;
        for (int c = 1; c <= customers; c++) {
            long id = c;
            if (merges && random.nextInt(3) == 0) history.merged.put(1000L + c, 1L + random.nextInt(customers));
            // Everybody is seen at the very beginning, in one of the ways there are.
            switch (random.nextInt(3)) {
                case 0 -> history.events.add(new Event(id, from, "Signed Up", null, Map.of(), null));
                case 1 ->
                    history.orders.add(new Order(id, from, "first" + c, money(random, 50), BigDecimal.ZERO, null));
                default -> history.traits.add(new Trait(id, from, "language", "de", history.seq++, 1));
            }
            if (history.merged.containsKey(1000L + c))
                history.traits.add(new Trait(1000L + c, from, "language", "de", history.seq++, 1));
            for (int i = random.nextInt(9); i > 0; i--) history.addAny(random, id, customers);
        }
        if (undone) history.undone.addAll(List.of(1L, 2L));
        return history;
    }

    /** Puts conflict rules in force, changes some and takes some away. */
    SmallHistory ruled(Random random) {
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            var sources = new ArrayList<>(List.of(1, 2, 3, 4));
            java.util.Collections.shuffle(sources, random);
            rulesInTheirOrder.add(
                    new Ranking(one(random, TRAITS), List.copyOf(sources.subList(0, random.nextInt(SOURCES)))));
        }
        return this;
    }

    /** Ranked sources by the traits there is a rule for. */
    Map<String, List<Integer>> rules() {
        var rules = new HashMap<String, List<Integer>>();
        for (var rule : rulesInTheirOrder) {
            if (rule.ranked().isEmpty()) rules.remove(rule.trait());
            else rules.put(rule.trait(), rule.ranked());
        }
        return rules;
    }

    void addAny(Random random, long customer, int customers) {
        long id = merged.containsKey(1000 + customer) && random.nextBoolean() ? 1000 + customer : customer;
        var at = from.plusMillis(random.nextLong(Duration.between(from, to).toMillis()));
        addAny(random, id, at, customers);
    }

    void addAny(Random random, long id, Instant at, int customers) {
        Long importId = random.nextInt(4) == 0 ? 1L + random.nextInt(4) : null;
        switch (random.nextInt(8)) {
            case 0, 1 ->
                events.add(new Event(
                        id,
                        at,
                        one(random, EVENTS),
                        random.nextBoolean() ? money(random, 100) : null,
                        properties(random),
                        importId));
            case 2 -> {
                var order = new Order(
                        id,
                        at,
                        "o" + seq++,
                        money(random, 100),
                        random.nextInt(3) == 0 ? BigDecimal.ONE : BigDecimal.ZERO,
                        importId);
                orders.add(order);
                if (random.nextInt(3) == 0) {
                    var later = at.plus(Duration.ofHours(1 + random.nextInt(24 * 20)));
                    var net = order.gross().subtract(order.discount());
                    takenBack.add(new TakenBack(
                            order.orderId(),
                            later,
                            random.nextBoolean() ? net.negate() : net.negate().divide(BigDecimal.TWO),
                            importId));
                }
            }
            case 3, 4 -> {
                // Twice at one instant now and then: the later one in the log stands.
                for (int i = random.nextInt(4) == 0 ? 2 : 1; i > 0; i--) {
                    var trait = one(random, TRAITS);
                    var source = random.nextInt(8) == 0 ? null : Integer.valueOf(1 + random.nextInt(SOURCES));
                    traits.add(new Trait(id, at, trait, traitValue(random, trait), seq++, source));
                }
            }
            case 5 -> changes.add(new Change("tier", id, at, one(random, TIERS) + "/" + one(random, GROUPS), 0));
            case 6 ->
                changes.add(
                        random.nextBoolean()
                                ? new Change("stage", id, at, one(random, STAGES), 0)
                                : new Change("score", id, at, one(random, SCORES), score(random)));
            default -> messages.add(new Message(id, at, seq++, 1 + random.nextInt(3), one(random, STATES)));
        }
    }

    private static double score(Random random) {
        return random.nextInt(6) == 0 ? Double.NaN : random.nextInt(20) / 20.0;
    }

    private static @Nullable Object traitValue(Random random, String trait) {
        if (random.nextInt(6) == 0) return null;
        return switch (trait) {
            case "city" -> one(random, List.of("Wien", "北京", "New York", "\"Q\\"));
            case "points" -> random.nextInt(5) == 0 ? (Object) "12" : (Object) random.nextInt(30);
            case "birthday" -> one(random, List.of("1980-05-01", "1999-12-31", "2001-02-03T10:00:00Z", "unknown"));
            default -> random.nextBoolean();
        };
    }

    private static Map<String, Object> properties(Random random) {
        var properties = new LinkedHashMap<String, Object>();
        if (random.nextInt(4) > 0) properties.put("category", one(random, List.of("shoes", "Hats", "shirts")));
        if (random.nextBoolean()) properties.put("price", random.nextInt(3) == 0 ? 12.5 : random.nextInt(40));
        if (random.nextBoolean()) properties.put("cart", Map.of("size", random.nextInt(5)));
        return properties;
    }

    static BigDecimal money(Random random, int most) {
        return BigDecimal.valueOf(100 + random.nextInt(most * 100), 2);
    }

    static <T> T one(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    long owner(long id) {
        return merged.getOrDefault(id, id);
    }

    /** Appends everything to a warehouse under a batch id. */
    void writeTo(Warehouse warehouse, String batch) {
        warehouse.append("events", batch, Rows.written(rows -> {
            long n = 0;
            for (var event : events)
                rows.value(++n)
                        .value(event.at())
                        .value(event.at())
                        .value(1)
                        .value(event.importId())
                        .value("track")
                        .value(event.name())
                        .value(event.id())
                        .missing()
                        .value("m" + n)
                        .value(event.amount())
                        .value(JSON.writeValueAsString(event.properties()))
                        .value("{}")
                        .end();
        }));
        warehouse.append("event_days", batch, Rows.written(rows -> {
            for (var event : events)
                rows.value(event.id())
                        .value(event.name())
                        .value(LocalDate.ofInstant(event.at(), zone))
                        .value(1L)
                        .value(event.amount())
                        .value(event.importId())
                        .value(1L)
                        .end();
        }));
        warehouse.append("orders", batch, Rows.written(rows -> {
            for (var order : orders)
                rows.value(order.orderId())
                        .value(order.id())
                        .value(order.at())
                        .value("EUR")
                        .value(order.gross())
                        .value(order.discount())
                        .missing()
                        .value(1)
                        .value(order.importId())
                        .value(1L)
                        .end();
        }));
        warehouse.append("order_lines", batch, Rows.written(rows -> {
            for (var line : takenBack)
                rows.value(line.orderId())
                        .value(1)
                        .value(7L)
                        .value(line.at())
                        .value("refund")
                        .missing()
                        .missing()
                        .missing()
                        .value(BigDecimal.ONE)
                        .value(BigDecimal.ONE)
                        .value(line.amount())
                        .value(1)
                        .value(line.importId())
                        .value(1L)
                        .end();
        }));
        warehouse.append("trait_changes", batch, Rows.written(rows -> {
            for (var trait : traits) {
                rows.value(trait.id())
                        .value(trait.trait())
                        .value(trait.value() == null ? null : JSON.writeValueAsString(trait.value()))
                        .value(trait.at())
                        .value(trait.seq());
                var source = trait.source();
                if (source == null) rows.missing().end();
                else rows.value(source.intValue()).end();
            }
        }));
        warehouse.append("trait_rules", batch, Rows.written(rows -> {
            long version = 0;
            for (var rule : rulesInTheirOrder) {
                version++;
                if (rule.ranked().isEmpty())
                    rows.value(version)
                            .value(rule.trait())
                            .missing()
                            .missing()
                            .value(to)
                            .end();
                for (int i = 0; i < rule.ranked().size(); i++)
                    rows.value(version)
                            .value(rule.trait())
                            .value((int) rule.ranked().get(i))
                            .value(i + 1)
                            .value(to)
                            .end();
            }
        }));
        warehouse.append("tag_changes", batch, Rows.written(rows -> {
            for (var tag : traits)
                rows.value(tag.id())
                        .value(tag.trait())
                        .value(tag.value() == null ? null : tag.text())
                        .value(tag.at())
                        .value(1)
                        .value(tag.seq())
                        .end();
        }));
        warehouse.append("tier_changes", batch, Rows.written(rows -> {
            for (var change : of("tier"))
                rows.value(change.id())
                        .value(change.name().split("/")[0])
                        .value(change.name().split("/")[1])
                        .value(1)
                        .value(1)
                        .value(1)
                        .value(1)
                        .value(change.at())
                        .end();
        }));
        warehouse.append("stage_changes", batch, Rows.written(rows -> {
            for (var change : of("stage"))
                rows.value(change.id()).value(change.name()).value(change.at()).end();
        }));
        warehouse.append("score_changes", batch, Rows.written(rows -> {
            for (var change : of("score"))
                rows.value(change.id())
                        .value(change.name())
                        .value(change.value())
                        .value("v1")
                        .value(change.at())
                        .end();
        }));
        warehouse.append("messages", batch, Rows.written(rows -> {
            for (var message : messages)
                rows.value(message.messageId())
                        .value(1L)
                        .value(1L)
                        .value(message.campaignId())
                        .value(message.id())
                        .value("email")
                        .value(message.state())
                        .missing()
                        .value(message.at())
                        .missing()
                        .end();
        }));
        warehouse.append("identity_changes", batch, Rows.written(rows -> {
            for (var merge : merged.entrySet())
                rows.value((long) merge.getKey())
                        .value((long) merge.getValue())
                        .value(to)
                        .value("test")
                        .value(1L)
                        .end();
        }));
        warehouse.append("imports_undone", batch, Rows.written(rows -> {
            for (var importId : undone) rows.value((long) importId).value(to).end();
        }));
    }

    private List<Change> of(String kind) {
        return changes.stream().filter(change -> change.kind().equals(kind)).collect(Collectors.toList());
    }
}
