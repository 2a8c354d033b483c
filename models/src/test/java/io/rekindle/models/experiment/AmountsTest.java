package io.rekindle.models.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.experiment.Lift.Measured;
import io.rekindle.models.experiment.Lift.NotMeasurable;
import io.rekindle.models.experiment.Lift.Reason;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Amounts most customers have none of: laws they obey, and what their intervals hold with few buyers. */
class AmountsTest {
    private static final Look.Once ONCE = new Look.Once(.05);
    private static final int DRAWS = 4_000;

    /** Amounts that are all 1: method 10 of Newcombe (1998), table II. */
    @Test
    void ofConversionsTheIntervalIsNewcombes() {
        double z = Normal.quantile(.975);
        double[][] printed = {
            {56, 70, 48, 80, .0524, .3339},
            {9, 10, 3, 10, .1705, .8090},
            {6, 7, 2, 7, .0582, .8062},
            {5, 56, 0, 29, -.0381, .1926},
            {0, 10, 0, 20, -.1611, .2775},
        };
        for (double[] row : printed) {
            if (row[0] + row[2] == 0) continue;
            var interval = new AmountInterval(
                    conversions((long) row[3], (long) row[2]), conversions((long) row[1], (long) row[0]));
            assertThat(interval.low(z)).isCloseTo(row[4], within(5e-5));
            assertThat(interval.high(z)).isCloseTo(row[5], within(5e-5));
        }
    }

    @Test
    void theIntervalLeavesNothingOutThatTheTestDoesNotReject() {
        SplittableRandom random = new SplittableRandom(4);
        int apart = 0;
        for (int trial = 0; trial < 500; trial++) {
            Sample control = Sample.of(spend(random, 300, .06, 1));
            Sample treatment = Sample.of(spend(random, 900, .06 + .08 * random.nextDouble(), 1));
            for (Look look : new Look[] {ONCE, new Look.Anytime(.05)}) {
                if (!(TwoSample.amounts(control, treatment, look) instanceof Measured lift)) continue;
                assertThat(lift.excludesZero()).isEqualTo(lift.p() < .05);
                if (lift.excludesZero()) apart++;
            }
        }
        assertThat(apart).isBetween(50, 800);
    }

    /** With many amounts the arms' own variances decide, whatever the other arm's amounts are. */
    @Test
    void withManyAmountsItIsTheNormalIntervalOfTheArmsOwnVariances() {
        SplittableRandom random = new SplittableRandom(6);
        Sample control = spendOf(random, 4_000_000, .05, 100);
        Sample treatment = spendOf(random, 9_000_000, .1, 40);
        Measured amounts = measured(TwoSample.amounts(control, treatment, ONCE));
        Measured means = measured(TwoSample.means(control, treatment, ONCE));
        double width = means.high() - means.low();
        assertThat(amounts.low()).isCloseTo(means.low(), within(.002 * width));
        assertThat(amounts.high()).isCloseTo(means.high(), within(.002 * width));
    }

    @Test
    void theUnitOfMoneyDoesNotMatterNorWhichArmIsCalledControl() {
        SplittableRandom random = new SplittableRandom(5);
        Sample control = Sample.of(spend(random, 300, .1, 1));
        Sample treatment = Sample.of(spend(random, 1000, .15, 1));
        Measured euros = measured(TwoSample.amounts(control, treatment, ONCE));
        Measured cents = measured(TwoSample.amounts(
                new Sample(control.n(), 100 * control.sum(), 1e4 * control.sumOfSquares()),
                new Sample(treatment.n(), 100 * treatment.sum(), 1e4 * treatment.sumOfSquares()),
                ONCE));
        assertThat(cents.p()).isCloseTo(euros.p(), within(1e-12));
        assertThat(cents.low()).isCloseTo(100 * euros.low(), within(1e-8));
        assertThat(cents.high()).isCloseTo(100 * euros.high(), within(1e-8));
        Measured other = measured(TwoSample.amounts(treatment, control, ONCE));
        assertThat(other.low()).isCloseTo(-euros.high(), within(1e-9));
        assertThat(other.high()).isCloseTo(-euros.low(), within(1e-9));
    }

    @Test
    void amountsMostCustomersHaveAreComparedAsMeans() {
        Sample control = Sample.of(new double[] {40, 55, 48, 51, 60});
        Sample treatment = Sample.of(new double[] {62, 58, 70, 49, 66});
        assertThat(TwoSample.amounts(control, treatment, ONCE)).isEqualTo(TwoSample.means(control, treatment, ONCE));
    }

