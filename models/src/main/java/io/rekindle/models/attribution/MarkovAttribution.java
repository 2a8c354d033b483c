package io.rekindle.models.attribution;

import java.util.ArrayList;
import java.util.List;

/**
 * Credit in proportion to the conversions that would be lost if a channel were taken away from the {@link MarkovChain} of
 * contacts: its removal effect.
 *
 * <p>Unlike the touch rules it looks at paths that led nowhere too: a channel met by everybody, converted or not, earns
 * little. The removal effects of channels that work together overlap and sum to more than 1; the conversions are divided in
 * their proportion (Anderl et al. 2016). For the worth of conversions the chain earns, at each state, the average worth of a
 * conversion there. Complexity: one sparse solution for each channel. No state.
 *
 * <p>Assumption: what a customer does next hangs on the last {@code order} channels only. Source: Anderl, Becker, von
 * Wangenheim and Schumann, "Mapping the customer journey" (International Journal of Research in Marketing 33, 2016).
 *
 * @param order how many last channels make a state
 * @param states number of states met
 * @param conversionRate of all customers, by the chain and by the data
 * @param removals one for each channel, in the channels' order
 * @param attribution the conversions and their worth, divided
 */
public record MarkovAttribution(
        int order, int states, double conversionRate, List<Removal> removals, Attribution attribution) {
    public MarkovAttribution {
        removals = List.copyOf(removals);
    }

    /**
     * What is lost without a channel.
     *
     * @param channel its name
     * @param conversions share of the conversions that would be lost, 0 to 1
     * @param value share of their worth that would be lost, 0 to 1
     */
    public record Removal(String channel, double conversions, double value) {}

    /**
     * Removal effects of every channel.
     *
     * @param order 1, 2 or 3
     */
    public static MarkovAttribution of(Paths paths, int order) {
        MarkovChain chain = new MarkovChain(paths, order);
        double conversion = chain.conversion(channel -> true);
        double value = chain.value(channel -> true);
        int channels = paths.channels().size();
        double[] lost = new double[channels];
        double[] lostValue = new double[channels];
        List<Removal> removals = new ArrayList<>(channels);
        for (int c = 0; c < channels; c++) {
            int removed = c;
            lost[c] = lost(conversion, chain.conversion(channel -> channel != removed));
            lostValue[c] = lost(value, chain.value(channel -> channel != removed));
            removals.add(new Removal(paths.channels().get(c), lost[c], lostValue[c]));
        }
        return new MarkovAttribution(
                order, chain.states(), conversion, removals, Attribution.inProportion(paths, lost, lostValue));
    }

    /** Below the bracket's width a difference is none. */
    private static double lost(double with, double without) {
        if (with == 0) return 0;
        double lost = 1 - without / with;
        return lost < 1e-12 ? 0 : lost;
    }
}
