package io.rekindle.models.demand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.demand.AbcXyz.Borders;
import io.rekindle.models.demand.AbcXyz.Steadiness;
import io.rekindle.models.demand.AbcXyz.Weight;
import io.rekindle.models.demand.SalesTable.Period;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SalesTableTest {
    private static final long MONDAY = LocalDate.of(2026, 3, 2).toEpochDay();

    @Test
    void weeksEndOnTheLastDayAndTheFirstIsCut() {
        // Ten days: the first week has three of them.
        long[] days = LongStream.range(MONDAY, MONDAY + 10).toArray();
        var table = SalesTable.of(
                new int[10], 1, days, IntStream.range(0, 10).mapToDouble(i -> 1).toArray(), Period.WEEK);
        assertThat(table.periods()).isEqualTo(2);
        assertThat(table.sold(0)).containsExactly(3, 7);
        assertThat(table.exposure()[0]).isCloseTo(3 / 7.0, within(1e-12));
        assertThat(table.exposure()[1]).isCloseTo(1, within(1e-12));
        assertThat(table.start(1)).isEqualTo(LocalDate.of(2026, 3, 5));
    }

    @Test
    void aWeekWithoutAnySaleIsNoBusinessAndAFreeSundayIs() {
        long[] days = LongStream.range(0, 28)
                .filter(d -> d % 7 != 6 && (d < 14 || d >= 21))
                .map(d -> MONDAY + d)
                .toArray();
        double[] ones = new double[days.length];
        Arrays.fill(ones, 1);
        var table = SalesTable.of(new int[days.length], 1, days, ones, Period.WEEK);
        // The last sale is on a Saturday: weeks run from Sunday to Saturday.
        assertThat(table.exposure()).hasSize(4);
        assertThat(table.exposure()[2]).isLessThan(.2);
        assertThat(table.exposure()[1]).isCloseTo(1, within(1e-12));
    }

    @Test
    void monthsAreTheCalendars() {
        var days = new long[] {
            LocalDate.of(2026, 1, 20).toEpochDay(),
            LocalDate.of(2026, 2, 3).toEpochDay(),
            LocalDate.of(2026, 3, 31).toEpochDay()
        };
        var table = SalesTable.of(new int[] {0, 1, 0}, 2, days, new double[] {2, 5, 3}, Period.MONTH);
        assertThat(table.sold(0)).containsExactly(2, 0, 3);
        assertThat(table.sold(1)).containsExactly(0, 5, 0);
        assertThat(table.firstPeriod(1)).isEqualTo(1);
        assertThat(table.total()).containsExactly(2, 5, 3);
    }

    @Test
    void theSeasonOfTwoYearsIsFoundAndOneYearShowsNone() {
        int months = 36;
        long[] days = IntStream.range(0, months * 28)
                .mapToLong(i -> LocalDate.of(2023, 1, 1)
                        .plusMonths(i / 28)
                        .plusDays(i % 28)
                        .toEpochDay())
                .toArray();
        double[] pieces = IntStream.range(0, days.length)
                .mapToDouble(i -> LocalDate.ofEpochDay(days[i]).getMonthValue() == 12 ? 30 : 10)
                .toArray();
        var table = SalesTable.of(new int[days.length], 1, days, pieces, Period.MONTH);
        double[] index = table.seasonalIndex();
        assertThat(index[11] / index[5]).isBetween(2.7, 3.3);
        assertThat(Arrays.stream(index).average().orElseThrow()).isCloseTo(1, within(1e-9));
        int year = 12 * 28;
        var oneYear =
                SalesTable.of(new int[year], 1, Arrays.copyOf(days, year), Arrays.copyOf(pieces, year), Period.MONTH);
        assertThat(oneYear.seasonalIndex()).containsOnly(1);
    }

    @Test
    void salesThatCannotBeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SalesTable.of(new int[0], 0, new long[0], new double[0], Period.WEEK))
                .withMessageContaining("no sale");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SalesTable.of(new int[1], 1, new long[1], new double[] {-1}, Period.WEEK))
                .withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        SalesTable.of(new int[2], 1, new long[] {0, 400L * 366}, new double[] {1, 1}, Period.WEEK))
                .withMessageContaining("200 years");
    }

    /** 70 + 15 = 85 ≥ 80: the second crosses the border of A and belongs to it; 95 is reached by the third. */
    @Test
    void abcFollowsTheTurnoverAddedUp() {
        assertThat(AbcXyz.abc(new double[] {10, 70, 15, 5, -3, 0}, Borders.USUAL))
                .containsExactly(Weight.B, Weight.A, Weight.A, Weight.C, Weight.C, Weight.C);
        assertThat(AbcXyz.abc(new double[] {0, 0}, Borders.USUAL)).containsOnly(Weight.C);
        assertThat(AbcXyz.abc(new double[] {1}, Borders.USUAL)).containsExactly(Weight.A);
        assertThatIllegalArgumentException().isThrownBy(() -> AbcXyz.abc(new double[] {Double.NaN}, Borders.USUAL));
    }

    /** Four of 20 are 80 of 98 and A. Of the two of 9 that follow the first begins at 82 %, the second at 91 %. Of five equal ones all are A, though four are 80 %. */
    @Test
    void equalTurnoverIsOfOneClassWhereverItStands() {
        assertThat(AbcXyz.abc(new double[] {20, 9, 20, 20, 9, 20}, Borders.USUAL))
                .containsExactly(Weight.A, Weight.B, Weight.A, Weight.A, Weight.B, Weight.A);
        assertThat(AbcXyz.abc(new double[] {.1 + .2, .3, .3, .1 + .2, .3}, Borders.USUAL))
                .containsOnly(Weight.A);
    }

    @Test
    void xyzIsTheCoefficientOfVariation() {
        // Mean 4, deviations ±2: standard deviation √(16/3) = 2.309, over 4: .5774.
        assertThat(AbcXyz.variation(new double[] {2, 6, 2, 6})).isCloseTo(.57735, within(1e-5));
        assertThat(AbcXyz.xyz(.57735, Borders.USUAL)).isEqualTo(Steadiness.Y);
        assertThat(AbcXyz.xyz(0, Borders.USUAL)).isEqualTo(Steadiness.X);
        assertThat(AbcXyz.xyz(1.2, Borders.USUAL)).isEqualTo(Steadiness.Z);
        assertThat(AbcXyz.xyz(AbcXyz.variation(new double[] {1, 2, 3}), Borders.USUAL))
                .isEqualTo(Steadiness.UNKNOWN);
        assertThat(AbcXyz.variation(new double[4])).isNaN();
    }
}
