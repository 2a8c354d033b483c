package io.rekindle.models.bandit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.hipparchus.special.Beta;
import org.junit.jupiter.api.Test;

class BanditTest {
    /** Whole shapes: a finite sum, without quadrature. */
    private static double secondIsBest(int a1, int b1, int a2, int b2) {
        double sum = 0;
        for (int i = 0; i < a2; i++)
            sum += Math.exp(
                    Beta.logBeta(a1 + i, b1 + b2) - Math.log(b2 + i) - Beta.logBeta(1 + i, b2) - Beta.logBeta(a1, b1));
        return sum;
    }

    /** Expected pulls of the worse of two arms, by all the ways the next rounds can go. */
    private static double worsePulls(int rounds, double first, double second, int s1, int f1, int s2, int f2) {
        if (rounds == 0) return 0;
        double p = secondIsBest(1 + s1, 1 + f1, 1 + s2, 1 + f2);
        double ifFirst = first * worsePulls(rounds - 1, first, second, s1 + 1, f1, s2, f2)
                + (1 - first) * worsePulls(rounds - 1, first, second, s1, f1 + 1, s2, f2);
        double ifSecond = 1
                + second * worsePulls(rounds - 1, first, second, s1, f1, s2 + 1, f2)
                + (1 - second) * worsePulls(rounds - 1, first, second, s1, f1, s2, f2 + 1);
        return (1 - p) * ifFirst + p * ifSecond;
    }

    /** Runs of one bandit of two arms: those that come by the same answers share what was calculated from them. */
    private static final class Known {
        private final Map<List<Integer>, BernoulliBandit> bandits = new HashMap<>();
        private List<Integer> answers = List.of(0, 0, 0, 0);

        BernoulliBandit start() {
            answers = List.of(0, 0, 0, 0);
            return bandits.computeIfAbsent(answers, none -> BernoulliBandit.of(2));
        }

        BernoulliBandit next(int arm, boolean answer) {
            BernoulliBandit before = Objects.requireNonNull(bandits.get(answers));
            List<Integer> more = new ArrayList<>(answers);
            more.set(2 * arm + (answer ? 0 : 1), more.get(2 * arm + (answer ? 0 : 1)) + 1);
            answers = List.copyOf(more);
            return bandits.computeIfAbsent(answers, these -> before.observe(arm, answer));
        }
    }

    @Test
    void theRegretOfAShortTimeIsTheExactOne() {
        double exact = worsePulls(7, .7, .4, 0, 0, 0, 0);
        SplittableRandom random = new SplittableRandom(1);
        int runs = 4_000;
        double sum = 0;
        double squares = 0;
        Known known = new Known();
        for (int run = 0; run < runs; run++) {
            BernoulliBandit bandit = known.start();
            int worse = 0;
            for (int t = 0; t < 7; t++) {
                int arm = bandit.choose(random).arm();
                worse += arm;
                bandit = known.next(arm, random.nextDouble() < (arm == 0 ? .7 : .4));
            }
            sum += worse;
            squares += (double) worse * worse;
        }
        double mean = sum / runs;
        double error = Math.sqrt((squares / runs - mean * mean) / runs);
        assertThat(mean).isCloseTo(exact, within(4 * error));
    }

    /**
     * Lai and Robbins (1985): no consistent way has a regret below Δ / KL · ln T in the long run; Thompson sampling reaches it
     * from below at such times. UCB1 (Auer et al. 2002) pays several times as much.
     */
    @Test
    void theRegretOfALongTimeIsNearTheLowestPossibleAndFarBelowUcb() {
        double[] rate = {.6, .4};
        int rounds = 800;
        int runs = 40;
        double divergence = .4 * Math.log(.4 / .6) + .6 * Math.log(.6 / .4);
        double lowest = .2 / divergence * Math.log(rounds);
        double thompson = 0;
        double ucb = 0;
        SplittableRandom random = new SplittableRandom(2);
        Known known = new Known();
        for (int run = 0; run < runs; run++) {
            BernoulliBandit bandit = known.start();
            double[] pulls = new double[2];
            double[] wins = new double[2];
            for (int t = 0; t < rounds; t++) {
                int arm = bandit.choose(random).arm();
                thompson += (.6 - rate[arm]) / runs;
                bandit = known.next(arm, random.nextDouble() < rate[arm]);
                int upper = t < 2 ? t : upper(pulls, wins, 0, t) >= upper(pulls, wins, 1, t) ? 0 : 1;
                ucb += (.6 - rate[upper]) / runs;
                pulls[upper]++;
                if (random.nextDouble() < rate[upper]) wins[upper]++;
            }
        }
        assertThat(thompson).isBetween(.25 * lowest, 1.2 * lowest);
        assertThat(ucb).isGreaterThan(1.7 * thompson);
    }

