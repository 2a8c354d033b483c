package io.rekindle.profile.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.platform.TimeTravel;
import io.rekindle.profile.Orders;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Credit notes with numbers of their own: imported, undone, in any order, beside events. */
@RekindleTest
class CreditsTest {
    private static final String HEADER = "order_id,time,customer,product_id,quantity,unit_price\n";

    private final Imports imports;
    private final Warehouse warehouse;
    private final TimeTravel travel;
    private final Orders orders;
    private final Identifiers identifiers;
    private final OrdersTail tail;
    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final int port;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private int messages;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    CreditsTest(
            @Autowired Imports imports,
            @Autowired Warehouse warehouse,
            @Autowired TimeTravel travel,
            @Autowired Orders orders,
            @Autowired Identifiers identifiers,
            @Autowired OrdersTail tail,
            @Autowired JdbcClient jdbc,
            @Autowired PlatformTransactionManager transactionManager,
            @LocalServerPort int port) {
        this.imports = imports;
        this.warehouse = warehouse;
        this.travel = travel;
        this.orders = orders;
        this.identifiers = identifiers;
        this.tail = tail;
        this.jdbc = jdbc;
        this.transactions = new TransactionTemplate(transactionManager);
        this.port = port;
    }

    @Test
    void aCreditLowersTheOrderItIsAboutWhicheverFileComesFirst() throws Exception {
        var credit = line("C1", 9, "cup", -2, 5);
        var credits = run(credit);
        assertThat(unallocated()).containsExactly("C1 no_earlier_order -10.0000");
        var early = run(line("a", 5, "cup", 3, 5));
        assertThat(nets()).isEqualTo(Map.of("a", 5));
        assertThat(unallocated()).isEmpty();
        var late = run(line("b", 6, "cup", 3, 5) + line("c", 12, "cup", 3, 5));
        assertThat(nets()).isEqualTo(Map.of("a", 15, "b", 5, "c", 15));
        assertThat(run(credit)).as("the same file again").isGreaterThan(late);
        assertThat(nets()).isEqualTo(Map.of("a", 15, "b", 5, "c", 15));

        imports.undo(late);
        assertThat(nets()).as("as if it had never come").isEqualTo(Map.of("a", 5));
        imports.undo(credits);
        assertThat(nets()).as("another import has the credit too").isEqualTo(Map.of("a", 5));
        imports.undo(early);
        assertThat(nets()).isEmpty();
        assertThat(unallocated()).containsExactly("C1 no_earlier_order -10.0000");
        run(line("a", 5, "cup", 3, 5));
        assertThat(nets()).isEqualTo(Map.of("a", 5));
    }

    @Test
    void anImportTellsWhatOfItsCreditNotesLowersNoOrder() throws Exception {
        // a was worth 15: C1 takes 10 of it for two cups, and of 10 for postage the 5 that are left. C2 is before a.
        var notes = run(line("a", 5, "cup", 3, 5)
                + line("C1", 9, "cup", -2, 5)
                + line("C1", 9, "postage", -1, 10)
                + line("C2", 3, "cup", -1, 7)
                + line("C2", 3, "lid", -1, 1));
        assertThat(told(notes)).isEqualTo("2 notes -28.00: exceeds_orders 1/1 -5.00, no_earlier_order 1/2 -8.00");
        var earlier = run(line("b", 2, "cup", 2, 7));
        assertThat(told(notes)).isEqualTo("2 notes -28.00: none");
        assertThat(told(earlier)).isEqualTo("0 notes 0.00: none");
        imports.undo(earlier);
        assertThat(told(notes)).isEqualTo("2 notes -28.00: exceeds_orders 1/1 -5.00, no_earlier_order 1/2 -8.00");
        imports.undo(notes);
        assertThat(told(notes)).isEqualTo("0 notes 0.00: none");
    }

    /** All notes; by reason how many notes and lines lower no order, and by how much. */
    private String told(long importId) {
        var credits = imports.credits(importId);
        var unmatched = credits.unmatched().stream()
                .map(some -> "%s %d/%d %.2f".formatted(some.reason(), some.notes(), some.lines(), some.amount()))
                .collect(java.util.stream.Collectors.joining(", "));
        return "%d notes %.2f: %s"
                .formatted(credits.notes(), credits.amount(), unmatched.isEmpty() ? "none" : unmatched);
    }

    @Test
    void aCreditThatIsTakenBackGivesTheOrderItsMoney() throws Exception {
        run(line("a", 5, "cup", 3, 5));
        var credits = run(line("C1", 9, "cup", -3, 5));
        assertThat(nets()).isEqualTo(Map.of("a", 0));
        imports.undo(credits);
        assertThat(nets()).isEqualTo(Map.of("a", 15));
    }

