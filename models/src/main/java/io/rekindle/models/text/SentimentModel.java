package io.rekindle.models.text;

import java.util.List;

/**
 * Tells praise from complaint. Safe for concurrent use.
 *
 * <p>Assumption: a text is of one mood as a whole. Complexity and source are told by each implementation, {@link
 * BuiltInSentiment} and {@link TrainedSentiment}; both are linear in the text.
 */
public sealed interface SentimentModel permits BuiltInSentiment, TrainedSentiment {
    /** What the model makes of a text, in any language it knows. */
    Opinion of(String text);

    /**
     * What a model makes of a text.
     *
     * @param probability that it is praise
     * @param known whether anything in the text meant something to the model; without it, the probability is what is true of
     *     texts in general
     * @param reasons the parts of the text that speak loudest, either way, the loudest first
     */
    record Opinion(double probability, boolean known, List<Reason> reasons) {
        public Opinion {
            if (!(probability >= 0 && probability <= 1))
                throw new IllegalArgumentException("probability %s is outside 0..1".formatted(probability));
            reasons = List.copyOf(reasons);
        }

        /** Whether it is rather praise than complaint. */
        public boolean positive() {
            return probability >= .5;
        }
    }

    /**
     * A part of a text that speaks for praise or complaint.
     *
     * @param words as they stand in the text, in lower case
     * @param logOdds what they add to the logarithm of the odds of praise
     */
    record Reason(String words, double logOdds) {}
}
