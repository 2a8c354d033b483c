package io.rekindle.models.propensity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.SharedTable;
import io.rekindle.models.learn.BoostedTrees;
import io.rekindle.models.learn.Loss;
import io.rekindle.models.table.Column;
import io.rekindle.models.table.Remark;
import io.rekindle.models.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PropensityTest {
    /** The folds of the reference, row mod 5, and its measure, the mean over the folds. */
    @Test
    void telcoChurnIsPredictedBetterThanByTheReferencesAndCalibrated() {
        var all = SharedTable.read("telco_churn/telco.csv");
        var churn = all.column("Churn").orElseThrow();
        boolean[] left = new boolean[all.size()];
        for (int row = 0; row < left.length; row++) left[row] = churn.text(row).equals("Yes");
        var model = Propensity.fit(
                all.without(List.of("Churn")),
                left,
                new Propensity.Settings(
                        1,
                        5,
                        IntStream.range(0, left.length).map(row -> row % 5).toArray()),
                step -> {});
        var card = model.card();
        assertThat(card.meanFoldAuc()).isGreaterThanOrEqualTo(.847);
        assertThat(card.meanFoldLogLoss()).isLessThanOrEqualTo(.413);
        assertThat(card.outOfFold().calibration().slope()).isBetween(.9, 1.1);
        assertThat(card.positives()).isEqualTo(1869);
        assertThat(card.baseline().rate()).isCloseTo(.2654, within(.00005));
        assertThat(card.importance().subList(0, 3))
                .extracting(PropensityCard.Importance::column)
                .containsExactlyInAnyOrder("tenure", "Contract", "InternetService");
        assertThat(card.remarks()).extracting(Remark::code).containsExactly("column_identifier");
        // What is said of the rows learnt from, and of rows to score, comes of the same columns.
        double[] scored = model.probabilities(model.trained());
        assertThat(Arrays.stream(scored).average().orElseThrow())
                .isCloseTo(card.baseline().rate(), within(.01));
    }

    /** Fitted on 600 customers, so that one column more cannot keep its contributions hidden among the three kept. */
    @Test
    void theReasonsOfARowAddUpToItsProbability() {
        var simulated = new Simulated(600, 3);
        var model = fit(simulated);
        double[] own = model.outOfFold();
        double[] scored = model.probabilities(simulated.table);
        var reasons = model.reasons(simulated.table);
        for (int row = 0; row < 600; row++) {
            assertThat(logOdds(model.outOfFoldReasons(), row))
                    .isCloseTo(Math.log(own[row] / (1 - own[row])), within(1e-4));
            assertThat(logOdds(reasons, row)).isCloseTo(Math.log(scored[row] / (1 - scored[row])), within(1e-4));
        }
    }

    private static double logOdds(Reasons reasons, int row) {
        return reasons.base(row)
                + reasons.strongest(row).stream()
                        .mapToDouble(Reasons.Reason::contribution)
                        .sum();
    }

    @Test
    void neitherTheOrderOfRowsNorTheUnitOfAColumnMatters() {
        var simulated = new Simulated(400, 4);
        double[] own = fit(simulated).outOfFold();
        int[] order = IntStream.range(0, 400).map(i -> (i * 37 + 11) % 400).toArray();
        boolean[] did = new boolean[400];
        for (int i = 0; i < 400; i++) did[i] = simulated.did[order[i]];
        var turned = Propensity.fit(simulated.table.rows(order), did, Propensity.Settings.of(1), step -> {});
        for (int i = 0; i < 400; i++) assertThat(turned.outOfFold()[i]).isEqualTo(own[order[i]]);

        var spent = (Column.Numbers) simulated.table.column("spent").orElseThrow();
        var columns = new ArrayList<>(simulated.table.columns());
        columns.set(
                columns.indexOf(spent),
                new Column.Numbers(
                        "spent",
                        Arrays.stream(spent.values()).map(value -> 100 * value).toArray()));
        var cents = Propensity.fit(Table.of(columns), simulated.did, Propensity.Settings.of(1), step -> {});
        for (int i = 0; i < 400; i++) assertThat(cents.outOfFold()[i]).isCloseTo(own[i], within(1e-9));
        assertThat(fit(simulated).outOfFold()).isEqualTo(own);
    }

    /** As of a large file, where each fold's trees are grown before the next one's. */
    @Test
    void foldsInTurnLearnTheSameAsFoldsTogether() {
        var simulated = new Simulated(3_000, 12);
        var together = fit(simulated).card().outOfFold();
        var inTurn = Propensity.fit(simulated.table, simulated.did, Propensity.Settings.of(1), 2_999, step -> {});
        assertThat(inTurn.card().outOfFold().auc()).isCloseTo(together.auc(), within(.01));
        assertThat(inTurn.card().outOfFold().logLoss()).isCloseTo(together.logLoss(), within(.005));
        assertThat(inTurn.card().candidates())
                .anySatisfy(candidate -> assertThat(candidate.words()).contains("of depth 6"));
        int[] order = IntStream.range(0, 3_000).map(i -> (i * 37 + 11) % 3_000).toArray();
        boolean[] did = new boolean[3_000];
        for (int i = 0; i < 3_000; i++) did[i] = simulated.did[order[i]];
        var turned = Propensity.fit(simulated.table.rows(order), did, Propensity.Settings.of(1), 2_999, step -> {});
        // Of customers alike in all, either may be in either fold.
        assertThat(Arrays.stream(turned.outOfFold()).sorted().toArray())
                .isEqualTo(Arrays.stream(inTurn.outOfFold()).sorted().toArray());
    }

    /** What a watcher of growing trees says is what the trees say when asked anew, to the last digit. */
    @Test
    void watchedMarginsAreThoseOfTheTrees() {
        var random = new SplittableRandom(4);
        int n = 500;
        float[] x = new float[n * 3];
        double[] y = new double[n];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < 3; k++) x[3 * i + k] = k == 2 && i % 9 == 0 ? Float.NaN : random.nextInt(20);
            y[i] = random.nextDouble() < x[3 * i] / 20 ? 1 : 0;
        }
        var trees = BoostedTrees.begin(x, 3, y, Loss.LOGISTIC, new BoostedTrees.Settings(4, .1, 1, 1, .8, .8, 1));
        try (var watched = trees.watch(x)) {
            for (int rounds = 10; rounds <= 40; rounds += 10) {
                trees.grow(10);
                assertThat(watched.margins()).isEqualTo(trees.margins(x, rounds));
            }
        }
        trees.finish();
    }

    @Test
    void aColumnWrittenDownAfterwardsIsSuspected() {
        var simulated = new Simulated(400, 5);
        var columns = new ArrayList<>(simulated.table.columns());
        double[] reason = new double[400];
        for (int i = 0; i < 400; i++) reason[i] = simulated.did[i] ? i % 7 : Double.NaN;
        columns.add(new Column.Numbers("reason_of_leaving", reason));
        columns.add(new Column.Numbers("same", new double[400]));
        var card = Propensity.fit(Table.of(columns), simulated.did, Propensity.Settings.of(1), step -> {})
                .card();
        assertThat(card.remarks())
                .anySatisfy(remark ->
                        assertThat(remark.message()).contains("reason_of_leaving alone tells the outcome (AUC 1.000)"))
                .anySatisfy(remark -> assertThat(remark.code()).isEqualTo("column_constant"));
    }

    @Test
    void chanceIsCalledChance() {
        var random = new SplittableRandom(8);
        double[] noise = random.doubles(300).toArray();
        boolean[] did = new boolean[300];
        for (int i = 0; i < 300; i++) did[i] = random.nextInt(10) == 0;
        var card = Propensity.fit(
                        Table.of(List.of(new Column.Numbers("x", noise))), did, Propensity.Settings.of(1), s -> {})
                .card();
        assertThat(card.outOfFold().auc()).isBetween(.3, .7);
        assertThat(card.outOfFold().logLoss()).isLessThan(card.baseline().logLoss() + .02);
        assertThat(card.remarks()).extracting(Remark::code).contains("few_positives");
    }

    /** Four columns of noise, 30 % positive: every row's probability, also a new one's, stays near that. */
    @Test
    void whereThereIsNothingToLearnEverybodyGetsAboutTheRate() {
        for (int seed = 0; seed < 16; seed++) {
            var random = new SplittableRandom(seed);
            int n = 400;
            boolean[] did = new boolean[n];
            for (int i = 0; i < n; i++) did[i] = random.nextDouble() < .3;
            var model = Propensity.fit(noise(n, random), did, Propensity.Settings.of(seed), s -> {});
            var accuracy = model.card().outOfFold();
            assertThat(accuracy.logLoss())
                    .as("seed %d", seed)
                    .isLessThan(model.card().baseline().logLoss() + .02);
            double[] rows = model.probabilities(noise(n, random));
            assertThat(Arrays.stream(rows).average().orElseThrow())
                    .isCloseTo(model.card().baseline().rate(), within(.03));
            assertThat(Arrays.stream(rows).min().orElseThrow()).isGreaterThan(.1);
            assertThat(Arrays.stream(rows).max().orElseThrow()).isLessThan(.6);
        }
    }

    private static Table noise(int n, SplittableRandom random) {
        return Table.of(List.of(
                new Column.Numbers(
                        "a",
                        IntStream.range(0, n)
                                .mapToDouble(i -> random.nextGaussian())
                                .toArray()),
                new Column.Numbers("b", random.ints(n, 1, 10).asDoubleStream().toArray()),
                categories("c", 7, n, random),
                categories("d", 60, n, random)));
    }

    private static Column categories(String name, int different, int n, SplittableRandom random) {
        return new Column.Categories(
                name,
                IntStream.range(0, different).mapToObj(i -> name + i).toList(),
                random.ints(n, 0, different).toArray());
    }

    @Test
    void tooLittleToLearnFromIsRefusedWithTheReason() {
        var simulated = new Simulated(400, 6);
        assertThatThrownBy(() -> Propensity.fit(simulated.table, new boolean[400], Propensity.Settings.of(1), s -> {}))
                .hasMessage("of 400 rows none is positive; rows of both kinds are needed to learn from");
        var one = new boolean[400];
        one[7] = true;
        assertThatThrownBy(() -> Propensity.fit(simulated.table, one, Propensity.Settings.of(1), s -> {}))
                .hasMessageContaining("only 1 are positive; at least 4");
        assertThatThrownBy(() -> Propensity.fit(
                        Table.of(List.of(new Column.Numbers("same", new double[400]))),
                        simulated.did,
                        Propensity.Settings.of(1),
                        s -> {}))
                .hasMessageContaining("no column is left");
    }

    private static Propensity fit(Simulated simulated) {
        return Propensity.fit(simulated.table, simulated.did, Propensity.Settings.of(1), step -> {});
    }

    /** Three columns with gaps, two of which matter. */
    private static final class Simulated {
        private final Table table;
        private final boolean[] did;

        Simulated(int n, long seed) {
            var random = new SplittableRandom(seed);
            double[] spent = new double[n];
            int[] plan = new int[n];
            long[] joined = new long[n];
            did = new boolean[n];
            for (int i = 0; i < n; i++) {
                spent[i] = Math.floor(100 * Math.exp(random.nextGaussian()));
                plan[i] = random.nextInt(3);
                joined[i] = 86_400L * (19_000 + random.nextInt(900));
                double margin = -1 + .8 * (plan[i] - 1) + (spent[i] > 120 ? 1 : -.5);
                did[i] = random.nextDouble() < 1 / (1 + Math.exp(-margin));
                if (random.nextInt(10) == 0) spent[i] = Double.NaN;
                if (random.nextInt(10) == 0) plan[i] = -1;
            }
            table = Table.of(List.of(
                    new Column.Numbers("spent", spent),
                    new Column.Categories("plan", List.of("a", "b", "c"), plan),
                    new Column.Dates("joined", joined)));
        }
    }
}
