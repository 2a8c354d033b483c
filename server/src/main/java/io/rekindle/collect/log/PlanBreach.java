package io.rekindle.collect.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a source's plan an item broke.
 *
 * @param name of the event; null when the call has none
 * @param rules in words of the schemas, never of the item; at least one
 */
public record PlanBreach(
        int planVersion, String type, @Nullable String name, List<String> rules) {
    public PlanBreach {
        rules = List.copyOf(rules);
    }
}
