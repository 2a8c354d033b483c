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
 * they have not seen (folds); the one that ranks best is taken, its effects are brought to the scale the data bear out
 * (the slope of doubly robust effects on predicted ones: what exaggerates is shrunk to the average), and the ranking is
 * tried against chance. Where chance does as well, nobody is ranked: everybody's effect is the average, and the card says
 * how many customers it would take.
 *
 * <p>Without leaks: the effects of a fold, the encoding and the choice of learner and scale included, come of the other
 * folds. Probability of treatment: the share treated, one given for each customer, or estimated; a split that the columns
 * foretell is noticed, told, and estimated.
 *
 * <p>Assumptions: customers do not influence each other; given the columns, who was treated does not hang on what it would
 * do to them. Sources: Künzel et al. (2019) for S, T and X; Kennedy, "Towards optimal doubly robust estimation of
 * heterogeneous causal effects" (2023); Chernozhukov et al. (2018) for the scale. Complexity: (folds + 1) · (2 to 12) base
 * fits. Deterministic, and the order of rows does not matter.
 */
public final class Uplift {
    private final Table trained;
    private final Effects effects;
    private final Way way;
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
     * @param learners to choose between
     * @param bases to choose between
     * @param resamples for the interval
     * @param permutations for the trial against chance
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record Settings(
            long seed,
            int folds,
            int[] given,
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
            if (resamples < 20 || permutations < 20)
                throw new IllegalArgumentException("at least 20 resamples and 20 permutations are needed");
        }

        /** Everything there is, five folds, treatment by lot. */
        public static Settings of(long seed) {
            return new Settings(
                    seed,
                    5,
                    new int[0],
                    EnumSet.allOf(MetaLearner.class),
                    EnumSet.allOf(BaseLearner.class),
                    new Assignment.ByLot(),
                    400,
                    1000);
        }

        public Settings among(Set<MetaLearner> learners, Set<BaseLearner> bases) {
            return new Settings(seed, folds, given, learners, bases, assignment, resamples, permutations);
        }

        public Settings in(int folds, int[] given) {
            return new Settings(seed, folds, given, learners, bases, assignment, resamples, permutations);
        }

        public Settings assigned(Assignment assignment) {
            return new Settings(seed, folds, given, learners, bases, assignment, resamples, permutations);
        }
    }

    Uplift(
            Table trained,
            Effects effects,
            Way way,
            Scale scale,
            double[] outOfFold,
            ResponseGroup[] groups,
            double band,
            UpliftCard card) {
        this.trained = trained;
        this.effects = effects;
        this.way = way;
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
        double[] raw = effects.effects(way.learner(), table, all(table));
        return Arrays.stream(raw).map(scale::of).toArray();
    }

    /** The groups of {@link #effects}; empty where nothing ranks. */
    public List<ResponseGroup> groups(Table table) {
        if (!card.rankable()) return List.of();
        double[] own = effects(table);
        double[] alone = effects.outcomesAlone(table, all(table));
        return IntStream.range(0, own.length)
                .mapToObj(i -> ResponseGroup.of(own[i], alone[i], band, card.controlOutcome()))
                .toList();
    }

    private static int[] all(Table table) {
        return IntStream.range(0, table.size()).toArray();
    }
}
