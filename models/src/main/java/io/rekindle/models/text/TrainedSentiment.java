package io.rekindle.models.text;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sentiment learnt from the business's own rated texts, English, Chinese or mixed.
 *
 * <p>What: a logistic regression on words, rows of up to three words or characters, groups of letters within words, and what
 * {@link BuiltInSentiment}'s word list says; so some hundred ratings are enough to start with, and some thousand correct
 * the list where a trade speaks differently. A text's features share a length of 1, so that long texts count no more than
 * short ones. A feature is the freer, the more unequally praise and complaint use it: its penalty is divided by the square
 * of its log-count ratio plus a constant. How strong the penalties are is chosen by the loss on texts held out in turn, from
 * a usual strength on by half powers of ten as long as that helps. Scores become probabilities by {@link Calibration} on the
 * same texts; it knows that some ratings contradict their texts, so that probabilities hold where ratings are careless.
 *
 * <p>Assumptions: the texts to come are like those learnt from. Ratings may be unequal in number: the share of praise among
 * the texts learnt from is taken to be that of the texts to come.
 *
 * <p>Source: Wang and Manning, "Baselines and Bigrams" (ACL 2012), for the log-count ratios, here as penalties; Platt (1999).
 *
 * <p>Numerics: rows are sorted first and equal ones counted together, so neither their order nor writing every row twice
 * changes anything. The texts held out for strength and calibration are chosen by what they say, so the same text is never
 * on both sides, and not by the caller's folds, which may go by the order of the rows. Of more than {@link #MOST_HELD_OUT} texts the strength, the calibration and what models are to be held against are
 * learnt on about that many, drawn by their words and a seed, of the rarer rating as many as of the other where there are so
 * many, weighted to stand for all; the model itself is learnt from all. Complexity: some tens of passes over the features of
 * these texts for each fold and strength tried, and over those of all texts once; 8,000 hotel reviews of 130 characters take
 * some seconds. Memory: about 12 bytes a feature of a text, and 40 a different feature. A fitted model is unchangeable.
 */
public final class TrainedSentiment implements SentimentModel {
    /** Of more texts a part is held out. */
    public static final int MOST_HELD_OUT = 50_000;

    private static final int FOLDS = 5;
    private static final int FEWEST_TO_CALIBRATE = 10;
    /** Inverse of the penalty over the number of texts, as the C of a linear classifier; where the search begins. */
    private static final double USUAL_FREEDOM = 3;

    /** Half powers of ten the search may go, up or down. */
    private static final int MOST_STEPS = 4;

    /** Weights kept between freedoms; with more folds than that each fit begins anew. */
    private static final long MOST_KEPT = 30_000_000;

    private static final double SMOOTHING = 1;
    private static final double LEAST_FREEDOM = 1;
    private static final double OWN_PENALTY = 1e-3;

    private final FeatureIndex index;
    private final double[] weights;
    private final double intercept;
    private final double freedom;
    private final Calibration calibration;
    private final int texts;

    private TrainedSentiment(
            FeatureIndex index,
            double[] weights,
            double intercept,
            double freedom,
            Calibration calibration,
            int texts) {
        this.index = index;
        this.weights = weights;
        this.intercept = intercept;
        this.freedom = freedom;
        this.calibration = calibration;
        this.texts = texts;
    }

    /** Learns, with the usual seed. */
    public static TrainedSentiment fit(List<String> texts, boolean[] positive) {
        return fit(texts, positive, 1);
    }

    /**
     * Learns.
     *
     * @param texts what customers wrote
     * @param positive for each whether it is praise
     * @param seed of the texts held out, where there are more than {@link #MOST_HELD_OUT}
     * @throws IllegalArgumentException when there is only praise or only complaint
     */
    public static TrainedSentiment fit(List<String> texts, boolean[] positive, long seed) {
        return fit(texts, positive, seed, MOST_HELD_OUT);
    }

