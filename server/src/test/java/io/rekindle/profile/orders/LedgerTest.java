package io.rekindle.profile.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {
    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
    private long seq;

    private record Bought(String order, int day, String product, int pieces, int price) {}

    @Test
    void aCreditIsOfTheLatestOrderThatHasAllItsPieces() {
        var ledger = ledger(
                new Bought("early", 1, "cup", 10, 2),
                new Bought("late", 2, "cup", 3, 2),
                new Bought("latest", 3, "plate", 9, 2));
        var credit = credit("C1", 4, "cup", 5, 2);
        ledger.line(credit);
        assertThat(parts(ledger, credit)).containsExactly("early -5 -10");
        assertThat(ledger.remaining("early")).isEqualByComparingTo("10");
        assertThat(ledger.remaining("late")).isEqualByComparingTo("6");
    }

    @Test
    void anOrderPlacedAfterwardsIsNotCredited() {
        var ledger = ledger(new Bought("before", 1, "cup", 1, 2), new Bought("after", 5, "cup", 1, 2));
        var first = credit("C1", 4, "cup", 1, 2);
        var second = credit("C2", 4, "cup", 1, 2);
        ledger.line(first);
        ledger.line(second);
        assertThat(parts(ledger, first)).containsExactly("before -1 -2");
        assertThat(parts(ledger, second)).containsExactly("exceeds_orders -1 -2");
    }

    @Test
    void moreThanAnyOrderHasIsTakenFromSeveralLatestFirst() {
        var ledger = ledger(
                new Bought("a", 1, "cup", 4, 3), new Bought("b", 2, "cup", 4, 3), new Bought("c", 3, "cup", 4, 3));
        var credit = credit("C1", 4, "cup", 6, 3);
        ledger.line(credit);
        assertThat(parts(ledger, credit)).containsExactly("b -2 -6", "c -4 -12");
    }

    @Test
    void whatWasNotBoughtIsPaidBackOfTheLatestOrdersAndNeverMoreThanWasPaid() {
        var ledger = ledger(new Bought("a", 1, "cup", 1, 5), new Bought("b", 2, "cup", 1, 7));
        var discount = credit("C1", 3, "Discount", 1, 10);
        ledger.line(discount);
        assertThat(parts(ledger, discount)).containsExactly("a -0.3 -3", "b -0.7 -7");
        var tooMuch = credit("C2", 4, "Discount", 1, 10);
        ledger.line(tooMuch);
        assertThat(parts(ledger, tooMuch)).containsExactly("a -0.2 -2", "exceeds_orders -0.8 -8");
        assertThat(ledger.remaining("a")).isZero();
    }

    @Test
    void beforeTheFirstOrderThereIsNothingToCredit() {
        var ledger = ledger(new Bought("a", 3, "cup", 1, 5));
        var credit = credit("C1", 2, "cup", 1, 5);
        ledger.line(credit);
        assertThat(parts(ledger, credit)).containsExactly("no_earlier_order -1 -5");
    }

    @Test
    void anEventThatTakesBackOfAnUnknownOrderIsNotHeldAgainstAnother() {
        var ledger = ledger(new Bought("paid", 1, "cup", 1, 5));
        ledger.line(line("unpaid", 2, "cancellation", "cup", -1, -5, null));
        assertThat(ledger.credits()).isEmpty();
        assertThat(ledger.remaining("paid")).isEqualByComparingTo("5");
    }

    @Test
    void aCreditWhoseNumberTurnsOutToBeAnOrdersIsNone() {
        var ledger = ledger(new Bought("a", 1, "cup", 1, 5));
        var credit = credit("b", 3, "cup", 1, 5);
        ledger.line(credit);
        assertThat(parts(ledger, credit)).containsExactly("a -1 -5");
        ledger.order("b", at(2), BigDecimal.ZERO);
        ledger.line(line("b", 2, "sale", "cup", 1, 5, 1L));
        assertThat(ledger.credits()).isEmpty();
        assertThat(ledger.direct()).containsExactly(credit);
        assertThat(ledger.remaining("a")).isEqualByComparingTo("5");
        assertThat(ledger.remaining("b")).isZero();
    }

    /**
     * By an independent road: every order up to one credit is up to the next one too, so of each credit the smaller of it
     * and of one pool of money is paid back, whichever orders it is taken from.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void asMuchIsCreditedAsAPoolOfAllOrdersBeforeHasWhateverTheOrderOfComing(long seed) {
        var random = new Random(seed);
        record Order(String id, Instant at, BigDecimal discount) {}
        var orders = new ArrayList<Order>();
        var lines = new ArrayList<Ledger.Line>();
        for (int i = 0; i < 12; i++) {
            var id = "o" + i;
            int day = 1 + random.nextInt(20);
            orders.add(new Order(id, at(day), BigDecimal.valueOf(random.nextInt(3))));
            for (int n = 1 + random.nextInt(3); n > 0; n--)
                lines.add(line(
                        id, day, "sale", "p" + random.nextInt(4), 1 + random.nextInt(5), 2 + random.nextInt(60), 1L));
            if (random.nextInt(4) == 0) lines.add(line(id, day + 1, "refund", null, -1, -1, null));
        }
        var credits = new ArrayList<Ledger.Line>();
        for (int i = 0; i < 12; i++)
            credits.add(line(
                    "C" + i,
                    random.nextInt(25),
                    "cancellation",
                    random.nextInt(5) == 0 ? null : "p" + random.nextInt(6),
                    -1 - random.nextInt(7),
                    -random.nextInt(80),
                    2L));
        lines.addAll(credits);
        @Nullable Map<Ledger.Line, Set<Ledger.Part>> found = null;
        for (int time = 0; time < 3; time++) {
            Collections.shuffle(orders, random);
            Collections.shuffle(lines, random);
            var ledger = new Ledger();
            for (var line : lines) ledger.line(line);
            for (var order : orders) ledger.order(order.id(), order.at(), order.discount());
            if (found != null) assertThat(ledger.credits()).isEqualTo(found);
            found = ledger.credits();
        }
        if (found == null) throw new AssertionError();

        var left = new TreeMap<String, BigDecimal>();
        for (var order : orders) left.put(order.id(), order.discount().negate());
        for (var line : lines) left.computeIfPresent(line.orderId(), (id, sum) -> sum.add(line.amount()));
        var placedAt = orders.stream().collect(Collectors.toMap(Order::id, Order::at));
        var pool = BigDecimal.ZERO;
        var inPool = new java.util.HashSet<String>();
        credits.sort(java.util.Comparator.comparing(Ledger.Line::at));
        var creditedBy = new TreeMap<Instant, BigDecimal>();
        var poolBy = new TreeMap<Instant, BigDecimal>();
        for (var credit : credits) {
            for (var order : orders)
                if (!order.at().isAfter(credit.at()) && inPool.add(order.id()))
                    pool = pool.add(
                            left.getOrDefault(order.id(), BigDecimal.ZERO).max(BigDecimal.ZERO));
            var paid = pool.min(credit.amount().abs());
            pool = pool.subtract(paid);
            poolBy.merge(credit.at(), paid, BigDecimal::add);
            var sum = BigDecimal.ZERO;
            var pieces = BigDecimal.ZERO;
            for (var part : found.getOrDefault(credit, Set.of())) {
                sum = sum.add(part.amount());
                pieces = pieces.add(part.quantity());
                var of = part.ofOrder();
                if (of == null) continue;
                assertThat(placedAt.get(of)).isBeforeOrEqualTo(credit.at());
                left.merge(of, part.amount(), BigDecimal::add);
                creditedBy.merge(credit.at(), part.amount().negate(), BigDecimal::add);
            }
            assertThat(sum).as("the parts of %s", credit).isEqualByComparingTo(credit.amount());
            if (credit.amount().signum() != 0) assertThat(pieces).isEqualByComparingTo(credit.quantity());
        }
        // Credits of one moment share what there is; together they get what the pool has.
        poolBy.forEach((at, paid) -> assertThat(creditedBy.getOrDefault(at, BigDecimal.ZERO))
                .as("at %s", at)
                .isEqualByComparingTo(paid));
        for (var order : orders)
            if (found.values().stream()
                    .flatMap(Set::stream)
                    .anyMatch(p -> order.id().equals(p.ofOrder())))
                assertThat(left.getOrDefault(order.id(), BigDecimal.ZERO))
                        .as(order.id())
                        .isNotNegative();
    }

    private Ledger ledger(Bought... bought) {
        var ledger = new Ledger();
        for (var one : bought) {
            ledger.order(one.order(), at(one.day()), BigDecimal.ZERO);
            ledger.line(
                    line(one.order(), one.day(), "sale", one.product(), one.pieces(), one.pieces() * one.price(), 1L));
        }
        return ledger;
    }

    private Ledger.Line credit(String number, int day, String product, int pieces, int price) {
        return line(number, day, "cancellation", product, -pieces, -pieces * price, 2L);
    }

    private Ledger.Line line(
            String order,
            int day,
            String kind,
            @Nullable String product,
            int pieces,
            int amount,
            @Nullable Long importId) {
        return new Ledger.Line(
                ++seq,
                1,
                order,
                7,
                at(day),
                kind,
                product,
                BigDecimal.valueOf(pieces),
                BigDecimal.valueOf(amount),
                importId);
    }

    private static Instant at(int day) {
        return FIRST.plus(day, ChronoUnit.DAYS);
    }

    private static List<String> parts(Ledger ledger, Ledger.Line credit) {
        return ledger.credits().getOrDefault(credit, Set.of()).stream()
                .map(p -> "%s %s %s"
                        .formatted(
                                p.ofOrder() == null ? p.reason() : p.ofOrder(),
                                p.quantity().stripTrailingZeros().toPlainString(),
                                p.amount().stripTrailingZeros().toPlainString()))
                .sorted()
                .toList();
    }
}
