package io.rekindle.models.demand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.demand.Decomposition.Season;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecompositionTest {
    private static final double[] WEEK = {-3, -1, 0, 1, 2, 4, -3};

    private static double[] lineAndWeek(int n) {
        double[] series = new double[n];
        for (int i = 0; i < n; i++) series[i] = 20 + .3 * i + WEEK[i % 7];
        return series;
    }

    @Test
    void aLineWithAWeekComesApartExactly() {
        for (var season : new Season[] {new Season.Periodic(), new Season.Changing(7)}) {
            var parts = Decomposition.of(lineAndWeek(70), 7, season, false);
            for (int i = 0; i < 70; i++) {
                assertThat(parts.trend()[i]).isCloseTo(20 + .3 * i, within(1e-6));
                assertThat(parts.season()[i]).isCloseTo(WEEK[i % 7], within(1e-6));
                assertThat(parts.remainder()[i]).isCloseTo(0, within(1e-6));
            }
            assertThat(parts.trendStrength()).isCloseTo(1, within(1e-9));
            assertThat(parts.seasonStrength()).isCloseTo(1, within(1e-9));
        }
    }

    @Test
    void thePartsSumToTheSeriesAndScaleWithItsUnits() {
        double[] series = lineAndWeek(90);
        var random = new SplittableRandom(3);
        for (int i = 0; i < series.length; i++) series[i] += 2 * random.nextDouble();
        double[] cents = new double[90];
        for (int i = 0; i < 90; i++) cents[i] = 100 * series[i];
        for (boolean robust : new boolean[] {false, true}) {
            var parts = Decomposition.of(series, 7, new Season.Changing(9), robust);
            var inCents = Decomposition.of(cents, 7, new Season.Changing(9), robust);
            for (int i = 0; i < 90; i++) {
                assertThat(parts.trend()[i] + parts.season()[i] + parts.remainder()[i])
                        .isCloseTo(series[i], within(1e-9));
                assertThat(inCents.trend()[i]).isCloseTo(100 * parts.trend()[i], within(1e-4));
                assertThat(inCents.season()[i]).isCloseTo(100 * parts.season()[i], within(1e-4));
            }
        }
    }

    @Test
    void aPromotionDayBendsNeitherTrendNorSeasonWhenRobust() {
        double[] series = lineAndWeek(84);
        var random = new SplittableRandom(5);
        for (int i = 0; i < series.length; i++) series[i] += .2 * random.nextDouble() - .1;
        series[40] += 500;
        var robust = Decomposition.of(series, 7, new Season.Periodic(), true);
        var plain = Decomposition.of(series, 7, new Season.Periodic(), false);
        assertThat(robust.trend()[40]).isCloseTo(20 + .3 * 40, within(.2));
        assertThat(robust.season()[40]).isCloseTo(WEEK[40 % 7], within(.2));
        assertThat(robust.remainder()[40]).isCloseTo(500, within(.5));
        assertThat(Math.abs(plain.trend()[40] - (20 + .3 * 40))).isGreaterThan(5);
    }

    @Test
    void missingDaysAreBridged() {
        double[] series = lineAndWeek(70);
        for (int i = 30; i < 35; i++) series[i] = Double.NaN;
        var parts = Decomposition.of(series, 7, new Season.Periodic(), false);
        for (int i = 0; i < 70; i++) assertThat(parts.trend()[i]).isCloseTo(20 + .3 * i, within(1e-5));
        assertThat(parts.remainder()[32]).isNaN();
        assertThat(parts.remainder()[36]).isCloseTo(0, within(1e-5));
    }

    /** Noise alone has little season; what it shows is the share of 7 free numbers in 140. */
    @Test
    void noiseHasNoSeason() {
        double[] noise = new double[140];
        var random = new SplittableRandom(7);
        for (int i = 0; i < noise.length; i++) noise[i] = random.nextDouble();
        var parts = Decomposition.of(noise, 7, new Season.Periodic(), false);
        assertThat(parts.seasonStrength()).isLessThan(.2);
        double sum = 0;
        for (int i = 0; i < 7; i++) sum += parts.season()[70 + i];
        assertThat(sum).isCloseTo(0, within(1e-6));
    }

    @Test
    void whatCannotComeApartIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Decomposition.of(new double[13], 7, new Season.Periodic(), true))
                .withMessageContaining("less than two cycles");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Decomposition.of(new double[13], 1, new Season.Periodic(), true))
                .withMessageContaining("at least 2");
        double[] gap = lineAndWeek(21);
        for (int i = 2; i < 21; i += 7) gap[i] = Double.NaN;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Decomposition.of(gap, 7, new Season.Periodic(), true))
                .withMessageContaining("place 3 of any cycle");
        assertThatIllegalArgumentException().isThrownBy(() -> new Season.Changing(8));
        var constant = Decomposition.of(new double[28], 7, new Season.Periodic(), true);
        assertThat(constant.seasonStrength()).isZero();
    }
}
