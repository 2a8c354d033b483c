package io.rekindle.models.rhythm;

/**
 * Life-cycle stage from the customer's own purchase rhythm: number of purchases, lateness, trend.
 *
 * <p>What: the first line that applies, from the top:
 *
 * <table>
 * <caption>stages</caption>
 * <tr><td>no purchase</td><td>PROSPECT</td></tr>
 * <tr><td>lateness ≥ lost</td><td>LOST</td></tr>
 * <tr><td>lateness ≥ lapsing</td><td>LAPSING</td></tr>
 * <tr><td>lateness ≥ cooling</td><td>COOLING</td></tr>
 * <tr><td>at most {@code newUpTo} purchases</td><td>NEW</td></tr>
 * <tr><td>slowing ≥ 1 − trend</td><td>COOLING</td></tr>
 * <tr><td>slowing ≤ trend, or at most {@code growingUpTo} purchases</td><td>GROWING</td></tr>
 * <tr><td>else</td><td>MATURE</td></tr>
 * </table>
 *
 * <p>The thresholds are error rates, not days: of purchase cycles of active customers 1 − lost end in a false LOST, and a
 * steady customer is called cooling or growing by the trend with a probability of {@code trend} each. So the same rule
 * fits a grocer and a furniture shop. Lateness and slowing are those of {@link PurchaseRhythm}; one-time buyers, who have
 * no rhythm yet, are judged by {@link PurchaseRhythm#silence} in place of lateness.
 *
 * <p>Assumption: the rhythm's lateness is a probability that holds, which the hold-out of {@code analyze rhythm} shows.
 * Source: the customary stages of customer-base marketing; the thresholds as error rates are ours. Complexity: O(1) a
 * customer. No state.
 *
 * @param cooling lateness from which a customer is cooling
 * @param lapsing lateness from which a customer is lapsing
 * @param lost lateness from which a customer is lost
 * @param trend how surprising a change of rhythm must be
 * @param newUpTo number of purchases up to which a customer is new
 * @param growingUpTo number of purchases up to which a customer is growing
 */
public record LifecycleRule(double cooling, double lapsing, double lost, double trend, int newUpTo, int growingUpTo) {
    /** Late as 1 of 4 cycles, 1 of 10, 1 of 33; a trend that 1 of 20 steady customers shows; 1 and 3 purchases. */
    public static final LifecycleRule DEFAULT = new LifecycleRule(.75, .90, .97, .05, 1, 3);

    public LifecycleRule {
        if (!(cooling > 0 && cooling < lapsing && lapsing < lost && lost < 1))
            throw new IllegalArgumentException(
                    "lateness thresholds %s, %s, %s must rise between 0 and 1".formatted(cooling, lapsing, lost));
        if (!(trend >= 0 && trend < .5))
            throw new IllegalArgumentException("trend %s must be at least 0 and less than 0.5".formatted(trend));
        if (newUpTo < 1 || growingUpTo < newUpTo)
            throw new IllegalArgumentException("new up to %d purchases and growing up to %d: at least 1, and rising"
                    .formatted(newUpTo, growingUpTo));
    }

    /**
     * The stage of one customer.
     *
     * @param purchases number of purchases
     * @param lateness {@link PurchaseRhythm#lateness(int, double, double)}; for one purchase
     *     {@link PurchaseRhythm#silence(double)}
     * @param slowing {@link PurchaseRhythm#slowing(int, double, int, double)}
     */
    public LifecycleStage stage(int purchases, double lateness, double slowing) {
        if (purchases < 0 || !(lateness >= 0 && lateness <= 1) || !(slowing >= 0 && slowing <= 1))
            throw new IllegalArgumentException(
                    "%d purchases, lateness %s, slowing %s: the count is at least 0, the others between 0 and 1"
                            .formatted(purchases, lateness, slowing));
        if (purchases == 0) return LifecycleStage.PROSPECT;
        if (lateness >= lost) return LifecycleStage.LOST;
        if (lateness >= lapsing) return LifecycleStage.LAPSING;
        if (lateness >= cooling) return LifecycleStage.COOLING;
        if (purchases <= newUpTo) return LifecycleStage.NEW;
        if (slowing >= 1 - trend) return LifecycleStage.COOLING;
        if (slowing <= trend || purchases <= growingUpTo) return LifecycleStage.GROWING;
        return LifecycleStage.MATURE;
    }

    /** The stage of each row. */
    public LifecycleStage[] stages(PurchaseRhythm rhythm, PurchaseIntervals data) {
        double[] lateness = rhythm.lateness(data);
        double[] slowing = rhythm.slowing(data);
        LifecycleStage[] stages = new LifecycleStage[data.size()];
        for (int i = 0; i < stages.length; i++) {
            if (data.purchases(i) == 1) lateness[i] = rhythm.silence(data.elapsed(i));
            stages[i] = stage(data.purchases(i), lateness[i], slowing[i]);
        }
        return stages;
    }
}
