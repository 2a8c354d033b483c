package io.rekindle.models.uplift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UpliftRankingTest {
    /** scikit-uplift's definition written down naively: each threshold counted from scratch. */
    @Test
    void qiniAndAuucAreTheAreasCountedNaively() {
        for (int seed = 0; seed < 20; seed++) {
            var it = new Simulated(120, seed);
            var ranking = UpliftRanking.of(it.score, it.treated, it.y);
            double[] bestQini = new double[120];
            double[] bestUplift = new double[120];
            long responding = IntStream.range(0, 120)
                    .filter(i -> !it.treated[i] && it.y[i] == 1)
                    .count();
            long silent = IntStream.range(0, 120)
                    .filter(i -> it.treated[i] && it.y[i] == 0)
                    .count();
            for (int i = 0; i < 120; i++) {
                double t = it.treated[i] ? 1 : 0;
                bestQini[i] = it.y[i] * t - it.y[i] * (1 - t);
                bestUplift[i] = 2 * (it.y[i] == t ? 1 : 0) + (responding > silent ? it.y[i] : t);
            }
            assertThat(ranking.qini()).isCloseTo(area(it.score, it, true) / area(bestQini, it, true), within(1e-12));
            assertThat(ranking.auuc())
                    .isCloseTo(area(it.score, it, false) / area(bestUplift, it, false), within(1e-12));
        }
    }

    private static double area(double[] score, Simulated it, boolean qini) {
        int n = score.length;
        double[] thresholds = Arrays.stream(score)
                .distinct()
                .map(v -> -v)
                .sorted()
                .map(v -> -v)
                .toArray();
        double area = 0;
        double x = 0;
        double value = 0;
        for (double threshold : thresholds) {
            double[] count = new double[2];
            double[] did = new double[2];
            for (int i = 0; i < n; i++)
                if (score[i] >= threshold) {
                    count[it.treated[i] ? 1 : 0]++;
                    did[it.treated[i] ? 1 : 0] += it.y[i];
                }
            double all = count[0] + count[1];
            double next = qini
                    ? did[1] - (count[0] == 0 ? 0 : did[0] * count[1] / count[0])
                    : all * ((count[1] == 0 ? 0 : did[1] / count[1]) - (count[0] == 0 ? 0 : did[0] / count[0]));
            area += (all - x) * (next + value) / 2;
            x = all;
            value = next;
        }
        return area - n * value / 2;
    }

    /** Two treated who did and two untreated who did: known perfectly, Qini is 1; the other way round it is −1. */
    @Test
    void thePerfectRankingHasAQiniOfOne() {
        boolean[] treated = {true, true, true, false, false, false};
        double[] y = {1, 1, 0, 0, 1, 1};
        assertThat(UpliftRanking.of(new double[] {3, 3, 2, 2, 1, 1}, treated, y).qini())
                .isCloseTo(1, within(1e-12));
        assertThat(UpliftRanking.of(new double[] {1, 1, 2, 2, 3, 3}, treated, y).qini())
                .isNegative();
        assertThat(UpliftRanking.of(new double[6], treated, y).qini()).isZero();
    }

    @Test
    void twiceTheCustomersAnotherScaleOrAnotherOrderChangeNothing() {
        var it = new Simulated(150, 77);
        double qini = UpliftRanking.of(it.score, it.treated, it.y).qini();
        int[] twice = IntStream.range(0, 300).map(i -> (i * 7 + 2) % 150).toArray();
        assertThat(it.rows(twice).qini()).isCloseTo(qini, within(1e-12));
        double[] stretched =
                Arrays.stream(it.score).map(s -> Math.exp(3 * s) - 9).toArray();
        assertThat(UpliftRanking.of(stretched, it.treated, it.y).qini()).isCloseTo(qini, within(1e-12));
        double[] share = new double[150];
        Arrays.fill(share, UpliftRanking.share(it.treated));
        assertThat(UpliftRanking.weighted(it.score, it.treated, it.y, share).qini())
                .isCloseTo(qini, within(1e-12));
    }

    /** Outcomes in cents are a hundred times the area in euros; the share of the perfect is defined for 0 and 1 only. */
    @Test
    void theAreaGoesByTheUnitOfTheOutcome() {
        var it = new Simulated(100, 5);
        double area = UpliftRanking.of(it.score, it.treated, it.y).area();
        double[] cents = Arrays.stream(it.y).map(v -> 100 * v).toArray();
        var ranking = UpliftRanking.of(it.score, it.treated, cents);
        assertThat(ranking.area()).isCloseTo(100 * area, within(1e-10));
        assertThat(ranking.qini()).isNaN();
        assertThat(ranking.interval(50, new SplittableRandom(1)).estimate()).isCloseTo(100 * area, within(1e-10));
    }

    /**
     * Customers with very different outcomes and the same effect: the trial finds something in one in twenty of 600 data
     * sets, within three standard errors. With effects that follow the score it finds it nearly always.
     */
    @Test
    void theTrialKeepsItsPromiseWhereThereIsNothingToRankAndFindsWhatThereIs() {
        int found = 0;
        int foundThere = 0;
        for (int seed = 0; seed < 600; seed++) {
            var random = new SplittableRandom(seed);
            int n = 300;
            double[] score = new double[n];
            double[] same = new double[n];
            double[] following = new double[n];
            boolean[] treated = new boolean[n];
            for (int i = 0; i < n; i++) {
                score[i] = random.nextDouble();
                treated[i] = random.nextInt(3) > 0;
                double anyway = 4 * score[i] * score[i] + random.nextGaussian();
                same[i] = anyway + (treated[i] ? .7 : 0);
                following[i] = anyway + (treated[i] ? 3 * score[i] : 0);
            }
            if (UpliftRanking.of(score, treated, same).permutation(199, random).p() <= .05) found++;
            if (seed < 100
                    && UpliftRanking.of(score, treated, following)
                                    .permutation(199, random)
                                    .p()
                            <= .05) foundThere++;
        }
        assertThat(found / 600.0).isBetween(.05 - 3 * Math.sqrt(.05 * .95 / 600), .05 + 3 * Math.sqrt(.05 * .95 / 600));
        assertThat(foundThere).isGreaterThan(90);
    }

    /** By lot with known chances: both estimates lie within four standard errors of what the policy truly brings. */
    @Test
    void policiesAreWorthWhatTheyTrulyBring() {
        var random = new SplittableRandom(12);
        int n = 20_000;
        double[] score = new double[n];
        double[] y = new double[n];
        double[] probability = new double[n];
        boolean[] treated = new boolean[n];
        double[] ifTreated = new double[n];
        double[] ifAlone = new double[n];
        for (int i = 0; i < n; i++) {
            score[i] = random.nextDouble() - .3;
            probability[i] = .2 + .5 * random.nextDouble();
            treated[i] = random.nextDouble() < probability[i];
            ifAlone[i] = 1 + random.nextDouble();
            ifTreated[i] = ifAlone[i] + score[i];
            y[i] = (treated[i] ? ifTreated[i] : ifAlone[i]) + .5 * random.nextGaussian();
        }
        // Models that are wrong: the probabilities mend them.
        double[] wrong = Arrays.stream(ifAlone).map(v -> v / 2 + 1).toArray();
        for (var policy : PolicyValue.ofTenths(score, treated, y, probability, wrong, wrong)) {
            int[] order = IntStream.range(0, n)
                    .boxed()
                    .sorted((i, j) -> Double.compare(score[j], score[i]))
                    .mapToInt(i -> i)
                    .toArray();
            int until = (int) Math.round(policy.share() * n);
            double truth = 0;
            for (int k = 0; k < n; k++) truth += (k < until ? ifTreated[order[k]] : ifAlone[order[k]]) / n;
            assertThat(policy.value()).isCloseTo(truth, within(4 * policy.standardError()));
            assertThat(policy.byWeights()).isCloseTo(truth, within(6 * policy.standardError()));
        }
    }

    /**
     * Two scores, ten customers each, half of them treated. Of the higher 4 of 5 treated and 1 of 5 untreated have the
     * outcome, of the lower 2 and 2: every tenth of the upper half has an uplift of .8 − .2, every one of the lower none.
     */
    @Test
    void aTieIsSharedInProportionAmongTheTenthsItIsCutInto() {
        double[] score = new double[20];
        boolean[] treated = new boolean[20];
        double[] y = new double[20];
        int[] did = {2, 2, 1, 4};
        for (int i = 0; i < 20; i++) {
            score[i] = i < 10 ? 1 : 0;
            treated[i] = i / 5 % 2 == 1;
            y[i] = i % 5 < (i < 10 ? did[treated[i] ? 3 : 2] : did[treated[i] ? 1 : 0]) ? 1 : 0;
        }
        var ranking = UpliftRanking.of(score, treated, y);
        var deciles = ranking.deciles();
        for (int g = 0; g < 10; g++) {
            var decile = deciles.get(g);
            assertThat(decile.customers()).isEqualTo(2);
            assertThat(decile.treated()).isEqualTo(1);
            assertThat(decile.control()).isEqualTo(1);
            assertThat(decile.predicted()).isEqualTo(g < 5 ? 1 : 0);
            assertThat(decile.treatedOutcome()).isCloseTo(g < 5 ? .8 : .4, within(1e-12));
            assertThat(decile.controlOutcome()).isCloseTo(g < 5 ? .2 : .4, within(1e-12));
            // All ten of the tie speak for each of its tenths: p (1 − p) / (5 − 1) an arm.
            assertThat(decile.standardError()).isCloseTo(Math.sqrt(2 * (g < 5 ? .8 * .2 : .4 * .6) / 4), within(1e-12));
        }
        assertThat(ranking.top(.1).uplift()).isCloseTo(.6, within(1e-12));
        // All of the higher and half of the lower: (4 + 1) / 7.5 against (1 + 1) / 7.5.
        assertThat(ranking.top(.75).uplift()).isCloseTo(3 / 7.5, within(1e-12));
        assertThat(ranking.averageEffect()).isCloseTo(.3, within(1e-12));

        double[] half = new double[20];
        Arrays.fill(half, .5);
        var policies = PolicyValue.ofTenths(score, treated, y, half, new double[20], new double[20]);
        // Two tenths of all treat .4 of the tie: (4 · .8 + 1 · 1.2 + 2 · 2) / 20.
        assertThat(policies.get(2).byWeights()).isCloseTo(8.4 / 20, within(1e-12));
        assertThat(policies.get(2).value()).isCloseTo(8.4 / 20, within(1e-12));
        assertThat(policies.get(2).overNone()).isCloseTo(.2 * .6, within(1e-12));
        assertThat(policies.get(5).byWeights()).isCloseTo((4 * 2 + 2 * 2) / 20.0, within(1e-12));
    }

    /** Shuffled, sorted by arm, by outcome, and backwards: what is told of parts of the ranking is the same. */
    @Test
    void theOrderOfTheRowsMovesNoTenthAndNoPolicy() {
        for (int seed = 0; seed < 10; seed++) {
            var it = new Simulated(333, seed);
            var random = new SplittableRandom(seed);
            double[] probability =
                    random.doubles(333).map(u -> .3 + .4 * Math.rint(3 * u) / 3).toArray();
            double[] alone = random.doubles(333).toArray();
            double[] lots = random.doubles(333).toArray();
            var orders = List.<Comparator<Integer>>of(
                    Comparator.comparingDouble(i -> lots[i]),
                    Comparator.comparing(i -> it.treated[i]),
                    Comparator.comparingDouble(i -> it.y[i]),
                    Comparator.<Integer>comparingDouble(i -> -it.y[i]).thenComparing(i -> !it.treated[i]),
                    Comparator.comparingInt(i -> -i));
            var told = it.told(IntStream.range(0, 333).toArray(), probability, alone);
            for (var order : orders) {
                int[] rows = IntStream.range(0, 333)
                        .boxed()
                        .sorted(order)
                        .mapToInt(i -> i)
                        .toArray();
                assertThat(it.told(rows, probability, alone)).isEqualTo(told);
            }
        }
    }

    @Test
    void oneArmOnlyIsRefused() {
        assertThatThrownBy(() -> UpliftRanking.of(new double[2], new boolean[2], new double[2]))
                .hasMessage("of 2 customers none was treated; both kinds are needed");
    }

    private static final class Simulated {
        private final double[] score;
        private final boolean[] treated;
        private final double[] y;

        Simulated(int n, long seed) {
            var random = new SplittableRandom(seed);
            score = new double[n];
            treated = new boolean[n];
            y = new double[n];
            for (int i = 0; i < n; i++) {
                score[i] = random.nextInt(25) / 25.0;
                treated[i] = random.nextInt(3) > 0;
                y[i] = random.nextDouble() < .3 + (treated[i] ? .4 * score[i] : .1) ? 1 : 0;
            }
        }

        /** The tenths, the top fifth and three tenths, and the policies. */
        List<Record> told(int[] rows, double[] probability, double[] alone) {
            boolean[] t = new boolean[rows.length];
            for (int i = 0; i < rows.length; i++) t[i] = treated[rows[i]];
            double[] s = of(score, rows);
            double[] own = of(probability, rows);
            double[] without = of(alone, rows);
            double[] with = Arrays.stream(without).map(v -> v / 2 + .2).toArray();
            var told = new ArrayList<Record>();
            for (var ranking :
                    List.of(UpliftRanking.of(s, t, of(y, rows)), UpliftRanking.weighted(s, t, of(y, rows), own))) {
                told.addAll(ranking.deciles());
                told.add(ranking.top(.2));
                told.add(ranking.top(.3));
            }
            told.addAll(PolicyValue.ofTenths(s, t, of(y, rows), own, with, without));
            return told;
        }

        private static double[] of(double[] values, int[] rows) {
            return Arrays.stream(rows).mapToDouble(i -> values[i]).toArray();
        }

        UpliftRanking rows(int[] rows) {
            boolean[] t = new boolean[rows.length];
            for (int i = 0; i < rows.length; i++) t[i] = treated[rows[i]];
            return UpliftRanking.of(
                    Arrays.stream(rows).mapToDouble(i -> score[i]).toArray(),
                    t,
                    Arrays.stream(rows).mapToDouble(i -> y[i]).toArray());
        }
    }
}
