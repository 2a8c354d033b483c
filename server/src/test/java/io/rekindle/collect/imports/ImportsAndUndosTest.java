package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.platform.TimeTravel;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Files that overlap, brought in and taken back in any order: an order is the union of the files that stand. */
@RekindleTest
class ImportsAndUndosTest {
    private static final String HEADER = "order_id,time,customer,product_id,quantity,unit_price\n";

    private final Imports imports;
    private final Warehouse warehouse;
    private final TimeTravel travel;
    private final int port;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    ImportsAndUndosTest(
            @Autowired Imports imports,
            @Autowired Warehouse warehouse,
            @Autowired TimeTravel travel,
            @LocalServerPort int port) {
        this.imports = imports;
        this.warehouse = warehouse;
        this.travel = travel;
        this.port = port;
    }

    /** @param day of January 2026 */
    private record Line(String order, int day, String product, int quantity, int price) {
        String csv() {
            return "%s,2026-01-%02dT10:00:00Z,c-%s,%s,%d,%d\n".formatted(order, day, order, product, quantity, price);
        }

        int amount() {
            return quantity * price;
        }
    }

    /** What stands of an order: its lines' amounts with how often, and what the order itself says. */
    private record Content(Map<Integer, Integer> lines, int gross, int net) {}

    @Test
    void aFileThatComesAgainAfterAnUndoIsThereAgain() throws Exception {
        var ten = new Line(mark, 5, "p1", 1, 10);
        var seven = new Line(mark, 5, "p2", 1, 7);
        var a = List.of(ten);
        var b = List.of(ten, seven);
        var first = run(a);
        assertThat(report(run(b)).lines()).isEqualTo(1);
        imports.undo(first);
        assertThat(inHistory(List.of(mark))).isEqualTo(naive(List.of(b)));
        assertThat(report(run(a)).alreadyThere()).isEqualTo(1);
        assertThat(inHistory(List.of(mark))).isEqualTo(naive(List.of(a, b)));
    }

    @Test
    void anOrderWhoseFirstPartIsUndoneKeepsWhatOthersBrought() throws Exception {
        var ten = List.of(new Line(mark, 5, "p1", 1, 10));
        var seven = List.of(new Line(mark, 6, "p2", 1, 7));
        var first = run(ten);
        var second = run(seven);
        imports.undo(first);
        assertThat(inHistory(List.of(mark))).isEqualTo(naive(List.of(seven)));
        assertThat(report(run(ten)).lines()).isEqualTo(1);
        imports.undo(second);
        assertThat(inHistory(List.of(mark))).isEqualTo(naive(List.of(ten)));
    }

    @Test
    void whatIsCancelledLaterIsWhatStandsThen() throws Exception {
        run(List.of(new Line(mark, 5, "p1", 1, 10)));
        var more = run(List.of(new Line(mark, 6, "p2", 1, 7)));
        imports.undo(more);
        send("Order Cancelled", "");
        assertThat(inHistory(List.of(mark)).get(mark)).isEqualTo(new Content(Map.of(10, 1, -10, 1), 10, 0));
    }

    @Test
    void anOrderThatCameAsAnEventIsTheEventsAndTheFileIsToldSo() throws Exception {
        send("Order Completed", ",\"products\":[{\"product_id\":\"p1\",\"price\":10,\"quantity\":1}]");
        var file = List.of(
                new Line(mark, 5, "p1", 1, 10), new Line(mark, 6, "p1", -1, 10), new Line(mark + "-2", 5, "p1", 1, 3));
        for (int time = 1; time <= 2; time++) {
            var id = run(file);
            assertThat(report(id).reasons()).containsExactly(new Imports.ReasonCount("order_known_from_events", 2));
            assertThat(report(id).lines()).isEqualTo(time == 1 ? 1 : 0);
            assertThat(report(id).cancellations()).isZero();
            assertThat(imports.rejects(id, 0, 10).items().stream().map(Imports.Reject::rowNumber))
                    .containsExactly(2L, 3L);
        }
        assertThat(inHistory(List.of(mark)).get(mark)).isEqualTo(new Content(Map.of(10, 1), 10, 10));
    }

