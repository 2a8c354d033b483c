package io.rekindle.models.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.models.Draws;
import io.rekindle.models.experiment.Lift.Measured;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Do the intervals keep their word? A shop of customers who each have a purchase probability and a basket of their own, a
 * fifth of them held out, over 4,000 seeds of assignment and purchase. The truth is the average effect over these very
 * customers. Spend is skewed (log-normal about the customer's own basket; over all customers a skewness of about 5), and
 * the hold-out of 4,000 makes some 600 buyers. With few buyers: {@link AmountsTest}.
 */
class CoverageTest {
    private static final int SEEDS = 4000;
    private static final int CUSTOMERS = 20_000;
    private static final double HELD_OUT = .2;
    private static final double SPREAD = .6;

    @Test
    void intervalsCoverTheTrueEffectAsOftenAsTheyPromise() {
        Shop shop = new Shop(.25);
        Tally conversion = new Tally(shop.trueConversion());
        Tally revenue = new Tally(shop.trueRevenue());
        shop.run(conversion, revenue);
        assertThat(conversion.coverage()).as("conversion").isBetween(.94, .96);
        assertThat(revenue.coverage()).as("net revenue per customer").isBetween(.94, .96);
    }

    @Test
    void withoutAnEffectOneInTwentyLooksLikeOne() {
        Shop shop = new Shop(0);
        Tally conversion = new Tally(0);
        Tally revenue = new Tally(0);
        shop.run(conversion, revenue);
        assertThat(conversion.falseAlarms()).as("conversion").isBetween(.04, .06);
        assertThat(revenue.falseAlarms()).as("net revenue per customer").isBetween(.04, .06);
        assertThat(conversion.coverage()).isBetween(.94, .96);
        assertThat(revenue.coverage()).isBetween(.94, .96);
    }

    private static final class Tally {
        private final double truth;
        private int covered;
        private int found;

        Tally(double truth) {
            this.truth = truth;
        }

        void add(Lift lift) {
            Measured measured = TwoSampleTest.measured(lift);
            if (measured.low() <= truth && truth <= measured.high()) covered++;
            if (measured.p() < .05) found++;
        }

        double coverage() {
            return (double) covered / SEEDS;
        }

        double falseAlarms() {
            return (double) found / SEEDS;
        }
    }

    /** Customers whose chance to buy rises by the effect, in different measure, at a discount when written to. */
    private static final class Shop {
        private final double[] buys = new double[CUSTOMERS];
        private final double[] buysWhenWrittenTo = new double[CUSTOMERS];
        private final double[] basket = new double[CUSTOMERS];
        private final double discount;

        Shop(double effect) {
            SplittableRandom random = new SplittableRandom(99);
            discount = effect == 0 ? 0 : .05;
            for (int i = 0; i < CUSTOMERS; i++) {
                buys[i] = Draws.beta(random, 1.5, 8.5);
                buysWhenWrittenTo[i] = Math.min(1, buys[i] * (1 + 2 * effect * random.nextDouble()));
                basket[i] = Math.exp(3.5 + .4 * random.nextGaussian());
            }
        }

        double trueConversion() {
            double sum = 0;
            for (int i = 0; i < CUSTOMERS; i++) sum += buysWhenWrittenTo[i] - buys[i];
            return sum / CUSTOMERS;
        }

        double trueRevenue() {
            double mean = Math.exp(SPREAD * SPREAD / 2);
            double sum = 0;
            for (int i = 0; i < CUSTOMERS; i++)
                sum += basket[i] * mean * (buysWhenWrittenTo[i] * (1 - discount) - buys[i]);
            return sum / CUSTOMERS;
        }

        void run(Tally conversion, Tally revenue) {
            for (int seed = 1; seed <= SEEDS; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                long heldOut = 0;
                long[] buyers = new long[2];
                double[] sum = new double[2];
                double[] squares = new double[2];
                for (int i = 0; i < CUSTOMERS; i++) {
                    int arm = random.nextDouble() < HELD_OUT ? 0 : 1;
                    if (arm == 0) heldOut++;
                    if (random.nextDouble() >= (arm == 0 ? buys[i] : buysWhenWrittenTo[i])) continue;
                    double spend = basket[i] * Math.exp(SPREAD * random.nextGaussian()) * (arm == 0 ? 1 : 1 - discount);
                    buyers[arm]++;
                    sum[arm] += spend;
                    squares[arm] += spend * spend;
                }
                long written = CUSTOMERS - heldOut;
                conversion.add(TwoSample.proportions(heldOut, buyers[0], written, buyers[1], .05));
                revenue.add(TwoSample.amounts(
                        new Sample(heldOut, sum[0], squares[0]),
                        new Sample(written, sum[1], squares[1]),
                        new Look.Once(.05)));
            }
        }
    }
}
