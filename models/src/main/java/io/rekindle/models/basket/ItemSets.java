package io.rekindle.models.basket;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All sets of items that at least a given share of baskets hold, and the rules among them.
 *
 * <p>What: support is the share of baskets that hold all items of a set. A rule "who has A also has b" has A's and b's joint
 * support; confidence, the share of A's baskets that hold b; lift, confidence over b's own share (1: no connection);
 * conviction, how much oftener A without b would be seen were they unconnected, (1 − share of b) / (1 − confidence). The right
 * side is one item, the left at least one.
 *
 * <p>Source: Agrawal and Srikant (VLDB 1994) for the question; Zaki, "Scalable algorithms for association mining" (IEEE TKDE
 * 2000) for the way (Eclat): a set's baskets are the intersection of its parts', depth first, each set extended only by items
 * after it; what is below the support is left with all its extensions, which is exact because a set is never more frequent than
 * its part. Pairs, the bulk of the work, are counted by walking the baskets of the first item. Conviction: Brin et al. (SIGMOD
 * 1997).
 *
 * <p>Numerics: counts are whole numbers; a set with exactly the asked support counts, rounding of the share notwithstanding.
 * Complexity: output-bound; a set costs one intersection of at most baskets / 64 words. No randomness; unchangeable.
 */
public final class ItemSets {
    /** More sets than this are refused: nobody reads them, and memory ends. */
    public static final int MOST = 5_000_000;

    private static final double ROUNDING = 1e-12;

    private final Baskets baskets;
    private final List<int[]> sets = new ArrayList<>();
    private final List<Integer> counts = new ArrayList<>();
    private final int fewest;
    private final int longest;
    private final int most;

    private ItemSets(Baskets baskets, int fewest, int longest, int most) {
        this.baskets = baskets;
        this.fewest = fewest;
        this.longest = longest;
        this.most = most;
    }

    /**
     * Frequent sets.
     *
     * @param minSupport least share of baskets, above 0 and at most 1
     * @param longest most items in a set
     * @throws IllegalArgumentException for more than {@link #MOST} sets
     */
    public static ItemSets of(Baskets baskets, double minSupport, int longest) {
        return of(baskets, minSupport, longest, MOST);
    }

    static ItemSets of(Baskets baskets, double minSupport, int longest, int most) {
        if (!(minSupport > 0 && minSupport <= 1))
            throw new IllegalArgumentException(
                    "a least support of %s; it lies above 0 and at most 1".formatted(minSupport));
        if (longest < 1) throw new IllegalArgumentException("sets of at most %d items; at least 1".formatted(longest));
        int fewest = (int) Math.max(1, Math.ceil(minSupport * baskets.count() * (1 - ROUNDING)));
        ItemSets found = new ItemSets(baskets, fewest, longest, most);
        found.search();
        return found;
    }

    private void search() {
        int items = baskets.items().size();
        int[] frequency = new int[items];
        for (int b = 0; b < baskets.count(); b++) for (int item : baskets.basket(b)) frequency[item]++;
        int[][] holders = new int[items][];
        Arrays.setAll(holders, item -> frequency[item] >= fewest ? new int[frequency[item]] : new int[0]);
        int[] next = new int[items];
        for (int b = 0; b < baskets.count(); b++)
            for (int item : baskets.basket(b)) if (holders[item].length > 0) holders[item][next[item]++] = b;
        Members[] members = new Members[items];
        for (int item = 0; item < items; item++) members[item] = Members.of(holders[item], baskets.count());

        int[] together = new int[items];
        for (int first = 0; first < items; first++) {
            if (frequency[first] < fewest) continue;
            add(new int[] {first}, frequency[first]);
            if (longest == 1) continue;
            Arrays.fill(together, first + 1, items, 0);
            for (int b : holders[first]) {
                int[] basket = baskets.basket(b);
                for (int k = basket.length - 1; k >= 0 && basket[k] > first; k--) together[basket[k]]++;
            }
            int[] partners = new int[items - first - 1];
            int count = 0;
            for (int item = first + 1; item < items; item++) if (together[item] >= fewest) partners[count++] = item;
            Members[] joint = new Members[count];
            for (int k = 0; k < count; k++) joint[k] = members[first].and(members[partners[k]]);
            extend(new int[] {first}, Arrays.copyOf(partners, count), joint);
        }
    }

