package io.rekindle.models.linkage;

import java.util.Arrays;

/**
 * How alike two spellings are.
 *
 * <p>Jaro-Winkler: Winkler, "String comparator metrics and enhanced decision rules in the Fellegi-Sunter model of record
 * linkage" (1990), with the usual prefix weight of 0.1 over at most four letters. Edit distance: insertions, deletions,
 * replacements and swaps of neighbours, no part edited twice (Damerau 1964, "optimal string alignment"). Characters are UTF-16
 * units. Nothing is allocated where the spellings are far apart or one edit away.
 *
 * <p>Assumption: errors are those of typing: letters swapped, left out, doubled, mistaken. Numerics: Jaro-Winkler looks at
 * the first 64 characters of each spelling. Complexity: Jaro-Winkler O(length · window); edit distance O(product of what lies
 * between the common beginning and end).
 */
public final class Similarity {
    private static final int LONGEST = 64;

    private Similarity() {}

    /** From 0, nothing in common, to 1, the same; of the first 64 characters. */
    public static double jaroWinkler(String a, String b) {
        int lengthA = Math.min(LONGEST, a.length());
        int lengthB = Math.min(LONGEST, b.length());
        if (lengthA == 0 || lengthB == 0) return lengthA == lengthB ? 1 : 0;
        int window = Math.max(0, Math.max(lengthA, lengthB) / 2 - 1);
        long takenA = 0;
        long takenB = 0;
        int common = 0;
        for (int i = 0; i < lengthA; i++) {
            char letter = a.charAt(i);
            int to = Math.min(lengthB - 1, i + window);
            for (int j = Math.max(0, i - window); j <= to; j++)
                if (((takenB >>> j) & 1) == 0 && b.charAt(j) == letter) {
                    takenA |= 1L << i;
                    takenB |= 1L << j;
                    common++;
                    break;
                }
        }
        if (common == 0) return 0;
        int outOfPlace = 0;
        for (long restA = takenA, restB = takenB; restA != 0; restA &= restA - 1, restB &= restB - 1)
            if (a.charAt(Long.numberOfTrailingZeros(restA)) != b.charAt(Long.numberOfTrailingZeros(restB)))
                outOfPlace++;
        double jaro =
                ((double) common / lengthA + (double) common / lengthB + (common - outOfPlace / 2.0) / common) / 3;
        int prefix = 0;
        while (prefix < 4 && prefix < lengthA && prefix < lengthB && a.charAt(prefix) == b.charAt(prefix)) prefix++;
        return jaro + prefix * .1 * (1 - jaro);
    }

    /** Edits that turn one spelling into the other. */
    public static int damerauLevenshtein(String a, String b) {
        return damerauLevenshtein(a, b, Integer.MAX_VALUE);
    }

    /** Edits that turn one spelling into the other; more than {@code most} are not counted further: {@code most} + 1. */
    static int damerauLevenshtein(String a, String b, int most) {
        int from = 0;
        int endA = a.length();
        int endB = b.length();
        if (Math.abs(endA - endB) > most) return most + 1;
        while (from < endA && from < endB && a.charAt(from) == b.charAt(from)) from++;
        while (endA > from && endB > from && a.charAt(endA - 1) == b.charAt(endB - 1)) {
            endA--;
            endB--;
        }
        int n = endA - from;
        int m = endB - from;
        if (n == 0 || m == 0) return Math.min(n + m, most == Integer.MAX_VALUE ? n + m : most + 1);
        if (n == 1 && m == 1) return 1;
        if (most <= 1)
            return n == 2 && m == 2 && a.charAt(from) == b.charAt(from + 1) && a.charAt(from + 1) == b.charAt(from)
                    ? 1
                    : most + 1;
        int[] before = new int[m + 1];
        int[] last = new int[m + 1];
        int[] now = new int[m + 1];
        for (int j = 0; j <= m; j++) last[j] = j;
        for (int i = 1; i <= n; i++) {
            now[0] = i;
            int least = i;
            char letter = a.charAt(from + i - 1);
            for (int j = 1; j <= m; j++) {
                int cost = letter == b.charAt(from + j - 1) ? 0 : 1;
                int edits = Math.min(Math.min(last[j], now[j - 1]) + 1, last[j - 1] + cost);
                if (i > 1
                        && j > 1
                        && cost == 1
                        && letter == b.charAt(from + j - 2)
                        && a.charAt(from + i - 2) == b.charAt(from + j - 1)) edits = Math.min(edits, before[j - 2] + 1);
                now[j] = edits;
                least = Math.min(least, edits);
            }
            // A swap reaches back two rows, so the row before must be beyond the bound too.
            if (least > most && Arrays.stream(last).min().orElse(0) > most) return most + 1;
            int[] spare = before;
            before = last;
            last = now;
            now = spare;
        }
        return last[m] > most ? most + 1 : last[m];
    }

    /**
     * Whether {@link #jaroWinkler} can be as high as asked, told by letters and first characters alone: a letter the other
     * lacks is no common one.
     */
    static boolean mayBeAlike(double asked, String a, String b, long lettersA, long lettersB) {
        int lengthA = a.length();
        int lengthB = b.length();
        if (lengthA > LONGEST || lengthB > LONGEST) return true;
        int common =
                Math.min(lengthA - Long.bitCount(lettersA & ~lettersB), lengthB - Long.bitCount(lettersB & ~lettersA));
        if (common <= 0) return lengthA + lengthB == 0;
        double jaro = ((double) common / lengthA + (double) common / lengthB + 1) / 3;
        int prefix = 0;
        while (prefix < 4 && prefix < lengthA && prefix < lengthB && a.charAt(prefix) == b.charAt(prefix)) prefix++;
        return jaro + prefix * .1 * (1 - jaro) >= asked;
    }

    /** One bit for each of 64 classes of characters that occur. */
    static long letters(String text) {
        long letters = 0;
        for (int i = 0; i < text.length(); i++) letters |= 1L << ((text.charAt(i) * 0x9E3779B1) >>> 26);
        return letters;
    }

    /**
     * Whether at most {@code most} edits can lie between two spellings, told by their letters alone: an edit takes at most
     * one letter away and brings at most one.
     */
    static boolean mayBeWithin(int most, long lettersA, long lettersB) {
        return Long.bitCount(lettersA & ~lettersB) <= most && Long.bitCount(lettersB & ~lettersA) <= most;
    }
}
