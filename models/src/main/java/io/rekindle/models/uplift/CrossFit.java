package io.rekindle.models.uplift;

import io.rekindle.models.learn.Folds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.NormalDistribution;

/**
 * What is learnt of each fold of one draw: by all the others, for the effects told, and by those before it, for the trial
 * of the ranking against chance.
 *
 * <p>Why by those before it: two folds that each rank the other by what the other taught are not two witnesses. What fold A
 * has by chance in common with fold B is counted in A by B's model and in B by A's. So the areas of all folds together vary
 * by twice what permutations of treatments under fixed scores say they do (exactly so where a model is linear in the outcomes
 * it learns from), and a test that takes them for independent ranks up to one file in eight where there is nothing to rank. Judged only by models of the folds before it, a fold's area has,
 * given all that came before, just the distribution the permutations draw: the p-values of the folds are independent and
 * uniform, whatever the learners. They are put together as normal deviates (Stouffer), fold j with weight √j, since where
 * there is little to see the merit of a ranking grows as the root of the customers learnt from. Learners are mixed by the same
 * rule as for the effects told, by what of the folds before was foretold; for the first such fold, equally.
 *
 * <p>Source: Luedtke and van der Laan, Annals of Statistics 44 (2016); Wager, "Sequential validation of treatment
 * heterogeneity", arXiv 2405.05534.
 */
final class CrossFit {
    /** To learn from, of each arm. */
    private static final int FEWEST = 2;

    private final Trial trial;
    private final Assigned assigned;
    private final Folds folds;
    private final int[] order;
    private final HeldOut byOthers;
    private final HeldOut byThoseBefore;

    CrossFit(
            Trial trial,
            Assigned assigned,
            Trial.Draw draw,
            Set<MetaLearner> learners,
            Set<BaseLearner> bases,
            long seed,
            Consumer<String> told) {
        this.trial = trial;
        this.assigned = assigned;
        folds = draw.folds();
        order = draw.order();
        byOthers = new HeldOut(trial, assigned.probability(), learners, bases);
        byThoseBefore = new HeldOut(trial, assigned.probability(), learners, bases);
        int last = folds.count() - 1;
        for (var base : BaseLearner.values()) {
            if (!bases.contains(base)) continue;
            told.accept("learning %s, each of %d folds by the others and by those before it"
                    .formatted(base.name().toLowerCase(Locale.ROOT), folds.count()));
            IntStream.range(0, 2 * folds.count() - 1).parallel().forEach(task -> {
                if (task <= last) {
                    var learnt = learnt(folds.outside(task, order), base, learners, seed);
                    int[] held = folds.inside(task, order);
                    byOthers.take(base, learnt, held);
                    if (task == last) byThoseBefore.take(base, learnt, held);
                } else {
                    int fold = task - last;
                    if (fold < last && isJudged(fold))
                        byThoseBefore.take(base, learnt(before(fold), base, learners, seed), folds.inside(fold, order));
                }
            });
        }
    }

    private Effects learnt(int[] rows, BaseLearner base, Set<MetaLearner> learners, long seed) {
        return new Effects(trial, rows, assigned.probability(), base, learners, seed);
    }

    /** What models of all other folds say. */
    HeldOut byOthers() {
        return byOthers;
    }

    private int[] before(int fold) {
        return Arrays.stream(order).filter(row -> folds.of()[row] < fold).toArray();
    }

    private boolean isJudged(int fold) {
        return hasBoth(before(fold), FEWEST) && hasBoth(folds.inside(fold, order), 1);
    }

    private boolean hasBoth(int[] rows, int fewest) {
        long some = Arrays.stream(rows).filter(row -> trial.treated()[row]).count();
        return some >= fewest && rows.length - some >= fewest;
    }

    /**
     * The trial against chance: p, and the areas of the folds and their standard deviations under chance, weighed as p weighs
     * them.
     */
    UpliftRanking.Permutation trial(int permutations, SplittableRandom random) {
        var normal = new NormalDistribution(0, 1);
        double deviates = 0;
        double weights = 0;
        double areas = 0;
        double precision = 0;
        List<Integer> foretold = new ArrayList<>();
        for (int fold = 1; fold < folds.count(); fold++) {
            if (!isJudged(fold)) continue;
            int[] held = folds.inside(fold, order);
            var blend = foretold.isEmpty()
                    ? byThoseBefore.even(held)
                    : byThoseBefore.blend(Arrays.stream(order)
                            .filter(row -> foretold.contains(folds.of()[row]))
                            .toArray());
            foretold.add(fold);
            var ranking = assigned.ranking(trial, blend.effects(way -> some(byThoseBefore.effects(way), held)), held);
            // Ranking nobody is known before any outcome is, so leaving the fold out favours nothing.
            if (ranking.ranksNobody()) continue;
            var permutation = ranking.permutation(permutations, random);
            if (permutation.chance() == 0) continue;
            // Of places among the permutations that are equally likely, the middle of each.
            double p = permutation.p() - .5 / (permutations + 1);
            deviates += Math.sqrt(fold) * normal.inverseCumulativeProbability(1 - p);
            weights += fold;
            areas += Math.sqrt(fold) * permutation.area() / permutation.chance();
            precision += Math.sqrt(fold) / permutation.chance();
        }
        if (weights == 0) {
            double[] byLot = new double[order.length];
            for (int i = 0; i < order.length; i++) byLot[i] = i;
            return new UpliftRanking.Permutation(
                    0,
                    1,
                    assigned.ranking(trial, byLot, order)
                            .permutation(permutations, random)
                            .chance());
        }
        return new UpliftRanking.Permutation(
                areas / precision,
                normal.cumulativeProbability(-deviates / Math.sqrt(weights)),
                Math.sqrt(weights) / precision);
    }

    private static double[] some(double[] values, int[] rows) {
        return Arrays.stream(rows).mapToDouble(row -> values[row]).toArray();
    }
}
