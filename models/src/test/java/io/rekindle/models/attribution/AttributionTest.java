package io.rekindle.models.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.SharedData;
import io.rekindle.models.attribution.Attribution.Credit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class AttributionTest {
    private static final List<TouchRule> RULES = List.of(
            new TouchRule.First(),
            new TouchRule.Last(),
            new TouchRule.Linear(),
            new TouchRule.TimeDecay(2),
            new TouchRule.Position(.4, .4));

    @Test
    void theRemovalEffectsOfThePublicPathsAreTheReferences() {
        Paths paths = pathData();
        assertThat(paths.conversions()).isEqualTo(19_785);
        assertThat(paths.conversions() + paths.nulls()).isEqualTo(88_387);
        MarkovAttribution markov = MarkovAttribution.of(paths, 1);
        assertThat(markov.conversionRate()).isCloseTo(.223845, within(.5e-6));
        Map<String, Double> shares = Map.ofEntries(
                Map.entry("alpha", .27015),
                Map.entry("iota", .19634),
                Map.entry("eta", .16886),
                Map.entry("beta", .12774),
                Map.entry("theta", .09967),
                Map.entry("lambda", .06484),
                Map.entry("epsilon", .03030),
                Map.entry("zeta", .01926),
                Map.entry("kappa", .01387),
                Map.entry("gamma", .00865),
                Map.entry("delta", .00023),
                Map.entry("mi", .00009));
        assertThat(paths.channels()).containsExactlyInAnyOrderElementsOf(shares.keySet());
        shares.forEach((channel, share) ->
                assertThat(markov.attribution().share(channel)).as(channel).isCloseTo(share, within(.5e-5)));
        assertThat(new TouchRule.First().attribute(paths).share("alpha")).isCloseTo(.31883, within(.5e-5));
        assertThat(new TouchRule.Last().attribute(paths).share("alpha")).isCloseTo(.42694, within(.5e-5));
    }

    @Test
    void everyOrderOfTheChainAndEveryModelSumsToThePublicConversions() {
        Paths paths = pathData();
        for (int order = 1; order <= 3; order++) {
            MarkovAttribution markov = MarkovAttribution.of(paths, order);
            assertThat(markov.conversionRate()).isCloseTo(19_785 / 88_387.0, within(1e-12));
            sumsToTheWhole(paths, markov.attribution());
        }
        for (TouchRule rule : RULES) sumsToTheWhole(paths, rule.attribute(paths));
        sumsToTheWhole(paths, ShapleyAttribution.ofPaths(paths));
        sumsToTheWhole(paths, ShapleyAttribution.ofChain(paths, 1, 0, new SplittableRandom(1)));
    }

    /** Path a b b: weights 1, ½, ¼ from the end. */
    @Test
    void theRulesAreTheHandCalculation() {
        Paths paths =
                Paths.builder().add(List.of("a", "b", "c", "b"), 10, 100, 5).build();
        assertThat(conversions(new TouchRule.First(), paths)).containsExactly(10, 0, 0);
        assertThat(conversions(new TouchRule.Last(), paths)).containsExactly(0, 10, 0);
        assertThat(conversions(new TouchRule.Linear(), paths)).containsExactly(2.5, 5, 2.5);
        assertThat(conversions(new TouchRule.Position(.4, .4), paths))
                .containsExactly(new double[] {4, 5, 1}, within(1e-12));
        // Half-life 1: ⅛, ¼, ½, 1 of 1.875.
        assertThat(conversions(new TouchRule.TimeDecay(1), paths))
                .containsExactly(new double[] {1.25 / 1.875, 12.5 / 1.875, 5 / 1.875}, within(1e-12));
        Paths timed = Paths.builder()
                .add(List.of("a", "b"), new double[] {14, 0}, 3, 0, 0)
                .build();
        // Two half-lives of a week apart: ¼ against 1.
        assertThat(conversions(new TouchRule.TimeDecay(7), timed))
                .containsExactly(new double[] {.6, 2.4}, within(1e-12));
        assertThat(conversions(new TouchRule.Position(.4, .2), timed))
                .containsExactly(new double[] {2, 1}, within(1e-12));
        Paths single = Paths.builder().add(List.of("a"), 2, 0, 0).build();
        assertThat(conversions(new TouchRule.Position(.4, .4), single)).containsExactly(2);
    }

    /** a converts 1 of 2 by itself, b passes on to a: 3 of 6 in all, without a nothing, without b 1/3 · ½. */
    @Test
    void aChainOfTwoIsTheHandCalculation() {
        Paths paths = Paths.builder()
                .add(List.of("a"), 1, 10, 1)
                .add(List.of("b", "a"), 2, 60, 2)
                .build();
        MarkovAttribution markov = MarkovAttribution.of(paths, 1);
        assertThat(markov.conversionRate()).isCloseTo(.5, within(1e-12));
        assertThat(markov.removals().get(0).conversions()).isCloseTo(1, within(1e-12));
        assertThat(markov.removals().get(1).conversions()).isCloseTo(2.0 / 3, within(1e-12));
        // At a conversion from a is worth 70 / 3 whether b came before or not; two steps are remembered by order 2.
        assertThat(markov.removals().get(1).value()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(MarkovAttribution.of(paths, 2).removals().get(1).value()).isCloseTo(60 / 70.0, within(1e-12));
    }

    @Test
    void removalEffectsAreThoseOfTheDenseSystemSolvedByElimination() {
        for (int seed = 0; seed < 20; seed++) {
            List<Row> rows = randomRows(new SplittableRandom(seed), 5, 40);
            Paths paths = paths(rows);
            for (int order = 1; order <= 3; order++) {
                MarkovAttribution markov = MarkovAttribution.of(paths, order);
                double all = byElimination(rows, order, channel -> true);
                assertThat(markov.conversionRate()).isCloseTo(all, within(1e-10));
                for (int c = 0; c < paths.channels().size(); c++) {
                    String removed = paths.channels().get(c);
                    double without = byElimination(rows, order, channel -> !channel.equals(removed));
                    assertThat(markov.removals().get(c).conversions())
                            .isCloseTo(all == 0 ? 0 : 1 - without / all, within(1e-9));
                }
            }
        }
    }

    @Test
    void theOrderOfRowsChangesNoDigit() {
        List<Row> rows = randomRows(new SplittableRandom(77), 6, 200);
        Paths one = paths(rows);
        Collections.shuffle(rows, new Random(5));
        Paths other = paths(rows);
        for (TouchRule rule : RULES) assertThat(rule.attribute(other)).isEqualTo(rule.attribute(one));
        for (int order = 1; order <= 3; order++)
            assertThat(MarkovAttribution.of(other, order)).isEqualTo(MarkovAttribution.of(one, order));
        assertThat(ShapleyAttribution.ofPaths(other)).isEqualTo(ShapleyAttribution.ofPaths(one));
        assertThat(ShapleyAttribution.ofChain(other, 2, 0, new SplittableRandom(1)))
                .isEqualTo(ShapleyAttribution.ofChain(one, 2, 0, new SplittableRandom(1)));
    }

    @Test
    void aRepeatedContactIsTheSameForAChainOfOrderOne() {
        Paths once = Paths.builder()
                .add(List.of("a", "b"), 3, 0, 4)
                .add(List.of("b"), 1, 0, 9)
                .build();
        Paths again = Paths.builder()
                .add(List.of("a", "a", "a", "b", "b"), 3, 0, 4)
                .add(List.of("b"), 1, 0, 9)
                .build();
        assertThat(MarkovAttribution.of(again, 1).attribution().share("a"))
                .isCloseTo(MarkovAttribution.of(once, 1).attribution().share("a"), within(1e-12));
    }

    @Test
    void aChannelThatLedNowhereGetsNothing() {
        List<Row> rows = randomRows(new SplittableRandom(3), 4, 60);
        rows.add(new Row(List.of("nowhere"), 0, 0, 25));
        rows.add(new Row(List.of("c0", "nowhere", "nowhere"), 0, 0, 5));
        Paths paths = paths(rows);
        List<Attribution> all = new ArrayList<>();
        for (TouchRule rule : RULES) all.add(rule.attribute(paths));
        for (int order = 1; order <= 3; order++)
            all.add(MarkovAttribution.of(paths, order).attribution());
        all.add(ShapleyAttribution.ofPaths(paths));
        all.add(ShapleyAttribution.ofChain(paths, 1, 0, new SplittableRandom(1)));
        for (Attribution attribution : all)
            assertThat(attribution.share("nowhere")).isCloseTo(0, within(1e-11));
    }

    @Test
    void shapleysClosedFormOverPathsIsTheGamesValue() {
        List<Row> rows = randomRows(new SplittableRandom(9), 7, 80);
        Paths paths = paths(rows);
        Shapley game = Shapley.exact(
                paths.channels().size(),
                coalition -> rows.stream()
                        .filter(row -> row.path.stream()
                                .allMatch(channel ->
                                        (coalition >> paths.channels().indexOf(channel) & 1) == 1))
                        .mapToDouble(row -> row.conversions)
                        .sum());
        List<Credit> credits = ShapleyAttribution.ofPaths(paths).credits();
        for (int c = 0; c < credits.size(); c++)
            assertThat(credits.get(c).conversions()).isCloseTo(game.values()[c], within(1e-9));
    }

    /** The glove game: two left gloves, one right one: ⅙, ⅙, ⅔. */
    @Test
    void shapleysValueOfTheGloveGameIsTheTextbooks() {
        Shapley.Game gloves = coalition -> (coalition & 3) != 0 && (coalition & 4) != 0 ? 1 : 0;
        assertThat(Shapley.of(3, gloves, 0, new SplittableRandom(1)).values())
                .containsExactly(new double[] {1.0 / 6, 1.0 / 6, 2.0 / 3}, within(1e-15));
    }

    @Test
    void sampledValuesSumToTheWholeAreRepeatableAndNearTheExactOnes() {
        SplittableRandom random = new SplittableRandom(12);
        double[] worth = new double[1 << 8];
        for (int i = 1; i < worth.length; i++) worth[i] = Integer.bitCount(i) + random.nextDouble();
        Shapley exact = Shapley.exact(8, coalition -> worth[(int) coalition]);
        Shapley sampled = Shapley.sampled(8, coalition -> worth[(int) coalition], 4000, new SplittableRandom(4));
        assertThat(Arrays.stream(sampled.values()).sum()).isCloseTo(worth[255], within(1e-9));
        for (int i = 0; i < 8; i++)
            assertThat(Math.abs(sampled.values()[i] - exact.values()[i])).isLessThan(5 * sampled.standardErrors()[i]);
        assertThat(Shapley.sampled(8, coalition -> worth[(int) coalition], 4000, new SplittableRandom(4))
                        .values())
                .isEqualTo(sampled.values());
    }

    @Test
    void withMoreThanTwelveChannelsTheChainIsSampledAndStillSumsToTheConversions() {
        List<Row> rows = randomRows(new SplittableRandom(15), 15, 200);
        Paths paths = paths(rows);
        assertThat(paths.channels()).hasSize(15);
        Attribution attribution = ShapleyAttribution.ofChain(paths, 1, 50, new SplittableRandom(2));
        sumsToTheWhole(paths, attribution);
        assertThat(ShapleyAttribution.ofChain(paths, 1, 50, new SplittableRandom(2)))
                .isEqualTo(attribution);
    }

    @Test
    void longPathsAreSolvedToTheSameDigits() {
        List<String> path = new ArrayList<>();
        for (int i = 0; i < 2000; i++) path.add(i % 2 == 0 ? "a" : "b");
        Paths paths = Paths.builder().add(path, 1, 1, 1).build();
        assertThat(MarkovAttribution.of(paths, 3).conversionRate()).isCloseTo(.5, within(1e-9));
    }

    /**
     * One path of a million contacts and nine short ones. By hand, at order 1 with a and b in turn for ever: from a path's
     * first contact the chance to convert is that of the end it comes to.
     */
    @Test
    void aPathOfAMillionContactsIsSolved() {
        List<String> path = new ArrayList<>();
        for (int i = 0; i < 1_000_000; i++) path.add(i % 2 == 0 ? "a" : "b");
        Paths paths = Paths.builder()
                .add(path, 0, 0, 1)
                .add(List.of("c"), 1, 10, 0)
                .add(List.of("c"), 0, 0, 8)
                .build();
        MarkovAttribution markov = MarkovAttribution.of(paths, 1);
        assertThat(markov.conversionRate()).isCloseTo(.1, within(1e-13));
        assertThat(markov.attribution().share("c")).isCloseTo(1, within(1e-12));
        // Both a and b lead back to each other and at last to b's one end of two: half of what comes to it converts.
        Paths even = Paths.builder().add(path, 1, 1, 1).build();
        assertThat(MarkovAttribution.of(even, 1).conversionRate()).isCloseTo(.5, within(1e-12));
    }

    /** Elimination and sweeps give the same digits on chains short enough for both. */
    @Test
    void eliminationAgreesWithTheBracketsOfTheSweeps() {
        var random = new SplittableRandom(21);
        var builder = Paths.builder();
        for (int i = 0; i < 400; i++) {
            List<String> path = new ArrayList<>();
            int length = 1 + random.nextInt(60);
            for (int k = 0; k < length; k++) path.add("c" + random.nextInt(6));
            builder.add(path, random.nextInt(3), random.nextInt(50), 1 + random.nextInt(4));
        }
        Paths paths = builder.build();
        // What a customer does from the start on is what the paths did: the chain's rate is theirs.
        for (int order = 1; order <= 3; order++)
            assertThat(MarkovAttribution.of(paths, order).conversionRate())
                    .isCloseTo(paths.conversions() / (paths.conversions() + paths.nulls()), within(1e-12));
    }

    @Test
    void withoutConversionsNothingIsDivided() {
        Paths none = Paths.builder().add(List.of("a", "b"), 0, 0, 7).build();
        assertThat(MarkovAttribution.of(none, 2).attribution().credits())
                .containsExactly(new Credit("a", 0, 0), new Credit("b", 0, 0));
        assertThat(Paths.builder().build().channels()).isEmpty();
        assertThat(MarkovAttribution.of(Paths.builder().build(), 1)
                        .attribution()
                        .credits())
                .isEmpty();
    }

    @Test
    void pathsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> Paths.builder().add(List.of(), 1, 1, 1)).hasMessageContaining("without a channel");
        assertThatThrownBy(() -> Paths.builder().add(List.of("a"), -1, 1, 1)).hasMessageContaining("conversions of -1");
        assertThatThrownBy(() -> Paths.builder().add(List.of("a"), 1, Double.NaN, 1))
                .hasMessageContaining("a value of NaN");
        assertThatThrownBy(() -> Paths.builder().add(List.of("a"), new double[] {-1}, 1, 1, 1))
                .hasMessageContaining("-1.0 before the end");
        assertThatThrownBy(() -> MarkovAttribution.of(Paths.builder().build(), 4))
                .hasMessageContaining("order 4");
        assertThatThrownBy(() -> new TouchRule.TimeDecay(0)).hasMessageContaining("half-life of 0.0");
        assertThatThrownBy(() -> new TouchRule.Position(.8, .4)).hasMessageContaining("sum to at most 1");
    }

    private record Row(List<String> path, double conversions, double value, double nulls) {}

    private static List<Row> randomRows(SplittableRandom random, int channels, int count) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> path = new ArrayList<>();
            do path.add("c" + random.nextInt(channels));
            while (random.nextDouble() < .7);
            int conversions = random.nextInt(4);
            rows.add(new Row(path, conversions, conversions * random.nextDouble(), 1 + random.nextInt(9)));
        }
        return rows;
    }

    private static Paths paths(List<Row> rows) {
        Paths.Builder builder = Paths.builder();
        for (Row row : rows) builder.add(row.path, row.conversions, row.value, row.nulls);
        return builder.build();
    }

    private static Paths pathData() {
        Paths.Builder builder = Paths.builder();
        for (String line : SharedData.rows("attribution/PathData.csv")) {
            String[] field = line.split(",");
            builder.add(
                    List.of(field[0].replace("\"", "").split(" > ")),
                    Double.parseDouble(field[1]),
                    Double.parseDouble(field[2]),
                    Double.parseDouble(field[3]));
        }
        return builder.build();
    }

    private static double[] conversions(TouchRule rule, Paths paths) {
        return rule.attribute(paths).credits().stream()
                .mapToDouble(Credit::conversions)
                .toArray();
    }

    private static void sumsToTheWhole(Paths paths, Attribution attribution) {
        double conversions =
                attribution.credits().stream().mapToDouble(Credit::conversions).sum();
        double value = attribution.credits().stream().mapToDouble(Credit::value).sum();
        assertThat(conversions).isCloseTo(paths.conversions(), within(1e-8 * (1 + paths.conversions())));
        assertThat(value).isCloseTo(paths.value(), within(1e-8 * (1 + paths.value())));
    }

    /** The chain with names for states, a dense matrix and Gauss-Jordan elimination. */
    private static double byElimination(List<Row> rows, int order, Predicate<String> kept) {
        Map<List<String>, Map<List<String>, Double>> moves = new HashMap<>();
        Map<List<String>, Double> converted = new HashMap<>();
        Map<List<String>, Double> leaving = new HashMap<>();
        for (Row row : rows) {
            double weight = row.conversions + row.nulls;
            List<String> state = List.of();
            for (String channel : row.path) {
                List<String> next = new ArrayList<>(state);
                next.add(channel);
                if (next.size() > order) next = next.subList(1, next.size());
                moves.computeIfAbsent(state, s -> new HashMap<>()).merge(next, weight, Double::sum);
                leaving.merge(state, weight, Double::sum);
                state = next;
            }
            converted.merge(state, row.conversions, Double::sum);
            leaving.merge(state, weight, Double::sum);
        }
        List<List<String>> states = leaving.keySet().stream()
                .filter(state -> state.isEmpty() || kept.test(state.get(state.size() - 1)))
                .toList();
        int n = states.size();
        double[][] system = new double[n][n + 1];
        for (int s = 0; s < n; s++) {
            double total = leaving.getOrDefault(states.get(s), 0.0);
            system[s][s] += 1;
            system[s][n] = converted.getOrDefault(states.get(s), 0.0) / total;
            for (var move : moves.getOrDefault(states.get(s), Map.of()).entrySet()) {
                int target = states.indexOf(move.getKey());
                if (target >= 0) system[s][target] -= move.getValue() / total;
            }
        }
        for (int p = 0; p < n; p++)
            for (int r = 0; r < n; r++)
                if (r != p && system[r][p] != 0) {
                    double factor = system[r][p] / system[p][p];
                    for (int c = p; c <= n; c++) system[r][c] -= factor * system[p][c];
                }
        int start = states.indexOf(List.<String>of());
        return system[start][n] / system[start][start];
    }
}
