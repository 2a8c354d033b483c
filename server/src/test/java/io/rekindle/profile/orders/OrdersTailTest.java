package io.rekindle.profile.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.Sources;
import io.rekindle.platform.TimeTravel;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@RekindleTest
class OrdersTailTest {
    /** 2 × 9.95 + 1 × 5.10 = 25.00, less 2.50. */
    private static final String PRODUCTS =
            "\"products\":[{\"product_id\":\"p1\",\"name\":\"Tea\",\"price\":9.95,\"quantity\":2},{\"product_id\":\"p2\",\"price\":5.10,\"quantity\":1}]";

    private final HttpClient http = HttpClient.newHttpClient();
    private final String order = "o-" + UUID.randomUUID();
    private final int port;
    private final Warehouse warehouse;
    private final TimeTravel travel;
    private final Sources sources;
    private int messages;

    OrdersTailTest(
            @LocalServerPort int port,
            @Autowired Warehouse warehouse,
            @Autowired TimeTravel travel,
            @Autowired Sources sources) {
        this.sources = sources;
        this.port = port;
        this.warehouse = warehouse;
        this.travel = travel;
    }

    record Money(BigDecimal gross, BigDecimal discount, BigDecimal refunded, BigDecimal net) {
        static Money of(String gross, String discount, String refunded, String net) {
            return new Money(
                    new BigDecimal(gross), new BigDecimal(discount), new BigDecimal(refunded), new BigDecimal(net));
        }
    }

    @Test
    void anOrderIsItsProductsLessItsDiscount() throws Exception {
        send("Order Completed", PRODUCTS + ",\"total\":22.50,\"discount\":2.50");
        assertThat(orders()).containsExactly(Money.of("25.0000", "2.5000", "0.0000", "22.5000"));
        assertThat(lines("sale")).containsExactly(new BigDecimal("19.9000"), new BigDecimal("5.1000"));
    }

    @Test
    void anOrderToldOfTwiceWasPlacedOnce() throws Exception {
        send("Order Completed", PRODUCTS);
        send("Order Completed", PRODUCTS);
        assertThat(orders()).hasSize(1);
        assertThat(lines("sale")).hasSize(2);
    }

    @Test
    void aRefundTakesBackTheProductsItNames() throws Exception {
        send("Order Completed", PRODUCTS);
        send("Order Refunded", "\"products\":[{\"product_id\":\"p1\",\"price\":9.95,\"quantity\":1}]");
        assertThat(orders()).containsExactly(Money.of("25.0000", "0.0000", "9.9500", "15.0500"));
        assertThat(lines("refund")).containsExactly(new BigDecimal("-9.9500"));
    }

    @Test
    void aCancellationWithoutProductsTakesBackAllThatRemains() throws Exception {
        send("Order Completed", PRODUCTS + ",\"discount\":2.50");
        send("Order Refunded", "\"total\":10");
        send("Order Cancelled", "\"reason\":\"late\"");
        assertThat(orders()).containsExactly(Money.of("25.0000", "2.5000", "22.5000", "0.0000"));
        assertThat(lines("cancellation")).containsExactly(new BigDecimal("-12.5000"));
        send("Order Cancelled", "\"reason\":\"again\"");
        assertThat(lines("cancellation")).hasSize(1);
    }

    @Test
    void aRefundToldTwiceTakesBackNoMoreThanWasPaid() throws Exception {
        send("Order Completed", "\"total\":50");
        send("Order Refunded", "\"total\":50");
        send("Order Refunded", "\"total\":50");
        assertThat(orders()).containsExactly(Money.of("50.0000", "0.0000", "50.0000", "0.0000"));
        assertThat(lines("refund")).containsExactly(new BigDecimal("-50.0000"));
    }

    @Test
    void twoRefundsOfEqualPartsAreTwoUntilTheOrderIsUsedUp() throws Exception {
        send("Order Completed", PRODUCTS + ",\"discount\":2.50");
        var cup = "\"products\":[{\"product_id\":\"p1\",\"price\":9.95,\"quantity\":1}]";
        for (int i = 0; i < 4; i++) send("Order Refunded", cup);
        assertThat(lines("refund"))
                .containsExactly(new BigDecimal("-9.9500"), new BigDecimal("-9.9500"), new BigDecimal("-2.6000"));
        assertThat(orders()).containsExactly(Money.of("25.0000", "2.5000", "22.5000", "0.0000"));
        send("Order Refunded", "\"total\":9000000000000");
        assertThat(orders()).containsExactly(Money.of("25.0000", "2.5000", "22.5000", "0.0000"));
    }

