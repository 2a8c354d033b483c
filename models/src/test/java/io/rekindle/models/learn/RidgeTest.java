package io.rekindle.models.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RidgeTest {
    private static final int WIDTH = 3;

    /** At the minimum of mean loss + λ/2·Σβ² the slopes vanish: r'x/n + λβ = 0 and Σr = 0. */
    @Test
    void theSlopesOfThePenalisedLossVanishAtTheFit() {
        for (var loss : Loss.values()) {
            var data = new Simulated(200, loss, 4);
            var fit = Ridge.fit(data.x, WIDTH, data.y, loss);
            double[] margins = fit.margins(data.x);
            double scale = loss == Loss.LOGISTIC ? 1 : deviation(data.y);
            double[] slope = new double[WIDTH + 1];
            for (int i = 0; i < data.y.length; i++) {
                double residual = (loss.mean(margins[i]) - data.y[i]) / scale / data.y.length;
                for (int k = 0; k < WIDTH; k++) slope[k] += residual * data.x[i * WIDTH + k];
                slope[WIDTH] += residual;
            }
            for (int k = 0; k < WIDTH; k++)
                assertThat(slope[k] + fit.lambda() * fit.coefficient(k) / scale).isCloseTo(0, within(1e-6));
            assertThat(slope[WIDTH]).isCloseTo(0, within(1e-6));
        }
    }

    /** Leaving every row out in turn, by brute force: the chosen penalty's loss is the least of its neighbours'. */
    @Test
    void thePenaltyChosenPredictsRowsLeftOutBest() {
        for (var loss : Loss.values()) {
            var data = new Simulated(60, loss, 5);
            double chosen = Ridge.fit(data.x, WIDTH, data.y, loss).lambda();
            double own = leaveOneOut(data, loss, chosen);
            for (double by : new double[] {.03, .1, 10, 30})
                if (chosen * by <= 1 && chosen * by >= 1e-6)
                    assertThat(own).as("%s, λ·%s", loss, by).isLessThan(leaveOneOut(data, loss, chosen * by) + 2e-3);
        }
    }

    @Test
    void theUnitOfTheOutcomeChangesNothing() {
        var data = new Simulated(100, Loss.SQUARED, 6);
        var one = Ridge.fit(data.x, WIDTH, data.y, Loss.SQUARED);
        var other = Ridge.fit(
                data.x, WIDTH, Arrays.stream(data.y).map(v -> 1000 * v + 7).toArray(), Loss.SQUARED);
        for (int k = 0; k < WIDTH; k++)
            assertThat(other.coefficient(k)).isCloseTo(1000 * one.coefficient(k), within(1e-6));
        assertThat(other.intercept()).isCloseTo(1000 * one.intercept() + 7, within(1e-6));
    }

    @Test
    void outcomesOfOneKindGiveEverybodyAboutTheirRate() {
        var fit = Ridge.fit(new double[] {1, 2, 3, 4}, 1, new double[] {1, 1, 1, 1}, Loss.LOGISTIC);
        // (4 + ½) / (4 + 1) = .9
        assertThat(Loss.LOGISTIC.mean(fit.margins(new double[] {9})[0])).isCloseTo(.9, within(1e-12));
        assertThat(Ridge.fit(new double[] {1, 2}, 1, new double[] {5, 5}, Loss.SQUARED)
                        .margins(new double[] {3}))
                .containsExactly(5);
    }

    @Test
    void rowsThatLieApartKeepFiniteCoefficients() {
        var fit = Ridge.fit(new double[] {-2, -1, 1, 2}, 1, new double[] {0, 0, 1, 1}, Loss.LOGISTIC);
        assertThat(fit.coefficient(0)).isPositive().isFinite();
    }

    /** With the penalty held, by gradient descent on the rows that are left. */
    private static double leaveOneOut(Simulated data, Loss loss, double lambda) {
        int n = data.y.length;
        double scale = loss == Loss.LOGISTIC ? 1 : deviation(data.y);
        double mean =
                loss == Loss.LOGISTIC ? 0 : Arrays.stream(data.y).average().orElseThrow();
        double sum = 0;
        double[] beta = new double[WIDTH + 1];
        for (int out = 0; out < n; out++) {
            for (int step = 0; step < 400; step++) {
                double[] slope = new double[WIDTH + 1];
                for (int i = 0; i < n; i++) {
                    if (i == out) continue;
                    double r = (loss.mean(margin(beta, data.x, i)) - (data.y[i] - mean) / scale) / n;
                    for (int k = 0; k < WIDTH; k++) slope[k] += r * data.x[i * WIDTH + k];
                    slope[WIDTH] += r;
                }
                for (int k = 0; k <= WIDTH; k++)
                    beta[k] -= (loss == Loss.LOGISTIC ? 2 : .5) * (slope[k] + (k < WIDTH ? lambda * beta[k] : 0));
            }
            sum += loss.of(margin(beta, data.x, out), (data.y[out] - mean) / scale) / n;
        }
        return sum;
    }

    private static double margin(double[] beta, double[] x, int i) {
        double sum = beta[WIDTH];
        for (int k = 0; k < WIDTH; k++) sum += beta[k] * x[i * WIDTH + k];
        return sum;
    }

    private static double deviation(double[] y) {
        double mean = Arrays.stream(y).average().orElseThrow();
        return Math.sqrt(
                Arrays.stream(y).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    }

    private static final class Simulated {
        private final double[] x;
        private final double[] y;

        Simulated(int n, Loss loss, long seed) {
            var random = new SplittableRandom(seed);
            x = new double[n * WIDTH];
            y = new double[n];
            for (int i = 0; i < n; i++) {
                for (int k = 0; k < WIDTH; k++) x[i * WIDTH + k] = random.nextGaussian();
                double margin = -.5 + x[i * WIDTH] - .5 * x[i * WIDTH + 1];
                y[i] = loss == Loss.LOGISTIC
                        ? random.nextDouble() < loss.mean(margin) ? 1 : 0
                        : margin + random.nextGaussian();
            }
        }
    }
}