    static TrainedSentiment fit(List<String> texts, boolean[] positive, long seed, int mostHeldOut) {
        Corpus corpus = new Corpus(texts, positive);
        refuseOneClass(corpus.positive, corpus.weight);
        double freedom = USUAL_FREEDOM;
        Calibration calibration = Calibration.NONE;
        if (fewer(corpus.positive) >= FEWEST_TO_CALIBRATE) {
            Drawn drawn = Drawn.of(corpus.textHash, corpus.positive, seed, mostHeldOut);
            Corpus part = corpus;
            double[] weight = corpus.weight;
            if (!drawn.isAll()) {
                int[] kept = IntStream.range(0, positive.length)
                        .filter(i -> drawn.holds(corpus.rowOf[i]))
                        .toArray();
                part = new Corpus(Arrays.stream(kept).mapToObj(texts::get).toList(), picked(positive, kept));
                weight = part.weight.clone();
                for (int r = 0; r < weight.length; r++) weight[r] *= drawn.weight(part.positive[r]);
            }
            int n = part.positive.length;
            int[] fold = new int[n];
            for (int r = 0; r < n; r++) fold[r] = Math.floorMod(part.textHash[r], FOLDS);
            HeldOut heldOut = HeldOut.of(part, fold, FOLDS, r -> r, weight, part.positive);
            int best = heldOut.best(weight);
            freedom = HeldOut.freedom(best);
            calibration = heldOut.calibration(best, weight);
        }
        SparseLogistic.Fit all = fit(corpus, corpus.weight, freedom, null);
        return new TrainedSentiment(corpus.index, all.weights(), all.intercept(), freedom, calibration, texts.size());
    }

    /** The same with the usual seed. */
    public static double[] outOfFold(List<String> texts, boolean[] positive, int[] fold) {
        return outOfFold(texts, positive, fold, 1);
    }

    /**
     * The probability of praise each text gets from a model that has not seen its fold, its strength of penalty and
     * calibration chosen on the other folds: what to hold against the truth. Of more than {@link #MOST_HELD_OUT} texts these
     * models learn from about that many.
     *
     * @param fold for each text, from 0
     * @param seed of the texts they learn from
     * @return NaN for the texts of a fold without which only praise or only complaint would be left
     */
    public static double[] outOfFold(List<String> texts, boolean[] positive, int[] fold, long seed) {
        return outOfFold(texts, positive, fold, seed, MOST_HELD_OUT);
    }

    /**
     * What each text gets from a model that has not seen its fold.
     *
     * @param probability as {@link #outOfFold} has them
     * @param opinions with the reasons of the same model; of texts without a probability they know nothing
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record HeldOutOpinions(double[] probability, List<Opinion> opinions) {}

    /** The same as {@link #outOfFold} with reasons, which take one more fit a fold. */
    public static HeldOutOpinions opinionsOutOfFold(List<String> texts, boolean[] positive, int[] fold, long seed) {
        var opinions = new Opinion[texts.size()];
        double[] probability = outOfFold(texts, positive, fold, seed, MOST_HELD_OUT, opinions);
        return new HeldOutOpinions(probability, List.of(opinions));
    }

    static double[] outOfFold(List<String> texts, boolean[] positive, int[] fold, long seed, int most) {
        return outOfFold(texts, positive, fold, seed, most, new Opinion[0]);
    }

