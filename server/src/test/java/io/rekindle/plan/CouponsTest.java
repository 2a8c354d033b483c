package io.rekindle.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Problem;
import io.rekindle.testing.RekindleTest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

@RekindleTest
class CouponsTest {
    @Autowired
    private Offers offers;

    @Autowired
    private Coupons coupons;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JsonMapper json;

    @Test
    void workersBesideEachOtherNeverGetTheSameCodeAndNoneIsLost() throws Exception {
        long offer = offer(null).id();
        offers.generateCodes(offer, 200, "BACK-");
        var tasks = new ArrayList<Callable<CouponCode>>();
        for (int i = 0; i < 220; i++) {
            long message = 1_000_000 * offer + i;
            tasks.add(() -> transaction.execute(status -> coupons.take(offer, 1, message, new CustomerId(message))));
        }
        var codes = new ArrayList<String>();
        int none = 0;
        try (var workers = Executors.newFixedThreadPool(6)) {
            for (var taken : workers.invokeAll(tasks)) {
                switch (taken.get()) {
                    case CouponCode.Given given -> codes.add(given.code());
                    case CouponCode.None no -> none++;
                }
            }
        }
        assertThat(codes).hasSize(200).doesNotHaveDuplicates().allMatch(code -> code.startsWith("BACK-"));
        assertThat(none).isEqualTo(20);
        assertThat(offers.get(offer).codes()).isEqualTo(new Offer.Codes(200, 200, 0, 0, null));
    }

    @Test
    void aMessageGetsTheSameCodeAgainAndGivesItBackUnlessItWasUsed() {
        long offer = offer(null).id();
        offers.importCodes(offer, List.of("one-" + offer, "two-" + offer));
        long message = 1_000_000 * offer;
        var code = coupons.take(offer, 1, message, new CustomerId(5));
        assertThat(coupons.take(offer, 1, message, new CustomerId(5))).isEqualTo(code);
        assertThat(code).isEqualTo(new CouponCode.Given("ONE-" + offer));
        coupons.release(message);
        assertThat(offers.get(offer).codes().assigned()).isZero();

        coupons.take(offer, 1, message, new CustomerId(5));
        redeem(" one-" + offer + " ", "A1");
        redeem("ONE-" + offer, "A2");
        coupons.release(message);
        assertThat(offers.get(offer).codes()).isEqualTo(new Offer.Codes(2, 1, 1, 0, null));
        assertThat(coupons.messagesOf(offer, List.of("ONE-" + offer, "TWO-" + offer, "OTHER")))
                .isEqualTo(Map.of("ONE-" + offer, message));
    }

