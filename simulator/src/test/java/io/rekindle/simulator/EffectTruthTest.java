package io.rekindle.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The effect the market says it has, against the effect seen when the same state is played many times over. */
class EffectTruthTest {
    private static final LocalDate START = LocalDate.of(2026, 3, 1);
    private static final int START_DAY = Math.toIntExact(START.toEpochDay());

    @Test
    void theTruthIsWhatManyReplaysOfTheSameStateShow() {
        Population population = new Population(MarketSettings.of(800, 11, START));
        List<Integer> audience = lapsed(population, liveHistory(population), 60);
        assertTruthIsSeen(population, audience, 30, 1_500);
    }

    @Test
    void aWindowShorterThanPeopleTakeHoldsOnlyItsPartOfTheEffect() {
        Population population = new Population(MarketSettings.of(800, 12, START));
        List<Integer> audience = lapsed(population, liveHistory(population), 60);
        assertTruthIsSeen(population, audience, 4, 1_500);
        assertThat(truth(population, audience, 4).effect())
                .isLessThan(0.8 * truth(population, audience, 30).effect());
    }

    @Test
    void purchasesAnEarlierMailHasAlreadyBroughtOnAreNotCountedForTheNextOne() {
        Population population = new Population(MarketSettings.of(800, 13, START).withEffect(0.4));
        List<Integer> audience = lapsed(population, liveHistory(population), 60);
        for (int number : audience) if (arrives(population.customer(number))) population.receive(number, null);
        population.liveDay(happening -> {});
        assertTruthIsSeen(population, audience, 10, 1_000);
    }

    @Test
    void peopleWhoCannotBeReachedHaveNoEffectAndAreStillPartOfTheMean() {
        Population population = new Population(MarketSettings.of(2_000, 14, START));
        List<Integer> everybody = lapsed(population, liveHistory(population), 60);
        List<Integer> unreachable = everybody.stream()
                .filter(number -> population.customer(number).nature().readsWhatIsSent() == 0)
                .toList();
        assertThat(unreachable).isNotEmpty();
        assertThat(truth(population, unreachable, 30).effect()).isZero();
        List<Integer> others = new ArrayList<>(everybody);
        others.removeAll(unreachable);
        assertThat(truth(population, everybody, 30).effect())
                .isCloseTo(truth(population, others, 30).effect() * others.size() / everybody.size(), within(1e-12));
    }

    @Test
    void withoutAnEffectMailChangesNeitherWhoBuysNorWhenNorWhat() {
        Population population =
                new Population(MarketSettings.of(3_000, 15, START).withEffect(0));
        List<Integer> audience = lapsed(population, liveHistory(population), 30);
        assertThat(truth(population, audience, 30).effect()).isZero();
        List<Happening.Ordered> withMail =
                new Future(population, audience, 99).write(audience).orders(60);
        List<Happening.Ordered> without = new Future(population, audience, 99).orders(60);
        assertThat(withMail.stream().anyMatch(order -> order.coupon() != null)).isTrue();
        assertThat(withMail.stream().map(EffectTruthTest::atFullPrice).toList()).isEqualTo(without);
    }

    @Test
    void realisedLiftsScatterAroundTheTruthAndTheirIntervalsHoldItAsOftenAsTheyClaim() {
        int histories = 8;
        int futures = 150;
        int covered = 0;
        int aboveZero = 0;
        double sumOfMisses = 0;
        double sumOfSquares = 0;
        for (int history = 0; history < histories; history++) {
            Population population = new Population(MarketSettings.of(8_500, 1_000 + history, START));
            List<Integer> audience = lapsed(population, liveHistory(population), 120);
            double truth = truth(population, audience, 30).effect();
            for (int future = 0; future < futures; future++) {
                Lift lift = lift(population, audience, 77_000L + future);
                double miss = lift.estimate() - truth;
                sumOfMisses += miss;
                sumOfSquares += miss * miss;
                if (Math.abs(miss) <= 1.96 * lift.standardError()) covered++;
                if (lift.estimate() > 1.96 * lift.standardError()) aboveZero++;
            }
        }
        int runs = histories * futures;
        double mean = sumOfMisses / runs;
        double standardError = Math.sqrt(sumOfSquares / runs - mean * mean) / Math.sqrt(runs);
        assertThat(Math.abs(mean / standardError))
                .as("mean miss %.5f, standard error %.5f", mean, standardError)
                .isLessThan(3.5);
        assertThat((double) covered / runs).as("coverage").isBetween(0.935, 0.965);
        assertThat((double) aboveZero / runs).as("power").isGreaterThan(0.98);
    }

    /** The draws a demonstration plays with follow from its seed: over seeds they must scatter as replays do. */
    @Test
    void overSeedsTheMarketsOwnDrawsScatterAroundTheTruth() {
        int seeds = 60;
        double sum = 0;
        double sumOfSquares = 0;
        for (int seed = 1; seed <= seeds; seed++) {
            Population population = new Population(MarketSettings.of(8_500, seed, START));
            List<Integer> audience = lapsed(population, liveHistory(population), 150);
            double truth = truth(population, audience, 30).effect();
            SplittableRandom coin = new SplittableRandom(7_919L * seed);
            List<Integer> treatment = new ArrayList<>();
            List<Integer> holdout = new ArrayList<>();
            for (int number : audience) (coin.nextDouble() < 0.2 ? holdout : treatment).add(number);
            for (int number : treatment)
                if (arrives(population.customer(number))) population.receive(number, "CODE-" + number);
            BitSet buyers = new BitSet();
            population.liveUntil(
                    START_DAY + 30,
                    happening -> {
                        if (happening instanceof Happening.Ordered order) buyers.set(order.customer());
                    },
                    done -> {});
            Lift lift = difference(treatment, holdout, buyers);
            double z = (lift.estimate() - truth) / lift.standardError();
            sum += z;
            sumOfSquares += z * z;
        }
        // In standard errors: mean 0 with variance 1 / n, sum of squares chi-squared with n degrees of freedom.
        assertThat(Math.abs(sum / Math.sqrt(seeds))).as("sum of misses").isLessThan(3.5);
        assertThat(sumOfSquares).as("sum of squared misses").isBetween(30.0, 102.0);
    }

