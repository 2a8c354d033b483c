package io.rekindle.identity;

import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A customer that was found to be another one.
 *
 * @param number counts up by one merge at a time: the place to go on from in {@link Identities#mergesAfter}
 * @param loser the id that is an alias from now on
 * @param winner the id everything of the loser belongs to from now on; it may lose to another one later
 */
public record Merge(long number, CustomerId loser, CustomerId winner, Instant at) {

    /** Where each loser of a run of merges ends: a winner may lose to another one later in the run. */
    public static Map<CustomerId, CustomerId> finalWinners(List<Merge> inOrder) {
        var winners = new HashMap<CustomerId, CustomerId>();
        for (var merge : inOrder.reversed())
            winners.put(merge.loser(), winners.getOrDefault(merge.winner(), merge.winner()));
        return winners;
    }
}
