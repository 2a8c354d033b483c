package io.rekindle.models.uplift;

import io.rekindle.models.table.Table;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What a treatment changes for each customer, learnt from a group that was treated and one that was not.
 *
 * <p>What: S-, T-, X- and DR-learners over the same base learners (linear, bent, trees) predict the effect on customers
 * they have not seen (folds), for several draws of folds, and a customer's effect by a learner is the mean over them. The
 * learner nearest to doubly robust effects and those that chance cannot tell from it are averaged (see {@link Blend}), once
 * for all customers, and brought to the scale the data bear out: the slope of doubly robust effects on predicted ones, so that what
 * exaggerates is shrunk to the average.
 *
 * <p>Whether to rank: nobody is ranked unless a permutation test says that there is something to rank. Its null is that the
 * effect is the same for everybody; each fold is ranked by what was learnt of the folds before it, so that the test is valid
 * whatever the learners (see {@link CrossFit}); several draws of folds are put together so that their fall does not
 * decide (see {@link Refusal}). Where chance does as well, everybody's effect is the average, and the card says how many
 * customers it would take. So, of files in which nothing can be ranked, at most one in twenty is; that a file is refused does
 * not say that all its customers are alike, only that these do not show it.
 *
 * <p>Leaks: models and encoding of a fold come of the other folds. Only the choice among the learners and one slope look at all
 * customers at once; the test uses neither, and chooses by what was foretold of earlier folds. Probability of treatment: the share treated, one given for each customer, or
 * estimated; a split that the columns foretell is noticed, told, and estimated.
 *
 * <p>Assumptions: customers do not influence each other; given the columns, who was treated does not hang on what it would
 * do to them. Sources: Künzel et al. (2019) for S, T and X; Kennedy, "Towards optimal doubly robust estimation of
 * heterogeneous causal effects" (2023); Chernozhukov et al. (2018) for the scale and for several draws; Wager (2024) for the
 * test. Complexity: (1.3 · folds · draws + 1) · (2 to 12) base fits; folds are learnt beside each other, by as many processors
 * as there are. Of more than 250,000 customers a model learns from as many, evenly spread, so that time and memory
 * grow with what is learnt from and not with the file; all are foretold, tried and counted. Deterministic; the order of rows does not matter, and the unit of the outcome only to the unit of effects.
 */
public final class Uplift {
    private final Table trained;
    private final Blended model;
    private final Scale scale;
    private final double[] outOfFold;
    private final ResponseGroup[] groups;
    private final double band;
    private final UpliftCard card;

    /** How the treatment was given. */
    public sealed interface Assignment {
        /** By lot, with one probability for all; told from the split, and estimated if the columns foretell it. */
        record ByLot() implements Assignment {}

        /** With a probability known for each customer. */
        @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
        record Known(double[] probability) implements Assignment {
            public Known {
                for (double p : probability)
                    if (!(p > 0 && p < 1))
                        throw new IllegalArgumentException(
                                "a probability of treatment of %s; it lies between 0 and 1".formatted(p));
            }
        }

        /** With a probability that hangs on the columns, and is estimated. */
        record Estimated() implements Assignment {}
    }

