package io.rekindle.models.recommend;

/**
 * How much a pair of customer and item says: the number of its times, older ones counting less, to a power.
 *
 * <p>A time counts 2^(−age / halfLife), where its age is measured from the customer's own last purchase: a customer who
 * left long ago says as much as one who was here today. The sum is taken to a power: 1 for plain counts, 0 for bought or
 * not.
 *
 * <p>Assumption: a second purchase says less than the first. Source: dampened counts as in Hu, Koren and Volinsky (2008),
 * with exponential decay. Complexity: one pass over the times.
 *
 * @param halfLife in the interactions' ticks; infinite where age is not to matter
 * @param power from 0 to 1
 */
public record Strength(double halfLife, double power) {
    /** Bought or not. */
    public static final Strength ONCE = new Strength(Double.POSITIVE_INFINITY, 0);

    /** The root of the number of times. */
    public static final Strength ROOT = new Strength(Double.POSITIVE_INFINITY, .5);

    public Strength {
        if (!(halfLife > 0)) throw new IllegalArgumentException("a half-life of %s; it is above 0".formatted(halfLife));
        if (!(power >= 0 && power <= 1))
            throw new IllegalArgumentException("a power of %s; it lies between 0 and 1".formatted(power));
    }

    /** Of each pair, by its number. */
    double[] of(Interactions data) {
        double[] strength = new double[data.pairs()];
        for (int c = 0; c < data.customers(); c++) {
            if (data.owned(c) == 0) continue;
            long last = Long.MIN_VALUE;
            for (int p = data.from(c); p < data.to(c); p++) last = Math.max(last, data.tick(data.toTime(p) - 1));
            for (int p = data.from(c); p < data.to(c); p++) {
                double sum = 0;
                if (Double.isInfinite(halfLife)) sum = data.times(p);
                else
                    for (int t = data.fromTime(p); t < data.toTime(p); t++)
                        sum += Math.pow(2, (data.tick(t) - last) / halfLife);
                // Of a very old purchase something is left: a pair is a pair.
                strength[p] = Math.max(Double.MIN_NORMAL, Math.pow(sum, power));
            }
        }
        return strength;
    }
}
