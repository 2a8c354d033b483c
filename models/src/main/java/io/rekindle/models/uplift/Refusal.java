package io.rekindle.models.uplift;

import java.util.ArrayList;
import java.util.List;
import org.hipparchus.distribution.continuous.NormalDistribution;

/**
 * Whether customers can be ranked at all, told from trials of the ranking against chance over several draws of folds.
 *
 * <p>What: the trial of one draw (see {@link CrossFit}) is valid by itself, but draws of the same customers differ, and who
 * may choose the draw chooses the answer. So several are made, and the mean of their normal deviates is judged: of all
 * summaries that need nothing known of how the draws hang together it moves least with the seed. However they do, the mean of
 * deviates exceeds t with a probability of at most a, where φ(Φ⁻¹(1 − a)) / a = t: on the event that it does, of
 * probability a, each deviate's own mean cannot be larger than on its own worst event of that probability, which is the
 * left side (its expected shortfall). So a is the p-value; .05 takes a mean of 2.06 (one draw alone 1.64, twice the median
 * p of several 1.96). Source: Rüschendorf, Advances in Applied Probability 14 (1982), for sums of variables of given law
 * and any dependence; Meinshausen, Meier and Bühlmann, JASA 104 (2009), for why to put draws of splits together. To
 * fit every draw anew for each permutation would be exact for the mean itself, and take a thousand times as long.
 *
 * <p>Where there is nothing to rank at most {@value #SIGNIFICANT} of trials rank; two ways to make fewer draws keep that:
 *
 * <ul>
 *   <li>hopeless: the p-value of the mean deviate so far, taken for one, lies above {@value #HOPELESS}. Stopping then
 *       only ever refuses.
 *   <li>clear: so many draws are made as make the effects told calm, and p is at most {@value #CLEAR} by then. That has this
 *       probability, which is added to every other p-value told.
 * </ul>
 *
 * <p>With one draw (as when the folds are given) its p-value is the answer.
 */
final class Refusal {
    static final double SIGNIFICANT = .05;
    private static final double HOPELESS = .2;
    private static final double CLEAR = .001;
    /** Smaller p-values are not told apart. */
    private static final double LEAST = 1e-12;

    /** Of an effect that is there, how often it is to be seen. */
    private static final double POWER = .8;

    private static final NormalDistribution NORMAL = new NormalDistribution(0, 1);

    private final int most;
    private final int enough;
    private final double spent;
    private final List<UpliftRanking.Permutation> draws = new ArrayList<>();

    /**
     * @param most draws
     * @param enough draws where the matter is clear
     */
    Refusal(int most, int enough) {
        this.most = most;
        this.enough = enough;
        this.spent = enough < most ? CLEAR : 0;
    }

    void add(UpliftRanking.Permutation draw) {
        if (settled()) throw new IllegalStateException("the matter is settled");
        draws.add(draw);
    }

    /** Whether no further draw is needed. */
    boolean settled() {
        if (draws.isEmpty()) return false;
        return draws.size() == most || clear() || single(deviate()) > HOPELESS;
    }

    boolean rankable() {
        return p() <= SIGNIFICANT;
    }

    /** The p-value of all draws together. */
    double p() {
        double p = ofDraws();
        return clear() ? p : Math.min(1, p + spent);
    }

    /** The p-value of each draw made. */
    List<Double> draws() {
        return draws.stream().map(UpliftRanking.Permutation::p).toList();
    }

    /** Mean area and its standard deviation under chance, with the p-value of all. */
    UpliftRanking.Permutation together() {
        double area = 0;
        double chance = 0;
        for (var draw : draws) {
            area += draw.area() / draws.size();
            chance += draw.chance() / draws.size();
        }
        return new UpliftRanking.Permutation(area, p(), chance);
    }

    /** How many of chance's standard deviations an area must reach to be seen four times in five. */
    double reach() {
        double border = SIGNIFICANT - spent;
        return (most == 1 ? NORMAL.inverseCumulativeProbability(1 - border) : shortfall(border))
                + NORMAL.inverseCumulativeProbability(POWER);
    }

    private boolean clear() {
        return draws.size() == enough && ofDraws() <= spent;
    }

    private double ofDraws() {
        return draws.size() == 1 && Math.min(most, enough) == 1
                ? draws.getFirst().p()
                : together(deviate());
    }

    private double deviate() {
        return draws.stream()
                        .mapToDouble(
                                draw -> -NORMAL.inverseCumulativeProbability(Math.clamp(draw.p(), LEAST, 1 - LEAST)))
                        .sum()
                / draws.size();
    }

    private static double single(double deviate) {
        return NORMAL.cumulativeProbability(-deviate);
    }

    /** The most probable that a mean of standard normal deviates, however dependent, is as large as this. */
    static double together(double deviate) {
        if (deviate <= 0) return 1;
        double low = Math.log(LEAST);
        double high = 0;
        for (int step = 0; step < 80; step++) {
            double middle = (low + high) / 2;
            if (shortfall(Math.exp(middle)) > deviate) low = middle;
            else high = middle;
        }
        return Math.exp(high);
    }

    /** The mean of a standard normal deviate over its largest values, of this probability in all. */
    private static double shortfall(double probability) {
        if (probability >= 1) return 0;
        return NORMAL.density(NORMAL.inverseCumulativeProbability(probability)) / probability;
    }
}
