package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.segment.RuleJson;
import io.rekindle.segment.RuleSql;
import io.rekindle.segment.Vocabulary;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import io.rekindle.warehouse.WarehouseSettings;
import io.rekindle.warehouse.duckdb.DuckDbWarehouse;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every tag the product brings, against its description read one customer at a time. */
class ShippedTagsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int CUSTOMERS = 40;
    private static final int OWN_SOURCE = 1;
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    record Line(String product, String category, int quantity, int amount) {}

    record Order(
            String id,
            long customer,
            Instant at,
            int discount,
            @Nullable String coupon,
            int refunded,
            List<Line> lines) {
        int gross() {
            return lines.stream().mapToInt(Line::amount).sum();
        }

        int net() {
            return gross() - discount - refunded;
        }
    }

    record Event(
            long customer,
            Instant at,
            String type,
            @Nullable String name,
            @Nullable String category) {
        boolean isOurs() {
            return name != null && name.startsWith("Email");
        }

        /** We delivered it, they opened it. */
        boolean isByCustomer() {
            return !"Email Delivered".equals(name);
        }
    }

    record Message(long id, long customer, Instant at, String state) {}

    /** What one customer did up to now, and the year's revenue of everybody. */
    record Known(List<Order> orders, List<Event> events, List<Message> messages, World world, long customer) {
        List<Order> standing() {
            return orders.stream().filter(o -> o.net() > 0).toList();
        }
    }

    private static final class World {
        final ZoneId zone;
        final List<Order> orders = new ArrayList<>();
        final List<Event> events = new ArrayList<>();
        final List<Message> messages = new ArrayList<>();
        final Map<Long, String> birthYears = new HashMap<>();
        final Map<Long, List<String>> channels = new HashMap<>();
        final Map<Long, String> tiers = new HashMap<>();
        final Map<Long, Double> alive = new HashMap<>();

        World(ZoneId zone) {
            this.zone = zone;
        }

        LocalDate day(Instant at) {
            return LocalDate.ofInstant(at, zone);
        }

        long ago(Instant at) {
            return ChronoUnit.DAYS.between(day(at), day(NOW));
        }

        int hour(Instant at) {
            return at.atZone(zone).getHour();
        }

        static World random(Random random, ZoneId zone) {
            var world = new World(zone);
            for (long customer = 1; customer <= CUSTOMERS; customer++) {
                for (int n = random.nextInt(8); n > 0; n--) world.order(random, customer);
                for (int n = random.nextInt(25); n > 0; n--) world.event(random, customer);
                for (int n = random.nextInt(5); n > 0; n--)
                    world.messages.add(new Message(
                            world.messages.size() + 1L,
                            customer,
                            before(random, 60),
                            List.of("sent", "delivered", "failed").get(random.nextInt(3))));
                if (random.nextBoolean())
                    world.birthYears.put(
                            customer,
                            random.nextInt(5) == 0 ? "\"unknown\"" : Integer.toString(1900 + random.nextInt(125)));
                world.channels.put(
                        customer,
                        Stream.of("email", "sms", "push")
                                .filter(c -> random.nextBoolean())
                                .toList());
                if (random.nextInt(4) > 0) {
                    world.tiers.put(
                            customer, List.of("high", "middle", "low", "none").get(random.nextInt(4)));
                    world.alive.put(customer, random.nextInt(4) == 0 ? Double.NaN : random.nextInt(101) / 100.0);
                }
            }
            return world;
        }

        /** Sometimes just at midnight of the company's day, where windows end; sometimes after now, which nobody may see. */
        private static Instant before(Random random, int days) {
            if (random.nextInt(30) == 0) return NOW.plusSeconds(1 + random.nextInt(100_000));
            return NOW.minus(Duration.ofMinutes(random.nextInt(days * 24 * 60)));
        }

        private void order(Random random, long customer) {
            var lines = new ArrayList<Line>();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                int quantity = 1 + random.nextInt(3);
                var category = List.of("hats", "shoes", "茶").get(random.nextInt(3));
                lines.add(new Line(
                        category + "-" + random.nextInt(3), category, quantity, quantity * (1 + random.nextInt(5))));
            }
            int gross = lines.stream().mapToInt(Line::amount).sum();
            int discount = random.nextInt(3) == 0 ? random.nextInt(gross) : 0;
            int refunded = random.nextInt(5) == 0
                    ? (random.nextBoolean() ? gross - discount : random.nextInt(gross - discount + 1))
                    : 0;
            var at = random.nextBoolean() ? before(random, 150) : before(random, 800);
            orders.add(new Order(
                    "o" + orders.size(), customer, at, discount, random.nextInt(3) == 0 ? "C" : null, refunded, lines));
        }

        private void event(Random random, long customer) {
            var at = before(random, 45);
            switch (random.nextInt(6)) {
                case 0 -> events.add(new Event(customer, at, "page", null, null));
                case 4 -> events.add(new Event(customer, at, "track", "Email Delivered", null));
                case 5 -> events.add(new Event(customer, at, "track", "Email Opened", null));
                case 1 -> events.add(new Event(customer, at, "track", "Product Added", null));
                default ->
                    events.add(new Event(
                            customer,
                            at,
                            "track",
                            "Product Viewed",
                            random.nextInt(4) == 0
                                    ? null
                                    : List.of("hats", "shoes").get(random.nextInt(2))));
            }
        }

        void writeTo(Warehouse warehouse) {
            warehouse.append("orders", "all", Rows.written(rows -> {
                for (var o : orders)
                    rows.value(o.id())
                            .value(o.customer())
                            .value(o.at())
                            .value("EUR")
                            .value(BigDecimal.valueOf(o.gross()))
                            .value(BigDecimal.valueOf(o.discount()))
                            .value(o.coupon())
                            .value(1)
                            .missing()
                            .value(1L)
                            .end();
            }));
            warehouse.append("order_lines", "all", Rows.written(rows -> {
                for (var o : orders) {
                    int no = 1;
                    for (var line : o.lines())
                        rows.value(o.id())
                                .value(no++)
                                .value(o.customer())
                                .value(o.at())
                                .value("sale")
                                .value(line.product())
                                .value(line.product())
                                .value(line.category())
                                .value(BigDecimal.valueOf(line.quantity()))
                                .value(BigDecimal.valueOf(line.amount()))
                                .value(BigDecimal.valueOf(line.amount()))
                                .value(1)
                                .missing()
                                .value(1L)
                                .end();
                    if (o.refunded() > 0)
                        rows.value(o.id())
                                .value(no)
                                .value(o.customer())
                                .value(o.at())
                                .value("refund")
                                .missing()
                                .missing()
                                .missing()
                                .value(BigDecimal.ONE)
                                .value(BigDecimal.ONE)
                                .value(BigDecimal.valueOf(-o.refunded()))
                                .value(1)
                                .missing()
                                .value(1L)
                                .end();
                }
            }));
            warehouse.append("events", "all", Rows.written(rows -> {
                long n = 0;
                for (var e : events)
                    rows.value(++n)
                            .value(e.at())
                            .value(e.at())
                            .value(e.isOurs() ? OWN_SOURCE : 3)
                            .missing()
                            .value(e.type())
                            .value(e.name())
                            .value(e.customer())
                            .missing()
                            .value("m" + n)
                            .missing()
                            .value(e.category() == null ? "{}" : "{\"category\":\"" + e.category() + "\"}")
                            .value("{}")
                            .end();
            }));
            warehouse.append("event_days", "all", Rows.written(rows -> {
                for (var e : events)
                    if (e.name() != null)
                        rows.value(e.customer())
                                .value(e.name())
                                .value(day(e.at()))
                                .value(1L)
                                .missing()
                                .missing()
                                .value(1L)
                                .end();
            }));
            warehouse.append("messages", "all", Rows.written(rows -> {
                for (var m : messages)
                    rows.value(m.id())
                            .value(1L)
                            .value(1L)
                            .value(1L)
                            .value(m.customer())
                            .value("email")
                            .value(m.state())
                            .missing()
                            .value(m.at())
                            .missing()
                            .end();
            }));
            var longAgo = NOW.minus(Duration.ofDays(100));
            warehouse.append(
                    "trait_changes",
                    "all",
                    Rows.written(rows -> birthYears.forEach((c, birthYear) -> rows.value((long) c)
                            .value("birth_year")
                            .value(birthYear)
                            .value(longAgo)
                            .value(1L)
                            .missing()
                            .end())));
            warehouse.append("consent_changes", "all", Rows.written(rows -> {
                for (var c : channels.entrySet())
                    for (var channel : List.of("email", "sms", "push"))
                        for (var purpose : List.of("marketing", "service"))
                            rows.value((long) c.getKey())
                                    .value(purpose)
                                    .value(channel)
                                    .value(c.getValue().contains(channel) && purpose.equals("marketing"))
                                    .value("test")
                                    .value(longAgo)
                                    .value(1L)
                                    .value((String) null)
                                    .value((String) null)
                                    .end();
            }));
            warehouse.append(
                    "tier_changes",
                    "all",
                    Rows.written(rows -> tiers.forEach((c, tier) -> rows.value((long) c)
                            .value(tier)
                            .value("g")
                            .value(1)
                            .value(1)
                            .value(1)
                            .value(1)
                            .value(longAgo)
                            .end())));
            warehouse.append(
                    "score_changes",
                    "all",
                    Rows.written(rows -> alive.forEach((c, p) -> rows.value((long) c)
                            .value("p_alive")
                            .value((double) p)
                            .value("v")
                            .value(longAgo)
                            .end())));
        }
    }

    /** What each tag is by its description; no value: null. */
    private static final Map<String, Function<Known, @Nullable Object>> BY_DESCRIPTION = new TreeMap<>();

    static {
        answer("orders_total", k -> buyer(k, k.standing().size()));
        answer("revenue_total", k -> buyer(k, net(k.standing())));
        answer("revenue_365d", k -> some(within(k.standing(), k, 0, 365), ShippedTagsTest::net));
        answer("average_order_value", k -> some(k.standing(), o -> rounded(net(o) / (double) o.size(), 2)));
        answer("spend_level", ShippedTagsTest::spendLevel);
        answer("spend_trend", k -> {
            var both = within(k.standing(), k, 0, 364);
            if (both.isEmpty()) return null;
            int late = net(within(k.standing(), k, 0, 182));
            int early = net(both) - late;
            return late > 1.25 * early ? "rising" : late < 0.75 * early ? "falling" : "steady";
        });
        answer(
                "first_order_day",
                k -> days(k).stream().findFirst().map(LocalDate::toString).orElse(null));
        answer("last_order_day", k -> days(k).isEmpty() ? null : days(k).last().toString());
        answer("days_between_orders", k -> days(k).size() < 2 ? null : rounded(gap(k), 1));
        answer("order_rhythm", k -> {
            if (days(k).isEmpty()) return null;
            if (days(k).size() == 1) return "once";
            double gap = gap(k);
            return gap <= 10 ? "weekly" : gap <= 45 ? "monthly" : gap <= 135 ? "quarterly" : "rarely";
        });
        answer("usual_hour", k -> mostFrequent(k.standing(), o -> k.world().hour(o.at())));
        answer(
                "usual_weekday",
                k -> Optional.ofNullable(mostFrequent(
                                k.standing(), o -> k.world().day(o.at()).getDayOfWeek()))
                        .map(day -> day.name().toLowerCase(Locale.ROOT))
                        .orElse(null));
        answer(
                "time_of_day",
                k -> Optional.ofNullable(
                                mostFrequent(k.standing(), o -> k.world().hour(o.at()) / 6))
                        .map(part -> List.of("night", "morning", "afternoon", "evening")
                                .get(part))
                        .orElse(null));
        answer(
                "weekend_buyer",
                k -> some(
                        k.standing(),
                        o -> o.stream()
                                                .filter(one -> k.world()
                                                                .day(one.at())
                                                                .getDayOfWeek()
                                                                .compareTo(DayOfWeek.SATURDAY)
                                                        >= 0)
                                                .count()
                                        * 2
                                >= o.size()));
        answer("top_category", k -> most(k.orders(), Line::category, Line::amount));
        answer("top_product", k -> most(k.orders(), Line::product, Line::quantity));
        answer(
                "categories_bought",
                k -> some(
                        lines(k), l -> l.stream().map(Line::category).distinct().count()));
        answer(
                "products_bought",
                k -> some(
                        lines(k), l -> l.stream().map(Line::product).distinct().count()));
        answer(
                "items_per_order",
                k -> some(
                        lines(k),
                        l -> rounded(
                                l.stream().mapToInt(Line::quantity).sum()
                                        / (double) k.orders().size(),
                                1)));
        answer(
                "last_category",
                k -> k.orders().stream()
                        .max(Comparator.comparing(Order::at))
                        .map(last -> most(List.of(last), Line::category, Line::amount))
                        .orElse(null));
        answer(
                "average_item_price",
                k -> some(
                        lines(k),
                        l -> rounded(
                                l.stream().mapToInt(Line::amount).sum()
                                        / (double) l.stream()
                                                .mapToInt(Line::quantity)
                                                .sum(),
                                2)));
        answer("category_loyal", k -> {
            if (k.standing().size() < 3) return null;
            var by = lines(k).stream()
                    .collect(Collectors.groupingBy(Line::category, Collectors.summingInt(Line::amount)));
            int all = by.values().stream().mapToInt(a -> a).sum();
            return by.values().stream().anyMatch(amount -> amount * 10 >= all * 8);
        });
        answer(
                "discount_share",
                k -> some(
                        k.orders(),
                        o -> rounded(
                                o.stream().mapToInt(Order::discount).sum()
                                        / (double) o.stream()
                                                .mapToInt(Order::gross)
                                                .sum(),
                                2)));
        answer(
                "coupon_share",
                k -> some(
                        k.orders(),
                        o -> rounded(
                                o.stream().filter(one -> one.coupon() != null).count() / (double) o.size(), 2)));
        answer("price_sensitivity", k -> {
            int n = k.orders().size();
            if (n < 3) return null;
            int cheap = (int) k.orders().stream().filter(o -> o.discount() > 0).count();
            return cheap * 5 < n ? "full_price" : cheap * 5 < 4 * n ? "mixed" : "discount_hunter";
        });
        answer("return_rate", k -> some(k.orders(), o -> rounded(returned(o), 2)));
        answer("serial_returner", k -> k.orders().size() < 3 ? null : (Object) (returned(k.orders()) >= .3));
        answer(
                "last_seen_day",
                k -> k.events().stream()
                        .filter(Event::isByCustomer)
                        .map(e -> k.world().day(e.at()))
                        .max(Comparator.naturalOrder())
                        .map(LocalDate::toString)
                        .orElse(null));
        answer(
                "active_days_30d",
                k -> positive(recent(k, Event::isByCustomer, 30).stream()
                        .map(e -> k.world().day(e.at()))
                        .distinct()
                        .count()));
        answer(
                "page_views_30d",
                k -> positive(recent(k, e -> e.type().equals("page"), 30).size()));
        answer(
                "viewed_category_30d",
                k -> mostFrequent(
                        recent(k, e -> "Product Viewed".equals(e.name()) && e.category() != null, 30),
                        e -> String.valueOf(e.category())));
        answer("cart_abandoned", k -> {
            boolean filled =
                    !recent(k, e -> "Product Added".equals(e.name()), 7).isEmpty();
            return (filled && within(k.standing(), k, 0, 7).isEmpty()) ? true : null;
        });
        answer(
                "messages_30d",
                k -> positive(k.messages().stream()
                        .filter(m -> !m.state().equals("failed") && k.world().ago(m.at()) < 30)
                        .count()));
        answer(
                "permitted_channels",
                k -> positive(
                        k.world().channels.getOrDefault(k.customer(), List.of()).size()));
        answer("buyer_kind", k -> {
            int n = k.standing().size();
            return n >= 5 ? "loyal" : n >= 2 ? "repeat" : n == 1 ? "one_time" : seen(k) ? "prospect" : null;
        });
        answer("buying_recency", k -> {
            if (days(k).isEmpty()) return seen(k) ? "never" : null;
            long ago = ChronoUnit.DAYS.between(days(k).last(), k.world().day(NOW));
            return ago < 90 ? "active" : ago < 180 ? "cooling" : ago < 365 ? "sleeping" : "lost";
        });
        answer("winback_candidate", k -> {
            if (k.standing().size() < 2) return null;
            long ago = ChronoUnit.DAYS.between(days(k).last(), k.world().day(NOW));
            return (ago >= 120 && ago < 730) ? true : null;
        });
        answer("value_tier", k -> {
            var tier = k.world().tiers.get(k.customer());
            return "none".equals(tier) ? null : tier;
        });
        answer("churn_risk", k -> {
            var p = k.world().alive.get(k.customer());
            return p == null || p.isNaN() ? null : p <= .3 ? "high" : p <= .7 ? "middle" : "low";
        });
        answer("age_band", k -> {
            var born = k.world().birthYears.get(k.customer());
            if (born == null || born.startsWith("\"")) return null;
            int age = k.world().day(NOW).getYear() - Integer.parseInt(born);
            if (age > 120) return null;
            if (age < 18) return "under_18";
            if (age >= 65) return "65_plus";
            int from = age < 25 ? 18 : age - (age - 5) % 10;
            return from == 18 ? "18_24" : from + "_" + (from + 9);
        });
    }

    private static void answer(String tag, Function<Known, @Nullable Object> by) {
        BY_DESCRIPTION.put(tag, by);
    }

    @Test
    void fortyTagsAreShippedInBothLanguagesEachWithATest() {
        var forms = forms();
        assertThat(forms).hasSize(40).containsOnlyKeys(BY_DESCRIPTION.keySet());
        forms.forEach((key, form) -> {
            assertThat(form.name().zh() + form.description().zh()).as(key).containsPattern("\\p{IsHan}");
            assertThat(form.name().en() + form.description().en()).as(key).doesNotContainPattern("\\p{IsHan}");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void eachIsWhatItsDescriptionSays(int seed) {
        var zone = ZoneId.of(List.of("Asia/Shanghai", "America/New_York", "UTC").get(seed % 3));
        var world = World.random(new Random(seed), zone);
        try (var warehouse = new DuckDbWarehouse(folder.resolve("tags" + seed), new WarehouseSettings(1, "512MB"))) {
            world.writeTo(warehouse);
            var templates = new TagTemplate(warehouse, JSON);
            var sql = new TagSql(() -> rules(zone), ShippedTagsTest::models, templates, zone);
            forms().forEach((key, form) -> {
                if (form.content() instanceof TagContent.ByStatistic statistic)
                    templates.check(statistic.sql(), statistic.parameters());
                var heads = sql.heads(List.of(form), NOW);
                var values = new TreeMap<Long, JsonNode>();
                warehouse.stream(
                        (heads.isEmpty() ? Sql.of("") : Sql.of("with").then(Sql.join(", ", heads)))
                                .then("select customer_id, value, several from")
                                .then(sql.values(form, NOW).inParentheses())
                                .then("v where value is not null"),
                        row -> {
                            assertThat(row.booleanValue("several")).as(key).isFalse();
                            values.put(row.longValue("customer_id"), JSON.readTree(row.text("value")));
                        });
                var expected = new TreeMap<Long, JsonNode>();
                for (long customer = 1; customer <= CUSTOMERS; customer++) {
                    var value = java.util.Objects.requireNonNull(BY_DESCRIPTION.get(key))
                            .apply(known(world, customer));
                    if (value != null) expected.put(customer, JSON.readTree(JSON.writeValueAsString(value)));
                }
                assertThat(text(values)).as("%s with seed %d", key, seed).isEqualTo(text(expected));
                assertThat(values.size()).as("customers with %s", key).isBetween(1, CUSTOMERS);
            });
        }
    }

    /** Numbers as numbers: 3 and 3.0 are one. */
    private static Map<Long, String> text(Map<Long, JsonNode> values) {
        return values.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        e -> e.getValue().isNumber()
                                ? e.getValue()
                                        .decimalValue()
                                        .setScale(6, RoundingMode.HALF_UP)
                                        .toPlainString()
                                : e.getValue().toString(),
                        (a, b) -> a,
                        TreeMap::new));
    }

    private static Map<String, TagForm> forms() {
        return ShippedTags.read(JSON);
    }

    private static List<TagModels.Output> models() {
        return List.of(
                new TagModels.Output(
                        "tier",
                        new Wording("t", "t"),
                        TagType.TEXT,
                        Sql.of("select customer_id, tier as value from tiers_now where tier <> 'none'")),
                new TagModels.Output(
                        "score.p_alive",
                        new Wording("p", "p"),
                        TagType.NUMBER,
                        Sql.of(
                                "select customer_id, value from scores_now where score = 'p_alive' and isfinite(value)")));
    }

    private static TagRules rules(ZoneId zone) {
        return new TagRules() {
            @Override
            public Read read(JsonNode rule) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Read stored(JsonNode rule) {
                throw new UnsupportedOperationException();
            }

            @Override
            public List<String> asksOf(long segment) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Sql members(JsonNode rule, Instant asOf) {
                return RuleSql.compile(
                        RuleJson.read(rule, Vocabulary.of(List.of()), id -> Optional.empty()),
                        asOf,
                        zone,
                        new RuleSql.History(true, true),
                        id -> {
                            throw new IllegalStateException();
                        });
            }
        };
    }

    private static Known known(World world, long customer) {
        return new Known(
                world.orders.stream()
                        .filter(o -> o.customer() == customer && !o.at().isAfter(NOW))
                        .toList(),
                world.events.stream()
                        .filter(e -> e.customer() == customer && !e.at().isAfter(NOW))
                        .toList(),
                world.messages.stream()
                        .filter(m -> m.customer() == customer && !m.at().isAfter(NOW))
                        .toList(),
                world,
                customer);
    }

    private static boolean seen(Known k) {
        return !k.orders().isEmpty()
                || !k.events().isEmpty()
                || k.world().birthYears.containsKey(k.customer());
    }

    private static @Nullable Object spendLevel(Known k) {
        var revenue = LongStream.rangeClosed(1, CUSTOMERS)
                .mapToObj(c -> within(known(k.world(), c).standing(), k, 0, 365))
                .filter(o -> !o.isEmpty())
                .map(ShippedTagsTest::net)
                .toList();
        var own = within(k.standing(), k, 0, 365);
        if (own.isEmpty()) return null;
        double place = revenue.size() == 1
                ? 0
                : revenue.stream().filter(r -> r > net(own)).count() / (revenue.size() - 1.0);
        return place < .1 ? "top" : place < .4 ? "upper" : "base";
    }

    private static List<Line> lines(Known k) {
        return k.orders().stream().flatMap(o -> o.lines().stream()).toList();
    }

    private static double returned(List<Order> orders) {
        int paid = orders.stream().mapToInt(o -> o.gross() - o.discount()).sum();
        return orders.stream().mapToInt(Order::refunded).sum() / (double) paid;
    }

    private static @Nullable Object most(List<Order> orders, Function<Line, String> of, Function<Line, Integer> by) {
        var sums = orders.stream()
                .flatMap(o -> o.lines().stream())
                .collect(Collectors.groupingBy(of, TreeMap::new, Collectors.summingInt(by::apply)));
        return sums.entrySet().stream()
                .max(Map.Entry.<String, Integer>comparingByValue()
                        .thenComparing(e -> e.getKey(), Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    /** Of several the first. */
    private static <E, T extends Comparable<? super T>> @Nullable T mostFrequent(List<E> list, Function<E, T> by) {
        var counts = new TreeMap<T, Integer>();
        for (var one : list) counts.merge(by.apply(one), 1, Integer::sum);
        return counts.entrySet().stream()
                .sorted(java.util.Collections.reverseOrder(Map.Entry.comparingByValue()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    private static java.util.NavigableSet<LocalDate> days(Known k) {
        return k.standing().stream().map(o -> k.world().day(o.at())).collect(Collectors.toCollection(TreeSet::new));
    }

    private static double gap(Known k) {
        return ChronoUnit.DAYS.between(days(k).first(), days(k).last()) / (days(k).size() - 1.0);
    }

    private static List<Order> within(List<Order> orders, Known k, int from, int to) {
        return orders.stream()
                .filter(o -> k.world().ago(o.at()) >= from && k.world().ago(o.at()) < to)
                .toList();
    }

    private static List<Event> recent(Known k, Predicate<Event> which, int days) {
        return k.events().stream()
                .filter(e -> which.test(e) && k.world().ago(e.at()) < days)
                .toList();
    }

    private static int net(List<Order> orders) {
        return orders.stream().mapToInt(Order::net).sum();
    }

    private static @Nullable Object buyer(Known k, Object value) {
        return k.standing().isEmpty() ? null : value;
    }

    private static @Nullable Object positive(long count) {
        return count == 0 ? null : (Object) count;
    }

    private static <T> @Nullable Object some(List<T> list, Function<List<T>, Object> value) {
        return list.isEmpty() ? null : value.apply(list);
    }

    private static double rounded(double value, int places) {
        return BigDecimal.valueOf(value).setScale(places, RoundingMode.HALF_UP).doubleValue();
    }
}