    @Test
    void anOrderThatWasCancelledBeforeAFileBroughtItIsCancelledEveryTimeItIsBrought() throws Exception {
        post("Order Cancelled", "\"order_id\":\"%s-a\"".formatted(mark), "2026-01-20T10:00:00Z");
        for (int time = 0; time < 2; time++) {
            var brought = run(line("a", 5, "cup", 3, 5) + line("b", 5, "cup", 1, 5));
            assertThat(nets()).isEqualTo(Map.of("a", 0, "b", 5));
            assertThat(remaining("a")).isEqualByComparingTo("0");
            imports.undo(brought);
            assertThat(nets()).isEmpty();
        }
        assertThat(unallocated()).isEmpty();
    }

    @Test
    void whatIsCancelledLaterIsWhatTheCreditLeft() throws Exception {
        post("Order Completed", "\"order_id\":\"%s-e\",\"total\":20".formatted(mark), "2026-01-03T10:00:00Z");
        run(line("C1", 9, "cup", -1, 8));
        assertThat(nets()).isEqualTo(Map.of("e", 12));
        post("Order Cancelled", "\"order_id\":\"%s-e\"".formatted(mark), "2026-01-20T10:00:00Z");
        assertThat(nets()).isEqualTo(Map.of("e", 0));
        assertThat(remaining("e")).isEqualByComparingTo("0");
        assertThat(unallocated()).isEmpty();
    }

    @Test
    void anEventOfAnUnknownOrderIsNotHeldAgainstAnotherOrder() throws Exception {
        run(line("a", 5, "cup", 1, 5));
        post(
                "Order Cancelled",
                "\"order_id\":\"%s-unpaid\",\"products\":[{\"product_id\":\"cup\",\"price\":5,\"quantity\":1}]"
                        .formatted(mark),
                "2026-01-20T10:00:00Z");
        assertThat(nets()).isEqualTo(Map.of("a", 5));
    }

    @Test
    void anOrderOfTwoIdsThatTurnOutToBeOnePersonIsCredited() throws Exception {
        var file = Files.writeString(
                folder.resolve("email.csv"),
                "order_id,time,email,product_id,quantity,unit_price\n%1$s-a,2026-01-05T10:00:00Z,m-%1$s@shop.test,cup,3,5\n"
                        .formatted(mark));
        imports.start(file, "email.csv", ImportMapping.NONE, false, false);
        travel.awaitQuiet();
        run(line("C1", 9, "cup", -3, 5));
        assertThat(nets()).isEqualTo(Map.of("a", 15));
        send(
                "/v1/identify",
                "{\"userId\":\"c-%1$s\",\"traits\":{\"email\":\"m-%1$s@shop.test\"},\"messageId\":\"%1$s-i\"}"
                        .formatted(mark));
        var merged = warehouse.query(
                Sql.of("select customer_id from orders_now where order_id = ?", mark + "-a"),
                row -> row.longValue("customer_id"));
        var credited = warehouse.query(
                Sql.of("select customer_id from order_lines_now where order_id = ?", mark + "-C1"),
                row -> row.longValue("customer_id"));
        assertThat(merged).as("they are one person now").isEqualTo(credited);
        assertThat(nets()).isEqualTo(Map.of("a", 0));
    }

    @Test
    void theCustomersPageShowsTheCreditWithItsOrder() throws Exception {
        run(line("a", 5, "cup", 3, 5) + line("C1", 9, "cup", -2, 5));
        var customer = identifiers
                .of(Identifier.Type.USER_ID, "c-" + mark)
                .orElseThrow()
                .id();
        assertThat(orders.of(customer)).singleElement().satisfies(order -> {
            assertThat(order.refunded()).isEqualByComparingTo("10");
            assertThat(order.lines().stream().map(l -> l.kind() + " " + l.productId() + " " + l.amount()))
                    .containsExactly("sale cup 15.0000", "cancellation cup -10.0000");
        });
    }

    /** A crash after the warehouse has a batch and before PostgreSQL has it. */
    @Test
    void aBatchThatComesAgainAfterACrashCreditsOnce() {
        long from = 7_000_000_000L + Math.floorMod(mark.hashCode(), 1_000_000_000);
        var events = List.of(
                event(from, "Order Completed", "a", 5, "\"quantity\":3"),
                event(from + 1, "Order Cancelled", "C1", 9, "\"quantity\":-2"),
                event(from + 2, "Order Cancelled", "C2", 10, "\"quantity\":-2"));
        var batch = new Tail.Batch("orders", from, from + 2, events);
        transactions.executeWithoutResult(status -> {
            tail.process(batch);
            status.setRollbackOnly();
        });
        assertThat(nets()).isEqualTo(Map.of("a", 0));
        assertThatThereIsNoPlace("a");
        transactions.executeWithoutResult(status -> tail.process(batch));
        assertThat(nets()).isEqualTo(Map.of("a", 0));
        assertThat(remaining("a")).isEqualByComparingTo("0");
        assertThat(unallocated()).containsExactly("C2 exceeds_orders -5.0000");
    }

