package io.rekindle.models.linkage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarityTest {
    /** Winkler's own table. */
    @ParameterizedTest
    @CsvSource({
        "MARTHA,MARHTA,.961", "DWAYNE,DUANE,.840", "DIXON,DICKSONX,.813", "SHACKLEFORD,SHACKELFORD,.982",
        "JONES,JOHNSON,.832", "MASSEY,MASSIE,.933", "ABC,XYZ,0", "SAME,SAME,1"
    })
    void jaroWinklerIsThePublished(String one, String other, double value) {
        assertThat(Similarity.jaroWinkler(one, other)).isCloseTo(value, within(.0006));
        assertThat(Similarity.jaroWinkler(other, one)).isCloseTo(value, within(.0006));
    }

    @ParameterizedTest
    @CsvSource({"smith,smith,0", "smith,smyth,1", "smith,simth,1", "ca,abc,3", "kitten,sitting,3", "'',abc,3", "ab,ba,1"
    })
    void editsAreCounted(String one, String other, int edits) {
        assertThat(Similarity.damerauLevenshtein(one, other)).isEqualTo(edits);
    }

    @Test
    void aBoundNeverChangesWhatLiesWithinIt() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 50_000; i++) {
            String one = word(random);
            String other = random.nextBoolean() ? word(random) : changed(one, random);
            int edits = byTheDefinition(one, other);
            assertThat(Similarity.damerauLevenshtein(one, other)).isEqualTo(edits);
            double alike = Similarity.jaroWinkler(one, other);
            if (alike > 0)
                assertThat(Similarity.mayBeAlike(
                                alike - 1e-9, one, other, Similarity.letters(one), Similarity.letters(other)))
                        .isTrue();
            for (int most = 1; most <= 3; most++) {
                assertThat(Similarity.damerauLevenshtein(one, other, most)).isEqualTo(Math.min(edits, most + 1));
                if (edits <= most)
                    assertThat(Similarity.mayBeWithin(most, Similarity.letters(one), Similarity.letters(other)))
                            .isTrue();
            }
        }
    }

    private static String word(SplittableRandom random) {
        StringBuilder word = new StringBuilder();
        for (int length = random.nextInt(8); length > 0; length--) word.append((char) ('a' + random.nextInt(4)));
        return word.toString();
    }

    private static String changed(String word, SplittableRandom random) {
        StringBuilder out = new StringBuilder(word);
        for (int edits = random.nextInt(4); edits > 0 && out.length() > 1; edits--) {
            int at = random.nextInt(out.length() - 1);
            switch (random.nextInt(3)) {
                case 0 -> out.insert(at, 'x');
                case 1 -> out.deleteCharAt(at);
                default ->
                    out.insert(at + 1, out.charAt(at))
                            .deleteCharAt(at)
                            .reverse()
                            .reverse();
            }
        }
        return out.toString();
    }

    /** The recurrence as it is written down, over the whole table. */
    private static int byTheDefinition(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++)
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                edits[i][j] = Math.min(Math.min(edits[i - 1][j], edits[i][j - 1]) + 1, edits[i - 1][j - 1] + cost);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1))
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
            }
        return edits[a.length()][b.length()];
    }
}
