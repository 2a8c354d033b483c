package io.rekindle.profile;

import io.rekindle.warehouse.Sql;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The rule language of segments, for tags that are defined by rules. */
public interface TagRules {

    /**
     * A rule that was read.
     *
     * @param rule as it is kept
     * @param words the rule in words
     * @param asks what it asks, each as {@code trait.city, event.Product Viewed, orders, tag.vip, segment.5} …
     */
    record Read(JsonNode rule, Wording words, List<String> asks) {
        public Read {
            asks = List.copyOf(asks);
        }
    }

    /** Reads a new rule; a {@link io.rekindle.platform.Problem} {@code segment_rule_invalid} lists its faults. */
    Read read(JsonNode rule);

    /** The same of a rule that was accepted before: names it uses may have gone out of use since. */
    Read stored(JsonNode rule);

    /** What the present rule of a segment asks, as {@link Read#asks}; nothing when there is no such segment. */
    List<String> asksOf(long segment);

    /** A query with one column, {@code customer_id}: for whom the rule holds as of an instant. Run it at once. */
    Sql members(JsonNode rule, Instant asOf);
}
