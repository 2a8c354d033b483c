package io.rekindle.models.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.value.ValueTiers.Settings;
import java.util.EnumSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ValueTiersTest {
    /** Ten customers, the first the best in everything but loyalty. */
    private static final double[] AMOUNT = {900, 800, 700, 600, 500, 400, 300, 200, 100, 50};

    private static final int[] FREQUENCY = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
    private static final double[] RECENCY = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    private static final double[] LOYALTY = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100};

    @Test
    void tenDifferentCustomersGetTwoOfEachScore() {
        ValueTiers tiers = ValueTiers.of(AMOUNT, FREQUENCY, RECENCY, LOYALTY, Settings.DEFAULT);
        int[] expected = {5, 5, 4, 4, 3, 3, 2, 2, 1, 1};
        for (int i = 0; i < 10; i++) {
            assertThat(tiers.amount(i)).isEqualTo(expected[i]);
            assertThat(tiers.frequency(i)).isEqualTo(expected[i]);
            assertThat(tiers.recency(i)).isEqualTo(expected[i]);
            assertThat(tiers.loyalty(i)).isEqualTo(6 - expected[i]);
            // .4 + .25 + .25 = .9 of the score, .1 of its opposite
            assertThat(tiers.composite(i)).isCloseTo(.9 * expected[i] + .1 * (6 - expected[i]), within(1e-12));
        }
        ValueTier[] tier = {
            ValueTier.HIGH, ValueTier.HIGH, ValueTier.MIDDLE, ValueTier.MIDDLE, ValueTier.MIDDLE,
            ValueTier.LOW, ValueTier.LOW, ValueTier.LOW, ValueTier.LOW, ValueTier.LOW
        };
        for (int i = 0; i < 10; i++) assertThat(tiers.tier(i)).isEqualTo(tier[i]);
    }

    @Test
    void equalValuesGetEqualScoresAndTheMiddleOfTheirRanks() {
        // Eight of ten bought once: mid-rank .4, score 3. The others: mid-ranks .85 and .95, score 5.
        int[] frequency = {1, 1, 1, 1, 1, 1, 1, 1, 2, 9};
        ValueTiers tiers = ValueTiers.of(AMOUNT, frequency, RECENCY, LOYALTY, Settings.DEFAULT);
        for (int i = 0; i < 8; i++) assertThat(tiers.frequency(i)).isEqualTo(3);
        assertThat(tiers.frequency(8)).isEqualTo(5);
        assertThat(tiers.frequency(9)).isEqualTo(5);
    }

    @Test
    void customersEqualInEverythingScoreThreeAndShareATier() {
        double[] same = {7, 7, 7};
        ValueTiers tiers = ValueTiers.of(same, new int[] {2, 2, 2}, same, same, Settings.DEFAULT);
        for (int i = 0; i < 3; i++) {
            assertThat(tiers.composite(i)).isEqualTo(3);
            assertThat(tiers.tier(i)).isEqualTo(tiers.tier(0));
        }
        assertThat(ValueTiers.of(new double[0], new int[0], new double[0], new double[0], Settings.DEFAULT)
                        .size())
                .isZero();
    }

    @Test
    void theOrderOfRowsDoesNotMatter() {
        SplittableRandom random = new SplittableRandom(1);
        int n = 500;
        double[] amount = random.doubles(n).map(v -> Math.floor(v * 40)).toArray();
        int[] frequency = random.ints(n, 1, 6).toArray();
        double[] recency = random.doubles(n).map(v -> Math.floor(v * 30)).toArray();
        double[] loyalty = random.doubles(n).map(v -> Math.floor(v * 50)).toArray();
        ValueTiers one = ValueTiers.of(amount, frequency, recency, loyalty, Settings.DEFAULT);
        double[] backAmount = new double[n];
        int[] backFrequency = new int[n];
        double[] backRecency = new double[n];
        double[] backLoyalty = new double[n];
        for (int i = 0; i < n; i++) {
            backAmount[i] = amount[n - 1 - i];
            backFrequency[i] = frequency[n - 1 - i];
            backRecency[i] = recency[n - 1 - i];
            backLoyalty[i] = loyalty[n - 1 - i];
        }
        ValueTiers other = ValueTiers.of(backAmount, backFrequency, backRecency, backLoyalty, Settings.DEFAULT);
        int high = 0;
        for (int i = 0; i < n; i++) {
            assertThat(other.composite(n - 1 - i)).isEqualTo(one.composite(i));
            assertThat(other.tier(n - 1 - i)).isEqualTo(one.tier(i));
            assertThat(other.group(n - 1 - i)).isEqualTo(one.group(i));
            if (one.tier(i) == ValueTier.HIGH) high++;
        }
        assertThat(high).isBetween(98, 102);
    }

    @Test
    void everyCombinationOfScoresHasAGroupAndEveryGroupACombination() {
        EnumSet<ValueGroup> met = EnumSet.noneOf(ValueGroup.class);
        for (int r = 1; r <= 5; r++)
            for (int f = 1; f <= 5; f++)
                for (int m = 1; m <= 5; m++) for (int l = 1; l <= 5; l++) met.add(ValueGroup.of(r, f, m, l));
        assertThat(met).containsExactlyInAnyOrder(ValueGroup.values());
    }

    @Test
    void groupsAreNamedAsDocumented() {
        assertThat(ValueGroup.of(5, 5, 5, 1)).isEqualTo(ValueGroup.CHAMPIONS);
        assertThat(ValueGroup.of(1, 2, 5, 4)).isEqualTo(ValueGroup.BIG_SPENDERS_AT_RISK);
        assertThat(ValueGroup.of(2, 4, 3, 4)).isEqualTo(ValueGroup.LOYAL_AT_RISK);
        assertThat(ValueGroup.of(5, 3, 2, 1)).isEqualTo(ValueGroup.PROMISING_NEWCOMERS);
        assertThat(ValueGroup.of(5, 1, 1, 1)).isEqualTo(ValueGroup.NEWCOMERS);
        assertThat(ValueGroup.of(3, 5, 3, 4)).isEqualTo(ValueGroup.LOYAL);
        assertThat(ValueGroup.of(4, 2, 5, 3)).isEqualTo(ValueGroup.BIG_SPENDERS);
        assertThat(ValueGroup.of(4, 2, 2, 5)).isEqualTo(ValueGroup.ACTIVE);
        assertThat(ValueGroup.of(3, 2, 2, 2)).isEqualTo(ValueGroup.NEEDS_ATTENTION);
        assertThat(ValueGroup.of(1, 1, 3, 3)).isEqualTo(ValueGroup.SLEEPING);
        assertThat(ValueGroup.of(1, 1, 1, 5)).isEqualTo(ValueGroup.HIBERNATING);
    }

    @Test
    void rowsAndSettingsThatCannotBeAreRefused() {
        double[] one = {1};
        assertThatThrownBy(() -> ValueTiers.of(new double[] {Double.NaN}, new int[] {1}, one, one, Settings.DEFAULT))
                .hasMessageStartingWith("row 0: amount NaN");
        assertThatThrownBy(() -> ValueTiers.of(one, new int[] {-1}, one, one, Settings.DEFAULT))
                .hasMessageContaining("frequency -1");
        assertThatThrownBy(() -> ValueTiers.of(one, new int[0], one, one, Settings.DEFAULT))
                .hasMessageContaining("equally long");
        assertThatThrownBy(() -> new Settings(0, 0, 0, 0, .2, .3)).hasMessageContaining("all weights are 0");
        assertThatThrownBy(() -> new Settings(1, 1, 1, 1, .8, .3)).hasMessageContaining("together at most 1");
    }
}
