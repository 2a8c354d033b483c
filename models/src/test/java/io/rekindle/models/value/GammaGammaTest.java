package io.rekindle.models.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.rekindle.models.Convergence;
import io.rekindle.models.Draws;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GammaGammaTest {
    @Test
    void fittingCdnowGivesThePublishedParametersAndLikelihood() {
        GammaGamma model = GammaGamma.fit(Cdnow.fromLog());
        assertThat(model.p()).isCloseTo(6.25, within(.005));
        assertThat(model.q()).isCloseTo(3.74, within(.005));
        assertThat(model.gamma()).isCloseTo(15.44, within(.005));
        assertThat(model.logLikelihood()).isGreaterThan(-4055.91775).isLessThan(-4055.91);
        assertThat(model.fit().orElseThrow().customers()).isEqualTo(946);
        assertThat(model.fit().orElseThrow().convergence()).isEqualTo(Convergence.INTERIOR);
    }

    @Test
    void expectedSpendIsTheDirectIntegralOverTheCustomersOwnRate() {
        GammaGamma model = GammaGamma.of(6.25, 3.74, 15.44);
        double weights = 0;
        double sum = 0;
        int x = 3;
        double m = 52.5;
        for (double u = -12; u < 6; u += .001) {
            double rate = Math.exp(u);
            double weight =
                    Math.exp(3.74 * u - 15.44 * rate + x * 6.25 * u + (x * 6.25 - 1) * Math.log(x * m) - rate * x * m);
            weights += weight;
            sum += weight * 6.25 / rate;
        }
        assertThat(model.expectedSpend(x, m)).isCloseTo(sum / weights, withinPercentage(1e-8));
        assertThat(model.expectedSpend(0, 0)).isCloseTo(6.25 * 15.44 / 2.74, within(1e-12));
        assertThat(model.expectedSpend(100_000, m)).isCloseTo(m, withinPercentage(.01));
    }

    @Test
    void theGradientIsThatOfFiniteDifferences() {
        var data = simulated(300, 1);
        var likelihood = GammaGamma.GammaGammaLikelihood.of(data.x, data.m);
        SplittableRandom random = new SplittableRandom(2);
        for (int k = 0; k < 20; k++) {
            double[] point = random.doubles(3, -2, 2).toArray();
            double[] gradient = new double[3];
            likelihood.value(point, gradient);
            for (int i = 0; i < 3; i++) {
                double[] above = point.clone();
                double[] below = point.clone();
                above[i] += 1e-5;
                below[i] -= 1e-5;
                double slope = (likelihood.value(above, new double[3]) - likelihood.value(below, new double[3])) / 2e-5;
                assertThat(gradient[i]).isCloseTo(slope, within(1e-6));
            }
        }
    }

    @Test
    void fittingSimulatedSpendFindsTheTruthWithinItsStandardErrors() {
        Spend data = simulated(20_000, 5);
        var fit = GammaGamma.fit(data.x, data.m).fit().orElseThrow();
        double[] truth = {4, 3, 30};
        for (int i = 0; i < 3; i++) {
            var parameter = fit.parameters().get(i);
            assertThat(Math.abs(parameter.value() - truth[i]) / parameter.standardError())
                    .isLessThan(3);
            assertThat(parameter.standardError()).isLessThan(truth[i] * .1);
        }
    }

    @Test
    void orderDuplicatesAndCurrencyDoNotMatter() {
        Spend data = simulated(500, 6);
        GammaGamma model = GammaGamma.fit(data.x, data.m);
        int n = data.x.length;
        int[] x = new int[2 * n];
        double[] m = new double[2 * n];
        for (int i = 0; i < 2 * n; i++) {
            x[i] = data.x[n - 1 - i % n];
            m[i] = data.m[n - 1 - i % n] * 7.8;
        }
        GammaGamma other = GammaGamma.fit(x, m);
        assertThat(other.p()).isCloseTo(model.p(), withinPercentage(1e-5));
        assertThat(other.q()).isCloseTo(model.q(), withinPercentage(1e-5));
        assertThat(other.gamma()).isCloseTo(7.8 * model.gamma(), withinPercentage(1e-5));
        assertThat(other.logLikelihood()).isCloseTo(2 * (model.logLikelihood() - n * Math.log(7.8)), within(1e-5));
    }

    @Test
    void customersWhoAllSpendTheSameGiveThatAmount() {
        GammaGamma model = GammaGamma.fit(new int[] {1, 2, 3, 4}, new double[] {20, 20, 20, 20});
        assertThat(model.fit().orElseThrow().convergence()).isEqualTo(Convergence.AT_BOUNDARY);
        assertThat(model.expectedSpend(2, 20)).isCloseTo(20, within(.01));
        assertThat(model.populationMean()).isCloseTo(20, within(.01));
    }

    @Test
    void rowsThatCannotBeAreNamed() {
        assertThatThrownBy(() -> GammaGamma.fit(new int[] {1, 2}, new double[] {5, 0}))
                .hasMessageStartingWith("row 1: mean spend 0.0 must be positive");
        assertThatThrownBy(() -> GammaGamma.fit(new int[] {1, 2}, new double[] {5, Double.NaN}))
                .hasMessageStartingWith("row 1: mean spend NaN must be positive");
        assertThatThrownBy(() -> GammaGamma.fit(new int[] {-1, 2}, new double[] {5, 5}))
                .hasMessageStartingWith("row 0: -1 purchases");
        assertThatThrownBy(() -> GammaGamma.fit(new int[] {0, 0}, new double[] {0, 0}))
                .hasMessageContaining("no customer has a repeat purchase");
        assertThatThrownBy(() -> GammaGamma.of(1, 2, 3).expectedSpend(new int[] {1, 1}, new double[] {1, -2}))
                .hasMessageStartingWith("row 1: mean spend -2.0");
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Spend(int[] x, double[] m) {}

    /** Amounts of a Gamma-Gamma world with p 4, q 3, gamma 30. */
    private static Spend simulated(int customers, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] x = new int[customers];
        double[] m = new double[customers];
        for (int c = 0; c < customers; c++) {
            x[c] = 1 + random.nextInt(6);
            double rate = Draws.gamma(random, 3) / 30;
            m[c] = Draws.gamma(random, 4.0 * x[c]) / rate / x[c];
        }
        return new Spend(x, m);
    }
}