    @Test
    void anOrderOfAnotherCustomerIsNotAddedTo() throws Exception {
        run(List.of(new Line(mark, 5, "p1", 1, 10)));
        var text = HEADER + "%1$s,2026-01-05T10:00:00Z,d-%1$s,p2,1,3\n".formatted(mark);
        var file = Files.writeString(folder.resolve("another.csv"), text);
        var report = report(imports.start(file, "another.csv", ImportMapping.NONE, false, false)
                .id());
        assertThat(report.reasons()).containsExactly(new Imports.ReasonCount("order_of_another_customer", 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anOrderIsTheUnionOfTheFilesThatStand(long seed) throws Exception {
        var random = new Random(seed);
        var orders = List.of(mark + "-a", mark + "-b");
        var pool = new ArrayList<Line>();
        for (var order : orders) {
            for (int i = 0; i < 4; i++) pool.add(new Line(order, 1 + random.nextInt(3), "p" + i, 1 + i, 2 + i * i));
            // More may be taken back than a single file has bought: a file is taken at its word.
            pool.add(new Line(order, 9, "p1", -1 - random.nextInt(4), 7));
        }
        var files = new ArrayList<List<Line>>();
        for (int i = 0; i < 4; i++) {
            var file = new ArrayList<Line>();
            for (var line : pool) for (int n = random.nextInt(3); n > 0; n--) if (random.nextBoolean()) file.add(line);
            if (file.isEmpty()) file.add(pool.getFirst());
            files.add(file);
        }
        var standing = new TreeMap<Long, List<Line>>();
        for (int step = 0; step < 12; step++) {
            if (!standing.isEmpty() && random.nextInt(5) < 2) {
                var id = List.copyOf(standing.keySet()).get(random.nextInt(standing.size()));
                imports.undo(id);
                standing.remove(id);
            } else {
                var file = files.get(random.nextInt(files.size()));
                var before = naive(standing.values());
                long id = run(file);
                standing.put(id, file);
                long brought = lines(naive(standing.values())) - lines(before);
                var report = report(id);
                assertThat(report.lines() + report.cancellations())
                        .as("what the report of step %d says came in", step)
                        .isEqualTo(brought);
            }
            assertThat(inHistory(orders))
                    .as("seed %d, step %d, standing %s", seed, step, standing.keySet())
                    .isEqualTo(naive(standing.values()));
        }
    }

    /** One row of a file of costs that has an id of its own. */
    private record Cost(String row, int day, int amount) {}

    /** Of each row the last of the files that stand has the word, also where it said only what was known. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void costsAreTheLastWordOnEachRowOfTheFilesThatStand(long seed) throws Exception {
        var random = new Random(seed);
        var standing = new TreeMap<Long, List<Cost>>();
        for (int step = 0; step < 14; step++) {
            if (!standing.isEmpty() && random.nextInt(5) < 2) {
                var id = List.copyOf(standing.keySet()).get(random.nextInt(standing.size()));
                imports.undo(id);
                standing.remove(id);
            } else {
                var file = new ArrayList<Cost>();
                // Few values, so that most of what a file says is known; at times two words of a row.
                for (int row = 0; row < 4; row++)
                    for (int n = random.nextInt(5) == 0 ? 2 : random.nextInt(2); n > 0; n--)
                        file.add(new Cost("r" + row, 5 + random.nextInt(2), 10 + 5 * random.nextInt(2)));
                if (file.isEmpty()) continue;
                standing.put(runCosts(file), file);
            }
            var last = new HashMap<String, Cost>();
            standing.values().forEach(file -> file.forEach(cost -> last.put(cost.row(), cost)));
            var days = new TreeMap<Integer, Integer>();
            last.values().forEach(cost -> days.merge(cost.day(), cost.amount(), Integer::sum));
            assertThat(costs()).as("seed %d, step %d", seed, step).isEqualTo(days);
        }
    }

    private long runCosts(List<Cost> costs) throws IOException {
        var text = new StringBuilder("day,campaign,amount,row_id\n");
        for (var cost : costs)
            text.append("2026-01-%02d,%s,%d,%s-%s\n".formatted(cost.day(), mark, cost.amount(), mark, cost.row()));
        var file = Files.writeString(folder.resolve(UUID.randomUUID() + ".csv"), text);
        var id = imports.start(file, "costs.csv", ImportMapping.of(ImportKind.COSTS, Map.of()), false, false)
                .id();
        report(id);
        return id;
    }

    private Map<Integer, Integer> costs() {
        var days = new TreeMap<Integer, Integer>();
        warehouse.stream(
                Sql.of(
                        "select day(day) as day, sum(amount) as amount from costs_now where campaign = ? group by all",
                        mark),
                row -> days.put(
                        (int) row.longValue("day"), row.decimal("amount").intValueExact()));
        return days;
    }

    private static long lines(Map<String, Content> contents) {
        return contents.values().stream()
                .flatMap(c -> c.lines().values().stream())
                .mapToLong(Integer::longValue)
                .sum();
    }

    /** Of every distinct line as many as the file that has most of it. */
    private static Map<String, Content> naive(Iterable<List<Line>> files) {
        var most = new HashMap<Line, Integer>();
        for (var file : files) {
            var counts = new HashMap<Line, Integer>();
            for (var line : file) counts.merge(line, 1, Integer::sum);
            counts.forEach((line, n) -> most.merge(line, n, Math::max));
        }
        var contents = new TreeMap<String, Content>();
        most.forEach((line, n) -> {
            var one = line.quantity() > 0 ? n * line.amount() : 0;
            contents.merge(line.order(), new Content(Map.of(line.amount(), n), one, n * line.amount()), (x, y) -> {
                var lines = new TreeMap<>(x.lines());
                y.lines().forEach((amount, count) -> lines.merge(amount, count, Integer::sum));
                return new Content(lines, x.gross() + y.gross(), x.net() + y.net());
            });
        });
        return contents;
    }

    private Map<String, Content> inHistory(List<String> orders) {
        var contents = new TreeMap<String, Content>();
        for (var order : orders) {
            var lines = new TreeMap<Integer, Integer>();
            warehouse.stream(
                    Sql.of("select amount from order_lines_now where order_id = ?", order),
                    row -> lines.merge(row.decimal("amount").intValueExact(), 1, Integer::sum));
            if (lines.isEmpty()) continue;
            var placed = warehouse.query(
                    Sql.of("select gross, net from orders_now where order_id = ?", order),
                    row -> List.of(row.decimal("gross"), row.decimal("net")));
            assertThat(placed).as("the order of %s", lines).hasSizeLessThanOrEqualTo(1);
            boolean bought = lines.keySet().stream().anyMatch(amount -> amount > 0);
            assertThat(placed.isEmpty()).as("%s has a place", lines).isEqualTo(!bought);
            int net = lines.entrySet().stream()
                    .mapToInt(e -> e.getKey() * e.getValue())
                    .sum();
            contents.put(
                    order,
                    bought
                            ? new Content(
                                    lines,
                                    whole(placed.getFirst().get(0)),
                                    whole(placed.getFirst().get(1)))
                            : new Content(lines, 0, net));
        }
        return contents;
    }

    private static int whole(BigDecimal amount) {
        return amount.intValueExact();
    }

    private long run(List<Line> lines) throws IOException {
        var text = new StringBuilder(HEADER);
        for (var line : lines) text.append(line.csv());
        var file = Files.writeString(folder.resolve(UUID.randomUUID() + ".csv"), text);
        var id = imports.start(file, "orders.csv", ImportMapping.NONE, false, false)
                .id();
        report(id);
        return id;
    }

    private Imports.Report report(long id) {
        travel.awaitQuiet();
        var done = imports.get(id);
        assertThat(done.state()).as(String.valueOf(done.failure())).isEqualTo(Imports.State.DONE);
        var report = done.report();
        if (report == null) throw new AssertionError("import %d has no report".formatted(id));
        assertThat(report.lines() + report.cancellations() + report.alreadyThere() + report.rejected())
                .isEqualTo(report.rows());
        return report;
    }

    private void send(String event, String properties) throws Exception {
        var body =
                "{\"userId\":\"c-%1$s\",\"event\":\"%2$s\",\"messageId\":\"%1$s\",\"properties\":{\"order_id\":\"%1$s\"%3$s}}"
                        .formatted(mark, event, properties);
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/track"))
                                .header("X-Write-Key", RekindleTest.WRITE_KEY)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        travel.awaitQuiet();
    }
}
