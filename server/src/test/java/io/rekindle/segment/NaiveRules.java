package io.rekindle.segment;

import io.rekindle.segment.SmallHistory.Change;
import io.rekindle.segment.ValueTest.Scalar;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Rules by their definition, one customer and one row at a time: the independent road to the compiler's answers. */
final class NaiveRules {
    private final SmallHistory history;
    private final Instant asOf;
    private final LocalDate today;
    private final Map<Long, Rule> segments;

    NaiveRules(SmallHistory history, Instant asOf, Map<Long, Rule> segments) {
        this.history = history;
        this.asOf = asOf;
        this.today = day(asOf);
        this.segments = segments;
    }

    Set<Long> members(Rule rule) {
        var all = new TreeSet<Long>();
        history.events.stream().filter(e -> stands(e.at(), e.importId())).forEach(e -> all.add(history.owner(e.id())));
        history.orders.stream().filter(o -> stands(o.at(), o.importId())).forEach(o -> all.add(history.owner(o.id())));
        history.traits.stream().filter(t -> stands(t.at(), null)).forEach(t -> all.add(history.owner(t.id())));
        all.removeIf(customer -> !holds(rule, customer));
        return all;
    }

    private boolean holds(Rule rule, long who) {
        return switch (rule) {
            case Rule.All(var rules) -> rules.stream().allMatch(inner -> holds(inner, who));
            case Rule.Any(var rules) -> rules.stream().anyMatch(inner -> holds(inner, who));
            case Rule.Not(var inner) -> !holds(inner, who);
            case Rule.InSegment(var id) ->
                holds(Optional.ofNullable(segments.get(id)).orElseThrow(), who);
            case Rule.Trait(var name, var test) -> passes(trait(name, who), test);
            // Each change of a trait is written as one of a tag, too.
            case Rule.Tag(var name, var test) -> {
                var latest = history.traits.stream()
                        .filter(t -> history.owner(t.id()) == who && t.trait().equals(name) && stands(t.at(), null))
                        .max(Comparator.comparing(SmallHistory.Trait::at).thenComparing(SmallHistory.Trait::seq));
                yield passes(latest.map(SmallHistory.Trait::value).orElse(null), test);
            }
            case Rule.Event rule1 -> event(rule1, who);
            case Rule.Orders orders -> orders(orders, who);
            case Rule.Tier(var tiers) ->
                latest("tier", who, c -> true)
                        .map(c -> tiers.contains(c.name().split("/")[0]))
                        .orElse(false);
            case Rule.Group(var groups) ->
                latest("tier", who, c -> true)
                        .map(c -> groups.contains(c.name().split("/")[1]))
                        .orElse(false);
            case Rule.Stage(var stages) ->
                latest("stage", who, c -> true)
                        .map(c -> stages.contains(c.name()))
                        .orElse(false);
            case Rule.Score(var score, var range) ->
                latest("score", who, c -> c.name().equals(score))
                        .map(c -> !Double.isNaN(c.value()) && range.holds(BigDecimal.valueOf(c.value())))
                        .orElse(false);
            case Rule.Message message ->
                history.messages.stream()
                        .filter(m -> history.owner(m.id()) == who && stands(m.at(), null))
                        .filter(m -> inWindow(m.at(), message.withinDays()))
                        .filter(m -> message.campaignId()
                                .map(id -> id == m.campaignId())
                                .orElse(true))
                        .anyMatch(m ->
                                message.states().isEmpty() || message.states().contains(m.state()));
        };
    }

    /** Each source in its turn: the first whose last word is a value. Those the rule does not list are one source. */
    private @Nullable Object trait(String name, long who) {
        var said = history.traits.stream()
                .filter(t -> history.owner(t.id()) == who && t.trait().equals(name) && stands(t.at(), null))
                .sorted(Comparator.comparing(SmallHistory.Trait::at)
                        .thenComparing(SmallHistory.Trait::seq)
                        .reversed())
                .toList();
        var ranked = history.rules().get(name);
        if (ranked == null) return said.isEmpty() ? null : said.getFirst().value();
        for (var source : ranked) {
            var last = said.stream().filter(t -> source.equals(t.source())).findFirst();
            if (last.isPresent() && last.get().value() != null)
                return last.get().value();
        }
        return said.stream()
                .filter(t -> t.source() != null && !ranked.contains(t.source()))
                .findFirst()
                .map(SmallHistory.Trait::value)
                .orElse(null);
    }

