package io.rekindle.models.basket;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who bought what at once. An item is in a basket or not; how often does not count.
 *
 * <p>Items are numbered by name and baskets hold them ascending, so that the order of rows changes no result. Unchangeable,
 * safe to share. Memory: 4 bytes an item of a basket.
 *
 * <p>Assumption: what stands in one basket was decided on together. Source: the transactions of Agrawal, Imieliński and Swami
 * (SIGMOD 1993). Complexity: a sort of the items' names and one of each basket.
 */
public final class Baskets {
    private final List<String> items;
    private final int[][] baskets;

    private Baskets(List<String> items, int[][] baskets) {
        this.items = items;
        this.baskets = baskets;
    }

    /**
     * Of a table with one row for each item of a basket; rows of a basket need not stand together.
     *
     * @param basket what tells baskets apart, by row
     * @param item the item's name, by row
     */
    public static Baskets of(List<String> basket, List<String> item) {
        if (basket.size() != item.size())
            throw new IllegalArgumentException("%d baskets and %d items; there must be one of each in a row"
                    .formatted(basket.size(), item.size()));
        Map<String, Integer> order = new HashMap<>();
        int[] of = new int[basket.size()];
        for (int row = 0; row < of.length; row++) of[row] = order.computeIfAbsent(basket.get(row), key -> order.size());
        return of(of, order.size(), item);
    }

    /** Of the sets themselves; an empty one counts as a basket. */
    public static Baskets of(List<List<String>> sets) {
        List<String> item = sets.stream().flatMap(List::stream).toList();
        int[] of = new int[item.size()];
        int row = 0;
        for (int i = 0; i < sets.size(); i++) {
            Arrays.fill(of, row, row + sets.get(i).size(), i);
            row += sets.get(i).size();
        }
        return of(of, sets.size(), item);
    }

    /**
     * Of a table whose baskets are numbered already.
     *
     * @param basket number of the basket, by row
     * @param count number of baskets
     * @param item the item's name, by row
     */
    public static Baskets of(int[] basket, int count, List<String> item) {
        List<String> items = item.stream().distinct().sorted().toList();
        Map<String, Integer> numbers = HashMap.newHashMap(items.size());
        for (String name : items) numbers.put(name, numbers.size());
        int[] sizes = new int[count];
        for (int number : basket) sizes[number]++;
        int[][] baskets = new int[count][];
        Arrays.setAll(baskets, i -> new int[sizes[i]]);
        int[] filled = new int[count];
        for (int row = 0; row < basket.length; row++)
            baskets[basket[row]][filled[basket[row]]++] = numbers.getOrDefault(item.get(row), 0);
        Arrays.setAll(
                baskets, i -> Arrays.stream(baskets[i]).sorted().distinct().toArray());
        return new Baskets(items, baskets);
    }

    /** Names of the items, sorted; their positions number them. */
    public List<String> items() {
        return items;
    }

    /** Number of baskets. */
    public int count() {
        return baskets.length;
    }

    /** Items of all baskets together. */
    public long contents() {
        return Arrays.stream(baskets).mapToLong(basket -> basket.length).sum();
    }

    /** Items of basket i, ascending; not to be changed. */
    int[] basket(int i) {
        return baskets[i];
    }
}
