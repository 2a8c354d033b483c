package io.rekindle.models.learn;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * Gradient boosted trees, grown by XGBoost.
 *
 * <p>What: trees on histograms, each correcting the sum of those before it; every row's margin comes apart into one
 * contribution a feature, which sum to it (Lundberg's exact tree values). Source: Chen and Guestrin, "XGBoost" (KDD 2016);
 * Lundberg et al., Nature Machine Intelligence 2 (2020).
 *
 * <p>Numerics: single precision. Trees are grown by one thread, since sums over rows depend on their number: the same rows
 * in the same order and the same seed give the same trees on every machine of a kind. A second thread would gain little
 * anyway: the threads meet after every level of a tree, and where the processors have other work to do they wait there for
 * each other (200 trees on 130,000 rows took 1.2 s with one thread and 20 s with two beside another process). Who has
 * processors to spare grows several ensembles at once. Squared outcomes are centred and divided by their standard
 * deviation first. One at a time uses the trees; several threads wait for each other.
 *
 * <p>Assumption: outcomes are additive in trees after the loss's link. Complexity: O(rows · features) a level of a tree,
 * about 16 bytes a row and feature while trees grow; a prediction, one path a tree; contributions, O(leaves · depth²) a tree
 * and row.
 */
public final class BoostedTrees {
    private static final int THREADS = 1;
    private static final int CHUNK = 50_000;

    private final Booster booster;
    private final int width;
    private final double scale;
    private final double centre;
    private final Loss loss;
    private int rounds;

    private final DMatrix rows;

    /**
     * How trees are grown.
     *
     * @param depth most questions from root to leaf
     * @param rate how much of its correction each tree is allowed
     * @param leastWeight least sum of curvature in a leaf: for squared outcomes rows, for logistic p(1 − p)
     * @param lambda ridge penalty on leaves
     * @param rowShare of rows drawn for each tree
     * @param featureShare of features drawn for each tree
     * @param bins at most so many values of a feature are told apart
     */
    public record Settings(
            int depth,
            double rate,
            double leastWeight,
            double lambda,
            double rowShare,
            double featureShare,
            int bins,
            long seed) {
        private static final int ALL_BINS = 256;

        public Settings {
            if (bins < 2 || bins > ALL_BINS)
                throw new IllegalArgumentException("%d bins; they are 2 to %d".formatted(bins, ALL_BINS));
            if (depth < 1 || depth > 16)
                throw new IllegalArgumentException("trees of depth %d; it lies between 1 and 16".formatted(depth));
            if (!(rate > 0 && rate <= 1))
                throw new IllegalArgumentException(
                        "a learning rate of %s; it lies above 0 and at most 1".formatted(rate));
            if (!(rowShare > 0 && rowShare <= 1) || !(featureShare > 0 && featureShare <= 1))
                throw new IllegalArgumentException("shares of rows and features lie above 0 and at most 1");
        }

        /** With as many bins as there are. */
        public Settings(
                int depth,
                double rate,
                double leastWeight,
                double lambda,
                double rowShare,
                double featureShare,
                long seed) {
            this(depth, rate, leastWeight, lambda, rowShare, featureShare, ALL_BINS, seed);
        }
    }

    private BoostedTrees(Booster booster, DMatrix rows, int width, double scale, double centre, Loss loss) {
        this.booster = booster;
        this.rows = rows;
        this.width = width;
        this.scale = scale;
        this.centre = centre;
        this.loss = loss;
    }

    /**
     * Starts without a tree: everybody's margin is that of the mean.
     *
     * @param x row by row, NaN for gaps
     * @param width features of a row, at least one
     * @param y outcomes; 0 and 1 for the logistic loss
     */
    public static BoostedTrees begin(float[] x, int width, double[] y, Loss loss, Settings settings) {
        int n = y.length;
        if (n == 0) throw new IllegalArgumentException("there are no rows to fit on");
        if (width < 1 || x.length != (long) n * width)
            throw new IllegalArgumentException("%d numbers are not %d rows of %d".formatted(x.length, n, width));
        double mean = Arrays.stream(y).sum() / n;
        double scale = 1;
        double centre = 0;
        double[] target = y;
        if (loss == Loss.SQUARED) {
            double squares = 0;
            for (double value : y) squares += (value - mean) * (value - mean);
            double deviation = Math.sqrt(squares / n);
            scale = deviation > 1e-12 * Math.abs(mean) ? deviation : 1;
            centre = mean;
            double by = scale;
            target = Arrays.stream(y).map(value -> (value - mean) / by).toArray();
        }
        float[] labels = new float[n];
        for (int i = 0; i < n; i++) labels[i] = (float) target[i];
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("objective", loss == Loss.LOGISTIC ? "binary:logistic" : "reg:squarederror");
        parameters.put("base_score", loss == Loss.LOGISTIC ? (mean * n + .5) / (n + 1) : 0.0);
        parameters.put("tree_method", "hist");
        parameters.put("max_bin", settings.bins());
        parameters.put("max_depth", settings.depth());
        parameters.put("eta", settings.rate());
        parameters.put("min_child_weight", settings.leastWeight());
        parameters.put("lambda", settings.lambda());
        parameters.put("subsample", settings.rowShare());
        parameters.put("colsample_bytree", settings.featureShare());
        parameters.put("seed", Math.floorMod(settings.seed(), Integer.MAX_VALUE));
        parameters.put("nthread", THREADS);
        parameters.put("verbosity", 0);
        try {
            var rows = new DMatrix(x, n, width, Float.NaN);
            rows.setLabel(labels);
            var booster = XGBoost.train(rows, parameters, 0, Map.of(), null, null);
            return new BoostedTrees(booster, rows, width, scale, centre, loss);
        } catch (XGBoostError e) {
            throw failed(e);
        }
    }

    /** Grows all the trees at once. */
    public static BoostedTrees fit(float[] x, int width, double[] y, Loss loss, Settings settings, int rounds) {
        var trees = begin(x, width, y, loss, settings);
        trees.grow(rounds);
        trees.finish();
        return trees;
    }

    /** Adds trees. */
    public synchronized void grow(int more) {
        try {
            for (int i = 0; i < more; i++) booster.update(rows, rounds++);
        } catch (XGBoostError e) {
            throw failed(e);
        }
    }

    /** Gives back the memory of the rows grown on; no more trees after that. */
    public synchronized void finish() {
        rows.dispose();
    }

    /** Number of trees. */
    public synchronized int rounds() {
        return rounds;
    }

    public Loss loss() {
        return loss;
    }

    /** Log-odds, or means, for rows of features, by the first so many trees. */
    public synchronized double[] margins(float[] x, int rounds) {
        int n = x.length / width;
        double[] margins = new double[n];
        try {
            for (int from = 0; from < n; from += CHUNK) {
                int to = Math.min(n, from + CHUNK);
                var chunk = matrix(x, from, to);
                float[][] predicted = booster.predict(chunk, true, rounds);
                for (int i = from; i < to; i++) margins[i] = centre + scale * predicted[i - from][0];
                chunk.dispose();
            }
        } catch (XGBoostError e) {
            throw failed(e);
        }
        return margins;
    }

    /** Holds rows ready for being asked again and again while trees grow; to be closed. */
    public Watched watch(float[] x) {
        try {
            return new Watched(new DMatrix(x, x.length / width, width, Float.NaN));
        } catch (XGBoostError e) {
            throw failed(e);
        }
    }

    /** Rows whose margins follow the trees: each tree is asked about them once. */
    public final class Watched implements AutoCloseable {
        private final DMatrix watched;

        private Watched(DMatrix watched) {
            this.watched = watched;
        }

        /** The margins by all trees there are. */
        public double[] margins() {
            synchronized (BoostedTrees.this) {
                try {
                    float[][] predicted = booster.predict(watched, true);
                    double[] margins = new double[predicted.length];
                    for (int i = 0; i < margins.length; i++) margins[i] = centre + scale * predicted[i][0];
                    return margins;
                } catch (XGBoostError e) {
                    throw failed(e);
                }
            }
        }

        @Override
        public void close() {
            watched.dispose();
        }
    }

    /** For each row what each feature adds to the margin, and last the margin of nobody in particular. */
    public synchronized double[][] contributions(float[] x, int rounds) {
        int n = x.length / width;
        double[][] contributions = new double[n][];
        try {
            for (int from = 0; from < n; from += CHUNK) {
                int to = Math.min(n, from + CHUNK);
                var chunk = matrix(x, from, to);
                float[][] predicted = booster.predictContrib(chunk, rounds);
                for (int i = from; i < to; i++) {
                    double[] row = new double[width + 1];
                    for (int k = 0; k <= width; k++) row[k] = scale * predicted[i - from][k];
                    row[width] += centre;
                    contributions[i] = row;
                }
                chunk.dispose();
            }
        } catch (XGBoostError e) {
            throw failed(e);
        }
        return contributions;
    }

    private DMatrix matrix(float[] x, int from, int to) throws XGBoostError {
        return new DMatrix(Arrays.copyOfRange(x, from * width, to * width), to - from, width, Float.NaN);
    }

    private static IllegalStateException failed(XGBoostError e) {
        return new IllegalStateException("the trees could not be grown: " + e.getMessage(), e);
    }
}
