package io.rekindle.models.attribution;

import java.util.Arrays;

/**
 * Credit by the place of a contact in its path: the rules every report knows, kept for comparison.
 *
 * <p>They look at converted paths only and know nothing of contacts that led nowhere. Within a path the weights sum to 1, so
 * credits sum to conversions. Complexity: one pass over the contacts. No state.
 *
 * <p>Assumption: the place in the path is what earns; nothing in the data can bear that out. Source: the reports of web
 * analytics; time decay halves a contact's weight with each half-life before the path's end, position is 40, 20 and 40 in a
 * hundred. Numerics: weights are normed within each path.
 */
public sealed interface TouchRule {
    /** All to the first contact. */
    record First() implements TouchRule {}

    /** All to the last contact. */
    record Last() implements TouchRule {}

    /** The same to every contact. */
    record Linear() implements TouchRule {}

    /**
     * Halved for every half-life a contact lies before the path's end.
     *
     * @param halfLife in the unit of the paths' ages; contacts without times are one unit apart
     */
    record TimeDecay(double halfLife) implements TouchRule {
        public TimeDecay {
            if (!(halfLife > 0) || !Double.isFinite(halfLife))
                throw new IllegalArgumentException("a half-life of %s; it must be positive".formatted(halfLife));
        }
    }

    /**
     * Fixed shares to the first and the last contact, the rest to those between in equal parts; with two contacts only these
     * shares' proportion counts. 0.4 and 0.4 are customary.
     */
    record Position(double first, double last) implements TouchRule {
        public Position {
            if (!(first > 0 && last > 0 && first + last <= 1))
                throw new IllegalArgumentException(
                        "shares %s and %s for the first and last contact; they are positive and sum to at most 1"
                                .formatted(first, last));
        }
    }

    /** Divides the conversions of the paths by this rule. */
    default Attribution attribute(Paths paths) {
        double[] conversions = new double[paths.channels().size()];
        double[] value = new double[conversions.length];
        for (int i = 0; i < paths.count(); i++) {
            if (paths.conversions(i) == 0 && paths.value(i) == 0) continue;
            int[] steps = paths.steps(i);
            double[] weights = weights(paths.ages(i));
            double sum = 0;
            for (double weight : weights) sum += weight;
            for (int k = 0; k < steps.length; k++) {
                conversions[steps[k]] += weights[k] / sum * paths.conversions(i);
                value[steps[k]] += weights[k] / sum * paths.value(i);
            }
        }
        return Attribution.of(paths, conversions, value);
    }

    private double[] weights(double[] ages) {
        int length = ages.length;
        double[] weights = new double[length];
        switch (this) {
            case First first -> weights[0] = 1;
            case Last last -> weights[length - 1] = 1;
            case Linear linear -> Arrays.fill(weights, 1);
            case TimeDecay(double halfLife) -> {
                // Relative to the latest contact, so that a path long past does not vanish to zero altogether.
                double latest = ages[length - 1];
                for (double age : ages) latest = Math.min(latest, age);
                for (int k = 0; k < length; k++) weights[k] = Math.pow(2, (latest - ages[k]) / halfLife);
            }
            case Position(double first, double last) -> {
                for (int k = 1; k < length - 1; k++) weights[k] = (1 - first - last) / (length - 2);
                weights[0] = length == 1 ? 1 : first;
                if (length > 1) weights[length - 1] = last;
            }
        }
        return weights;
    }
}
