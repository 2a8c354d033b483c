package io.rekindle.models.bandit;

/**
 * What another way of choosing would have earned, from the log of the way that was used.
 *
 * <p>What: each logged reward counts with its weight, the probability with which the other way would have chosen the same, over
 * the probability with which it was chosen. The mean is unbiased whenever the log's probabilities are those really played by
 * and none is 0 where the other's is not — also when they changed while the bandit learnt, where the plain mean of an arm's
 * rewards is biased downwards (Nie et al., AISTATS 2018). Dividing by the mean weight (self-normalised) costs a little bias and
 * saves much variance. Doubly robust: a prediction of every reward takes out what it explains; unbiased even when the
 * prediction is wrong.
 *
 * <p>Source: Horvitz and Thompson (1952); Swaminathan and Joachims, "The self-normalized estimator for counterfactual learning"
 * (NIPS 2015); Dudík, Langford and Li (ICML 2011). Standard errors by the variance of the terms (martingale differences for a
 * learning log). Complexity: one pass.
 *
 * @param value mean reward of the other way
 * @param standardError of the value
 * @param selfNormalised the value divided by the mean weight
 * @param selfNormalisedError standard error of that
 * @param effectiveSize as many choices of the other way's own would tell as much: (Σw)² / Σw²
 * @param largestWeight a single choice that counts for so many is a reason for doubt
 */
public record OffPolicy(
        double value,
        double standardError,
        double selfNormalised,
        double selfNormalisedError,
        double effectiveSize,
        double largestWeight) {
    /**
     * By inverse probabilities.
     *
     * @param reward of each choice
     * @param logged probability with which what was chosen was chosen
     * @param target probability with which the other way would have chosen it
     */
    public static OffPolicy of(double[] reward, double[] logged, double[] target) {
        return doublyRobust(reward, logged, target, new double[reward.length], new double[reward.length]);
    }

    /**
     * Doubly robust.
     *
     * @param predicted reward predicted of what was chosen
     * @param predictedTarget reward predicted of the other way's choice, on average over it
     */
    public static OffPolicy doublyRobust(
            double[] reward, double[] logged, double[] target, double[] predicted, double[] predictedTarget) {
        int n = reward.length;
        if (n < 2) throw new IllegalArgumentException("%d choices in the log; at least 2".formatted(n));
        if (logged.length != n || target.length != n || predicted.length != n || predictedTarget.length != n)
            throw new IllegalArgumentException(
                    "%d rewards, but other numbers of probabilities or predictions".formatted(n));
        double weights = 0;
        double squares = 0;
        double largest = 0;
        double sum = 0;
        double normalised = 0;
        double base = 0;
        for (int i = 0; i < n; i++) {
            check(i, reward[i], logged[i], target[i]);
            double weight = target[i] / logged[i];
            weights += weight;
            squares += weight * weight;
            largest = Math.max(largest, weight);
            double left = weight * (reward[i] - predicted[i]);
            normalised += left;
            base += predictedTarget[i];
            sum += predictedTarget[i] + left;
        }
        double value = sum / n;
        double ratio = weights > 0 ? normalised / weights : Double.NaN;
        double variance = 0;
        double normalisedVariance = 0;
        for (int i = 0; i < n; i++) {
            double weight = target[i] / logged[i];
            double apart = predictedTarget[i] + weight * (reward[i] - predicted[i]) - value;
            variance += apart * apart;
            double part = weight * (reward[i] - predicted[i] - ratio) * n / weights + predictedTarget[i] - base / n;
            normalisedVariance += part * part;
        }
        return new OffPolicy(
                value,
                Math.sqrt(variance / (n - 1) / n),
                base / n + ratio,
                Math.sqrt(normalisedVariance / (n - 1) / n),
                squares > 0 ? weights * weights / squares : 0,
                largest);
    }

    private static void check(int i, double reward, double logged, double target) {
        if (!Double.isFinite(reward))
            throw new IllegalArgumentException("the reward of choice %d is %s".formatted(i, reward));
        if (!(logged > 0 && logged <= 1))
            throw new IllegalArgumentException(
                    "choice %d was logged with probability %s; it lies above 0 and at most 1".formatted(i, logged));
        if (!(target >= 0 && target <= 1))
            throw new IllegalArgumentException(
                    "choice %d has a target probability of %s; from 0 to 1".formatted(i, target));
    }
}
