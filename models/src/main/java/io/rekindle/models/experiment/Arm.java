package io.rekindle.models.experiment;

/**
 * What is known of one arm.
 *
 * @param mean the estimate
 * @param variance of the estimate, not of the customers
 * @param n customers
 */
record Arm(double mean, double variance, long n) {
    static Arm of(Sample sample) {
        return new Arm(sample.mean(), sample.variance() / sample.n(), sample.n());
    }

    /** Of a conversion rate; the variance is that of the maximum-likelihood estimate. */
    static Arm ofRate(Sample conversions) {
        double rate = conversions.mean();
        return new Arm(rate, rate * (1 - rate) / conversions.n(), conversions.n());
    }

    static Arm ofRatio(JointSample sample) {
        return new Arm(sample.ratio(), sample.ratioDeviation() * sample.ratioDeviation() / sample.n(), sample.n());
    }

    /** Satterthwaite's degrees of freedom for the difference of two such arms. */
    static double freedom(Arm one, Arm other) {
        double variance = one.variance + other.variance;
        return variance
                * variance
                / (one.variance * one.variance / (one.n - 1) + other.variance * other.variance / (other.n - 1));
    }
}
