package io.rekindle.models.demand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.Draws;
import io.rekindle.models.demand.ProductLife.Standing;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProductLifeTest {
    private static final int WEEKS = 60;

    /**
     * Sales of a life whose curve is not the model's: a flat start at a tenth, seen for seven weeks, a logistic rise, a plateau,
     * an exponential fall, nothing; each seen while it lasts. Scattered as Poisson draws with a gamma rate.
     *
     * @param plateau pieces a week at the height
     */
    private static double[] life(ProductStage seen, double plateau, double scatter, SplittableRandom random) {
        double[] sold = new double[WEEKS];
        for (int t = 0; t < WEEKS; t++) {
            double left = WEEKS - 1 - t;
            double rate = switch (seen) {
                case INTRODUCTION -> left < 7 ? .1 : 0;
                case GROWTH -> left < 30 ? 1 / (1 + Math.exp(.25 * (left - 9))) : 0;
                case MATURITY -> left < 58 ? 1 : 0;
                case DECLINE -> left < 24 ? Math.exp(-.08 * (24 - left)) : 1;
                case WITHDRAWN -> left < 12 ? 0 : 1;
            };
            double mean = rate * plateau * Draws.gamma(random, 1 / scatter) * scatter;
            sold[t] = poisson(mean, random);
        }
        return sold;
    }

    private static double poisson(double mean, SplittableRandom random) {
        int count = 0;
        for (double time = Draws.exponential(random); time < mean; time += Draws.exponential(random)) count++;
        return count;
    }

    private static double[] full() {
        double[] exposure = new double[WEEKS];
        Arrays.fill(exposure, 1);
        return exposure;
    }

    @Test
    void stagesOfLivesFromAnotherGeneratorAreFoundAndTheProbabilitiesHold() {
        var random = new SplittableRandom(17);
        int sure = 0;
        int right = 0;
        double claimed = 0;
        int[] found = new int[ProductStage.values().length];
        int each = 40;
        for (ProductStage stage : ProductStage.values())
            for (int k = 0; k < each; k++) {
                var standing = ProductLife.of(life(stage, 40 + 10 * k, .15, random), full(), 1);
                if (standing.stage(0).orElseThrow() == stage) found[stage.place]++;
                var told = standing.stage(.6);
                if (told.isEmpty()) continue;
                sure++;
                claimed += standing.of(told.get());
                if (told.get() == stage) right++;
            }
        assertThat((double) sure / (5 * each)).isGreaterThan(.7);
        assertThat((double) right / sure).isGreaterThan(.85).isGreaterThan(claimed / sure - .07);
        for (ProductStage stage : ProductStage.values())
            assertThat(found[stage.place]).as(stage.name()).isGreaterThan(each / 2);
    }

    @Test
    void littleSalesLeaveTheStageOpen() {
        var random = new SplittableRandom(19);
        double clear = 0;
        double faint = 0;
        for (int k = 0; k < 20; k++) {
            clear += ProductLife.of(life(ProductStage.DECLINE, 400, .1, random), full(), 1)
                    .of(ProductStage.DECLINE);
            faint += ProductLife.of(life(ProductStage.DECLINE, .8, .1, random), full(), 1)
                    .of(ProductStage.DECLINE);
        }
        assertThat(clear / 20).isGreaterThan(.9);
        assertThat(faint / 20).isLessThan(clear / 20 - .15);
        double[] two = new double[WEEKS];
        two[40] = 3;
        two[50] = 1;
        var untold = ProductLife.of(two, full(), 1);
        assertThat(untold.stage(.1)).isEmpty();
        assertThat(untold.cannotTell())
                .hasValueSatisfying(why -> assertThat(why).contains("2 periods only"));
        assertThat(ProductLife.of(new double[WEEKS], full(), 1).cannotTell()).hasValue("nothing was sold");
    }

    @Test
    void probabilitiesSumToOneAndTheLevelLiesInItsInterval() {
        var random = new SplittableRandom(23);
        for (ProductStage stage : ProductStage.values()) {
            var standing = ProductLife.of(life(stage, 60, .3, random), full(), 1);
            assertThat(standing.probability().values().stream()
                            .mapToDouble(p -> p)
                            .sum())
                    .isCloseTo(1, within(1e-9));
            assertThat(standing.level()).isBetween(standing.low(), standing.high());
        }
        double[][] path = ProductLife.history(life(ProductStage.GROWTH, 60, .1, random), full(), 1);
        assertThat(path).hasDimensions(WEEKS, 5);
        assertThat(path[0][0]).isNaN();
        assertThat(Arrays.stream(path[WEEKS - 1]).sum()).isCloseTo(1, within(1e-9));
    }

    /** The plateau's level is known as well as sixty scattered weeks allow. */
    @Test
    void theLevelOfASteadyProductIsFound() {
        var random = new SplittableRandom(29);
        int inside = 0;
        for (int k = 0; k < 50; k++) {
            Standing standing = ProductLife.of(life(ProductStage.MATURITY, 100, .2, random), full(), 1);
            if (standing.low() <= 100 && 100 <= standing.high()) inside++;
            assertThat(Math.abs(standing.drift())).isLessThan(.03);
        }
        assertThat(inside).isGreaterThanOrEqualTo(40);
    }

    @Test
    void closedWeeksAndASeasonInTheExposureAreNotTheProductsDoing() {
        var random = new SplittableRandom(31);
        double[] exposure = full();
        for (int t = 0; t < WEEKS; t++) exposure[t] = t > 52 ? .1 : 1;
        double[] sold = new double[WEEKS];
        for (int t = 0; t < WEEKS; t++) sold[t] = poisson(80 * exposure[t], random);
        assertThat(ProductLife.of(sold, exposure, 1).of(ProductStage.MATURITY)).isGreaterThan(.6);
        assertThat(ProductLife.of(sold, full(), 1).of(ProductStage.MATURITY)).isLessThan(.3);
        // A period without business tells nothing.
        exposure[30] = 0;
        sold[30] = 0;
        assertThat(ProductLife.of(sold, exposure, 1).of(ProductStage.MATURITY)).isGreaterThan(.6);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProductLife.of(new double[] {1, -2}, new double[] {1, 1}, 1))
                .withMessageContaining("sales of -2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProductLife.of(new double[] {1, Double.NaN}, new double[] {1, 1}, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProductLife.of(new double[2], new double[3], 1))
                .withMessageContaining("equally long");
        assertThatIllegalArgumentException().isThrownBy(() -> ProductLife.of(new double[2], new double[2], 0));
    }
}