    private Optional<Change> latest(String kind, long who, Predicate<Change> which) {
        return history.changes.stream()
                .filter(c -> c.kind().equals(kind) && history.owner(c.id()) == who && stands(c.at(), null))
                .filter(which)
                .max(Comparator.comparing(Change::at));
    }

    private boolean event(Rule.Event rule, long who) {
        var passing = history.events.stream()
                .filter(e -> history.owner(e.id()) == who && stands(e.at(), e.importId()))
                .filter(e -> e.name().equals(rule.name()) && inWindow(e.at(), rule.withinDays()))
                .filter(e ->
                        rule.where().stream().allMatch(w -> passes(property(e.properties(), w.property()), w.test())))
                .toList();
        var sum = passing.stream()
                .map(e -> e.amount() == null ? BigDecimal.ZERO : e.amount())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        return measures(
                rule.count(),
                passing.size(),
                rule.sum(),
                sum,
                rule.last(),
                passing.stream().map(SmallHistory.Event::at).max(Comparator.naturalOrder()));
    }

    private boolean orders(Rule.Orders rule, long who) {
        var placed = history.orders.stream()
                .filter(o -> history.owner(o.id()) == who && stands(o.at(), o.importId()))
                .filter(o -> inWindow(o.at(), rule.withinDays()))
                .toList();
        var standing = placed.stream()
                .filter(o -> refunded(o).signum() == 0
                        || refunded(o).compareTo(o.gross().subtract(o.discount())) < 0)
                .toList();
        var revenue = placed.stream()
                .map(o -> o.gross().subtract(o.discount()).subtract(refunded(o)))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        return measures(
                rule.count(),
                standing.size(),
                rule.revenue(),
                revenue,
                rule.lastOrder(),
                standing.stream().map(SmallHistory.Order::at).max(Comparator.naturalOrder()));
    }

