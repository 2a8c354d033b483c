package io.rekindle.models.bandit;

import io.rekindle.models.numeric.LargestOf;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Thompson sampling for answers that are amounts: profit, basket value, minutes.
 *
 * <p>What: each arm's answers are taken as normal with unknown mean and unknown variance, under a normal-inverse-gamma prior;
 * the belief about the mean is then Student's t, and each arm is played with the probability that its mean is the highest. For
 * amounts with long tails the means of many are normal enough; single huge ones should be capped by the caller. Evidence fades
 * as in {@link BernoulliBandit}.
 *
 * <p>Source: Honda and Takemura, "Optimality of Thompson sampling for Gaussian bandits depends on priors" (AISTATS 2014);
 * updates: Murphy, "Conjugate Bayesian analysis of the Gaussian distribution" (2007), with running means so that large amounts
 * close together lose no digits. Complexity as {@link BernoulliBandit}. Unchangeable, safe to share.
 */
public final class GaussianBandit {
    private final Prior prior;
    private final double discount;
    private final double[] weight;
    private final double[] mean;
    private final double[] squares;
    private volatile double[] probabilities = {};

    /**
     * What is believed of every arm before.
     *
     * @param mean of the answers
     * @param deviation typical of one answer
     * @param answers as many as this belief is worth, positive
     */
    public record Prior(double mean, double deviation, double answers) {
        public Prior {
            if (!Double.isFinite(mean)
                    || !(deviation > 0 && answers > 0)
                    || !Double.isFinite(deviation)
                    || !Double.isFinite(answers))
                throw new IllegalArgumentException(
                        "a prior of mean %s, deviation %s, worth %s answers; the last two positive"
                                .formatted(mean, deviation, answers));
        }
    }

    private GaussianBandit(Prior prior, double discount, double[] weight, double[] mean, double[] squares) {
        this.prior = prior;
        this.discount = discount;
        this.weight = weight;
        this.mean = mean;
        this.squares = squares;
    }

    /**
     * Before any observation.
     *
     * @param discount of evidence by each observation; 1 forgets nothing
     */
    public static GaussianBandit of(int arms, Prior prior, double discount) {
        Choice.checkArms(arms);
        Choice.checkDiscount(discount);
        return new GaussianBandit(prior, discount, new double[arms], new double[arms], new double[arms]);
    }

    /** After one more answer. */
    public GaussianBandit observe(int arm, double answer) {
        Choice.checkArm(arm, weight.length);
        if (!Double.isFinite(answer)) throw new IllegalArgumentException("an answer of %s".formatted(answer));
        double[] weights = Arrays.stream(weight).map(w -> w * discount).toArray();
        double[] spreads = Arrays.stream(squares).map(s -> s * discount).toArray();
        double[] means = mean.clone();
        double before = weights[arm];
        weights[arm]++;
        double apart = answer - means[arm];
        means[arm] += apart / weights[arm];
        spreads[arm] += apart * apart * before / weights[arm];
        return new GaussianBandit(prior, discount, weights, means, spreads);
    }

    /** Number of arms. */
    public int arms() {
        return weight.length;
    }

    /** Mean of the belief about an arm's mean. */
    public double mean(int arm) {
        return (prior.answers * prior.mean + weight[arm] * mean[arm]) / (prior.answers + weight[arm]);
    }

    private LargestOf.Belief belief(int arm) {
        double answers = prior.answers + weight[arm];
        double shape = 1 + weight[arm] / 2;
        double apart = mean[arm] - prior.mean;
        double scale = prior.deviation * prior.deviation
                + (squares[arm] + prior.answers * weight[arm] * apart * apart / answers) / 2;
        return LargestOf.student(mean(arm), Math.sqrt(scale / (shape * answers)), 2 * shape);
    }

    /** The probability of each arm to be the best, with which it is to be played. */
    public double[] probabilities() {
        double[] known = probabilities;
        if (known.length == 0) {
            LargestOf.Belief[] beliefs = new LargestOf.Belief[weight.length];
            Arrays.setAll(beliefs, this::belief);
            known = LargestOf.chances(beliefs);
            probabilities = known;
        }
        return known.clone();
    }

    /** Draws an arm. */
    public Choice choose(RandomGenerator random) {
        return Choice.draw(probabilities(), random);
    }
}
