package io.rekindle.simulator;

import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** All customers of a market, living day by day in memory. Days are epoch days. */
final class Population {
    private final Draws draws;
    private final Customer[] customers;
    private int nextDay;

    /** The population at its beginning: the first day to live is the first day of the past. */
    Population(MarketSettings settings) {
        this.draws = new Draws(settings.seed());
        this.customers = new Customer[settings.customers()];
        for (int number = 0; number < customers.length; number++)
            customers[number] = new Customer(number, Nature.of(settings, draws, number), settings.couponPercent());
        int startDay = Math.toIntExact(settings.startDay().toEpochDay());
        this.nextDay = startDay - settings.historyDays();
    }

    int size() {
        return customers.length;
    }

    int nextDay() {
        return nextDay;
    }

    Customer customer(int number) {
        return customers[number];
    }

    /** Lives the days up to, not including, the one given: one customer's days after another's. */
    void liveUntil(int day, Consumer<? super Happening> seen, IntConsumer customerDone) {
        for (int number = 0; number < customers.length; number++) {
            Customer customer = customers[number];
            for (int today = Math.max(nextDay, customer.nature().signUpDay()); today < day; today++)
                customer.live(today, draws, seen);
            customerDone.accept(number + 1);
        }
        nextDay = day;
    }

    /** Lives one day. */
    void liveDay(Consumer<? super Happening> seen) {
        liveUntil(nextDay + 1, seen, done -> {});
    }

    /** A mail reaches a customer's mailbox on the next day to be lived. */
    Customer.@Nullable Reading receive(int number, @Nullable String coupon) {
        return customers[number].receive(nextDay, coupon, draws);
    }

    /** What being written to on the next day to be lived will change for one customer, within so many days. */
    TrueEffect truth(int number, int days) {
        double silent = customers[number].chanceOfSilence(nextDay, days);
        double response = customers[number].chanceOfResponse(days);
        return new TrueEffect(1, 1 - silent * (1 - response), 1 - silent);
    }
}
