package io.rekindle.models.text;

/**
 * What a text is counted by. Of words: the words, two and three in a row, words behind a negation marked as such, and the
 * groups of three to five letters within a word, which know "disappointing" when they have seen "disappointed". Of
 * characters: one, two and three in a row, as good as a dictionary's words for Chinese. Each is a 64-bit number, so that
 * nothing needs to be spelled out; two that meet by chance are to be expected after some billions.
 */
final class Features {
    private static final int LONGEST_GRAM = 3;
    private static final int NEGATED_WORDS = 3;
    private static final int FEWEST_LETTERS = 3;
    private static final int MOST_LETTERS = 5;
    private static final long NEGATED = 0x51ed270b7a1f4c2dL;
    private static final long LETTERS = 0x2545f4914f6cdd1dL;
    private static final long GRAM = 0x9e3779b97f4a7c15L;

    private Features() {}

    /** Takes a feature and the units it stands on. */
    interface Taker {
        void take(long feature, int from, int to);
    }

    static void each(Words words, Taker taker) {
        long[] units = new long[words.size()];
        for (int i = 0; i < units.length; i++)
            units[i] = hash(words.unit(i), 0, words.unit(i).length(), GRAM);
        int negated = 0;
        for (int i = 0; i < units.length; i++) {
            long gram = GRAM;
            for (int to = i; to < Math.min(units.length, i + LONGEST_GRAM); to++) {
                // Rows of words end at a mark; the mark alone, and with a character before or behind it, counts.
                if (to > i && words.isMark(to) && words.kind(i) == Words.Kind.WORD) break;
                if (to > i && words.isMark(i) && words.kind(to) == Words.Kind.WORD) break;
                gram = mixed(gram * 31 + units[to]);
                taker.take(gram, i, to + 1);
            }
            if (words.kind(i) != Words.Kind.WORD) {
                negated = 0;
                continue;
            }
            String word = words.unit(i);
            if (negated > 0) {
                negated--;
                taker.take(mixed(units[i] ^ NEGATED), i, i + 1);
            }
            if (isNegator(word)) negated = NEGATED_WORDS;
            letters(word, i, taker);
        }
    }

    private static void letters(String word, int at, Taker taker) {
        String bounded = "<" + word + ">";
        for (int length = FEWEST_LETTERS; length <= MOST_LETTERS; length++)
            for (int from = 0; from + length <= bounded.length(); from++)
                taker.take(hash(bounded, from, from + length, LETTERS), at, at + 1);
    }

    private static boolean isNegator(String word) {
        return word.equals("not") || word.equals("no") || word.equals("never") || word.endsWith("n't");
    }

    /** FNV-1a, stirred. */
    static long hash(String text, int from, int to, long seed) {
        long hash = 0xcbf29ce484222325L ^ seed;
        for (int i = from; i < to; i++) hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        return mixed(hash);
    }

    static long mixed(long hash) {
        long z = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
