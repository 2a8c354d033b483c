package io.rekindle.collect.quality;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One field of one event on one day.
 *
 * @param parents how often it could have been filled: what it stands in, counted
 * @param filled how often it was: not absent, null or blank
 * @param distinct how many different values it had; null when only a part of the day's events was looked at
 * @param shapes how many values were of which shape
 * @param bins by shape, how many values fell into which bin
 */
record FieldDay(
        long parents,
        long filled,
        @Nullable Long distinct,
        Map<String, Long> shapes,
        Map<String, Map<String, Long>> bins) {

    static FieldDay absent(long parents) {
        return new FieldDay(parents, 0, 0L, Map.of(), Map.of());
    }

    /** How many values are of a shape. */
    long of(String shape) {
        return shapes.getOrDefault(shape, 0L);
    }
}
