package io.rekindle.models.linkage;

import java.util.List;

/**
 * Which pairs of records were looked at, and how many of one person were probably missed.
 *
 * <p>Source of the estimate: pairs of one person are animals, keys are nights of trapping; what was caught only once or twice
 * tells how much was never caught (Chao, Biometrics 43, 1987). Assumption: no key catches only what no other can. Complexity:
 * none of its own; one pass over the pairs found.
 *
 * @param keys what two records share to be looked at; empty where all pairs were
 * @param pairs number of pairs looked at
 * @param possiblePairs number of pairs there are
 * @param estimatedRecall share of the pairs of one person that are among those looked at, without those of crowded records; 1
 *     where all were
 * @param crowded records that by half the keys or more stand among hundreds of others and were not compared with these: a
 *     placeholder, or somebody who is in the file very often and not always in the same words
 */
public record Blocking(List<Key> keys, long pairs, double possiblePairs, double estimatedRecall, int crowded) {
    public Blocking {
        keys = List.copyOf(keys);
    }

    /**
     * Something two records share.
     *
     * @param name such as "surname + year and month of date_of_birth"
     * @param pairs number of pairs of records that share it
     * @param recall share of the found pairs of one person that share it
     */
    public record Key(String name, long pairs, double recall) {}
}
