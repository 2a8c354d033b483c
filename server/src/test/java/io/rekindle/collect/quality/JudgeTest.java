package io.rekindle.collect.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.collect.quality.Market.Fault;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("LongDoubleConversion") // counts, far below what a double holds exactly
class JudgeTest {
    private static final int SEEDS = Integer.getInteger("rekindle.quality.seeds", 1);
    private static final LocalDate MONDAY = LocalDate.of(2026, 1, 5);
    private static final Judge.Excused NONE = (day, kind, field, rule) -> false;

    private static List<SourceDay> weeks(Market market, int weeks) {
        var days = new ArrayList<SourceDay>();
        for (int i = 0; i < 7 * weeks; i++) days.add(ByHand.sum(market.day(MONDAY.plusDays(i), i / 7, Fault.NONE)));
        return days;
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 400})
    void undisturbedWeeksRaiseNoAlert(int size) {
        int judged = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            var days = weeks(new Market(seed, size), 8);
            for (int i = 14; i < days.size(); i++) {
                var verdict = Judge.of(days.get(i), days.subList(Math.max(0, i - 28), i), NONE);
                assertThat(verdict.findings().stream().filter(Judge.Finding::departs))
                        .as("seed %d, day %d", seed, i)
                        .isEmpty();
                assertThat(verdict.scores().score()).isBetween(80.0, 100.0);
                judged += verdict.findings().size();
            }
        }
        assertThat(judged).as("comparisons that could have raised one").isGreaterThan(500);
    }

    @Test
    void aDisturbedDayIsToldByItsFaultAndByNothingElse() {
        for (long seed = 101; seed <= 102; seed++) {
            var market = new Market(seed, 600);
            var before = weeks(market, 4);
            var day = MONDAY.plusDays(28);
            var good = Judge.of(ByHand.sum(market.day(day, 4, Fault.NONE)), before, NONE);
            assertThat(good.findings()).noneMatch(Judge.Finding::departs);
            for (var fault : Fault.values()) {
                var telling = Market.telling(fault);
                if (telling == null) continue;
                var bad = Judge.of(ByHand.sum(market.day(day, 4, fault)), before, NONE);
                assertThat(bad.findings().stream().filter(Judge.Finding::departs))
                        .as("%s, seed %d", fault, seed)
                        .anyMatch(f -> f.kind().equals(telling.kind()))
                        .allSatisfy(f -> {
                            assertThat(f.rule()).isEqualTo(telling.rule());
                            assertThat(f.field()).isEqualTo(telling.field());
                        });
                assertThat(side(fault, bad.scores()))
                        .as("%s costs points", fault)
                        .isLessThan(side(fault, good.scores()));
            }
        }
    }

    /** Died after a week: the chart needs a fortnight. One of less than 30 a day, or quiet for a weekend, is left alone. */
    @Test
    void aSourceThatDiesYoungIsToldOfAfterThreeEmptyDays() {
        var market = new Market(7, 60);
        var days = new ArrayList<SourceDay>();
        for (int i = 0; i < 10; i++)
            days.add(ByHand.sum(market.day(MONDAY.plusDays(i), i / 7, i < 7 ? Fault.NONE : Fault.NOTHING)));
        var verdicts = new ArrayList<Judge.Verdict>();
        for (int i = 7; i < 10; i++) verdicts.add(Judge.of(days.get(i), days.subList(0, i), NONE));
        assertThat(verdicts).allSatisfy(v -> assertThat(v.scores().score()).isNull());
        assertThat(verdicts.get(0).findings()).isEmpty();
        assertThat(verdicts.get(1).findings()).isEmpty();
        double usual = days.subList(0, 7).stream()
                .mapToLong(SourceDay::eventsOfAll)
                .average()
                .orElseThrow();
        assertThat(verdicts.get(2).findings())
                .containsExactly(new Judge.Finding(EventKind.ALL, "", Rule.SILENT, usual, 0, true));

        var small = new ArrayList<SourceDay>();
        for (var day : days) {
            var few = SourceDay.empty(day.day());
            if (day.eventsOfAll() > 0) few.events().put(Market.VIEW, 29L);
            small.add(few);
        }
        assertThat(Judge.of(small.get(9), small.subList(0, 9), NONE).findings()).isEmpty();
    }

    private static double side(Fault fault, Judge.Scores scores) {
        @Nullable
        Double side = switch (fault) {
            case NONE -> scores.score();
            case FEWER, NOTHING, NO_CURRENCY, STRANGERS -> scores.completeness();
            case CENTS -> scores.stability();
            case TEXT_TOTALS, REJECTED -> scores.validity();
            case REPEATED_NUMBERS, TWICE -> scores.uniqueness();
            case LATE -> scores.timeliness();
        };
        return Objects.requireNonNull(side);
    }

    @Test
    void aChangeThatIsNotWorthAWordIsNotTold() {
        var before = new ArrayList<Rate>();
        for (int i = 0; i < 28; i++) before.add(new Rate(MONDAY.plusDays(i), 90_000, 100_000));
        var day = MONDAY.plusDays(28);
        assertThat(ControlChart.ofShare(before, new Rate(day, 88_000, 100_000), ControlChart.Bad.FALL)
                        .departs())
                .as("two points, forty standard deviations")
                .isFalse();
        assertThat(ControlChart.ofShare(before, new Rate(day, 86_000, 100_000), ControlChart.Bad.FALL)
                        .departs())
                .isTrue();
        assertThat(ControlChart.ofShare(before, new Rate(day, 94_000, 100_000), ControlChart.Bad.FALL)
                        .departs())
                .isFalse();
        assertThat(ControlChart.ofShare(before, new Rate(day, 94_000, 100_000), ControlChart.Bad.RISE)
                        .departs())
                .isTrue();
        assertThat(ControlChart.ofShare(before, new Rate(day, 3, 29), ControlChart.Bad.FALL)
                        .judged())
                .as("too few to tell")
                .isFalse();
        assertThat(ControlChart.ofShare(before.subList(0, 13), new Rate(day, 0, 100), ControlChart.Bad.FALL)
                        .judged())
                .as("too short a time")
                .isFalse();
    }

    /** Published points of Student's distribution: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, to three digits. */
    @Test
    void tailsAreThoseOfStudent() {
        assertThat(ControlChart.tail(2.080, 21)).isCloseTo(0.025, within(3e-5));
        assertThat(ControlChart.tail(3.527, 21)).isCloseTo(0.001, within(2e-6));
        assertThat(ControlChart.tail(4.785, 7)).isCloseTo(0.001, within(2e-6));
    }

    /** Two bins, half and half before, 60 to 40 now: (0.1)(ln 1.2) − (0.1)(ln 0.8) = 0.0405. */
    @Test
    void theStabilityIndexIsTheOneWorkedOutByHand() {
        var before = new ArrayList<Drift.Day>();
        for (int i = 0; i < 28; i++)
            before.add(new Drift.Day(MONDAY.plusDays(i), Map.of("a", 500_000L, "b", 500_000L)));
        var drift = Drift.of(before, new Drift.Day(MONDAY.plusDays(28), Map.of("a", 600_000L, "b", 400_000L)));
        assertThat(drift.found()).isCloseTo(0.0405465, within(1e-4));
        assertThat(drift.departs()).isFalse();
        var new80 = Drift.of(before, new Drift.Day(MONDAY.plusDays(28), Map.of("a", 800_000L, "b", 200_000L)));
        assertThat(new80.found()).isCloseTo(0.3 * Math.log(1.6) - 0.3 * Math.log(0.4), within(1e-4));
        assertThat(new80.departs()).isTrue();
    }

    @Test
    void aValueNeverSeenBeforeIsADrift() {
        var before = new ArrayList<Drift.Day>();
        for (int i = 0; i < 28; i++) before.add(new Drift.Day(MONDAY.plusDays(i), Map.of("CNY", 200L)));
        assertThat(Drift.of(before, new Drift.Day(MONDAY.plusDays(28), Map.of("CNY", 100L, "USD", 100L)))
                        .departs())
                .isTrue();
        assertThat(Drift.of(before, new Drift.Day(MONDAY.plusDays(28), Map.of("CNY", 199L, "USD", 1L)))
                        .departs())
                .isFalse();
    }

    /** Without a change the chance bound alone is passed about once in a million times: of 800 draws by none. */
    @Test
    void smallDaysDoNotDriftByChance() {
        var random = new SplittableRandom(3);
        for (int world = 0; world < 40; world++) {
            var days = new ArrayList<Drift.Day>();
            for (int i = 0; i < 48; i++) {
                var bins = new HashMap<String, Long>();
                for (int n = 0; n < 110; n++)
                    bins.merge("b" + (int) (30 * Math.pow(random.nextDouble(), 2)), 1L, Long::sum);
                days.add(new Drift.Day(MONDAY.plusDays(i), bins));
            }
            for (int i = 28; i < 48; i++)
                assertThat(Drift.of(days.subList(i - 28, i), days.get(i)).departs())
                        .isFalse();
        }
    }
}
