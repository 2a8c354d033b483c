package io.rekindle.models.demand;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.hipparchus.special.Gamma;

/**
 * Where a product stands in its life, as probabilities, from what it sold period by period.
 *
 * <p>What: a hidden Markov model. Each period the product is in one stage: introduction (the level wanders), growth (it rises,
 * slowly or fast), maturity (it stays), decline (it falls, slowly or fast) or withdrawn (nothing is sold). The level itself is
 * not seen: sales are negative binomial around level × exposure, so ten pieces a month are believed less than ten
 * thousand. Stages follow one another as products do, mostly forwards, revivals allowed. The probabilities after the last
 * period, and the level now with an interval, come from the exact filter on a grid of levels; how much sales scatter is not
 * known either and is averaged over.
 *
 * <p>Assumptions, all per week: introduction lasts about 14 weeks, growth 25, maturity 75, decline 80; slow growth or decline
 * is 2 %, fast 8 %; a mature level wanders by 4 %. A product whose first sale comes later than one would wait for it at its first
 * rate counts as launched then; others were there before the data, mostly mature. The season has to be taken out beforehand
 * (as exposure); where less than two years are known, a Christmas product looks like one in decline.
 *
 * <p>Source: Rabiner (1989) for the filter; the stages are Levitt's (1965). The durations and speeds are this library's prior,
 * stated above, not estimated: few products show more than one passage.
 *
 * <p>Numerics: levels are 12 % apart; steps between them keep mean and variance exactly. The probabilities sum to 1. Units
 * matter: sales in tens tell less than the same in ones, because counts carry their own noise. Complexity: periods × levels (below
 * 150) × 7 states × 5 scatters. No randomness, no state.
 */
public final class ProductLife {
    private static final double CELL = .125;
    private static final int FEWEST_PERIODS = 6;
    private static final int FEWEST_SELLING = 3;
    private static final double[] SCATTER = {.02, .1, .4, 1.5, 5};
    static final double LAUNCH_PRIOR = .2;
    private static final int FIRST_PERIODS = 6;
    private static final double SOLD_THOUGH_WITHDRAWN = 1e-8;
    private static final double INTERVAL = .9;

    /** The hidden states: growth and decline come slow and fast. */
    enum State {
        NEW(0, ProductStage.INTRODUCTION, 0, .05),
        RISING(1, ProductStage.GROWTH, .02, .03),
        SOARING(2, ProductStage.GROWTH, .08, .06),
        STEADY(3, ProductStage.MATURITY, 0, .04),
        FALLING(4, ProductStage.DECLINE, -.02, .03),
        PLUNGING(5, ProductStage.DECLINE, -.08, .06),
        GONE(6, ProductStage.WITHDRAWN, 0, 0);

        final int place;
        final ProductStage stage;
        final double drift;
        final double spread;

        State(int place, ProductStage stage, double drift, double spread) {
            this.place = place;
            this.stage = stage;
            this.drift = drift;
            this.spread = spread;
        }

        static State at(int place) {
            for (State state : values()) if (state.place == place) return state;
            throw new IllegalArgumentException("there is no state " + place);
        }
    }

    static final int STATES = State.values().length;
    /** Rates of passage a week, from row to column. */
    static final double[][] PASSAGE = {
        // NEW, RISING, SOARING, STEADY, FALLING, PLUNGING, GONE
        {0, .020, .022, .021, .003, .002, .003},
        {0, 0, .005, .027, .004, .002, .002},
        {0, .015, 0, .020, .002, .003, .002},
        {0, .0015, .0005, 0, .006, .002, .003},
        {0, .001, .0005, .005, 0, .002, .004},
        {0, .001, .001, .006, .004, 0, .012},
        {0, .002, .004, .010, .004, .002, 0}
    };

    static final double[] LAUNCHED = {.74, .08, .10, .05, .015, .015, 0};
    static final double[] THERE_BEFORE = {.03, .13, .05, .52, .18, .08, .01};

    private ProductLife() {}

