package io.rekindle.simulator;

import io.rekindle.simulator.Catalogue.Line;
import io.rekindle.simulator.Draws.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One customer: her nature and where she stands. She lives one day at a time; each day's purchase is drawn from the
 * days since her last one, so her chances on the days ahead are known exactly from where she stands.
 */
final class Customer {
    /** A mail that did something; the days are epoch days. */
    record Reading(
            int day, boolean showsPictures, boolean clicks, double whichLink, boolean unsubscribes, boolean byPage) {}

    /** Something that will happen on a day ahead. */
    private sealed interface Ahead {
        int day();
    }

    private record GetsCoupon(int day, String coupon) implements Ahead {}

    private record BuysBecauseOfMail(int day) implements Ahead {}

    private record SendsBack(int day, int number, List<Line> lines, long amount) implements Ahead {}

    private static final int SECONDS_A_DAY = 86_400;
    private static final int SHOP_OPENS = Market.OPENS.toSecondOfDay();
    private static final int SHOP_HOURS = Market.CLOSES.toSecondOfDay() - SHOP_OPENS - 1;
    private static final double SPEND_SPREAD = 0.35;
    private static final double LOOKS_BEFORE_BUYING = 0.35;
    private static final double MAIL_BUYER_USES_COUPON = 0.8;

    private final int number;
    private final Nature nature;
    private final int couponPercent;
    private int lastDay;
    private boolean left;
    private int orders;
    private int mails;
    private @Nullable String coupon;
    private List<Ahead> ahead = List.of();

    Customer(int number, Nature nature, int couponPercent) {
        this.number = number;
        this.nature = nature;
        this.couponPercent = couponPercent;
        this.lastDay = nature.signUpDay();
    }

    private Customer(Customer other) {
        this.number = other.number;
        this.nature = other.nature;
        this.couponPercent = other.couponPercent;
        this.lastDay = other.lastDay;
        this.left = other.left;
        this.orders = other.orders;
        this.mails = other.mails;
        this.coupon = other.coupon;
        this.ahead = other.ahead.isEmpty() ? List.of() : new ArrayList<>(other.ahead);
    }

    /** The same customer in the same place, to live another future. */
    Customer twin() {
        return new Customer(this);
    }

    Nature nature() {
        return nature;
    }

    /** Lives one day. Days must follow each other without a gap from the sign-up on. */
    void live(int day, Draws draws, Consumer<? super Happening> seen) {
        if (day < nature.signUpDay()) return;
        if (day == nature.signUpDay()) {
            long at = timeOn(day, draws.unit(number, Purpose.ORDER, 4L * day));
            seen.accept(new Happening.SignedUp(number, Math.max(timeOn(day, 0), at - 60), nature.consents()));
            if (nature.buysAtOnce()) buy(day, draws, false, seen);
            return;
        }
        if (!ahead.isEmpty()) takeUp(day, draws, seen);
        if (!left && draws.unit(number, Purpose.BUY, day) < nature.rhythm().chanceOnDay(day - lastDay)) {
            buy(day, draws, false, seen);
        } else if (!left && draws.unit(number, Purpose.BROWSE, day) < nature.browses()) {
            SplittableRandom random = draws.stream(number, Purpose.BROWSE, -day);
            seen.accept(new Happening.Viewed(
                    number, timeOn(day, random.nextDouble()), Catalogue.look(random, nature.category())));
        }
        if (!ahead.isEmpty() && ahead.removeIf(thing -> thing instanceof BuysBecauseOfMail mail && mail.day() == day))
            buy(day, draws, true, seen);
    }

    private void takeUp(int day, Draws draws, Consumer<? super Happening> seen) {
        ahead.removeIf(thing -> {
            if (thing.day() != day) return false;
            return switch (thing) {
                case GetsCoupon gets -> {
                    coupon = gets.coupon();
                    yield true;
                }
                case SendsBack back -> {
                    long at = timeOn(day, draws.unit(number, Purpose.ORDER, 4L * day + 2));
                    seen.accept(new Happening.Refunded(number, at, back.number(), back.lines(), back.amount()));
                    yield true;
                }
                case BuysBecauseOfMail _ -> false;
            };
        });
    }

