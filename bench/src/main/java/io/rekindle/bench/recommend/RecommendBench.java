package io.rekindle.bench.recommend;

import io.rekindle.bench.Measure;
import io.rekindle.models.recommend.Goal;
import io.rekindle.models.recommend.Interactions;
import io.rekindle.models.recommend.ItemItem;
import io.rekindle.models.recommend.Recommendations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Time from rows of customer and item to the ten best new items of every customer, by item-item cosine, beside an
 * implementation as one would write it down: pairs counted in hash maps, scores added in hash maps and sorted. The time is
 * the clock's, without warm-up. The baseline is run on the first customers only and its time multiplied; among few customers an
 * item has fewer partners to add up than among all, so this flatters the baseline.
 */
@Command(
        name = "recommend",
        mixinStandardHelpOptions = true,
        description = "Item-item top 10 for all customers, against a straightforward implementation with hash maps.")
public final class RecommendBench implements Callable<Integer> {
    private static final int K = 10;
    private static final int TASTES = 20;

    @Option(names = "--customers", description = "simulated customers (default: ${DEFAULT-VALUE})")
    private int customers = 100_000;

    @Option(names = "--items", description = "items (default: ${DEFAULT-VALUE})")
    private int items = 10_000;

    @Option(names = "--interactions", description = "different pairs of customer and item (default: ${DEFAULT-VALUE})")
    private int interactions = 5_000_000;

    @Option(
            names = "--baseline-customers",
            description = "customers of them the baseline is run on (default: ${DEFAULT-VALUE})")
    private int baselineCustomers = 1_000;

    @Option(names = "--seed", description = "of the simulation (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new RecommendBench()).execute(arguments));
    }

    @Override
    public Integer call() {
        baselineCustomers = Math.min(baselineCustomers, customers);
        int[][] bought = simulated();
        int rows = Arrays.stream(bought).mapToInt(list -> list.length).sum();
        int[] customer = new int[rows];
        int[] item = new int[rows];
        int row = 0;
        for (int c = 0; c < customers; c++)
            for (int i : bought[c]) {
                customer[row] = c;
                item[row++] = i;
            }
        long from = System.nanoTime();
        Interactions data = Interactions.untimed(customers, items, customer, item);
        ItemItem fitted = ItemItem.fit(data, ItemItem.Options.DEFAULT);
        double learning = (System.nanoTime() - from) / 1e9;
        Recommendations found = Recommendations.of(fitted, K, Goal.NEW.candidates(data));
        double ours = (System.nanoTime() - from) / 1e9;
        int given = 0;
        int own = 0;
        for (int c = 0; c < customers; c++)
            for (int rank = 0; rank < found.count(c); rank++, given++)
                if (found.item(c, rank) % TASTES == c % TASTES) own++;

        from = System.nanoTime();
        int rowByRow = plain(bought, baselineCustomers);
        double baseline = (System.nanoTime() - from) / 1e9 * customers / baselineCustomers;
        if (!json)
            System.err.printf(
                    "%,d pairs; learnt in %.1f s; %,d recommendations, %.1f %% of the customer's own taste; the baseline gave %,d%n",
                    data.pairs(), learning, given, 100.0 * own / given, rowByRow);
        Measure.print(
                List.of(Measure.of(
                        "item-item top %d, %,d customers, %,d items, %,d pairs; baseline: hash maps, on %,d customers scaled up"
                                .formatted(K, customers, items, data.pairs(), baselineCustomers),
                        ours,
                        "s",
                        baseline)),
                json);
        return Measure.promised(interactions > 5_000_000 || ours < 30, "five million pairs take under 30 s");
    }

    /** Customers of one of twenty tastes, most of whose items are of it; best sellers, and customers who buy much. */
    private int[][] simulated() {
        SplittableRandom random = new SplittableRandom(seed);
        double[] activity = new double[customers];
        double sum = 0;
        for (int c = 0; c < customers; c++) {
            activity[c] = Math.exp(.8 * random.nextGaussian());
            sum += activity[c];
        }
        int[][] bought = new int[customers][];
        double owed = 0;
        for (int c = 0; c < customers; c++) {
            owed += activity[c] / sum * interactions;
            int size = (int) Math.min(items / 4, Math.max(1, Math.round(owed)));
            owed -= size;
            Set<Integer> own = HashSet.newHashSet(size);
            while (own.size() < size) {
                int taste = random.nextDouble() < .7 ? c % TASTES : random.nextInt(TASTES);
                double u = random.nextDouble();
                own.add(taste + TASTES * (int) ((double) items / TASTES * u * u));
            }
            bought[c] = own.stream().mapToInt(Integer::intValue).sorted().toArray();
        }
        return bought;
    }

    /** Cosines from counts in hash maps, scores in a hash map, sorted; gives how many were recommended. */
    private static int plain(int[][] all, int count) {
        Map<Integer, Map<Integer, Integer>> together = new HashMap<>();
        Map<Integer, Integer> buyers = new HashMap<>();
        for (int c = 0; c < count; c++)
            for (int one : all[c]) {
                buyers.merge(one, 1, Integer::sum);
                Map<Integer, Integer> partners = together.computeIfAbsent(one, key -> new HashMap<>());
                for (int other : all[c]) if (other != one) partners.merge(other, 1, Integer::sum);
            }
        int given = 0;
        for (int c = 0; c < count; c++) {
            Set<Integer> own = new HashSet<>();
            for (int one : all[c]) own.add(one);
            Map<Integer, Double> scores = new HashMap<>();
            for (int one : all[c])
                together.getOrDefault(one, Map.of()).forEach((other, both) -> {
                    if (!own.contains(other))
                        scores.merge(
                                other,
                                both / Math.sqrt((double) buyers.getOrDefault(one, 1) * buyers.getOrDefault(other, 1)),
                                Double::sum);
                });
            List<Map.Entry<Integer, Double>> sorted = new ArrayList<>(scores.entrySet());
            sorted.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
            given += Math.min(K, sorted.size());
        }
        return given;
    }
}
