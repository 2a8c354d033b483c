package io.rekindle.models.timing;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * When customers are active: everybody's week, the habits found among them, and each customer's own week between the two.
 *
 * <p>What: a customer is active by everybody's week with one share and by a habit with the rest: around an hour of the day, every
 * day, on working days, at the weekend or on one day of the week, more or less narrowly. Some have no habit. How common each of
 * the 1,441 habits is, is learnt from all customers; what is believed of one customer is that, weighed by how well each habit
 * explains their active hours. With few hours the belief stays near everybody's week; with many it becomes their own. That is
 * shrinkage over the hierarchy all → habit → customer, without a formula for how much.
 *
 * <p>Told: a customer's own hour is told when it is more active than everybody's best hour with at least the asked probability
 * under the belief. So that this probability is calibrated also where habits are not quite like these, an active hour counts a little
 * less than one (Grünwald and van Ommen, "Inconsistency of Bayesian inference for misspecified linear models", 2017, for the
 * remedy). The customers for whom it is low are said to be too little known, and get everybody's best hour.
 *
 * <p>Source: nonparametric maximum likelihood of a mixing distribution (Laird 1978) over a fixed dictionary, by EM (Dempster,
 * Laird and Rubin 1977), stopped early and with a little of the uniform added, so that no habit is impossible.
 *
 * <p>Numerics: likelihoods in logarithms; the frequencies are learnt from at most 4,000 customers with at least two active hours,
 * taken evenly from those with the fewest active hours to those with the most. The order of customers and events changes
 * nothing. Complexity: for a customer 1,441 additions an active
 * hour. Unchangeable, safe to share.
 */
public final class Habits {
    private static final int HOURS = Activity.HOURS;
    private static final int DAY = 24;
    /** Every day, working days, weekend, and each day: by bits, Monday the lowest. */
    private static final int[] PATTERNS = {127, 31, 96, 1, 2, 4, 8, 16, 32, 64};

    private static final double[] WIDTHS = {1, 2.5};
    private static final double[] SHARES = {.35, .65, .9};
    private static final int HABITS = PATTERNS.length * DAY * WIDTHS.length * SHARES.length + 1;
    private static final int LEARNT_FROM = 4_000;
    private static final int ROUNDS = 40;
    /** Of the uniform, in customers. */
    private static final double PRIOR = 5;
    /** As many active hours everybody's week is smoothed by. */
    private static final double SMOOTHING = 168;

    private static final double NEGLIGIBLE = 1e-5;
    /** What an active hour counts for: people's habits are not quite the dictionary's. Measured on such people in the tests. */
    private static final double EVIDENCE = .8;

    private final double[] everybody;
    /** By habit, the probability of each hour, and its logarithm. */
    private final float[][] week;

    private final float[][] logWeek;
    private final double[] frequency;
    private final int learntFrom;

    private Habits(double[] everybody, float[][] week, float[][] logWeek, double[] frequency, int learntFrom) {
        this.everybody = everybody;
        this.week = week;
        this.logWeek = logWeek;
        this.frequency = frequency;
        this.learntFrom = learntFrom;
    }

    /** Learns from customers' active hours; at least one is needed. */
    public static Habits learn(Activity activity) {
        if (activity.size() == 0)
            throw new IllegalArgumentException("no open, click or visit of a person; there is nothing to learn from");
        double[] everybody = everybody(activity);
        float[][] week = weeks(everybody);
        float[][] logWeek = new float[HABITS][HOURS];
        for (int z = 0; z < HABITS; z++) for (int h = 0; h < HOURS; h++) logWeek[z][h] = (float) Math.log(week[z][h]);
        int[] known = IntStream.range(0, activity.customers())
                .filter(c -> activity.hours(c) >= 2)
                .toArray();
        Indices.sort(known, 0, known.length, (one, other) -> compared(activity, one, other));
        int count = Math.min(LEARNT_FROM, known.length);
        int[] taken = new int[count];
        Arrays.setAll(taken, i -> known[(int) ((long) known.length * i / count)]);
        double[] frequency = new double[HABITS];
        Arrays.fill(frequency, .5 / (HABITS - 1));
        frequency[HABITS - 1] = .5;
        if (count > 0) frequency = frequencies(activity, taken, logWeek, frequency);
        return new Habits(everybody, week, logWeek, frequency, count);
    }

    /** By number of active hours, then by the hours: only customers who are alike in all of them compare as equal. */
    private static int compared(Activity activity, int one, int other) {
        int by = Integer.compare(activity.hours(one), activity.hours(other));
        for (int i = 0; by == 0 && i < activity.hours(one); i++)
            by = Integer.compare(activity.hour(one, i), activity.hour(other, i));
        return by;
    }

    /** Shares of all active hours, smoothed towards the hour of the day over all days. */
    private static double[] everybody(Activity activity) {
        double[] week = new double[HOURS];
        double[] day = new double[DAY];
        for (int c = 0; c < activity.customers(); c++)
            for (int i = 0; i < activity.hours(c); i++) {
                week[activity.hour(c, i)]++;
                day[activity.hour(c, i) % DAY]++;
            }
        double all = activity.size();
        double[] shares = new double[HOURS];
        for (int h = 0; h < HOURS; h++) {
            double ofDay = (day[h % DAY] + SMOOTHING / DAY) / (all + SMOOTHING) / 7;
            shares[h] = (week[h] + SMOOTHING * ofDay) / (all + SMOOTHING);
        }
        return shares;
    }

