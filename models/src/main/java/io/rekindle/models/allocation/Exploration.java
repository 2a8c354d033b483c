package io.rekindle.models.allocation;

/**
 * A share of every limit kept for learning: some customers, drawn by lot, get an action drawn by lot from their candidates
 * instead of the best one, so that actions the forecast thinks little of can still prove themselves, and what was chosen can
 * be evaluated without bias.
 *
 * <p>Assumption: outcomes are joined to their probabilities later. Source: inverse propensity evaluation of logged choices
 * (Horvitz and Thompson 1952; Dudík, Langford and Li 2011), which needs every action's probability above 0. Numerics: lots
 * are hashes of seed and customer, so that no order matters. Complexity: one hash a customer.
 *
 * @param share of every limit and of the customers that exploration takes at most, in expectation; below 1
 * @param seed of the lots; with the same seed a customer's lot depends on their number only
 */
public record Exploration(double share, long seed) {
    /** None. */
    public static final Exploration NONE = new Exploration(0, 0);

    public Exploration {
        if (!(share >= 0 && share < 1))
            throw new IllegalArgumentException(
                    "a share of %s for exploration; it lies from 0 to below 1".formatted(share));
    }

    /** Uniform on 0 to below 1; the same for the same seed, customer and purpose. */
    double lot(int customer, int purpose) {
        // Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014): the mixing function.
        long z = seed + 0x9e3779b97f4a7c15L * (2L * customer + purpose + 1);
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return ((z ^ (z >>> 31)) >>> 11) * 0x1p-53;
    }
}
