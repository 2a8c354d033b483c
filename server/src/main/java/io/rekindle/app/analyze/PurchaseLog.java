package io.rekindle.app.analyze;

import io.rekindle.models.numeric.Indices;
import io.rekindle.models.value.NetPurchases;
import io.rekindle.platform.Problem;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A log of purchases as the purchase models want it: who, on which day, for how much. Rows that lack one of these are left
 * out and counted; negative amounts are refunds.
 */
final class PurchaseLog {
    static final Field CUSTOMER = Field.key("customer");
    static final Field TIME = Field.time("time");
    static final Field AMOUNT = Field.number("amount").optional();

    /** The last day learnt from. */
    final long until;
    /** The last day of the file. */
    final long last;

    final boolean hasAmounts;

    private final List<String> names;
    private final int[] customer;
    private final long[] day;
    private final double[] amount;

    private PurchaseLog(
            List<String> names,
            int[] customer,
            long[] day,
            double[] amount,
            boolean hasAmounts,
            long until,
            long last) {
        this.names = names;
        this.customer = customer;
        this.day = day;
        this.amount = amount;
        this.hasAmounts = hasAmounts;
        this.until = until;
        this.last = last;
    }

    static PurchaseLog read(InputOptions input, @Nullable LocalDate until, Card card, Progress progress) {
        var rows = input.read(List.of(CUSTOMER, TIME, AMOUNT), progress);
        var customers = rows.keys(CUSTOMER);
        var days = rows.days(TIME);
        boolean hasAmounts = rows.has(AMOUNT);
        var amounts = hasAmounts ? rows.numbers(AMOUNT) : new double[rows.size()];
        long without = 0;
        long withoutTime = 0;
        long withoutAmount = 0;
        int[] kept = new int[rows.size()];
        int size = 0;
        for (int i = 0; i < rows.size(); i++) {
            if (!customers.has(i)) without++;
            else if (days[i] == DataRows.NO_TIME) withoutTime++;
            else if (Double.isNaN(amounts[i])) withoutAmount++;
            else kept[size++] = i;
        }
        card.read(
                input.fileName(),
                rows.size(),
                size,
                List.of(
                        new Card.LeftOut("rows without a customer", without),
                        new Card.LeftOut("rows without a time", withoutTime),
                        new Card.LeftOut("rows without an amount", withoutAmount)));
        if (size < rows.size())
            card.warn(
                    "rows_left_out",
                    "%,d of %,d rows lack a customer, a time or an amount and do not count"
                            .formatted(rows.size() - size, rows.size()));
        if (size == 0)
            throw Problem.invalid(
                    "no_purchases", "no row of %s has a customer, a time and an amount".formatted(input.fileName()));
        int[] used = Arrays.copyOf(kept, size);
        var range = Arrays.stream(used).mapToLong(i -> days[i]).summaryStatistics();
        long end = until == null ? range.getMax() : until.toEpochDay();
        if (end < range.getMin())
            throw Problem.invalid(
                    "until_before_data",
                    "nobody had bought by --until %s: the rows go from %s to %s"
                            .formatted(
                                    until, LocalDate.ofEpochDay(range.getMin()), LocalDate.ofEpochDay(range.getMax())));
        if (end > range.getMax())
            card.warn(
                    "until_after_data",
                    "the file ends on %s: nobody is taken to have bought from then to --until %s"
                            .formatted(LocalDate.ofEpochDay(range.getMax()), LocalDate.ofEpochDay(end)));
        warnOfFarDays(days, used, card);
        return new PurchaseLog(
                customers.names(),
                Arrays.stream(used).map(i -> customers.codes()[i]).toArray(),
                Arrays.stream(used).mapToLong(i -> days[i]).toArray(),
                Arrays.stream(used).mapToDouble(i -> amounts[i]).toArray(),
                hasAmounts,
                end,
                range.getMax());
    }

