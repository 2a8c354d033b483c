package io.rekindle.identity;

import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Identifiers of one customer that belong to another one from now on.
 *
 * @param number counts up: the place to go on from in {@link Identities#regroupingsAfter}
 * @param from whose they were
 * @param to whose they are; that customer may lose them again later
 * @param split whether only a part of {@code from} went, because a merge was undone; otherwise {@code from} is an alias now
 */
public record Regrouping(long number, CustomerId from, CustomerId to, Instant at, boolean split) {

    /** Everybody a run of regroupings touched. */
    public static Set<CustomerId> touched(List<Regrouping> some) {
        var touched = new LinkedHashSet<CustomerId>();
        for (var one : some) {
            touched.add(one.from());
            touched.add(one.to());
        }
        return touched;
    }

    /**
     * Who stands for everybody that a run of regroupings connects with a customer; whoever it does not touch stands for
     * themselves.
     *
     * @param canonical the customers of ids of the run as they are by now: connected with these ids too
     */
    public static UnaryOperator<CustomerId> kin(List<Regrouping> some, Map<CustomerId, CustomerId> canonical) {
        var above = new HashMap<CustomerId, CustomerId>();
        for (var one : some) above.put(top(above, one.from()), top(above, one.to()));
        canonical.forEach((id, customer) -> above.put(top(above, id), top(above, customer)));
        return customer -> top(above, customer);
    }

    private static CustomerId top(Map<CustomerId, CustomerId> above, CustomerId customer) {
        var at = customer;
        for (var next = above.get(at); next != null && !next.equals(at); next = above.get(at)) at = next;
        return at;
    }

    /** Where each loser of a run without a split ends: a winner may lose to another one later in the run. */
    public static Map<CustomerId, CustomerId> finalWinners(List<Regrouping> inOrder) {
        var winners = new HashMap<CustomerId, CustomerId>();
        for (var one : inOrder.reversed()) winners.put(one.from(), winners.getOrDefault(one.to(), one.to()));
        return winners;
    }
}