    /**
     * How to fit.
     *
     * @param given for each row a fold of the caller's; empty to draw them
     * @param draws most draws of folds; fewer are made where it is clear, or hopeless, that there is anything to rank. Folds
     *     that are given are the only draw
     * @param learners to choose from
     * @param bases they are to be over
     * @param resamples for the interval
     * @param permutations for the trial against chance
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record Settings(
            long seed,
            int folds,
            int[] given,
            int draws,
            Set<MetaLearner> learners,
            Set<BaseLearner> bases,
            Assignment assignment,
            int resamples,
            int permutations) {
        public Settings {
            learners = Set.copyOf(learners);
            bases = Set.copyOf(bases);
            if (learners.isEmpty() || bases.isEmpty())
                throw new IllegalArgumentException("name at least one learner and one base learner");
            if (folds < 2 || folds > 50)
                throw new IllegalArgumentException("%d folds; they are 2 to 50".formatted(folds));
            if (draws < 1 || draws > 99)
                throw new IllegalArgumentException("%d draws of folds; they are 1 to 99".formatted(draws));
            if (resamples < 20 || permutations < 100)
                throw new IllegalArgumentException("at least 20 resamples and 100 permutations are needed");
        }

        /** Everything there is, five folds, up to five draws of them, treatment by lot. */
        public static Settings of(long seed) {
            return new Settings(
                    seed,
                    5,
                    new int[0],
                    5,
                    EnumSet.allOf(MetaLearner.class),
                    EnumSet.allOf(BaseLearner.class),
                    new Assignment.ByLot(),
                    400,
                    1000);
        }

        public Settings among(Set<MetaLearner> learners, Set<BaseLearner> bases) {
            return new Settings(seed, folds, given, draws, learners, bases, assignment, resamples, permutations);
        }

        public Settings in(int folds, int[] given) {
            return new Settings(seed, folds, given, draws, learners, bases, assignment, resamples, permutations);
        }

        /** With another seed. */
        public Settings seeded(long seed) {
            return new Settings(seed, folds, given, draws, learners, bases, assignment, resamples, permutations);
        }

        /** With at most so many draws of folds. */
        public Settings over(int draws) {
            return new Settings(seed, folds, given, draws, learners, bases, assignment, resamples, permutations);
        }

        /** With so many resamples for the interval and permutations for the trial against chance. */
        public Settings trying(int resamples, int permutations) {
            return new Settings(seed, folds, given, draws, learners, bases, assignment, resamples, permutations);
        }

        public Settings assigned(Assignment assignment) {
            return new Settings(seed, folds, given, draws, learners, bases, assignment, resamples, permutations);
        }
    }

    Uplift(
            Table trained,
            Blended model,
            Scale scale,
            double[] outOfFold,
            ResponseGroup[] groups,
            double band,
            UpliftCard card) {
        this.trained = trained;
        this.model = model;
        this.scale = scale;
        this.outOfFold = outOfFold;
        this.groups = groups;
        this.band = band;
        this.card = card;
    }

    /**
     * Learns.
     *
     * @param outcome what counts: 0 and 1, or any number
     * @param told what is being done, now and then
     * @throws IllegalArgumentException when one arm, or every column, is empty, or all outcomes are the same
     */
    public static Uplift fit(
            Table table, boolean[] treated, double[] outcome, Settings settings, Consumer<String> told) {
        return new UpliftFit(new Trial(table, treated, outcome), settings, told).done();
    }

    public UpliftCard card() {
        return card;
    }

    /** The columns the model looks at: a table to score has them. */
    public Table trained() {
        return trained;
    }

    /** For each customer learnt from the effect, by a model that had not seen it; the average where nothing ranks. */
    public double[] outOfFold() {
        return outOfFold.clone();
    }

    /** The groups of {@link #outOfFold}; empty where nothing ranks. */
    public List<ResponseGroup> outOfFoldGroups() {
        return List.of(groups);
    }

    /** The effects on customers, by the model fitted on all; the average where nothing ranks. */
    public double[] effects(Table table) {
        double[] raw = model.effects(table, all(table));
        return Arrays.stream(raw).map(scale::of).toArray();
    }

    /** The groups of {@link #effects}; empty where nothing ranks. */
    public List<ResponseGroup> groups(Table table) {
        if (!card.rankable()) return List.of();
        double[] own = effects(table);
        double[] alone = model.outcomesAlone(table, all(table));
        return IntStream.range(0, own.length)
                .mapToObj(i -> ResponseGroup.of(own[i], alone[i], band, card.controlOutcome()))
                .toList();
    }

    private static int[] all(Table table) {
        return IntStream.range(0, table.size()).toArray();
    }
}