    private record Lift(double estimate, double standardError) {}

    /** The difference in conversion a company would measure, with a fifth held out at random. */
    private static Lift lift(Population population, List<Integer> audience, long seed) {
        SplittableRandom coin = new SplittableRandom(seed);
        List<Integer> treatment = new ArrayList<>();
        List<Integer> holdout = new ArrayList<>();
        for (int number : audience) (coin.nextDouble() < 0.2 ? holdout : treatment).add(number);
        return difference(
                treatment,
                holdout,
                new Future(population, audience, seed).write(treatment).buyers(30));
    }

    private static Lift difference(List<Integer> treatment, List<Integer> holdout, BitSet buyers) {
        double treated = share(treatment, buyers);
        double heldOut = share(holdout, buyers);
        double variance = treated * (1 - treated) / treatment.size() + heldOut * (1 - heldOut) / holdout.size();
        return new Lift(treated - heldOut, Math.sqrt(variance));
    }

    private static void assertTruthIsSeen(Population state, List<Integer> audience, int days, int replays) {
        TrueEffect truth = truth(state, audience, days);
        double treated = 0;
        double heldOut = 0;
        double squares = 0;
        for (int replay = 0; replay < replays; replay++) {
            long seed = 500_000L + replay;
            double withMail = share(
                    audience, new Future(state, audience, seed).write(audience).buyers(days));
            double without = share(audience, new Future(state, audience, seed).buyers(days));
            treated += withMail;
            heldOut += without;
            squares += (withMail - without) * (withMail - without);
        }
        double effect = (treated - heldOut) / replays;
        double standardError = Math.sqrt((squares / replays - effect * effect) / replays);
        assertThat(truth.effect()).isPositive();
        assertThat(effect).isCloseTo(truth.effect(), within(4 * standardError));
        double ofAShare = 4 * Math.sqrt(0.25 / audience.size() / replays);
        assertThat(treated / replays).isCloseTo(truth.treatment(), within(ofAShare));
        assertThat(heldOut / replays).isCloseTo(truth.holdout(), within(ofAShare));
    }

    private static TrueEffect truth(Population population, List<Integer> audience, int days) {
        double treatment = 0;
        double holdout = 0;
        for (int number : audience) {
            TrueEffect one = population.truth(number, days);
            treatment += one.treatment();
            holdout += one.holdout();
        }
        return new TrueEffect(audience.size(), treatment / audience.size(), holdout / audience.size());
    }

    /** What an outsider sees of the past: who allows mail and has not ordered for so many days. */
    private static List<Integer> lapsed(Population population, int[] lastOrder, int days) {
        List<Integer> lapsed = new ArrayList<>();
        for (int number = 0; number < population.size(); number++)
            if (lastOrder[number] > 0
                    && START_DAY - lastOrder[number] > days
                    && population.customer(number).nature().consents()) lapsed.add(number);
        return lapsed;
    }

    /** Lives the past and gives the epoch day of each customer's last order, 0 for none. */
    private static int[] liveHistory(Population population) {
        int[] lastOrder = new int[population.size()];
        population.liveUntil(
                START_DAY,
                happening -> {
                    if (happening instanceof Happening.Ordered order)
                        lastOrder[order.customer()] = Math.toIntExact(order.at() / 86_400);
                },
                done -> {});
        return lastOrder;
    }

    private static boolean arrives(Customer customer) {
        return customer.nature().mailbox() != Nature.Mailbox.UNKNOWN_USER;
    }

    /** One of the many futures of an audience in the state it is in; the state itself is left alone. */
    private static final class Future {
        private final Draws draws;
        private final Map<Integer, Customer> twins = new LinkedHashMap<>();
        private int nextDay;

        private Future(Population state, List<Integer> audience, long seed) {
            draws = new Draws(seed);
            nextDay = state.nextDay();
            for (int number : audience) twins.put(number, state.customer(number).twin());
        }

        private Future write(List<Integer> numbers) {
            for (int number : numbers) {
                Customer twin = Objects.requireNonNull(twins.get(number));
                if (arrives(twin)) twin.receive(nextDay, "CODE-" + number, draws);
            }
            return this;
        }

        private List<Happening.Ordered> orders(int days) {
            List<Happening.Ordered> orders = new ArrayList<>();
            for (int day = 0; day < days; day++, nextDay++)
                for (Customer twin : twins.values())
                    twin.live(nextDay, draws, happening -> {
                        if (happening instanceof Happening.Ordered order) orders.add(order);
                    });
            return orders;
        }

        private BitSet buyers(int days) {
            BitSet buyers = new BitSet();
            for (Happening.Ordered order : orders(days)) buyers.set(order.customer());
            return buyers;
        }
    }

    private static Happening.Ordered atFullPrice(Happening.Ordered order) {
        return new Happening.Ordered(order.customer(), order.at(), order.number(), order.lines(), 0, null);
    }

    private static double share(List<Integer> audience, BitSet buyers) {
        return (double) audience.stream().filter(buyers::get).count() / audience.size();
    }
}
