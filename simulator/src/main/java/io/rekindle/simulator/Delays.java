package io.rekindle.simulator;

import java.util.random.RandomGenerator;

/** How many days people take: chances of 0, 1, 2, … days. */
final class Delays {
    /** From the mail's arrival to its being read. */
    static final Delays TO_READ = new Delays(0.55, 0.20, 0.10, 0.07, 0.05, 0.03);
    /** From reading to the purchase it brings. */
    static final Delays TO_BUY = new Delays(0.25, 0.20, 0.15, 0.10, 0.08, 0.07, 0.06, 0.05, 0.04);
    /** From arrival to purchase. */
    static final Delays TO_READ_AND_BUY = TO_READ.then(TO_BUY);

    private final double[] upTo;

    private Delays(double... chances) {
        upTo = new double[chances.length];
        double sum = 0;
        for (int days = 0; days < chances.length; days++) {
            sum += chances[days];
            upTo[days] = sum;
        }
        if (Math.abs(sum - 1) > 1e-9)
            throw new IllegalArgumentException("the chances of all delays add up to %s, not 1".formatted(sum));
    }

    int draw(RandomGenerator random) {
        double unit = random.nextDouble();
        int days = 0;
        while (days < upTo.length - 1 && unit >= upTo[days]) days++;
        return days;
    }

    /** The chance that it takes no longer than so many days. */
    double chanceWithin(int days) {
        if (days < 0) return 0;
        return days >= upTo.length - 1 ? 1 : upTo[days];
    }

    private double chanceOf(int days) {
        return chanceWithin(days) - chanceWithin(days - 1);
    }

    private Delays then(Delays next) {
        double[] chances = new double[upTo.length + next.upTo.length - 1];
        for (int first = 0; first < upTo.length; first++)
            for (int second = 0; second < next.upTo.length; second++)
                chances[first + second] += chanceOf(first) * next.chanceOf(second);
        return new Delays(chances);
    }
}