    @Test
    void aRefundThatComesBeforeItsOrderCountsOnceTheOrderIsThereAndIsBoundedToo() throws Exception {
        send("Order Refunded", "\"total\":20");
        assertThat(orders()).isEmpty();
        send("Order Completed", "\"total\":50");
        assertThat(orders()).containsExactly(Money.of("50.0000", "0.0000", "20.0000", "30.0000"));
        send("Order Refunded", "\"total\":50");
        assertThat(orders()).containsExactly(Money.of("50.0000", "0.0000", "50.0000", "0.0000"));
    }

    @Test
    void aCancellationOrAWholeRefundThatComesBeforeItsOrderCountsOnceTheOrderIsThere() throws Exception {
        send("Order Cancelled", "\"total\":22.50");
        send("Order Cancelled", "\"reason\":\"again\"");
        assertThat(orders()).isEmpty();
        send("Order Completed", PRODUCTS + ",\"discount\":2.50");
        assertThat(orders()).containsExactly(Money.of("25.0000", "2.5000", "22.5000", "0.0000"));
        assertThat(lines("cancellation")).containsExactly(new BigDecimal("-22.5000"));
        send("Order Completed", PRODUCTS + ",\"discount\":2.50");
        send("Order Cancelled", "\"reason\":\"once more\"");
        assertThat(orders()).containsExactly(Money.of("25.0000", "2.5000", "22.5000", "0.0000"));
    }

    /** A law: what is left of an order does not hang on which of its events was faster. */
    @Test
    void inWhateverOrderTheEventsComeAsMuchIsTakenBack() throws Exception {
        var told = List.of(
                "\"event\":\"Order Completed\",\"properties\":{\"total\":50,\"order_id\":",
                "\"event\":\"Order Refunded\",\"properties\":{\"total\":20,\"order_id\":",
                "\"event\":\"Order Refunded\",\"properties\":{\"order_id\":");
        int arrival = 0;
        for (var way : List.of("012", "021", "102", "120", "201", "210")) {
            var apart = "%s-%d".formatted(order, arrival++);
            var together = "%s-%d".formatted(order, arrival++);
            var items = new ArrayList<String>();
            for (var place : List.of(way.split(""))) {
                var start = told.get(Integer.parseInt(place));
                post(
                        RekindleTest.WRITE_KEY,
                        "{\"userId\":\"%1$s\",\"messageId\":\"%1$s%3$s\",%2$s\"%1$s\"}}"
                                .formatted(apart, start, place));
                items.add("{\"type\":\"track\",\"userId\":\"%1$s\",\"messageId\":\"%1$s%3$s\",%2$s\"%1$s\"}}"
                        .formatted(together, start, place));
            }
            post("/v1/batch", RekindleTest.WRITE_KEY, "{\"batch\":[%s]}".formatted(String.join(",", items)));
            assertThat(ofThisNumber()).as(way).hasSize(arrival).containsOnly("0.0000");
        }
    }

    @Test
    void whatIsTakenBackBeforeItsOrderIsTheSourcesOrTheCustomersAndNotAnotherShops() throws Exception {
        var till = writeKey();
        var office = writeKey();
        tell(till, "b-" + order, "Order Cancelled", "\"reason\":\"broken\"");
        tell(RekindleTest.WRITE_KEY, "a-" + order, "Order Completed", "\"total\":11");
        assertThat(ofThisNumber()).containsExactly("11.0000");
        tell(office, "b-" + order, "Order Completed", "\"total\":22");
        assertThat(ofThisNumber()).containsExactly("11.0000", "0.0000");
    }

    @Test
    void anAnonymousBrowsersOrderIsCancelledByWhoeverKnewOfItFirst() throws Exception {
        tell(writeKey(), "b-" + order, "Order Cancelled", "\"reason\":\"broken\"");
        tell(RekindleTest.WRITE_KEY, null, "Order Completed", "\"total\":11");
        assertThat(ofThisNumber()).containsExactly("0.0000");
    }

    @Test
    void anOrderBrowserAndServerTellOfIsOneOrder() throws Exception {
        var server = writeKey();
        tell(RekindleTest.WRITE_KEY, "c-" + order, "Order Completed", "\"total\":11");
        tell(server, "c-" + order, "Order Completed", "\"total\":11");
        assertThat(orders()).containsExactly(Money.of("11.0000", "0.0000", "0.0000", "11.0000"));
        assertThat(ofThisNumber()).hasSize(1);
        tell(server, "c-" + order, "Order Refunded", "\"total\":4");
        assertThat(orders()).containsExactly(Money.of("11.0000", "0.0000", "4.0000", "7.0000"));
    }

