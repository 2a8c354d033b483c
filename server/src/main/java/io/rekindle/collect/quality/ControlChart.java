package io.rekindle.collect.quality;

import io.rekindle.models.numeric.IncompleteBeta;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.hipparchus.special.Beta;
import org.hipparchus.special.Gamma;

/**
 * Holds a day's share or number against the same weekday of the weeks before.
 *
 * <p>Shares: a chart for attributes whose limits are as wide as the days really differ. With p the share over the reference
 * days of the same weekday (n of the day, N of all of them), a reference day's residual is z = (its share − p) / √(p(1 −
 * p)(1/n − 1/N)); φ = Σz² / (days − weekdays), at least 1, tells how much more days differ than by drawing alone (D. B.
 * Laney, <i>Improved control charts for attributes</i>, Quality Engineering 14, 2002). The day itself departs when
 * (its share − p) / √(φ p(1 − p)(1/n + 1/N)) is beyond the point that Student's distribution with as many degrees of freedom
 * as φ rests on passes once in 100,000. Numbers: the same of the logarithms of n + 1, whose spread is at least that of a
 * Poisson number.
 *
 * <p>Beside that the change must be worth a word: {@link #SMALLEST_CHANGE} of a share, {@link #LARGEST_PART} of a number.
 */
@SuppressWarnings("LongDoubleConversion") // counts, far below what a double holds exactly
final class ControlChart {
    /** How often an undisturbed day is taken for a disturbed one, of one field and measure. */
    static final double FALSE_ALARM = 1e-5;

    static final double SMALLEST_CHANGE = 0.03;
    /** A number that fell to more than this part of the usual is no departure. */
    static final double LARGEST_PART = 0.5;
    /** Of which a share is judged. */
    static final int FEWEST = 30;

    static final int FEWEST_DAYS = 14;
    private static final int FEWEST_OF_WEEKDAY = 2;
    /** Where fewer are to be expected the number is not a normal one. */
    private static final int FEW_HITS = 10;

    private ControlChart() {}

    enum Bad {
        FALL,
        RISE
    }

    private static final class Weekday {
        private double hits;
        private double of;
        private int days;

        /** Never 0 or 1: what was never seen is not impossible. */
        double share() {
            return (hits + 0.5) / (of + 1);
        }
    }

    static Departure ofShare(List<Rate> before, Rate day, Bad bad) {
        if (day.of() < FEWEST || before.stream().filter(r -> r.of() > 0).count() < FEWEST_DAYS)
            return Departure.UNKNOWN;
        var weekdays = new EnumMap<DayOfWeek, Weekday>(DayOfWeek.class);
        for (var rate : before) {
            if (rate.of() == 0) continue;
            var weekday = weekdays.computeIfAbsent(rate.day().getDayOfWeek(), d -> new Weekday());
            weekday.hits += rate.hits();
            weekday.of += rate.of();
            weekday.days++;
        }
        var same = weekdays.get(day.day().getDayOfWeek());
        if (same == null || same.days < FEWEST_OF_WEEKDAY) return Departure.UNKNOWN;
        double squares = 0;
        int free = 0;
        for (var rate : before) {
            var weekday = rate.of() == 0 ? null : weekdays.get(rate.day().getDayOfWeek());
            if (weekday == null || weekday.days < FEWEST_OF_WEEKDAY) continue;
            double p = weekday.share();
            double difference = rate.share() - p;
            squares += difference * difference / (p * (1 - p) * (1 / rate.of() - 1 / weekday.of));
            free++;
        }
        free -= (int) weekdays.values().stream()
                .filter(w -> w.days >= FEWEST_OF_WEEKDAY)
                .count();
        double p = same.share();
        double deviation = Math.sqrt(Math.max(1, squares / free) * p * (1 - p) * (1 / day.of() + 1 / same.of));
        double change = bad == Bad.FALL ? p - day.share() : day.share() - p;
        double spread = Math.max(1, squares / free);
        boolean departs = change >= SMALLEST_CHANGE && tail(change / deviation, free) < FALSE_ALARM;
        double usualOfBad = bad == Bad.RISE ? p : 1 - p;
        if (departs && usualOfBad * day.of() / spread < FEW_HITS) departs = isRare(before, day, bad, spread);
        return new Departure(true, same.hits / same.of, day.share(), departs);
    }

