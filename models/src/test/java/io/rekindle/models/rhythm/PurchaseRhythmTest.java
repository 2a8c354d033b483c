package io.rekindle.models.rhythm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.rekindle.models.Convergence;
import io.rekindle.models.Draws;
import io.rekindle.models.SharedData;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.hipparchus.special.Gamma;
import org.junit.jupiter.api.Test;

class PurchaseRhythmTest {
    private static final PurchaseRhythm TRUTH = PurchaseRhythm.of(2.5, 3, 60, .4, .1);

    @Test
    void fittingSimulatedCustomersFindsTheTruthWithinItsStandardErrors() {
        var fit = PurchaseRhythm.fit(observed(2500, 300, 1)).fit().orElseThrow();
        assertThat(fit.convergence()).isEqualTo(Convergence.INTERIOR);
        double[] truth = {2.5, 3, 60, .4, .1};
        for (int i = 0; i < 5; i++) {
            var parameter = fit.parameters().get(i);
            assertThat(Math.abs(parameter.value() - truth[i]) / parameter.standardError())
                    .as(parameter.toString())
                    .isLessThan(3.2);
            assertThat(parameter.standardError()).isLessThan(truth[i] * .25);
        }
    }

    @Test
    void latenessAtTheMomentOfPurchaseIsUniformWhateverTheNumberOfIntervals() {
        PurchaseRhythm fitted = PurchaseRhythm.fit(observed(2500, 300, 2));
        SplittableRandom random = new SplittableRandom(3);
        for (int intervals : new int[] {0, 1, 4, 12}) {
            int[] decile = new int[10];
            int customers = 10_000;
            for (int c = 0; c < customers; c++) {
                double rate = Draws.gamma(random, TRUTH.r()) / TRUTH.alpha();
                double sum = 0;
                for (int i = 0; i < intervals; i++) sum += Draws.gamma(random, TRUTH.k()) / rate;
                double next = Draws.gamma(random, TRUTH.k()) / rate;
                decile[(int) (10 * fitted.lateness(intervals, sum, next))]++;
            }
            // 3 % sampling error of a decile's 1,000, and the error of the fit.
            for (int count : decile) assertThat(count).isBetween(850, 1150);
        }
    }

    @Test
    void theNextPurchaseOfActiveCustomersFallsIntoItsIntervalAsOftenAsPromised() {
        SplittableRandom random = new SplittableRandom(4);
        int inside = 0;
        int before = 0;
        int asked = 0;
        while (asked < 4000) {
            double rate = Draws.gamma(random, TRUTH.r()) / TRUTH.alpha();
            double time = 0;
            double last = 0;
            int purchases = 1;
            while (true) {
                time += Draws.gamma(random, TRUTH.k()) / rate;
                if (time > 200) break;
                last = time;
                purchases++;
            }
            NextPurchase next = TRUTH.nextPurchase(purchases - 1, last, 200 - last, .8);
            assertThat(next.low()).isGreaterThanOrEqualTo(200 - last);
            double actual = time - last;
            if (actual >= next.low() && actual <= next.high()) inside++;
            if (actual < next.median()) before++;
            asked++;
        }
        assertThat(inside / 4000.0).isCloseTo(.8, within(.02));
        assertThat(before / 4000.0).isCloseTo(.5, within(.025));
    }

    @Test
    void slowingIsUniformForSteadyCustomers() {
        SplittableRandom random = new SplittableRandom(5);
        int[] decile = new int[10];
        for (int c = 0; c < 10_000; c++) {
            double recent = Draws.gamma(random, TRUTH.k() * 3);
            double earlier = Draws.gamma(random, TRUTH.k() * 5);
            decile[(int) (10 * TRUTH.slowing(3, recent * 9, 5, earlier * 9))]++;
        }
        for (int count : decile) assertThat(count).isBetween(880, 1120);
        assertThat(TRUTH.slowing(3, 90, 5, 50)).isGreaterThan(.99);
        assertThat(TRUTH.slowing(3, 10, 5, 100)).isLessThan(.01);
        assertThat(TRUTH.slowing(0, 0, 5, 100)).isEqualTo(.5);
    }

