package io.rekindle.models.timing;

import io.rekindle.models.numeric.Indices;
import io.rekindle.models.numeric.Minimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How likely each customer is to respond on each channel: everybody's rate, moved by how responsive the customer is at all and
 * by what they prefer.
 *
 * <p>What: of the messages delivered to a customer on a channel, a number was answered (opened by a person, clicked). The log-odds
 * of an answer are the channel's level + the customer's responsiveness, the same on all channels, + their preference for the
 * channel; the last two are normal over customers with deviations learnt from all. Who answers mail is so expected to answer
 * messages more than others, too, but nothing is said of preference before there is evidence on both.
 *
 * <p>Assumptions: which messages went over which channel had nothing to do with that customer's mood; answers are independent
 * given the three parts. Source: logistic regression with crossed random effects (McCulloch, Searle and Neuhaus, "Generalized,
 * linear, and mixed models", 2nd ed., 2008).
 *
 * <p>Numerics: the normals on a grid of 25 points to four deviations, on which sums are as good as integrals; levels and
 * deviations by maximum likelihood with exact gradients (Fisher's identity), customers with equal counts together, at most 4,000
 * taken evenly from those sorted by counts, so that the order of customers changes nothing. Complexity: a customer costs 625 × channels. Unchangeable, safe to share.
 */
public final class ChannelResponse {
    private static final int POINTS = 25;
    private static final double[] Z = new double[POINTS];
    private static final double[] WEIGHT = new double[POINTS];
    private static final int LEARNT_FROM = 4_000;
    /** Log-odds of what does not happen. */
    private static final double NEVER = -15;

    static {
        double all = 0;
        for (int i = 0; i < POINTS; i++) {
            Z[i] = -4 + 8.0 * i / (POINTS - 1);
            WEIGHT[i] = Math.exp(-Z[i] * Z[i] / 2);
            all += WEIGHT[i];
        }
        for (int i = 0; i < POINTS; i++) WEIGHT[i] /= all;
    }

    private final double[] level;
    private final double responsiveness;
    private final double preference;
    private final int usual;

    private ChannelResponse(double[] level, double responsiveness, double preference) {
        this.level = level;
        this.responsiveness = responsiveness;
        this.preference = preference;
        int best = 0;
        for (int k = 1; k < level.length; k++) if (level[k] > level[best]) best = k;
        usual = best;
    }

    /**
     * Learns.
     *
     * @param delivered by customer and channel
     * @param answered by customer and channel, at most as many
     */
    public static ChannelResponse learn(int[][] delivered, int[][] answered) {
        check(delivered, answered);
        int channels = delivered[0].length;
        int[] known = IntStream.range(0, delivered.length)
                .filter(c -> Arrays.stream(delivered[c]).anyMatch(n -> n > 0))
                .toArray();
        if (known.length == 0) throw new IllegalArgumentException("no message was delivered to anybody");
        Indices.sort(known, 0, known.length, (one, other) -> {
            int by = Arrays.compare(delivered[one], delivered[other]);
            return by == 0 ? Arrays.compare(answered[one], answered[other]) : by;
        });
        int count = Math.min(LEARNT_FROM, known.length);
        int[] taken = new int[count];
        Arrays.setAll(taken, i -> known[(int) ((long) known.length * i / count)]);
        Counts counts = new Counts(delivered, answered, taken);
        double[] start = new double[channels + 2];
        double[] low = new double[channels + 2];
        double[] high = new double[channels + 2];
        for (int k = 0; k < channels; k++) {
            double n = 1;
            double y = .5;
            for (int c : known) {
                n += delivered[c][k];
                y += answered[c][k];
            }
            // A channel nobody was reached on is nobody's best.
            start[k] = n == 1 ? NEVER : Math.log(y / (n - y));
            low[k] = NEVER;
            high[k] = -NEVER;
        }
        // Deviations in logarithms.
        for (int k = channels; k < channels + 2; k++) {
            start[k] = Math.log(.7);
            low[k] = -5;
            high[k] = 2;
        }
        double[] point = Minimizer.minimize(counts::negative, start, low, high).point();
        return new ChannelResponse(
                Arrays.copyOf(point, channels), Math.exp(point[channels]), Math.exp(point[channels + 1]));
    }

    private static void check(int[][] delivered, int[][] answered) {
        if (delivered.length == 0 || delivered.length != answered.length)
            throw new IllegalArgumentException(
                    "%d and %d customers; the same number, at least one".formatted(delivered.length, answered.length));
        int channels = delivered[0].length;
        if (channels == 0) throw new IllegalArgumentException("there is no channel");
        for (int c = 0; c < delivered.length; c++) {
            if (delivered[c].length != channels || answered[c].length != channels)
                throw new IllegalArgumentException("customer %d has other channels than the first".formatted(c));
            for (int k = 0; k < channels; k++)
                if (answered[c][k] < 0 || answered[c][k] > delivered[c][k])
                    throw new IllegalArgumentException("customer %d answered %d of %d messages on channel %d"
                            .formatted(c, answered[c][k], delivered[c][k], k));
        }
    }

    /** What is learnt from: customers of equal counts together, and each channel's different counts once. */
    private static final class Counts {
        private final int channels;
        private final int customers;
        /** By channel, delivered and answered of each different pair. */
        private final List<List<int[]>> pairs = new ArrayList<>();
        /** By group, the place of each channel's pair; −1 where nothing was delivered. */
        private final List<int[]> groups = new ArrayList<>();

        private final List<Integer> sizes = new ArrayList<>();

        Counts(int[][] delivered, int[][] answered, int[] taken) {
            channels = delivered[0].length;
            customers = taken.length;
            List<Map<Long, Integer>> places = new ArrayList<>();
            for (int k = 0; k < channels; k++) {
                pairs.add(new ArrayList<>());
                places.add(new HashMap<>());
            }
            TreeMap<int[], Integer> alike = new TreeMap<>(Arrays::compare);
            for (int c : taken) {
                int[] key = new int[channels];
                for (int k = 0; k < channels; k++) {
                    int n = delivered[c][k];
                    int y = answered[c][k];
                    List<int[]> known = pairs.get(k);
                    key[k] = n == 0
                            ? -1
                            : places.get(k).computeIfAbsent((long) n << 32 | y, pair -> {
                                known.add(new int[] {n, y});
                                return known.size() - 1;
                            });
                }
                alike.merge(key, 1, Integer::sum);
            }
            alike.forEach((key, size) -> {
                groups.add(key);
                sizes.add(size);
            });
        }

        double negative(double[] at, double[] gradient) {
            double responsive = Math.exp(at[channels]);
            double prefers = Math.exp(at[channels + 1]);
            double[][][] likelihood = new double[channels][][];
            double[][][] slope = new double[channels][][];
            double[][][] across = new double[channels][][];
            double value = 0;
            for (int k = 0; k < channels; k++) {
                int different = pairs.get(k).size();
                likelihood[k] = new double[different][POINTS];
                slope[k] = new double[different][POINTS];
                across[k] = new double[different][POINTS];
                for (int u = 0; u < POINTS; u++)
                    for (int e = 0; e < POINTS; e++) {
                        double odds = at[k] + responsive * Z[u] + prefers * Z[e];
                        double logYes = logYes(odds);
                        double yes = Math.exp(logYes);
                        for (int i = 0; i < different; i++) {
                            int n = pairs.get(k).get(i)[0];
                            int y = pairs.get(k).get(i)[1];
                            double term = WEIGHT[e] * Math.exp(n * logYes - (n - y) * odds - highestLog(n, y));
                            likelihood[k][i][u] += term;
                            slope[k][i][u] += term * (y - n * yes);
                            across[k][i][u] += term * (y - n * yes) * Z[e];
                        }
                    }
            }
            Arrays.fill(gradient, 0);
            double[] whole = new double[channels + 2];
            for (int g = 0; g < groups.size(); g++) {
                int[] pair = groups.get(g);
                double shift = 0;
                for (int k = 0; k < channels; k++)
                    if (pair[k] >= 0)
                        shift += highestLog(
                                pairs.get(k).get(pair[k])[0], pairs.get(k).get(pair[k])[1]);
                double all = 0;
                Arrays.fill(whole, 0);
                for (int u = 0; u < POINTS; u++) {
                    double product = WEIGHT[u];
                    for (int k = 0; k < channels; k++) if (pair[k] >= 0) product *= likelihood[k][pair[k]][u];
                    if (!(product > 0)) continue;
                    all += product;
                    for (int k = 0; k < channels; k++) {
                        if (pair[k] < 0) continue;
                        double part = product / likelihood[k][pair[k]][u];
                        double score = part * slope[k][pair[k]][u];
                        whole[k] += score;
                        whole[channels] += score * Z[u];
                        whole[channels + 1] += part * across[k][pair[k]][u];
                    }
                }
                double weight = (double) sizes.get(g) / customers;
                value -= weight * (Math.log(all) + shift);
                for (int k = 0; k < channels; k++) gradient[k] -= weight * whole[k] / all;
                gradient[channels] -= weight * responsive * whole[channels] / all;
                gradient[channels + 1] -= weight * prefers * whole[channels + 1] / all;
            }
            return value;
        }
    }

    /** No rate makes the counts likelier; taken off so that many messages do not underflow. */
    private static double highestLog(int n, int y) {
        return (y == 0 ? 0 : y * Math.log((double) y / n)) + (y == n ? 0 : (n - y) * Math.log(1 - (double) y / n));
    }

    private static double logYes(double odds) {
        return odds > 0 ? -Math.log1p(Math.exp(-odds)) : odds - Math.log1p(Math.exp(odds));
    }

    /** Everybody's channel: that on which most respond. */
    public int usual() {
        return usual;
    }

    /** Deviation of customers' responsiveness, in log-odds. */
    public double responsiveness() {
        return responsiveness;
    }

    /** Deviation of customers' preference for a channel, in log-odds. */
    public double preference() {
        return preference;
    }

    /** Log-odds of an answer of the middling customer on a channel. */
    public double level(int channel) {
        return level[channel];
    }

    /**
     * A customer's best channel.
     *
     * @param delivered by channel
     * @param answered by channel
     * @param certainty how probable it must be that the own channel is better, to be told
     */
    public BestChannel best(int[] delivered, int[] answered, double certainty) {
        if (!(certainty >= .5 && certainty < 1))
            throw new IllegalArgumentException("a certainty of %s; from 0.5 to below 1".formatted(certainty));
        check(new int[][] {delivered}, new int[][] {answered});
        if (delivered.length != level.length)
            throw new IllegalArgumentException(
                    "%d channels, but %d were learnt".formatted(delivered.length, level.length));
        int channels = level.length;
        double[][][] belief = new double[POINTS][channels][POINTS];
        double[] log = new double[POINTS];
        double most = Double.NEGATIVE_INFINITY;
        for (int u = 0; u < POINTS; u++) {
            log[u] = Math.log(WEIGHT[u]);
            for (int k = 0; k < channels; k++) log[u] += believe(belief[u][k], k, u, delivered[k], answered[k]);
            most = Math.max(most, log[u]);
        }
        double[] rate = new double[channels];
        double[] of = new double[POINTS];
        double all = 0;
        for (int u = 0; u < POINTS; u++) {
            of[u] = Math.exp(log[u] - most);
            all += of[u];
            for (int k = 0; k < channels; k++)
                for (int e = 0; e < POINTS; e++) rate[k] += of[u] * belief[u][k][e] * Math.exp(logYes(odds(k, u, e)));
        }
        int own = 0;
        for (int k = 1; k < channels; k++) if (rate[k] > rate[own]) own = k;
        double chance = own == usual ? 1 : chance(belief, of, all, own);
        boolean told = own != usual && chance >= certainty;
        return new BestChannel(
                told ? own : usual,
                told,
                own,
                chance,
                rate[told ? own : usual] / all,
                Arrays.stream(delivered).asLongStream().sum());
    }

    private double odds(int channel, int u, int e) {
        return level[channel] + responsiveness * Z[u] + preference * Z[e];
    }

    /** The belief about the preference for a channel at a responsiveness; gives the logarithm of the counts' likelihood. */
    private double believe(double[] belief, int channel, int u, int delivered, int answered) {
        double most = Double.NEGATIVE_INFINITY;
        for (int e = 0; e < POINTS; e++) {
            double odds = odds(channel, u, e);
            belief[e] = Math.log(WEIGHT[e]) + delivered * logYes(odds) - (delivered - answered) * odds;
            most = Math.max(most, belief[e]);
        }
        double all = 0;
        for (int e = 0; e < POINTS; e++) {
            belief[e] = Math.exp(belief[e] - most);
            all += belief[e];
        }
        for (int e = 0; e < POINTS; e++) belief[e] /= all;
        return most + Math.log(all);
    }

    /** The probability that one channel's rate is higher than the usual one's; a point shares its weight with its own half. */
    private double chance(double[][][] belief, double[] of, double all, int own) {
        double step = preference * (Z[1] - Z[0]);
        double chance = 0;
        for (int u = 0; u < POINTS; u++)
            for (int a = 0; a < POINTS; a++)
                for (int b = 0; b < POINTS; b++) {
                    double apart = odds(own, u, a) - odds(usual, u, b);
                    double above = Math.clamp(.5 + apart / (2 * step), 0, 1);
                    chance += of[u] * belief[u][own][a] * belief[u][usual][b] * above;
                }
        return chance / all;
    }

    /** All customers' best channels. */
    public BestChannel[] best(int[][] delivered, int[][] answered, double certainty) {
        return IntStream.range(0, delivered.length)
                .parallel()
                .mapToObj(customer -> best(delivered[customer], answered[customer], certainty))
                .toArray(BestChannel[]::new);
    }
}
