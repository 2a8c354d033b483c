package io.rekindle.models.recommend;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Purchases of a made-up shop: customers of one taste each, who mostly buy the items of their taste. */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Shop(int customers, int items, int[] customer, int[] item, long[] tick) {
    /**
     * Tastes.
     *
     * @param tastes items i belongs to taste i mod tastes, as does customer c
     * @param visits of a customer, three items each
     * @param loyalty probability that a bought item is of the customer's own taste
     */
    static Shop of(long seed, int customers, int items, int tastes, int visits, double loyalty) {
        RandomGenerator random = new SplittableRandom(seed);
        int rows = customers * visits * 3;
        Shop shop = new Shop(customers, items, new int[rows], new int[rows], new long[rows]);
        int row = 0;
        for (int c = 0; c < customers; c++)
            for (int visit = 0; visit < visits; visit++) {
                long day = visit * 30L + random.nextInt(20);
                for (int n = 0; n < 3; n++) {
                    int taste = random.nextDouble() < loyalty ? c % tastes : random.nextInt(tastes);
                    shop.customer[row] = c;
                    shop.item[row] = taste + tastes * skewed(random, items / tastes);
                    shop.tick[row++] = day;
                }
            }
        return shop;
    }

    /** Low numbers more often: best sellers. */
    private static int skewed(RandomGenerator random, int bound) {
        double u = random.nextDouble();
        return (int) (bound * u * u);
    }

    Interactions purchases() {
        return Interactions.of(customers, items, customer, item, tick);
    }

    /** The same rows in another order. */
    Shop shuffled(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        Shop shop = new Shop(customers, items, customer.clone(), item.clone(), tick.clone());
        for (int i = customer.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            swap(shop.customer, i, j);
            swap(shop.item, i, j);
            long held = shop.tick[i];
            shop.tick[i] = shop.tick[j];
            shop.tick[j] = held;
        }
        return shop;
    }

    private static void swap(int[] values, int i, int j) {
        int held = values[i];
        values[i] = values[j];
        values[j] = held;
    }

    /** Every row twice. */
    Shop doubled() {
        int n = customer.length;
        int[] c = Arrays.copyOf(customer, 2 * n);
        int[] i = Arrays.copyOf(item, 2 * n);
        long[] t = Arrays.copyOf(tick, 2 * n);
        System.arraycopy(customer, 0, c, n, n);
        System.arraycopy(item, 0, i, n, n);
        System.arraycopy(tick, 0, t, n, n);
        return new Shop(customers, items, c, i, t);
    }

    /** Time in another unit. */
    Shop slower(long factor) {
        return new Shop(
                customers,
                items,
                customer,
                item,
                Arrays.stream(tick).map(t -> factor * t).toArray());
    }
}
