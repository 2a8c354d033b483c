package io.rekindle.models.text;

/**
 * Makes scores probabilities: the logistic regression of what was true on the score.
 *
 * <p>Source: Platt (1999) with the numerics of Lin, Lin and Weng (2007): targets are drawn in a little, so that scores that
 * tell all apart do not claim certainty. Newton's method on two parameters, damped. No state, no randomness.
 *
 * @param slope 1 when the scores were log odds already
 */
record Calibration(double slope, double intercept) {
    static final Calibration NONE = new Calibration(1, 0);
    private static final int MOST_STEPS = 50;

    /**
     * Fits it.
     *
     * @param score log odds of texts the scores were not learnt from; NaN where there is none
     * @param weight of each
     */
    static Calibration fit(double[] score, boolean[] positive, double[] weight) {
        double praise = 0;
        double complaint = 0;
        for (int i = 0; i < score.length; i++)
            if (!Double.isNaN(score[i])) {
                if (positive[i]) praise += weight[i];
                else complaint += weight[i];
            }
        if (praise == 0 || complaint == 0) return NONE;
        double high = (praise + 1) / (praise + 2);
        double low = 1 / (complaint + 2);
        double a = 1;
        double b = 0;
        double loss = loss(score, positive, weight, high, low, a, b);
        for (int step = 0; step < MOST_STEPS; step++) {
            double ga = 0;
            double gb = 0;
            double haa = 1e-9;
            double hab = 0;
            double hbb = 1e-9;
            for (int i = 0; i < score.length; i++) {
                if (Double.isNaN(score[i]) || weight[i] == 0) continue;
                double p = 1 / (1 + Math.exp(-(a * score[i] + b)));
                double off = weight[i] * (p - (positive[i] ? high : low));
                double bend = weight[i] * p * (1 - p);
                ga += off * score[i];
                gb += off;
                haa += bend * score[i] * score[i];
                hab += bend * score[i];
                hbb += bend;
            }
            double determinant = haa * hbb - hab * hab;
            if (!(determinant > 0)) break;
            double da = -(hbb * ga - hab * gb) / determinant;
            double db = -(haa * gb - hab * ga) / determinant;
            double along = 1;
            double next = loss(score, positive, weight, high, low, a + da, b + db);
            while (!(next <= loss) && along > 1e-6) {
                along /= 2;
                next = loss(score, positive, weight, high, low, a + along * da, b + along * db);
            }
            if (!(next <= loss)) break;
            a += along * da;
            b += along * db;
            if (loss - next < 1e-12 * (1 + loss)) break;
            loss = next;
        }
        // Scores that go the wrong way by chance must not turn every judgement round.
        return a > 0 ? new Calibration(a, b) : NONE;
    }

    private static double loss(
            double[] score, boolean[] positive, double[] weight, double high, double low, double a, double b) {
        double loss = 0;
        for (int i = 0; i < score.length; i++) {
            if (Double.isNaN(score[i]) || weight[i] == 0) continue;
            double logit = a * score[i] + b;
            double target = positive[i] ? high : low;
            loss += weight[i] * (SparseLogistic.softplus(logit) - target * logit);
        }
        return loss;
    }

    double logOdds(double score) {
        return slope * score + intercept;
    }
}
