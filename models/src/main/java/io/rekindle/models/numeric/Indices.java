package io.rekindle.models.numeric;

import java.util.function.IntBinaryOperator;

/**
 * Sorts indices by a comparison, without boxing; stable merge sort.
 *
 * <p>What: an order of numbers of rows where the values lie in several arrays, as {@code Arrays.sort} with a comparator would
 * give on boxed numbers. Source: merge sort from the top down, short runs by insertion (Knuth, The Art of Computer
 * Programming 3, 5.2). Assumption: the comparison is consistent. Complexity: O(n log n) comparisons, fewer where runs are in
 * order already; 8 bytes an index.
 */
public final class Indices {
    private Indices() {}

    /** The indices 0 to count − 1 in ascending order of what they stand for. */
    public static int[] sorted(int count, IntBinaryOperator comparison) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        sort(order, 0, count, comparison);
        return order;
    }

    /** Sorts the part of {@code order} from {@code from} to before {@code to}. */
    public static void sort(int[] order, int from, int to, IntBinaryOperator comparison) {
        if (to - from > 8) merge(order, new int[to - from], from, to, comparison);
        else insert(order, from, to, comparison);
    }

    private static void merge(int[] order, int[] spare, int from, int to, IntBinaryOperator comparison) {
        if (to - from <= 8) {
            insert(order, from, to, comparison);
            return;
        }
        int middle = (from + to) >>> 1;
        merge(order, spare, from, middle, comparison);
        merge(order, spare, middle, to, comparison);
        if (comparison.applyAsInt(order[middle - 1], order[middle]) <= 0) return;
        int left = middle - from;
        System.arraycopy(order, from, spare, 0, left);
        int i = 0;
        int j = middle;
        int k = from;
        while (i < left) {
            if (j < to && comparison.applyAsInt(spare[i], order[j]) > 0) order[k++] = order[j++];
            else order[k++] = spare[i++];
        }
    }

    private static void insert(int[] order, int from, int to, IntBinaryOperator comparison) {
        for (int i = from + 1; i < to; i++) {
            int moving = order[i];
            int j = i;
            while (j > from && comparison.applyAsInt(order[j - 1], moving) > 0) {
                order[j] = order[j - 1];
                j--;
            }
            order[j] = moving;
        }
    }
}