    /** A handful of days years away from all others is more often a slip of the pen than a purchase. */
    private static void warnOfFarDays(long[] days, int[] used, Card card) {
        long[] sorted = Arrays.stream(used).mapToLong(i -> days[i]).sorted().toArray();
        long low = sorted[(int) (sorted.length * .001)];
        long high = sorted[(int) (sorted.length * .999)];
        if (sorted.length < 1000) {
            low = sorted[sorted.length / 10];
            high = sorted[sorted.length - 1 - sorted.length / 10];
        }
        long room = Math.max(3 * (high - low), 3 * 365);
        long early = low - sorted[0];
        long late = sorted[sorted.length - 1] - high;
        if (early > room || late > room)
            card.warn(
                    "days_far_away",
                    "nearly all rows lie between %s and %s, but they reach from %s to %s: check those dates"
                            .formatted(
                                    LocalDate.ofEpochDay(low),
                                    LocalDate.ofEpochDay(high),
                                    LocalDate.ofEpochDay(sorted[0]),
                                    LocalDate.ofEpochDay(sorted[sorted.length - 1])));
    }

    /** The purchases up to a day, refunds up to that day taken off. */
    NetPurchases upTo(long day) {
        int[] rows = IntStream.range(0, customer.length)
                .filter(i -> this.day[i] <= day)
                .toArray();
        return NetPurchases.of(
                Arrays.stream(rows).map(i -> customer[i]).toArray(),
                Arrays.stream(rows).mapToLong(i -> this.day[i]).toArray(),
                Arrays.stream(rows).mapToDouble(i -> amount[i]).toArray());
    }

    /** The purchases learnt from; what refunds did to them goes to the card. */
    NetPurchases learnt(Card card) {
        var net = upTo(until);
        if (net.refunds() > 0)
            card.warn(
                    "refunds",
                    "%,d refunds were taken off earlier purchases of the same customer; of %,d purchases nothing was left, so that they do not count; %,d refunds had no earlier purchase and were set aside"
                            .formatted(net.refunds(), net.cancelled(), net.unmatched()));
        if (net.customer().length == 0)
            throw Problem.invalid("no_purchases", "every purchase was refunded; there is nothing to learn from");
        return net;
    }

    String name(int customer) {
        return names.get(customer);
    }

    /** How many customers the file names. */
    int customers() {
        return names.size();
    }

    /**
     * What came after the last day learnt from, to hold predictions against.
     *
     * @param length of that time, in units: the horizon, or what the file has of it
     * @param to its last day
     * @param daysBought for each customer of the file, the days within it on which they bought
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Later(double length, long to, double[] daysBought) {}

    /** The time after the last day learnt from, as far as the horizon reaches; empty where the file ends on that day. */
    Optional<Later> later(double horizon, TimeUnit unit, Card card) {
        if (last <= until) return Optional.empty();
        double length = Math.min(horizon, (double) (last - until) / unit.days);
        if (length < horizon)
            card.warn(
                    "holdout_shorter",
                    String.format(
                            Locale.ROOT,
                            "the file ends %.1f %ss after --until, before the horizon of %.1f: predictions are compared over that time",
                            length,
                            unit.word(),
                            horizon));
        // A day is the smallest step: a horizon that ends within one counts it when half of it is in.
        long to = until + Math.round(length * unit.days);
        double[] bought = new double[names.size()];
        eachDayBought(to, (customer, day) -> {
            if (day > until) bought[customer]++;
        });
        return Optional.of(new Later(length, to, bought));
    }

    /** For each day from the first given to the last of the file, how many of some customers bought. */
    double[] buyersByDay(long first, boolean[] some) {
        double[] buyers = new double[(int) (last - first) + 1];
        eachDayBought(last, (customer, day) -> {
            if (some[customer]) buyers[(int) (day - first)]++;
        });
        return buyers;
    }

    /** Takes a customer and a day on which they bought. */
    private interface DayBought {
        void take(int customer, long day);
    }

    private void eachDayBought(long to, DayBought taker) {
        var net = upTo(to);
        int[] order = Indices.sorted(net.customer().length, (i, j) -> {
            int byCustomer = Integer.compare(net.customer()[i], net.customer()[j]);
            return byCustomer != 0 ? byCustomer : Long.compare(net.tick()[i], net.tick()[j]);
        });
        for (int k = 0; k < order.length; k++) {
            int i = order[k];
            boolean again = k > 0
                    && net.customer()[order[k - 1]] == net.customer()[i]
                    && net.tick()[order[k - 1]] == net.tick()[i];
            if (!again) taker.take(net.customer()[i], net.tick()[i]);
        }
    }
}
