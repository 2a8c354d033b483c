package io.rekindle.models.rhythm;

import io.rekindle.models.Convergence;
import io.rekindle.models.Fit;
import io.rekindle.models.Parameter;
import io.rekindle.models.numeric.IncompleteBeta;
import io.rekindle.models.numeric.Indices;
import io.rekindle.models.numeric.Minimizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hipparchus.analysis.solvers.BracketingNthOrderBrentSolver;
import org.hipparchus.special.Beta;
import org.hipparchus.special.Gamma;

/**
 * Each customer's own purchase rhythm, pooled with everybody's: how late is this customer, and when is the next purchase
 * due?
 *
 * <p>What: from the number n of a customer's intervals between purchases, their sum S, and the time e since the last
 * purchase. Someone who bought weekly and has been away for a month is late; someone who buys twice a year is not. A
 * customer with few intervals is judged mostly by the population, one with many by their own.
 *
 * <p>Assumptions: a customer's intervals ~ Gamma(k, rate λ), k common to all (1 is random buying as in BG/NBD, more is
 * more regular), λ ~ Gamma(r, rate α) over customers. After the first purchase a customer leaves for good with one
 * probability, after each later purchase with another; without the two, one-time buyers and lost customers would pass
 * for slow ones, and leaving out the open interval would make everybody seem too quick. A rhythm does not change with
 * time or season; {@link #slowing} tests just that.
 *
 * <p>Source: conjugate gamma mixing as in Platzer and Reutterer, "Ticking away the moments: timing regularity helps to
 * better predict customer activity", Marketing Science 35 (2016), here with drop-out that does not vary between
 * customers, so that all is in closed form: given the intervals λ ~ Gamma(r + nk, α + S), the next interval is beta prime,
 *
 * <pre>  P(next ≤ t) = I_w(k, r + nk),   w = t / (α + S + t),</pre>
 *
 * <p>with I the regularised incomplete beta function; the ratio of two groups of a steady customer's intervals does not
 * depend on λ at all: recent / (recent + earlier) ~ Beta(k · recent count, k · earlier count).
 *
 * <p>Numerics: maximum likelihood in (ln k, ln r, ln α, logit, logit), time in mean intervals; derivatives are analytic but
 * for those of I by its parameters (central differences). Tails are taken from the complement, so a customer who is ten
 * times overdue still has a finite next date. Complexity: the fit looks at no more than 4,000 rows, taken evenly from the
 * rows in order of their values (so their order in the data does not matter), and then costs about a second; lateness is
 * one incomplete beta function, {@link #nextPurchase} about thirty. Immutable, deterministic, safe for concurrent use.
 *
 * @param k regularity of a customer's intervals
 * @param r shape of the customers' rates
 * @param alpha rate of the customers' rates, in the data's unit of time
 * @param lostAfterFirst probability that a customer never buys again after the first purchase
 * @param lostAfterRepeat probability that a customer never buys again after a later one
 * @param fit how the parameters were found; empty for parameters that were given
 */