    @Test
    void aCodeIsOneWordAndAListOfOthersIsRefusedAtEachPlace() {
        long offer = offer(null).id();
        assertThatThrownBy(() -> offers.importCodes(
                        offer, List.of("fine-1_%", "A,B", "A;B", "A B", "A\tB", "A\nB", "A\u200bB", "a|b", "\"a\"")))
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.code()).isEqualTo("codes_not_added");
                    assertThat(problem.faults())
                            .extracting(Problem.Fault::place)
                            .containsExactly(
                                    "codes[1]",
                                    "codes[2]",
                                    "codes[3]",
                                    "codes[4]",
                                    "codes[5]",
                                    "codes[6]",
                                    "codes[7]",
                                    "codes[8]");
                });
        assertThatThrownBy(() -> offers.generateCodes(offer, 1, "A,"))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.faults())
                                .extracting(Problem.Fault::place)
                                .containsExactly("prefix"));
        assertThat(offers.get(offer).codes().total()).isZero();
    }

    @Test
    void whenTheBudgetIsPromisedNoCodeIsGivenOutThoughNoneWasUsed() {
        long offer = offer(new BigDecimal("9.99")).id();
        offers.importCodes(offer, List.of("a-" + offer, "b-" + offer));
        long message = 1_000_000 * offer;
        assertThat(coupons.take(offer, 1, message, new CustomerId(5))).isInstanceOf(CouponCode.Given.class);
        assertThat(coupons.take(offer, 1, message + 1, new CustomerId(6)))
                .isEqualTo(new CouponCode.None(CouponCode.Reason.OFFER_BUDGET_USED));
        coupons.release(message);
        assertThat(coupons.take(offer, 1, message + 1, new CustomerId(6)))
                .as("a code that came back is promised to nobody")
                .isInstanceOf(CouponCode.Given.class);
    }

    /** 5 off and 0.50 besides: 100 pays for 18 codes (99), not for 19 (104.50); those of a list that are there already count once. */
    @Test
    void workersBesideEachOtherDoNotGoOverABudget() throws Exception {
        long offer = offers.create(new Offers.Draft(
                        "Five off",
                        Offer.Kind.AMOUNT,
                        new BigDecimal("5"),
                        null,
                        new BigDecimal("0.50"),
                        new BigDecimal("100"),
                        Instant.parse("2030-01-01T00:00:00Z")))
                .id();
        var own = new ArrayList<String>();
        for (int i = 0; i < 10; i++) own.add("own-%d-%d".formatted(offer, i));
        offers.importCodes(offer, own.subList(0, 6));
        offers.importCodes(offer, own);
        offers.generateCodes(offer, 50, "BACK-");
        assertThat(offers.get(offer).codes()).isEqualTo(new Offer.Codes(60, 0, 0, 0, 18L));
        var tasks = new ArrayList<Callable<CouponCode>>();
        for (int i = 0; i < 60; i++) {
            long message = 1_000_000 * offer + i;
            tasks.add(() -> transaction.execute(status -> coupons.take(offer, 1, message, new CustomerId(message))));
        }
        int given = 0;
        try (var workers = Executors.newFixedThreadPool(6)) {
            for (var taken : workers.invokeAll(tasks)) if (taken.get() instanceof CouponCode.Given) given++;
        }
        assertThat(given).isEqualTo(18);
        assertThat(offers.get(offer).codes().assigned()).isEqualTo(18);
    }

    @Test
    void aBudgetForAPercentageNeedsACostPerUse() {
        assertThatThrownBy(() -> offers.create(new Offers.Draft(
                        "Ten off",
                        Offer.Kind.PERCENT,
                        BigDecimal.TEN,
                        null,
                        BigDecimal.ZERO,
                        new BigDecimal("100"),
                        Instant.parse("2030-01-01T00:00:00Z"))))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.faults())
                                .extracting(Problem.Fault::code)
                                .containsExactly("budget_without_cost"));
    }

    /** What the offer lacks is told by its own figures, whatever else is the matter: of two reasons the one time made. */
    @Test
    void whyThereIsNoCodeIsToldApart(@Autowired JdbcClient jdbc) {
        long offer = offer(null).id();
        long message = 1_000_000 * offer;
        assertThat(coupons.take(offer, 1, message, new CustomerId(5)))
                .isEqualTo(new CouponCode.None(CouponCode.Reason.NO_COUPON));
        offers.importCodes(offer, List.of("late-" + offer));
        jdbc.sql("update offers set expires_at = '2026-01-01T00:00:00Z' where id = :id")
                .param("id", offer)
                .update();
        assertThat(coupons.take(offer, 1, message, new CustomerId(5)))
                .isEqualTo(new CouponCode.None(CouponCode.Reason.OFFER_EXPIRED));
    }

    private Offer offer(@org.jspecify.annotations.Nullable BigDecimal budget) {
        return offers.create(new Offers.Draft(
                "Ten off",
                Offer.Kind.PERCENT,
                BigDecimal.TEN,
                null,
                new BigDecimal("5"),
                budget,
                Instant.parse("2030-01-01T00:00:00Z")));
    }

    private void redeem(String code, String order) {
        var event = new LoggedEvent(
                1,
                Instant.parse("2026-03-01T10:00:00Z"),
                Instant.parse("2026-03-01T10:00:00Z"),
                1,
                null,
                EventType.TRACK,
                "Order Completed",
                new CustomerId(5),
                List.of(new Identifier(Identifier.Type.USER_ID, new CustomerId(5))),
                "m-" + order,
                null,
                json.createObjectNode().put("order_id", order).put("coupon", code),
                Map.of());
        transaction.executeWithoutResult(status -> coupons.process(new Tail.Batch("coupons", 1, 1, List.of(event))));
    }
}