    private BigDecimal refunded(SmallHistory.Order order) {
        return history.takenBack.stream()
                .filter(t -> t.orderId().equals(order.orderId()) && stands(t.at(), t.importId()))
                .map(t -> t.amount().negate())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private boolean measures(
            Optional<Range> count,
            int n,
            Optional<Range> sum,
            BigDecimal amount,
            Optional<Recency> last,
            Optional<Instant> at) {
        boolean recent = last.map(recency -> at.map(instant -> switch (recency) {
                            case Recency.WithinDays(var days) -> inWindow(instant, Optional.of(days));
                            case Recency.BeforeDays(var days) -> !inWindow(instant, Optional.of(days));
                        })
                        .orElse(false))
                .orElse(true);
        return recent
                && count.map(range -> range.holds(BigDecimal.valueOf(n))).orElse(true)
                && sum.map(range -> range.holds(amount)).orElse(true);
    }

    private boolean inWindow(Instant at, Optional<Integer> days) {
        return days.map(n -> day(at).isAfter(today.minusDays(n))).orElse(true);
    }

    private boolean stands(Instant at, @Nullable Long importId) {
        return !at.isAfter(asOf) && (importId == null || !history.undone.contains(importId));
    }

    private LocalDate day(Instant at) {
        return LocalDate.ofInstant(at, history.zone);
    }

    private static @Nullable Object property(Map<String, Object> properties, String path) {
        Object value = properties;
        for (var step : path.split("\\.")) value = value instanceof Map<?, ?> map ? map.get(step) : null;
        return value;
    }

    private static boolean passes(@Nullable Object value, ValueTest test) {
        if (test instanceof ValueTest.NotEquals(var scalar)) return !passes(value, new ValueTest.Equals(scalar));
        if (value == null) return false;
        var text = value.toString();
        return switch (test) {
            case ValueTest.Equals(var scalar) -> equal(text, scalar);
            case ValueTest.NotEquals unreachable -> throw new AssertionError();
            case ValueTest.In(var scalars) -> scalars.stream().anyMatch(scalar -> equal(text, scalar));
            case ValueTest.Contains(var part) -> text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
            case ValueTest.Greater(var than) ->
                number(text).map(n -> n > than.doubleValue()).orElse(false);
            case ValueTest.Less(var than) ->
                number(text).map(n -> n < than.doubleValue()).orElse(false);
            case ValueTest.Between(var low, var high) ->
                number(text)
                        .map(n -> n >= low.doubleValue() && n <= high.doubleValue())
                        .orElse(false);
            case ValueTest.Exists() -> true;
            case ValueTest.Before(var day) ->
                date(text).map(d -> d.isBefore(day)).orElse(false);
            case ValueTest.After(var day) -> date(text).map(d -> d.isAfter(day)).orElse(false);
            case ValueTest.BetweenDays(var first, var last) ->
                date(text).map(d -> !d.isBefore(first) && !d.isAfter(last)).orElse(false);
        };
    }

    private static boolean equal(String text, Scalar scalar) {
        return switch (scalar) {
            case Scalar.Text(var words) -> text.equals(words);
            case Scalar.Flag(var flag) -> text.equals(Boolean.toString(flag));
            case Scalar.Numeric(var number) ->
                number(text).map(n -> n == number.doubleValue()).orElse(false);
        };
    }

    private static Optional<Double> number(String text) {
        return text.matches("-?[0-9]+(\\.[0-9]+)?") ? Optional.of(Double.valueOf(text)) : Optional.empty();
    }

    private static Optional<LocalDate> date(String text) {
        return text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}.*")
                ? Optional.of(LocalDate.parse(text.substring(0, 10)))
                : Optional.empty();
    }

    /** Random rules over the words of {@link SmallHistory}. */
    static Rule random(java.util.Random random, int depth, List<Long> segments) {
        if (depth > 0 && random.nextInt(3) > 0) {
            int n = 1 + random.nextInt(3);
            var rules = java.util.stream.Stream.generate(() -> random(random, depth - 1, segments))
                    .limit(n)
                    .toList();
            return switch (random.nextInt(3)) {
                case 0 -> new Rule.All(rules);
                case 1 -> new Rule.Any(rules);
                default -> new Rule.Not(rules.getFirst());
            };
        }
        return switch (random.nextInt(segments.isEmpty() ? 8 : 9)) {
            case 0 -> {
                var trait = SmallHistory.one(random, SmallHistory.TRAITS);
                yield random.nextBoolean() ? new Rule.Trait(trait, test(random)) : new Rule.Tag(trait, test(random));
            }
            case 1 ->
                new Rule.Event(
                        SmallHistory.one(random, SmallHistory.EVENTS),
                        Optional.of(range(random, 3)),
                        maybe(random, () -> range(random, 120)),
                        maybe(random, () -> recency(random)),
                        days(random),
                        List.of());
            case 2 ->
                new Rule.Event(
                        SmallHistory.one(random, SmallHistory.EVENTS),
                        maybe(random, () -> range(random, 2)),
                        Optional.empty(),
                        Optional.of(recency(random)),
                        days(random),
                        random.nextBoolean() ? List.of() : List.of(where(random)));
            case 3 ->
                new Rule.Event(
                        SmallHistory.one(random, SmallHistory.EVENTS),
                        Optional.of(range(random, 2)),
                        maybe(random, () -> range(random, 80)),
                        Optional.empty(),
                        days(random),
                        random.nextBoolean() ? List.of(where(random)) : List.of(where(random), where(random)));
            case 4 ->
                new Rule.Orders(
                        Optional.of(range(random, 3)),
                        maybe(random, () -> range(random, 120)),
                        maybe(random, () -> recency(random)),
                        days(random));
            case 5 ->
                random.nextBoolean()
                        ? new Rule.Tier(List.of(SmallHistory.one(random, SmallHistory.TIERS)))
                        : new Rule.Group(List.of("at_risk", SmallHistory.one(random, SmallHistory.GROUPS)));
            case 6 ->
                random.nextBoolean()
                        ? new Rule.Stage(List.of("lost", SmallHistory.one(random, SmallHistory.STAGES)))
                        : new Rule.Score(
                                SmallHistory.one(random, SmallHistory.SCORES),
                                random.nextInt(3) == 0
                                        ? new Range(null, new BigDecimal("0.6"))
                                        : new Range(
                                                new BigDecimal("0.2"),
                                                random.nextBoolean() ? null : new BigDecimal("0.6")));
            case 7 ->
                new Rule.Message(
                        random.nextBoolean() ? Optional.of(1L + random.nextInt(3)) : Optional.empty(),
                        random.nextBoolean() ? List.of() : List.of(SmallHistory.one(random, SmallHistory.STATES)),
                        days(random));
            default -> new Rule.InSegment(SmallHistory.one(random, segments));
        };
    }