    private static double upper(double[] pulls, double[] wins, int arm, int t) {
        return wins[arm] / pulls[arm] + Math.sqrt(2 * Math.log(t) / pulls[arm]);
    }

    @Test
    void whereTheBestArmChangesForgettingLosesLess() {
        double[] regret = new double[2];
        for (int run = 0; run < 20; run++)
            for (int way = 0; way < 2; way++) {
                SplittableRandom random = new SplittableRandom(100 + run);
                BernoulliBandit bandit = BernoulliBandit.of(2, 1, 1, way == 0 ? 1 : .98);
                for (int t = 0; t < 1_000; t++) {
                    int best = t < 500 ? 0 : 1;
                    int arm = bandit.choose(random).arm();
                    if (arm != best) regret[way] += .4;
                    bandit = bandit.observe(arm, random.nextDouble() < (arm == best ? .6 : .2));
                }
            }
        assertThat(regret[1]).isLessThan(.7 * regret[0]);
    }

    /** A prior worth one answer of 0 ± 1 and the answers 2 and 4: mean 6 / 3, and the scale by hand. */
    @Test
    void theBeliefAboutAnAmountIsTheHandCalculation() {
        GaussianBandit bandit = GaussianBandit.of(2, new GaussianBandit.Prior(0, 1, 1), 1)
                .observe(0, 2)
                .observe(0, 4);
        assertThat(bandit.mean(0)).isCloseTo(2, within(1e-12));
        assertThat(bandit.mean(1)).isZero();
        // b = 1 + (2 + 1·2·9 / 3) / 2 = 5, a = 2, so t with 4 degrees of freedom around 2 with scale √(5 / (2·3))
        // against t with
        // 2 around 0 with scale 1; by a Monte Carlo of those two.
        SplittableRandom random = new SplittableRandom(5);
        int wins = 0;
        int draws = 400_000;
        for (int d = 0; d < draws; d++) {
            double first = 2 + Math.sqrt(5 / 6.0) * student(random, 4);
            if (first > student(random, 2)) wins++;
        }
        double p = bandit.probabilities()[0];
        assertThat(p).isCloseTo((double) wins / draws, within(4 * Math.sqrt(p * (1 - p) / draws) + 1e-5));
    }

    /** Of a whole number of degrees of freedom. */
    private static double student(SplittableRandom random, int freedom) {
        double squares = 0;
        for (int i = 0; i < freedom; i++) {
            double z = random.nextGaussian();
            squares += z * z;
        }
        return random.nextGaussian() / Math.sqrt(squares / freedom);
    }

    @Test
    void amountsInAnotherCurrencyAreChosenAlike() {
        GaussianBandit euros = GaussianBandit.of(3, new GaussianBandit.Prior(10, 5, 1), .95);
        GaussianBandit cents = GaussianBandit.of(3, new GaussianBandit.Prior(1000, 500, 1), .95);
        SplittableRandom random = new SplittableRandom(3);
        for (int t = 0; t < 60; t++) {
            int arm = t % 3;
            double answer = 10 + arm + 6 * random.nextGaussian();
            euros = euros.observe(arm, answer);
            cents = cents.observe(arm, 100 * answer);
        }
        assertThat(cents.probabilities()).containsExactly(euros.probabilities(), within(1e-9));
    }

    @Test
    void amountsAreLearntAndTheBestArmPlayed() {
        double[] truth = {1, 1.5, 3};
        SplittableRandom random = new SplittableRandom(4);
        GaussianBandit bandit = GaussianBandit.of(3, new GaussianBandit.Prior(0, 3, .1), 1);
        int best = 0;
        for (int t = 0; t < 600; t++) {
            int arm = bandit.choose(random).arm();
            if (arm == 2) best++;
            bandit = bandit.observe(arm, truth[arm] + 3 * random.nextGaussian());
        }
        assertThat(best).isGreaterThan(450);
        assertThat(bandit.mean(2)).isCloseTo(3, within(.5));
    }

