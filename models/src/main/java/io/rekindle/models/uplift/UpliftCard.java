package io.rekindle.models.uplift;

import io.rekindle.models.table.Remark;
import java.util.List;

/**
 * What stands beside an uplift model. All of it is told from customers the model had not seen.
 *
 * <p>What a reader needs to judge a ranking by, after Mitchell et al., "Model cards for model reporting" (FAT* 2019); the
 * figures' own sources stand with {@link UpliftRanking}, {@link PolicyValue} and {@link Uplift}. Assumption: new customers
 * are like those of the test. Complexity: none of its own.
 *
 * @param customers learnt from
 * @param treated of them
 * @param controlOutcome mean outcome of the untreated
 * @param averageEffect of the treatment on a customer, doubly robust
 * @param averageEffectError its standard error
 * @param assignment how the treatment was given, in words
 * @param chosen the learners whose mean is taken, in words
 * @param candidates what stood for choice
 * @param qini the Qini coefficient with its interval; for outcomes other than 0 and 1 the area (see {@link UpliftRanking})
 * @param auuc normalised area under the uplift curve; NaN for outcomes other than 0 and 1
 * @param area between the Qini curve and chance, in outcomes a customer
 * @param permutation whether the ranking is better than chance: mean area and chance of folds ranked by what was learnt of
 *     those before them, p of all draws together
 * @param draws the p-value of each draw of folds made; effects and candidates are means over them
 * @param rankable whether the ranking is better than chance; if not, the model ranks nobody
 * @param needed customers it would take to see a ranking whose better half has twice the effect of the other half, with
 *     a power of 80 %
 * @param neededForThis customers it would take to see one as good as this one seems; infinite where it seems none
 * @param tops the effect among the shares of customers ranked highest
 * @param deciles from the highest score down
 * @param policies what treating the top share would bring
 * @param groups how many customers are in each group, and what the treatment did to them
 * @param curve the Qini curve
 * @param remarks what to be careful about
 */
public record UpliftCard(
        int customers,
        int treated,
        double controlOutcome,
        double averageEffect,
        double averageEffectError,
        String assignment,
        String chosen,
        List<Candidate> candidates,
        UpliftRanking.Interval qini,
        double auuc,
        double area,
        UpliftRanking.Permutation permutation,
        List<Double> draws,
        boolean rankable,
        double needed,
        double neededForThis,
        List<Top> tops,
        List<UpliftRanking.Decile> deciles,
        List<PolicyValue> policies,
        List<Group> groups,
        List<UpliftRanking.Point> curve,
        List<Remark> remarks) {
    public UpliftCard {
        candidates = List.copyOf(candidates);
        draws = List.copyOf(draws);
        tops = List.copyOf(tops);
        deciles = List.copyOf(deciles);
        policies = List.copyOf(policies);
        groups = List.copyOf(groups);
        curve = List.copyOf(curve);
        remarks = List.copyOf(remarks);
    }

    /** A learner that stood for choice, and how it alone ranks customers it has not seen. */
    public record Candidate(MetaLearner learner, BaseLearner base, double qini, double area) {}

    /** The effect among the customers ranked highest. */
    public record Top(double share, double uplift, double standardError) {}

    /** A group of customers by what is predicted of them: how many, what is predicted, what the treatment did. */
    public record Group(ResponseGroup group, int customers, double predicted, double uplift, double standardError) {}
}
