package io.rekindle.models.demand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.Draws;
import io.rekindle.models.demand.ProductLife.Standing;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
            assertThat(found[stage.place]).as(stage.name()).isGreaterThanOrEqualTo(each * 3 / 4);
    }

    /**
     * A life seen in the middle of a stage, its speeds and durations drawn anew: flat since a launch of some weeks ago; a rise of
     * 4 to 12 % a week; a plateau of 20 weeks and more, after a rise or from the start; a fall of 3 to 10 % a week from one.
     */
    private static double[] clear(ProductStage seen, int weeks, double level, SplittableRandom random) {
        int since = switch (seen) {
            case INTRODUCTION -> 6 + random.nextInt(9);
            case GROWTH -> 10 + random.nextInt(15);
            case MATURITY -> 20 + random.nextInt(41);
            case DECLINE, WITHDRAWN -> 10 + random.nextInt(21);
        };
        double growth = .04 + .08 * random.nextDouble();
        double fall = .03 + .07 * random.nextDouble();
        double rise = .06 + .06 * random.nextDouble();
        int flat = 6 + random.nextInt(8);
        int rising = 15 + random.nextInt(15);
        int plateau = 20 + random.nextInt(40);
        boolean old = random.nextBoolean();
        double[] sold = new double[weeks];
        for (int t = 0; t < weeks; t++) {
            int left = weeks - 1 - t;
            double share = switch (seen) {
                case INTRODUCTION -> left < since ? 1 : 0;
                case GROWTH -> left < since + flat ? Math.exp(-growth * Math.min(left, since)) : 0;
                case MATURITY -> old ? 1 : risen(left - since, rise, rising, flat);
                case DECLINE ->
                    Math.exp(fall * Math.min(left, since))
                            * (old ? 1 : risen(left - since - plateau, rise, rising, flat));
                case WITHDRAWN -> left < since ? 0 : 1;
            };
            sold[t] = poisson(level * share, random);
        }
        return sold;
    }

    /** Share of the height so many weeks before it is reached: nothing before the launch, flat, then rising. */
    private static double risen(int before, double rise, int rising, int flat) {
        return before >= rising + flat ? 0 : Math.exp(-rise * Math.clamp(before, 0, rising));
    }

    @ParameterizedTest
    @EnumSource
    void aClearStageIsFoundAtEveryLevelOfSalesAndNeverOverstated(ProductStage stage) {
        var random = new SplittableRandom(37);
        double[] exposure = new double[90];
        Arrays.fill(exposure, 1);
        int each = 25;
        for (double level : new double[] {5, 20, 100, 500}) {
            int found = 0;
            double others = 0;
            for (int k = 0; k < each; k++) {
                var standing = ProductLife.of(clear(stage, 90, level, random), exposure, 1);
                if (standing.stage(0).equals(Optional.of(stage))) found++;
                for (ProductStage other : ProductStage.values())
                    if (other != stage && standing.of(other) > .8) others++;
            }
            assertThat(found).as("%s at %.0f a week", stage, level).isGreaterThanOrEqualTo(each * 4 / 5);
            assertThat(others).as("sure of another than %s", stage).isLessThanOrEqualTo(1);
        }
    }

    /**
     * Lives drawn from what the class says it believes beforehand (levels move in logarithms, not on a grid): of what is said with
     * probability p the share p is true, in every bin, for every stage, and nine levels of ten lie in their intervals.
     */
    @Test
    void probabilitiesAndIntervalsHoldForLivesDrawnFromTheStatedBeliefs() {
        var random = new SplittableRandom(41);
        int weeks = 80;
        double[] exposure = new double[weeks];
        Arrays.fill(exposure, 1);
        var bins = new Claims[10];
        var stages = new Claims[ProductStage.values().length];
        Arrays.setAll(bins, b -> new Claims());
        Arrays.setAll(stages, s -> new Claims());
        int levels = 0;
        int inside = 0;
        for (int k = 0; k < 600; k++) {
            boolean launched = random.nextDouble() < ProductLife.LAUNCH_PRIOR;
            int first = launched ? 1 + random.nextInt(weeks - 8) : 0;
            int state = drawn(launched ? ProductLife.LAUNCHED : ProductLife.THERE_BEFORE, random);
            double level = Math.log(2) + random.nextDouble() * Math.log(300);
            double scatter = new double[] {.02, .1, .4, 1.5}[random.nextInt(4)];
            double[] sold = new double[weeks];
            for (int t = first; t < weeks; t++) {
                if (t > first) {
                    double leaving = Arrays.stream(ProductLife.PASSAGE[state]).sum();
                    if (random.nextDouble() < -Math.expm1(-leaving)) state = drawn(ProductLife.PASSAGE[state], random);
                    var now = ProductLife.State.at(state);
                    level += now.drift + now.spread * random.nextGaussian();
                }
                if (ProductLife.State.at(state).stage != ProductStage.WITHDRAWN)
                    sold[t] = poisson(Math.exp(level) * Draws.gamma(random, 1 / scatter) * scatter, random);
            }
            var standing = ProductLife.of(sold, exposure, 1);
            if (standing.cannotTell().isPresent()) continue;
            var truth = ProductLife.State.at(state).stage;
            for (ProductStage stage : ProductStage.values()) {
                double p = standing.of(stage);
                bins[Math.min(9, (int) (p * 10))].add(p, stage == truth);
                stages[stage.place].add(p, stage == truth);
            }
            if (truth == ProductStage.WITHDRAWN) continue;
            levels++;
            if (standing.low() <= Math.exp(level) && Math.exp(level) <= standing.high()) inside++;
        }
        for (int b = 0; b < bins.length; b++)
            assertThat(bins[b].standardErrorsOff()).as("bin %d", b).isBetween(-3.2, 3.2);
        for (ProductStage stage : ProductStage.values())
            assertThat(stages[stage.place].standardErrorsOff()).as(stage.name()).isBetween(-3.2, 3.2);
        assertThat((inside - .9 * levels) / Math.sqrt(.09 * levels)).isBetween(-3.2, 3.2);
    }

    private static int drawn(double[] chances, SplittableRandom random) {
        double left = random.nextDouble() * Arrays.stream(chances).sum();
        int place = 0;
        while (left >= chances[place] && place < chances.length - 1) left -= chances[place++];
        return place;
    }

    /** What was claimed with some probability, and what came true. */
    private static final class Claims {
        private double claimed;
        private double variance;
        private int held;

        void add(double probability, boolean is) {
            claimed += probability;
            variance += probability * (1 - probability);
            if (is) held++;
        }

        double standardErrorsOff() {
            return (held - claimed) / Math.sqrt(Math.max(variance, 1e-9));
        }
    }

    @Test
    void theSameSalesGiveTheSameStanding() {
        double[] sold = life(ProductStage.GROWTH, 80, .2, new SplittableRandom(43));
        assertThat(ProductLife.of(sold.clone(), full(), 1)).isEqualTo(ProductLife.of(sold, full(), 1));
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