    /** Two kinds of customers with opposite tastes: knowing them earns what no single arm can. */
    @Test
    void whereTheBestArmDependsOnTheCustomerItIsLearnt() {
        SplittableRandom random = new SplittableRandom(6);
        LinearBandit bandit = LinearBandit.of(2, 3, 1, .5, 1);
        double lateRegret = 0;
        for (int t = 0; t < 1_200; t++) {
            double taste = random.nextGaussian();
            double[] customer = {1, taste, random.nextGaussian()};
            double[] expected = {.5 * taste, -.5 * taste};
            int arm = bandit.choose(customer, random).arm();
            if (t >= 600) lateRegret += Math.max(expected[0], expected[1]) - expected[arm];
            bandit = bandit.observe(arm, customer, expected[arm] + .5 * random.nextGaussian());
        }
        // Any one arm for all loses E|taste| / 2 = .4 a round.
        assertThat(lateRegret / 600).isLessThan(.02);
        assertThat(bandit.mean(0, new double[] {1, 1, 0})).isCloseTo(.5, within(.1));
        assertThat(bandit.mean(1, new double[] {1, 1, 0})).isCloseTo(-.5, within(.1));
    }

    /** Ridge regression by hand: one feature of 1, answers 1 and 3, ridge 1: 4 / 3; another arm knows nothing. */
    @Test
    void theRegressionIsTheHandCalculation() {
        LinearBandit bandit =
                LinearBandit.of(2, 1, 1, 1, 1).observe(0, new double[] {1}, 1).observe(0, new double[] {1}, 3);
        assertThat(bandit.mean(0, new double[] {1})).isCloseTo(4 / 3.0, within(1e-12));
        assertThat(bandit.mean(1, new double[] {1})).isZero();
        // Fading keeps the prior: .9 · 1 + 3 over .9 + 1 + 1.
        LinearBandit fading =
                LinearBandit.of(2, 1, 1, 1, .9).observe(0, new double[] {1}, 1).observe(0, new double[] {1}, 3);
        assertThat(fading.mean(0, new double[] {1})).isCloseTo(3.9 / 2.9, within(1e-12));
        // Without any feature but a constant it is the bandit of amounts.
        GaussianBandit amounts = GaussianBandit.of(2, new GaussianBandit.Prior(0, 1, 1), 1)
                .observe(0, 1)
                .observe(0, 3);
        assertThat(bandit.probabilities(new double[] {1})).containsExactly(amounts.probabilities(), within(1e-12));
    }

    /**
     * 2,000 logs of a bandit that learns while it logs: what always playing the worse arm would earn is found without bias by the
     * kept probabilities, while the plain mean of that arm's answers lies too low (Nie et al. 2018).
     */
    @Test
    void whatAnotherWayWouldHaveEarnedIsFoundWithoutBias() {
        int logs = 2_000;
        int rounds = 20;
        SplittableRandom random = new SplittableRandom(7);
        double value = 0;
        double valueSquares = 0;
        double plain = 0;
        double plainSquares = 0;
        int played = 0;
        Known known = new Known();
        for (int log = 0; log < logs; log++) {
            BernoulliBandit bandit = known.start();
            double[] reward = new double[rounds];
            double[] logged = new double[rounds];
            double[] target = new double[rounds];
            double wins = 0;
            double pulls = 0;
            for (int t = 0; t < rounds; t++) {
                Choice choice = Choice.draw(Choice.atLeast(bandit.probabilities(), .05), random);
                boolean answer = random.nextDouble() < (choice.arm() == 0 ? .6 : .4);
                bandit = known.next(choice.arm(), answer);
                reward[t] = answer ? 1 : 0;
                logged[t] = choice.probability();
                target[t] = choice.arm() == 1 ? 1 : 0;
                if (choice.arm() == 1) {
                    pulls++;
                    if (answer) wins++;
                }
            }
            OffPolicy found = OffPolicy.of(reward, logged, target);
            value += found.value();
            valueSquares += found.value() * found.value();
            if (pulls > 0) {
                played++;
                plain += wins / pulls;
                plainSquares += wins / pulls * wins / pulls;
            }
        }
        double mean = value / logs;
        double error = Math.sqrt((valueSquares / logs - mean * mean) / logs);
        assertThat(mean).isCloseTo(.4, within(4 * error));
        assertThat(error).isLessThan(.01);
        double naive = plain / played;
        double naiveError = Math.sqrt((plainSquares / played - naive * naive) / played);
        assertThat(naive).isLessThan(.4 - 5 * naiveError);
    }

