package io.rekindle.app.analyze;

import java.util.List;

/**
 * What an analysis found.
 *
 * @param results a record; its parts stand at the top of the JSON. Numbers that are not finite go there as null
 * @param words the same for a person, line by line
 * @param rows one row per customer, rule, pair …
 * @param charts the pictures a person would want
 * @param card beside every result
 */
record Outcome(Object results, List<String> words, ResultRows rows, List<Chart> charts, Card card) {
    Outcome {
        words = words.stream().map(Figures::agreed).toList();
        charts = List.copyOf(charts);
    }
}
