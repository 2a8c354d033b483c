package io.rekindle.models.bandit;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * An arm drawn, and the probability it was drawn with: to be kept with its outcome, for evaluation later.
 *
 * <p>Thompson sampling plays each arm with the probability that it is the best. Here these probabilities are computed and the
 * arm is drawn from them, instead of drawing from the beliefs: the same in distribution, but the probability kept is exactly
 * the one played by, whatever the rounding of its computation.
 *
 * <p>Source: Thompson (Biometrika 25, 1933); the use of kept probabilities, Horvitz and Thompson (1952). Complexity: one
 * draw.
 *
 * @param arm its number
 * @param probability it was drawn with
 */
public record Choice(int arm, double probability) {
    /** Draws from probabilities that sum to 1. */
    public static Choice draw(double[] probabilities, RandomGenerator random) {
        double left = random.nextDouble();
        int last = -1;
        for (int arm = 0; arm < probabilities.length; arm++) {
            if (!(probabilities[arm] > 0)) continue;
            last = arm;
            left -= probabilities[arm];
            if (left < 0) break;
        }
        if (last < 0)
            throw new IllegalArgumentException(
                    "no arm can be drawn from the probabilities " + Arrays.toString(probabilities));
        return new Choice(last, probabilities[last]);
    }

    /**
     * The same probabilities with none below a floor: what is never played can never be evaluated.
     *
     * @param least from 0 to one over the number of arms
     */
    public static double[] atLeast(double[] probabilities, double least) {
        int arms = probabilities.length;
        if (!(least >= 0 && least * arms <= 1))
            throw new IllegalArgumentException(
                    "each of %d arms with probability %s at least; from 0 to 1 / %d".formatted(arms, least, arms));
        double[] floored = new double[arms];
        Arrays.setAll(floored, arm -> least + (1 - arms * least) * probabilities[arm]);
        return floored;
    }

    static void checkArm(int arm, int arms) {
        if (arm < 0 || arm >= arms) throw new IllegalArgumentException("arm %d; there are %d".formatted(arm, arms));
    }

    static void checkArms(int arms) {
        if (arms < 1) throw new IllegalArgumentException("a bandit with %d arms; at least 1".formatted(arms));
    }

    static void checkDiscount(double discount) {
        if (!(discount > 0 && discount <= 1))
            throw new IllegalArgumentException("a discount of %s; above 0 and at most 1".formatted(discount));
    }
}
