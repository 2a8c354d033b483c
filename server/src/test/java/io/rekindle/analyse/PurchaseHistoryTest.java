package io.rekindle.analyse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.rhythm.PurchaseIntervals;
import io.rekindle.models.value.RecencyFrequency;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.WarehouseSettings;
import io.rekindle.warehouse.duckdb.DuckDbWarehouse;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurchaseHistoryTest {
    private static final ZoneId ZONE = ZoneId.of("America/New_York");
    private static final Instant FROM = Instant.parse("2025-01-01T05:00:00Z");
    private static final Instant AS_OF = Instant.parse("2025-12-31T12:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private record Order(int customer, Instant at, BigDecimal gross, BigDecimal refunded) {}

    @Test
    void theStatementSumsTheHistoryAsTheModelsWouldFromEveryOrder() {
        var random = new Random(3);
        var orders = new ArrayList<Order>();
        for (int i = 0; i < 3000; i++) {
            var gross = BigDecimal.valueOf(100 + random.nextInt(20_000), 2);
            orders.add(new Order(
                    random.nextInt(400),
                    FROM.plusMillis(random.nextLong(Duration.ofDays(380).toMillis())),
                    gross,
                    switch (random.nextInt(8)) {
                        case 0 -> gross;
                        case 1 -> BigDecimal.ONE;
                        default -> BigDecimal.ZERO;
                    }));
        }
        var standing = orders.stream()
                .filter(o -> o.gross().compareTo(o.refunded()) > 0 && !o.at().isAfter(AS_OF))
                .toList();
        int[] customer = standing.stream().mapToInt(Order::customer).toArray();
        long[] day = standing.stream()
                .mapToLong(o -> LocalDate.ofInstant(o.at(), ZONE).toEpochDay())
                .toArray();
        double[] amount = standing.stream()
                .mapToDouble(o -> o.gross().subtract(o.refunded()).doubleValue())
                .toArray();
        long until = LocalDate.ofInstant(AS_OF, ZONE).toEpochDay();
        var expected = RecencyFrequency.fromTransactions(customer, day, amount, 1, until);
        var rhythm = PurchaseIntervals.fromTransactions(customer, day, 1, until, 3);

        try (var warehouse = new DuckDbWarehouse(folder.resolve("w"), new WarehouseSettings(1, "512MB"))) {
            append(warehouse, orders);
            var history = PurchaseHistory.read(warehouse, AS_OF, ZONE, PurchaseHistory.EVERYBODY);
            var summed = history.recencyFrequency();
            var intervals = history.intervals();
            assertThat(history.size()).isEqualTo(expected.size()).isGreaterThan(300);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(history.customer(i)).isEqualTo(expected.customer(i));
                assertThat(summed.frequency(i)).isEqualTo(expected.frequency(i));
                assertThat(summed.recency(i)).isEqualTo(expected.recency(i));
                assertThat(summed.age(i)).isEqualTo(expected.age(i));
                assertThat(summed.meanSpend(i)).isCloseTo(expected.meanSpend(i), within(1e-6));
                assertThat(intervals.purchases(i)).isEqualTo(rhythm.purchases(i));
                assertThat(intervals.sum(i)).isEqualTo(rhythm.sum(i));
                assertThat(intervals.sumOfLogs(i)).isCloseTo(rhythm.sumOfLogs(i), within(1e-9));
                assertThat(intervals.elapsed(i)).isEqualTo(rhythm.elapsed(i));
                assertThat(intervals.recentCount(i)).isEqualTo(rhythm.recentCount(i));
                assertThat(intervals.recentSum(i)).isEqualTo(rhythm.recentSum(i));
            }
        }
    }

    private static void append(DuckDbWarehouse warehouse, List<Order> orders) {
        warehouse.append("orders", "orders", Rows.written(rows -> {
            for (int i = 0; i < orders.size(); i++)
                rows.value("o" + i)
                        .value((long) orders.get(i).customer())
                        .value(orders.get(i).at())
                        .value("EUR")
                        .value(orders.get(i).gross())
                        .value(BigDecimal.ZERO)
                        .missing()
                        .value(1)
                        .value((Long) null)
                        .value((long) i)
                        .end();
        }));
        warehouse.append("order_lines", "refunds", Rows.written(rows -> {
            for (int i = 0; i < orders.size(); i++)
                if (orders.get(i).refunded().signum() > 0)
                    rows.value("o" + i)
                            .value(1)
                            .value((long) orders.get(i).customer())
                            .value(orders.get(i).at())
                            .value("refund")
                            .missing()
                            .missing()
                            .missing()
                            .value(BigDecimal.ONE)
                            .value(BigDecimal.ONE)
                            .value(orders.get(i).refunded().negate())
                            .value(1)
                            .value((Long) null)
                            .value((long) i)
                            .end();
        }));
    }
}