    /** @param opinions to be filled; empty where no reasons are asked for */
    private static double[] outOfFold(
            List<String> texts, boolean[] positive, int[] fold, long seed, int most, Opinion[] opinions) {
        if (fold.length != texts.size() || fold.length != positive.length)
            throw new IllegalArgumentException("%d texts, %d ratings and %d folds; there must be one for each"
                    .formatted(texts.size(), positive.length, fold.length));
        long[] hash = new long[fold.length];
        if (fold.length > most)
            Arrays.parallelSetAll(hash, i -> {
                String plain = Corpus.plain(texts.get(i));
                return Features.hash(plain, 0, plain.length(), 0);
            });
        Drawn drawn = Drawn.of(hash, positive, seed, most);
        int[] kept = IntStream.range(0, fold.length).filter(drawn::holds).toArray();
        Corpus corpus = new Corpus(Arrays.stream(kept).mapToObj(texts::get).toList(), picked(positive, kept));
        int folds = Arrays.stream(fold).max().orElse(-1) + 1;
        boolean[] rating = picked(positive, kept);
        int[] part = Arrays.stream(kept).map(i -> fold[i]).toArray();
        double[] weight = new double[kept.length];
        for (int k = 0; k < kept.length; k++) weight[k] = drawn.weight(rating[k]);
        HeldOut heldOut = HeldOut.of(corpus, part, folds, k -> corpus.rowOf[k], weight, rating);
        double[] probability = new double[fold.length];
        for (int f = 0; f < folds; f++) {
            double[] others = weight.clone();
            for (int k = 0; k < kept.length; k++) if (part[k] == f) others[k] = 0;
            int best = heldOut.best(others);
            double[] score = heldOut.score(best);
            Calibration calibration = heldOut.calibration(best, others);
            for (int k = 0; k < kept.length; k++)
                if (part[k] == f) probability[kept[k]] = calibration.probability(score[k]);
            boolean reasoned = opinions.length > 0;
            if (drawn.isAll() && !reasoned) continue;
            int held = f;
            int[] rest = IntStream.range(0, fold.length)
                    .filter(i -> fold[i] == held && (reasoned || !drawn.holds(i)))
                    .toArray();
            double[] left = new double[corpus.positive.length];
            for (int k = 0; k < kept.length; k++) left[corpus.rowOf[k]] += others[k];
            if (!hasBoth(corpus.positive, left)) {
                for (int i : rest) {
                    probability[i] = Double.NaN;
                    if (reasoned) opinions[i] = new Opinion(.5, false, List.of());
                }
                continue;
            }
            double freedom = HeldOut.freedom(best);
            SparseLogistic.Fit fit = fit(corpus, left, freedom, null);
            var model = new TrainedSentiment(
                    corpus.index, fit.weights(), fit.intercept(), freedom, calibration, kept.length);
            Arrays.stream(rest).parallel().forEach(i -> {
                if (!drawn.holds(i)) probability[i] = model.probability(texts.get(i));
                if (!reasoned) return;
                Opinion opinion = model.of(texts.get(i));
                opinions[i] = new Opinion(probability[i], opinion.known(), opinion.reasons());
            });
        }
        return probability;
    }

    private static boolean[] picked(boolean[] all, int[] places) {
        boolean[] picked = new boolean[places.length];
        for (int k = 0; k < places.length; k++) picked[k] = all[places[k]];
        return picked;
    }

    private static double score(Corpus.Row row, double[] own, int features, double[] weights, double intercept) {
        double score = intercept;
        for (int k = 0; k < row.columns().length; k++) score += row.value() * weights[row.columns()[k]];
        for (int k = 0; k < own.length; k++) score += own[k] * weights[features + k];
        return score;
    }

    /**
     * Texts that stand for all, drawn by their words, so that neither their order nor how often one is written counts.
     *
     * @param held whether each is among them; empty where all are
     * @param praise weight of each that is praise, 1 on average over both
     * @param complaint likewise
     */
    @SuppressWarnings("ArrayRecordComponent") // internal, never compared
    private record Drawn(boolean[] held, double praise, double complaint) {
        static Drawn of(long[] hash, boolean[] positive, long seed, int most) {
            int praise = different(hash, positive, true);
            int complaints = different(hash, positive, false);
            if (praise + complaints <= most) return new Drawn(new boolean[0], 1, 1);
            int rarer = Math.min(Math.min(praise, complaints), most / 2);
            double ofPraise = (double) (praise <= complaints ? rarer : most - rarer) / praise;
            double ofComplaints = (double) (praise <= complaints ? most - rarer : rarer) / complaints;
            long stir = Features.hash("", 0, 0, seed);
            boolean[] held = new boolean[hash.length];
            int[] all = new int[2];
            int[] kept = new int[2];
            for (int i = 0; i < hash.length; i++) {
                // The same text with the same rating is in or out as one.
                double place = (Features.mixed(hash[i] ^ stir) >>> 11) * 0x1p-53;
                held[i] = place < (positive[i] ? ofPraise : ofComplaints);
                all[positive[i] ? 1 : 0]++;
                if (held[i]) kept[positive[i] ? 1 : 0]++;
            }
            double share = (double) (kept[0] + kept[1]) / hash.length;
            return new Drawn(held, share * all[1] / kept[1], share * all[0] / kept[0]);
        }

