package io.rekindle.models.demand;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/**
 * Net pieces by product and period, and how much of a full period each period was.
 *
 * <p>What: weeks end on the last day of the data, so that the last one is whole; months are the calendar's. The first and the
 * last period may be cut by the data's ends; and four days and more without any sale at all (holidays, a closed shop) are no days
 * of business. Both make a period's exposure less than 1 rather than its sales low. Unchangeable.
 *
 * <p>Memory: 8 bytes a product and period in which the product was there. Complexity: linear.
 *
 * <p>Assumption: sales are spread evenly over the days of business of a period. Source: exposure as of a Poisson rate
 * (McCullagh and Nelder 1989). Numerics: plain sums.
 */
public final class SalesTable {
    private static final int CLOSED = 4;

    private final Period period;
    private final LocalDate[] starts;
    private final double[] exposure;
    private final double[][] sold;
    private final int[] first;

    /** The length of a period. */
    public enum Period {
        /** A day. */
        DAY(1 / 7.0, 7),
        /** Seven days. */
        WEEK(1, 52),
        /** A calendar month. */
        MONTH(365.25 / 84, 12);

        private final double weeks;
        private final int cycle;

        Period(double weeks, int cycle) {
            this.weeks = weeks;
            this.cycle = cycle;
        }

        /** How long it is. */
        public double weeks() {
            return weeks;
        }

        /** How many of them make the season's cycle: a week of days, a year of weeks or months. */
        public int cycle() {
            return cycle;
        }
    }

    private SalesTable(Period period, LocalDate[] starts, double[] exposure, double[][] sold, int[] first) {
        this.period = period;
        this.starts = starts;
        this.exposure = exposure;
        this.sold = sold;
        this.first = first;
    }

    /**
     * Of sales in any order, refunds taken off already.
     *
     * @param product number of the product, from 0, by sale
     * @param products how many there are
     * @param day days since 1970
     * @param pieces at least 0
     * @throws IllegalArgumentException without a sale
     */
    public static SalesTable of(int[] product, int products, long[] day, double[] pieces, Period period) {
        int n = product.length;
        if (day.length != n || pieces.length != n)
            throw new IllegalArgumentException("product has %d rows, day %d, pieces %d; they must be equally long"
                    .formatted(n, day.length, pieces.length));
        if (n == 0) throw new IllegalArgumentException("there is no sale");
        long begin = Arrays.stream(day).min().orElseThrow();
        long end = Arrays.stream(day).max().orElseThrow();
        if (end - begin > 366L * 200)
            throw new IllegalArgumentException("sales from %s to %s: more than 200 years; check the dates"
                    .formatted(LocalDate.ofEpochDay(begin), LocalDate.ofEpochDay(end)));
        int days = (int) (end - begin) + 1;
        boolean[] open = openDays(day, begin, days);
        int[] periodOf = new int[days];
        for (int d = 0; d < days; d++) periodOf[d] = place(begin, end, d, period);
        int count = periodOf[days - 1] + 1;
        double[] exposure = new double[count];
        LocalDate[] starts = new LocalDate[count];
        for (int d = days - 1; d >= 0; d--) {
            starts[periodOf[d]] = LocalDate.ofEpochDay(begin + d);
            if (open[d]) exposure[periodOf[d]] += 1 / (period.weeks * 7);
        }
        int[] first = new int[products];
        Arrays.fill(first, count);
        for (int i = 0; i < n; i++) {
            if (!(pieces[i] >= 0 && Double.isFinite(pieces[i])))
                throw new IllegalArgumentException("sale %d: %s pieces; they are at least 0".formatted(i, pieces[i]));
            if (pieces[i] > 0) first[product[i]] = Math.min(first[product[i]], periodOf[(int) (day[i] - begin)]);
        }
        double[][] sold = new double[products][];
        for (int p = 0; p < products; p++) sold[p] = new double[count - first[p]];
        for (int i = 0; i < n; i++) {
            int at = periodOf[(int) (day[i] - begin)] - first[product[i]];
            if (at >= 0 && at < sold[product[i]].length) sold[product[i]][at] += pieces[i];
        }
        return new SalesTable(period, starts, exposure, sold, first);
    }

    private static boolean[] openDays(long[] day, long begin, int days) {
        boolean[] open = new boolean[days];
        for (long d : day) open[(int) (d - begin)] = true;
        for (int from = 0, to; from < days; from = to) {
            for (to = from; to < days && open[to] == open[from]; to++) {}
            if (!open[from] && to - from < CLOSED) Arrays.fill(open, from, to, true);
        }
        return open;
    }

    private static int place(long begin, long end, int d, Period period) {
        return switch (period) {
            case DAY -> d;
            case WEEK -> {
                long partial = (end - begin + 1) % 7;
                yield (int) ((d + (7 - partial) % 7) / 7);
            }
            case MONTH -> {
                LocalDate from = LocalDate.ofEpochDay(begin).withDayOfMonth(1);
                yield (int) ChronoUnit.MONTHS.between(from, LocalDate.ofEpochDay(begin + d));
            }
        };
    }

    /** How long the periods are. */
    public Period period() {
        return period;
    }

    /** Number of periods. */
    public int periods() {
        return exposure.length;
    }

    /** Number of products. */
    public int products() {
        return sold.length;
    }

    /** The first day of a period. */
    public LocalDate start(int place) {
        return starts[place];
    }

    /** How much of a full period each was; the caller's own copy. */
    public double[] exposure() {
        return exposure.clone();
    }

    /** The first period in which a product was sold; the number of periods when it never was. */
    public int firstPeriod(int product) {
        return first[product];
    }

    /** A product's net pieces by period, from the first period of all. */
    public double[] sold(int product) {
        double[] all = new double[exposure.length];
        System.arraycopy(sold[product], 0, all, first[product], sold[product].length);
        return all;
    }

    /** All products' net pieces by period. */
    public double[] total() {
        double[] total = new double[exposure.length];
        for (int p = 0; p < sold.length; p++)
            for (int k = 0; k < sold[p].length; k++) total[first[p] + k] += sold[p][k];
        return total;
    }

    /**
     * How much more than usual is sold in each period for the season alone, 1 on average; 1 throughout with less than two
     * cycles, which do not show it.
     */
    public double[] seasonalIndex() {
        double[] index = new double[exposure.length];
        Arrays.fill(index, 1);
        if (exposure.length < 2 * period.cycle) return index;
        double[] total = total();
        double[] log = new double[total.length];
        for (int t = 0; t < log.length; t++)
            log[t] = total[t] > 0 && exposure[t] > .3 ? Math.log(total[t] / exposure[t]) : Double.NaN;
        for (int phase = 0; phase < period.cycle; phase++) {
            boolean any = false;
            for (int t = phase; t < log.length; t += period.cycle) any |= !Double.isNaN(log[t]);
            if (!any) return index;
        }
        double[] season = Decomposition.of(log, period.cycle, new Decomposition.Season.Periodic(), true)
                .season();
        double sum = 0;
        for (double part : season) sum += Math.exp(part);
        for (int t = 0; t < index.length; t++) index[t] = Math.exp(season[t]) * index.length / sum;
        return index;
    }
}