    @Test
    void theProbabilityToBeActiveIsThatOfSimulatedCustomers() {
        SplittableRandom random = new SplittableRandom(6);
        double expected = 0;
        int active = 0;
        int customers = 20_000;
        for (int c = 0; c < customers; c++) {
            double rate = Draws.gamma(random, TRUTH.r()) / TRUTH.alpha();
            double last = 0;
            int intervals = 0;
            boolean lost = false;
            while (true) {
                if (random.nextDouble() < (intervals == 0 ? .4 : .1)) {
                    lost = true;
                    break;
                }
                double next = last + Draws.gamma(random, TRUTH.k()) / rate;
                if (next > 150) break;
                last = next;
                intervals++;
            }
            expected += TRUTH.pActive(intervals, last, 150 - last);
            if (!lost) active++;
        }
        assertThat(expected / customers).isCloseTo((double) active / customers, within(.01));
    }

    @Test
    void theNextIntervalIsTheDirectIntegralOverTheCustomersOwnRate() {
        int n = 3;
        double sum = 70;
        double elapsed = 40;
        double all = 0;
        double bought = 0;
        for (double u = -14; u < 4; u += .002) {
            double rate = Math.exp(u);
            double weight = Math.exp((3 + n * 2.5) * u - (60 + sum) * rate);
            all += weight;
            bought += weight * Gamma.regularizedGammaP(2.5, rate * elapsed);
        }
        assertThat(TRUTH.lateness(n, sum, elapsed)).isCloseTo(bought / all, within(1e-8));
    }

    @Test
    void theSameSilenceIsLateForAWeeklyBuyerAndEarlyForAHalfYearlyOne() {
        assertThat(TRUTH.lateness(10, 70, 30)).isGreaterThan(.96);
        assertThat(TRUTH.lateness(10, 1800, 30)).isLessThan(.05);
        // k (alpha + S) / (r + 10 k) = 2.5 · 130 / 28 = 11.6 is the mean of a customer with this history, near 7
        // without pooling.
        assertThat(TRUTH.nextPurchase(10, 70, 0, .8).median()).isBetween(9.0, 11.6);
    }

    @Test
    void aCustomerOverdueBeyondAllMeasureStillHasFiniteAnswers() {
        for (double elapsed : new double[] {1e3, 1e6, 1e12}) {
            assertThat(TRUTH.lateness(400, 2800, elapsed)).isBetween(.999, 1.0);
            assertThat(TRUTH.pActive(400, 2800, elapsed)).isBetween(0.0, 1e-6);
            NextPurchase next = TRUTH.nextPurchase(400, 2800, elapsed, .9);
            assertThat(next.low()).isGreaterThanOrEqualTo(elapsed);
            assertThat(next.high()).isFinite();
        }
    }

    @Test
    void theGradientIsThatOfFiniteDifferences() {
        var data = observed(200, 200, 8);
        int[] rows = IntStream.range(0, data.size())
                .boxed()
                .sorted(Comparator.comparingInt(data::purchases))
                .mapToInt(i -> i)
                .toArray();
        var likelihood = new PurchaseRhythm.RhythmLikelihood(data, rows, 20);
        SplittableRandom random = new SplittableRandom(9);
        for (int t = 0; t < 10; t++) {
            double[] point = random.doubles(5, -1, 1.5).toArray();
            double[] gradient = new double[5];
            likelihood.value(point, gradient);
            for (int i = 0; i < 5; i++) {
                double[] above = point.clone();
                double[] below = point.clone();
                above[i] += 1e-5;
                below[i] -= 1e-5;
                double slope = (likelihood.value(above, new double[5]) - likelihood.value(below, new double[5])) / 2e-5;
                assertThat(gradient[i]).isCloseTo(slope, within(1e-6 * (1 + Math.abs(slope))));
            }
        }
    }

