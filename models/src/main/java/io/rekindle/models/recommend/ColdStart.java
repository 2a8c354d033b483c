package io.rekindle.models.recommend;

import java.util.Arrays;
import java.util.Optional;

/**
 * A recommender that also knows what customers and items are, for those about whom purchases say little or nothing.
 *
 * <p>What: an item with n buyers trusts purchases at n / (n + 5) and its content for the rest; a customer with n items,
 * in the same way, purchases and their attributes. By content, a candidate is like the customer's items by the sum over
 * these of strength × cosine with the candidate ({@link Features}); its score is what purchases say, on average, of the items
 * many bought that are as like them: isotonic over twentieths of the likeness, each held to the mean of all by
 * {@value #HELD} items. So an item nobody bought stands where known ones of its kind stand, and content that tells nothing
 * lifts nobody above what purchases recommend. By attributes, an item's score is the sum of the cosines
 * with all customers who bought it, over the sum of the cosines with all customers: popularity among those who are alike.
 * Each score is divided by its best for the customer before they are mixed.
 *
 * <p>Numerics: sums of products of non-negative terms; sums over all customers or items are taken once, over marks, so
 * that every likeness counts and none is cut off. Complexity: learning, pairs × marks of a customer, and 8 bytes for each
 * mark and item that meet, at most {@value #MOST_CELLS}; scoring, the marks of all items. No randomness; unchangeable.
 *
 * <p>Assumption: what items have in common says something of who buys them; where it does not, the isotonic curve is flat and
 * nothing is lifted. Sources: Pazzani and Billsus, "Content-based recommendation systems" (2007); isotonic regression by
 * pooling adjacent violators (Barlow et al. 1972); the shrinkage n / (n + 5) is Bühlmann's credibility (1967) with a fixed
 * constant.
 */
public final class ColdStart implements Recommender {
    private static final double TRUST = 5;
    /** From so many buyers on purchases are believed to say what an item is worth. */
    private static final int KNOWN = 10;

    private static final int PARTS = 20;
    private static final int HELD = 5;
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
            double[] byContent = byContent(customer, content.get(), scores);
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

    /** @param byPurchases the scores of the recommender beside */
    private double[] byContent(int customer, Features features, double[] byPurchases) {
        double[] profile = new double[features.marks()];
        boolean[] owned = new boolean[data().items()];
        for (int p = data().from(customer); p < data().to(customer); p++) {
            features.add(data().item(p), history[p], profile);
            owned[data().item(p)] = true;
        }
        double[] alike = new double[data().items()];
        for (int i = 0; i < alike.length; i++) alike[i] = features.product(i, profile);
        scale(alike);
        double[] sum = new double[PARTS];
        double[] count = new double[PARTS];
        double all = 0;
        double known = 0;
        for (int i = 0; i < alike.length; i++) {
            if (owned[i] || data().buyers(i) < KNOWN) continue;
            sum[part(alike[i])] += byPurchases[i];
            count[part(alike[i])]++;
            all += byPurchases[i];
            known++;
        }
        // Where too little is sold to learn what likeness is worth, likeness is all there is.
        if (known < PARTS) return alike;
        for (int part = 0; part < PARTS; part++) {
            sum[part] += HELD * all / known;
            count[part] += HELD;
        }
        double[] worth = rising(sum, count);
        // Within a part the likelier still goes first.
        for (int i = 0; i < alike.length; i++) alike[i] = worth[part(alike[i])] + 1e-9 * alike[i];
        return alike;
    }

    private static int part(double alike) {
        return Math.clamp((int) (alike * PARTS), 0, PARTS - 1);
    }

    /** The means that never fall, nearest to those given (pooling adjacent violators). */
    private static double[] rising(double[] sum, double[] count) {
        double[] sums = new double[sum.length];
        double[] counts = new double[sum.length];
        int[] ends = new int[sum.length];
        int blocks = 0;
        for (int part = 0; part < sum.length; part++) {
            sums[blocks] = sum[part];
            counts[blocks] = count[part];
            ends[blocks++] = part + 1;
            while (blocks > 1 && sums[blocks - 2] * counts[blocks - 1] >= sums[blocks - 1] * counts[blocks - 2]) {
                blocks--;
                sums[blocks - 1] += sums[blocks];
                counts[blocks - 1] += counts[blocks];
                ends[blocks - 1] = ends[blocks];
            }
        }
        double[] means = new double[sum.length];
        for (int block = 0, part = 0; block < blocks; block++)
            for (; part < ends[block]; part++) means[part] = sums[block] / counts[block];
        return means;
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
