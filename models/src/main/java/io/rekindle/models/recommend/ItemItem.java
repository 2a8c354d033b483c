package io.rekindle.models.recommend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who has this also has that: items are recommended for being like those a customer has.
 *
 * <p>What: items are alike when the same customers have them ({@link Similarity}). With few customers in common a
 * likeness is luck, so it is shrunk by both / (both + shrinkage). A customer with very many items says little about any
 * two of them, so a customer counts items^(−damping), scaled to 1 on average. Of each item the strongest neighbours are
 * kept. A candidate's score is the sum, over the items the customer has, of the strength of having ({@link Strength})
 * times likeness.
 *
 * <p>Source: Sarwar, Karypis, Konstan, Riedl (WWW 2001) and Deshpande, Karypis (ACM TOIS 2004) for the method; Bell and
 * Koren (ICDM 2007) for the shrinkage; Breese, Heckerman, Kadie (UAI 1998) for damping busy customers.
 *
 * <p>Numerics: sums of positive terms. Complexity: learning adds once for each two items of a customer, so it goes with
 * the sum of squares of the customers' numbers of items, in parallel by item; scoring, items of the customer ×
 * neighbours. Memory: 12 bytes a neighbour. No randomness; unchangeable; the number of threads does not change the
 * result.
 */
public final class ItemItem implements Recommender {
    /** Each needs room for all items, so there are not too many. */
    private static final int SMALLEST_BLOCK = 16;

    private static final int MOST_BLOCKS = 1024;

    private final Interactions data;
    private final double[] history;
    private final int[][] neighbour;
    private final double[][] likeness;

    /**
     * How to learn.
     *
     * @param similarity what alike means
     * @param shrinkage customers in common at which half the likeness is believed; at least 0
     * @param damping from 0 (all customers count alike) to 1 (all customers together count alike, whatever they bought)
     * @param neighbours kept of each item
     * @param history how much having an item says about the customer
     */
    public record Options(Similarity similarity, double shrinkage, double damping, int neighbours, Strength history) {
        public static final Options DEFAULT = new Options(Similarity.COSINE, 10, 1, 100, Strength.ROOT);

        public Options {
            if (!(shrinkage >= 0 && shrinkage < Double.POSITIVE_INFINITY))
                throw new IllegalArgumentException("a shrinkage of %s; it is at least 0".formatted(shrinkage));
            if (!(damping >= 0 && damping <= 1))
                throw new IllegalArgumentException("a damping of %s; it lies between 0 and 1".formatted(damping));
            if (neighbours < 1) throw new IllegalArgumentException("%d neighbours; at least 1".formatted(neighbours));
        }

        public Options with(Similarity other) {
            return new Options(other, shrinkage, damping, neighbours, history);
        }

        public Options with(Strength other) {
            return new Options(similarity, shrinkage, damping, neighbours, other);
        }
    }

    /** An item like another. */
    public record Neighbour(int item, double likeness) {}

    private ItemItem(Interactions data, double[] history, int[][] neighbour, double[][] likeness) {
        this.data = data;
        this.history = history;
        this.neighbour = neighbour;
        this.likeness = likeness;
    }

    /** Learns. */
    public static ItemItem fit(Interactions data, Options options) {
        int items = data.items();
        int customers = data.customers();
        double[] weight = new double[customers];
        double sum = 0;
        int buying = 0;
        for (int c = 0; c < customers; c++)
            if (data.owned(c) > 0) {
                weight[c] = Math.pow(data.owned(c), -options.damping);
                sum += weight[c];
                buying++;
            }
        double counted = buying;
        for (int c = 0; c < customers; c++) weight[c] *= counted / sum;
        double[] having = new double[items];
        for (int c = 0; c < customers; c++)
            for (int p = data.from(c); p < data.to(c); p++) having[data.item(p)] += weight[c];

        Interactions.Buyers buyers = data.byItem();
        int[][] neighbour = new int[items][];
        double[][] likeness = new double[items][];
        int size = Math.max(SMALLEST_BLOCK, (items + MOST_BLOCKS - 1) / MOST_BLOCKS);
        IntStream.range(0, (items + size - 1) / size).parallel().forEach(block -> {
            double[] both = new double[items];
            int[] touched = new int[items];
            Best best = new Best(Math.min(options.neighbours, items));
            for (int i = block * size; i < Math.min(items, (block + 1) * size); i++) {
                int count = 0;
                for (int at = buyers.start()[i]; at < buyers.start()[i + 1]; at++) {
                    int customer = buyers.customer()[at];
                    double worth = weight[customer];
                    int to = data.to(customer);
                    for (int p = data.from(customer); p < to; p++) {
                        int j = data.item(p);
                        if (both[j] == 0) touched[count++] = j;
                        both[j] += worth;
                    }
                }
                Arrays.sort(touched, 0, count);
                best.clear();
                for (int t = 0; t < count; t++) {
                    int j = touched[t];
                    if (j != i)
                        best.offer(
                                j,
                                options.similarity.of(both[j], having[i], having[j], counted)
                                        * both[j]
                                        / (both[j] + options.shrinkage));
                    both[j] = 0;
                }
                neighbour[i] = new int[best.size()];
                likeness[i] = new double[best.size()];
                best.drain(neighbour[i], likeness[i], 0);
            }
        });
        return new ItemItem(data, options.history.of(data), neighbour, likeness);
    }

    @Override
    public Interactions data() {
        return data;
    }

    @Override
    public void score(int customer, double[] scores) {
        Arrays.fill(scores, 0);
        for (int p = data.from(customer); p < data.to(customer); p++) {
            int[] items = neighbour[data.item(p)];
            double[] alike = likeness[data.item(p)];
            double having = history[p];
            for (int n = 0; n < items.length; n++) scores[items[n]] += having * alike[n];
        }
    }

    @Override
    public int scoreFew(int customer, double[] scores, int[] items) {
        int count = 0;
        for (int p = data.from(customer); p < data.to(customer); p++) {
            int[] near = neighbour[data.item(p)];
            double[] alike = likeness[data.item(p)];
            double having = history[p];
            for (int n = 0; n < near.length; n++) {
                double more = having * alike[n];
                if (!(more > 0)) continue;
                if (scores[near[n]] == 0) items[count++] = near[n];
                scores[near[n]] += more;
            }
        }
        return count;
    }

    /** The items most like an item, the most alike first. */
    public List<Neighbour> neighbours(int item) {
        List<Neighbour> found = new ArrayList<>();
        for (int n = 0; n < neighbour[item].length; n++)
            found.add(new Neighbour(neighbour[item][n], likeness[item][n]));
        return List.copyOf(found);
    }
}
