package io.rekindle.models.experiment;

/**
 * How a running experiment is looked at, which decides what its interval must promise.
 *
 * <p>An interval made for one look at the end is wrong when somebody looks every morning and stops at the first good news: at
 * 5 % a quarter or more of all A/A tests then "win". Whoever wants to look at any time asks for {@link Anytime}.
 *
 * <p>Assumption: outcomes of customers who came in later are drawn like those before. Source: for one look, the normal
 * approximation; for any number of them, the asymptotic confidence sequences of Waudby-Smith, Arbour, Sinha, Kennedy and
 * Ramdas (arXiv 2103.06476, equation 9). Numerics: a width is one square root and one logarithm. Complexity: O(1).
 */
public sealed interface Look {
    /** 1 − confidence of the interval, e.g. 0.05. */
    double alpha();

    /** Half-width in standard errors of what is near enough normal, when so many customers have been seen in both arms. */
    default double reachOf(long customers) {
        return switch (this) {
            case Once once -> Normal.quantile(1 - alpha() / 2);
            case Anytime anytime -> anytime.reach(customers);
        };
    }

    /** The p-value of an estimate so many standard errors from nothing. */
    default double pOf(double statistic, long customers) {
        return switch (this) {
            case Once once -> Normal.twoSided(statistic);
            case Anytime anytime -> anytime.p(statistic, customers);
        };
    }

    /**
     * One look, at a moment fixed beforehand: the usual t or normal interval.
     *
     * @param alpha 1 − confidence
     */
    record Once(double alpha) implements Look {
        public Once {
            checkAlpha(alpha);
        }
    }

    /**
     * Looks at any moments, as many as one likes, and stopping whenever one likes: an asymptotic confidence sequence. With
     * probability 1 − α the truth is inside all the intervals ever shown, not only in one of them.
     *
     * <p>Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic
     * confidence sequences", arXiv 2103.06476: the half-width of equation 9, tuned by equation 161 to be narrowest at a
     * number of customers, and the p-value of equation 155, 1 over the mixture's e-value. GrowthBook shows the same.
     *
     * <p>Price: at the number it is tuned for it is about 1.5 times as wide as the interval for one look, and wider before
     * and after. The tuning is chosen before the data; it moves the width, not the promise.
     *
     * @param alpha 1 − confidence
     * @param narrowestAt customers in both arms together at which the interval is narrowest in comparison
     */
    record Anytime(double alpha, double narrowestAt) implements Look {
        public Anytime {
            checkAlpha(alpha);
            if (!(narrowestAt >= 1) || !Double.isFinite(narrowestAt))
                throw new IllegalArgumentException(
                        "narrowest at %s customers; the number is at least 1".formatted(narrowestAt));
        }

        /** Tuned for 5,000 customers. */
        public Anytime(double alpha) {
            this(alpha, 5000);
        }

        /** Half-width in standard errors when {@code customers} have been seen. */
        public double reach(long customers) {
            double t = intrinsicTime(customers);
            return Math.sqrt(2 * (t + 1) / t * (Math.log1p(t) / 2 - Math.log(alpha)));
        }

        /** The p-value that may be looked at whenever one likes, of an estimate this many standard errors from nothing. */
        double p(double statistic, long customers) {
            double t = intrinsicTime(customers);
            return Math.min(1, Math.exp(Math.log1p(t) / 2 - t * statistic * statistic / (2 * (t + 1))));
        }

        private double intrinsicTime(long customers) {
            double log = -2 * Math.log(alpha);
            return customers * (log + Math.log1p(log)) / narrowestAt;
        }
    }

    private static void checkAlpha(double alpha) {
        if (!(alpha > 0 && alpha < 1))
            throw new IllegalArgumentException("alpha %s must lie between 0 and 1".formatted(alpha));
    }
}
