package io.rekindle.collect.log;

import java.util.List;
import java.util.Map;

/**
 * What one call brings to the log.
 *
 * @param breaches of the events that are taken although they break the plan, by their place among the events
 */
public record StagedCall(
        List<StagedEvent> events,
        List<RejectedItem> rejected,
        List<QuarantinedItem> quarantined,
        Map<Integer, PlanBreach> breaches) {
    public StagedCall {
        breaches = Map.copyOf(breaches);
    }

    int weight() {
        return events.size() + rejected.size() + quarantined.size();
    }
}
