package io.rekindle.models.uplift;

import io.rekindle.models.learn.BoostedTrees;
import io.rekindle.models.learn.Loss;
import io.rekindle.models.learn.Ridge;
import io.rekindle.models.table.LinearEncoding;
import io.rekindle.models.table.Table;
import io.rekindle.models.table.TreeEncoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Encoded rows, for the base learner they are encoded for; rows are in an order that says nothing. */
sealed interface Features {
    int size();

    /** Some of the rows, by place. */
    Features rows(int[] places);

    /** With who was treated as one feature more (and for a linear model what it changes in the others' effects). */
    Features with(double[] treatment);

    /** Learns outcomes, as strictly as the data ask for. */
    default Fitted fit(double[] y, Loss loss, long seed) {
        return fit(y, loss, false, OptionalDouble.empty(), seed);
    }

    /** Learns effects, which have much more noise than signal. */
    default Fitted fitNoisy(double[] y, long seed) {
        return fit(y, Loss.SQUARED, true, OptionalDouble.empty(), seed);
    }

    /**
     * Learns.
     *
     * @param strictness what a fit of the same kind on rows of the same kind chose; empty to choose it
     */
    Fitted fit(double[] y, Loss loss, boolean noisy, OptionalDouble strictness, long seed);

    /** What was learnt. */
    @FunctionalInterface
    interface Fitted {
        /** Mean outcomes of rows. */
        double[] means(Features features);

        /** How strictly, where that was a choice: number of trees, or weight of the penalty in rows. */
        default OptionalDouble strictness() {
            return OptionalDouble.empty();
        }

        /** The same fit, telling how strictly it was learnt. */
        default Fitted with(double strictness) {
            var own = this;
            return new Fitted() {
                @Override
                public double[] means(Features features) {
                    return own.means(features);
                }

                @Override
                public OptionalDouble strictness() {
                    return OptionalDouble.of(strictness);
                }
            };
        }
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
        public Fitted fit(double[] y, Loss loss, boolean noisy, OptionalDouble strictness, long seed) {
            var ridge = Ridge.fit(x, width, y, loss, strictness);
            if (width == 0) return same(loss.mean(ridge.intercept()));
            Fitted fitted = features -> means(ridge.margins(((Dense) features).x), loss);
            return fitted.with(ridge.prior());
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Binned(float[] x, int width, int size) implements Features {
        private static final double RATE = .1;
        private static final int STEP = 10;
        private static final int MOST = 150;
        private static final int THIRDS = 3;
        /** Effects are small and outcomes noisy: finer questions take longer and tell no more. */
        private static final int BINS = 64;

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

        /**
         * Three ensembles, each grown on two thirds of the rows, and their mean; as many trees, none included, as suit the
         * thirds left out best. Every row has its say in how many, and none has to be grown again.
         */
        @Override
        public Fitted fit(double[] y, Loss loss, boolean noisy, OptionalDouble strictness, long seed) {
            double mean = Arrays.stream(y).sum() / size;
            if (width == 0 || Arrays.stream(y).allMatch(value -> value == y[0]))
                return same(loss == Loss.LOGISTIC ? (mean * size + .5) / (size + 1) : mean);
            var settings = new BoostedTrees.Settings(
                    noisy ? 3 : 4, RATE, loss == Loss.LOGISTIC ? 1 : noisy ? 50 : 20, 1, .8, .8, BINS, seed);
            if (strictness.isEmpty() && size >= FEW) return thirds(y, mean, loss, settings);
            int rounds = strictness.isPresent() ? (int) strictness.getAsDouble() : 2 * STEP;
            if (rounds == 0) return same(mean).with(0);
            var trees = BoostedTrees.fit(x, width, y, loss, settings, rounds);
            Fitted fitted = features -> means(trees.margins(((Binned) features).x, rounds), loss);
            return fitted.with(rounds);
        }

        private Fitted thirds(double[] y, double mean, Loss loss, BoostedTrees.Settings settings) {
            var ensembles = new ArrayList<BoostedTrees>();
            var hidden = new ArrayList<float[]>();
            var outcomes = new ArrayList<double[]>();
            double best = 0;
            for (int third = 0; third < THIRDS; third++) {
                int t = third;
                int[] held =
                        IntStream.range(0, size).filter(i -> i % THIRDS == t).toArray();
                int[] rest =
                        IntStream.range(0, size).filter(i -> i % THIRDS != t).toArray();
                double[] known = Arrays.stream(rest).mapToDouble(i -> y[i]).toArray();
                hidden.add(((Binned) rows(held)).x);
                outcomes.add(Arrays.stream(held).mapToDouble(i -> y[i]).toArray());
                ensembles.add(BoostedTrees.begin(((Binned) rows(rest)).x, width, known, loss, settings));
                double usual = Arrays.stream(known).sum() / known.length;
                double start = loss == Loss.LOGISTIC
                        ? Math.log((usual * known.length + .5) / ((1 - usual) * known.length + .5))
                        : usual;
                for (int i : held) best += loss.of(start, y[i]);
            }
            int at = 0;
            for (int rounds = STEP; rounds <= MOST && rounds - at <= PATIENCE * STEP; rounds += STEP) {
                double sum = 0;
                for (int third = 0; third < THIRDS; third++) {
                    ensembles.get(third).grow(STEP);
                    double[] margins = ensembles.get(third).margins(hidden.get(third), rounds);
                    for (int i = 0; i < margins.length; i++) sum += loss.of(margins[i], outcomes.get(third)[i]);
                }
                if (sum < best) {
                    best = sum;
                    at = rounds;
                }
            }
            ensembles.forEach(BoostedTrees::finish);
            if (at == 0) return same(mean).with(0);
            int rounds = at;
            Fitted fitted = features -> {
                double[] means = new double[features.size()];
                for (var trees : ensembles) {
                    double[] margins = trees.margins(((Binned) features).x, rounds);
                    for (int i = 0; i < means.length; i++) means[i] += loss.mean(margins[i]) / ensembles.size();
                }
                return means;
            };
            return fitted.with(rounds);
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
