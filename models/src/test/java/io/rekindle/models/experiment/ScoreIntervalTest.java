package io.rekindle.models.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.experiment.Lift.Measured;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScoreIntervalTest {
    private static final double Z = 1.959963984540054;

    /** The likelihood itself is climbed, without the closed form. */
    @Test
    void theRatesUnderADifferenceAreThoseOfGreatestLikelihood() {
        var random = new SplittableRandom(1);
        for (int trial = 0; trial < 300; trial++) {
            long n0 = random.nextLong(2, 202);
            long n1 = random.nextLong(2, 202);
            long x0 = random.nextLong(n0 + 1);
            long x1 = random.nextLong(n1 + 1);
            double difference = 1.98 * random.nextDouble() - .99;
            double low = Math.max(0, -difference);
            double high = Math.min(1, 1 - difference);
            for (int step = 0; step < 200; step++) {
                double left = low + (high - low) / 3;
                double right = high - (high - low) / 3;
                if (likelihood(n0, x0, n1, x1, left, difference) < likelihood(n0, x0, n1, x1, right, difference))
                    low = left;
                else high = right;
            }
            assertThat(new ScoreInterval(n0, x0, n1, x1).controlRate(difference))
                    .as("%d of %d, %d of %d, difference %s", x0, n0, x1, n1, difference)
                    .isCloseTo(.5 * (low + high), within(1e-7));
        }
    }

    private static double likelihood(long n0, long x0, long n1, long x1, double rate, double difference) {
        return log(x0, rate)
                + log(n0 - x0, 1 - rate)
                + log(x1, rate + difference)
                + log(n1 - x1, 1 - rate - difference);
    }

    private static double log(long times, double probability) {
        return times == 0 ? 0 : times * Math.log(Math.max(0, probability));
    }

    @Test
    void theEndsAreWhereTheScoreIsZ() {
        var random = new SplittableRandom(2);
        for (int trial = 0; trial < 300; trial++) {
            long n0 = random.nextLong(2, 502);
            long n1 = random.nextLong(2, 502);
            long x0 = random.nextLong(n0 + 1);
            long x1 = random.nextLong(n1 + 1);
            var interval = new ScoreInterval(n0, x0, n1, x1);
            double estimate = (double) x1 / n1 - (double) x0 / n0;
            for (double end : new double[] {interval.low(Z), interval.high(Z)}) {
                assertThat(end).isBetween(-1.0, 1.0);
                double control = interval.controlRate(end);
                double error = Math.sqrt(control * (1 - control) / n0 + (control + end) * (1 - control - end) / n1);
                if (Math.abs(end) < .999) assertThat(Math.abs(estimate - end)).isCloseTo(Z * error, within(1e-7));
            }
        }
    }

    /** Every pair of counts that can come about, with its probability: no simulation. */
    @Test
    void theIntervalCoversAsOftenAsItSaysWithAHandfulOfConversions() {
        for (double[] arms : new double[][] {
            {60, .04, 240, .10}, {60, .10, 240, .10}, {100, .04, 400, .10}, {182, .04, 733, .10}, {300, .15, 300, .15}
        }) {
            int n0 = (int) arms[0];
            int n1 = (int) arms[2];
            double[] control = binomial(n0, arms[1]);
            double[] treatment = binomial(n1, arms[3]);
            double truth = arms[3] - arms[1];
            double covered = 0;
            for (int x0 = 0; x0 <= n0; x0++) {
                for (int x1 = 0; x1 <= n1; x1++) {
                    double weight = control[x0] * treatment[x1];
                    if (weight < 1e-12) continue;
                    var interval = new ScoreInterval(n0, x0, n1, x1);
                    if (interval.low(Z) <= truth && truth <= interval.high(Z)) covered += weight;
                }
            }
            assertThat(covered).as("%d and %d customers", n0, n1).isBetween(.94, .96);
        }
    }

    @Test
    void theIntervalLeavesZeroOutExactlyWhenPIsBelowAlpha() {
        int measured = 0;
        for (int x0 = 0; x0 <= 60; x0++) {
            for (int x1 = 0; x1 <= 240; x1++) {
                if (!(TwoSample.proportions(60, x0, 240, x1, .05) instanceof Measured lift)) continue;
                measured++;
                assertThat(lift.excludesZero())
                        .as("%d of 60, %d of 240", x0, x1)
                        .isEqualTo(lift.p() < .05);
            }
        }
        assertThat(measured).isGreaterThan(10_000);
    }

    private static double[] binomial(int n, double rate) {
        double[] probability = new double[n + 1];
        probability[0] = Math.pow(1 - rate, n);
        for (int x = 1; x <= n; x++) probability[x] = probability[x - 1] * (n - x + 1) / x * rate / (1 - rate);
        return probability;
    }
}
