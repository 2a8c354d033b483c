package io.rekindle.models.linkage;

import java.util.List;

/**
 * One thing that is known of each record.
 *
 * @param name for messages and weights
 * @param kind how values are compared
 * @param values by record, as written; blank where nothing is known
 */
public record Column(String name, Kind kind, List<String> values) {
    public Column {
        values = List.copyOf(values);
    }
}
