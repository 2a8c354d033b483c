package io.rekindle.models.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllocationTest {
    /** Budget 10: 6 + 4 earn 11, the dear one alone 9; by ratio 6 and 5 come first, and do not fit. */
    @Test
    void theHandCalculationIsFoundAndPriced() {
        Candidates candidates = Candidates.of(
                3, new int[] {0, 1, 2, 2}, new double[] {7, 4, 9, 5.5}, new double[] {6, 4, 10, 5}, new int[4], 1);
        Allocation best = Allocation.of(candidates, List.of(Limit.budget("budget", 10, 1)), CustomerLimits.atMost(1));
        assertThat(best.actions()).containsExactly(0, 1);
        assertThat(best.profit()).isEqualTo(11);
        assertThat(best.optimal()).isTrue();
        assertThat(best.gap()).isZero();
        // With parts of actions the budget would go to 7 for 6 and then to four fifths of 5.5 for 5: 1.1 for the last
        // unit.
        assertThat(best.limits().getFirst().price()).isCloseTo(1.1, within(1e-6));
        assertThat(best.limits().getFirst().used()).isEqualTo(10);
    }

    @Test
    void tinyAllocationsAreTheBestOfAllThatCanBeCounted() {
        int proven = 0;
        for (int seed = 0; seed < 150; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Market market = Market.of(random, 2 + random.nextInt(4), 1 + random.nextInt(2), 2, .1 + random.nextDouble())
                    .atMost(1 + random.nextInt(2));
            if (seed % 3 == 0)
                market = market.with(market.customers()
                        .apart(market.channelOfKind())
                        .costingAtMost(seed % 2 == 0 ? 4 : Double.POSITIVE_INFINITY));
            Allocation ours = market.allocate();
            assertThat(market.breaches(ours.actions())).as("seed %d", seed).isEmpty();
            assertThat(ours.profit()).isCloseTo(market.profit(ours.actions()), within(1e-9));
            double best = market.byCounting();
            assertThat(ours.bound()).as("seed %d", seed).isGreaterThanOrEqualTo(best - 1e-9);
            assertThat(ours.profit()).as("seed %d", seed).isCloseTo(best, within(1e-9 * (1 + best)));
            if (ours.optimal()) proven++;
        }
        assertThat(proven).isEqualTo(150);
    }

    /** The bound at the lowest prices is the linear programme's optimum (Geoffrion 1974: customers' choices are integral). */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theBoundIsTheLinearProgrammesOptimum(int most) {
        for (int seed = 0; seed < 12; seed++) {
            Market market = Market.of(new SplittableRandom(seed), 60, 3, 3, .15 + .05 * seed)
                    .atMost(most);
            Problem whole = Problem.of(
                    market.candidates(),
                    market.limits(),
                    market.limits().stream().mapToDouble(Limit::capacity).toArray(),
                    market.customers());
            double programme = market.exactly(false);
            double bound = whole.dual(PriceSearch.of(whole).prices()).value();
            assertThat(bound).as("seed %d", seed).isCloseTo(programme, within(1e-7 * programme));
        }
    }

    @Test
    void smallAllocationsAreTheSolversOrWithinTheirCertifiedGap() {
        int exact = 0;
        for (int seed = 100; seed < 112; seed++) {
            Market market = Market.of(new SplittableRandom(seed), 25, 2, 3, .2 + .03 * (seed - 100))
                    .atMost(1 + seed % 2);
            if (seed % 4 == 1) market = market.with(market.customers().apart(market.channelOfKind()));
            double best = market.exactly(true);
            Allocation ours = market.allocate();
            assertThat(market.breaches(ours.actions())).isEmpty();
            assertThat(ours.profit()).isLessThanOrEqualTo(best * (1 + 1e-7));
            assertThat(ours.bound()).isGreaterThanOrEqualTo(best * (1 - 1e-7));
            assertThat(ours.profit()).as("seed %d", seed).isGreaterThan(.99 * best);
            if (ours.profit() > best * (1 - 1e-7)) exact++;
        }
        assertThat(exact).isGreaterThanOrEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void thousandsOfCustomersAreWithinAHundredthOfAPercent(int most) {
        for (double tightness : new double[] {.02, .2, .8}) {
            Market market =
                    Market.of(new SplittableRandom(7), 20_000, 4, 3, tightness).atMost(most);
            Allocation ours = market.allocate();
            assertThat(market.breaches(ours.actions())).isEmpty();
            assertThat(ours.gap()).as("tightness %s", tightness).isLessThan(1e-4);
            for (GreedyAllocation.Order order : GreedyAllocation.Order.values()) {
                GreedyAllocation greedy =
                        GreedyAllocation.of(market.candidates(), market.limits(), market.customers(), order);
                assertThat(market.breaches(greedy.actions())).isEmpty();
                assertThat(greedy.profit()).isCloseTo(market.profit(greedy.actions()), within(1e-6 * greedy.profit()));
                assertThat(greedy.profit()).isLessThan(ours.profit());
            }
        }
    }

    /** One more unit of a limit earns its price: held against allocating with one per cent more of it. */
    @Test
    void aPriceIsWhatMoreOfTheLimitEarns() {
        Market market = Market.of(new SplittableRandom(11), 20_000, 3, 3, .2);
        Allocation ours = market.allocate();
        for (int l = 0; l < market.limits().size(); l++) {
            LimitUse use = ours.limits().get(l);
            double step = .01 * use.limit().capacity();
            List<Limit> more = new ArrayList<>(market.limits());
            more.set(
                    l,
                    new Limit(
                            "more",
                            use.limit().capacity() + step,
                            use.limit().perMessage(),
                            use.limit().perCost()));
            double gain =
                    Allocation.of(market.candidates(), more, market.customers()).profit() - ours.profit();
            // Falling returns: what the step earns lies a little below its price.
            if (use.price() * step > 1e-3 * ours.profit())
                assertThat(gain / step).isCloseTo(use.price(), within(.03 * use.price()));
            else assertThat(gain).isLessThanOrEqualTo(use.price() * step + 1e-5 * ours.profit());
        }
        assertThat(ours.limits().getFirst().binds()).isTrue();
    }

    @Test
    void whatIsScarceIsUsedUpOrCostsNothing() {
        Market market = Market.of(new SplittableRandom(5), 5_000, 3, 3, .3);
        for (LimitUse use : market.allocate().limits())
            assertThat(use.price() * use.left())
                    .isLessThan(1e-4 * market.allocate().profit());
    }

    @Test
    void customersInAnotherOrderEarnTheSame() {
        SplittableRandom random = new SplittableRandom(3);
        Market market = Market.of(random, 400, 2, 3, .3);
        Candidates of = market.candidates();
        int[] order = IntStream.range(0, of.size()).toArray();
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int moved = order[i];
            order[i] = order[j];
            order[j] = moved;
        }
        int[] customer = new int[of.size()];
        for (int c = 0; c < of.customers(); c++) Arrays.fill(customer, of.first[c], of.first[c + 1], c);
        Candidates shuffled = Candidates.of(
                of.customers(),
                Arrays.stream(order).map(a -> of.customers() - 1 - customer[a]).toArray(),
                Arrays.stream(order).mapToDouble(a -> of.value[a]).toArray(),
                Arrays.stream(order).mapToDouble(a -> of.cost[a]).toArray(),
                Arrays.stream(order).map(a -> of.kind[a]).toArray(),
                of.kinds());
        Allocation one = market.allocate();
        Allocation other = Allocation.of(shuffled, market.limits(), market.customers());
        assertThat(other.profit()).isCloseTo(one.profit(), within(1e-4 * one.profit()));
        int[] rows = Arrays.stream(other.actions())
                .map(a -> order[shuffled.row(a)])
                .sorted()
                .toArray();
        assertThat(market.breaches(rows)).isEmpty();
        assertThat(market.profit(rows)).isCloseTo(other.profit(), within(1e-9 * one.profit()));
    }

    @Test
    void anotherCurrencyOrADoubledMarketChangesNothingElse() {
        Market market = Market.of(new SplittableRandom(8), 3_000, 2, 3, .3);
        Candidates of = market.candidates();
        Allocation one = market.allocate();
        Candidates cents = Candidates.grouped(
                of.first,
                Arrays.stream(of.value).map(v -> 128 * v).toArray(),
                Arrays.stream(of.cost).map(v -> 128 * v).toArray(),
                of.kind,
                of.kinds());
        List<Limit> inCents = new ArrayList<>(market.limits());
        inCents.set(0, Limit.budget("cents", 128 * market.limits().getFirst().capacity(), of.kinds()));
        Allocation same = Allocation.of(cents, inCents, market.customers());
        assertThat(same.profit()).isCloseTo(128 * one.profit(), within(1e-4 * 128 * one.profit()));
        assertThat(same.limits().getFirst().price())
                .isCloseTo(one.limits().getFirst().price(), within(1e-3));
        assertThat(same.limits().get(1).price())
                .isCloseTo(128 * one.limits().get(1).price(), within(1e-3 * 128));

        int size = of.size();
        int[] first = new int[2 * of.customers() + 1];
        Arrays.setAll(first, c -> c <= of.customers() ? of.first[c] : size + of.first[c - of.customers()]);
        Candidates twice = Candidates.grouped(
                first,
                IntStream.range(0, 2 * size)
                        .mapToDouble(a -> of.value[a % size])
                        .toArray(),
                IntStream.range(0, 2 * size).mapToDouble(a -> of.cost[a % size]).toArray(),
                IntStream.range(0, 2 * size).map(a -> of.kind[a % size]).toArray(),
                of.kinds());
        List<Limit> doubled = market.limits().stream()
                .map(limit -> new Limit(limit.name(), 2 * limit.capacity(), limit.perMessage(), limit.perCost()))
                .toList();
        Allocation both = Allocation.of(twice, doubled, market.customers());
        assertThat(both.profit()).isCloseTo(2 * one.profit(), within(1e-4 * 2 * one.profit()));
        assertThat(both.limits().getFirst().price())
                .isCloseTo(one.limits().getFirst().price(), within(1e-3));
    }

    @Test
    void theSameAgainIsTheSame() {
        Market market = Market.of(new SplittableRandom(9), 30_000, 3, 3, .3).atMost(2);
        Exploration lots = new Exploration(.05, 4);
        Allocation one = Allocation.of(market.candidates(), market.limits(), market.customers(), lots);
        Allocation other = Allocation.of(market.candidates(), market.limits(), market.customers(), lots);
        assertThat(other.actions()).isEqualTo(one.actions());
        assertThat(other.limits()).isEqualTo(one.limits());
        assertThat(other.profit()).isEqualTo(one.profit());
    }

    /** Customers who are all the same: only ties, which any prices leave open. */
    @Test
    void customersWhoAreAllTheSameFillTheLimitsExactly() {
        int customers = 6_000;
        int[] first = new int[customers + 1];
        Arrays.setAll(first, c -> 2 * c);
        double[] value = new double[2 * customers];
        double[] cost = new double[2 * customers];
        int[] kind = new int[2 * customers];
        for (int a = 0; a < value.length; a++) {
            kind[a] = a % 2;
            value[a] = kind[a] == 0 ? 3 : 2;
            cost[a] = kind[a] == 0 ? 2 : 1;
        }
        List<Limit> limits = List.of(Limit.budget("budget", 7_000, 2), Limit.messages("first", 2_500, 2, k -> k == 0));
        Allocation ours =
                Allocation.of(Candidates.grouped(first, value, cost, kind, 2), limits, CustomerLimits.atMost(1));
        // x of 3 for 2 and y of 2 for 1 with 2x + y = 7000, x + y = 6000: x = 1000, y = 5000.
        assertThat(ours.profit()).isCloseTo(13_000, within(1.3));
    }

    @Test
    void whatEveryCustomerMayHaveIsKept() {
        SplittableRandom random = new SplittableRandom(21);
        Market market = Market.of(random, 300, 3, 3, .8);
        int[] most = new int[300];
        Arrays.setAll(most, c -> random.nextInt(4));
        market = market.with(
                CustomerLimits.atMost(most).apart(market.channelOfKind()).costingAtMost(5));
        Allocation ours = market.allocate();
        assertThat(market.breaches(ours.actions())).isEmpty();
        assertThat(ours.gap()).isLessThan(.01);
        assertThat(ours.size()).isGreaterThan(100);
    }

    @Test
    void explorationTakesItsShareAndSaysWithWhatProbability() {
        Market market = Market.of(new SplittableRandom(13), 40_000, 2, 3, .3);
        Allocation ours =
                Allocation.of(market.candidates(), market.limits(), market.customers(), new Exploration(.1, 1));
        assertThat(market.breaches(ours.actions())).isEmpty();
        assertThat(ours.gap()).isLessThan(1e-4);
        int[] drawn = IntStream.range(0, ours.size()).filter(ours::explored).toArray();
        double rate = ours.explorationRate();
        assertThat(rate).isGreaterThan(.01).isLessThanOrEqualTo(.1);
        assertThat((double) drawn.length).isCloseTo(rate * 40_000, within(4 * Math.sqrt(rate * 40_000)));
        for (Limit limit : market.limits()) {
            double used = Arrays.stream(drawn)
                    .map(ours::action)
                    .mapToDouble(a -> limit.use(market.candidates().kind[a], market.candidates().cost[a]))
                    .sum();
            assertThat(used).isLessThan(.1 * limit.capacity() * 1.1);
        }
        // The mean of what a policy that sends kind 4 to all would earn, from the log alone: inverse probabilities.
        double[] terms = new double[40_000];
        double truth = 0;
        for (int a = 0; a < market.candidates().size(); a++)
            if (market.candidates().kind[a] == 4) truth += market.candidates().value[a] / 40_000;
        for (int i = 0; i < ours.size(); i++) {
            int a = ours.action(i);
            if (market.candidates().kind[a] == 4) terms[a / 6] = market.candidates().value[a] / ours.probability(i);
        }
        double mean = Arrays.stream(terms).average().orElse(0);
        double variance = Arrays.stream(terms).map(t -> (t - mean) * (t - mean)).sum() / 40_000;
        assertThat(mean).isCloseTo(truth, within(4 * Math.sqrt(variance / 40_000)));
    }

    @Test
    void withoutLimitsEverybodyGetsTheirBest() {
        Market market = Market.of(new SplittableRandom(2), 500, 2, 2, .3);
        Candidates of = market.candidates();
        double best = 0;
        for (int c = 0; c < 500; c++) {
            double own = 0;
            for (int a = of.first[c]; a < of.first[c + 1]; a++) own = Math.max(own, of.value[a]);
            best += own;
        }
        Allocation none = Allocation.of(of, List.of(), CustomerLimits.atMost(1));
        assertThat(none.profit()).isCloseTo(best, within(1e-9 * best));
        assertThat(none.optimal()).isTrue();
        Allocation ample = Allocation.of(
                of,
                List.of(Limit.budget("no end", Double.POSITIVE_INFINITY, 4), Limit.budget("ample", 1e9, 4)),
                CustomerLimits.atMost(1));
        assertThat(ample.profit()).isCloseTo(best, within(1e-9 * best));
        assertThat(ample.limits()).allMatch(use -> use.price() == 0);
    }

    @Test
    void aClosedLimitTakesNothingAndNobodyIsNoError() {
        Market market = Market.of(new SplittableRandom(2), 500, 2, 2, .3);
        List<Limit> closed = List.of(Limit.budget("budget", 0, 4));
        assertThat(Allocation.of(market.candidates(), closed, CustomerLimits.atMost(1))
                        .size())
                .isZero();
        Candidates nobody = Candidates.of(0, new int[0], new double[0], new double[0], new int[0], 1);
        Allocation none = Allocation.of(nobody, List.of(Limit.budget("budget", 5, 1)), CustomerLimits.atMost(1));
        assertThat(none.profit()).isZero();
        assertThat(none.gap()).isZero();
        Candidates harm = Candidates.of(1, new int[1], new double[] {-1}, new double[] {1}, new int[1], 1);
        assertThat(Allocation.of(harm, List.of(Limit.budget("budget", 5, 1)), CustomerLimits.atMost(1))
                        .size())
                .isZero();
    }

    @Test
    void whatCannotBeIsRefusedInWords() {
        assertThatThrownBy(() -> one(Double.NaN, 1)).hasMessage("the value of candidate 0 is NaN; it must be a number");
        assertThatThrownBy(() -> one(1, -1)).hasMessage("the cost of candidate 0 is -1.0; it must be at least 0");
        assertThatThrownBy(() -> Limit.budget("budget", -5, 1))
                .hasMessage("limit 'budget' is -5.0; it must be at least 0");
        assertThatThrownBy(() -> CustomerLimits.atMost(0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> new Exploration(1, 1)).hasMessageContaining("below 1");
        assertThatThrownBy(() -> Allocation.of(
                        Candidates.of(1, new int[1], new double[1], new double[1], new int[1], 1),
                        List.of(Limit.budget("budget", 5, 3)),
                        CustomerLimits.atMost(1)))
                .hasMessage("limit 'budget' knows 3 kinds of action, the candidates 1");
        assertThatThrownBy(() -> Candidates.of(1, new int[] {1}, new double[1], new double[1], new int[1], 1))
                .hasMessage("candidate 0 is of customer 1; there are 1");
    }

    private static Allocation one(double value, double cost) {
        return Allocation.of(
                Candidates.of(1, new int[1], new double[] {value}, new double[] {cost}, new int[1], 1),
                List.of(Limit.budget("budget", 5, 1)),
                CustomerLimits.atMost(1));
    }
}