    @Test
    void withLessThanFiveExpectedNothingIsSaid() {
        NotMeasurable not =
                (NotMeasurable) TwoSample.amounts(new Sample(184, 50, 2500), new Sample(740, 20 * 50, 20 * 2500), ONCE);
        assertThat(not.reason()).isEqualTo(Reason.TOO_FEW_AMOUNTS);
        // 21 amounts of 50 of 924 customers.
        assertThat(not.neededInSmallerArm()).hasValue(220);
    }

    /** Baskets of a log-normal with as much spread as mean; the hold-out small and with 11 to 47 buyers. */
    @Test
    void withFewBuyersTheIntervalHoldsTheTruthWhereWelchsDoesNot() {
        for (double[] c : new double[][] {{300, 1200, .036}, {600, 2400, .036}, {1300, 5000, .036}, {260, 2340, .06}}) {
            Tally none = simulate(Math.round(c[0]), Math.round(c[1]), c[2], 1, c[2], 1);
            assertThat(none.measured()).isGreaterThan((long) (.3 * DRAWS));
            assertThat(none.missed()).as("of nothing, %s", none).isBetween(.03, .065);
            for (double other : new double[] {.5, 2.5}) {
                Tally some = simulate(Math.round(c[0]), Math.round(c[1]), c[2], 1, c[2] * other, 1);
                // Where most draws are refused, the rest are no sample of what is measured.
                if (some.measured() < .9 * DRAWS) continue;
                assertThat(some.missed()).as("times %s, %s", other, some).isBetween(.03, .07);
            }
        }
        assertThat(simulate(300, 1200, .036, 1, .036, 1).welch())
                .as("Welch, of nothing")
                .isGreaterThan(.065);
    }

    /** A discount brings more and smaller orders into the larger arm: the hold-out's amounts are its own. */
    @Test
    void whereTheArmsAmountsDifferTheIntervalHoldsTheTruthToo() {
        for (double[] c : new double[][] {
            {300, 1200, .05, 100, .0625, 80},
            {300, 1200, .05, 80, .04, 100},
            {1000, 9000, .05, 100, .0625, 80},
            {1000, 9000, .05, 100, .075, 66.7},
            {1000, 9000, .05, 50, .05, 100},
            {5000, 20_000, .1, 100, .2, 50},
        }) {
            Tally tally = simulate(Math.round(c[0]), Math.round(c[1]), c[2], c[3], c[4], c[5]);
            assertThat(tally.missed()).as("%s", tally).isBetween(.025, .08).isLessThan(tally.welch() + .01);
        }
    }

    private record Tally(long measured, double missed, double below, double above, double welch) {}

    private static Tally simulate(
            long heldOut, long written, double rate, double size, double treatedRate, double treatedSize) {
        SplittableRandom random = new SplittableRandom(77);
        double truth = treatedRate * treatedSize - rate * size;
        int measured = 0;
        int below = 0;
        int above = 0;
        int welch = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            Sample control = spendOf(random, heldOut, rate, size);
            Sample treatment = spendOf(random, written, treatedRate, treatedSize);
            if (!(TwoSample.amounts(control, treatment, ONCE) instanceof Measured lift)) continue;
            measured++;
            if (lift.high() < truth) below++;
            if (lift.low() > truth) above++;
            if (control.sum() > 0) {
                Measured means = measured(TwoSample.means(control, treatment, ONCE));
                if (means.low() > truth || means.high() < truth) welch++;
            } else welch++;
        }
        return new Tally(
                measured,
                (below + above) / (double) measured,
                below / (double) measured,
                above / (double) measured,
                welch / (double) measured);
    }

    /** Customers who buy with a probability, for an amount of the size on average. */
    private static Sample spendOf(SplittableRandom random, long customers, double rate, double size) {
        double spread = .75;
        long buyers = 0;
        // Gaps between buyers are geometric: no look at those who bought nothing.
        for (double at = gap(random, rate); at < customers; at += 1 + gap(random, rate)) buyers++;
        double sum = 0;
        double squares = 0;
        for (long i = 0; i < buyers; i++) {
            double spend = size * Math.exp(spread * random.nextGaussian() - spread * spread / 2);
            sum += spend;
            squares += spend * spend;
        }
        return new Sample(customers, sum, squares);
    }

    private static double gap(SplittableRandom random, double rate) {
        return Math.floor(Math.log(1 - random.nextDouble()) / Math.log1p(-rate));
    }

    private static double[] spend(SplittableRandom random, int customers, double rate, double mean) {
        double[] spend = new double[customers];
        for (int i = 0; i < customers; i++)
            if (random.nextDouble() < rate) spend[i] = mean * Math.exp(.8 * random.nextGaussian() - .32);
        return spend;
    }

    private static Sample conversions(long customers, long conversions) {
        return Sample.ofConversions(customers, conversions);
    }

    private static Measured measured(Lift lift) {
        return TwoSampleTest.measured(lift);
    }
}
