package io.rekindle.models.recommend;

/**
 * How alike two items are, from how many customers have the one (a), the other (b), and both.
 *
 * <p>Cosine a·b-normed counts of both (Salton 1975); Jaccard's share of either who have both (1901); lift, how many times
 * more often both than by chance, as in association rules (Brin et al., SIGMOD 1997). Assumption: customers are independent.
 * O(1).
 */
public enum Similarity {
    /** both / √(a·b): the cosine of the items' columns. */
    COSINE {
        @Override
        double of(double both, double a, double b, double customers) {
            return both / Math.sqrt(a * b);
        }
    },
    /** both / (a + b − both): the share of those with either who have both. */
    JACCARD {
        @Override
        double of(double both, double a, double b, double customers) {
            return both / (a + b - both);
        }
    },
    /** both·n / (a·b): how many times more often together than by chance; it favours what is rare. */
    LIFT {
        @Override
        double of(double both, double a, double b, double customers) {
            return both * customers / (a * b);
        }
    };

    abstract double of(double both, double a, double b, double customers);
}