    private static float[][] weeks(double[] everybody) {
        float[][] weeks = new float[HABITS][HOURS];
        int z = 0;
        for (int pattern : PATTERNS)
            for (int centre = 0; centre < DAY; centre++)
                for (double width : WIDTHS) {
                    double[] bump = new double[HOURS];
                    double sum = 0;
                    for (int h = 0; h < HOURS; h++) {
                        if ((pattern >> (h / DAY) & 1) == 0) continue;
                        int apart = Math.abs(h % DAY - centre);
                        apart = Math.min(apart, DAY - apart);
                        bump[h] = Math.exp(-apart * apart / (2 * width * width));
                        sum += bump[h];
                    }
                    for (double share : SHARES) {
                        for (int h = 0; h < HOURS; h++)
                            weeks[z][h] = (float) ((1 - share) * everybody[h] + share * bump[h] / sum);
                        z++;
                    }
                }
        for (int h = 0; h < HOURS; h++) weeks[z][h] = (float) everybody[h];
        return weeks;
    }

    private static double[] frequencies(Activity activity, int[] taken, float[][] logWeek, double[] start) {
        float[][] likelihood = new float[taken.length][HABITS];
        IntStream.range(0, taken.length).parallel().forEach(i -> {
            double[] log = logLikelihoods(activity, taken[i], logWeek);
            double most = Arrays.stream(log).max().orElse(0);
            for (int z = 0; z < HABITS; z++) likelihood[i][z] = (float) Math.exp(log[z] - most);
        });
        double[] frequency = start;
        for (int round = 0; round < ROUNDS; round++) {
            double[] sum = new double[HABITS];
            Arrays.fill(sum, PRIOR / HABITS);
            for (float[] of : likelihood) {
                double all = 0;
                for (int z = 0; z < HABITS; z++) all += of[z] * frequency[z];
                for (int z = 0; z < HABITS; z++) sum[z] += of[z] * frequency[z] / all;
            }
            double all = taken.length + PRIOR;
            frequency = Arrays.stream(sum).map(s -> s / all).toArray();
        }
        return frequency;
    }

    private static double[] logLikelihoods(Activity activity, int customer, float[][] logWeek) {
        double[] log = new double[HABITS];
        for (int i = 0; i < activity.hours(customer); i++) {
            int hour = activity.hour(customer, i);
            for (int z = 0; z < HABITS; z++) log[z] += logWeek[z][hour];
        }
        return log;
    }

    /** Share of everybody's activity in each hour of the week. */
    public double[] everybody() {
        return everybody.clone();
    }

    /** Number of customers the habits were learnt from. */
    public int learntFrom() {
        return learntFrom;
    }

    private double[] belief(Activity activity, int customer) {
        double[] belief = logLikelihoods(activity, customer, logWeek);
        double most = Double.NEGATIVE_INFINITY;
        for (int z = 0; z < HABITS; z++) {
            belief[z] = EVIDENCE * belief[z] + Math.log(frequency[z]);
            most = Math.max(most, belief[z]);
        }
        double all = 0;
        for (int z = 0; z < HABITS; z++) {
            belief[z] = Math.exp(belief[z] - most);
            if (belief[z] < NEGLIGIBLE) belief[z] = 0;
            all += belief[z];
        }
        for (int z = 0; z < HABITS; z++) belief[z] /= all;
        return belief;
    }

    /** What is expected of a customer: the share of their activity in each hour of the week. */
    public double[] week(Activity activity, int customer) {
        return week(belief(activity, customer));
    }

    private double[] week(double[] belief) {
        double[] expected = new double[HOURS];
        for (int z = 0; z < HABITS; z++)
            if (belief[z] > 0) for (int h = 0; h < HOURS; h++) expected[h] += belief[z] * week[z][h];
        return expected;
    }

    /**
     * A customer's best hour.
     *
     * @param open which hours of the week may be used, such as those outside quiet hours
     * @param certainty how probable it must be that the own hour is better, to be told
     */
    public BestHour best(Activity activity, int customer, IntPredicate open, double certainty) {
        if (!(certainty >= .5 && certainty < 1))
            throw new IllegalArgumentException("a certainty of %s; from 0.5 to below 1".formatted(certainty));
        int usual = largest(everybody, open);
        double[] belief = belief(activity, customer);
        double[] expected = week(belief);
        int own = largest(expected, open);
        double chance = 0;
        for (int z = 0; z < HABITS; z++) if (belief[z] > 0 && week[z][own] > week[z][usual]) chance += belief[z];
        boolean told = own != usual && chance >= certainty;
        return new BestHour(
                told ? own : usual, told, own, chance, expected[own] / expected[usual], activity.hours(customer));
    }

    /** All customers' best hours. */
    public BestHour[] best(Activity activity, IntPredicate open, double certainty) {
        return IntStream.range(0, activity.customers())
                .parallel()
                .mapToObj(customer -> best(activity, customer, open, certainty))
                .toArray(BestHour[]::new);
    }

    private static int largest(double[] shares, IntPredicate open) {
        int best = -1;
        for (int h = 0; h < HOURS; h++) if (open.test(h) && (best < 0 || shares[h] > shares[best])) best = h;
        if (best < 0) throw new IllegalArgumentException("no hour of the week may be used");
        return best;
    }
}