        /** How many different texts have the rating. */
        private static int different(long[] hash, boolean[] positive, boolean rating) {
            return (int) IntStream.range(0, hash.length)
                    .filter(i -> positive[i] == rating)
                    .mapToLong(i -> hash[i])
                    .distinct()
                    .count();
        }

        boolean isAll() {
            return held.length == 0;
        }

        boolean holds(int text) {
            return isAll() || held[text];
        }

        double weight(boolean isPraise) {
            return isPraise ? praise : complaint;
        }
    }

    private static void refuseOneClass(boolean[] positive, double[] weight) {
        if (positive.length == 0) throw new IllegalArgumentException("there is no text to learn from");
        if (!hasBoth(positive, weight))
            throw new IllegalArgumentException(
                    "all texts are %s; both are needed to learn from".formatted(positive[0] ? "praise" : "complaints"));
    }

    private static boolean hasBoth(boolean[] positive, double[] weight) {
        boolean praise = false;
        boolean complaint = false;
        for (int r = 0; r < positive.length; r++)
            if (weight[r] > 0) {
                praise |= positive[r];
                complaint |= !positive[r];
            }
        return praise && complaint;
    }

    private static int fewer(boolean[] positive) {
        int praise = 0;
        for (boolean yes : positive) if (yes) praise++;
        return Math.min(praise, positive.length - praise);
    }

    private static SparseLogistic.Fit fit(
            Corpus corpus, double[] weight, double freedom, SparseLogistic.@Nullable Fit start) {
        return SparseLogistic.fit(corpus.rows, corpus.positive, weight, penalty(corpus, weight, freedom), start);
    }

    /** What models of several freedoms say of texts they have not seen. */
    private static final class HeldOut {
        private final boolean[] positive;
        private final TreeMap<Integer, double[]> scores = new TreeMap<>();

        private HeldOut(boolean[] positive) {
            this.positive = positive;
        }

        /**
         * Tries freedoms, from the usual one on, as long as more or less is better.
         *
         * @param fold for each text, from 0
         * @param rowOf text its row
         * @param weight of each text
         */
        static HeldOut of(
                Corpus corpus, int[] fold, int folds, IntUnaryOperator rowOf, double[] weight, boolean[] positive) {
            HeldOut heldOut = new HeldOut(positive);
            SparseLogistic.@Nullable Fit[] last = new SparseLogistic.@Nullable Fit[folds];
            boolean kept = (long) folds * corpus.rows.columns() <= MOST_KEPT;
            IntConsumer attempt = step -> {
                double[] score = new double[fold.length];
                Arrays.fill(score, Double.NaN);
                IntStream.range(0, folds).parallel().forEach(f -> {
                    double[] left = new double[corpus.positive.length];
                    for (int i = 0; i < fold.length; i++) if (fold[i] != f) left[rowOf.applyAsInt(i)] += weight[i];
                    if (!hasBoth(corpus.positive, left)) return;
                    SparseLogistic.Fit fit = fit(corpus, left, freedom(step), last[f]);
                    for (int i = 0; i < fold.length; i++)
                        if (fold[i] == f)
                            score[i] = corpus.rows.dot(rowOf.applyAsInt(i), fit.weights()) + fit.intercept();
                    if (kept) last[f] = fit;
                });
                heldOut.scores.put(step, score);
            };
            attempt.accept(0);
            attempt.accept(1);
            if (heldOut.best(weight) == 1)
                for (int step = 2; step <= MOST_STEPS && heldOut.best(weight) == step - 1; step++) attempt.accept(step);
            else
                for (int step = -1; step >= -MOST_STEPS && heldOut.best(weight) == step + 1; step--)
                    attempt.accept(step);
            return heldOut;
        }

        static double freedom(int step) {
            return USUAL_FREEDOM * Math.pow(10, step / 2.0);
        }

        /** The step under which the texts that count, by weight, are least surprising. */
        int best(double[] weight) {
            int best = 0;
            double least = Double.POSITIVE_INFINITY;
            for (var tried : scores.entrySet()) {
                double loss = calibration(tried.getKey(), weight).loss(tried.getValue(), positive, weight);
                if (loss < least) {
                    least = loss;
                    best = tried.getKey();
                }
            }
            return best;
        }