    private void buy(int day, Draws draws, boolean becauseOfMail, Consumer<? super Happening> seen) {
        long when = 4L * day + (becauseOfMail ? 1 : 0);
        SplittableRandom random = draws.stream(number, Purpose.ORDER, when);
        long at = timeOn(day, draws.unit(number, Purpose.ORDER, when));
        double cents = Math.exp(nature.logSpend() + SPEND_SPREAD * random.nextGaussian());
        List<Line> lines = Catalogue.basket(random, nature.category(), Math.round(Math.min(cents, 1e7)));
        if (random.nextDouble() < LOOKS_BEFORE_BUYING)
            seen.accept(new Happening.Viewed(
                    number,
                    Math.max(timeOn(day, 0), at - 30 - random.nextInt(1_800)),
                    lines.getFirst().product()));
        String used = usesCoupon(draws, when, becauseOfMail) ? coupon : null;
        long listPrice = lines.stream().mapToLong(Line::amount).sum();
        long discount = used == null ? 0 : listPrice * couponPercent / 100;
        if (used != null) coupon = null;
        Happening.Ordered order = new Happening.Ordered(number, at, ++orders, lines, discount, used);
        seen.accept(order);
        if (random.nextDouble() < nature.refunds()) ahead().add(sendsBack(day, order, random));
        lastDay = day;
        left = draws.unit(number, Purpose.LEAVE, when) < nature.dropOut();
    }

    private boolean usesCoupon(Draws draws, long when, boolean becauseOfMail) {
        if (coupon == null) return false;
        double chance = becauseOfMail ? MAIL_BUYER_USES_COUPON : nature.usesCoupons();
        return draws.unit(number, Purpose.COUPON, when) < chance;
    }

    /** Either the whole order or one of its lines comes back, for what was paid for it. */
    private static SendsBack sendsBack(int day, Happening.Ordered order, SplittableRandom random) {
        boolean whole = order.lines().size() == 1 || random.nextDouble() < 0.3;
        List<Line> lines = whole
                ? order.lines()
                : List.of(order.lines().get(random.nextInt(order.lines().size())));
        long listPrice = lines.stream().mapToLong(Line::amount).sum();
        long amount = whole ? order.paid() : listPrice * order.paid() / order.listPrice();
        return new SendsBack(day + 2 + random.nextInt(12), order.number(), lines, amount);
    }

    /**
     * A mail has arrived in her mailbox. Decides what it will do and remembers what it makes her buy; the caller plays
     * what happens on the web.
     */
    @Nullable
    Reading receive(int day, @Nullable String couponInMail, Draws draws) {
        SplittableRandom random = draws.stream(number, Purpose.MAIL, ++mails);
        boolean reads = random.nextDouble() < nature.reads();
        int readDay = day + Delays.TO_READ.draw(random);
        boolean clicks = random.nextDouble() < nature.clicks();
        double whichLink = random.nextDouble();
        boolean unsubscribes = random.nextDouble() < nature.unsubscribes();
        boolean byPage = random.nextDouble() < 0.25;
        boolean buys = random.nextDouble() < nature.response();
        int buyDay = readDay + Delays.TO_BUY.draw(random);
        if (!reads) return null;
        if (couponInMail != null) ahead().add(new GetsCoupon(readDay, couponInMail));
        if (buys) ahead().add(new BuysBecauseOfMail(buyDay));
        return new Reading(readDay, nature.showsPictures(), clicks, whichLink, unsubscribes, byPage);
    }

    /** The exact chance of buying nothing on so many days from the day given, if no further mail arrives. */
    double chanceOfSilence(int fromDay, int days) {
        for (Ahead thing : ahead)
            if (thing instanceof BuysBecauseOfMail mail && mail.day() >= fromDay && mail.day() < fromDay + days)
                return 0;
        return left ? 1 : nature.rhythm().chanceOfSilence(fromDay - 1 - lastDay, days);
    }

    /** The exact chance that a mail sent on a day brings an extra purchase within so many days, that day included. */
    double chanceOfResponse(int days) {
        return nature.readsWhatIsSent() * nature.response() * Delays.TO_READ_AND_BUY.chanceWithin(days - 1);
    }

    private List<Ahead> ahead() {
        if (ahead.isEmpty()) ahead = new ArrayList<>(2);
        return ahead;
    }

    private static long timeOn(int day, double unit) {
        return (long) day * SECONDS_A_DAY + SHOP_OPENS + (long) (unit * SHOP_HOURS);
    }
}
