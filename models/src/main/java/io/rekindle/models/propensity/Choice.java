package io.rekindle.models.propensity;

/**
 * Which of the experts to go by.
 *
 * @param linearShare 1 for the linear model, 0 for the trees, between them a mean of both margins
 * @param bends 1 when the linear model has bends
 * @param setting of the trees
 * @param rounds how many of the trees
 */
record Choice(double linearShare, int bends, int setting, int rounds) {
    static Choice linear(int bends) {
        return new Choice(1, bends, 0, 0);
    }

    static Choice trees(int setting, int rounds) {
        return new Choice(0, 0, setting, rounds);
    }

    static Choice both(Choice linear, Choice trees) {
        return new Choice(.5, linear.bends, trees.setting, trees.rounds);
    }

    Learner learner() {
        return linearShare == 1 ? Learner.LOGISTIC : linearShare == 0 ? Learner.BOOSTING : Learner.BLEND;
    }
}
