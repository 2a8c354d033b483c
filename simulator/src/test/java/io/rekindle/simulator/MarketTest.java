package io.rekindle.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The market against a product of which it sees only the public doors. */
class MarketTest {
    private static final LocalDate START = LocalDate.of(2026, 3, 1);
    private static final Instant START_INSTANT = START.atStartOfDay().toInstant(ZoneOffset.UTC);

    @Test
    void thePastArrivesAsWellFormedEventsBeforeTheStart() throws Exception {
        try (TestProduct product = new TestProduct()) {
            Played played = playHistory(MarketSettings.of(1_500, 5, START), product);
            List<JsonNode> events = product.events();
            assertThat(events).hasSize(Math.toIntExact(played.events()));
            assertThat(events.stream().map(event -> text(event, "messageId")).distinct())
                    .hasSameSizeAs(events);
            assertThat(product.batches()).allSatisfy(batch -> {
                assertThat(batch.get("batch").size()).isBetween(1, 500);
                assertThat(batch.has("sentAt")).isFalse();
            });
            assertThat(events).allSatisfy(event -> {
                Instant at = Instant.parse(text(event, "timestamp"));
                assertThat(at).isBefore(START_INSTANT).isAfter(START_INSTANT.minus(Duration.ofDays(731)));
                assertThat(LocalTime.ofInstant(at, ZoneOffset.UTC)).isBetween(Market.OPENS, Market.CLOSES);
            });
        }
    }

    @Test
    void perCustomerThereAreASignUpAndSixToEightEventsInAll() throws Exception {
        try (TestProduct product = new TestProduct()) {
            Played played = playHistory(MarketSettings.of(1_500, 6, START), product);
            assertThat(played.events()).isBetween(1_500L * 6, 1_500L * 8 + 750);
            assertThat(played.signUps()).isEqualTo(1_500);
            assertThat(played.orders()).isBetween(1_500 * 3, 1_500 * 5);
            assertThat(played.views()).isPositive();
            assertThat(played.refunds()).isBetween(played.orders() / 50, played.orders() / 12);
            assertThat(played.couponOrders()).isZero();
            assertThat(typed(product, "identify")).hasSize(1_500);
            Map<String, Integer> tracked = new HashMap<>();
            for (JsonNode event : typed(product, "track")) tracked.merge(text(event, "event"), 1, Integer::sum);
            assertThat(tracked)
                    .isEqualTo(Map.of(
                            "Order Completed", played.orders(),
                            "Order Refunded", played.refunds(),
                            "Product Viewed", played.views()));
        }
    }

    @Test
    void identifyCarriesTheTraitsAndTheConsent() throws Exception {
        try (TestProduct product = new TestProduct()) {
            playHistory(MarketSettings.of(600, 7, START), product);
            List<JsonNode> traits = typed(product, "identify").stream()
                    .map(event -> event.get("traits"))
                    .toList();
            assertThat(traits).allSatisfy(trait -> {
                for (String name : List.of("firstName", "lastName", "gender", "city", "language", "createdAt"))
                    assertThat(text(trait, name)).isNotBlank();
                assertThat(LocalDate.parse(text(trait, "birthday"))).isBefore(LocalDate.of(2008, 1, 1));
                assertThat(text(trait, "email")).matches("[a-z]+\\.[a-z]+\\.\\d+@[a-z]+\\.example");
            });
            assertThat(traits.stream().map(trait -> text(trait, "email")).distinct())
                    .hasSize(600);
            List<String> phones = traits.stream()
                    .filter(trait -> trait.has("phone"))
                    .map(trait -> text(trait, "phone"))
                    .toList();
            assertThat(phones).doesNotHaveDuplicates().hasSizeBetween(300, 420);
            assertThat(traits.stream().map(trait -> text(trait, "language"))).contains("en", "zh");
            long consenting = traits.stream()
                    .filter(trait -> trait.get("consent").get("email").asBoolean())
                    .count();
            assertThat(consenting).isBetween(600 * 80L / 100, 600 * 90L / 100);
        }
    }

