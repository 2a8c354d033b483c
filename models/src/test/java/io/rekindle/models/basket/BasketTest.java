package io.rekindle.models.basket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.SharedData;
import io.rekindle.models.basket.ItemSets.Rule;
import io.rekindle.models.basket.NextBasketPairs.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BasketTest {
    @Test
    void theGroceriesRulesAreTheReferences() {
        Baskets groceries = groceries();
        assertThat(groceries.count()).isEqualTo(9835);
        assertThat(groceries.items()).hasSize(169);
        ItemSets rare = ItemSets.of(groceries, .001, 20);
        assertThat(rare.size()).isEqualTo(13_492);
        List<Rule> rules = rare.rules(.5);
        assertThat(rules).hasSize(5668);
        assertThat(rules.getFirst().antecedent()).containsExactly("Instant food products", "soda");
        assertThat(rules.getFirst().consequent()).isEqualTo("hamburger meat");
        assertThat(rules.getFirst().lift()).isCloseTo(18.9957, within(.5e-4));
        assertThat(rare.rules(.8)).hasSize(410);
        assertThat(ItemSets.of(groceries, .006, 20).rules(.25)).hasSize(463);
        assertThat(ItemSets.of(groceries, .01, 20).rules(.5)).hasSize(15);
    }

    /** Five baskets; {a, b} in 3, {a} in 4, {b} in 4. */
    @Test
    void aRulesFiguresAreTheHandCalculation() {
        Baskets baskets = Baskets.of(
                List.of(List.of("a", "b"), List.of("a", "b", "c"), List.of("b", "a"), List.of("a"), List.of("b")));
        Rule rule = ItemSets.of(baskets, .6, 2).rules(.7).getLast();
        assertThat(rule).isEqualTo(new Rule(List.of("a"), "b", 3, .6, .75, .75 / .8, (1 - .8) / (1 - .75)));
        Rule certain = ItemSets.of(baskets, .2, 2).rules(1).getFirst();
        assertThat(certain.antecedent()).containsExactly("c");
        assertThat(certain.conviction()).isInfinite();
    }

    @Test
    void frequentSetsAreThoseThatCountingEverySubsetFinds() {
        for (int seed = 0; seed < 30; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            // From a handful to 3,000 baskets, so that both forms of membership meet.
            int count = seed % 3 == 0 ? 3000 : 20 + random.nextInt(200);
            List<List<String>> sets = randomSets(random, count, 8, random.nextDouble() * .5);
            double support = .002 + random.nextDouble() * .1;
            int longest = 1 + random.nextInt(8);
            Map<TreeSet<String>, Integer> counted = new HashMap<>();
            for (List<String> set : sets) {
                List<String> distinct = new ArrayList<>(new TreeSet<>(set));
                for (int bits = 1; bits < 1 << distinct.size(); bits++) {
                    int chosen = bits;
                    if (Integer.bitCount(bits) <= longest)
                        counted.merge(
                                new TreeSet<>(IntStream.range(0, distinct.size())
                                        .filter(i -> (chosen >> i & 1) == 1)
                                        .mapToObj(distinct::get)
                                        .toList()),
                                1,
                                Integer::sum);
                }
            }
            counted.values().removeIf(times -> times < support * count);
            ItemSets found = ItemSets.of(Baskets.of(sets), support, longest);
            Map<TreeSet<String>, Integer> sameWay = new HashMap<>();
            for (int i = 0; i < found.size(); i++) sameWay.put(new TreeSet<>(found.items(i)), found.count(i));
            assertThat(sameWay).isEqualTo(counted).hasSize(found.size());
        }
    }

    @Test
    void rulesAreThoseThatCountingEveryPairOfSidesFinds() {
        List<List<String>> sets = randomSets(new SplittableRandom(5), 150, 6, .4);
        ItemSets found = ItemSets.of(Baskets.of(sets), .05, 6);
        Map<TreeSet<String>, Integer> counts = new HashMap<>();
        for (int i = 0; i < found.size(); i++) counts.put(new TreeSet<>(found.items(i)), found.count(i));
        int expected = 0;
        for (var set : counts.keySet())
            for (String consequent : set) {
                List<String> antecedent =
                        set.stream().filter(item -> !item.equals(consequent)).toList();
                if (antecedent.isEmpty()) continue;
                long holding =
                        sets.stream().filter(s -> s.containsAll(antecedent)).count();
                long both = sets.stream()
                        .filter(s -> s.containsAll(antecedent) && s.contains(consequent))
                        .count();
                if (both >= .4 * holding) expected++;
            }
        List<Rule> rules = found.rules(.4);
        assertThat(rules).hasSize(expected);
        for (Rule rule : rules) {
            double own =
                    sets.stream().filter(s -> s.contains(rule.consequent())).count() / 150.0;
            assertThat(rule.lift()).isCloseTo(rule.confidence() / own, within(1e-12));
        }
        assertThat(rules.stream().map(Rule::lift).toList()).isSortedAccordingTo(Collections.reverseOrder());
    }

    @Test
    void theOrderOfRowsChangesNothing() {
        List<String> basket = new ArrayList<>();
        List<String> item = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 2000; i++) {
            basket.add("b" + random.nextInt(300));
            item.add("i" + random.nextInt(12));
        }
        List<Rule> rules = ItemSets.of(Baskets.of(basket, item), .02, 5).rules(.1);
        Integer[] order = IntStream.range(0, 2000).boxed().toArray(Integer[]::new);
        Collections.shuffle(Arrays.asList(order), new Random(2));
        List<String> shuffledBasket = new ArrayList<>();
        List<String> shuffledItem = new ArrayList<>();
        for (int row : order) {
            shuffledBasket.add(basket.get(row));
            shuffledItem.add(item.get(row));
        }
        assertThat(ItemSets.of(Baskets.of(shuffledBasket, shuffledItem), .02, 5).rules(.1))
                .isEqualTo(rules)
                .isNotEmpty();
    }

    /** Three transitions: a→b, a→{b, c}, b→a. */
    @Test
    void nextBasketPairsAreTheHandCalculation() {
        Baskets baskets = Baskets.of(List.of(
                List.of("a"), List.of("b"), List.of("a"), List.of("b", "c"), List.of("b"), List.of("a"), List.of("c")));
        int[] followedBy = {1, -1, 3, -1, 5, -1, -1};
        assertThat(NextBasketPairs.of(baskets, followedBy, .01, 0))
                .containsExactly(
                        new Pair("b", "a", 1, 1 / 3.0, 1, 3),
                        new Pair("a", "b", 2, 2 / 3.0, 1, 1.5),
                        new Pair("a", "c", 1, 1 / 3.0, .5, 1.5));
        assertThat(NextBasketPairs.of(baskets, followedBy, .5, 0)).hasSize(1);
        assertThat(NextBasketPairs.of(baskets, followedBy, .01, .6)).hasSize(2);
    }

    @Test
    void nextBasketPairsAreThoseThatCountingFinds() {
        SplittableRandom random = new SplittableRandom(4);
        List<List<String>> sets = randomSets(random, 400, 10, .2);
        int[] followedBy = new int[400];
        for (int i = 0; i < 400; i++) followedBy[i] = i % 7 == 6 || i == 399 ? -1 : i + 1;
        long transitions = IntStream.of(followedBy).filter(next -> next >= 0).count();
        List<Pair> pairs = NextBasketPairs.of(Baskets.of(sets), followedBy, 1e-9, 0);
        Map<String, Integer> counted = new HashMap<>();
        for (int i = 0; i < 400; i++)
            if (followedBy[i] >= 0)
                for (String before : new TreeSet<>(sets.get(i)))
                    for (String after : new TreeSet<>(sets.get(followedBy[i])))
                        counted.merge(before + ">" + after, 1, Integer::sum);
        Map<String, Integer> found = new HashMap<>();
        for (Pair pair : pairs) {
            found.put(pair.before() + ">" + pair.after(), pair.count());
            assertThat(pair.support()).isCloseTo(pair.count() / (double) transitions, within(1e-12));
        }
        assertThat(found).isEqualTo(counted);
    }

    @Test
    void nothingInNothingOut() {
        assertThat(ItemSets.of(Baskets.of(List.of()), .1, 3).rules(.1)).isEmpty();
        ItemSets empty = ItemSets.of(Baskets.of(List.of(List.of(), List.of("a"))), .5, 3);
        assertThat(empty.size()).isEqualTo(1);
        assertThat(empty.support(0)).isEqualTo(.5);
    }

    @Test
    void questionsThatMakeNoSenseAreRefused() {
        Baskets baskets = Baskets.of(List.of(List.of("a")));
        assertThatThrownBy(() -> ItemSets.of(baskets, 0, 3)).hasMessageContaining("least support of 0.0");
        assertThatThrownBy(() -> ItemSets.of(baskets, Double.NaN, 3)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> ItemSets.of(baskets, .1, 0)).hasMessageContaining("at most 0 items");
        assertThatThrownBy(() -> ItemSets.of(baskets, .1, 3).rules(1.5)).hasMessageContaining("confidence of 1.5");
        assertThatThrownBy(() -> Baskets.of(List.of("1"), List.of())).hasMessageContaining("1 baskets and 0 items");
        assertThatThrownBy(() -> NextBasketPairs.of(baskets, new int[] {0}, .1, 0))
                .hasMessageContaining("cannot be followed by 0");
        List<String> many = IntStream.range(0, 23).mapToObj(Integer::toString).toList();
        assertThatThrownBy(() -> ItemSets.of(Baskets.of(List.of(many, many)), .5, 30, 1000))
                .hasMessageContaining("more than 1,000 sets");
    }

    private static List<List<String>> randomSets(SplittableRandom random, int count, int items, double share) {
        List<List<String>> sets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> set = new ArrayList<>();
            for (int item = 0; item < items; item++)
                if (random.nextDouble() < share / (1 + item / 2)) set.add("i" + item);
            if (!set.isEmpty() && random.nextDouble() < .1) set.add(set.getFirst());
            sets.add(set);
        }
        return sets;
    }

    private static Baskets groceries() {
        List<String> basket = new ArrayList<>();
        List<String> item = new ArrayList<>();
        for (String row : SharedData.rows("groceries/groceries_long.csv")) {
            int comma = row.indexOf(',');
            basket.add(row.substring(0, comma));
            item.add(row.substring(comma + 2, row.length() - 1));
        }
        return Baskets.of(basket, item);
    }
}
