package io.rekindle.models.recommend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Several recommenders added up, each at the weight that did best on purchases kept back.
 *
 * <p>What: a part's scores are divided by its best for the customer, so that parts in different units can be added; the
 * weights are whole steps on a grid, and those are taken whose sum ranks a held back part of the training purchases best
 * by nDCG at 10; among equals the fewer parts. Then all parts learn anew from everything. The weights are learnt inside
 * the training data: nothing that is evaluated later was seen.
 *
 * <p>Complexity: learning each part twice, and ranking at most {@value #MOST_CUSTOMERS} customers once for each point of
 * the grid. Unchangeable; the seed chooses those customers.
 *
 * <p>Assumption: the mixture that foretells the purchases just before suits those to come. Source: linear blending after Bell
 * and Koren (SIGKDD Explorations 9, 2007), by a grid in place of a regression. Numerics: nDCG is a mean of few thousands, so
 * differences below its standard error decide nothing of worth.
 */
public final class Hybrid implements Recommender {
    private static final int MOST_CUSTOMERS = 1500;
    private static final int K = 10;
    private static final double[] STEPS = {0, .1, .3, 1};
    private static final double SHARE = .25;

    private final Interactions data;
    private final List<Recommender> parts;
    private final double[] weights;
    private final List<String> names;

    private Hybrid(Interactions data, List<Recommender> parts, double[] weights, List<String> names) {
        this.data = data;
        this.parts = parts;
        this.weights = weights;
        this.names = names;
    }

    /** Of recommenders that learnt already, at given weights. All must have learnt from the same customers and items. */
    public static Hybrid of(List<Recommender> parts, double[] weights, List<String> names) {
        if (parts.isEmpty() || parts.size() != weights.length || parts.size() != names.size())
            throw new IllegalArgumentException("%d parts, %d weights and %d names; there must be one of each"
                    .formatted(parts.size(), weights.length, names.size()));
        for (double weight : weights)
            if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY))
                throw new IllegalArgumentException("a weight of %s; it is at least 0".formatted(weight));
        return new Hybrid(parts.getFirst().data(), List.copyOf(parts), weights.clone(), List.copyOf(names));
    }

    /**
     * Learns parts and weights.
     *
     * @param learners at least one, at most five
     * @param goal what the weights are to be good for
     */
    public static Hybrid fit(Interactions data, List<Learner> learners, Goal goal, long seed) {
        if (learners.isEmpty() || learners.size() > 5)
            throw new IllegalArgumentException("%d parts; between 1 and 5".formatted(learners.size()));
        double[] weights = weights(data, learners, goal, seed);
        List<Recommender> parts = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Learner learner : learners) {
            parts.add(learner.fit(data));
            names.add(learner.name());
        }
        return of(parts, weights, names);
    }

    private static double[] weights(Interactions data, List<Learner> learners, Goal goal, long seed) {
        double[] alike = new double[learners.size()];
        Arrays.fill(alike, 1);
        if (learners.size() == 1) return alike;
        Split split = data.timed() ? Split.lastOfEach(data, SHARE) : Split.random(data, SHARE, seed);
        int[] held = Evaluation.sample(Evaluation.held(split, goal), MOST_CUSTOMERS, seed);
        if (held.length == 0) return alike;
        Interactions train = split.train();
        List<Recommender> parts = new ArrayList<>();
        for (Learner learner : learners) parts.add(learner.fit(train));
        List<double[]> grid = grid(learners.size());
        Candidates candidates = goal.candidates(train);
        double[][] gains = new double[held.length][];
        IntStream.range(0, held.length)
                .parallel()
                .forEach(h -> gains[h] = gains(parts, grid, train, candidates, held[h], split.kept(held[h], goal)));
        double[] sums = new double[grid.size()];
        for (double[] gain : gains) for (int g = 0; g < sums.length; g++) sums[g] += gain[g];
        int best = 0;
        for (int g = 1; g < sums.length; g++) if (sums[g] > sums[best]) best = g;
        return grid.get(best);
    }

    /** All weights on the grid whose largest is 1, those with fewer parts first. */
    private static List<double[]> grid(int parts) {
        List<double[]> grid = new ArrayList<>();
        int points = (int) Math.round(Math.pow(STEPS.length, parts));
        for (int used = 1; used <= parts; used++)
            for (int point = 0; point < points; point++) {
                double[] weights = new double[parts];
                int rest = point;
                for (int p = 0; p < parts; p++) {
                    weights[p] = STEPS[rest % STEPS.length];
                    rest /= STEPS.length;
                }
                int nonzero = (int) Arrays.stream(weights).filter(w -> w > 0).count();
                if (nonzero == used && Arrays.stream(weights).max().orElse(0) == 1) grid.add(weights);
            }
        return grid;
    }

    private static double[] gains(
            List<Recommender> parts,
            List<double[]> grid,
            Interactions train,
            Candidates candidates,
            int customer,
            int[] truth) {
        int items = train.items();
        double[][] scores = new double[parts.size()][items];
        for (int p = 0; p < scores.length; p++) {
            parts.get(p).score(customer, scores[p]);
            scale(scores[p]);
        }
        boolean[] allowed = new boolean[items];
        candidates.mark(customer, allowed);
        double[] sum = new double[items];
        Best best = new Best(K);
        int[] chosen = new int[K];
        double[] worth = new double[K];
        double[] gains = new double[grid.size()];
        for (int g = 0; g < gains.length; g++) {
            Arrays.fill(sum, 0);
            for (int p = 0; p < scores.length; p++) add(scores[p], grid.get(g)[p], sum);
            Recommendations.choose(train, sum, allowed, best);
            int count = best.drain(chosen, worth, 0);
            double possible = 0;
            for (int rank = 0; rank < Math.min(K, truth.length); rank++) possible += Evaluation.discount(rank);
            for (int rank = 0; rank < count; rank++)
                if (Arrays.binarySearch(truth, chosen[rank]) >= 0) gains[g] += Evaluation.discount(rank) / possible;
        }
        return gains;
    }

    private static void add(double[] what, double factor, double[] into) {
        if (factor == 0) return;
        for (int i = 0; i < into.length; i++) into[i] += factor * what[i];
    }

    private static void scale(double[] scores) {
        double most = 0;
        for (double score : scores) most = Math.max(most, score);
        if (most > 0) for (int i = 0; i < scores.length; i++) scores[i] /= most;
    }

    @Override
    public Interactions data() {
        return data;
    }

    @Override
    public void score(int customer, double[] scores) {
        double[] part = new double[scores.length];
        Arrays.fill(scores, 0);
        for (int p = 0; p < weights.length; p++) {
            if (weights[p] == 0) continue;
            parts.get(p).score(customer, part);
            scale(part);
            add(part, weights[p], scores);
        }
    }

    /** The parts' names. */
    public List<String> names() {
        return names;
    }

    /** The parts' weights, the largest 1. */
    public double[] weights() {
        return weights.clone();
    }
}
