package io.rekindle.models.basket;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What customers come back for: pairs of an item in one basket and an item in the same customer's next basket.
 *
 * <p>What: every two baskets of a customer that follow one another are a transition. A pair's support is the share of
 * transitions with the one item before and the other after; confidence, the share of the transitions with the one before
 * that have the other after; lift, confidence over the share of all transitions with the other after. The same item on both
 * sides is a repurchase and is kept as a pair like any other.
 *
 * <p>Assumption: only the next basket counts, however long it takes; a customer with many baskets counts as often as they came
 * back. Complexity: the products of the sizes of following baskets. No randomness.
 *
 * <p>Source: sequential patterns of length two with a gap of one basket (Agrawal and Srikant, ICDE 1995). Numerics: counts
 * are whole numbers, so support and confidence are exact up to one division.
 */
public final class NextBasketPairs {
    private NextBasketPairs() {}

    /**
     * A pair.
     *
     * @param before item in a basket
     * @param after item in the next
     * @param count transitions with both
     * @param support share of all transitions
     * @param confidence share of the transitions with the item before
     * @param lift confidence over the share of all transitions with the item after
     */
    public record Pair(String before, String after, int count, double support, double confidence, double lift) {}

    /**
     * Pairs in at least a share of the transitions, by descending lift, then confidence, count and names.
     *
     * @param baskets all baskets
     * @param followedBy for each basket the number of the same customer's next one; -1 where there is none
     * @param minSupport least share of transitions, above 0 and at most 1
     * @param minConfidence from 0 to 1
     */
    public static List<Pair> of(Baskets baskets, int[] followedBy, double minSupport, double minConfidence) {
        if (!(minSupport > 0 && minSupport <= 1))
            throw new IllegalArgumentException(
                    "a least support of %s; it lies above 0 and at most 1".formatted(minSupport));
        if (!(minConfidence >= 0 && minConfidence <= 1))
            throw new IllegalArgumentException(
                    "a least confidence of %s; it lies between 0 and 1".formatted(minConfidence));
        if (followedBy.length != baskets.count())
            throw new IllegalArgumentException("%d baskets and %d followers; there must be one for each"
                    .formatted(baskets.count(), followedBy.length));
        int items = baskets.items().size();
        int[] before = new int[items];
        int[] after = new int[items];
        int transitions = 0;
        for (int b = 0; b < followedBy.length; b++) {
            if (followedBy[b] < -1 || followedBy[b] >= baskets.count() || followedBy[b] == b)
                throw new IllegalArgumentException("basket %d cannot be followed by %d".formatted(b, followedBy[b]));
            if (followedBy[b] < 0) continue;
            transitions++;
            for (int item : baskets.basket(b)) before[item]++;
            for (int item : baskets.basket(followedBy[b])) after[item]++;
        }
        int[][] holders = new int[items][];
        Arrays.setAll(holders, item -> new int[before[item]]);
        int[] next = new int[items];
        for (int b = 0; b < followedBy.length; b++)
            if (followedBy[b] >= 0) for (int item : baskets.basket(b)) holders[item][next[item]++] = b;

        double fewest = minSupport * transitions * (1 - 1e-12);
        List<Pair> pairs = new ArrayList<>();
        int[] together = new int[items];
        for (int first = 0; first < items; first++) {
            if (before[first] == 0 || before[first] < fewest) continue;
            Arrays.fill(together, 0);
            for (int b : holders[first]) for (int item : baskets.basket(followedBy[b])) together[item]++;
            for (int item = 0; item < items; item++) {
                int count = together[item];
                if (count == 0 || count < fewest || count < minConfidence * before[first] * (1 - 1e-12)) continue;
                double confidence = count / (double) before[first];
                pairs.add(new Pair(
                        baskets.items().get(first),
                        baskets.items().get(item),
                        count,
                        count / (double) transitions,
                        confidence,
                        confidence * transitions / after[item]));
            }
        }
        int[] order = Indices.sorted(pairs.size(), (a, b) -> compare(pairs.get(a), pairs.get(b)));
        return Arrays.stream(order).mapToObj(pairs::get).toList();
    }

    private static int compare(Pair one, Pair other) {
        int result = Double.compare(other.lift, one.lift);
        if (result == 0) result = Double.compare(other.confidence, one.confidence);
        if (result == 0) result = Integer.compare(other.count, one.count);
        if (result == 0) result = one.before.compareTo(other.before);
        return result == 0 ? one.after.compareTo(other.after) : result;
    }
}
