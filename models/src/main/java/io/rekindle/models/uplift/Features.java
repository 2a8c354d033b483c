package io.rekindle.models.uplift;

import io.rekindle.models.learn.BoostedTrees;
import io.rekindle.models.learn.Loss;
import io.rekindle.models.learn.Ridge;
import io.rekindle.models.table.LinearEncoding;
import io.rekindle.models.table.Table;
import io.rekindle.models.table.TreeEncoding;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Encoded rows, for the base learner they are encoded for; rows are in an order that says nothing. */
sealed interface Features {
    int size();

    /** Some of the rows, by place. */
    Features rows(int[] places);

    /** With who was treated as one feature more (and for a linear model what it changes in the others' effects). */
    Features with(double[] treatment);

    /** Learns outcomes; the second kind of regression, of effects, has much more noise than signal. */
    Fitted fit(double[] y, Loss loss, boolean noisy, long seed);

    /** What was learnt: mean outcomes of rows. */
    interface Fitted {
        double[] means(Features features);
    }

    /** Encodes rows as some others taught it to. */
    interface Encoder {
        Features encode(Table table, int[] rows);

        static Encoder fit(BaseLearner base, Table table, int[] rows) {
            return switch (base) {
                case LINEAR, BENT -> {
                    var encoding = LinearEncoding.fit(table, rows, base == BaseLearner.BENT);
                    yield (other, some) -> new Dense(encoding.encode(other, some), encoding.width(), some.length);
                }
                case TREES -> {
                    var encoding = TreeEncoding.fit(table, rows);
                    yield (other, some) -> new Binned(encoding.encode(other, some), encoding.width(), some.length);
                }
            };
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Dense(double[] x, int width, int size) implements Features {
        @Override
        public Features rows(int[] places) {
            double[] some = new double[places.length * width];
            for (int i = 0; i < places.length; i++) System.arraycopy(x, places[i] * width, some, i * width, width);
            return new Dense(some, width, places.length);
        }

        @Override
        public Features with(double[] treatment) {
            int wider = 2 * width + 1;
            double[] more = new double[size * wider];
            for (int i = 0; i < size; i++) {
                System.arraycopy(x, i * width, more, i * wider, width);
                // Half to either side, so that the penalty shrinks the effect and not one arm's level.
                double t = treatment[i] - .5;
                for (int k = 0; k < width; k++) more[i * wider + width + k] = t * x[i * width + k];
                more[i * wider + 2 * width] = t;
            }
            return new Dense(more, wider, size);
        }

        @Override
        public Fitted fit(double[] y, Loss loss, boolean noisy, long seed) {
            var ridge = Ridge.fit(x, width, y, loss);
            if (width == 0) return same(loss.mean(ridge.intercept()));
            return features -> means(ridge.margins(((Dense) features).x), loss);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Binned(float[] x, int width, int size) implements Features {
        private static final int STEP = 20;
        private static final int MOST = 300;
        private static final int PATIENCE = 2;
        private static final int FEW = 300;

        @Override
        public Features rows(int[] places) {
            float[] some = new float[places.length * width];
            for (int i = 0; i < places.length; i++) System.arraycopy(x, places[i] * width, some, i * width, width);
            return new Binned(some, width, places.length);
        }

        @Override
        public Features with(double[] treatment) {
            int wider = width + 1;
            float[] more = new float[size * wider];
            for (int i = 0; i < size; i++) {
                System.arraycopy(x, i * width, more, i * wider, width);
                more[i * wider + width] = (float) treatment[i];
            }
            return new Binned(more, wider, size);
        }

        /** As many trees as suit a fifth of the rows best, none included, then grown on all. */
        @Override
        public Fitted fit(double[] y, Loss loss, boolean noisy, long seed) {
            double mean = Arrays.stream(y).sum() / size;
            if (width == 0 || Arrays.stream(y).allMatch(value -> value == y[0]))
                return same(loss == Loss.LOGISTIC ? (mean * size + .5) / (size + 1) : mean);
            var settings = new BoostedTrees.Settings(
                    noisy ? 3 : 4, .05, loss == Loss.LOGISTIC ? 1 : noisy ? 50 : 20, 1, .8, .8, seed);
            int rounds = size < FEW ? 2 * STEP : rounds(y, loss, settings);
            if (rounds == 0) return same(mean);
            var trees = BoostedTrees.fit(x, width, y, loss, settings, rounds);
            return features -> means(trees.margins(((Binned) features).x, rounds), loss);
        }

        private int rounds(double[] y, Loss loss, BoostedTrees.Settings settings) {
            int[] held = IntStream.range(0, size).filter(i -> i % 5 == 0).toArray();
            int[] rest = IntStream.range(0, size).filter(i -> i % 5 != 0).toArray();
            double[] known = Arrays.stream(rest).mapToDouble(i -> y[i]).toArray();
            float[] hidden = ((Binned) rows(held)).x;
            var trees = BoostedTrees.begin(((Binned) rows(rest)).x, width, known, loss, settings);
            double mean = Arrays.stream(known).sum() / known.length;
            double start = loss == Loss.LOGISTIC
                    ? Math.log((mean * known.length + .5) / ((1 - mean) * known.length + .5))
                    : mean;
            double best = 0;
            for (int i : held) best += loss.of(start, y[i]);
            int at = 0;
            for (int rounds = STEP; rounds <= MOST && rounds - at <= PATIENCE * STEP; rounds += STEP) {
                trees.grow(STEP);
                double[] margins = trees.margins(hidden, rounds);
                double sum = 0;
                for (int i = 0; i < held.length; i++) sum += loss.of(margins[i], y[held[i]]);
                if (sum < best) {
                    best = sum;
                    at = rounds;
                }
            }
            trees.finish();
            return at;
        }
    }

    private static Fitted same(double mean) {
        return features -> {
            double[] means = new double[features.size()];
            Arrays.fill(means, mean);
            return means;
        };
    }

    private static double[] means(double[] margins, Loss loss) {
        for (int i = 0; i < margins.length; i++) margins[i] = loss.mean(margins[i]);
        return margins;
    }
}
