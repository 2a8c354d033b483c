package io.rekindle.models.bandit;

import io.rekindle.models.numeric.LargestOf;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Thompson sampling for answers of yes or no: opened, clicked, bought.
 *
 * <p>What: each arm's rate has a beta belief; each arm is played with the probability that its rate is the highest. Where rates
 * move, evidence fades: each observation multiplies all evidence before it by the discount, the prior stays, so that arms not
 * played for long become uncertain and are tried again; about 1 / (1 − discount) observations are remembered.
 *
 * <p>Source: Thompson (Biometrika 1933); Agrawal and Goyal, "Further optimal regret bounds for Thompson sampling" (AISTATS
 * 2013) and Kaufmann, Korda and Munos (ALT 2012): the regret grows with the logarithm of time at the lowest possible factor.
 * Discount: Raj and Kalyani, "Taming non-stationary bandits" (2017). Assumptions: customers are exchangeable and an answer
 * comes before the next choice matters; late answers only make learning late.
 *
 * <p>Complexity: an observation costs the number of arms; the probabilities their square, once for any number of choices
 * between observations. Unchangeable: an observation gives another one; safe to share.
 */
public final class BernoulliBandit {
    private final double priorYes;
    private final double priorNo;
    private final double discount;
    private final double[] yes;
    private final double[] no;
    private volatile double[] probabilities = {};

    private BernoulliBandit(double priorYes, double priorNo, double discount, double[] yes, double[] no) {
        this.priorYes = priorYes;
        this.priorNo = priorNo;
        this.discount = discount;
        this.yes = yes;
        this.no = no;
    }

    /** With a uniform prior and rates that stay as they are. */
    public static BernoulliBandit of(int arms) {
        return of(arms, 1, 1, 1);
    }

    /**
     * Before any observation.
     *
     * @param priorYes as many yes as are believed before, positive
     * @param priorNo as many no
     * @param discount of evidence by each observation; 1 forgets nothing
     */
    public static BernoulliBandit of(int arms, double priorYes, double priorNo, double discount) {
        Choice.checkArms(arms);
        Choice.checkDiscount(discount);
        if (!(priorYes > 0 && priorNo > 0) || !Double.isFinite(priorYes + priorNo))
            throw new IllegalArgumentException(
                    "a prior of %s yes and %s no; both positive".formatted(priorYes, priorNo));
        return new BernoulliBandit(priorYes, priorNo, discount, new double[arms], new double[arms]);
    }

    /** After one more answer. */
    public BernoulliBandit observe(int arm, boolean answer) {
        return observe(arm, answer ? 1 : 0, answer ? 0 : 1);
    }

    /** After several more answers of one arm. */
    public BernoulliBandit observe(int arm, long moreYes, long moreNo) {
        Choice.checkArm(arm, yes.length);
        if (moreYes < 0 || moreNo < 0)
            throw new IllegalArgumentException("%d yes and %d no; neither is negative".formatted(moreYes, moreNo));
        double fade = Math.pow(discount, (double) moreYes + moreNo);
        double[] newYes = Arrays.stream(yes).map(count -> count * fade).toArray();
        double[] newNo = Arrays.stream(no).map(count -> count * fade).toArray();
        // Of several answers at once none is older than another.
        newYes[arm] += moreYes;
        newNo[arm] += moreNo;
        return new BernoulliBandit(priorYes, priorNo, discount, newYes, newNo);
    }

    /** Number of arms. */
    public int arms() {
        return yes.length;
    }

    /** Mean of the belief about an arm's rate. */
    public double mean(int arm) {
        return (priorYes + yes[arm]) / (priorYes + priorNo + yes[arm] + no[arm]);
    }

    /** The probability of each arm to be the best, with which it is to be played. */
    public double[] probabilities() {
        double[] known = probabilities;
        if (known.length == 0) {
            LargestOf.Belief[] beliefs = new LargestOf.Belief[yes.length];
            Arrays.setAll(beliefs, arm -> LargestOf.beta(priorYes + yes[arm], priorNo + no[arm]));
            known = LargestOf.chances(beliefs);
            probabilities = known;
        }
        return known.clone();
    }

    /** Draws an arm. */
    public Choice choose(RandomGenerator random) {
        return Choice.draw(probabilities(), random);
    }
}
