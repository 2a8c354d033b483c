package io.rekindle.models.recommend;

import io.rekindle.models.value.MbgNbd;
import io.rekindle.models.value.RecencyFrequency;
import java.util.Arrays;
import java.util.Optional;

/**
 * Staples come back: which of their own items a customer buys at the next visit.
 *
 * <p>What: of each pair of customer and item is known how often it was repeated, at which of the customer's visits last,
 * and how many visits ago first. The clock is the customer's own visits: a customer who stays away has not changed their
 * mind about an item. MBG/NBD over all pairs (rates and giving up differ from pair to pair; an item tried once may never
 * come back) gives the expected purchases at the next visit. Staples and one-offs differ beyond that: an item's
 * expectation is multiplied by (its repeats seen + 5) / (its repeats expected + 5). Items a customer does not have score
 * 0, and all do when nothing was ever bought twice.
 *
 * <p>Source: Batislam, Denizel and Filiztekin (IJRM 2007) for the model; Bhagat et al., "Buy it again" (KDD 2018) for an
 * item's own rate of coming back. Complexity: one fit over different triples. No randomness; unchangeable.
 */
public final class Repurchase implements Recommender {
    /** Repeats at which an item's own rate counts as much as that of all. */
    private static final double PRIOR = 5;

    private final Interactions data;
    private final double[] expected;
    private final double[] staple;
    private final Optional<MbgNbd> model;

    private Repurchase(Interactions data, double[] expected, double[] staple, Optional<MbgNbd> model) {
        this.data = data;
        this.expected = expected;
        this.staple = staple;
        this.model = model;
    }

    /**
     * Learns.
     *
     * @throws IllegalArgumentException without times
     */
    public static Repurchase fit(Interactions data) {
        if (!data.timed())
            throw new IllegalArgumentException("without times it cannot be told what comes back; leave repurchase out");
        int pairs = data.pairs();
        int[] repeats = new int[pairs];
        double[] recency = new double[pairs];
        double[] age = new double[pairs];
        boolean any = false;
        for (int c = 0; c < data.customers(); c++) {
            if (data.owned(c) == 0) continue;
            long[] visits = data.visits(c);
            for (int p = data.from(c); p < data.to(c); p++) {
                int first = Arrays.binarySearch(visits, data.tick(data.fromTime(p)));
                int last = Arrays.binarySearch(visits, data.tick(data.toTime(p) - 1));
                repeats[p] = data.times(p) - 1;
                recency[p] = last - first;
                age[p] = visits.length - 1 - first;
                any |= repeats[p] > 0;
            }
        }
        if (!any) return new Repurchase(data, new double[pairs], new double[data.items()], Optional.empty());
        RecencyFrequency rows = RecencyFrequency.of(repeats, recency, age);
        MbgNbd model = MbgNbd.fit(rows);
        double[] expected = model.expectedPurchases(rows, 1);
        double[] seen = new double[data.items()];
        double[] due = new double[data.items()];
        double[] byAge = new double[(int) Arrays.stream(age).max().orElse(0) + 1];
        for (int t = 0; t < byAge.length; t++) byAge[t] = model.expectedPurchases(t);
        for (int p = 0; p < pairs; p++) {
            seen[data.item(p)] += repeats[p];
            due[data.item(p)] += byAge[(int) age[p]];
        }
        double[] staple = new double[data.items()];
        for (int i = 0; i < staple.length; i++) staple[i] = (seen[i] + PRIOR) / (due[i] + PRIOR);
        for (int p = 0; p < pairs; p++) expected[p] *= staple[data.item(p)];
        return new Repurchase(data, expected, staple, Optional.of(model));
    }

    @Override
    public Interactions data() {
        return data;
    }

    @Override
    public void score(int customer, double[] scores) {
        Arrays.fill(scores, 0);
        for (int p = data.from(customer); p < data.to(customer); p++) scores[data.item(p)] = expected[p];
    }

    @Override
    public int scoreFew(int customer, double[] scores, int[] items) {
        int count = 0;
        for (int p = data.from(customer); p < data.to(customer); p++)
            if (expected[p] > 0) {
                items[count++] = data.item(p);
                scores[data.item(p)] = expected[p];
            }
        return count;
    }

    /** How many times more often than most an item comes back: above 1 for staples. */
    public double staple(int item) {
        return staple[item];
    }

    /** How pairs are bought again, over all of them; its time is the customer's visits. Empty when nothing ever was. */
    public Optional<MbgNbd> model() {
        return model;
    }
}