    private static Rule.Property where(java.util.Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> new Rule.Property("category", test(random));
            case 1 -> new Rule.Property("price", test(random));
            default -> new Rule.Property("cart.size", test(random));
        };
    }

    private static ValueTest test(java.util.Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> new ValueTest.Equals(scalar(random));
            case 1 -> new ValueTest.NotEquals(scalar(random));
            case 2, 3 -> new ValueTest.In(List.of(scalar(random), scalar(random), scalar(random)));
            case 4 -> new ValueTest.Contains(SmallHistory.one(random, List.of("S", "a", "北", "\"", "1")));
            case 5 -> new ValueTest.Greater(BigDecimal.valueOf(random.nextInt(20)));
            case 6 -> new ValueTest.Less(BigDecimal.valueOf(random.nextInt(30)));
            case 7 -> new ValueTest.Between(BigDecimal.valueOf(random.nextInt(12)), new BigDecimal("12.5"));
            case 8 -> new ValueTest.BetweenDays(LocalDate.of(1980, 5, 1), LocalDate.of(2001, 2, 3));
            case 9 -> new ValueTest.Before(LocalDate.of(1999, 12, 31));
            case 10 -> new ValueTest.After(LocalDate.of(1980, 5, 1));
            default -> new ValueTest.Exists();
        };
    }

    private static Scalar scalar(java.util.Random random) {
        return switch (random.nextInt(6)) {
            case 0 ->
                new Scalar.Numeric(SmallHistory.one(
                        random, List.of(new BigDecimal("12"), new BigDecimal("12.5"), new BigDecimal("3"))));
            case 1 -> new Scalar.Flag(random.nextBoolean());
            default ->
                new Scalar.Text(SmallHistory.one(
                        random, List.of("Wien", "北京", "shoes", "Hats", "12", "true", "\"Q\\", "1999-12-31")));
        };
    }

    private static Range range(java.util.Random random, int most) {
        var low = BigDecimal.valueOf(random.nextInt(most + 1));
        return switch (random.nextInt(3)) {
            case 0 -> new Range(low, null);
            case 1 -> new Range(null, low);
            default -> new Range(low, low.add(BigDecimal.valueOf(random.nextInt(most + 1))));
        };
    }

    private static Recency recency(java.util.Random random) {
        int days = 1 + random.nextInt(60);
        return random.nextBoolean() ? new Recency.WithinDays(days) : new Recency.BeforeDays(days);
    }

    private static Optional<Integer> days(java.util.Random random) {
        return random.nextBoolean() ? Optional.empty() : Optional.of(1 + random.nextInt(90));
    }

    private static <T> Optional<T> maybe(java.util.Random random, java.util.function.Supplier<T> make) {
        return random.nextInt(3) == 0 ? Optional.of(make.get()) : Optional.empty();
    }
}