    /** The browser may not know yet whom it shows the order to. */
    @Test
    void anOrderOfAnAnonymousBrowserAndOfACustomerIsOneOrder() throws Exception {
        var till = writeKey();
        tell(RekindleTest.WRITE_KEY, null, "Order Completed", "\"total\":11");
        tell(till, "c-" + order, "Order Completed", "\"total\":11");
        assertThat(ofThisNumber()).hasSize(1);
    }

    @Test
    void theSameNumberOfAnotherCustomerAtAnotherSourceIsAnotherOrder() throws Exception {
        var till = writeKey();
        var office = writeKey();
        tell(RekindleTest.WRITE_KEY, "a-" + order, "Order Completed", "\"total\":11");
        tell(till, "b-" + order, "Order Completed", "\"total\":22");
        tell(till, "b-" + order, "Order Completed", "\"total\":22");
        assertThat(orders()).containsExactly(Money.of("11.0000", "0.0000", "0.0000", "11.0000"));
        assertThat(ofThisNumber()).containsExactly("11.0000", "22.0000");
        // Its own source's order, whoever is named; from elsewhere the named customer's.
        tell(till, "a-" + order, "Order Refunded", "\"total\":2");
        assertThat(ofThisNumber()).containsExactly("11.0000", "20.0000");
        tell(office, "a-" + order, "Order Refunded", "\"total\":1");
        assertThat(ofThisNumber()).containsExactly("10.0000", "20.0000");
        tell(office, "b-" + order, "Order Cancelled", "\"reason\":\"broken\"");
        assertThat(ofThisNumber()).containsExactly("10.0000", "0.0000");
    }

    private String writeKey() {
        return sources.createKey(
                        sources.create("shop " + UUID.randomUUID(), List.of()).id())
                .secret();
    }

    private void tell(String key, @Nullable String user, String event, String properties) throws Exception {
        var who = user == null ? "\"anonymousId\":\"a-%s\"".formatted(order) : "\"userId\":\"%s\"".formatted(user);
        post(
                key,
                "{%s,\"event\":\"%s\",\"messageId\":\"%s-%d\",\"properties\":{\"order_id\":\"%s\",%s}}"
                        .formatted(who, event, order, messages++, order, properties));
    }

    private List<String> ofThisNumber() {
        return warehouse.query(
                Sql.of("select net from orders_now where order_id like ? order by order_id", order + "%"),
                row -> row.decimal("net").toPlainString());
    }

    @Test
    void anOrderWithoutProductsIsItsTotal() throws Exception {
        send("Order Completed", "\"revenue\":19.90");
        assertThat(orders()).containsExactly(Money.of("19.9000", "0.0000", "0.0000", "19.9000"));
        assertThat(lines("sale")).containsExactly(new BigDecimal("19.9000"));
    }

    @Test
    void numbersNobodyCanHaveMeantDoNotStopTheTail() throws Exception {
        send(
                "Order Completed",
                "\"products\":[{\"product_id\":\"p1\",\"price\":1e300,\"quantity\":\"many\"},{\"price\":1e999,\"quantity\":-1e999}],\"total\":7");
        assertThat(orders()).containsExactly(Money.of("7.0000", "0.0000", "0.0000", "7.0000"));
    }

    @Test
    void theDailyRollUpSumsTheSameEvents() throws Exception {
        send("Order Completed", PRODUCTS + ",\"total\":25");
        var rolled =
                warehouse.query(Sql.of("""
                        select sum(d.events) as events, sum(d.amount) as amount from event_days_now d
                        where d.name = 'Order Completed' and d.customer_id = (select customer_id from orders_now where order_id = ?)
                        """, order), row -> List.of(row.longValue("events"), row.decimal("amount")));
        assertThat(rolled).containsExactly(List.of(1L, new BigDecimal("25.0000")));
    }

    private void send(String event, String properties) throws Exception {
        var body =
                "{\"userId\":\"%1$s\",\"event\":\"%2$s\",\"messageId\":\"%1$s-%3$d\",\"properties\":{\"order_id\":\"%1$s\",%4$s}}"
                        .formatted(order, event, messages++, properties);
        post(RekindleTest.WRITE_KEY, body);
    }

    private void post(String key, String body) throws Exception {
        post("/v1/track", key, body);
    }

    private void post(String path, String key, String body) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("X-Write-Key", key)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        travel.awaitQuiet();
    }

    private List<Money> orders() {
        return warehouse.query(
                Sql.of("select gross, discount, refunded, net from orders_now where order_id = ?", order),
                row -> new Money(
                        row.decimal("gross"), row.decimal("discount"), row.decimal("refunded"), row.decimal("net")));
    }

    private List<BigDecimal> lines(String kind) {
        return warehouse.query(
                Sql.of(
                        "select amount from order_lines_now where order_id = ? and kind = ? order by seq, line_no",
                        order,
                        kind),
                row -> row.decimal("amount"));
    }
}