    @Test
    void theUnitOfTimeOnlyRescalesAlphaAndTheOrderOfRowsDoesNotMatter() {
        PurchaseIntervals days = observed(700, 300, 10);
        int n = days.size();
        int[] purchases = new int[n];
        double[] sum = new double[n];
        double[] logs = new double[n];
        double[] elapsed = new double[n];
        for (int i = 0; i < n; i++) {
            int row = n - 1 - i;
            purchases[i] = days.purchases(row);
            sum[i] = days.sum(row) / 7;
            logs[i] = days.sumOfLogs(row) - days.intervals(row) * Math.log(7);
            elapsed[i] = days.elapsed(row) / 7;
        }
        PurchaseRhythm one = PurchaseRhythm.fit(days);
        PurchaseRhythm other =
                PurchaseRhythm.fit(PurchaseIntervals.of(purchases, sum, logs, elapsed, new int[n], new double[n]));
        assertThat(other.alpha() * 7).isCloseTo(one.alpha(), withinPercentage(.01));
        assertThat(other.k()).isCloseTo(one.k(), withinPercentage(.01));
        assertThat(other.lostAfterFirst()).isCloseTo(one.lostAfterFirst(), withinPercentage(.01));
    }

    @Test
    void silenceIsTheShareOfShorterIntervalsAmongAllPurchasesOfActiveCustomers() {
        SplittableRandom random = new SplittableRandom(12);
        double shorter = 0;
        double all = 0;
        for (int c = 0; c < 40_000; c++) {
            double rate = Draws.gamma(random, TRUTH.r()) / TRUTH.alpha();
            // A customer's share of all purchases is their rate.
            all += rate;
            if (Draws.gamma(random, TRUTH.k()) / rate < 60) shorter += rate;
        }
        assertThat(TRUTH.silence(60)).isCloseTo(shorter / all, within(.01));
    }

    @Test
    void cdnowBuyersBuyAtRandomAndReturnInTheHoldoutAsOftenAsPredicted() {
        var rows = SharedData.rows("cdnow/cdnowElog.csv");
        int[] customer = new int[rows.size()];
        long[] day = new long[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            String[] field = rows.get(i).split(",");
            customer[i] = Integer.parseInt(field[1]) - 1;
            day[i] = LocalDate.parse(field[2], DateTimeFormatter.BASIC_ISO_DATE).toEpochDay();
        }
        long until = LocalDate.of(1997, 9, 30).toEpochDay();
        PurchaseIntervals data = PurchaseIntervals.fromTransactions(customer, day, 1, until, 3);
        PurchaseRhythm rhythm = PurchaseRhythm.fit(data);
        assertThat(data.size()).isEqualTo(2357);
        // Known of this data: timing is as good as random, and the rates are those of BG/NBD (.2426; 4.4136 weeks).
        assertThat(rhythm.k()).isCloseTo(1, within(.1));
        assertThat(rhythm.r()).isCloseTo(.2426, within(.02));
        assertThat(rhythm.alpha() / 7).isCloseTo(4.41, within(.5));

        boolean[] returned = new boolean[data.size()];
        for (int i = 0; i < day.length; i++) if (day[i] > until) returned[customer[i]] = true;
        double[] promised = rhythm.pPurchaseWithin(data, 39 * 7);
        double expected = 0;
        int actual = 0;
        for (int i = 0; i < returned.length; i++) {
            expected += promised[i];
            if (returned[data.customer(i)]) actual++;
        }
        assertThat(expected).isCloseTo(actual, withinPercentage(8));

        LifecycleStage[] stages = LifecycleRule.DEFAULT.stages(rhythm, data);
        var share = new EnumMap<LifecycleStage, double[]>(LifecycleStage.class);
        for (int i = 0; i < stages.length; i++) {
            double[] count = share.computeIfAbsent(stages[i], stage -> new double[2]);
            count[0]++;
            if (returned[data.customer(i)]) count[1]++;
        }
        assertThat(share).doesNotContainKey(LifecycleStage.PROSPECT);
        assertThat(returning(share, LifecycleStage.MATURE)).isGreaterThan(2 * returning(share, LifecycleStage.LAPSING));
    }

