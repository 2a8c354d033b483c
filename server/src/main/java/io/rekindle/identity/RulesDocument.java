package io.rekindle.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is taken for whom: the rules as they are changed and kept.
 *
 * @param types of identifiers, the strongest first; a type that is not named has no limits and comes after those that are
 * @param windowDays how long a link counts towards {@link Type#perCustomer}
 * @param largest most identifiers one customer may have; a link beyond it joins strangers
 * @param blocked values that stand for nobody, besides those every installation knows
 */
public record RulesDocument(
        List<Type> types, Integer windowDays, Integer largest, List<String> blocked, Probable probable) {
    /** The same with other blocked values. */
    RulesDocument withBlocked(List<String> values) {
        return new RulesDocument(types, windowDays, largest, values, probable);
    }

    /**
     * @param perCustomer most identifiers of this type one customer may gather within the window
     * @param claims from how many customers on that claim one such identifier it is shared and links nobody any more
     * @param joinsPeople whether one such identifier makes one customer of two who each have an e-mail address, a telephone
     *     number or a WeChat union id of their own; where it is not said, a device, a browser and a telephone do not
     */
    public record Type(
            String type,
            Integer perCustomer,
            Integer claims,
            @Nullable Boolean joinsPeople) {}

    /**
     * How the linkage model is used.
     *
     * @param daily whether it looks every night
     * @param review least probability to be put into the queue
     * @param automatic least probability to be merged without asking; null for never
     */
    public record Probable(
            Boolean daily, Double review, @Nullable Double automatic) {}
}