    @Test
    void orderTotalsAreTheSumOfTheirLinesAndRefundsNeverExceedTheirOrder() throws Exception {
        try (TestProduct product = new TestProduct()) {
            playHistory(MarketSettings.of(1_000, 8, START).withCurrency("CNY"), product);
            Map<String, JsonNode> orders = new HashMap<>();
            for (JsonNode event : named(product, "Order Completed")) {
                JsonNode order = event.get("properties");
                BigDecimal sum = BigDecimal.ZERO;
                for (JsonNode line : order.get("products"))
                    sum = sum.add(line.get("price")
                            .decimalValue()
                            .multiply(BigDecimal.valueOf(line.get("quantity").asInt())));
                assertThat(order.get("total").decimalValue())
                        .isEqualByComparingTo(sum)
                        .isPositive();
                assertThat(order.get("subtotal").decimalValue()).isEqualByComparingTo(sum);
                assertThat(text(order, "currency")).isEqualTo("CNY");
                assertThat(orders.put(text(order, "order_id"), event)).isNull();
            }
            List<JsonNode> refunds = named(product, "Order Refunded");
            assertThat(refunds).isNotEmpty().allSatisfy(refund -> {
                JsonNode order = orders.get(text(refund.get("properties"), "order_id"));
                assertThat(order).isNotNull();
                assertThat(text(order, "userId")).isEqualTo(text(refund, "userId"));
                assertThat(text(order, "timestamp")).isLessThan(text(refund, "timestamp"));
                assertThat(refund.get("properties").get("total").decimalValue())
                        .isPositive()
                        .isLessThanOrEqualTo(
                                order.get("properties").get("total").decimalValue());
            });
        }
    }

    @Test
    void theSameSeedGivesTheSamePastAndAnotherSeedAnother() throws Exception {
        assertThat(eventsOf(MarketSettings.of(300, 9, START))).isEqualTo(eventsOf(MarketSettings.of(300, 9, START)));
        assertThat(eventsOf(MarketSettings.of(300, 9, START)))
                .isNotEqualTo(eventsOf(MarketSettings.of(300, 10, START)));
    }

    @Test
    void aCustomerIsTheSameInASmallMarketAndInALargeOne() throws Exception {
        List<JsonNode> small = eventsOf(MarketSettings.of(100, 9, START));
        List<JsonNode> large = eventsOf(MarketSettings.of(250, 9, START));
        assertThat(large.stream().filter(event -> text(event, "userId").compareTo("c0000100") < 0))
                .containsExactlyElementsOf(small);
    }

    @Test
    void batchesThatMetABusyServerOrALostConnectionAreSentAgainUnchanged() throws Exception {
        List<JsonNode> expected = eventsOf(MarketSettings.of(400, 3, START));
        for (int trouble : List.of(429, 503, 0)) {
            try (TestProduct product = new TestProduct()) {
                product.everyOtherBatchIs(trouble);
                playHistory(MarketSettings.of(400, 3, START), product);
                assertThat(new HashSet<>(product.events())).isEqualTo(new HashSet<>(expected));
                Set<JsonNode> batches = new HashSet<>(product.batches());
                assertThat(batches.stream()
                                .mapToInt(batch -> batch.get("batch").size())
                                .sum())
                        .isEqualTo(expected.size());
            }
        }
    }

    @Test
    void aRefusalIsAnErrorThatSaysWhatWasAnswered() throws Exception {
        try (TestProduct product = new TestProduct();
                EventDoor door = new EventDoor(product.address(), "wrong");
                Market market = new Market(MarketSettings.of(300, 3, START))) {
            assertThatThrownBy(() -> market.playHistory(door, Progress.none()))
                    .isInstanceOf(EventDoorException.class)
                    .hasMessageContaining("/v1/batch answered 401")
                    .hasMessageContaining("unknown_write_key");
            assertThatIllegalStateException()
                    .isThrownBy(() -> market.playHistory(door, Progress.none()))
                    .withMessageContaining("broke off while playing");
        }
    }