    private static double returning(EnumMap<LifecycleStage, double[]> share, LifecycleStage stage) {
        double[] count = share.getOrDefault(stage, new double[2]);
        return count[0] == 0 ? Double.NaN : count[1] / count[0];
    }

    @Test
    void perfectlyRegularCustomersGiveAFitAtTheBoundaryThatStillCountsDays() {
        int n = 50;
        int[] purchases = new int[n];
        double[] sum = new double[n];
        double[] logs = new double[n];
        double[] elapsed = new double[n];
        for (int i = 0; i < n; i++) {
            purchases[i] = 11;
            sum[i] = 70;
            logs[i] = 10 * Math.log(7);
            elapsed[i] = 3;
        }
        PurchaseRhythm rhythm =
                PurchaseRhythm.fit(PurchaseIntervals.of(purchases, sum, logs, elapsed, new int[n], new double[n]));
        assertThat(rhythm.fit().orElseThrow().convergence()).isEqualTo(Convergence.AT_BOUNDARY);
        assertThat(rhythm.lateness(10, 70, 6)).isLessThan(.05);
        assertThat(rhythm.lateness(10, 70, 8.5)).isGreaterThan(.95);
    }

    @Test
    void dataThatCannotBeAreRefusedWithTheRow() {
        double[] zero = {0, 0};
        int[] none = {0, 0};
        assertThatThrownBy(
                        () -> PurchaseRhythm.fit(PurchaseIntervals.of(new int[] {1, 1}, zero, zero, zero, none, zero)))
                .hasMessageContaining("no customer of 2 bought twice");
        assertThatThrownBy(() -> PurchaseRhythm.fit(PurchaseIntervals.of(none, zero, zero, zero, none, zero)))
                .hasMessageContaining("no customers");
        assertThatThrownBy(() -> PurchaseIntervals.of(new int[] {1, 3}, zero, zero, zero, none, zero))
                .hasMessageStartingWith("row 1: 2 intervals sum to 0.0");
        assertThatThrownBy(() -> PurchaseIntervals.of(
                        new int[] {1, 3}, new double[] {0, 8}, new double[] {0, 9}, zero, none, zero))
                .hasMessageStartingWith("row 1: the logarithms of 2 intervals");
        assertThatThrownBy(() ->
                        PurchaseIntervals.of(new int[] {1, 1}, zero, zero, new double[] {Double.NaN, 0}, none, zero))
                .hasMessageStartingWith("row 0: time since the last purchase NaN");
        assertThatThrownBy(() -> TRUTH.lateness(0, 5, 1)).hasMessageContaining("0 without");
    }

    /** Customers of the true rhythm who came in the first third of the time, as seen at its end, prospects not. */
    private static PurchaseIntervals observed(int customers, double until, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] purchases = new int[customers];
        double[] sum = new double[customers];
        double[] logs = new double[customers];
        double[] elapsed = new double[customers];
        for (int c = 0; c < customers; c++) {
            double rate = Draws.gamma(random, TRUTH.r()) / TRUTH.alpha();
            double time = until * random.nextDouble() / 3;
            purchases[c] = 1;
            while (random.nextDouble() >= (purchases[c] == 1 ? TRUTH.lostAfterFirst() : TRUTH.lostAfterRepeat())) {
                double interval = Draws.gamma(random, TRUTH.k()) / rate;
                if (time + interval > until) break;
                time += interval;
                purchases[c]++;
                sum[c] += interval;
                logs[c] += Math.log(interval);
            }
            elapsed[c] = until - time;
        }
        return PurchaseIntervals.of(purchases, sum, logs, elapsed, new int[customers], new double[customers]);
    }
}
