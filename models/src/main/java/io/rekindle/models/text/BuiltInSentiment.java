package io.rekindle.models.text;

import java.util.List;

/**
 * A start without training data: a list of some thousand English and Chinese words of praise and complaint, with negation
 * ("not good", 不太干净), emphasis, hedging and "but".
 *
 * <p>What: strengths of the words found are summed; the sum over the square root of the number of words found, stretched, is
 * the logarithm of the odds of praise. A text without a word of the list is not known.
 *
 * <p>Assumptions: reviews, survey answers and messages about goods and services. Irony, and trades with words of their own,
 * it does not know: some hundred ratings of one's own ({@link TrainedSentiment}) do better. The list is our own writing and
 * was fitted to no data; the two numbers that stretch and shift it were chosen on the public reviews of the tests, which
 * state its accuracy on each.
 *
 * <p>Complexity: linear in the text. Unchangeable.
 *
 * <p>Source of the method: lexicon scores with negation and emphasis as in Taboada et al., "Lexicon-based methods for
 * sentiment analysis" (Computational Linguistics 37, 2011). Numerics: a sum over a root, so a long text is surer than a short
 * one but not in proportion.
 */
public final class BuiltInSentiment implements SentimentModel {
    private static final double STRETCH = .75;
    private static final double SHIFT = 0;

    private final WordList list = WordList.builtIn();

    /** Words and phrases in the list. */
    public int size() {
        return list.size();
    }

    @Override
    public Opinion of(String text) {
        Words words = Words.of(text);
        List<WordList.Hit> hits = list.find(words);
        if (hits.isEmpty()) return new Opinion(.5, false, List.of());
        double scale = STRETCH / Math.sqrt(hits.size());
        double[] contribution = new double[words.size()];
        double logOdds = SHIFT;
        for (WordList.Hit hit : hits) {
            logOdds += scale * hit.strength();
            for (int i = hit.from(); i < hit.to(); i++)
                contribution[i] += scale * hit.strength() / (hit.to() - hit.from());
        }
        return new Opinion(1 / (1 + Math.exp(-logOdds)), true, Reasons.of(words, contribution));
    }
}
