package io.rekindle.models.allocation;

import java.util.Arrays;

/**
 * Finds the prices at which the dual function is lowest.
 *
 * <p>First on a few thousand customers, with as much less of each limit; then on more of them and at last on all, each time in
 * a box around the prices found before, as narrow as their number allows. In a narrow box nearly every customer's choice is
 * settled (see {@link Problem#within}), so that a million customers cost a few passes and the rest is spent on the few on whom
 * the prices turn. Lowest prices at the edge of a box move and widen it; convexity makes a minimum inside it the minimum.
 */
final class PriceSearch {
    /** Up to this many actions no sample is worth its while. */
    private static final int SMALL = 200_000;

    private static final int FIRST_SAMPLE = 4_096;
    private static final int SECOND_SAMPLE = 65_536;
    private static final double ROUGH = 1e-4;
    private static final double FINE = 1e-10;
    /** Prices nearer to the edge than this share of the box are at its edge. */
    private static final double EDGE = .02;
    /** Above any price. */
    private static final double DEAR = 1e100;

    private final Problem whole;
    private final double[] highest;
    private final int n;
    private int asked;

    /**
     * What was found.
     *
     * @param core what these prices leave to be decided
     * @param asked how often the dual function was asked, of whatever size
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Found(double[] prices, Problem core, int asked) {}

    private PriceSearch(Problem whole, double atZero) {
        this.whole = whole;
        n = whole.capacity.length;
        // No allocation earns more than without limits, and prices times limits are part of the lowest dual value.
        highest = new double[n];
        for (int j = 0; j < n; j++) highest[j] = whole.capacity[j] > 0 ? atZero / whole.capacity[j] : 1;
    }

    static Found of(Problem whole) {
        double[] free = new double[whole.capacity.length];
        Problem.Dual atZero = whole.dual(free);
        boolean enough = true;
        for (double left : atZero.left()) enough &= left >= 0;
        if (enough) return new Found(free, whole.actions() <= SMALL ? whole : whole.within(free, free), 1);
        PriceSearch search = new PriceSearch(whole, atZero.value());
        search.asked = 1;
        return search.search();
    }

    /** When prices give too little to decide: everything stays open. */
    static Problem everything(Problem whole) {
        double[] free = new double[whole.capacity.length];
        double[] dear = new double[free.length];
        Arrays.fill(dear, DEAR);
        return whole.within(free, dear);
    }

    private Found search() {
        boolean small = whole.actions() <= SMALL || whole.customers() < 2 * FIRST_SAMPLE;
        Problem sample = small ? whole : whole.sample(FIRST_SAMPLE);
        double[] start = new double[n];
        for (int j = 0; j < n; j++) start[j] = .1 * highest[j];
        CuttingPlanes.Minimum rough =
                CuttingPlanes.minimum(sample::dual, new double[n], highest, start, ROUGH, 100 + 40 * n);
        asked += rough.asked();
        if (small) return refined(whole, rough.point(), rough.value(), .05, true);
        Found found;
        double value = rough.value() * whole.customers() / FIRST_SAMPLE;
        double[] prices = rough.point();
        if (whole.customers() >= 4 * SECOND_SAMPLE) {
            found = refined(
                    whole.sample(SECOND_SAMPLE),
                    prices,
                    value * SECOND_SAMPLE / whole.customers(),
                    8 / Math.sqrt(FIRST_SAMPLE),
                    false);
            return refined(whole, found.prices, value, 5 / Math.sqrt(SECOND_SAMPLE), true);
        }
        return refined(whole, prices, value, 8 / Math.sqrt(FIRST_SAMPLE), true);
    }

    /** The lowest prices of a problem, looked for within a relative distance of some prices first. */
    private Found refined(Problem problem, double[] about, double value, double distance, boolean last) {
        double[] centre = about;
        double reach = distance;
        double before = Double.POSITIVE_INFINITY;
        while (true) {
            double[] low = new double[n];
            double[] high = new double[n];
            for (int j = 0; j < n; j++) {
                double scale = problem.capacity[j] > 0 ? Math.abs(value) / problem.capacity[j] : highest[j];
                double step = reach * Math.max(centre[j], Math.min(.05 * scale, highest[j]));
                low[j] = Math.max(0, centre[j] - step);
                high[j] = Math.min(highest[j], centre[j] + step);
                if (!(high[j] > low[j])) high[j] = low[j] + Math.max(step, 1e-300);
            }
            Problem core = problem.within(low, high);
            CuttingPlanes.Minimum minimum =
                    CuttingPlanes.minimum(core::dual, low, high, centre, last ? FINE : ROUGH * .1, 200 + 60 * n);
            asked += minimum.asked();
            double[] prices = withoutNeedless(core, minimum);
            boolean edge = false;
            for (int j = 0; j < n; j++) {
                double room = EDGE * (high[j] - low[j]);
                edge |= prices[j] < low[j] + room && low[j] > 0;
                edge |= prices[j] > high[j] - room && high[j] < highest[j];
            }
            // Where whole directions are as good, the edge is as good a place as any.
            edge &= !(before - minimum.value() <= FINE * Math.abs(minimum.value()));
            before = minimum.value();
            if (!edge) return new Found(prices, problem.actions() <= SMALL ? problem : core, asked);
            centre = prices;
            reach *= 4;
        }
    }

    /** Central points stay a little above zero: prices that do not lower the function are zero. */
    private double[] withoutNeedless(Problem core, CuttingPlanes.Minimum minimum) {
        double[] prices = minimum.point().clone();
        double lowest = minimum.value();
        for (int j = 0; j < n; j++) {
            if (prices[j] == 0 || prices[j] > 1e-3 * highest[j]) continue;
            double before = prices[j];
            prices[j] = 0;
            double value = core.dual(prices).value();
            asked++;
            if (value <= lowest + 1e-12 * Math.abs(lowest)) lowest = Math.min(lowest, value);
            else prices[j] = before;
        }
        return prices;
    }
}
