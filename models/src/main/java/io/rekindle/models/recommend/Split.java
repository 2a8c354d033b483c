package io.rekindle.models.recommend;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/**
 * Purchases to learn from and, for each customer, the items they bought that were kept back.
 *
 * <p>By time, whole visits are kept back, the last ones, so that no part of a basket tells the rest of it. By chance,
 * single pairs are. A customer always keeps something to learn from, unless the split is at one moment for all.
 *
 * <p>Assumption: the past is known when the future is guessed; a split by chance breaks that and is for logs without times.
 * Source: whole last visits are leave-last-basket-out as in next-basket recommendation (Rendle, Freudenthaler and
 * Schmidt-Thieme, WWW 2010). Numerics: shares are rounded to whole visits or items. Complexity: one pass over the purchases,
 * a bit for each.
 */
public final class Split {
    private final Interactions train;
    private final int[][] kept;

    private Split(Interactions data, BitSet back) {
        BitSet learnt = new BitSet();
        learnt.set(0, data.purchases());
        learnt.andNot(back);
        train = data.keep(learnt);
        kept = new int[data.customers()][];
        for (int c = 0; c < kept.length; c++) {
            int[] items = new int[data.owned(c)];
            int count = 0;
            for (int p = data.from(c); p < data.to(c); p++) {
                int next = back.nextSetBit(data.fromTime(p));
                if (next >= 0 && next < data.toTime(p)) items[count++] = data.item(p);
            }
            kept[c] = Arrays.copyOf(items, count);
        }
    }

    /**
     * Keeps back the last visits of each customer.
     *
     * @param share of a customer's visits, rounded to a whole number, at least one where there are two; above 0, below 1
     */
    public static Split lastOfEach(Interactions data, double share) {
        check(share);
        if (!data.timed())
            throw new IllegalArgumentException("without times there is no last purchase; split by chance instead");
        BitSet back = new BitSet();
        for (int c = 0; c < data.customers(); c++) {
            if (data.owned(c) == 0) continue;
            long[] visits = data.visits(c);
            if (visits.length < 2) continue;
            int last = Math.clamp(Math.round(share * visits.length), 1, visits.length - 1);
            mark(data, c, visits[visits.length - last], back);
        }
        return new Split(data, back);
    }

    /** Keeps back all that was bought from a moment on. */
    public static Split from(Interactions data, long tick) {
        if (!data.timed()) throw new IllegalArgumentException("without times there is no before and after");
        BitSet back = new BitSet();
        for (int c = 0; c < data.customers(); c++) mark(data, c, tick, back);
        return new Split(data, back);
    }

    private static void mark(Interactions data, int customer, long from, BitSet back) {
        for (int p = data.from(customer); p < data.to(customer); p++)
            for (int t = data.toTime(p) - 1; t >= data.fromTime(p) && data.tick(t) >= from; t--) back.set(t);
    }

    /**
     * Keeps back pairs drawn by chance, with all their times.
     *
     * @param share of each customer's items, rounded to a whole number, at least one where there are two
     */
    public static Split random(Interactions data, double share, long seed) {
        check(share);
        BitSet back = new BitSet();
        SplittableRandom random = new SplittableRandom(seed);
        for (int c = 0; c < data.customers(); c++) {
            int owned = data.owned(c);
            if (owned < 2) continue;
            int draws = Math.clamp(Math.round(share * owned), 1, owned - 1);
            // Selection sampling: each pair in turn with the odds that are left.
            for (int p = data.from(c); p < data.to(c) && draws > 0; p++)
                if (random.nextInt(data.to(c) - p) < draws) {
                    back.set(data.fromTime(p), data.toTime(p));
                    draws--;
                }
        }
        return new Split(data, back);
    }

    private static void check(double share) {
        if (!(share > 0 && share < 1))
            throw new IllegalArgumentException("a share of %s to keep back; it lies between 0 and 1".formatted(share));
    }

    /** What is learnt from; customers and items are numbered as before. */
    public Interactions train() {
        return train;
    }

    /** Number of customers of whom something was kept back that can be found. */
    public int held(Goal goal) {
        int held = 0;
        for (int c = 0; c < kept.length; c++) if (kept(c, goal).length > 0) held++;
        return held;
    }

    /** The items kept back of a customer, ascending; with what they had before, or only what is new to them. */
    int[] kept(int customer, Goal goal) {
        return switch (goal) {
            case ANY -> kept[customer];
            case NEW ->
                Arrays.stream(kept[customer])
                        .filter(item -> !train.has(customer, item))
                        .toArray();
        };
    }
}
