package io.rekindle.models.experiment;

import org.hipparchus.special.Gamma;

/**
 * Whether the arms have the sizes they were drawn for. When not, something loses or doubles customers differently by arm,
 * and no difference between the arms can be trusted.
 *
 * <p>Assumptions and source: Pearson's chi-square test of goodness of fit; customers are assigned independently. It is looked
 * at for every experiment, so it should cry only when sure: 0.001 is the customary threshold (Fabijan et al., "Diagnosing
 * sample ratio mismatch", KDD 2019). Numerics: the upper incomplete gamma function, accurate in the tail. No state.
 *
 * <p>Complexity: linear in the arms.
 *
 * @param chiSquare Pearson's statistic
 * @param degreesOfFreedom number of arms − 1
 * @param p probability of sizes at least as far off, if all is well
 */
public record SampleRatio(double chiSquare, int degreesOfFreedom, double p) {
    /** The customary threshold. */
    public static final double THRESHOLD = .001;

    /**
     * Tests the sizes of two or more arms.
     *
     * @param observed number of customers found in each arm
     * @param share the share each arm was meant to have; relative weights will do
     */
    public static SampleRatio test(long[] observed, double[] share) {
        if (observed.length != share.length)
            throw new IllegalArgumentException(
                    "%d arms observed, %d shares; there must be one for each".formatted(observed.length, share.length));
        if (observed.length < 2)
            throw new IllegalArgumentException("%d arms; a ratio needs at least 2".formatted(observed.length));
        double customers = 0;
        double shares = 0;
        for (int i = 0; i < observed.length; i++) {
            if (observed[i] < 0)
                throw new IllegalArgumentException(
                        "arm %d: %d customers; the count is at least 0".formatted(i, observed[i]));
            if (!(share[i] > 0) || !Double.isFinite(share[i]))
                throw new IllegalArgumentException("arm %d: share %s must be positive".formatted(i, share[i]));
            customers += observed[i];
            shares += share[i];
        }
        if (customers == 0) throw new IllegalArgumentException("no customers in any arm");
        double chiSquare = 0;
        for (int i = 0; i < observed.length; i++) {
            double expected = customers * share[i] / shares;
            chiSquare += (observed[i] - expected) * (observed[i] - expected) / expected;
        }
        int freedom = observed.length - 1;
        return new SampleRatio(
                chiSquare, freedom, Gamma.regularizedGammaQ(freedom / 2.0, chiSquare / 2, 1e-15, 100_000));
    }

    /** Whether the sizes are off beyond the customary threshold. */
    public boolean mismatch() {
        return p < THRESHOLD;
    }
}
