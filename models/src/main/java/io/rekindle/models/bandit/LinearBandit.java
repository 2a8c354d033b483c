package io.rekindle.models.bandit;

import io.rekindle.models.numeric.LargestOf;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Thompson sampling where the best arm depends on the customer: each arm's expected answer is linear in what is known of them.
 *
 * <p>What: one Bayesian linear regression for each arm, with a normal prior on the coefficients and unknown noise; at a
 * customer's features the belief about each arm's expected answer is Student's t, independent between arms, and each is played
 * with the probability that it is the highest. Features should be of about unit size, with a constant 1 among them. Answers of
 * yes or no are served as 0 and 1. Evidence fades as in {@link BernoulliBandit}.
 *
 * <p>Source: Agrawal and Goyal, "Thompson sampling for contextual bandits with linear payoffs" (ICML 2013), with the noise
 * learnt (Bishop, "Pattern recognition and machine learning", 2006, exercise 3.12) instead of given.
 *
 * <p>Numerics: Cholesky of the precision, computed when an arm is next asked after an observation. Complexity: features² for an
 * observation (times arms with a discount), features³ for an arm's next use, features² for each arm and customer. Unchangeable,
 * safe to share.
 */
public final class LinearBandit {
    private final int features;
    private final double ridge;
    private final double deviation;
    private final double discount;
    private final Arm[] arms;

    private LinearBandit(int features, double ridge, double deviation, double discount, Arm[] arms) {
        this.features = features;
        this.ridge = ridge;
        this.deviation = deviation;
        this.discount = discount;
        this.arms = arms;
    }

    /** What one arm's answers told; the prior is kept apart so that it does not fade. */
    private static final class Arm {
        private final double count;
        private final double[][] products;
        private final double[] answers;
        private final double squares;
        private volatile Posterior posterior = NONE;

        Arm(double count, double[][] products, double[] answers, double squares) {
            this.count = count;
            this.products = products;
            this.answers = answers;
            this.squares = squares;
        }

        Arm faded(double by) {
            double[][] less = new double[products.length][];
            Arrays.setAll(less, i -> Arrays.stream(products[i]).map(v -> v * by).toArray());
            return new Arm(
                    count * by, less, Arrays.stream(answers).map(v -> v * by).toArray(), squares * by);
        }

        Arm with(double[] x, double answer) {
            double[][] more = new double[x.length][];
            double[] sums = answers.clone();
            for (int i = 0; i < x.length; i++) {
                more[i] = products[i].clone();
                for (int j = 0; j <= i; j++) more[i][j] += x[i] * x[j];
                sums[i] += x[i] * answer;
            }
            return new Arm(count + 1, more, sums, squares + answer * answer);
        }
    }

    private static final Posterior NONE = new Posterior(new double[0][], new double[0], 0, 0);

    /** Lower Cholesky factor of the precision, coefficients, and the noise's belief. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Posterior(double[][] factor, double[] coefficients, double shape, double scale) {}

    /**
     * Before any observation.
     *
     * @param features number of a customer's features
     * @param ridge as many answers as the prior belief that coefficients are 0 is worth, at features of unit size; positive
     * @param deviation typical of one answer, positive
     * @param discount of evidence by each observation; 1 forgets nothing
     */
    public static LinearBandit of(int arms, int features, double ridge, double deviation, double discount) {
        Choice.checkArms(arms);
        Choice.checkDiscount(discount);
        if (features < 1 || !(ridge > 0 && deviation > 0) || !Double.isFinite(ridge) || !Double.isFinite(deviation))
            throw new IllegalArgumentException(
                    "%d features, ridge %s, deviation %s; all positive".formatted(features, ridge, deviation));
        Arm[] fresh = new Arm[arms];
        Arrays.setAll(fresh, arm -> new Arm(0, new double[features][features], new double[features], 0));
        return new LinearBandit(features, ridge, deviation, discount, fresh);
    }

    /** After one more answer. */
    public LinearBandit observe(int arm, double[] customer, double answer) {
        Choice.checkArm(arm, arms.length);
        check(customer);
        if (!Double.isFinite(answer)) throw new IllegalArgumentException("an answer of %s".formatted(answer));
        Arm[] after = arms.clone();
        if (discount < 1) Arrays.setAll(after, i -> arms[i].faded(discount));
        after[arm] = after[arm].with(customer, answer);
        return new LinearBandit(features, ridge, deviation, discount, after);
    }

    /** Number of arms. */
    public int arms() {
        return arms.length;
    }

    /** The expected answer of an arm for a customer. */
    public double mean(int arm, double[] customer) {
        check(customer);
        double[] coefficients = posterior(arms[arm]).coefficients;
        double sum = 0;
        for (int i = 0; i < features; i++) sum += coefficients[i] * customer[i];
        return sum;
    }

    /** The probability of each arm to be the best for a customer, with which it is to be played. */
    public double[] probabilities(double[] customer) {
        check(customer);
        LargestOf.Belief[] beliefs = new LargestOf.Belief[arms.length];
        for (int arm = 0; arm < arms.length; arm++) {
            Posterior posterior = posterior(arms[arm]);
            double[] solved = new double[features];
            double length = 0;
            for (int i = 0; i < features; i++) {
                double sum = customer[i];
                for (int k = 0; k < i; k++) sum -= posterior.factor[i][k] * solved[k];
                solved[i] = sum / posterior.factor[i][i];
                length += solved[i] * solved[i];
            }
            // A customer of whom nothing is known but zeros: every arm is as good, and any spread says so.
            double spread = Math.max(Math.sqrt(length * posterior.scale / posterior.shape), 1e-12 * deviation);
            beliefs[arm] = LargestOf.student(mean(arm, customer), spread, 2 * posterior.shape);
        }
        return LargestOf.chances(beliefs);
    }

    /** Draws an arm for a customer. */
    public Choice choose(double[] customer, RandomGenerator random) {
        return Choice.draw(probabilities(customer), random);
    }

    private void check(double[] customer) {
        if (customer.length != features)
            throw new IllegalArgumentException(
                    "a customer with %d features; there are %d".formatted(customer.length, features));
        for (double feature : customer)
            if (!Double.isFinite(feature))
                throw new IllegalArgumentException("a feature of %s; fill what is missing".formatted(feature));
    }

    private Posterior posterior(Arm arm) {
        Posterior known = arm.posterior;
        if (known.coefficients.length > 0) return known;
        double[][] factor = new double[features][features];
        for (int i = 0; i < features; i++)
            for (int j = 0; j <= i; j++) {
                double sum = arm.products[i][j] + (i == j ? ridge : 0);
                for (int k = 0; k < j; k++) sum -= factor[i][k] * factor[j][k];
                factor[i][j] = i == j ? Math.sqrt(sum) : sum / factor[j][j];
            }
        double[] coefficients = new double[features];
        double explained = 0;
        for (int i = 0; i < features; i++) {
            double sum = arm.answers[i];
            for (int k = 0; k < i; k++) sum -= factor[i][k] * coefficients[k];
            coefficients[i] = sum / factor[i][i];
            explained += coefficients[i] * coefficients[i];
        }
        for (int i = features - 1; i >= 0; i--) {
            double sum = coefficients[i];
            for (int k = i + 1; k < features; k++) sum -= factor[k][i] * coefficients[k];
            coefficients[i] = sum / factor[i][i];
        }
        Posterior posterior = new Posterior(
                factor,
                coefficients,
                1 + arm.count / 2,
                deviation * deviation + Math.max(0, arm.squares - explained) / 2);
        arm.posterior = posterior;
        return posterior;
    }
}
