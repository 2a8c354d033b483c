package io.rekindle.models.uplift;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How well a score puts those first whom the treatment changes most, held against a treated and an untreated group.
 *
 * <p>What: customers are gone through from the highest score down. The Qini curve says at each depth how many more
 * outcomes the treated had than the untreated would have had, were there as many of them: Y_t − Y_c · n_t / n_c. The area
 * between it and the straight line to its end (a ranking by lot) is the merit of the ranking. {@link #qini} is this area
 * divided by that of the perfect curve, which has all treated with an outcome first and all untreated with one last, as
 * scikit-uplift's {@code qini_auc_score} has it (negative effects allowed). {@link #auuc} is the same for the uplift curve
 * (Y_t / n_t − Y_c / n_c) · n, as its {@code uplift_auc_score}. Both are defined for outcomes 0 and 1 only. {@link #area}
 * serves for any outcome: the Qini area divided by n · n_t, in outcomes a customer, the mean over all depths of what is
 * gained on a ranking by lot. Customers of equal score are taken together; where a part of the ranking ({@link #deciles},
 * {@link #top}) ends among them, each of them counts in it with the share of them that fall into it, since nothing says
 * which of them come first.
 *
 * <p>Where the probability of treatment differs between customers, each counts with the inverse of the probability of what
 * they got, so that the groups are comparable at every depth.
 *
 * <p>Source: Radcliffe (2007); Devriendt et al. (2020); scikit-uplift 0.5, {@code sklift.metrics}. Complexity: a sort, then
 * O(n) for each figure, resample and permutation. Immutable.
 */
public final class UpliftRanking {
    /** All by place, from the highest score down. */
    private final double[] score;

    private final boolean[] treated;
    private final double[] y;
    /** What a treated and an untreated customer count at this place; the same for all where the probability is. */
    private final double[] asTreated;

    private final double[] asControl;
    private final double[] probability;
    /** One past the last place of each group of equal scores. */
    private final int[] ends;

    private final double meanProbability;
    private final boolean binary;
    private final boolean even;

    private UpliftRanking(double[] score, boolean[] treated, double[] y, double[] probability) {
        int n = score.length;
        if (treated.length != n || y.length != n || probability.length != n)
            throw new IllegalArgumentException("scores, treatments and outcomes must be equally many");
        for (int i = 0; i < n; i++) {
            if (!Double.isFinite(score[i]) || !Double.isFinite(y[i]))
                throw new IllegalArgumentException(
                        "customer %d: score %s, outcome %s; both must be numbers".formatted(i, score[i], y[i]));
            if (!(probability[i] > 0 && probability[i] < 1))
                throw new IllegalArgumentException(
                        "a probability of treatment of %s; it lies between 0 and 1".formatted(probability[i]));
        }
        // Equal scores in an order of their own, not that of the file: permutations go through them one by one.
        int[] order = Indices.sorted(n, (i, j) -> {
            int by = Double.compare(score[j], score[i]);
            if (by == 0) by = Boolean.compare(treated[j], treated[i]);
            if (by == 0) by = Double.compare(y[j], y[i]);
            return by == 0 ? Double.compare(probability[j], probability[i]) : by;
        });
        this.score = new double[n];
        this.treated = new boolean[n];
        this.y = new double[n];
        this.probability = new double[n];
        this.asTreated = new double[n];
        this.asControl = new double[n];
        int[] ended = new int[n];
        int groups = 0;
        double sum = 0;
        boolean same = true;
        boolean zeroOrOne = true;
        for (int k = 0; k < n; k++) {
            int i = order[k];
            this.score[k] = score[i];
            this.treated[k] = treated[i];
            this.y[k] = y[i];
            this.probability[k] = probability[i];
            asTreated[k] = 1 / probability[i];
            asControl[k] = 1 / (1 - probability[i]);
            sum += probability[i];
            same &= probability[i] == probability[0];
            zeroOrOne &= y[i] == 0 || y[i] == 1;
            if (k + 1 == n || score[order[k + 1]] != score[i]) ended[groups++] = k + 1;
        }
        ends = Arrays.copyOf(ended, groups);
        meanProbability = sum / n;
        even = same;
        binary = zeroOrOne;
    }

    /** With the same probability of treatment for all. */
    public static UpliftRanking of(double[] score, boolean[] treated, double[] y) {
        double[] probability = new double[score.length];
        Arrays.fill(probability, share(treated));
        return new UpliftRanking(score, treated, y, probability);
    }

    /** With a probability of treatment for each, strictly between 0 and 1. */
    public static UpliftRanking weighted(double[] score, boolean[] treated, double[] y, double[] probability) {
        share(treated);
        return new UpliftRanking(score, treated, y, probability);
    }

    /** The share of customers treated, both kinds being there. */
    static double share(boolean[] treated) {
        int count = 0;
        for (boolean t : treated) if (t) count++;
        if (count == 0 || count == treated.length)
            throw new IllegalArgumentException("of %,d customers %s treated; both kinds are needed"
                    .formatted(treated.length, count == 0 ? "none was" : "all were"));
        return (double) count / treated.length;
    }

    /** A point of a curve: so many customers treated, so much gained. */
    public record Point(int customers, double gained) {}

    /** An estimate with the bounds of its 95 % interval, by the percentiles of resamples. */
    public record Interval(double estimate, double low, double high, double standardError) {}

    /**
     * Whether the ranking is better than chance.
     *
     * @param p share of permutations with as large an {@link #area}, in units of its standard error
     * @param chance standard deviation of the area under chance
     */
    public record Permutation(double area, double p, double chance) {}

    /**
     * A tenth of the customers by score, highest first; of equal scores that it cuts, the share that falls into it.
     *
     * @param treated of them, to the nearest whole customer
     * @param control of them, to the nearest whole customer
     * @param predicted mean score
     * @param uplift difference of the mean outcomes
     * @param standardError of the difference
     */
    public record Decile(
            int customers,
            int treated,
            int control,
            double predicted,
            double treatedOutcome,
            double controlOutcome,
            double uplift,
            double standardError) {}

    public int customers() {
        return score.length;
    }

    /** Whether outcomes are 0 and 1 only, so that {@link #qini} and {@link #auuc} are defined. */
    public boolean isBinary() {
        return binary;
    }

    /** The Qini coefficient; NaN for outcomes other than 0 and 1, and where even the perfect curve gains nothing. */
    public double qini() {
        return normalised(new Curve(treated, y, new int[0]), Kind.QINI);
    }

    /** The normalised area under the uplift curve; NaN for outcomes other than 0 and 1. */
    public double auuc() {
        return normalised(new Curve(treated, y, new int[0]), Kind.UPLIFT);
    }

    /** The area between the Qini curve and its chord divided by n · n_t: outcomes a customer, for any outcome. */
    public double area() {
        return perCustomer(new Curve(treated, y, new int[0]));
    }

    /** The difference of the mean outcomes of treated and untreated, all customers together. */
    public double averageEffect() {
        return tenth(0, customers()).uplift();
    }

    /** The same among the given share of customers with the highest scores, and its standard error. */
    public Decile top(double share) {
        if (!(share > 0 && share <= 1))
            throw new IllegalArgumentException(
                    "the top %s of customers; a share lies above 0 and at most 1".formatted(share));
        return tenth(0, (int) Math.max(1, Math.round(share * customers())));
    }

    /** Tenths of the customers by score, highest first. */
    public List<Decile> deciles() {
        var deciles = new ArrayList<Decile>();
        int groups = Math.min(10, customers());
        for (int g = 0; g < groups; g++)
            deciles.add(tenth((int) ((long) g * customers() / groups), (int) ((long) (g + 1) * customers() / groups)));
        return deciles;
    }

    private Decile tenth(int from, int to) {
        double predicted = 0;
        var arms = new Arm[] {new Arm(), new Arm()};
        int tie = Arrays.binarySearch(ends, from + 1);
        for (tie = tie < 0 ? -tie - 1 : tie; tie < ends.length && first(tie) < to; tie++) {
            int begin = first(tie);
            int end = ends[tie];
            int inside = Math.min(to, end) - Math.max(from, begin);
            double share = (double) inside / (end - begin);
            predicted += inside * score[begin];
            for (int k = begin; k < end; k++)
                arms[treated[k] ? 1 : 0].add(share, treated[k] ? asTreated[k] : asControl[k], y[k]);
        }
        // Rounded from the top, so that the parts add up to the whole.
        int count = (int) (Math.round(treatedBefore(to)) - Math.round(treatedBefore(from)));
        return new Decile(
                to - from,
                count,
                to - from - count,
                predicted / (to - from),
                arms[1].mean(),
                arms[0].mean(),
                arms[1].mean() - arms[0].mean(),
                Math.sqrt(arms[1].squaredError() + arms[0].squaredError()));
    }

    /** The first place of a group of equal scores. */
    private int first(int tie) {
        return tie == 0 ? 0 : ends[tie - 1];
    }

    /** How many of the customers before a place were treated; of equal scores that it cuts, the share. */
    private double treatedBefore(int place) {
        double count = 0;
        for (int tie = 0; tie < ends.length && first(tie) < place; tie++) {
            int own = 0;
            for (int k = first(tie); k < ends[tie]; k++) if (treated[k]) own++;
            int size = ends[tie] - first(tie);
            count += (double) own * Math.min(size, place - first(tie)) / size;
        }
        return count;
    }

    /** The outcomes of one arm, each counted with the share of its customer that belongs here. */
    private static final class Arm {
        private int members;
        private double shares;
        private double squaredShares;
        private double weight;
        private double sum;
        private double squares;
        private double squaredWeights;

        void add(double share, double own, double value) {
            double w = share * own;
            members++;
            shares += share;
            squaredShares += share * share;
            weight += w;
            sum += w * value;
            squares += w * value * value;
            squaredWeights += w * w;
        }

        double mean() {
            return members == 0 ? Double.NaN : sum / weight;
        }

        /** Of the mean as it is made: of a tie that is cut, from all of its members. */
        double squaredError() {
            if (members < 2) return Double.NaN;
            double mean = mean();
            // How many whole customers say as much as these shares; as many as there are where all are whole.
            double count = shares * shares / squaredShares;
            return Math.max(0, squares / weight - mean * mean)
                    * squaredWeights
                    / (weight * weight)
                    * count
                    / (count - 1);
        }
    }

    /** The Qini curve at about so many points, beginning with nobody. */
    public List<Point> curve(int points) {
        var curve = new ArrayList<Point>();
        curve.add(new Point(0, 0));
        var sums = new Sums();
        int every = Math.max(1, customers() / Math.max(1, points));
        int k = 0;
        for (int end : ends) {
            for (; k < end; k++) sums.add(treated[k], treated[k] ? asTreated[k] : asControl[k], y[k]);
            if (end == customers() || end - curve.getLast().customers() >= every)
                curve.add(new Point(end, sums.qini() * meanProbability));
        }
        return curve;
    }

    /**
     * The Qini coefficient (or, for outcomes other than 0 and 1, the {@link #area}) with an interval: customers are drawn
     * again within the treated and within the untreated; what was learnt is left as it is.
     */
    public Interval interval(int resamples, SplittableRandom random) {
        int[] ofTreated = places(true);
        int[] ofControl = places(false);
        double[] drawn = new double[resamples];
        int[] times = new int[customers()];
        for (int r = 0; r < resamples; r++) {
            Arrays.fill(times, 0);
            for (int i = 0; i < ofTreated.length; i++) times[ofTreated[random.nextInt(ofTreated.length)]]++;
            for (int i = 0; i < ofControl.length; i++) times[ofControl[random.nextInt(ofControl.length)]]++;
            var curve = new Curve(treated, y, times);
            drawn[r] = binary ? normalised(curve, Kind.QINI) : perCustomer(curve);
        }
        Arrays.sort(drawn);
        double mean = Arrays.stream(drawn).sum() / resamples;
        double squares = 0;
        for (double value : drawn) squares += (value - mean) * (value - mean);
        return new Interval(
                binary ? qini() : area(),
                drawn[(int) Math.floor(.025 * (resamples - 1))],
                drawn[(int) Math.ceil(.975 * (resamples - 1))],
                Math.sqrt(squares / (resamples - 1)));
    }

    private int[] places(boolean arm) {
        int[] places = new int[customers()];
        int size = 0;
        for (int k = 0; k < places.length; k++) if (treated[k] == arm) places[size++] = k;
        return Arrays.copyOf(places, size);
    }

    /** Whether all scores are equal. */
    boolean ranksNobody() {
        return ends.length == 1;
    }

    /**
     * Whether the ranking is better than chance, where the scores come of other customers. Were the effect the same for
     * everybody, taking it off the treated's outcomes would leave outcomes that do not hang on who was treated: so who was
     * is drawn anew, again and again (by lot, or with each customer's own probability), and the areas that result are those
     * of chance. Which customers have more outcomes anyway stays as it is, and so does their place in the ranking.
     *
     * <p>Areas are compared in units of their own standard error: where the arms differ in size and the treatment changes
     * how far outcomes spread (more visits, a wider spread), plain areas would not be comparable (Chung and Romano, Annals
     * of Statistics 41, 2013).
     */
    public Permutation permutation(int times, SplittableRandom random) {
        double effect = averageEffect();
        double[] rest = y.clone();
        int count = 0;
        for (int k = 0; k < rest.length; k++)
            if (treated[k]) {
                rest[k] -= effect;
                count++;
            }
        var drawing = new Drawing(rest);
        drawing.go(treated);
        double observed = drawing.area;
        double deviate = drawing.deviate();
        int asLarge = 0;
        double sum = 0;
        double squares = 0;
        boolean[] drawn = new boolean[rest.length];
        for (int r = 0; r < times; r++) {
            byLot(drawn, count, random);
            drawing.go(drawn);
            // As large but for the last digits is as large.
            if (drawing.deviate() >= deviate - 1e-9) asLarge++;
            sum += drawing.area;
            squares += drawing.area * drawing.area;
        }
        double mean = sum / times;
        return new Permutation(
                observed,
                (asLarge + 1.0) / (times + 1),
                Math.sqrt(Math.max(0, squares / times - mean * mean) * times / (times - 1)));
    }

    /** Who was treated is drawn: so many of all by lot, or each with the own probability. */
    private void byLot(boolean[] drawn, int count, SplittableRandom random) {
        int n = drawn.length;
        int toTreat = count;
        for (int k = 0; k < n; k++) {
            double lot = random.nextDouble();
            drawn[k] = even ? lot * (n - k) < toTreat : lot < probability[k];
            if (drawn[k]) toTreat--;
        }
    }

    /** The area for one way the treatments could have fallen, and its standard error. */
    private final class Drawing {
        private final double[] outcome;
        private double area;
        private double error;

        Drawing(double[] outcome) {
            this.outcome = outcome;
        }

        double deviate() {
            return error > 0 ? area / error : 0;
        }

        void go(boolean[] arms) {
            int n = outcome.length;
            var sums = new Sums();
            double[] ofTreated = new double[3];
            double[] ofControl = new double[3];
            double curve = 0;
            double before = 0;
            int from = 0;
            for (int end : ends) {
                // What an outcome at this place counts in the area.
                double reach = .5 - (from + end) / (2.0 * n);
                for (int k = from; k < end; k++) {
                    double weight = arms[k] ? asTreated[k] : asControl[k];
                    sums.add(arms[k], weight, outcome[k]);
                    double square = reach * weight * reach * weight;
                    double[] own = arms[k] ? ofTreated : ofControl;
                    own[0] += square;
                    own[1] += square * outcome[k];
                    own[2] += square * outcome[k] * outcome[k];
                }
                double value = value(sums, end, Kind.QINI);
                curve += (end - from) * (before + value) / 2;
                before = value;
                from = end;
            }
            area = (curve - before * n / 2) / ((double) n * n * meanProbability);
            error = Math.sqrt(squares(ofTreated, sums.treatedOutcomes, sums.treatedWeight)
                            + squares(ofControl, sums.controlOutcomes, sums.controlWeight))
                    / n;
        }

        /** Of the arm's outcomes about their mean. */
        private static double squares(double[] own, double outcomes, double weight) {
            if (weight == 0) return 0;
            double mean = outcomes / weight;
            return Math.max(0, own[2] - 2 * mean * own[1] + mean * mean * own[0]);
        }
    }

    /** One gone through the ranking: who counts as treated, with which outcome, how often (once, where empty). */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Curve(boolean[] arms, double[] outcome, int[] times) {
        int times(int place) {
            return times.length == 0 ? 1 : times[place];
        }
    }

    private enum Kind {
        QINI,
        UPLIFT
    }

    /** Running sums of both arms. */
    private static final class Sums {
        private double treatedWeight;
        private double controlWeight;
        private double treatedOutcomes;
        private double controlOutcomes;

        void add(boolean treated, double weight, double outcome) {
            if (treated) {
                treatedWeight += weight;
                treatedOutcomes += weight * outcome;
            } else {
                controlWeight += weight;
                controlOutcomes += weight * outcome;
            }
        }

        double qini() {
            return treatedOutcomes - (controlWeight == 0 ? 0 : controlOutcomes * treatedWeight / controlWeight);
        }

        double uplift() {
            return (treatedWeight == 0 ? 0 : treatedOutcomes / treatedWeight)
                    - (controlWeight == 0 ? 0 : controlOutcomes / controlWeight);
        }
    }

    private double value(Sums sums, double customers, Kind kind) {
        return switch (kind) {
            case QINI -> sums.qini() * meanProbability;
            case UPLIFT -> sums.uplift() * customers;
        };
    }

    private double weight(Curve curve, int place) {
        return curve.times(place) * (curve.arms[place] ? asTreated[place] : asControl[place]);
    }

    /** Between the curve and the straight line to its end; the curve is drawn through the ends of equal scores. */
    private double area(Curve curve, Kind kind) {
        var sums = new Sums();
        double area = 0;
        double before = 0;
        double x = 0;
        double from = 0;
        int k = 0;
        for (int end : ends) {
            for (; k < end; k++) {
                sums.add(curve.arms[k], weight(curve, k), curve.outcome[k]);
                x += curve.times(k);
            }
            double value = value(sums, x, kind);
            area += (x - from) * (before + value) / 2;
            before = value;
            from = x;
        }
        return area - before * x / 2;
    }

    private double perCustomer(Curve curve) {
        double customers = 0;
        for (int k = 0; k < score.length; k++) customers += curve.times(k);
        return area(curve, Kind.QINI) / (customers * customers * meanProbability);
    }

    private double normalised(Curve curve, Kind kind) {
        if (!binary) return Double.NaN;
        double perfect = perfect(curve, kind);
        return perfect > 1e-12 * customers() ? area(curve, kind) / perfect : Double.NaN;
    }

    /** The area of the curve that knows everybody's outcome. Cells: treated twice plus outcome. */
    private double perfect(Curve curve, Kind kind) {
        double[] weight = new double[4];
        double[] count = new double[4];
        for (int k = 0; k < score.length; k++) {
            int cell = (curve.arms[k] ? 2 : 0) + (curve.outcome[k] == 1 ? 1 : 0);
            weight[cell] += weight(curve, k);
            count[cell] += curve.times(k);
        }
        int[][] groups = switch (kind) {
            case QINI -> new int[][] {{3}, {2, 0}, {1}};
            case UPLIFT -> count[1] > count[2] ? new int[][] {{3}, {0}, {1}, {2}} : new int[][] {{3}, {0}, {2}, {1}};
        };
        var sums = new Sums();
        double area = 0;
        double before = 0;
        double x = 0;
        for (int[] group : groups) {
            double from = x;
            for (int cell : group) {
                sums.add(cell >= 2, weight[cell], cell % 2);
                x += count[cell];
            }
            double value = value(sums, x, kind);
            area += (x - from) * (before + value) / 2;
            before = value;
        }
        return area - before * x / 2;
    }
}