    /** By another road: whatever was imported and undone on the way, it is as if only what stands had come, at once. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void onlyWhatStandsCountsHoweverItCame(long seed) throws Exception {
        var random = new Random(seed);
        var files = new ArrayList<String>();
        for (int f = 0; f < 4; f++) {
            var text = new StringBuilder();
            for (int i = 0; i < 3; i++)
                text.append(line(
                        "o%d%d".formatted(f, i),
                        1 + random.nextInt(20),
                        "p" + random.nextInt(3),
                        1 + random.nextInt(4),
                        2));
            for (int i = 0; i < 2; i++)
                text.append(line(
                        "C%d%d".formatted(f, i),
                        1 + random.nextInt(25),
                        "p" + random.nextInt(4),
                        -1 - random.nextInt(4),
                        2));
            files.add(text.toString());
        }
        var standing = new TreeMap<Integer, Long>();
        for (int step = 0; step < 7; step++) {
            int file = random.nextInt(files.size());
            var before = standing.remove(file);
            if (before == null) standing.put(file, run(files.get(file)));
            else imports.undo(before);
        }
        if (standing.isEmpty()) standing.put(0, run(files.getFirst()));
        var way = nets();
        var rest = unallocated();
        for (long id : standing.values()) imports.undo(id);
        assertThat(nets()).isEmpty();
        var all = new StringBuilder();
        for (int file : standing.keySet()) all.append(files.get(file));
        run(all.toString());
        assertThat(nets()).isEqualTo(way);
        assertThat(unallocated()).isEqualTo(rest);
    }

    private String line(String order, int day, String product, int quantity, int price) {
        return "%1$s-%2$s,2026-01-%3$02dT10:00:00Z,c-%1$s,%4$s,%5$d,%6$d\n"
                .formatted(mark, order, day, product, quantity, price);
    }

    private long run(String lines) throws IOException {
        var file = Files.writeString(folder.resolve(UUID.randomUUID() + ".csv"), HEADER + lines);
        var id = imports.start(file, "orders.csv", ImportMapping.NONE, false, false)
                .id();
        travel.awaitQuiet();
        var done = imports.get(id);
        assertThat(done.state()).as(String.valueOf(done.failure())).isEqualTo(Imports.State.DONE);
        return id;
    }

    private LoggedEvent event(long seq, String name, String order, int day, String product) {
        var at = Instant.parse("2026-01-%02dT10:00:00Z".formatted(day));
        var who = identifiers.of(Identifier.Type.USER_ID, "c-" + mark).orElseThrow();
        return new LoggedEvent(
                seq,
                at,
                at,
                1,
                7_000_000L,
                EventType.TRACK,
                name,
                who.id(),
                List.of(who),
                "m-" + seq,
                null,
                JsonMapper.builder()
                        .build()
                        .readTree("{\"order_id\":\"%s-%s\",\"products\":[{\"product_id\":\"cup\",\"price\":5,%s}]}"
                                .formatted(mark, order, product)),
                Map.of());
    }

    private void post(String event, String properties, String at) throws Exception {
        send(
                "/v1/track",
                "{\"userId\":\"c-%1$s\",\"event\":\"%2$s\",\"messageId\":\"%1$s-%3$d\",\"timestamp\":\"%5$s\",\"properties\":{%4$s}}"
                        .formatted(mark, event, messages++, properties, at));
    }

    private void send(String path, String body) throws Exception {
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .header("X-Write-Key", RekindleTest.WRITE_KEY)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        travel.awaitQuiet();
    }

    private Map<String, Integer> nets() {
        var nets = new TreeMap<String, Integer>();
        warehouse.stream(
                Sql.of("select order_id, net from orders_now where order_id like ?", mark + "-%"),
                row -> nets.put(
                        row.text("order_id").substring(mark.length() + 1),
                        row.decimal("net").intValueExact()));
        return nets;
    }

    private List<String> unallocated() {
        return warehouse.query(
                Sql.of("""
                        select order_id, reason, amount from credits_now where order_id like ? and of_order is null and amount <> 0
                        order by order_id
                        """, mark + "-%"),
                row -> "%s %s %s"
                        .formatted(
                                row.text("order_id").substring(mark.length() + 1),
                                row.text("reason"),
                                row.decimal("amount")));
    }

    private @Nullable BigDecimal remaining(String order) {
        return jdbc.sql("select remaining from orders_placed where order_id = :id")
                .param("id", mark + "-" + order)
                .query(BigDecimal.class)
                .single();
    }

    private void assertThatThereIsNoPlace(String order) {
        assertThat(jdbc.sql("select count(*) from orders_placed where order_id = :id")
                        .param("id", mark + "-" + order)
                        .query(Long.class)
                        .single())
                .isZero();
    }
}
