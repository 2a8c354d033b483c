package io.rekindle.models.experiment;

/**
 * The differences of two mean amounts that few customers have any of, such as revenue, as far as the data speak for them.
 *
 * <p>What: for each arm the means that a score test would not reject, and from these the interval of their difference.
 * If each amount of an arm had the size c, a customer of mean m would have one with probability m / c, and an outcome the
 * variance c m − m²; c = Σy² / Σy makes that the arm's own variance at its own mean. So the variance grows with the mean, as
 * that of a proportion does, and a mean that is small by chance does not make itself seem certain. Of few amounts c is not
 * well known: it is taken together with {@value #COMMON_AMOUNTS} amounts of both arms' common size.
 *
 * <p>Source: score interval of a proportion: Wilson, "Probable inference", JASA 22 (1927); the interval of a difference from
 * those of its parts (square-and-add): Newcombe, "Interval estimation for the difference between independent proportions",
 * Statistics in Medicine 17 (1998), method 10, and for other parameters Zou and Donner, Statistics in Medicine 27 (2008). For
 * amounts that are all 1 it is Newcombe's. Counting amounts by their size, and the common amounts, are ours.
 *
 * <p>Assumptions: none about the arms' amounts being alike; with few of them in an arm they are taken for somewhat alike.
 * Numerics: closed form; the test by bisection to the last bit of z. Complexity: constant.
 */
final class AmountInterval {
    /** So many amounts of the common size stand beside an arm's own. */
    private static final double COMMON_AMOUNTS = 5;

    private static final double LARGEST_Z = 38;

    private final Part control;
    private final Part treatment;

    AmountInterval(Sample control, Sample treatment) {
        Sample both = control.plus(treatment);
        double common = both.sumOfSquares() / both.sum();
        this.control = Part.of(control, common);
        this.treatment = Part.of(treatment, common);
    }

    /** An arm: its mean counted in amounts. */
    private record Part(double mean, double n, double size) {
        static Part of(Sample sample, double common) {
            double size = (sample.sumOfSquares() + COMMON_AMOUNTS * common * common)
                    / (sample.sum() + COMMON_AMOUNTS * common);
            return new Part(sample.mean(), sample.n(), size);
        }

        /** The largest mean that is not rejected at z, or with a minus the smallest. */
        double end(double z) {
            double share = Math.min(1, mean / size);
            double square = z * z / n;
            double middle = share + square / 2;
            double reach = z * Math.sqrt((share * (1 - share) + square / 4) / n);
            return size * Math.clamp((middle + reach) / (1 + square), 0, 1);
        }
    }

    private double estimate() {
        return treatment.mean() - control.mean();
    }

    /** The lower end. */
    double low(double z) {
        return estimate() - Math.hypot(treatment.mean() - treatment.end(-z), control.end(z) - control.mean());
    }

    /** The upper end. */
    double high(double z) {
        return estimate() + Math.hypot(treatment.end(z) - treatment.mean(), control.mean() - control.end(-z));
    }

    /** The z at which the interval begins to hold 0, with the sign of the estimate. */
    double statistic() {
        double low = 0;
        double high = LARGEST_Z;
        while (true) {
            double middle = .5 * (low + high);
            if (middle == low || middle == high) return Math.copySign(low, estimate());
            boolean apart = estimate() > 0 ? low(middle) > 0 : high(middle) < 0;
            if (apart) low = middle;
            else high = middle;
        }
    }
}
