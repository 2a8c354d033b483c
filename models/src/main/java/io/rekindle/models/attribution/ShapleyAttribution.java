package io.rekindle.models.attribution;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * Credit by {@link Shapley} values, in two games.
 *
 * <p>{@link #ofPaths}: a coalition of channels is worth the conversions of the paths that need no other channel. The value
 * then has a closed form, each path's conversions in equal parts to its different channels, and is exact for any number of
 * them (Zhao, Mahboobi and Bagheri, "Shapley value methods for attribution modeling in online advertising", 2018). It knows
 * nothing of paths that led nowhere.
 *
 * <p>{@link #ofChain}: a coalition is worth the conversions that the {@link MarkovChain} of contacts makes with these channels
 * alone. It is the removal effect without its overlap: what channels do together is shared among them, and the sum is the
 * whole by itself rather than by scaling. Exact to {@link Shapley#EXACT} channels, sampled beyond.
 *
 * <p>Assumption: channels are players who may come in any order, as likely as any other. Source: Shapley, "A value for
 * n-person games" (1953). Numerics: sums to the whole up to rounding, in either game. Complexity: of paths, one pass over the
 * contacts; of the chain, 2ⁿ solutions of a chain for n channels, or as many as are sampled.
 */
public final class ShapleyAttribution {
    private ShapleyAttribution() {}

    /** Each path's conversions in equal parts to its different channels. */
    public static Attribution ofPaths(Paths paths) {
        double[] conversions = new double[paths.channels().size()];
        double[] value = new double[conversions.length];
        for (int i = 0; i < paths.count(); i++) {
            if (paths.conversions(i) == 0 && paths.value(i) == 0) continue;
            int[] met = Arrays.stream(paths.steps(i)).distinct().toArray();
            for (int channel : met) {
                conversions[channel] += paths.conversions(i) / met.length;
                value[channel] += paths.value(i) / met.length;
            }
        }
        return Attribution.of(paths, conversions, value);
    }

    /**
     * The chain's conversions with each coalition of channels alone.
     *
     * @param order of the chain, 1 to 3
     * @param pairs orders of channels to sample where there are more than {@link Shapley#EXACT}
     */
    public static Attribution ofChain(Paths paths, int order, int pairs, RandomGenerator random) {
        MarkovChain chain = new MarkovChain(paths, order);
        int channels = paths.channels().size();
        double[] conversions = Shapley.of(channels, coalition -> chain.conversion(in(coalition)), pairs, random)
                .values();
        double[] value = Shapley.of(channels, coalition -> chain.value(in(coalition)), pairs, random)
                .values();
        // The chain without removal makes exactly the conversions there were, so this scales by customers alone.
        return Attribution.inProportion(paths, conversions, value);
    }

    private static IntPredicate in(long coalition) {
        return channel -> (coalition >> channel & 1) == 1;
    }
}