    /**
     * A product's standing after the last period.
     *
     * @param probability of each stage
     * @param level expected sales of a full period now, were there no season; the median
     * @param low fifth percentile of the level
     * @param high ninety-fifth percentile
     * @param drift expected change of the level per period, as a share, by the stages' probabilities
     * @param launched probability that the product was launched within the data
     * @param cannotTell why the stage cannot be told at all; then the probabilities are those believed beforehand
     */
    public record Standing(
            Map<ProductStage, Double> probability,
            double level,
            double low,
            double high,
            double drift,
            double launched,
            Optional<String> cannotTell) {
        public Standing {
            probability = Map.copyOf(probability);
        }

        /** The probability of a stage. */
        public double of(ProductStage stage) {
            return probability.getOrDefault(stage, 0.0);
        }

        /** The likeliest stage, when it is at least that likely and there is enough to tell. */
        public Optional<ProductStage> stage(double certainty) {
            if (cannotTell.isPresent()) return Optional.empty();
            ProductStage best = ProductStage.INTRODUCTION;
            for (ProductStage stage : ProductStage.values()) if (of(stage) > of(best)) best = stage;
            return of(best) >= certainty ? Optional.of(best) : Optional.empty();
        }
    }

    /**
     * Of one product.
     *
     * @param sold net pieces by period, from the first period of the data; at least 0
     * @param exposure how much of a full period each was, the season in it: 0 for a period without business, 1 for a usual one
     * @param weeks length of a period
     */
    public static Standing of(double[] sold, double[] exposure, double weeks) {
        check(sold, exposure, weeks);
        double[][] path = new double[sold.length][];
        return run(sold, exposure, weeks, path);
    }

    /**
     * The probability of each stage after each period, as it could be told then; rows of NaN before the first sale.
     *
     * @return by period, and within it by stage in their order
     */
    public static double[][] history(double[] sold, double[] exposure, double weeks) {
        check(sold, exposure, weeks);
        double[][] path = new double[sold.length][];
        run(sold, exposure, weeks, path);
        double[] nothing = new double[ProductStage.values().length];
        Arrays.fill(nothing, Double.NaN);
        for (int t = 0; t < path.length; t++) if (path[t] == null) path[t] = nothing.clone();
        return path;
    }

    private static void check(double[] sold, double[] exposure, double weeks) {
        if (sold.length != exposure.length)
            throw new IllegalArgumentException("%d periods of sales and %d of exposure; they must be equally long"
                    .formatted(sold.length, exposure.length));
        if (!(weeks > 0 && Double.isFinite(weeks)))
            throw new IllegalArgumentException("a period of %s weeks; it is above 0".formatted(weeks));
        for (int t = 0; t < sold.length; t++) {
            if (!(sold[t] >= 0 && Double.isFinite(sold[t])))
                throw new IllegalArgumentException("period %d: sales of %s; they are at least 0".formatted(t, sold[t]));
            if (!(exposure[t] >= 0 && Double.isFinite(exposure[t])))
                throw new IllegalArgumentException(
                        "period %d: an exposure of %s; it is at least 0".formatted(t, exposure[t]));
        }
    }