    @Test
    void patienceEndsWithTheReason() throws Exception {
        URI nobody;
        try (TestProduct product = new TestProduct()) {
            nobody = product.address();
        }
        try (EventDoor door = new EventDoor(nobody, "key", Duration.ofMillis(300));
                Market market = new Market(MarketSettings.of(10, 3, START))) {
            assertThatThrownBy(() -> market.playHistory(door, Progress.none()))
                    .isInstanceOf(EventDoorException.class)
                    .hasMessageContaining("gave up after PT0.3S")
                    .hasMessageContaining("cannot be reached");
        }
    }

    @Test
    void theSimulatorMeetsNoOtherMachine() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EventDoor(URI.create("http://shop.example/"), "key"))
                .withMessageContaining("http://shop.example/ is not on this machine");
    }

    @Test
    void mailsMakeReadersAndMachinesComeByAndSomeReadersBuyWithTheirCoupon() throws Exception {
        MarketSettings settings =
                MarketSettings.of(700, 21, START).withEffect(0.3).withCouponPercent(20);
        try (Run run = new Run(settings)) {
            int sent = run.write(run.consenting());
            List<DaySummary> days = run.days(20);
            assertThat(days.getFirst().mails()).isEqualTo(sent);
            assertThat(sum(days, DaySummary::unwelcomeMails)).isZero();
            assertThat(days).allSatisfy(day -> {
                assertThat(day.failedVisits()).isZero();
                assertThat(day.problems()).isEmpty();
            });
            List<TestProduct.Request> visits = run.product.visits();
            int machines = sum(days, DaySummary::machineVisits);
            assertThat(visits.stream().filter(visit -> isMachine(visit))).hasSize(machines);
            assertThat(visits.stream().filter(visit -> isMachine(visit)))
                    .allSatisfy(visit -> assertThat(visit.method()).isEqualTo("GET"));
            assertThat(humans(visits, "GET", "/t/o/")).hasSize(sum(days, DaySummary::opens));
            assertThat(humans(visits, "GET", "/t/c/")).hasSize(sum(days, DaySummary::clicks));
            assertThat(humans(visits, "POST", "/u/")).hasSize(sum(days, DaySummary::unsubscribes));
            assertThat(humans(visits, "POST", "/u/").stream()
                            .map(TestProduct.Request::body)
                            .distinct())
                    .containsExactlyInAnyOrder("List-Unsubscribe=One-Click", "sure=yes+%26+no");
            assertThat(sum(days, DaySummary::opens)).isBetween(sent / 4, sent);
            assertThat(sum(days, DaySummary::clicks)).isBetween(sent / 20, sent / 3);
            assertThat(sum(days, DaySummary::unsubscribes)).isBetween(1, sent / 20);

            List<JsonNode> withCoupon = named(run.product, "Order Completed").stream()
                    .map(event -> event.get("properties"))
                    .filter(order -> order.has("coupon"))
                    .toList();
            assertThat(withCoupon)
                    .hasSize(days.stream()
                            .mapToInt(day -> day.played().couponOrders())
                            .sum());
            assertThat(withCoupon).hasSizeGreaterThan(sent / 10).allSatisfy(order -> {
                String customer = text(order, "order_id").substring(0, 8);
                assertThat(text(order, "coupon")).isEqualTo("BACK-" + Integer.parseInt(customer.substring(1)));
                BigDecimal list = order.get("subtotal").decimalValue();
                BigDecimal discount = order.get("discount").decimalValue();
                assertThat(discount.doubleValue()).isCloseTo(list.doubleValue() * 0.2, within(0.01));
                assertThat(order.get("total").decimalValue()).isEqualByComparingTo(list.subtract(discount));
            });
        }
    }

    @Test
    void theDaysGoOnTheSameWhateverTheOrderTheMailsCameIn() throws Exception {
        MarketSettings settings = MarketSettings.of(300, 22, START).withEffect(0.3);
        List<List<JsonNode>> runs = new ArrayList<>();
        for (int order = 0; order < 2; order++)
            try (Run run = new Run(settings)) {
                List<Integer> audience = new ArrayList<>(run.consenting());
                Collections.shuffle(audience, new Random(order));
                run.write(audience);
                run.days(6);
                runs.add(run.product.events());
            }
        assertThat(runs.get(0)).isEqualTo(runs.get(1));
    }

    @Test
    void theDaysOrdersAreStampedWithinTheDayAndOnlyWhenTheShopIsOpen() throws Exception {
        try (Run run = new Run(MarketSettings.of(800, 23, START))) {
            int before = run.product.batches().size();
            run.days(1);
            List<JsonNode> events = new ArrayList<>();
            for (JsonNode batch :
                    run.product.batches().subList(before, run.product.batches().size()))
                batch.get("batch").forEach(events::add);
            assertThat(events)
                    .isNotEmpty()
                    .allSatisfy(event -> assertThat(Instant.parse(text(event, "timestamp")))
                            .isBetween(
                                    START.atTime(Market.OPENS).toInstant(ZoneOffset.UTC),
                                    START.atTime(Market.CLOSES).toInstant(ZoneOffset.UTC)));
        }
    }

    @Test
    void linksToOtherMachinesAreNotFollowedButReported() throws Exception {
        try (Run run = new Run(MarketSettings.of(300, 24, START))) {
            try (TestPost post = new TestPost(run.mailboxes.port())) {
                for (int number : run.consenting())
                    post.send(
                            Person.of(new Draws(24), number).email(),
                            "<img src='https://cdn.example/logo.png'><a href='http://10.0.0.1/x'>Shop</a>"
                                    + "<img src='" + run.product.address() + "/missing.png'>",
                            "http://10.0.0.1/u/x");
            }
            DaySummary day = run.days(1).getFirst();
            assertThat(day.refusedLinks()).isPositive();
            assertThat(day.failedVisits()).isPositive();
            assertThat(day.opens()).isZero();
            assertThat(day.clicks()).isZero();
            assertThat(day.problems())
                    .hasSize(5)
                    .anyMatch(problem -> problem.contains("is not on this machine and was not visited"));
        }
    }

    @Test
    void mailsToPeopleWhoDoNotWantAnyAreCounted() throws Exception {
        try (Run run = new Run(MarketSettings.of(300, 25, START))) {
            List<Integer> unwilling =
                    new ArrayList<>(IntStream.range(0, 300).boxed().toList());
            unwilling.removeAll(run.consenting());
            int sent = run.write(unwilling);
            assertThat(sent).isPositive();
            assertThat(run.days(1).getFirst().unwelcomeMails()).isEqualTo(sent);
        }
    }

    @Test
    void theTruthIsToldForUserIdsWhileTheDayIsStillToCome() throws Exception {
        try (Run run = new Run(MarketSettings.of(500, 26, START))) {
            List<String> everybody =
                    IntStream.range(0, 500).mapToObj(Person::userId).toList();
            TrueEffect truth = run.market.trueConversion(everybody, START, 30);
            assertThat(truth.effect()).isBetween(0.03, 0.08);
            assertThat(run.market.trueConversionEffect(everybody, START, 30)).isEqualTo(truth.effect());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> run.market.trueConversionEffect(List.of("c9999999"), START, 30))
                    .withMessageContaining("'c9999999'");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> run.market.trueConversionEffect(everybody, START.plusDays(1), 30))
                    .withMessageContaining("next day to be played, which is 2026-03-01");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> run.market.trueConversionEffect(List.of(), START, 30));
        }
    }

    @Test
    void daysArePlayedInTurnAndThePastOnce() throws Exception {
        try (Run run = new Run(MarketSettings.of(20, 27, START))) {
            assertThat(run.market.nextDay()).isEqualTo(START);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> run.market.playDay(START.plusDays(1), run.door, run.mailboxes))
                    .withMessage("2026-03-02 cannot be played: it is the turn of 2026-03-01");
            assertThatIllegalStateException().isThrownBy(() -> run.market.playHistory(run.door, Progress.none()));
        }
    }

    @Test
    void settingsNameAllTheirFaultsAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MarketSettings(0, 1, Double.NaN, START, 5, "eur", 0))
                .withMessage(
                        "market settings: customers is 0, must be 1 to 5,000,000; effect is NaN, must be 0 to 0.5; "
                                + "historyDays is 5, must be 30 to 3,650; "
                                + "currency is 'eur', must be three capital letters as in EUR; "
                                + "couponPercent is 0, must be 1 to 90");
    }

    /** A market whose past is over, its mailboxes and the product it meets. */
    private static final class Run implements AutoCloseable {
        private final MarketSettings settings;
        private final TestProduct product = new TestProduct();
        private final EventDoor door = new EventDoor(product.address(), TestProduct.WRITE_KEY);
        private final Market market;
        private final Mailboxes mailboxes;

        private Run(MarketSettings settings) throws Exception {
            this.settings = settings;
            market = new Market(settings);
            mailboxes = Mailboxes.open(0, market.habits());
            market.playHistory(door, Progress.none());
        }

        /** The customers who allow mail, as the product learns it. */
        private List<Integer> consenting() {
            return typed(product, "identify").stream()
                    .filter(event ->
                            event.get("traits").get("consent").get("email").asBoolean())
                    .map(event -> Integer.parseInt(text(event, "userId").substring(1)))
                    .toList();
        }

        /** Writes to customers, a second time to those who were put off, and says how many mails were accepted. */
        private int write(List<Integer> customers) throws Exception {
            int accepted = 0;
            Draws draws = new Draws(settings.seed());
            try (TestPost post = new TestPost(mailboxes.port())) {
                for (int number : customers) {
                    String base = product.address().toString();
                    String html = """
                            <p>Come back</p><img src="%1$s/t/o/%2$d.gif"><b class="coupon">BACK-%2$d</b>
                            <a href="%1$s/t/c/%2$d-a">Shop</a> <a href="%1$s/t/c/%2$d-b">Sale</a>
                            <a href="%1$s/u/%2$d">Unsubscribe</a>""".formatted(base, number);
                    String to = Person.of(draws, number).email();
                    int answer = post.send(to, html, base + "/u/" + number);
                    if (answer == 451) answer = post.send(to, html, base + "/u/" + number);
                    if (answer == 250) accepted++;
                }
            }
            return accepted;
        }

        private List<DaySummary> days(int days) {
            List<DaySummary> summaries = new ArrayList<>();
            for (int day = 0; day < days; day++)
                summaries.add(market.playDay(settings.startDay().plusDays(day), door, mailboxes));
            return summaries;
        }

        @Override
        public void close() {
            mailboxes.close();
            market.close();
            door.close();
            product.close();
        }
    }

    private static Played playHistory(MarketSettings settings, TestProduct product) {
        try (EventDoor door = new EventDoor(product.address(), TestProduct.WRITE_KEY);
                Market market = new Market(settings)) {
            return market.playHistory(door, Progress.none());
        }
    }

    private static List<JsonNode> eventsOf(MarketSettings settings) throws Exception {
        try (TestProduct product = new TestProduct()) {
            playHistory(settings, product);
            return product.events();
        }
    }

    private static List<JsonNode> typed(TestProduct product, String type) {
        return product.events().stream()
                .filter(event -> text(event, "type").equals(type))
                .toList();
    }

    private static List<JsonNode> named(TestProduct product, String name) {
        return typed(product, "track").stream()
                .filter(event -> text(event, "event").equals(name))
                .toList();
    }

    private static String text(JsonNode node, String field) {
        return node.get(field).asString();
    }

    private static boolean isMachine(TestProduct.Request visit) {
        return visit.userAgent().contains("Barracuda") || visit.userAgent().contains("GoogleImageProxy");
    }

    private static List<TestProduct.Request> humans(List<TestProduct.Request> visits, String method, String path) {
        return visits.stream()
                .filter(visit -> !isMachine(visit)
                        && visit.method().equals(method)
                        && visit.path().startsWith(path))
                .toList();
    }

    private static int sum(List<DaySummary> days, ToIntFunction<DaySummary> of) {
        return days.stream().mapToInt(of).sum();
    }
}
