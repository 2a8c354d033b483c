package io.rekindle.collect.quality;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether the values of a day are spread over the bins as on the same weekday of the weeks before.
 *
 * <p>The measure is the population stability index, Σ (q − p) ln(q / p) over bins with the day's shares q and the
 * reference's p (S. Lewis, <i>An Introduction to Credit Scoring</i>, 1994; the same as Jeffreys' divergence). Two bounds must
 * both be passed. {@link #LARGEST}, by convention the mark of a changed population (N. Siddiqi, <i>Credit Risk
 * Scorecards</i>, 2006). And chance: without a change the index is about (1/n + 1/N) times a χ² number with a degree of freedom
 * less than bins (B. Yurdakul, J. Naranjo, <i>Statistical properties of the population stability index</i>, Journal of Risk
 * Model Validation 14, 2020), here times φ, how much further the reference's days lie from the rest of their weekday than
 * that, at least 1: values of one customer or campaign come together, so days differ more than by drawing alone (the
 * correction of J. N. K. Rao and A. J. Scott, The Annals of Statistics 12, 1984).
 *
 * <p>Bins in which fewer than five values are to be expected are taken together: the law holds of no smaller ones.
 */
@SuppressWarnings("LongDoubleConversion") // counts, far below what a double holds exactly
final class Drift {
    static final double LARGEST = 0.25;
    static final int FEWEST = 100;
    private static final int FEWEST_OF_REFERENCE_DAY = 30;
    private static final int EXPECTED = 5;
    private static final String REST = "";
    /** The normal distribution passes it once in a million: of few values the index has longer tails than the law says. */
    private static final double RARE = 4.753424;

    private Drift() {}

    /** One day's values by bin. */
    record Day(LocalDate day, Map<String, Long> bins) {
        long size() {
            return bins.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * What the index is.
     *
     * @param bound it is a drift from here on
     */
    record Index(double value, double bound) {
        boolean isDrift() {
            return value >= bound;
        }
    }

    /** The index as what was found; its bound as what is usual at most. */
    static Departure of(List<Day> before, Day day) {
        var index = index(before, day);
        return index == null ? Departure.UNKNOWN : new Departure(true, index.bound(), index.value(), index.isDrift());
    }

    private static @Nullable Index index(List<Day> before, Day day) {
        var same = before.stream()
                .filter(d -> d.day().getDayOfWeek() == day.day().getDayOfWeek())
                .toList();
        if (same.size() < 2 || before.size() < ControlChart.FEWEST_DAYS || day.size() < FEWEST) return null;
        var reference = sum(same);
        if (total(reference) < FEWEST) return null;
        var now = compare(reference, day.bins());
        double ratio = 0;
        int degrees = 0;
        var byWeekday =
                before.stream().collect(Collectors.groupingBy(d -> d.day().getDayOfWeek()));
        for (var days : byWeekday.values()) {
            var all = sum(days);
            for (var one : days) {
                if (one.size() < FEWEST_OF_REFERENCE_DAY) continue;
                var rest = new HashMap<>(all);
                one.bins().forEach((bin, count) -> rest.merge(bin, -count, Long::sum));
                if (total(rest) < FEWEST_OF_REFERENCE_DAY) continue;
                var usual = compare(rest, one.bins());
                ratio += usual.index / usual.scale;
                degrees += usual.degrees;
            }
        }
        double spread = degrees == 0 ? 1 : Math.max(1, ratio / degrees);
        return new Index(now.index, Math.max(LARGEST, spread * now.scale * chiSquare(now.degrees)));
    }

    /** @param scale 1/n + 1/N */
    private record Compared(double index, double scale, int degrees) {}

    private static Compared compare(Map<String, Long> reference, Map<String, Long> found) {
        double all = total(reference);
        double n = total(found);
        var expected = new HashMap<String, Double>();
        var seen = new HashMap<String, Double>();
        // The rest stands for what is rare and what was never there: it is a bin even where nothing is expected in it.
        expected.put(REST, 0.0);
        seen.put(REST, 0.0);
        reference.forEach((bin, count) ->
                expected.merge(n * count / all < EXPECTED ? REST : bin, count.doubleValue(), Double::sum));
        found.forEach(
                (bin, count) -> seen.merge(expected.containsKey(bin) ? bin : REST, count.doubleValue(), Double::sum));
        int bins = expected.size();
        double index = 0;
        for (var bin : expected.entrySet()) {
            double p = (bin.getValue() + 0.5) / (all + 0.5 * bins);
            double q = (seen.getOrDefault(bin.getKey(), 0.0) + 0.5) / (n + 0.5 * bins);
            index += (q - p) * Math.log(q / p);
        }
        return new Compared(index, 1 / n + 1 / all, Math.max(1, bins - 1));
    }

    /** The point a χ² number passes once in a million (Wilson and Hilferty, PNAS 17, 1931). */
    private static double chiSquare(int degrees) {
        double part = 2.0 / (9 * degrees);
        double root = 1 - part + RARE * Math.sqrt(part);
        return degrees * root * root * root;
    }

    private static Map<String, Long> sum(List<Day> days) {
        var sum = new HashMap<String, Long>();
        for (var day : days) day.bins().forEach((bin, count) -> sum.merge(bin, count, Long::sum));
        return sum;
    }

    private static double total(Map<String, Long> bins) {
        return bins.values().stream().mapToLong(Long::longValue).sum();
    }
}