    /** Adds the set with each of the items, and what follows from them. */
    private void extend(int[] set, int[] items, Members[] members) {
        for (int i = 0; i < items.length; i++) {
            int[] larger = Arrays.copyOf(set, set.length + 1);
            larger[set.length] = items[i];
            add(larger, members[i].size());
            if (larger.length == longest) continue;
            int[] after = new int[items.length - i - 1];
            Members[] joint = new Members[after.length];
            int count = 0;
            for (int j = i + 1; j < items.length; j++) {
                Members both = members[i].and(members[j]);
                if (both.size() < fewest) continue;
                after[count] = items[j];
                joint[count++] = both;
            }
            if (count > 0) extend(larger, Arrays.copyOf(after, count), Arrays.copyOf(joint, count));
        }
    }

    private void add(int[] set, int count) {
        if (sets.size() == most)
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "more than %,d sets of items are in %,d of the %,d baskets or more; ask for a higher support or shorter sets",
                    most,
                    fewest,
                    baskets.count()));
        sets.add(set);
        counts.add(count);
    }

    /** Number of frequent sets, single items included. */
    public int size() {
        return sets.size();
    }

    /** The baskets searched. */
    public Baskets baskets() {
        return baskets;
    }

    /** Items of set i, by name in ascending order. */
    public List<String> items(int i) {
        return Arrays.stream(sets.get(i))
                .mapToObj(item -> baskets.items().get(item))
                .toList();
    }

    /** Number of baskets that hold all items of set i. */
    public int count(int i) {
        return counts.get(i);
    }

    /** Share of baskets that hold all items of set i. */
    public double support(int i) {
        return counts.get(i) / (double) baskets.count();
    }

    /**
     * A rule.
     *
     * @param antecedent who has all these
     * @param consequent also has this
     * @param count number of baskets with all of them
     * @param support share of baskets with all of them
     * @param confidence share of the antecedent's baskets that hold the consequent
     * @param lift confidence over the consequent's own share
     * @param conviction (1 − share of the consequent) / (1 − confidence); positive infinity without an exception
     */
    public record Rule(
            List<String> antecedent,
            String consequent,
            int count,
            double support,
            double confidence,
            double lift,
            double conviction) {}

    /**
     * The rules of at least this confidence, by descending lift, then confidence, count and names.
     *
     * @param minConfidence from 0 to 1
     */
    public List<Rule> rules(double minConfidence) {
        if (!(minConfidence >= 0 && minConfidence <= 1))
            throw new IllegalArgumentException(
                    "a least confidence of %s; it lies between 0 and 1".formatted(minConfidence));
        Map<Key, Integer> known = HashMap.newHashMap(sets.size());
        for (int i = 0; i < sets.size(); i++) known.put(new Key(sets.get(i)), counts.get(i));
        List<Rule> rules = new ArrayList<>();
        double all = baskets.count();
        for (int i = 0; i < sets.size(); i++) {
            int[] set = sets.get(i);
            if (set.length < 2) continue;
            int count = counts.get(i);
            for (int k = 0; k < set.length; k++) {
                int[] antecedent = new int[set.length - 1];
                System.arraycopy(set, 0, antecedent, 0, k);
                System.arraycopy(set, k + 1, antecedent, k, antecedent.length - k);
                int holding = known.getOrDefault(new Key(antecedent), 0);
                if (count < minConfidence * holding * (1 - ROUNDING)) continue;
                double confidence = count / (double) holding;
                double own = known.getOrDefault(new Key(new int[] {set[k]}), 0) / all;
                rules.add(new Rule(
                        Arrays.stream(antecedent)
                                .mapToObj(item -> baskets.items().get(item))
                                .toList(),
                        baskets.items().get(set[k]),
                        count,
                        count / all,
                        confidence,
                        confidence / own,
                        count == holding ? Double.POSITIVE_INFINITY : (1 - own) / (1 - confidence)));
            }
        }
        int[] order = Indices.sorted(rules.size(), (a, b) -> compare(rules.get(a), rules.get(b)));
        return Arrays.stream(order).mapToObj(rules::get).toList();
    }

    private static int compare(Rule one, Rule other) {
        int result = Double.compare(other.lift, one.lift);
        if (result == 0) result = Double.compare(other.confidence, one.confidence);
        if (result == 0) result = Integer.compare(other.count, one.count);
        if (result == 0) result = one.consequent.compareTo(other.consequent);
        for (int i = 0; result == 0 && i < Math.min(one.antecedent.size(), other.antecedent.size()); i++)
            result = one.antecedent.get(i).compareTo(other.antecedent.get(i));
        return result == 0 ? Integer.compare(one.antecedent.size(), other.antecedent.size()) : result;
    }

    private static final class Key {
        private final int[] items;

        Key(int[] items) {
            this.items = items;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(items, key.items);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(items);
        }
    }
}