    private static Standing run(double[] sold, double[] exposure, double weeks, double[][] path) {
        int first = 0;
        while (first < sold.length && sold[first] == 0) first++;
        int selling = 0;
        int open = 0;
        double most = 0;
        double total = 0;
        double time = 0;
        for (int t = first; t < sold.length; t++) {
            if (sold[t] > 0) selling++;
            if (exposure[t] <= 0) continue;
            open++;
            most = Math.max(most, sold[t] / exposure[t]);
            total += sold[t];
            time += exposure[t];
        }
        double launched = launched(sold, exposure, first);
        double[] start = new double[STATES];
        for (int s = 0; s < STATES; s++) start[s] = launched * LAUNCHED[s] + (1 - launched) * THERE_BEFORE[s];
        if (selling == 0 || !(most > 0)) return untold(start, "nothing was sold", 0, launched);
        double mean = total / time;
        if (open < FEWEST_PERIODS)
            return untold(
                    start,
                    "%d periods since the first sale; it takes %d".formatted(open, FEWEST_PERIODS),
                    mean,
                    launched);
        if (selling < FEWEST_SELLING)
            return untold(
                    start, "sold in %d periods only; it takes %d".formatted(selling, FEWEST_SELLING), mean, launched);
        Grid grid = new Grid(Math.log(Math.min(.05, mean / 20)), Math.log(most * 1.3), weeks);
        double[] score = new double[SCATTER.length];
        double[][][] last = new double[SCATTER.length][][];
        double[][][] paths = new double[SCATTER.length][sold.length][];
        for (int k = 0; k < SCATTER.length; k++)
            score[k] = grid.filter(sold, exposure, first, start, SCATTER[k], paths[k], last, k);
        double best = Arrays.stream(score).max().orElse(0);
        double[] weight = new double[SCATTER.length];
        double all = 0;
        for (int k = 0; k < weight.length; k++) {
            weight[k] = Math.exp(score[k] - best);
            all += weight[k];
        }
        for (int t = first; t < sold.length; t++) {
            path[t] = new double[ProductStage.values().length];
            for (int k = 0; k < weight.length; k++)
                for (int s = 0; s < path[t].length; s++) path[t][s] += weight[k] / all * paths[k][t][s];
        }
        double[] level = new double[grid.cells];
        double[] state = new double[STATES];
        for (int k = 0; k < weight.length; k++)
            for (int s = 0; s < STATES; s++)
                for (int c = 0; c < grid.cells; c++) {
                    double p = weight[k] / all * last[k][s][c];
                    state[s] += p;
                    level[c] += p;
                }
        double drift = 0;
        for (State s : State.values()) if (s != State.GONE) drift += state[s.place] * Math.expm1(s.drift * weeks);
        return new Standing(
                stages(state),
                grid.quantile(level, .5),
                grid.quantile(level, (1 - INTERVAL) / 2),
                grid.quantile(level, (1 + INTERVAL) / 2),
                drift,
                launched,
                Optional.empty());
    }

    private static Standing untold(double[] state, String why, double level, double launched) {
        return new Standing(stages(state), level, Double.NaN, Double.NaN, Double.NaN, launched, Optional.of(why));
    }

    private static Map<ProductStage, Double> stages(double[] state) {
        Map<ProductStage, Double> stages = new EnumMap<>(ProductStage.class);
        for (State s : State.values()) stages.merge(s.stage, state[s.place], Double::sum);
        return stages;
    }

    /** How likely the silence before the first sale means that the product was not there yet. */
    private static double launched(double[] sold, double[] exposure, int first) {
        double silence = 0;
        for (int t = 0; t < first; t++) silence += exposure[t];
        double early = 0;
        double time = 0;
        for (int t = first; t < Math.min(sold.length, first + FIRST_PERIODS); t++) {
            early += sold[t];
            time += exposure[t];
        }
        if (silence == 0 || !(early > 0) || !(time > 0)) return silence == 0 ? 0 : LAUNCH_PRIOR;
        // Negative binomial of scatter 1: nobody buys in a period with probability 1 / (1 + rate).
        double there = Math.pow(1 + early / time, -silence);
        return LAUNCH_PRIOR / (LAUNCH_PRIOR + (1 - LAUNCH_PRIOR) * there);
    }

    /** Levels at equal ratios, and how they move in a period. */
    private static final class Grid {
        final int cells;
        private final double lowest;
        private final double[][] passage;
        private final int[][] steps = new int[STATES][];
        private final double[][] chances = new double[STATES][];

        Grid(double low, double high, double weeks) {
            cells = (int) Math.ceil((high - low) / CELL) + 1;
            lowest = low;
            passage = new double[STATES][STATES];
            for (int s = 0; s < STATES; s++) {
                double leaving = Arrays.stream(PASSAGE[s]).sum();
                double left = -Math.expm1(-leaving * weeks);
                for (int to = 0; to < STATES; to++)
                    passage[s][to] = to == s ? 1 - left : left * PASSAGE[s][to] / leaving;
            }
            for (State s : State.values())
                moves(s.place, s.drift * weeks / CELL, s.spread * s.spread * weeks / (CELL * CELL));
        }