    @Test
    void aPredictionTakesOutVarianceAndEvenAWrongOneNoTruth() {
        SplittableRandom random = new SplittableRandom(8);
        int n = 40_000;
        double[] reward = new double[n];
        double[] logged = new double[n];
        double[] target = new double[n];
        double[] predicted = new double[n];
        double[] predictedTarget = new double[n];
        double[] wrong = new double[n];
        double[] wrongTarget = new double[n];
        for (int i = 0; i < n; i++) {
            double kind = random.nextDouble();
            double p = .2 + .6 * kind;
            boolean treated = random.nextDouble() < p;
            reward[i] = 5 * kind + (treated ? 1 : 0) + .3 * random.nextGaussian();
            logged[i] = treated ? p : 1 - p;
            target[i] = treated ? 1 : 0;
            predicted[i] = 5 * kind + (treated ? 1 : 0);
            predictedTarget[i] = 5 * kind + 1;
            wrong[i] = 7;
            wrongTarget[i] = 7;
        }
        // Treating all earns 2.5 + 1.
        OffPolicy plain = OffPolicy.of(reward, logged, target);
        OffPolicy robust = OffPolicy.doublyRobust(reward, logged, target, predicted, predictedTarget);
        OffPolicy misled = OffPolicy.doublyRobust(reward, logged, target, wrong, wrongTarget);
        assertThat(plain.value()).isCloseTo(3.5, within(4 * plain.standardError()));
        assertThat(plain.selfNormalised()).isCloseTo(3.5, within(4 * plain.selfNormalisedError()));
        assertThat(plain.selfNormalisedError()).isLessThan(plain.standardError());
        assertThat(robust.value()).isCloseTo(3.5, within(4 * robust.standardError()));
        assertThat(robust.standardError()).isLessThan(.6 * plain.standardError());
        assertThat(misled.value()).isCloseTo(3.5, within(4 * misled.standardError()));
        assertThat(plain.effectiveSize()).isBetween(.3 * n, .6 * n);
        assertThat(plain.largestWeight()).isLessThanOrEqualTo(5);
    }

    @Test
    void drawingFollowsTheProbabilitiesAndKeepsThem() {
        double[] probabilities = {.5, 0, .3, .2};
        int[] counts = new int[4];
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 100_000; i++) {
            Choice choice = Choice.draw(probabilities, random);
            assertThat(choice.probability()).isEqualTo(probabilities[choice.arm()]);
            counts[choice.arm()]++;
        }
        assertThat(counts[1]).isZero();
        assertThat(counts[0]).isCloseTo(50_000, within(800));
        assertThat(counts[3]).isCloseTo(20_000, within(600));
        assertThat(Choice.atLeast(new double[] {1, 0}, .1)).containsExactly(new double[] {.9, .1}, within(1e-12));
        assertThat(Arrays.stream(Choice.atLeast(probabilities, .05)).sum()).isCloseTo(1, within(1e-12));
    }

    @Test
    void theSameSeedChoosesTheSameAndManyAnswersAreOneByOne() {
        BernoulliBandit one = BernoulliBandit.of(3);
        BernoulliBandit other = BernoulliBandit.of(3).observe(1, 2, 1);
        for (boolean answer : new boolean[] {true, false, true}) one = one.observe(1, answer);
        assertThat(one.probabilities()).isEqualTo(other.probabilities());
        assertThat(one.choose(new SplittableRandom(5))).isEqualTo(other.choose(new SplittableRandom(5)));
        assertThat(one.mean(1)).isCloseTo(3 / 5.0, within(1e-12));
    }

    @Test
    void whatCannotBeIsRefusedInWords() {
        assertThatThrownBy(() -> BernoulliBandit.of(0)).hasMessage("a bandit with 0 arms; at least 1");
        assertThatThrownBy(() -> BernoulliBandit.of(2, 1, 1, 0)).hasMessageContaining("a discount of 0.0");
        assertThatThrownBy(() -> BernoulliBandit.of(2).observe(2, true)).hasMessage("arm 2; there are 2");
        assertThatThrownBy(() -> GaussianBandit.of(1, new GaussianBandit.Prior(0, 1, 1), 1)
                        .observe(0, Double.NaN))
                .hasMessage("an answer of NaN");
        assertThatThrownBy(() -> LinearBandit.of(1, 2, 1, 1, 1).mean(0, new double[1]))
                .hasMessage("a customer with 1 features; there are 2");
        assertThatThrownBy(() -> OffPolicy.of(new double[] {1, 1}, new double[] {0, 1}, new double[2]))
                .hasMessageContaining("choice 0 was logged with probability 0.0");
        assertThatThrownBy(() -> Choice.atLeast(new double[2], .6)).hasMessageContaining("from 0 to 1 / 2");
        assertThatThrownBy(() -> Choice.draw(new double[2], new SplittableRandom(1)))
                .hasMessageContaining("no arm can be drawn");
    }
}
