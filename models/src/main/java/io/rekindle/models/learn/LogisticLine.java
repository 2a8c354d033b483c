package io.rekindle.models.learn;

/**
 * A logistic curve through margins: log-odds = intercept + slope · margin. Fitted by Newton's method to held-out rows it
 * calibrates a model (Platt 1999, with his targets a little inside 0 and 1, which keep the curve finite where the classes
 * lie apart); fitted to a model's own log-odds it tells how well calibrated the model is: slope 1 and intercept 0 are
 * perfect, a slope below 1 exaggerates.
 *
 * <p>Assumption: the log-odds are off by a shift and a stretch only. Numerics: margins are centred and scaled first, and a
 * step that does not lower the loss is halved; margins that are all the same leave nothing to fit. Complexity: some ten
 * passes over the rows.
 */
public record LogisticLine(double intercept, double slope) {
    /** The curve that changes nothing. */
    public static final LogisticLine IDENTITY = new LogisticLine(0, 1);

    /** The likeliest curve; the identity where all margins or all outcomes are the same. */
    public static LogisticLine fit(double[] margins, boolean[] positive) {
        return fit(margins, positive, 0);
    }

    /**
     * The likeliest curve for margins that are log-odds already: its slope is believed to be 1 ± ½ before anything is seen,
     * and is at least {@code lowest}. Where margins hardly differ, or tell nothing, the likeliest slope can be anything, and
     * the curve nonsense for margins a little beside those seen; a slope outcomes do tell of, the belief leaves alone.
     */
    public static LogisticLine fitCautiously(double[] margins, boolean[] positive, double lowest) {
        var line = fit(margins, positive, 1 / (.5 * .5));
        return line.slope() >= lowest ? line : through(margins, positive, lowest);
    }

    /** @param belief precision of the belief that the slope is 1 */
    private static LogisticLine fit(double[] margins, boolean[] positive, double belief) {
        int n = margins.length;
        double positives = 0;
        double mean = 0;
        for (int i = 0; i < n; i++) {
            if (positive[i]) positives++;
            mean += margins[i] / n;
        }
        double squares = 0;
        for (double margin : margins) squares += (margin - mean) * (margin - mean) / n;
        double scale = Math.sqrt(squares);
        if (positives == 0 || positives == n || !(scale > 1e-9)) return IDENTITY;
        double high = (positives + 1) / (positives + 2);
        double low = 1 / (n - positives + 2);
        double a = Math.log(positives / (n - positives));
        double b = 0;
        double value = value(margins, positive, mean, scale, a, b, high, low, belief);
        for (int step = 0; step < 100; step++) {
            double ga = 0;
            double gb = belief * (b / scale - 1) / scale;
            double haa = 1e-12;
            double hab = 0;
            double hbb = 1e-12 + belief / scale / scale;
            for (int i = 0; i < n; i++) {
                double x = (margins[i] - mean) / scale;
                double p = Loss.LOGISTIC.mean(a + b * x);
                double r = p - (positive[i] ? high : low);
                double w = p * (1 - p);
                ga += r;
                gb += r * x;
                haa += w;
                hab += w * x;
                hbb += w * x * x;
            }
            double determinant = haa * hbb - hab * hab;
            double da = (hbb * ga - hab * gb) / determinant;
            double db = (haa * gb - hab * ga) / determinant;
            if (!(ga * da + gb * db > 1e-12 * n)) break;
            double length = 1;
            double next = value(margins, positive, mean, scale, a - da, b - db, high, low, belief);
            for (; next > value && length > 1e-6; length /= 2)
                next = value(
                        margins, positive, mean, scale, a - length / 2 * da, b - length / 2 * db, high, low, belief);
            if (!(next < value)) break;
            a -= length * da;
            b -= length * db;
            value = next;
        }
        return new LogisticLine(a - b * mean / scale, b / scale);
    }

    /** The likeliest curve of a slope: its probabilities have the mean of what happened. */
    private static LogisticLine through(double[] margins, boolean[] positive, double slope) {
        int n = margins.length;
        double positives = 0;
        double mean = 0;
        for (int i = 0; i < n; i++) {
            if (positive[i]) positives++;
            mean += margins[i] / n;
        }
        double intercept = Math.log(positives / (n - positives)) - slope * mean;
        for (int step = 0; step < 100; step++) {
            double expected = 0;
            double weight = 1e-12;
            for (double margin : margins) {
                double p = Loss.LOGISTIC.mean(intercept + slope * margin);
                expected += p;
                weight += p * (1 - p);
            }
            // From far away Newton's step would leap over the place.
            double by = Math.clamp((positives - expected) / weight, -1, 1);
            intercept += by;
            if (Math.abs(by) < 1e-12) break;
        }
        return new LogisticLine(intercept, slope);
    }

    private static double value(
            double[] margins,
            boolean[] positive,
            double mean,
            double scale,
            double a,
            double b,
            double high,
            double low,
            double belief) {
        double sum = belief / 2 * Math.pow(b / scale - 1, 2);
        for (int i = 0; i < margins.length; i++)
            sum += Loss.LOGISTIC.of(a + b * (margins[i] - mean) / scale, positive[i] ? high : low);
        return sum;
    }

    /** The log-odds of a margin. */
    public double logOdds(double margin) {
        return intercept + slope * margin;
    }

    /** The probability of a margin. */
    public double probability(double margin) {
        return Loss.LOGISTIC.mean(logOdds(margin));
    }
}