        /** Whole steps with a given mean and variance. */
        private void moves(int state, double mean, double variance) {
            int below = (int) Math.floor(mean);
            double above = mean - below;
            double more = Math.max(0, variance - above * (1 - above));
            int reach = Math.max(1, (int) Math.ceil(Math.sqrt(2 * more)));
            double out = more / (2.0 * reach * reach);
            double[] chance = new double[2 * reach + 2];
            double[] two = {1 - above, above};
            for (int k = 0; k < 2; k++) {
                chance[k] += two[k] * out;
                chance[k + reach] += two[k] * (1 - 2 * out);
                chance[k + 2 * reach] += two[k] * out;
            }
            steps[state] = new int[chance.length];
            for (int k = 0; k < chance.length; k++) steps[state][k] = below - reach + k;
            chances[state] = chance;
        }

        /** Fills the path with the stages' probabilities and {@code last} with the state at the end; the log-likelihood. */
        double filter(
                double[] sold,
                double[] exposure,
                int first,
                double[] start,
                double scatter,
                double[][] path,
                double[][][] last,
                int place) {
            double[][] now = new double[STATES][cells];
            for (int s = 0; s < STATES; s++) Arrays.fill(now[s], start[s] / cells);
            double logLikelihood = 0;
            double[] emission = new double[cells];
            for (int t = first; t < sold.length; t++) {
                if (t > first) now = moved(now);
                logLikelihood += seen(now, sold[t], exposure[t], scatter, emission);
                path[t] = new double[ProductStage.values().length];
                for (State s : State.values())
                    path[t][s.stage.place] += Arrays.stream(now[s.place]).sum();
            }
            last[place] = now;
            return logLikelihood;
        }

        private double[][] moved(double[][] now) {
            double[][] next = new double[STATES][cells];
            double[] in = new double[cells];
            for (int to = 0; to < STATES; to++) {
                Arrays.fill(in, 0);
                for (int s = 0; s < STATES; s++) {
                    double chance = passage[s][to];
                    if (chance == 0) continue;
                    for (int c = 0; c < cells; c++) in[c] += chance * now[s][c];
                }
                for (int k = 0; k < steps[to].length; k++) {
                    double chance = chances[to][k];
                    if (chance == 0) continue;
                    for (int c = 0; c < cells; c++)
                        next[to][Math.clamp(c + steps[to][k], 0, cells - 1)] += chance * in[c];
                }
            }
            return next;
        }

        /** Takes a period's sales in; the logarithm of how likely they were. */
        private double seen(double[][] now, double sold, double exposure, double scatter, double[] emission) {
            if (exposure <= 0) return 0;
            double size = 1 / scatter;
            double constant = Gamma.logGamma(sold + size) - Gamma.logGamma(size) - Gamma.logGamma(sold + 1);
            double highest = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < cells; c++) {
                double expected = exposure * Math.exp(lowest + c * CELL);
                emission[c] = constant
                        + sold * Math.log(expected / (expected + size))
                        - size * Math.log1p(expected * scatter);
                highest = Math.max(highest, emission[c]);
            }
            double gone = Math.log(sold == 0 ? 1 : SOLD_THOUGH_WITHDRAWN);
            highest = Math.max(highest, gone);
            double sum = 0;
            for (int c = 0; c < cells; c++) emission[c] = Math.exp(emission[c] - highest);
            gone = Math.exp(gone - highest);
            for (int s = 0; s < STATES; s++)
                for (int c = 0; c < cells; c++) {
                    now[s][c] *= s == State.GONE.place ? gone : emission[c];
                    sum += now[s][c];
                }
            for (double[] row : now) for (int c = 0; c < cells; c++) row[c] /= sum;
            return highest + Math.log(sum);
        }

        double quantile(double[] probability, double share) {
            double sum = 0;
            for (int c = 0; c < cells; c++) {
                if (sum + probability[c] >= share)
                    return Math.exp(lowest + CELL * (c - .5 + (share - sum) / Math.max(probability[c], 1e-300)));
                sum += probability[c];
            }
            return Math.exp(lowest + CELL * (cells - 1));
        }
    }
}
