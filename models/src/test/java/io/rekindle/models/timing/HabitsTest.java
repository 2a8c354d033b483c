package io.rekindle.models.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HabitsTest {
    private static final int HOURS = Activity.HOURS;

    /**
     * Customers with known weeks: a third follow everybody's, the others have a habit of their own around any minute of the day,
     * of any width and share, some with a second one: none of them as the model's dictionary has it.
     */
    private static final class Town {
        final double[][] week;
        final Activity activity;
        private final List<long[]> events = new ArrayList<>();

        Town(long seed, int customers, int mostHours) {
            SplittableRandom random = new SplittableRandom(seed);
            double[] everybody = new double[HOURS];
            for (int h = 0; h < HOURS; h++) {
                int hour = h % 24;
                double day = .1
                        + Math.exp(-(hour - 20) * (hour - 20) / 12.0)
                        + .5 * Math.exp(-(hour - 12) * (hour - 12) / 4.0);
                everybody[h] = day * (h >= 120 ? 1.3 : 1);
            }
            normalise(everybody);
            week = new double[customers][];
            for (int c = 0; c < customers; c++) {
                week[c] = everybody.clone();
                int habits = random.nextDouble() < .35 ? 0 : random.nextDouble() < .8 ? 1 : 2;
                if (habits > 0) {
                    double share = .3 + .6 * random.nextDouble();
                    for (int h = 0; h < HOURS; h++) week[c][h] *= 1 - share;
                    for (int k = 0; k < habits; k++) add(week[c], share / habits, random);
                }
                int active = random.nextInt(mostHours + 1);
                for (int i = 0; i < active; i++)
                    events.add(new long[] {c, 100 * HOURS + 96 + HOURS * (long) i + draw(week[c], random)});
            }
            activity = Activity.of(
                    customers,
                    events.stream().mapToInt(event -> (int) event[0]).toArray(),
                    events.stream().mapToLong(event -> event[1]).toArray());
        }

        private static void add(double[] week, double share, SplittableRandom random) {
            double centre = 6 + 18 * random.nextDouble();
            double width = .7 + 2 * random.nextDouble();
            double kind = random.nextDouble();
            double[] bump = new double[HOURS];
            for (int h = 0; h < HOURS; h++) {
                double apart = Math.abs(h % 24 + .5 - centre);
                apart = Math.min(apart, 24 - apart);
                boolean day = kind < .4 || (kind < .7 ? h < 120 : h >= 120);
                bump[h] = day ? Math.exp(-apart * apart / (2 * width * width)) : 0;
            }
            normalise(bump);
            for (int h = 0; h < HOURS; h++) week[h] += share * bump[h];
        }

        private static void normalise(double[] shares) {
            double sum = Arrays.stream(shares).sum();
            for (int h = 0; h < shares.length; h++) shares[h] /= sum;
        }

        private static int draw(double[] week, SplittableRandom random) {
            double left = random.nextDouble();
            for (int h = 0; h < HOURS; h++) if ((left -= week[h]) < 0) return h;
            return HOURS - 1;
        }
    }

    private static boolean daytime(int hour) {
        return hour % 24 >= 8 && hour % 24 < 22;
    }

    @Test
    void customersOwnHoursAreBetterThanEverybodysBestAndTheDoubtIsCalibrated() {
        Town town = new Town(1, 4_000, 30);
        Habits habits = Habits.learn(town.activity);
        BestHour[] best = habits.best(town.activity, HabitsTest::daytime, .8);
        int usual = largest(habits.everybody());
        double withOwn = 0;
        double withUsual = 0;
        double withBest = 0;
        double toldRight = 0;
        double told = 0;
        double toldChance = 0;
        double[] binned = new double[4];
        double[] right = new double[4];
        double[] chance = new double[4];
        for (int c = 0; c < best.length; c++) {
            double[] week = town.week[c];
            withOwn += week[best[c].hour()];
            withUsual += week[usual];
            withBest += IntStream.range(0, HOURS)
                    .filter(HabitsTest::daytime)
                    .mapToDouble(h -> week[h])
                    .max()
                    .orElse(0);
            if (!best[c].told()) assertThat(best[c].hour()).isEqualTo(usual);
            if (best[c].own() == usual) continue;
            boolean better = week[best[c].own()] > week[usual];
            if (best[c].told()) {
                told++;
                toldChance += best[c].chance();
                if (better) toldRight++;
            }
            int bin = best[c].chance() < .6 ? 0 : best[c].chance() < .8 ? 1 : best[c].chance() < .95 ? 2 : 3;
            binned[bin]++;
            chance[bin] += best[c].chance();
            if (better) right[bin]++;
        }
        assertThat(withOwn).isGreaterThan(1.5 * withUsual);
        assertThat(withOwn).isGreaterThan(.7 * withBest);
        assertThat(told / best.length).isBetween(.3, .65);
        assertThat(toldRight / told).isCloseTo(toldChance / told, within(.03));
        for (int bin = 0; bin < 4; bin++)
            if (binned[bin] > 100)
                assertThat(right[bin] / binned[bin])
                        .as("bin %d", bin)
                        .isCloseTo(chance[bin] / binned[bin], within(.08));
    }

    private static int largest(double[] shares) {
        return IntStream.range(0, HOURS)
                .filter(HabitsTest::daytime)
                .reduce((a, b) -> shares[b] > shares[a] ? b : a)
                .orElseThrow();
    }

    @Test
    void ofWhomLittleIsKnownNothingIsToldAndOfWhomMuchIsKnownMost() {
        Town town = new Town(2, 3_000, 60);
        Habits habits = Habits.learn(town.activity);
        BestHour[] best = habits.best(town.activity, hour -> true, .8);
        double[] told = new double[2];
        double[] all = new double[2];
        for (int c = 0; c < best.length; c++) {
            assertThat(best[c].activeHours()).isEqualTo(town.activity.hours(c));
            if (best[c].activeHours() == 0) assertThat(best[c].told()).isFalse();
            int much = best[c].activeHours() >= 40 ? 1 : 0;
            if (much == 0 && best[c].activeHours() > 1) continue;
            all[much]++;
            if (best[c].told()) told[much]++;
        }
        assertThat(told[0] / all[0]).isLessThan(.05);
        assertThat(told[1] / all[1]).isGreaterThan(.5);
    }

    @Test
    void aCustomerWhoOnlyEverReadsOnTuesdayMorningIsWrittenToThen() {
        Town town = new Town(3, 1_000, 20);
        int[] customer = new int[town.events.size() + 12];
        long[] hour = new long[customer.length];
        for (int i = 0; i < town.events.size(); i++) {
            customer[i] = (int) town.events.get(i)[0];
            hour[i] = town.events.get(i)[1];
        }
        for (int i = 0; i < 12; i++) {
            customer[town.events.size() + i] = 1_000;
            hour[town.events.size() + i] = 96 + HOURS * (long) (i + 3) + 24 + 7;
        }
        Activity activity = Activity.of(1_001, customer, hour);
        BestHour best = Habits.learn(activity).best(activity, 1_000, h -> true, .8);
        assertThat(best.told()).isTrue();
        assertThat(best.hour()).isEqualTo(24 + 7);
        assertThat(best.gain()).isGreaterThan(3);
        assertThat(best.chance()).isGreaterThan(.95);
        // With the hour closed, the nearest open one.
        assertThat(Habits.learn(activity)
                        .best(activity, 1_000, h -> h % 24 >= 8, .8)
                        .hour())
                .isEqualTo(24 + 8);
    }

    /** Everything was sent at nine on Monday, and a proxy fetched all of it at once. */
    @Test
    void machinesLeftInWouldSendEverybodyToTheHourOfTheLastMailing() {
        Town town = new Town(4, 2_000, 12);
        SplittableRandom random = new SplittableRandom(5);
        int people = town.events.size();
        int size = people + 2_000 * 6;
        int[] customer = new int[size];
        long[] hour = new long[size];
        int[] message = new int[size];
        Response[] response = new Response[size];
        double[] seconds = new double[size];
        int[] agent = new int[size];
        for (int i = 0; i < size; i++) {
            boolean person = i < people;
            customer[i] = person ? (int) town.events.get(i)[0] : i % 2_000;
            hour[i] = person ? town.events.get(i)[1] : 96 + HOURS * (long) (200 + i / 2_000) + 9;
            message[i] = i;
            response[i] = Response.OPEN;
            // Some of what the proxy fetches it fetches later: it is known by the rest.
            seconds[i] = person ? 600 + 1e5 * random.nextDouble() : random.nextDouble() < .7 ? 1 : 900;
            agent[i] = person ? 0 : 1;
        }
        boolean[] machine = MachineTraffic.USUAL.judge(message, response, seconds, agent, new boolean[2]);
        for (int i = 0; i < size; i++) assertThat(machine[i]).isEqualTo(i >= people);
        Activity all = Activity.of(2_000, customer, hour);
        assertThat(largest(Habits.learn(all).everybody())).isEqualTo(9);
        int[] humans = MachineTraffic.human(customer, machine);
        Activity clean = Activity.of(2_000, humans, Arrays.copyOf(hour, people));
        assertThat(clean.size()).isEqualTo(town.activity.size());
        assertThat(largest(Habits.learn(clean).everybody()) % 24).isBetween(19, 21);
    }

    @Test
    void theOrderOfEventsAndRepetitionsWithinTheHourChangeNothing() {
        Town town = new Town(6, 300, 20);
        int n = town.events.size();
        int[] customer = new int[2 * n];
        long[] hour = new long[2 * n];
        for (int i = 0; i < 2 * n; i++) {
            customer[i] = (int) town.events.get(n - 1 - i % n)[0];
            hour[i] = town.events.get(n - 1 - i % n)[1];
        }
        Activity other = Activity.of(300, customer, hour);
        assertThat(other.size()).isEqualTo(town.activity.size());
        assertThat(Habits.learn(other).best(other, h -> true, .8))
                .isEqualTo(Habits.learn(town.activity).best(town.activity, h -> true, .8));
    }

    /** More customers than habits are learnt from: which are taken hangs on what they did and not on where they stand. */
    @Test
    void theOrderOfManyCustomersChangesNothing() {
        int customers = 6_000;
        Town town = new Town(8, customers, 6);
        int n = town.events.size();
        int[] customer = new int[n];
        long[] hour = new long[n];
        for (int i = 0; i < n; i++) {
            customer[i] = (int) (customers - 1 - town.events.get(i)[0]);
            hour[i] = town.events.get(i)[1];
        }
        Habits one = Habits.learn(town.activity);
        Habits other = Habits.learn(Activity.of(customers, customer, hour));
        for (int c = 0; c < customers; c += 500)
            assertThat(other.week(town.activity, c)).isEqualTo(one.week(town.activity, c));
    }

    @Test
    void hoursOfTheWeekBeginOnMonday() {
        // 1970-01-05 was a Monday.
        assertThat(Activity.hourOfWeek(4 * 24)).isZero();
        assertThat(Activity.hourOfWeek(0)).isEqualTo(3 * 24);
        assertThat(Activity.hourOfWeek(4 * 24 - 1)).isEqualTo(167);
    }

    @Test
    void aWeekIsADistributionAndOneCustomerIsEnough() {
        Activity one = Activity.of(2, new int[] {0, 0}, new long[] {96, 300});
        Habits habits = Habits.learn(one);
        assertThat(Arrays.stream(habits.week(one, 0)).sum()).isCloseTo(1, within(1e-5));
        assertThat(habits.best(one, 1, h -> true, .8).told()).isFalse();
    }

    @Test
    void whatCannotBeIsRefusedInWords() {
        assertThatThrownBy(() -> Habits.learn(Activity.of(3, new int[0], new long[0])))
                .hasMessage("no open, click or visit of a person; there is nothing to learn from");
        assertThatThrownBy(() -> Activity.of(1, new int[] {1}, new long[1])).hasMessageContaining("there are 1");
        Activity one = Activity.of(1, new int[1], new long[1]);
        assertThatThrownBy(() -> Habits.learn(one).best(one, 0, h -> false, .8))
                .hasMessage("no hour of the week may be used");
        assertThatThrownBy(() -> Habits.learn(one).best(one, 0, h -> true, 1)).hasMessageContaining("certainty");
    }
}
