package io.rekindle.models.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChannelResponseTest {
    private static final double[] LEVEL = {-1, -1.6, -2};
    private static final double RESPONSIVENESS = .8;
    private static final double PREFERENCE = .9;

    /** Customers with known rates on three channels, reached up to so many times on each. */
    private static final class Town {
        final double[][] rate;
        final int[][] delivered;
        final int[][] answered;

        Town(long seed, int customers, int most) {
            SplittableRandom random = new SplittableRandom(seed);
            rate = new double[customers][3];
            delivered = new int[customers][3];
            answered = new int[customers][3];
            for (int c = 0; c < customers; c++) {
                double responsive = RESPONSIVENESS * random.nextGaussian();
                for (int k = 0; k < 3; k++) {
                    double odds = LEVEL[k] + responsive + PREFERENCE * random.nextGaussian();
                    rate[c][k] = 1 / (1 + Math.exp(-odds));
                    delivered[c][k] = random.nextInt(most + 1);
                    for (int i = 0; i < delivered[c][k]; i++) if (random.nextDouble() < rate[c][k]) answered[c][k]++;
                }
            }
        }
    }

    @Test
    void customersOwnChannelsAreBetterThanEverybodysBestAndTheDoubtIsCalibrated() {
        Town town = new Town(1, 6_000, 15);
        ChannelResponse learnt = ChannelResponse.learn(town.delivered, town.answered);
        for (int k = 0; k < 3; k++) assertThat(learnt.level(k)).isCloseTo(LEVEL[k], within(.12));
        assertThat(learnt.responsiveness()).isCloseTo(RESPONSIVENESS, within(.1));
        assertThat(learnt.preference()).isCloseTo(PREFERENCE, within(.1));
        assertThat(learnt.usual()).isZero();
        BestChannel[] best = learnt.best(town.delivered, town.answered, .8);
        double withOwn = 0;
        double withUsual = 0;
        double[] count = new double[2];
        double[] right = new double[2];
        double[] chance = new double[2];
        double rate = 0;
        double toldOwn = 0;
        double toldUsual = 0;
        for (int c = 0; c < best.length; c++) {
            withOwn += town.rate[c][best[c].channel()];
            withUsual += town.rate[c][0];
            rate += best[c].rate();
            if (!best[c].told()) assertThat(best[c].channel()).isZero();
            if (best[c].told()) {
                toldOwn += town.rate[c][best[c].channel()];
                toldUsual += town.rate[c][0];
            }
            if (best[c].own() == 0) continue;
            int told = best[c].told() ? 1 : 0;
            count[told]++;
            chance[told] += best[c].chance();
            if (town.rate[c][best[c].own()] > town.rate[c][0]) right[told]++;
        }
        assertThat(withOwn).isGreaterThan(1.02 * withUsual);
        assertThat(toldOwn).isGreaterThan(1.3 * toldUsual);
        assertThat(rate / withOwn).isCloseTo(1, within(.03));
        for (int told = 0; told < 2; told++) {
            assertThat(count[told]).isGreaterThan(200);
            assertThat(right[told] / count[told]).isCloseTo(chance[told] / count[told], within(.05));
        }
    }

    @Test
    void whoAnswersOneChannelIsExpectedToAnswerTheOthersMoreToo() {
        Town town = new Town(2, 3_000, 12);
        ChannelResponse learnt = ChannelResponse.learn(town.delivered, town.answered);
        BestChannel nothing = learnt.best(new int[3], new int[3], .8);
        BestChannel keen = learnt.best(new int[] {0, 12, 0}, new int[] {0, 8, 0}, .8);
        BestChannel prefers = learnt.best(new int[] {12, 12, 0}, new int[] {2, 8, 0}, .8);
        BestChannel silent = learnt.best(new int[] {12, 0, 0}, new int[3], .8);
        assertThat(nothing.told()).isFalse();
        assertThat(nothing.messages()).isZero();
        // Keen on the one channel known: likely on the other too, so the preference cannot be told.
        assertThat(keen.own()).isEqualTo(1);
        assertThat(keen.told()).isFalse();
        assertThat(prefers.channel()).isEqualTo(1);
        assertThat(prefers.told()).isTrue();
        assertThat(silent.rate()).isLessThan(nothing.rate());
        // Ten thousand messages are no trouble.
        assertThat(learnt.best(new int[] {10_000, 10_000, 0}, new int[] {1_000, 3_000, 0}, .8)
                        .channel())
                .isEqualTo(1);
    }

    @Test
    void repeatedCustomersLeaveTheEstimatesAndAnotherOrderToo() {
        Town town = new Town(3, 800, 8);
        int[][] delivered = new int[1_600][];
        int[][] answered = new int[1_600][];
        for (int c = 0; c < 1_600; c++) {
            delivered[c] = town.delivered[799 - c % 800];
            answered[c] = town.answered[799 - c % 800];
        }
        ChannelResponse one = ChannelResponse.learn(town.delivered, town.answered);
        ChannelResponse twice = ChannelResponse.learn(delivered, answered);
        assertThat(twice.responsiveness()).isCloseTo(one.responsiveness(), within(1e-4));
        assertThat(twice.preference()).isCloseTo(one.preference(), within(1e-4));
        for (int k = 0; k < 3; k++) assertThat(twice.level(k)).isCloseTo(one.level(k), within(1e-4));
    }

    /** More customers than it is learnt from: which are taken hangs on their counts and not on where they stand. */
    @Test
    void theOrderOfManyCustomersChangesNothing() {
        int customers = 6_000;
        Town town = new Town(5, customers, 8);
        int[][] delivered = new int[customers][];
        int[][] answered = new int[customers][];
        for (int c = 0; c < customers; c++) {
            delivered[c] = town.delivered[customers - 1 - c];
            answered[c] = town.answered[customers - 1 - c];
        }
        ChannelResponse one = ChannelResponse.learn(town.delivered, town.answered);
        ChannelResponse other = ChannelResponse.learn(delivered, answered);
        assertThat(other.responsiveness()).isEqualTo(one.responsiveness());
        assertThat(other.preference()).isEqualTo(one.preference());
        for (int k = 0; k < 3; k++) assertThat(other.level(k)).isEqualTo(one.level(k));
    }

    @Test
    void fewOddOrEmptyDataStillGiveAnAnswer() {
        ChannelResponse one = ChannelResponse.learn(new int[][] {{3, 0}}, new int[][] {{3, 0}});
        assertThat(one.usual()).isZero();
        assertThat(one.best(new int[] {3, 0}, new int[] {3, 0}, .8).channel()).isZero();
        ChannelResponse single = ChannelResponse.learn(new int[][] {{3}, {4}}, new int[][] {{0}, {4}});
        assertThat(single.best(new int[] {1}, new int[] {0}, .8).channel()).isZero();
        ChannelResponse never = ChannelResponse.learn(new int[][] {{30, 40}, {20, 10}}, new int[2][2]);
        assertThat(never.best(new int[] {1, 1}, new int[2], .8).rate()).isLessThan(.05);
    }

    @Test
    void whatCannotBeIsRefusedInWords() {
        assertThatThrownBy(() -> ChannelResponse.learn(new int[][] {{0, 0}}, new int[][] {{0, 0}}))
                .hasMessage("no message was delivered to anybody");
        assertThatThrownBy(() -> ChannelResponse.learn(new int[][] {{1, 0}}, new int[][] {{2, 0}}))
                .hasMessage("customer 0 answered 2 of 1 messages on channel 0");
        assertThatThrownBy(() -> ChannelResponse.learn(new int[0][], new int[0][]))
                .hasMessageContaining("at least one");
    }
}
