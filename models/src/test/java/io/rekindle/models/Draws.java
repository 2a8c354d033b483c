package io.rekindle.models;

import java.util.random.RandomGenerator;

/** Random draws for simulated customers. */
public final class Draws {
    private Draws() {}

    /** Exponential with mean 1. */
    public static double exponential(RandomGenerator random) {
        return -Math.log1p(-random.nextDouble());
    }

    /** Gamma with the given shape and rate 1: Marsaglia and Tsang, with the usual boost for shapes below 1. */
    public static double gamma(RandomGenerator random, double shape) {
        if (shape < 1) return gamma(random, shape + 1) * Math.pow(1 - random.nextDouble(), 1 / shape);
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double normal = random.nextGaussian();
            double cube = Math.pow(1 + c * normal, 3);
            if (cube > 0 && Math.log(1 - random.nextDouble()) < normal * normal / 2 + d - d * cube + d * Math.log(cube))
                return d * cube;
        }
    }

    /** Beta. */
    public static double beta(RandomGenerator random, double a, double b) {
        double one = gamma(random, a);
        return one / (one + gamma(random, b));
    }
}
