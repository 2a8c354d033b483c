package io.rekindle.models.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.Draws;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.hipparchus.special.Beta;
import org.hipparchus.special.Erf;
import org.junit.jupiter.api.Test;

class LargestOfTest {
    /** Whole shapes: a finite sum (Miller, "Formulas for Bayesian A/B testing", 2014). */
    private static double second(int a1, int b1, int a2, int b2) {
        double sum = 0;
        for (int i = 0; i < a2; i++)
            sum += Math.exp(
                    Beta.logBeta(a1 + i, b1 + b2) - Math.log(b2 + i) - Beta.logBeta(1 + i, b2) - Beta.logBeta(a1, b1));
        return sum;
    }

    @Test
    void twoRatesAreTheClosedForm() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200; i++) {
            int scale = i % 2 == 0 ? 10 : 3000;
            int a1 = 1 + random.nextInt(scale);
            int b1 = 1 + random.nextInt(scale);
            int a2 = 1 + random.nextInt(scale);
            int b2 = 1 + random.nextInt(scale);
            double[] chances = LargestOf.chances(LargestOf.beta(a1, b1), LargestOf.beta(a2, b2));
            assertThat(chances[1]).as("%d %d %d %d", a1, b1, a2, b2).isCloseTo(second(a1, b1, a2, b2), within(1e-7));
            assertThat(chances[0] + chances[1]).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void twoNormalsAreTheClosedForm() {
        for (double apart : new double[] {0, .1, 1, 3, 5})
            for (double wide : new double[] {1e-4, 1, 7, 1e4}) {
                double[] chances = LargestOf.chances(LargestOf.normal(5, 1), LargestOf.normal(5 + apart, wide));
                double z = apart / Math.hypot(1, wide);
                assertThat(chances[1]).isCloseTo(.5 * Erf.erfc(-z / Math.sqrt(2)), within(1e-7));
            }
    }

    /** Student's t with two degrees of freedom has a distribution function in closed form; two of them a Monte Carlo. */
    @Test
    void manyAreWhatDrawingThemGives() {
        SplittableRandom random = new SplittableRandom(2);
        double[][] shapes = {{2, 30}, {.5, .5}, {11, 100}, {1, 1}, {40, 400}};
        LargestOf.Belief[] beliefs =
                Arrays.stream(shapes).map(s -> LargestOf.beta(s[0], s[1])).toArray(LargestOf.Belief[]::new);
        double[] chances = LargestOf.chances(beliefs);
        int draws = 400_000;
        double[] counts = new double[shapes.length];
        for (int d = 0; d < draws; d++) {
            int best = 0;
            double most = -1;
            for (int i = 0; i < shapes.length; i++) {
                double drawn = Draws.beta(random, shapes[i][0], shapes[i][1]);
                if (drawn > most) {
                    most = drawn;
                    best = i;
                }
            }
            counts[best]++;
        }
        for (int i = 0; i < shapes.length; i++)
            assertThat(chances[i])
                    .isCloseTo(counts[i] / draws, within(4 * Math.sqrt(chances[i] * (1 - chances[i]) / draws) + 1e-6));
    }

    @Test
    void heavyTailsAreWhatDrawingThemGives() {
        SplittableRandom random = new SplittableRandom(3);
        double[] mean = {0, 1, -1};
        double[] scale = {1, .2, 3};
        double[] freedom = {2, 5, 2.5};
        double[] chances = LargestOf.chances(
                LargestOf.student(0, 1, 2), LargestOf.student(1, .2, 5), LargestOf.student(-1, 3, 2.5));
        int draws = 400_000;
        double[] counts = new double[3];
        for (int d = 0; d < draws; d++) {
            int best = 0;
            double most = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < 3; i++) {
                double chi = 2 * Draws.gamma(random, freedom[i] / 2);
                double drawn = mean[i] + scale[i] * random.nextGaussian() / Math.sqrt(chi / freedom[i]);
                if (drawn > most) {
                    most = drawn;
                    best = i;
                }
            }
            counts[best]++;
        }
        for (int i = 0; i < 3; i++)
            assertThat(chances[i])
                    .isCloseTo(counts[i] / draws, within(4 * Math.sqrt(chances[i] * (1 - chances[i]) / draws) + 1e-5));
    }

    @Test
    void equalsAreEqualAndOrderDoesNotMatter() {
        for (double chance : LargestOf.chances(
                LargestOf.beta(3, 9), LargestOf.beta(3, 9), LargestOf.beta(3, 9), LargestOf.beta(3, 9)))
            assertThat(chance).isCloseTo(.25, within(1e-9));
        double[] one = LargestOf.chances(LargestOf.beta(3, 9), LargestOf.beta(5, 9), LargestOf.beta(1, 7));
        double[] other = LargestOf.chances(LargestOf.beta(1, 7), LargestOf.beta(3, 9), LargestOf.beta(5, 9));
        assertThat(new double[] {other[1], other[2], other[0]}).containsExactly(one, within(1e-12));
        assertThat(LargestOf.chances(LargestOf.normal(0, 1))).containsExactly(1);
        assertThatThrownBy(LargestOf::chances).hasMessage("nothing to compare");
        assertThatThrownBy(() -> LargestOf.beta(0, 1)).hasMessageContaining("both positive");
    }
}
