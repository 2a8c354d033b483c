package io.rekindle.models.recommend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Recommenders held against what customers bought afterwards, always beside popularity.
 *
 * <p>What: each learns from the split's training part and recommends k items to each customer of whom something was kept
 * back ({@link Quality} says what is counted). The gain over popularity comes with a standard error of the difference,
 * customer by customer, because both were tried on the same people.
 *
 * <p>Source: Järvelin and Kekäläinen (ACM TOIS 2002) for nDCG; Vargas and Castells (RecSys 2011) for novelty. Complexity:
 * that of recommending. No randomness but the choice of customers, by seed, where there are more than asked for.
 *
 * @param goal what was to be found
 * @param heldCustomers customers with something to be found, evaluated or not
 * @param methods first popularity, then the others
 */
public record Evaluation(Goal goal, int heldCustomers, List<Method> methods) {
    public Evaluation {
        methods = List.copyOf(methods);
    }

    /**
     * A recommender's result.
     *
     * @param gain nDCG minus popularity's
     * @param gainError its standard error
     */
    public record Method(String name, Quality quality, double gain, double gainError) {}

    /** The quality of the named recommender. */
    public Quality quality(String name) {
        return methods.stream()
                .filter(method -> method.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no %s was tried; there are %s"
                        .formatted(name, methods.stream().map(Method::name).toList())))
                .quality();
    }

    /** Popularity's name. */
    public static final String POPULARITY = "popularity";

    /**
     * Evaluates.
     *
     * @param k recommendations a customer
     * @param mostCustomers to try it on
     * @param seed chooses them
     * @throws IllegalArgumentException when nothing was kept back that could be found
     */
    public static Evaluation of(Split split, List<Learner> learners, Goal goal, int k, int mostCustomers, long seed) {
        Interactions train = split.train();
        int[] held = held(split, goal);
        if (held.length == 0)
            throw new IllegalArgumentException("nothing was kept back that could be found; there is nothing to try on");
        int[] customers = sample(held, mostCustomers, seed);
        List<Learner> all = new ArrayList<>();
        all.add(new Learner(POPULARITY, Popularity::of));
        for (Learner learner : learners) if (!learner.name().equals(POPULARITY)) all.add(learner);
        List<Method> methods = new ArrayList<>();
        double[] popular = {};
        for (Learner learner : all) {
            Recommendations given = Recommendations.of(learner.fit(train), k, goal.candidates(train), customers);
            double[] ndcg = new double[customers.length];
            Quality quality = quality(split, goal, given, customers, k, ndcg);
            if (methods.isEmpty()) popular = ndcg;
            double[] gain = new double[ndcg.length];
            for (int i = 0; i < gain.length; i++) gain[i] = ndcg[i] - popular[i];
            methods.add(new Method(learner.name(), quality, mean(gain), error(gain)));
        }
        return new Evaluation(goal, held.length, methods);
    }

    /** The customers with something to be found. */
    static int[] held(Split split, Goal goal) {
        int[] held = new int[split.train().customers()];
        int count = 0;
        for (int c = 0; c < held.length; c++) if (split.kept(c, goal).length > 0) held[count++] = c;
        return Arrays.copyOf(held, count);
    }

    static int[] sample(int[] from, int most, long seed) {
        if (from.length <= most) return from;
        int[] drawn = new int[most];
        SplittableRandom random = new SplittableRandom(seed);
        int left = most;
        for (int i = 0; i < from.length; i++)
            if (random.nextInt(from.length - i) < left) drawn[most - left--] = from[i];
        return drawn;
    }

    private static Quality quality(
            Split split, Goal goal, Recommendations given, int[] customers, int k, double[] ndcg) {
        Interactions train = split.train();
        int buying = 0;
        for (int c = 0; c < train.customers(); c++) if (train.owned(c) > 0) buying++;
        double recall = 0;
        double hits = 0;
        double map = 0;
        double hitCustomers = 0;
        double novelty = 0;
        long places = 0;
        boolean[] shown = new boolean[train.items()];
        for (int i = 0; i < customers.length; i++) {
            int[] truth = split.kept(customers[i], goal);
            int found = 0;
            double precisions = 0;
            for (int rank = 0; rank < given.count(i); rank++) {
                int item = given.item(i, rank);
                shown[item] = true;
                novelty -= Math.log(Math.max(1, train.buyers(item)) / (double) Math.max(1, buying)) / Math.log(2);
                places++;
                if (Arrays.binarySearch(truth, item) < 0) continue;
                found++;
                precisions += found / (rank + 1.0);
                ndcg[i] += discount(rank);
            }
            int possible = Math.min(k, truth.length);
            double best = 0;
            for (int rank = 0; rank < possible; rank++) best += discount(rank);
            ndcg[i] /= best;
            recall += found / (double) truth.length;
            hits += found;
            map += precisions / possible;
            if (found > 0) hitCustomers++;
        }
        int n = customers.length;
        int covered = 0;
        for (boolean one : shown) if (one) covered++;
        return new Quality(
                n,
                k,
                mean(ndcg),
                error(ndcg),
                recall / n,
                hits / ((double) n * k),
                map / n,
                hitCustomers / n,
                covered / (double) train.items(),
                novelty / places);
    }

    /** What a hit at a rank, from 0, is worth. */
    static double discount(int rank) {
        return Math.log(2) / Math.log(rank + 2.0);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    private static double error(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double value : values) squares += (value - mean) * (value - mean);
        return values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1.0) / values.length);
    }
}