        Calibration calibration(int step, double[] weight) {
            return Calibration.fitWithLimits(score(step), positive, weight);
        }

        double[] score(int step) {
            return Objects.requireNonNull(scores.get(step));
        }
    }

    /** Of each column, from how unequally praise and complaint use it. */
    private static double[] penalty(Corpus corpus, double[] weight, double freedom) {
        int features = corpus.index.size();
        double[] praise = new double[features + Corpus.OWN];
        double[] complaint = new double[features + Corpus.OWN];
        double praiseTexts = 0;
        double complaintTexts = 0;
        for (int r = 0; r < weight.length; r++) {
            double w = weight[r];
            if (w == 0) continue;
            if (corpus.positive[r]) praiseTexts += w;
            else complaintTexts += w;
            double[] side = corpus.positive[r] ? praise : complaint;
            corpus.rows.each(r, (column, value) -> side[column] += w);
        }
        double rarity = 1 / (freedom * (praiseTexts + complaintTexts));
        double[] penalty = new double[features + Corpus.OWN];
        for (int j = 0; j < features; j++) {
            if (praise[j] + complaint[j] == 0) {
                penalty[j] = Double.POSITIVE_INFINITY;
                continue;
            }
            double ratio = Math.log((praise[j] + SMOOTHING)
                    / (praiseTexts + 2 * SMOOTHING)
                    * (complaintTexts + 2 * SMOOTHING)
                    / (complaint[j] + SMOOTHING));
            penalty[j] = rarity / (ratio * ratio + LEAST_FREEDOM);
        }
        Arrays.fill(penalty, features, penalty.length, OWN_PENALTY);
        return penalty;
    }

    /**
     * Inverse strength of the penalty, chosen by texts held out: small where texts are few or their ratings contradict each
     * other.
     */
    public double freedom() {
        return freedom;
    }

    /** Texts learnt from. */
    public int texts() {
        return texts;
    }

    /** Different features of them. */
    public int features() {
        return index.size();
    }

    private double probability(String text) {
        Words words = Words.of(text);
        Corpus.Row row = Corpus.Row.of(words, index);
        return calibration.probability(score(row, Corpus.own(words), index.size(), weights, intercept));
    }

    @Override
    public Opinion of(String text) {
        Words words = Words.of(text);
        Corpus.Row row = Corpus.Row.of(words, index);
        double[] own = Corpus.own(words);
        double score = score(row, own, index.size(), weights, intercept);
        boolean known = row.columns().length > 0 || Arrays.stream(own).anyMatch(value -> value != 0);
        return new Opinion(calibration.probability(score), known, Reasons.of(words, contributions(words, row, own)));
    }

    /** What each unit of the text adds to the log odds, before careless ratings are allowed for. */
    private double[] contributions(Words words, Corpus.Row row, double[] own) {
        double[] contribution = new double[words.size()];
        int[] times = new int[row.columns().length];
        Features.each(words, (feature, from, to) -> {
            int at = Arrays.binarySearch(row.columns(), index.find(feature));
            if (at >= 0) times[at]++;
        });
        Features.each(words, (feature, from, to) -> {
            int column = index.find(feature);
            int at = Arrays.binarySearch(row.columns(), column);
            if (at < 0) return;
            double each = calibration.slope() * row.value() * weights[column] / times[at] / (to - from);
            for (int i = from; i < to; i++) contribution[i] += each;
        });
        // What the list says goes to its words: each of its three columns is a sum over them, or a function of one.
        List<WordList.Hit> hits = WordList.builtIn().find(words);
        int features = index.size();
        double praise = Math.expm1(own[0]);
        double complaint = Math.expm1(own[1]);
        for (WordList.Hit hit : hits) {
            double s = hit.strength();
            double said =
                    s > 0 ? weights[features] * own[0] * s / praise : weights[features + 1] * own[1] * -s / complaint;
            said += weights[features + 2] * s / Math.sqrt(hits.size());
            double each = calibration.slope() * said / (hit.to() - hit.from());
            for (int i = hit.from(); i < hit.to(); i++) contribution[i] += each;
        }
        return contribution;
    }
}
