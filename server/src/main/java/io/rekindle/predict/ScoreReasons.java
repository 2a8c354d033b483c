package io.rekindle.predict;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What a customer's scores stand on: the numbers the models were given, and what these would say of other silences. Days
 * with several orders are one purchase, amounts are net of refunds.
 *
 * @param day the business day up to which was looked
 * @param purchases days with a purchase that stands
 * @param daysSinceFirst how long they have been a customer
 * @param daysSinceLast how long they have been silent
 * @param usualGap mean days between two purchases; null of who bought once
 * @param gapsSilent how many usual gaps the silence is; null of who bought once
 * @param alive probability that they will buy again at all; null of who bought once: the model cannot tell
 * @param aliveIfYesterday the same had the last purchase been yesterday, all else equal
 * @param aliveAtUsualGap the same had the last purchase been one usual gap ago, all else equal
 * @param meanAmount mean amount of a repeat purchase; null of who bought once
 * @param everybodysAmount what is expected of somebody of whom no amount is known; the expected amount lies between the two
 * @param expectedAmount of a next purchase
 * @param purchaseDays the days ahead {@code expectedPurchases} counts
 * @param valueDays the days ahead {@code expectedLater} counts
 * @param expectedLater purchases; times {@code expectedAmount} it is {@code expectedValue}
 */
public record ScoreReasons(
        LocalDate day,
        int purchases,
        int daysSinceFirst,
        int daysSinceLast,
        @Nullable Double usualGap,
        @Nullable Double gapsSilent,
        @Nullable Double alive,
        @Nullable Double aliveIfYesterday,
        @Nullable Double aliveAtUsualGap,
        @Nullable Double meanAmount,
        double everybodysAmount,
        double expectedAmount,
        int purchaseDays,
        double expectedPurchases,
        int valueDays,
        double expectedLater,
        double expectedValue) {}
