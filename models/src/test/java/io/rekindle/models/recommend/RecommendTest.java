package io.rekindle.models.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.table.Column;
import io.rekindle.models.table.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecommendTest {
    private static final List<Learner> ALL = List.of(
            new Learner("popularity", Popularity::of),
            new Learner("recent", data -> Popularity.of(data, 30)),
            new Learner("item-item", data -> ItemItem.fit(data, ItemItem.Options.DEFAULT)),
            new Learner("ease", data -> Ease.fit(data, Ease.Options.DEFAULT)),
            new Learner("als", data -> ImplicitAls.fit(data, new ImplicitAls.Options(8, 5, 1, 10, Strength.ROOT), 3)),
            new Learner("repurchase", Repurchase::fit),
            new Learner(
                    "hybrid",
                    data -> Hybrid.fit(
                            data,
                            List.of(
                                    new Learner("item-item", d -> ItemItem.fit(d, ItemItem.Options.DEFAULT)),
                                    new Learner("repurchase", Repurchase::fit)),
                            Goal.ANY,
                            5)));

    // ---- what was bought

    /** Customer 0: item 2 on days 5 and 9 (once written twice), item 0 on day 5. Customer 1: nothing. */
    @Test
    void aPairKeepsEachMomentOnce() {
        Interactions data =
                Interactions.of(2, 3, new int[] {0, 0, 0, 0}, new int[] {2, 2, 0, 2}, new long[] {9, 5, 5, 9});
        assertThat(data.pairs()).isEqualTo(2);
        assertThat(data.purchases()).isEqualTo(3);
        assertThat(data.owned(1)).isZero();
        assertThat(data.item(1)).isEqualTo(2);
        assertThat(data.times(1)).isEqualTo(2);
        assertThat(data.visits(0)).containsExactly(5, 9);
        assertThat(data.has(0, 1)).isFalse();
        assertThat(Interactions.untimed(2, 3, new int[] {0, 0, 0}, new int[] {2, 2, 0})
                        .times(1))
                .isEqualTo(2);
    }

    /** Two of item 0 on day 1, one sent back on day 3; item 1 on day 2, all sent back; item 1's refund touches no other. */
    @Test
    void whatWasRefundedWholeWasNeverBought() {
        Interactions data = Interactions.net(
                1,
                2,
                new int[] {0, 0, 0, 0},
                new int[] {0, 0, 1, 1},
                new long[] {1, 3, 2, 4},
                new double[] {2, -1, 5, -5},
                true);
        assertThat(data.pairs()).isEqualTo(1);
        assertThat(data.has(0, 0)).isTrue();
        assertThat(data.has(0, 1)).isFalse();
    }

    // ---- recommenders by hand and by brute force

    /** Customers {0, 1}, {0, 1}, {0, 2}: 0 and 1 share two of the three who have 0. */
    @ParameterizedTest
    @EnumSource(Similarity.class)
    void likenessIsTheHandCalculation(Similarity similarity) {
        Interactions data = Interactions.untimed(3, 3, new int[] {0, 0, 1, 1, 2, 2}, new int[] {0, 1, 0, 1, 0, 2});
        ItemItem fitted = ItemItem.fit(data, new ItemItem.Options(similarity, 2, 0, 5, Strength.ONCE));
        double plain = switch (similarity) {
            case COSINE -> 2 / Math.sqrt(3 * 2);
            case JACCARD -> 2 / 3.0;
            case LIFT -> 2 * 3 / (3.0 * 2);
        };
        assertThat(fitted.neighbours(1)).hasSize(1);
        assertThat(fitted.neighbours(1).getFirst().item()).isZero();
        // Two in common and a shrinkage of two: half is believed.
        assertThat(fitted.neighbours(1).getFirst().likeness()).isCloseTo(plain / 2, within(1e-12));
        double[] scores = new double[3];
        fitted.score(0, scores);
        assertThat(scores[0]).isCloseTo(plain / 2, within(1e-12));
    }

    @ParameterizedTest
    @EnumSource(Similarity.class)
    void itemItemIsWhatCountingEveryPairFinds(Similarity similarity) {
        Interactions data = Shop.of(1, 60, 24, 3, 3, .7).purchases();
        ItemItem fitted = ItemItem.fit(data, new ItemItem.Options(similarity, 3, .5, 1000, Strength.ROOT));
        double[] weight = new double[60];
        double sum = 0;
        for (int c = 0; c < 60; c++) {
            weight[c] = 1 / Math.sqrt(data.owned(c));
            sum += weight[c];
        }
        for (int c = 0; c < 60; c++) weight[c] *= 60 / sum;
        double[] scores = new double[24];
        for (int customer = 0; customer < 60; customer += 7) {
            fitted.score(customer, scores);
            for (int j = 0; j < 24; j++) {
                double expected = 0;
                for (int p = data.from(customer); p < data.to(customer); p++) {
                    int i = data.item(p);
                    if (i == j) continue;
                    double both = 0;
                    double a = 0;
                    double b = 0;
                    for (int c = 0; c < 60; c++) {
                        if (data.has(c, i) && data.has(c, j)) both += weight[c];
                        if (data.has(c, i)) a += weight[c];
                        if (data.has(c, j)) b += weight[c];
                    }
                    if (both > 0)
                        expected += Math.sqrt(data.times(p)) * similarity.of(both, a, b, 60) * both / (both + 3);
                }
                assertThat(scores[j]).isCloseTo(expected, within(1e-9));
            }
        }
    }

    /** At the minimum of ‖x_j − X b‖² + λ‖b‖² over b with b_j = 0 the gradient in every other place is nought. */
    @Test
    void easeIsTheConstrainedRidgeRegression() {
        Interactions data = Shop.of(2, 80, 20, 4, 3, .8).purchases();
        Ease ease = Ease.fit(data, new Ease.Options(7, 100, Strength.ONCE));
        double[][] together = new double[20][20];
        for (int c = 0; c < 80; c++)
            for (int p = data.from(c); p < data.to(c); p++)
                for (int q = data.from(c); q < data.to(c); q++) together[data.item(p)][data.item(q)]++;
        for (int j = 0; j < 20; j++) {
            assertThat(ease.weight(j, j)).isZero();
            for (int i = 0; i < 20; i++) {
                if (i == j) continue;
                double gradient = 7 * ease.weight(i, j) - together[i][j];
                for (int l = 0; l < 20; l++) gradient += together[i][l] * ease.weight(l, j);
                assertThat(gradient).isCloseTo(0, within(1e-8));
            }
        }
        // With few items taking part the others score nothing.
        Ease few = Ease.fit(data, new Ease.Options(7, 5, Strength.ONCE));
        double[] scores = new double[20];
        few.score(0, scores);
        assertThat(IntStream.range(0, 20).filter(i -> scores[i] != 0).count()).isLessThanOrEqualTo(5);
    }

    @Test
    void alsNeverRisesAndTellsTastesApart() {
        Interactions data = Shop.of(3, 120, 40, 4, 3, .95).purchases();
        double before = Double.POSITIVE_INFINITY;
        for (int iterations : new int[] {1, 2, 4, 8, 30, 200, 400}) {
            ImplicitAls fitted = ImplicitAls.fit(data, new ImplicitAls.Options(6, iterations, 2, 5, Strength.ROOT), 1);
            assertThat(fitted.objective()).isLessThanOrEqualTo(before * (1 + 1e-12));
            if (iterations == 400) assertThat(fitted.objective()).isCloseTo(before, within(1e-5 * before));
            before = fitted.objective();
        }
        ImplicitAls fitted = ImplicitAls.fit(data, new ImplicitAls.Options(6, 15, 2, 5, Strength.ROOT), 1);
        Recommendations top = Recommendations.of(fitted, 3, Goal.NEW.candidates(data));
        int own = 0;
        int all = 0;
        for (int c = 0; c < 120; c++)
            for (int r = 0; r < top.count(c); r++, all++) if (top.item(c, r) % 4 == c % 4) own++;
        assertThat(own / (double) all).isGreaterThan(.85);
    }

    /**
     * With three factors the three steps of conjugate gradients end at the solution of Hu, Koren and Volinsky's normal
     * equations, so that the whole history is theirs: x_u = (Yᵀ Cᵘ Y + λI)⁻¹ Yᵀ Cᵘ p(u), solved here with all cells of the
     * table written out, and the same for items.
     */
    @Test
    void alsIsTheSolutionOfTheDenseNormalEquationsAndFallsAtEachHalfStep() {
        int customers = 14;
        int items = 9;
        int factors = 3;
        double ridge = .7;
        double confidence = 4;
        var random = new SplittableRandom(11);
        int[] customer = random.ints(90, 0, customers).toArray();
        int[] item = random.ints(90, 0, items).toArray();
        double[][] times = new double[customers][items];
        for (int row = 0; row < 90; row++) times[customer[row]][item[row]]++;
        Interactions data = Interactions.untimed(customers, items, customer, item);
        double[][] x = new double[customers][factors];
        double[][] y = new double[items][factors];
        var beginning = new SplittableRandom(5);
        for (double[] row : y) for (int k = 0; k < factors; k++) row[k] = .1 * (beginning.nextDouble() - .5);
        double before = Double.POSITIVE_INFINITY;
        for (int iteration = 1; iteration <= 6; iteration++) {
            for (int u = 0; u < customers; u++) {
                int own = u;
                x[u] = dense(y, i -> times[own][i], ridge, confidence);
            }
            double half = loss(x, y, times, ridge, confidence);
            assertThat(half).isLessThanOrEqualTo(before);
            for (int i = 0; i < items; i++) {
                int own = i;
                y[i] = dense(x, u -> times[u][own], ridge, confidence);
            }
            before = loss(x, y, times, ridge, confidence);
            assertThat(before).isLessThanOrEqualTo(half);
            ImplicitAls fitted = ImplicitAls.fit(
                    data, new ImplicitAls.Options(factors, iteration, ridge, confidence, Strength.ROOT), 5);
            assertThat(fitted.objective()).isCloseTo(before, within(1e-9 * before));
            double[] scores = new double[items];
            for (int u = 0; u < customers; u++) {
                fitted.score(u, scores);
                for (int i = 0; i < items; i++) {
                    double expected = 0;
                    for (int k = 0; k < factors; k++) expected += x[u][k] * y[i][k];
                    assertThat(scores[i]).isCloseTo(expected, within(1e-9));
                }
            }
        }
        // With more factors a half-step ends on the way, and is none the less downhill.
        var told = new ArrayList<Double>();
        ImplicitAls.fit(data, new ImplicitAls.Options(8, 6, ridge, confidence, Strength.ROOT), 5, told::add);
        assertThat(told).hasSize(12);
        for (int k = 1; k < told.size(); k++) assertThat(told.get(k)).isLessThanOrEqualTo(told.get(k - 1));
    }

    /** (Yᵀ C Y + λI)⁻¹ Yᵀ C p by Gauss and Jordan, where c is 1 + confidence · √times and p is 1 where there is any. */
    private static double[] dense(double[][] others, IntToDoubleFunction times, double ridge, double confidence) {
        int f = others[0].length;
        double[][] a = new double[f][f + 1];
        for (int k = 0; k < f; k++) a[k][k] = ridge;
        for (int j = 0; j < others.length; j++) {
            double weight = 1 + confidence * Math.sqrt(times.applyAsDouble(j));
            for (int k = 0; k < f; k++) {
                for (int l = 0; l < f; l++) a[k][l] += weight * others[j][k] * others[j][l];
                if (times.applyAsDouble(j) > 0) a[k][f] += weight * others[j][k];
            }
        }
        for (int k = 0; k < f; k++) {
            double pivot = a[k][k];
            for (int l = k; l <= f; l++) a[k][l] /= pivot;
            for (int other = 0; other < f; other++) {
                if (other == k) continue;
                double factor = a[other][k];
                for (int l = k; l <= f; l++) a[other][l] -= factor * a[k][l];
            }
        }
        return IntStream.range(0, f).mapToDouble(k -> a[k][f]).toArray();
    }

    /** Σ weight (seen − x·y)² + λ (Σ‖x‖² + Σ‖y‖²) over every cell. */
    private static double loss(double[][] x, double[][] y, double[][] times, double ridge, double confidence) {
        double sum = 0;
        for (double[][] side : List.of(x, y))
            for (double[] row : side) for (double value : row) sum += ridge * value * value;
        for (int u = 0; u < x.length; u++)
            for (int i = 0; i < y.length; i++) {
                double left = times[u][i] > 0 ? 1 : 0;
                for (int k = 0; k < x[u].length; k++) left -= x[u][k] * y[i][k];
                sum += (1 + confidence * Math.sqrt(times[u][i])) * left * left;
            }
        return sum;
    }

    /** Item 0: bought on days 0 and 60 by one customer; item 1: day 30 by another. Half-life 30, latest day 60. */
    @Test
    void popularityDecaysFromEachBuyersLastPurchase() {
        Interactions data = Interactions.of(2, 3, new int[] {0, 0, 1}, new int[] {0, 0, 1}, new long[] {0, 60, 30});
        assertThat(Popularity.of(data, 30).scores()).containsExactly(1, .5, 0);
        assertThat(Popularity.of(data).scores()).containsExactly(1, 1, 0);
    }

    /** Everybody buys item 0 at every visit and one other item once. */
    @Test
    void staplesComeBackAndOneOffsDoNot() {
        List<long[]> rows = new ArrayList<>();
        for (int c = 0; c < 60; c++)
            for (int visit = 0; visit < 6; visit++) {
                rows.add(new long[] {c, 0, visit});
                rows.add(new long[] {c, 1 + (c * 6 + visit) % 30, visit});
            }
        Interactions data = Interactions.of(
                60,
                31,
                rows.stream().mapToInt(row -> (int) row[0]).toArray(),
                rows.stream().mapToInt(row -> (int) row[1]).toArray(),
                rows.stream().mapToLong(row -> row[2]).toArray());
        Repurchase fitted = Repurchase.fit(data);
        assertThat(fitted.staple(0)).isGreaterThan(1).isGreaterThan(5 * fitted.staple(1));
        Recommendations top = Recommendations.of(fitted, 1, Goal.ANY.candidates(data));
        for (int c = 0; c < 60; c++) assertThat(top.item(c, 0)).isZero();
        assertThat(fitted.model()).isPresent();
    }

    @Test
    void whereNothingCameBackRepurchaseKnowsNothing() {
        Interactions data = Interactions.of(2, 2, new int[] {0, 1}, new int[] {0, 1}, new long[] {1, 2});
        Repurchase fitted = Repurchase.fit(data);
        double[] scores = {7, 7};
        fitted.score(0, scores);
        assertThat(scores).containsExactly(0, 0);
        assertThat(fitted.model()).isEmpty();
    }

    @Test
    void aHybridLeavesOutWhatDoesNotHelp() {
        Interactions data = Shop.of(4, 300, 60, 3, 4, .9).purchases();
        Learner noise = new Learner("noise", d -> new Recommender() {
            @Override
            public Interactions data() {
                return d;
            }

            @Override
            public void score(int customer, double[] scores) {
                SplittableRandom random = new SplittableRandom(customer);
                for (int i = 0; i < scores.length; i++) scores[i] = random.nextDouble();
            }
        });
        Learner likeness = new Learner("item-item", d -> ItemItem.fit(d, ItemItem.Options.DEFAULT));
        Hybrid hybrid = Hybrid.fit(data, List.of(noise, likeness), Goal.NEW, 1);
        assertThat(hybrid.weights()[1]).isEqualTo(1);
        assertThat(hybrid.weights()[0]).isLessThanOrEqualTo(.1);
        assertThat(hybrid.names()).containsExactly("noise", "item-item");
    }

    @Test
    void itemsNobodyBoughtAndCustomersWhoBoughtNothingAreKnownByWhatTheyAre() {
        // The last four items are never bought, the last four customers never buy.
        Shop shop = Shop.of(6, 200, 36, 4, 3, .95);
        Interactions data = Interactions.of(204, 40, shop.customer(), shop.item(), shop.tick());
        int[] taste = IntStream.range(0, 40).map(i -> i % 4).toArray();
        Features content = Features.of(40)
                .categories(taste, 4)
                .texts(IntStream.range(0, 40)
                        .mapToObj(i -> "item of taste" + i % 4 + " 好茶")
                        .toList())
                .build();
        Features attributes = Features.of(204)
                .categories(IntStream.range(0, 204).map(c -> c % 4).toArray(), 4)
                .numbers(IntStream.range(0, 204)
                        .mapToDouble(c -> c % 4 == 0 ? Double.NaN : c % 4)
                        .toArray())
                .build();
        Recommender cold = ColdStart.of(
                ItemItem.fit(data, ItemItem.Options.DEFAULT), Optional.of(content), Optional.of(attributes));
        double[] scores = new double[40];
        for (int c = 0; c < 200; c++) {
            cold.score(c, scores);
            for (int other = 36; other < 40; other++)
                if (other % 4 != c % 4) assertThat(scores[36 + c % 4]).isGreaterThan(scores[other]);
        }
        Recommendations top = Recommendations.of(cold, 3, Candidates.ALL);
        for (int c = 200; c < 204; c++)
            for (int r = 0; r < 3; r++) assertThat(top.item(c, r) % 4).isEqualTo(c % 4);
        assertThat(content.cosine(0, 4)).isCloseTo(1, within(1e-12));
        assertThat(content.cosine(0, 1)).isLessThan(.6);
    }

    /**
     * A long tail of items hardly anybody bought. Described by what says nothing they must not crowd out what purchases
     * recommend; described by what they are they may help.
     */
    @Test
    void whatSaysNothingOfItemsDoesNotSpoilWhatPurchasesSay() {
        int items = 600;
        Shop shop = Shop.of(9, 500, items, 6, 5, .9);
        Split split = Split.lastOfEach(shop.purchases(), .25);
        SplittableRandom random = new SplittableRandom(3);
        int[] chance = random.ints(items, 0, 6).toArray();
        double[] price = random.doubles(items).toArray();
        Features nothing =
                Features.of(items).categories(chance, 6).numbers(price).build();
        Features taste = Features.of(items)
                .categories(IntStream.range(0, items).map(i -> i % 6).toArray(), 6)
                .build();
        Learner plain = new Learner("plain", d -> ItemItem.fit(d, ItemItem.Options.DEFAULT));
        Evaluation found = Evaluation.of(
                split,
                List.of(
                        plain,
                        new Learner("nothing", d -> ColdStart.of(plain.fit(d), Optional.of(nothing), Optional.empty())),
                        new Learner("taste", d -> ColdStart.of(plain.fit(d), Optional.of(taste), Optional.empty()))),
                Goal.NEW,
                5,
                Integer.MAX_VALUE,
                1);
        double alone = found.quality("plain").ndcg();
        assertThat(found.quality("nothing").ndcg()).isGreaterThan(.95 * alone);
        assertThat(found.quality("taste").ndcg()).isGreaterThan(.95 * alone);
        assertThat(alone).isGreaterThan(found.quality("popularity").ndcg());
    }

    @Test
    void aTableBecomesMarksColumnByColumn() {
        Table table = Table.of(List.of(
                new Column.Numbers("price", new double[] {1, 1, 9, Double.NaN}),
                new Column.Dates("since", new long[] {0, 0, 9, Column.Dates.NONE}),
                new Column.Categories("kind", List.of("tea"), new int[] {0, 0, -1, 0}),
                new Column.Categories("name", List.of("red cup", "blue cup", "hat", "a tie"), new int[] {0, 1, 2, 3})));
        // The table's last row describes nobody; customer 3 is described by none.
        Features features = Features.of(4).table(table, new int[] {0, 1, 2, -1}).build();
        assertThat(features.known(3)).isFalse();
        assertThat(features.cosine(0, 1)).isBetween(.5, .95);
        assertThat(features.cosine(0, 2)).isLessThan(features.cosine(0, 1));
        assertThat(features.cosine(1, 3)).isZero();
    }

    // ---- top k

    @Test
    void theBestAreThoseThatSortingFinds() {
        SplittableRandom random = new SplittableRandom(8);
        Interactions data = Shop.of(9, 40, 50, 5, 2, .5).purchases();
        double[][] scores = new double[40][50];
        // Few different scores, so that many are equal.
        for (double[] row : scores) for (int i = 0; i < 50; i++) row[i] = random.nextInt(8);
        Recommender fixed = new Recommender() {
            @Override
            public Interactions data() {
                return data;
            }

            @Override
            public void score(int customer, double[] into) {
                System.arraycopy(scores[customer], 0, into, 0, 50);
            }
        };
        boolean[] available = new boolean[50];
        for (int i = 0; i < 50; i++) available[i] = i % 5 != 0;
        for (int k : new int[] {1, 7, 50, 80}) {
            Recommendations top =
                    Recommendations.of(fixed, k, Candidates.without(data).onlyAvailable(available));
            for (int c = 0; c < 40; c++) {
                int customer = c;
                List<Integer> sorted = IntStream.range(0, 50)
                        .filter(i -> available[i] && !data.has(customer, i))
                        .boxed()
                        .sorted(Comparator.<Integer>comparingDouble(i -> -scores[customer][i])
                                .thenComparingInt(i -> -data.buyers(i))
                                .thenComparingInt(i -> i))
                        .limit(k)
                        .toList();
                List<Integer> found = IntStream.range(0, top.count(c))
                        .mapToObj(r -> top.item(customer, r))
                        .toList();
                assertThat(found).isEqualTo(sorted);
                for (int r = 0; r < found.size(); r++)
                    assertThat(top.score(c, r)).isEqualTo(scores[c][found.get(r)]);
            }
        }
    }

    /** Who knows which items are not 0, or that all customers are scored alike, finds what looking at all items finds. */
    @Test
    void lookingAtFewItemsFindsWhatLookingAtAllFinds() {
        Shop shop = Shop.of(6, 300, 120, 4, 4, .7);
        Interactions data = Interactions.of(302, 121, shop.customer(), shop.item(), shop.tick());
        boolean[] available = new boolean[121];
        for (int i = 0; i < 121; i++) available[i] = i % 7 != 0;
        for (Learner learner : ALL) {
            Recommender fitted = learner.fit(data);
            Recommender all = new Recommender() {
                @Override
                public Interactions data() {
                    return data;
                }

                @Override
                public void score(int customer, double[] into) {
                    fitted.score(customer, into);
                }
            };
            for (Candidates candidates : List.of(
                    Candidates.ALL,
                    Candidates.without(data),
                    Candidates.without(data).onlyAvailable(available)))
                for (int k : new int[] {1, 10, 121}) {
                    Recommendations few = Recommendations.of(fitted, k, candidates);
                    Recommendations every = Recommendations.of(all, k, candidates);
                    for (int c = 0; c < 302; c++) {
                        assertThat(few.count(c)).as(learner.name()).isEqualTo(every.count(c));
                        for (int r = 0; r < few.count(c); r++) {
                            assertThat(few.item(c, r)).as(learner.name()).isEqualTo(every.item(c, r));
                            assertThat(few.score(c, r)).isEqualTo(every.score(c, r));
                        }
                    }
                }
        }
    }

    @Test
    void aCustomerWithoutPurchasesGetsTheBestSellers() {
        Shop shop = Shop.of(2, 90, 30, 3, 3, .9);
        Interactions data = Interactions.of(91, 30, shop.customer(), shop.item(), shop.tick());
        Recommendations best = Recommendations.of(Popularity.of(data), 5, Candidates.ALL);
        for (Learner learner : ALL) {
            if (learner.name().equals("recent")) continue;
            Recommendations top = Recommendations.of(learner.fit(data), 5, Candidates.ALL);
            for (int r = 0; r < 5; r++) assertThat(top.item(90, r)).isEqualTo(best.item(90, r));
        }
    }

    // ---- splits and evaluation

    /** Visits 1, 2, 3 and 4: the last one is a quarter. Item 0 at 1 and 4, item 1 at 2, item 2 at 3, item 3 at 4. */
    @Test
    void theLastVisitsAreKeptBackWhole() {
        Interactions data =
                Interactions.of(1, 4, new int[] {0, 0, 0, 0, 0}, new int[] {0, 0, 1, 2, 3}, new long[] {1, 4, 2, 3, 4});
        Split split = Split.lastOfEach(data, .25);
        assertThat(split.kept(0, Goal.ANY)).containsExactly(0, 3);
        assertThat(split.kept(0, Goal.NEW)).containsExactly(3);
        assertThat(split.train().visits(0)).containsExactly(1, 2, 3);
        Split half = Split.lastOfEach(data, .5);
        assertThat(half.kept(0, Goal.ANY)).containsExactly(0, 2, 3);
        assertThat(Split.from(data, 2).kept(0, Goal.ANY)).containsExactly(0, 1, 2, 3);
        assertThat(Split.from(data, 5).held(Goal.ANY)).isZero();
    }

    @Test
    void aSplitByChanceKeepsBackItsShareAndLosesNothing() {
        Interactions data = Shop.of(5, 100, 80, 4, 4, .5).purchases();
        Split split = Split.random(data, .25, 7);
        int kept = 0;
        for (int c = 0; c < 100; c++) {
            int[] back = split.kept(c, Goal.ANY);
            kept += back.length;
            Set<Integer> both = new HashSet<>();
            for (int item : back) both.add(item);
            for (int p = split.train().from(c); p < split.train().to(c); p++)
                both.add(split.train().item(p));
            assertThat(both).hasSize(data.owned(c));
            assertThat(back.length).isEqualTo((int) Math.round(.25 * data.owned(c)));
        }
        assertThat(split.train().pairs() + kept).isEqualTo(data.pairs());
        assertThat(Split.random(data, .25, 7).train().pairs())
                .isEqualTo(split.train().pairs());
    }

    /**
     * Three best sellers 0, 1, 2 (three, two and one buyers among three customers of the training part). Customer 0 buys items 1
     * and 3 afterwards, of which popularity shows 0, 1: a hit at rank 2 of two possible.
     */
    @Test
    void qualityIsTheHandCalculation() {
        Interactions data = Interactions.of(
                3, 4, new int[] {0, 1, 2, 1, 2, 2, 0, 0}, new int[] {0, 0, 0, 1, 1, 2, 1, 3}, new long[] {
                    1, 1, 1, 1, 1, 1, 9, 9
                });
        Evaluation found = Evaluation.of(Split.from(data, 5), List.of(), Goal.ANY, 2, 10, 1);
        Quality quality = found.methods().getFirst().quality();
        double second = 1 / (Math.log(3) / Math.log(2));
        assertThat(quality.customers()).isEqualTo(1);
        assertThat(quality.ndcg()).isCloseTo(second / (1 + second), within(1e-12));
        assertThat(quality.recall()).isEqualTo(.5);
        assertThat(quality.precision()).isEqualTo(.5);
        assertThat(quality.map()).isEqualTo(.5 / 2);
        assertThat(quality.hitRate()).isEqualTo(1);
        assertThat(quality.coverage()).isEqualTo(.5);
        // Item 0 is everybody's: 0 bits; item 1 is had by two of three.
        assertThat(quality.novelty()).isCloseTo(Math.log(1.5) / Math.log(2) / 2, within(1e-12));
        // New to customer 0 are 1 and 3, and item 0 is left out: the hit is at rank 1.
        Quality fresh = Evaluation.of(Split.from(data, 5), List.of(), Goal.NEW, 2, 10, 1)
                .methods()
                .getFirst()
                .quality();
        assertThat(fresh.ndcg()).isCloseTo(1 / (1 + second), within(1e-12));
    }

    @Test
    void tastesAreFoundWellAbovePopularityAndTheEvaluationSaysSo() {
        Interactions data = Shop.of(11, 400, 80, 4, 4, .9).purchases();
        Evaluation found = Evaluation.of(Split.lastOfEach(data, .25), ALL, Goal.NEW, 5, 1000, 1);
        assertThat(found.methods().getFirst().name()).isEqualTo("popularity");
        for (Evaluation.Method method : found.methods())
            if (Set.of("item-item", "ease", "als", "hybrid").contains(method.name()))
                assertThat(method.gain()).isGreaterThan(4 * method.gainError());
        assertThat(Evaluation.of(Split.lastOfEach(data, .25), ALL, Goal.NEW, 5, 100, 1)
                        .methods()
                        .getLast()
                        .quality()
                        .customers())
                .isEqualTo(100);
    }

    // ---- laws

    @Test
    void neitherTheOrderOfRowsNorRowsThatAreThereTwiceChangeAnything() {
        Shop shop = Shop.of(12, 90, 40, 4, 3, .8);
        for (Learner learner : ALL) {
            double[][] plain = scores(learner.fit(shop.purchases()));
            assertThat(scores(learner.fit(shop.shuffled(1).purchases()))).isDeepEqualTo(plain);
            assertThat(scores(learner.fit(shop.doubled().purchases()))).isDeepEqualTo(plain);
            assertThat(scores(learner.fit(shop.purchases()))).isDeepEqualTo(plain);
        }
    }

    @Test
    void theUnitOfTimeDoesNotMatter() {
        Shop shop = Shop.of(13, 80, 30, 3, 4, .8);
        Strength recent = new Strength(20, 1);
        Strength sameRecent = new Strength(20 * 86400.0, 1);
        Interactions days = shop.purchases();
        Interactions seconds = shop.slower(86400).purchases();
        assertThat(Popularity.of(seconds, 45 * 86400.0).scores())
                .containsExactly(Popularity.of(days, 45).scores(), within(1e-12));
        double[][] one = scores(ItemItem.fit(days, ItemItem.Options.DEFAULT.with(recent)));
        double[][] other = scores(ItemItem.fit(seconds, ItemItem.Options.DEFAULT.with(sameRecent)));
        for (int c = 0; c < 80; c++) assertThat(other[c]).containsExactly(one[c], within(1e-12));
        assertThat(scores(Repurchase.fit(seconds))).isDeepEqualTo(scores(Repurchase.fit(days)));
    }

    @Test
    void numberingCustomersAndItemsOtherwiseRenumbersTheResultAndNoMore() {
        Shop shop = Shop.of(14, 70, 30, 3, 3, .8);
        Interactions data = shop.purchases();
        Interactions turned = Interactions.of(
                70,
                30,
                IntStream.of(shop.customer()).map(c -> 69 - c).toArray(),
                IntStream.of(shop.item()).map(i -> (i + 11) % 30).toArray(),
                shop.tick());
        for (Learner learner : ALL) {
            // Random beginnings go by number.
            if (learner.name().equals("als")) continue;
            double[][] plain = scores(learner.fit(data));
            double[][] other = scores(learner.fit(turned));
            for (int c = 0; c < 70; c++)
                for (int i = 0; i < 30; i++)
                    assertThat(other[69 - c][(i + 11) % 30]).isCloseTo(plain[c][i], within(1e-7));
        }
    }

    private static double[][] scores(Recommender recommender) {
        double[][] scores =
                new double[recommender.data().customers()][recommender.data().items()];
        for (int c = 0; c < scores.length; c++) recommender.score(c, scores[c]);
        return scores;
    }

    // ---- bad input

    @Test
    void littleIsEnoughNotToFail() {
        Interactions nothing = Interactions.of(0, 0, new int[0], new int[0], new long[0]);
        Interactions one = Interactions.of(1, 1, new int[] {0}, new int[] {0}, new long[] {5});
        Interactions unbought = Interactions.of(3, 4, new int[0], new int[0], new long[0]);
        for (Learner learner : ALL) {
            assertThat(Recommendations.of(learner.fit(nothing), 3, Candidates.ALL)
                            .customers())
                    .isZero();
            assertThat(Recommendations.of(learner.fit(one), 3, Candidates.ALL).count(0))
                    .isEqualTo(1);
            assertThat(Recommendations.of(learner.fit(one), 3, Candidates.without(one))
                            .count(0))
                    .isZero();
            assertThat(Recommendations.of(learner.fit(unbought), 3, Candidates.ALL)
                            .count(2))
                    .isEqualTo(3);
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        Interactions data = Interactions.untimed(1, 2, new int[] {0}, new int[] {1});
        assertThatThrownBy(() -> Interactions.untimed(1, 1, new int[] {0}, new int[] {1}))
                .hasMessage("row 0: customer 0 and item 1; there are 1 and 1");
        assertThatThrownBy(() -> Interactions.of(1, 1, new int[] {0}, new int[] {0}, new long[0]))
                .hasMessageContaining("tick 0");
        assertThatThrownBy(() -> Interactions.net(
                        1, 1, new int[] {0}, new int[] {0}, new long[1], new double[] {Double.NaN}, true))
                .hasMessageContaining("NaN is not a number");
        assertThatThrownBy(() -> Split.lastOfEach(data, .25)).hasMessageContaining("without times");
        assertThatThrownBy(() -> Split.random(data, 1.5, 1)).hasMessageContaining("share of 1.5");
        assertThatThrownBy(() -> Repurchase.fit(data)).hasMessageContaining("without times");
        assertThatThrownBy(() -> Popularity.of(data, 0)).hasMessageContaining("half-life of 0.0");
        assertThatThrownBy(() -> new Strength(1, 2)).hasMessageContaining("power of 2.0");
        assertThatThrownBy(() -> new ItemItem.Options(Similarity.LIFT, -1, 0, 1, Strength.ONCE))
                .hasMessageContaining("shrinkage of -1.0");
        assertThatThrownBy(() -> new Ease.Options(0, 1, Strength.ONCE)).hasMessageContaining("ridge of 0.0");
        assertThatThrownBy(() -> new Ease.Options(1, 1_000_000, Strength.ONCE)).hasMessageContaining("1000000 items");
        assertThatThrownBy(() -> new ImplicitAls.Options(0, 1, 1, 1, Strength.ONCE))
                .hasMessageContaining("0 factors");
        assertThatThrownBy(() -> Recommendations.of(Popularity.of(data), 0, Candidates.ALL))
                .hasMessageContaining("0 recommendations");
        assertThatThrownBy(
                        () -> Recommendations.of(Popularity.of(data), 1, Candidates.ALL.onlyAvailable(new boolean[5])))
                .hasMessageContaining("availability of 5 items");
        assertThatThrownBy(() -> Evaluation.of(Split.random(data, .5, 1), List.of(), Goal.NEW, 5, 10, 1))
                .hasMessageContaining("nothing was kept back");
        assertThatThrownBy(() -> Features.of(2).categories(new int[1], 1)).hasMessageContaining("1 rows beside 2");
        assertThatThrownBy(() -> ColdStart.of(
                        Popularity.of(data), Optional.of(Features.of(1).build()), Optional.empty()))
                .hasMessageContaining("1 items are described and there are 2");
    }
}
