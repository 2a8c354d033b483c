package io.rekindle.simulator;

/**
 * A customer's own purchase rhythm, counted in whole days. The days between two purchases follow an Erlang
 * distribution of shape 2, cut into days: more regular than the exponential (coefficient of variation 0.71 instead of
 * 1), with a daily chance of buying that rises with the days since the last purchase. S(k) = (1 + r·k)·exp(−r·k) is
 * the chance that nothing is bought within k days, r = 2 / mean interval.
 */
record Rhythm(double rate, double dailyDecay) {
    static Rhythm every(double meanDays) {
        if (!(meanDays >= 1)) throw new IllegalArgumentException("a mean interval of %s days".formatted(meanDays));
        double rate = 2 / meanDays;
        return new Rhythm(rate, Math.exp(-rate));
    }

    /** The chance of buying on the k-th day (1, 2, …) after the last purchase, when nothing was bought in between. */
    double chanceOnDay(int daysSince) {
        return 1 - (1 + rate * daysSince) / (1 + rate * (daysSince - 1)) * dailyDecay;
    }

    /** The chance of buying nothing on the next days, when nothing was bought for so many days. */
    double chanceOfSilence(int daysSince, int nextDays) {
        return (1 + rate * (daysSince + nextDays)) / (1 + rate * daysSince) * Math.exp(-rate * nextDays);
    }
}