public record PurchaseRhythm(
        double k, double r, double alpha, double lostAfterFirst, double lostAfterRepeat, Optional<Fit> fit) {
    static final int MOST_ROWS = 4000;
    private static final double[] LOW = {-3, -4, -8, -9, -9};
    private static final double[] HIGH = {6, 8, 12, 9, 9};

    public PurchaseRhythm {
        positive("k", k);
        positive("r", r);
        positive("alpha", alpha);
        probability("probability to be lost after the first purchase", lostAfterFirst);
        probability("probability to be lost after a repeat purchase", lostAfterRepeat);
    }

    private static void positive(String name, double value) {
        if (!(value > 0) || !Double.isFinite(value))
            throw new IllegalArgumentException("%s is %s; it must be a positive number".formatted(name, value));
    }

    private static void probability(String name, double value) {
        if (!(value >= 0 && value <= 1))
            throw new IllegalArgumentException("%s is %s; it lies between 0 and 1".formatted(name, value));
    }

    /** The rhythm with given parameters. */
    public static PurchaseRhythm of(double k, double r, double alpha, double lostAfterFirst, double lostAfterRepeat) {
        return new PurchaseRhythm(k, r, alpha, lostAfterFirst, lostAfterRepeat, Optional.empty());
    }

    /**
     * The maximum-likelihood fit; prospects (no purchase) are left out.
     *
     * @throws IllegalArgumentException when nobody bought twice: then there is no interval to learn from
     */
    public static PurchaseRhythm fit(PurchaseIntervals data) {
        int[] rows = IntStream.range(0, data.size())
                .filter(i -> data.purchases(i) > 0)
                .toArray();
        long intervals = 0;
        double time = 0;
        for (int row : rows) {
            intervals += data.intervals(row);
            time += data.sum(row);
        }
        if (rows.length == 0) throw new IllegalArgumentException("no customers to learn a purchase rhythm from");
        if (intervals == 0)
            throw new IllegalArgumentException(
                    "no customer of %d bought twice; a rhythm needs intervals: observe longer".formatted(rows.length));
        double unit = time / intervals;
        var likelihood = new RhythmLikelihood(data, sample(data, rows), unit);
        Minimizer.Minimum best = Minimizer.minimize(likelihood, new double[] {0.3, 0.7, 0.7, 0, -1.5}, LOW, HIGH);
        double[] point = best.point();
        double lostFirst = 1 / (1 + Math.exp(-point[3]));
        double lostLater = 1 / (1 + Math.exp(-point[4]));
        double[] value = {Math.exp(point[0]), Math.exp(point[1]), Math.exp(point[2]) * unit, lostFirst, lostLater};
        double[] slope = {value[0], value[1], value[2], lostFirst * (1 - lostFirst), lostLater * (1 - lostLater)};
        List<String> names = List.of("k", "r", "alpha", "lostAfterFirst", "lostAfterRepeat");
        List<Parameter> parameters = IntStream.range(0, 5)
                .mapToObj(i -> new Parameter(
                        names.get(i), value[i], slope[i] * Math.sqrt(best.covariance()[i][i] / likelihood.customers())))
                .toList();
        var fit = new Fit(
                -best.value() * likelihood.customers() - likelihood.intervals() * Math.log(unit),
                likelihood.customers(),
                likelihood.customers(),
                best.evaluations(),
                best.anyAtBound() ? Convergence.AT_BOUNDARY : Convergence.INTERIOR,
                parameters);
        return new PurchaseRhythm(value[0], value[1], value[2], value[3], value[4], Optional.of(fit));
    }

    private static int[] sample(PurchaseIntervals data, int[] rows) {
        int[] sorted = rows.clone();
        Indices.sort(sorted, 0, sorted.length, (i, j) -> {
            int order = Integer.compare(data.purchases(i), data.purchases(j));
            if (order == 0) order = Double.compare(data.sum(i), data.sum(j));
            if (order == 0) order = Double.compare(data.elapsed(i), data.elapsed(j));
            return order != 0 ? order : Double.compare(data.sumOfLogs(i), data.sumOfLogs(j));
        });
        if (sorted.length <= MOST_ROWS) return sorted;
        int[] sample = new int[MOST_ROWS];
        Arrays.setAll(sample, i -> sorted[(int) ((i + 0.5) * sorted.length / MOST_ROWS)]);
        return sample;
    }

    /**
     * How late the customer is: the probability that, still active, they would have bought again by now. Over the moments
     * at which active customers buy, it is uniform between 0 and 1.
     *
     * @param intervals number of the customer's intervals between purchases, 0 for one purchase
     * @param sum their sum
     * @param elapsed time since the last purchase
     */
    public double lateness(int intervals, double sum, double elapsed) {
        check(intervals, sum, elapsed);
        return shorter(r + intervals * k, alpha + sum, elapsed);
    }

    /** How late each row is; 0 for prospects. */
    public double[] lateness(PurchaseIntervals data) {
        double[] lateness = new double[data.size()];
        for (int i = 0; i < lateness.length; i++)
            if (data.purchases(i) > 0) lateness[i] = lateness(data.intervals(i), data.sum(i), data.elapsed(i));
        return lateness;
    }

    /**
     * How long a silence is by everybody's measure: the share of all intervals between purchases, of all customers, that
     * are shorter. Frequent buyers have more of them, so the rates behind are Gamma(r + 1, α). This is what to judge
     * one-time buyers by, whose own rhythm is not known: as {@link #lateness} goes they are hardly ever late where some
     * customers buy once in a decade.
     */
    public double silence(double elapsed) {
        check(0, 0, elapsed);
        return shorter(r + 1, alpha, elapsed);
    }

    private double shorter(double shape, double scale, double elapsed) {
        return IncompleteBeta.regularized(elapsed / (scale + elapsed), scale / (scale + elapsed), k, shape);
    }

    /** Probability that the customer will ever buy again. */
    public double pActive(int intervals, double sum, double elapsed) {
        check(intervals, sum, elapsed);
        double lost = intervals == 0 ? lostAfterFirst : lostAfterRepeat;
        double silent = (1 - lost) * survival(intervals, sum, elapsed);
        return silent == 0 ? 0 : silent / (silent + lost);
    }

    /** Probability that each row will ever buy again; 0 for prospects, of whom nothing is known. */
    public double[] pActive(PurchaseIntervals data) {
        double[] active = new double[data.size()];
        for (int i = 0; i < active.length; i++)
            if (data.purchases(i) > 0) active[i] = pActive(data.intervals(i), data.sum(i), data.elapsed(i));
        return active;
    }

    /**
     * Probability that the customer buys within a time from now on; it takes into account that they may be gone.
     *
     * @param horizon length of that time
     */
    public double pPurchaseWithin(int intervals, double sum, double elapsed, double horizon) {
        check(intervals, sum, elapsed);
        if (!(horizon >= 0) || !Double.isFinite(horizon))
            throw new IllegalArgumentException("a horizon of %s; it must be a time of at least 0".formatted(horizon));
        double silent = survival(intervals, sum, elapsed);
        if (silent == 0) return 0;
        return pActive(intervals, sum, elapsed) * (1 - survival(intervals, sum, elapsed + horizon) / silent);
    }

    /** Probability that each row buys within a time from now on; 0 for prospects, of whom nothing is known. */
    public double[] pPurchaseWithin(PurchaseIntervals data, double horizon) {
        double[] buys = new double[data.size()];
        for (int i = 0; i < buys.length; i++)
            if (data.purchases(i) > 0)
                buys[i] = pPurchaseWithin(data.intervals(i), data.sum(i), data.elapsed(i), horizon);
        return buys;
    }

    /**
     * When the next purchase is due, counted from the last one, if the customer is still active; never before
     * {@code elapsed}.
     *
     * @param coverage probability that it comes between {@link NextPurchase#low} and {@link NextPurchase#high}
     */
    public NextPurchase nextPurchase(int intervals, double sum, double elapsed, double coverage) {
        check(intervals, sum, elapsed);
        if (!(coverage > 0 && coverage < 1))
            throw new IllegalArgumentException("a coverage of %s; it lies between 0 and 1".formatted(coverage));
        double low = quantile(intervals, sum, elapsed, (1 - coverage) / 2);
        double median = Math.max(low, quantile(intervals, sum, elapsed, .5));
        double high = Math.max(median, quantile(intervals, sum, elapsed, (1 + coverage) / 2));
        return new NextPurchase(low, median, high);
    }

    /** The time t with P(next ≤ t | next &gt; elapsed) = probability. */
    private double quantile(int intervals, double sum, double elapsed, double probability) {
        double scale = alpha + sum;
        double shape = r + intervals * k;
        double silent = survival(intervals, sum, elapsed);
        // Far out the tail is a power of (scale + t): nothing else is left of the incomplete beta function.
        double powerTail = (scale + elapsed) * Math.pow(1 - probability, -1 / shape) - scale;
        if (silent < 1e-250) return powerTail;
        double target = Math.log(silent * (1 - probability));
        double from = Math.log(elapsed == 0 ? scale * 1e-12 : elapsed);
        double to = Math.log(Math.max(powerTail, scale)) + 1;
        while (logSurvival(intervals, sum, Math.exp(to)) > target && to < 600) to += 2;
        if (logSurvival(intervals, sum, Math.exp(from)) <= target) return Math.exp(from);
        double logTime = new BracketingNthOrderBrentSolver(1e-10, 1e-10, 5)
                .solve(500, at -> logSurvival(intervals, sum, Math.exp(at)) - target, from, to);
        return Math.max(elapsed, Math.exp(logTime));
    }

    private double survival(int intervals, double sum, double elapsed) {
        double scale = alpha + sum;
        return IncompleteBeta.regularized(scale / (scale + elapsed), elapsed / (scale + elapsed), r + intervals * k, k);
    }

    private double logSurvival(int intervals, double sum, double elapsed) {
        return Math.max(-1000, Math.log(survival(intervals, sum, elapsed)));
    }

    /**
     * Whether the customer's rhythm changes: the probability that the recent intervals of a steady customer would take
     * a smaller part of the whole time than they do. Near 1 the customer slows down, near 0 quickens; uniform for steady
     * customers. 0.5 when one of the counts is 0: nothing to compare.
     */
    public double slowing(int recentCount, double recentSum, int earlierCount, double earlierSum) {
        if (recentCount < 0 || earlierCount < 0 || !(recentSum >= 0) || !(earlierSum >= 0))
            throw new IllegalArgumentException("%d recent intervals lasting %s, %d earlier lasting %s: none is negative"
                    .formatted(recentCount, recentSum, earlierCount, earlierSum));
        if (recentCount == 0 || earlierCount == 0 || !(recentSum + earlierSum > 0)) return .5;
        double whole = recentSum + earlierSum;
        return IncompleteBeta.regularized(recentSum / whole, earlierSum / whole, k * recentCount, k * earlierCount);
    }

    /** Whether each row's rhythm changes. */
    public double[] slowing(PurchaseIntervals data) {
        double[] slowing = new double[data.size()];
        for (int i = 0; i < slowing.length; i++)
            slowing[i] = slowing(
                    data.recentCount(i),
                    data.recentSum(i),
                    data.intervals(i) - data.recentCount(i),
                    Math.max(0, data.sum(i) - data.recentSum(i)));
        return slowing;
    }

    private static void check(int intervals, double sum, double elapsed) {
        if (intervals < 0
                || !Double.isFinite(sum)
                || (intervals > 0 ? !(sum > 0) : sum != 0)
                || !(elapsed >= 0)
                || !Double.isFinite(elapsed))
            throw new IllegalArgumentException(
                    "%d intervals, sum %s, time since the last purchase %s: the sum is positive with intervals and 0 without, the time at least 0"
                            .formatted(intervals, sum, elapsed));
    }

    /** The negative mean log-likelihood and its gradient in (ln k, ln r, ln α, logit lost first, logit lost later). */
    static final class RhythmLikelihood implements Minimizer.Objective {
        private static final double DIFFERENCE = 1e-4;
        private static final int PIECE = 250;
        private final int[] n;
        private final double[] sum;
        private final double[] elapsed;
        private final double sumOfLogs;

        /** The rows must be sorted by number of purchases. */
        RhythmLikelihood(PurchaseIntervals data, int[] rows, double unit) {
            n = Arrays.stream(rows).map(data::intervals).toArray();
            sum = Arrays.stream(rows).mapToDouble(i -> data.sum(i) / unit).toArray();
            elapsed =
                    Arrays.stream(rows).mapToDouble(i -> data.elapsed(i) / unit).toArray();
            sumOfLogs = Arrays.stream(rows).mapToDouble(data::sumOfLogs).sum() - intervals() * Math.log(unit);
        }

        int customers() {
            return n.length;
        }

        double intervals() {
            double intervals = 0;
            for (int count : n) intervals += count;
            return intervals;
        }

        /** Sums over some of the rows: the log-likelihood and its derivatives by k, r, α and the two logits. */
        private static final class Sums {
            double value;
            double byK;
            double byR;
            double byAlpha;
            final double[] byLost = new double[2];

            void add(Sums other) {
                value += other.value;
                byK += other.byK;
                byR += other.byR;
                byAlpha += other.byAlpha;
                byLost[0] += other.byLost[0];
                byLost[1] += other.byLost[1];
            }
        }

        @Override
        public double value(double[] point, double[] gradient) {
            double k = Math.exp(point[0]);
            double r = Math.exp(point[1]);
            double alpha = Math.exp(point[2]);
            var all = new Sums();
            all.value = (k - 1) * sumOfLogs;
            all.byK = sumOfLogs;
            // Pieces of one size, added in their order: the same sum on any number of processors.
            var pieces = IntStream.range(0, (n.length + PIECE - 1) / PIECE)
                    .parallel()
                    .mapToObj(piece -> sums(point, piece * PIECE, Math.min(n.length, (piece + 1) * PIECE)))
                    .toList();
            pieces.forEach(all::add);
            double rows = n.length;
            gradient[0] = -all.byK * k / rows;
            gradient[1] = -all.byR * r / rows;
            gradient[2] = -all.byAlpha * alpha / rows;
            gradient[3] = -all.byLost[0] / rows;
            gradient[4] = -all.byLost[1] / rows;
            return -all.value / rows;
        }

        private Sums sums(double[] point, int from, int to) {
            double k = Math.exp(point[0]);
            double r = Math.exp(point[1]);
            double alpha = Math.exp(point[2]);
            double[] lost = {1 / (1 + Math.exp(-point[3])), 1 / (1 + Math.exp(-point[4]))};
            double[] stays = {1 / (1 + Math.exp(point[3])), 1 / (1 + Math.exp(point[4]))};
            double gammaK = Gamma.logGamma(k);
            double gammaR = Gamma.logGamma(r);
            double psiK = Gamma.digamma(k);
            double psiR = Gamma.digamma(r);
            double gammaShape = gammaR;
            double psiShape = psiR;
            double dk = DIFFERENCE * k;
            double dr = DIFFERENCE * r;
            double[] logBeta = new double[5];
            var sums = new Sums();
            for (int i = from; i < to; i++) {
                double shape = r + n[i] * k;
                if (i == from || n[i] != n[i - 1]) {
                    gammaShape = Gamma.logGamma(shape);
                    psiShape = Gamma.digamma(shape);
                    logBeta[0] = Beta.logBeta(shape, k);
                    logBeta[1] = Beta.logBeta(shape + n[i] * dk, k + dk);
                    logBeta[2] = Beta.logBeta(shape - n[i] * dk, k - dk);
                    logBeta[3] = Beta.logBeta(shape + dr, k);
                    logBeta[4] = Beta.logBeta(shape - dr, k);
                }
                double scale = alpha + sum[i];
                double logScale = Math.log(scale);
                sums.value += -n[i] * gammaK + r * point[2] - gammaR + gammaShape - shape * logScale;
                sums.byK += n[i] * (psiShape - psiK - logScale);
                sums.byR += point[2] - psiR + psiShape - logScale;
                sums.byAlpha += r / alpha - shape / scale;
                if (n[i] > 0) {
                    sums.value += Math.log(stays[0]) + (n[i] - 1) * Math.log(stays[1]);
                    sums.byLost[0] -= lost[0];
                    sums.byLost[1] -= (n[i] - 1) * lost[1];
                }
                int kind = n[i] == 0 ? 0 : 1;
                double y = scale / (scale + elapsed[i]);
                double x = elapsed[i] / (scale + elapsed[i]);
                double silent = IncompleteBeta.regularized(y, x, shape, k, logBeta[0]);
                double open = stays[kind] * silent + lost[kind];
                sums.value += Math.log(open);
                sums.byLost[kind] += stays[kind] * lost[kind] * (1 - silent) / open;
                if (elapsed[i] == 0) continue;
                double bySilent = stays[kind] / open;
                double density = Math.exp((shape - 1) * Math.log(y) + (k - 1) * Math.log(x) - logBeta[0]);
                sums.byAlpha += bySilent * density * elapsed[i] / ((scale + elapsed[i]) * (scale + elapsed[i]));
                sums.byK += bySilent
                        * (IncompleteBeta.regularized(y, x, shape + n[i] * dk, k + dk, logBeta[1])
                                - IncompleteBeta.regularized(y, x, shape - n[i] * dk, k - dk, logBeta[2]))
                        / (2 * dk);
                sums.byR += bySilent
                        * (IncompleteBeta.regularized(y, x, shape + dr, k, logBeta[3])
                                - IncompleteBeta.regularized(y, x, shape - dr, k, logBeta[4]))
                        / (2 * dr);
            }
            return sums;
        }
    }
}
