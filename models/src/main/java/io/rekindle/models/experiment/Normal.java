package io.rekindle.models.experiment;

import org.hipparchus.special.Erf;

/** The standard normal distribution. */
final class Normal {
    private Normal() {}

    static double cumulative(double z) {
        return Erf.erfc(-z / Math.sqrt(2)) / 2;
    }

    static double quantile(double probability) {
        return probability < .5
                ? -Math.sqrt(2) * Erf.erfcInv(2 * probability)
                : Math.sqrt(2) * Erf.erfInv(2 * probability - 1);
    }

    static double twoSided(double z) {
        return Erf.erfc(Math.abs(z) / Math.sqrt(2));
    }
}
