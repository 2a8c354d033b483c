package io.rekindle.models.experiment;

/**
 * What a comparison needs to know of one arm when two numbers of each customer go together: the parts of a ratio (revenue
 * and orders), an outcome and what was known before (CUPED), an outcome and whether the treatment was received.
 *
 * <p>Assumption: customers are independent of each other. Source: the delta method and control variates need first and second
 * moments only (Deng, Knoblich and Lu, KDD 2018). Numerics: variances from sums lose digits where a mean is large beside its
 * spread; take a constant off first where it is thousands of times larger. Complexity: five sums, which one statement over a
 * database gives.
 *
 * @param n number of customers in the arm, those with zeros included
 * @param sum of the first number
 * @param sumOfSquares of the first number
 * @param otherSum of the second number
 * @param otherSumOfSquares of the second number
 * @param sumOfProducts of both
 */
public record JointSample(
        long n, double sum, double sumOfSquares, double otherSum, double otherSumOfSquares, double sumOfProducts) {
    public JointSample {
        Sample first = new Sample(n, sum, sumOfSquares);
        Sample second = new Sample(n, otherSum, otherSumOfSquares);
        if (!Double.isFinite(sumOfProducts))
            throw new IllegalArgumentException("sum of products %s must be a number".formatted(sumOfProducts));
        double largest = Math.sqrt(first.sumOfSquares() * second.sumOfSquares());
        if (Math.abs(sumOfProducts) > largest * (1 + 1e-9))
            throw new IllegalArgumentException("products cannot sum to %s where squares sum to %s and %s"
                    .formatted(sumOfProducts, sumOfSquares, otherSumOfSquares));
    }

    /** Of the numbers themselves, one of each for every customer. */
    public static JointSample of(double[] first, double[] second) {
        if (first.length != second.length)
            throw new IllegalArgumentException(
                    "%d first and %d second numbers; there must be one of each for every customer"
                            .formatted(first.length, second.length));
        Sample one = Sample.of(first);
        Sample other = Sample.of(second);
        double products = 0;
        for (int i = 0; i < first.length; i++) products += first[i] * second[i];
        return new JointSample(
                first.length, one.sum(), one.sumOfSquares(), other.sum(), other.sumOfSquares(), products);
    }

    /** Both together. */
    public JointSample plus(JointSample more) {
        return new JointSample(
                n + more.n,
                sum + more.sum,
                sumOfSquares + more.sumOfSquares,
                otherSum + more.otherSum,
                otherSumOfSquares + more.otherSumOfSquares,
                sumOfProducts + more.sumOfProducts);
    }

    /** The first number alone. */
    public Sample first() {
        return new Sample(n, sum, sumOfSquares);
    }

    /** The second number alone. */
    public Sample second() {
        return new Sample(n, otherSum, otherSumOfSquares);
    }

    /**
     * Unbiased covariance of the two.
     *
     * @throws IllegalStateException with fewer than two customers
     */
    public double covariance() {
        if (n < 2) throw new IllegalStateException("%d customers; a covariance needs 2".formatted(n));
        return (sumOfProducts - sum / n * otherSum) / (n - 1);
    }

    /**
     * The sum of the first over the sum of the second.
     *
     * @throws IllegalStateException where the second sums to 0
     */
    public double ratio() {
        if (otherSum == 0) throw new IllegalStateException("the lower number sums to 0, no ratio");
        return sum / otherSum;
    }

    /**
     * Standard deviation between customers of what they contribute to the ratio, (first − ratio · second) / mean second: the
     * ratio's standard error is this over √n (delta method), and a number of customers for a ratio is that of a mean with
     * this deviation.
     */
    public double ratioDeviation() {
        double below = second().mean();
        if (below == 0) throw new IllegalStateException("the lower number sums to 0, no ratio");
        return Math.sqrt(residualVariance(ratio())) / Math.abs(below);
    }

    /** Variance of first − slope · second. */
    double residualVariance(double slope) {
        return Math.max(0, first().variance() + slope * slope * second().variance() - 2 * slope * covariance());
    }
}
