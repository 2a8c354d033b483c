package io.rekindle.models.recommend;

import java.util.Arrays;
import java.util.Optional;

/**
 * A recommender that also knows what customers and items are, for those about whom purchases say little or nothing.
 *
 * <p>What: an item with n buyers trusts purchases at n / (n + 5) and its content for the rest; a customer with n items,
 * in the same way, purchases and their attributes. By content, a candidate's score is the sum over the customer's items
 * of strength × cosine with the candidate ({@link Features}). By attributes, an item's score is the sum of the cosines
 * with all customers who bought it, over the sum of the cosines with all customers: popularity among those who are alike.
 * Each score is divided by its best for the customer before they are mixed.
 *
 * <p>Numerics: sums of products of non-negative terms; sums over all customers or items are taken once, over marks, so
 * that every likeness counts and none is cut off. Complexity: learning, pairs × marks of a customer, and 8 bytes for each
 * mark and item that meet, at most {@value #MOST_CELLS}; scoring, the marks of all items. No randomness; unchangeable.
 */
public final class ColdStart implements Recommender {
    private static final double TRUST = 5;
    private static final long MOST_CELLS = 100_000_000;

    private final Recommender base;
    private final Optional<Features> content;
    private final Optional<Likes> likes;
    private final double[] history;

    /**
     * What customers bearing a mark like.
     *
     * @param bought by mark and item, the weights of the mark's bearers who bought it, summed
     * @param all by mark, of all its bearers who bought anything
     */
    @SuppressWarnings("ArrayRecordComponent") // held, never compared
    private record Likes(Features attributes, double[][] bought, double[] all) {}

    private ColdStart(Recommender base, Optional<Features> content, Optional<Likes> likes, double[] history) {
        this.base = base;
        this.content = content;
        this.likes = likes;
        this.history = history;
    }

    /**
     * Beside a recommender that learnt.
     *
     * @param content of items, by number; empty where nothing is known of them
     * @param attributes of customers, by number; empty where nothing is known of them
     */
    public static ColdStart of(Recommender base, Optional<Features> content, Optional<Features> attributes) {
        Interactions data = base.data();
        content.ifPresent(features -> check("items", features.rows(), data.items()));
        attributes.ifPresent(features -> check("customers", features.rows(), data.customers()));
        return new ColdStart(base, content, attributes.map(features -> likes(data, features)), Strength.ROOT.of(data));
    }

    private static void check(String what, int described, int there) {
        if (described != there)
            throw new IllegalArgumentException(
                    "%d %s are described and there are %d".formatted(described, what, there));
    }

    private static Likes likes(Interactions data, Features attributes) {
        if ((long) attributes.marks() * data.items() > MOST_CELLS)
            throw new IllegalArgumentException(
                    "%d different attributes of customers and %d items are too many to learn from; leave out columns with many different values"
                            .formatted(attributes.marks(), data.items()));
        double[][] bought = new double[attributes.marks()][data.items()];
        double[] all = new double[attributes.marks()];
        for (int c = 0; c < data.customers(); c++) {
            if (data.owned(c) == 0) continue;
            int customer = c;
            attributes.each(c, (mark, weight) -> {
                all[mark] += weight;
                for (int p = data.from(customer); p < data.to(customer); p++) bought[mark][data.item(p)] += weight;
            });
        }
        return new Likes(attributes, bought, all);
    }

    @Override
    public Interactions data() {
        return base.data();
    }

    @Override
    public void score(int customer, double[] scores) {
        base.score(customer, scores);
        scale(scores);
        int owned = data().owned(customer);
        if (content.isPresent() && owned > 0) {
            double[] byContent = byContent(customer, content.get());
            for (int i = 0; i < scores.length; i++) {
                double trust = data().buyers(i) / (data().buyers(i) + TRUST);
                scores[i] = trust * scores[i] + (1 - trust) * byContent[i];
            }
        }
        if (likes.isPresent() && likes.get().attributes.known(customer)) {
            double[] byAttributes = byAttributes(customer, likes.get());
            double trust = owned / (owned + TRUST);
            for (int i = 0; i < scores.length; i++) scores[i] = trust * scores[i] + (1 - trust) * byAttributes[i];
        }
    }

    private double[] byContent(int customer, Features features) {
        double[] profile = new double[features.marks()];
        for (int p = data().from(customer); p < data().to(customer); p++)
            features.add(data().item(p), history[p], profile);
        double[] scores = new double[data().items()];
        for (int i = 0; i < scores.length; i++) scores[i] = features.product(i, profile);
        scale(scores);
        return scores;
    }

    private static double[] byAttributes(int customer, Likes likes) {
        double[] scores = new double[likes.bought.length == 0 ? 0 : likes.bought[0].length];
        double[] norm = new double[1];
        likes.attributes.each(customer, (mark, weight) -> {
            norm[0] += weight * likes.all[mark];
            double[] row = likes.bought[mark];
            for (int i = 0; i < row.length; i++) scores[i] += weight * row[i];
        });
        if (norm[0] > 0) for (int i = 0; i < scores.length; i++) scores[i] /= norm[0];
        scale(scores);
        return scores;
    }

    private static void scale(double[] scores) {
        double most = Arrays.stream(scores).max().orElse(0);
        if (most > 0) for (int i = 0; i < scores.length; i++) scores[i] /= most;
    }
}
