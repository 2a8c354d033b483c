package io.rekindle.profile.orders;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One customer's orders and what was taken back of them, and which orders credits are about.
 *
 * <p>A <em>credit</em> is an imported line that takes back under a number nobody placed an order by: shops that number
 * their credit notes do not say which order they credit. It is allocated
 *
 * <ol>
 *   <li>to the latest order placed at or before it that still has all the pieces it takes back of its product;
 *   <li>else to the pieces there are of it, order by order, latest first;
 *   <li>what is left over, and a credit of no product or of one that was not bought (postage, a discount given later),
 *       to what is left to pay back of those orders, latest first;
 *   <li>what exceeds all of them stays without an order: {@link #NO_EARLIER_ORDER}, {@link #EXCEEDS_ORDERS}.
 * </ol>
 *
 * No order is ever credited more than was paid for it. Credits are taken in the order of their times, so how much of them
 * is allocated is the smaller of the credit and what is left of all orders up to it, whichever orders are chosen.
 *
 * <p>The answer depends on what stands in the history alone, never on the way it came in: the same files in another
 * order, one of them undone and brought again, give the same allocation. So it is worked out anew whenever something of
 * the customer changes, and only what differs is written down.
 *
 * <p>An event's order id is by its specification the id of the order it is about. So an event that takes back of an order
 * that was never seen (it failed to be paid, or was placed before the history begins) is never held against another one.
 */
final class Ledger {
    /** The customer had placed no order by then. */
    static final String NO_EARLIER_ORDER = "no_earlier_order";

    /** More is taken back than was left of the orders placed by then. */
    static final String EXCEEDS_ORDERS = "exceeds_orders";

    /** An order came in under the credit's own number: it is no credit any more. */
    static final String ORDER_KNOWN = "order_known";

    private static final int DECIMALS = 4;
    private static final BigDecimal NOTHING = BigDecimal.ZERO.setScale(DECIMALS);

    /**
     * A line of an order or of what was taken back of it.
     *
     * @param customer the id it was written under
     */
    record Line(
            long seq,
            int lineNo,
            String orderId,
            long customer,
            Instant at,
            String kind,
            @Nullable String productId,
            BigDecimal quantity,
            BigDecimal amount,
            @Nullable Long importId) {
        Line {
            quantity = quantity.setScale(DECIMALS, RoundingMode.HALF_EVEN);
            amount = amount.setScale(DECIMALS, RoundingMode.HALF_EVEN);
        }

        Place place() {
            return new Place(seq, lineNo);
        }

        private boolean takesBack() {
            return kind.equals("refund") || kind.equals("cancellation");
        }
    }

    /** What tells a line from all others. */
    record Place(long seq, int lineNo) {}

    /**
     * A part of a credit; quantity and amount are negative, and the parts of a credit add up to it.
     *
     * @param ofOrder the order it is about; null when there is none, for the reason
     */
    record Part(@Nullable String ofOrder, @Nullable String reason, BigDecimal quantity, BigDecimal amount) {
        Part {
            quantity = quantity.setScale(DECIMALS, RoundingMode.HALF_EVEN);
            amount = amount.setScale(DECIMALS, RoundingMode.HALF_EVEN);
        }
    }

    private record Head(Instant at, BigDecimal discount) {}

    private final Map<String, Head> heads = new HashMap<>();
    private final List<Line> lines = new ArrayList<>();
    private @Nullable Outcome outcome;

    void order(String id, Instant at, BigDecimal discount) {
        heads.putIfAbsent(id, new Head(at, discount));
        outcome = null;
    }

    void line(Line line) {
        lines.add(line);
        outcome = null;
    }

    /** The credits, each with its parts. */
    Map<Line, Set<Part>> credits() {
        return outcome().credits();
    }

    /** Lines that take back of an order of this customer's directly. */
    List<Line> direct() {
        return lines.stream()
                .filter(l -> l.takesBack() && heads.containsKey(l.orderId()))
                .toList();
    }

    /** What can still be taken back of an order; null when the customer has no such order. */
    @Nullable
    BigDecimal remaining(String orderId) {
        var order = outcome().orders().get(orderId);
        return order == null ? null : order.money.max(NOTHING);
    }

    private record Outcome(Map<String, Order> orders, Map<Line, Set<Part>> credits) {}

    private Outcome outcome() {
        if (outcome == null) outcome = allocate();
        return outcome;
    }

    /** What is left of an order. */
    private static final class Order {
        private final String id;
        private final Instant at;
        private BigDecimal money;
        private final Map<String, BigDecimal> pieces = new HashMap<>();

        private Order(String id, Head head) {
            this.id = id;
            this.at = head.at();
            this.money = head.discount().negate();
        }

        private void add(Line line) {
            money = money.add(line.amount());
            if (line.productId() != null) pieces.merge(line.productId(), line.quantity(), BigDecimal::add);
        }

        private BigDecimal pieces(String product) {
            return pieces.getOrDefault(product, NOTHING).max(NOTHING);
        }
    }

    private static final Comparator<Line> BY_TIME = Comparator.comparing(Line::at)
            .thenComparing(Line::orderId)
            .thenComparing(l -> l.productId() == null ? "" : l.productId())
            .thenComparing(Line::quantity)
            .thenComparing(Line::amount)
            .thenComparingLong(Line::seq)
            .thenComparingInt(Line::lineNo);

    private static final Comparator<Order> LATEST_FIRST =
            Comparator.comparing((Order o) -> o.at).thenComparing(o -> o.id).reversed();

    private Outcome allocate() {
        var orders = new HashMap<String, Order>();
        heads.forEach((id, head) -> orders.put(id, new Order(id, head)));
        var credits = new ArrayList<Line>();
        for (var line : lines) {
            var order = orders.get(line.orderId());
            if (order != null) order.add(line);
            else if (line.takesBack() && line.importId() != null) credits.add(line);
        }
        credits.sort(BY_TIME);
        var latestFirst = orders.values().stream().sorted(LATEST_FIRST).toList();
        var parts = LinkedHashMap.<Line, Set<Part>>newLinkedHashMap(credits.size());
        for (var credit : credits)
            parts.put(
                    credit,
                    new Allocation(credit)
                            .to(latestFirst.stream()
                                    .filter(o -> !o.at.isAfter(credit.at()))
                                    .toList()));
        return new Outcome(orders, parts);
    }

    /** One credit being allocated; here everything is positive. */
    private static final class Allocation {
        private final Line credit;
        private final Map<Order, BigDecimal[]> taken = new LinkedHashMap<>();
        private BigDecimal pieces;
        private BigDecimal money;

        private Allocation(Line credit) {
            this.credit = credit;
            this.pieces = credit.quantity().abs();
            this.money = credit.amount().abs();
        }

        private Set<Part> to(List<Order> candidates) {
            var product = credit.productId();
            if (product != null) toProduct(product, candidates);
            for (var order : candidates) {
                if (money.signum() == 0) break;
                var amount = money.min(order.money);
                if (amount.signum() > 0) take(order, share(pieces, amount, money), amount);
            }
            var parts = taken.entrySet().stream()
                    .map(t -> new Part(t.getKey().id, null, t.getValue()[0].negate(), t.getValue()[1].negate()))
                    .collect(Collectors.toSet());
            if (money.signum() > 0 || parts.isEmpty())
                parts.add(new Part(
                        null,
                        candidates.isEmpty() ? NO_EARLIER_ORDER : EXCEEDS_ORDERS,
                        pieces.negate(),
                        money.negate()));
            return parts;
        }

        private void toProduct(String product, List<Order> candidates) {
            for (var order : candidates)
                if (order.pieces(product).compareTo(pieces) >= 0 && order.money.compareTo(money) >= 0) {
                    take(order, product, pieces, money);
                    return;
                }
            for (var order : candidates) {
                if (pieces.signum() == 0) return;
                var left = order.pieces(product).min(pieces);
                var amount = share(money, left, pieces);
                if (amount.compareTo(order.money) > 0) {
                    amount = order.money.max(NOTHING);
                    left = share(pieces, amount, money);
                }
                if (amount.signum() > 0) take(order, product, left, amount);
            }
        }

        /** The share {@code part / of} of a whole. */
        private static BigDecimal share(BigDecimal whole, BigDecimal part, BigDecimal of) {
            if (part.compareTo(of) >= 0) return whole;
            return whole.multiply(part).divide(of, DECIMALS, RoundingMode.HALF_EVEN);
        }

        private void take(Order order, String product, BigDecimal quantity, BigDecimal amount) {
            order.pieces.merge(product, quantity.negate(), BigDecimal::add);
            take(order, quantity, amount);
        }

        private void take(Order order, BigDecimal quantity, BigDecimal amount) {
            order.money = order.money.subtract(amount);
            pieces = pieces.subtract(quantity);
            money = money.subtract(amount);
            taken.merge(order, new BigDecimal[] {quantity, amount}, (x, y) ->
                    new BigDecimal[] {x[0].add(y[0]), x[1].add(y[1])});
        }
    }
}
