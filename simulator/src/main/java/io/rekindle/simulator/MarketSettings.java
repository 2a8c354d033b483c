package io.rekindle.simulator;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * What a market is made of. Two markets with equal settings have the same customers, the same past and, met with the
 * same mails, the same future.
 *
 * @param customers how many customers there are, 1 to 5,000,000
 * @param seed where all randomness comes from
 * @param effect the mean probability, over customers who read mail, that a mail they read brings one extra purchase;
 *     0 to 0.5, 0 for none. A customer's own probability lies between 0.2 and 1.8 times this
 * @param startDay the first day to be played; the past ends the evening before
 * @param historyDays how many days of past there are, 30 to 3,650
 * @param currency ISO 4217 code of all amounts
 * @param couponPercent what the shop takes off an order with a coupon, in percent, 1 to 90
 */
public record MarketSettings(
        int customers,
        long seed,
        double effect,
        LocalDate startDay,
        int historyDays,
        String currency,
        int couponPercent) {
    /**
     * The default effect: some six to seven points of conversion on lapsed customers, once mails that do not arrive and
     * people who do not read are counted in.
     */
    public static final double DEFAULT_EFFECT = 0.10;

    /** Checks all values and names every fault at once. */
    public MarketSettings {
        List<String> faults = new ArrayList<>();
        if (customers < 1 || customers > 5_000_000)
            faults.add("customers is %d, must be 1 to 5,000,000".formatted(customers));
        if (!(effect >= 0 && effect <= 0.5)) faults.add("effect is %s, must be 0 to 0.5".formatted(effect));
        if (historyDays < 30 || historyDays > 3_650)
            faults.add("historyDays is %d, must be 30 to 3,650".formatted(historyDays));
        if (!currency.matches("[A-Z]{3}"))
            faults.add("currency is '%s', must be three capital letters as in EUR".formatted(currency));
        if (couponPercent < 1 || couponPercent > 90)
            faults.add("couponPercent is %d, must be 1 to 90".formatted(couponPercent));
        if (!faults.isEmpty()) throw new IllegalArgumentException("market settings: " + String.join("; ", faults));
    }

    /** A market with two years of past, in euros, with the default effect and a coupon of 10 %. */
    public static MarketSettings of(int customers, long seed, LocalDate startDay) {
        return new MarketSettings(customers, seed, DEFAULT_EFFECT, startDay, 730, "EUR", 10);
    }

    /** The same market with another effect of being written to. */
    public MarketSettings withEffect(double effect) {
        return new MarketSettings(customers, seed, effect, startDay, historyDays, currency, couponPercent);
    }

    /** The same market with another length of past, in days. */
    public MarketSettings withHistoryDays(int historyDays) {
        return new MarketSettings(customers, seed, effect, startDay, historyDays, currency, couponPercent);
    }

    /** The same market counting in another currency. */
    public MarketSettings withCurrency(String currency) {
        return new MarketSettings(customers, seed, effect, startDay, historyDays, currency, couponPercent);
    }

    /** The same market with another coupon value, in percent of the order. */
    public MarketSettings withCouponPercent(int couponPercent) {
        return new MarketSettings(customers, seed, effect, startDay, historyDays, currency, couponPercent);
    }
}
