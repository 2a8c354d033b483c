package io.rekindle.models.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.Draws;
import io.rekindle.models.experiment.Lift.Measured;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** A/A tests watched after every single customer, 10,000 of them with 5,000 customers each, from the tenth customer on. */
class PeekingTest {
    private static final int EXPERIMENTS = 10_000;
    private static final int CUSTOMERS = 5_000;
    private static final int FIRST_LOOK = 10;
    private static final Look.Anytime ANYTIME = new Look.Anytime(.05);

    @Test
    void theAlwaysValidIntervalLosesTheTruthAtMostAsOftenAsItSays() {
        assertThat(everOutside(SplittableRandom::nextGaussian)).as("normal").isBetween(.01, .05);
        assertThat(everOutside(Draws::exponential)).as("skewed").isBetween(.01, .05);
        assertThat(everOutside(random -> random.nextDouble() < .1 ? 1 : 0))
                .as("conversions")
                .isBetween(.01, .05);
    }

    /** A tenth held out: the smaller arm's few outcomes are skewed, and nothing in the larger one makes up for it. */
    @Test
    void withUnequalArmsItHoldsTooForRatesAndForAmounts() {
        assertThat(everApart(random -> random.nextDouble() < .05 ? 1 : 0))
                .as("rates")
                .isLessThan(.05);
        assertThat(everApart(random -> random.nextDouble() < .05 ? Math.exp(.7 * random.nextGaussian()) : 0))
                .as("amounts")
                .isLessThan(.05);
        assertThat(everApart(random -> random.nextDouble() < .3 ? Math.exp(random.nextGaussian()) : 0))
                .as("frequent, very skewed amounts")
                .isLessThan(.055);
    }

    /** The share of A/A tests that ever seem to differ, looked at after every twentieth of 10,000 customers. */
    private static double everApart(ToDoubleFunction<SplittableRandom> outcome) {
        int experiments = 1_000;
        int apart = 0;
        for (int k = 0; k < experiments; k++) {
            SplittableRandom random = new SplittableRandom(900 + k);
            double[] sum = new double[2];
            double[] squares = new double[2];
            long[] n = new long[2];
            for (int i = 1; i <= 10_000; i++) {
                int arm = random.nextDouble() < .1 ? 0 : 1;
                double y = outcome.applyAsDouble(random);
                n[arm]++;
                sum[arm] += y;
                squares[arm] += y * y;
                if (i % 20 != 0) continue;
                Sample control = new Sample(n[0], sum[0], squares[0]);
                Sample treatment = new Sample(n[1], sum[1], squares[1]);
                Lift lift = sum[0] == squares[0] && sum[1] == squares[1]
                        ? TwoSample.proportions(n[0], Math.round(sum[0]), n[1], Math.round(sum[1]), ANYTIME)
                        : TwoSample.amounts(control, treatment, ANYTIME);
                if (lift instanceof Measured measured && measured.excludesZero()) {
                    apart++;
                    break;
                }
            }
        }
        return apart / (double) experiments;
    }

    @Test
    void theIntervalForOneLookDoesNotSurviveManyLooks() {
        double[] reach = new double[CUSTOMERS + 1];
        Arrays.fill(reach, 1.96);
        assertThat(everOutside(SplittableRandom::nextGaussian, reach, 500)).isGreaterThan(.3);
    }

    @Test
    void theReachWatchedHereIsTheIntervalsOwn() {
        SplittableRandom random = new SplittableRandom(4);
        double[] control = random.doubles(40).toArray();
        double[] treatment = random.doubles(60).toArray();
        Measured lift = TwoSampleTest.measured(TwoSample.means(Sample.of(control), Sample.of(treatment), ANYTIME));
        double error = Math.sqrt(
                Sample.of(control).variance() / 40 + Sample.of(treatment).variance() / 60);
        assertThat(lift.high() - lift.estimate()).isCloseTo(ANYTIME.reach(100) * error, within(1e-12));
        // The p-value is below alpha exactly when the interval excludes nothing.
        for (double statistic : new double[] {ANYTIME.reach(100) * (1 - 1e-9), ANYTIME.reach(100) * (1 + 1e-9)})
            assertThat(ANYTIME.p(statistic, 100) < .05).isEqualTo(statistic > ANYTIME.reach(100));
    }

    private static double everOutside(ToDoubleFunction<SplittableRandom> outcome) {
        double[] reach = new double[CUSTOMERS + 1];
        for (int n = 1; n <= CUSTOMERS; n++) reach[n] = ANYTIME.reach(n);
        return everOutside(outcome, reach, EXPERIMENTS);
    }

    private static double everOutside(ToDoubleFunction<SplittableRandom> outcome, double[] reach, int experiments) {
        int outside = 0;
        for (int k = 0; k < experiments; k++) {
            SplittableRandom random = new SplittableRandom(k);
            double[] sum = new double[2];
            double[] squares = new double[2];
            long[] n = new long[2];
            for (int i = 1; i <= CUSTOMERS; i++) {
                int arm = i & 1;
                double y = outcome.applyAsDouble(random);
                n[arm]++;
                sum[arm] += y;
                squares[arm] += y * y;
                if (i < FIRST_LOOK) continue;
                double difference = sum[1] / n[1] - sum[0] / n[0];
                double variance = (squares[0] - sum[0] * sum[0] / n[0]) / (n[0] * (n[0] - 1.0))
                        + (squares[1] - sum[1] * sum[1] / n[1]) / (n[1] * (n[1] - 1.0));
                if (difference * difference > reach[i] * reach[i] * variance && variance > 0) {
                    outside++;
                    break;
                }
            }
        }
        return outside / (double) experiments;
    }
}
