package io.rekindle.bench.allocate;

import io.rekindle.bench.Measure;
import io.rekindle.models.allocation.Allocation;
import io.rekindle.models.allocation.Candidates;
import io.rekindle.models.allocation.CustomerLimits;
import io.rekindle.models.allocation.GreedyAllocation;
import io.rekindle.models.allocation.Limit;
import io.rekindle.models.allocation.LimitUse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Time, profit and certified gap of allocating offers over channels to many customers under a budget and each channel's
 * capacity, beside taking the actions by their ratio of profit to cost (and of profit to the share of limits, where that earns
 * more) as far as they fit. Wall-clock time from arrays to the allocation, without warm-up; the baseline runs after, on the
 * same arrays.
 */
@Command(
        name = "allocate",
        mixinStandardHelpOptions = true,
        description = "Allocation of offers and channels to customers under four limits, against greedy allocation.")
public final class AllocateBench implements Callable<Integer> {
    private static final double[] SENDING = {.001, .004, .06};
    private static final double[] REACH = {.35, .3, .6};
    private static final double[] CAPACITY = {.15, .25, .04};
    private static final double BUDGET = .12;
    /** A hundredth of a per cent. */
    private static final double PROMISED_GAP = 1e-4;

    private static final double MILLION = 1e6;

    @Option(names = "--customers", description = "simulated customers (default: ${DEFAULT-VALUE})")
    private int customers = 1_000_000;

    @Option(names = "--offers", description = "offers (default: ${DEFAULT-VALUE})")
    private int offers = 10;

    @Option(names = "--seed", description = "of the simulation (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new AllocateBench()).execute(arguments));
    }

    @Override
    public Integer call() {
        var candidates = simulated();
        int channels = SENDING.length;
        var limits = new ArrayList<Limit>();
        limits.add(Limit.budget("budget", BUDGET * customers, candidates.kinds()));
        for (int h = 0; h < channels; h++) {
            int channel = h;
            limits.add(Limit.messages(
                    "channel " + h,
                    Math.floor(CAPACITY[h] * customers),
                    candidates.kinds(),
                    kind -> kind % channels == channel));
        }
        var measures = new ArrayList<Measure>();
        boolean kept = true;
        for (int most = 1; most <= 2; most++) kept &= measure(candidates, limits, most, measures);
        Measure.print(measures, json);
        return Measure.promised(
                kept, "a million customers take under 10 s, with a certified gap under a hundredth of a per cent");
    }

    /** Whether what is promised was kept. */
    private boolean measure(Candidates candidates, List<Limit> limits, int most, List<Measure> measures) {
        var rule = CustomerLimits.atMost(most);
        long from = System.nanoTime();
        var ours = Allocation.of(candidates, limits, rule);
        double seconds = (System.nanoTime() - from) / 1e9;
        from = System.nanoTime();
        var greedy = GreedyAllocation.of(candidates, limits, rule, GreedyAllocation.Order.COST);
        double greedySeconds = (System.nanoTime() - from) / 1e9;
        var byShare = GreedyAllocation.of(candidates, limits, rule, GreedyAllocation.Order.SHARE_OF_LIMITS);
        if (!json)
            for (LimitUse use : ours.limits())
                System.err.printf(
                        "at most %d: %s %,.0f of %,.0f used; one more earns %.4f%n",
                        most, use.limit().name(), use.used(), use.limit().capacity(), use.price());
        var what = "allocation, %,d customers × %d offers × %d channels, %d limits, at most %d each"
                .formatted(customers, offers, SENDING.length, limits.size(), most);
        measures.add(Measure.of(what + ": time; baseline: greedy by profit per cost", seconds, "s", greedySeconds));
        measures.add(Measure.of(what + ": profit; baseline: the same greedy", ours.profit(), "€", greedy.profit()));
        measures.add(Measure.of(
                what + ": profit; baseline: greedy by profit per share of limits",
                ours.profit(),
                "€",
                byShare.profit()));
        measures.add(Measure.of(
                what + ": certified gap; baseline: a hundredth of a per cent",
                ours.gap() * MILLION,
                "millionths of the bound",
                PROMISED_GAP * MILLION));
        return ours.gap() < PROMISED_GAP && (customers > MILLION || seconds < 10);
    }

    /**
     * Customers' worth is log-normal. An offer's discount is redeemed by those it moves and by some who would have bought
     * anyhow, which costs without earning; a channel reaches each customer to another degree.
     */
    private Candidates simulated() {
        int channels = SENDING.length;
        int kinds = offers * channels;
        int size = Math.multiplyExact(customers, kinds);
        int[] first = new int[customers + 1];
        Arrays.setAll(first, c -> c * kinds);
        double[] value = new double[size];
        double[] cost = new double[size];
        int[] kind = new int[size];
        IntStream.range(0, customers).parallel().forEach(c -> {
            var random = new SplittableRandom(seed * 0x9e3779b97f4a7c15L + c);
            double worth = Math.exp(random.nextGaussian());
            double anyhow = .2 * random.nextDouble();
            for (int h = 0; h < channels; h++) {
                double reach = REACH[h] * (.5 + random.nextDouble());
                for (int o = 0; o < offers; o++) {
                    int k = o * channels + h;
                    int a = c * kinds + k;
                    double moved = .03 * reach * (1 + .2 * o) * 2 * random.nextDouble();
                    kind[a] = k;
                    cost[a] = SENDING[h] + o * (moved + anyhow * reach) * .5;
                    value[a] = 20 * worth * moved - cost[a];
                }
            }
        });
        return Candidates.grouped(first, value, cost, kind, kinds);
    }
}
