package io.rekindle.models.attribution;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Shapley's value of a game: each player's average contribution over all orders in which they could have joined.
 *
 * <p>Source: Shapley, "A value for n-person games" (1953): the only division that sums to the whole, treats equals equally,
 * gives nothing to who contributes nothing and adds over games. Sampling: Castro, Gómez and Tejada (2009), with every order
 * also taken backwards, which takes out what is symmetric in the game; every sampled order sums to the whole, so their
 * average does.
 *
 * <p>Numerics and complexity: exact, with weights s! (n − s − 1)! / n!, over all 2ⁿ coalitions up to {@link #EXACT} players;
 * beyond, orders × players worths, each coalition's worth asked once. No state.
 */
public final class Shapley {
    /** Most players for whom all coalitions are asked. */
    public static final int EXACT = 12;

    private final double[] values;
    private final double[] standardErrors;

    private Shapley(double[] values, double[] standardErrors) {
        this.values = values;
        this.standardErrors = standardErrors;
    }

    /** One value for each player. */
    public double[] values() {
        return values.clone();
    }

    /** Of the values; 0 where they are exact. */
    public double[] standardErrors() {
        return standardErrors.clone();
    }

    /** The worth of a coalition. */
    @FunctionalInterface
    public interface Game {
        /**
         * The coalition's worth.
         *
         * @param coalition bit i is set where player i is in it
         */
        double worth(long coalition);
    }

    /**
     * Values of a game, exact up to {@link #EXACT} players, else sampled.
     *
     * @param players at most 63
     * @param pairs orders to sample, each of them also backwards
     */
    public static Shapley of(int players, Game game, int pairs, RandomGenerator random) {
        if (players < 0 || players > 63)
            throw new IllegalArgumentException("%d players; there may be up to 63".formatted(players));
        return players <= EXACT ? exact(players, game) : sampled(players, game, pairs, random);
    }

    static Shapley exact(int players, Game game) {
        double[] worth = new double[1 << players];
        for (int coalition = 0; coalition < worth.length; coalition++) worth[coalition] = game.worth(coalition);
        double[] weight = new double[players];
        for (int size = 0; size < players; size++)
            weight[size] = size == 0 ? 1.0 / players : weight[size - 1] * size / (players - size);
        double[] values = new double[players];
        for (int coalition = 0; coalition < worth.length; coalition++)
            for (int player = 0; player < players; player++)
                if ((coalition >> player & 1) == 0)
                    values[player] +=
                            weight[Integer.bitCount(coalition)] * (worth[coalition | 1 << player] - worth[coalition]);
        return new Shapley(values, new double[players]);
    }

    static Shapley sampled(int players, Game game, int pairs, RandomGenerator random) {
        if (pairs < 2)
            throw new IllegalArgumentException("%d sampled orders; at least 2 for an error".formatted(pairs));
        Map<Long, Double> known = new HashMap<>();
        int[] order = new int[players];
        for (int i = 0; i < players; i++) order[i] = i;
        double[] sum = new double[players];
        double[] squares = new double[players];
        double[] gain = new double[players];
        for (int pair = 0; pair < pairs; pair++) {
            for (int i = players - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
            Arrays.fill(gain, 0);
            for (boolean backwards : new boolean[] {false, true}) {
                long coalition = 0;
                double before = known.computeIfAbsent(0L, game::worth);
                for (int i = 0; i < players; i++) {
                    int player = order[backwards ? players - 1 - i : i];
                    coalition |= 1L << player;
                    double after = known.computeIfAbsent(coalition, game::worth);
                    gain[player] += (after - before) / 2;
                    before = after;
                }
            }
            for (int i = 0; i < players; i++) {
                sum[i] += gain[i];
                squares[i] += gain[i] * gain[i];
            }
        }
        double[] errors = new double[players];
        for (int i = 0; i < players; i++) {
            errors[i] = Math.sqrt(Math.max(0, squares[i] - sum[i] * sum[i] / pairs) / (pairs - 1.0) / pairs);
            sum[i] /= pairs;
        }
        return new Shapley(sum, errors);
    }
}