    /**
     * Whether so many hits are unlikely even where hits are rare, for which the limits above are too narrow: P(X ≥ x) of the
     * beta-binomial number that is to be expected after all reference days (Jeffreys' prior), counts divided by φ.
     */
    private static boolean isRare(List<Rate> before, Rate day, Bad bad, double spread) {
        double usualOf = before.stream().mapToDouble(Rate::of).sum();
        double usualHits = before.stream().mapToDouble(Rate::hits).sum();
        double of = day.of();
        double hits = day.hits();
        if (bad == Bad.FALL) {
            usualHits = usualOf - usualHits;
            hits = of - hits;
        }
        long n = Math.round(of / spread);
        long x = (long) Math.floor(hits / spread);
        double a = usualHits / spread + 0.5;
        double b = (usualOf - usualHits) / spread + 0.5;
        double logFirst = Gamma.logGamma(n + 1.0)
                - Gamma.logGamma(x + 1.0)
                - Gamma.logGamma(n - x + 1.0)
                + Beta.logBeta(x + a, n - x + b)
                - Beta.logBeta(a, b);
        double term = Math.exp(logFirst);
        double sum = 0;
        for (long k = x; k <= n && sum < FALSE_ALARM; k++) {
            sum += term;
            term *= (n - k) / (k + 1.0) * ((k + a) / (n - k - 1 + b));
            if (term < FALSE_ALARM * 1e-6 / n) break;
        }
        return sum < FALSE_ALARM;
    }

    /** A number that fell: of days on which there was nothing, too. */
    static Departure ofNumber(Map<LocalDate, Long> before, LocalDate day, long number) {
        if (before.size() < FEWEST_DAYS) return Departure.UNKNOWN;
        var sums = new EnumMap<DayOfWeek, double[]>(DayOfWeek.class);
        before.forEach((on, n) -> {
            var sum = sums.computeIfAbsent(on.getDayOfWeek(), d -> new double[3]);
            sum[0]++;
            sum[1] += Math.log1p(n);
            sum[2] += n;
        });
        var same = sums.get(day.getDayOfWeek());
        if (same == null || same[0] < FEWEST_OF_WEEKDAY || same[2] / same[0] < FEWEST) return Departure.UNKNOWN;
        double squares = 0;
        int free = 0;
        for (var one : before.entrySet()) {
            var sum = sums.get(one.getKey().getDayOfWeek());
            if (sum == null || sum[0] < FEWEST_OF_WEEKDAY) continue;
            double residual = Math.log1p(one.getValue()) - sum[1] / sum[0];
            squares += residual * residual;
            free++;
        }
        free -= (int)
                sums.values().stream().filter(s -> s[0] >= FEWEST_OF_WEEKDAY).count();
        double usual = same[2] / same[0];
        double variance = Math.max(squares / free, 1 / usual) * (1 + 1 / same[0]);
        double fall = (same[1] / same[0] - Math.log1p((double) number)) / Math.sqrt(variance);
        return new Departure(
                true, usual, (double) number, number <= LARGEST_PART * usual && tail(fall, free) < FALSE_ALARM);
    }

    /** P(T ≥ t) of Student's distribution (NIST Handbook of Mathematical Functions 26.7). */
    static double tail(double t, int degrees) {
        if (t <= 0) return 1;
        double square = t * t;
        double half = IncompleteBeta.regularized(
                degrees / (degrees + square), square / (degrees + square), degrees / 2.0, 0.5);
        return half / 2;
    }
}
