package io.rekindle.models.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.rekindle.models.Convergence;
import io.rekindle.models.Draws;
import io.rekindle.models.Fit;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class BgNbdTest {
    /** The parameters Fader, Hardie and Lee publish for CDNOW. */
    private static final BgNbd PUBLISHED = BgNbd.of(.2425945, 4.4136019, .7929199, 2.4258881);
    /** The rounded ones which the published probabilities were worked out with. */
    private static final BgNbd ROUNDED = BgNbd.of(.243, 4.414, .793, 2.426);

    @Test
    void fittingCdnowGivesThePublishedParametersAndLikelihood() {
        BgNbd model = BgNbd.fit(Cdnow.published());
        assertThat(model.r()).isCloseTo(.2425945, withinPercentage(.1));
        assertThat(model.alpha()).isCloseTo(4.4136019, withinPercentage(.1));
        assertThat(model.a()).isCloseTo(.7929199, withinPercentage(.1));
        assertThat(model.b()).isCloseTo(2.4258881, withinPercentage(.1));
        assertThat(model.logLikelihood()).isGreaterThan(-9582.4295).isLessThan(-9582.42);
        Fit fit = model.fit().orElseThrow();
        assertThat(fit.convergence()).isEqualTo(Convergence.INTERIOR);
        assertThat(fit.customers()).isEqualTo(2357);
    }

    @Test
    void fittingTheRawLogGivesThePublishedParametersToo() {
        RecencyFrequency data = Cdnow.fromLog();
        BgNbd model = BgNbd.fit(data);
        assertThat(data.size()).isEqualTo(2357);
        assertThat(data.frequency(0)).isEqualTo(2);
        assertThat(data.recency(0)).isCloseTo(30.43, within(.005));
        assertThat(data.age(0)).isCloseTo(38.86, within(.005));
        assertThat(data.meanSpend(0)).isCloseTo((29.73 + 14.96) / 2, within(1e-9));
        assertThat(model.r()).isCloseTo(.2425945, withinPercentage(.1));
        assertThat(model.alpha()).isCloseTo(4.4136019, withinPercentage(.1));
        assertThat(model.a()).isCloseTo(.7929199, withinPercentage(.1));
        assertThat(model.b()).isCloseTo(2.4258881, withinPercentage(.1));
    }

    @Test
    void standardErrorsAreThoseOfABootstrap() {
        RecencyFrequency data = Cdnow.published();
        Fit fit = BgNbd.fit(data).fit().orElseThrow();
        SplittableRandom random = new SplittableRandom(5);
        int draws = 200;
        double sum = 0;
        double squares = 0;
        for (int k = 0; k < draws; k++) {
            int[] row = random.ints(data.size(), 0, data.size()).toArray();
            double r = Math.log(BgNbd.fit(pick(data, row)).r());
            sum += r;
            squares += r * r;
        }
        double spread = Math.sqrt((squares - sum * sum / draws) / (draws - 1));
        // The spread of 200 draws is itself known to 5 %; the model is an approximation of the data besides.
        assertThat(spread).isCloseTo(fit.standardError("r") / .2425945, withinPercentage(25));
    }

    @Test
    void expectedPurchasesOverTimeAreThePublishedOnes() {
        double[] t = {.1429, 1, 3, 31.8571, 32};
        double[] published = {.0078, .0532, .1506, 1.0405, 1.0437};
        for (int i = 0; i < t.length; i++)
            assertThat(PUBLISHED.expectedPurchases(t[i])).isCloseTo(published[i], within(.5e-4));
    }

    /**
     * The published 1.8576 for t = 78 is the hypergeometric series cut off after 150 terms; the whole of it gives 1.8580,
     * as the direct integral does in another test below.
     */
    @Test
    void expectedPurchasesAfter78WeeksAreThePublishedOnesWhereTheirSeriesIsCutOff() {
        double r = PUBLISHED.r();
        double a = PUBLISHED.a();
        double b = PUBLISHED.b();
        double z = 78 / (PUBLISHED.alpha() + 78);
        double term = 1;
        double hypergeometric = 1;
        for (int k = 0; k < 5000; k++) {
            if (k == 150) assertThat(published(hypergeometric, z)).isCloseTo(1.8576, within(.5e-4));
            term *= (r + k) * (b + k) / ((a + b - 1 + k) * (k + 1)) * z;
            hypergeometric += term;
        }
        assertThat(PUBLISHED.expectedPurchases(78)).isCloseTo(published(hypergeometric, z), within(1e-10));
        assertThat(PUBLISHED.expectedPurchases(78)).isCloseTo(1.8580, within(.5e-4));
    }

    private static double published(double hypergeometric, double z) {
        double a = PUBLISHED.a();
        return (a + PUBLISHED.b() - 1) / (a - 1) * (1 - Math.pow(1 - z, PUBLISHED.r()) * hypergeometric);
    }

    @Test
    void expectedPurchasesOfACustomerAreThePublishedOnes() {
        assertThat(PUBLISHED.expectedPurchases(2, 30.43, 38.86, 39)).isCloseTo(1.226, within(.5e-3));
    }

    @Test
    void theDistributionOfPurchasesIsThePublishedOne() {
        double[] published = {.0019995214, .0015170236, .0011633150, .0009003148, .0007023638};
        for (int n = 11; n <= 15; n++) assertThat(ROUNDED.pmf(30, n)).isCloseTo(published[n - 11], within(.5e-10));
    }

    /** Published for a fit of the same data, whose last digits the reference's optimiser leaves open. */
    @Test
    void theProbabilityToBeAliveIsThePublishedOne() {
        assertThat(BgNbd.fit(Cdnow.published()).pAlive(2, 30.43, 38.86)).isCloseTo(.72660914, within(2e-8));
    }

    @Test
    void theDistributionOfPurchasesSumsToOneAndHasTheExpectedMean() {
        for (double t : new double[] {0, .5, 10, 78}) {
            double total = 0;
            double mean = 0;
            for (int n = 0; n < 1500; n++) {
                total += PUBLISHED.pmf(t, n);
                mean += n * PUBLISHED.pmf(t, n);
            }
            assertThat(total).isCloseTo(1, within(1e-9));
            assertThat(mean).isCloseTo(PUBLISHED.expectedPurchases(t), within(1e-7));
        }
    }

    @Test
    void predictionsAreTheDirectIntegralsOverRatesAndDropOut() {
        int[] x = {0, 1, 2, 7, 25};
        double[] recency = {0, 3, 30.43, 20, 38};
        for (int i = 0; i < x.length; i++)
            for (BgNbd model : new BgNbd[] {PUBLISHED, BgNbd.of(2, 9, .3, .4), BgNbd.of(.7, 20, 1, 3)}) {
                Integrals direct = new Integrals(model, x[i], recency[i], 38.86, 39);
                assertThat(model.expectedPurchases(x[i], recency[i], 38.86, 39))
                        .isCloseTo(direct.expected, withinPercentage(1e-6));
                assertThat(model.pAlive(x[i], recency[i], 38.86)).isCloseTo(direct.alive, within(1e-8));
                var one = RecencyFrequency.of(new int[] {x[i]}, new double[] {recency[i]}, new double[] {38.86});
                assertThat(model.logLikelihood(one)).isCloseTo(Math.log(direct.likelihood), within(1e-8));
            }
        Integrals newcomer = new Integrals(PUBLISHED, 0, 0, 0, 78);
        assertThat(PUBLISHED.expectedPurchases(78)).isCloseTo(newcomer.expected, withinPercentage(1e-6));
    }

    /** Sums over a fine grid of ln λ and logit p of the model as it is told, before any algebra. */
    private static final class Integrals {
        final double likelihood;
        final double alive;
        final double expected;

        Integrals(BgNbd model, int x, double recency, double age, double t) {
            double step = .1;
            double prior = 0;
            double all = 0;
            double there = 0;
            double count = 0;
            for (double v = -200; v < 100; v += step) {
                double p = 1 / (1 + Math.exp(-v));
                double q = 1 / (1 + Math.exp(v));
                double ofDropOut = Math.exp(model.a() * Math.log(p) + model.b() * Math.log(q));
                double staying = Math.pow(q, x);
                double leaving = x == 0 ? 0 : Math.pow(q, x - 1) * p;
                if (ofDropOut < 1e-40) continue;
                for (double u = 8; u > -200; u -= step) {
                    double rate = Math.exp(u);
                    double weight = ofDropOut * Math.exp(model.r() * u - model.alpha() * rate);
                    if (weight < 1e-40) {
                        if (u < 0) break;
                        continue;
                    }
                    double bought = Math.exp(x * u);
                    double stayed = bought * staying * Math.exp(-rate * age);
                    double left = bought * leaving * Math.exp(-rate * recency);
                    prior += weight;
                    all += weight * (stayed + left);
                    there += weight * stayed;
                    count += weight * stayed * -Math.expm1(-rate * p * t) / p;
                }
            }
            likelihood = all / prior;
            alive = there / all;
            expected = count / all;
        }
    }

    @Test
    void theSeriesAndTheQuadratureOfExpectedPurchasesAgreeForAllKindsOfParameters() {
        SplittableRandom random = new SplittableRandom(11);
        for (int k = 0; k < 2000; k++) {
            double r = Math.exp(random.nextDouble(-4, 4));
            double z = Math.exp(random.nextDouble(-6, 3));
            double a = Math.exp(random.nextDouble(-5, 5));
            double b = Math.exp(random.nextDouble(-5, 5));
            if (-r * Math.log1p(z) < -600) continue;
            assertThat(PurchaseCount.series(r, z, a, b))
                    .as("r %s z %s a %s b %s", r, z, a, b)
                    .isCloseTo(PurchaseCount.quadrature(r, z, a, b), withinPercentage(1e-8));
        }
    }

    @Test
    void expectedPurchasesStayFiniteAndGrowWithTheHorizonForExtremeCustomersAndParameters() {
        BgNbd[] models = {
            PUBLISHED,
            BgNbd.of(1e-5, 1e-6, 1e-5, 1e-5),
            BgNbd.of(1e5, 1e6, 1e5, 1e-5),
            BgNbd.of(1e5, 1e5, 1e-5, 1e5),
            BgNbd.of(.3, 1e-6, 1, 1)
        };
        for (BgNbd model : models)
            for (int x : new int[] {0, 1, 50, 5000})
                for (double age : new double[] {1, 1000}) {
                    double before = 0;
                    for (double t : new double[] {1e-6, 1, 100, 1e5}) {
                        double expected = model.expectedPurchases(x, x == 0 ? 0 : age * .9, age, t);
                        assertThat(expected).isFinite().isGreaterThanOrEqualTo(before * (1 - 1e-9));
                        assertThat(expected)
                                .isLessThanOrEqualTo((model.r() + x) / (model.alpha() + age) * t * (1 + 1e-9));
                        before = expected;
                    }
                }
    }

    @Test
    void theGradientIsThatOfFiniteDifferences() {
        var likelihood = new BgNbdLikelihood(Triples.of(simulated(500, 3)), 7, false);
        SplittableRandom random = new SplittableRandom(2);
        for (int k = 0; k < 20; k++) {
            double[] point = random.doubles(4, -2, 2).toArray();
            double[] gradient = new double[4];
            likelihood.value(point, gradient);
            for (int i = 0; i < 4; i++) {
                double h = 1e-5;
                double[] above = point.clone();
                double[] below = point.clone();
                above[i] += h;
                below[i] -= h;
                double slope =
                        (likelihood.value(above, new double[4]) - likelihood.value(below, new double[4])) / (2 * h);
                assertThat(gradient[i]).isCloseTo(slope, within(1e-7));
            }
        }
    }

    @Test
    void fittingSimulatedCustomersFindsTheTruthWithinItsStandardErrors() {
        BgNbd model = BgNbd.fit(simulated(20_000, 7));
        Fit fit = model.fit().orElseThrow();
        double[] truth = {.8, 6, .6, 2.5};
        for (int i = 0; i < 4; i++) {
            var parameter = fit.parameters().get(i);
            assertThat(Math.abs(parameter.value() - truth[i]) / parameter.standardError())
                    .isLessThan(3);
            assertThat(parameter.standardError()).isLessThan(truth[i] * .15);
        }
    }

    @Test
    void predictionsOfSimulatedCustomersComeTrue() {
        BgNbd truth = BgNbd.of(.8, 6, .6, 2.5);
        SplittableRandom random = new SplittableRandom(21);
        double expected = 0;
        double bought = 0;
        int customers = 100_000;
        for (int c = 0; c < customers; c++) {
            Shopper shopper = new Shopper(random, truth);
            int x = 0;
            double last = 0;
            int after = 0;
            for (double time : shopper.purchases(60)) {
                if (time <= 30) {
                    x++;
                    last = time;
                } else after++;
            }
            expected += truth.expectedPurchases(x, last, 30, 30);
            bought += after;
        }
        assertThat(bought / customers).isCloseTo(expected / customers, withinPercentage(3));
    }

    @Test
    void theOrderOfRowsDoesNotMatter() {
        RecencyFrequency data = simulated(800, 4);
        int[] backwards = new int[data.size()];
        for (int i = 0; i < backwards.length; i++) backwards[i] = backwards.length - 1 - i;
        assertThat(BgNbd.fit(pick(data, backwards))).isEqualTo(BgNbd.fit(data));
    }

    @Test
    void countingEveryCustomerTwiceLeavesTheEstimateAndShrinksItsError() {
        RecencyFrequency data = simulated(800, 4);
        int[] twice = new int[2 * data.size()];
        for (int i = 0; i < twice.length; i++) twice[i] = i % data.size();
        BgNbd once = BgNbd.fit(data);
        BgNbd doubled = BgNbd.fit(pick(data, twice));
        assertThat(doubled.r()).isCloseTo(once.r(), withinPercentage(1e-5));
        assertThat(doubled.alpha()).isCloseTo(once.alpha(), withinPercentage(1e-5));
        assertThat(doubled.a()).isCloseTo(once.a(), withinPercentage(1e-5));
        assertThat(doubled.b()).isCloseTo(once.b(), withinPercentage(1e-5));
        assertThat(doubled.logLikelihood()).isCloseTo(2 * once.logLikelihood(), within(1e-6));
        double ratio = once.fit().orElseThrow().standardError("a")
                / doubled.fit().orElseThrow().standardError("a");
        assertThat(ratio).isCloseTo(Math.sqrt(2), within(1e-4));
    }

    @Test
    void measuringTimeInDaysInsteadOfWeeksOnlyRescalesAlpha() {
        RecencyFrequency weeks = simulated(800, 4);
        int n = weeks.size();
        int[] x = new int[n];
        double[] recency = new double[n];
        double[] age = new double[n];
        int repeats = 0;
        for (int i = 0; i < n; i++) {
            x[i] = weeks.frequency(i);
            recency[i] = weeks.recency(i) * 7;
            age[i] = weeks.age(i) * 7;
            repeats += x[i];
        }
        BgNbd one = BgNbd.fit(weeks);
        BgNbd other = BgNbd.fit(RecencyFrequency.of(x, recency, age));
        assertThat(other.alpha()).isCloseTo(7 * one.alpha(), withinPercentage(1e-5));
        assertThat(other.r()).isCloseTo(one.r(), withinPercentage(1e-5));
        assertThat(other.a()).isCloseTo(one.a(), withinPercentage(1e-5));
        assertThat(other.b()).isCloseTo(one.b(), withinPercentage(1e-5));
        assertThat(other.logLikelihood()).isCloseTo(one.logLikelihood() - repeats * Math.log(7), within(1e-6));
        assertThat(other.logLikelihood(RecencyFrequency.of(x, recency, age)))
                .isCloseTo(other.logLikelihood(), within(1e-6));
    }

    @Test
    void customersWhoNeverLeaveOrAreAllAlikeGiveAFitAtTheBoundary() {
        // Equal customers, each still buying on the last day.
        int[] x = new int[200];
        double[] age = new double[200];
        for (int i = 0; i < x.length; i++) {
            x[i] = 9 + i % 3;
            age[i] = 50;
        }
        BgNbd model = BgNbd.fit(RecencyFrequency.of(x, age, age));
        assertThat(model.fit().orElseThrow().convergence()).isEqualTo(Convergence.AT_BOUNDARY);
        assertThat(model.expectedPurchases(10, 50, 50, 5)).isCloseTo(1, within(.05));
        assertThat(model.pAlive(10, 50, 50)).isCloseTo(1, within(.01));
    }

    @Test
    void aSingleCustomerIsFittedWithoutANonsenseNumber() {
        BgNbd model = BgNbd.fit(RecencyFrequency.of(new int[] {3}, new double[] {10}, new double[] {40}));
        assertThat(model.logLikelihood()).isFinite();
        assertThat(model.expectedPurchases(3, 10, 40, 10)).isFinite().isNotNegative();
    }

    @Test
    void anyFewCustomersAreFittedWithoutANonsenseNumber() {
        SplittableRandom random = new SplittableRandom(31);
        for (int k = 0; k < 150; k++) {
            int n = 1 + random.nextInt(20);
            int kind = random.nextInt(4);
            int[] x = new int[n];
            double[] recency = new double[n];
            double[] age = new double[n];
            double[] spend = new double[n];
            for (int i = 0; i < n; i++) {
                age[i] = 1 + random.nextInt(300);
                x[i] = random.nextInt(kind == 0 ? 300 : 5);
                recency[i] = x[i] == 0 ? 0 : age[i] * (kind == 1 ? 1 : kind == 2 ? 1e-3 : random.nextDouble());
                spend[i] = Math.exp(random.nextGaussian() * kind);
            }
            x[0] = 2;
            RecencyFrequency data = RecencyFrequency.of(x, recency, age, spend);
            for (double expected : BgNbd.fit(data).expectedPurchases(data, 30))
                assertThat(expected).isFinite().isNotNegative();
            for (double expected : GammaGamma.fit(data).expectedSpend(data))
                assertThat(expected).isFinite().isPositive();
        }
    }

    @Test
    void dataThatCannotTellAreRefusedWithTheReason() {
        var nobody = RecencyFrequency.of(new int[0], new double[0], new double[0]);
        assertThatThrownBy(() -> BgNbd.fit(nobody)).hasMessageContaining("no customers");
        var onceOnly = RecencyFrequency.of(new int[2], new double[2], new double[] {3, 4});
        assertThatThrownBy(() -> BgNbd.fit(onceOnly)).hasMessageContaining("no customer of 2 bought again");
    }

    @Test
    void rowsThatCannotBeAreNamed() {
        double[] ages = {9, 9};
        assertThatThrownBy(() -> RecencyFrequency.of(new int[] {1, -1}, new double[] {1, 1}, ages))
                .hasMessage("row 1: frequency -1 is negative; count the repeat purchases");
        assertThatThrownBy(() -> RecencyFrequency.of(new int[] {1, 1}, new double[] {1, 9.5}, ages))
                .hasMessageStartingWith("row 1: recency 9.5 is later than age 9.0");
        assertThatThrownBy(() -> RecencyFrequency.of(new int[] {1, 1}, new double[] {Double.NaN, 1}, ages))
                .hasMessageStartingWith("row 0: recency NaN");
        assertThatThrownBy(() -> RecencyFrequency.of(new int[] {0, 1}, new double[] {2, 1}, ages))
                .hasMessageStartingWith("row 0: recency 2.0 without a repeat purchase");
        assertThatThrownBy(() -> RecencyFrequency.of(
                        new int[] {0, 1}, new double[] {0, 1}, new double[] {1, Double.POSITIVE_INFINITY}))
                .hasMessageStartingWith("row 1: age Infinity");
        assertThatThrownBy(() -> RecencyFrequency.of(new int[] {0}, new double[] {0, 1}, ages))
                .hasMessageContaining("equally long");
        assertThatThrownBy(() -> PUBLISHED.expectedPurchases(2, 5, 4, 1)).hasMessageContaining("recency at most age");
        assertThatThrownBy(() -> PUBLISHED.expectedPurchases(-1)).hasMessageContaining("horizon of -1.0");
        assertThatThrownBy(() -> BgNbd.of(1, 0, 1, 1)).hasMessage("alpha is 0.0; it must be a positive number");
    }

    @Test
    void purchasesOnOneDayAreOneAndLaterOnesAreLeftOut() {
        int[] customer = {2, 0, 2, 2, 0, 5};
        long[] day = {14, 3, 0, 14, 99, 98};
        double[] amount = {10, 5, 7, 2.5, 1, 1};
        RecencyFrequency data = RecencyFrequency.fromTransactions(customer, day, amount, 7, 28);
        assertThat(data.size()).isEqualTo(2);
        assertThat(data.customer(1)).isEqualTo(2);
        assertThat(data.frequency(0)).isZero();
        assertThat(data.frequency(1)).isEqualTo(1);
        assertThat(data.recency(1)).isEqualTo(2);
        assertThat(data.age(1)).isEqualTo(4);
        assertThat(data.meanSpend(1)).isEqualTo(12.5);
    }

    private static RecencyFrequency pick(RecencyFrequency data, int[] rows) {
        int n = rows.length;
        int[] x = new int[n];
        double[] recency = new double[n];
        double[] age = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = data.frequency(rows[i]);
            recency[i] = data.recency(rows[i]);
            age[i] = data.age(rows[i]);
        }
        return RecencyFrequency.of(x, recency, age);
    }

    /** Customers of a BG/NBD world with r .8, alpha 6, a .6, b 2.5, first seen at different times. */
    private static RecencyFrequency simulated(int customers, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BgNbd truth = BgNbd.of(.8, 6, .6, 2.5);
        int[] x = new int[customers];
        double[] recency = new double[customers];
        double[] age = new double[customers];
        for (int c = 0; c < customers; c++) {
            age[c] = 30 + random.nextInt(20);
            for (double time : new Shopper(random, truth).purchases(age[c])) {
                x[c]++;
                recency[c] = time;
            }
        }
        return RecencyFrequency.of(x, recency, age);
    }

    private record Shopper(SplittableRandom random, double rate, double dropOut) {
        Shopper(SplittableRandom random, BgNbd model) {
            this(random, Draws.gamma(random, model.r()) / model.alpha(), Draws.beta(random, model.a(), model.b()));
        }

        double[] purchases(double until) {
            var times = DoubleStream.builder();
            for (double time = Draws.exponential(random) / rate;
                    time <= until;
                    time += Draws.exponential(random) / rate) {
                times.add(time);
                if (random.nextDouble() < dropOut) break;
            }
            return times.build().toArray();
        }
    }
}
