package io.rekindle.models.text;

import io.rekindle.models.numeric.Minimizer;

/**
 * Makes scores probabilities: the logistic regression of what was true on the score, between two limits.
 *
 * <p>What: p = low + (high − low) / (1 + exp(−(slope × score + intercept))). Where some ratings are careless or slip by a
 * star, no text is praise with certainty however clear its words, and a plain logistic curve, which must go to 0 and 1, says
 * too little in the middle and too much at the ends; the limits are the shares of such ratings.
 *
 * <p>Source: Platt (1999) with the numerics of Lin, Lin and Weng (2007): targets are drawn in a little, so that scores that
 * tell all apart do not claim certainty. The limits are the item response model of four parameters (Barton and Lord, 1981); an
 * exponential prior keeps them at 0 and 1 unless the ratings say otherwise.
 *
 * <p>Numerics: Newton's method on two parameters, damped, then {@link Minimizer} on four. No state, no randomness.
 *
 * @param slope 1 when the scores were log odds already
 * @param low probability of praise of the clearest complaint
 * @param high of the clearest praise
 */
record Calibration(double slope, double intercept, double low, double high) {
    static final Calibration NONE = new Calibration(1, 0, 0, 1);
    private static final int MOST_STEPS = 50;
    /** Of each limit, what is believed of its distance from 0 or 1 before anything is seen: 0 or little. */
    private static final double STRAY_MEAN = .2;

    private static final double CERTAIN = 1e-12;
    private static final double MOST_STRAY = .45;

    /** Fits all four. */
    static Calibration fitWithLimits(double[] score, boolean[] positive, double[] weight) {
        Calibration plain = fit(score, positive, weight);
        double praise = 0;
        double complaint = 0;
        for (int i = 0; i < score.length; i++)
            if (!Double.isNaN(score[i])) {
                if (positive[i]) praise += weight[i];
                else complaint += weight[i];
            }
        if (praise == 0 || complaint == 0) return plain;
        double yes = (praise + 1) / (praise + 2);
        double no = 1 / (complaint + 2);
        double all = praise + complaint;
        Minimizer.Objective objective = (at, gradient) -> {
            double a = Math.exp(at[0]);
            double span = 1 - at[2] - at[3];
            double loss = (at[2] + at[3]) / STRAY_MEAN;
            double ga = 0;
            double gb = 0;
            double gl = 1 / STRAY_MEAN;
            double gh = 1 / STRAY_MEAN;
            for (int i = 0; i < score.length; i++) {
                if (Double.isNaN(score[i]) || weight[i] == 0) continue;
                double s = 1 / (1 + Math.exp(-(a * score[i] + at[1])));
                double p = Math.clamp(at[2] + span * s, CERTAIN, 1 - CERTAIN);
                double target = positive[i] ? yes : no;
                loss -= weight[i] * (target * Math.log(p) + (1 - target) * Math.log1p(-p));
                double pull = weight[i] * (p - target) / (p * (1 - p));
                double steep = pull * span * s * (1 - s);
                ga += steep * score[i] * a;
                gb += steep;
                gl += pull * (1 - s);
                gh -= pull * s;
            }
            gradient[0] = ga / all;
            gradient[1] = gb / all;
            gradient[2] = gl / all;
            gradient[3] = gh / all;
            return loss / all;
        };
        double steep = Math.log(plain.slope);
        try {
            double[] found = Minimizer.minimize(
                            objective,
                            new double[] {steep, plain.intercept, .02, .02},
                            new double[] {steep - 3, plain.intercept - 10, 0, 0},
                            new double[] {steep + 3, plain.intercept + 10, MOST_STRAY, MOST_STRAY})
                    .point();
            return new Calibration(Math.exp(found[0]), found[1], found[2], 1 - found[3]);
        } catch (IllegalStateException flat) {
            // Too few ratings to tell a limit from a slope.
            return plain;
        }
    }

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
        return a > 0 ? new Calibration(a, b, 0, 1) : NONE;
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

    /** Negative log-likelihood of what was true. */
    double loss(double[] score, boolean[] positive, double[] weight) {
        double loss = 0;
        for (int i = 0; i < score.length; i++) {
            if (Double.isNaN(score[i]) || weight[i] == 0) continue;
            double p = Math.clamp(probability(score[i]), CERTAIN, 1 - CERTAIN);
            loss -= weight[i] * Math.log(positive[i] ? p : 1 - p);
        }
        return loss;
    }

    double probability(double score) {
        return low + (high - low) / (1 + Math.exp(-(slope * score + intercept)));
    }
}
