package io.rekindle.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDate;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NatureTest {
    private static final MarketSettings SETTINGS = MarketSettings.of(20_000, 31, LocalDate.of(2026, 3, 1));

    @Test
    void silenceOverSeveralDaysIsSilenceOnEachOfThem() {
        Rhythm rhythm = Rhythm.every(45);
        for (int since : List.of(0, 1, 20, 300)) {
            double product = 1;
            for (int day = 1; day <= 40; day++) product *= 1 - rhythm.chanceOnDay(since + day);
            assertThat(rhythm.chanceOfSilence(since, 40)).isCloseTo(product, within(1e-12));
        }
    }

    @Test
    void daysBetweenPurchasesHaveTheMeanAskedForAndAreMoreRegularThanChance() {
        for (int mean : List.of(10, 60, 200)) {
            Rhythm rhythm = Rhythm.every(mean);
            double first = 0;
            double second = 0;
            for (int day = 1; day < 100 * mean; day++) {
                double chance = rhythm.chanceOfSilence(0, day - 1) * rhythm.chanceOnDay(day);
                first += chance * day;
                second += chance * day * day;
            }
            // Cutting the last day off at midnight moves purchases half a day later on average.
            assertThat(first).isCloseTo(mean + 0.5, within(0.01));
            double variation = Math.sqrt(second - first * first) / first;
            assertThat(variation).isBetween(0.65, 0.72);
        }
    }

    @Test
    void theChanceOfBuyingRisesWithTheDaysSinceTheLastPurchase() {
        Rhythm rhythm = Rhythm.every(60);
        for (int day = 1; day < 400; day++)
            assertThat(rhythm.chanceOnDay(day + 1)).isGreaterThan(rhythm.chanceOnDay(day));
    }

    @Test
    void customersAreSpreadAsThePlanSays() {
        Draws draws = new Draws(31);
        List<Nature> natures = IntStream.range(0, 20_000)
                .mapToObj(number -> Nature.of(SETTINGS, draws, number))
                .toList();
        assertThat(natures.stream().filter(Nature::consents)).hasSizeBetween(16_800, 17_200);
        assertThat(natures.stream().filter(nature -> nature.mailbox() == Nature.Mailbox.UNKNOWN_USER))
                .hasSizeBetween(300, 500);
        assertThat(natures.stream().filter(nature -> nature.mailbox() == Nature.Mailbox.REFUSES_AT_FIRST))
                .hasSizeBetween(480, 720);
        assertThat(natures.stream().filter(nature -> nature.reads() == 0)).hasSizeBetween(2_800, 3_200);
        assertThat(natures.stream().filter(Nature::scanned)).hasSizeBetween(1_450, 1_750);
        assertThat(natures.stream().mapToDouble(Nature::dropOut).average().orElseThrow())
                .isCloseTo(1 / 7.0, within(0.005));
        assertThat(natures.stream()
                        .filter(nature -> nature.reads() > 0)
                        .mapToDouble(Nature::response)
                        .average()
                        .orElseThrow())
                .isCloseTo(MarketSettings.DEFAULT_EFFECT, within(0.001));
    }

    @Test
    void basketsComeCloseToTheSumFromBelow() {
        SplittableRandom random = new SplittableRandom(4);
        double shares = 0;
        for (int basket = 0; basket < 10_000; basket++) {
            long cents = 2_000 + random.nextLong(40_000);
            long spent = Catalogue.basket(random, basket % Catalogue.CATEGORIES, cents).stream()
                    .mapToLong(Catalogue.Line::amount)
                    .sum();
            assertThat(spent).isBetween(1L, cents);
            shares += (double) spent / cents;
        }
        assertThat(shares / 10_000).isBetween(0.85, 1.0);
    }

    @Test
    void drawsAreUniformAndNeighboursHaveNothingToDoWithEachOther() {
        Draws draws = new Draws(5);
        int days = 200;
        int customers = 500;
        int[] tenths = new int[10];
        double today = 0;
        double neighbour = 0;
        for (int customer = 0; customer < customers; customer++)
            for (int day = 0; day < days; day++) {
                double unit = draws.unit(customer, Draws.Purpose.BUY, day);
                tenths[(int) (unit * 10)]++;
                today += (unit - 0.5) * (draws.unit(customer, Draws.Purpose.BUY, day + 1) - 0.5);
                neighbour += (unit - 0.5) * (draws.unit(customer + 1, Draws.Purpose.BUY, day) - 0.5);
            }
        int all = days * customers;
        double expected = all / 10.0;
        double chiSquare = 0;
        for (int seen : tenths) chiSquare += (seen - expected) * (seen - expected) / expected;
        // 99.9 % of the chi-square distribution with 9 degrees of freedom lie below 27.88.
        assertThat(chiSquare).isLessThan(27.88);
        double standardError = 1 / 12.0 / Math.sqrt(all);
        assertThat(today / all).isCloseTo(0, within(4 * standardError));
        assertThat(neighbour / all).isCloseTo(0, within(4 * standardError));
    }
}
