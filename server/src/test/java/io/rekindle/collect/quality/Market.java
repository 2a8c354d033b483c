package io.rekindle.collect.quality;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A shop's events day by day: weekends unlike weekdays, customers who come several times a day and stay true to a brand,
 * days that differ for no reason. On days with a {@link Fault} something is wrong with them.
 */
@SuppressWarnings("LongDoubleConversion") // counts, far below what a double holds exactly
final class Market {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int CUSTOMERS = 400;
    private static final List<String> CHANNELS = List.of("web", "app", "store");
    static final EventKind ORDER = new EventKind("track", "Order Completed");
    static final EventKind VIEW = new EventKind("track", "Product Viewed");

    enum Fault {
        NONE,
        /** A third of the orders come. */
        FEWER,
        /** Nothing comes. */
        NOTHING,
        /** Half of the orders name no currency. */
        NO_CURRENCY,
        /** Three of four customers are known no more. */
        STRANGERS,
        /** Prices in cents. */
        CENTS,
        /** An eighth of the totals are texts. */
        TEXT_TOTALS,
        /** A tenth of the orders have a number that another one has. */
        REPEATED_NUMBERS,
        /** Every sixth item comes twice. */
        TWICE,
        /** Every tenth item is rejected. */
        REJECTED,
        /** Every fifth event is hours late. */
        LATE
    }

    /** @param properties as they came */
    record Sent(EventKind kind, int customer, boolean isKnown, boolean isLate, String properties) {}

    /** @param duplicates how many items came again */
    record Day(LocalDate day, List<Sent> events, long duplicates, long rejected) {}

    private SplittableRandom random;
    /** Drawn from apart, so that a day is the same but for its fault. */
    private SplittableRandom faults;

    private final long seed;
    private final int size;
    private long orders;

    /** @param size events of a usual weekday */
    Market(long seed, int size) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.faults = random;
        this.size = size;
    }

    /** The same day is the same again, but for its fault. */
    Day day(LocalDate day, int week, Fault fault) {
        random = new SplittableRandom(1_000 * seed + day.toEpochDay());
        faults = random.split();
        orders = 1_000_000 * day.toEpochDay();
        boolean isWeekend = day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY;
        double events = size * (isWeekend ? 1.6 : 1) * (1 + 0.02 * week) * between(0.85, 1.15);
        if (fault == Fault.FEWER) events /= 3;
        if (fault == Fault.NOTHING) events = 0;
        double coupons = between(0.2, 0.4);
        double known = between(0.55, 0.65);
        double late = between(0.01, 0.03);
        var sent = new ArrayList<Sent>();
        while (sent.size() < events) {
            int customer = random.nextInt(CUSTOMERS);
            boolean isKnown = random.nextDouble() < known && !(fault == Fault.STRANGERS && faults.nextInt(4) > 0);
            var channel = channel(isWeekend);
            // A visit: some views, perhaps an order, all of one customer and one channel.
            for (int view = random.nextInt(1, 6); view > 0; view--) {
                var properties = JSON.createObjectNode()
                        .put("product_id", "p-" + product(customer))
                        .put("url", "https://shop.example/p/" + random.nextInt(40))
                        .put("channel", channel);
                if (random.nextDouble() < 0.7) properties.put("referrer", "campaign " + random.nextInt(5));
                else if (random.nextBoolean()) properties.put("referrer", " ");
                sent.add(new Sent(VIEW, customer, isKnown, isLate(late, fault), properties.toString()));
            }
            if (random.nextDouble() < 0.5)
                sent.add(new Sent(
                        ORDER,
                        customer,
                        isKnown,
                        isLate(late, fault),
                        order(customer, channel, coupons, day, fault).toString()));
        }
        long duplicates = binomial(sent.size(), between(0.002, 0.01));
        if (fault == Fault.TWICE) duplicates += sent.size() / 6;
        long rejected = binomial(sent.size(), between(0.0, 0.01));
        if (fault == Fault.REJECTED) rejected += sent.size() / 10;
        return new Day(day, sent, duplicates, rejected);
    }

    private ObjectNode order(int customer, String channel, double coupons, LocalDate day, Fault fault) {
        boolean isRepeated = fault == Fault.REPEATED_NUMBERS && faults.nextInt(10) == 0;
        var order = JSON.createObjectNode()
                .put("order_id", "o-" + (isRepeated ? orders : ++orders))
                .put("channel", channel)
                .put("placed_at", day + "T1" + random.nextInt(10) + ":30:00Z")
                .put("gift", random.nextInt(8) == 0);
        double total = 0;
        var products = order.putArray("products");
        for (int line = random.nextInt(1, 4); line > 0; line--) {
            double price = Math.round(100 * Math.exp(3 + 0.8 * gauss())) / 100.0;
            if (fault == Fault.CENTS) price = Math.round(price * 100);
            total += price;
            products.addObject().put("product_id", "p-" + product(customer)).put("price", price);
        }
        if (fault == Fault.TEXT_TOTALS && faults.nextInt(8) == 0) order.put("total", "n/a");
        else order.put("total", Math.round(100 * total) / 100.0);
        if (!(fault == Fault.NO_CURRENCY && faults.nextBoolean())) order.put("currency", "CNY");
        else order.putNull("currency");
        if (random.nextDouble() < coupons) order.put("coupon", "C" + random.nextInt(4));
        return order;
    }

    private boolean isLate(double usual, Fault fault) {
        return random.nextDouble() < (fault == Fault.LATE ? usual + 0.2 : usual);
    }

    private String channel(boolean isWeekend) {
        double draw = random.nextDouble();
        if (isWeekend) return CHANNELS.get(draw < 0.2 ? 0 : draw < 0.4 ? 1 : 2);
        return CHANNELS.get(draw < 0.5 ? 0 : draw < 0.8 ? 1 : 2);
    }

    /** Of a brand of the customer's own mostly. */
    private int product(int customer) {
        return random.nextDouble() < 0.7 ? customer % 20 * 5 + random.nextInt(5) : random.nextInt(100);
    }

    private double between(double from, double to) {
        return from + (to - from) * random.nextDouble();
    }

    private long binomial(int of, double share) {
        long hits = 0;
        for (int i = 0; i < of; i++) if (random.nextDouble() < share) hits++;
        return hits;
    }

    private double gauss() {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    /** Which finding gives a fault away; null of none. */
    static Judge.@Nullable Finding telling(Fault fault) {
        return switch (fault) {
            case NONE -> null;
            case FEWER, NOTHING -> finding(EventKind.ALL, "", Rule.SILENT);
            case NO_CURRENCY -> finding(ORDER, "properties.currency", Rule.MISSING);
            case STRANGERS -> finding(VIEW, "identifiers.user_id", Rule.UNIDENTIFIED);
            case CENTS -> finding(ORDER, "properties.products[].price", Rule.DRIFTED);
            case TEXT_TOTALS -> finding(ORDER, "properties.total", Rule.MALFORMED);
            case REPEATED_NUMBERS -> finding(ORDER, "properties.order_id", Rule.REPEATED_KEY);
            case TWICE -> finding(EventKind.ALL, "", Rule.DUPLICATES);
            case REJECTED -> finding(EventKind.ALL, "", Rule.REFUSED);
            case LATE -> finding(EventKind.ALL, "", Rule.LATE);
        };
    }

    private static Judge.Finding finding(EventKind kind, String field, Rule rule) {
        return new Judge.Finding(kind, field, rule, 0, 0, true);
    }
}
